"""Faults of several files of a home, gathered so that a person hears all of them at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from provision.errors import ConfigurationError, ConfigurationFault, HomeError, ProvisionError, RecordError

Loaded = TypeVar("Loaded")


class Findings:
    """Reads one thing after the other and goes on where one is wrong."""

    def __init__(self) -> None:
        self._faults: dict[ConfigurationFault, None] = {}  # each once, in the order they were found
        self._others: dict[str, None] = {}

    def read(self, load: Callable[[], Loaded]) -> Loaded | None:
        """Give what `load` gives, or None with what it found wrong kept."""
        try:
            return load()
        except ConfigurationError as error:
            self._faults |= dict.fromkeys(error.faults)
        except (HomeError, RecordError) as error:
            self._others |= {str(error): None}
        return None

    @property
    def any(self) -> bool:
        """Tell whether anything was found."""
        return bool(self._faults or self._others)

    @property
    def error(self) -> ProvisionError:
        """All that was found, to be raised: damage of the home itself stands first and decides its kind."""
        faults = ConfigurationError(*self._faults)
        if not self._others:
            return faults
        return HomeError("\n".join([*self._others, *([str(faults)] if self._faults else [])]))
