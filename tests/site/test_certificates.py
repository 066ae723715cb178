"""What `check` says of certificates that a tablet or a RADIUS server would refuse on the ward."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from provision.errors import ConfigurationError
from provision.site.network import SeveralNetworks
from provision.site.network_secrets import NetworkSecrets, read_network_secrets
from tests.made_certificates import PASSWORD, TODAY, make_all, make_bundle

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "cases/site/certificates.yaml").read_text("utf-8"))
FILES = {"ca": "ca.pem", "server_certificate": "radius.pem", "certificate": "tablet.p12"}


def read(case: dict[str, Any], folder: Path) -> NetworkSecrets:
    made = make_all(CASES["usual"] | case.get("made", {}))
    chain = [made[label] for label in case.get("chain", ["tablet"])]
    server = case.get("server", ["radius"])
    content = {
        "ca.pem": b"".join(made[label].pem for label in case.get("ca", ["root"])),
        "radius.pem": b"".join(made[label].pem for label in server or ()),
        "tablet.p12": make_bundle(made[case.get("key", "tablet")], chain[0], chain[1:]),
        "word": PASSWORD,
    }
    for name, data in content.items():
        (folder / name).write_bytes(data)
        (folder / name).chmod(0o600)
    network = {
        "ssid": "COMPTES", "security": "eap", "method": "tls", "identity": "tablette", "ca": Path("ca.pem"),
        "domain": "radius.hopital.example", "server_certificate": Path("radius.pem") if server else None,
        "certificate": {"file": Path("tablet.p12")}, "certificate_password": {"file": Path("word")},
    }  # fmt: skip
    wifi = SeveralNetworks.model_validate({"networks": (network,)})
    return read_network_secrets(wifi, folder, now=TODAY)


def cases_of(kind: str) -> list[Any]:
    return [pytest.param(case, id=name) for name, case in CASES[kind].items()]


@pytest.mark.parametrize("case", cases_of("right"))
def test_what_joins_is_right(case: dict[str, Any], tmp_path: Path) -> None:
    assert set(read(case, tmp_path)) == {f"networks.0.{name}" for name in ("ca", "certificate", "certificate_password")}


@pytest.mark.parametrize("case", cases_of("wrong"))
def test_what_is_wrong_is_told_once_with_its_file_and_key(case: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(case, tmp_path)
    told = [fault for fault in caught.value.faults if fault.key == f"wifi.networks[0].{case['at']}"]
    assert [fault.got for fault in told] == [case["got"]]
    assert told[0].file == tmp_path / FILES[case["at"]]
    assert case.get("expected", "") in told[0].expected
