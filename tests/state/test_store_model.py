"""Random work on the stores beside plain dictionaries that say what must come of it, over closings and openings."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from factories import make_props

from provision.facts.props import Props
from provision.identity.which import Asset, Standing, match_asset, note_plug
from provision.proofs.attempts import Tried
from provision.state.agent_secrets import Issued
from provision.state.opening import open_bench_state
from provision.state.pending_uploads import Words
from provision.state.sql.asset_registry import AssetRegistry
from provision.state.sql.bench_state import BenchState
from provision.state.verified_installs import InstallMemory, VerifiedInstall
from provision.terms import DeviceConfirmation, ProofVerdict
from tests.case_files import first_quick

STEPS = 120
ASSETS = tuple(f"A-{number:04d}" for number in range(1, 5))
MODELS = tuple(make_props(ro__product__model=name) for name in ("TEO10A", "QX-10A", "Été 10", ""))
SERIALS = ("R52N1", "0123456789ABCDEF", "")
NAMES = ("kiosk.home", "wifi.off", "location.off")
PACKAGES = ("org.example.chat", "org.example.visio")


@dataclass
class Model:
    """What must be remembered."""

    assets: list[Asset] = field(default_factory=list)
    said: dict[str, DeviceConfirmation] = field(default_factory=dict)
    issued: dict[str, Issued] = field(default_factory=dict)
    uploads: dict[str, tuple[Words, ...]] = field(default_factory=dict)
    installs: dict[str, InstallMemory] = field(default_factory=dict)
    events: list[tuple[str, str]] = field(default_factory=list)


class Work:
    """One step after the other on both."""

    def __init__(self, state: BenchState, model: Model, dice: random.Random) -> None:
        self.state, self.model, self.dice = state, model, dice
        self.registry: AssetRegistry = state.open_registry("A")
        self.on_bench: set[str] = set()

    def check_in(self) -> None:
        serial, installation = self.dice.choice(SERIALS), self.dice.choice((None, "i1", "i2", "i3"))
        carried, known = self.dice.choice((None, None, "A-0001", "B-0001", "A-9000")), self.model.assets
        here = {one.asset_id: one for one in known}
        standing = Standing.FORGOTTEN if carried not in {None, "B-0001", *here} else Standing.GIVEN
        match = match_asset(serial, installation, known, frozenset(self.on_bench), carried, standing)
        highest = max((int(name[2:]) for name in here if name.startswith("A-")), default=0)
        new = Asset(f"A-{highest + 1:04d}", serial, () if installation is None else (installation,))
        asset = note_plug(match.asset or new, match.certainty, installation)
        known[:] = [one for _, one in sorted((here | {asset.asset_id: asset}).items())]
        assert self.registry.check_in(serial, installation, carried) == (asset, match)
        self.on_bench.add(asset.asset_id)

    def check_out(self) -> None:
        if self.on_bench:
            asset = self.dice.choice(sorted(self.on_bench))
            self.registry.check_out(asset)
            self.on_bench.discard(asset)

    def confirm(self) -> None:
        props, word = self.dice.choice(MODELS), self.dice.choice(list(DeviceConfirmation))
        self.state.confirmations.give(props, word)
        self.model.said[props.title] = word

    def revoke(self) -> None:
        props = self.dice.choice(MODELS)
        taken = self.state.confirmations.revoke(props.title)
        assert [one.title for one in taken] == ([props.title] if self._forget(props) else [])

    def _forget(self, props: Props) -> bool:
        return bool(props.title) and self.model.said.pop(props.title, None) is not None

    def issue(self) -> str:
        asset = self.dice.choice(ASSETS)
        issued = self.state.agent_secrets.issue(asset)
        known = self.model.issued.setdefault(asset, issued)
        assert issued.secret.reveal() == known.secret.reveal()
        return asset

    def note_policy(self) -> None:
        asset, policy = self.issue(), self.dice.choice("pqr")
        self.state.agent_secrets.note_policy(asset, policy, "w")
        self.model.issued[asset] = replace(self.model.issued[asset], policy=policy, wanted="w", drilled="", tried={})

    def note_drill(self) -> None:
        asset = self.issue()
        self.state.agent_secrets.note_drill(asset)
        self.model.issued[asset] = replace(self.model.issued[asset], drilled=self.model.issued[asset].policy)

    def note_proofs(self) -> None:
        asset, names = self.issue(), self.dice.sample(NAMES, self.dice.randint(0, 3))
        unlocked = {name: self.dice.random() for name in names}
        tried = {name: Tried(self.dice.choice(list(ProofVerdict)), "x\0'\"é") for name in names}
        self.state.agent_secrets.note_unlocked(asset, unlocked)
        self.state.agent_secrets.note_tried(asset, tried)
        self.model.issued[asset] = replace(self.model.issued[asset], unlocked=unlocked, tried=tried)

    def upload(self) -> None:
        asset, number = self.dice.choice(ASSETS), self.dice.randint(1, 3)
        uploads, undo = self.state.pending_uploads.open(asset), ("pm", "install-abandon", str(number))
        left = dict.fromkeys(self.model.uploads.get(asset, ()))
        if self.dice.random() < 0.5:
            uploads.begin(undo)
            left[undo] = None
        else:
            uploads.end(undo)
            uploads.close()
            left.pop(undo, None)
        self.model.uploads[asset] = tuple(left)

    def verify(self) -> None:
        asset = self.dice.choice(ASSETS)
        known = {
            name: VerifiedInstall(self.dice.choice("kl"), "s", {"config.fr": "t"}, "run", ours=self.dice.random() < 0.5)
            for name in self.dice.sample(PACKAGES, self.dice.randint(0, 2))
        }
        memory = InstallMemory(known, frozenset(self.dice.sample(PACKAGES, self.dice.randint(0, 2))))
        self.state.verified_installs.save(asset, memory)
        self.model.installs[asset] = memory

    def audit(self) -> None:
        event, asset = self.dice.choice(("answer", "lift", "release")), self.dice.choice(ASSETS)
        self.state.audit_log.note(event, asset)
        self.model.events.append((event, asset))

    def compare(self) -> None:
        """Everything that can be asked, with what must be answered."""
        state, model = self.state, self.model
        assert list(self.registry.list_assets()) == sorted(model.assets, key=lambda asset: asset.asset_id)
        assert [state.confirmations.find(props) for props in MODELS] == [
            model.said.get(props.title) for props in MODELS
        ]
        assert {one.title: one.confirmation for one in state.confirmations.list_confirmations()} == model.said
        assert state.agent_secrets.list_assets() == tuple(sorted(model.issued))
        for asset, issued in model.issued.items():
            found = state.agent_secrets.find(asset)
            assert found is not None
            assert replace(found, secret=issued.secret) == issued
        for asset in ASSETS:
            assert state.pending_uploads.load(asset) == model.uploads.get(asset, ())
            assert state.verified_installs.load(asset) == model.installs.get(asset, InstallMemory())
        ours = {(name, one.key) for memory in model.installs.values() for name, one in memory.known.items() if one.ours}
        orphaned = state.verified_installs.find_orphaned()
        assert orphaned.names(()) == tuple(sorted({name for name, _ in ours}))
        assert {(name, key) for name in PACKAGES for key in "klm" if orphaned._knows(name, key)} == ours
        assert [(one.event, one.asset) for one in state.audit_log.list_events()] == model.events
        one = [event for event, asset in model.events if asset == ASSETS[0]]
        assert [found.event for found in state.audit_log.list_events(ASSETS[0])] == one


@pytest.mark.parametrize("seed", first_quick(range(6)))
def test_the_stores_remember_what_a_dictionary_does(seed: int, tmp_path: Path) -> None:
    dice, model = random.Random(seed), Model()  # noqa: S311 # no secret
    for _ in range(4):
        with open_bench_state(tmp_path) as state:
            work = Work(state, model, dice)
            steps: list[Callable[[], object]] = [
                work.check_in,
                work.check_out,
                work.confirm,
                work.revoke,
                work.issue,
                work.note_policy,
                work.note_drill,
                work.note_proofs,
                work.upload,
                work.verify,
                work.audit,
            ]
            work.compare()
            for _ in range(STEPS // 4):
                dice.choice(steps)()
            work.compare()
            state.check()
