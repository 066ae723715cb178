"""QR codes as SVG pictures, and for a terminal. The only module that calls segno."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from provision.errors import PaperError

if TYPE_CHECKING:
    import segno

MOST_BYTES = 2331
"""What the largest code holds at level M (ISO/IEC 18004, table 7: version 40)."""


def draw_qr(text: str) -> str:
    """Return the SVG of the QR code of a text, black on white with its quiet zone, read with 15 % of it lost.

    Raises:
        PaperError: the text is longer than a QR code holds.
    """
    drawn = io.BytesIO()
    _make(text).save(drawn, kind="svg", border=4, xmldecl=False, nl=False, light="white")
    return drawn.getvalue().decode("ascii")


def draw_for_terminal(text: str) -> str:
    """Return the QR code of a text in half blocks, light on whatever the terminal's ground is.

    Raises:
        PaperError: as `draw_qr`.
    """
    drawn = io.StringIO()
    _make(text).terminal(drawn, compact=True)
    return drawn.getvalue()


def _make(text: str) -> segno.QRCode:
    import segno  # noqa: PLC0415 # as typst: only who prints waits for it

    try:
        return segno.make(text, error="m", boost_error=False, micro=False)
    except segno.DataOverflowError:
        size = len(text.encode())
        raise PaperError(f"a QR code holds {MOST_BYTES} bytes, and this text has {size}: make it shorter") from None
