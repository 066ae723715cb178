"""Signatures as Android verifies them: by every scheme, on every release, against Debian's apksigner."""

from __future__ import annotations

import shutil
import struct
import subprocess
import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from block_maker import Key, make_lineage, make_signer, put_signers
from broken_apks import broken_from, flip, without
from signed_apks import make_signed
from v1_apks import expected_signers, make_v1

from provision.appset.signing.block_schemes import Scheme
from provision.appset.signing.faults import ApkCause, ApkError, SignatureFault
from provision.appset.signing.verify import Signatures, verify_signatures
from tests.case_files import read_cases

ROOT = Path(__file__).parents[2]
VARIANTS = ROOT / "tests/fixtures/apks"
CHAT = ROOT / "apks/fixtures/chat.apk"
PINNED = "7d484e91193d590a32672ea424fdb0064f9747d4e344b9a14fd4828672cb7f5c"
OTHER = "5a2f19ebb65652400a3e49b7d55b9340cfde2aca8231496a1a07d7ab59c1cb05"
ALL = ("v1", "v2", "v3")
LEVELS = (21, 24, 28, 32)
TOOLS = ("apksigner", "java")
OLD, NEW, THIRD = Key("old"), Key("new"), Key("third")


def _signer(found: Signatures | ApkError, api: int, target: int = 0) -> str:
    """The signers of a release, `-` when it would not install the file."""
    try:
        if isinstance(found, ApkError):
            return "-"
        return ",".join(sorted(signer.certificate for signer in found.signers_on(api, target)))
    except ApkError:
        return "-"


def _verify(path: Path) -> Signatures | ApkError:
    try:
        return verify_signatures(path)
    except ApkError as error:
        return error


