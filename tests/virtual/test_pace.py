"""A bench as slow as real hubs and tablets are: shared links, commits that take their time."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from provision.errors import TrainingError
from provision.virtual.android.model import Timing
from provision.virtual.pace import FILE, HubLink, Pace, read_pace
from tests.virtual.android.apk_maker import apk
from tests.virtual.android.bench import Bench, model_for


def _write(home: Path, text: str) -> Path:
    (home / FILE).parent.mkdir()
    (home / FILE).write_text(text, "utf-8")
    return home


def test_without_a_file_nothing_is_slowed(tmp_path: Path) -> None:
    pace = read_pace(tmp_path)
    assert pace.make_links() == [None]
    assert pace.adjust(Timing()) == Timing()


def test_each_hub_has_one_link_for_all_its_tablets(tmp_path: Path) -> None:
    pace = read_pace(
        _write(tmp_path, "hubs: 3\nbytes_per_second: 35000000.0\ncommit: 4\ncommit_per_megabyte: 0.08\njoin: 0.8\n")
    )
    assert len(set(pace.make_links())) == 3
    assert pace.adjust(Timing(boot=9)) == Timing(boot=9, commit=4, commit_per_megabyte=0.08, join=0.8)


@pytest.mark.parametrize(
    ("text", "says"), [("hub: 3\n", "hub: "), ("hubs: 0\n", "hubs: "), ("hubs: [\n", "cannot be read"), ("- 1\n", ": ")]
)
def test_a_wrong_file_is_named(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=str(FILE)) as caught:
        read_pace(_write(tmp_path, text))
    assert says in str(caught.value)


def test_tablets_of_one_hub_share_its_speed() -> None:
    async def carry(links: list[HubLink]) -> float:
        begin = time.monotonic()
        await asyncio.gather(*(link.carry(10_000) for link in links for _ in range(5)))
        return time.monotonic() - begin

    shared, alone = HubLink(1e6), [HubLink(1e6) for _ in range(4)]
    assert asyncio.run(carry([shared] * 4)) >= 0.2
    assert asyncio.run(carry(alone)) >= 0.05


def test_a_shell_line_waits_for_nobodys_megabyte() -> None:
    async def carry(link: HubLink) -> tuple[float, float]:
        begin = time.monotonic()

        async def end(size: int) -> float:
            await link.carry(size)
            return time.monotonic() - begin

        large, small = await asyncio.gather(end(1_000_000), end(24))
        return large, small

    large, small = asyncio.run(carry(HubLink(2e6)))
    assert large >= 0.5
    assert small < 0.25


def test_a_commit_takes_longer_for_a_larger_app(tmp_path: Path) -> None:
    own = model_for(30)
    bench = Bench(
        tmp_path, own.model_copy(update={"timing": Pace(commit=4, commit_per_megabyte=1000).adjust(own.timing)})
    )
    content = apk("chat")
    reply = bench.call(["cmd", "package", "install", "-r", "-S", str(len(content))], content)
    assert reply.out == "Success\n"
    assert reply.delay == pytest.approx(4 + len(content) / 1000)


def test_a_program_that_starts_slowly_answers_later(tmp_path: Path) -> None:
    own = model_for(23)
    bench = Bench(tmp_path, own.model_copy(update={"timing": Pace(starts={"pm": 0.3}).adjust(own.timing)}))
    assert [bench.run(line).delay for line in ("pm list users", "getprop ro.serialno")] == [0.3, 0.0]


def test_hashing_a_file_takes_longer_for_a_larger_one(tmp_path: Path) -> None:
    own = model_for(30)
    bench = Bench(tmp_path, own.model_copy(update={"timing": Pace(hash_per_megabyte=1000).adjust(own.timing)}))
    content = apk("chat")
    bench.call(["cmd", "package", "install", "-r", "-S", str(len(content))], content)
    path = next(one.path for one in bench.tablet.device.data.packages.values() if one.blob)
    reply = bench.run(f"sha256sum {path}")
    assert reply.out.endswith(f"  {path}\n")
    assert reply.delay == pytest.approx(len(content) / 1000)
