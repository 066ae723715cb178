"""The offline key and the site keys that it names: on disk, on a tablet, and in a run."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from agent_bed import site_key
from agent_tablet import ASSET, AgentTablet
from factories import make_app, make_site

from provision.agent.apk import BuiltInKeys, find_foreign_keys, read_built_in_keys
from provision.agent.client import AgentClient, Sender
from provision.agent.contract import AGENT
from provision.agent.key_chain import FILE, KeyChain, load_key_chain, obeys_former_key, write_key_chain
from provision.agent.offline_key import (
    OfflineKey,
    check_new_place,
    check_passphrase,
    create_offline_key,
    read_offline_key,
)
from provision.agent.rekey import FORMER, NEXT, end_rekey, replace_site_key, take_site_key
from provision.agent.site_key import NAME, SiteKey, create_site_key, import_site_key, load_site_key
from provision.appset.signing.faults import ApkError
from provision.errors import HomeError, StepFailed
from provision.identity.carried import Carried
from provision.runs.agent_kit import AgentKit
from provision.runs.carried_number import read_carried
from provision.runs.shell_executor import Limits
from provision.site.secret import Secret
from provision.state.opening import open_bench_state
from provision.terms import Reason

SITE, SUCCESSOR, THIRD = "site_private_key", "successor_private_key", "foreign_private_key"
ODD_KEY = Path(__file__).parents[1] / "cases/agent/odd_key.yaml"
PASSPHRASE = Secret(b"twelve bytes at least")


def make_offline(name: str = "offline_private_key") -> OfflineKey:
    """An offline key out of the material of the vectors."""
    held = site_key(name)
    return OfflineKey(held.public, held._private)


def make_chain(*keys: str, offline: str = "offline_private_key") -> KeyChain:
    """The chain of a site whose keys came in this order."""
    key = make_offline(offline)
    chain = KeyChain(key.public, site_key(keys[0] if keys else SITE).key_id)
    for successor in keys[1:]:
        chain = key.name_successor(chain, site_key(successor).key_id)
    return chain


def make_keys(folder: Path, *, offline: bool = True) -> KeyChain:
    """The keys folder of a new site."""
    chain = KeyChain(make_offline().public, create_site_key(folder).key_id)
    if offline:
        write_key_chain(folder, chain)
    return chain


def load(folder: Path) -> KeyChain | None:
    return load_key_chain(folder, load_site_key(folder).key_id)


# On disk.


def test_the_offline_key_is_made_closed_and_read_back(tmp_path: Path) -> None:
    file = tmp_path / "offline.pem"
    made = create_offline_key(file, PASSPHRASE)
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED PRIVATE KEY" in file.read_bytes()
    assert read_offline_key(file, PASSPHRASE).public == made.public
    assert "private" not in repr(made).lower()


def spoil_passphrase(_file: Path) -> Secret:
    return Secret(b"another passphrase")


def spoil_content(file: Path) -> Secret:
    file.write_bytes(b"-----BEGIN PRIVATE KEY-----\n")
    return PASSPHRASE


def spoil_place(file: Path) -> Secret:
    file.unlink()
    return PASSPHRASE


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (spoil_passphrase, "another passphrase"),
        (spoil_content, "another file"),
        (spoil_place, "cannot be read"),
    ],
)
def test_an_offline_key_that_is_not_right_is_refused(
    spoil: Callable[[Path], Secret], words: str, tmp_path: Path
) -> None:
    file = tmp_path / "offline.pem"
    create_offline_key(file, PASSPHRASE)
    with pytest.raises(HomeError, match=words):
        read_offline_key(file, spoil(file))


def test_an_offline_key_is_read_from_a_stick_that_shows_its_files_as_everybodys(tmp_path: Path) -> None:
    """As FAT does: its passphrase keeps it, and no `chmod` would change anything there."""
    file = tmp_path / "offline.pem"
    made = create_offline_key(file, PASSPHRASE)
    file.chmod(0o755)
    assert read_offline_key(file, PASSPHRASE).public == made.public


def test_a_key_on_a_curve_that_nobody_here_knows_is_none(tmp_path: Path) -> None:
    odd = yaml.safe_load(ODD_KEY.read_text("utf-8"))
    file, chain = tmp_path / "offline.pem", tmp_path / FILE
    file.write_text(odd["private"])
    file.chmod(0o600)
    chain.write_text(json.dumps({"offline_key": odd["public"], "site_key": "0" * 64, "rekeys": []}))
    with pytest.raises(HomeError, match="another file"):
        read_offline_key(file, PASSPHRASE)
    with pytest.raises(HomeError, match="P-256"):
        import_site_key(tmp_path / "keys", file)
    with pytest.raises(HomeError, match="expected the offline key"):
        load_key_chain(tmp_path, "0" * 64)


def test_an_unencrypted_key_is_no_offline_key(tmp_path: Path) -> None:
    create_site_key(tmp_path)
    with pytest.raises(HomeError, match="encrypted"):
        read_offline_key(tmp_path / NAME, PASSPHRASE)


@pytest.mark.parametrize(("name", "words"), [("home/key.pem", "outside"), ("there", "never"), ("no/key.pem", "folder")])
def test_an_offline_key_lies_in_a_new_file_outside_the_home(name: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "there").touch()
    with pytest.raises(HomeError, match=words):
        check_new_place(tmp_path / name, tmp_path / "home")


def test_what_is_wrong_with_another_key_names_that_key(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="medium for the second"):
        check_new_place(tmp_path / "no/key.pem", tmp_path / "home", "the second")
    with pytest.raises(HomeError, match="passphrase of the second"):
        check_passphrase(Secret(b"short"), "the second")


def test_a_chain_is_read_back(tmp_path: Path) -> None:
    chain = make_chain(SITE, SUCCESSOR, THIRD)
    write_key_chain(tmp_path, chain)
    assert load_key_chain(tmp_path, site_key(THIRD).key_id) == chain
    assert (chain.counter, chain.former) == (2, {site_key(SITE).key_id, site_key(SUCCESSOR).key_id})
    assert load_key_chain(tmp_path / "none", "0" * 64) is None


BREAKS: dict[str, Callable[[dict[str, object], list[dict[str, object]]], object]] = {
    "a rekey is missing": lambda _chain, rekeys: rekeys.pop(0),
    "two are exchanged": lambda _chain, rekeys: rekeys.reverse(),
    "another successor": lambda _chain, rekeys: rekeys[1].update(key="0" * 64),
    "another counter": lambda _chain, rekeys: rekeys[1].update(counter=3),
    "another offline key": lambda chain, _rekeys: chain.update(offline_key=name_other_key()),
    "no key": lambda chain, _rekeys: chain.update(offline_key="AAAA"),
    "another first key": lambda chain, _rekeys: chain.update(site_key="0" * 64),
    "another member": lambda chain, _rekeys: chain.update(more=1),
}


def name_other_key() -> str:
    """The public part of a key that signed nothing here."""
    return str(make_chain(SITE, THIRD, offline=SUCCESSOR).make_succession()["key"])


@pytest.mark.parametrize("how", [*BREAKS, "no JSON"])
def test_a_chain_that_the_offline_key_did_not_sign_is_refused(how: str, tmp_path: Path) -> None:
    write_key_chain(tmp_path, make_chain(SITE, SUCCESSOR, THIRD))
    said = json.loads((tmp_path / FILE).read_text())
    if how in BREAKS:
        BREAKS[how](said, said["rekeys"])
    (tmp_path / FILE).write_text(json.dumps(said) if how in BREAKS else "{")
    with pytest.raises(HomeError, match=FILE):
        load_key_chain(tmp_path, site_key(THIRD).key_id)


def test_a_rekey_puts_the_successor_in_place_and_keeps_the_former_key(tmp_path: Path) -> None:
    chain, former = make_keys(tmp_path), load_site_key(tmp_path).key_id
    key = replace_site_key(tmp_path, chain, make_offline())
    found = load(tmp_path)
    assert found is not None
    assert [(one.former, one.key) for one in found.rekeys] == [(former, key.key_id)]
    assert (tmp_path / FORMER / "site-key-0.pem").stat().st_mode & 0o777 == 0o600
    import_site_key(tmp_path / "again", tmp_path / FORMER / "site-key-0.pem")
    assert load_site_key(tmp_path / "again").key_id == former
    assert not (tmp_path / NEXT).exists()
    assert not end_rekey(tmp_path)


def test_another_offline_key_replaces_nothing(tmp_path: Path) -> None:
    chain, before = make_keys(tmp_path), load_site_key(tmp_path).key_id
    with pytest.raises(HomeError, match="the site's own file"):
        replace_site_key(tmp_path, chain, make_offline(THIRD))
    assert load_site_key(tmp_path).key_id == before
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([FILE, NAME])


def test_a_rekey_that_was_cut_off_is_ended(tmp_path: Path) -> None:
    """The successor is on disk before the chain names it, so every state in between has all that is needed."""
    chain = make_keys(tmp_path)
    pem = (tmp_path / NAME).read_bytes()
    key = replace_site_key(tmp_path, chain, make_offline())
    (tmp_path / NAME).rename(tmp_path / NEXT)
    (tmp_path / NAME).write_bytes(pem)
    (tmp_path / NAME).chmod(0o600)
    with pytest.raises(HomeError, match="cut off"):
        load(tmp_path)
    assert end_rekey(tmp_path)
    assert load_site_key(tmp_path).key_id == key.key_id
    assert load(tmp_path) is not None


def test_the_key_of_a_new_home_succeeds_a_lost_one(tmp_path: Path) -> None:
    key = create_site_key(tmp_path)
    write_key_chain(tmp_path, make_chain(SITE, SUCCESSOR))
    with pytest.raises(HomeError, match="is lost"):
        load(tmp_path)
    assert not end_rekey(tmp_path)
    assert replace_site_key(tmp_path, make_chain(SITE, SUCCESSOR), make_offline()).key_id == key.key_id
    found = load(tmp_path)
    assert found is not None
    assert found.former == {site_key(SITE).key_id, site_key(SUCCESSOR).key_id}


@pytest.mark.parametrize("known", [FILE, ""])
def test_another_bench_takes_the_new_key(known: str, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    chain = make_keys(first)
    import_site_key(second, first / NAME)
    if known:
        write_key_chain(second, chain)
    key = replace_site_key(first, chain, make_offline())
    assert take_site_key(second, first).key_id == key.key_id
    assert load(second) == load(first)
    assert take_site_key(second, first).key_id == key.key_id  # again changes nothing


def test_a_bench_takes_no_key_of_another_site_and_none_that_is_older(tmp_path: Path) -> None:
    first, other = tmp_path / "first", tmp_path / "other"
    chain = make_keys(first)
    old = tmp_path / "old"
    import_site_key(old, first / NAME)
    write_key_chain(old, chain)
    key = replace_site_key(first, chain, make_offline())
    replace_site_key(other, make_keys(other), make_offline())
    for source, why in ((other, "another site"), (old, "an older copy")):
        with pytest.raises(HomeError, match=why):
            take_site_key(first, source)
    make_keys(tmp_path / "bare", offline=False)
    with pytest.raises(HomeError, match="missing"):
        take_site_key(first, tmp_path / "bare")
    assert load_site_key(first).key_id == key.key_id


def test_a_lost_site_key_has_a_successor_and_names_the_way_to_it(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    chain = make_keys(first)
    import_site_key(second, first / NAME)
    write_key_chain(second, chain)
    for folder in (first, second):
        (folder / NAME).unlink()
        with pytest.raises(HomeError, match="rekey --offline-key"):
            load_site_key(folder)
    key = replace_site_key(first, chain, make_offline())
    assert load_site_key(first).key_id == take_site_key(second, first).key_id == key.key_id
    assert load(first) == load(second)
    assert not (first / FORMER).is_dir() or list((first / FORMER).iterdir()) == []


def test_a_bench_that_lost_both_keys_takes_none_since_nothing_tells_its_site(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    replace_site_key(first, make_keys(first), make_offline())
    second.mkdir()
    with pytest.raises(HomeError, match="nothing tells which site"):
        take_site_key(second, first)


def test_a_rekey_that_was_cut_off_ends_although_the_former_key_is_gone(tmp_path: Path) -> None:
    first = tmp_path / "first"
    key = replace_site_key(first, make_keys(first), make_offline())
    (first / NAME).rename(first / NEXT)
    assert end_rekey(first)
    assert load_site_key(first).key_id == key.key_id
    assert load(first) is not None


# On a tablet.


def finish(folder: Path, *, offline: bool = True, code: int = 6) -> AgentTablet:
    """A tablet with a policy of the first site key."""
    tablet = AgentTablet(folder / "tablet").enrol()
    tablet.bench.tablet.device.data.packages[AGENT].version_code = code
    told = make_chain(SITE).make_policy() if offline else {}
    tablet.client.apply(ASSET.id, lambda encrypt: tablet.policy(encrypt) | told, lambda _digest: None)
    return tablet


def client_of(tablet: AgentTablet, key: str, chain: KeyChain | None) -> AgentClient:
    sender = Sender("Test", site_key(key), (), chain)
    return AgentClient(tablet.link, sender, wait=tablet.bench.clock.advance, clock=tablet.bench.clock)


def test_a_tablet_tells_its_keys_and_its_policy(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path / "tablet").enrol()
    before = tablet.client.hello()
    assert (before.policy, before.offline_key, before.rekeys) == (None, None, 0)
    digests: list[str] = []
    told = make_chain(SITE, SUCCESSOR).make_policy()
    tablet.client.apply(ASSET.id, lambda encrypt: tablet.policy(encrypt) | told, digests.append)
    after = tablet.client.hello()
    assert (after.asset, after.policy, after.offline_key, after.rekeys) == (
        ASSET.id,
        digests[-1],
        make_chain().offline_id,
        1,
    )


def test_a_tablet_takes_the_successor_and_no_longer_the_former_key(tmp_path: Path) -> None:
    tablet, chain = finish(tmp_path), make_chain(SITE, SUCCESSOR)
    client = client_of(tablet, SUCCESSOR, chain)
    with pytest.raises(StepFailed, match="a run gives it the new one") as caught:
        client.lift()
    assert caught.value.reason is Reason.SITE_KEY_FORMER
    assert obeys_former_key(client.hello(), site_key(SUCCESSOR).key_id, chain)
    assert client.rekey(chain) == 1
    assert client.rekey(chain) == 1  # its answer may have been lost
    assert client.report().asset == ASSET.id
    with pytest.raises(StepFailed) as refused:
        tablet.client.report()
    assert refused.value.reason is Reason.OTHER_SITE


def test_a_bench_without_the_newest_key_says_that_it_is_behind(tmp_path: Path) -> None:
    tablet = finish(tmp_path)
    client_of(tablet, SUCCESSOR, make_chain(SITE, SUCCESSOR)).rekey(make_chain(SITE, SUCCESSOR))
    with pytest.raises(StepFailed) as caught:
        client_of(tablet, SITE, make_chain(SITE)).report()
    assert caught.value.reason is Reason.SITE_KEY_NEWER


@pytest.mark.parametrize("code", [6, 5, 1])
def test_a_tablet_that_never_learnt_the_offline_key_takes_no_successor(code: int, tmp_path: Path) -> None:
    tablet, chain = finish(tmp_path, offline=False, code=code), make_chain(SITE, SUCCESSOR)
    with pytest.raises(StepFailed) as caught:
        client_of(tablet, SUCCESSOR, chain).rekey(chain)
    assert caught.value.reason is Reason.SITE_KEY_FORMER


def test_an_agent_before_0_6_is_too_old_for_an_offline_key(tmp_path: Path) -> None:
    with pytest.raises(StepFailed) as caught:
        finish(tmp_path, code=5)
    assert caught.value.reason is Reason.AGENT_TOO_OLD


def test_a_thief_of_the_site_key_puts_no_offline_key_of_his_own(tmp_path: Path) -> None:
    tablet, his = finish(tmp_path), make_chain(SITE, THIRD, offline=THIRD)
    with pytest.raises(StepFailed) as caught:
        tablet.client.apply(
            ASSET.id, lambda encrypt: tablet.policy(encrypt) | make_chain(SITE, offline=THIRD).make_policy(), print
        )
    assert caught.value.reason is Reason.OFFLINE_KEY_OTHER
    with pytest.raises(StepFailed):
        client_of(tablet, THIRD, his).rekey(his)
    assert tablet.client.hello().offline_key == make_chain().offline_id


def test_a_bench_with_the_new_key_reads_the_number(tmp_path: Path) -> None:
    tablet = finish(tmp_path)
    before = tablet.bench.tablet.device.state.model_dump_json()
    with open_bench_state(tmp_path) as state:
        sender = Sender("Test", site_key(SUCCESSOR), (), make_chain(SITE, SUCCESSOR))
        kit = AgentKit(make_app(AGENT, version_code=6), make_site(), (), sender, dict, state.agent_secrets)
        assert read_carried(tablet.link, kit, Limits(5, 5, 5, 5)) == Carried(ASSET.id)
    assert tablet.bench.tablet.device.state.model_dump_json() == before


# Built into the APK.

OTHER = "0" * 64


@pytest.mark.parametrize(
    ("built_in", "chain", "count"),
    [
        (BuiltInKeys(site_key(SITE).key_id, None, 0), None, 0),
        (BuiltInKeys(OTHER, None, 0), None, 1),
        (BuiltInKeys(site_key(SITE).key_id, OTHER, 0), None, 1),
        (BuiltInKeys(site_key(SITE).key_id, make_chain().offline_id, 0), make_chain(SITE), 0),
        (BuiltInKeys(site_key(SUCCESSOR).key_id, make_chain().offline_id, 0), make_chain(SUCCESSOR, SITE), 0),
        (BuiltInKeys(site_key(SUCCESSOR).key_id, None, 0), make_chain(SUCCESSOR, SITE), 1),
        (BuiltInKeys(OTHER, OTHER, 0), make_chain(SITE), 2),
    ],
)
def test_an_agent_that_would_obey_another_site_is_told_before_a_batch(
    built_in: BuiltInKeys, chain: KeyChain | None, count: int
) -> None:
    assert len(list(find_foreign_keys(built_in, site_key(SITE).key_id, chain))) == count


def make_apk(file: Path, content: str) -> bytes:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("assets/site.json", content)
    return file.read_bytes()


def test_the_keys_of_an_apk_are_read_and_obeyed(tmp_path: Path) -> None:
    key, offline = site_key(SITE).key_id, make_chain().offline_id
    apk = make_apk(tmp_path / "a", json.dumps({"site_key": key, "offline_key": offline, "rekeys": 3}))
    assert read_built_in_keys(tmp_path / "a") == BuiltInKeys(key, offline, 3)
    tablet = AgentTablet(tmp_path / "tablet").enrol()
    device = tablet.bench.tablet.device
    device.data.packages[AGENT].blob = device.store_blob(apk)
    said = tablet.client.hello()
    assert (said.site_key, said.offline_key, said.rekeys, said.policy) == (key, offline, 3, None)
    with pytest.raises(StepFailed) as caught:
        client_of(tablet, THIRD, None).report()
    assert caught.value.reason is Reason.OTHER_SITE


def test_a_fresh_agent_with_a_former_key_built_in_takes_the_successor(tmp_path: Path) -> None:
    keys = {"site_key": site_key(SITE).key_id, "offline_key": make_chain().offline_id, "rekeys": 0}
    tablet = AgentTablet(tmp_path / "tablet").enrol()
    device = tablet.bench.tablet.device
    device.data.packages[AGENT].blob = device.store_blob(make_apk(tmp_path / "a", json.dumps(keys)))
    assert not client_of(tablet, SITE, None).succeed()
    assert not client_of(tablet, SITE, make_chain(SITE)).succeed()
    client = client_of(tablet, SUCCESSOR, make_chain(SITE, SUCCESSOR))
    assert client.succeed()
    assert not client.succeed()
    assert client.hello().site_key == site_key(SUCCESSOR).key_id


@pytest.mark.parametrize("content", ["", "{}", '{"site_key": 1, "offline_key": null, "rekeys": 0}'])
def test_keys_in_another_form_make_no_intact_apk(content: str, tmp_path: Path) -> None:
    make_apk(tmp_path / "a", content)
    with pytest.raises(ApkError, match=r"site\.json"):
        read_built_in_keys(tmp_path / "a")


# What the former key can compute.


def test_after_a_rekey_no_maintenance_secret_comes_from_the_former_key(tmp_path: Path) -> None:
    def make_kit(key: SiteKey, chain: KeyChain | None) -> AgentKit:
        return AgentKit(make_app(AGENT), make_site(), (), Sender("Test", key, (), chain), dict, state.agent_secrets)

    former, key = site_key(SITE), site_key(SUCCESSOR)
    with open_bench_state(tmp_path) as state:
        before = make_kit(former, make_chain(SITE)).issue("A-0001")
        state.agent_secrets.note_policy("A-0001", "p", "w")
        assert make_kit(former, make_chain(SITE)).issue("A-0001").secret.reveal() == before.secret.reveal()
        now = make_kit(key, make_chain(SITE, SUCCESSOR))
        assert now.is_outlived("A-0001", before)
        after = now.issue("A-0001")
        assert after.secret.reveal() == key.derive_secret("A-0001").reveal() != before.secret.reveal()
        assert (after.policy, after.wanted) == ("p", "w")
        assert not now.is_outlived("A-0001", after)
        found = state.agent_secrets.find("A-0001")
    assert found is not None
    assert found.secret.reveal() == after.secret.reveal()


def test_the_statement_is_what_the_vectors_sign() -> None:
    """The bytes of the contract: strict JSON, exactly three members."""
    rekey = make_chain(SITE, SUCCESSOR).rekeys[0]
    assert json.loads(rekey.statement) == {
        "counter": 1,
        "former": site_key(SITE).key_id,
        "key": site_key(SUCCESSOR).key_id,
    }
    assert rekey.signed_bytes == b"DSSEv1 36 application/vnd.provision.rekey+json %d %s" % (
        len(rekey.statement),
        rekey.statement,
    )
