"""Another site key for a home: the files of a rekey, each step such that a cut off one is ended by the next.

1. The successor lies in `site-key.next.pem`. 2. The chain names it. 3. The key before is kept in `former/`, for
tablets that can only be reset otherwise. 4. The successor takes its place.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from provision.agent.key_chain import FILE, KeyChain, load_key_chain, read_key_chain, write_key_chain
from provision.agent.offline_key import OfflineKey
from provision.agent.site_key import MOST_PEM_BYTES, NAME, SiteKey, make_pem, read_site_key
from provision.errors import HomeError
from provision.files import make_folder, move_durably, read_file, write_atomically

NEXT = "site-key.next.pem"
FORMER = "former"


def end_rekey(folder: Path) -> bool:
    """End a rekey that was cut off; returns whether there was one.

    Raises:
        HomeError: a file of it cannot be read or written.
    """
    chain = read_key_chain(folder / FILE)
    now = read_key_if_any(folder)
    if chain is None or (now is not None and chain.current == now.key_id) or not (folder / NEXT).exists():
        return False
    if read_site_key(folder / NEXT).key_id != chain.current:
        return False
    _put_in_place(folder, chain)
    return True


def replace_site_key(folder: Path, chain: KeyChain, offline_key: OfflineKey) -> SiteKey:
    """Put another site key, named by the offline key, in the place of the one before.

    The new key of a home that was made for a site whose key is lost, and was given its chain, becomes the successor
    itself; else one is made, also where the file of the key before is gone.

    Args:
        folder: the keys folder.
        chain: of the home, in which no rekey is left to end.

    Raises:
        HomeError: another offline key, or a file cannot be written; then the home is as before, or `end_rekey` ends it.
    """
    now = read_key_if_any(folder)
    if now is not None and chain.current != now.key_id:
        write_key_chain(folder, offline_key.name_successor(chain, now.key_id))
        return now
    pem, successor = make_pem()
    _begin(folder, pem, offline_key.name_successor(chain, successor.key_id))
    return read_site_key(folder / NAME)


def take_site_key(folder: Path, source: Path) -> SiteKey:
    """Take over the site key and the chain of another bench of the site.

    Args:
        folder: the keys folder of this bench.
        source: that of the other one, or a copy of it.

    Raises:
        HomeError: no offline key there, another site's or an older copy; or a bench without site key and offline key,
            of which nothing tells the site.
    """
    theirs, ours = read_key_chain(source / FILE), read_key_chain(folder / FILE)
    if theirs is None:
        raise HomeError(f"{source / FILE}: missing; name the keys folder of the bench that made the new site key")
    successor, now = read_site_key(source / NAME), read_key_if_any(folder)
    load_key_chain(source, successor.key_id)
    if now is None and ours is None:
        raise HomeError(f"{folder}: has neither {NAME} nor {FILE}, so nothing tells which site it is of. Put one back")
    _refuse_no_newer(source, theirs, ours, now)
    if now is not None and now.key_id == successor.key_id:
        write_key_chain(folder, theirs)
    else:
        _begin(folder, read_file(source / NAME, MOST_PEM_BYTES), theirs)
    return read_site_key(folder / NAME)


def has_same_keys(folder: Path, source: Path) -> bool:
    """Tell whether another keys folder has nothing that this one lacks.

    Raises:
        HomeError: a file of either cannot be read.
    """
    theirs, now = read_key_chain(source / FILE), read_key_if_any(folder)
    is_there = theirs is not None and theirs == read_key_chain(folder / FILE)
    return is_there and now is not None and now.key_id == read_site_key(source / NAME).key_id


def _refuse_no_newer(source: Path, theirs: KeyChain, ours: KeyChain | None, now: SiteKey | None) -> None:
    """Refuse keys that cannot follow this bench's, each for its own reason."""
    known = ours or replace(theirs, rekeys=())
    is_known = now is None or now.key_id in {*theirs.former, theirs.current}
    if known == replace(theirs, rekeys=theirs.rekeys[: known.counter]) and is_known:
        return
    if theirs == replace(known, rekeys=known.rekeys[: theirs.counter]):
        raise HomeError(
            f"{source}: an older copy of this site's keys, with {theirs.counter} replaced site keys where this bench "
            f"has {known.counter}. Name the keys folder of the bench that made the newest one"
        )
    here = "" if now is None else f"; this bench's site key is {now.key_id}"
    raise HomeError(f"{source}: keys of another site{here}")


def read_key_if_any(folder: Path) -> SiteKey | None:
    """The site key of a keys folder, None where its file is gone.

    Raises:
        HomeError: there is a file, and it is none that can be used.
    """
    return read_site_key(folder / NAME) if (folder / NAME).exists() else None


def _begin(folder: Path, pem: bytes, chain: KeyChain) -> None:
    try:
        write_atomically(folder / NEXT, pem, mode=0o600)
    except OSError as error:
        raise HomeError(f"{folder / NEXT}: the site key cannot be written: {error.strerror or error}") from error
    write_key_chain(folder, chain)
    _put_in_place(folder, chain)


def _put_in_place(folder: Path, chain: KeyChain) -> None:
    place = folder / FORMER / f"site-key-{chain.counter - 1}.pem"
    try:
        make_folder(place.parent, mode=0o700)
        if (folder / NAME).exists():
            write_atomically(place, read_file(folder / NAME, MOST_PEM_BYTES), mode=0o600)
        move_durably(folder / NEXT, folder / NAME)
    except OSError as error:
        raise HomeError(
            f"{folder / NAME}: the new site key cannot take its place: {error.strerror or error}; "
            "make room, then give `provision site rekey` again, which ends it"
        ) from error
