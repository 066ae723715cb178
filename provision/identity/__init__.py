"""What a device is, who made it, and which tablet it is; generic rules, with their words and makers as data."""
