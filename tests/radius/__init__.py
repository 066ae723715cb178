"""What the agent configures, tried against a real RADIUS server."""
