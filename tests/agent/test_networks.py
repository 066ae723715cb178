"""The networks of a site in a policy: which agent sets which kind where, how each is said, what is sealed."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from agent_bed import site_key, vectors
from agent_tablet import ASSET, KIOSK, AgentTablet
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from factories import make_app, make_site

from provision.agent.client import Sender
from provision.agent.contract import AGENT, Code, least_protocol, reason_of
from provision.agent.networks import (
    AGENT_CODE,
    Encrypt,
    choose_networks,
    find_unset,
    join_certificates,
    list_never_set,
    make_networks,
    renumber,
    repack_keys,
)
from provision.agent.policy import MAINTENANCE, check_site_fits, make_policy
from provision.agent.report import find_controls
from provision.agent.rows import NETWORKS, NEVER
from provision.errors import ConfigurationError, StepFailed
from provision.runs.agent_kit import AgentKit
from provision.site.model import Site
from provision.site.network import NetworkKind as Kind
from provision.site.secret import Secret
from provision.state.opening import open_bench_state
from provision.terms import Assurance, Control, Reason
from provision.virtual.android.model import ANY_KEY, Network
from tests.made_certificates import PASSWORD, Made, make_all, make_bundle

ROOT = Path(__file__).parents[2]
APIS = range(21, 38)
CODES = range(1, AGENT_CODE + 2)
ACCOUNT = {"security": "eap", "identity": "tablette", "ca": "ca.pem", "domain": "radius.hopital.example"}
WORDS: dict[Kind, dict[str, Any]] = {
    Kind.OPEN: {"security": "open"},
    Kind.PSK: {"security": "wpa2", "passphrase": {"prompt": True}},
    Kind.SAE: {"security": "wpa3", "passphrase": {"prompt": True}},
    Kind.PEAP: ACCOUNT | {"method": "peap", "phase2": "mschapv2", "password": {"prompt": True}},
    Kind.TTLS: ACCOUNT | {"method": "ttls", "phase2": "pap", "password": {"prompt": True}},
    Kind.TLS: ACCOUNT | {"method": "tls", "certificate": {"file": "key.p12"}, "certificate_password": {"prompt": True}},
    Kind.TLS_ON_TABLET: ACCOUNT
    | {
        "method": "tls",
        "key": {"made": "on-tablet", "authority": {"certificate": "tablets.pem"}, "folder": "certificates"},
    },
}
PEM = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"


def site_of(*kinds: Kind, hidden: bool = False) -> Site:
    return make_site(
        wifi={"networks": [WORDS[kind] | {"ssid": f"N{n}", "hidden": hidden} for n, kind in enumerate(kinds)]},
        kiosk={"lock_task": True, "hotline": "12 34"},
    )


def read_contract() -> dict[str, int]:
    """First level of each kind by the table of the contract's page."""
    text = (ROOT / "apks/agent/CONTRACT.md").read_text("utf-8")
    table = text.partition("| `security` | members |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `([a-z0-9-]+)` \|.*\| (\d+|–) \|$", table, re.MULTILINE)
    return {kind: NEVER if level == "–" else int(level) for kind, level in rows}


def test_the_capability_table_is_the_contracts() -> None:
    assert dict(NETWORKS) == read_contract()
    assert set(NETWORKS) == {kind.value for kind in Kind}


def test_every_kind_is_refused_or_set_as_the_table_says() -> None:
    contract = read_contract()
    for kind in set(Kind) - {Kind.PSK}:
        for api in APIS:
            for code in CODES:
                refusal = find_unset(site_of(kind).networks, code, NETWORKS, api)
                wanted = None if api >= contract[kind] else Reason.NETWORK_UNSUPPORTED
                wanted = Reason.AGENT_TOO_OLD if code < AGENT_CODE else wanted
                assert (refusal and refusal.reason) == wanted, (kind, api, code)
                assert find_unset(site_of(Kind.PSK).networks, code, {}, api) is None, "what every agent could always do"


