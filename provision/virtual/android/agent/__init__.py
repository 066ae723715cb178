"""The agent inside a virtual tablet: written from `apks/agent/CONTRACT.md`, apart from the station's own code."""
