"""Every signature of one APK, and which of them a release goes by.

Each release knows the schemes up to its own: v1 always, v2 from Android 7 (24), v3 from 9 (28), v3.1 from
13 (33). It goes by the newest one it finds; an older signature says which newer ones the file must have, so that
a newer one cannot be cut out ("stripping protection").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

from provision.appset.releases import NEWEST_API
from provision.appset.signing.algorithms import ContentDigest
from provision.appset.signing.archive import Layout, open_archive, read_layout
from provision.appset.signing.block_schemes import BLOCK_IDS, Scheme, Signer, verify_block
from provision.appset.signing.contents import digest_contents
from provision.appset.signing.faults import DAMAGED, ApkCause, ApkError, ContradictedSignature, SignatureFault
from provision.appset.signing.jar_scheme import is_signed, verify_jar
from provision.files import open_regular

FIRST_API: Mapping[Scheme, int] = {Scheme.V1: 1, Scheme.V2: 24, Scheme.V3: 28, Scheme.V31: 33}
V1_ENDS = 30
_NUMBERS = {2: Scheme.V2, 3: Scheme.V3}


@dataclass(frozen=True)
class Signatures:
    """Verdict on each scheme of a file.

    Attributes:
        signers: of each scheme that holds.
        faults: of each scheme that is there and does not hold.
    """

    signers: Mapping[Scheme, tuple[Signer, ...]]
    faults: Mapping[Scheme, SignatureFault]

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """Every scheme the file has, whether it holds or not, oldest first."""
        return tuple(scheme for scheme in Scheme if scheme in self.signers or scheme in self.faults)

    def signers_on(self, api: int, target_sdk: int = 0) -> tuple[Signer, ...]:
        """Who signed the file in the eyes of one release; newer schemes than it knows do not count.

        Args:
            api: the release.
            target_sdk: of the app; Android 11 wants v2 or newer of apps that were made for it.

        Raises:
            SignatureFault: the signature it goes by does not hold, or a newer one was cut out.
            ApkError: it knows no signature of this file.
        """
        known = tuple(Scheme)[1:] if min(api, target_sdk) >= V1_ENDS else tuple(Scheme)
        for scheme in reversed(known):
            if FIRST_API[scheme] <= api and scheme in self.schemes:
                found = self._signers_of(scheme, api)
                if found:
                    return found
        raise ApkError(f"it has no signature that API {api} knows", ApkCause.UNSIGNED)

    def _signers_of(self, scheme: Scheme, api: int) -> tuple[Signer, ...]:
        """The signers of a scheme for a release; none where v3.1 is for later releases only."""
        if scheme in self.faults:
            raise self.faults[scheme]
        found = tuple(each for each in self.signers[scheme] if each.min_sdk <= api <= each.max_sdk)
        if not found and scheme is not Scheme.V31:
            raise SignatureFault(f"its {scheme} signature is not for API {api}")
        if scheme in (Scheme.V3, Scheme.V31) and len(found) > 1:
            raise SignatureFault(f"its {scheme} signature names {len(found)} signers for API {api}")
        self._check_promises(scheme, found, api)
        return found

    def _check_promises(self, scheme: Scheme, signers: tuple[Signer, ...], api: int) -> None:
        for promised in {_NUMBERS.get(number) for signer in signers for number in signer.promises}:
            if promised is not None and FIRST_API[promised] <= api and promised not in self.schemes:
                raise ContradictedSignature(
                    f"its {scheme} signature says it has a {promised} signature, which was cut out"
                )
        for signer in signers:
            if scheme is Scheme.V3 and signer.rotates_from is not None and api >= signer.rotates_from:
                raise ContradictedSignature(
                    "its v3 signature says it has a v3.1 signature for this release, which was cut out"
                )

    def newest(self) -> tuple[Signer, ...]:
        """The signers on the newest release; call `check_all` first."""
        return self.signers_on(max(NEWEST_API, *(each.min_sdk for found in self.signers.values() for each in found)))

    def list_unsigned(self, first: int) -> frozenset[int]:
        """Releases from `first` on that take no signature of it, whatever the app was made for."""
        return frozenset(api for api in range(first, NEWEST_API + 1) if not self._is_taken_on(api))

    def _is_taken_on(self, api: int) -> bool:
        try:
            return bool(self.signers_on(api))
        except ApkError:
            return False

    def find_checksum(self) -> str:
        """What Android prints of its one signer; empty where it has another one on some release, or had before."""
        signers = [each for scheme, found in self.signers.items() if scheme is not Scheme.V1 for each in found]
        told = {each.checksum for each in signers}
        return told.pop() if len(told) == 1 and not any(each.lineage for each in signers) else ""

    def find_heirs(self, certificate: str) -> frozenset[str]:
        """Certificates whose history, proved by the file, says that this one came before them."""
        lineages = (each.lineage for found in self.signers.values() for each in found)
        return frozenset(
            heir for line in lineages if certificate in line for heir in line[line.index(certificate) + 1 :]
        )

    def check_all(self) -> None:
        """Raise the gravest fault of any scheme, and for a file without a signature.

        A v1 signature that releases before Android 7 do not take, beside newer ones that hold, is only a reason not
        to install the file there.
        """
        counts = {scheme: fault for scheme, fault in self.faults.items() if not self._is_spare(scheme, fault)}
        for fault in sorted(counts.values(), key=lambda each: not isinstance(each, ContradictedSignature)):
            raise fault
        if not self.signers:
            raise ApkError("it has no signature", ApkCause.UNSIGNED)

    def _is_spare(self, scheme: Scheme, fault: SignatureFault) -> bool:
        taken = fault.cause in (ApkCause.SIGNATURE_WEAK, ApkCause.SIGNATURE_UNFIT)
        return scheme is Scheme.V1 and taken and Scheme.V2 in self.signers


def verify_signatures(path: Path) -> Signatures:
    """Verify every signature of one APK.

    Raises:
        ApkError: the file is not one APK, whatever its signatures.
        OSError: it cannot be read.
    """
    with open_regular(path) as file:
        try:
            return _verify(file)
        except DAMAGED:
            raise ApkError("its ZIP directory cannot be read") from None


def _verify(file: BinaryIO) -> Signatures:
    layout = read_layout(file)
    signers: dict[Scheme, tuple[Signer, ...]] = {}
    faults: dict[Scheme, SignatureFault] = {}
    with open_archive(file, layout) as archive:
        checks: dict[Scheme, Callable[[], tuple[Signer, ...]]] = _block_checks(file, layout)
        if "AndroidManifest.xml" not in archive.namelist():
            raise ApkError("it has no AndroidManifest.xml, so it is no APK")
        if is_signed(archive):
            checks[Scheme.V1] = lambda: verify_jar(archive)
        for scheme, check in checks.items():
            try:
                signers[scheme] = check()
            except SignatureFault as fault:
                faults[scheme] = fault.about(scheme)
            except DAMAGED:
                faults[scheme] = SignatureFault(f"{scheme} signature: what it signs cannot be read", ApkCause.DAMAGED)
    return Signatures(signers, faults)


def _block_checks(file: BinaryIO, layout: Layout) -> dict[Scheme, Callable[[], tuple[Signer, ...]]]:
    @cache
    def digest(kind: ContentDigest) -> bytes:
        return digest_contents(file, layout, (kind,))[kind]

    def check(scheme: Scheme, value: bytes) -> Callable[[], tuple[Signer, ...]]:
        return lambda: verify_block(scheme, value, digest)

    return {scheme: check(scheme, layout.pairs[key]) for scheme, key in BLOCK_IDS.items() if key in layout.pairs}
