"""Whole runs of the program on virtual tablets behind a real adb server."""
