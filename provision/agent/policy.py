"""The policy a tablet gets: the site's settings in the agent's words (contract 7)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from provision.agent.contract import AGENT
from provision.agent.networks import CHOICES_SINCE, Encrypt, leave_out_choices, list_never_set, make_networks
from provision.agent.rows import BY_PART, CLOSED_MEMBERS, VERSION, list_unknown
from provision.agent.wipe_word import WipeWord
from provision.controls.registry import CONTROLS, SPECS, THROUGH_AGENT
from provision.errors import ConfigurationError, ConfigurationFault
from provision.site.family import Family
from provision.site.model import Kiosk, Site
from provision.site.network import place_of
from provision.site.secret import Secret
from provision.site.wards import PALETTE, Ward, WardColour

COLOUR = PALETTE[WardColour.BLUE]
"""Colour of a tablet of no ward."""

TRIES = 5
"""Wrong maintenance answers before the lock-out."""

MOST_PACKAGES, LINE, SITE_NAME = 24, 60, 64


@dataclass(frozen=True)
class PolicySubject:
    """Name and ward that the tablet shows of itself.

    Attributes:
        id: the hospital's number, `A-0042`.
        ward: at most 60 characters.
        colour: of the ward, `#RRGGBB` in capitals.
        hotline: of the ward; empty for the site's.
    """

    id: str
    ward: str
    colour: str = COLOUR
    hotline: str = ""


def describe_subject(site: Site, number: str, ward: Ward | None) -> PolicySubject:
    """What the tablet of a number shows of itself, in a ward or in none."""
    if ward is None:
        return PolicySubject(number, site.name_place(None))
    return PolicySubject(number, site.name_place(ward), PALETTE[ward.colour], ward.hotline or "")


STAFF_PIN = "staff.pin"
"""Place of the PIN of staff mode."""
FAMILY = "family"
"""Place of the tiles of a patient's family, which are sealed whole."""

SINCE = 5
"""Version of the capability table of the first agents with family tiles, staff mode, outside and an offline key."""
NEWER = ("family", "stay", "staff", "outside", "offline", "screen")
"""Their members of a policy."""

MAINTENANCE = "maintenance.secret"
"""Place of the HOTP secret of the maintenance code, 20 to 64 bytes; the others are those of the site's networks."""


def make_policy(
    site: Site, asset: PolicySubject, packages: Sequence[str], secrets: Mapping[str, Secret], encrypt: Encrypt
) -> dict[str, object]:
    """The body of `apply`: the full desired state of one tablet.

    Args:
        site: checked with `check_site_fits`.
        asset: this tablet.
        packages: apps of the kiosk, without the agent.
        secrets: by place, `MAINTENANCE` among them; revealed to `encrypt` only.
        encrypt: `SecretEncryptor.encrypt` of this order.
    """
    body: dict[str, object] = {
        "asset": {
            "id": asset.id,
            "ward": asset.ward,
            "hotline": asset.hotline or site.kiosk.hotline,
            "colour": asset.colour,
        },
        "language": site.language.value,
        **make_networks(site.networks, secrets, encrypt),
        "maintenance": {"tries": TRIES, "secret": encrypt(MAINTENANCE, secrets[MAINTENANCE])},
    }
    if site.kiosk.lock_task:
        body["kiosk"] = {"packages": [name for name in packages if name != AGENT]}
    for spec in CONTROLS:
        if site.asks_for(spec.control):
            body |= spec.make_policy(site)
    return body


def make_ward(
    kiosk: Kiosk, family: Family, pin: Callable[[], Secret], encrypt: Encrypt, wipe: WipeWord | None = None
) -> dict[str, object]:
    """The members about the people of a ward: whom a patient calls, how staff come in, what a finder reads.

    Args:
        wipe: the offline key's word on tablets that stay outside, None where they are never erased.
    """
    members: dict[str, object] = {}
    staff = kiosk.staff
    if kiosk.outside is not None:
        alarm = kiosk.outside.alarm
        members["outside"] = {
            "minutes": kiosk.outside.minutes,
            **({} if alarm is None else {"alarm": alarm.model_dump(mode="json")}),
            **({} if wipe is None else {"wipe": wipe.make_policy()}),
        }
    if family.tiles:
        tiles = [tile.model_dump(mode="json", exclude_none=True) for tile in family.tiles]
        members[FAMILY] = encrypt(FAMILY, Secret(json.dumps(tiles, ensure_ascii=False).encode()))
        if family.stay is not None:
            members["stay"] = family.stay
    if staff is not None:
        members["staff"] = {"minutes": staff.minutes, "pin": encrypt(STAFF_PIN, pin())}
    return members


