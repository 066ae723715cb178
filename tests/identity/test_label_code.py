"""The code on a tablet's label, typed numbers, and which tablets one may be."""

from __future__ import annotations

import pytest

from provision.identity.candidates import Candidate, Fit, list_candidates
from provision.identity.label_code import Label, read_label, write_label_code
from provision.identity.which import UNREAD, Asset

SITE, OTHER = "5c7df652355adc01" + "0" * 48, "f" * 64


@pytest.mark.parametrize(
    "hospital", ["CHU Exemple", "Hôpital d’été / Nord: 2", "مستشفى", "a" * 40, "مستشفى الملك فيصل التخصصي ومركز", ""]
)
def test_a_code_says_number_site_and_hospital(hospital: str) -> None:
    code = write_label_code(SITE, "A-0009", hospital)
    assert read_label(f" {code}\n") == Label("A-0009", SITE[:16], hospital)
    assert code.isascii()


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("a-9", Label("A-0009")),
        (" A-0009 ", Label("A-0009")),
        ("PROVISION:TABLET/5C7DF652355ADC01/A-0009/CHU", Label("A-0009", "5c7df652355adc01", "CHU")),
        ("9", None),
        ("", None),
        ("provision:slot/A/7", None),
        ("provision:tablet/5c7df652355adc01/A-0009", None),
        ("provision:tablet/5c7df652355adc0/A-0009/x", None),
        ("provision:tablet/5c7df652355adc01/A-00x/x", None),
        ("provision:tablet/5c7df652355adc01/A-0009/" + "x" * 501, None),
        ("https://example.org/A-0009", None),
        ("4 A-0009", None),
    ],
)
def test_what_was_said_is_a_label_or_none(said: str, read: Label | None) -> None:
    assert read_label(said) == read


@pytest.mark.parametrize(("keys", "own"), [((SITE,), True), ((OTHER, SITE), True), ((OTHER,), False), ((), False)])
def test_a_label_is_of_a_site_by_its_keys_and_never_by_its_name(keys: tuple[str, ...], *, own: bool) -> None:
    assert Label("A-0009", SITE[:16], "CHU").is_of(keys) is own
    assert Label("A-0009").is_of(keys)


def test_candidates_stand_in_the_order_of_what_speaks_for_them() -> None:
    known = [
        Asset("A-0001", "S", ("i",)),
        Asset("A-0002", "S", ("j",)),
        Asset("A-0003", "S", ("k",), confirmed=frozenset({"now"})),
        Asset("A-0004", "S", ("now",)),
        Asset("A-0005", "S", (UNREAD,)),
    ]
    models = {"A-0001": "other", "A-0002": "Pad"}
    assert list_candidates("now", "A-0005", "Pad", known, models) == (
        Candidate("A-0003", (Fit.LABEL, Fit.SERIAL)),
        Candidate("A-0005", (Fit.AGENT, Fit.SERIAL)),
        Candidate("A-0004", (Fit.INSTALLATION, Fit.SERIAL)),
        Candidate("A-0001", (Fit.SERIAL,)),
        Candidate("A-0002", (Fit.SERIAL, Fit.MODEL)),
    )
    assert list_candidates(UNREAD, None, "", known[4:], {}) == (Candidate("A-0005", (Fit.SERIAL,)),)
