"""The station's answer to tests/vectors: what it sends has the contract's form, what it gets is understood."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from agent_bed import MATERIAL, make_hello, session_private_key, site_key, vectors
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from factories import make_site

from provision.agent.answers import read_call, read_rows
from provision.agent.configured import list_digests, make_applications, read_digests
from provision.agent.contract import LINE_BYTES, OrderName, call_line, least_protocol, reason_of
from provision.agent.granted import make_grants
from provision.agent.hello import read_hello
from provision.agent.order import OAEP, TYPE, Order, SecretEncryptor, commit_argument, cut_pieces, sign_order
from provision.agent.policy import MAINTENANCE, PolicySubject, check_site_fits, make_policy
from provision.agent.report import find_controls, read_report
from provision.agent.results import read_cleaned, read_owner_left
from provision.agent.rows import VERSION
from provision.agent.since import EVENTS, KINDS, RECORDED, describe_since
from provision.errors import AnswerError
from provision.report.events import tell_events
from provision.site.secret import Secret
from provision.terms import Assurance, Control
from provision.texts.language import Language
from provision.transport import Answer
from tests.case_files import check_each, thin_out
from tests.reference.policy_table import read_levels, read_table

CHANNEL = vectors("channel.json")["vectors"]
OWNER = vectors("owner.json")["vectors"]
APPLIED = [vector for vector in OWNER if vector["order"] == "apply" and "rows" in vector]
FULL = [vector for vector in APPLIED if vector["name"].startswith("full policy")]
POLICY_TABLE = read_table()


def named(found: list[dict[str, Any]]) -> list[Any]:
    return list(thin_out(((vector["name"], vector) for vector in found), 3))


def decode_url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sends(vector: dict[str, Any]) -> list[dict[str, Any]]:
    return [step["send"] for step in vector["steps"] if "send" in step]


@check_each("vector", named([vector for vector in CHANNEL if sends(vector)]))
def test_documents_are_cut_into_the_pieces_of_the_contract(vector: dict[str, Any]) -> None:
    for send in sends(vector):
        document = decode_url(send["document"])
        pieces = cut_pieces(send["id"], document)
        assert "".join(piece.split(":")[3] for piece in pieces) == send["document"]
        assert [piece.split(":")[:3] for piece in pieces] == [
            [send["id"], str(n), str(len(pieces))] for n in range(len(pieces))
        ]
        lines = [
            *(call_line("put", piece) for piece in pieces),
            call_line("commit", commit_argument(send["id"], document)),
        ]
        assert max(len(line.encode()) for line in lines) < LINE_BYTES
        assert all(shlex.join(line.split(" ")) == line for line in lines)
        assert commit_argument(send["id"], document) == f"{send['id']}:{hashlib.sha256(document).hexdigest()}"


def full_answer(expect: dict[str, Any]) -> dict[str, Any]:
    """The answer a vector expects, with the members it leaves open filled in."""
    answer = {"protocol": 1} | copy.deepcopy(expect)
    if answer["status"] == "done":
        answer.setdefault("result", {})
    if answer["status"] == "refused":
        answer["error"].setdefault("detail", "")
    return answer


ANSWERED = [
    pytest.param(step["expect"], step, id=f"{vector['name']}, step {number}")
    for vector in CHANNEL
    for number, step in enumerate(vector["steps"])
    if "status" in step.get("expect", {})
]


@check_each(("expect", "step"), ANSWERED)
def test_every_answer_is_understood(expect: dict[str, Any], step: dict[str, Any]) -> None:
    text = base64.b64encode(json.dumps(full_answer(expect), sort_keys=True, separators=(",", ":")).encode()).decode()
    if "query" in step:
        rows = "".join(
            f"Row: {at // 1024} id={step['query']}, seq={at // 1024}, body={text[at : at + 1024]}\n"
            for at in range(0, len(text), 1024)
        )
        reply = read_rows(Answer(rows, "", 0), step["query"], "content query")
        assert reply is not None
    else:
        reply = read_call(Answer(f"Result: Bundle[{{a={text}}}]\n", "", 0), "content call")
    assert reply.status == expect["status"]
    assert reply.next_nonce == expect.get("next")
    if reply.refusal is not None:
        assert reply.refusal.code == expect["error"]["code"]
        assert reason_of(reply.refusal.code)
    if step.get("method") == "hello" and "nonce" in expect["result"]:
        assert reply.result is not None
        hello = read_hello(reply.result, "content call")
        assert (hello.tablet, hello.site_key) == (MATERIAL["tablet"], expect["result"]["site_key"])


def test_no_rows_are_no_answer() -> None:
    assert read_rows(Answer("No result found.\n", "", 0), "00000000000000aa", "content query") is None


BODY = base64.b64encode(b'{"ok":true,"protocol":1,"result":{},"status":"done"}').decode()


def test_rows_of_the_order_are_an_answer() -> None:
    text = f"Row: 0 id=00000000000000aa, seq=0, body={BODY}\n"
    assert read_rows(Answer(text, "", 0), "00000000000000aa", "content query") is not None


@pytest.mark.parametrize(
    "row", ["0 id=00000000000000ab, seq=0", "0 id=00000000000000aa, seq=1", "1 id=00000000000000aa, seq=0"]
)
def test_rows_of_another_id_or_out_of_order_are_refused(row: str) -> None:
    with pytest.raises(AnswerError, match="in the order of seq"):
        read_rows(Answer(f"Row: {row}, body={BODY}\n", "", 0), "00000000000000aa", "content query")


def test_nothing_printed_is_no_answer() -> None:
    with pytest.raises(AnswerError):
        read_rows(Answer("", "", 0), "00000000000000aa", "content query")


def taken(vector: dict[str, Any]) -> dict[str, Any] | None:
    """The payload of the vector's first document, when the agent took it."""
    step = next(step for step in vector["steps"] if "send" in step)
    if step["expect"].get("status") != "done":
        return None
    return dict(json.loads(base64.b64decode(json.loads(decode_url(step["send"]["document"]))["payload"])))


