"""The statements of wipes on disk: `wipes/A-0009/` of a home, the newest order of each tablet with what followed it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from securesystemslib.signer import CryptoSigner, SSlibKey

from provision.errors import RecordError
from provision.files import make_folder, write_atomically
from provision.records.canonical import sha256_hex
from provision.records.envelope import open_envelope, sign_envelope
from provision.records.keys import HomeKeys, read_bytes
from provision.wipes.statements import (
    Agreement,
    WipeEnd,
    WipeOrder,
    build_agreement,
    build_order,
    build_wipe,
    parse_agreement,
    parse_order,
    parse_wipe,
)

ORDER, AGREEMENT, WIPE = "order.json", "agreement.json", "wipe.json"
_STAMP = str.maketrans("", "", "-:")


@dataclass(frozen=True)
class OpenWipe:
    """An order that was not ended yet, verified; `agreement` None before the second person's word."""

    folder: Path
    order: WipeOrder
    order_line: bytes
    agreement: Agreement | None
    agreement_line: bytes | None


@dataclass(frozen=True)
class EndedWipe:
    """A wipe with its end, verified; `file` has the end."""

    file: Path
    order: WipeOrder
    end: WipeEnd


@dataclass(frozen=True)
class WipeFolder:
    """Wipes of a home."""

    home: Path
    keys: HomeKeys
    second: SSlibKey

    def order(self, order: WipeOrder) -> Path:
        """Write an order, and return its folder.

        Raises:
            RecordError: it cannot be written, or an earlier order would stay the newest.
        """
        folder, last = self.home / "wipes" / order.tablet / order.at.translate(_STAMP), self._find_newest(order.tablet)
        if last is not None and folder.name <= last.name:
            raise RecordError(
                f"{last}: an order of that time or later is there: put this computer's clock right, then order again"
            )
        _write(folder / ORDER, sign_envelope(build_order(order), self.keys.signer))
        return folder

    def find_open(self, tablet: str) -> OpenWipe | None:
        """Find the newest order of a tablet; None where there is none, or it was ended.

        Raises:
            RecordError: a statement was altered, or is of another key.
        """
        folder = self._find_newest(tablet)
        return None if folder is None or (folder / WIPE).exists() else self._read(folder, tablet)

    def find_ended(self, tablet: str) -> EndedWipe | None:
        """Find the newest wipe of a tablet, if it was ended; None where it was not, or there is none.

        Raises:
            RecordError: a statement was altered, or is of another key.
        """
        folder = self._find_newest(tablet)
        if folder is None or not (folder / WIPE).exists():
            return None
        found, file = self._read(folder, tablet), folder / WIPE
        statement = open_envelope(read_bytes(file), self.keys.public, str(file))
        return EndedWipe(file, found.order, parse_wipe(statement, _list_envelopes(found), str(file)))

    def _find_newest(self, tablet: str) -> Path | None:
        """Find the folder of the newest order of a tablet."""
        folders = [each.parent for each in (self.home / "wipes" / tablet).glob(f"*/{ORDER}")]
        return max(folders, default=None)

    def _read(self, folder: Path, tablet: str) -> OpenWipe:
        line = read_bytes(folder / ORDER)
        source = str(folder / ORDER)
        order = parse_order(open_envelope(line, self.keys.public, source), source)
        if order.tablet != tablet or order.home_kind is not self.keys.kind:
            raise RecordError(f"{source}: an order for another tablet or home: it was copied here")
        if not (folder / AGREEMENT).exists():
            return OpenWipe(folder, order, line, None, None)
        return OpenWipe(folder, order, line, *self._read_agreement(folder / AGREEMENT, line))

    def agree(self, found: OpenWipe, by: str, at: str, signer: CryptoSigner) -> None:
        """Write the second person's word.

        Raises:
            RecordError: it cannot be written.
        """
        statement = build_agreement(Agreement(sha256_hex(found.order_line), by, at))
        _write(found.folder / AGREEMENT, sign_envelope(statement, signer))

    def end(self, found: OpenWipe, end: WipeEnd, tool: str) -> Path:
        """Write the end of a wipe that both agreed to, and return its file.

        Raises:
            RecordError: nobody agreed, or it cannot be written.
        """
        envelopes = _list_envelopes(found)
        second = "" if found.agreement is None else found.agreement.by
        statement = build_wipe(found.order, envelopes, second, end, tool)
        _write(found.folder / WIPE, sign_envelope(statement, self.keys.signer))
        return found.folder / WIPE

    def _read_agreement(self, file: Path, order: bytes) -> tuple[Agreement, bytes]:
        line = read_bytes(file)
        agreement = parse_agreement(open_envelope(line, self.second, str(file)), str(file))
        if agreement.order != sha256_hex(order):
            raise RecordError(f"{file}: agrees to another order than the one beside it")
        return agreement, line


def _list_envelopes(found: OpenWipe) -> dict[str, bytes]:
    if found.agreement_line is None:
        raise RecordError(f"{found.folder / AGREEMENT}: missing: nobody agreed to this wipe")
    return {"order": found.order_line, "agreement": found.agreement_line}


def _write(file: Path, line: bytes) -> None:
    try:
        make_folder(file.parent)
        write_atomically(file, line, replace=False)
    except OSError as error:
        raise RecordError(f"{file}: cannot be written: {error.strerror or error}") from error
