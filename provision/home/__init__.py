"""The folder of a bench: its files, how it is made and read."""
