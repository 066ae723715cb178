"""Files that people published, judged here and by apksigner and aapt2: no disagreement but the explained ones."""

from __future__ import annotations

import shutil

import pytest
from published_apks import EXPLAINED, NOT_LOADED, fetch_all, judge_all, list_unexplained, read_list

TOOLS = ("apksigner", "java", "aapt2", "npm", "mvn")


def test_the_list_pins_what_it_promises() -> None:
    archives = read_list()
    assert {archive.registry for archive in archives} == {"pypi", "npm", "maven"}
    digests = [digest for archive in archives for digest in archive.apks.values()]
    assert len(digests) == len(set(digests)) >= 60
    assert all(len(digest) == 64 for digest in (*digests, *(archive.sha256 for archive in archives)))


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason=f"needs {', '.join(TOOLS)} (Debian packages)")
@pytest.mark.later
def test_apksigner_and_aapt2_agree_on_published_files() -> None:
    """What the cache lacks is fetched once, by the registries' own clients."""
    rows = judge_all(fetch_all())
    assert list_unexplained(rows) == []
    assert sum(not row.differs for row in rows) >= 55
    told = {row.explained for row in rows if row.differs}
    assert told == {*EXPLAINED.values(), NOT_LOADED}, "an explanation of nothing"
