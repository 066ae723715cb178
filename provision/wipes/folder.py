"""The statements of wipes on disk: `wipes/A-0009/` of a home, the newest order of each tablet with what followed it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from securesystemslib.signer import CryptoSigner, SSlibKey

from provision.errors import RecordError
from provision.files import make_folder, write_atomically
from provision.records.envelope import open_envelope, sign_envelope
from provision.records.keys import HomeKeys, read_bytes
from provision.wipes.statements import (
    Agreement,
    WipeEnd,
    WipeOrder,
    build_agreement,
    build_order,
    build_wipe,
    digest,
    parse_agreement,
    parse_order,
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
class WipeFolder:
    """Wipes of a home."""

    home: Path
    keys: HomeKeys
    second: SSlibKey

    def order(self, order: WipeOrder) -> Path:
        """Write an order, and return its folder.

        Raises:
            RecordError: it cannot be written.
        """
        folder = self.home / "wipes" / order.tablet / order.at.translate(_STAMP)
        _write(folder / ORDER, sign_envelope(build_order(order), self.keys.signer))
        return folder

    def find_open(self, tablet: str) -> OpenWipe | None:
        """Find the newest order of a tablet; None where there is none, or it was ended.

        Raises:
            RecordError: a statement was altered, or is of another key.
        """
        folders = sorted(each.parent for each in (self.home / "wipes" / tablet).glob(f"*/{ORDER}"))
        if not folders or (folders[-1] / WIPE).exists():
            return None
        folder = folders[-1]
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
        statement = build_agreement(Agreement(digest(found.order_line), by, at))
        _write(found.folder / AGREEMENT, sign_envelope(statement, signer))

    def end(self, found: OpenWipe, end: WipeEnd, tool: str) -> Path:
        """Write the end of a wipe that both agreed to, and return its file.

        Raises:
            RecordError: nobody agreed, or it cannot be written.
        """
        if found.agreement is None or found.agreement_line is None:
            raise RecordError(f"{found.folder / AGREEMENT}: missing: nobody agreed to this wipe")
        envelopes = {"order": found.order_line, "agreement": found.agreement_line}
        statement = build_wipe(found.order, envelopes, found.agreement.by, end, tool)
        _write(found.folder / WIPE, sign_envelope(statement, self.keys.signer))
        return found.folder / WIPE

    def _read_agreement(self, file: Path, order: bytes) -> tuple[Agreement, bytes]:
        line = read_bytes(file)
        agreement = parse_agreement(open_envelope(line, self.second, str(file)), str(file))
        if agreement.order != digest(order):
            raise RecordError(f"{file}: agrees to another order than the one beside it")
        return agreement, line


def _write(file: Path, line: bytes) -> None:
    try:
        make_folder(file.parent)
        write_atomically(file, line, replace=False)
    except OSError as error:
        raise RecordError(f"{file}: cannot be written: {error.strerror or error}") from error
