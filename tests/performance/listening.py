"""Browsers as a station sees them: open streams of events."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Mapping
from typing import Any


def find_page(event: Mapping[str, Any]) -> str | None:
    """The address of a station's page, without its key, in the event that tells it; None in any other."""
    text = str(event.get("text", ""))
    return text[text.index("http://") :].partition("#")[0] if "#key=" in text else None


def listen(url: str, count: int) -> list[threading.Thread]:
    """Open so many browsers' streams; each is read until the station ends it."""

    def read() -> None:
        with urllib.request.urlopen(f"{url}events", timeout=30) as stream:  # noqa: S310 - our own
            for _line in stream:
                pass

    threads = [threading.Thread(target=read) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads
