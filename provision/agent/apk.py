"""The agent's APK as a bench pins it: digest, certificate, package; and who may use the development one."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from provision.agent.contract import AGENT
from provision.agent.key_chain import KeyChain
from provision.agent.rows import UNANNOUNCED_VERSION, Capabilities, read_capabilities
from provision.appset.manifest import Manifest, read_manifest
from provision.appset.model import App
from provision.appset.signing.faults import ApkError
from provision.appset.signing.verify import verify_signatures
from provision.errors import ConfigurationError, ConfigurationFault
from provision.files import read_file
from provision.plain_json import parse_json
from provision.terms import HomeKind

MOST_APK_BYTES = 64 * 1024 * 1024
"""Of an agent, which has a twentieth of a megabyte."""

DEVELOPMENT_SIGNER = "06eb5d8f901fe2f4eab61611804d7747b65606ee8ff67cd6db7e7193f6ffe209"
"""Certificate of the key that lies open in the toolkit: anybody can sign with it, so no ward trusts it."""

CAPABILITIES = "assets/capabilities.json"
BUILT_IN = "assets/site.json"


@dataclass(frozen=True)
class Pin:
    """Digests by which a bench knows its agent; both are SHA-256 in lower-case hexadecimal.

    Attributes:
        file: the APK.
        sha256: of the file.
        signer: of the certificate that signed it.
    """

    file: Path
    sha256: str
    signer: str


def load_agent(pin: Pin, settings: Path, kind: HomeKind) -> App:
    """The agent, its file proved equal to its pins.

    Args:
        pin: from `bench.yaml`.
        settings: that file, for messages.
        kind: of the home; a ward home refuses the development-signed agent.

    Raises:
        ConfigurationError: every fault found.
    """
    faults = [ConfigurationFault(settings, None, f"agent.{key}", *said) for key, *said in _find_faults(pin, kind)]
    if faults:
        raise ConfigurationError(*faults)
    manifest = read_manifest(pin.file)
    return App(
        package=manifest.package,
        label="agent",
        version_code=manifest.version_code,
        version_name=manifest.version_name or "",
        path=pin.file,
        size=pin.file.stat().st_size,
        sha256=pin.sha256,
        signer=pin.signer,
        min_sdk=manifest.min_sdk,
        target_sdk=manifest.target_sdk,
        abis=manifest.abis,
        traits=manifest.traits,
    )


def read_apk_capabilities(file: Path, version_code: int) -> Capabilities:
    """Read the version that an agent's APK gives its own capability table; agents before 0.4.0 carry none.

    Raises:
        ApkError: the table is in no known form.
    """
    with zipfile.ZipFile(file) as archive:
        if CAPABILITIES not in archive.namelist():
            return Capabilities(min(version_code, UNANNOUNCED_VERSION), {})
        text = archive.read(CAPABILITIES)
    try:
        return read_capabilities(parse_json(text.decode()))
    except ValueError as error:
        first = str(error).splitlines()[0]
        raise ApkError(f"{CAPABILITIES}: not in a known form ({first})") from None


@dataclass(frozen=True)
class BuiltInKeys:
    """Key ids that a hospital built into its own agent (contract 4)."""

    site_key: str
    offline_key: str | None
    rekeys: int


class _BuiltIn(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    site_key: str
    offline_key: str | None
    rekeys: int


def read_built_in_keys(file: Path) -> BuiltInKeys | None:
    """Read the keys that an agent's APK obeys from its first start; None for an APK that pins the first it meets.

    Raises:
        ApkError: they are in no known form.
    """
    with zipfile.ZipFile(file) as archive:
        if BUILT_IN not in archive.namelist():
            return None
        text = archive.read(BUILT_IN)
    try:
        said = _BuiltIn.model_validate(parse_json(text.decode()))
    except ValueError as error:
        raise ApkError(f"{BUILT_IN}: not in a known form ({str(error).splitlines()[0]})") from None
    return BuiltInKeys(said.site_key, said.offline_key, said.rekeys)


def find_foreign_keys(built_in: BuiltInKeys, site_key: str, chain: KeyChain | None) -> Iterator[tuple[str, str]]:
    """Find what keeps an agent from obeying a site, as (expected, got).

    A former site key is right where the offline key is built in beside it: such an agent takes the successor.

    Args:
        site_key: key id of the site key.
        chain: of the site, None for one without an offline key.
    """
    offline = None if chain is None else chain.offline_id
    is_former = chain is not None and built_in.site_key in chain.former and built_in.offline_key == offline
    if built_in.site_key != site_key and not is_former:
        yield f"an agent with the site key {site_key}", built_in.site_key
    if built_in.offline_key not in (None, offline):
        yield f"an agent with the offline key {offline or 'of no site'}", str(built_in.offline_key)


def _find_faults(pin: Pin, kind: HomeKind) -> Iterator[tuple[str, str, str]]:
    """(key, expected, got); a file with another digest is not opened further."""
    if kind is HomeKind.WARD and pin.signer == DEVELOPMENT_SIGNER:
        yield "signer", "the hospital's own certificate", "the development key's, which anybody can sign with"
    try:
        digest = hashlib.sha256(read_file(pin.file, MOST_APK_BYTES)).hexdigest()
    except OSError as error:
        yield "file", f"a readable APK at {pin.file}", error.strerror or "an error"
        return
    if digest != pin.sha256:
        yield "sha256", _name_pinned(pin), f"{digest}, the digest of {pin.file}: changed by somebody, or pinned wrongly"
        return
    try:
        yield from _find_unlike(pin, read_manifest(pin.file))
    except ApkError as error:
        yield "file", "an intact APK", str(error)


def _name_pinned(pin: Pin) -> str:
    """The digest that was pinned, and where: the toolkit's own agent has a list beside it, not a line in bench.yaml."""
    if pin.signer != DEVELOPMENT_SIGNER:
        return f"{pin.sha256} (pinned here)"
    return f"{pin.sha256 or 'a digest'} (pinned in {pin.file}.sha256; get the toolkit's own two files again)"


def _find_unlike(pin: Pin, manifest: Manifest) -> Iterator[tuple[str, str, str]]:
    if manifest.package != AGENT:
        yield "file", f"the package {AGENT}", manifest.package
    read_built_in_keys(pin.file)
    read_apk_capabilities(pin.file, manifest.version_code)  # a table in no known form is no intact APK
    found = verify_signatures(pin.file)
    found.check_all()
    for scheme, signers in found.signers.items():
        if [signer.certificate for signer in signers] != [pin.signer]:
            yield (
                "signer",
                f"{' and '.join(each.certificate for each in signers)} (signer by scheme {scheme})",
                pin.signer,
            )
