"""Attacks of the TUF specification 1.0.34 (section 1.5.2, and slow retrieval) on the tablet's Java client.

The repository is python-tuf's, so that neither side was written from the other. What is trusted before an attack is
trusted after it, and the next good update goes on.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, TargetFile

from tests.repository.published import (
    Answer,
    Repository,
    Tablet,
    send_forever,
    send_nothing,
    send_page,
    send_slowly,
    served,
)

pytestmark = pytest.mark.later
APP, OTHER = "chat.apk", "video.apk"


@dataclass
class Scene:
    """A tablet that took the first versions, with the app `chat.apk`, and whoever stands between."""

    repository: Repository
    tablet: Tablet
    answers: dict[str, Answer] = field(default_factory=dict)

    def publish(self) -> None:
        """A new version of an app, as the house does it."""
        self.repository.add(APP, b"second")
        self.repository.publish("targets", "snapshot", "timestamp")

    def place(self, path: str) -> Path:
        """Where the bytes of a target lie in the repository."""
        return self.repository.files / f"{self.repository.targets.targets[path].hashes['sha256']}.{path}"


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    repository, answers = Repository(tmp_path), dict[str, Answer]()
    repository.add(APP, b"first")
    repository.add(OTHER, b"video")
    repository.publish("targets", "snapshot", "timestamp")
    with served(tmp_path, answers) as address:
        tablet = Tablet(tmp_path, repository, address)
        assert tablet.take(APP) == "ok"
        repository.keep(tmp_path / "house")
        yield Scene(repository, tablet, answers)


def replace_target(scene: Scene) -> str:
    """Arbitrary installation: other bytes under the name of the app."""
    scene.publish()
    scene.place(APP).write_bytes(b"malice")
    return scene.tablet.take(APP)


def change_one_byte(scene: Scene) -> str:
    """The same, by a box in between that changes what is signed."""
    scene.publish()
    file = scene.repository.metadata / f"{scene.repository.targets.version}.targets.json"
    file.write_bytes(file.read_bytes().replace(b'"length":6', b'"length":7').replace(b'"length": 6', b'"length": 7'))
    return scene.tablet.take(APP)


def add_target(scene: Scene) -> str:
    """Extraneous dependency: one more app in the list, signed by somebody else."""
    scene.repository.add("more.apk", b"more")
    scene.repository.signers["targets"] = [CryptoSigner.generate_ecdsa()]
    scene.repository.publish("targets", "snapshot", "timestamp")
    return scene.tablet.take("more.apk")


def give_other_app(scene: Scene) -> str:
    """Wrong software: the bytes of another app of the same house."""
    scene.publish()
    shutil.copy(scene.place(OTHER), scene.place(APP))
    return scene.tablet.take(APP)


def send_endless_metadata(scene: Scene) -> str:
    """Endless data in place of the one file whose length nobody tells."""
    scene.answers["/metadata/timestamp.json"] = send_forever
    return scene.tablet.refresh()


def send_endless_target(scene: Scene) -> str:
    """Endless data in place of an app."""
    scene.publish()
    scene.answers[f"/targets/{scene.place(APP).name}"] = send_forever
    return scene.tablet.take(APP)


def send_slow_target(scene: Scene) -> str:
    """Slow retrieval: an app that never comes to its end."""
    scene.repository.add(APP, b"long" * 1000)
    scene.repository.publish("targets", "snapshot", "timestamp")
    scene.answers[f"/targets/{scene.place(APP).name}"] = send_slowly
    return scene.tablet.take(APP, grace=1)


def send_slow_metadata(scene: Scene) -> str:
    """Slow retrieval of the timestamp."""
    scene.answers["/metadata/timestamp.json"] = send_slowly
    return scene.tablet.refresh(grace=1)


def freeze(scene: Scene) -> str:
    """Indefinite freeze: the last timestamp for ever."""
    scene.repository.timestamp.expires = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1)
    scene.repository.publish("timestamp")
    return scene.tablet.refresh()


def roll_back(scene: Scene) -> str:
    """The timestamp of before."""
    old = (scene.repository.metadata / "timestamp.json").read_bytes()
    scene.publish()
    assert scene.tablet.refresh() == "ok"
    (scene.repository.metadata / "timestamp.json").write_bytes(old)
    return scene.tablet.refresh()


def roll_back_targets(scene: Scene) -> str:
    """A thief of the timestamp and snapshot keys goes back to the targets of before."""
    scene.publish()
    assert scene.tablet.refresh() == "ok"
    scene.repository.targets.version -= 1
    scene.repository.publish("snapshot", "timestamp")
    return scene.tablet.refresh()


def leave_out_targets(scene: Scene) -> str:
    """The same thief leaves a list out."""
    scene.repository.snapshot.meta["ring.json"] = MetaFile(1)
    scene.repository.publish("snapshot", "timestamp")
    assert scene.tablet.refresh() == "ok"
    scene.repository.keep(scene.repository.files.parent / "house")
    del scene.repository.snapshot.meta["ring.json"]
    scene.repository.publish("snapshot", "timestamp")
    return scene.tablet.refresh()


def mix_and_match(scene: Scene) -> str:
    """Targets of before in the place of those that the snapshot names."""
    old = scene.repository.metadata / f"{scene.repository.targets.version}.targets.json"
    scene.publish()
    shutil.copy(old, scene.repository.metadata / f"{scene.repository.targets.version}.targets.json")
    return scene.tablet.refresh()


def steal_one_of_two(scene: Scene) -> str:
    """Key compromise below the threshold: the house asks for two signatures, the thief has one."""
    first, second = *scene.repository.signers["targets"], CryptoSigner.generate_ecdsa()
    scene.repository.root.add_key(second.public_key, "targets")
    scene.repository.root.roles["targets"].threshold = 2
    scene.repository.signers["targets"] = [first, second]
    scene.repository.publish("root", "targets", "snapshot", "timestamp")
    assert scene.tablet.refresh() == "ok"
    scene.repository.keep(scene.repository.files.parent / "house")
    scene.repository.signers["targets"] = [first]
    scene.repository.publish("targets", "snapshot", "timestamp")
    return scene.tablet.refresh()


def take_over_root(scene: Scene) -> str:
    """A new root signed by its own keys alone."""
    own = scene.repository.signers["root"]
    scene.repository.renew_key("root")
    scene.repository.signers["root"] = [key for key in scene.repository.signers["root"] if key not in own]
    scene.repository.publish("root")
    return scene.tablet.refresh()


def refuse_everything(scene: Scene) -> str:
    """Malicious mirror: it gives nothing."""
    scene.answers |= {"/metadata/timestamp.json": send_nothing}
    return scene.tablet.refresh()


def hide_snapshot(scene: Scene) -> str:
    """Malicious mirror, or a folder half copied: the new timestamp without its snapshot."""
    scene.publish()
    (scene.repository.metadata / f"{scene.repository.snapshot.version}.snapshot.json").unlink()
    return scene.tablet.refresh()


def show_portal(scene: Scene) -> str:
    """A captive portal answers 200 with its page to everything."""
    scene.answers |= {"/metadata/timestamp.json": send_page}
    return scene.tablet.refresh()


ATTACKS: Mapping[Callable[[Scene], str], str] = {
    replace_target: "MISMATCH",
    change_one_byte: "UNSIGNED",
    add_target: "UNSIGNED",
    give_other_app: "MISMATCH",
    send_endless_metadata: "TOO_LONG",
    send_endless_target: "TOO_LONG",
    send_slow_target: "TOO_SLOW",
    send_slow_metadata: "TOO_SLOW",
    freeze: "EXPIRED",
    roll_back: "ROLLBACK",
    roll_back_targets: "ROLLBACK",
    leave_out_targets: "ROLLBACK",
    mix_and_match: "MISMATCH",
    steal_one_of_two: "UNSIGNED",
    take_over_root: "UNSIGNED",
    refuse_everything: "UNREACHABLE",
    hide_snapshot: "MISSING",
    show_portal: "MALFORMED",
}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_an_attack_is_refused_by_its_name_and_changes_no_app(attack: Callable[[Scene], str], scene: Scene) -> None:
    assert attack(scene) == ATTACKS[attack]
    assert [(file.name, file.read_bytes()) for file in scene.tablet.taken.iterdir()] == [(APP, b"first")]
    assert list(scene.tablet.trusted.glob("*part")) == []


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_after_an_attack_the_next_good_update_goes_on(attack: Callable[[Scene], str], scene: Scene) -> None:
    """The house has its folder and its keys as they were, and publishes what is younger than any attack's."""
    attack(scene)
    scene.answers.clear()
    scene.repository.restore()
    for role in ("targets", "snapshot", "timestamp"):
        getattr(scene.repository, role).version += 5
    scene.repository.add(APP, b"third")
    scene.repository.publish("targets", "snapshot", "timestamp")
    assert scene.tablet.take(APP) == "ok"
    assert (scene.tablet.taken / APP).read_bytes() == b"third"


