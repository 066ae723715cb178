"""One house for the tests that only look at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.console.console_bed import House, open_house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with a console."""
    with open_house(tmp_path_factory.mktemp("console")) as made:
        yield made
