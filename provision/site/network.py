"""The hospital's Wi-Fi networks: a tagged union, its secrets by reference, and its form in an agent's policy.

1. A network is open, or has a passphrase (WPA2-PSK, WPA3-SAE), or an account (802.1X: PEAP, TTLS, TLS).
2. Whatever proves the hospital's right to join is a reference; only certificates of authorities are plain files.
3. An 802.1X network names the authority and the domain of its server: without them any access point of the same
   name would be given the account (Wi-Fi and kiosk document 2.4).
4. `wifi: {ssid, security, passphrase}` is one such network, and has the same digest as in a list of one.
5. What stands here says what a site wants; which of it a tablet can do decides the agent (contract 7) or the shell
   (Wi-Fi and kiosk document 1.1).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar, Literal, TypeAlias
from unicodedata import is_normalized

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from provision.config.faults import FileModel, refuse
from provision.site.asks import AsksFor
from provision.site.secret import SecretFileRef, SecretRef
from provision.site.tablet_key import TabletKey
from provision.site.web_proxy import WebProxy
from provision.terms import Control

MOST_NETWORKS = 16
"""Networks of one site: more than any hospital has, few enough for one order to an agent."""

MOST_SSID_BYTES = 32
_DOMAIN = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")


class Security(StrEnum):
    """Protection of the one network of the short form."""

    OPEN = "open"
    WPA2 = "wpa2"
    WPA3 = "wpa3"


class NetworkKind(StrEnum):
    """Kinds of networks in the words of the agent contract."""

    OPEN = "open"
    PSK = "wpa2-psk"
    SAE = "wpa3-sae"
    PEAP = "peap"
    TTLS = "ttls"
    TLS = "tls"
    TLS_ON_TABLET = "tls-on-tablet"

    @property
    def written(self) -> str:
        """As `site.yaml` writes it: `wpa2`, `eap (peap)`."""
        return _WRITTEN.get(self, f"eap ({self})")


_WRITTEN = {
    NetworkKind.OPEN: "open",
    NetworkKind.PSK: "wpa2",
    NetworkKind.SAE: "wpa3",
    NetworkKind.TLS_ON_TABLET: "eap (tls, key made on-tablet)",
}


class MacAddress(StrEnum):
    """Address that a tablet shows in a network."""

    RANDOM = "random"
    FACTORY = "factory"


class OtherNetworks(StrEnum):
    """Treatment of the Wi-Fi networks that a donor left on the tablet."""

    REMOVE = "remove"
    KEEP = "keep"


_REMOVES = AsksFor(Control.WIFI_OTHER_NETWORKS, OtherNetworks.REMOVE)


def one_line(text: str) -> str:
    """Refuse text that a person cannot have meant for one line."""
    if not text.isprintable():
        raise refuse("printable text on one line")
    return text


def _ssid(text: str) -> str:
    """IEEE 802.11 allows 1 to 32 bytes; control characters never come from a person's hand."""
    if not 1 <= len(text.encode()) <= MOST_SSID_BYTES:
        raise refuse("1 to 32 bytes in UTF-8", f"{len(text.encode())} bytes")
    if not is_normalized("NFC", text):  # as pasted from a Mac: it looks the same, and no access point is called so
        raise refuse("letters and their accents in one", "accents apart", hint="type the name instead of pasting it")
    return one_line(text)


def _domain(text: str) -> str:
    """A DNS name that the end of the server's name must equal; an address or a wildcard would match nothing."""
    if not _DOMAIN.fullmatch(text.lower()):
        raise refuse("the domain of the RADIUS server's name", hint="like hopital.example, without wildcard or port")
    return text


Ssid = Annotated[str, AfterValidator(_ssid)]
Name = Annotated[str, Field(min_length=1, max_length=253), AfterValidator(one_line)]

EncryptMember: TypeAlias = Callable[[str], object]
"""Makes what stands in a policy for the secret of a member, such as `passphrase`."""


