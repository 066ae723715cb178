"""The slot table: what is known of every port, as a pure function of the events so far.

Rules:

1. A tablet is joined to its slot by USB port path only, never by serial.
2. A port that no slot names is shown and never started.
3. A life of a port begins with a plug and ends with an unplug. One run a life: an ended tablet stays ended through
   reboots and new transport ids, until it is unplugged, or somebody lets one that did not end well go again.
4. While a run is under way, unplugging and plugging do not end the life: a restarting tablet leaves
   USB too. Only the run knows whether the tablet is lost; it says so by its end. If the tablet came
   back meanwhile, or the adb server was what died, a new life begins then; if USB still shows it
   `TRANSIT_SECONDS` later, it was no pulled cable and the run may be started again. All this at most
   `MOST_LOSSES` times in a row: a tablet that restarts for ever must not be run for ever. Then it stays
   lost until it was away for `HAND_SECONDS`, as when somebody pulled it. One that was lost and is back sooner dropped
   with its hub or its cable: the operator's word to start still counts for it, by its serial and its USB ids, since a
   quick hand may have changed tablets. A rung of the ladder may restart a tablet: that absence is no hand so soon.
5. A tablet whose run sealed it and that comes back within `HAND_SECONDS` has not been pulled: closing
   USB debugging makes it leave the bus and return (reference, wifi-kiosk-policy document, section 8).
6. A change to `offline` or out of the list counts after `TRANSIT_SECONDS`, before that the last
   settled state stands (reference, adb host side, section 5).
7. A run that waits for a person's confirmation of its model ends when the tablet leaves, and nothing is lost by it. If
   the tablet came back before that end was said, a new life begins then, and it asks again.
8. Nothing is started before both USB and adb show it and the operator granted the start.

Times are seconds of one monotonic clock; states that depend on waiting are computed by `state_of`
from stored times, so no clock event is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from provision.bench.cable import Cable, count_drops
from provision.bench.kernel_words import HUB_WIDE, OF_NEWCOMERS, Complaint
from provision.bench.ports import has_adb
from provision.bench.row_states import DEVICE, SERVICE_MODES, is_same_state, is_settled
from provision.bench.slot_events import (
    CLIMBING,
    AgainGranted,
    Event,
    KernelComplained,
    ListedTransport,
    PortPlugged,
    PortUnplugged,
    RunEvent,
    Rung,
    RunStarted,
    StartGranted,
    TransportsListed,
)
from provision.bench.slot_run import SlotRun, make_run
from provision.terms import Outcome, Phase, Reason

TRANSIT_SECONDS = 1.0  # reference, adb host side, section 5: shorter `offline` is transit
NO_ANSWER_SECONDS = 6.0  # adb's libusb backend misses plugs for good (reference, USB bench, section 5)
HAND_SECONDS = 5.0  # long enough for a re-enumeration, too short to carry a tablet away

RESTART_SECONDS = 60.0
"""A tablet whose port a rung of the ladder reset or switched may restart, and has its debugging on USB late."""

UDEV_SECONDS = 5.0
"""So long after the kernel's own word a busy computer may take to tell of a plug."""

MOST_LOSSES = 3

CLOSING = frozenset({Phase.SIGN, Phase.SEAL})
"""Phases of a run whose work is done: stopping it would change nothing on its tablet."""


class SlotState(StrEnum):
    """State of a slot; sentences for people are `slot.<state>.what` and `.now` of the catalogue."""

    EMPTY = "empty"
    CHARGING = "charging-or-mtp"  # on USB without an adb interface
    NO_PERMISSION = "no-permission"
    UNAUTHORIZED = "unauthorized"
    CONNECTING = "connecting"
    NO_ANSWER = "no-adb-answer"  # connecting for longer than NO_ANSWER_SECONDS
    SERVICE_MODE = "service-mode"  # bootloader, recovery, sideload, rescue
    READY = "ready"
    RUNNING = "running"
    AWAITING_CONFIRMATION = "waits-for-word"  # its run goes on as soon as somebody says what it is
    AWAY = "away"  # out of reach during its run; the run waits for it
    ENDED = "ended"
    LOST = "lost"
    UNLABELLED = "unlabelled"


