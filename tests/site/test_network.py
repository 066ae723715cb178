"""The networks of a site: every form of the union, its secrets, its digest, its entry in a policy."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from provision.config.source import load
from provision.errors import ConfigurationError
from provision.site.model import Site, digest_site, site_without_secrets
from provision.site.network import NetworkKind, Tls, is_plain_psk
from provision.site.network_secrets import read_network_secrets
from tests.made_certificates import make_all, make_bundle

SEED, SITES = 20, 200
REST = {"name": "Ward", "language": "fr", "kiosk": {"hotline": "12"}}
WORDS = {
    "ssid": ["HOPITAL", "a b", "é" * 16, "x" * 32, "-r", '"', "$(reboot)", "日本"],
    "identity": ["tablette", "tablette@hopital.example", "HOPITAL\\tablette"],
    "domain": ["hopital.example", "radius.hopital.example", "a-b.c0.example"],
    "references": [{"file": "secrets/x"}, {"prompt": True}, {"credential": "x.y"}],
}
ACCOUNT = {"identity", "anonymous_identity", "ca", "domain"}
MEMBERS = {
    NetworkKind.OPEN: set(),
    NetworkKind.PSK: {"passphrase"},
    NetworkKind.SAE: {"passphrase"},
    NetworkKind.PEAP: {*ACCOUNT, "phase2", "password"},
    NetworkKind.TTLS: {*ACCOUNT, "phase2", "password"},
    NetworkKind.TLS: {*ACCOUNT, "certificate", "certificate_password"},
    NetworkKind.TLS_ON_TABLET: {*ACCOUNT, "chain"},
}
"""Members of each kind beside the name, the kind and `hidden` (contract 7; `ca` is called `authorities` there)."""


def make_network(dice: random.Random, kind: NetworkKind) -> dict[str, Any]:
    """One network of a kind as a file has it, members that may be absent present at times."""
    words = {NetworkKind.OPEN: "open", NetworkKind.PSK: "wpa2", NetworkKind.SAE: "wpa3"}
    network: dict[str, Any] = {"ssid": dice.choice(WORDS["ssid"]), "security": words.get(kind, "eap")}
    if dice.random() < 0.5:
        network["hidden"] = dice.choice([True, False])
    if kind in {NetworkKind.PSK, NetworkKind.SAE}:
        network["passphrase"] = dice.choice(WORDS["references"])
    if kind in words:
        return network
    method = "tls" if kind is NetworkKind.TLS_ON_TABLET else kind.value
    network |= {"method": method, "identity": dice.choice(WORDS["identity"]), "ca": "ca.pem"}
    network |= {"domain": dice.choice(WORDS["domain"])}
    if dice.random() < 0.5:
        network["anonymous_identity"] = "anonyme"
    if kind is NetworkKind.TLS:
        key = dice.choice([{"file": "x.p12"}, {"credential": "key"}])
        return network | {"certificate": key, "certificate_password": dice.choice(WORDS["references"])}
    if kind is NetworkKind.TLS_ON_TABLET:
        authority = {"certificate": "secrets/x"} | dice.choice([{}, {"key": {"file": "secrets/x"}}])
        return network | {"key": {"made": "on-tablet", "authority": authority, "folder": f"x.y-{dice.random()}"}}
    network["password"] = dice.choice(WORDS["references"])
    if kind is NetworkKind.TTLS or dice.random() < 0.5:
        network["phase2"] = dice.choice(
            ["mschapv2", "gtc"] if kind is NetworkKind.PEAP else ["pap", "mschap", "mschapv2", "gtc"]
        )
    return network


def make_sites() -> Iterator[dict[str, Any]]:
    """Sections `wifi` over the whole union, each name once."""
    dice = random.Random(SEED)  # noqa: S311 # test data
    for _ in range(SITES):
        networks = [make_network(dice, dice.choice(list(NetworkKind))) for _ in range(dice.randint(1, 6))]
        named = {network["ssid"]: network for network in networks}
        yield {"networks": list(named.values()), "other_networks": dice.choice(["remove", "keep"])}


def load_text(folder: Path, wifi: object) -> Site:
    file = folder / "site.yaml"
    file.write_text(json.dumps(REST | {"wifi": wifi}, ensure_ascii=False), "utf-8")  # JSON is YAML
    return load(file, Site)


def test_every_site_is_the_same_when_it_is_written_and_read_again(tmp_path: Path) -> None:
    for wifi in make_sites():
        site = load_text(tmp_path, wifi)
        assert [network.ssid for network in site.wifi.networks] == [network["ssid"] for network in wifi["networks"]]
        again = load_text(tmp_path, json.loads(site.wifi.model_dump_json(exclude_none=True)))
        assert (again, digest_site(again)) == (site, digest_site(site))


def test_no_kind_takes_a_member_of_another(tmp_path: Path) -> None:
    dice = random.Random(SEED)  # noqa: S311 # test data
    everything = {"phase2": "gtc", "password": {"prompt": True}, "passphrase": {"prompt": True}, "ca": "ca.pem",
                  "certificate": {"file": "x"}, "certificate_password": {"prompt": True}, "method": "peap",
                  "identity": "x", "anonymous_identity": "x", "domain": "a.example", "phase1": "x",
                  "key": {"made": "on-tablet"}}  # fmt: skip
    by_key = {"key", "certificate", "certificate_password"}  # one of the two roads, or both
    for kind in NetworkKind:
        known = MEMBERS[kind] | (by_key if kind in {NetworkKind.TLS, NetworkKind.TLS_ON_TABLET} else set())
        for member in everything.keys() - known - ({"method"} if MEMBERS[kind] & ACCOUNT else set()):
            network = make_network(dice, kind) | {member: everything[member]}
            with pytest.raises(ConfigurationError, match=f"unknown key `{member}`") as caught:
                load_text(tmp_path, {"networks": [network]})
            assert [fault.key for fault in caught.value.faults] == [f"wifi.networks[0].{member}"]


def test_the_digest_form_has_neither_secrets_nor_places(tmp_path: Path) -> None:
    for wifi in make_sites():
        form = site_without_secrets(load_text(tmp_path, wifi)).decode()
        assert not [word for word in ("secrets/x", "x.y", "x.p12", "ca.pem", "prompt") if word in form]


MADE_KEY = {"made": "on-tablet", "authority": {"certificate": "tablets.pem"}, "folder": "certificates"}
TLS = {"ssid": "A", "security": "eap", "method": "tls", "identity": "x", "ca": "ca.pem", "domain": "a.example"}
FILE = {"certificate": {"file": "x"}, "certificate_password": {"prompt": True}}


@pytest.mark.parametrize(
    ("networks", "key", "told"),
    [
        ([{}], "networks[0].certificate", "or key, got neither"),
        ([{"certificate": {"file": "x"}}], "networks[0].certificate_password", "together"),
        ([{"key": MADE_KEY}, {"ssid": "B", "key": MADE_KEY}], "networks[1].key.folder", "a folder for each network"),
        ([{"key": MADE_KEY | {"days": 3}}], "networks[0].key.days", "7"),
        ([{"key": MADE_KEY | {"made": "here"}}], "networks[0].key.made", "on-tablet"),
    ],
)
def test_a_road_to_a_key_that_leads_nowhere_is_refused(
    networks: list[dict[str, Any]], key: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=told) as caught:
        load_text(tmp_path, {"networks": [TLS | one for one in networks]})
    assert [fault.key for fault in caught.value.faults] == [f"wifi.{key}"]


def test_a_release_is_given_the_road_that_it_can_go(tmp_path: Path) -> None:
    (both,) = load_text(tmp_path, {"networks": [TLS | FILE | {"key": MADE_KEY}]}).wifi.networks
    assert isinstance(both, Tls)
    kinds = [both.settle(on_tablet=able).kind for able in (True, False)]
    assert kinds == [NetworkKind.TLS_ON_TABLET, NetworkKind.TLS]
    assert [both.settle(on_tablet=able).secret_members for able in (True, False)] == [(), tuple(FILE)]


def test_one_network_is_the_same_in_both_forms(tmp_path: Path) -> None:
    for security, secret in (
        ("wpa2", {"passphrase": {"prompt": True}}),
        ("wpa3", {"passphrase": {"prompt": True}}),
        ("open", {}),
    ):
        one = {"ssid": "HOPITAL", "security": security} | secret
        short, long = load_text(tmp_path, one), load_text(tmp_path, {"networks": [one]})
        assert short.wifi.networks == long.wifi.networks
        assert digest_site(short) == digest_site(long)
        assert is_plain_psk(long.wifi.networks) == (security == "wpa2")


def test_a_hidden_network_has_another_digest(tmp_path: Path) -> None:
    one = {"ssid": "HOPITAL", "security": "open"}
    forms = [{"networks": [one | hidden]} for hidden in ({}, {"hidden": False}, {"hidden": True})]
    seen, plain, hidden = (digest_site(load_text(tmp_path, form)) for form in forms)
    assert seen == plain != hidden


def test_a_choice_alone_makes_another_digest(tmp_path: Path) -> None:
    """And what is as ever has the digest it always had."""
    one = {"ssid": "HOPITAL", "security": "open"}
    proxy = {"host": "Proxy.example", "port": 3128}
    choices = ({}, {"mac": "random"}, {"mac": "factory"}, {"proxy": proxy}, {"proxy": proxy | {"direct": ["10.0.0.7"]}})
    sites = [load_text(tmp_path, {"networks": [one | choice]}) for choice in choices]
    plain, random_mac, *others = map(digest_site, sites)
    assert plain == random_mac == digest_site(load_text(tmp_path, one))
    assert len({plain, *others}) == 1 + len(others)
    entries = [site.wifi.networks[0].to_policy(str) for site in sites]
    assert [entry.get("mac") for entry in entries] == [None, None, "factory", None, None]
    assert entries[4]["proxy"] == {"host": "proxy.example", "port": 3128, "direct": ["10.0.0.7"]}


def test_a_name_whose_accents_stand_apart_is_none_that_an_access_point_sends(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="type the name instead of pasting it") as caught:
        load_text(tmp_path, {"networks": [{"ssid": "HO\u0302PITAL", "security": "open"}]})
    assert [fault.key for fault in caught.value.faults] == ["wifi.networks[0].ssid"]


@pytest.mark.parametrize(
    ("choice", "key"),
    [
        ({"mac": "5c:0a:5b:00:00:42"}, "mac"),
        ({"proxy": {"host": "http://proxy.example", "port": 80}}, "proxy.host"),
        ({"proxy": {"host": "proxy.example:80", "port": 80}}, "proxy.host"),
        ({"proxy": {"host": "10.0.0.300", "port": 80}}, "proxy.host"),
        ({"proxy": {"host": "10.0.0.07", "port": 80}}, "proxy.host"),
        ({"proxy": {"host": "3128", "port": 80}}, "proxy.host"),
        ({"proxy": {"host": "p", "port": 80, "direct": ["10.0.1"]}}, "proxy.direct[0]"),
        ({"proxy": {"host": "proxy.example", "port": 0}}, "proxy.port"),
        ({"proxy": {"host": "proxy.example", "port": 65536}}, "proxy.port"),
        ({"proxy": {"host": "proxy.example"}}, "proxy.port"),
        ({"proxy": {"host": "p", "port": 80, "direct": ["*.example"]}}, "proxy.direct[0]"),
        ({"proxy": {"host": "p", "port": 80, "direct": ["A", "a"]}}, "proxy.direct"),
        ({"proxy": {"host": "p", "port": 80, "direct": [f"h{n}" for n in range(51)]}}, "proxy.direct"),
    ],
)
def test_a_choice_that_no_tablet_can_have_is_refused(choice: dict[str, Any], key: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_text(tmp_path, {"networks": [{"ssid": "HOPITAL", "security": "open"} | choice]})
    assert [fault.key for fault in caught.value.faults] == [f"wifi.networks[0].{key}"]


def test_a_policy_entry_has_the_members_of_its_kind_and_seals_every_secret(tmp_path: Path) -> None:
    kinds = set()
    for wifi in make_sites():
        for network in load_text(tmp_path, wifi).wifi.networks:
            entry = network.to_policy(lambda member: f"sealed {member}", (b"der",), (b"own",))
            kinds.add(network.kind)
            wanted = {"ssid", "security", "hidden", *MEMBERS[network.kind]} - {"ca"}
            wanted |= {"authorities"} if MEMBERS[network.kind] & ACCOUNT else set()
            assert wanted - {"anonymous_identity"} <= entry.keys() <= wanted
            assert entry["security"] == network.kind.value
            sealed = {name for name, value in entry.items() if str(value).startswith("sealed")}
            assert sealed == set(network.secret_members) == network.references().keys() - {"authority_key"}
            assert entry.get("authorities") in (None, [base64.b64encode(b"der").decode()])
    assert kinds == set(NetworkKind)


def write_secrets(folder: Path, changes: dict[str, bytes]) -> None:
    described = {"root": {"authority": True}, "tablet": {"issuer": "root"}}
    made = make_all(described, datetime.now(UTC))
    files = {
        "wifi": b"passphrase\n",
        "word": b"opens\n",
        "key.p12": make_bundle(made["tablet"], made["tablet"]),
        "ca.pem": made["root"].pem * 2,
    }
    for name, content in (files | changes).items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)


EAP = {"security": "eap", "identity": "x", "ca": "ca.pem", "domain": "a.example"}
NETWORKS = [
    {"ssid": "A", "security": "wpa2", "passphrase": {"file": "wifi"}},
    {"ssid": "B", "security": "open"},
    {"ssid": "C", "method": "peap", "password": {"file": "word"}} | EAP,
    {"ssid": "D", "method": "tls", "certificate": {"file": "key.p12"}, "certificate_password": {"file": "word"}} | EAP,
]


def test_every_secret_is_read_to_its_place(tmp_path: Path) -> None:
    write_secrets(tmp_path, {})
    secrets = read_network_secrets(load_text(tmp_path, {"networks": NETWORKS}).wifi, tmp_path)
    assert {place: len(secret.reveal()) for place, secret in secrets.items()} == {
        "networks.0.passphrase": 10,
        "networks.2.password": 5,
        "networks.2.ca": (tmp_path / "ca.pem").stat().st_size,
        "networks.3.certificate": (tmp_path / "key.p12").stat().st_size,
        "networks.3.certificate_password": 5,
        "networks.3.ca": (tmp_path / "ca.pem").stat().st_size,
    }


@pytest.mark.parametrize(
    ("change", "key", "expected"),
    [
        ({"wifi": b"f" * 64}, "wifi.networks[0].passphrase", "8 to 63 printable ASCII"),
        ({"wifi": b"short"}, "wifi.networks[0].passphrase", "8 to 63 printable ASCII"),
        ({"wifi": b"passphrase\xff"}, "wifi.networks[0].passphrase", "8 to 63 printable ASCII"),
        ({"word": b"opens\xff\n"}, "wifi.networks[2].password", "on one line"),
        ({"ca.pem": b"opens"}, "wifi.networks[2].ca", "certificates of authorities in PEM"),
        ({"key.p12": b"no key at all"}, "wifi.networks[3].certificate", "opened by certificate_password"),
        ({"word": b"does not open\n"}, "wifi.networks[3].certificate", "opened by certificate_password"),
        ({"word": b"a\x00b"}, "wifi.networks[2].password", "on one line"),
    ],
)
def test_a_secret_of_another_form_is_refused_and_not_shown(
    change: dict[str, bytes], key: str, expected: str, tmp_path: Path
) -> None:
    write_secrets(tmp_path, change)
    with pytest.raises(ConfigurationError, match=expected) as caught:
        read_network_secrets(load_text(tmp_path, {"networks": NETWORKS}).wifi, tmp_path)
    assert caught.value.faults[0].key == key
    assert not [value for value in change.values() if value.decode("latin-1").strip() in str(caught.value)]


def test_a_prompt_is_left_out_where_nobody_is_asked(tmp_path: Path) -> None:
    write_secrets(tmp_path, {})
    wifi = load_text(tmp_path, {"ssid": "A", "security": "wpa2", "passphrase": {"prompt": True}}).wifi
    assert read_network_secrets(wifi, tmp_path, skip_prompts=True) == {}
    typed = read_network_secrets(wifi, tmp_path, ask=lambda: "passphrase")
    assert typed["networks.0.passphrase"].reveal() == b"passphrase"


@pytest.mark.parametrize("count", [0, 17])
def test_a_site_has_one_to_sixteen_networks(count: int, tmp_path: Path) -> None:
    networks = [{"ssid": f"HOPITAL-{number}", "security": "open"} for number in range(count)]
    with pytest.raises(ConfigurationError, match=f"expected 1 to 16 networks, got {count}"):
        load_text(tmp_path, {"networks": networks})


@pytest.mark.parametrize("name", ["", "x" * 33, "é" * 17])
def test_a_network_name_has_one_to_thirty_two_bytes(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"expected 1 to 32 bytes in UTF-8, got {len(name.encode())} bytes"):
        load_text(tmp_path, {"ssid": name, "security": "open"})


def test_a_whole_store_of_authorities_is_refused(tmp_path: Path) -> None:
    write_secrets(tmp_path, {})
    (tmp_path / "ca.pem").write_bytes((tmp_path / "ca.pem").read_bytes() * 5)
    with pytest.raises(ConfigurationError, match=r"at most 8 certificates.*got 10"):
        read_network_secrets(load_text(tmp_path, {"networks": NETWORKS}).wifi, tmp_path)


SIGNING: dict[str, tuple[dict[str, Any], str, str]] = {
    "an authority that is none": ({"tablets.pem": "tablet"}, "key", "certificates of authorities"),
    "an authority for servers alone": ({"tablets.pem": "server"}, "key", "may vouch for tablets"),
    "an authority that ended": ({"tablets.pem": "old", "tablets.key": "old"}, "key", "valid today"),
    "a gap below the root": ({"tablets.pem": "inner", "tablets.key": "inner"}, "key", "the chain up to the root"),
    "the key of another": ({"tablets.key": "old"}, "key", "the key of the first certificate"),
    "an encrypted key": ({"tablets.key": "encrypted"}, "key", "without a passphrase"),
    "no key": ({"tablets.key": b"key"}, "key", "private key in PEM"),
}


@pytest.mark.parametrize("case", SIGNING)
def test_an_authority_that_no_server_believes_or_without_its_key_is_refused(case: str, tmp_path: Path) -> None:
    changes, key, told = SIGNING[case]
    described = {
        "root": {"authority": True},
        "inner": {"authority": True, "issuer": "root"},
        "tablet": {"issuer": "root"},
        "server": {"authority": True, "purposes": ["server"]},
        "old": {"authority": True, "days": [-60, -1]},
    }
    made = make_all(described, datetime.now(UTC))
    pem, pkcs8 = Encoding.PEM, PrivateFormat.PKCS8
    keys = {name: one.key.private_bytes(pem, pkcs8, NoEncryption()) for name, one in made.items()}
    keys["encrypted"] = made["root"].key.private_bytes(pem, pkcs8, BestAvailableEncryption(b"x"))
    for file, label in ({"tablets.pem": "root", "tablets.key": "root"} | changes).items():
        words = label if isinstance(label, bytes) else keys[label] if file == "tablets.key" else made[label].pem
        (tmp_path / file).write_bytes(words)
        (tmp_path / file).chmod(0o600)
    (tmp_path / "ca.pem").write_bytes(made["root"].pem)
    signs = {"certificate": "tablets.pem", "key": {"file": "tablets.key"}}
    site = load_text(tmp_path, {"networks": [TLS | {"key": MADE_KEY | {"authority": signs}}]})
    with pytest.raises(ConfigurationError, match=told) as caught:
        read_network_secrets(site.wifi, tmp_path)
    assert {fault.key for fault in caught.value.faults} == {f"wifi.networks[0].{key}"}
    assert "PRIVATE" not in str(caught.value)


def test_a_key_of_an_authority_that_others_may_read_is_refused(tmp_path: Path) -> None:
    made = make_all({"root": {"authority": True}}, datetime.now(UTC))["root"]
    key = made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for file, words in (("ca.pem", made.pem), ("tablets.pem", made.pem), ("tablets.key", key)):
        (tmp_path / file).write_bytes(words)
    (tmp_path / "tablets.key").chmod(0o644)
    signs = {"certificate": "tablets.pem", "key": {"file": "tablets.key"}}
    wifi = load_text(tmp_path, {"networks": [TLS | {"key": MADE_KEY | {"authority": signs}}]}).wifi
    with pytest.raises(ConfigurationError, match=r"tablets\.key"):
        read_network_secrets(wifi, tmp_path)
    (tmp_path / "tablets.key").chmod(0o600)
    secrets = read_network_secrets(wifi, tmp_path)
    assert sorted(secrets) == ["networks.0.authority", "networks.0.authority_key", "networks.0.ca"]