class _Network(FileModel):
    """Members that all kinds have.

    Attributes:
        shell_word: security type of `cmd wifi connect-network`; None where the shell has no such type.
    """

    _kind: ClassVar[NetworkKind]
    _secret_members: ClassVar[tuple[str, ...]] = ()
    shell_word: ClassVar[str | None] = None
    ssid: Ssid = Field(description="name, exactly as the access point sends it")
    hidden: bool = Field(default=False, description="true where the access point does not send its name")
    mac: MacAddress = Field(
        default=MacAddress.RANDOM,
        description="factory shows the radio's own address (Android 13 on), random leaves it to Android",
    )
    proxy: WebProxy | None = Field(default=None, description="web proxy of this network (Android 8 on)")

    @property
    def kind(self) -> NetworkKind:
        """The kind in the words of the contract."""
        return self._kind

    @property
    def secret_members(self) -> tuple[str, ...]:
        """Fields that refer to a secret which tablets get."""
        return self._secret_members

    @property
    def chooses(self) -> tuple[str, ...]:
        """Names of the members that ask for more than a plain network: agents know them since 0.6.0."""
        factory = ("mac",) if self.mac is MacAddress.FACTORY else ()
        return factory + (("proxy",) if self.proxy is not None else ())

    def references(self) -> Mapping[str, SecretRef | SecretFileRef]:
        """Where its secrets are kept, by member."""
        return {name: getattr(self, name) for name in self.secret_members}

    def to_policy(
        self, encrypt: EncryptMember, authorities: tuple[bytes, ...] = (), chain: tuple[bytes, ...] = ()
    ) -> dict[str, object]:
        """The network as one entry of a policy's `networks` (contract 7).

        Args:
            encrypt: called once for each member of `secret_members`.
            authorities: DER of the certificates of authorities; of 802.1X networks only.
            chain: DER of the certificates of a key made on the tablet.
        """
        plain: dict[str, object] = {"ssid": self.ssid, "security": self.kind.value, "hidden": self.hidden}
        if self.mac is MacAddress.FACTORY:
            plain["mac"] = self.mac.value
        if self.proxy is not None:
            plain["proxy"] = self.proxy.to_policy()
        if self.kind is NetworkKind.TLS_ON_TABLET:
            plain["chain"] = _encode_all(chain)
        return plain | self._account(authorities) | {name: encrypt(name) for name in self.secret_members}

    def _account(self, _authorities: tuple[bytes, ...]) -> dict[str, object]:
        """Members of the account, where there is one."""
        return {}


def _encode_all(certificates: tuple[bytes, ...]) -> list[str]:
    return [base64.b64encode(each).decode() for each in certificates]


class Open(_Network):
    """A network that everybody may join."""

    _kind: ClassVar[NetworkKind] = NetworkKind.OPEN
    shell_word: ClassVar[str | None] = "open"
    security: Literal["open"]


class Psk(_Network):
    """WPA2-Personal: one passphrase for all."""

    _kind: ClassVar[NetworkKind] = NetworkKind.PSK
    _secret_members: ClassVar[tuple[str, ...]] = ("passphrase",)
    shell_word: ClassVar[str | None] = "wpa2"
    security: Literal["wpa2"]
    passphrase: SecretRef = Field(description="where the passphrase is")


class Sae(_Network):
    """WPA3-Personal: one passphrase for all, which a listener cannot guess at."""

    _kind: ClassVar[NetworkKind] = NetworkKind.SAE
    _secret_members: ClassVar[tuple[str, ...]] = ("passphrase",)
    shell_word: ClassVar[str | None] = "wpa3"
    security: Literal["wpa3"]
    passphrase: SecretRef = Field(description="where the passphrase is")


class _Eap(_Network):
    """802.1X: the tablet proves an account, the server its certificate."""

    security: Literal["eap"]
    identity: Name = Field(description="name of the account")
    anonymous_identity: Name | None = Field(default=None, description="name that goes over the air in clear")
    ca: Path = Field(description="PEM file with the certificates of the authorities of the server")
    domain: Annotated[str, AfterValidator(_domain)] = Field(description="domain of the server's name")
    server_certificate: Path | None = Field(
        default=None, description="PEM file with what the server shows; tablets never get it, `check` judges it"
    )

    def _account(self, authorities: tuple[bytes, ...]) -> dict[str, object]:
        plain: dict[str, object] = {
            "identity": self.identity,
            "authorities": _encode_all(authorities),
            "domain": self.domain,
        }
        if self.anonymous_identity is not None:
            plain["anonymous_identity"] = self.anonymous_identity
        return plain | self._inner()

    def _inner(self) -> dict[str, object]:
        return {}


class Peap(_Eap):
    """PEAP: a password inside a tunnel."""

    _kind: ClassVar[NetworkKind] = NetworkKind.PEAP
    _secret_members: ClassVar[tuple[str, ...]] = ("password",)
    method: Literal["peap"]
    phase2: Literal["mschapv2", "gtc"] = Field(default="mschapv2", description="mschapv2 or gtc")
    password: SecretRef = Field(description="where the account's password is")

    def _inner(self) -> dict[str, object]:
        return {"phase2": self.phase2}