@dataclass(frozen=True)
class Slot:
    """A labelled hub port; `port` is its USB path `1-1.2`."""

    label: str
    port: str


@dataclass(frozen=True)
class PortEntry:
    """All that is known of one port.

    Attributes:
        interfaces: from USB; None when USB has not shown a device.
        plugged_at: when USB showed it.
        unplugged_at: when USB saw it leave; None while plugged, or when USB never spoke of this port.
        row: adb's row; None when not listed.
        row_at: since when the row is in this settled state, or since when there is none.
        settled: the last row that was neither offline nor missing, in this plug.
        stale: the row that was listed when the tablet left; ignored until adb changes or drops it.
        granted: the operator let this life start. owner: for whom alone that counts: serial and USB ids of the tablet
            that left during its run; None while it has not left.
        forced_until: until when an absence is taken for the work of a rung of the ladder, and not for a hand's.
        replugged: it left USB and came back during its run.
        losses: how often in a row its run was lost, without a hand in between.
        cable: what USB shows there, by its descriptors.
        unplugs: when it left USB lately, without a run.
        complaint: the kernel's newest word about what hangs or hung there, or about the port; None for none.
        complained_at: when.
    """

    interfaces: str | None = None
    plugged_at: float = 0.0
    unplugged_at: float | None = None
    row: ListedTransport | None = None
    row_at: float = 0.0
    settled: ListedTransport | None = None
    stale: ListedTransport | None = None
    granted: bool = False
    owner: tuple[str, ...] | None = None
    forced_until: float = 0.0
    replugged: bool = False
    losses: int = 0
    run: SlotRun | None = None
    cable: Cable | None = None
    unplugs: tuple[float, ...] = ()
    complaint: Complaint | None = None
    complained_at: float = 0.0

    @property
    def present(self) -> bool:
        """Tell whether something is plugged: USB says so, or adb does where USB never spoke of this port."""
        return self.interfaces is not None or (self.row is not None and self.unplugged_at is None)


@dataclass(frozen=True)
class SlotTable:
    """The slots of `slots.yaml` and what is known of every port; changed by `advance` only.

    Attributes:
        listed_since: when the adb server began to say what it lists; None while it does not.
        rungs: where the recovery ladder of a port in trouble stands; the station's word (`bench.ladder`).
    """

    slots: tuple[Slot, ...]
    entries: Mapping[str, PortEntry] = field(default_factory=dict)
    all_granted: bool = False
    listed_since: float | None = None
    rungs: Mapping[str, Rung] = field(default_factory=dict)

    def entry(self, port: str) -> PortEntry:
        """Look up a port."""
        return self.entries.get(port, PortEntry())

    def is_labelled(self, port: str) -> bool:
        """Tell whether a slot names this port."""
        return port in self._labelled

    @cached_property
    def _labelled(self) -> frozenset[str]:
        return frozenset(slot.port for slot in self.slots)


def advance(table: SlotTable, event: Event, now: float) -> SlotTable:
    """The table after one event; `now` must not be smaller than in the calls before."""
    match event:
        case TransportsListed():
            return _list_transports(table, event, now)
        case StartGranted():
            return _grant(table, event, now)
        case AgainGranted():
            return _grant_again(table, event.port)
        case PortPlugged() | PortUnplugged() | KernelComplained():
            return _with_entry(table, event.port, _see_port(table, event, now))
        case _:
            return _advance_run(table, event, now)


def startable(table: SlotTable, now: float) -> tuple[tuple[str, int], ...]:
    """Ports with their transport ids that are ready, granted, and not yet started in this life.

    The caller sends `RunStarted` for each before it asks again.
    """
    return tuple(
        (slot.port, entry.row.transport_id)
        for slot in table.slots
        for entry in [table.entry(slot.port)]
        if entry.row and entry.row.state == DEVICE and _may_start(table, entry, now)
    )


