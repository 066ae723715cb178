"""A passphrase full of characters that quoting changes, searched in all that both ends said and kept."""

from __future__ import annotations

import base64
import logging
import traceback
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from agent_tablet import ASSET, KIOSK, AgentTablet
from factories import make_site
from state_file import change_state

from provision.agent.maintenance import answer_challenge
from provision.agent.networks import Encrypt
from provision.agent.policy import MAINTENANCE as PLACE
from provision.agent.policy import make_ward
from provision.errors import HomeError, ProvisionError
from provision.site.family import Family, FamilyTile
from provision.site.secret import Secret
from provision.state.agent_secrets import Issued
from provision.state.opening import open_bench_state
from provision.state.sql.agent_secret_store import keep_issued
from provision.state.sql.bench_state import BenchState
from provision.virtual.android.journal import mutations
from tests.searching import find_leaks

PASSPHRASE = b'It\'s "a" $ecret\\ &%'
MAINTENANCE = b'maintenance\'s "$ecret" \\&'
NAME, LINK = "Ma fille Mariette", "https://visio.hopital.example/mariette-room"
SECRETS = {"passphrase": PASSPHRASE, "maintenance secret": MAINTENANCE}
DUMPS = [
    "dumpsys wifi", "dumpsys device_policy", "dumpsys user", "dumpsys activity activities", "dumpsys activity",
    "dumpsys package org.provision.agent", "dumpsys account", "dumpsys connectivity", "logcat -d", "ps", "ps -A",
    "getprop", "settings list global", "settings list secure", "settings list system", "cmd wifi status",
    "cmd wifi list-networks", "content query --uri content://org.provision.agent.station/answer/0000000000000000",
]  # fmt: skip


def policy_secrets() -> dict[str, Secret]:
    return {"networks.0.passphrase": Secret(PASSPHRASE), PLACE: Secret(MAINTENANCE)}


def said_by(tablet: AgentTablet, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Command lines, answers, dumps, the tablet's journal and every file but its private storage."""
    yield from ((f"line {number}", line.encode()) for number, line in enumerate(tablet.link.lines))
    yield from ((f"answer {number}", text.encode()) for number, text in enumerate(tablet.link.printed))
    for line in DUMPS:
        reply = tablet.bench.run(line)
        yield line, (reply.out + reply.err).encode()
    yield from ((str(one.argv), repr(one).encode()) for one in mutations(folder))
    yield from (
        (file.name, file.read_bytes()) for file in folder.rglob("*") if file.is_file() and file.name != "state.json"
    )


@pytest.mark.parametrize("api", [23, 30, 34])
def test_no_secret_is_said_or_written_in_a_whole_life(
    api: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tablet = AgentTablet(tmp_path, api, secrets=policy_secrets()).enrol()
    report = tablet.client.apply(ASSET.id, tablet.policy, lambda _digest: None)
    tablet.bench.clock.advance(5)
    assert "HOPITAL" in tablet.bench.run("dumpsys wifi").out, "the passphrase was right: the tablet joined"
    challenge = tablet.client.ask_challenge().challenge
    tablet.client.answer_challenge(answer_challenge(Secret(MAINTENANCE), challenge or ""))
    tablet.client.relock()
    told = [("report", repr(report).encode()), ("log", caplog.text.encode())]
    assert find_leaks(SECRETS, [*said_by(tablet, tmp_path), *told]) == []
    private = tmp_path / "state.json"
    assert find_leaks({"passphrase": PASSPHRASE}, [("private storage", private.read_bytes())]) == []
    assert find_leaks({"maintenance secret": MAINTENANCE}, [("private storage", private.read_bytes())])


@pytest.mark.parametrize("api", [23, 34])
def test_no_name_and_no_link_of_a_family_is_said_or_written(api: int, tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, api).enrol()
    tile = FamilyTile(label=NAME, link=LINK, package=KIOSK[0])
    kiosk = make_site(kiosk={"lock_task": True, "hotline": "12 34"}).kiosk

    def make(encrypt: Encrypt) -> dict[str, object]:
        return tablet.policy(encrypt) | make_ward(kiosk, Family([tile], 1), lambda: Secret(b""), encrypt)

    report = tablet.client.apply(ASSET.id, make, lambda _digest: None)
    people = {"name": NAME.encode(), "link": LINK.encode()}
    assert find_leaks(people, [*said_by(tablet, tmp_path), ("report", repr(report).encode())]) == []
    private = tmp_path / "state.json"
    assert find_leaks({"link": LINK.encode()}, [("private storage", private.read_bytes())]), "its launcher shows them"


@pytest.mark.parametrize("fault", ["agent-garbage", "agent-crash:commit", "agent-killed:commit", "agent-crash:put"])
def test_no_exception_shows_a_secret_even_with_all_its_local_variables(fault: str, tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, secrets=policy_secrets()).enrol()
    faults = [fault] if ":" not in fault else [f"{fault}:{time}" for time in range(1, 9)]
    tablet.bench.tablet.device.state.faults = faults
    with pytest.raises(ProvisionError) as caught:
        tablet.client.apply(ASSET.id, tablet.policy, lambda _digest: None)
    assert find_leaks(SECRETS, [("traceback", whole(caught.value)), *said_by(tablet, tmp_path)]) == []


def whole(error: BaseException) -> bytes:
    """The traceback of the product's frames with every local variable, causes and contexts included.

    The first frame is this test's own.
    """
    error.__traceback__ = error.__traceback__.tb_next if error.__traceback__ else None
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()).encode()


@pytest.mark.parametrize("damage", ["DROP TABLE agent_secret", "PRAGMA user_version = 1; DROP TABLE positive_control"])
def test_a_secret_that_cannot_be_kept_is_not_in_the_exception(
    damage: str, bench_state: BenchState, tmp_path: Path
) -> None:
    change_state(tmp_path, *damage.split("; "))
    keep = partial(keep_issued, asset=ASSET, issued=Issued(Secret(MAINTENANCE), unlocked={"x": 0.5}))
    with pytest.raises(HomeError) as caught:
        bench_state.database.write(keep)
    assert find_leaks(SECRETS, [("traceback", whole(caught.value))]) == []


@pytest.mark.parametrize("damage", ['"version": 2, "secret"', '"secret', '"version": 1, "secret": "', '"unlocked": ['])
def test_damaged_notes_do_not_tell_the_secret_in_them(damage: str, tmp_path: Path) -> None:
    (tmp_path / "state/agents").mkdir(parents=True)
    notes = f'{{{damage}: "{base64.b64encode(MAINTENANCE).decode()}"'
    (tmp_path / f"state/agents/{ASSET}.json").write_text(notes)
    del notes
    with pytest.raises(HomeError) as caught, open_bench_state(tmp_path):
        pass
    assert find_leaks(SECRETS, [("traceback", whole(caught.value))]) == []
