"""Requests to the pages, without a browser: what is told, to whom, and what is taken from whom."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx
import pytest

from provision.bench.cable import Cable
from provision.bench.slot_events import Rung
from provision.bench.slots import SlotState
from provision.board.marks import MARKS
from provision.site.secret import Secret
from provision.terms import HomeKind, OperatorWord
from provision.texts.catalogue import Language, say
from provision.web.app import Pages
from provision.web.feed import Feed
from provision.web.guard import KEY_COOKIE, Guard, Keys
from provision.web.render import render_board, render_page, render_style, split_whole
from tests.board.board_cases import make_view
from tests.web.benches import BENCHES, SITE, Listener, make_moment, tell

HERE = "127.0.0.1:8000"
OPERATOR, WALL = "operators-key", "walls-key"


class Client:
    """Requests to an application in this process, one after the other."""

    def __init__(self, app: Guard, base_url: str = f"http://{HERE}") -> None:
        self._app, self._base_url = app, base_url

    def get(self, path: str, **asked: object) -> httpx.Response:
        return asyncio.run(self._ask("GET", path, asked))

    def post(self, path: str, **asked: object) -> httpx.Response:
        return asyncio.run(self._ask("POST", path, asked))

    async def _ask(self, method: str, path: str, asked: Mapping[str, object]) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self._app), base_url=self._base_url) as client:
            return await client.request(method, path, **asked)


@dataclass
class Bench:
    """The pages of one bench, with what stands behind them."""

    feed: Feed
    desk: Listener
    client: Client


def open_bench(name: str = "twelve", *, in_room: bool = False) -> Bench:
    feed, desk = Feed(), Listener()
    feed.publish(make_moment(BENCHES[name]))
    app = Pages(feed, lambda: desk, SITE, HomeKind.WARD, Language.FR).make_app()
    keys = Keys(Secret(OPERATOR.encode()), Secret(WALL.encode()) if in_room else None)
    scheme = "https" if in_room else "http"
    return Bench(feed, desk, Client(Guard(app, frozenset({HERE}), scheme, keys), f"{scheme}://{HERE}"))


def said(key: str = OPERATOR, origin: str = f"http://{HERE}") -> dict[str, str]:
    return {"x-provision-key": key, "origin": origin}


def test_a_page_tells_the_bench_in_its_language_or_the_one_asked_for() -> None:
    client = open_bench().client
    assert "Que faire maintenant" in client.get("/").text
    assert "What to do now" in client.get("/?lang=en").text
    assert client.get("/?lang=xx").text == client.get("/").text


def test_a_snapshot_is_plain_json_of_the_newest_moment() -> None:
    bench = open_bench()
    first = bench.client.get("/snapshot?lang=en").json()
    bench.feed.publish(make_moment(BENCHES["none"]))
    second = bench.client.get("/snapshot?lang=en").json()
    assert (first["headline"][0], len(first["hubs"])) == ("65 of 150 done (1 with reservations), 12 refused", 2)
    assert second["number"] == first["number"] + 1
    assert second["hubs"] == []


def test_a_snapshot_is_as_old_as_the_last_look_and_names_its_station() -> None:
    bench = open_bench()
    moment = make_moment(BENCHES["twelve"])
    looked = replace(moment, at=moment.at + timedelta(seconds=3))
    bench.feed.publish(looked)
    for asked in ("", "picture=1"):
        told = bench.client.get(f"/snapshot?{asked}").json()
        assert (told["at"], told["as_of"]) == (looked.at.timestamp(), "09:05:10")
        assert told["station"] == bench.feed.station
    assert open_bench().feed.station != bench.feed.station


def test_the_list_of_looks_is_published() -> None:
    told = open_bench().client.get("/states?lang=en").json()
    assert [one["name"] for one in told] == list(MARKS)
    assert {"word", "meaning", "colour", "glyph", "path"} <= told[0].keys()


def test_a_look_at_the_same_slots_has_no_new_number() -> None:
    feed, moment = Feed(), make_moment(BENCHES["twelve"])
    for now in (0.0, 0.2, 0.4):
        feed.publish(replace(moment, now=moment.now + now))
    assert feed.newest[0] == 1
    feed.publish(replace(moment, views=moment.views[1:]))
    assert feed.newest[0] == 2


SEEN_OTHERWISE: Mapping[str, object] = {
    "rung": Rung.HAND,
    "cable": Cable("dropping", None),
    "state": SlotState.SERVICE_MODE,
    "granted": True,
    "usual": 20.0,
    "present": False,
    "model": "SM T510",
    "serial": "R52",
    "label": "B1",
}


def test_whatever_else_is_seen_of_a_slot_has_a_new_number_and_its_time_alone_none() -> None:
    seen = make_view({"label": "1", "state": "no-adb-answer", "rung": Rung.RESET})
    numbers: dict[str, list[int]] = {}
    for member, value in SEEN_OTHERWISE.items():
        moment, feed = make_moment((seen,)), Feed()
        for view in (seen, replace(seen, since=9.0, left=3.0), replace(seen, **{member: value})):
            feed.publish(replace(moment, views=(view,)))
            numbers.setdefault(member, []).append(feed.newest[0])
    assert numbers == {member: [1, 1, 2] for member in SEEN_OTHERWISE}


def test_before_the_first_look_there_is_a_page_and_no_snapshot() -> None:
    app = Pages(Feed(), lambda: None, SITE, HomeKind.WARD, Language.EN).make_app()
    client = Client(app_guarded(app))
    assert "Wait a moment." in client.get("/").text
    assert client.get("/snapshot").status_code == 503


def app_guarded(app: object) -> Guard:
    return Guard(app, frozenset({HERE}), "http", Keys(Secret(OPERATOR.encode())))


WORDS = [("yes", "4"), ("no", "B 2"), ("again", "é&"), ("show", "7"), ("start", ""), ("stop", ""), ("stop", "7")]


@pytest.mark.parametrize(("word", "slot"), WORDS)
def test_a_word_of_the_operator_reaches_the_desk(word: str, slot: str) -> None:
    bench = open_bench()
    answer = bench.client.post("/words?lang=en", content=urlencode({"word": word, "slot": slot}), headers=said())
    assert (answer.status_code, answer.json()) == (200, {"text": "heard in en", "taken": True})
    assert bench.desk.heard == [(OperatorWord(word), slot, "page")]


LABELS = [
    ({"number": "A-0009"}, "A-0009"),
    ({"number": "", "new": "1"}, "new"),
    ({}, ""),
    ({"number": "A-1", "which": "1"}, ""),
    ({"number": "é" * 300}, "é" * 300),
]


@pytest.mark.parametrize(("sent", "read"), LABELS)
def test_a_label_reaches_the_desk_with_its_slot(sent: dict[str, str], read: str) -> None:
    bench = open_bench()
    content = urlencode({"word": "label", "slot": "4", **sent})
    answer = bench.client.post("/words?lang=fr", content=content, headers=said())
    assert answer.json() == {"text": "read in fr", "taken": True}
    assert (bench.desk.labels, bench.desk.heard) == ([("4", read, "page")], [])


def test_a_word_that_is_not_taken_is_no_success() -> None:
    bench = open_bench()
    bench.desk.taken = False
    assert bench.client.post("/words", content="word=again&slot=1", headers=said()).status_code == 409


REFUSED: Mapping[str, tuple[Mapping[str, str], str]] = {
    "without a key": ({"origin": f"http://{HERE}"}, "word=start"),
    "with a wrong key": (said("operators-kex"), "word=start"),
    "with the key of the wall": (said(WALL), "word=start"),
    "without an origin": ({"x-provision-key": OPERATOR}, "word=start"),
    "from another page": (said(origin="http://evil.example"), "word=start"),
    "from another port": (said(origin="http://127.0.0.1:8001"), "word=start"),
    "from the same name over https": (said(origin=f"https://{HERE}"), "word=start"),
    "that nobody knows": (said(), "word=format"),
    "that is too long": (said(), "word=start&slot=" + "4" * 3000),
}


@pytest.mark.parametrize("how", REFUSED)
def test_no_word_is_taken(how: str) -> None:
    bench = open_bench()
    headers, body = REFUSED[how]
    assert bench.client.post("/words", content=body, headers=headers).status_code in {400, 403}
    assert bench.desk.heard == []


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1", "127.0.0.1:8001", ""])
@pytest.mark.parametrize("path", ["/", "/events", "/snapshot", "/assets/board.css"])
def test_a_name_that_was_bound_to_this_computer_is_not_served(host: str, path: str) -> None:
    assert open_bench().client.get(path, headers={"host": host}).status_code == 421


def test_every_answer_forbids_what_runs_inline_frames_and_keeps() -> None:
    client = open_bench().client
    for path in ("/", "/snapshot", "/assets/board.js", "/assets/none", "/events/none"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert headers["x-frame-options"] == "DENY"
        assert "access-control-allow-origin" not in headers
        assert "set-cookie" not in headers


IN_ROOM = ("/snapshot", "/states", "/events")


@pytest.mark.parametrize("path", IN_ROOM)
def test_in_the_room_nothing_of_the_bench_is_read_without_a_key(path: str) -> None:
    assert open_bench(in_room=True).client.get(path).status_code == 403


def test_in_the_room_the_page_without_a_key_is_a_door() -> None:
    text = open_bench(in_room=True).client.get("/").text
    assert SITE not in text
    assert "A-0051" not in text


@pytest.mark.parametrize(("key", "speaks"), [(WALL, False), (OPERATOR, True)])
def test_a_screen_that_showed_its_key_reads_and_only_the_operators_speaks(key: str, *, speaks: bool) -> None:
    bench = open_bench(in_room=True)
    opened = bench.client.post("/session", headers=said(key, f"https://{HERE}"))
    cookie = opened.headers["set-cookie"]
    assert all(word in cookie for word in (f"{KEY_COOKIE}={key}", "HttpOnly", "Secure", "SameSite=strict", "Path=/"))
    assert bench.client.get("/snapshot", headers={"cookie": f"{KEY_COOKIE}={key}"}).status_code == 200
    taken = bench.client.post("/words", content="word=start", headers=said(key, f"https://{HERE}"))
    assert (taken.status_code == 200) is speaks


def test_a_wrong_key_opens_no_session() -> None:
    opened = open_bench(in_room=True).client.post("/session", headers=said("wall", f"https://{HERE}"))
    assert (opened.status_code, opened.headers.get("set-cookie")) == (403, None)


@pytest.mark.parametrize("asked", ["abc", "nan", "0", "-3", "1e9", "inf", ""])
def test_what_is_no_distance_is_a_page_at_hand(asked: str) -> None:
    assert "data-wall" not in open_bench().client.get("/", params={"wall": asked}).text


class Reader(HTMLParser):
    """Collects the ids of a page, and whatever its rule against inline styles and scripts would cut."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.ids += [str(names["id"])] if "id" in names else []
        outside = tag != "script" or "src" in names
        cut = [name for name in names if name == "style" or name.startswith("on")]
        self.inline += cut + ([] if outside and tag != "style" else [tag])


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", BENCHES)
def test_a_page_holds_each_id_once_and_nothing_inline(name: str, language: Language) -> None:
    reader = Reader()
    reader.feed(render_page(tell(name, language), language))
    assert len(reader.ids) == len(set(reader.ids))
    assert reader.inline == []