class Ttls(_Eap):
    """TTLS: a password inside a tunnel, in the form the server asks for."""

    _kind: ClassVar[NetworkKind] = NetworkKind.TTLS
    _secret_members: ClassVar[tuple[str, ...]] = ("password",)
    method: Literal["ttls"]
    phase2: Literal["pap", "mschap", "mschapv2", "gtc"] = Field(description="pap, mschap, mschapv2 or gtc")
    password: SecretRef = Field(description="where the account's password is")

    def _inner(self) -> dict[str, object]:
        return {"phase2": self.phase2}


class Tls(_Eap):
    """TLS: a key of the tablet's own, made on it, or brought to all in a file."""

    _kind: ClassVar[NetworkKind] = NetworkKind.TLS
    method: Literal["tls"]
    certificate: SecretFileRef | None = Field(
        default=None, description="where the PKCS#12 file with key and certificate is"
    )
    certificate_password: SecretRef | None = Field(default=None, description="where the password of that file is")
    key: TabletKey | None = Field(default=None, description="a key made on each tablet (Android 12 on)")

    @model_validator(mode="after")
    def _has_a_key(self) -> Tls:
        if self.certificate is None and self.key is None:
            raise refuse("certificate with certificate_password, or key", "neither", key="certificate")
        if (self.certificate is None) != (self.certificate_password is None):
            missing = "certificate" if self.certificate is None else "certificate_password"
            raise refuse("certificate and certificate_password together", "one of them", key=missing)
        return self

    @property
    def kind(self) -> NetworkKind:
        """TLS wherever there is a key file, which every release from 7 on is given."""
        return NetworkKind.TLS_ON_TABLET if self.certificate is None else NetworkKind.TLS

    @property
    def secret_members(self) -> tuple[str, ...]:
        """Key file and its password, where there is one."""
        return () if self.certificate is None else ("certificate", "certificate_password")

    def settle(self, *, on_tablet: bool) -> Tls:
        """The same network with one road alone, where it has both; `on_tablet`: whether a tablet makes such a key."""
        if self.certificate is None or self.key is None:
            return self
        left_out = {"certificate": None, "certificate_password": None} if on_tablet else {"key": None}
        return self.model_copy(update=left_out)

    def references(self) -> Mapping[str, SecretRef | SecretFileRef]:
        """Where its secrets are kept, by member, and the key of a bench that signs at `authority_key`."""
        signs = None if self.key is None else self.key.authority.key
        return {**super().references(), **({} if signs is None else {"authority_key": signs})}


Eap: TypeAlias = Peap | Ttls | Tls
AnyEap = Annotated[Eap, Field(discriminator="method")]
Network = Annotated[Open | Psk | Sae | AnyEap, Field(discriminator="security")]
"""One network of a site, told apart by `security`, and by `method` for 802.1X."""


class _Wifi(FileModel):
    """What both forms have beside the networks."""

    other_networks: Annotated[OtherNetworks, _REMOVES] = Field(
        default=OtherNetworks.REMOVE, description="networks of the donor"
    )
    clinical: tuple[Ssid, ...] = Field(
        default=(), description="names of networks for care that no tablet may be given, keep or join"
    )

    def _refuse_clinical(self, names: Mapping[str, str]) -> None:
        """Tablets of patients must not share the air of monitors and pumps.

        Args:
            names: of the networks that tablets are given, by key.
        """
        for key, name in names.items():
            if name in self.clinical:
                raise refuse("a network that is not clinical", f"'{name}', which `clinical` names", key=key)
        if self.clinical and self.other_networks is not OtherNetworks.REMOVE:
            expected = "remove, since a tablet that keeps others may keep a clinical one"
            raise refuse(expected, self.other_networks.value, key="other_networks")


class OneNetwork(_Wifi):
    """The short form: one network without account, that sends its name."""

    tag: ClassVar[str] = "one"
    elsewhere: ClassVar[Mapping[str, str]] = {
        key: f"a network with `{key}` stands in a list: networks: [{{ssid: ..., security: ..., {key}: ...}}]"
        for kind in (Open, Psk, Sae, Peap, Ttls, Tls)
        for key in kind.model_fields
    }
    ssid: Ssid = Field(description="name of the hospital network")
    security: Security = Field(description="open, wpa2 or wpa3")
    passphrase: SecretRef | None = Field(default=None, description="where the passphrase is; not for open networks")

    @model_validator(mode="after")
    def _passphrase_fits_security(self) -> OneNetwork:
        if (self.security is Security.OPEN) != (self.passphrase is None):
            wanted = "no passphrase" if self.security is Security.OPEN else "a reference to the passphrase"
            got = "nothing" if self.passphrase is None else "one"
            raise refuse(f"{wanted} with security: {self.security}", got, key="passphrase")
        self._refuse_clinical({"ssid": self.ssid})
        return self

    @property
    def networks(self) -> tuple[Open | Psk | Sae]:
        """The list of one."""
        if self.passphrase is None:
            return (Open(ssid=self.ssid, security="open"),)
        if self.security is Security.WPA2:
            return (Psk(ssid=self.ssid, security="wpa2", passphrase=self.passphrase),)
        return (Sae(ssid=self.ssid, security="wpa3", passphrase=self.passphrase),)

    def key_of(self, place: str) -> str:
        """The key in `site.yaml` of a place such as `networks.0.passphrase`."""
        return f"wifi.{place.rpartition('.')[2]}"


