"""What `provision bench simulate` says: a day in hours and minutes, its bottleneck, what one more of a thing buys."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from provision.cli.main import cli

TIME = r"(?:\d+ h \d\d|\d+) min"
SAYS = {
    "en": rf"Tablets 150, slots 28, hubs 4, people 2: {TIME}\n[\s\S]*The bottleneck: people\.\n",
    "fr": rf"Tablettes 150, places 28, hubs 4, personnes 2\s: {TIME}\n[\s\S]*Ce qui limite\s: personnes\.\n",
}


@pytest.mark.parametrize("language", SAYS)
def test_a_day_is_told_in_hours_and_minutes(language: str) -> None:
    words = f"bench simulate --tablets 150 --slots 28 --people 2 --language {language}"
    said = CliRunner().invoke(cli, words.split(), catch_exceptions=False)
    assert said.exit_code == 0
    assert re.match(SAYS[language], said.output)
    assert len(re.findall(rf": {TIME} \(\d+ min", said.output)) == 3
