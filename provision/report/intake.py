"""The intake, told to people: verdict and grounds of a tablet, the list of donations, and their table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from provision.facts.battery import GOOD
from provision.facts.collect import Facts
from provision.profiles.model import Profile
from provision.report.spreadsheet import defuse
from provision.runs.triage import Ground, Triage
from provision.state.donations import Donation, HardwareTest, write_donation
from provision.terms import IntakeFinding, IntakeVerdict
from provision.texts.catalogue import Language, printable, say, write_number
from provision.texts.message import tell

COLUMNS = (
    *("donation", "seen", "slot", "serial", "model", "android", "security_patch", "battery_percent", "battery_health"),
    *("free_mb", "verdict", "grounds", "tested"),
)
PERSONAL = ("condition", "donor")


def tell_intake(
    language: Language, label: str, number: str, facts: Facts, profile: Profile, found: Triage
) -> Iterator[str]:
    """Tell what was read of a tablet, its verdict, and each ground with what to do now."""
    values = {"label": label, "verdict": say(language, f"intake.verdict.{found.verdict}").upper(), "number": number}
    yield say(language, "intake.line", model=facts.props.title, facts=_tell_facts(language, facts), **values)
    for ground in found.grounds:
        yield from _tell_ground(language, ground, profile, facts.props.api_if_known)


def tell_donation(language: Language, prefix: str, seen: Donation) -> str:
    """Tell one donation on a line of the list."""
    verdict = say(language, f"intake.verdict.{seen.verdict}")
    words = " · ".join(printable(word) for word in (seen.condition, seen.donor) if word)
    why = ", ".join(_name(language, word) for word in seen.grounds)
    parts = (seen.at[:10], f"{verdict:8}", printable(seen.model), f"Android {printable(seen.release)}", why, words)
    return "  ".join((write_donation(prefix, seen.number), *filter(None, parts)))


def list_cells(prefix: str, donations: Iterable[Donation], *, personal: bool) -> Iterator[Sequence[str]]:
    """The head, then a row a donation; no text in it is a formula to a spreadsheet.

    Args:
        personal: with the donor's name and words.
    """
    yield (*COLUMNS, *(PERSONAL if personal else ()))
    for one in donations:
        told = (write_donation(prefix, one.number), one.at, one.slot, one.serial, one.model, one.release, one.patch)
        numbers = ("" if each is None else str(each) for each in (one.battery, one.health, one.free_bytes // 1_000_000))
        words = (_write_test(one.tested), *((one.condition, one.donor) if personal else ()))
        yield tuple(map(defuse, (*told, *numbers, str(one.verdict), " ".join(one.grounds), *words)))


def _write_test(test: HardwareTest | None) -> str:
    return "" if test is None else " ".join((test.at, *(f"{part}:{word}" for part, word in test.words.items())))


def _tell_facts(language: Language, facts: Facts) -> str:
    props, battery = facts.props, facts.battery
    free = write_number(language, f"{facts.storage.free_bytes / 1e9:.1f}")
    percent = say(language, "intake.no-battery") if battery.percent is None else f"{battery.percent} %"
    patch = props.get("ro.build.version.security_patch") or say(language, "intake.no-patch")
    health = say(language, "intake.health.good" if battery.health == GOOD else "intake.health.unsure")
    return say(language, "intake.facts", release=props.release, patch=patch, battery=percent, health=health, free=free)


def _tell_ground(language: Language, ground: Ground, profile: Profile, api: int | None) -> Iterator[str]:
    verdict, title = say(language, f"intake.verdict.{ground.verdict}"), _name(language, str(ground.word))
    detail = f" ({tell(language, ground.detail)})" if ground.detail else ""
    yield f"    {say(language, 'intake.ground', verdict=verdict, why=title + detail)}"
    hands = profile.find_manual_steps(ground.word, api)
    yield f"      → {_act(language, ground) if hands is None else printable(hands.tell(language))}"


def _act(language: Language, ground: Ground) -> str:
    if isinstance(ground.word, IntakeFinding):
        return say(language, f"intake.finding.{ground.word}.action")
    return say(language, f"reason.{ground.word}.action")


def _name(language: Language, word: str) -> str:
    known = word in {str(each) for each in IntakeFinding}
    return say(language, f"intake.finding.{word}.title" if known else f"reason.{word}.title")


def count_verdicts(language: Language, verdicts: Sequence[IntakeVerdict]) -> str:
    """Tell how many tablets are kept, to be repaired and refused."""
    counts = {str(each): sum(one is each for one in verdicts) for each in IntakeVerdict}
    return say(language, "intake.counted", **counts)
