"""Meaning of a refused installation for people, and whether trying again can help.

Source: reference, packages document 3.7 (codes and their class), 3.8 (texts) and 3.11 (verifiers, makers). A code
decides where it says enough; where it does not (internal errors, a verifier's no, no code at all), the words beside it
do. A retry is one more whole upload in the same run; "after reboot" and "after freeing" of the table need a person and
are not retried.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from provision.terms import Reason


@dataclass(frozen=True)
class Failure:
    """One row of the table: what a person is told, and whether the same upload is tried once more."""

    reason: Reason
    retried: bool = False


UNKNOWN = Failure(Reason.INSTALL_REFUSED)
"""Codes of makers, which are printed as numbers, and those of later releases."""

_UNFIT, _CONFLICT = Failure(Reason.APP_UNFIT), Failure(Reason.APP_CONFLICT)
_OTHER_SIGNER, _RESTART = Failure(Reason.APP_OTHER_SIGNER), Failure(Reason.RESTART_NEEDED)
_STORAGE, _GATE = Failure(Reason.STORAGE_LOW), Failure(Reason.OEM_GATE)
_DAMAGED = Failure(Reason.UPLOAD_DAMAGED, retried=True)
_AGAIN = Failure(Reason.INSTALL_REFUSED, retried=True)
_CANCELLED = Failure(Reason.INSTALL_CANCELLED)
_UNREACHABLE = Failure(Reason.VERIFIER_UNREACHABLE)

FAILURES: Mapping[str, Failure] = {
    "INSTALL_FAILED_ALREADY_EXISTS": UNKNOWN,
    "INSTALL_FAILED_INVALID_APK": _UNFIT,
    "INSTALL_FAILED_INVALID_URI": _AGAIN,
    "INSTALL_FAILED_INSUFFICIENT_STORAGE": _STORAGE,
    "INSTALL_FAILED_DUPLICATE_PACKAGE": _CONFLICT,
    "INSTALL_FAILED_NO_SHARED_USER": _CONFLICT,
    "INSTALL_FAILED_UPDATE_INCOMPATIBLE": _OTHER_SIGNER,
    "INSTALL_FAILED_SHARED_USER_INCOMPATIBLE": _OTHER_SIGNER,
    "INSTALL_FAILED_MISSING_SHARED_LIBRARY": _UNFIT,
    "INSTALL_FAILED_REPLACE_COULDNT_DELETE": _RESTART,
    "INSTALL_FAILED_DEXOPT": _STORAGE,
    "INSTALL_FAILED_OLDER_SDK": _UNFIT,
    "INSTALL_FAILED_CONFLICTING_PROVIDER": _CONFLICT,
    "INSTALL_FAILED_NEWER_SDK": _UNFIT,
    "INSTALL_FAILED_TEST_ONLY": _UNFIT,
    "INSTALL_FAILED_CPU_ABI_INCOMPATIBLE": _UNFIT,
    "INSTALL_FAILED_MISSING_FEATURE": _UNFIT,
    "INSTALL_FAILED_CONTAINER_ERROR": _AGAIN,
    "INSTALL_FAILED_INVALID_INSTALL_LOCATION": _UNFIT,
    "INSTALL_FAILED_MEDIA_UNAVAILABLE": _UNFIT,
    "INSTALL_FAILED_VERIFICATION_TIMEOUT": Failure(Reason.VERIFIER_UNREACHABLE, retried=True),
    "INSTALL_FAILED_VERIFICATION_FAILURE": Failure(Reason.VERIFIER_REFUSED),
    "INSTALL_FAILED_PACKAGE_CHANGED": _AGAIN,
    "INSTALL_FAILED_UID_CHANGED": _OTHER_SIGNER,
    "INSTALL_FAILED_VERSION_DOWNGRADE": _OTHER_SIGNER,
    "INSTALL_FAILED_PERMISSION_MODEL_DOWNGRADE": _OTHER_SIGNER,
    "INSTALL_FAILED_SANDBOX_VERSION_DOWNGRADE": _OTHER_SIGNER,
    "INSTALL_FAILED_MISSING_SPLIT": _UNFIT,
    "INSTALL_FAILED_DEPRECATED_SDK_VERSION": _UNFIT,
    "INSTALL_PARSE_FAILED_NOT_APK": _DAMAGED,
    "INSTALL_PARSE_FAILED_BAD_MANIFEST": _DAMAGED,
    "INSTALL_PARSE_FAILED_UNEXPECTED_EXCEPTION": _DAMAGED,
    "INSTALL_PARSE_FAILED_NO_CERTIFICATES": _DAMAGED,
    "INSTALL_PARSE_FAILED_INCONSISTENT_CERTIFICATES": _UNFIT,
    "INSTALL_PARSE_FAILED_CERTIFICATE_ENCODING": _UNFIT,
    "INSTALL_PARSE_FAILED_BAD_PACKAGE_NAME": _UNFIT,
    "INSTALL_PARSE_FAILED_BAD_SHARED_USER_ID": _UNFIT,
    "INSTALL_PARSE_FAILED_MANIFEST_MALFORMED": _UNFIT,
    "INSTALL_PARSE_FAILED_MANIFEST_EMPTY": _UNFIT,
    "INSTALL_FAILED_INTERNAL_ERROR": _AGAIN,
    "INSTALL_FAILED_USER_RESTRICTED": _GATE,
    "INSTALL_FAILED_DUPLICATE_PERMISSION": _CONFLICT,
    "INSTALL_FAILED_NO_MATCHING_ABIS": _UNFIT,
    "INSTALL_FAILED_ABORTED": _AGAIN,
    "INSTALL_FAILED_EPHEMERAL_INVALID": _UNFIT,
    "INSTALL_FAILED_INSTANT_APP_INVALID": _UNFIT,
    "INSTALL_FAILED_SESSION_INVALID": _UNFIT,
    "INSTALL_FAILED_BAD_DEX_METADATA": _UNFIT,
    "INSTALL_FAILED_BAD_SIGNATURE": _UNFIT,
    "INSTALL_FAILED_OTHER_STAGED_SESSION_IN_PROGRESS": _RESTART,
    "INSTALL_FAILED_MULTIPACKAGE_INCONSISTENCY": _UNFIT,
    "INSTALL_FAILED_WRONG_INSTALLED_VERSION": _UNFIT,
    "INSTALL_FAILED_PROCESS_NOT_DEFINED": _UNFIT,
    "INSTALL_PARSE_FAILED_ONLY_COREAPP_ALLOWED": _RESTART,
    "INSTALL_PARSE_FAILED_RESOURCES_ARSC_COMPRESSED": _UNFIT,
    "INSTALL_PARSE_FAILED_SKIPPED": _UNFIT,
    "INSTALL_FAILED_DUPLICATE_PERMISSION_GROUP": _CONFLICT,
    "INSTALL_FAILED_BAD_PERMISSION_GROUP": _UNFIT,
    "INSTALL_ACTIVATION_FAILED": UNKNOWN,
    "INSTALL_FAILED_PRE_APPROVAL_NOT_AVAILABLE": UNKNOWN,
    "INSTALL_FAILED_SHARED_LIBRARY_BAD_CERTIFICATE_DIGEST": _UNFIT,
    "INSTALL_FAILED_MULTI_ARCH_NOT_MATCH_ALL_NATIVE_ABIS": _UNFIT,
}
"""The codes of Android, by the names of its constants."""

NUMBERS: Mapping[str, str] = {
    "-1": "INSTALL_FAILED_ALREADY_EXISTS",
    "-2": "INSTALL_FAILED_INVALID_APK",
    "-3": "INSTALL_FAILED_INVALID_URI",
    "-4": "INSTALL_FAILED_INSUFFICIENT_STORAGE",
    "-5": "INSTALL_FAILED_DUPLICATE_PACKAGE",
    "-6": "INSTALL_FAILED_NO_SHARED_USER",
    "-7": "INSTALL_FAILED_UPDATE_INCOMPATIBLE",
    "-8": "INSTALL_FAILED_SHARED_USER_INCOMPATIBLE",
    "-9": "INSTALL_FAILED_MISSING_SHARED_LIBRARY",
    "-10": "INSTALL_FAILED_REPLACE_COULDNT_DELETE",
    "-11": "INSTALL_FAILED_DEXOPT",
    "-12": "INSTALL_FAILED_OLDER_SDK",
    "-13": "INSTALL_FAILED_CONFLICTING_PROVIDER",
    "-14": "INSTALL_FAILED_NEWER_SDK",
    "-15": "INSTALL_FAILED_TEST_ONLY",
    "-16": "INSTALL_FAILED_CPU_ABI_INCOMPATIBLE",
    "-17": "INSTALL_FAILED_MISSING_FEATURE",
    "-18": "INSTALL_FAILED_CONTAINER_ERROR",
    "-19": "INSTALL_FAILED_INVALID_INSTALL_LOCATION",
    "-20": "INSTALL_FAILED_MEDIA_UNAVAILABLE",
    "-21": "INSTALL_FAILED_VERIFICATION_TIMEOUT",
    "-22": "INSTALL_FAILED_VERIFICATION_FAILURE",
    "-23": "INSTALL_FAILED_PACKAGE_CHANGED",
    "-24": "INSTALL_FAILED_UID_CHANGED",
    "-25": "INSTALL_FAILED_VERSION_DOWNGRADE",
    "-26": "INSTALL_FAILED_PERMISSION_MODEL_DOWNGRADE",
    "-27": "INSTALL_FAILED_SANDBOX_VERSION_DOWNGRADE",
    "-28": "INSTALL_FAILED_MISSING_SPLIT",
    "-29": "INSTALL_FAILED_DEPRECATED_SDK_VERSION",
    "-100": "INSTALL_PARSE_FAILED_NOT_APK",
    "-101": "INSTALL_PARSE_FAILED_BAD_MANIFEST",
    "-102": "INSTALL_PARSE_FAILED_UNEXPECTED_EXCEPTION",
    "-103": "INSTALL_PARSE_FAILED_NO_CERTIFICATES",
    "-104": "INSTALL_PARSE_FAILED_INCONSISTENT_CERTIFICATES",
    "-105": "INSTALL_PARSE_FAILED_CERTIFICATE_ENCODING",
    "-106": "INSTALL_PARSE_FAILED_BAD_PACKAGE_NAME",
    "-107": "INSTALL_PARSE_FAILED_BAD_SHARED_USER_ID",
    "-108": "INSTALL_PARSE_FAILED_MANIFEST_MALFORMED",
    "-109": "INSTALL_PARSE_FAILED_MANIFEST_EMPTY",
    "-110": "INSTALL_FAILED_INTERNAL_ERROR",
    "-111": "INSTALL_FAILED_USER_RESTRICTED",
    "-112": "INSTALL_FAILED_DUPLICATE_PERMISSION",
    "-113": "INSTALL_FAILED_NO_MATCHING_ABIS",
    "-115": "INSTALL_FAILED_ABORTED",
    "-116": "INSTALL_FAILED_SESSION_INVALID",
    "-117": "INSTALL_FAILED_BAD_DEX_METADATA",
    "-118": "INSTALL_FAILED_BAD_SIGNATURE",
    "-119": "INSTALL_FAILED_OTHER_STAGED_SESSION_IN_PROGRESS",
    "-120": "INSTALL_FAILED_MULTIPACKAGE_INCONSISTENCY",
    "-121": "INSTALL_FAILED_WRONG_INSTALLED_VERSION",
    "-122": "INSTALL_FAILED_PROCESS_NOT_DEFINED",
    "-123": "INSTALL_PARSE_FAILED_ONLY_COREAPP_ALLOWED",
    "-124": "INSTALL_PARSE_FAILED_RESOURCES_ARSC_COMPRESSED",
    "-125": "INSTALL_PARSE_FAILED_SKIPPED",
    "-126": "INSTALL_FAILED_DUPLICATE_PERMISSION_GROUP",
    "-127": "INSTALL_FAILED_BAD_PERMISSION_GROUP",
    "-128": "INSTALL_ACTIVATION_FAILED",
    "-129": "INSTALL_FAILED_PRE_APPROVAL_NOT_AVAILABLE",
    "-130": "INSTALL_FAILED_SHARED_LIBRARY_BAD_CERTIFICATE_DIGEST",
    "-131": "INSTALL_FAILED_MULTI_ARCH_NOT_MATCH_ALL_NATIVE_ABIS",
}
"""Android's constants by number: the shell prints `Failure [-124: ...]` where a release has no word for one.

