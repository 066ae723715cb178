"""The pages of a station: whether there are any, where, and what is told of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from provision.cli.speech import language_of
from provision.errors import HomeError
from provision.home.folder import Home
from provision.station.station import Sink
from provision.texts.catalogue import Language, say
from provision.web.address import NoAddress
from provision.web.certificate import name_wall_key
from provision.web.server import Door, PageServer


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
def serve_pages(
    pages: PageServer | None, home: Home, sink: Sink, *, wanted: bool | None, listen: str | None
) -> Iterator[None]:
    """Serve them until the block ends; an address that cannot be had is told, and the batch goes on without it.

    Keys are told to who looks at a terminal or asked for the pages: what goes elsewhere may be kept and read by others.
    This computer's own way in is good for nothing without its key, so it is not even opened there.
    """
    if pages is None:
        yield
        return
    tells_keys = bool(wanted) or sys.stdout.isatty()
    language = language_of(home)
    try:
        if tells_keys:
            sink.warn(say(language, "web.url", url=pages.open_here(home.bench.web.port).url))
    except NoAddress as fault:
        sink.warn(_tell_fault(fault, language))
    try:
        if listen is not None:
            sink.warn(_tell_room(pages.open_room(*_split(listen)), home, tells_keys=tells_keys))
    except NoAddress as fault:
        sink.warn(_tell_fault(fault, language))
    except HomeError as error:
        sink.warn(str(error))
    with pages.serving():
        yield


def _tell_room(door: Door, home: Home, *, tells_keys: bool) -> str:
    fingerprint = door.certificate.fingerprint if door.certificate is not None else ""
    if tells_keys:
        return say(language_of(home), "web.url-room", url=door.url, fingerprint=fingerprint)
    file = name_wall_key(home.state)
    return say(language_of(home), "web.url-room-keyless", url=door.address, file=file, fingerprint=fingerprint)


def _tell_fault(fault: NoAddress, language: Language) -> str:
    return say(language, f"web.no-address.{fault.fault}", address=fault.address, text=fault.text)


def _split(listen: str) -> tuple[str] | tuple[str, int]:
    """`ADDRESS` or `ADDRESS:PORT`; an IPv6 address with a port stands in brackets."""
    address, colon, port = listen.rpartition(":")
    if colon and port.isdecimal() and (":" not in address or address.startswith("[")):
        return address.strip("[]"), int(port)
    return (listen.strip("[]"),)
