"""A model of Android per API level whose answers follow the reference."""