A build may print any of them so, as it may take a later release's code without its word. Source: constants of
`PackageManager` (facts/codes.json); -116 had two names before, of the same meaning here.
"""

MAKERS: Mapping[str, Failure] = {
    "INSTALL_CANCELED_BY_USER": _GATE,  # MIUI before it took -111
    "-99": _CANCELLED,  # ColorOS
    "-3000": _GATE,  # One UI: INSTALL_FAILED_REJECTED_BY_DATE
    "-3001": _GATE,  # One UI: INSTALL_FAILED_REJECTED_BY_BUILDTYPE
    "INSTALL_FAILED_REJECTED_BY_DATE": _GATE,
    "INSTALL_FAILED_REJECTED_BY_BUILDTYPE": _GATE,
}
"""Codes that makers added: packages document 3.11."""


def find_failure(code: str) -> Failure:
    """The row of a code, by its name or its number; one that nobody knows is `UNKNOWN`."""
    return MAKERS.get(code) or FAILURES.get(NUMBERS.get(code, code), UNKNOWN)


_Rule = tuple[re.Pattern[str], Failure]


def _rule(pattern: str, failure: Failure) -> _Rule:
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE), failure


_OF_VERIFIERS: tuple[_Rule, ...] = (
    _rule(
        r"verification cannot be completed|verifier agent .*cannot be connected|verification timed out", _UNREACHABLE
    ),
    _rule(r"missing developer verification result|network (?:is )?unavailable|unavailable network", _UNREACHABLE),
    _rule(r"verifier rejected|developer\b.*\b(?:verif|block|regist)", Failure(Reason.DEVELOPER_UNVERIFIED)),
)
"""What a verifier says. Source: `PackageInstallerSession` of 37 (tests/vectors/android/developer_verification.json)."""

_WITHOUT_ROOM = (
    r"(?:not enough|insufficient|out of|no(?: more)?|low)(?: (?!such|permission|access)[a-z]+){0,3}"
    r" (?:space|storage|room)\b(?! permission)"
    r"|\b(?:space|storage|room) (?:is |was )?(?:not enough|insufficient|low|full|exhausted)\b"
    r"|failed to allocate \d+|bytes? because only|only \d+ allocatable"
    r"|\bENOSPC\b|\bEDQUOT\b|quota exceeded|exceeds? .*quota|disk (?:is )?full"
)
_RIGHT_OF_SHELL = (
    r"(?:neither user \d+ nor current process has|requires:?|needs?(?: the)?|must have(?: permission)?|has no"
    r"|does not have(?: the)?(?: permission)?|missing(?: permission)?|without(?: permission)?)"
    r" ?\"?(?:\w+\.)+permission\.\w+"
    r"|calling identity is not authorized|permission denial: .*\buid ?[=:]? ?2000\b"
    r"|(?:shell|com\.android\.shell|(?:uid|user) 2000) (?:does not have|has no|is not allowed|cannot|may not)\b"
)
_OF_WORDS: tuple[_Rule, ...] = (
    _rule(_WITHOUT_ROOM, _STORAGE),
    _rule(r"\bEIO\b|\bI/O error|input/output error|\bEROFS\b|read-only file system|structure needs cleaning",
          Failure(Reason.STORAGE_FAULTY)),
    _rule(r"(?:cancell?ed|denied|rejected|refused|declined) by (?:the )?user", _CANCELLED),
    _rule(r"\buser (?:has )?(?:cancell?ed|denied|rejected|refused|declined)\b", _CANCELLED),
    _rule(_RIGHT_OF_SHELL, _GATE),
    _rule(r"failed to write; .*(?:broken pipe|\bEPIPE\b|end of (?:file|stream|input)|\bEOF\b)", _DAMAGED),
    _rule(r"unexpected (?:\w+ )?(?:eof|end of)|expected \d+ bytes|(?:file )?size mismatch", _DAMAGED),
    _rule(r"can't find service|still booting|is the system running|dead ?object|dead ?system|failed transaction"
          r"|\b(?:system|device|server) is (?:shutting down|rebooting|restarting)",
          Failure(Reason.BOOT_INCOMPLETE)),
    _rule(r"failure calling service \w+: ", Failure(Reason.BOOT_INCOMPLETE)),
    _rule(r"^(?:killed|terminated|aborted|bus error|segmentation fault)\b|\bOutOfMemoryError\b", _AGAIN),
    _rule(r"(?:no access to|unknown|invalid) (?:install )?session\b|\bfiles still open\b", _AGAIN),
    _rule(r"^(?:error: )?(?:java\.lang\.Security|security )exception: ", _GATE),
)  # fmt: skip
"""Texts of exceptions and errors while a session is created, written and committed; the first that is met counts.

