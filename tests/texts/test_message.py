"""A message says the same in a signed document and to people, and a document can say nothing else with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from provision.texts.catalogue import Language
from provision.texts.message import DEEPEST, NOTHING, Message, decode, encode, enumerate_messages, tell, verbatim
from tests.case_files import read_cases

FOREIGN: list[dict[str, Any]] = read_cases(Path(__file__).parents[1] / "cases/texts/foreign_messages.yaml")
JOINED = Message("message.joined", {"ssid": "HOP\x1b[1m"})
DENIED = Message("message.agent-says", {"words": enumerate_messages(JOINED, verbatim("x"))})


def test_a_message_is_its_english_in_documents_and_told_in_the_readers_language() -> None:
    assert str(JOINED) == "joined to HOP\x1b[1m"
    assert tell(Language.FR, JOINED) == "connectée à HOP\\x1b[1m"
    assert tell(Language.EN, JOINED) == "joined to HOP\\x1b[1m"


def test_messages_in_messages_are_told_in_the_same_language() -> None:
    assert str(DENIED) == "the agent says: joined to HOP\x1b[1m, x"
    assert tell(Language.FR, DENIED).replace("\u00a0", " ") == "l’agent dit : connectée à HOP\\x1b[1m, x"


def test_one_message_alone_is_no_list() -> None:
    assert enumerate_messages(JOINED) is JOINED


def test_only_the_empty_text_says_nothing() -> None:
    assert not verbatim("")
    assert not NOTHING
    assert verbatim("0")


@pytest.mark.parametrize("said", [JOINED, DENIED, verbatim("x"), NOTHING, enumerate_messages(JOINED, DENIED)], ids=str)
def test_what_was_encoded_is_told_as_before(said: Message) -> None:
    document = json.loads(json.dumps(encode(said)))
    found = decode(document, str(said))
    assert [tell(language, found) for language in Language] == [tell(language, said) for language in Language]


@pytest.mark.parametrize("case", FOREIGN, ids=lambda case: case["why"])
def test_a_document_that_is_no_message_gives_the_english_that_was_signed(case: dict[str, Any]) -> None:
    assert decode(case["document"], "a text") == verbatim("a text")


def test_messages_in_messages_without_end_are_not_followed() -> None:
    document: object = "x"
    for _ in range(DEEPEST + 1):
        document = {"key": "list", "values": {"items": [document]}}
    assert decode(document, "x") == verbatim("x")
