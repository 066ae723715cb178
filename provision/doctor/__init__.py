"""Checks of the computer of a bench and of what hangs on it, each with the command that mends what it finds."""