def is_granted(table: SlotTable, entry: PortEntry) -> bool:
    """Tell whether the operator's word counts for what is listed on a port now."""
    return table.all_granted or (entry.granted and entry.owner in {None, _identify(entry, entry.row)})


def saw_hand(entry: PortEntry, now: float) -> bool:
    """Tell whether a port is empty for so long that a hand was there: longer than a drop, and than a rung's restart."""
    left = entry.unplugged_at
    return left is not None and now - left >= HAND_SECONDS and now >= entry.forced_until


def may_return(entry: PortEntry, now: float) -> bool:
    """Tell whether a lost tablet is away for so short a time that it comes back by itself, for its second try."""
    lost = entry.run is not None and entry.run.outcome is Outcome.LOST and entry.losses <= MOST_LOSSES
    return lost and _was_away_briefly(entry, now)


def state_of(table: SlotTable, port: str, now: float) -> SlotState:
    """Tell the state of a port at a time."""
    entry = table.entry(port)
    if not table.is_labelled(port):
        seen = entry.present and (entry.row is not None or has_adb(entry.interfaces or ""))
        return SlotState.UNLABELLED if seen else SlotState.EMPTY
    if entry.run is not None:
        return _run_state(entry, entry.run, now)
    return _waiting_state(entry, now) if entry.present else SlotState.EMPTY


def _may_start(table: SlotTable, entry: PortEntry, now: float) -> bool:
    return (
        is_granted(table, entry)
        and entry.unplugged_at is None
        and (entry.run is None or _may_go_on(entry, entry.run, now))
    )


def _may_go_on(entry: PortEntry, run: SlotRun, now: float) -> bool:
    """Tell whether a lost tablet is still there, so that its cable was not what was lost (rule 4)."""
    there = entry.interfaces is not None and entry.losses <= MOST_LOSSES
    return there and run.outcome is Outcome.LOST and now - run.ended_at >= TRANSIT_SECONDS


def _run_state(entry: PortEntry, run: SlotRun, now: float) -> SlotState:
    if run.end is None:
        row = _current_row(entry, now)
        if run.phase is Phase.SEAL:
            return SlotState.RUNNING  # it is told to leave adb; the run says what came of it
        here = SlotState.AWAITING_CONFIRMATION if run.asks else SlotState.RUNNING
        return here if row and row.state == DEVICE else SlotState.AWAY
    if run.outcome is Outcome.LOST:
        return SlotState.LOST
    return SlotState.ENDED if entry.present else SlotState.EMPTY


def _waiting_state(entry: PortEntry, now: float) -> SlotState:
    row = _current_row(entry, now)
    if row is not None:
        return _state_of_row(row.state)
    # From the later of the two: USB shows a tablet first, and what adb lost just now may come back at once.
    since = max(entry.plugged_at, entry.row_at)
    if entry.row is None and not has_adb(entry.interfaces or ""):
        return SlotState.CHARGING if now - since >= TRANSIT_SECONDS else SlotState.CONNECTING
    return SlotState.NO_ANSWER if now - since >= NO_ANSWER_SECONDS else SlotState.CONNECTING


def _current_row(entry: PortEntry, now: float) -> ListedTransport | None:
    """The row that counts now; None while adb says nothing that lasts (rule 6)."""
    if is_settled(entry.row):
        return entry.row
    return entry.settled if now - entry.row_at < TRANSIT_SECONDS else None


def _state_of_row(state: str) -> SlotState:
    if state == DEVICE:
        return SlotState.READY
    if state == "unauthorized":
        return SlotState.UNAUTHORIZED
    return SlotState.SERVICE_MODE if state in SERVICE_MODES else SlotState.NO_PERMISSION


def _with_entry(table: SlotTable, port: str, entry: PortEntry) -> SlotTable:
    return replace(table, entries={**table.entries, port: entry})


