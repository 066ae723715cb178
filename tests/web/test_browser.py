"""The page in a browser: read by everybody, spoken to by keyboard, as old as it says, and large enough on a wall.

Pictures of every bench are left in `$PROVISION_PICTURES`, where that names a folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By

from provision.bench.slots import SlotState
from provision.home.create import create_home
from provision.home.folder import load_home
from provision.terms import HomeKind, OperatorWord
from provision.texts.catalogue import Language
from provision.web.server import PageServer
from tests.web.benches import BENCHES, Listener
from tests.web.browsing import LiveBench, open_browser, resize, wait

pytestmark = pytest.mark.later

AXE = (Path(__file__).parent / "vendored/axe.min.js").read_text()
HAS_NEWS = "document.documentElement.dataset.number && document.getElementById('news').dataset.now"
MAY_SPEAK = "document.documentElement.classList.contains('may-speak')"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveBench]:
    folder = tmp_path_factory.mktemp("browser") / "home"
    create_home(folder, HomeKind.TRAINING, 2)
    pages = PageServer(load_home(folder), Language.EN)
    pages.desk = Listener()
    with LiveBench(pages).running() as live:
        yield live


@pytest.fixture(scope="module")
def shared() -> Iterator[Chrome]:
    with open_browser() as driver:
        yield driver


@pytest.fixture
def driver(shared: Chrome) -> Iterator[Chrome]:
    """The browser as a new one: one tab, nothing remembered, no rule of the test before."""
    yield shared
    log = [entry["message"] for entry in shared.get_log("browser") if entry["level"] == "SEVERE"]
    shared.get("about:blank")
    shared.execute_cdp_cmd("Network.enable", {})
    shared.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    shared.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert [line for line in log if "blocked" not in line.lower() and "ERR_" not in line] == []
    assert [line for line in log if "Content Security Policy" in line] == []


def open_page(driver: Chrome, bench: LiveBench, name: str, asked: str = "", *, keyed: bool = True) -> None:
    bench.show(BENCHES[name])
    driver.get("about:blank")
    driver.get(f"{bench.url}{asked}" + (f"#{bench.key}" if keyed else ""))
    wait(driver, HAS_NEWS)
    if keyed:
        wait(driver, MAY_SPEAK)
    wait(driver, f"document.querySelectorAll('.place').length === {len(BENCHES[name])}")


def keep_picture(driver: Chrome, name: str) -> None:
    if "PROVISION_PICTURES" in os.environ:
        driver.save_screenshot(str(Path(os.environ["PROVISION_PICTURES"]) / f"{name}.png"))


PAGES = [(name, language, "") for name in BENCHES for language in ("en", "fr")]
PAGES += [("twenty-eight", "fr", "&wall=3&screen=1210"), ("none", "en", "&wall=3")]


@pytest.mark.parametrize(("name", "language", "asked"), PAGES)
def test_axe_finds_no_fault(driver: Chrome, bench: LiveBench, name: str, language: str, asked: str) -> None:
    resize(driver, 1280, 900)
    open_page(driver, bench, name, f"?lang={language}{asked}")
    driver.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
    driver.execute_script(AXE)
    found = driver.execute_async_script("axe.run().then(arguments[0])")
    told = [(fault["id"], [node["html"][:120] for node in fault["nodes"]]) for fault in found["violations"]]
    keep_picture(driver, f"{name}-{language}{'-wall' if asked else ''}")
    assert told == []
    assert len(found["passes"]) > 10


SIZES = {"320 (400 %)": 320, "a phone": 390, "640 (200 %)": 640, "a tablet of 10 inches": 800, "4k": 3840}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_is_cut_at_the_side(driver: Chrome, bench: LiveBench, size: str, language: str) -> None:
    resize(driver, SIZES[size], 800)
    open_page(driver, bench, "twenty-eight", f"?lang={language}")
    driver.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
    keep_picture(driver, f"size-{SIZES[size]}-{language}")
    assert driver.execute_script("return document.documentElement.scrollWidth") <= SIZES[size]


def test_every_button_is_reached_and_pressed_by_keyboard_alone(driver: Chrome, bench: LiveBench) -> None:
    resize(driver, 1280, 900)
    open_page(driver, bench, "troubles")
    wanted = driver.execute_script(
        "return [...document.querySelectorAll('button:enabled, summary, a[href]')]"
        ".filter((e) => e.checkVisibility()).length"
    )
    reached = []
    for _ in range(wanted + 2):
        ActionChains(driver).send_keys(Keys.TAB).perform()
        reached.append(driver.switch_to.active_element)
    assert len({each.id for each in reached if each.tag_name != "body"}) >= wanted
    for each in reached:
        if each.get_attribute("id") in {"again-5", "yes-4"}:
            driver.execute_script("arguments[0].focus()", each)
            ActionChains(driver).send_keys(Keys.ENTER).perform()
            wait(driver, "document.getElementById('answer').textContent === 'heard in en'")
    desk = bench.pages.desk
    assert isinstance(desk, Listener)
    assert sorted(desk.heard) == [(OperatorWord.AGAIN, "5", "page"), (OperatorWord.YES, "4", "page")]


def test_a_label_is_typed_or_scanned_and_kept_while_the_board_is_drawn_anew(driver: Chrome, bench: LiveBench) -> None:
    resize(driver, 1280, 900)
    open_page(driver, bench, "labels")
    desk = bench.pages.desk
    assert isinstance(desk, Listener)
    desk.labels.clear()
    field = driver.find_element(By.ID, "number-1")
    field.send_keys("A-00")
    bench.show(tuple(seen for seen in BENCHES["labels"] if seen.label != "3"))
    wait(driver, "document.querySelectorAll('.place').length === 2")
    field.send_keys("09", Keys.ENTER)
    wait(driver, "document.getElementById('answer').textContent === 'read in en'")
    for answer in ("dismiss", "accept"):
        driver.find_element(By.CSS_SELECTOR, "#label-2 button[name=new]").click()
        getattr(driver.switch_to.alert, answer)()
    wait(driver, "document.getElementById('answer').textContent === 'read in en'")
    assert desk.labels == [("1", "A-0009", "page"), ("2", "new", "page")]
    forms = driver.find_elements(By.CSS_SELECTOR, ".todo .label-read")
    assert [each.get_attribute("id") for each in forms] == ["label-1", "label-2"]


def test_the_start_of_all_comes_and_goes_with_the_tablets_that_wait_for_it(driver: Chrome, bench: LiveBench) -> None:
    open_page(driver, bench, "troubles")
    start, why = driver.find_element(By.ID, "start-all"), driver.find_element(By.ID, "start-none")
    assert (start.is_enabled(), why.is_displayed()) == (False, True)
    bench.show(BENCHES["twelve"])
    wait(driver, "!document.getElementById('start-all').disabled")
    assert not why.is_displayed()


def test_without_the_key_there_is_nothing_to_press(driver: Chrome, bench: LiveBench) -> None:
    open_page(driver, bench, "troubles", keyed=False)
    driver.execute_script("sessionStorage.clear()")
    driver.refresh()
    wait(driver, "document.documentElement.classList.contains('may-read')")
    assert [each for each in driver.find_elements(By.TAG_NAME, "button") if each.is_displayed()] == []
    assert driver.find_element(By.CLASS_NAME, "mute").is_displayed()


def test_an_unplugged_tablet_is_seen_at_once_and_focus_and_details_stay(driver: Chrome, bench: LiveBench) -> None:
    resize(driver, 1280, 900)
    open_page(driver, bench, "twelve")
    details = driver.find_element(By.CSS_SELECTOR, "#place-1-1\\.5 summary")
    details.click()
    driver.execute_script("window.same = document.activeElement")
    views = BENCHES["twelve"]
    bench.show(tuple(replace(seen, state=SlotState.EMPTY, run=None) if seen.label == "3" else seen for seen in views))
    wait(driver, "document.querySelector('#place-1-1\\\\.3.mark-empty') !== null", 10.0)
    assert driver.execute_script("return window.same === document.activeElement && window.same.tagName === 'SUMMARY'")
    assert driver.execute_script("return document.querySelector('#place-1-1\\\\.5 details').open")


def test_no_word_of_a_drawn_menu_leaves_its_screen_or_lies_under_a_mark(driver: Chrome, bench: LiveBench) -> None:
    """As the browser sets the type: each shipped maker's menus, in both languages."""
    resize(driver, 1280, 900)
    wrong = []
    for language in ("en", "fr"):
        driver.get("about:blank")
        open_page(driver, bench, "makers", f"?lang={language}")
        driver.execute_script("for (const each of document.querySelectorAll('.todo .menus')) each.open = true")
        wrong += driver.execute_script("""
            const leaves = [], right = (each) => each.getBoundingClientRect().right;
            for (const screen of document.querySelectorAll('.todo .screen')) {
              const glass = screen.querySelector('.glass').getBoundingClientRect();
              const mark = screen.querySelector('.name') ? null : screen.querySelector('.finger, .track');
              for (const text of screen.querySelectorAll('text:not(.figure, .times)')) {
                const box = text.getBoundingClientRect(), inside = text.classList.contains('title') ? glass.right
                  : mark ? mark.getBoundingClientRect().left : glass.right;
                const below = box.bottom > glass.bottom;
                if (box.right > inside || box.left < glass.left || below) leaves.push(text.textContent);
              }
            }
            return leaves.length || document.querySelectorAll('.todo .screen').length > 40 ? leaves : ['no drawings'];
        """)
    assert wrong == []


