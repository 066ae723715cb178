"""The stores of a bench, over one SQLite file of its home (`state/state.sqlite`)."""
