"""One APK file against its pins, in this order; a file with another digest is not opened further.

1. it is there, and its size and digest are the pinned ones;
2. every signature it has holds, and each release that knows one names the pinned signer, or one it rotated from;
3. its manifest says the pinned values, and nothing that this product cannot install.
"""

from __future__ import annotations

from provision.appset.access import PERMISSIONS, SpecialAccess
from provision.appset.app_fault import AppFault
from provision.appset.containers import check_is_apk
from provision.appset.grants import can_be_given
from provision.appset.manifest import Manifest, read_manifest
from provision.appset.model import App, Split
from provision.appset.releases import FIRST_API, NEWEST_API
from provision.appset.schema import AppEntry, FileEntry, VariantEntry
from provision.appset.signing.faults import ApkCause, ApkError
from provision.appset.signing.verify import Signatures, verify_signatures
from provision.config.nodes import Document, KeyPath, key_text, plain
from provision.files import digest_file


class FileChecking:
    """Checks one file; collects faults with the lines of `apps.yaml`."""

    def __init__(self, document: Document, place: KeyPath, entry: AppEntry, file: FileEntry) -> None:
        self._document, self._place, self._entry, self._file = document, place, entry, file
        self._apk = document.file.parent / file.file
        self.faults: list[AppFault] = []

    def check_base(self, variant: VariantEntry) -> App | None:
        """The checked app, None when it has a fault that leaves nothing to check further."""
        opened = self._open()
        if opened is None:
            return None
        manifest, signatures = opened
        self._compare_base(manifest, variant)
        entry = self._entry
        return App(
            package=entry.package,
            label=entry.label,
            version_code=variant.version_code or entry.version_code,
            version_name=variant.version_name or entry.version_name,
            path=self._apk,
            size=variant.size,
            sha256=variant.sha256,
            signer=entry.signer,
            min_sdk=variant.min_sdk or entry.min_sdk,
            target_sdk=manifest.target_sdk,
            abis=manifest.abis,
            max_sdk=variant.max_sdk,
            schemes=frozenset(map(str, signatures.signers)),
            grants=entry.grants,
            special_access=_list_access(entry, manifest),
            calls=entry.calls,
            labels=entry.labels,
            configuration=entry.configuration,
            traits=manifest.traits,
            permissions=manifest.permissions,
            ends=manifest.ends,
            checksum=signatures.find_checksum(),
            takes_configuration=manifest.takes_configuration,
            unsigned_on=signatures.list_unsigned(FIRST_API),
        )

    def check_split(self, version_code: int | None, before: set[str]) -> Split | None:
        """The checked split, None when it cannot be opened.

        Args:
            version_code: of its base, None where that could not be read.
            before: names of the splits before it.
        """
        opened = self._open()
        if opened is None:
            return None
        manifest = opened[0]
        self._compare("file", f"a split of {self._entry.package}", manifest.package, same=self._entry.package)
        if not manifest.split or manifest.split in before:
            self._fault("file", "a split that was not named before", manifest.split or "a base APK")
        if version_code not in (None, manifest.version_code):
            self._fault("file", f"version code {version_code}, as its base", str(manifest.version_code))
        return Split(self._apk, self._file.size, self._file.sha256, manifest.split, manifest.traits)

    def _open(self) -> tuple[Manifest, Signatures] | None:
        """Manifest and signatures of the pinned bytes."""
        try:
            if not self._bytes_are_pinned():
                return None
            check_is_apk(self._apk)
            signatures = verify_signatures(self._apk)
            signatures.check_all()
            self._compare_signers(signatures)
            return read_manifest(self._apk), signatures
        except OSError as error:
            self._fault("file", f"a readable APK at {plain(str(self._apk), 200)}", error.strerror or "an error")
        except ApkError as error:
            expected = "an APK whose signatures hold" if error.cause is not ApkCause.DAMAGED else "an intact APK"
            self._fault("file", expected, str(error), cause=error.cause)
        return None

    def _bytes_are_pinned(self) -> bool:
        if not self._apk.is_file():
            got = "not a regular file" if self._apk.exists() else "no such file"
            self._fault("file", f"an APK at {plain(str(self._apk), 200)}", got)
            return False
        size, digest = self._apk.stat().st_size, digest_file(self._apk)
        if size != self._file.size:
            self._fault("size", f"{self._file.size} (pinned)", f"{size} (the file's size)", cause=ApkCause.OTHER_FILE)
        if digest != self._file.sha256:
            hint = "another file than the one that was pinned: do not install it before you know why"
            expected, got = f"{self._file.sha256} (pinned)", f"{digest} (the file's digest)"
            self._fault("sha256", expected, got, hint, ApkCause.OTHER_FILE)
        return size == self._file.size and digest == self._file.sha256

    def _compare_signers(self, found: Signatures) -> None:
        pinned = self._entry.signer
        for scheme, signers in found.signers.items():
            for signer in signers:
                if len(signers) == 1 and pinned in (signer.certificate, *found.find_heirs(signer.certificate)):
                    continue
                got = f"{signer.certificate} (who signed the file, by scheme {scheme})"
                self._fault("signer", f"{pinned} (pinned)", got, cause=ApkCause.OTHER_SIGNER)
        newest = {signer.certificate for signer in found.newest()}
        if not self.faults and newest != {pinned}:
            got = f"{min(newest)} (who signed the file, on API {NEWEST_API})"
            self._fault("signer", f"{pinned} (pinned)", got, cause=ApkCause.OTHER_SIGNER)

    def _compare_base(self, manifest: Manifest, variant: VariantEntry) -> None:
        entry = self._entry
        version_name = variant.version_name or entry.version_name
        pairs: tuple[tuple[str, object, object], ...] = (
            ("package", manifest.package, entry.package),
            ("version_code", manifest.version_code, variant.version_code or entry.version_code),
            ("version_name", manifest.version_name or version_name, version_name),
            ("min_sdk", manifest.min_sdk, variant.min_sdk or entry.min_sdk),
            ("target_sdk", manifest.target_sdk, variant.target_sdk or entry.target_sdk or manifest.target_sdk),
        )
        for key, in_file, pinned in pairs:
            self._compare(key, f"{plain(str(in_file))} (the APK's manifest)", str(pinned), same=str(in_file))
        self._refuse_form(manifest, variant)
        self._compare_wishes(manifest)

    def _refuse_form(self, manifest: Manifest, variant: VariantEntry) -> None:
        """Refuse what Android does not install alone, or not without a developer's option."""
        if manifest.test_only:
            hint = "ask its publisher for the release build"
            self._fault("file", "an app for everybody", "a test build (testOnly)", hint, ApkCause.TEST_ONLY)
        if manifest.traits.library:
            got = f"a library for other apps, or what changes how one looks ({plain(manifest.traits.library)})"
            self._fault("file", "an app", got, cause=ApkCause.LIBRARY)
        if manifest.split:
            self._fault("file", "a base APK", f"the split {plain(manifest.split)}", cause=ApkCause.SPLIT_MISSING)
        if manifest.needs_splits and not variant.splits:
            hint = "name the other APKs of its set under `splits:`, or take the universal APK"
            self._fault("splits", "the splits this app needs", "none", hint, ApkCause.SPLIT_MISSING)

    def _compare_wishes(self, manifest: Manifest) -> None:
        for number, name in enumerate(self._entry.grants):
            if name not in manifest.permissions:
                self._fault("grants", "permissions that the app asks for", name, number=number)
            elif not can_be_given(name):
                hint = "it comes with the installation, or is for the maker's apps only"
                self._fault("grants", "permissions that can be given one by one", name, hint, number=number)
        for number, access in enumerate(self._entry.special_access):
            needed = PERMISSIONS.get(access)
            if needed is not None and needed not in manifest.permissions:
                self._fault("special_access", f"an app that asks for {needed}", str(access), number=number)
        if self._entry.configuration and not manifest.takes_configuration:
            self._fault("configuration", "an app that reads managed configuration", "one whose manifest names none")

    def _compare(self, key: str, expected: str, got: str, *, same: str) -> None:
        if got != same:
            self._fault(key, expected, got, cause=ApkCause.OTHER_MANIFEST)

    def _fault(
        self,
        key: str,
        expected: str,
        got: str,
        hint: str = "",
        cause: ApkCause | None = None,
        number: int | None = None,
    ) -> None:
        place = self._place if key in _OF_FILE else self._place[:2]
        path = (*place, key) if number is None else (*place, key, number)
        line = self._document.line_of(path)
        named = (self._entry.label, self._apk.name)
        self.faults.append(AppFault(self._document.file, line, key_text(path), expected, got, hint, cause, *named))


_OF_FILE = ("file", "size", "sha256", "splits", "version_code", "version_name", "min_sdk", "target_sdk")
"""Keys of a file; the others belong to the app."""


def _list_access(entry: AppEntry, manifest: Manifest) -> tuple[SpecialAccess, ...]:
    """What its entry names; an app that takes calls also opens its screen of a call, where it asks for that right."""
    full = SpecialAccess.FULL_SCREEN
    implied = entry.calls and PERMISSIONS[full] in manifest.permissions and full not in entry.special_access
    return (*entry.special_access, *((full,) if implied else ()))
