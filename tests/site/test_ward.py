"""What a site and a home say of the people of a ward: the place, the PIN of staff, the families of patients."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from provision.agent.policy import check_site_fits, make_ward, name_left_out
from provision.agent.screen import ScreenFacts, make_screen
from provision.errors import ConfigurationError
from provision.identity.number import read_number
from provision.site.family import FILE, Family, FamilyTile, load_families
from provision.site.model import Outside, site_without_secrets
from provision.site.secret import Secret, SecretFileRef
from provision.site.staff import Staff, is_trivial, read_pin
from tests.factories import make_site

CASES = Path(__file__).parents[1] / "cases/site"
PINS = yaml.safe_load((CASES / "pins.yaml").read_text("utf-8"))
REFUSED = yaml.safe_load((CASES / "families.yaml").read_text("utf-8"))
TILE = {"label": "Ma fille Marie", "link": "https://visio.example/marie", "package": "org.example.visio"}
KIOSK = {"lock_task": True, "hotline": "0000"}


def _home(folder: Path, tablets: object, mode: int = 0o600) -> Path:
    (folder / FILE).write_text(json.dumps({"tablets": tablets}), "utf-8")
    (folder / FILE).chmod(mode)
    return folder


def _pin(folder: Path, digits: str) -> Staff:
    (folder / "pin").touch(0o600)
    (folder / "pin").write_text(digits, "utf-8")
    return Staff(pin=SecretFileRef(file=Path("pin")))


def test_pins_that_everybody_tries_first_are_trivial() -> None:
    assert [pin for pin in PINS["trivial"] if not is_trivial(pin)] == []
    assert [pin for pin in PINS["taken"] if is_trivial(pin)] == []


@pytest.mark.parametrize("digits", ["48291", "482913712", "48291a", "", "123456\n"])
def test_a_pin_that_is_none_or_trivial_is_refused_without_being_shown(digits: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_pin(_pin(tmp_path, digits), tmp_path)
    assert digits.strip() == "" or digits.strip() not in str(refused.value)


def test_a_pin_is_read_without_the_end_of_its_line(tmp_path: Path) -> None:
    assert read_pin(_pin(tmp_path, "482913\n"), tmp_path).reveal() == b"482913"


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: str(case["tile"].get("link")))
def test_a_wrong_tile_is_named_and_not_shown(case: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_families(_home(tmp_path, {"A-0042": [case["tile"]]}), ["org.example.visio"], read_number)
    assert "tablets.A-0042[0]" in str(refused.value)
    assert "Paul" not in str(refused.value)


def test_families_are_read_whole_and_only_where_there_are_some(tmp_path: Path) -> None:
    assert load_families(tmp_path, [], read_number) == {}
    found = load_families(_home(tmp_path, {"A-0042": [TILE]}), ["org.example.visio"], read_number)
    assert [tile.label for tile in found["A-0042"].tiles] == ["Ma fille Marie"]


@pytest.mark.parametrize("typed", ["A-42", "a-0042", "A-00042"])
def test_a_number_is_read_as_people_write_it(typed: str, tmp_path: Path) -> None:
    assert set(load_families(_home(tmp_path, {typed: [TILE]}), ["org.example.visio"], read_number)) == {"A-0042"}


@pytest.mark.parametrize("tablets", [None, {}, {"A-0042": None}, {"A-0042": []}], ids=str)
def test_an_entry_that_was_emptied_has_no_tiles(tablets: object, tmp_path: Path) -> None:
    assert not load_families(_home(tmp_path, tablets), [], read_number).get("A-0042", Family()).tiles


@pytest.mark.parametrize("numbers", [("A-42", "A-0042"), ("0042",), ("A-",), ("",)], ids=str)
def test_a_number_that_is_none_or_stands_twice_is_refused(numbers: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="tablets"):
        load_families(_home(tmp_path, {number: [TILE] for number in numbers}), ["org.example.visio"], read_number)


STAYS = {
    "of a tablet that the file has": ({"a-42": 2}, "A-0042", None),
    "none": (None, "A-0042", None),
    "of a tablet whose entry was emptied": ({"A-0043": 1}, "A-0043", None),
    "of another tablet": ({"A-0024": 2}, "A-0042", "stays.A-0024"),
    "twice": ({"A-42": 2, "A-0042": 3}, "A-0042", "stays.A-0042"),
}


@pytest.mark.parametrize("name", STAYS)
def test_a_stay_is_of_one_tablet_of_the_file(name: str, tmp_path: Path) -> None:
    stays, asset, fault = STAYS[name]
    home = _home(tmp_path, {})
    (home / FILE).write_text(json.dumps({"tablets": {"A-0042": [TILE], "A-0043": None}, "stays": stays}), "utf-8")
    if fault is None:
        found = load_families(home, ["org.example.visio"], read_number)
        assert found[asset].stay == (next(iter(stays.values())) if stays else None)
        return
    with pytest.raises(ConfigurationError) as refused:
        load_families(home, ["org.example.visio"], read_number)
    assert [each.key for each in refused.value.faults] == [fault]


def test_names_of_families_are_for_the_owner_of_the_file_alone(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="chmod 600"):
        load_families(_home(tmp_path, {}, 0o644), [], read_number)


def test_more_than_thirty_tiles_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        load_families(_home(tmp_path, {"A-0042": [TILE] * 31}), ["org.example.visio"], read_number)


def test_the_policy_says_only_what_there_is() -> None:
    plain = make_site(kiosk=KIOSK).kiosk
    assert make_ward(plain, Family(), lambda: Secret(b""), lambda _place, _secret: None) == {}
    staff, outside = Staff(pin=SecretFileRef(file=Path("pin"))), Outside(minutes=60)
    kiosk = plain.model_copy(update={"staff": staff, "outside": outside})
    family = Family([FamilyTile.model_validate_json(json.dumps(TILE))], 2)
    made = make_ward(kiosk, family, lambda: Secret(b"482913"), lambda place, secret: f"{place} {len(secret.reveal())}")
    people = {"family": f"family {len(json.dumps([TILE], ensure_ascii=False))}", "stay": 2}
    assert made == people | {"outside": {"minutes": 60}, "staff": {"minutes": 2, "pin": "staff.pin 6"}}


def test_a_rule_for_leaving_names_the_networks_that_a_tablet_cannot_be_given() -> None:
    rule = {"outside": {"minutes": 60}, "language": "fr"}
    assert name_left_out(rule, ["WARD-WPA3"]) == rule | {"outside": {"minutes": 60, "names": ["WARD-WPA3"]}}
    assert name_left_out(rule, []) == rule
    assert name_left_out({"language": "fr"}, ["WARD-WPA3"]) == {"language": "fr"}


def test_the_policy_says_of_the_screen_only_what_there_is() -> None:
    assert make_screen(ScreenFacts(), None, ["org.example.chat"]) == {}
    labels = {"org.example.chat": {"fr": "Messages"}, "org.example.gone": {"fr": "Partie"}, "org.example.visio": {}}
    made = make_screen(ScreenFacts(labels).measure(257), 5, ["org.example.chat", "org.example.visio"])
    assert made == {"screen": {"diagonal": 257, "idle_minutes": 5, "labels": {"org.example.chat": {"fr": "Messages"}}}}


@pytest.mark.parametrize("minutes", [0, 61, "soon"], ids=str)
def test_minutes_that_no_launcher_waits_are_refused(minutes: object) -> None:
    with pytest.raises(ValueError, match="idle_minutes"):
        make_site(kiosk=KIOSK | {"idle_minutes": minutes})


def test_the_launcher_comes_back_in_a_kiosk_only() -> None:
    site = make_site(kiosk={"lock_task": False, "hotline": "0000", "idle_minutes": 5})
    with pytest.raises(ConfigurationError, match=r"kiosk\.idle_minutes"):
        check_site_fits(site, [], Path("site.yaml"), {})


def test_a_site_without_place_and_staff_keeps_its_digest_and_no_digest_tells_where_the_pin_is() -> None:
    plain = json.loads(site_without_secrets(make_site(kiosk=KIOSK)))
    assert plain["kiosk"] == KIOSK
    said = {"place": "CHU Exemple", "outside": {"minutes": 60}}
    ward = make_site(kiosk=KIOSK | said | {"staff": {"pin": {"file": "secrets/pin"}}})
    assert json.loads(site_without_secrets(ward))["kiosk"] == KIOSK | said | {"staff": {"minutes": 2}}


def test_the_same_tiles_come_back_by_another_number_of_the_stay(tmp_path: Path) -> None:
    home = _home(tmp_path, {"A-42": [TILE]})
    (home / FILE).write_text(json.dumps({"tablets": {"A-42": [TILE]}, "stays": {"a-0042": 3}}))
    assert load_families(home, ["org.example.visio"], read_number)["A-0042"].stay == 3


@pytest.mark.parametrize(
    "change", [{"kiosk": {"lock_task": False, "hotline": "0000"}}, {"location": {"on": False}}], ids=str
)
def test_a_tablet_knows_outside_only_with_kiosk_and_location(change: dict[str, dict[str, object]]) -> None:
    settings: dict[str, dict[str, object]] = {"kiosk": dict(KIOSK)} | change
    make_site(**settings)
    settings["kiosk"] = settings["kiosk"] | {"outside": {"minutes": 60}}
    with pytest.raises(ValueError, match="refused"):
        make_site(**settings)
