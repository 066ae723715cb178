"""802.1X as the agent configures it, tried by a real supplicant against a real server (freeradius).

From the agent's code to the supplicant's fields goes Android's own class, release by release
(`tests/vectors/android/enterprise_fields.json`); here these fields are used. Not tried, since it needs a radio: the
access point, 802.11 itself, and Android's keystore.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key
from cryptography.x509 import load_der_x509_certificate, load_der_x509_csr

from provision.site.tablet_certificates import TabletCertificates
from provision.virtual.android.agent.keychain import Keychain
from provision.virtual.android.agent.owner_calls import OwnerCalls
from tests.made_certificates import Made, make_all
from tests.radius.radius_server import MISSING, RadiusServer, run_server
from tests.radius.supplicant import Attempt, join
from tests.virtual.android.bench import Bench, model_for

pytestmark = [
    pytest.mark.later,
    pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)} (Debian packages freeradius, eapoltest)"),
]

TABLE = Path(__file__).parents[1] / "vectors/android/enterprise_fields.json"
ON_TABLET = "tls, key made on the tablet"
IDENTITY, PASSWORD, DOMAIN = "tablette", "vector-passphrase", "radius.hopital.example"
"""What stands in the table's fields."""

DESCRIBED: dict[str, dict[str, Any]] = {
    "root": {"authority": True},
    "other": {"authority": True},
    "namesake": {"authority": True, "name": "root"},
    "inner": {"issuer": "root", "authority": True},
    "radius": {"issuer": "root", "purposes": ["server"], "dns": [DOMAIN]},
    "elsewhere": {"issuer": "root", "purposes": ["server"], "dns": ["radius.elsewhere.example"]},
    "evil": {"issuer": "root", "purposes": ["server"], "dns": [f"evil{DOMAIN}"]},
    "old": {"issuer": "root", "purposes": ["server"], "dns": [DOMAIN], "days": [-60, -1]},
    "wrong-purpose": {"issuer": "root", "purposes": ["client"], "dns": [DOMAIN]},
    "narrow": {"authority": True, "depth": 0},
    "too-many": {"issuer": "narrow", "authority": True},
    "below-too-many": {"issuer": "too-many", "purposes": ["server"], "dns": [DOMAIN]},
    "below-inner": {"issuer": "inner", "purposes": ["server"], "dns": [DOMAIN]},
    "tablet": {"issuer": "root", "purposes": ["client"]},
    "tablet-inner": {"issuer": "inner", "purposes": ["client"]},
    "tablet-old": {"issuer": "root", "purposes": ["client"], "days": [-60, -1]},
    "tablet-other": {"issuer": "other", "purposes": ["client"]},
}
Fields = Mapping[str, str | None]


@dataclass(frozen=True)
class Ward:
    """Servers by what they show, started when first asked for."""

    folder: Path
    made: Mapping[str, Made]
    ends: ExitStack
    running: dict[tuple[str, str], RadiusServer] = field(default_factory=dict)

    def server(self, shows: str, inner: str) -> RadiusServer:
        """One that shows a certificate, and `below-` an authority that authority, too."""
        if (shows, inner) not in self.running:
            above = shows.removeprefix("below-")
            chain = [self.made[shows], *([] if above == shows else [self.made[above]])]
            folder = self.folder / f"{shows}-{inner}"
            started = run_server(folder, chain, self.made["root"], IDENTITY, PASSWORD, inner)
            self.running[shows, inner] = self.ends.enter_context(started)
        return self.running[shows, inner]


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    with ExitStack() as ends:
        yield Ward(tmp_path_factory.mktemp("radius"), make_all(DESCRIBED, datetime.now(UTC)), ends)


def read_answers() -> dict[str, list[dict[str, Any]]]:
    answers: dict[str, list[dict[str, Any]]] = json.loads(TABLE.read_text("utf-8"))["answers"]
    return answers


def fields_of(line: str, api: int) -> Fields:
    told = next(entry["answer"]["fields"] for entry in read_answers()[line] if api in entry["apis"])
    return dict(told)


def list_told() -> list[Any]:
    """Each set of fields that a release tells for a line, once."""
    found = {
        (line, json.dumps(entry["answer"]["fields"]), len(entry["answer"]["chain"])): min(entry["apis"])
        for line, entries in read_answers().items()
        for entry in entries
        if "fields" in entry["answer"]
    }
    return [
        pytest.param(line, json.loads(fields), chain, id=f"{line}, from API {api}")
        for (line, fields, chain), api in found.items()
    ]


def try_once(
    ward: Ward,
    folder: Path,
    fields: Fields,
    *,
    shows: str = "radius",
    trusts: tuple[str, ...] = ("root",),
    own: tuple[str, ...] = ("tablet",),
) -> Attempt:
    inner = "gtc" if "GTC" in (fields.get("phase2") or "") else "mschapv2"
    server = ward.server(shows, inner)
    return join(folder, server, fields, [ward.made[name] for name in trusts], [ward.made[name] for name in own])


@pytest.mark.parametrize(("line", "fields", "chain"), list_told())
def test_what_a_release_tells_its_supplicant_is_let_in(
    line: str,
    fields: Fields,
    chain: int,
    ward: Ward,
    tmp_path: Path,
) -> None:
    trusts = ("other", "root") if "two authorities" in line else ("root",)
    own = ("tablet-inner", "inner") if chain == 2 else ("tablet",)
    attempt = try_once(ward, tmp_path, fields, trusts=trusts, own=own)
    assert attempt.joined, attempt.told[-2000:] + attempt.log
    in_clear = IDENTITY if "no name in clear" in line else "anonyme"
    assert f"Login OK: [{in_clear}] (from client bench" in attempt.log
    if not line.startswith("tls"):
        assert f"Login OK: [{IDENTITY}] (from client bench port 0 via TLS tunnel)" in attempt.log


