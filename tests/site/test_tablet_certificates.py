"""Certificates of the keys that tablets made: signed by the bench, or awaited from the hospital's authority."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import (
    AuthorityKeyIdentifier,
    CertificateSigningRequest,
    CertificateSigningRequestBuilder,
    ExtendedKeyUsage,
    load_der_x509_certificate,
    load_pem_x509_csr,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from provision.site.certificates import name_tablet
from provision.site.tablet_certificates import CertificateAwaited, CertificateUnfit, TabletCertificates, find_first_end
from tests.made_certificates import Made, make_all, make_certificate

NOW = datetime(2030, 6, 15, tzinfo=UTC)
NUMBER, UNIT = "A-0042", "ab" * 32
MADE = make_all(
    {
        "root": {"authority": True, "days": [-3000, 3000]},
        "inner": {"issuer": "root", "authority": True, "days": [-3000, 3000]},
        "foreign": {"authority": True, "days": [-3000, 3000]},
        "soon": {"authority": True, "days": [-3000, 20]},
        "named": {"authority": True, "days": [-3000, 3000], "key_name": b"as RFC 7093 makes it"},
        "flat": {"authority": True, "depth": 0, "days": [-3000, 3000]},
        "below": {"issuer": "flat", "authority": True, "days": [-3000, 3000]},
        "staff": {"issuer": "root", "authority": True, "days": [-3000, 3000]},
    },
    NOW,
)


def ask(
    key: ec.EllipticCurvePrivateKey | None = None, number: str = NUMBER, unit: str = UNIT
) -> CertificateSigningRequest:
    key = key or ec.generate_private_key(ec.SECP256R1())
    return CertificateSigningRequestBuilder(name_tablet(number, unit)).sign(key, SHA256())


def open_in(folder: Path, chain: Sequence[str] = ("inner", "root"), *, signs: bool = True) -> TabletCertificates:
    key = MADE[chain[0]].key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    authority = tuple(MADE[name].certificate for name in chain)
    return TabletCertificates(folder / "certificates", authority, key if signs else None, 365)


def test_the_bench_signs_once_and_anew_in_the_last_quarter(tmp_path: Path) -> None:
    store, request = open_in(tmp_path), ask()
    assert store.find(NUMBER, UNIT, NOW) == ()
    chain = store.obtain(NUMBER, request, NOW)
    own, between = map(load_der_x509_certificate, chain)
    assert (own.public_key(), own.subject) == (request.public_key(), name_tablet(NUMBER, UNIT))
    assert [each.value for each in own.subject] == [UNIT, NUMBER], "a number below a site's key, nobody's name"
    assert between == MADE["inner"].certificate, "the root stays with the server"
    usage = own.extensions.get_extension_for_class(ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert own.not_valid_before_utc < NOW - timedelta(hours=12), "a server whose clock is late takes it"
    assert own.not_valid_after_utc == NOW + timedelta(days=365)
    assert load_pem_x509_csr((store.folder / "A-0042.csr").read_bytes()) == request
    later = NOW + timedelta(days=200)
    assert (store.find(NUMBER, UNIT, later), store.obtain(NUMBER, request, later)) == (chain, chain)
    due = NOW + timedelta(days=300)
    assert store.find(NUMBER, UNIT, due) == ()
    assert store.obtain(NUMBER, request, due) != chain
    assert store.find(NUMBER, UNIT, due), "and not at every run"


def test_another_key_gets_another_certificate(tmp_path: Path) -> None:
    """A tablet that was reset has lost its key."""
    store = open_in(tmp_path)
    key = ec.generate_private_key(ec.SECP256R1())
    first = store.obtain(NUMBER, ask(key), NOW)
    asked = (store.folder / "A-0042.csr").read_bytes()
    assert store.obtain(NUMBER, ask(key), NOW) == first
    assert (store.folder / "A-0042.csr").read_bytes() == asked, "somebody may be at work on it"
    second = store.obtain(NUMBER, ask(), NOW)
    assert first != second
    assert (store.folder / "A-0042.csr").read_bytes() != asked
    assert store.find(NUMBER, UNIT, NOW) == second


def test_no_certificate_outlives_its_authority_nor_is_signed_anew_for_nothing(tmp_path: Path) -> None:
    store, request = open_in(tmp_path, ("soon",)), ask()
    chain = store.obtain(NUMBER, request, NOW)
    assert load_der_x509_certificate(chain[0]).not_valid_after_utc == MADE["soon"].certificate.not_valid_after_utc
    assert store.obtain(NUMBER, request, NOW + timedelta(days=19)) == chain


def sign(request: CertificateSigningRequest, issuer: Made, **words: object) -> bytes:
    """What a hospital's authority gives back for a request."""
    made = make_certificate({"name": NUMBER, "purposes": ["client"], **words}, issuer, NOW, request.public_key())
    return made.pem


