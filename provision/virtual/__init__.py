"""The training bench: virtual tablets behind a real adb server, in a process of its own."""
