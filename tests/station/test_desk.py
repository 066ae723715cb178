"""Words of a person to a station: what is answered, and that a tablet that hangs keeps nobody waiting."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

import pytest
from factories import make_end
from scripted import AnsweringTransport

from provision.agent.answers import AgentAbsent
from provision.bench.adb import TransportRow
from provision.bench.slots import PortEntry, Slot, SlotRun, SlotTable
from provision.errors import DeadlinePassed, StepFailed
from provision.runs.confirmation import ConfirmationQueue
from provision.station.desk import Answered, Desk
from provision.station.station import Station
from provision.terms import LabelDoubt, OperatorWord, Outcome, Phase, Reason
from provision.texts.catalogue import Language, say
from provision.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Callable

    from provision.state.sql.audit_log import AuditLog

ROW = TransportRow(1, "R52", "device", "1-1.1", "SM_T510")
PRESENT = PortEntry(interfaces=":060101:ff4201:", row=ROW, settled=ROW)
READY = SlotTable((Slot("1", "1-1.1"),), {"1-1.1": PRESENT})
DONE = SlotTable(
    READY.slots,
    {"1-1.1": PortEntry(PRESENT.interfaces, row=ROW, settled=ROW, run=SlotRun(1, "A-1", "SM-T510", end=make_end()))},
)


@dataclass
class FakeStation:
    """A station that stands still."""

    table: SlotTable
    granted: list[str | None] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    stopped: list[str | None] = field(default_factory=list)
    decided: bool = False

    def grant(self, port: str | None = None) -> None:
        """Remember it."""
        self.granted.append(port)

    def run_again(self, port: str) -> None:
        """Remember it."""
        self.again.append(port)

    def stop_run(self, port: str) -> bool:
        """Remember it, unless the end of that run is decided."""
        if not self.decided:
            self.stopped.append(port)
        return not self.decided

    def stop(self) -> None:
        """Remember it."""
        self.stopped.append(None)

    def connect(self, transport_id: int) -> Transport:
        """A way to nothing."""
        del transport_id
        return AnsweringTransport({})


@dataclass
class FakeAudit:
    """An audit that only counts."""

    noted: list[str] = field(default_factory=list)

    def note(self, event: str, asset: str) -> None:
        """Remember it."""
        self.noted.append(f"{event} {asset}")


def open_desk(
    table: SlotTable,
    show: Callable[[Transport], None] = lambda _way: None,
    blink: Callable[[Transport], None] = lambda _way: None,
    station: FakeStation | None = None,
    audit: FakeAudit | None = None,
) -> Desk:
    def read(_way: Transport, said: str, _language: Language) -> Answered:
        return Answered(f"read {said}", taken=said in {"A-0009", ""})

    here, noted = cast("Station", station or FakeStation(table)), cast("AuditLog", audit or FakeAudit())
    return Desk(here, cast("ConfirmationQueue", None), show, blink, read, noted, Language.EN)


def test_a_start_of_all_says_whether_there_was_any() -> None:
    empty = SlotTable(READY.slots)
    answers = [open_desk(table).give(OperatorWord.START, "", "page", Language.EN) for table in (READY, empty, DONE)]
    nothing = Answered(say(Language.EN, "desk.ready-nothing"), taken=False)
    assert answers == [Answered("Started.", taken=True), nothing, nothing]


AT_WORK = replace(READY, entries={"1-1.1": replace(PRESENT, run=SlotRun(1, "A-1", "SM-T510", Phase.APPS))})
STOPS = [
    (AT_WORK, "1", "desk.taken.stop-slot", ["1-1.1"]),
    (READY, "1", "desk.stop-none", []),
    (DONE, "1", "desk.stop-none", []),
    (AT_WORK, "9", "desk.stop-none", []),
    (AT_WORK, "", "desk.taken.stop", [None]),
    (DONE, "", "desk.taken.stop-idle", [None]),
    (READY, "", "desk.taken.stop-idle", [None]),
]


@pytest.mark.parametrize(("table", "slot", "answer", "stopped"), STOPS)
def test_a_stop_ends_the_run_of_its_slot_or_without_one_the_station(
    table: SlotTable, slot: str, answer: str, stopped: list[str | None]
) -> None:
    station, audit = FakeStation(table), FakeAudit()
    answered = open_desk(table, station=station, audit=audit).give(OperatorWord.STOP, slot, "page")
    assert answered == Answered(say(Language.EN, answer, slot=slot), taken=bool(stopped))
    assert station.stopped == stopped
    assert audit.noted == [" ".join(("page stop", *slot, "A-1" if table is not READY and slot == "1" else "-"))]


def test_a_stop_that_comes_after_the_end_of_its_run_was_decided_says_that_nothing_was_stopped() -> None:
    station = FakeStation(AT_WORK, decided=True)
    answered = open_desk(AT_WORK, station=station).give(OperatorWord.STOP, "1", "page")
    assert answered == Answered(say(Language.EN, "desk.stop-late", slot="1"), taken=False)
    assert station.stopped == []


def test_a_tablet_that_hangs_while_it_is_lit_up_keeps_nobody_waiting() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hang(_way: Transport) -> None:
        begun.set()
        assert go_on.wait(10.0)

    desk = open_desk(DONE, hang)
    first = threading.Thread(target=desk.give, args=(OperatorWord.SHOW, "1", "page"))
    first.start()
    assert begun.wait(10.0)
    assert desk.give(OperatorWord.SHOW, "1", "page") == Answered(
        say(Language.EN, "desk.show-busy", slot="1"), taken=False
    )
    go_on.set()
    first.join()
    assert desk.give(OperatorWord.SHOW, "1", "page").taken


def test_a_tablet_that_does_not_show_its_number_is_told_in_the_words_of_the_page() -> None:
    errors = {
        Reason.TABLET_HUNG: DeadlinePassed("no answer in 20 s"),
        Reason.READ_BACK_DIFFERS: StepFailed("show", Reason.READ_BACK_DIFFERS, "refused"),
    }
    for reason, error in errors.items():

        def fail(_way: Transport, error: Exception = error) -> None:
            raise error

        answered = open_desk(DONE, fail).give(OperatorWord.SHOW, "1", "page", Language.FR)
        assert not answered.taken
        assert say(Language.FR, f"reason.{reason}.action") in answered.text
        assert str(error) not in answered.text


WITHOUT_AGENT = [(Outcome.DONE, None, True), (Outcome.REFUSED, Reason.NOT_A_TABLET, False)]


@pytest.mark.parametrize(("outcome", "reason", "blinks"), WITHOUT_AGENT)
def test_a_finished_tablet_without_agent_blinks_and_one_that_was_refused_is_left_alone(
    outcome: Outcome, reason: Reason | None, *, blinks: bool
) -> None:
    def find_none(_way: Transport) -> None:
        raise AgentAbsent("content call", "a result", "Could not find provider")

    run = SlotRun(1, "A-1", "SM-T510", end=make_end("1", outcome, reason))
    table = replace(READY, entries={"1-1.1": replace(PRESENT, run=run)})
    pressed: list[Transport] = []
    answered = open_desk(table, find_none, pressed.append).give(OperatorWord.SHOW, "1", "page", Language.EN)
    assert (answered.taken, len(pressed)) == (blinks, int(blinks))
    assert ("dark and bright" in answered.text) is blinks


def ask_for_labels(*slots: str, present: bool = True, sealed: str = "") -> SlotTable:
    """Finished tablets in slots 1 and 2; the label of those that are named is asked for, one may be sealed."""
    entries = {}
    for label in ("1", "2"):
        doubt = LabelDoubt.UNKNOWN if label in slots else None
        end = replace(make_end(label), outcome=Outcome.DONE_WITH_WARNINGS, doubt=doubt, sealed=label == sealed)
        here = PRESENT if present else PortEntry()
        entries[f"1-1.{label}"] = replace(here, run=SlotRun(1, f"A-000{label}", "Pad", end=end))
    return SlotTable((Slot("1", "1-1.1"), Slot("2", "1-1.2")), entries)


LABELS = [
    (("1",), "1", "A-0009", "read A-0009", ["1-1.1"]),
    (("1",), "", "A-0009", "read A-0009", ["1-1.1"]),
    (("1",), "1", "A-0099", "read A-0099", []),
    (("1", "2"), "2", "A-0009", "read A-0009", ["1-1.2"]),
    (("1", "2"), "", "A-0009", "Labels are asked for in slots 1, 2", []),
    (("1",), "2", "A-0009", "Nobody asks for a label in slot 2", []),
    (("1",), "7", "A-0009", "Nobody asks for a label in slot 7", []),
    ((), "", "A-0009", "Nobody asks for a label now", []),
    (("1",), "1", "A-0002", "The tablet of that number is in slot 2, for certain", []),
    (("1", "2"), "1", "A-0002", "read A-0002", []),
    (("1",), "1", "", "read ", []),
]


@pytest.mark.parametrize(("asked", "slot", "said", "answer", "again"), LABELS)
def test_a_label_is_read_where_it_is_asked_for_and_its_tablet_runs_again(
    asked: tuple[str, ...], slot: str, said: str, answer: str, again: list[str]
) -> None:
    table, audit = ask_for_labels(*asked), FakeAudit()
    station = FakeStation(table)
    answered = open_desk(table, station=station, audit=audit).read_label(slot, said, "page", Language.EN)
    assert answered.text.startswith(answer)
    assert (answered.taken, station.again) == (bool(again) or not said, again)
    assert audit.noted == ([f"page label {slot or '1'} A-000{slot or '1'}"] if "read" in answer else [])


def test_the_label_of_a_tablet_at_work_is_not_its_twin_s() -> None:
    asked = ask_for_labels("1")
    at_work = replace(PRESENT, run=SlotRun(1, "A-0002", "Pad"))
    table = replace(asked, entries={**asked.entries, "1-1.2": at_work})
    answered = open_desk(table).read_label("1", "A-0002", "page", Language.EN)
    assert not answered.taken
    assert answered.text.startswith("The tablet in slot 2 is at work under that number")


def test_no_label_of_a_tablet_that_was_carried_away_is_read() -> None:
    assert not open_desk(ask_for_labels("1", present=False)).read_label("1", "A-0009", "page").taken


def test_a_sealed_tablet_is_not_asked_for_its_label_beside_the_one_that_can_answer() -> None:
    table = ask_for_labels("1", "2", sealed="1")
    station = FakeStation(table)
    answered = open_desk(table, station=station).read_label("", "A-0009", "keyboard")
    assert (answered.text, station.again) == ("read A-0009", ["1-1.2"])
