"""The exception's own line, in every frame of packages document 3.6 and with other programs' lines around it."""

from __future__ import annotations

import pytest

from provision.facts.thrown import Thrown, find_thrown

OWN = "java.lang.IllegalStateException: not today"
WRAPPER = "java.lang.reflect.InvocationTargetException"
STACK = "\n\tat android.os.Parcel.readException(Parcel.java:1)\n\tat a.b.c(Unknown Source:9)\n"
NOISE = ("", "WARNING: linker: /system/lib/libhoudini.so has text relocations.\n", "[HOUDINI] x\nE/art: late\n")
FRAMES = {
    "alone": OWN + STACK,
    "pm of 5 and 6": f"Error: {OWN}\n",
    "after the usage": f"usage: dpm [subcommand] [options]\nusage: dpm set-device-owner <COMPONENT>\n\nError: {OWN}\n",
    "cmd of 7": f"\nException occurred while dumping:\n{OWN}{STACK}",
    "cmd of 8 to 10": f"\nException occurred while executing:\n{OWN}{STACK}",
    "cmd from 11 on": f"\nException occurred while executing 'set-device-owner':\n{OWN}{STACK}",
    "a cause that says it": f"\nException occurred while executing 'x':\n{WRAPPER}{STACK}Caused by: {OWN}{STACK}",
    "a remote stack behind it": f"{OWN}{STACK}Caused by: android.os.RemoteException: Remote stack trace:{STACK}",
    "a cause that is less": f"{OWN}{STACK}Caused by: java.lang.NullPointerException: x{STACK}",
}  # fmt: skip


@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize("frame", FRAMES)
def test_the_line_is_found_in_every_frame_whatever_stands_around_it(frame: str, noise: str) -> None:
    text = FRAMES[frame]
    lines = text.split("\n")
    for place in range(len(lines)):
        said = "\n".join(lines[:place]) + ("\n" if place else "") + noise + "\n".join(lines[place:])
        found = find_thrown(said)
        assert found is not None
        assert (found.name, found.message) == ("IllegalStateException", "not today"), said
        assert found.line.endswith(OWN)


@pytest.mark.parametrize(
    ("text", "thrown"),
    [
        ("Success\n", None),
        ("Error: no package specified\n", None),
        ("Failure [INSTALL_FAILED_INTERNAL_ERROR: java.lang.X: y]\n", None),
        ("Security exception: no\n\njava.lang.SecurityException: no\n\tat x\n", ("SecurityException", "no")),
        ("android.os.DeadSystemException\n\tat x\n", ("DeadSystemException", "")),
        ("android.os.ParcelableException: java.io.IOException: full\n", ("IOException", "full")),
        ("a.B: java.lang.RuntimeException: c.D$EException: deep\n", None),
        ("java.lang.RuntimeException: java.lang.RuntimeException: a.b.CError: deep: er\n", ("CError", "deep: er")),
        ("com.maker.Outer$PolicyException: no MDM\n", ("PolicyException", "no MDM")),
        ("android.os.ServiceSpecificException: no (code 8)\n", ("ServiceSpecificException", "no (code 8)")),
        ("java.lang.NoSuchMethodError: x\n", ("NoSuchMethodError", "x")),
        ("java.lang.RuntimeException: android.os.DeadObjectException\n", ("DeadObjectException", "")),
        ("a.BException\n\tat x\nCaused by: c.DException\n\tat y\n", ("DException", "")),
    ],
)
def test_what_was_thrown(text: str, thrown: tuple[str, str] | None) -> None:
    found = find_thrown(text)
    assert (None if found is None else (found.name, found.message)) == thrown


def test_its_line_is_as_it_was_printed() -> None:
    said = (
        "\nException occurred while executing 'x':\nandroid.os.ParcelableException: java.io.IOException: full\n\tat y\n"
    )
    assert find_thrown(said) == Thrown(
        "IOException", "full", "android.os.ParcelableException: java.io.IOException: full"
    )
