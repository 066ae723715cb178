"""Debian's chromium in the hands of a test, and a page server for it."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

from provision.bench.slot_views import SlotView
from provision.board.snapshot import Moment
from provision.web.server import PageServer
from tests.web.benches import make_batch, make_moment

FLAGS = (
    "--headless",
    "--no-sandbox",  # CI is root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
)
SECONDS = 30.0


@contextmanager
def open_browser(*flags: str) -> Iterator[Chrome]:
    """A browser with a profile of its own, which goes with it."""
    with tempfile.TemporaryDirectory(prefix="provision-browser-", ignore_cleanup_errors=True) as profile:
        options = ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in (*FLAGS, *flags, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        try:
            yield driver
        finally:
            driver.quit()


def resize(driver: Chrome, width: int, height: int, scale: float = 1.0) -> None:
    """Give the page so many CSS pixels, on a screen of that size."""
    size = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
    size |= {"screenWidth": width, "screenHeight": height}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def wait(driver: Chrome, script: str, seconds: float = SECONDS) -> None:
    """Wait until a condition in the page's own language holds."""
    WebDriverWait(driver, seconds, 0.05).until(lambda one: one.execute_script(f"return {script}"), script)


class LiveBench:
    """Pages whose station looks at its slots five times a second, until it hangs.

    Attributes:
        url: of the page. key: what stands behind its `#`.
        clock: by how much the bench's clock is ahead.
    """

    def __init__(self, pages: PageServer, port: int = 0) -> None:
        self.pages = pages
        self.url, _, self.key = pages.open_here(port).url.partition("#")
        self.clock = timedelta()
        self._views: tuple[SlotView, ...] = ()
        self._changed = threading.Condition()
        self._looks = True
        self._ends = False
        self._batch = make_batch()

    @contextmanager
    def running(self) -> Iterator[LiveBench]:
        """Serve, and look, until the block ends."""
        thread = threading.Thread(target=self._look, daemon=True)
        with self.pages.serving():
            thread.start()
            try:
                yield self
            finally:
                with self._changed:
                    self._ends = True
                    self._changed.notify_all()
                thread.join()

    def show(self, views: tuple[SlotView, ...]) -> None:
        """Let the slots stand so from the next look on, which is at once."""
        with self._changed:
            self._views, self._looks = views, True
            self._changed.notify_all()

    def hang(self) -> None:
        """Look no more."""
        with self._changed:
            self._looks = False

    def _look(self) -> None:
        began = time.monotonic()
        moment: Moment | None = None
        drawn: tuple[SlotView, ...] | None = None
        with self._changed:
            while not self._ends:
                if self._looks:
                    if moment is None or drawn != self._views:  # the moment's own are sorted, and marked as slow
                        moment, drawn = make_moment(self._views, self._batch), self._views
                    at = datetime.now(UTC) + self.clock
                    self.pages.feed.publish(replace(moment, now=4000.0 + time.monotonic() - began, at=at))
                self._changed.wait(0.2)
