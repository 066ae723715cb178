"""The elements of a run in DER or BER, as they stand in it."""

from __future__ import annotations

from asn1crypto import parser


def split_elements(data: bytes, most: int) -> list[bytes]:
    """Cut a run into its elements, each with its head.

    `dump()` of asn1crypto writes an element whose length ends in the byte 80 anew, without what it does not know.

    Raises:
        ValueError: more than `most` of them (a megabyte of empty ones takes half a minute), or one is cut short.
    """
    elements: list[bytes] = []
    while data:
        if len(elements) == most:
            raise ValueError(f"more than {most} elements side by side")
        size = parser.peek(data)
        elements.append(data[:size])
        data = data[size:]
    return elements
