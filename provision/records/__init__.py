"""Signed statements, ledger and their verification."""