def test_the_hospitals_authority_signs_between_two_runs(tmp_path: Path) -> None:
    store, request = open_in(tmp_path, signs=False), ask()
    with pytest.raises(CertificateAwaited, match=r"A-0042\.csr, its certificate belongs into .*A-0042\.pem"):
        store.obtain(NUMBER, request, NOW)
    asked = load_pem_x509_csr((store.folder / "A-0042.csr").read_bytes())
    (store.folder / "A-0042.pem").write_bytes(sign(asked, MADE["inner"]))
    chain = store.obtain(NUMBER, request, NOW)
    assert [
        load_der_x509_certificate(each).issuer.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value for each in chain
    ] == ["inner", "root"]
    assert store.find(NUMBER, UNIT, NOW) == chain
    with pytest.raises(CertificateAwaited, match="the one that is there is of another key"):
        store.obtain(NUMBER, ask(), NOW)


UNFIT = {
    "of another authority": ("foreign", {}, "the chain up to the root"),
    "expired": ("inner", {"days": [-60, -1]}, "valid today"),
    "not valid yet": ("inner", {"days": [5, 60]}, "valid today"),
    "for servers": ("inner", {"purposes": ["server"]}, "client authentication"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_what_a_server_would_refuse_is_refused_at_the_bench(case: str, tmp_path: Path) -> None:
    issuer, words, told = UNFIT[case]
    store, request = open_in(tmp_path, signs=False), ask()
    store.folder.mkdir()
    (store.folder / "A-0042.pem").write_bytes(sign(request, MADE[issuer], **words))  # type: ignore[arg-type] # cases
    with pytest.raises(CertificateUnfit, match=told):
        store.obtain(NUMBER, request, NOW)
    assert store.find(NUMBER, UNIT, NOW) == ()


def test_a_foreign_authority_in_the_same_file_is_no_authority_of_tablets(tmp_path: Path) -> None:
    store, request = open_in(tmp_path, signs=False), ask()
    store.folder.mkdir()
    (store.folder / "A-0042.pem").write_bytes(sign(request, MADE["foreign"]) + MADE["foreign"].pem)
    with pytest.raises(CertificateUnfit, match="of another authority than"):
        store.obtain(NUMBER, request, NOW)


def test_a_file_that_is_none_is_told_and_replaced_by_a_bench_that_signs(tmp_path: Path) -> None:
    waits, signs, request = open_in(tmp_path, signs=False), open_in(tmp_path), ask()
    waits.folder.mkdir()
    (waits.folder / "A-0042.pem").write_text("PKCS7?", "utf-8")
    with pytest.raises(CertificateUnfit, match="no certificate in PEM"):
        waits.obtain(NUMBER, request, NOW)
    assert signs.obtain(NUMBER, request, NOW)


def test_the_certificate_that_ends_first_is_named_and_what_ended_is_not(tmp_path: Path) -> None:
    store = open_in(tmp_path)
    assert find_first_end(store.folder, NOW) is None
    for days, number in ((0, "A-0001"), (-30, "A-0002"), (-400, "A-0003")):
        store.obtain(number, ask(), NOW + timedelta(days=days))
    (store.folder / "A-0004.pem").write_text("no certificate", "utf-8")
    assert find_first_end(store.folder, NOW) == ("A-0002", NOW + timedelta(days=335))


def test_what_is_signed_names_the_authoritys_key_as_its_certificate_does(tmp_path: Path) -> None:
    """OpenSSL finds no issuer otherwise, and RADIUS refuses every tablet."""
    own = load_der_x509_certificate(open_in(tmp_path, ("named",)).obtain(NUMBER, ask(), NOW)[0])
    named = own.extensions.get_extension_for_class(AuthorityKeyIdentifier).value
    assert named.key_identifier == b"as RFC 7093 makes it"


def test_a_certificate_that_names_another_key_of_its_authority_is_refused(tmp_path: Path) -> None:
    store, request = open_in(tmp_path, ("named",), signs=False), ask()
    store.folder.mkdir()
    (store.folder / "A-0042.pem").write_bytes(sign(request, MADE["named"], authority_key_name=b"another"))
    with pytest.raises(CertificateUnfit, match="the chain up to the root"):
        store.obtain(NUMBER, request, NOW)
    signs = open_in(tmp_path, ("named",))
    assert signs.find(NUMBER, UNIT, NOW) == ()
    assert signs.obtain(NUMBER, request, NOW) == signs.find(NUMBER, UNIT, NOW) != (), (
        "and replaced by a bench that signs"
    )


@pytest.mark.parametrize(
    ("chain", "days", "told"),
    [(("below", "flat"), 0, "flat: allows 0, has 1"), (("soon",), 25, "expired on")],
    ids=["its root allows no authority below", "it ended while a station ran"],
)
def test_an_authority_whose_certificates_no_server_takes_signs_none(
    chain: tuple[str, ...], days: int, told: str, tmp_path: Path
) -> None:
    store = open_in(tmp_path, chain)
    with pytest.raises(CertificateUnfit, match=told):
        store.obtain(NUMBER, ask(), NOW + timedelta(days=days))
    assert not (store.folder / "A-0042.pem").exists()


def test_a_sister_authority_below_the_same_root_is_none_of_tablets(tmp_path: Path) -> None:
    store, request = open_in(tmp_path, signs=False), ask()
    store.folder.mkdir()
    (store.folder / "A-0042.pem").write_bytes(sign(request, MADE["staff"]) + MADE["staff"].pem)
    with pytest.raises(CertificateUnfit, match="of another authority than"):
        store.obtain(NUMBER, request, NOW)


@pytest.mark.parametrize("former", [("A-0099", UNIT), (NUMBER, "cd" * 32)], ids=["another number", "a rekey"])
def test_a_certificate_of_a_former_subject_is_signed_anew_and_asked_anew(
    former: tuple[str, str], tmp_path: Path
) -> None:
    store, key = open_in(tmp_path), ec.generate_private_key(ec.SECP256R1())
    store.obtain(NUMBER, ask(key, *former), NOW)
    assert store.find(NUMBER, UNIT, NOW) == ()
    chain = store.obtain(NUMBER, ask(key), NOW)
    assert load_der_x509_certificate(chain[0]).subject == name_tablet(NUMBER, UNIT)
    assert load_pem_x509_csr((store.folder / "A-0042.csr").read_bytes()).subject == name_tablet(NUMBER, UNIT)
    assert store.find(NUMBER, UNIT, NOW) == chain


def test_a_file_may_have_its_authorities_first(tmp_path: Path) -> None:
    store, request = open_in(tmp_path, signs=False), ask()
    store.folder.mkdir()
    (store.folder / "A-0042.pem").write_bytes(MADE["root"].pem + MADE["inner"].pem + sign(request, MADE["inner"]))
    chain = store.obtain(NUMBER, request, NOW)
    assert load_der_x509_certificate(chain[0]).public_key() == request.public_key()
    assert store.find(NUMBER, UNIT, NOW) == chain
    assert find_first_end(store.folder, NOW) == (NUMBER, NOW + timedelta(days=30))
