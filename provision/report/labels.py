"""Labels of tablets: what is printed on one, what is said of one that was read, and which tablets one may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from provision.identity.candidates import Candidate
from provision.identity.label_code import LabelHeard, write_label_code
from provision.paper.qr import draw_qr
from provision.report.slot_labels import LabelForm
from provision.site.model import Site
from provision.site.wards import Ward
from provision.texts.catalogue import Language, say

if TYPE_CHECKING:
    from provision.state.run_times import RunTime


MOST_SHOWN = 4
"""Candidates in one line."""


def tell_candidates(
    found: Iterable[tuple[Candidate, RunTime | None]], serial: str, language: Language
) -> Iterator[str]:
    """One line a candidate: what speaks for it, when and where it was seen last."""
    rows = list(found)
    yield say(language, "confirm.candidates" if rows else "confirm.no-candidates", serial=serial)
    for one, last in rows:
        fits = ", ".join(say(language, f"fit.{fit}") for fit in one.fits)
        key = "confirm.candidate-unseen" if last is None else "confirm.candidate"
        seen = {} if last is None else {"at": f"{last.at:%Y-%m-%d %H:%M}", "slot": last.slot, "model": last.model}
        yield say(language, key, asset=one.asset_id, fits=fits, **seen)


def tell_shortly(found: Sequence[tuple[Candidate, RunTime | None]], serial: str, language: Language) -> str:
    """The likeliest of them in one line, for a board."""
    lines = list(tell_candidates(found[:MOST_SHOWN], serial, language))
    left = len(found) - MOST_SHOWN
    more = [say(language, "confirm.more", count=left)] if left > 0 else []
    return " · ".join([*lines, *more])


def tell_heard(heard: LabelHeard, language: Language, *, at_station: bool = False) -> str:
    """What came of a word on a label, and what becomes of a number that the tablet had meanwhile.

    Args:
        at_station: its next run begins by itself.
    """
    twins = ", ".join(heard.twins) or say(language, "confirm.no-twins")
    key = "confirm.done-running" if at_station and heard.key == "confirm.done" else heard.key
    said = say(language, key, **heard.values, twins=twins)
    if not heard.retired:
        return said
    numbers = ", ".join(heard.retired)
    return f"{said} {say(language, 'confirm.retired-too', numbers=numbers, asset=heard.values['asset'])}"


def describe_tablet_labels(
    site: Site, site_key: str, wards: Mapping[str, Ward | None], form: LabelForm, language: Language
) -> dict[str, object]:
    """Return the data of labels for tablets, for the template `labels`.

    Args:
        site_key: key id of the site's key, which the code says.
        wards: the ward of each tablet, by its number; its hotline stands on the label.
    """
    return {
        "title": say(language, "paper.tablets.title", site=site.name),
        "language": str(language),
        "form": str(form),
        "labels": [
            {
                "large": number,
                "small": [
                    site.place,
                    say(language, "paper.tablets.hotline", hotline=site.name_hotline(ward)),
                ],
                "code": draw_qr(write_label_code(site_key, number, site.name)),
            }
            for number, ward in wards.items()
        ],
    }
