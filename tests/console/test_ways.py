"""How an address may be asked, and what is said to a browser or program that asks otherwise."""

from __future__ import annotations

from provision.console.pages.table import PAGES
from provision.state.wards import Role
from tests.console.console_bed import HERE, House

WAYS = {page.path.format(number="A-0001", ward="cardio-2"): page.ways.value for page in PAGES}
WAYS |= {"/sign-in": ("GET", "POST"), "/sign-out": ("POST",), "/accessibilite": ("GET",)}


def test_who_asks_in_another_way_is_told_which_ones_there_are(house: House) -> None:
    """RFC 9110, 15.5.6: an answer 405 has `Allow`."""
    browser = house.open(Role.ADMINISTRATOR)
    answers = {path: browser.ask("DELETE", path, headers={"origin": f"http://{HERE}"}) for path in WAYS}
    told = {path: set(answer.headers.get("allow", "").split(", ")) - {"HEAD"} for path, answer in answers.items()}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(WAYS, 405)
    assert told == {path: set(ways) for path, ways in WAYS.items()}