UNKNOWN_CA = "(TLS) Alert read:fatal:unknown CA"
REFUSED: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "another authority": ("peap mschapv2", {"trusts": ("other",)}, "Certificate verification failed", UNKNOWN_CA),
    "an authority of the same name": ("peap mschapv2", {"trusts": ("namesake",)}, "CERT-ERROR", "Alert read:fatal"),
    "an intermediate without its root": (
        "peap mschapv2", {"trusts": ("inner",), "shows": "below-inner"}, "unable to get issuer", UNKNOWN_CA,
    ),
    "a server below more authorities than the root allows": (
        "peap mschapv2", {"trusts": ("narrow",), "shows": "below-too-many"},
        "path length constraint exceeded", "Alert read:fatal",
    ),
    "a server of another domain": (
        "peap mschapv2", {"shows": "elsewhere"}, "Domain suffix mismatch", "Alert read:fatal",
    ),
    "a server whose name only ends alike": (
        "ttls pap", {"shows": "evil"}, "Domain suffix mismatch", "Alert read:fatal",
    ),
    "a server whose certificate expired": (
        "ttls pap", {"shows": "old"}, "certificate has expired", "Alert read:fatal:certificate expired",
    ),
    "a server with another purpose": (
        "tls", {"shows": "wrong-purpose"}, "unsuitable certificate purpose", "Alert read:fatal",
    ),
    "a wrong password, PEAP": (
        "peap mschapv2", {"password": '"another one"'}, "EAP-FAILURE", "MS-CHAP2-Response is incorrect",
    ),
    "a wrong password, TTLS": (
        "ttls pap", {"password": '"another one"'}, "EAP-FAILURE", "Cleartext password does not match",
    ),
    "a key of another authority": ("tls", {"own": ("tablet-other",)}, "EAP-FAILURE", "Login incorrect (eap_tls: (TLS)"),
    "a key that expired": ("tls", {"own": ("tablet-old",)}, "EAP-FAILURE", "certificate has expired"),
    "a chain that lacks its middle": ("tls", {"own": ("tablet-inner",)}, "EAP-FAILURE", "unable to get local issuer"),
}  # fmt: skip
"""The line of the table, what differs, what the supplicant and what the server says."""


@pytest.mark.parametrize("case", REFUSED)
def test_what_must_not_be_let_in_is_not(case: str, ward: Ward, tmp_path: Path) -> None:
    line, changes, told, logged = REFUSED[case]
    changed = {name: changes[name] for name in ("shows", "trusts", "own") if name in changes}
    fields = dict(fields_of(line, 30)) | {name: changes[name] for name in changes.keys() - changed.keys()}
    attempt = try_once(ward, tmp_path, fields, **changed)
    assert not attempt.joined
    assert "Login OK: [anonyme]" not in attempt.log
    assert told in attempt.told, attempt.told[-3000:]
    assert logged in attempt.log, attempt.log


def test_no_release_gives_an_account_to_a_server_that_nobody_vouches_for() -> None:
    told = [entry for entries in read_answers().values() for entry in entries if "fields" in entry["answer"]]
    assert told
    for entry in told:
        fields = entry["answer"]["fields"]
        assert fields["ca_cert"].startswith('"keystore'), entry
        assert fields["domain_suffix_match"] == f'"{DOMAIN}"', entry
    refused = {
        line: {api for entry in entries if "refused" in entry["answer"] for api in entry["apis"]}
        for line, entries in read_answers().items()
    }
    assert refused.pop(ON_TABLET) == set(range(21, 31))
    assert set().union(*refused.values()) == {21, 22, 23}


@pytest.mark.parametrize("authority", ["root", "other"])
def test_a_certificate_by_the_road_of_a_key_made_on_the_tablet(authority: str, ward: Ward, tmp_path: Path) -> None:
    """The request as the tablet makes it, what the bench signs for it, the fields of Android's own class."""
    (tmp_path / "home").mkdir()
    alias, signer = "provision-wifi", ward.made[authority]
    assert isinstance(signer.key, ec.EllipticCurvePrivateKey)
    device = Bench(tmp_path / "tablet", model_for(31)).tablet.device
    keychain = Keychain(OwnerCalls(device))
    keychain.make(alias)
    request = load_der_x509_csr(keychain.request(alias, "A-0042", "ab" * 32))
    store = TabletCertificates(tmp_path / "home", (signer.certificate,), signer.key, 365)
    chain = store.obtain("A-0042", request, datetime.now(UTC))
    key = load_der_private_key(base64.b64decode(device.data.keychain[alias].private), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    own = [Made(key, load_der_x509_certificate(chain[0]))]
    fields = fields_of(ON_TABLET, 31)
    attempt = join(tmp_path, ward.server("radius", "mschapv2"), fields, [ward.made["root"]], own)
    assert attempt.joined == (authority == "root"), attempt.told[-2000:] + attempt.log
    line = "Login OK: [anonyme]" if authority == "root" else "Login incorrect (eap_tls: (TLS)"
    assert line in attempt.log, attempt.log
