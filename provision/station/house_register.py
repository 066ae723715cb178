"""The register that a bench shares with others: opened with its ledger, told of its numbers and records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from provision.errors import ProvisionError
from provision.home.folder import Home
from provision.records.keys import load_keys
from provision.register.settings import LOCAL_NAME, RegisterAddress
from provision.site.secret import read_public_file, read_secret
from provision.site.wards import Ward, measure_room

if TYPE_CHECKING:
    from provision.register.sql.register import Register
    from provision.register.wards import Known, WardWords
    from provision.state.sql.asset_registry import AssetRegistry
    from provision.state.sql.label_check_store import LabelCheckStore
    from provision.state.sql.ward_store import WardStore


def locate_register(home: Home) -> RegisterAddress | None:
    """Return where the register of several benches is, with the password to it; None where bench.yaml names none.

    Raises:
        ConfigurationError: the password cannot be read.
    """
    settings = home.bench.register_place
    if settings is None:
        return None
    password = None if settings.password is None else read_secret(settings.password, home.path, what="Register")
    return settings.locate(home.path, password)


def check_register(home: Home) -> None:
    """Read what a station needs of the register; no server is asked, and nobody for a password.

    Raises:
        HomeError: the bench's own register is damaged or of a newer version.
        ConfigurationError: the password or the authority's certificate cannot be read.
    """
    settings = home.bench.register_place
    if settings is not None:
        if settings.password is not None and not settings.password.prompt:
            read_secret(settings.password, home.path)
        if settings.authority is not None:
            read_public_file(home.path / settings.authority)
    if (home.state / LOCAL_NAME).exists():
        from provision.register.sql.opening import open_local  # noqa: PLC0415 # SQLAlchemy comes along

        open_local(home.path).close()


@contextmanager
def open_house_numbers(home: Home) -> Iterator[Register | None]:
    """Open the register of a bench that shares one, as the source of its numbers; None for a bench that shares none.

    Raises:
        HomeError: the bench's own register is damaged or of a newer version.
        ConfigurationError: the password cannot be read.
    """
    address = locate_register(home)
    if address is None:
        yield None
        return
    from provision.register.sql.register import open_register  # noqa: PLC0415 # SQLAlchemy comes along

    key = load_keys(home.keys).home
    with open_register(home.path, key, home.bench.asset_prefix, address) as register:
        yield register


def share_wards(register: Register, home: Home, wards: WardStore) -> None:
    """Tell the register of wards and of tablets' wards, and take over what others said since; no server is asked."""
    register.tell_wards(home.site.wards)
    names = {short: ward.name for short, ward in register.settle_wards(home.site.wards).items()}
    known = {word.asset_id: word for word in wards.list_current()}  # once: a word that comes meanwhile is not told yet
    register.take_wards(known.values(), names)
    wards.take_over([(word, known.get(word.asset_id)) for word in register.list_newer_words(known)])


def tell_overtaken(home: Home, wards: WardStore, numbers: Iterable[str]) -> None:
    """Tell the bench's own register of wards that were just said, where clocks put what it knows behind them.

    Whoever says a ward now says it last, though another bench's clock be ahead. What cannot be told now is told when
    wards are shared, in its place by the clocks; no server is asked.
    """
    if not _shares_wards(home):
        return
    from provision.register.sql.register import open_register  # noqa: PLC0415 # SQLAlchemy comes along

    names = {short: ward.name for short, ward in home.site.wards.items()}
    said = frozenset(numbers)
    words = [word for word in wards.list_current() if word.asset_id in said]
    with suppress(ProvisionError):
        key = load_keys(home.keys).home
        with open_register(home.path, key, home.bench.asset_prefix, None) as register:
            register.take_wards(words, names, is_now=True)


def see_house_wards(home: Home) -> Home:
    """Return a home whose site has the wards of the house, as far as they are known here; no server is asked.

    A ward whose name has no room on this site's tablets is as the site's own file says, or left out.

    Raises:
        HomeError: the bench's own register is damaged or of a newer version.
    """
    if not _shares_wards(home):
        return home
    words = _read_words(home, load_keys(home.keys).home.origin)
    return replace(home, site=home.site.model_copy(update={"wards": _fit(home, words.settle(home.site.wards))}))


def find_ward_of(home: Home, wards: WardStore, number: str) -> Ward | None:
    """Return the ward that a tablet was assigned to, both as they are known here now; no server is asked.

    For a station, whose site is as it was at its start, when its wards were told: what is told since is newer.

    Raises:
        HomeError: as `see_house_wards`.
    """
    short = wards.find(number)
    if short is None or not _shares_wards(home):
        return home.site.wards.get(short or "")
    return _fit(home, {**home.site.wards, **_read_words(home, "").newest}).get(short)


def _shares_wards(home: Home) -> bool:
    return home.bench.register_place is not None and (home.state / LOCAL_NAME).exists()


def _read_words(home: Home, bench: str) -> WardWords:
    from provision.register.sql.opening import open_local  # noqa: PLC0415 # SQLAlchemy comes along
    from provision.register.sql.ward_rows import find_words  # noqa: PLC0415 # as above

    with closing(open_local(home.path)) as register:
        return register.read(partial(find_words, bench=bench))


def _fit(home: Home, wards: Known) -> dict[str, Ward]:
    """Those of some wards whose names have room on this site's tablets; else as the site's own file says."""
    own, most = home.site.wards, measure_room(home.site.place)
    fitting = {short: own.get(short) if ward and len(ward.name) > most else ward for short, ward in wards.items()}
    return {short: ward for short, ward in fitting.items() if ward is not None}


def begin_numbering(
    register: Register | None, home: Home, assets: AssetRegistry, labels: LabelCheckStore, wards: WardStore
) -> str | None:
    """Tell the register of every number that the bench gave and of wards, and take over what others told.

    Returns:
        why the shared register cannot be reached, which stops no bench; None where it can, or there is none.

    Raises:
        HomeError: the bench does not belong into that register, as with a prefix of another bench.
    """
    if register is None:
        return None
    alone = _sync(register)  # first: one put back from a copy gets what it told since before it tells more
    register.take_numbers(assets.list_assets(), labels.find_successors)
    share_wards(register, home, wards)
    return alone or _sync(register)


def _sync(register: Register) -> str | None:
    """Bring over what is missing on either side; returns why the shared register cannot be reached, if so."""
    from provision.register.sql.database import RegisterUnreachable  # noqa: PLC0415 # as above

    try:
        register.sync()
    except RegisterUnreachable as unreachable:
        return unreachable.why
    return None


def bring_records(register: Register | None, home: Home) -> None:
    """Bring the records of a batch into the register; what cannot be brought now comes with the next command."""
    if register is not None:
        with suppress(ProvisionError):
            register.take_records(home.records, load_keys(home.keys).home)
            register.sync()
