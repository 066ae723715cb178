"""Others at the agent's door: an app on the tablet, and a computer with an authorised adb key but not the site key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from agent_bed import site_key
from agent_tablet import ASSET, PASSPHRASE, SECRET, AgentTablet

from provision.agent.contract import Code, OrderName
from provision.agent.maintenance import answer_challenge
from provision.agent.order import Order, SecretEncryptor, commit_argument, cut_pieces, sign_order
from provision.site.secret import Secret
from provision.virtual.android.agent.process import running
from provision.virtual.android.agent.station import ForeignCaller
from tests.searching import find_leaks

SECRETS = {"passphrase": PASSPHRASE, "maintenance secret": SECRET}
SOURCE = Path(__file__).parents[2] / "apks" / "agent" / "src"
WALL_CLOCK = re.compile(r"currentTimeMillis|new Date\(|java\.time(?!\.MonthDay;)|Calendar|Instant|ACTION_TIME")


@pytest.fixture
def tablet(tmp_path: Path) -> AgentTablet:
    tablet = AgentTablet(tmp_path).enrol()
    tablet.client.apply(ASSET.id, tablet.policy, lambda _digest: None)
    return tablet


def state(tablet: AgentTablet) -> str:
    return tablet.bench.tablet.device.state.model_dump_json()


@pytest.mark.parametrize("uid", [10123, 1000, 1010123, 1002000, 9999, 2001, -1])
def test_an_app_that_repeats_every_line_of_the_station_is_told_nothing(uid: int, tablet: AgentTablet) -> None:
    station, before = running(tablet.bench.tablet.device).station, state(tablet)
    calls = [re.search(r"--method (\S+)(?: --arg (\S+))?$", line) for line in tablet.link.lines]
    assert {call[1] for call in calls if call} >= {"hello", "put", "commit"}
    for call in calls:
        if call:
            with pytest.raises(ForeignCaller, match=r"^for the station only$"):
                station.call(uid, call[1], call[2])
            with pytest.raises(ForeignCaller):
                station.answer(uid, (call[2] or "").partition(":")[0])
    assert state(tablet) == before


@pytest.mark.parametrize("word", list(OrderName))
def test_a_computer_without_the_site_key_gives_no_order(word: OrderName, tablet: AgentTablet) -> None:
    first = len(tablet.link.printed)
    mallory = tablet.client_of("Test", site_key("foreign_private_key"))
    challenge, hello = tablet.client.ask_challenge().challenge, mallory.hello()
    body: dict[str, object] = {}
    if word is OrderName.DRILL:  # even the right answer: on the screen the code is enough, on this road it is not
        right = answer_challenge(Secret(SECRET), challenge or "")
        body = {"step": "answer", "answer": SecretEncryptor(hello).encrypt("drill.answer", right)}
    before = state(tablet)
    order = Order(word, "Test", hello.tablet, hello.nonce, body)
    document = sign_order(order.payload(), site_key("foreign_private_key"))
    answers = [mallory._call("put", piece) for piece in cut_pieces("00000000000000cc", document)]
    answers.append(mallory._call("commit", commit_argument("00000000000000cc", document)))
    assert answers[-1].refusal is not None
    assert answers[-1].refusal.code is Code.SITE_KEY_FOREIGN
    assert state(tablet) == before
    said = [(str(number), text.encode()) for number, text in enumerate(tablet.link.printed[first:])]
    assert find_leaks(SECRETS, said) == []


def test_only_what_tells_or_plans_a_time_asks_what_day_it_is() -> None:
    """A flat tablet without network believes it is 1970: lock-outs run on the time since boot (contract 11)."""
    files = list(SOURCE.rglob("*.java"))
    assert len(files) > 30
    asking = {file.relative_to(SOURCE).as_posix() for file in files if WALL_CLOCK.search(file.read_text("utf-8"))}
    screens = {
        f"org/provision/agent/screen/{name}.java" for name in ("CallDesk", "CallPages", "Changes", "Hours", "Moment")
    }
    plans = {f"org/provision/agent/{name}.java" for name in ("BootReceiver", "PlannedCalls", "maintenance/WallClock")}
    assert asking == screens | plans
    lock = next(file for file in files if file.name == "BootClock.java").read_text("utf-8")
    assert "SystemClock.elapsedRealtime" in lock
