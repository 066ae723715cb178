"""Limits on what this process takes of the computer and leaves behind when it breaks: set once, before anything else.

Core files would hold the Wi-Fi passphrase. Of memory, glibc sets 64 MiB of addresses aside for each thread that
allocates, and 8 MiB for each one's stack: where addresses are limited (`ulimit -v`), ten tablets would use all of them.
"""

from __future__ import annotations

import ctypes
import os
import resource
import threading
from contextlib import suppress

from provision.errors import HomeError
from provision.station.descriptors import count_descriptors

STACK_BYTES = 2 * 1024 * 1024
ARENAS = 2
_M_ARENA_MAX, _PR_SET_DUMPABLE = -8, 4


def bound_process() -> None:
    """Leave no core file, be no other process's to read, let threads share memory, open as many files as may be."""
    os.umask(0o022)  # whatever the caller's: nobody else may write, and secrets are made with modes of their own
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    threading.stack_size(STACK_BYTES)
    libc = ctypes.CDLL(None)
    with suppress(AttributeError):  # another C library than glibc has neither these reserves nor this switch
        libc.mallopt(_M_ARENA_MAX, ARENAS)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)  # where the kernel hands core dumps to a program, their limit is not asked


def require_descriptors(tablets: int, *, virtual: bool) -> None:
    """Refuse work that this process could not do for want of files and sockets.

    Args:
        tablets: how many may be in work at once.
        virtual: a training bench gets as many, in a process of its own.

    Raises:
        HomeError: the limit, what is needed, and how to raise it.
    """
    rest, needed = (count_descriptors(number, virtual=virtual) for number in (0, tablets))
    each, (soft, _) = count_descriptors(1, virtual=virtual) - rest, resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < needed:
        raise HomeError(
            f"this computer lets a program open {soft} files and sockets, and {tablets} tablets at once need {needed}: "
            f"raise the limit (ulimit -Hn {needed}, or `nofile` in /etc/security/limits.conf), then start again, "
            f"or take at most {max(0, (soft - rest) // each)} tablets at once"
        )


def is_exhausted(error: BaseException) -> bool:
    """Tell whether the computer had no memory, thread or descriptor left for what was to be done."""
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "start new thread" in str(error))
