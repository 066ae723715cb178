"""The pages of a hardware test as a technician drives them, with fingers on a virtual tablet."""

from __future__ import annotations

from pathlib import Path

import pytest
from agent_tablet import AgentTablet
from click.testing import CliRunner

from provision.agent.contract import AGENT
from provision.cli.hardware_pages import HardwarePages
from provision.cli.hardware_words import ask_words
from provision.cli.intake import intake
from provision.cli.options import Access
from provision.cli.reach import visit
from provision.home.create import create_home
from provision.home.folder import load_home
from provision.polling import Pace
from provision.state.hardware_seen import HardwareSeen
from provision.state.opening import open_bench_state
from provision.terms import HandWord, HardwarePart, HomeKind, ScreenZone
from provision.texts.language import Language
from provision.virtual.offline import edit_offline, prepare_offline, read_journal_offline

BY_HAND = [f"--answer={part}=yes" for part in (HardwarePart.CAMERA, HardwarePart.MICROPHONE)]


@pytest.fixture
def tablet(tmp_path: Path) -> AgentTablet:
    """One that nobody owns, with the agent installed."""
    return AgentTablet(tmp_path)


def open_pages(tablet: AgentTablet) -> HardwarePages:
    clock = tablet.bench.clock
    return HardwarePages(tablet.link, Language.EN, 5, Pace(clock, clock.advance))


def test_what_the_tablet_did_not_feel_speaks_against_a_yes_until_it_is_felt(tablet: AgentTablet) -> None:
    pages = open_pages(tablet)
    assert pages.show(HardwarePart.TOUCH)
    tablet.bench.edit("touch-screen 11,0 11,1")
    assert "2 of 96 squares of the screen (top right)" in (pages.doubt(HardwarePart.TOUCH) or "")
    assert pages.seen.touch is not None
    assert (pages.seen.touch.left, pages.seen.touch.where) == (2, (ScreenZone.TOP_RIGHT,))
    tablet.bench.edit("touch-screen")
    assert pages.doubt(HardwarePart.TOUCH) is None
    assert pages.show(HardwarePart.BUTTONS)
    tablet.bench.edit("press-volume up")
    assert "did not feel: quieter" in (pages.doubt(HardwarePart.BUTTONS) or "")
    assert pages.seen.keys == ("up",)


@pytest.mark.parametrize(("said", "left"), [("skip\n", None), ("yes\nskip\n", None), ("no\n", 96)])
def test_a_part_that_was_not_tried_has_no_evidence(tablet: AgentTablet, said: str, left: int | None) -> None:
    pages = open_pages(tablet)
    known = {part: HandWord.YES for part in HardwarePart if part is not HardwarePart.TOUCH}
    with CliRunner().isolation(input=said):
        ask_words(Language.EN, "1", known, pages)
    assert (None if pages.seen.touch is None else pages.seen.touch.left) == left


def test_colours_that_had_no_time_yet_are_told(tablet: AgentTablet) -> None:
    pages = open_pages(tablet)
    assert pages.show(HardwarePart.SCREEN)
    assert "1 of 5 colours" in (pages.doubt(HardwarePart.SCREEN) or "")
    tablet.bench.clock.advance(15)
    assert pages.doubt(HardwarePart.SCREEN) is None


@pytest.mark.parametrize("part", [HardwarePart.SCREEN, HardwarePart.TOUCH, HardwarePart.BUTTONS])
def test_a_page_whose_time_is_over_still_tells_what_it_observed(tablet: AgentTablet, part: HardwarePart) -> None:
    pages = open_pages(tablet)
    assert pages.show(part)
    if part is not HardwarePart.SCREEN:
        tablet.bench.edit("press-volume up" if part is HardwarePart.BUTTONS else "touch-screen 11,0")
    tablet.bench.clock.advance(601)
    assert pages.doubt(part) is not None
    assert pages.seen != HardwareSeen()


def test_an_agent_that_began_anew_observed_nothing(tablet: AgentTablet) -> None:
    pages = open_pages(tablet)
    for part in (HardwarePart.SCREEN, HardwarePart.TOUCH, HardwarePart.BUTTONS):
        assert pages.show(part)
        tablet.bench.run(f"am force-stop {AGENT}")
        assert pages.doubt(part) is None
    assert pages.seen == HardwareSeen()


def test_a_test_that_was_left_lends_the_next_one_no_colour(tablet: AgentTablet) -> None:
    assert open_pages(tablet).show(HardwarePart.SCREEN)
    tablet.bench.clock.advance(9)
    pages = open_pages(tablet)
    assert pages.show(HardwarePart.SCREEN)
    assert "1 of 5 colours" in (pages.doubt(HardwarePart.SCREEN) or "")


def test_the_camera_is_androids_own_and_where_none_answers_a_hand_finds_it(tablet: AgentTablet) -> None:
    assert not open_pages(tablet).show(HardwarePart.CAMERA)
    assert "am start -a android.media.action.STILL_IMAGE_CAMERA" in tablet.link.lines
    assert not open_pages(tablet).show(HardwarePart.MICROPHONE)


