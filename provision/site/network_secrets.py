"""The secrets of a site's networks, read from where it says and checked for what they are to be.

By place, as the agent contract names it: `networks.0.passphrase`. Certificates of authorities are no secret, but kept
and changed like one: they stand at `networks.0.ca`, as PEM.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12KeyAndCertificates, load_pkcs12
from cryptography.x509 import Certificate, load_pem_x509_certificates

from provision.config.findings import Findings
from provision.errors import ConfigurationError, ConfigurationFault
from provision.site.certificates import (
    CertificateFault,
    find_authority_faults,
    find_client_faults,
    find_server_faults,
)
from provision.site.network import Network, OneNetwork, Peap, SeveralNetworks, Tls, Ttls, place_of
from provision.site.secret import Secret, SecretFileRef, SecretRef, read_public_file, read_secret, read_secret_file
from provision.site.tablet_certificates import SigningKey, TabletCertificates
from provision.site.tablet_key import TabletKey

NetworkSecrets: TypeAlias = Mapping[str, Secret]
"""Place -> secret, for all networks of a site."""

_Fault: TypeAlias = Callable[[Path | None, str, str], ConfigurationError]
"""Makes the error of a file (None for `site.yaml`) from what was expected and what was got."""

MOST_AUTHORITIES = 8
"""An agent takes no more (contract 7): a whole store of authorities would let in every server."""

_PASSWORD = re.compile(rb"[^\x00-\x1f\x7f]{1,128}")
_FORMS = {
    "passphrase": (re.compile(rb"[\x20-\x7e]{8,63}"), "a WPA passphrase: 8 to 63 printable ASCII characters"),
    "password": (_PASSWORD, "a password of 1 to 128 bytes on one line"),
    "certificate_password": (_PASSWORD, "a password of 1 to 128 bytes on one line"),
}
"""What a secret must look like. Lengths of a passphrase: IEEE 802.11 annex J; neither the shell's verb nor SAE takes
a raw key of 64 hexadecimal digits (Wi-Fi and kiosk document 1.8)."""


def read_network_secrets(
    wifi: OneNetwork | SeveralNetworks,
    base: Path,
    *,
    ask: Callable[[], str] | None = None,
    skip_prompts: bool = False,
    now: datetime | None = None,
) -> NetworkSecrets:
    """Fetch every secret of every network now, and judge the certificates among them.

    Args:
        wifi: the section of a checked site.
        base: the folder of `site.yaml`.
        ask: see `read_secret`.
        skip_prompts: leave out what a person would be asked for.
        now: the time to judge certificates by, with its zone; by default this computer's.

    Raises:
        ConfigurationError: every secret that cannot be read, or is not what its member wants.
    """
    today = now or datetime.now(UTC)
    secrets: dict[str, Secret] = {}
    found = Findings()
    for place, read in _list_reads(wifi, base, ask, skip_prompts=skip_prompts):
        secret = found.read(read)
        if secret is not None:
            secrets[place] = secret
    for index, network in enumerate(wifi.networks):
        if isinstance(network, Peap | Ttls | Tls) and place_of(index, "ca") in secrets:
            found.read(partial(_check_certificates, wifi, base, index, network, secrets, today))
    if found.any:
        raise found.error
    return secrets


def check_named_secrets(section: object, base: Path) -> None:
    """Read the secrets in files that a section `wifi` names, whatever else is wrong in it.

    Args:
        section: as it stands in `site.yaml`, not checked.
        base: the folder of that file.

    Raises:
        ConfigurationError: every secret that cannot be read, or is not what its member wants.
    """
    found = Findings()
    networks = section.get("networks", [section]) if isinstance(section, Mapping) else []
    for network in networks if isinstance(networks, list) else []:
        for member in _FORMS:
            ref = network.get(member) if isinstance(network, Mapping) else None
            if isinstance(ref, Mapping) and ref.keys() == {"file"} and isinstance(ref["file"], str):
                found.read(partial(_read_named, SecretRef(file=Path(ref["file"])), base, member))
    if found.any:
        raise found.error


def _read_named(ref: SecretRef, base: Path, member: str) -> None:
    def fault(file: Path | None, expected: str, got: str) -> ConfigurationError:
        return ConfigurationError(
            ConfigurationFault(base / (file or "site.yaml"), None, f"wifi.{member}", expected, got)
        )

    _read_checked(ref, base, None, member, member, fault)


def _list_reads(
    wifi: OneNetwork | SeveralNetworks, base: Path, ask: Callable[[], str] | None, *, skip_prompts: bool
) -> Iterator[tuple[str, Callable[[], Secret]]]:
    """Place and reading of each secret, in the order of the networks."""
    for index, network in enumerate(wifi.networks):
        for member, ref in network.references().items():
            place = place_of(index, member)
            fault = partial(_fault, wifi, place, base)
            if isinstance(ref, SecretFileRef):
                yield place, partial(read_secret_file, ref, base)
            elif not (skip_prompts and ref.prompt):
                yield place, partial(_read_checked, ref, base, ask, member, f"{member} of {network.ssid}", fault)
        if isinstance(network, Peap | Ttls | Tls):
            place = place_of(index, "ca")
            yield place, partial(_read_authorities, base / network.ca, partial(_fault, wifi, place, base))
        if isinstance(network, Tls) and network.key is not None:
            file, fault = base / network.key.authority.certificate, partial(_fault, wifi, place_of(index, "key"), base)
            yield place_of(index, "authority"), partial(_read_authorities, file, fault)


def _fault(
    wifi: OneNetwork | SeveralNetworks, place: str, base: Path, file: Path | None, expected: str, got: str
) -> ConfigurationError:
    """A fault of the file at a place; of the key in `site.yaml` where there is no file."""
    return ConfigurationError(ConfigurationFault(base / (file or "site.yaml"), None, wifi.key_of(place), expected, got))


def _read_checked(
    ref: SecretRef, base: Path, ask: Callable[[], str] | None, member: str, what: str, fault: _Fault
) -> Secret:
    secret = read_secret(ref, base, ask, what)
    form, expected = _FORMS[member]
    if not form.fullmatch(secret.reveal()) or not _is_text(secret.reveal()):
        raise fault(ref.file, expected, "another form")
    return secret


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _read_authorities(file: Path, fault: _Fault) -> Secret:
    pem = read_public_file(file)
    count = len(_read_pem(pem, partial(fault, file), "certificates of authorities in PEM"))
    if count > MOST_AUTHORITIES:
        raise fault(file, f"at most {MOST_AUTHORITIES} certificates, those of the server's authorities", str(count))
    return Secret(pem)


def _read_pem(pem: bytes, fault: Callable[[str, str], ConfigurationError], expected: str) -> list[Certificate]:
    try:
        return load_pem_x509_certificates(pem)
    except ValueError:
        raise fault(expected, "another form") from None


def _check_certificates(
    wifi: OneNetwork | SeveralNetworks,
    base: Path,
    index: int,
    network: Peap | Ttls | Tls,
    secrets: NetworkSecrets,
    now: datetime,
) -> None:
    """What a tablet or a server would refuse on the ward, without a word to anybody."""
    authorities = load_pem_x509_certificates(secrets[place_of(index, "ca")].reveal())
    found = Findings()
    fault = partial(_fault, wifi, place_of(index, "ca"), base, network.ca)
    found.read(partial(_raise_all, fault, find_authority_faults(authorities, now)))
    if network.server_certificate is not None:
        file = base / network.server_certificate
        fault = partial(_fault, wifi, place_of(index, "server_certificate"), base, file)
        found.read(partial(_check_server, file, fault, authorities, network.domain, now))
    if isinstance(network, Tls):
        found.read(partial(_check_key, wifi, base, index, network, secrets, authorities, now))
        if network.key is not None and place_of(index, "authority") in secrets:
            found.read(partial(_check_authority, wifi, base, index, network.key, secrets, now))
    if found.any:
        raise found.error


def list_demanding(wifi: OneNetwork | SeveralNetworks, base: Path) -> frozenset[int]:
    """Indexes of the networks that ask for more than Android 6 has for their kind (Wi-Fi and kiosk document 2.5).

    Its Android takes one authority of the server, and tells its supplicant of GTC within TTLS in a word that it does
    not know. Files that are wrong are told elsewhere.
    """
    return frozenset(index for index, network in enumerate(wifi.networks) if _is_demanding(network, base))


def _is_demanding(network: Network, base: Path) -> bool:
    if isinstance(network, Ttls) and network.phase2 == "gtc":
        return True
    return isinstance(network, Peap | Ttls | Tls) and _count_authorities(base / network.ca) > 1


def _count_authorities(file: Path) -> int:
    try:
        return len(load_pem_x509_certificates(read_public_file(file)))
    except (ConfigurationError, ValueError):
        return 1  # told by whoever reads the secrets


def _raise_all(fault: Callable[[str, str], ConfigurationError], faults: Iterable[CertificateFault]) -> None:
    told = [each for one in faults for each in fault(one.expected, one.got).faults]
    if told:
        raise ConfigurationError(*told)


def _check_server(
    file: Path,
    fault: Callable[[str, str], ConfigurationError],
    authorities: list[Certificate],
    domain: str,
    now: datetime,
) -> None:
    chain = _read_pem(read_public_file(file), fault, "the server's certificate in PEM")
    _raise_all(fault, find_server_faults(chain, authorities, domain, now))


def _check_key(
    wifi: OneNetwork | SeveralNetworks,
    base: Path,
    index: int,
    network: Tls,
    secrets: NetworkSecrets,
    authorities: list[Certificate],
    now: datetime,
) -> None:
    """A key whose password is wrong would be found out on the ward."""
    place = place_of(index, "certificate")
    data, password = secrets.get(place), secrets.get(place_of(index, "certificate_password"))
    if data is None or password is None or network.certificate is None:
        return  # told already, typed later, or made on the tablet
    fault = partial(_fault, wifi, place, base, network.certificate.file)
    opened = _open_key_file(data.reveal(), password.reveal())
    if opened is not None and opened.key is not None and opened.cert is None and opened.additional_certs:
        subject = opened.additional_certs[0].certificate.subject.rfc4514_string()
        raise fault("the key of its certificate", f"{subject}: of another key")
    if opened is None or opened.key is None or opened.cert is None:
        expected = "a PKCS#12 file with a key and its certificate, opened by certificate_password"
        raise fault(expected, "another file, or another password")
    chain = [opened.cert.certificate, *(each.certificate for each in opened.additional_certs)]
    _raise_all(fault, find_client_faults(chain, authorities, now))


def _check_authority(
    wifi: OneNetwork | SeveralNetworks, base: Path, index: int, key: TabletKey, secrets: NetworkSecrets, now: datetime
) -> None:
    """An authority that no server should believe, or another key than its own, would be found out on the ward."""
    chain = load_pem_x509_certificates(secrets[place_of(index, "authority")].reveal())
    fault = partial(_fault, wifi, place_of(index, "key"), base)
    faults = find_authority_faults(chain, now, of_tablets=True)
    _raise_all(partial(fault, base / key.authority.certificate), faults)
    signs = secrets.get(place_of(index, "authority_key"))
    if signs is not None and key.authority.key is not None:
        _load_signing_key(signs, chain[0], partial(fault, key.authority.key.file))


@lru_cache(maxsize=8)
def _parse_signing_key(pem: Secret) -> PrivateKeyTypes:
    """Parse it once for all tablets of a station, which reads its secrets once: a long key is checked for seconds."""
    return load_pem_private_key(pem.reveal(), None)


def _load_signing_key(pem: Secret, own: Certificate, fault: Callable[[str, str], ConfigurationError]) -> SigningKey:
    try:
        key = _parse_signing_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise fault(
            "the authority's private key in PEM, without a passphrase", "another file, or an encrypted key"
        ) from None
    if not isinstance(key, SigningKey):
        raise fault("an RSA or elliptic-curve key", "another kind of key")
    if key.public_key() != own.public_key():
        raise fault("the key of the first certificate in authority.certificate", "another key")
    return key


def open_certificates(network: Tls, index: int, secrets: NetworkSecrets, base: Path) -> TabletCertificates:
    """The certificates of the keys that tablets make for a network.

    Args:
        network: with a `key`.
        index: of the network, for its places.
        secrets: checked.
        base: the folder of `site.yaml`.
    """
    assert network.key is not None  # noqa: S101 # the caller's condition
    chain = tuple(load_pem_x509_certificates(secrets[place_of(index, "authority")].reveal()))
    signs = secrets.get(place_of(index, "authority_key"))
    fault = partial(ConfigurationFault, base / "site.yaml", None, "wifi")
    key = None if signs is None else _load_signing_key(signs, chain[0], lambda *told: ConfigurationError(fault(*told)))
    return TabletCertificates(base / network.key.folder, chain, key, network.key.days)


def list_ends(
    wifi: OneNetwork | SeveralNetworks, secrets: NetworkSecrets, base: Path
) -> Iterator[tuple[str, datetime]]:
    """Name of each 802.1X network, and when the first of its certificates ends, the server's among them.

    Args:
        secrets: checked; a key whose password somebody types later does not count.
        base: the folder of `site.yaml`.
    """
    for index, network in enumerate(wifi.networks):
        ca = secrets.get(place_of(index, "ca"))
        if ca is None:
            continue
        certificates = load_pem_x509_certificates(ca.reveal())
        if isinstance(network, Peap | Ttls | Tls) and network.server_certificate is not None:
            certificates += load_pem_x509_certificates((base / network.server_certificate).read_bytes())
        if place_of(index, "authority") in secrets:
            certificates += load_pem_x509_certificates(secrets[place_of(index, "authority")].reveal())
        data, word = (secrets.get(place_of(index, name)) for name in ("certificate", "certificate_password"))
        opened = None if data is None or word is None else _open_key_file(data.reveal(), word.reveal())
        if opened is not None and opened.cert is not None:
            certificates.append(opened.cert.certificate)
        yield network.ssid, min(one.not_valid_after_utc for one in certificates)


def _open_key_file(data: bytes, password: bytes) -> PKCS12KeyAndCertificates | None:
    try:
        return load_pkcs12(data, password)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
