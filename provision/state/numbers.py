"""The one seam through which a bench that shares a register gives numbers; without one it gives them by itself."""

from __future__ import annotations

from typing import Protocol

from provision.identity.which import Asset


class NumberSource(Protocol):
    """Who gives numbers that no other tablet of the house has; asked before the bench's own transaction begins."""

    def find_known(self, serial: str) -> tuple[Asset, ...]:
        """Return the tablets with a serial number that any bench of the house numbered."""

    def is_another_s(self, number: str, serial: str) -> bool:
        """Tell whether any bench of the house gave a number, and only to tablets of other serial numbers."""

    def allot(self, last: int, serial: str, installation: str | None) -> str:
        """Return the number of a tablet that no known one can be; its own again where it has one already.

        Args:
            last: the highest number of its prefix that this bench remembers.
            installation: its digest; None or `UNREAD` where it is not known.
        """
