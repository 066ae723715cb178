"""The station's side of the agent contract (`apks/agent/CONTRACT.md`): orders, answers, ownership."""
