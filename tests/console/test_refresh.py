"""What a running console brings in beside a station: with the home's files of now, and what is there already first."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from provision.cli.console import make_refresh
from provision.cli.house import House, open_house
from provision.errors import ConfigurationError
from provision.home.folder import load_home
from provision.register.sql.database import RegisterDatabase
from provision.register.sql.merging import Merged, merge
from provision.register.sql.opening import open_local
from provision.register.sql.register import Register
from provision.register.sql.ward_rows import find_words
from provision.texts.language import Language
from tests.cli.ward_home import make_ward_home


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_ward_home(tmp_path_factory.mktemp("refresh"))


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "home"))


def edit_site(home: Path, old: str, new: str) -> None:
    site = home / "site.yaml"
    site.write_text(site.read_text("utf-8").replace(old, new), "utf-8")


def dump(house: House) -> bytes:
    return b"".join(house.register.dump())


def find_hotline(house: House) -> str | None:
    """What was told last of the hotline of a ward."""
    told = house.register.local.read(partial(find_words, bench=house.register.bench)).newest["cardio-2"]
    return None if told is None else told.hotline


def test_an_edit_of_the_site_is_told_and_never_taken_back(home: Path) -> None:
    with open_house(home, Language.EN) as house:
        refresh = make_refresh(house)
        edit_site(home, "4242", "4343")
        house.register.tell_wards(load_home(home).site.wards)  # as the station or a command does
        before = dump(house)
        assert refresh()
        assert dump(house) == before
        edit_site(home, "4343", "4444")
        assert refresh()
        assert find_hotline(house) == "4444"


def test_a_faulty_file_lets_news_be_missing_and_tells_nothing(home: Path) -> None:
    with open_house(home, Language.EN) as house:
        before, refresh = dump(house), make_refresh(house)
        edit_site(home, "colour: green", "colour: nocolour")
        with pytest.raises(ConfigurationError):
            refresh()
        assert dump(house) == before


@dataclass
class Sharing(Register):
    """A register that shares with a database of this computer."""

    there: RegisterDatabase | None = None

    def sync(self) -> tuple[Merged, Merged]:
        """See `Register`."""
        assert self.there is not None
        return merge(self.local, self.there), merge(self.there, self.local)


def share(house: House, there: RegisterDatabase) -> House:
    own = house.register
    return replace(house, register=Sharing(own.local, None, own.bench, own.prefix, own.writer, there=there))


def test_a_register_put_back_from_a_copy_gets_what_it_told_before_more_is_told(home: Path, tmp_path: Path) -> None:
    file = home / "state/register.sqlite"
    (tmp_path / "shared/state").mkdir(parents=True)
    with closing(open_local(tmp_path / "shared")) as there:
        with open_house(home, Language.EN) as house:
            assert share(house, there).sync()
        copy = shutil.copy(file, tmp_path / "copy")
        edit_site(home, "4242", "4343")
        with open_house(home, Language.EN) as house:
            assert share(house, there).sync()
        shutil.copy(copy, file)
        edit_site(home, "4343", "4444")
        with open_house(home, Language.EN, fresh=False) as house:
            assert make_refresh(share(house, there))()
            assert find_hotline(house) == "4444"
