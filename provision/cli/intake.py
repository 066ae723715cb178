"""`provision intake`: what becomes of a tablet that is given, before any work."""

from __future__ import annotations

import shlex
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import click

from provision.cli import ending
from provision.cli.asked import prints_only
from provision.cli.hardware_agent import lend_agent
from provision.cli.hardware_words import ask_words, find_broken, needs_pages, read_answers
from provision.cli.intake_desk import IntakeDesk, list_present
from provision.cli.options import (
    WARD_HOME,
    Access,
    access_options,
    home_option,
    language_option,
    profiles_option,
    serial_option,
    slot_option,
)
from provision.cli.paper_files import out_option, write_paper
from provision.cli.pick import NoTablet, pick
from provision.cli.reach import open_home, visit
from provision.cli.speech import language_of, speak
from provision.facts.collect import read_props
from provision.facts.signal import read_signal
from provision.home.folder import load_home
from provision.profiles.load import load_profiles
from provision.report.donor_sheet import describe_sheet
from provision.report.intake import count_verdicts, list_cells, tell_donation
from provision.report.spreadsheet import write_table
from provision.runs.screen_blink import BRIGHT
from provision.runs.triage import BROKEN
from provision.state.donations import LONGEST_WORDS, HardwareTest, read_donation, write_donation
from provision.state.hardware_seen import HardwareSeen
from provision.state.opening import open_bench_state
from provision.station.setup import load_setup
from provision.terms import HandWord, IntakeFinding, IntakeVerdict
from provision.texts.catalogue import say
from provision.texts.language import Language


@click.group()
def intake() -> None:
    """Take tablets from donors: the sheet for them, keep, repair or refuse, the test of the hardware."""


@intake.command()
@home_option("./ward")
@language_option("Of the sheet  [default: the home's, else the computer's].")
@profiles_option
@out_option("donor-sheet.pdf")
def sheet(home: Path | None, language: Language | None, profiles: Path, out: Path) -> None:
    """Write the sheet for donors: what to remove before a tablet is given, by maker, and a slip to fill in.

    The hospital's name and hotline are those of site.yaml. The file is written, and one of that name is replaced.
    """
    place = speak(load_home(home or WARD_HOME), language)
    spoken = language_of(place)
    for file in write_paper(out, "donor-sheet", describe_sheet(place.site, load_profiles(profiles), spoken)):
        click.echo(say(spoken, "intake.sheet", file=file))


@intake.command()
@access_options
@slot_option
@serial_option
@click.option("--donor", default="", help="Who gives it; for this bench alone, never in a record.")
@click.option(
    "--condition", default="", help="What it looks like, in a few words; kept and deleted as the donor's name."
)
@click.option(
    "--broken",
    multiple=True,
    type=click.Choice(list(BROKEN)),
    help="What a hand found broken; may be given several times.",
)
@click.option("--screen-lock", is_flag=True, help="A hand found its screen locked by a code or a pattern.")
@click.option(
    "--mended",
    multiple=True,
    type=click.Choice([*BROKEN, "screen-lock"]),
    help="What an earlier look found broken or locked, and a hand has mended.",
)
@click.option("--new", is_flag=True, help="It is another tablet than the one of its number: give it one of its own.")
def check(
    access: Access,
    slot: str | None,
    serial: str | None,
    donor: str,
    condition: str,
    broken: tuple[str, ...],
    screen_lock: bool,
    mended: tuple[str, ...],
    new: bool,
) -> None:
    """Judge tablets before any work: keep, repair or refuse, by the reasons that a run would have. Changes nothing.

    All tablets in slots, or the one named. Each gets a number of a donation (don-A-0007), the same one at every later
    look; it goes into the record of its runs. Works beside a running station. Exit status 0 all to keep, 1 one is not,
    was not judged, or none is there.
    """
    place = open_home(access)
    language, words = language_of(place), (donor.strip(), condition.strip())
    if any(len(word) > LONGEST_WORDS or not word.isprintable() for word in words):
        raise click.UsageError(say(language, "intake.long", most=LONGEST_WORDS))
    if new and slot is None and serial is None:
        raise click.UsageError(say(language, "intake.new-one"))
    said = frozenset({*(BROKEN[part] for part in broken), *([IntakeFinding.SCREEN_LOCK] if screen_lock else [])})
    setup = load_setup(place)
    with open_bench_state(place.path) as state, visit(access, place) as reached:
        right = frozenset(BROKEN.get(part, IntakeFinding.SCREEN_LOCK) for part in mended)
        desk = IntakeDesk(setup, state, said, words, new=new, mended=right)
        seen = list_present(place, reached, setup.profiles, slot, serial)
        verdicts = [desk.judge(one) for one in seen]
    if not seen:
        raise NoTablet(say(language, "intake.nothing"))
    judged = [verdict for verdict in verdicts if verdict is not None]
    click.echo(count_verdicts(language, judged))
    if set(verdicts) != {IntakeVerdict.KEEP}:
        raise SystemExit(ending.NOT_ALL)