def now_is(state: str) -> str:
    return f"document.getElementById('news').dataset.now === '{state}'"


def test_a_station_that_hangs_makes_its_page_grey_although_the_server_answers(driver: Chrome, bench: LiveBench) -> None:
    open_page(driver, bench, "twelve")
    wait(driver, now_is("live"))
    bench.hang()
    wait(driver, f"{now_is('old')} && document.documentElement.classList.contains('old')", 20.0)
    keep_picture(driver, "old")
    bench.show(BENCHES["twelve"])
    wait(driver, f"{now_is('live')} && !document.documentElement.classList.contains('old')")


def test_a_clock_that_is_set_back_makes_no_page_old(driver: Chrome, bench: LiveBench) -> None:
    open_page(driver, bench, "twelve")
    told = driver.find_element(By.ID, "as-of").text
    bench.clock = timedelta(hours=-5)
    try:
        wait(driver, f"!document.getElementById('as-of').textContent.includes({told[:-6]!r})", 10.0)
        assert driver.execute_script(f"return {now_is('live')}")
    finally:
        bench.clock = timedelta()


ANSWER = "document.getElementById('answer').textContent"


def test_a_page_that_outlives_its_station_shows_the_next_one_and_says_what_its_words_came_to(
    driver: Chrome, bench: LiveBench
) -> None:
    first = LiveBench(PageServer(bench.pages.home, Language.EN))
    first.show(BENCHES["twelve"])
    with first.running():
        open_page(driver, first, "twelve", "?lang=fr")
    start = "document.querySelector('.speak button').click()"
    driver.execute_script(start)
    wait(driver, f"{ANSWER}.includes('ne répond pas')", 10.0)
    second = LiveBench(PageServer(bench.pages.home, Language.EN), int(first.url.rstrip("/").rpartition(":")[2]))
    second.show(BENCHES["troubles"])
    with second.running():
        wait(driver, f"document.querySelectorAll('.place').length === {len(BENCHES['troubles'])}")
        assert driver.execute_script("return document.documentElement.dataset.number") == "1"  # as of the first one
        driver.execute_script("document.getElementById('again-5').click()")
        wait(driver, f"{ANSWER}.includes('La clé de cette page')", 10.0)
        keep_picture(driver, "denied")
    driver.get_log("browser")  # its two failed requests belong here


