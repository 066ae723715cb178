"""Several networks from plug to record: joined to whichever is there, refused where none of them can be given."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate, load_pem_x509_csr

from provision.files import write_atomically
from provision.home.create import TRAINING_SSID, Details, create_home
from provision.records.reader import verify_folder
from provision.site.tablet_certificates import TabletCertificates
from provision.terms import HomeKind
from tests.made_certificates import make_all
from tests.system.bench_runs import count_writes, environment, run_program, run_station

pytestmark = [pytest.mark.front, pytest.mark.later]

NETWORKS = """wifi:
  networks:
    - {ssid: SERVICE, security: wpa3, passphrase: {file: secrets/wifi}, hidden: true}
    - {ssid: %s, security: %s, passphrase: {file: secrets/wifi}}
  other_networks: remove

location:"""
DONE, REFUSED = ("done", None), ("refused", "network-unsupported")


def make_home(folder: Path, security: str) -> Path:
    """A bench of four whose site has a hidden WPA3 network and the one the tablets are near, as it says that one is."""
    home = folder / "training"
    create_home(home, HomeKind.TRAINING, 4, Details(name="CHU Exemple"))
    site = (home / "site.yaml").read_text("utf-8")
    before, _, rest = site.partition("wifi:\n")
    networks = NETWORKS % (TRAINING_SSID, security)
    (home / "site.yaml").write_text(before + networks + rest.partition("location:")[2], "utf-8")
    return home


def test_every_release_is_given_what_it_can_join(tmp_path: Path) -> None:
    ended = run_station(make_home(tmp_path, "wpa2"), 4)
    assert ended.status == 0, ended.errors
    told = {slot: (tablet["outcome"], tablet["reason"]) for slot, tablet in ended.tablets.items()}
    assert told == dict.fromkeys("1234", DONE)


def test_android_6_is_refused_before_its_first_change_where_it_can_be_given_none(tmp_path: Path) -> None:
    home = make_home(tmp_path, "wpa3")
    ended = run_station(home, 4)
    tablet = ended.tablets["3"]
    assert (tablet["outcome"], tablet["reason"]) == REFUSED
    assert count_writes(home, ["3"]) == {"3": 0}


ACCOUNT = """wifi:
  networks:
    - {ssid: COMPTES, security: eap, method: peap, identity: tablette, password: {file: secrets/wifi}, ca: ca.pem,
       domain: radius.hopital.example}

location:"""


def test_an_account_is_given_where_android_can_hold_what_it_needs(tmp_path: Path) -> None:
    """The server has two authorities, of which Android 6 (slot 3) takes one."""
    home = make_home(tmp_path, "wpa2")
    before, _, rest = (home / "site.yaml").read_text("utf-8").partition("wifi:\n")
    (home / "site.yaml").write_text(before + ACCOUNT + rest.partition("location:")[2], "utf-8")
    made = make_all({"root": {"authority": True}, "next": {"authority": True}}, datetime.now(UTC))
    (home / "ca.pem").write_bytes(made["root"].pem + made["next"].pem)
    ended = run_station(home, 4)
    assert ended.status == 0, ended.errors
    told = {slot: (tablet["outcome"], tablet["reason"]) for slot, tablet in ended.tablets.items()}
    assert told == dict.fromkeys("124", DONE) | {"3": REFUSED}
    assert count_writes(home, ["3"]) == {"3": 0}


def test_addresses_come_into_records_and_out_as_a_list(tmp_path: Path) -> None:
    """From Android 7 on the radio's own; in each network the one that is shown there."""
    home = make_home(tmp_path, "wpa2")
    site, proxy = home / "site.yaml", "proxy: {host: proxy.hopital.example, port: 3128}"
    text = site.read_text("utf-8").replace("hidden: true}", f"hidden: true, {proxy}}}")
    site.write_text(text.replace("security: wpa2,", "security: wpa2, mac: factory,"), "utf-8")
    ended = run_station(home, 4)
    assert ended.status == 0, ended.errors
    status, said = run_program(environment(home), "record", "addresses", str(home / "records"))
    assert status == 0, said
    header, *lines = csv.reader(io.StringIO(said))
    assert header == ["asset", "address", "network", "seen"]
    for record in verify_folder(home / "records").records:
        api = record.run.observed["system"]["api"]
        told = {network: address for asset, address, network, _ in lines if asset == record.run.asset_id}
        own = told.get("")
        assert (own is not None) == (api >= 24)
        assert (told.get(TRAINING_SSID) == own) == (api < 29 or api >= 33)
        assert api < 30 or told["SERVICE"] not in {own, None}, "nobody chose an address there"


