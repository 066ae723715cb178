"""Host side of the agent contract."""
