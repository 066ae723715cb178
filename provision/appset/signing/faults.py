"""Faults of an APK, and the errors that its damaged bytes raise in the parsers."""

from __future__ import annotations

import struct
import zipfile
import zlib
from copy import copy
from enum import StrEnum

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    OverflowError,
    NotImplementedError,
    RuntimeError,  # zipfile: the entry is encrypted
    InvalidSignature,
    UnsupportedAlgorithm,
)
"""What zipfile, apkInspector and cryptography raise on damaged files; apkInspector has no error class of its own."""


class ApkCause(StrEnum):
    """A fault of an APK file, in the words of the catalogue (`apk.<cause>`)."""

    DAMAGED = "damaged"
    UNSIGNED = "unsigned"
    SIGNATURE_BROKEN = "signature-broken"
    SIGNATURE_WEAK = "signature-weak"
    SIGNATURE_UNFIT = "signature-unfit"
    OTHER_SIGNER = "other-signer"
    OTHER_FILE = "other-file"
    OTHER_MANIFEST = "other-manifest"
    SPLIT_MISSING = "split-missing"
    TEST_ONLY = "test-only"
    OLDER_VERSION = "older-version"
    UNCLEAR = "unclear"
    CONTAINER = "container"
    LOCKED = "locked"
    BUNDLE = "bundle"
    NOT_APK = "not-apk"
    MALFORMED = "malformed"
    LIBRARY = "library"
    CONFLICT = "conflict"
    LABEL_TAKEN = "label-taken"
    UNREADABLE_VALUE = "unreadable-value"


class ApkError(Exception):
    """An APK that cannot be read or trusted; the text says what is missing or damaged in it."""

    def __init__(self, text: str, cause: ApkCause = ApkCause.DAMAGED) -> None:
        super().__init__(text)
        self.cause = cause


class SignatureFault(ApkError):
    """A signature that is there and that nobody may rely on: by itself, one in a form that is not taken.

    Only `ContradictedSignature` says that somebody changed something.
    """

    def __init__(self, text: str, cause: ApkCause = ApkCause.SIGNATURE_UNFIT) -> None:
        super().__init__(text, cause)

    def about(self, scheme: str) -> SignatureFault:
        """The same fault, with the scheme it was found in."""
        fault = copy(self)
        fault.args = (f"{scheme} signature: {self}",)
        return fault


class ContradictedSignature(SignatureFault):
    """The file's bytes are others than the signed ones."""

    def __init__(self, text: str) -> None:
        super().__init__(text, ApkCause.SIGNATURE_BROKEN)


class WeakSignature(SignatureFault):
    """It is made by an algorithm that anybody can forge today, so whether it holds says nothing."""

    def __init__(self, text: str) -> None:
        super().__init__(text, ApkCause.SIGNATURE_WEAK)