Source: `PackageInstallerService`, `PackageInstallerSession`, `StorageManagerService`, `InstallLocationUtils`, 21 to 37,
and the kernel's names of errors; packages document 3.8, 11.6.
"""
_CERTAINLY_FULL = re.compile(r"\b(?:ENOSPC|EDQUOT)\b|no space left on device|\b\d{1,20} allocatable", re.IGNORECASE)
"""Words of the kernel and of the storage service that outweigh any code: whoever met them made one up."""
_RESULT = re.compile(r"\bres=(-\d+)")


def judge_failure(code: str | None, words: str) -> Failure:
    """Judge a refusal.

    Args:
        code: between `Failure [` and the colon; None where none was printed.
        words: all that was said.
    """
    known = UNKNOWN if code is None else find_failure(code)
    if _CERTAINLY_FULL.search(words):
        return _STORAGE
    if known.reason not in {Reason.INSTALL_REFUSED, Reason.VERIFIER_REFUSED}:
        return known
    told = _judge_words(_OF_VERIFIERS, words) if "verif" in words.lower() else None
    if told is not None or known.reason is Reason.VERIFIER_REFUSED:
        return told or known
    result = _RESULT.search(words)
    inner = UNKNOWN if result is None else find_failure(result[1])
    return _judge_words(_OF_WORDS, words) or (known if inner.reason is Reason.INSTALL_REFUSED else inner)


def _judge_words(rules: tuple[_Rule, ...], words: str) -> Failure | None:
    return next((failure for pattern, failure in rules if pattern.search(words)), None)
