"""Wards of a house at benches that share a register: what they are, and which tablets are theirs."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from provision.cli.assign import assign
from provision.home.create import create_home
from provision.home.folder import Home, load_home
from provision.records.keys import load_keys
from provision.register.settings import RegisterAddress
from provision.register.sql.merging import merge
from provision.register.sql.register import Register, open_register
from provision.register.sql.tablet_rows import list_lives
from provision.runs.agent_kit import AgentKit
from provision.site.secret import Secret
from provision.site.wards import Ward, WardColour
from provision.state.opening import open_bench_state
from provision.state.sql.ward_store import WardStore
from provision.state.wards import Assignment, Role
from provision.station.house_register import see_house_wards, share_wards
from provision.station.setup import SecretReader, load_setup
from provision.terms import HomeKind
from tests.cli.ward_home import make_ward_home
from tests.register.house_bed import dump, make_bench

CARDIO = Ward(name="Cardiologie 2", hotline="4242", colour=WardColour.GREEN)
NEWER = Ward(name="Cardiologie 3", hotline="4343", colour=WardColour.RED)
NOBODY = RegisterAddress("127.0.0.1", 1, "d", "u", None, None)


def bring_over(*registers: Register) -> None:
    for source in registers:
        for target in registers:
            if source is not target:
                merge(source.local, target.local)


def test_the_newest_word_on_a_ward_counts_at_every_bench(tmp_path: Path) -> None:
    one, two = make_bench(tmp_path / "a", "A"), make_bench(tmp_path / "b", "B")
    with one.open() as here, two.open() as there:
        here.tell_wards({"car2": CARDIO})
        bring_over(here, there)
        assert there.settle_wards({}) == {"car2": CARDIO}
        there.tell_wards({"car2": NEWER, "ger": CARDIO})
        bring_over(here, there)
        assert here.settle_wards({"car2": CARDIO}) == {"car2": NEWER, "ger": CARDIO}
        before = dump(here)
        here.tell_wards({"car2": CARDIO})
        assert dump(here) == before, "it was said before what the other bench said"
        edited = {"car2": CARDIO.model_copy(update={"hotline": "1"})}
        assert here.settle_wards(edited)["car2"] == edited["car2"], "edited here, and not told yet"
        here.tell_wards(edited)
        bring_over(here, there)
        assert there.settle_wards({"car2": NEWER, "ger": CARDIO}) == {**edited, "ger": CARDIO}
        here.tell_wards({})
        bring_over(here, there)
        assert here.settle_wards({}) == {"car2": NEWER, "ger": CARDIO}, "the other bench has it"
        there.tell_wards({"ger": CARDIO})
        bring_over(here, there)
        assert here.settle_wards({}) == there.settle_wards({"ger": CARDIO}) == {"ger": CARDIO}, "no more"


def test_wards_that_two_benches_told_while_cut_off_are_one_after_it(tmp_path: Path) -> None:
    one, two = make_bench(tmp_path / "a", "A"), make_bench(tmp_path / "b", "B")
    with one.open() as here, two.open() as there:
        here.tell_wards({"car2": CARDIO, "mine": CARDIO})
        there.tell_wards({"car2": NEWER, "yours": CARDIO})
        bring_over(here, there)
        seen = [
            here.settle_wards({"car2": CARDIO, "mine": CARDIO}),
            there.settle_wards({"car2": NEWER, "yours": CARDIO}),
        ]
        assert seen[0] == seen[1]
        assert seen[0].keys() == {"car2", "mine", "yours"}
        assert here.local.read(list_lives) == [], "no tablet came of it"


def make_second_home(folder: Path) -> Path:
    """A bench of the same house whose site.yaml names no ward."""
    home = folder / "second"
    create_home(home, HomeKind.TRAINING, 2)
    file = home / "bench.yaml"
    shared = {"register": {"url": "postgresql://bench@127.0.0.1:1/house"}, "asset_prefix": "B"}
    file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), **shared}))
    return home


def open_of(home: Home) -> AbstractContextManager[Register]:
    return open_register(home.path, load_keys(home.keys).home, home.bench.asset_prefix, NOBODY)


@pytest.fixture
def homes(tmp_path: Path) -> tuple[Home, Home]:
    """Two benches: the first has wards, and gave A-0001 to one."""
    first = make_ward_home(tmp_path)
    with open_bench_state(first) as state:
        state.wards.assign(["A-0001"], "cardio-2", Role.WARD, "asked")
    return load_home(first), load_home(make_second_home(tmp_path))


def exchange(*homes: Home) -> None:
    """What stations and commands of benches do one after the other, with a server that answers."""
    for home in (*homes, *homes):
        with open_of(home) as register, open_bench_state(home.path) as state:
            share_wards(register, home, state.wards)
            for other in homes:
                if other is not home:
                    with open_of(other) as there:
                        merge(register.local, there.local)


def find_wards(home: Home) -> dict[str, str]:
    with open_bench_state(home.path) as state:
        return {word.asset_id: word.ward for word in state.wards.list_current()}


def find_hotline(kit: AgentKit | None) -> object:
    """The number that the policy of the tablet has."""
    assert kit is not None
    policy = kit.compose_policy("A-0001", Secret(b"x" * 32), lambda place, _secret: place, 30, kit.secrets())
    assert isinstance(policy["asset"], dict)
    return policy["asset"].get("hotline")


def add_wards(home: Home, wards: dict[str, Ward]) -> Home:
    """The home after an edit of its site.yaml."""
    return replace(home, site=home.site.model_copy(update={"wards": {**home.site.wards, **wards}}))


def test_a_station_that_began_before_has_the_wards_of_the_house_in_its_next_policy(homes: tuple[Home, Home]) -> None:
    first, second = homes
    exchange(first, second)
    setup = load_setup(second)
    with open_bench_state(second.path) as state:
        kit = setup.make_kit(SecretReader(setup.home), state)
        assert find_hotline(kit) == "4242"
        first = add_wards(first, {"cardio-2": NEWER, "neuro": Ward(name="Neurologie", hotline="7777")})
        exchange(first, second)
        assert find_hotline(kit) == "4343"
        state.wards.assign(["A-0001"], "neuro", Role.WARD, "")
        assert find_hotline(kit) == "7777"


def test_a_second_bench_knows_the_wards_and_the_ward_of_a_tablet(homes: tuple[Home, Home]) -> None:
    first, second = homes
    exchange(first, second)
    assert see_house_wards(second).site.wards == first.site.wards
    assert find_wards(second) == {"A-0001": "cardio-2"}
    setup = load_setup(second)
    with open_bench_state(second.path) as state:
        kit = setup.make_kit(SecretReader(setup.home), state)
        assert find_hotline(kit) == "4242"
    done = CliRunner().invoke(
        assign, ["--home", str(second.path), "--language", "en", "A-0001", "geronto", "--role", "hotline"]
    )
    assert (done.exit_code, "Gérontologie" in done.output) == (0, True), done.output
    exchange(second, first)
    assert find_wards(first) == find_wards(second) == {"A-0001": "geronto"}
    with open_bench_state(first.path) as state:
        said = state.wards.list_events("A-0001")
        state.wards.assign(["A-0001"], "", Role.WARD, "")
    assert [(one.ward, one.role) for one in said] == [("cardio-2", "ward"), ("geronto", "hotline")]
    exchange(first, second)
    assert find_wards(second) == {"A-0001": ""}


def test_a_word_that_came_meanwhile_is_not_undone_by_another_bench_s(homes: tuple[Home, Home]) -> None:
    first, second = homes
    exchange(first, second)
    with open_bench_state(first.path) as state:
        (known,) = state.wards.list_current()
        state.wards.assign(["A-0001"], "geronto", Role.WARD, "now")
        state.wards.take_over([(known, known)])
        assert state.wards.find("A-0001") == "geronto"


NAMES = {"car2": "Cardiologie 2", "ger": "Gériatrie"}


def say_ward(ward: str, at: str) -> Assignment:
    return Assignment("A-0001", ward, f"2026-01-01T{at}Z", "technician", "")


def test_a_word_that_is_told_late_does_not_undo_what_was_said_after_it(tmp_path: Path) -> None:
    morning, afternoon = say_ward("car2", "09:00:00"), say_ward("ger", "14:00:00")
    one, two = make_bench(tmp_path / "a", "A"), make_bench(tmp_path / "b", "B")
    with one.open() as here, two.open() as there:
        assert there.take_wards([afternoon], NAMES) == 1
        bring_over(here, there)
        assert here.take_wards([morning], NAMES) == 0
        assert here.list_newer_words({"A-0001": morning}) == [afternoon]
        assert here.take_wards([say_ward("car2", "14:00:01")], NAMES) == 1


def test_words_of_one_bench_keep_their_order_within_a_second_and_where_its_clock_goes_back(tmp_path: Path) -> None:
    with make_bench(tmp_path).open() as register:
        words = [say_ward("car2", "09:00:00"), say_ward("ger", "09:00:00"), say_ward("car2", "09:00:00")]
        told = [register.take_wards([word], NAMES) for word in (*words, words[-1], say_ward("ger", "08:00:00"))]
        assert told == [1, 1, 1, 0, 1]
        assert register.list_newer_words({"A-0001": words[-1]}) == [say_ward("ger", "08:00:00")]


def test_who_knows_a_word_of_a_clock_that_is_ahead_says_the_next_one(homes: tuple[Home, Home]) -> None:
    first, second = homes
    exchange(first, second)
    with open_bench_state(first.path) as state:
        (known,) = state.wards.list_current()
        ahead = replace(known, at="2222-01-01T00:00:00Z", ward="geronto")
        state.wards.take_over([(ahead, known)])
    exchange(first, second)
    assert find_wards(second) == {"A-0001": "geronto"}
    done = CliRunner().invoke(assign, ["--home", str(second.path), "--language", "en", "A-0001", "cardio-2"])
    assert done.exit_code == 0, done.output
    exchange(second, first)
    assert find_wards(first) == find_wards(second) == {"A-0001": "cardio-2"}


@dataclass
class Interrupted:
    """A bench's words, of which somebody says one more right behind the first reading."""

    store: WardStore
    more: list[str]

    def list_current(self) -> tuple[Assignment, ...]:
        words = self.store.list_current()
        while self.more:
            self.store.assign(["A-0001"], self.more.pop(), Role.WARD, "meanwhile")
        return words

    def take_over(self, words: Iterable[tuple[Assignment, Assignment | None]]) -> None:
        self.store.take_over(words)


def test_a_word_that_is_said_while_wards_are_shared_stays_and_is_told_next(homes: tuple[Home, Home]) -> None:
    first, second = homes
    exchange(first, second)
    with open_of(first) as register, open_bench_state(first.path) as state:
        share_wards(register, first, Interrupted(state.wards, ["geronto"]))  # type: ignore[arg-type] # what it asks of one
        assert state.wards.find("A-0001") == "geronto"
    exchange(first, second)
    assert find_wards(first) == find_wards(second) == {"A-0001": "geronto"}


def test_a_ward_of_another_bench_that_has_no_room_here_changes_nothing(homes: tuple[Home, Home]) -> None:
    first, second = homes
    long = Ward(name="W" * 59)
    with open_of(second) as register:
        register.tell_wards({"cardio-2": long, "long": long})
        with open_of(first) as here:
            here.tell_wards(first.site.wards)
            register.tell_wards({"cardio-2": long, "long": long, "newest": long})
            bring_over(register, here)
    own = load_home(first.path)
    file = first.path / "bench.yaml"
    shared = {"register": {"url": "postgresql://bench@127.0.0.1:1/house"}}
    file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), **shared}))
    assert see_house_wards(load_home(first.path)).site.wards == own.site.wards
