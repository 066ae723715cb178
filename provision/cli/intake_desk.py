"""The desk where tablets that are given are looked at: what is there, and what becomes of each."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from provision.bench.adb import TransportRow
from provision.bench.ports import PortEvent, has_adb
from provision.bench.row_states import SERVICE_MODES
from provision.bench.slot_views import SlotView, label_order
from provision.bench.slots import SlotState
from provision.board.cable import tell_cable, tell_candidate, tell_steps
from provision.cli.pick import NoTablet, Picked, pick, pick_all
from provision.cli.reach import Reached
from provision.cli.speech import language_of, name_reason
from provision.errors import ProvisionError
from provision.facts.collect import Facts, read_props, read_shape
from provision.home.folder import Home
from provision.identity.identify import identify
from provision.identity.which import digest_installation
from provision.profiles.model import Profiles
from provision.report.hardware_test import tell_words
from provision.report.identity import tell_reason
from provision.report.intake import tell_intake
from provision.runs.triage import BROKEN, Triage, recall, triage
from provision.state.donations import Donation, HardwareTest, correct_test, digest_hardware, write_donation
from provision.station.cable_naming import name_cable
from provision.station.preview import Preview, preview_plan
from provision.station.setup import BenchSetup
from provision.terms import HardwarePart, IntakeFinding, IntakeVerdict
from provision.texts.catalogue import printable, say
from provision.texts.language import Language

if TYPE_CHECKING:
    from provision.state.sql.bench_state import BenchState

PORTS_SECONDS = 1.5
"""So long the list of what is plugged in is waited for."""


def list_present(
    home: Home, reached: Reached, profiles: Profiles, slot: str | None, serial: str | None
) -> tuple[Picked | SlotView, ...]:
    """List the tablets that answer, and beside them what hangs in slots and does not; or the one that was named.

    Raises:
        NoTablet: the one that was named is not there, or the way to it is shut, with what to do.
    """
    if serial is not None or slot is not None:
        for one in _list_dumb(home, reached, profiles, ()) if slot is not None else ():
            if one.label == slot and one.state is SlotState.CHARGING:
                return (one,)  # its cable says that debugging is off: nobody has to wait for it
        try:
            return (pick(home, reached, slot, serial),)
        except NoTablet:
            dumb = [one for one in _list_dumb(home, reached, profiles, ()) if one.label == slot]
            if not dumb:
                raise
            return tuple(dumb)
    ready = pick_all(home, reached)
    dumb = _list_dumb(home, reached, profiles, [one.row.port for one in ready])
    return tuple(sorted((*ready, *dumb), key=lambda one: label_order(one.label)))


@dataclass(frozen=True)
class IntakeDesk:
    """Judges tablets of one donor, one after the other.

    Attributes:
        said: what a person saw. mended: what a person says is right again.
        words: the donor's name, and the condition.
        new: the tablet is another one than its number says.
        tested: a test of its hardware that was just made; None where none was.
    """

    setup: BenchSetup
    state: BenchState
    said: Collection[IntakeFinding]
    words: tuple[str, str] = ("", "")
    new: bool = False
    mended: Collection[IntakeFinding] = ()
    tested: HardwareTest | None = None
    _met: set[int] = field(default_factory=set)
    """Numbers of tablets that this desk looked at: another one is another tablet, however alike they are."""

    def tell_foreign(self, picked: Picked) -> bool:
        """Tell whether a device is certainly no tablet, and say so to people; it is asked no more than what it is.

        Raises:
            ProvisionError: it does not answer.
        """
        language, seconds = language_of(self.setup.home), self.setup.limits.facts
        props = read_props(picked.transport, seconds=seconds)
        found = identify(props, self.setup.choose_profile, read_shape(picked.transport, seconds=seconds))
        if found.is_foreign:
            reason = tell_reason(language, found)
            click.echo(say(language, "intake.foreign", label=picked.label, model=props.title, reason=reason))
        return found.is_foreign

    def judge(self, seen: Picked | SlotView) -> IntakeVerdict | None:
        """Look at one tablet, tell people, and keep what was seen; None for one that could not be judged.

        Nothing is written to the tablet; what is certainly no tablet is asked no more than what it is.
        """
        language = language_of(self.setup.home)
        if isinstance(seen, SlotView):
            _tell_unreached(language, seen)
            return None
        return self._judge(language, seen)

    def _judge(self, language: Language, picked: Picked) -> IntakeVerdict | None:
        try:
            if self.tell_foreign(picked):
                return IntakeVerdict.REFUSE
            preview = preview_plan(self.setup, picked.transport, self.state)
        except ProvisionError as error:
            title, now = name_reason(language, error)
            told = {"label": picked.label, "title": title, "error": str(error), "now": now}
            click.echo(say(language, "intake.unread", **told))
            return None
        facts, plan = preview.reading.facts, preview.reading.plan
        known = self._find(facts)
        another = self.new or (known is not None and known.number in self._met)
        if self.new and known is not None and self._is_itself(facts, known):
            number = write_donation(self.setup.home.bench.asset_prefix, known.number)
            click.echo(say(language, "intake.not-new", label=picked.label, number=number))
            return None
        before = None if another else known
        earlier = recall(() if before is None else before.grounds, self.mended)
        judged = triage(facts, plan, self.setup.appset, {*self.said, *earlier})
        self._keep(picked, preview, judged, before, new=another)
        return judged.verdict

    def _find(self, facts: Facts) -> Donation | None:
        installation = digest_installation(facts.setup.android_id)
        return self.state.donations.find(digest_hardware(facts.props), installation, facts.props.serial)

    def _is_itself(self, facts: Facts, known: Donation) -> bool:
        """Tell whether what is installed on a tablet was seen under a number before, and not at this desk."""
        installation = digest_installation(facts.setup.android_id)
        return installation is not None and installation == known.installation and known.number not in self._met

    def _keep(self, picked: Picked, preview: Preview, judged: Triage, before: Donation | None, *, new: bool) -> None:
        language, prefix = language_of(self.setup.home), self.setup.home.bench.asset_prefix
        facts = preview.reading.facts
        tested = self.tested
        if tested is None and before is not None and before.tested is not None:
            tested = correct_test(before.tested, *(_list_parts(found) for found in (self.said, self.mended)))
        seen = replace(_describe(picked, preview, judged, self.words), tested=tested)
        kept = self.state.donations.note(seen, new=new)
        self._met.add(kept.number)
        number = write_donation(prefix, kept.number)
        for line in tell_intake(language, picked.label, number, facts, preview.profile, judged):
            click.echo(line)
        if kept.tested is not None:
            at, told = printable(kept.tested.at[:10]), tell_words(language, kept.tested)
            click.echo(say(language, "intake.tested", at=at, words=told))
        if before is not None and before.number == kept.number:
            click.echo(say(language, "intake.again", number=number, at=before.at[:10]))


def _list_parts(found: Collection[IntakeFinding]) -> frozenset[HardwarePart]:
    return frozenset(part for part in HardwarePart if BROKEN[part] in found)


def _tell_unreached(language: Language, seen: SlotView) -> None:
    """Tell what the cable says of a tablet that adb does not reach, and what a hand does; it has no verdict."""
    what = tell_cable(seen, language) or say(language, f"slot.{seen.state}.what")
    candidate = tell_candidate(seen, language)
    now = tell_steps(seen, language) or say(language, f"slot.{seen.state}.now")
    told = f"{what} {candidate}" if candidate else what
    click.echo(say(language, "intake.unreached", label=seen.label, what=told, now=now))


def _describe(picked: Picked, preview: Preview, judged: Triage, words: tuple[str, str]) -> Donation:
    facts, (donor, condition) = preview.reading.facts, words
    return Donation(
        hardware=digest_hardware(facts.props),
        installation=digest_installation(facts.setup.android_id),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        slot=picked.label,
        serial=facts.props.serial,
        model=facts.props.title,
        release=facts.props.release,
        patch=facts.props.get("ro.build.version.security_patch"),
        battery=facts.battery.percent,
        health=facts.battery.health,
        free_bytes=facts.storage.free_bytes,
        verdict=judged.verdict,
        grounds=tuple(dict.fromkeys(str(ground.word) for ground in judged.grounds)),
        condition=condition,
        donor=donor,
    )


def _list_dumb(home: Home, reached: Reached, profiles: Profiles, answering: Collection[str | None]) -> list[SlotView]:
    """What USB shows in slots without a tablet that answers."""
    rows = {row.port: row for row in reached.list_rows()}
    plugged = _read_ports(reached)
    return [
        SlotView(slot.label, slot.port, _find_state(rows.get(slot.port), seen), cable=name_cable(profiles, seen))
        for slot in home.slots
        if slot.port not in answering and (seen := plugged.get(slot.port)) is not None
    ]


def _find_state(row: TransportRow | None, seen: PortEvent) -> SlotState:
    if row is None:
        return SlotState.NO_ANSWER if has_adb(seen.interfaces) else SlotState.CHARGING
    if not row.opens:
        return SlotState.NO_PERMISSION
    if row.state in SERVICE_MODES:
        return SlotState.SERVICE_MODE
    return SlotState.UNAUTHORIZED if row.state == "unauthorized" else SlotState.NO_ANSWER


def _read_ports(reached: Reached) -> dict[str, PortEvent]:
    """What hangs on each port now."""
    ports, plugged = reached.open_ports(), dict[str, PortEvent]()
    ending = threading.Timer(PORTS_SECONDS, ports.close)
    ending.start()
    try:
        for event in ports.events():
            if event.action == "add":
                plugged[event.port] = event
            else:
                plugged.pop(event.port, None)
    finally:
        ending.cancel()
        ports.close()
    return plugged
