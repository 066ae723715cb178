"""A tablet's link that is cut at one of its lines, and what befalls the tablet then."""

from __future__ import annotations

from collections.abc import Callable

from agent_tablet import AgentTablet

from provision.agent.contract import AGENT
from provision.errors import TabletGone
from provision.transport import Answer


def _pull_cable(_tablet: AgentTablet) -> None:
    """Nothing happens to the tablet."""


def kill_agent(tablet: AgentTablet) -> None:
    """End the agent's process, as Android does where memory is short."""
    tablet.bench.tablet.device.processes.pop(AGENT, None)


def _restart(tablet: AgentTablet) -> None:
    tablet.bench.clock.advance(tablet.bench.tablet.reboot("") + 60)


def _run_flat(tablet: AgentTablet) -> None:
    """Off for a night, charged, and started with a clock that nobody set."""
    tablet.bench.edit("battery 1")
    tablet.bench.clock.advance(tablet.bench.tablet.reboot("") + 8 * 3600)
    tablet.bench.edit("battery 60")
    tablet.bench.edit("clock 0")


FAULTS: dict[str, Callable[[AgentTablet], None]] = {
    "cable": _pull_cable,
    "agent-killed": kill_agent,
    "restart": _restart,
    "battery": _run_flat,
}
"""What may befall a tablet in the middle of an order."""


class CutLink:
    """The tablet's link, cut at one of its lines: before it reaches the tablet, or after it did its work there."""

    address, transport_id = "usb:1-1.2", 7
    features: frozenset[str] = frozenset()

    def __init__(self, tablet: AgentTablet, cut_at: int | None, fault: str, *, late: bool) -> None:
        self._tablet, self._cut_at, self._fault, self._late = tablet, cut_at, fault, late
        self._shell, self.lines = tablet.link.shell, 0

    def shell(self, line: str, *, seconds: float, merged: bool = False) -> Answer:
        self.lines += 1
        cut = self.lines == self._cut_at
        if cut and not self._late:
            self._break()
        answer = self._shell(line, seconds=seconds, merged=merged)
        if cut:
            self._break()
        return answer

    def _break(self) -> None:
        FAULTS[self._fault](self._tablet)
        raise TabletGone("cut off")
