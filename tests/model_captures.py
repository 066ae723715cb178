"""Models of ours as captures of them, so that a home has tablets like them."""

from __future__ import annotations

from provision.captures.model import Capture, Screen
from provision.virtual.android.model import Model


def capture_of(model: Model) -> Capture:
    """A capture as that tablet would give it."""
    screen = Screen(model.screen.width, model.screen.height, model.screen.density)
    return Capture(model.props, tuple(model.features), screen, model.system_packages, model.serial, model.source)
