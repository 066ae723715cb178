"""The sheet with the ledger's checkpoint, for a folder outside the bench: as a QR code, and in letters."""

from __future__ import annotations

from provision.paper.qr import draw_qr
from provision.records.keys import HomeKey, show_fingerprint
from provision.texts.catalogue import say
from provision.texts.language import Language


def describe_checkpoint_sheet(
    home: HomeKey, note: str, size: int, newest: str, language: Language
) -> dict[str, object]:
    """Return the data of the template `checkpoint`.

    Args:
        note: the signed checkpoint. size: its statements. newest: the latest time that one of them names.

    Raises:
        PaperError: the checkpoint is longer than a QR code holds.
    """
    return {
        "title": say(language, "paper.checkpoint.title", origin=home.origin),
        "language": str(language),
        "kind": say(language, f"home.{home.kind}"),
        "holds": say(language, "paper.checkpoint.holds", size=size, newest=newest),
        "qr": draw_qr(note),
        "note": note.rstrip("\n"),
        "key": say(language, "paper.checkpoint.key", fingerprint=show_fingerprint(home.fingerprint)),
        "steps": [say(language, f"paper.checkpoint.{step}") for step in ("keep", "use", "shows", "not")],
        "by": say(language, "paper.checkpoint.by"),
    }
