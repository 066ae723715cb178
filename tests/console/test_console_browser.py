"""The console in a browser, as the hotline uses it: by keyboard alone, at a desk and on a telephone, in two languages.

Pictures are left in `$PROVISION_PICTURES`, where that names a folder.
"""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By

from tests.console.console_bed import PASSWORD, House, open_house, tell_code
from tests.program import PROGRAM
from tests.web.browsing import open_browser, resize, wait

pytestmark = pytest.mark.later

AXE = (Path(__file__).parents[1] / "web/vendored/axe.min.js").read_text()
SIZES = {"desk": (1280, 800), "phone": (390, 844)}
PAGES = {
    "search": "?q=a",
    "tablet": "tablets/A-0001",
    "known-by-number": "tablets/A-0003",
    "faults": "faults",
    "wards": "wards",
    "accessibility": "accessibilite",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("browser")) as made:
        yield made


@pytest.fixture(scope="module")
def url(house: House) -> Iterator[str]:
    """The address that the command itself prints."""
    words = (*PROGRAM, "console", "--home", str(house.console.home.path), "--port", "0", "--language", "en")
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as program:
        assert program.stdout is not None
        yield "http" + program.stdout.readline().partition("http")[2].split()[0]
        program.send_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def driver(url: str) -> Iterator[Chrome]:
    """A browser that somebody of the hotline signed in with, by keyboard."""
    with open_browser() as opened:
        opened.get(f"{url}?q=a-1")
        wait(opened, "document.activeElement.id === 'login'")
        keys = ActionChains(opened).send_keys("hotline-1", Keys.TAB, PASSWORD, Keys.TAB, tell_code(), Keys.ENTER)
        keys.perform()
        wait(opened, "location.pathname === '/tablets/A-0001'")
        yield opened


def check_page(driver: Chrome, name: str) -> list[object]:
    """Faults of a page by axe, and whether anything is cut at its side, at every size."""
    faults: list[object] = []
    for size, (width, height) in SIZES.items():
        resize(driver, width, height)
        driver.execute_script(AXE)
        found = driver.execute_async_script("axe.run().then(arguments[0])")
        assert len(found["passes"]) > 10
        faults += [(size, one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found["violations"]]
        if driver.execute_script("return document.documentElement.scrollWidth > innerWidth"):
            faults.append((size, "cut at its side"))
        if "PROVISION_PICTURES" in os.environ:
            driver.save_screenshot(str(Path(os.environ["PROVISION_PICTURES"]) / f"console-{name}-{size}.png"))
    return faults


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_readable_for_everybody(driver: Chrome, url: str, page: str, language: str) -> None:
    way = PAGES[page]
    driver.get(f"{url}{way}{'&' if '?' in way else '?'}lang={language}")
    assert check_page(driver, f"{page}-{language}") == []


def test_a_call_is_answered_by_keyboard_alone(driver: Chrome, url: str) -> None:
    resize(driver, *SIZES["desk"])
    driver.get(f"{url}faults?lang=en")
    alone = "new KeyboardEvent('keydown', {key: '/', bubbles: true, cancelable: true})"
    assert driver.execute_script(f"return document.body.dispatchEvent({alone})"), "one key alone does nothing"
    ActionChains(driver).key_down(Keys.CONTROL).send_keys("/").key_up(Keys.CONTROL).perform()
    wait(driver, "document.activeElement.id === 'q'")
    ActionChains(driver).send_keys("a-1", Keys.ENTER).perform()
    wait(driver, "location.pathname === '/tablets/A-0001'")
    driver.find_element(By.ID, "digits").send_keys("1 0000 0001", Keys.TAB, "no Wi-Fi since noon", Keys.ENTER)
    wait(driver, "document.querySelector('.digits')")
    assert len(driver.find_element(By.CSS_SELECTOR, ".digits").text.replace(" ", "")) == 8
    assert check_page(driver, "code") == []
    driver.find_element(By.PARTIAL_LINK_TEXT, "Back to").send_keys(Keys.ENTER)
    wait(driver, "location.pathname === '/tablets/A-0001'")
    assert "Wi-Fi again (no Wi-Fi since noon)" in driver.find_element(By.TAG_NAME, "main").text


def test_the_browser_finds_nothing_against_the_rules(driver: Chrome, url: str) -> None:
    for way in PAGES.values():
        driver.get(f"{url}{way}")
    log = [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]
    assert [line for line in log if "favicon" not in line] == []


def test_the_sign_in_is_readable_for_everybody(url: str) -> None:
    with open_browser() as opened:
        for language in ("en", "fr"):
            opened.get(f"{url}sign-in?lang={language}")
            assert check_page(opened, f"sign-in-{language}") == []


def test_others_come_over_https_with_the_certificate_that_is_told(house: House) -> None:
    words = (*PROGRAM, "console", "--home", str(house.console.home.path), "--port", "0", "--language", "en")
    with subprocess.Popen((*words, "--listen", "127.0.0.1"), stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        address, told = (program.stdout.readline() for _ in range(2))
        url = "https" + address.partition("https")[2].split()[0]
        file = house.console.home.state / "web/certificate.pem"
        trusted = ssl.create_default_context(cafile=str(file))
        with httpx.Client(verify=trusted, timeout=30) as client:
            page = client.get(f"{url}sign-in")
            assert page.status_code == 200
            assert "__Host-provision-door" in page.headers["set-cookie"]
        with pytest.raises(httpx.ConnectError):
            httpx.get(url, timeout=30)
        made = x509.load_pem_x509_certificate(file.read_bytes())
        assert made.fingerprint(hashes.SHA256()).hex(":").upper() in told
        program.send_signal(signal.SIGTERM)
    assert program.returncode == 130
