"""Which setting of a site asks for which control: said by the field itself."""

from __future__ import annotations

from dataclasses import dataclass

from provision.terms import Control


@dataclass(frozen=True)
class AsksFor:
    """Marks a field of a schema: the site asks for the control when the field has this value."""

    control: Control
    value: object = True
