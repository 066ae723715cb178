"""YAML files that people write: read strictly, every fault with its line, changed value by value."""
