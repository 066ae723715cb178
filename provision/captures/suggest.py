"""A first profile for a captured model: the nearest one extended, rules that fit this model alone."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from provision.captures.model import Capture
from provision.identity.identify import Identification
from provision.profiles.model import MatchedOn, Profile

_PROPS = ("ro.product.device", "ro.product.model", "ro.product.name", "ro.build.product")


_LONGEST_LINE = 300  # of a rule

_KEYS = """reset_keys:
  en: "Power off, then hold power and volume up (else volume down) until the logo or a menu shows"
  fr: "Éteignez, puis maintenez marche et volume haut (sinon volume bas) jusqu'au logo ou à un menu"
  mark: U
  source: "usual keys of Android tablets; not tried here"
"""


_WORDS_OF_YAML = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
"""Some reader takes them for something else than text."""


@dataclass(frozen=True)
class Suggestion:
    """Files below `device_profiles`, path to text; the last one is the model's. None for a model that has its own."""

    files: Mapping[str, str]


def suggest(capture: Capture, found: Identification, taken: Collection[str] = ()) -> Suggestion:
    """The files that a person looks through and keeps.

    A maker without a folder gets a `vendor.yaml` too. The kind is written only where it is certain; a
    person fills it in where it is not, which is the word that opens this model to every bench. A profile that says as
    much of the model as these rules would stays the only one: two that fit equally well are an error.

    Args:
        taken: names of the profiles that are there.

    Raises:
        ValueError: nothing in the capture tells this model from another.
    """
    rules = _rules(capture)
    if not rules:
        raise ValueError("neither device nor model")
    if found.profile.matched_on is MatchedOn.MODEL and _count_own_rules(found.profile) >= len(rules):
        return Suggestion({})
    maker = found.maker.name if found.maker is not None else ""
    vendor = found.profile.name.split("/")[0] if found.profile.matched_on is not MatchedOn.GENERIC else _slug(maker)
    files = {}
    if found.profile.matched_on is MatchedOn.GENERIC:
        vendor = _find_free(vendor or f"white-box-{_slug(next(iter(rules.values())))}", "2", taken)
        files[f"{vendor}/vendor.yaml"] = _write_vendor(maker, rules)
    near = found.profile.name if found.profile.matched_on is MatchedOn.MODEL else ""
    name = f"{vendor}/{_slug(capture.props.get('ro.product.device') or found.model) or 'model'}"
    name = _find_free(name, _slug(found.model) or "2", taken)
    files[f"{name}.yaml"] = _write_model(capture, found, rules, near)
    return Suggestion(files)


def _count_own_rules(profile: Profile) -> int:
    return sum(profile.origins[f"match[{number}]"] == profile.file for number in range(len(profile.match)))


def _find_free(name: str, more: str, taken: Collection[str]) -> str:
    """A name that no profile has; `more` tells it from the one that has it."""
    if name not in taken:
        return name
    longer = (f"{name}-{more}", *(f"{name}-{more}-{number}" for number in range(2, len(taken) + 3)))
    return next(each for each in longer if each not in taken)


def _rules(capture: Capture) -> dict[str, str]:
    """Device and model, where a rule may hold them; without them whatever else names the product."""
    texts = {prop: capture.props.get(prop, "").strip() for prop in _PROPS}
    told = {prop: text for prop, text in texts.items() if text and text.isprintable() and len(text) <= _LONGEST_LINE}
    return {prop: told[prop] for prop in _PROPS[:2] if prop in told} or told


def _write_vendor(maker: str, rules: Mapping[str, str]) -> str:
    """A maker that is named is known by its name, a nameless white box by its own first rule."""
    prop, value = ("maker", maker) if maker else next(iter(rules.items()))
    head = f"# {_comment(maker or 'A maker that names itself nowhere')}. Written from a capture.\nstatus: draft\n"
    return f"{head}\nmatch:\n  - prop: {prop}\n    equals: [{_quote(value)}]\n\n{_KEYS}"


def _write_model(capture: Capture, found: Identification, rules: Mapping[str, str], near: str) -> str:
    lines = [f"# {_comment(' '.join(filter(None, (found.maker.name if found.maker else '', found.model))))}."]
    lines += [f"# Source: {_comment(capture.source)}.", "status: draft"]
    lines += [f"extends: {near}"] if near else []
    kind = found.kind.value if found.kind is not None else None
    lines.append(f"kind: {kind}" if kind else "# kind: tablet  # look at it: is it one? then take the # away")
    lines += ["", "match:"]
    for prop, value in rules.items():
        lines += [f"  - prop: {prop}", f"    equals: [{_quote(value)}]"]
    return "\n".join(lines) + "\n"


def _quote(text: str) -> str:
    """Text in a form that YAML reads as it is, whatever it holds."""
    return (
        text
        if re.fullmatch(r"[A-Za-z][\w-]*( [\w-]+)*", text) and text.casefold() not in _WORDS_OF_YAML
        else json.dumps(text, ensure_ascii=False)
    )


def _comment(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)[:100]


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:60]
