"""A virtual tablet that stays outside erases itself where two keys want it, and no other does."""

from __future__ import annotations

from pathlib import Path

import pytest
from agent_bed import site_key
from agent_tablet import ASSET, AgentTablet
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from provision.agent.client import AgentClient, Sender
from provision.agent.key_chain import KeyChain
from provision.agent.offline_key import OfflineKey
from provision.errors import StepFailed

DAYS = 14


def offline_key(number: int) -> OfflineKey:
    """One of the offline keys of these tests, the same each time."""
    private = ec.derive_private_key(number, ec.SECP256R1())
    return OfflineKey(private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), private)


OFFLINE = offline_key(7)
CHAIN = KeyChain(OFFLINE.public, site_key().key_id)


def apply(tablet: AgentTablet, *, wipe: bool = True, signer: OfflineKey = OFFLINE) -> None:
    """Give the policy of a site whose tablets know the offline key."""
    word = signer.allow_wipe(KeyChain(signer.public, site_key().key_id), DAYS)
    outside = {"minutes": 60, **({"wipe": word.make_policy()} if wipe else {})}
    told = {"outside": outside, **CHAIN.make_policy()}
    tablet.client.apply(ASSET.id, lambda encrypt: tablet.policy(encrypt) | told, lambda _digest: None)


def is_erased(tablet: AgentTablet) -> bool:
    """See whether nothing of the agent is left."""
    return tablet.bench.tablet.device.data.owner is None


@pytest.mark.parametrize("api", [23, 34])
def test_a_tablet_that_stays_outside_for_the_days_erases_itself(api: int, tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, api).enrol()
    apply(tablet)
    assert "erased" in tablet.bench.edit(f"outside {DAYS}")
    assert is_erased(tablet)


@pytest.mark.parametrize(
    ("lives", "wipe"),
    [
        ([f"outside {DAYS - 1}"], True),
        ([f"outside {DAYS} 60"], True),
        ([f"outside {DAYS}"], False),
        (["clock 4102444800", "outside 1"], True),
        (["clock 0", "outside 1"], True),
    ],
    ids=["a day less", "no notice", "no rule", "a clock of 2100", "a clock of 1970"],
)
def test_less_than_the_days_and_the_notice_erases_nothing(*, lives: list[str], wipe: bool, tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path).enrol()
    apply(tablet, wipe=wipe)
    for life in lives:
        assert "erased" not in tablet.bench.edit(life)
    assert not is_erased(tablet)


def test_any_order_of_the_site_begins_the_days_anew(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path).enrol()
    apply(tablet)
    tablet.bench.edit(f"outside {DAYS - 1}")
    assert tablet.client.report().outside
    assert "erased" not in tablet.bench.edit(f"outside {DAYS - 1}")
    assert not is_erased(tablet)


def test_a_successor_of_the_site_key_has_to_ask_for_the_rule_again(tmp_path: Path) -> None:
    """The offline key allowed the former key's days: they end with it, also where no policy of the new one came yet."""
    tablet = AgentTablet(tmp_path).enrol()
    apply(tablet)
    successor = site_key("successor_private_key")
    chain = OFFLINE.name_successor(CHAIN, successor.key_id)
    sender = Sender("Test", successor, (), chain)
    client = AgentClient(tablet.link, sender, wait=tablet.bench.clock.advance, clock=tablet.bench.clock)
    client.rekey(chain)
    assert "erased" not in tablet.bench.edit(f"outside {DAYS}")
    assert not is_erased(tablet)
    told = {"outside": {"minutes": 60, "wipe": OFFLINE.allow_wipe(chain, DAYS).make_policy()}}
    client.apply(ASSET.id, lambda encrypt: tablet.policy(encrypt) | told, lambda _digest: None)
    assert "erased" in tablet.bench.edit(f"outside {DAYS}")


def test_a_tablet_takes_no_wipe_by_another_offline_key(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path).enrol()
    with pytest.raises(StepFailed, match="offline"):
        apply(tablet, signer=offline_key(8))
    assert "erased" not in tablet.bench.edit(f"outside {DAYS}")


def test_what_android_refuses_is_told_by_the_next_report(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path).enrol()
    apply(tablet)
    tablet.bench.edit("break owner-refuses:wipeData")
    assert "erased" not in tablet.bench.edit(f"outside {DAYS}")
    assert [event.kind for event in tablet.client.report().events] == ["not-wiped"]
