"""One stream without any socket: what may be under way, with and without delayed acknowledgements."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from provision.virtual.adbd import host_features
from provision.virtual.packets import Command, Packet
from provision.virtual.streams import ACKED, INITIAL_WINDOW, Stream

Story = Callable[[Stream, list[Packet]], Awaitable[None]]


def play(story: Story, ahead: int | None = None) -> None:
    """Run a story on a stream whose packets are kept in a list."""
    sent: list[Packet] = []

    async def keep(packet: Packet) -> None:
        sent.append(packet)

    asyncio.run(asyncio.wait_for(_tell(story, Stream(1, 7, 10, keep, ahead), sent), 5))


async def _tell(story: Story, stream: Stream, sent: list[Packet]) -> None:
    await story(stream, sent)


async def settle() -> None:
    """Let every task come as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


def payloads(sent: list[Packet], command: Command) -> list[bytes]:
    return [packet.payload for packet in sent if packet.command is command]


def test_without_delayed_acks_one_message_is_under_way() -> None:
    async def story(stream: Stream, sent: list[Packet]) -> None:
        await stream.accept()
        writing = asyncio.ensure_future(stream.write(b"x" * 25))
        await settle()
        assert payloads(sent, Command.OKAY) == [b""]
        assert [len(one) for one in payloads(sent, Command.WRTE)] == [10]
        for _ in range(3):
            stream.acknowledge()
            await settle()
        assert [len(one) for one in payloads(sent, Command.WRTE)] == [10, 10, 5]
        await writing

    play(story)


def test_with_delayed_acks_the_hosts_window_is_used_up() -> None:
    async def story(stream: Stream, sent: list[Packet]) -> None:
        await stream.accept()
        assert payloads(sent, Command.OKAY) == [ACKED.pack(INITIAL_WINDOW)]
        writing = asyncio.ensure_future(stream.write(b"x" * 45))
        await settle()
        assert [len(one) for one in payloads(sent, Command.WRTE)] == [10, 10, 10], "until nothing of 25 is left"
        stream.acknowledge(ACKED.pack(10))
        await settle()
        assert len(payloads(sent, Command.WRTE)) == 4
        stream.acknowledge(ACKED.pack(20))
        await settle()
        assert sum(len(one) for one in payloads(sent, Command.WRTE)) == 45
        await writing

    play(story, ahead=25)


def test_with_delayed_acks_many_messages_wait_and_each_is_counted_when_taken() -> None:
    async def story(stream: Stream, sent: list[Packet]) -> None:
        for piece in (b"ab", b"cde"):
            stream.deliver(piece)
        assert payloads(sent, Command.OKAY) == []
        assert await stream.read() + await stream.read() == b"abcde"
        assert payloads(sent, Command.OKAY) == [ACKED.pack(2), ACKED.pack(3)]

    play(story, ahead=100)


@pytest.mark.parametrize(
    ("banner", "features"),
    [
        (b"host::features=shell_v2,cmd,delayed_ack", {"shell_v2", "cmd", "delayed_ack"}),
        (b"host::features=a,b;x=1\0", {"a", "b"}),
        (b"host::", set()),
        (b"", set()),
    ],
)
def test_a_hosts_features_are_read_from_its_banner(banner: bytes, features: set[str]) -> None:
    assert host_features(banner) == features
