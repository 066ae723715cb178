"""Numbers that are given to nobody any more: a tablet had them until a person read its label.

A retired number stays among the known ones, so that it is never given again, and is left out where a tablet is looked
for. A tablet that still carries it is the one that it became.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select, update

from provision.identity.which import UNREAD, Asset
from provision.records.content import format_time
from provision.state.sql.schema import RETIRED_NUMBER
from provision.state.sql.ward_store import add_words, find_last_word, find_ward
from provision.state.wards import Role

MOST_STEPS = 16
"""From a retired number to the one that counts."""


def find_successor(connection: Connection, asset_id: str) -> str:
    """The number that a number became; the same one where it was not retired."""
    for _ in range(MOST_STEPS):
        query = select(RETIRED_NUMBER.c.became).where(RETIRED_NUMBER.c.asset_id == asset_id)
        became = connection.execute(query).scalar()
        if became is None:
            return asset_id
        asset_id = became
    return asset_id


def keep_living(connection: Connection, assets: Iterable[Asset]) -> list[Asset]:
    """Those of some known tablets whose numbers count."""
    return [asset for asset in assets if find_successor(connection, asset.asset_id) == asset.asset_id]


def retire(connection: Connection, asset_id: str, became: str, digest: str, why: str) -> None:
    """Retire a number; its ward goes with the tablet where nothing was said of the other number's.

    Args:
        digest: of the installation whose label was read; empty where the number alone was corrected.
    """
    now = format_time(datetime.now(UTC))
    row = {"asset_id": asset_id, "became": became, "digest": digest, "at": now, "why": why}
    connection.execute(insert(RETIRED_NUMBER), [row])
    said = find_last_word(connection, became)
    taken_back = said is not None and not said.ward and said.why == asset_id  # with an earlier label, by `revive`
    ward = find_ward(connection, asset_id)
    if ward is not None and (said is None or taken_back):
        add_words(connection, [became], ward, Role.TECHNICIAN, asset_id)


def pass_on(connection: Connection, asset_id: str, became: str) -> None:
    """Let the numbers that became one, which is about to be retired itself, be former numbers of the one it becomes."""
    connection.execute(update(RETIRED_NUMBER).where(RETIRED_NUMBER.c.became == asset_id).values(became=became))


def retire_given_meanwhile(connection: Connection, twins: Iterable[Asset], installation: str, own: str) -> list[str]:
    """Retire the numbers that were given to this very installation alone, as long as nobody had read its label.

    None where the tablet was known with this installation already: another number with it is a copied system's.

    Args:
        twins: known tablets with its serial.
        own: the number on its label.
    """
    known = keep_living(connection, twins)
    was_its = any(one.asset_id == own and installation in one.installations for one in known)
    if was_its or installation == UNREAD:  # which equals nothing: another tablet without an id may have that number
        return []
    meanwhile = [
        one.asset_id
        for one in known
        if one.asset_id != own
        and set(one.installations) == {installation}
        and not one.confirmed - {installation}
        and not one.asked - {installation}
    ]
    for asset_id in meanwhile:
        retire(connection, asset_id, own, installation, "label read")
    return meanwhile


def revive(connection: Connection, became: Iterable[str], installation: str) -> None:
    """Let numbers count again that were retired by what was said of an installation, since that is taken back.

    The ward that came with one of them is its own again, and not that of the number it had become.
    """
    for each in became:
        which = (RETIRED_NUMBER.c.became == each, RETIRED_NUMBER.c.digest == installation)
        revived = connection.execute(select(RETIRED_NUMBER.c.asset_id).where(*which)).scalars().all()
        connection.execute(delete(RETIRED_NUMBER).where(*which))
        said = find_last_word(connection, each)
        if said is not None and said.ward and said.why in revived:
            add_words(connection, [each], "", Role.TECHNICIAN, said.why)
