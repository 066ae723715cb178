"""Options several commands share, and how their words are read."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from provision.bench.adb import ServerAddress
from provision.cli.asked import note_language
from provision.home.bench_settings import IS_CHECKOUT, TOOLKIT
from provision.texts.language import Language

TRAINING_HOME = TOOLKIT / "training" if IS_CHECKOUT else Path("training")
"""Belongs to the checkout as its `.venv` does: the same one from whatever folder a command is given. An installed
program has no folder of its own to write to, and makes it in the current one, as a ward home."""

WARD_HOME = Path("ward")
LARGEST_TRAINING_BENCH = 120
_Command = TypeVar("_Command", bound=Callable[..., Any] | click.Command)


class AddressType(click.ParamType[ServerAddress]):
    """`HOST:PORT`."""

    name = "HOST:PORT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> ServerAddress:  # noqa: ANN401 # click's signature
        """The address, or a message that shows the form."""
        if isinstance(value, ServerAddress):
            return value
        host, colon, port = str(value).rpartition(":")
        if not (colon and host and port.isdecimal() and 0 < int(port) < 65536):
            self.fail(f"expected HOST:PORT like 127.0.0.1:5037, got {value!r}", param, ctx)
        return ServerAddress(host, int(port))


@dataclass(frozen=True)
class Access:
    """How a command reaches tablets.

    Attributes:
        home: the bench home, None for the usual one.
        virtual: number of virtual tablets, None for real ones.
        adb: path of the adb program, None for the one of adbutils.
        server: an adb server somebody else runs, None for one of our own.
        language: of the messages, None for the home's.
    """

    home: Path | None
    virtual: int | None
    seed: int
    adb: str | None
    server: ServerAddress | None
    language: Language | None

    @property
    def folder(self) -> Path:
        """The home's folder; the toolkit's `training` with virtual tablets, else `ward` in the current folder."""
        if self.home is not None:
            return self.home
        return TRAINING_HOME if self.virtual is not None else WARD_HOME


def home_option(default: str) -> Callable[[_Command], _Command]:
    """`--home` of a command; `default` says what it means not to give it."""
    return click.option(
        "--home",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="PROVISION_HOME",
        help=f"The bench home  [default: {default}].",
    )


slot_option = click.option("--slot", metavar="LABEL", help="The tablet in this slot.")
serial_option = click.option(
    "--serial",
    metavar="SERIAL",
    help="The tablet with this serial number: as adb lists it, else as a tablet in a slot says it itself.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="One event a line, for programs; ends with a summary."
)

accept_draft_option = click.option(
    "--accept-draft",
    is_flag=True,
    help="Take what profiles remove and switch for wanted, too, though no real tablet has confirmed it.",
)

wait_for_word_option = click.option(
    "--wait-for-word",
    type=click.FloatRange(min=0, max=86_400),
    metavar="SECONDS",
    help="How long a tablet that does not say what it is waits for somebody to say so (see `accept`); then it is "
    "refused  [default: as long as it takes at a station, not at all with --once and for one tablet].",
)

profiles_option = click.option(
    "--profiles",
    type=click.Path(path_type=Path, file_okay=False),
    default=TOOLKIT / "device_profiles",
    help="Folder of profiles  [default: the toolkit's].",
)


def language_option(of_what: str) -> Callable[[_Command], _Command]:
    """`--language` of a command without a home; the command receives a `Language`, None for the computer's."""
    return click.option(
        "--language",
        type=click.Choice([str(language) for language in Language]),
        callback=_note_language,
        help=of_what,
    )


def _note_language(_context: click.Context, _option: click.Parameter, name: str | None) -> Language | None:
    language = Language(name) if name else None
    note_language(language)
    return language


ACCESS_NAMES = ("home", "virtual", "seed", "adb", "server", "language")
_ACCESS_OPTIONS = (
    home_option("training/ of the toolkit (./training where it was installed) with --virtual, else ./ward"),
    click.option(
        "--virtual",
        type=click.IntRange(1, LARGEST_TRAINING_BENCH),
        metavar="N",
        help="A training bench of N virtual tablets instead of real ones.",
    ),
    click.option("--seed", type=int, default=1, show_default=True, help="Which virtual tablets hang where."),
    click.option("--adb", metavar="PATH", help="The adb program  [default: the one of adbutils]."),
    click.option(
        "--adb-server",
        "server",
        type=AddressType(),
        help="Use this adb server, which somebody else runs, instead of one of our own.",
    ),
    language_option("Language of the messages  [default: the home's, else the computer's]."),
)


def access_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of `Access`; the command receives them as one argument, `access`."""

    @functools.wraps(command)
    def with_access(**given: Any) -> None:  # noqa: ANN401 # click passes options of every type
        access = Access(**{name: given.pop(name) for name in ACCESS_NAMES})
        command(access=access, **given)

    for option in reversed(_ACCESS_OPTIONS):
        with_access = option(with_access)
    return with_access
