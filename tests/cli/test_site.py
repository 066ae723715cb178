"""`provision site` and `provision init --offline-key`: what they write, say, and refuse."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from provision.agent.key_chain import FILE, load_key_chain
from provision.agent.site_key import load_site_key
from provision.agent.wipe_word import WipeWord, find_standing_word, load_wipe_word
from provision.cli.check import check
from provision.cli.init import init
from provision.cli.site import site
from provision.doctor.home import examine_home
from provision.errors import HomeError
from provision.home.create import Details, create_home
from provision.terms import HomeKind
from tests.cli.descriptors import pipe

PASSPHRASE = b"a passphrase that nobody guesses"


def call(home: Path, *words: str, passphrase: bytes = PASSPHRASE) -> Result:
    """`provision site ...`, the passphrase on a pipe where the command takes one."""
    with pipe(passphrase) as number:
        fd = () if words[0] == "show" else ("--passphrase-fd", number)
        return CliRunner().invoke(site, [*words, *fd, "--home", str(home)])


def make_home(folder: Path) -> Path:
    create_home(folder / "home", HomeKind.TRAINING, 1, Details(name="CHU"))
    return folder / "home"


def test_an_offline_key_is_made_shown_and_replaces_the_site_key(tmp_path: Path) -> None:
    home, file = make_home(tmp_path), tmp_path / "offline.pem"
    before = load_site_key(home / "keys").key_id
    assert "no offline key" in call(home, "show").output
    made = call(home, "offline-key", str(file))
    assert made.exit_code == 0, made.output
    chain = load_key_chain(home / "keys", before)
    assert chain is not None
    assert chain.offline_id in made.output

    replaced = call(home, "rekey", "--offline-key", str(file), "--yes")
    assert replaced.exit_code == 0, replaced.output
    now = load_site_key(home / "keys").key_id
    shown = call(home, "show").output
    assert f"--site-key {now} --offline-key {chain.offline_id} --rekeys 1" in shown
    assert f"it replaced {before} (number 1)" in shown
    for said in (made.output, replaced.output, shown):
        assert PASSPHRASE.decode() not in said


def test_a_wipe_takes_the_offline_keys_word_for_these_days_and_this_site_key(tmp_path: Path) -> None:
    home, file = make_home(tmp_path), tmp_path / "offline.pem"
    words = ("wipe", "--days", "14", "--offline-key", str(file))
    assert call(home, "offline-key", str(file)).exit_code == 0

    def load(days: int | None) -> WipeWord | None:
        key = load_site_key(home / "keys").key_id
        return load_wipe_word(home / "keys", key, load_key_chain(home / "keys", key), days)

    assert load(None) is None
    with pytest.raises(HomeError, match=r"missing.*site wipe --days 14"):
        load(14)
    allowed = call(home, *words)
    assert allowed.exit_code == 0, allowed.output
    word = load(14)
    assert word is not None
    assert word.make_policy()["days"] == 14
    with pytest.raises(HomeError, match=r"allowed 14 days .* site\.yaml says 30"):
        load(30)
    assert call(home, "rekey", "--offline-key", str(file), "--yes").exit_code == 0
    with pytest.raises(HomeError, match="site wipe --days 14"):
        load(14)
    assert call(home, *words).exit_code == 0
    assert load(14) is not None
    key = load_site_key(home / "keys").key_id
    assert [find_standing_word(home / "keys", key, days) is not None for days in (None, 14)] == [True, False]
    assert find_standing_word(home / "keys", "0" * 64, None) is None
    checked = CliRunner().invoke(check, ["--home", str(home)])
    assert (checked.exit_code, "word for 14 days still holds" in checked.stderr) == (0, True), checked.output
    found = examine_home(home, datetime.now(UTC))[0]
    assert [one.values["days"] for one in found if one.key == "home.wipe-stands"] == [14]
    assert call(home, "rekey", "--offline-key", str(file), "--yes").exit_code == 0
    assert "still holds" not in CliRunner().invoke(check, ["--home", str(home)]).stderr
    assert call(home, *words).exit_code == 0
    place = home / "keys" / "wipe.json"
    place.write_text(place.read_text().replace(":14", ":15"))
    with pytest.raises(HomeError, match="signed"):
        load(15)
    shutil.copy(home / "keys" / "offline-key.json", tmp_path)
    (home / "keys" / "offline-key.json").unlink()
    with pytest.raises(HomeError, match="needs an offline key"):
        load(14)
    assert "no offline key" in str(call(home, *words).exception)


def test_days_that_no_tablet_takes_are_refused_before_the_passphrase(tmp_path: Path) -> None:
    home, file = make_home(tmp_path), tmp_path / "offline.pem"
    assert call(home, "offline-key", str(file)).exit_code == 0
    for days in ("6", "61", "x"):
        assert call(home, "wipe", "--days", days, "--offline-key", str(file)).exit_code == 2
    assert not (home / "keys" / "wipe.json").exists()


@pytest.mark.parametrize(
    ("words", "passphrase", "error"),
    [
        (("offline-key", "{tmp}/home/offline.pem"), PASSPHRASE, "outside"),
        (("offline-key", "{tmp}/none/offline.pem"), PASSPHRASE, "no such folder"),
        (("offline-key", "{tmp}/offline.pem"), b"short\n", "expected 12 to 1023 bytes"),
        (("rekey", "--offline-key", "{tmp}/home/site.yaml", "--yes"), PASSPHRASE, "no offline key"),
        (("rekey", "--take", "{tmp}", "--yes"), PASSPHRASE, "missing"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    words: tuple[str, ...], passphrase: bytes, error: str, tmp_path: Path
) -> None:
    home = make_home(tmp_path)
    before = sorted(file.name for file in (home / "keys").iterdir())
    result = call(home, *(word.format(tmp=tmp_path) for word in words), passphrase=passphrase)
    assert isinstance(result.exception, HomeError)
    assert error in str(result.exception)
    assert sorted(file.name for file in (home / "keys").iterdir()) == before
    assert not (tmp_path / "offline.pem").exists()


def test_a_site_has_one_offline_key(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    assert call(home, "offline-key", str(tmp_path / "one.pem")).exit_code == 0
    again = call(home, "offline-key", str(tmp_path / "two.pem"))
    assert "has the offline key" in str(again.exception)
    assert not (tmp_path / "two.pem").exists()


def test_nobody_at_a_terminal_is_told_how_to_give_the_passphrase(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    result = CliRunner().invoke(site, ["offline-key", str(tmp_path / "o.pem"), "--home", str(home)])
    assert "--passphrase-fd" in str(result.exception)
    result = CliRunner().invoke(
        site, ["offline-key", str(tmp_path / "o.pem"), "--home", str(home), "--passphrase-fd", "987"]
    )
    assert "cannot be read" in str(result.exception)
    words = ["offline-key", str(tmp_path / "o.pem"), "--home", str(home), "--passphrase-fd", str(2**31)]
    assert CliRunner().invoke(site, words).exit_code == 2


def test_a_plan_that_is_not_wanted_replaces_nothing(tmp_path: Path) -> None:
    home, file = make_home(tmp_path), tmp_path / "offline.pem"
    assert call(home, "offline-key", str(file)).exit_code == 0
    before = load_site_key(home / "keys").key_id
    with pipe(PASSPHRASE) as number:
        words = ["rekey", "--offline-key", str(file), "--passphrase-fd", number, "--home", str(home)]
        result = CliRunner().invoke(site, words, input="no\n")
    assert result.exit_code == 1
    assert "will be replaced" in result.output
    assert load_site_key(home / "keys").key_id == before


def test_a_new_site_has_its_offline_key_from_the_start_and_its_second_bench_knows_it(tmp_path: Path) -> None:
    home, second = tmp_path / "ward", tmp_path / "second"
    with pipe(PASSPHRASE + b"\n") as number:
        words = [str(home), "--name", "CHU", "--ssid", "X", "--offline-key", str(tmp_path / "o.pem")]
        made = CliRunner().invoke(init, [*words, "--passphrase-fd", number])
    assert made.exit_code == 0, made.output
    assert (tmp_path / "o.pem").stat().st_mode & 0o777 == 0o600
    key = str(home / "keys/site-key.pem")
    assert CliRunner().invoke(init, [str(second), "--prefix", "B", "--site-key", key]).exit_code == 0
    assert (second / "keys" / FILE).read_bytes() == (home / "keys" / FILE).read_bytes()
    clash = CliRunner().invoke(init, [str(tmp_path / "c"), "--site-key", key, "--offline-key", str(tmp_path / "p.pem")])
    assert clash.exit_code == 2
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("typed", [b"short\n", b"", b"x" * 2000], ids=len)
def test_a_home_whose_offline_key_cannot_be_made_is_not_begun(typed: bytes, tmp_path: Path) -> None:
    with pipe(typed) as number:
        words = [str(tmp_path / "ward"), "--offline-key", str(tmp_path / "o.pem"), "--passphrase-fd", number]
        made = CliRunner().invoke(init, words)
    assert isinstance(made.exception, HomeError)
    assert list(tmp_path.iterdir()) == []


def test_an_offline_key_that_the_home_cannot_keep_is_taken_away(tmp_path: Path) -> None:
    home, file = make_home(tmp_path), tmp_path / "offline.pem"
    (home / "keys" / f".{FILE}.unfinished").mkdir()
    made = call(home, "offline-key", str(file))
    assert isinstance(made.exception, HomeError)
    assert not file.exists()


def test_a_missing_site_key_gets_a_successor_by_one_command(tmp_path: Path) -> None:
    home, file = make_home(tmp_path), tmp_path / "offline.pem"
    assert call(home, "offline-key", str(file)).exit_code == 0
    (home / "keys/site-key.pem").unlink()
    shown = call(home, "show")
    assert isinstance(shown.exception, HomeError)
    assert "provision site rekey --offline-key FILE" in str(shown.exception)
    replaced = call(home, "rekey", "--offline-key", str(file), "--yes")
    assert replaced.exit_code == 0, replaced.output
    assert "is missing here" in replaced.output
    assert load_site_key(home / "keys").key_id in call(home, "show").output


def test_keys_that_are_here_already_are_no_replacement(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    assert call(home, "offline-key", str(tmp_path / "o.pem")).exit_code == 0
    copy = shutil.copytree(home / "keys", tmp_path / "copy")
    told = call(home, "rekey", "--take", str(copy), "--yes")
    assert told.exit_code == 0
    assert "nothing was changed" in told.output
    assert "in force" not in told.output
