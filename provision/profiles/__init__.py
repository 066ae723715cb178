"""How one model gets to the single configuration: schema, layers, match."""
