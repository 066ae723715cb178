"""The pages of a bench: the board of its station in a browser."""