def test_what_a_tablet_calls_itself_is_text() -> None:
    seen = replace(BENCHES["twelve"][0], model="<script>alert(1)</script>", serial='"><img src=x>')
    moment = make_moment((seen,))
    feed = Feed()
    feed.publish(moment)
    client = Client(app_guarded(Pages(feed, lambda: None, SITE, HomeKind.WARD, Language.EN).make_app()))
    text = client.get("/", headers={"host": HERE}).text
    assert "<script>alert" not in text
    assert "<img" not in text


def test_a_bench_without_slots_offers_no_start_of_all() -> None:
    offered = {
        name: say(Language.EN, "web.word.start-all") in render_page(tell(name), Language.EN)
        for name in ("none", "twelve")
    }
    assert offered == {"none": False, "twelve": True}


def test_the_start_of_all_is_live_only_while_a_tablet_waits_for_it() -> None:
    for name, ready in (("twelve", 1), ("troubles", 0)):
        page, bench = render_page(tell(name), Language.EN), open_bench(name)
        assert ("start-all" in page, 'hx-swap="none" disabled' in page) == (True, not ready)
        assert (f'<span id="start-none">{say(Language.EN, "web.word.start-none")}' in page) is not ready
        assert bench.client.get("/snapshot?picture=1").json()["ready"] == ready


