"""Signing in by the hospital's identity provider: who comes in, as what, and everything that lets nobody in."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from provision.console.credentials import check_password
from provision.console.patience import FREE_OF_ADDRESS, LONGEST_WAIT
from provision.console.provider.faults import Fault
from provision.console.provider.metadata import APART_SECONDS, KEPT_SECONDS
from provision.console.provider.question import ANSWERED_SECONDS
from provision.register.people import Person
from provision.register.sql.people_rows import forget_person, list_entries, list_people, write_person
from provision.site.secret import Secret
from provision.state.wards import Role
from provision.texts.catalogue import Language, say
from tests.console.console_bed import PASSWORD, Browser, House, read_words, tell_code
from tests.console.provider_bed import ISSUER, NOW, SECRET, WORDS, Desk, open_desk

LOGIN = "zoe.martin@"


def is_in(browser: Browser) -> bool:
    return browser.get("/").status_code == 200


def list_vouched(desk: Desk) -> list[Person]:
    return [one for one in desk.house.console.read(list_people) if one.is_vouched]


@pytest.fixture
def desk(house: House) -> Desk:
    """A console with a provider; nobody of it was here before."""
    made = open_desk(house)
    for one in list_vouched(made):
        house.console.register.local.write(partial(forget_person, login=one.login))
    return made


def is_told(answer: httpx.Response, why: Fault) -> bool:
    return say(Language.EN, f"console.provider.{why}", label="CHU") in read_words(answer)


def test_who_is_vouched_for_comes_in_as_their_groups_say_and_is_led_on(desk: Desk) -> None:
    browser, answer = desk.sign_in("/?q=A-0001")
    assert (answer.status_code, answer.headers["refresh"]) == (200, "0; url=/?q=A-0001")
    assert is_in(browser)
    assert f"{LOGIN} · hotline" in read_words(browser.get("/"))
    (person,) = list_vouched(desk)
    last = desk.house.console.read(list_entries)[0]
    assert (last.action, last.pseudonym, last.role, last.told) == ("sign-in", person.pseudonym, "hotline", "CHU")
    assert desk.sign_in()[1].status_code == 200
    assert [one.pseudonym for one in list_vouched(desk)] == [person.pseudonym]


def test_the_question_has_what_keeps_its_answer_from_others(desk: Desk) -> None:
    browser, led = desk.begin()
    where = urlsplit(led.headers["location"])
    asked = {name: values[0] for name, values in parse_qs(where.query).items()}
    assert led.headers["location"].startswith(WORDS["authorization_endpoint"])
    assert asked["redirect_uri"] == "http://127.0.0.1:8444/sign-in/back"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert len({asked[name] for name in ("state", "nonce", "code_challenge")}) == 3
    assert SECRET not in str(led.headers)
    cookie = led.headers["set-cookie"].lower()
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip() for part in cookie.split(";")}
    other = desk.begin()[1].headers["location"]
    assert parse_qs(urlsplit(other).query)["state"] != [asked["state"]]
    assert browser.cookies["provision-question"] not in led.headers["location"]


def test_over_https_its_cookie_is_for_this_server_alone(desk: Desk) -> None:
    _, led = desk.begin(scheme="https")
    cookie = led.headers["set-cookie"].lower()
    assert (cookie.startswith("__host-"), "; secure" in cookie) == (True, True)
    assert parse_qs(urlsplit(led.headers["location"]).query)["redirect_uri"] == ["https://127.0.0.1:8444/sign-in/back"]


ODD_CLAIMS: list[tuple[Fault, dict[str, object]]] = [
    (Fault.TOKEN, {"iss": "https://elsewhere.example"}),
    (Fault.TOKEN, {"iss": f"{ISSUER}/"}),
    (Fault.TOKEN, {"aud": "another"}),
    (Fault.TOKEN, {"aud": ["console", "another"]}),
    (Fault.TOKEN, {"aud": None}),
    (Fault.TOKEN, {"azp": "another"}),
    (Fault.TOKEN, {"nonce": "another"}),
    (Fault.TOKEN, {"nonce": None}),
    (Fault.TOKEN, {"sub": ""}),
    (Fault.TOKEN, {"sub": ["8f3a"]}),
    (Fault.TOKEN, {"exp": None}),
    (Fault.TOKEN, {"iat": "now"}),
    (Fault.CLOCK, {"exp": NOW - 61}),
    (Fault.CLOCK, {"iat": NOW + 61}),
    (Fault.CLOCK, {"iat": NOW - 700}),
    (Fault.CLOCK, {"nbf": NOW + 61}),
    (Fault.ROLE, {"groups": ["cooks"]}),
    (Fault.ROLE, {"groups": None}),
    (Fault.ROLE, {"groups": {"telephone": True}}),
    (Fault.ROLE, {"groups": [["telephone"]]}),
]


@pytest.mark.parametrize(("why", "claims"), ODD_CLAIMS)
def test_a_token_that_says_something_else_lets_nobody_in(desk: Desk, why: Fault, claims: dict[str, object]) -> None:
    desk.fake.claims = claims
    browser, answer = desk.sign_in()
    assert (is_told(answer, why), is_in(browser)) == (True, False)
    assert "provision-session" not in answer.cookies
    assert list_vouched(desk) == []
    assert desk.house.console.read(list_entries)[0].action == "refused"


GOOD_CLAIMS: list[dict[str, object]] = [
    {"aud": ["console"], "azp": "console"},
    {"exp": NOW - 59},
    {"iat": NOW + 59},
    {"groups": "telephone"},
]


@pytest.mark.parametrize("claims", GOOD_CLAIMS)
def test_what_the_standard_allows_is_taken(desk: Desk, claims: dict[str, object]) -> None:
    desk.fake.claims = claims
    assert is_in(desk.sign_in()[0])


SIGNED: list[tuple[tuple[str, ...], tuple[str, str], dict[str, object], bool]] = [
    (("rsa-1", "ec-1"), ("rsa-1", "RS256"), {}, True),
    (("rsa-1", "ec-1"), ("rsa-1", "PS256"), {"kid": None}, True),
    (("ec-1", "ec-2"), ("ec-1", "ES256"), {"kid": None}, False),
    (("ec-1",), ("ec-2", "ES256"), {}, False),
    (("ec-1",), ("ec-2", "ES256"), {"kid": "ec-1"}, False),
    (("oct-1",), ("oct-1", "HS256"), {}, False),
    (("rsa-1",), ("rsa-1", "RS512"), {}, False),
    ((), ("ec-1", "ES256"), {}, False),
]


@pytest.mark.parametrize(("published", "signs", "header", "comes_in"), SIGNED)
def test_only_the_provider_s_own_signature_counts(
    desk: Desk, published: tuple[str, ...], signs: tuple[str, str], header: dict[str, object], comes_in: object
) -> None:
    desk.fake.published, desk.fake.signs, desk.fake.header = published, signs, header
    browser, answer = desk.sign_in()
    assert is_in(browser) == comes_in
    assert comes_in or is_told(answer, Fault.TOKEN)


def encode(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("form", ["{none}.{body}.", "{head}.{body}.", "{head}.{body}", "x", "", "{none}.{body}.{sign}"])
def test_a_token_without_a_signature_lets_nobody_in(desk: Desk, form: str) -> None:
    right = desk.fake.sign("n").split(".")
    odd = form.format(none=encode({"alg": "none"}), head=right[0], body=right[1], sign=right[2])
    desk.fake.sign = lambda _nonce: odd  # type: ignore[method-assign] # the provider is the test's own
    browser, answer = desk.sign_in()
    assert (is_told(answer, Fault.TOKEN), is_in(browser)) == (True, False)


def test_a_new_key_is_asked_for_and_a_flood_of_odd_ones_is_not(desk: Desk) -> None:
    assert is_in(desk.sign_in()[0])
    desk.fake.published, desk.fake.signs = ("ec-2",), ("ec-2", "ES256")
    desk.clock.now += APART_SECONDS
    assert is_in(desk.sign_in()[0])
    desk.fake.signs = ("ec-3", "ES256")
    asked = desk.fake.calls.count("/keys")
    assert is_told(desk.sign_in()[1], Fault.TOKEN)
    assert desk.fake.calls.count("/keys") == asked
    assert desk.fake.calls.count("/.well-known/openid-configuration") == 1


ODD_ANSWERS: list[tuple[Fault, dict[str, str]]] = [
    (Fault.STALE, {"state": "0" * 64}),
    (Fault.STALE, {"state": ""}),
    (Fault.STALE, {"state": "é"}),
    (Fault.STALE, {"code": ""}),
    (Fault.STALE, {"code": "x" * 5000}),
    (Fault.CODE, {"code": "another"}),
    (Fault.TOKEN, {"iss": "https://elsewhere.example"}),
    (Fault.TOKEN, {"iss": ""}),
    (Fault.DENIED, {"error": "access_denied"}),
    (Fault.DENIED, {"error": "<b>\r\n"}),
    (Fault.AWAY, {"error": "temporarily_unavailable"}),
]


@pytest.mark.parametrize(("why", "changes"), ODD_ANSWERS)
def test_an_odd_answer_lets_nobody_in(desk: Desk, why: Fault, changes: dict[str, str]) -> None:
    browser, led = desk.begin()
    answer = browser.get("/sign-in/back", params={**desk.fake.agree(led.headers["location"]), **changes})
    assert (is_told(answer, why), is_in(browser)) == (True, False)
    assert "<b>" not in answer.text


def test_an_answer_without_issuer_is_taken_where_the_provider_never_names_it(desk: Desk) -> None:
    for names, comes_in in ((True, False), (False, True)):
        desk.fake.words["authorization_response_iss_parameter_supported"] = names
        desk.clock.now += KEPT_SECONDS + 1
        browser, led = desk.begin()
        answer = desk.fake.agree(led.headers["location"])
        del answer["iss"]
        browser.get("/sign-in/back", params=answer)
        assert is_in(browser) == comes_in


def test_an_answer_is_good_once_in_its_own_browser_and_in_time(desk: Desk) -> None:
    browser, led = desk.begin()
    answer = desk.fake.agree(led.headers["location"])
    other = desk.begin()[0]
    assert is_told(other.get("/sign-in/back", params=answer), Fault.STALE)
    assert is_told(desk.house.open().get("/sign-in/back", params=answer), Fault.STALE)
    kept = browser.cookies["provision-question"]
    assert browser.get("/sign-in/back", params=answer).status_code == 200
    again = desk.house.open()
    again.cookies.set("provision-question", kept, domain="127.0.0.1")
    desk.fake.agree(led.headers["location"])
    assert is_told(again.get("/sign-in/back", params=answer), Fault.STALE)
    late, led = desk.begin()
    desk.clock.now += ANSWERED_SECONDS + 1
    assert is_told(late.get("/sign-in/back", params=desk.fake.agree(led.headers["location"])), Fault.STALE)
    assert [is_in(each) for each in (browser, other, again, late)] == [True, False, False, False]


@pytest.mark.parametrize("cookie", ["", ".", "a.b.c", f"{'a' * 43}.1.%2F", f"{'a' * 43}.x.%2F", "a" * 5000])
def test_a_made_up_cookie_is_no_question(desk: Desk, cookie: str) -> None:
    browser = desk.house.open()
    browser.cookies.set("provision-question", cookie, domain="127.0.0.1")
    assert is_told(browser.get("/sign-in/back", params={"state": "0" * 64, "code": "c"}), Fault.STALE)


@pytest.mark.parametrize("then", ["//evil.example/", "https://evil.example", "/\\evil.example", "/a\r\nx: y", "/é"])
def test_a_sign_in_leads_to_this_console_alone(desk: Desk, then: str) -> None:
    _, answer = desk.sign_in(then)
    assert answer.headers["refresh"] == "0; url=/"


ODD_WORDS: list[dict[str, object]] = [
    {"issuer": f"{ISSUER}/"},
    {"issuer": None},
    {"authorization_endpoint": "http://login.hospital.example/authorize"},
    {"token_endpoint": "file:///etc/passwd"},
    {"jwks_uri": None},
    {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
    {"code_challenge_methods_supported": ["plain"]},
]


@pytest.mark.parametrize("changes", ODD_WORDS)
def test_a_document_that_is_another_s_or_unsafe_leads_nowhere(desk: Desk, changes: dict[str, object]) -> None:
    desk.fake.words |= changes
    _, led = desk.begin()
    assert (led.status_code, is_told(led, Fault.AWAY), "location" in led.headers) == (503, True, False)


def test_a_provider_that_is_away_is_told_and_own_accounts_open_the_pages(desk: Desk) -> None:
    desk.fake.is_away = True
    browser, led = desk.begin()
    assert (led.status_code, is_told(led, Fault.AWAY)) == (503, True)
    desk.begin()
    assert len(desk.fake.calls) == 1, "asked again at once"
    desk.clock.now += 10_000
    form = {"login": "administrator-1", "password": PASSWORD, "code": tell_code()}
    assert browser.send("/sign-in", form).status_code == 303
    assert is_in(browser)
    desk.fake.is_away = False
    assert desk.begin()[1].status_code == 303


def test_a_provider_that_goes_away_on_the_way_back_lets_nobody_in(desk: Desk) -> None:
    browser, led = desk.begin()
    answer = desk.fake.agree(led.headers["location"])
    desk.fake.is_away = True
    back = browser.get("/sign-in/back", params=answer)
    assert (back.status_code, is_told(back, Fault.AWAY), is_in(browser)) == (503, True, False)


def test_another_role_or_none_ends_what_is_open(desk: Desk) -> None:
    first = desk.sign_in()[0]
    desk.fake.claims = {"groups": ["auditors"]}
    second = desk.sign_in()[0]
    assert (is_in(first), is_in(second), second.get("/journal").status_code) == (False, True, 200)
    desk.fake.claims = {"groups": []}
    third, answer = desk.sign_in()
    assert (is_in(second), is_in(third), is_told(answer, Fault.ROLE)) == (False, False, True)


def test_who_is_closed_or_forgotten_here_is_so_whatever_the_provider_says(desk: Desk) -> None:
    browser = desk.sign_in()[0]
    (person,) = list_vouched(desk)
    write = desk.house.console.register.local.write
    write(partial(write_person, person=replace(person, is_active=False)))
    other, answer = desk.sign_in()
    assert (is_told(answer, Fault.DISABLED), is_in(browser), is_in(other)) == (True, False, False)
    write(partial(forget_person, login=person.login))
    assert is_in(desk.sign_in()[0])
    assert list_vouched(desk)[0].pseudonym != person.pseudonym


NAMES = [
    ({"sub": "other"}, "zoe.martin@2"),
    ({"sub": "other", "preferred_username": "  "}, "person@"),
    ({"sub": "other", "preferred_username": "<script>" * 20}, "script.script.script.sc@"),
    ({"sub": "other", "preferred_username": "hotline-1"}, "hotline.1@"),
]


@pytest.mark.parametrize(("claims", "login"), NAMES)
def test_a_name_is_never_what_somebody_is_known_by(desk: Desk, claims: dict[str, object], login: str) -> None:
    desk.sign_in()
    desk.fake.claims = claims
    assert is_in(desk.sign_in()[0])
    assert sorted(one.login for one in list_vouched(desk)) == sorted([LOGIN, login])


def test_an_account_of_the_provider_has_no_password_here(desk: Desk) -> None:
    desk.sign_in()
    (person,) = list_vouched(desk)
    form = {"login": person.login, "password": person.password, "code": tell_code()}
    assert desk.house.open().send("/sign-in", form).status_code == 403
    assert (check_password(person.password, Secret(person.password.encode())), person.totp) == (False, "")


def test_a_role_inside_other_claims_is_found(house: House) -> None:
    desk = open_desk(house, claim="realm_access.roles", roles={"ward": ["cardio"], "technician": ["bench"]})
    desk.fake.claims = {"sub": "nested", "realm_access": {"roles": ["cardio", "bench"]}}
    assert "technician" in read_words(desk.sign_in()[0].get("/"))
    assert list_vouched(desk)[0].role in set(Role)


def test_who_comes_back_wrongly_again_and_again_waits(desk: Desk) -> None:
    codes = []
    desk.fake.claims = {"nonce": "another"}
    for _ in range(FREE_OF_ADDRESS + 1):
        codes.append(desk.sign_in()[1].status_code)
    assert codes == [*[403] * FREE_OF_ADDRESS, 429]
    desk.fake.claims = {}
    browser, led = desk.begin()
    answer = desk.fake.agree(led.headers["location"])
    assert browser.get("/sign-in/back", params=answer).status_code == 429
    desk.clock.now += LONGEST_WAIT
    assert browser.get("/sign-in/back", params=answer).status_code == 200, "who waited has spent nothing"
    assert is_told(browser.get("/sign-in/back", params=answer), Fault.STALE)


def test_many_of_one_address_come_in_after_each_other(desk: Desk) -> None:
    assert {desk.sign_in()[1].status_code for _ in range(FREE_OF_ADDRESS + 1)} == {200}


def test_the_page_says_both_ways_and_without_a_provider_one(desk: Desk, house: House) -> None:
    page = desk.house.open().get("/sign-in", params={"then": "/?q=a&b"})
    assert 'href="/sign-in/provider?then=/%3Fq%3Da%26b"' in page.text
    assert "If CHU does not answer" in read_words(page)
    assert "/sign-in/provider" not in house.open().get("/sign-in").text
    assert house.open().get("/sign-in/provider").status_code == 404
