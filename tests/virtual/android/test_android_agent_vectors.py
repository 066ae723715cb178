"""The virtual tablet's answer to tests/vectors: every call, effect and report the reference demands.

Calls go through the tablet's own `content` word, as a station's do; only foreign callers, whom no
shell line can play, call the channel itself.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import itertools
import json
import math
import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key
from cryptography.x509 import load_der_x509_certificate, load_der_x509_csr

from provision.virtual.android.agent.accounts import SECURITY
from provision.virtual.android.agent.journal import Journal, read_wall_clock
from provision.virtual.android.agent.keystore import Keystore
from provision.virtual.android.agent.owner import AndroidOwner
from provision.virtual.android.agent.packages import AGENT
from provision.virtual.android.agent.policy import HOME, read_policy
from provision.virtual.android.agent.process import Process, start
from provision.virtual.android.agent.reading import Fields, Refused
from provision.virtual.android.agent.session import Session
from provision.virtual.android.agent.site_keys import BuiltIn
from provision.virtual.android.agent.station import ForeignCaller
from provision.virtual.android.commands.care import set_clock
from provision.virtual.android.device import Device
from provision.virtual.android.model import Network
from provision.virtual.android.state import KeyPair, LockTask, Package, SavedNetwork, digest_of
from tests.case_files import check_each, thin_out
from tests.virtual.android.bench import Bench, model_for

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
CHANNEL = json.loads((VECTORS / "channel.json").read_text("utf-8"))
OWNER = json.loads((VECTORS / "owner.json").read_text("utf-8"))
MATERIAL = CHANNEL["material"]
PIECE = 1536
ADDRESS = "5c:0a:5b:00:00:42"
LAUNCHER = "com.android.launcher3/com.android.launcher3.Launcher"
FINE = "android.permission.ACCESS_FINE_LOCATION"
PERMISSIONS = [FINE, "android.permission.ACCESS_BACKGROUND_LOCATION"]
CREATORS = {"user": "user", "agent": AGENT}


_key = load_der_private_key(base64.b64decode(MATERIAL["session_private_key"]), None)
assert isinstance(_key, rsa.RSAPrivateKey)
SESSION_KEY: rsa.RSAPrivateKey = _key


def named(vectors: list[dict[str, Any]]) -> list[Any]:
    return list(thin_out(((vector["name"], vector) for vector in vectors), 3))


def bench_in(folder: Path, api: int, state: dict[str, Any]) -> Bench:
    """A tablet in the state of a vector, with both networks in range and joins that take no time."""
    names = ("HOPITAL-PATIENTS", "HomeBox", "HOPITAL-SAE", "HOPITAL-COMPTES")
    protected = tuple(Network(ssid=ssid, passphrase=MATERIAL["passphrase"]) for ssid in names)
    air = (*protected, Network(ssid="HOPITAL-OPEN", passphrase=None))
    model = model_for(api)
    timing = model.timing.model_copy(update={"join": 0.0})
    bench = Bench(folder, model.model_copy(update={"air": air, "timing": timing, "launcher": LAUNCHER}))
    set_state(bench.tablet.device, state)
    return bench


def set_state(device: Device, state: dict[str, Any]) -> None:
    data = device.data
    device.state.identity.mac = ADDRESS
    data.wifi_enabled = state["radio"]
    data.settings["global"] |= {"airplane_mode_on": str(int(state["airplane"]))}
    data.settings["global"] |= {"wifi_device_owner_configs_lockdown": str(int(state["lockdown"]))}
    data.settings["secure"] |= {"location_providers_allowed": "gps,network" if state["location"] else ""}
    if device.api >= 29:
        data.settings["secure"]["location_mode"] = "3" if state["location"] else "0"
    digest = digest_of(MATERIAL["passphrase"])
    data.networks = [
        SavedNetwork(
            id=one["id"],
            ssid=one["ssid"],
            security=SECURITY[one.get("security", "wpa2-psk")],
            creator=CREATORS[one["maker"]],
            passphrase_digest=None if one.get("security") == "open" or one["ssid"].endswith("OPEN") else digest,
            account={"method": one["security"], **one["account"]} if "account" in one else {},
            factory_mac=one.get("factory_mac", False),
            proxy=one.get("proxy", {}),
        )
        for one in state["networks"]
    ]
    device.target, device.linked_at = state["joined"] or None, -math.inf
    data.restrictions, data.allowed_ssids = list(state["restrictions"]), list(state["allowed"])
    lock = state["lock_task"]
    data.lock_task = LockTask(packages=lock["packages"], features=lock["features"], mode=lock["state"])
    data.update_window, data.update_freezes = state.get("updates", ""), list(state.get("freezes", ()))
    data.preferred_home = None if state["home"] == LAUNCHER else state["home"]
    data.ringer_volume, data.interruption_filter = state.get("ringer", 5), state.get("filter", 1)
    data.packages[AGENT] = Package(
        version_code=6, version_name="0.6.0", permissions=PERMISSIONS, granted=state["granted"]
    )
    for name in ("org.example.visio", "org.example.chat"):
        data.packages[name] = Package()
    for name, app in state.get("apps", {}).items():
        target, fixed = app.get("target", 30), app["fixed"]
        data.packages[name] = Package(
            target_sdk=target, permissions=app["permissions"], granted=app["held"], fixed=fixed
        )
    if "keyboard" in state:
        data.packages[state["keyboard"]] = Package()
    data.settings["secure"]["default_input_method"] = f"{state['keyboard']}/.Ime" if "keyboard" in state else ""
    data.packages.pop("com.android.providers.contacts", None)
    if "call_history" in state:
        data.packages[state["call_history"]] = Package()
    if "apps" in state:
        for name in {"org.example.visio", "org.example.chat"} - set(state["apps"]):
            del data.packages[name]
    data.keychain = {
        alias: KeyPair(private=key["private"], chain=key["chain"], wifi=key["granted"])
        for alias, key in state.get("keychain", {}).get("keys", {}).items()
    }
    data.configurations = copy.deepcopy(state.get("applications", {}))
    data.owner = f"{AGENT}/{AGENT}.AdminReceiver"
    device.state.faults = [fault_of(call, answer) for call, answer in state["refuse"].items()]


def fault_of(call: str, answer: object) -> str:
    """A refusal of a vector as a fault of the tablet; -5 is status 5, `silent` takes the call and keeps nothing."""
    if answer == "silent":
        return f"owner-drops:{call}"
    status = f":{-answer}" if isinstance(answer, int) and not isinstance(answer, bool) else ""
    return f"owner-refuses:{call}{status}"


def open_plain(parent: Fields, name: str, _place: str) -> bytes:
    """In owner.json a secret stands where the wire has a sealed member."""
    text = parent.text(name, ".*")
    return base64.b64decode(text.removeprefix("base64:")) if text.startswith("base64:") else text.encode()


def remember(store: dict[str, str], vector: dict[str, Any], here: datetime) -> None:
    """Fill the agent's private storage as an earlier order left it; `here` is the tablet's day and hour."""
    if vector["state"]["agent_network"] is not None:
        store["wifi.id"] = str(vector["state"]["agent_network"])
    if "agent_ssid" in vector["state"]:
        store["wifi.ssid"] = vector["state"]["agent_ssid"]
    if "agent_networks" in vector["state"]:
        saved = {name: str(number) for name, number in vector["state"]["agent_networks"].items()}
        store["wifi.networks"] = json.dumps(saved)
    if "code" in vector:
        store["code.secret"] = base64.b64encode(vector["code"]["secret"].encode()).decode()
        store["code.challenge"] = vector["code"]["challenge"]
    store["tablet"] = MATERIAL["tablet"]
    kept = {"events": "events", "cleaned": "clean.last", "spent": "outside.spent"}
    store |= {name: json.dumps(vector["state"][member]) for member, name in kept.items() if member in vector["state"]}
    if "planned" in vector["state"]:
        plans = {tile: here + timedelta(minutes=ahead) for tile, ahead in vector["state"]["planned"].items()}
        store["calls.planned"] = json.dumps({tile: f"{at:%Y-%m-%dT%H:%M}" for tile, at in plans.items()})
    if "network_keys" in vector["state"]:
        store["wifi.keys"] = json.dumps(vector["state"]["network_keys"])
    if "configured" in vector["state"]:
        store["configured"] = ",".join(vector["state"]["configured"])
    if "grants" in vector["state"]:
        store["grants"] = ",".join(vector["state"]["grants"])
    if "before" in vector:
        store["policy.digest"] = "digest"
        store["policy"] = read_policy(Fields(vector["before"], "before", "order-invalid"), open_plain).stored()


def make_key(process: Process, store: dict[str, str], chain: list[str] | None) -> None:
    """The key that a vector's tablet has from before."""
    if chain is not None:
        faults, process.owner.device.state.faults = process.owner.device.state.faults, []
        Keystore(process.owner, store).make("from before" if len(chain) > 1 else None)
        process.owner.calls.clear()
        process.owner.device.state.faults = faults


