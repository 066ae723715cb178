"""Identity of a device: kind, maker, and which tablet it is; generic rules, with their words and makers as data."""
