"""How a station behaves, and when one that runs `once` is through."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

from provision.bench.cable import Cable
from provision.bench.kernel_words import KernelWord
from provision.bench.ports import PortEvent
from provision.bench.slots import SlotState

_UNDER_WAY = frozenset({SlotState.CONNECTING, SlotState.RUNNING, SlotState.AWAY, SlotState.READY})
_AT_REST = frozenset({SlotState.EMPTY, SlotState.ENDED, SlotState.LOST})


@dataclass(frozen=True)
class Options:
    """How a station behaves.

    Attributes:
        granted: start without a word (`--yes`, or a training home).
        once: end when every tablet came to an end.
        settle_seconds: with `once`, how long nothing may have changed before the end.
        patience_seconds: with `once`, how long slots that need attention are waited for.
        run_seconds: the longest a run may take.
        stop_seconds: how long runs that were told to end are waited for.
        obey_seconds: how long after its word to end a run may still be under way until a person is told.
        format_hanging: what the operator is told of a slot, by its label, whose run does not end.
        format_server_lost: what the operator is told when the adb server was lost, from what was seen of it.
        name_cable: names what was plugged, from its descriptors.
        format_kernel: what the operator is told of slots by their labels, from what the kernel said of port
            or hub.
    """

    granted: bool
    once: bool
    settle_seconds: float = 1.5
    patience_seconds: float = 30.0
    run_seconds: float = 1800.0
    stop_seconds: float = 15.0
    obey_seconds: float = 60.0
    format_hanging: Callable[[str], str] = str
    format_server_lost: Callable[[str], str] = str
    name_cable: Callable[[PortEvent], Cable | None] = lambda _event: None
    format_kernel: Callable[[Sequence[str], KernelWord], str] = lambda labels, word: f"{labels}: {word.complaint}"


def has_settled(states: Set[SlotState], quiet: float, options: Options) -> bool:
    """Tell whether a station that runs `once` is through: nothing under way, and hands had their time.

    Args:
        states: of all labelled slots.
        quiet: seconds since one of them changed.
        options: how long what is waited for.
    """
    if SlotState.READY in states and not options.granted:
        return False  # the operator's word is waited for as long as it takes
    # What is under way moves by itself, and an empty bench is about to get its first tablet: neither is an end,
    # but neither may hold a script for ever.
    if states & _UNDER_WAY or states == {SlotState.EMPTY}:
        return quiet >= options.patience_seconds
    return quiet >= (options.settle_seconds if states <= _AT_REST else options.patience_seconds)