TAKEN = [(vector["name"], taken(vector)) for vector in CHANNEL if sends(vector) and taken(vector) is not None]


@check_each("payload", [pytest.param(payload, id=name) for name, payload in TAKEN])
def test_the_station_writes_the_payload_the_agent_takes(payload: dict[str, Any]) -> None:
    names = ("site", "tablet", "nonce", "body", "protocol")
    order = Order(OrderName(payload["order"]), *(payload[name] for name in names))
    assert json.loads(order.payload()) == payload


def test_the_envelope_is_the_contracts() -> None:
    payload = Order(OrderName.REPORT, MATERIAL["site"], MATERIAL["tablet"], MATERIAL["nonces"][0], {}).payload()
    envelope = json.loads(sign_order(payload, site_key()))
    example = json.loads(decode_url(sends(CHANNEL[9])[0]["document"]))
    assert (set(envelope), set(envelope["signatures"][0])) == (set(example), set(example["signatures"][0]))
    assert (envelope["payloadType"], envelope["key"]) == (TYPE, example["key"])
    assert envelope["signatures"][0]["keyid"] == MATERIAL["site_key"] == site_key().key_id
    public = load_der_public_key(base64.b64decode(envelope["key"]))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    signed = f"DSSEv1 36 application/vnd.provision.order+json {len(payload)} ".encode() + payload
    public.verify(base64.b64decode(envelope["signatures"][0]["sig"]), signed, ec.ECDSA(SHA256()))


def unseal(sealed: dict[str, str], place: str) -> bytes:
    members = {name: base64.b64decode(text) for name, text in sealed.items()}
    key = session_private_key().decrypt(members["key"], OAEP)
    context = f"provision-seal-v1\n{MATERIAL['tablet']}\n{MATERIAL['nonces'][0]}\n{place}".encode()
    return AESGCM(key).decrypt(members["iv"], members["data"], context)


@pytest.mark.parametrize(
    ("place", "plain"),
    [
        ("wifi.passphrase", MATERIAL["passphrase"].encode()),
        ("maintenance.secret", base64.b64decode(MATERIAL["maintenance_secret"])),
    ],
)
def test_a_secret_is_sealed_as_in_the_vectors(place: str, plain: bytes) -> None:
    section, name = place.split(".")
    example = TAKEN[0][1]
    assert example is not None
    assert unseal(example["body"][section][name]["sealed"], place) == plain
    ours = SecretEncryptor(make_hello()).encrypt(place, Secret(plain))
    assert isinstance(ours["sealed"], dict)
    assert unseal(ours["sealed"], place) == plain
    assert ours != SecretEncryptor(make_hello()).encrypt(place, Secret(plain))


def report_of(vector: dict[str, Any]) -> dict[str, Any]:
    asset = vector.get("before", vector["body"])["asset"]["id"]
    return {
        "asset": asset,
        "policy": "a" * 64,
        "api": vector["api"],
        "opened": False,
        "rows": copy.deepcopy(vector["rows"]),
        **vector.get("report", {}),
    }