@pytest.mark.parametrize("trouble", ["an agent before pages", "killed", "cable gone", "behind another app"])
def test_a_page_that_does_not_come_to_the_front_is_none(tablet: AgentTablet, trouble: str) -> None:
    device, pages = tablet.bench.tablet.device, open_pages(tablet)
    match trouble:
        case "an agent before pages":
            device.data.packages[AGENT].version_code = 5
        case "cable gone":
            tablet.bench.edit("break drop:content")
        case "killed":
            tablet.bench.edit("break agent-crash:hardware:1")
        case _:
            tablet.bench.edit("lock-task org.example.other")
    assert not pages.show(HardwarePart.TOUCH)
    assert pages.doubt(HardwarePart.TOUCH) is None or trouble == "behind another app"


def test_its_end_takes_the_page_away(tablet: AgentTablet) -> None:
    pages = open_pages(tablet)
    assert pages.show(HardwarePart.SPEAKER)
    pages.end()
    assert not tablet.bench.tablet.device.front.startswith(f"{AGENT}/")


def run(home: Path, *words: str, said: str = "") -> tuple[int, str]:
    how = ["test", "--virtual", "1", "--slot", "1", "--home", str(home), "--language", "en", *words]
    done = CliRunner().invoke(intake, how, input=said)
    return done.exit_code, f"{done.output}{done.exception or ''}"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "training"
    create_home(home, HomeKind.TRAINING, 2)
    return home


def list_verbs(home: Path) -> list[str]:
    return [row["verb"] for row in read_journal_offline(home, "1")]


@pytest.mark.parametrize("keeps", [pytest.param(True, marks=pytest.mark.later), False])
def test_the_agent_is_there_for_the_test_alone_unless_it_is_kept(home: Path, keeps: bool) -> None:  # noqa: FBT001 # or not
    status, text = run(home, *BY_HAND, *(["--keep-agent"] if keeps else []), said="yes\nyes\nyes\nno\nyes\nno\n")
    assert status == 1, text
    verbs = list_verbs(home)
    assert (any("install" in verb for verb in verbs), any("uninstall" in verb for verb in verbs)) == (True, not keeps)
    with open_bench_state(home) as state:
        (given,) = state.donations.list_donations()
    assert given.tested is not None
    assert given.tested.words[HardwarePart.TOUCH] is HandWord.NO
    assert given.tested.seen.touch is not None
    assert given.tested.seen.touch.left == given.tested.seen.touch.squares
    assert "felt no finger in 96 of 96 squares" in text


@pytest.mark.later
def test_by_hand_nothing_is_installed(home: Path) -> None:
    status, text = run(home, *BY_HAND, "--by-hand", said="yes\nyes\nyes\nyes\n")
    assert (status, list_verbs(home)) == (0, ["input keyevent"]), text
    with open_bench_state(home) as state:
        (given,) = state.donations.list_donations()
    assert given.tested is not None
    assert given.tested.seen == HardwareSeen()
    assert "byTablet" not in given.tested.describe()


@pytest.mark.later
def test_beside_a_station_nothing_is_installed(home: Path) -> None:
    """It may be about to install the agent itself."""
    access = Access(home=home, virtual=1, seed=1, adb=None, server=None, language=None)
    with visit(access, load_home(home)):
        status, text = run(home, *BY_HAND, said="yes\nyes\nyes\nyes\n")
    assert (status, "a station is running here" in text, list_verbs(home)) == (0, True, ["input keyevent"]), text


@pytest.mark.later
def test_a_tablet_of_another_owner_gets_no_agent(home: Path) -> None:
    prepare_offline(home, 1, 1)
    edit_offline(home, "1", "foreign-owner", ["com.example.mdm/.Admin"])
    _status, text = run(home, *BY_HAND, said="yes\nyes\nyes\nyes\n")
    assert ("the agent could not be installed" in text, list_verbs(home)) == (True, ["input keyevent"]), text


@pytest.mark.later
def test_an_installation_that_is_refused_is_told_and_nothing_is_taken_off(home: Path) -> None:
    prepare_offline(home, 1, 1)
    edit_offline(home, "1", "break", ["full-storage"])
    _status, text = run(home, *BY_HAND, said="yes\nyes\nyes\nyes\n")
    assert "the agent could not be installed" in text, text
    assert not any("uninstall" in verb for verb in list_verbs(home))


def test_a_wards_tablet_is_refused_before_anything_is_asked(home: Path) -> None:
    prepare_offline(home, 1, 1)
    edit_offline(home, "1", "foreign-owner", [f"{AGENT}/.AdminReceiver"])
    status, text = run(home, said="yes\n")
    assert (status != 0, "in a ward’s use" in text, "[yes/no/skip]" in text) == (True, True, False), text
    with open_bench_state(home) as state:
        assert list(state.donations.list_donations()) == []


@pytest.mark.later
def test_an_app_that_only_bears_the_agents_name_is_not_believed(home: Path) -> None:
    prepare_offline(home, 1, 1)
    edit_offline(home, "1", "foreign-agent", [])
    status, text = run(home, *BY_HAND, said="yes\nyes\nyes\nyes\n")
    assert ("not this bench’s" in text, list_verbs(home)) == (True, ["input keyevent"]), f"{status} {text}"


@pytest.mark.later
def test_an_agent_that_was_taken_off_is_not_told_to_be_there(home: Path) -> None:
    """The key that brings Android's own home screen back was lost behind it."""
    prepare_offline(home, 1, 1)
    edit_offline(home, "1", "break", ["drop:input+keyevent+KEYCODE_HOME"])
    _status, text = run(home, *BY_HAND, said="yes\nyes\nyes\nskip\nskip\nyes\nskip\n")
    assert (any("uninstall" in verb for verb in list_verbs(home)), "still on the tablet" in text) == (True, False), text
