"""An order that no agent takes is refused before any tablet is touched; what is measured is what would be sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from agent_bed import site_key
from cryptography.hazmat.primitives.asymmetric import rsa
from factories import make_app, make_site

from provision.agent.client import Sender
from provision.agent.contract import AGENT, OrderName
from provision.agent.hello import Hello
from provision.agent.order import Order, OrderTooLarge, SecretEncryptor, cut_pieces, sign_order
from provision.errors import ConfigurationError
from provision.runs.agent_kit import AgentKit
from provision.runs.order_size import find_largest_order, refuse_large_orders
from provision.site.family import Families, Family, FamilyTile
from provision.site.secret import Secret
from provision.state.opening import open_bench_state
from tests.made_certificates import make_all

ACCOUNT = {
    "security": "eap", "method": "peap", "identity": "tablette", "password": {"prompt": True}, "ca": "ca.pem",
    "domain": "radius.hopital.example",
}  # fmt: skip
TILE = FamilyTile(label="Marie", link="https://visio.example/marie", package="a.b")
TILES: Families = {"A-0007": Family((TILE,) * 30)}


def make_kit(folder: Path, accounts: int, families: Families) -> AgentKit:
    networks = [ACCOUNT | {"ssid": f"COMPTES-{number:02}"} for number in range(accounts)]
    site = make_site(wifi={"networks": networks}, kiosk={"lock_task": True, "hotline": "12 34"})
    with open_bench_state(folder) as state:
        sender, agent = Sender(site.name, site_key()), make_app(AGENT, version_code=6)
        return AgentKit(agent, site, ("a.b",), sender, dict, state.agent_secrets, families=lambda: families)


def make_secrets(accounts: int, authorities: int) -> dict[str, Secret]:
    made = make_all({f"root{number}": {"authority": True} for number in range(authorities)})
    pem = b"".join(one.pem for one in made.values())
    places = range(accounts)
    return {f"networks.{at}.ca": Secret(pem) for at in places} | {
        f"networks.{at}.password": Secret(b"secret-of-an-account") for at in places
    }


def make_order(kit: AgentKit, secrets: dict[str, Secret], number: str) -> bytes:
    """The order of a newest tablet, as the client makes it."""
    session = rsa.generate_private_key(65537, 2048).public_key()
    hello = Hello("0.6.0", 37, True, frozenset({1}), "0" * 32, None, "1" * 32, session)  # noqa: FBT003 # an answer
    body = kit.compose_policy(number, Secret(b"0" * 32), SecretEncryptor(hello).encrypt, 37, secrets)
    order = Order(OrderName.APPLY, kit.sender.site, hello.tablet, hello.nonce, body)
    return sign_order(order.payload(), kit.sender.key)


@pytest.mark.parametrize("families", [{}, TILES], ids=["no families", "families"])
def test_what_is_measured_is_what_would_be_sent(families: Families, tmp_path: Path) -> None:
    kit, secrets = make_kit(tmp_path, 3, families), make_secrets(3, 2)
    largest = find_largest_order(kit, secrets)
    sent = make_order(kit, secrets, largest.asset or "A-0001")
    assert len(sent) <= largest.size <= len(sent) + 100
    assert largest.asset == next(iter(families), "")


def test_sixteen_accounts_with_many_authorities_each_are_refused_with_what_to_do(tmp_path: Path) -> None:
    kit, secrets = make_kit(tmp_path, 16, {}), make_secrets(16, 8)
    with pytest.raises(OrderTooLarge):
        cut_pieces("0" * 16, make_order(kit, secrets, "A-0001"))
    with pytest.raises(ConfigurationError) as refused:
        refuse_large_orders(kit, secrets, tmp_path / "site.yaml")
    assert [word for word in ("wifi", "73728", "fewer networks", "`ca`") if word not in str(refused.value)] == []


def test_one_account_whose_password_is_asked_for_later_is_taken(tmp_path: Path) -> None:
    secrets = {place: secret for place, secret in make_secrets(1, 3).items() if place.endswith(".ca")}
    refuse_large_orders(make_kit(tmp_path, 1, TILES), secrets, tmp_path / "site.yaml")
