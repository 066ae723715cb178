"""Pictures of the page for people to look at: `scripts/web_pictures FOLDER` writes one PNG each."""

from __future__ import annotations

import base64
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from selenium.webdriver import Chrome

from provision.home.create import create_home
from provision.home.folder import load_home
from provision.terms import HomeKind
from provision.texts.catalogue import Language
from provision.web.server import PageServer
from tests.web.benches import BENCHES, Listener
from tests.web.browsing import LiveBench, open_browser, resize, wait

DESK, TABLET, PHONE, FOUR_K = (1280, 900), (800, 1280), (390, 844), (3840, 2160)
WALL = (1920, 1080)
ON_WALL = "&wall=3&screen=1210"
"""A television of 55 inches, read from 3 m."""


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        bench: its name in `BENCHES`. asked: what stands in the address behind the language.
        keyed: the page shows the operator's key, and has buttons.
        opened: CSS selector of what is unfolded.
    """

    bench: str
    size: tuple[int, int] = DESK
    asked: str = ""
    language: Language = Language.FR
    keyed: bool = True
    opened: str = ""


PICTURES = {
    "00-slots": Picture("none"),
    "12-slots": Picture("twelve"),
    "12-slots-english": Picture("twelve", language=Language.EN),
    "28-slots": Picture("twenty-eight"),
    "28-slots-4k": Picture("twenty-eight", FOUR_K),
    "seven-troubles": Picture("troubles"),
    "seven-troubles-menus": Picture("troubles", opened=".todo .menus"),
    "seven-troubles-menus-phone": Picture("troubles", PHONE, opened=".todo .menus"),
    "seven-troubles-read-only": Picture("troubles", keyed=False),
    "seven-troubles-phone": Picture("troubles", PHONE),
    "seven-troubles-tablet": Picture("troubles", TABLET),
    "seven-troubles-wall": Picture("troubles", WALL, ON_WALL),
    "labels-asked": Picture("labels"),
    "labels-asked-phone": Picture("labels", PHONE),
    "12-slots-phone": Picture("twelve", PHONE),
    "12-slots-wall": Picture("twelve", WALL, ON_WALL),
    "28-slots-wall": Picture("twenty-eight", WALL, ON_WALL),
    "28-slots-everything-open": Picture("twenty-eight", opened="details"),
}


def take(driver: Chrome, live: LiveBench, picture: Picture) -> bytes:
    """The whole page as PNG, once it stands."""
    resize(driver, *picture.size)
    live.show(BENCHES[picture.bench])
    driver.get("about:blank")
    address = f"{live.url}?lang={picture.language}{picture.asked}"
    driver.get(f"{address}#{live.key}" if picture.keyed else address)
    if not picture.keyed:
        driver.execute_script("sessionStorage.clear()")
        driver.refresh()
    asked = "may-speak" if picture.keyed else "may-read"
    wait(driver, f"document.documentElement.classList.contains('{asked}')")
    wait(driver, "document.documentElement.dataset.number")
    wait(driver, f"document.querySelectorAll('.place').length === {len(BENCHES[picture.bench])}")
    if picture.opened:
        driver.execute_script(
            "for (const each of document.querySelectorAll(arguments[0])) each.open = true", picture.opened
        )
    whole = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": not picture.asked})
    return base64.b64decode(whole["data"])


def main(folder: Path) -> None:
    """Write them all."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="provision-pictures-") as made:
        home = Path(made) / "home"
        create_home(home, HomeKind.TRAINING, 2)
        pages = PageServer(load_home(home), Language.FR)
        pages.desk = Listener()
        with LiveBench(pages).running() as live, open_browser() as driver:
            for name, picture in PICTURES.items():
                file = folder / f"{name}.png"
                file.write_bytes(take(driver, live, picture))
                sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