@check_each("vector", named(APPLIED))
def test_every_report_is_understood(vector: dict[str, Any]) -> None:
    report = read_report(report_of(vector), "content call", vector.get("known", VERSION))
    assert [row.kind.part for row in report.rows] == [row["part"] for row in vector["rows"]]
    found = find_controls(report)
    assert {control.value for control in found} == {row["control"] for row in vector["rows"]}
    for control, finding in found.items():
        rows = [row for row in vector["rows"] if row["control"] == control.value and row["assurance"] != "unsupported"]
        assert [row.kind.part for row in finding.differing] == [
            row["part"] for row in rows if row["observed"] != row["wanted"]
        ]
        assert (finding.assurance in {Assurance.ENFORCED, Assurance.SET}) == (bool(rows) and not finding.differing)


TOLD = [vector for vector in OWNER if vector.get("report")]


@check_each("vector", named(TOLD))
def test_what_happened_between_orders_is_understood(vector: dict[str, Any]) -> None:
    report, told = read_report(report_of(vector), "content call"), vector["report"]
    assert [event.model_dump() for event in report.events] == told["events"]
    assert (report.outside, report.cleaned is None) == (told["outside"], told["cleaned"] is None)
    assert report.planned == told["planned"]


SPOILT_EVENTS: list[dict[str, object]] = [
    {"kind": "At home"}, {"healed": "yes"}, {"first": -1}, {"last": 10**12}, {"count": 0}, {"place": "48.85, 2.35"},
]  # fmt: skip


@check_each("change", SPOILT_EVENTS)
def test_an_event_of_another_form_is_refused(change: dict[str, object]) -> None:
    report = report_of(TOLD[0])
    for events in ([report["events"][0] | change], report["events"][:1] * 65):
        with pytest.raises(AnswerError):
            read_report(report | {"events": events}, "content call")


@check_each("vector", named(FULL))
def test_a_finished_tablet_has_the_assurance_of_the_policy_table(vector: dict[str, Any]) -> None:
    found = find_controls(read_report(report_of(vector), "content call"))
    expected = {
        control: Assurance.ENFORCED if vector["api"] >= enforced_from(rows) else Assurance.SET
        for control, rows in DECIDING.items()
    }
    assert {control: finding.assurance for control, finding in found.items()} == expected


DECIDING = {
    Control.WIFI_HOSPITAL: {2: None, 5: None},
    Control.WIFI_OTHER_NETWORKS: {3: None, 8: None},
    Control.LOCATION_ON: {18: "no_config_location"},
    Control.KIOSK_LOCK_TASK: {22: None, 19: None},
}
"""Rows of the reference by which the system itself stops the user, with the restriction each is."""


def enforced_from(rows: dict[int, str | None]) -> int:
    """The first level on which every one of these rows is enforced."""
    found = [read_levels(POLICY_TABLE[number], restriction).enforced_from for number, restriction in rows.items()]
    return max(99 if level is None else level for level in found)


WRONG = {
    "row": 99, "control": "wifi.other", "part": "nothing", "wanted": "something else", "applied": "half",
    "observed": None, "assurance": "set and enforced", "api": 1, "error": 1,
}  # fmt: skip


@pytest.mark.parametrize("member", [*WRONG, "missing", "unknown", "order", "twice", "left out"])
@pytest.mark.parametrize("vector", named([vector for vector in FULL if vector["api"] in {21, 23, 28, 30, 33, 36}]))
def test_a_report_that_breaks_a_rule_is_refused(vector: dict[str, Any], member: str) -> None:
    for place in range(len(vector["rows"])):
        report = report_of(vector)
        if member == "observed" and report["rows"][place]["assurance"] == "unsupported":
            report["rows"][place]["observed"] = "on"
        else:
            spoil(report["rows"], place, member)
        with pytest.raises(AnswerError):
            read_report(report, "content call")


def spoil(rows: list[dict[str, Any]], place: int, member: str) -> None:
    match member:
        case "missing":
            del rows[place]["error"]
        case "unknown":
            rows[place]["more"] = 1
        case "order":
            rows.insert((place + 3) % len(rows), rows.pop(place))
        case "twice":
            rows.insert(place, rows[place])
        case "left out":
            # `frozen` alone may be left out; then its neighbour goes with it.
            removed = rows.pop(place)
            if removed["part"] == "frozen":
                del rows[place]
        case "wanted":
            rows[place] |= {"wanted": "something else", "applied": rows[place]["applied"] or "half"}
        case _:
            rows[place][member] = WRONG[member]


