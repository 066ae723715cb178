"""Which profile a tablet gets: exactly one, and never the first that happens to fit."""

from __future__ import annotations

from collections.abc import Mapping

from provision.errors import ConfigurationError, ConfigurationFault
from provision.profiles.model import MatchedOn, Profile, Profiles
from provision.profiles.schema import Rule

_ORDER = list(MatchedOn)


def choose(props: Mapping[str, str], profiles: Profiles) -> Profile:
    """The best profile for a tablet with these system properties.

    A model profile beats a vendor profile; among equals the one with more rules wins. Nothing fits:
    the common profile, whose `matched_on` is `generic`.

    Raises:
        ConfigurationError: two profiles fit equally well; both files are named.
    """
    fitting = [profile for profile in profiles.known if all(_holds(rule, props) for rule in profile.match)]
    if not fitting:
        return profiles.common
    best = max(map(_closeness, fitting))
    first, *others = [profile for profile in fitting if _closeness(profile) == best]
    if others:
        names = ", ".join(str(profile.file) for profile in others)
        expected = "rules that make one profile fit best"
        hint = "add a rule to the one that is more special"
        raise ConfigurationError(
            ConfigurationFault(first.file, None, "match", expected, f"an equal match in {names}", hint)
        )
    return first


def _closeness(profile: Profile) -> tuple[int, int]:
    return _ORDER.index(profile.matched_on), len(profile.match)


def _holds(rule: Rule, props: Mapping[str, str]) -> bool:
    value = props.get(rule.prop, "").strip().casefold()
    if rule.equals:
        return value in {each.casefold() for each in rule.equals}
    return value.startswith(tuple(each.casefold() for each in rule.starts_with))