def test_a_page_whose_stream_is_swallowed_asks_for_pictures(driver: Chrome, bench: LiveBench) -> None:
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/events*"]})
    bench.show(BENCHES["twelve"])
    driver.get(bench.url)
    wait(driver, now_is("asking"))
    bench.show(BENCHES["troubles"])
    wait(driver, "document.querySelectorAll('.place').length === 14", 20.0)
    assert not driver.execute_script("return document.documentElement.classList.contains('old')")
    driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    wait(driver, now_is("live"))


WALLS = {
    "3 m, 55 inches": (1920, 1080, 3.0, 1210.0),
    "3 m, as CSS says": (1920, 1080, 3.0, None),
    "3 m, 1280 as CSS says": (1280, 720, 3.0, None),
    "3 m, 1280 of 32 inches": (1280, 720, 3.0, 708.0),
    "6 m, 4k of 75 inches": (3840, 2160, 6.0, 1650.0),
}


@pytest.mark.parametrize("bench_name", ["troubles", "twenty-eight"])
@pytest.mark.parametrize("wall", WALLS)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_letters_on_a_wall_are_as_large_as_the_distance_asks_for(
    driver: Chrome, bench: LiveBench, language: str, wall: str, bench_name: str
) -> None:
    width, height, metres, screen = WALLS[wall]
    resize(driver, width, height)
    open_page(
        driver, bench, bench_name, f"?lang={language}&wall={metres:g}" + (f"&screen={screen:g}" if screen else "")
    )
    wait(driver, "document.documentElement.style.fontSize")
    pixel = screen / driver.execute_script("return screen.width") if screen else 25.4 / 96
    capitals = driver.execute_script("""
        const pen = document.createElement("canvas").getContext("2d");
        return [...document.querySelectorAll("body *")].filter((each) => each.checkVisibility({ checkOpacity: true })
            && [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())
            && !each.closest(".skip, .hidden, h1, h2, h3, svg, script"))
          .map((each) => {
            const style = getComputedStyle(each);
            pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
            return [each.textContent.trim().slice(0, 40), pen.measureText("H").actualBoundingBoxAscent];
          });
    """)
    keep_picture(driver, f"wall-{bench_name}-{width}-{metres:g}m{'' if screen else '-css'}-{language}")
    small = [(text, round(pixels * pixel, 1)) for text, pixels in capitals if pixels * pixel < 19 / 3 * metres * 0.99]
    assert small == []
    assert driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    assert driver.find_element(By.CLASS_NAME, "kind").is_displayed()
    first = driver.find_element(By.CSS_SELECTOR, ".todo > li")
    assert first.is_displayed()
    assert driver.find_element(By.CSS_SELECTOR, ".headline > .hands").is_displayed()
    assert driver.execute_script("return document.getElementById('board').getBoundingClientRect().bottom") <= height