@check_each("vector", named([vector for vector in FULL if vector["api"] in {21, 22, 27, 32, 34}]))
def test_an_agent_that_claims_more_than_its_release_is_not_believed(vector: dict[str, Any]) -> None:
    weak = [place for place, row in enumerate(vector["rows"]) if row["assurance"] != "enforced"]
    assert weak
    for place in weak:
        report = report_of(vector)
        report["rows"][place]["assurance"] = "enforced"
        with pytest.raises(AnswerError, match="assurance"):
            read_report(report, "content call")


@pytest.mark.parametrize(
    "change", [{"asset": "a"}, {"policy": "A" * 64}, {"api": 20}, {"opened": 1}, {"rows": {}}, {"more": 1}]
)
def test_a_report_of_another_form_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        read_report(report_of(FULL[0]) | change, "content call")


@pytest.mark.parametrize(
    "vector", named([vector for vector in OWNER if vector["order"] in {"clean", "release"} and "result" in vector])
)
def test_results_of_the_other_orders_are_understood(vector: dict[str, Any]) -> None:
    if vector["order"] == "release":
        assert read_owner_left(vector["result"], "content call") is False
        return
    cleaning = read_cleaned(vector["result"], tuple(vector["body"]["packages"]), "content call")
    assert [trace.model_dump() for trace in cleaning.traces] == vector["result"].get("traces", [])
    rows = cleaning.apps
    assert [(row.package, row.cleared) for row in rows] == [
        (row["package"], row["cleared"]) for row in vector["result"]["packages"]
    ]
    assert {row.supported for row in rows} == {vector["api"] >= 28}


@check_each("vector", named([vector for vector in FULL if "kiosk" in vector["body"]]))
def test_the_station_makes_the_policy_of_the_vectors(vector: dict[str, Any]) -> None:
    body = vector["body"]
    site = make_site(
        wifi={"ssid": body["wifi"]["ssid"], "security": "wpa2", "passphrase": {"file": "secrets/wifi"}},
        kiosk={"lock_task": True, "hotline": body["asset"]["hotline"]},
    )
    asset = PolicySubject(body["asset"]["id"], body["asset"]["ward"], body["asset"]["colour"])
    secrets = {"networks.0.passphrase": Secret(b"vector-passphrase"), MAINTENANCE: Secret(b"01234567890123456789")}
    packages = ["org.provision.agent", *body["kiosk"]["packages"]]
    check_site_fits(site, packages, Path("site.yaml"), {})
    made = make_policy(site, asset, packages, secrets, lambda _place, secret: secret.reveal().decode())
    assert made == body


@pytest.mark.parametrize(
    "vector", named([vector for vector in APPLIED if "applications" in vector["body"] and "known" not in vector])
)
def test_the_station_makes_the_member_of_the_vectors_and_knows_its_digests(vector: dict[str, Any]) -> None:
    wanted = vector["body"]["applications"]
    settings = {
        package: {key: tuple(value) if isinstance(value, list) else value for key, value in one.items()}
        for package, one in wanted.items()
    }
    made = make_applications(settings, "A-0042")
    assert made == {"applications": wanted}
    assert least_protocol(made) == 2
    row = next(row for row in vector["rows"] if row["row"] == 40)
    assert read_digests(row["wanted"]) == list_digests(settings, "A-0042")


@check_each("vector", named([vector for vector in APPLIED if "grants" in vector["body"]]))
def test_the_station_makes_the_grants_of_the_vectors(vector: dict[str, Any]) -> None:
    wanted = vector["body"]["grants"]
    made = make_grants({name: tuple(one) for name, one in wanted.items()})
    assert made == {"grants": wanted}
    assert least_protocol(made) == least_protocol(made | {"applications": {}}) == 3


def test_an_event_of_a_later_agent_is_read_by_its_name() -> None:
    report = report_of(TOLD[0])
    events = [report["events"][0] | {"kind": "fell-down"}]
    read = read_report(report | {"events": events}, "report").events
    assert [one.kind for one in read] == ["fell-down"]
    assert "unknown event “fell-down”" in "".join(tell_events(read, Language.EN))
    known = [read[0].model_copy(update={"kind": kind}) for kind in sorted(KINDS)]
    assert "unknown" not in "".join(tell_events(known, Language.EN))
    kept = describe_since(known * 4, None)[EVENTS]
    assert isinstance(kept, list)
    assert len(kept) == RECORDED
