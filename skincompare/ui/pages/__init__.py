"""The pages: each reads state, asks for a result and draws it."""