def test_a_wall_shows_every_slot_though_what_to_do_takes_most_of_it(driver: Chrome, bench: LiveBench) -> None:
    resize(driver, 1920, 1080)
    open_page(driver, bench, "twenty-eight", "?lang=fr&wall=3&screen=1210")
    wait(driver, "document.documentElement.style.fontSize")
    shown = [each.text.split(", ") for each in driver.find_elements(By.CSS_SELECTOR, ".looks .labels")]
    shown += [each.text.split()[1:] for each in driver.find_elements(By.CSS_SELECTOR, ".todo .who b")]
    assert sorted(int(one) for labels in shown for one in labels) == list(range(1, 29))


@pytest.mark.parametrize("bench_name", ["twelve", "troubles", "twenty-eight", "labels"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_wall_says_each_look_in_a_word_beside_colour_and_shape(
    driver: Chrome, bench: LiveBench, language: str, bench_name: str
) -> None:
    resize(driver, 1920, 1080)
    open_page(driver, bench, bench_name, f"?lang={language}&wall=3&screen=1210")
    wait(driver, "document.documentElement.style.fontSize")
    wrong = driver.execute_script("""
        const looks = [...document.querySelectorAll('#board .look')].filter((each) => each.checkVisibility());
        const told = (each) => each.querySelector('.word').checkVisibility() && each.querySelector('.word').textContent
          && each.querySelector('.shape').checkVisibility() && each.scrollWidth <= each.clientWidth;
        return looks.length ? looks.filter((each) => !told(each)).map((each) => each.textContent) : ['no looks'];
    """)
    assert wrong == []


def test_nothing_moves_for_who_wants_no_motion(driver: Chrome, bench: LiveBench) -> None:
    open_page(driver, bench, "twelve")
    assert driver.execute_script("return document.getAnimations().length") > 0
    feature = {"name": "prefers-reduced-motion", "value": "reduce"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    wait(driver, "document.getAnimations().length === 0")


def test_a_screen_of_the_room_shows_its_key_once(bench: LiveBench) -> None:
    """The certificate is the bench's own, which the person who sets the screen up accepts."""
    pages = PageServer(bench.pages.home, Language.EN)
    door = pages.open_room("127.0.0.1", 0)
    with LiveBench(pages).running() as room, open_browser("--ignore-certificate-errors") as driver:
        room.show(BENCHES["twelve"])
        driver.get(door.url.partition("#")[0])
        assert driver.find_element(By.ID, "key").is_displayed()
        driver.get("about:blank")
        driver.get(door.url)
        wait(driver, HAS_NEWS)
        assert "key=" not in driver.current_url
        assert len(driver.find_elements(By.CLASS_NAME, "place")) == 12
