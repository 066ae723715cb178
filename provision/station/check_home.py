"""Are all files of a home right? Each is read, whatever the others say, so that all faults are told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from provision.agent.apk import load_agent
from provision.agent.key_chain import load_key_chain
from provision.agent.site_key import load_site_key
from provision.appset.load import load_appset
from provision.bench.slots import Slot
from provision.captures.model import Capture
from provision.captures.read import read_capture
from provision.config.findings import Findings
from provision.config.nodes import parse
from provision.errors import ConfigurationError, ConfigurationFault, HomeError
from provision.home.bench_settings import BenchSettings, load_bench_settings, load_slots
from provision.home.folder import Home, load_home
from provision.profiles.load import load_profiles
from provision.records.compare import examine, expect_unchanged
from provision.records.keys import load_keys
from provision.records.ledger import LEAVES_NAME
from provision.records.reader import LEDGER
from provision.records.runs import RunJournal
from provision.site.model import Site, load_site
from provision.site.network_secrets import check_named_secrets, read_network_secrets
from provision.site.secret import read_public_file, read_secret
from provision.state.opening import open_bench_state
from provision.state.station_lock import try_to_lock
from provision.station.home_fits import refuse_demo
from provision.station.house_register import check_register
from provision.station.kept_checkpoint import read_kept
from provision.station.setup import BenchSetup, SecretReader, load_setup
from provision.terms import Control, HomeKind


def check_home(folder: Path) -> tuple[BenchSetup, list[Capture]]:
    """Read the home and everything it names; whatever one file says, the others are read.

    Returns:
        what its runs need, and the captures in the home.

    Raises:
        ConfigurationError: the faults of all files.
        HomeError: there is no home, or it is damaged.
    """
    folder = folder.absolute()  # as the home names its files, so that each fault is told once
    found = Findings()
    place = found.read(lambda: load_home(folder))
    setup = None
    if place is None:
        _read_pieces(folder, found)
    else:
        setup = _read_job(place, found)
    captures = [found.read(partial(read_capture, file)) for file in sorted((folder / "captures").glob("*.json"))]
    if place is None or setup is None or found.any:
        raise found.error
    return setup, [capture for capture in captures if capture is not None]


def _read_job(place: Home, found: Findings) -> BenchSetup | None:
    """Read what every run of a home needs, with its secrets."""
    setup = found.read(lambda: load_setup(place))
    found.read(lambda: _refuse_unready(place.path, place.slots))
    found.read(lambda: _refuse_unlocked(place.path, place.kind, place.bench, place.site.require))
    _read_secret(place.site, place.path, found)
    found.read(lambda: check_register(place))
    found.read(lambda: _check_provider(place))
    if setup is not None:
        found.read(lambda: _check_state(place))
        found.read(lambda: _check_records(place))
        if setup.agent is not None:
            found.read(lambda: load_key_chain(place.keys, load_site_key(place.keys).key_id))
            found.read(lambda: _check_orders(setup))
    return setup


def _check_state(place: Home) -> None:
    """Read everything this bench keeps about tablets and models, and ask whether it is this home's at all."""
    leaves = place.records / LEDGER / LEAVES_NAME
    with open_bench_state(place.path) as state:
        state.check()
        if state.open_registry(place.bench.asset_prefix).is_empty and leaves.exists() and leaves.stat().st_size > 0:
            raise HomeError(
                f"{state.database.file}: knows no tablet, while {place.records} has records of some: it is new, and "
                "the one before was lost. Put its backup back; without one, the next station makes asset numbers anew "
                "from the records, and tablets get another maintenance code at their next run"
            )


def _check_orders(setup: BenchSetup) -> None:
    """Measure what the agents are to be told."""
    with open_bench_state(setup.home.path) as state:
        kit = setup.make_kit(SecretReader(setup.home), state)
        if kit is not None:
            setup.refuse_large_orders(kit)


def _check_records(place: Home) -> None:
    """Compare the records with what the bench remembers, as the next station will; one in work has done so."""
    with try_to_lock(place.path) as free:
        if not free or not place.records.is_dir():
            return
        keys = load_keys(place.keys)
        with open_bench_state(place.path) as state:
            kept = read_kept(place, keys, state)
        expect_unchanged(examine(place.records, keys, RunJournal(place.state, mends=False), kept), place.records)


def _read_pieces(folder: Path, found: Findings) -> None:
    """Read what can be read of a home one of whose own files is wrong."""
    if not (folder / "keys").is_dir():
        return
    site = found.read(lambda: load_site(folder / "site.yaml"))
    slots = found.read(lambda: load_slots(folder / "slots.yaml"))
    found.read(lambda: _refuse_unready(folder, slots))
    bench = found.read(lambda: load_bench_settings(folder / "bench.yaml"))
    keys = found.read(lambda: load_keys(folder / "keys"))
    if site is not None:
        _read_secret(site, folder, found)
    else:
        found.read(lambda: check_named_secrets(_read_section(folder / "site.yaml", "wifi"), folder))
    if bench is None:
        return
    if keys is not None:
        kind, require = keys.kind, _read_section(folder / "site.yaml", "require")
        found.read(lambda: _refuse_unlocked(folder, kind, bench, require))
        if bench.agent is not None:
            pin = bench.agent.pin(folder)
            found.read(lambda: load_agent(pin, folder / "bench.yaml", kind))
    found.read(lambda: load_profiles(bench.device_profiles))
    appset = found.read(lambda: load_appset(bench.app_set))
    if appset is not None and keys is not None:
        found.read(lambda: refuse_demo(keys.kind, folder / "bench.yaml", bench.app_set, appset))


def _check_provider(place: Home) -> None:
    """Read what the console needs of the identity provider; it is not asked, nor anybody for the secret."""
    settings = place.bench.identity_provider
    if settings is not None and not settings.secret.prompt:
        read_secret(settings.secret, place.path)
    if settings is not None and settings.authority is not None:
        read_public_file(place.path / settings.authority)


def _read_section(file: Path, name: str) -> object:
    """A section as it stands in a file that is wrong elsewhere; None where the file is no YAML."""
    try:
        data = parse(file).data
    except ConfigurationError:
        return None
    return data.get(name) if isinstance(data, Mapping) else None


def _refuse_unready(folder: Path, slots: Sequence[Slot] | None) -> None:
    """No tablet comes out of a bench without a slot."""
    if slots is not None and not slots:
        expected = (
            "a label for each port; a tablet plugged into a port without one is shown with it by `provision station`"
        )
        raise ConfigurationError(ConfigurationFault(folder / "slots.yaml", None, "slots", expected, "none"))


def _refuse_unlocked(folder: Path, kind: HomeKind, bench: BenchSettings, require: object) -> None:
    """Nor out of a ward that requires the kiosk, which the agent alone can bring about."""
    demands = isinstance(require, Mapping) and Control.KIOSK_LOCK_TASK in require
    if kind is HomeKind.WARD and bench.agent is None and demands:
        expected = "the hospital's agent, since site.yaml requires kiosk.lock_task (apks/agent/README.md, Signing keys)"
        raise ConfigurationError(ConfigurationFault(folder / "bench.yaml", None, "agent", expected, "none"))


def _read_secret(site: Site, folder: Path, found: Findings) -> None:
    """The secrets of the networks that lie in files; nobody is asked for one here."""
    found.read(lambda: read_network_secrets(site.wifi, folder, skip_prompts=True))