def _see_port(table: SlotTable, event: PortPlugged | PortUnplugged | KernelComplained, now: float) -> PortEntry:
    entry = table.entry(event.port)
    match event:
        case PortPlugged():
            return _plug(entry, event, now)
        case PortUnplugged():
            return _unplug(entry, table.rungs.get(event.port), now)
        case KernelComplained():
            if event.complaint in HUB_WIDE and state_of(table, event.port, now) is SlotState.EMPTY:
                return entry  # it would hide what was said of this port
            return replace(entry, complaint=event.complaint, complained_at=now)


def _plug(entry: PortEntry, event: PortPlugged, now: float) -> PortEntry:
    """The entry once USB shows a device: the same life goes on, or a new one begins with nothing granted."""
    away = entry.unplugged_at is not None
    granted = entry.granted and (entry.unplugged_at is None or now - entry.unplugged_at < HAND_SECONDS)
    plugged = replace(entry, interfaces=event.interfaces, cable=event.cable, plugged_at=now, unplugged_at=None)
    plugged = replace(plugged, complaint=entry.complaint if _is_of_newcomer(entry, now) else None)
    plugged = replace(plugged, granted=granted, forced_until=0.0 if has_adb(event.interfaces) else entry.forced_until)
    if _continues_life(entry, now):
        return replace(plugged, replugged=entry.replugged or (away and entry.run is not None))
    # adb may have listed the tablet before USB spoke: that row belongs to the new life already.
    settled = entry.row if is_settled(entry.row) else None
    losses = entry.losses if _was_away_briefly(entry, now) else 0
    granted = granted and entry.run is not None and entry.run.outcome is Outcome.LOST
    return replace(plugged, run=None, granted=granted, replugged=False, losses=losses, settled=settled)


def _is_of_newcomer(entry: PortEntry, now: float) -> bool:
    """Tell whether the kernel's word is about what is plugged now: it says some before udev tells of the plug."""
    said = entry.complained_at
    return entry.complaint in OF_NEWCOMERS and said >= (entry.unplugged_at or 0.0) and now - said < UDEV_SECONDS


def _was_away_briefly(entry: PortEntry, now: float) -> bool:
    """Tell whether it was away for a shorter time than a hand needs to change tablets."""
    return entry.unplugged_at is not None and not saw_hand(entry, now)


def _continues_life(entry: PortEntry, now: float) -> bool:
    """Tell whether what is plugged now is in the life that was there before (rules 3 to 5)."""
    if entry.unplugged_at is None:  # USB says the same plug again, or speaks of this port for the first time
        return True
    if entry.run is None or entry.run.end is None:  # a restart during the run: only the run knows better
        return True
    given_up = entry.run.outcome is Outcome.LOST and entry.losses > MOST_LOSSES
    return (entry.run.end.sealed or given_up) and _was_away_briefly(entry, now)


def _identify(entry: PortEntry, row: ListedTransport | None) -> tuple[str, ...]:
    """Who is on a port, as far as a listed row and USB tell; two white-box twins may be one by it."""
    ids = () if entry.cable is None else (entry.cable.vendor_id, entry.cable.product_id)
    return (row.serial if row else "", *ids)


def _unplug(entry: PortEntry, rung: Rung | None, now: float) -> PortEntry:
    """The entry once USB shows nothing: adb may still list the tablet for a while, and is not believed."""
    forced = rung in CLIMBING
    return replace(
        entry,
        owner=None if entry.run is None else entry.owner or _identify(entry, entry.settled),
        forced_until=now + RESTART_SECONDS if forced else entry.forced_until,
        interfaces=None,
        unplugged_at=now,
        unplugs=() if entry.run is not None else count_drops(entry.unplugs, now),
        row=None,
        row_at=now if is_settled(entry.row) else entry.row_at,
        settled=None if entry.run is None else entry.settled,
        stale=entry.row or entry.stale,
        granted=entry.granted and entry.run is not None,
    )


