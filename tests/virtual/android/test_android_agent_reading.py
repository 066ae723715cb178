"""The tablet's strict reader, where no vector reaches: duplicates, depth, keys of a wrong length."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest

from provision.virtual.android.agent.order import read_order
from provision.virtual.android.agent.reading import Refused, read_base64, read_json
from provision.virtual.android.agent.site_keys import P256_HEAD, SiteKeys


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":1}', '{"a":{"b":1,"b":2}}', "1.0", "1e3", "-0", "01", "+1", "NaN", "Infinity", "1" * 19, "[1] 2",
        "", "[" * 17 + "1" + "]" * 17, "[" * 100_000, '"\x01"', "{'a':1}", "[1,]", "// x\n1", "\ufeff1",
    ],
)  # fmt: skip
def test_json_outside_the_contract_is_refused(text: str) -> None:
    with pytest.raises(Refused) as caught:
        read_json(text)
    assert caught.value.code == "envelope-invalid"


@pytest.mark.parametrize("text", ["9" * 18, "-" + "9" * 18, "[" * 16 + "1" + "]" * 16, ' {"a" : [ ] } \r\n', "null"])
def test_json_at_the_limits_is_read(text: str) -> None:
    assert read_json(text) == json.loads(text)


@pytest.mark.parametrize(
    ("text", "url"), [("e31=", False), ("e30", False), ("e30=", True), ("e3=0", False), ("é30=", False)]
)
def test_base64_of_another_form_is_refused(text: str, url: bool) -> None:  # noqa: FBT001 - a case's column
    with pytest.raises(Refused):
        read_base64(text, url=url)


@pytest.mark.parametrize("length", [90, 92])
def test_a_key_of_another_length_is_no_envelope(length: int) -> None:
    key = (P256_HEAD + bytes(100))[:length]
    envelope = {
        "payloadType": "application/vnd.provision.order+json",
        "payload": "e30=",
        "key": base64.b64encode(key).decode(),
        "signatures": [{"keyid": hashlib.sha256(key).hexdigest(), "sig": "AAAA"}],
    }
    with pytest.raises(Refused) as caught:
        read_order(json.dumps(envelope).encode(), SiteKeys({}))
    assert caught.value.code == "envelope-invalid"