class SeveralNetworks(_Wifi):
    """The long form: every network the tablets may join, the first one first."""

    tag: ClassVar[str] = "several"
    networks: tuple[Network, ...] = Field(description="networks the tablets join")

    @model_validator(mode="after")
    def _names_differ(self) -> SeveralNetworks:
        """Android would keep both and join whichever it likes: a weak one beside a strong one protects nothing."""
        if not 1 <= len(self.networks) <= MOST_NETWORKS:
            raise refuse(f"1 to {MOST_NETWORKS} networks", str(len(self.networks)), key="networks")
        seen: set[str] = set()
        folders: set[Path] = set()
        for index, network in enumerate(self.networks):
            folder = network.key.folder if isinstance(network, Tls) and network.key is not None else None
            if folder in folders:
                raise refuse("a folder for each network", f"'{folder}' again", key=f"networks.{index}.key.folder")
            folders |= {folder} if folder is not None else set()
            if network.ssid in seen:
                raise refuse("each name once", f"'{network.ssid}' again", key=f"networks.{index}.ssid")
            seen.add(network.ssid)
        self._refuse_clinical({f"networks.{index}.ssid": network.ssid for index, network in enumerate(self.networks)})
        return self

    def key_of(self, place: str) -> str:
        """The key in `site.yaml` of a place such as `networks.0.passphrase`."""
        index, member = place.split(".")[1:]
        return f"wifi.networks[{index}].{member}"


def _form_of(value: object) -> str:
    """The form somebody began to write; what is neither is told as a wrong short form."""
    several = isinstance(value, SeveralNetworks) or (isinstance(value, Mapping) and "networks" in value)
    return SeveralNetworks.tag if several else OneNetwork.tag


Wifi = Annotated[
    Annotated[OneNetwork, Tag("one")] | Annotated[SeveralNetworks, Tag("several")], Discriminator(_form_of)
]
"""The section `wifi` of `site.yaml`."""


def place_of(index: int, member: str) -> str:
    """The place of a secret of a site's network: `networks.0.passphrase`."""
    return f"networks.{index}.{member}"


def is_plain_psk(networks: Sequence[Network]) -> bool:
    """Tell whether it is one WPA2-PSK network: all that a policy of before `networks` can say (contract 7)."""
    return len(networks) == 1 and networks[0].kind is NetworkKind.PSK and not networks[0].chooses


def describe_networks(wifi: OneNetwork | SeveralNetworks) -> dict[str, object]:
    """The section for the digest in records: neither secrets nor where they are kept.

    One network without account that sends its name is told in the short form, whichever form the file has.
    """
    shown: dict[str, object] = {"other_networks": wifi.other_networks.value}
    if wifi.clinical:  # a site without has the digest it always had
        shown["clinical"] = sorted(set(wifi.clinical))
    first = wifi.networks[0]
    if len(wifi.networks) == 1 and not first.hidden and not first.chooses and not isinstance(first, _Eap):
        passphrase = "secret" if first.secret_members else None
        return {"ssid": first.ssid, "security": first.security, "passphrase": passphrase, **shown}
    return {"networks": [_describe(network) for network in wifi.networks], **shown}


def _describe(network: _Network) -> dict[str, object]:
    hidden: dict[str, object] = dict.fromkeys(("ca", *network.secret_members), "reference")
    if isinstance(network, Tls) and network.key is not None:
        hidden["key"] = {"made": network.key.made, "authority": "reference", "days": network.key.days}
    told = network.model_dump(mode="json", exclude={"server_certificate"})  # decides nothing of what a tablet gets
    if network.mac is MacAddress.RANDOM:  # a site without has the digest it always had
        del told["mac"]
    return {name: hidden.get(name, value) for name, value in told.items() if value is not None}
