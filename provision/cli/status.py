"""Exit statuses of the commands, as `provision --help` lists them."""

NOT_ALL = 1
CONFIGURATION = 2
SIGNER_UNKNOWN = 3
INTERRUPTED = 130