def test_a_network_that_a_release_cannot_be_given_is_left_out_of_its_policy() -> None:
    site = site_of(Kind.SAE, Kind.PSK, Kind.TLS, Kind.OPEN)
    contract = read_contract()
    places = [(n, name) for n, one in enumerate(site.networks) for name in one.references()]
    secrets = {f"networks.{n}.{name}": Secret(b"%d" % n) for n, name in places}
    for api in APIS:
        chosen = choose_networks(site.networks, NETWORKS, api)
        assert chosen == tuple(n for n, one in enumerate(site.networks) if api >= contract[one.kind])
        assert find_unset(site.networks, AGENT_CODE, NETWORKS, api) is None
        kept = site.keep_networks([site.networks[index] for index in chosen])
        assert kept.ssids == tuple(site.ssids[n] for n in chosen)
        made: Any = make_networks(kept.networks, renumber(secrets, chosen), tell)["networks"]
        said = {one["ssid"]: one["passphrase"].rpartition("=")[2] for one in made if "passphrase" in one}
        assert said == ({"N0": "0", "N1": "1"} if api >= 30 else {"N1": "1"})


@pytest.mark.parametrize(("api", "names"), [(29, ["N0"]), (30, None)])
def test_a_rule_for_leaving_names_what_a_release_cannot_be_given(
    api: int, names: list[str] | None, tmp_path: Path
) -> None:
    kiosk = {"lock_task": True, "hotline": "12 34", "outside": {"minutes": 60}}
    site = make_site(wifi=site_of(Kind.SAE, Kind.PSK).wifi.model_dump(mode="json"), kiosk=kiosk, location={"on": True})
    secrets = {f"networks.{n}.passphrase": Secret(b"%d" % n) for n in range(2)}
    with open_bench_state(tmp_path) as state:
        kit = AgentKit(make_app(AGENT, version_code=6), site, (), Sender("Test", site_key()), dict, state.agent_secrets)
        made: Any = kit.compose_policy("A-0042", Secret(b"s" * 20), tell, api, secrets)
    assert made["outside"].get("names") == names


def test_a_site_of_which_one_wpa2_network_is_left_is_said_as_every_agent_understands_it() -> None:
    site = site_of(Kind.SAE, Kind.PSK)
    chosen = choose_networks(site.networks, NETWORKS, 23)
    secrets = {"networks.0.passphrase": Secret(b"first"), "networks.1.passphrase": Secret(b"other")}
    made = make_networks([site.networks[index] for index in chosen], renumber(secrets, chosen), tell)
    assert made == {
        "wifi": {"ssid": "N1", "security": "wpa2-psk", "hidden": False, "passphrase": "wifi.passphrase=other"}
    }


UNABLE = "API {}: network kind not supported by this agent: {}"
UNSAFE = (
    "API {}: this Android does not hold what {} needs to be safe: authority and domain of the server, the tablet's key"
)


@pytest.mark.parametrize(
    ("kinds", "api", "demanding", "detail"),
    [
        ((Kind.SAE, Kind.SAE), 29, (), UNABLE.format(29, "wpa3")),
        ((Kind.TLS, Kind.SAE), 23, (), UNABLE.format(23, "eap (tls), wpa3")),
        ((Kind.PEAP,), 22, (), UNSAFE.format(22, "eap (peap)")),
        ((Kind.TTLS, Kind.TLS), 21, (), UNSAFE.format(21, "eap (tls), eap (ttls)")),
        ((Kind.TLS,), 23, (), UNSAFE.format(23, "eap (tls)")),
        ((Kind.PEAP,), 23, (0,), UNSAFE.format(23, "eap (peap)")),
    ],
)
def test_a_refusal_names_the_kinds_and_why(
    kinds: tuple[Kind, ...], api: int, demanding: tuple[int, ...], detail: str
) -> None:
    refusal = find_unset(site_of(*kinds).networks, AGENT_CODE, NETWORKS, api, demanding)
    assert refusal is not None
    assert refusal.reason is Reason.NETWORK_UNSUPPORTED
    assert str(refusal.detail) == detail


def test_a_network_that_asks_for_more_than_android_6_has_is_left_out_there() -> None:
    networks = site_of(Kind.PEAP, Kind.TTLS, Kind.PSK).networks
    assert choose_networks(networks, NETWORKS, 23, {0}) == (1, 2)
    assert choose_networks(networks, NETWORKS, 24, {0}) == (0, 1, 2)


@pytest.mark.parametrize("hidden", [False, True])
def test_one_wpa2_network_is_said_as_every_agent_understands_it(hidden: bool) -> None:  # noqa: FBT001 # a case
    made = make_networks(site_of(Kind.PSK, hidden=hidden).networks, {"networks.0.passphrase": Secret(b"x" * 8)}, tell)
    network = {"ssid": "N0", "security": "wpa2-psk", "hidden": hidden, "passphrase": "wifi.passphrase=xxxxxxxx"}
    assert made == {"wifi": network}
    assert least_protocol(made) == 1