ON_TABLET = """wifi:
  networks:
    - {ssid: %s, security: eap, method: tls, identity: tablette, ca: ca.pem, domain: radius.hopital.example,
       key: {made: on-tablet, authority: {certificate: tablets.pem%s}, folder: certificates}}

location:"""
SIGNS = ", key: {file: secrets/tablets.key}"


def make_key_home(folder: Path, signs: str) -> Path:
    """A bench of four whose only network is joined by keys made on tablets; its server asks for their authority."""
    home = make_home(folder, "wpa2")
    before, _, rest = (home / "site.yaml").read_text("utf-8").partition("wifi:\n")
    (home / "site.yaml").write_text(before + ON_TABLET % ("COMPTES", signs) + rest.partition("location:")[2], "utf-8")
    made = make_all({"root": {"authority": True}, "tablets": {"authority": True}}, datetime.now(UTC))
    (home / "ca.pem").write_bytes(made["root"].pem)
    (home / "tablets.pem").write_bytes(made["tablets"].pem)
    key = made["tablets"].key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_atomically(home / "secrets/tablets.key", key, mode=0o600)
    return home


def test_a_key_made_on_the_tablet_is_signed_by_the_bench_and_lets_it_in(tmp_path: Path) -> None:
    """The training bench looks at the certificate; tablets before Android 12 are given no such network."""
    home = make_key_home(tmp_path, SIGNS)
    ended = run_station(home, 4)
    assert ended.status == 0, ended.errors
    told = {slot: (tablet["outcome"], tablet["reason"]) for slot, tablet in ended.tablets.items()}
    done = {slot for slot, end in told.items() if end == DONE}
    assert done, told
    assert {told[slot] for slot in told.keys() - done} == {REFUSED}
    numbers = {ended.tablets[slot]["asset_id"] for slot in done}
    assert {file.name for file in (home / "certificates").iterdir()} == {
        f"{number}.{kind}" for number in numbers for kind in ("csr", "pem")
    }
    before = {file.name: file.read_bytes() for file in (home / "certificates").iterdir()}
    again = run_station(home, 4)
    assert {again.tablets[slot]["outcome"] for slot in done} == {"done"}
    assert {name: (home / "certificates" / name).read_bytes() for name in before if name.endswith("pem")} == {
        name: data for name, data in before.items() if name.endswith("pem")
    }, "the same key, the same certificate"


def test_a_key_made_on_the_tablet_waits_for_the_hospitals_authority(tmp_path: Path) -> None:
    home = make_key_home(tmp_path, "")
    ended = run_station(home, 4)
    waiting = {tablet["asset_id"] for tablet in ended.tablets.values() if tablet["reason"] == "certificate-awaited"}
    assert waiting
    key = load_pem_private_key((home / "secrets/tablets.key").read_bytes(), None)
    authority = load_pem_x509_certificate((home / "tablets.pem").read_bytes())
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    for number in waiting:
        request = load_pem_x509_csr((home / f"certificates/{number}.csr").read_bytes())
        signed = TabletCertificates(home / "signed", (authority,), key, 365)
        signed.obtain(number, request, datetime.now(UTC))
        (home / "signed" / f"{number}.pem").rename(home / "certificates" / f"{number}.pem")
    again = run_station(home, 4)
    ends = {tablet["asset_id"]: tablet["outcome"] for tablet in again.tablets.values()}
    assert {number: ends[number] for number in waiting} == dict.fromkeys(waiting, "done")