def name_left_out(policy: Mapping[str, object], names: Sequence[str]) -> dict[str, object]:
    """The policy, its `outside` with the networks of the site that this tablet cannot be given: heard, they are home.

    Args:
        names: of those networks.
    """
    if not names or "outside" not in policy:
        return dict(policy)
    return {**policy, "outside": {**cast("dict[str, object]", policy["outside"]), "names": list(names)}}


def leave_out_unknown(policy: Mapping[str, object], version: int) -> dict[str, object]:
    """The policy without what only controls ask for that an agent with this version of the table does not know."""
    unknown = list_unknown(THROUGH_AGENT, version)
    members = {control: set(SPECS[control].policy) for control in THROUGH_AGENT}
    known = set[str]().union(*(members[control] for control in THROUGH_AGENT - unknown))
    left_out = set[str]().union(*(members[control] for control in unknown)) - known
    kept = {member: value for member, value in policy.items() if member not in left_out}
    if version < SINCE:
        kept = {member: value for member, value in kept.items() if member not in NEWER}
    kept = leave_out_choices(kept, version)
    return kept | {member: _leave_out_parts(kept[member], version) for member in CLOSED_MEMBERS if member in kept}


def _leave_out_parts(parts: object, version: int) -> list[str]:
    """Those of a list that are no newer than the agent; it has some, since the control is known."""
    return [part for part in cast("list[str]", parts) if BY_PART[part].since <= version]


def check_site_fits(
    site: Site, packages: Sequence[str], file: Path, known: Mapping[str, int], version: int = VERSION
) -> None:
    """Refuse a site the agent carries out on no release, before any tablet is touched.

    Args:
        file: where the site was read from, for the message.
        known: kinds of networks by the agent's own table.
        version: of that table.

    Raises:
        ConfigurationError: every fault.
    """
    found = (*_find_unfit(site, packages, known), *_find_unknown(site, version))
    faults = [ConfigurationFault(file, None, key, expected, got) for key, expected, got in found]
    if faults:
        raise ConfigurationError(*faults)


def _find_unfit(site: Site, packages: Sequence[str], known: Mapping[str, int]) -> Iterator[tuple[str, str, str]]:
    """(key, expected, got) of everything the contract cannot carry."""
    for index, expected, got in list_never_set(site.networks, known):
        yield site.wifi.key_of(place_of(index, "security")), expected, got
    for key, text, most in (("name", site.name, SITE_NAME), ("kiosk.hotline", site.kiosk.hotline, LINE)):
        if len(text) > most:
            yield key, f"at most {most} characters", f"{len(text)}"
    if site.kiosk.staff is not None and not site.kiosk.lock_task:
        yield "kiosk.staff", "kiosk.lock_task: true, since staff mode is a way within the kiosk", "false"
    if site.kiosk.idle_minutes is not None and not site.kiosk.lock_task:
        yield "kiosk.idle_minutes", "kiosk.lock_task: true, since the launcher is a part of the kiosk", "false"
    apps = [name for name in packages if name != AGENT]
    if len(apps) > MOST_PACKAGES:
        yield "kiosk.lock_task", f"an app set of at most {MOST_PACKAGES} apps", f"{len(apps)}"


def _find_unknown(site: Site, version: int) -> Iterator[tuple[str, str, str]]:
    """Settings without a control of their own, which would be left out without a word on every tablet."""
    kiosk, asked = site.kiosk, list[str]()
    if version < SINCE:
        said = {"staff": kiosk.staff, "outside": kiosk.outside, "idle_minutes": kiosk.idle_minutes}
        asked += [f"kiosk.{key}" for key, value in said.items() if value is not None]
    if version < CHOICES_SINCE:
        places = (place_of(index, member) for index, one in enumerate(site.networks) for member in one.chooses)
        asked += map(site.wifi.key_of, places)
    for key in asked:
        yield key, "an agent that knows it in bench.yaml: 0.6.0 or later", "an older one"