@intake.command("list")
@home_option("./ward")
@language_option("Of the list  [default: the home's, else the computer's].")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, for a spreadsheet.")
@click.option("--donors", is_flag=True, help="With the donors' names and words in the CSV: personal data.")
@prints_only
def list_(home: Path | None, language: Language | None, as_csv: bool, donors: bool) -> None:
    """List the tablets that were given, with number, verdict and grounds."""
    place = speak(load_home(home or WARD_HOME), language)
    spoken, prefix = language_of(place), place.bench.asset_prefix
    with open_bench_state(place.path) as state:
        given = tuple(state.donations.list_donations())
    if as_csv:
        click.echo(write_table(list_cells(prefix, given, personal=donors)), nl=False)
        return
    for one in given:
        click.echo(tell_donation(spoken, prefix, one))
    if not given:
        click.echo(say(spoken, "intake.none"))


@intake.command()
@home_option("./ward")
@language_option("Of the messages  [default: the home's, else the computer's].")
@click.argument("number")
def forget(home: Path | None, language: Language | None, number: str) -> None:
    """Delete the donor's name and words of the donation NUMBER (don-A-0007), as a donor may ask.

    Number, verdict and what was read of the tablet stay. Exit status 0 deleted, 1 there is no such donation.
    """
    place = speak(load_home(home or WARD_HOME), language)
    spoken, prefix = language_of(place), place.bench.asset_prefix
    which = read_donation(prefix, number)
    with open_bench_state(place.path) as state:
        known = which is not None and state.donations.forget(which)
    if which is None or not known:
        click.echo(say(spoken, "intake.unknown", number=number, prefix=prefix), err=True)
        raise SystemExit(ending.NOT_ALL)
    click.echo(say(spoken, "intake.forgotten", number=write_donation(prefix, which)))


@intake.command()
@access_options
@slot_option
@serial_option
@click.option("--answer", "answers", multiple=True, metavar="PART=WORD", help="An answer given before: screen=yes.")
@click.option("--by-hand", is_flag=True, help="Without the agent: nothing is installed, you try each part alone.")
@click.option("--keep-agent", is_flag=True, help="Leave the agent on the tablet that the test put there.")
def test(
    access: Access,
    slot: str | None,
    serial: str | None,
    answers: tuple[str, ...],
    by_hand: bool,
    keep_agent: bool,
) -> None:
    """Test the hardware of one tablet: screen, touch, camera, microphone, speaker, buttons; then judge it.

    The agent, put there for the test and taken off again, shows a page for each part: full colours, squares to touch, a
    tone, the volume button; Android's own camera app opens for the camera. You answer here (yes, no, skip). What the
    tablet felt is kept beside your words, and told where it speaks against a yes. Without an agent, where it cannot be
    installed, beside a running station, and with --by-hand you try each part alone, and nothing but its woken screen is
    changed. The tablet tells the level of its Wi-Fi and of its battery. All of it stands in the records of its later
    runs; a "no" is a ground to refuse it. A tablet in a ward's use is refused, except where nothing is shown on it
    (--by-hand). Exit status 0 to keep, 1 not.
    """
    place = open_home(access)
    language = language_of(place)
    known = read_answers(language, answers)
    setup = load_setup(place)
    with open_bench_state(place.path) as state, visit(access, place) as reached:
        picked = pick(place, reached, slot, serial)
        if IntakeDesk(setup, state, ()).tell_foreign(picked):
            raise SystemExit(ending.NOT_ALL)
        picked.transport.shell(shlex.join(BRIGHT), seconds=setup.limits.step)
        api = read_props(picked.transport, seconds=setup.limits.facts).api
        level = read_signal(picked.transport, api, seconds=setup.limits.facts)  # a cable may go while people answer
        alone = by_hand or not needs_pages(known)
        if reached.guest and not alone:
            click.echo(say(language, "intake.agent.beside", label=picked.label))
            alone = True  # it may be about to install the very agent that a test would take off again
        lent = nullcontext() if alone else lend_agent(setup, picked.transport, picked.label, keep=keep_agent)
        with lent as pages:
            words = ask_words(language, picked.label, known, pages)
        seen = HardwareSeen() if pages is None else pages.seen
        tested = HardwareTest(datetime.now(UTC).isoformat(timespec="seconds"), words, level, seen)
        broken, mended = (find_broken(words, word) for word in (HandWord.NO, HandWord.YES))
        verdict = IntakeDesk(setup, state, broken, mended=mended, tested=tested).judge(picked)
    if verdict is not IntakeVerdict.KEEP:
        raise SystemExit(ending.NOT_ALL)
