"""Wi-Fi addresses of tablets, as their last records tell them: what a hospital's access control is to let in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provision.agent.addresses import read_addresses
from provision.records.content import format_time
from provision.records.reader import Record
from provision.terms import Control

HEADER = ("asset", "address", "network", "seen")


def list_addresses(records: Iterable[Record]) -> Iterator[tuple[str, str, str, str]]:
    """Asset id, address, network (empty for the radio's own) and end of the run, by asset id.

    A run that broke off before the agent reported tells no address: the last one that did counts.

    Args:
        records: in the order of the ledger.
    """
    last = {}
    for record in records:
        run = record.run
        seen = [line for one in run.controls if one.control is Control.WIFI_HOSPITAL for line in one.evidence]
        told = tuple(read_addresses(seen))
        if told:
            last[run.asset_id] = (told, format_time(run.ended))
    for asset, (told, ended) in sorted(last.items()):
        for one in told:
            yield asset, one.address, one.network or "", ended
