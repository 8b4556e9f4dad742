"""How the layout of the store came to be, step by step."""
