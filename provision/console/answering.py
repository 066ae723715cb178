"""The hotline's side of the maintenance code (contract 11): whose secret it is, what the digits ask for, the answer.

One way for the command `provision answer` and for the console's page. Each answer is in the bench's audit log before
anybody is told it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from provision.agent.key_chain import FILE, read_key_chain
from provision.agent.maintenance import DIGITS, Scope, answer_challenge, read_scope
from provision.agent.site_key import load_site_key
from provision.errors import ConfigurationError, HomeError, ProvisionError
from provision.home.bench_settings import load_bench_settings
from provision.identity.number import read_number
from provision.site.secret import Secret
from provision.texts.catalogue import Language, say

if TYPE_CHECKING:
    from provision.state.sql.bench_state import BenchState

SAID, FORMER, DERIVED = "answer.said", "answer.former", "answer.derived"
"""What is told beside an answer: by a secret that this bench issued, now and before a rekey; by the site's key."""


class NoAsset(ProvisionError):
    """No tablet of this number was ever given a maintenance code here."""


@dataclass(frozen=True)
class Held:
    """A tablet's secret: its number in the bench's own spelling, and what is told beside an answer."""

    asset: str
    secret: Secret
    told: str


@dataclass(frozen=True)
class Answer:
    """An answer: what it allows, and its digits as they are read over a telephone (`1234 5678`)."""

    scope: Scope
    digits: Secret

    @property
    def allows(self) -> str:
        """Name what it allows, as events and texts do."""
        return self.scope.name.lower()


def read_challenge(text: str) -> str:
    """Return the digits as people say them, in groups, too.

    Raises:
        ValueError: they are not eight, nor eight behind the number of a scope.
    """
    digits = re.sub(r"[\s.-]", "", text)
    read_scope(digits)
    return digits


def find_held(language: Language, home: Path, state: BenchState, asked: str) -> Held:
    """Find the secret of the tablet that is asked for.

    Raises:
        NoAsset: with the nearest ones that are known.
        HomeError: the site key is missing or damaged.
    """
    wanted = read_number(asked)
    for name in dict.fromkeys((wanted, asked.strip().upper())):
        issued = None if name is None else state.agent_secrets.find(name)
        if name is not None and issued is not None:
            return Held(name, issued.secret, FORMER if _is_outlived(home, name, issued.secret) else SAID)
    if wanted is not None and _may_be_given(home, state, wanted):
        return Held(wanted, load_site_key(home / "keys").derive_secret(wanted), DERIVED)
    near = difflib.get_close_matches(asked.strip().upper(), state.agent_secrets.list_assets(), n=3, cutoff=0.5)
    hint = say(language, "answer.near", names=", ".join(near)) if near else say(language, "answer.no-near")
    raise NoAsset(f"{say(language, 'answer.unknown', asset=asked, home=home)} {hint}")


def answer(state: BenchState, held: Held, challenge: str) -> Answer:
    """Answer the digits that a tablet shows, and note it in the audit log, without any digits.

    Raises:
        ValueError: as `read_challenge`.
    """
    made = Answer(read_scope(challenge), answer_challenge(held.secret, challenge))
    state.audit_log.note("answer" if made.scope is Scope.UNLOCK else f"answer {made.allows}", held.asset)
    said = made.digits.reveal().decode()
    return Answer(made.scope, Secret(f"{said[: DIGITS // 2]} {said[DIGITS // 2 :]}".encode()))


def tell_numbers(language: Language, state: BenchState, asked: str) -> Iterator[str]:
    """Tell of a number that became another, and of one whose tablet may still show an earlier one."""
    number = read_number(asked)
    if number is None:
        return
    labels = state.open_label_checks("")
    became, former = labels.find_successor(number), labels.list_former(number)
    if became != number:
        yield say(language, "answer.retired", asset=number, became=became)
    if former:
        yield say(language, "answer.had", asset=number, names=", ".join(one.asset_id for one in former))


def tell_beside(language: Language, held: Held, answered: Answer) -> Iterator[str]:
    """Tell what whoever reads the digits out has to know with them."""
    if answered.scope is Scope.UNLOCK or held.told != SAID:
        yield say(language, held.told, asset=held.asset)
    if answered.scope is not Scope.UNLOCK:
        yield say(language, f"answer.only.{answered.allows}", asset=held.asset)


def _is_outlived(home: Path, name: str, secret: Secret) -> bool:
    """Tell whether a bench of the site may have given the tablet another secret since, with the new site key.

    A damaged key keeps no hotline from its answer.
    """
    try:
        chain = read_key_chain(home / "keys" / FILE)
        of_now = load_site_key(home / "keys").derive_secret(name)
    except HomeError:
        return False
    return chain is not None and chain.outlives(secret, of_now)


def _may_be_given(home: Path, state: BenchState, number: str) -> bool:
    """Tell whether it is another bench's, or this one's of a time the database has lost; else somebody misread it."""
    try:
        prefix = load_bench_settings(home / "bench.yaml").asset_prefix
    except ConfigurationError:
        prefix = number.rpartition("-")[0]
    return number.rpartition("-")[0] != prefix or state.open_registry(prefix).knows(number)
