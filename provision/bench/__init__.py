"""The physical side: USB ports, slots, the adb server."""
