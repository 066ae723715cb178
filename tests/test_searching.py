"""The search for secrets finds a planted one: without this, finding nothing would prove nothing."""

from __future__ import annotations

import base64

import pytest

from tests.searching import find_leaks, forms_of

TEXT = b'It\'s "a" $ecret\\ &%<'
KEY = bytes(range(200, 232))


@pytest.mark.parametrize("secret", [TEXT, KEY])
def test_every_form_is_found_where_it_is_planted(secret: bytes) -> None:
    for name, form in forms_of(secret).items():
        assert any(name in hit for hit in find_leaks({"s": secret}, [("log", b"before " + form + b" after")])), name


def test_the_forms_of_a_text_that_quoting_changes_differ() -> None:
    forms = forms_of(TEXT)
    quoted = ["literal", "hex", "HEX", "JSON", "repr", "URL", "URL form", "shell", "XML", "XML attribute", "UTF-16LE"]
    assert len({forms[name] for name in quoted}) == len(quoted)


@pytest.mark.parametrize("before", range(7))
@pytest.mark.parametrize("after", range(4))
def test_base64_is_found_at_every_place_in_a_longer_text(before: int, after: int) -> None:
    encoded = base64.b64encode(b"x" * before + KEY + b"y" * after)
    wrapped = b"\n".join(encoded[at : at + 19] for at in range(0, len(encoded), 19))
    for text in (encoded, wrapped, base64.urlsafe_b64encode(b"x" * before + KEY + b"y" * after)):
        assert find_leaks({"key": KEY}, [("file", text)])


def test_nothing_is_found_where_nothing_is() -> None:
    assert find_leaks({"key": KEY, "text": TEXT}, [("file", b"It's a secret"), ("empty", b"")]) == []
