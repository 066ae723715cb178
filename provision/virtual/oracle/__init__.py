"""How the run of each virtual tablet must end: decided by the reference, never by product code."""
