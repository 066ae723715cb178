"""Wards of a site: colours that are read, names that fit, and what a tablet shows of its ward."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from agent_bed import site_key
from factories import make_app, make_site
from pydantic import ValidationError

from provision.agent.client import Sender
from provision.agent.contract import AGENT
from provision.agent.policy import describe_subject
from provision.errors import ConfigurationError
from provision.runs.agent_kit import AgentKit
from provision.runs.order_size import find_largest_order
from provision.site.model import Site, digest_site, load_site
from provision.site.secret import Secret
from provision.site.wards import PALETTE, WardColour
from provision.state.opening import open_bench_state
from provision.state.wards import Role

CARDIO = {"name": "Cardiologie 2", "hotline": "4242", "colour": "green"}
VALID = Path(__file__).parents[1] / "cases/config/valid/site.yaml"


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance; written here a second time on purpose."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("name", WardColour)
def test_white_letters_are_read_on_each_colour(name: WardColour) -> None:
    assert 1.05 / (luminance(PALETTE[name]) + 0.05) >= 5
    assert PALETTE[name] == PALETTE[name].upper()


def test_no_two_colours_are_one() -> None:
    assert len(set(PALETTE.values())) == len(WardColour)


@pytest.mark.parametrize(
    ("kiosk", "ward", "shown"),
    [
        ({}, None, ("Test", "#00629B", "")),
        ({"place": "CHU"}, None, ("CHU", "#00629B", "")),
        ({"place": "CHU"}, CARDIO, ("CHU, Cardiologie 2", "#2E6B1F", "4242")),
        ({}, {"name": "Gérontologie"}, ("Test, Gérontologie", "#00629B", "")),
    ],
)
def test_a_tablet_shows_its_ward(
    kiosk: dict[str, Any], ward: dict[str, str] | None, shown: tuple[str, str, str]
) -> None:
    site = make_site(kiosk={"hotline": "1"} | kiosk, wards={} if ward is None else {"w": make_ward(ward)})
    told = describe_subject(site, "A-0042", site.wards.get("w"))
    assert (told.ward, told.colour, told.hotline) == shown


def make_ward(said: dict[str, str]) -> dict[str, Any]:
    """As the reader of a file gives it: a colour by its word."""
    return {**said, "colour": WardColour(said.get("colour", "blue"))}


def test_wards_change_nothing_for_a_site_without_any() -> None:
    assert digest_site(make_site(wards={})) == digest_site(make_site())
    assert digest_site(make_site(wards={"w": make_ward(CARDIO)})) != digest_site(make_site())


@pytest.mark.parametrize(
    ("wards", "says"),
    [
        ("{cardio-2: {name: C, colour: gren}}", "wards.cardio-2.colour"),
        ("{Cardio: {name: C}}", "wards.Cardio"),
        ("{a-0009-x: {name: C}}", "wards.a-0009-x"),
        ("{c: {name: ''}}", "wards.c.name"),
        ("{c: {name: C, phone: '1'}}", "wards.c.phone"),
        ('{c: {name: "a\\nb"}}', "wards.c.name"),
        ('{c: {name: C, hotline: "a\\nb"}}', "wards.c.hotline"),
        (f"{{c: {{name: {'m' * 60}}}}}", "wards.c.name: expected at most 43 characters beside name, got 60"),
    ],
)
def test_a_wrong_ward_is_named(wards: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(f"{VALID.read_text('utf-8')}\nwards: {wards}\n", "utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load_site(tmp_path / "site.yaml")
    assert says in str(refused.value)


def test_a_site_is_frozen_with_its_wards() -> None:
    site = make_site(wards={"w": make_ward(CARDIO)})
    with pytest.raises(ValidationError):
        site.wards["w"].name = "other"  # type: ignore[misc] # frozen, which is what this shows


def test_the_policy_of_a_tablet_follows_its_ward_and_the_sites_name(tmp_path: Path) -> None:
    def tell(site: Site) -> object:
        kit = AgentKit(
            make_app(AGENT, version_code=6),
            site,
            (),
            Sender("Test", site_key()),
            dict,
            state.agent_secrets,
            find_ward=lambda number: site.wards.get(state.wards.find(number) or ""),
        )
        secrets = {"networks.0.passphrase": Secret(b"12345678")}
        policy = kit.compose_policy("A-0001", Secret(b"x" * 32), lambda place, _secret: place, 30, secrets)
        assert find_largest_order(kit, secrets).size > 0
        return policy["asset"]

    kiosk = {"hotline": "1", "place": "CHU"}
    site = make_site(kiosk=kiosk, wards={"cardio-2": make_ward(CARDIO)})
    alone = {"id": "A-0001", "ward": "CHU", "hotline": "1", "colour": "#00629B"}
    with open_bench_state(tmp_path) as state:
        assert tell(site) == alone
        state.wards.assign(["A-0001"], "cardio-2", Role.TECHNICIAN, "")
        there = {"id": "A-0001", "ward": "CHU, Cardiologie 2", "hotline": "4242", "colour": "#2E6B1F"}
        assert tell(site) == there
        renamed = make_site(kiosk=kiosk | {"place": "Hôpital Nord"}, wards={"cardio-2": make_ward(CARDIO)})
        assert tell(renamed) == there | {"ward": "Hôpital Nord, Cardiologie 2"}
        assert tell(make_site(kiosk=kiosk)) == alone, "a ward that the site has no more is none"
        state.wards.assign(["A-0001"], "", Role.WARD, "")
        assert tell(site) == alone
