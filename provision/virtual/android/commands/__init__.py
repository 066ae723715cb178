"""The Android commands of the model, one small module a family.

A command is `(Device, argv, stdin) -> Reply`; argv[0] is the word that was typed. The table of
words and releases is `provision.virtual.android.words`.
"""
