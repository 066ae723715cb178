"""QR codes as SVG pictures. The only module that calls segno."""

from __future__ import annotations

import io

from provision.errors import PaperError

MOST_BYTES = 2331
"""What the largest code holds at level M (ISO/IEC 18004, table 7: version 40)."""


def draw_qr(text: str) -> str:
    """Return the SVG of the QR code of a text, black on white with its quiet zone, read with 15 % of it lost.

    Raises:
        PaperError: the text is longer than a QR code holds.
    """
    import segno  # noqa: PLC0415 # as typst: only who prints waits for it

    try:
        code = segno.make(text, error="m", boost_error=False, micro=False)
    except segno.DataOverflowError:
        size = len(text.encode())
        raise PaperError(f"a QR code holds {MOST_BYTES} bytes, and this text has {size}: make it shorter") from None
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", border=4, xmldecl=False, nl=False, light="white")
    return drawn.getvalue().decode("ascii")