def _trusted_version(scene: Scene) -> int:
    return int(Metadata.from_file(str(scene.tablet.trusted / "root.json")).signed.version)


def test_versions_made_up_by_a_thief_end_with_new_keys(scene: Scene) -> None:
    """Fast-forward: the highest versions are trusted, then the house takes new keys and begins where it was."""
    before = (scene.repository.timestamp.version, scene.repository.snapshot.version)
    scene.repository.timestamp.version = scene.repository.snapshot.version = 2**31
    scene.repository.publish("snapshot", "timestamp")
    assert scene.tablet.refresh() == "ok"
    scene.repository.timestamp.version, scene.repository.snapshot.version = before
    scene.publish()
    assert scene.tablet.take(APP) == "ROLLBACK"
    for role in ("timestamp", "snapshot"):
        scene.repository.renew_key(role)
    scene.repository.publish("root", "snapshot", "timestamp")
    assert scene.tablet.take(APP) == "ok"
    assert (scene.tablet.taken / APP).read_bytes() == b"second"


def test_a_file_beyond_every_bound_is_refused_and_leaves_the_next_one_to_come(scene: Scene) -> None:
    """Whatever length the snapshot tells; and one that is kept and cannot be read counts as none."""
    scene.repository.add("x" * 5_000_000, b"")
    scene.repository.publish("targets", "snapshot", "timestamp")
    assert scene.tablet.refresh() == "TOO_LONG"
    (scene.tablet.trusted / "targets.json").write_bytes(b" " * 6_000_000)
    scene.repository.restore()
    for role in ("targets", "snapshot", "timestamp"):
        getattr(scene.repository, role).version += 2
    scene.publish()
    assert scene.tablet.take(APP) == "ok"


@pytest.mark.parametrize("path", ["../chat.apk", "a/../../chat.apk", "a//chat.apk", "./chat.apk"])
def test_a_path_that_leaves_its_folder_is_no_target(path: str, scene: Scene) -> None:
    scene.repository.targets.targets[path] = TargetFile.from_data(path, b"first", ["sha256"])
    scene.repository.publish("targets", "snapshot", "timestamp")
    assert scene.tablet.take(path) == "NO_TARGET"


def test_a_tablet_that_slept_through_five_roots_follows_their_chain(scene: Scene) -> None:
    for _ in range(5):
        old = scene.repository.signers["root"]
        scene.repository.renew_key("root")
        scene.repository.publish("root")
        scene.repository.signers["root"] = [key for key in scene.repository.signers["root"] if key not in old]
    scene.publish()
    assert scene.tablet.take(APP) == "ok"
    assert _trusted_version(scene) == 6
