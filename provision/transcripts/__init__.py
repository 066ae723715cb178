"""Transcripts: everything one tablet was asked in one pilot and what it answered, without what tells it apart."""
