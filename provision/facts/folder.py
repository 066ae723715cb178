"""What `ls` of a folder says: names of files, that there is no folder, or that nobody may look."""

from __future__ import annotations

import re

from provision.facts.query import CommandOutput

_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|heic|heif|webp|avif|dng|bmp|mp4|3gp|mov|mkv|webm|avi)\s*$", re.IGNORECASE)
"""Ends a name whatever it begins with: `[2024] garden.jpg` is no line of another program."""


def count_names(output: CommandOutput, folder: str) -> int | None:
    """Entries of a folder, 0 where there is none, None where it cannot be read.

    A folder's error stands alone on its line; the same words in a file's name are no error. Where it names the folder,
    it is no file's name, and what else was printed is none either: nothing was listed.

    Raises:
        AnswerCut: the list broke off.
    """
    error = re.compile(rf"(?:ls: )?{re.escape(folder)}: |opendir failed, ")  # toybox, toolbox
    apart = output.err is not None  # then nothing but the list holds names
    listed = [line for line in output.body.split("\n") if line.strip() and not error.match(line)]
    names = [*listed, *filter(_PICTURE.search, output.noise)]
    errors = [line for line in output.said.split("\n") if error.match(line)]
    if output.cut:
        raise output.unexpected("names of files, or why there are none", private=True)
    certain = any("/" in line for line in errors)
    if (names and not certain) or not (errors or (apart and output.status)):
        return len(names)
    return 0 if errors and all(line.rstrip().endswith("No such file or directory") for line in errors) else None
