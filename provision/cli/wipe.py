"""`provision wipe`: a tablet leaves the house erased: two persons, what was seen afterwards, and a signed record."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import click

from provision.agent.contract import AGENT
from provision.agent.offline_key import check_new_place, check_passphrase
from provision.cli import ending
from provision.cli.house import House, open_house, tell_refusal
from provision.cli.number import read_typed
from provision.cli.options import (
    WARD_HOME,
    Access,
    access_options,
    home_option,
    language_option,
    serial_option,
    slot_option,
)
from provision.cli.paper_files import check_paper_name, print_paper
from provision.cli.passphrase import Asked, ask_passphrase, descriptor_option
from provision.cli.pick import pick
from provision.cli.reach import open_tablets, reach
from provision.cli.speech import language_of, speak
from provision.errors import HomeError, HomeInUse
from provision.facts.one_package import is_installed
from provision.home.folder import load_home, lock_home
from provision.identity.which import UNREAD, digest_installation
from provision.profiles.load import load_profiles
from provision.records.content import format_time
from provision.records.keys import load_keys
from provision.register.events import EventRefused, tell_move
from provision.register.lives import TabletLife
from provision.register.moves import Life, MoveRefused, check_move
from provision.report.return_sheet import describe_return_sheet
from provision.state.opening import open_bench_state
from provision.station.preview import preview_plan
from provision.station.setup import load_setup
from provision.texts.catalogue import say
from provision.texts.language import Language
from provision.wipes.folder import EndedWipe, OpenWipe, WipeFolder
from provision.wipes.look import SEEN, UNDECIDED, Look, find_doubts, find_obstacles
from provision.wipes.second_key import FILE, create_second_key, load_second_key, read_second_key
from provision.wipes.statements import WipeEnd, WipeOrder, WipeOutcome

_SECOND_KEY = "the second person's key"
_OF_SECOND_KEY = Asked("wipe.passphrase", "site.passphrase-again", "site.passphrase-nobody")
_by_option = click.option("--by", default="technician", show_default=True, help="Role or pseudonym of who says so.")
_language_option = language_option("Of the messages  [default: the home's, else the computer's].")
_passphrase_option = descriptor_option("--passphrase-fd", "Read the passphrase of the key from this descriptor.")


@click.group()
def wipe() -> None:
    """Wipe a tablet that leaves the house: `order`, `agree` by a second person, reset it by hand, `close`.

    Nothing is erased by these commands: a hand resets the tablet, by the keys of its recovery menu. The signed record
    claims what was seen and no more: Clear, by the words of NIST SP 800-88, where the tablet came back reset.
    """


@wipe.command("second-key")
@home_option("./ward")
@_language_option
@_passphrase_option
@click.argument("file", type=click.Path(path_type=Path))
def second_key(home: Path | None, language: Language | None, passphrase_fd: int | None, file: Path) -> None:
    """Make the second person's key in FILE, outside the home; its passphrase is theirs alone.

    Exit status 0 made, 2 the home has one already, or FILE is no place for it.
    """
    place = speak(load_home((home or WARD_HOME).absolute()), language)
    spoken = language_of(place)
    with lock_home(place):
        if load_second_key(place.keys) is not None:
            raise HomeError(say(spoken, "wipe.second-there", file=place.keys / FILE))
        check_new_place(file, place.path, _SECOND_KEY)
        passphrase = ask_passphrase(spoken, passphrase_fd, _OF_SECOND_KEY, is_new=True)
        check_passphrase(passphrase, _SECOND_KEY)
        key = create_second_key(file, place.keys, passphrase)
    click.echo(say(spoken, "wipe.second-made", file=file, key=key.keyid))


@wipe.command()
@access_options
@slot_option
@serial_option
@click.argument("number")
@click.option("--why", required=True, help="Why it leaves, in a few words; no person's name.")
@click.option("--donor", default="", help="Reference of the donation  [default: what the register knows].")
@_by_option
def order(access: Access, slot: str | None, serial: str | None, number: str, why: str, donor: str, by: str) -> None:
    """Order that the tablet NUMBER, which is plugged in, is wiped; nothing is written to it.

    Refused while an account is on it, which would lock its next owner out, and where it is not surely that tablet, or
    may not leave from where it is. Not beside a running station, which would begin on the tablet once it was reset.
    Exit status 0 ordered, 1 refused.
    """
    with open_house(access.folder, access.language) as house:
        wipes, wanted = _open_wipes(house), read_typed(house.language, number)
        life = _find_leaving(house, wanted, by, why, donor)
        look = _look(house, access, slot, serial)
        with open_bench_state(house.home.path) as state:
            asset = state.open_registry(house.prefix).find_asset(wanted)
        obstacles = ["unknown"] if asset is None else list(find_obstacles(look, asset))
        for each in obstacles:
            house.tell_aside(f"wipe.obstacle.{each}", number=wanted)
        if obstacles:
            raise SystemExit(ending.NOT_ALL)
        who = (life.maker, life.model, look.serial, look.installation, donor or life.donor)
        folder = wipes.order(WipeOrder(house.home.kind, wanted, *who, by, why, format_time(datetime.now(UTC))))
    click.echo(say(house.language, "wipe.ordered", number=wanted, folder=folder))


@wipe.command()
@home_option("./ward")
@_language_option
@_passphrase_option
@click.argument("number")
@click.option("--key", "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True)
@click.option("--by", required=True, help="Role or pseudonym of the second person; another one than ordered it.")
def agree(
    home: Path | None, language: Language | None, passphrase_fd: int | None, number: str, file: Path, by: str
) -> None:
    """Agree as the second person that the tablet NUMBER is wiped, with the key that `second-key` made.

    From then on it may be reset by hand. Exit status 0 agreed, 1 nothing is ordered, the same person ordered it, or the
    tablet was moved or seen by a bench since.
    """
    with open_house(home, language) as house:
        wipes, spoken, wanted = _open_wipes(house), house.language, read_typed(house.language, number)
        found = _find_open(house, wipes, wanted)
        key = "agreed-already" if found.agreement is not None else "same-person" if found.order.by == by else ""
        if key:
            house.tell_aside(f"wipe.{key}", number=wanted)
            raise SystemExit(ending.NOT_ALL)
        life = _find_leaving(house, wanted, by, found.order.why, "")
        _refuse_outdated(house, found.order, life)
        click.echo(say(spoken, "wipe.about", **_describe(found.order)))
        signer = read_second_key(file, ask_passphrase(spoken, passphrase_fd, _OF_SECOND_KEY), wipes.second)
        wipes.agree(found, by, format_time(datetime.now(UTC)), signer)
        keys = _find_keys(house, life)
    click.echo(say(spoken, "wipe.agreed", number=wanted, keys=keys))


@wipe.command()
@access_options
@slot_option
@serial_option
@click.argument("number")
@click.option("--unseen", is_flag=True, help="It was reset, and the bench did not see it: the record claims nothing.")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The sheet: a PDF, or a PNG a page  [default: return-NUMBER.pdf].",
)
@_by_option
def close(
    access: Access, slot: str | None, serial: str | None, number: str, unseen: bool, out: Path | None, by: str
) -> None:
    """End the wipe of NUMBER: the tablet came back reset, with USB debugging switched on once more. It is given back.

    Read from it are another installation, no owner, no agent, no account; then the record says Clear. With --unseen
    nothing is read, and the record says that it was ordered and not seen. The sheet for its owner is written, too.
    Given again, it writes the sheet once more, and gives the tablet back in the register if that failed.

    Exit status 0 ended, 1 something read speaks against it, a station runs, nobody agreed, or the tablet was moved or
    seen by a bench since the order: then nothing is written.
    """
    with open_house(access.folder, access.language) as house:
        wipes, wanted = _open_wipes(house), read_typed(house.language, number)
        out = out or Path(f"return-{wanted}.pdf")
        check_paper_name(out)
        ended = wipes.find_ended(wanted)
        if ended is not None:
            _finish(house, ended, out)
            return
        found = _find_open(house, wipes, wanted)
        if found.agreement is None:
            house.tell_aside("wipe.not-agreed", number=wanted)
            raise SystemExit(ending.NOT_ALL)
        told = "unseen" if unseen else "seen"
        _refuse_outdated(house, found.order, _find_leaving(house, wanted, by, told, ""))
        if not unseen:
            _refuse_doubts(house, found.order, _look(house, access, slot, serial))
        outcome, seen = (WipeOutcome.NOT_SEEN, ()) if unseen else (WipeOutcome.SEEN, SEEN)
        end = WipeEnd(outcome, by, format_time(datetime.now(UTC)), seen)
        file = wipes.end(found, end, f"provision {metadata.version('provision')}")
        _give_back(house, EndedWipe(file, found.order, end))
        _print_sheet(house, EndedWipe(file, found.order, end), out)


def _open_wipes(house: House) -> WipeFolder:
    second = load_second_key(house.home.keys)
    if second is None:
        raise HomeError(say(house.language, "wipe.no-second", file=house.home.keys / FILE))
    return WipeFolder(house.home.path, load_keys(house.home.keys), second)


def _finish(house: House, ended: EndedWipe, out: Path) -> None:
    """Write the sheet of a wipe that was ended once more, and give the tablet back where that failed.

    Raises:
        SystemExit: the tablet came into the house again since; nothing was written.
    """
    number = ended.order.tablet
    life = _find_life(house, number)
    is_there = life.state is not Life.RETURNED
    if _is_after(life.last_seen, ended.end.at) or (is_there and _is_after(life.since, ended.end.at)):
        house.tell_aside("wipe.none", number=number)
        raise SystemExit(ending.NOT_ALL)
    if is_there:
        _refuse_staying(house, life, ended.end.by, ended.end.outcome, "")
        _give_back(house, ended)
    else:
        click.echo(say(house.language, "wipe.ended-already", number=number, at=ended.end.at, file=ended.file))
    _print_sheet(house, ended, out)


def _give_back(house: House, ended: EndedWipe) -> None:
    order, end = ended.order, ended.end
    told = "unseen" if end.outcome is WipeOutcome.NOT_SEEN else "seen"
    why = say(house.language, f"wipe.why.{told}")
    house.register.tell(tell_move(order.tablet, Life.RETURNED, end.by, why, donor=order.donor))
    click.echo(say(house.language, f"wipe.closed.{told}", number=order.tablet, file=ended.file))


def _print_sheet(house: House, ended: EndedWipe, out: Path) -> None:
    data = describe_return_sheet(house.home.site, ended.order, ended.end, house.language)
    print_paper(house.language, out, "return-sheet", data)
    house.sync()


def _look(house: House, access: Access, slot: str | None, serial: str | None) -> Look:
    """Read what counts from the tablet that was named; nothing is changed.

    Raises:
        SystemExit: a station runs, which begins by itself on a tablet that was reset.
    """
    setup = load_setup(house.home)
    with ExitStack() as stack:
        try:
            stack.enter_context(lock_home(house.home))
        except HomeInUse as held:
            click.echo(f"{held}\n{say(house.language, 'wipe.station')}", err=True)
            raise SystemExit(ending.NOT_ALL) from None
        state = stack.enter_context(open_bench_state(house.home.path))
        reached = stack.enter_context(reach(open_tablets(access, house.home), house.home))
        transport = pick(house.home, reached, slot, serial).transport
        facts = preview_plan(setup, transport, state).reading.facts
        has_agent = is_installed(transport, AGENT, setup.limits.facts)
    people = facts.people
    return Look(
        facts.props.serial,
        digest_installation(facts.setup.android_id) or UNREAD,
        people.accounts - people.local + (people.hidden or 0),
        people.users - people.guests,
        (facts.owner.package or "") if facts.owner.known else None,
        has_agent,
    )


def _refuse_doubts(house: House, ordered: WipeOrder, look: Look) -> None:
    others = [one for one in house.register.find_known(ordered.serial) if one.asset_id != ordered.tablet]
    doubts = list(find_doubts(look, ordered.serial, ordered.installation, shared=bool(others)))
    for each in doubts:
        house.tell_aside(f"wipe.doubt.{each}", number=ordered.tablet)
    if doubts:
        key = "wipe.undecided" if UNDECIDED.issuperset(doubts) else "wipe.doubtful"
        house.tell_aside(key, number=ordered.tablet)
        raise SystemExit(ending.NOT_ALL)


def _refuse_outdated(house: House, ordered: WipeOrder, life: TabletLife) -> None:
    """Refuse an order that something happened after: nobody agreed to wipe the tablet as it is.

    Raises:
        SystemExit: it was moved, or a bench saw it, since.
    """
    if _is_after(life.since, ordered.at) or _is_after(life.last_seen, ordered.at):
        house.tell_aside("wipe.outdated", number=ordered.tablet, at=ordered.at)
        raise SystemExit(ending.NOT_ALL)


def _is_after(time: str, at: str) -> bool:
    """Tell whether a time, empty where nothing happened, is after another one; ISO 8601 in UTC."""
    return bool(time) and datetime.fromisoformat(time) > datetime.fromisoformat(at)


def _find_leaving(house: House, number: str, by: str, why: str, donor: str) -> TabletLife:
    """Find a tablet that may be given back from where it is.

    Raises:
        SystemExit: it is not known or may not; nothing was written.
    """
    life = _find_life(house, number)
    _refuse_staying(house, life, by, why, donor)
    return life


def _refuse_staying(house: House, life: TabletLife, by: str, why: str, donor: str) -> None:
    try:
        check_move(life.number, life.state, Life.RETURNED)
        tell_move(life.number, Life.RETURNED, by, why, donor=donor)
    except (MoveRefused, EventRefused) as refused:
        click.echo(tell_refusal(house.language, refused), err=True)
        raise SystemExit(ending.NOT_ALL) from None


def _find_life(house: House, number: str) -> TabletLife:
    """Find a tablet.

    Raises:
        SystemExit: it is not known, or its number was retired.
    """
    life = house.find_life(number)
    if life is None or life.became:
        key = "register.unknown" if life is None else "wipe.retired"
        house.tell_aside(key, number=number)
        raise SystemExit(ending.NOT_ALL)
    return life


def _find_open(house: House, wipes: WipeFolder, number: str) -> OpenWipe:
    found = wipes.find_open(number)
    if found is None:
        house.tell_aside("wipe.none", number=number)
        raise SystemExit(ending.NOT_ALL)
    return found


def _find_keys(house: House, life: TabletLife) -> str:
    """How hands reach the recovery menu of a tablet's model, as its profile has it."""
    keys = load_profiles(house.home.bench.device_profiles).find_reset_keys(life.profile)
    return say(house.language, "wipe.no-keys") if keys is None else keys.tell(house.language)


def _describe(ordered: WipeOrder) -> dict[str, str]:
    return {
        "number": ordered.tablet,
        "device": ordered.device,
        "serial": ordered.serial,
        "by": ordered.by,
        "at": ordered.at,
        "why": ordered.why,
    }
