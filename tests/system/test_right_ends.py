"""A tablet that a person must mend first ends refused, says where to tap, and ends done once that was done."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.terms import Outcome, Reason
from provision.texts.catalogue import say
from provision.texts.language import Language
from tests.system.bench_runs import by_hand, count_writes, environment, make_home, run_program, run_station

pytestmark = pytest.mark.front

SLOTS = ("1", "2", "3", "4")
WHERE = {
    Reason.NOT_RESET_ACCOUNTS: {Language.EN: "Settings > Accounts", Language.FR: "Paramètres > Comptes"},
    Reason.NOT_RESET_USERS: {
        Language.EN: "Settings > System > Multiple users",
        Language.FR: "Paramètres > Système > Utilisateurs",
    },
    Reason.OEM_GATE: {
        Language.EN: "Settings > Additional settings > Developer options",
        Language.FR: "Paramètres supplémentaires > Options pour les développeurs",
    },
}
"""The screen path of each blocker, as the technician reads it."""


def hands(home: Path, *edits: tuple[str, str, *tuple[str, ...]]) -> None:
    for words in edits:
        by_hand(home, *words)


@pytest.mark.parametrize("reason", list(WHERE))
@pytest.mark.parametrize("language", list(Language))
def test_what_to_do_names_the_screen_to_open(reason: Reason, language: Language) -> None:
    assert WHERE[reason][language] in say(language, f"reason.{reason}.action")


def test_an_account_a_second_user_and_a_makers_gate_are_refused_then_done(tmp_path: Path) -> None:
    home = make_home(tmp_path / "training", len(SLOTS), Language.FR)
    hands(home, ("1", "add-account", "com.google"), ("2", "add-user", "X"), ("4", "break", "miui-install"))
    before = count_writes(home, SLOTS)
    status, said = run_program(
        environment(home) | {"PROVISION_HOME": str(home)}, "station", "--virtual", "4", "--seed", "1", "--once"
    )
    assert status == 0, said
    told = " ".join(said.split())
    assert not [where[Language.FR] for where in WHERE.values() if where[Language.FR] not in told]
    after = count_writes(home, SLOTS)
    assert (after["1"], after["2"]) == (before["1"], before["2"]), "refused before the first write"
    hands(home, ("1", "remove-people"), ("2", "remove-people"), ("4", "mend"))
    again = run_station(home, len(SLOTS))
    assert again.status == 0, again.errors
    assert {slot: tablet["outcome"] for slot, tablet in again.tablets.items()} == dict.fromkeys(SLOTS, Outcome.DONE)
