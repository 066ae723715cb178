"""The hotline's pages: a process of its own beside the benches, over the house's register."""
