"""The pages of a station: whether there are any, where, and what is told of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from provision.cli.speech import language_of
from provision.errors import HomeError
from provision.home.folder import Home
from provision.station.station import Sink
from provision.texts.catalogue import say
from provision.web.server import AddressTaken, PageServer


def make_pages(home: Home, *, wanted: bool | None, listen: str | None) -> PageServer | None:
    """The pages of a station that is about to start, not served yet; None where nobody wants any.

    Args:
        wanted: as asked for; None is yes where a person looks at a terminal, and a screen of the room is always wanted.
        listen: address for the screens of the room; None for none.
    """
    if wanted is False or (wanted is None and listen is None and not sys.stdout.isatty()):
        return None
    return PageServer(home, language_of(home))


@contextmanager
def serve_pages(pages: PageServer | None, home: Home, listen: str | None, sink: Sink) -> Iterator[None]:
    """Serve them until the block ends; an address that cannot be had is told, and the batch goes on without it."""
    if pages is None:
        yield
        return
    language = language_of(home)
    try:
        sink.warn(say(language, "web.url", url=pages.open_here(home.bench.web.port).url))
    except AddressTaken as taken:
        sink.warn(say(language, "web.no-address", address=taken.address, text=taken.text))
    if listen is not None:
        try:
            door = pages.open_room(*_split(listen))
            fingerprint = door.certificate.fingerprint if door.certificate is not None else ""
            sink.warn(say(language, "web.url-room", url=door.url, fingerprint=fingerprint))
        except AddressTaken as taken:
            sink.warn(say(language, "web.no-address", address=taken.address, text=taken.text))
        except HomeError as error:
            sink.warn(str(error))
    with pages.serving():
        yield


def _split(listen: str) -> tuple[str] | tuple[str, int]:
    """`ADDRESS` or `ADDRESS:PORT`; an IPv6 address with a port stands in brackets."""
    address, colon, port = listen.rpartition(":")
    if colon and port.isdecimal() and (":" not in address or address.startswith("[")):
        return address.strip("[]"), int(port)
    return (listen.strip("[]"),)