def label_key(shown: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """A real key in the words of the vectors: its signature is verified over what theirs says was signed."""
    read = {name: base64.b64decode(shown[name]) for name in ("public", "signature")}
    words = base64.b64decode(expected["signature"]).removeprefix(b"signed ")
    key = load_der_public_key(read["public"])
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(read["signature"], words.replace(b" ", b"\n"), ec.ECDSA(SHA256()))
    names = ["own", "issuer", "root"][: len(shown["chain"])]
    assert load_der_x509_certificate(base64.b64decode(shown["chain"][0])).public_key() == key
    hardware = expected["hardware"]  # by Android's word: a virtual tablet has none
    chain = [base64.b64encode(name.encode()).decode() for name in names]
    return {**expected, "chain": chain, "hardware": hardware}


def label_request(written: str, expected: str) -> str:
    """A real request in the words of the vectors: the same subject, signed by the key that it names."""
    request, theirs = (load_der_x509_csr(base64.b64decode(one)) for one in (written, expected))
    assert request.is_signature_valid
    assert (request.subject, list(request.attributes)) == (theirs.subject, list(theirs.attributes))
    return expected


@check_each("vector", named(OWNER["vectors"]))
def test_the_owner_calls_and_the_report_are_those_of_the_reference(vector: dict[str, Any], tmp_path: Path) -> None:
    device = bench_in(tmp_path, vector["api"], vector["state"]).tablet.device
    store = device.data.app_data.setdefault(AGENT, {})
    remember(store, vector, read_wall_clock(device))
    process = start(device, Session(SESSION_KEY))
    process.duties.known = vector.get("known", process.duties.known)
    make_key(process, store, vector["state"].get("keystore", {}).get("chain"))
    body = Fields(vector["body"], "order.body", "order-invalid")
    result: dict[str, Any] = {}
    try:
        result = process.duties.carry_out(vector["order"], body, "digest", open_plain)
    except Refused as refused:
        result = {"code": refused.code, "detail": refused.detail}
    if vector["order"] == "prove" and result.get("key"):
        result["key"] = label_key(result["key"], vector["result"]["key"])
    if vector["order"] == "request" and result.get("request"):
        result["request"] = label_request(result["request"], vector["result"]["request"])
    assert process.owner.calls == vector["calls"]
    if "refused" in vector:
        assert result == vector["refused"]
    elif "rows" in vector:
        assert result["rows"] == vector["rows"]
    else:
        assert result == vector["result"]
    if "report" in vector:
        told = ("events", "cleaned", "outside", "planned")
        assert {name: result[name] for name in told if name in result} == vector["report"]
    if "addresses" in vector:
        assert result["addresses"] == vector["addresses"]
    if "remembered" in vector:
        assert store.get("configured", "") == ",".join(vector["remembered"])
    if "remembered_grants" in vector:
        assert store.get("grants", "") == ",".join(vector["remembered_grants"])
    assert MATERIAL["passphrase"] not in json.dumps(store)
    assert MATERIAL["passphrase"] not in device.state.model_dump_json()
    left = device.data.owner is None and device.data.admins and "refused" not in vector
    assert not left, "an app that is admin cannot be removed"


@pytest.mark.parametrize(
    ("since_build", "counted"), [(timedelta(0), 1), (timedelta(days=29), 1), (timedelta(days=31), 0)]
)
def test_a_clock_that_fell_back_to_the_day_of_a_young_build_judges_no_plan(
    since_build: timedelta, counted: int, tmp_path: Path
) -> None:
    """So does an Android of 2024 and later (contract 11): the call of today is no call of the year after next."""
    built = datetime(2026, 2, 1, tzinfo=UTC)
    model = model_for(34)
    props = {**model.props, "ro.build.date.utc": f"{built.timestamp():.0f}"}
    device = Bench(tmp_path, model.model_copy(update={"props": props})).tablet.device
    tile = {"label": "Marie", "link": "https://visio.example/0", "package": "a.b"}
    digest = hashlib.sha256(json.dumps(tile, separators=(",", ":"), sort_keys=True).encode()).hexdigest()
    store = {"calls.planned": json.dumps({digest: "2026-11-30T16:10"})}
    set_clock(device, (built + since_build).timestamp())
    assert Journal(store, device).report(0, [tile])["planned"] == counted


@pytest.mark.parametrize(
    ("api", "orders", "features", "mode", "admins"),
    [(22, 6, None, "locked", 1), (23, 6, None, "none", 1), (24, 6, None, "none", 0), (28, 6, 21, "none", 0),
     (33, 6, 21, "none", 0), (34, 1, None, "none", 0), (36, 1, None, "none", 0)],
)  # fmt: skip
def test_the_owners_calls_have_androids_effects(
    api: int, orders: int, features: int | None, mode: str, admins: int, tmp_path: Path
) -> None:
    """Never kinder than Android's own services (Wi-Fi document 3.2, packages document 6.5), whatever the agent asks.

    Args:
        orders: in how many orders three packages come back when they are given in all six.
        admins: left behind when ownership is given up.
    """
    device = bench_in(tmp_path, api, MATERIAL["state"]).tablet.device
    owner, lock = AndroidOwner(device), device.data.lock_task
    found = set()
    for names in itertools.permutations([AGENT, "org.example.visio", "org.example.chat"]):
        owner.set_lock_task_packages(names)
        assert sorted(lock.packages) == sorted(names)
        found.add(tuple(lock.packages))
    assert len(found) == orders
    lock.features, lock.mode = (21 if api >= 28 else None), "locked"
    owner.set_lock_task_packages([])
    assert (lock.features, lock.mode) == (features, mode)
    owner.give_up()
    assert len(device.data.admins) == admins


KIOSKS = [one for one in OWNER["vectors"] if one["order"] == "apply" and "kiosk" in one["body"] and "rows" in one]


@check_each("vector", named(KIOSKS))
def test_the_dumps_show_what_the_report_says(vector: dict[str, Any], tmp_path: Path) -> None:
    """Another road than the agent's own words: lock task, HOME and restrictions (Wi-Fi document 3.7)."""
    bench = bench_in(tmp_path, vector["api"], vector["state"])
    process = start(bench.tablet.device, Session(SESSION_KEY))
    process.duties.carry_out("apply", Fields(vector["body"], "order.body", "order-invalid"), "digest", open_plain)
    observed = {row["part"]: row["observed"] for row in vector["rows"]}
    dump = bench.run("dumpsys activity activities").out
    states = re.findall(r"mLockTaskModeState=([A-Z]+)", dump)
    assert states == ([observed["running"].upper()] if vector["api"] >= 23 else [])
    packages = [sorted(one.split(", ")) for one in re.findall(r"\b(?:u0|0):\[(.*)\]", dump)]
    seen = [sorted(observed["packages"].split(","))]
    assert packages == (seen if observed["packages"] and vector["api"] >= 23 else [])
    assert ("org.provision.agent/.screen.HomeActivity" in dump) == (observed["home"] == HOME)
    effective = bench.run("dumpsys user").out.partition("Effective restrictions:")[2].split()
    printed = vector["api"] >= 24  # 5.x and 6.0 print none
    assert ("no_config_wifi" in effective) == (printed and observed.get("settings-page") == "set")


class Channel:
    """One vector of channel.json on a tablet."""

    def __init__(self, folder: Path, vector: dict[str, Any]) -> None:
        self.bench = bench_in(folder, vector["api"], MATERIAL["state"] | {"refuse": vector.get("refuse", {})})
        self.bench.clock.now = MATERIAL["now_ms"] / 1000
        device = self.bench.tablet.device
        device.ready_at = -math.inf
        device.state.faults += ["agent-late"] if vector.get("late") else []
        store = device.data.app_data.setdefault(AGENT, {})
        store |= {"tablet": MATERIAL["tablet"], "code.challenge": MATERIAL["challenge"]}
        if vector["pinned"]:
            store |= {"site.key": MATERIAL["site_key"], "site.name": MATERIAL["site"]}
        for name, files in vector.get("files", {}).items():
            blobs = {path: device.store_blob(text.encode()) for path, text in files.items()}
            base, *splits = blobs
            named = {path.rpartition("/split_")[2].removesuffix(".apk"): blobs[path] for path in splits}
            device.data.packages[name] = Package(path=base, blob=blobs[base], splits=named)
        if not vector["owner"]:
            device.data.owner = None
        nonces = iter(MATERIAL["nonces"])
        built_in = BuiltIn(**vector.get("built_in", {}))
        self.process: Process = start(device, Session(SESSION_KEY, lambda: next(nonces)), built_in)

    def play(self, step: dict[str, Any]) -> dict[str, Any] | None:
        """The answer to one step as JSON, None for no rows.

        Raises:
            ForeignCaller: the step's uid learns nothing.
        """
        if step["uid"] not in {0, 2000}:
            self.play_foreign(step)
        if "query" in step:
            return self.rows(step["query"])
        if "send" in step:
            return self.send(**step["send"])
        return self.call(step["method"], step.get("argument"))

    def play_foreign(self, step: dict[str, Any]) -> None:
        station = self.process.station
        if "query" in step:
            station.answer(step["uid"], step["query"])
        else:
            station.call(step["uid"], step["method"], step.get("argument"))

    def call(self, method: str, argument: str | None) -> dict[str, Any]:
        line = f"content call --uri content://org.provision.agent.station --method {method}"
        line += "" if argument is None else f" --arg {argument}"
        assert shlex.quote(argument or "x") == (argument or "x")
        printed = self.bench.run(line)
        found = re.fullmatch(r"Result: Bundle\[\{a=(\S+)\}\]\n", printed.out)
        assert found, printed
        return dict(json.loads(base64.b64decode(found[1], validate=True)))

    def send(self, id: str, document: str) -> dict[str, Any]:  # noqa: A002 - the vector's own member
        total = math.ceil(len(document) / PIECE)
        for seq in range(total):
            put = self.call("put", f"{id}:{seq}:{total}:{document[seq * PIECE : (seq + 1) * PIECE]}")
            assert put["ok"], put
        digest = hashlib.sha256(base64.urlsafe_b64decode(document + "=" * (-len(document) % 4))).hexdigest()
        return self.call("commit", f"{id}:{digest}")

    def rows(self, name: str) -> dict[str, Any] | None:
        printed = self.bench.run(f"content query --uri content://org.provision.agent.station/answer/{name}")
        if printed.out == "No result found.\n":
            return None
        rows = re.findall(rf"^Row: (\d+) id={name}, seq=(\d+), body=(\S+)$", printed.out, re.MULTILINE)
        assert [row[1] for row in rows] == [str(number) for number in range(len(rows))]
        return dict(json.loads(base64.b64decode("".join(row[2] for row in rows), validate=True)))


@check_each("vector", named(CHANNEL["vectors"]))
def test_every_call_is_answered_as_the_contract_says(vector: dict[str, Any], tmp_path: Path) -> None:
    channel = Channel(tmp_path, vector)
    for step in vector["steps"]:
        if "wait" in step:
            channel.bench.clock.advance(step["wait"] / 1000)
            continue
        expected = step["expect"]
        if "raises" in expected:
            with pytest.raises(ForeignCaller):
                channel.play(step)
            continue
        answer = channel.play(step)
        if answer is None:
            assert expected == {"rows": 0}
            continue
        assert_holds("answer", expected, answer)
        assert MATERIAL["passphrase"] not in json.dumps(answer)
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not [one for one in kept if MATERIAL["passphrase"].encode() in one]


def assert_holds(place: str, expected: object, got: object) -> None:
    """Every expected member is there and equal; others may be there too."""
    if not isinstance(expected, dict):
        assert got == expected, place
        return
    assert isinstance(got, dict), place
    for name, value in expected.items():
        assert_holds(f"{place}.{name}", value, got.get(name))