def test_all_others_need_protocol_4() -> None:
    for kinds in ((Kind.PSK, Kind.OPEN), *((kind,) for kind in Kind if kind is not Kind.PSK)):
        site = site_of(*kinds)
        made = make_networks(site.networks, secrets_of(site), tell)
        assert (set(made), least_protocol(made)) == ({"networks"}, 4)


def tell(place: str, secret: Secret) -> str:
    return f"{place}={secret.reveal().decode()}"


def secrets_of(site: Site, other: str = "") -> dict[str, Secret]:
    """A secret for each place, another one at `other`."""
    places = [f"networks.{n}.{name}" for n, one in enumerate(site.networks) for name in one.references()]
    changed = {place: Secret(b"other" if place == other else b"secret") for place in places}
    accounts = [n for n, one in enumerate(site.networks) if one.security == "eap"]
    cas = {f"networks.{n}.ca": Secret(PEM) for n in accounts}
    return changed | cas | {MAINTENANCE: Secret(b"x" * 20)}


def test_every_secret_of_every_network_is_sealed_at_its_place_and_decides_the_policy() -> None:
    site = site_of(*Kind)
    sealed: dict[str, bytes] = {}

    def encrypt(place: str, secret: Secret) -> str:
        sealed[place] = secret.reveal()
        return "sealed"

    policy = make_policy(site, ASSET, KIOSK, secrets_of(site), encrypt)
    places = [place for place in secrets_of(site) if not place.endswith(".ca")]
    assert sorted(sealed) == sorted(places)
    assert "secret" not in str(policy["networks"])
    plain = make_policy(site, ASSET, KIOSK, secrets_of(site), tell)
    for place in places[:-1]:
        assert make_policy(site, ASSET, KIOSK, secrets_of(site, place), tell) != plain, place


def test_authorities_travel_in_plain_der() -> None:
    site = site_of(Kind.PEAP)
    (network,) = make_networks(site.networks, secrets_of(site) | {"networks.0.ca": Secret(PEM * 2)}, tell)["networks"]  # type: ignore[misc] # the member is a list
    assert network["authorities"] == [base64.b64encode(b"0\x00").decode()] * 2


SEVERAL = [vector for vector in vectors("owner.json")["vectors"] if "networks" in vector["body"] and "rows" in vector]


def write_network(given: Mapping[str, Any]) -> dict[str, Any]:
    """A network of a vector as `site.yaml` has it."""
    plain = {
        name: given[name]
        for name in ("identity", "anonymous_identity", "domain", "phase2", "mac", "proxy")
        if name in given
    }
    return WORDS[Kind(given["security"])] | {"ssid": given["ssid"], "hidden": given["hidden"]} | plain


@pytest.mark.parametrize("vector", [pytest.param(vector, id=vector["name"]) for vector in SEVERAL])
def test_the_station_makes_the_networks_of_the_vectors(vector: dict[str, Any]) -> None:
    given = vector["body"]["networks"]
    site = make_site(wifi={"networks": [write_network(one) for one in given]})
    assert find_unset(site.networks, AGENT_CODE, NETWORKS, vector["api"]) is None
    secrets: dict[str, Secret] = {}
    for index, one in enumerate(given):
        names = {"passphrase", "password", "certificate", "certificate_password"} & one.keys()
        secrets |= {f"networks.{index}.{name}": Secret(one[name].encode()) for name in names}
        pem = "".join(
            f"-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n" for der in one.get("authorities", ())
        )
        secrets |= {f"networks.{index}.ca": Secret(pem.encode())} if pem else {}
        chain = [base64.b64decode(der) for der in one.get("chain", ())]
        secrets |= {f"networks.{index}.chain": Secret(join_certificates(chain))} if chain else {}
    made = make_networks(site.networks, secrets, lambda _place, secret: secret.reveal().decode())
    only_psk = [one["security"] for one in given] == ["wpa2-psk"] and not {"mac", "proxy"} & given[0].keys()
    assert made == ({"wifi": given[0]} if only_psk else {"networks": given})


