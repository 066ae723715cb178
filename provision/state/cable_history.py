"""Which cable or port of a bench loses tablets: a judgement over the runs of the last 30 days. Pure.

A run that ended because its tablet went away counts as a drop; a hand that pulled too early looks the same, so a few
drops among many runs say nothing. What several slots behind one hub lost at one moment the hub lost, and no cable.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

KEPT_DAYS = 30
FEWEST_DROPS = 3
SHARE = 0.25
"""Of the runs, from which on drops are no accident."""

AT_ONCE = timedelta(seconds=2)
"""Between two drops of one moment: the runs of a hub that lost its power do not end in the same second."""
FEWEST_BLACKOUTS = 2
"""Of a hub: one is somebody's foot."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
"""Of a cable, as people write it on one."""


@dataclass(frozen=True)
class SlotRun:
    """One run that ended.

    Attributes:
        port: that its slot had then; empty where nobody kept it.
        cable: that hung there then, as in `CableCount`.
    """

    at: datetime
    slot: str
    port: str
    cable: str
    dropped: bool


@dataclass(frozen=True)
class CableCount:
    """Runs of one cable in one slot.

    Attributes:
        slot: empty for runs on ports that are no slot's today, which tell of a named cable alone.
        cable: its name; empty for the one that hangs there since before anybody spoke of it.
        drops: how many of the runs ended because the tablet went away.
    """

    slot: str
    cable: str
    runs: int
    drops: int

    @property
    def is_bad(self) -> bool:
        """Too many of them to be accidents."""
        return self.drops >= FEWEST_DROPS and self.drops >= SHARE * self.runs


@dataclass(frozen=True)
class CableFault:
    """What is wrong about a slot that loses tablets.

    Attributes:
        cable: the name that a person gave it; empty for none.
        cables: how many dropped in this slot one after the other; from two on it is the port.
        hub: that its port is on; empty for a port of the computer.
    """

    slot: str
    cable: str
    runs: int
    drops: int
    cables: int
    hub: str = ""

    @property
    def key(self) -> str:
        """Its text in the catalogue."""
        if self.cables > 1:
            return "cable.port" if self.hub else "cable.root-port"
        return "cable.named" if self.cable else "cable.slot"


@dataclass(frozen=True)
class HubFault:
    """A hub that lost several tablets at one moment, more than once.

    Attributes:
        hub: its port. times: how often. slots: labels of those that it took along.
    """

    hub: str
    times: int
    slots: str

    @property
    def key(self) -> str:
        """Its text in the catalogue."""
        return "cable.hub"


def judge_runs(
    runs: Sequence[SlotRun], present: Mapping[str, str], ports: Mapping[str, str]
) -> tuple[CableFault | HubFault, ...]:
    """Name the hubs, cables and ports that lose tablets.

    Args:
        runs: of the last `KEPT_DAYS` days.
        present: name of the cable that hangs in each slot now, where somebody said so.
        ports: of each slot today.
    """
    blackouts = list(_find_blackouts(runs))
    theirs = {id(run) for _hub, lost in blackouts for run in lost}
    counts = _count_runs([run for run in runs if id(run) not in theirs], ports)
    return (*_judge_hubs(blackouts), *judge_cables(counts, present, ports))


def _find_blackouts(runs: Sequence[SlotRun]) -> Iterator[tuple[str, list[SlotRun]]]:
    """Drops of one moment in several slots behind one hub, by the hub that is nearest to all of them."""
    drops = sorted((run for run in runs if run.dropped and "." in run.port), key=lambda run: (_root(run), run.at))
    for _root_port, behind in groupby(drops, key=_root):
        moment: list[SlotRun] = []
        for run in (*behind, None):
            if moment and (run is None or run.at - moment[-1].at > AT_ONCE):
                if len({each.slot for each in moment}) > 1:
                    yield _find_common_hub([each.port for each in moment]), moment
                moment = []
            if run is not None:
                moment.append(run)


def _root(run: SlotRun) -> str:
    """The port of the computer that a run's tablet hung behind."""
    return run.port.partition(".")[0]


def _find_common_hub(ports: Sequence[str]) -> str:
    parents = [port.split(".")[:-1] for port in ports]
    same = 0
    for level in zip(*parents, strict=False):
        if len(set(level)) > 1:
            break
        same += 1
    return ".".join(parents[0][:same])


def _judge_hubs(blackouts: Sequence[tuple[str, Sequence[SlotRun]]]) -> Iterator[HubFault]:
    times = Counter(hub for hub, _lost in blackouts)
    for hub, count in times.items():
        slots = dict.fromkeys(run.slot for one, lost in blackouts if one == hub for run in lost)
        if count >= FEWEST_BLACKOUTS:
            yield HubFault(hub, count, ", ".join(sorted(slots, key=lambda label: (len(label), label))))


def _count_runs(runs: Sequence[SlotRun], ports: Mapping[str, str]) -> list[CableCount]:
    """Runs by slot and cable; of a slot only those on the port that it has today."""
    places = [(run.slot if ports.get(run.slot) == run.port else "", run.cable) for run in runs]
    all_of, drops = Counter(places), Counter(place for place, run in zip(places, runs, strict=True) if run.dropped)
    return [CableCount(*place, count, drops[place]) for place, count in all_of.items()]


def judge_cables(
    counts: Sequence[CableCount], present: Mapping[str, str], ports: Mapping[str, str]
) -> Iterator[CableFault]:
    """Name each slot whose cable, or whose port, loses tablets.

    Args:
        counts: of the last `KEPT_DAYS` days.
        present: name of the cable that hangs in each slot now, where somebody said so.
        ports: of each slot today.
    """
    for slot in ports:
        cable = present.get(slot, "")
        own = sum_cable([count for count in counts if count.cable == cable and (count.slot == slot or is_named(cable))])
        if not own.is_bad:
            continue
        bad = [count for count in counts if count.slot == slot and count.is_bad]
        name = cable if is_named(cable) else ""
        hub = ports.get(slot, "").rpartition(".")[0]
        yield CableFault(slot, name, own.runs, own.drops, max(1, len(bad)), hub)


def is_named(cable: str) -> bool:
    """Tell a cable that a person gave a name, which it keeps in another slot."""
    return NAME.fullmatch(cable) is not None


def sum_cable(counts: Sequence[CableCount]) -> CableCount:
    """All runs of one cable, in whatever slots."""
    return CableCount("", "", sum(count.runs for count in counts), sum(count.drops for count in counts))
