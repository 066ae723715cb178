"""The location master switch, read where this release really keeps it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provision.facts.query import CommandOutput, Query

MODE_API = 29
VERB_API = 31
_TRUTH, _MODE = re.compile("true|false"), re.compile("[0-3]")
_PROVIDERS = re.compile(r" *[\w.-]* *(?:, *[\w.-]* *)*")


@dataclass(frozen=True)
class Location:
    """Tell whether location is on, None where it is not known; and the line that says so."""

    on: bool | None
    source: str


def make_query(api: int) -> Query:
    """Reference, Wi-Fi and kiosk document 4.

    On 21-28 `location_mode` is an unused row that answers 3 while location is off; only
    `location_providers_allowed` tells. From 31 there is a verb.
    """
    if api >= VERB_API:
        return Query("location", ("cmd", "location", "is-location-enabled"))
    if api >= MODE_API:
        return Query("location", ("settings", "get", "secure", "location_mode"))
    return Query("location", ("settings", "get", "secure", "location_providers_allowed"))


def parse(output: CommandOutput, api: int) -> Location:
    """On when the switch, the mode, or the provider list with `gps` says so.

    A list is divided at commas alone, as Android does (`TextUtils.delimitedStringContains`): ` network` is no provider.

    Raises:
        AnswerError: an answer in no known form.
    """
    if api >= VERB_API:
        value = output.read_value(_TRUTH, "true or false")
        on = value == "true"
        if value is None:
            raise output.unexpected("true or false")
    elif api >= MODE_API:
        value = output.read_value(_MODE, "a location mode from 0 to 3, or null")
        on = value not in (None, "0")
    else:
        value = output.read_value(_PROVIDERS, "a list of providers like `gps,network`, or null")
        on = value is not None and "gps" in value.split(",")
    return Location(on, f"{output.command}: {value or 'null'}")


def tell_unknown(output: CommandOutput) -> Location:
    """No answer in a known form; a setting is no secret, so that its first characters may be told."""
    return Location(None, f"{output.command}: {' '.join(output.said.split())[:40] or 'no answer'}")