OLDER = f"one wpa2 network, or an agent of version code {AGENT_CODE} or later in bench.yaml"
SETS = "a network that the agent sets: open, wpa2, wpa3"
EARLIER = {Kind.OPEN: 21, Kind.PSK: 21, Kind.SAE: 30, Kind.PEAP: NEVER, Kind.TTLS: NEVER, Kind.TLS: NEVER}
"""The kinds of agents 0.4.0 and 0.5.0."""


@pytest.mark.parametrize(
    ("kinds", "known", "told"),
    [
        ((Kind.OPEN, Kind.TTLS), EARLIER, {1: (SETS, "eap (ttls)")}),
        ((Kind.PEAP, Kind.PSK, Kind.TLS), EARLIER, {0: (SETS, "eap (peap)"), 2: (SETS, "eap (tls)")}),
        ((Kind.PSK, Kind.SAE), {}, {1: (OLDER, "wpa3")}),
        ((Kind.OPEN, Kind.PSK, Kind.PSK), {}, {0: (OLDER, "open"), 2: (OLDER, "another wpa2")}),
        ((Kind.OPEN,), {}, {0: (OLDER, "open")}),
    ],
)
def test_each_network_that_is_never_set_is_named_in_the_words_of_the_file(
    kinds: tuple[Kind, ...], known: Mapping[str, int], told: dict[int, tuple[str, str]]
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        check_site_fits(site_of(*kinds), [], Path("site.yaml"), known)
    found = {fault.key: (fault.expected, fault.got) for fault in caught.value.faults}
    assert found == {f"wifi.networks[{index}].security": said for index, said in told.items()}


def test_a_site_with_a_kind_no_release_sets_is_refused_before_any_tablet() -> None:
    for kind in Kind:
        never = [index for index, _, _ in list_never_set(site_of(Kind.PSK, kind).networks, EARLIER)]
        assert not [*list_never_set(site_of(Kind.PSK, kind).networks, NETWORKS)]
        assert never == ([1] if kind in {Kind.PEAP, Kind.TTLS, Kind.TLS, Kind.TLS_ON_TABLET} else [])


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_is_told_as_the_file_writes_it(kind: Kind) -> None:
    words = WORDS[kind]
    method = f" ({words['method']})" if "method" in words else ""
    method = method.replace(")", ", key made on-tablet)") if "key" in words else method
    assert kind.written == words["security"] + method


def test_the_pinned_agents_own_table_decides_not_this_stations() -> None:
    site = site_of(Kind.PEAP)
    older = {"open": 21, "wpa2-psk": 21}
    assert list(list_never_set(site.networks, NETWORKS)) == []
    assert find_unset(site.networks, AGENT_CODE, NETWORKS, 24) is None
    for known in (older, EARLIER):
        assert [index for index, _, _ in list_never_set(site.networks, known)] == [0]
        assert find_unset(site.networks, AGENT_CODE, known, 36) is not None
    for api in (30, 36):
        refusal = find_unset(site_of(Kind.SAE).networks, AGENT_CODE, older, api)
        assert refusal is not None
        assert refusal.reason is Reason.NETWORK_UNSUPPORTED


def test_the_agents_word_has_its_reason() -> None:
    assert reason_of(Code.NETWORK_UNSUPPORTED) is Reason.NETWORK_UNSUPPORTED


def apply(tablet: AgentTablet, site: Site) -> Any:  # noqa: ANN401 # a report
    secrets = secrets_of(site) | {f"networks.{n}.passphrase": Secret(b"passphrase") for n in range(len(site.networks))}

    def make(encrypt: Encrypt) -> dict[str, object]:
        return make_policy(site, ASSET, KIOSK, secrets, encrypt)

    return tablet.client.apply(ASSET.id, make, lambda _digest: None)


@pytest.mark.parametrize("api", [30, 31, 34, 37])
def test_a_tablet_is_right_on_whichever_network_it_finds(api: int, tmp_path: Path) -> None:
    """The first network is out of range: Android joins the second one by itself."""
    tablet = AgentTablet(tmp_path, api).enrol()
    air = (Network(ssid="N1", passphrase=None), Network(ssid="N2", passphrase="passphrase"))  # noqa: S106 # of no network
    tablet.bench.tablet.device.model = tablet.bench.tablet.device.model.model_copy(update={"air": air})
    apply(tablet, site_of(Kind.SAE, Kind.OPEN, Kind.PSK))
    tablet.bench.clock.advance(60)
    found = find_controls(tablet.client.report())
    assert found[Control.WIFI_HOSPITAL].differing == ()
    assert found[Control.WIFI_OTHER_NETWORKS].differing == ()


@pytest.mark.parametrize(("api", "kind"), [(23, Kind.SAE), (29, Kind.SAE), (22, Kind.PEAP), (23, Kind.TLS)])
def test_an_agent_refuses_what_it_cannot_set_and_changes_nothing(api: int, kind: Kind, tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, api).enrol()
    before = tablet.bench.tablet.device.data.model_dump_json(exclude={"app_data"})
    with pytest.raises(StepFailed, match="network kind not supported by this agent") as caught:
        apply(tablet, site_of(Kind.OPEN, kind))
    assert caught.value.reason is Reason.NETWORK_UNSUPPORTED
    assert tablet.bench.tablet.device.data.model_dump_json(exclude={"app_data"}) == before
    with pytest.raises(StepFailed, match="order-invalid"):
        tablet.client.report()


def certified(made: Mapping[str, Made]) -> dict[str, Secret]:
    """The secrets of a site with one account, its files as `check` takes them."""
    own = make_bundle(made["tablet"], made["tablet"], [made["root"]])
    secrets = {"ca": made["root"].pem, "password": b"word", "certificate": own, "certificate_password": PASSWORD}
    return {f"networks.0.{name}": Secret(value) for name, value in secrets.items()} | {MAINTENANCE: Secret(b"x" * 20)}


MADE = make_all({"root": {"authority": True}, "tablet": {"issuer": "root"}})


@pytest.mark.parametrize(
    ("api", "kind"), [(23, Kind.PEAP), (24, Kind.TLS), (28, Kind.TTLS), (30, Kind.PEAP), (35, Kind.TLS)]
)
def test_a_tablet_is_given_an_account_and_shows_what_it_holds_of_it(api: int, kind: Kind, tmp_path: Path) -> None:
    tablet, site = AgentTablet(tmp_path, api).enrol(), site_of(kind)
    air = (Network(ssid="N0", passphrase=None, secured=ANY_KEY),)
    tablet.bench.tablet.device.model = tablet.bench.tablet.device.model.model_copy(update={"air": air})
    secrets = repack_keys(site.networks, certified(MADE))

    def make(encrypt: Encrypt) -> dict[str, object]:
        return make_policy(site, ASSET, KIOSK, secrets, encrypt)

    tablet.client.apply(ASSET.id, make, lambda _digest: None)
    tablet.bench.clock.advance(60)
    report = tablet.client.report()
    assert find_controls(report)[Control.WIFI_HOSPITAL].differing == ()
    (row,) = [row for row in report.rows if row.kind.part == "wifi-account"]
    assert (row.applied, row.observed, row.assurance) == ("pinned", "pinned", Assurance.ENFORCED)
    tablet.bench.tablet.device.data.networks[0].account["domain"] = "elsewhere.example"  # a hand on the tablet
    (differing,) = find_controls(tablet.client.report())[Control.WIFI_HOSPITAL].differing
    assert (differing.kind.part, differing.observed) == ("wifi-account", "0.domain")


def test_a_key_file_is_sent_in_the_form_that_every_android_opens() -> None:
    secrets = certified(MADE)
    sent = repack_keys(site_of(Kind.TLS).networks, secrets)
    assert {place for place in secrets if secrets[place] is not sent[place]} == {"networks.0.certificate"}
    opened = load_pkcs12(sent["networks.0.certificate"].reveal(), PASSWORD)
    assert opened.key is not None
    assert opened.cert is not None
    assert opened.cert.certificate == MADE["tablet"].certificate
    assert [each.certificate for each in opened.additional_certs] == [MADE["root"].certificate]
    pbes2, pbe_of_1999 = bytes.fromhex("06092a864886f70d01050d"), bytes.fromhex("060a2a864886f70d010c0103")
    assert pbes2 in secrets["networks.0.certificate"].reveal()
    assert pbes2 not in sent["networks.0.certificate"].reveal()
    assert pbe_of_1999 in sent["networks.0.certificate"].reveal()


def test_an_older_agent_is_told_to_be_updated_before_anything_is_uploaded(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, 30).enrol()
    tablet.bench.tablet.device.data.packages["org.provision.agent"].version_code = 3
    with pytest.raises(StepFailed, match="update the agent") as caught:
        apply(tablet, site_of(Kind.OPEN))
    assert caught.value.reason is Reason.AGENT_TOO_OLD