@pytest.mark.parametrize(
    ("path", "schemes", "signer"),
    [
        (CHAT, ALL, PINNED),
        (VARIANTS / "chat-2.apk", ALL, PINNED),
        (VARIANTS / "chat-other-signer.apk", ALL, OTHER),
        (VARIANTS / "chat-v1-only.apk", ("v1",), PINNED),
        (VARIANTS / "chat-v2-only.apk", ("v2",), PINNED),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_every_scheme_of_a_good_file_holds(path: Path, schemes: tuple[str, ...], signer: str) -> None:
    found = verify_signatures(path)
    assert tuple(map(str, found.schemes)) == schemes
    assert {each.certificate for signers in found.signers.values() for each in signers} == {signer}
    assert not found.faults


@pytest.mark.parametrize(
    ("name", "target", "installs"),
    [
        ("chat-v1-only.apk", 29, {21: True, 23: True, 24: True, 30: True, 36: True}),
        ("chat-v1-only.apk", 34, {23: True, 29: True, 30: False, 36: False}),
        ("chat-v2-only.apk", 34, {21: False, 23: False, 24: True, 36: True}),
        ("chat-2.apk", 34, {21: True, 24: True, 28: True, 33: True, 36: True}),
    ],
)
def test_each_release_knows_the_schemes_up_to_its_own(name: str, target: int, installs: Mapping[int, bool]) -> None:
    found = verify_signatures(VARIANTS / name)
    assert {api: _signer(found, api, target) != "-" for api in installs} == installs


def test_an_unsigned_file_says_so(tmp_path: Path) -> None:
    apk = tmp_path / "x.apk"
    with zipfile.ZipFile(apk, "w") as archive:
        archive.writestr("AndroidManifest.xml", b"")
    found = verify_signatures(apk)
    with pytest.raises(ApkError, match="no signature") as caught:
        found.check_all()
    assert caught.value.cause is ApkCause.UNSIGNED


@pytest.mark.parametrize("scheme", [Scheme.V2, Scheme.V3])
def test_a_newer_signature_cannot_be_cut_out(scheme: Scheme, tmp_path: Path) -> None:
    apk = tmp_path / "x.apk"
    apk.write_bytes(without(CHAT.read_bytes(), scheme))
    first = {Scheme.V2: 24, Scheme.V3: 28}[scheme]
    found = verify_signatures(apk)
    with pytest.raises(SignatureFault, match=f"says it has a {scheme} signature, which was cut out"):
        found.signers_on(first)
    assert found.signers_on(23)


@pytest.mark.parametrize("each", [163, pytest.param(41, marks=pytest.mark.later)])
@pytest.mark.parametrize("name", ["chat.apk", "chat-v1-only.apk", "chat-v2-only.apk"])
def test_no_broken_file_gets_past_every_release(name: str, each: int, tmp_path: Path) -> None:
    """Without apksigner: a changed file is refused, or names the same signer where nothing signed was changed."""
    base = CHAT if name == "chat.apk" else VARIANTS / name
    apk = tmp_path / "x.apk"
    for case, raw in broken_from(base, each=each):
        apk.write_bytes(raw)
        signers = {_signer(_verify(apk), api) for api in LEVELS}
        assert signers <= {PINNED, "-"}, case


def _write(tmp_path: Path, signers: Mapping[Scheme, bytes]) -> Signatures:
    apk = tmp_path / "made.apk"
    apk.write_bytes(put_signers(CHAT.read_bytes(), signers))
    return verify_signatures(apk)


RAW = CHAT.read_bytes()
ROTATION = make_lineage(OLD, NEW)
FROM_33 = struct.pack("<I", 33)
V3_OLD = make_signer(RAW, Scheme.V3, OLD, (24, 32), x559f8b02=FROM_33)
V31_NEW = make_signer(RAW, Scheme.V31, NEW, (33, 0x7FFFFFFF), x3ba06f8c=ROTATION)


def test_v31_counts_from_the_release_it_rotates_on(tmp_path: Path) -> None:
    found = _write(tmp_path, {Scheme.V3: V3_OLD, Scheme.V31: V31_NEW})
    assert {api: _signer(found, api) for api in (28, 32, 33, 36)} == {
        28: OLD.digest, 32: OLD.digest, 33: NEW.digest, 36: NEW.digest,
    }  # fmt: skip
    assert found.signers_on(34)[0].lineage == (OLD.digest, NEW.digest)


def test_v31_for_later_releases_leaves_v3_in_force(tmp_path: Path) -> None:
    v3 = make_signer(RAW, Scheme.V3, OLD, (24, 34), x559f8b02=struct.pack("<I", 35))
    v31 = make_signer(RAW, Scheme.V31, NEW, (35, 0x7FFFFFFF), x3ba06f8c=ROTATION)
    found = _write(tmp_path, {Scheme.V3: v3, Scheme.V31: v31})
    assert [_signer(found, api) for api in (33, 34, 35)] == [OLD.digest, OLD.digest, NEW.digest]


def test_a_signer_of_later_releases_leaves_out_the_others(tmp_path: Path) -> None:
    """An older scheme does not stand in for it: Android goes by the newest that it finds, as apksigner does."""
    later = make_signer(RAW, Scheme.V3, OLD, (30, 0x7FFFFFFF))
    found = _write(tmp_path, {Scheme.V2: make_signer(RAW, Scheme.V2, OLD), Scheme.V3: later})
    assert found.list_unsigned(24) == {28, 29}
    assert _write(tmp_path, {Scheme.V3: later}).list_unsigned(24) == {24, 25, 26, 27, 28, 29}


def test_v31_cannot_be_cut_out(tmp_path: Path) -> None:
    whole = make_signer(RAW, Scheme.V3, OLD, (24, 0x7FFFFFFF), x559f8b02=FROM_33)
    found = _write(tmp_path, {Scheme.V3: whole})
    assert _signer(found, 32) == OLD.digest
    with pytest.raises(SignatureFault, match=r"v3\.1 signature for this release, which was cut out"):
        found.signers_on(33)


@pytest.mark.parametrize(
    ("lineage", "says"),
    [
        (make_lineage(OLD, THIRD), "ends with another certificate"),
        (make_lineage(NEW, OLD, NEW), "goes in circles"),
        (make_lineage(OLD, NEW)[:-1], "cut off"),
        (flip(make_lineage(OLD, NEW), len(ROTATION) - 20), "does not hold"),
    ],
)
def test_a_certificate_history_must_hold_link_by_link(lineage: bytes, says: str, tmp_path: Path) -> None:
    found = _write(tmp_path, {Scheme.V3: make_signer(RAW, Scheme.V3, NEW, x3ba06f8c=lineage)})
    with pytest.raises(SignatureFault, match=says):
        found.signers_on(28)


@pytest.mark.parametrize(
    ("signers", "says"),
    [
        (b"", "names no signer"),
        (make_signer(RAW, Scheme.V3, OLD, (30, 28)), "range of releases is empty"),
        (make_signer(RAW, Scheme.V3, OLD, (30, 40)), "not for API 28"),
        (make_signer(RAW, Scheme.V3, OLD) + make_signer(RAW, Scheme.V3, NEW), "names 2 signers for API 28"),
        (make_signer(RAW, Scheme.V3, OLD)[:-4], "cut off"),
    ],
)
def test_a_v3_block_of_another_form_is_refused(signers: bytes, says: str, tmp_path: Path) -> None:
    with pytest.raises(SignatureFault, match=says):
        _write(tmp_path, {Scheme.V3: signers}).signers_on(28)


CASES: list[dict[str, Any]] = read_cases(ROOT / "tests/cases/appset/v1.yaml")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_a_v1_signature_is_judged_as_android_does(case: dict[str, Any], tmp_path: Path) -> None:
    """The expected columns are filled from AOSP's StrictJarVerifier, not from this code."""
    apk = tmp_path / "x.apk"
    apk.write_bytes(make_v1(case))
    found = _verify(apk)
    for api, names in case["api"].items():
        assert _signer(found, api) == expected_signers(names), _explain(found, api) if names else api
    if "says" in case:
        assert case["says"] in _explain(found, min(case["api"]))
    if "cause" in case:
        assert isinstance(found, Signatures)
        assert {fault.cause for fault in found.faults.values()} == {ApkCause(case["cause"])}


STRICTER = {
    "two readers would find": "a comment that looks like an end record: this product refuses what has two readings",
    "what it signs cannot be read": "a checksum or header that only this product compares",
    "a list of digests has a line of another form": "a further empty line: Android digests it, apksigner does not",
    "its signing block": "Android 5 and 6 do not look at the block at all",
}
"""Where this product refuses more than apksigner does, and why that is right."""


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason=f"needs {', '.join(TOOLS)} (Debian packages)")
@pytest.mark.later
def test_debians_apksigner_agrees_on_good_and_broken_files(tmp_path: Path) -> None:
    """Some 700 files at four API levels: never another signer, never weaker, stricter only where it is said why."""
    made, cases = tmp_path / "made", tmp_path / "cases"
    made.mkdir()
    cases.mkdir()
    make_signed(made)
    for base in (CHAT, *VARIANTS.glob("chat-v*.apk"), *made.glob("*.apk")):
        for case, raw in broken_from(base, each=211 if base == CHAT else 977):
            (cases / f"{base.stem}-{case}.apk").write_bytes(raw)
    for scheme in (Scheme.V2, Scheme.V3):
        (cases / f"our-{scheme}.apk").write_bytes(put_signers(RAW, {scheme: make_signer(RAW, scheme, OLD)}))
    for number, case in enumerate(CASES):
        (cases / f"v1-case-{number}.apk").write_bytes(make_v1(case))
    theirs = _ask_apksigner(cases)
    files = {name: _verify(cases / name) for name, _ in theirs}
    verdicts: Counter[str] = Counter()
    for (name, api), signer in theirs.items():
        ours = _signer(files[name], api)
        verdicts["good" if signer != "-" else "broken"] += 1
        if ours != signer:
            assert ours == "-", f"{name} on {api}: weaker than apksigner, which says {signer}"
            assert any(text in _explain(files[name], api) for text in STRICTER), f"{name} on {api}: stricter"
            verdicts["stricter"] += 1
    assert verdicts["good"] > 400
    assert verdicts["broken"] > 800
    assert verdicts["stricter"] < 60
    assert theirs["our-v2.apk", 24] == theirs["our-v3.apk", 28] == OLD.digest


def _ask_apksigner(folder: Path) -> dict[tuple[str, int], str]:
    command = ("java", "-cp", "/usr/share/java/apksigner.jar", Path(__file__).with_name("Verify.java"))
    levels = ",".join(map(str, LEVELS))
    done = subprocess.run((*command, levels, folder), capture_output=True, text=True, check=True)
    rows = (line.split(" ") for line in done.stdout.splitlines())
    return {(name, int(level)): signer for name, level, signer in rows}


def _explain(found: Signatures | ApkError, api: int) -> str:
    if isinstance(found, ApkError):
        return str(found)
    with pytest.raises(ApkError) as caught:
        found.signers_on(api)
    return str(caught.value)
