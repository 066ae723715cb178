"""The number that a tablet carries in its own agent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Carried:
    """Number of the tablet, as its agent tells it.

    Attributes:
        asset_id: None where it carries none, or obeys another site.
        withheld: it obeys this site's key and carries a number, which it does not tell under the site's present name.
    """

    asset_id: str | None = None
    withheld: bool = False


NOT_CARRIED = Carried()
