"""Making a bench home: commented files, folders, and the key that fixes its kind for ever."""

from __future__ import annotations

import json
import re
import secrets
import textwrap
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from provision.agent.key_chain import load_key_chain, write_key_chain
from provision.agent.site_key import create_site_key, import_site_key
from provision.controls.registry import CONTROLS
from provision.errors import ConfigurationError, HomeError
from provision.files import make_folder, write_atomically
from provision.home.bench_settings import ASSET_PREFIX, load_bench_settings
from provision.home.new_folder import make_new_folder
from provision.records.keys import check_place, create_keys
from provision.site.model import NOT_REQUIRED, list_settings
from provision.terms import Control, HomeKind
from provision.texts.catalogue import say
from provision.texts.language import Language

HUB_PORTS = 7
WRITTEN_OUT = frozenset({"wifi", "kiosk", "calls", "closed", "updates"})
"""Sections of `site.yaml` with more in them than a setting that asks for a control."""

TRAINING_SSID = "HOPITAL-FORMATION"
TRAINING_PASSPHRASE = "formation-seulement"  # noqa: S105 - thrown away: it opens no network
FILES = ("site.yaml", "slots.yaml", "bench.yaml")
FOLDERS = ("records", "state", "logs")


@dataclass(frozen=True)
class Details:
    """First settings of a new home; all of them but the ledger's origin can be edited later.

    Attributes:
        language: of the comments in the files and of the bench's messages.
        name, ssid: of the hospital and its Wi-Fi. None leaves the line empty in a ward home, so that
            `provision check` asks for it; a training home has its own.
        prefix: first part of the asset ids; one a bench, or two benches number two tablets alike.
        origin: the ledger's unique name, `hospital.example/bench-a`; None makes a random one.
        site_key: key file of a site that has benches already, perhaps with their `offline-key.json` beside it; None
            makes a new site's key.
    """

    language: Language = Language.EN
    name: str | None = None
    ssid: str | None = None
    prefix: str = "A"
    origin: str | None = None
    site_key: Path | None = None


def create_home(path: Path, kind: HomeKind, slot_count: int = 0, details: Details | None = None) -> None:
    """Write a whole home, or nothing: a folder beside it is filled, synced and renamed.

    Args:
        path: a new or empty folder.
        kind: fixed from now on, in the signed key descriptor.
        slot_count: labelled ports to write, numbered from 1 over hubs of seven ports on bus 1.
        details: what is known already.

    Raises:
        HomeError: `path` exists and is not an empty folder, or cannot be written; a bad prefix.
        RecordError: the key cannot be written, or the origin has a bad form.
    """
    path, details = path.absolute(), details or Details()
    if not re.fullmatch(ASSET_PREFIX, details.prefix):
        raise HomeError(f"asset prefix: expected 1 to 3 capital letters, got {details.prefix!r}")
    if details.site_key is not None:
        _refuse_same_prefix(details.site_key, details.prefix)
    check_place(path / "keys")
    with make_new_folder(path, "the home cannot be made") as draft:
        _fill(draft, kind, details, [place(n) for n in range(slot_count)])
        draft.chmod(0o755)


def _refuse_same_prefix(site_key: Path, prefix: str) -> None:
    """Two benches of a site that number alike give two tablets one number, and nothing can tell them apart."""
    bench = site_key.resolve().parent.parent / "bench.yaml"
    try:
        taken = load_bench_settings(bench).asset_prefix
    except ConfigurationError:  # the key was copied without its home, or that home is not right: nobody knows
        return
    if taken == prefix:
        raise HomeError(
            f"asset prefix: {bench.parent} numbers its tablets with {taken} already; give this bench another one, "
            "as --prefix B"
        )


def place(index: int) -> tuple[str, str]:
    """Label and port of the slot at `index` (from 0) of a bench made of hubs with seven ports."""
    hub, port = divmod(index, HUB_PORTS)
    return str(index + 1), f"1-{hub + 1}.{port + 1}"


def _fill(draft: Path, kind: HomeKind, details: Details, slots: list[tuple[str, str]]) -> None:
    training = kind is HomeKind.TRAINING
    for name in FOLDERS + (("bench",) if training else ()):
        make_folder(draft / name)
    make_folder(draft / "secrets", mode=0o700)
    values: dict[str, object] = {
        "training": training,
        "name": details.name or ("Formation" if training else None),
        "ssid": details.ssid or (TRAINING_SSID if training else None),
        "prefix": details.prefix,
        "language": details.language.value,
        "slots": slots,
        "settings": _describe_settings(details.language),
        "controls": _list_controls(),
    }
    for name in FILES:
        write_atomically(draft / name, _render(f"{details.language}/{name}.j2", values).encode())
    passphrase = f"{TRAINING_PASSPHRASE}\n" if training else ""
    write_atomically(draft / "secrets/wifi", passphrase.encode(), mode=0o600)
    # Two homes never share a ledger name, even with equal prefixes.
    origin = details.origin or f"provision/{kind}/{details.prefix.lower()}/{secrets.token_hex(8)}"
    create_keys(draft / "keys", kind, origin)
    if details.site_key is None:
        create_site_key(draft / "keys")
    else:
        key = import_site_key(draft / "keys", details.site_key)
        chain = load_key_chain(details.site_key.parent, key.key_id)
        if chain is not None:
            write_key_chain(draft / "keys", chain)


def _describe_settings(language: Language) -> str:
    """A line for each setting that asks for a control, but for those in sections the template writes out itself."""
    lines = (
        f"{one.section}: {{{one.key}: {json.dumps(one.default)}}}  # {say(language, f'site.{one.section}.{one.key}')}"
        for spec in CONTROLS
        for one in list_settings(spec.control)
        if one.section not in WRITTEN_OUT
    )
    return "\n\n".join(lines)


def _list_controls() -> str:
    """Every control that `require` may name, as a comment."""
    names = ", ".join(control for control in Control if control not in NOT_REQUIRED)
    return textwrap.fill(f"{names}.", 110, initial_indent="# ", subsequent_indent="# ")


def _render(template: str, values: dict[str, object]) -> str:
    """One file; `quoted` writes a value as a JSON string, which YAML reads as it is."""
    loader = PackageLoader("provision.home", "templates")
    # Autoescape is for HTML, and these are YAML files.
    environment = Environment(loader=loader, undefined=StrictUndefined, keep_trailing_newline=True)  # noqa: S701
    environment.filters["quoted"] = lambda text: json.dumps(text, ensure_ascii=False)
    return environment.get_template(template).render(values)
