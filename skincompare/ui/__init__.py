"""The Streamlit app: pages, state, widgets."""
