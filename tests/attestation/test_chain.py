"""Chains of Android Key Attestation: published ones of real devices, and made ones for what those do not show."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import UTC, datetime, time, timedelta
from importlib import resources
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate
from made_chain import TODAY, Party, describe, issue, know

from provision.attestation.chain import Attestation, Worth, judge_chain
from provision.attestation.key_description import Boot, Level
from provision.attestation.roots import load_roots
from tests.case_files import CASES, check_each, read_cases

FOLDER = CASES / "attestation"


def read_chain(name: str) -> list[bytes]:
    """Certificates of a published chain, as DER."""
    found = re.findall(r"-----BEGIN CERTIFICATE-----(.*?)-----END", (FOLDER / f"{name}.pem").read_text(), re.DOTALL)
    return [base64.b64decode(one) for one in found]


def key_of(certificate: bytes) -> bytes:
    key = load_der_x509_certificate(certificate).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def tell(found: Attestation) -> dict[str, Any]:
    """The judgement as the case file writes it."""
    assert found.description is not None
    return {
        "worth": str(found.worth),
        "attested_in": str(found.description.attested_in),
        "lives_in": str(found.description.lives_in),
        "boot": None if found.description.boot is None else str(found.description.boot),
        "locked": found.description.locked,
        "lapsed": [one[-10:] for one in found.lapsed],
    }


@check_each("case", read_cases(FOLDER / "chains.yaml"), ids=lambda one: f"{one['chain']} {one['at']}")
def test_published_chains_are_worth_what_their_publisher_says(case: dict[str, Any]) -> None:
    chain, at = read_chain(case["chain"]), datetime.combine(case["at"], time(), UTC)
    found = judge_chain(chain, key_of(chain[0]), at)
    assert tell(found) == {name: value for name, value in case.items() if name not in {"chain", "at"}}


def test_a_published_chain_that_was_tampered_with_is_broken() -> None:
    chain = read_chain("tegu-36")
    key = key_of(chain[0])
    foreign = read_chain("sony-33")
    cut = bytes([*chain[0][:-1], chain[0][-1] ^ 1])
    for broken, fault in (
        ([cut, *chain[1:]], "is not signed by"),
        ([chain[0], *chain[2:]], "is not signed by"),
        ([*chain[:3], *foreign[2:]], "is not signed by"),
        (foreign, "another key"),
        ([chain[0][:-9], *chain[1:]], "not readable"),
        ([b"", *chain[1:]], "not readable"),
    ):
        found = judge_chain(broken, key, TODAY)
        assert (found.worth, fault in found.fault) == (Worth.BROKEN, True), found
    assert judge_chain(chain[:4], key, TODAY).worth is Worth.VERIFIED, "the end may be left out"
    assert judge_chain(chain[:3], key, TODAY).worth is Worth.UNKNOWN_ROOT


def make_chain(description: bytes | None = None, until: datetime | None = None) -> tuple[Party, list[Party]]:
    root = issue("root")
    middle = issue("middle", root, until=until)
    leaf = issue("leaf", middle, description if description is not None else describe())
    return root, [leaf, middle, root]


def test_a_chain_tells_what_its_hardware_says() -> None:
    for level, home in enumerate(Level):
        for state, boot in enumerate(Boot):
            for locked in (True, False):
                said = describe(b"ours", level, locked=locked, boot=state, package=b"org.provision.agent")
                root, chain = make_chain(said)
                found = judge_chain([one.der for one in chain], chain[0].public, TODAY, know(root))
                read = found.description
                assert read is not None
                assert (found.worth, found.root, found.lapsed) == (Worth.VERIFIED, "made", ())
                told = (read.attested_in, read.lives_in, read.challenge, read.boot, read.locked, read.packages)
                assert told == (home, home, b"ours", boot, locked, ("org.provision.agent",))


def test_a_root_that_nobody_knows_and_the_one_of_androids_source_prove_nothing() -> None:
    root, chain = make_chain()
    ders = [one.der for one in chain]
    assert judge_chain(ders, chain[0].public, TODAY).worth is Worth.UNKNOWN_ROOT
    assert judge_chain(ders, chain[0].public, TODAY, know(root, hardware=False)).worth is Worth.SOFTWARE
    alone = issue("alone")
    assert judge_chain([alone.der], alone.public, TODAY).worth is Worth.NONE
    assert judge_chain([], alone.public, TODAY).worth is Worth.NONE


def test_a_chain_that_somebody_made_longer_is_broken() -> None:
    """Who holds one attested key can sign a description of another: only the first one from the end counts."""
    root, chain = make_chain()
    fake = issue("fake", chain[0], describe(level=2))
    for longer in ([fake, *chain], [issue("plain", chain[0]), *chain]):
        found = judge_chain([one.der for one in longer], longer[0].public, TODAY, know(root))
        assert (found.worth, "describes a key" in found.fault) == (Worth.BROKEN, True)


def test_dates_that_passed_are_named_and_decide_nothing() -> None:
    root, chain = make_chain(until=TODAY - timedelta(days=1))
    ders = [one.der for one in chain]
    found = judge_chain(ders, chain[0].public, TODAY, know(root))
    assert (found.worth, found.lapsed) == (Worth.VERIFIED, ("CN=middle ended 2026-11-29",))
    early = judge_chain(ders, chain[0].public, TODAY - timedelta(days=365), know(root))
    assert early.lapsed == ("CN=middle begins 2026-09-01",)


def test_no_form_of_a_description_breaks_the_reader() -> None:
    whole = describe()
    forms = [whole[:at] for at in range(0, len(whole), 3)]
    forms += [whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :] for at in range(len(whole)) for bit in (1, 0x80)]
    for form in forms[::4]:
        _root, chain = make_chain(form)
        found = judge_chain([one.der for one in chain], chain[0].public, TODAY)
        assert found.worth in {Worth.UNKNOWN_ROOT, Worth.BROKEN}, form.hex()


def test_the_known_ends_are_what_their_file_says_of_them() -> None:
    table = json.loads(resources.files("provision.attestation").joinpath("roots.json").read_text("utf-8"))
    for one in table["roots"]:
        der = base64.b64decode(one["certificate"])
        certificate = load_der_x509_certificate(der)
        dates = f"{certificate.not_valid_before_utc:%Y-%m-%d}/{certificate.not_valid_after_utc:%Y-%m-%d}"
        told = (hashlib.sha256(der).hexdigest(), hashlib.sha256(key_of(der)).hexdigest(), dates)
        assert told == (one["sha256"], one["key_sha256"], one["valid"])
        certificate.verify_directly_issued_by(certificate)
    assert [one.hardware for one in load_roots().values()] == [True, True, False, False]