def _list_transports(table: SlotTable, event: TransportsListed, now: float) -> SlotTable:
    rows: dict[str, ListedTransport] = {}
    for row in sorted(event.rows, key=lambda row: row.transport_id):
        if row.port is not None:
            rows[row.port] = row  # of two rows for one port the later transport is the living one
    ports = dict.fromkeys([*table.entries, *rows])
    entries = {port: _read_row(table.entry(port), rows.get(port), now) for port in ports}
    since = now if table.listed_since is None else table.listed_since
    return replace(table, entries=entries, listed_since=since if event.lives else None)


def _read_row(entry: PortEntry, row: ListedTransport | None, now: float) -> PortEntry:
    # A row that stood there when the tablet left says nothing of the next one, until adb changes or drops it.
    stale = entry.stale if is_same_state(row, entry.stale) else None
    row = None if stale else row
    entry = replace(entry, row=row, stale=stale, row_at=entry.row_at if is_same_state(row, entry.row) else now)
    return replace(entry, settled=row) if is_settled(row) else entry


def _grant(table: SlotTable, event: StartGranted, now: float) -> SlotTable:
    if event.ports is None:
        return replace(table, all_granted=True)
    ready = {port for port in event.ports if state_of(table, port, now) is SlotState.READY}
    granted = {port: replace(table.entry(port), granted=True, owner=None) for port in ready}
    return replace(table, entries={**table.entries, **granted})


def may_run_again(table: SlotTable, port: str) -> bool:
    """Tell whether the operator's word would run the tablet on a port once more: it is there, and not simply done.

    It did not end well, or its label is asked for: once that was read, its next run goes by it.
    """
    entry = table.entry(port)
    end = None if entry.run is None else entry.run.end
    return (
        end is not None
        and (not end.outcome.is_good or end.doubt is not None)
        and entry.present
        and table.is_labelled(port)
    )


def _grant_again(table: SlotTable, port: str) -> SlotTable:
    anew = replace(table.entry(port), run=None, granted=True, owner=None, replugged=False, losses=0)
    return _with_entry(table, port, anew) if may_run_again(table, port) else table


def _advance_run(table: SlotTable, event: RunEvent, now: float) -> SlotTable:
    entry = table.entry(event.port)
    if isinstance(event, RunStarted) and entry.run is not None and entry.run.outcome is Outcome.LOST:
        entry = replace(entry, run=None)  # a lost run goes on as a new one, in the same life (rule 4)
    if not table.is_labelled(event.port) or (entry.run is not None and entry.run.end is not None):
        return table  # a late report of a run whose end was said already
    if isinstance(event, RunStarted):
        table = _forget_lost(table, event.asset_id)
    run = make_run(entry.run, event)
    if run is None:
        return table
    if entry.run is None:
        run = replace(run, began=now)
    if run.end is not None:
        run = replace(run, ended_at=now)
        entry = replace(entry, losses=entry.losses + 1 if run.outcome is Outcome.LOST else 0)
    if _begins_anew(entry, run):
        return _with_entry(table, event.port, replace(entry, run=None, replugged=False))
    return _with_entry(table, event.port, replace(entry, run=run))


def _begins_anew(entry: PortEntry, run: SlotRun) -> bool:
    """See whether a lost tablet goes on by itself: it is there, and the loss was not a pulled cable (rules 4 and 7)."""
    if run.asks and run.outcome is Outcome.REFUSED and entry.replugged:
        return entry.interfaces is not None
    if run.outcome is not Outcome.LOST or entry.interfaces is None or entry.losses > MOST_LOSSES:
        return False
    return entry.replugged or (run.end is not None and run.end.reason is Reason.ADB_SERVER_GONE)


def _forget_lost(table: SlotTable, asset_id: str | None) -> SlotTable:
    """A tablet that was lost in one slot and goes on in another leaves the first one empty."""

    def clear(entry: PortEntry) -> PortEntry:
        if entry.run is None or entry.present:
            return entry
        goes_on = entry.run.outcome is Outcome.LOST and entry.run.asset_id == asset_id
        return replace(entry, run=None) if goes_on else entry

    if asset_id is None:
        return table
    return replace(table, entries={port: clear(entry) for port, entry in table.entries.items()})