def test_a_stop_of_one_slot_is_asked_about_and_says_what_becomes_of_its_tablet() -> None:
    asked = re.findall(r'id="([\w-]*stop-\d+)"[^>]* hx-confirm="([^"]+)"', render_board(tell("twelve")))
    assert dict(asked).keys() == {"stop-5", "slot-stop-3", "slot-stop-4", "slot-stop-5", "slot-stop-6"}
    assert all("partly set up" in text and "other slots go on" in text for _id, text in asked)


def test_a_number_of_its_own_is_given_only_after_a_question() -> None:
    asking = re.findall(
        r'<button type="button" name="new"[^>]* hx-confirm="[^"]*slot (\d+) ', render_board(tell("labels"))
    )
    assert sorted(asking) == ["1", "2", "3"]


def test_every_slot_says_its_look_in_words_beside_its_shape() -> None:
    html = render_board(tell("twenty-eight"))
    tiles = re.findall(r'<li class="place mark-([a-z-]+)".*?</h4>', html, re.DOTALL)
    shapes = re.findall(
        r'<li class="place mark-([a-z-]+)".*?#shape-\1".*?<span class="word">[^<]+</span></h4>', html, re.DOTALL
    )
    assert len(tiles) == 28
    assert shapes == tiles


def contrast(one: str, other: str) -> float:
    """Contrast of two colours (WCAG 2.2, 1.4.3)."""

    def luminance(colour: str) -> float:
        full = colour if len(colour) == 7 else "#" + "".join(2 * letter for letter in colour[1:])
        values = [int(full[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        r, g, b = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_words_on_every_look_are_read() -> None:
    looks = re.findall(r"--look: (#\w+); --ink: (#\w+)", render_style())
    assert len(looks) == len(MARKS)
    assert [pair for pair in looks if contrast(*pair) < 4.5] == []


def test_numbers_and_words_with_a_hyphen_stay_on_one_line() -> None:
    pieces = split_whole(
        "Collez A-0051, est-ce bien ? provision accept 4. “2: confirm”, “Always allow from this computer”"
    )
    assert pieces[1::2] == ["A-0051", "est-ce", "provision accept 4", "“2: confirm”"]


def test_a_stop_in_the_list_says_what_follows_and_a_slow_step_how_long_it_takes() -> None:
    html = render_board(tell("twelve"))
    assert say(Language.EN, "web.word.stop-slot-what", label="5") in html
    row = html[html.index('id="todo-slow-5"') :]
    assert 'data-told="step"' in row[: row.index("</li>")]
