#!/usr/bin/env python3
"""Check a records folder of Provision on any computer: one file, Python 3.8 or later, no library.

Usage: python3 verify_record.py FOLDER [--key FILE|FINGERPRINT] [--checkpoint FILE] [--extract] [--lang fr|en]
Key (`key.json` as kept at `provision init`, or its fingerprint) and checkpoint must come from OUTSIDE.
Exit: 0 verified, 1 something is wrong, 2 cannot be judged, 3 intact but signer unknown.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import quopri
import re
import sys
from collections import Counter
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable, Collection, Dict, List, NamedTuple, Sequence, Tuple  # noqa: UP035 - Python 3.8

# One sentence a line: name, English, and French, which stands below where it is long.
TEXT = """
training | TRAINING: these records come from a training bench and prove nothing about a real tablet.
    | TRAINING (FORMATION) : procès-verbaux d'un poste de formation, sans valeur pour une vraie tablette.
home | Home: {kind}, origin {origin}, key {key} | Poste : {kind}, origine {origin}, clé {key}
record | {name}: {assetId}, {started}, {outcome}: {verdict} | {name} : {assetId}, {started}, {outcome} : {verdict}
sealed | sealed at {ended}: USB debugging was seen to close | scellée le {ended} : fermeture du débogage USB vue
open | NOT sealed ({reason}): debugging not seen to close | NON scellée ({reason}) : fermeture du débogage non vue
half | no second statement in this extract: where there is one, it may tell another end
    | pas de seconde déclaration dans cet extrait : s'il y en a une, elle peut dire une autre fin
gap | before it records were missing: --show tells which | avant lui il manquait des procès-verbaux : voir --show
ledger | Ledger: {size} statements, all there, root {root} | Registre : {size} déclarations, au complet, racine {root}
part | Extract: {count} of the ledger's {size} statements | Extrait : {count} des {size} déclarations du registre
kept | Kept checkpoint: its {size} statements are still there | Point conservé : ses {size} déclarations y sont toujours
cut-off | later records may be missing: give --checkpoint | de plus récents peuvent manquer : donnez --checkpoint
wrong | WRONG: {verdict} | FAUX : {verdict}
verified | VERIFIED: every record is as this home signed it, and none is missing from its ledger.
    | VÉRIFIÉ : chaque procès-verbal est tel que signé par ce poste, aucun ne manque au registre.
extract | EXTRACT VERIFIED: as signed, and in the ledger | EXTRAIT VÉRIFIÉ : tel que signé, et inscrit au registre
unknown | intact, signer unknown: give --key from elsewhere | intact, signataire inconnu : donnez --key, prise ailleurs
later | NOT JUDGED: {verdict} | NON JUGÉ : {verdict}
words | in order, but not known here: {what} | en ordre, mais inconnu ici : {what}
unjudged | NOT JUDGED: {count} record(s) of a later version: take its verifier
    | NON JUGÉ : {count} procès-verbal(aux) d'une version plus récente : prenez son vérificateur
faults | WRONG: {count} fault(s) found, see above. | FAUX : {count} défaut(s) trouvé(s), voir ci-dessus.
unreadable | cannot be judged: {what} | impossible à juger : {what}
not-key | --key {what}: neither a file nor 64 hexadecimal digits | --key {what} : ni fichier, ni 64 chiffres de 0 à f
not-checkpoint | --checkpoint {what}: not as a station prints it | --checkpoint {what} : autre que l'affiche une station
inside | {what} lies inside this folder: bring it from elsewhere | {what} est dans ce dossier : à prendre ailleurs
other-key | key.json is not the key you named, anybody may have signed all this (named {expected}, here {got})
    | key.json n'est pas la clé nommée, n'importe qui a pu tout signer (nommée {expected}, ici {got})
descriptor | key.json was changed after it was signed (now {claims}) | key.json modifié après signature (dit {claims})
form | changed: not in the exact form of a record ({what}) | modifié : pas la forme exacte d'un procès-verbal ({what})
signature | changed after it was signed: the signature does not fit | modifié après signature : elle ne correspond pas
exchanged | its statement was swapped with that of {other} | sa déclaration a été échangée avec celle de {other}
seal | its second statement is that of another record ({what}) | sa seconde déclaration est celle d'un autre ({what})
foreign | signed with another key than this home's ({got}) | signé avec une autre clé que celle de ce poste ({got})
kind | a {got} record shown in a {expected} home | un procès-verbal {got} présenté dans un poste {expected}
name | holds the statement of another run ({got}): swapped | contient la déclaration d'un autre ({got}) : échange
digest | signed by this home, but not the bytes in the ledger | signé par ce poste, mais pas les octets du registre
document | its document {what} was changed or removed | son document {what} a été modifié ou supprimé
copy | {what} was changed: delete it, a copy may be missing | {what} modifié : supprimez-le, une copie peut manquer
not-shown | --show {what}: no record of this folder | --show {what} : pas un procès-verbal de ce dossier
document-swapped | its document {what} holds document {other}: swapped | son document {what} contient {other} : échangés
contradicts | its own statements contradict each other ({what}) | ses propres déclarations se contredisent ({what})
time | its leaf names another time than its statement ({what}) | sa feuille dit une autre heure que la sienne ({what})
no-file | {what} is no regular file | {what} n'est pas un fichier ordinaire
large | {what} is larger than {most} bytes | {what} dépasse {most} octets
crowded | {what} holds more than {most} entries | {what} contient plus de {most} entrées
twice | {what} is recorded more than once | {what} est enregistré plus d'une fois
gone | {what} was removed: the ledger names it | {what} a été supprimé : le registre le nomme
unlisted | the ledger does not name it: added, or ledger cut | le registre ne le nomme pas : ajouté, ou registre coupé
cut | the ledger was cut: {got} leaves of the {expected} signed | registre coupé : {got} feuilles des {expected} signées
unsigned | the ledger has {got} leaves, {expected} signed: added by hand, or station killed and not restarted
    | le registre a {got} feuilles, {expected} signées : ajoutées à la main, ou station tuée, pas relancée
leaf | a leaf of the ledger was edited, moved or torn ({what}) | feuille du registre modifiée, déplacée, coupée ({what})
checkpoint | the {what} was changed, or is not of this home | {what} a été modifié, ou n'est pas de ce poste
older | cut back to an older state: {got} statements, {expected} kept | ramené à un état ancien : {got} sur {expected}
rewritten | history was rewritten: not the {expected} statements kept | histoire réécrite : pas les {expected} gardées
"""
SENTENCES = {name: (en, fr) for name, en, fr in re.findall(r"^(\S+) +\| (.+?)\s+\| (.+)$", TEXT, re.MULTILINE)}
STATEMENT, STATEMENT_TYPE = ("_type", "predicate", "predicateType", "subject"), "https://in-toto.io/Statement/v1"
TEST_TYPE = "https://in-toto.io/attestation/test-result/v0.1"
KEY_TYPE, SEAL_TYPE = "https://provision.invalid/home-key/v1", "https://provision.invalid/seal/v1"
RESULTS = {"done": "PASSED", "done-with-warnings": "WARNED"}
SEAL = ["assetId", "ended", "homeKind", "ordered", "outcome", "reason", "runId", "sealed", "seen", "version"]
PREDICATE = ["configuration", "failedTests", "passedTests", "provision", "result", "warnedTests"]
CONTROL = ["assurance", "control", "evidence", "observed", "required", "wanted"]
CONFIGURATION = ("site", "profile", "appset", "agent", "toolkit")
# The words of format version 1. Only reasons and controls grow: a record with a later one is neither right nor wrong.
LATER_REASON, LATER_CONTROL = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*"), re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
RANKS = {"enforced": 2, "set": 1, "unsupported": 0, "unknown": 0}
PROOFS = {"held": "passed", "broken": "failed", "not-proven": "warned", "not-tried": None}
OUTCOMES, ROADS = ("done", "done-with-warnings", "refused", "failed", "lost", "stopped"), ("agent", "shell")
WORDS = """
run: assetId changes controls deviations ended firstError homeKind outcome profile proofs reason road runId slot started
toolkitVersion version controls: apps.present apps.configured apps.removed maker.switches wifi.hospital
wifi.other_networks location.on screen.timeout clock.zone adb.authorisation safe_mode.closed settings.closed calls.alert
calls.volume radios.closed bluetooth.closed vpn.closed usb.closed updates.held kiosk.lock_task agent.owner calls.awake
in_task.closed calls.listener reasons: not-a-tablet model-unknown not-reset-accounts not-reset-users not-reset-files
foreign-owner other-site owner-unsupported owner-refused user-locked agent-unfit agent-too-old battery-low storage-low
release-too-old app-unfit wifi-shell-closed network-unsupported wifi-not-joined assurance-too-low oem-gate
install-refused app-other-signer app-conflict upload-damaged verifier-refused restart-needed read-back-differs
proof-failed answer-not-understood tablet-hung boot-incomplete tablet-gone adb-server-gone stopped-by-operator
bench-broken station-killed answer-cut guest-user local-account account-hidden files-unreadable records-missing
record-not-written deviations-left label-unsure debugging-open seal-not-seen verifier-unreachable developer-unverified
install-cancelled install-hung storage-faulty bench-file-wrong site-renamed key-not-made unexpected site-key-former
site-key-newer offline-key-other tablet-key-changed certificate-awaited certificate-unfit
"""
RUN_MEMBERS, CONTROLS, REASONS = (part.split() for part in re.split(r"\b\w+: ", WORDS)[1:])
TIME = re.compile(r"([1-9][0-9]{3})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z", re.ASCII)
ASSET_ID, RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}"), re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
ORIGIN, HEX = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,98}"), re.compile(r"[0-9a-f]{64}")
SIGNATURE_LINE = re.compile("\u2014 ([^\\s+]+) ([A-Za-z0-9+/=]+)")
LARGEST_LINE, LARGEST_FILE, LARGEST_LEDGER = 4 << 20, 16 << 20, 256 << 20
MOST_EXCHANGED = 16  # bundles with a wrong signature that are tried with each other's: a swap concerns two
MOST_ENTRIES, DEEPEST, LARGEST_INTEGER, PAYLOAD_TYPE = 200000, 64, 2**53 - 1, b"application/vnd.in-toto+json"
Digests = Dict[str, List[Tuple[str, str]]]  # noqa: UP006 - Python 3.8


class Fault(Exception):
    """One thing wrong; `key` names its sentence."""

    def __init__(self, key: str, **values: Any) -> None:  # noqa: ANN401 - told or compared
        self.key, self.values = key, values


class Home(NamedTuple):
    """Content of `key.json`."""

    kind: str
    origin: str
    public: bytes
    fingerprint: str


class Bundle(NamedTuple):
    """One bundle as far as it could be opened: what its statements say, and SHA-256 and time of each for its leaf."""

    name: str
    said: dict[str, Any]
    fault: Fault | None = None
    digests: Sequence[tuple[str, str]] = ()
    seal: dict[str, Any] | None = None


# Ed25519 verification, RFC 8032 section 5.1. A point is (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
Point = Tuple[int, int, int, int]  # noqa: UP006 - Python 3.8
D = -121665 * pow(121666, P - 2, P) % P


def _add(one: Point, two: Point) -> Point:
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


@lru_cache(maxsize=256)
def _decode_point(data: bytes) -> Point | None:
    """Return the point of 32 bytes; None when off the curve, not canonical, or of small order."""
    y = int.from_bytes(data, "little") & (1 << 255) - 1
    if len(data) != 32 or y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square or (x == 0 and data[31] & 128):
        return None
    x = P - x if x & 1 != data[31] >> 7 else x
    point = eight = (x, y, 1, x * y % P)
    for _ in range(3):
        eight = _add(eight, eight)
    return None if eight[0] == 0 and eight[1] == eight[2] else point


@lru_cache(maxsize=1024)  # a fault is looked at twice
def verify_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether `signature` is by `public` over `message`: [S]B = R + [k]A, nothing malleable accepted."""
    base, key, nonce = map(_decode_point, (bytes.fromhex("58" + "66" * 31), public, signature[:32]))
    scalar = int.from_bytes(signature[32:], "little")
    if base is None or key is None or nonce is None or len(signature) != 64 or scalar >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    minus = (P - key[0], key[1], 1, P - key[3])
    table: list[Point] = [(0, 1, 1, 0), base, minus, _add(base, minus)]
    total = table[0]
    for bit in range(252, -1, -1):
        total = _add(total, total)
        total = _add(total, table[(scalar >> bit & 1) + 2 * (challenge >> bit & 1)])
    return (total[0] - nonce[0] * total[2]) % P == 0 and (total[1] - nonce[1] * total[2]) % P == 0


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_file(path: Path, most: int = LARGEST_FILE) -> bytes:
    """Return the bytes of a regular file; what is none (a pipe would be waited for) or is larger is a fault."""
    if path.exists() and not path.is_file():
        raise Fault("no-file", what=path.name)
    with path.open("rb") as source:
        fits = os.fstat(source.fileno()).st_size <= most
        data = source.read(most + 1) if fits else b""
    if not fits or len(data) > most:
        raise Fault("large", what=path.name, most=most)
    return data


def strict_json(data: bytes) -> Any:  # noqa: ANN401 - JSON
    """Return the value of canonical JSON; any other spelling (spaces, order, a member twice) is a fault."""
    try:
        value = json.loads(data.decode("utf-8"), parse_float=int, parse_int=lambda text: int(text[:18]))
        _refuse_odd(value, 0)
        if _canonical(value) != data:
            raise Fault("form", what="JSON: not canonical")
    except (ValueError, RecursionError) as error:
        raise Fault("form", what=f"JSON: {type(error).__name__}") from error
    return value


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def _refuse_odd(value: object, depth: int) -> None:
    """Refuse what format version 1 does not know: other numbers, names that are not ASCII, depth without end."""
    if depth > DEEPEST or isinstance(value, float) or (isinstance(value, int) and abs(value) > LARGEST_INTEGER):
        raise ValueError("number or depth")
    if isinstance(value, dict) and not all(name.isascii() for name in value):
        raise ValueError("name")
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _refuse_odd(member, depth + 1)


def _members(value: object, names: Sequence[str]) -> dict[str, Any]:
    if not isinstance(value, dict) or sorted(value) != sorted(names):
        raise Fault("form", what=f"members, expected: {', '.join(names)}")
    return value


def _decode(text: object) -> bytes:
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except ValueError:
        data = b""
    if not data or base64.b64encode(data).decode() != text:
        raise Fault("form", what="base64")
    return data


def open_envelope(line: bytes) -> tuple[bytes, bytes, str, bytes]:
    """Return payload, the bytes that are signed (DSSE PAE), key id and signature of one envelope line."""
    if len(line) > LARGEST_LINE:
        raise Fault("large", what="line", most=LARGEST_LINE)
    if line.count(b"\n") != 1 or not line.endswith(b"\n"):
        raise Fault("form", what="expected exactly one line")
    envelope = _members(strict_json(line[:-1]), ("payload", "payloadType", "signatures"))
    signatures = envelope["signatures"]
    if envelope["payloadType"] != PAYLOAD_TYPE.decode() or not isinstance(signatures, list) or len(signatures) != 1:
        raise Fault("form", what="payloadType, signatures")
    signature = _members(signatures[0], ("keyid", "sig"))
    payload = _decode(envelope["payload"])
    signed = b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE, len(payload), payload)
    if not isinstance(signature["keyid"], str):
        raise Fault("form", what="keyid")
    return payload, signed, signature["keyid"], _decode(signature["sig"])


def read_home(data: bytes) -> Home:
    """Return what a key descriptor says, once its own key verified it."""
    said: dict[str, Any] = {"homeKind": "-"}
    try:
        payload, signed, keyid, signature = open_envelope(data)
        statement = _members(strict_json(payload), STATEMENT)
        said = _members(statement["predicate"], ("created", "homeKind", "origin", "publicKey"))
        public = _decode(said["publicKey"])
        right = _sha256(public) == keyid and verify_signature(public, signed, signature)
        _expect([right, statement["_type"], statement["predicateType"]], [True, STATEMENT_TYPE, KEY_TYPE], "types")
        _expect(statement["subject"], [{"name": said["origin"], "digest": {"sha256": keyid}}], "subject")
        _time(said["created"])
        _text(said["origin"], ORIGIN)
        _word(said["homeKind"], ("training", "ward"))
    except Fault as fault:
        raise Fault("descriptor", claims=said["homeKind"]) from fault
    return Home(said["homeKind"], said["origin"], public, keyid)


def read_checkpoint(data: bytes, home: Home, what: str) -> tuple[int, bytes]:
    """Return size and root of a C2SP checkpoint that the home signed; lines of witnesses are skipped."""
    text, _, tail = data.partition(b"\n\n")
    key_hash = hashlib.sha256(home.origin.encode() + b"\n\x01" + home.public).digest()[:4]
    ours = []
    try:
        origin, size, root = text.decode().split("\n")
        *lines, rest = tail.decode().split("\n")
        for name, value in [match.groups() for match in map(SIGNATURE_LINE.fullmatch, lines) if match]:
            signature = _decode(value)
            if (name, signature[:4]) == (home.origin, key_hash):
                ours.append(verify_signature(home.public, text + b"\n", signature[4:]))
        head = int(size), _decode(root)
    except (ValueError, Fault) as error:
        raise Fault("checkpoint", what=what) from error
    whole = not rest and all(map(SIGNATURE_LINE.fullmatch, lines)) and re.fullmatch("0|[1-9][0-9]{0,14}", size)
    if not whole or not ours or not all(ours) or origin != home.origin or len(head[1]) != 32:
        raise Fault("checkpoint", what=what)
    return head


def tree_root(entries: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash of RFC 6962 section 2.1 (zip drops an odd last node, kept below)."""
    level = [hashlib.sha256(b"\x00" + entry).digest() for entry in entries] or [hashlib.sha256(b"").digest()]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2])]  # noqa: B905
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def _climb(line: object, size: int, root: bytes) -> Any:  # noqa: ANN401 - JSON
    """Return the leaf of a proof of inclusion that leads to the root (RFC 9162 section 2.1.3.2)."""
    leaf, path = (_members(line, ("leaf", "path"))[name] for name in ("leaf", "path"))
    at, last = leaf.get("index") if isinstance(leaf, dict) else None, size - 1
    node = hashlib.sha256(b"\x00" + _canonical(leaf)).digest()
    for step in _texts(path):
        if type(at) is not int or not 0 <= at <= last or last == 0 or not HEX.fullmatch(step):
            raise Fault("leaf", what="path")
        left = at & 1 or at == last
        node = hashlib.sha256(b"\x01" + (bytes.fromhex(step) + node if left else node + bytes.fromhex(step))).digest()
        steps = (at & -at).bit_length() if left and at else 1
        at, last = at >> steps, last >> steps
    if (at, last, node) != (0, 0, root):
        raise Fault("leaf", what="path")
    return leaf


def read_leaves(data: bytes, head: tuple[int, bytes] | None = None) -> tuple[list[bytes], Digests]:
    """Return the entries, and the digests by bundle name: of its first statement, and both; `head`: of an extract."""
    *entries, rest = data.split(b"\n")
    digests: Digests = {}
    for index, entry in enumerate(entries):
        try:
            line = _climb(strict_json(entry), *head) if head else strict_json(entry)
            leaf = _members(line, ("bundle", "envelopes", "index", "sha256", "time"))
        except Fault as fault:
            raise Fault("leaf", what=f"#{index}") from fault
        texts = [leaf["bundle"], leaf["sha256"], leaf["time"]]
        count, at = leaf["envelopes"], leaf["index"]
        odd = type(count) is not int or type(at) is not int or not all(isinstance(text, str) for text in texts)
        if odd or (at != index and not head) or count not in (1, 2):
            raise Fault("leaf", what=f"#{index}")
        listed = digests.setdefault(texts[0], [])
        if count != len(listed) + 1:
            raise Fault("twice", what=texts[0]) if count <= len(listed) else Fault("leaf", what=f"#{index}")
        listed.append((texts[1], texts[2]))
    if rest or (head and not entries):
        raise Fault("leaf", what=f"#{len(entries)}")
    return entries, digests


def check_head(entries: Sequence[bytes], note: bytes, what: str, home: Home) -> dict[str, Any]:
    """Compare the ledger with a checkpoint: its own, or one kept outside that it must continue."""
    size, root = read_checkpoint(note, home, what)
    kept = what == "--checkpoint"
    if len(entries) < size:
        raise Fault("older" if kept else "cut", expected=size, got=len(entries))
    if tree_root(entries[:size]) != root:
        raise Fault("rewritten" if kept else "leaf", expected=size, what="root")
    if len(entries) > size and not kept:
        raise Fault("unsigned", expected=size, got=len(entries))
    return {"size": size, "root": base64.b64encode(root).decode()}


def open_bundle(path: Path, home: Home) -> Bundle:
    """Open one bundle as far as it goes: form, key, signature, content, and its second statement."""
    said: dict[str, Any] = {}
    try:
        data = read_file(path)
        first = data[: data.find(b"\n") + 1] or data
        statement = _open_statement(first, home)
        run = statement["predicate"].get("provision") if isinstance(statement["predicate"], dict) else None
        said = run if isinstance(run, dict) else {}
        _check_place(path, said, home)
        _check_statement(statement, said)
        for subject in statement["subject"]:
            _check_document(path.parent / "documents", subject["digest"]["sha256"])
        ends = [(_sha256(first), said["ended"])]
        if data == first:
            return Bundle(path.name, said, None, ends)
        seal = _check_seal(_open_statement(data[len(first) :], home), ends[0][0], said)
    except (Fault, OSError) as error:
        fault = error if isinstance(error, Fault) else Fault("form", what=error.strerror or "cannot be read")
        return Bundle(path.name, said, fault)
    return Bundle(path.name, said, None, [*ends, (_sha256(data), seal["ended"])], seal)


def _open_statement(line: bytes, home: Home) -> dict[str, Any]:
    payload, signed, keyid, signature = open_envelope(line)
    if keyid != home.fingerprint:
        raise Fault("foreign", got=keyid[:16])
    if not verify_signature(home.public, signed, signature):
        raise Fault("signature", signed=signed, signature=signature)
    return _members(strict_json(payload), STATEMENT)


def _expect(got: object, wanted: object, what: str) -> None:
    """Refuse what is not the very same JSON: to Python, true is 1."""
    if json.dumps(got, sort_keys=True) != json.dumps(wanted, sort_keys=True):
        raise Fault("form", what=what)


def _text(value: object, form: re.Pattern[str] | None = None) -> str:
    if not isinstance(value, str) or (form is not None and not form.fullmatch(value)):
        raise Fault("form", what=f"text, got {str(value)[:40]}")
    return value


def _texts(value: object) -> list[str]:
    if not isinstance(value, list):
        raise Fault("form", what="a list of texts")
    return [_text(each) for each in value]


def _word(value: object, known: Collection[str], later: re.Pattern[str] | None = None) -> str:
    if isinstance(value, str) and (value in known or (later and _is_later(value, known, later))):
        return value
    raise Fault("form", what=f"a word of the format, got {str(value)[:40]}")


def _is_later(value: object, known: Collection[str], form: re.Pattern[str]) -> bool:
    """Tell whether a word can only be one of a later version."""
    return isinstance(value, str) and value not in known and len(value) <= 64 and form.fullmatch(value) is not None


def find_later_words(said: dict[str, Any], seal: dict[str, Any] | None) -> list[str]:
    """Return the words of a record in order that only a later version knows."""
    reasons, rows = {said["reason"], (seal or said)["reason"]}, [*said["controls"], *said["proofs"]]
    later = {word for word in reasons if _is_later(word, REASONS, LATER_REASON)}
    return sorted(later | {row["control"] for row in rows if row["control"] not in CONTROLS})


def _time(value: object) -> str:
    """Return a time of the format; as they have one length, earlier ones are smaller."""
    parts = TIME.fullmatch(value) if isinstance(value, str) else None
    try:
        datetime(*map(int, parts.groups()) if parts else ())  # is there such a day?
    except (TypeError, ValueError) as error:
        raise Fault("form", what=f"a time, got {str(value)[:40]}") from error
    return str(value)


def _check_seal(statement: dict[str, Any], first: str, said: dict[str, Any]) -> dict[str, Any]:
    """Check a second statement against the first: what it names, its form, and that they do not contradict."""
    seal = _members(statement["predicate"], SEAL)
    subject = [{"name": "statement", "digest": {"sha256": first}}]
    if statement["subject"] != subject or any(seal[name] != said[name] for name in ("homeKind", "runId", "assetId")):
        raise Fault("seal", what=seal["runId"])
    types = [statement["_type"], statement["predicateType"], seal["version"], said.get("seal")]
    _expect(types, [STATEMENT_TYPE, SEAL_TYPE, 1, "debugging-closed"], str(seal["runId"]))
    outcome, sealed = _word(seal["outcome"], OUTCOMES), seal["sealed"]
    reason = None if seal["reason"] is None else _word(seal["reason"], REASONS, LATER_REASON)
    ordered = None if seal["ordered"] is None else _time(seal["ordered"])
    _texts(seal["seen"])
    if said["outcome"] not in RESULTS or not isinstance(sealed, bool) or (ordered or "") > _time(seal["ended"]):
        raise Fault("contradicts", what="seal")
    if sealed and (ordered is None or (outcome, reason) != (said["outcome"], said["reason"])):
        raise Fault("contradicts", what="sealed")
    if not sealed and (outcome == "done" or reason is None):
        raise Fault("contradicts", what=outcome)
    return seal


def _check_place(path: Path, said: dict[str, Any], home: Home) -> None:
    """Check that a statement stands in the home, and under the name, it is of."""
    if "homeKind" in said and said["homeKind"] != home.kind:
        raise Fault("kind", expected=home.kind, got=said["homeKind"])
    _members(said, [*RUN_MEMBERS, *(name for name in ("seal", "clock") if name in said)])
    _text(said["runId"], RUN_ID)
    stem = f"{_text(said['assetId'], ASSET_ID)}-{re.sub('[-:]', '', _time(said['started']))}"
    if not re.fullmatch(re.escape(stem) + r"(-[0-9]+)?\.intoto\.jsonl", path.name):
        raise Fault("name", got=stem)


def _check_statement(statement: dict[str, Any], said: dict[str, Any]) -> None:
    """Check every member of a statement, and that none contradicts another."""
    predicate, outcome = _members(statement["predicate"], PREDICATE), _word(said["outcome"], OUTCOMES)
    types = [statement["_type"], statement["predicateType"], said["version"], predicate["result"]]
    _expect(types, [STATEMENT_TYPE, TEST_TYPE, 1, RESULTS.get(outcome, "FAILED")], "types, result")
    _expect(said.get("seal", "debugging-closed"), "debugging-closed", "seal")
    _check_subjects(statement["subject"], ("identity", "observed-state"))
    _check_configuration(predicate["configuration"])
    _text(said["slot"])
    _time(said.get("clock", said["started"]))
    for name, known, later in (("reason", REASONS, LATER_REASON), ("road", ROADS, None)):
        _word(said[name], known, later) if said[name] is not None else None
    for name in ("firstError", "profile", "toolkitVersion"):
        _text(said[name]) if said[name] is not None else None
    _texts(said["changes"])
    tests = _list_tests(said["controls"], said["proofs"])
    for kind, names in tests.items():
        _expect(predicate[f"{kind}Tests"], names, f"{kind}Tests")
    wrong = [said["reason"], said["firstError"], *_texts(said["deviations"])]
    if outcome in RESULTS and tests["failed"]:
        raise Fault("contradicts", what=f"{outcome}, failed: {', '.join(tests['failed'])}")
    if (outcome == "done" and any(each is not None for each in wrong)) or (outcome != "done" and wrong[0] is None):
        raise Fault("contradicts", what=f"{outcome}, {said['reason']}")
    if _time(said["ended"]) < said["started"] and "clock" in said:  # without it both are by a clock that may be set
        raise Fault("contradicts", what=f"{said['started']} - {said['ended']}")


def _check_subjects(subject: object, names: Sequence[str]) -> None:
    if not isinstance(subject, list) or len(subject) != len(names):
        raise Fault("form", what="subject")
    for each, name in zip(subject, names):  # noqa: B905 - Python 3.8
        digest = _members(_members(each, ("digest", "name"))["digest"], ("sha256",))["sha256"]
        _expect(each["name"], name, "subject")
        _text(digest, HEX)


def _check_configuration(configuration: object) -> None:
    """Check that it is a list of some of the known parts, in their order."""
    given = configuration if isinstance(configuration, list) else [None]
    named = [_members(each, ("digest", "name"))["name"] for each in given]
    if named != [name for name in CONFIGURATION if name in named]:
        raise Fault("form", what="configuration")
    _check_subjects(given, named)


def _list_tests(controls: object, proofs: object) -> dict[str, list[str]]:
    """Return the names of passed, warned and failed tests that controls and proofs amount to."""
    tests: dict[str, list[str]] = {"passed": [], "warned": [], "failed": []}
    if not isinstance(controls, list) or not isinstance(proofs, list):
        raise Fault("form", what="controls, proofs")
    for each in controls:
        said, required = _members(each, CONTROL), each.get("required") if isinstance(each, dict) else None
        name, rank = _word(said["control"], CONTROLS, LATER_CONTROL), RANKS[_word(said["assurance"], RANKS)]
        least = RANKS[_word(required, RANKS)] if required is not None else 0
        _texts(said["evidence"])
        holds = _text(said["wanted"]) == _text(said["observed"]) and rank >= (least or 1)
        tests["passed" if holds else "failed" if least else "warned"].append(f"control:{name}")
    for each in proofs:
        said = _members(each, ("control", "detail", "name", "result"))
        _word(said["control"], CONTROLS, LATER_CONTROL)
        _text(said["detail"])
        verdict, name = PROOFS[_word(said["result"], PROOFS)], _text(said["name"])
        if verdict:
            tests[verdict].append(f"proof:{name}")
    return tests


def _check_document(folder: Path, digest: str) -> None:
    document = folder / f"{digest}.json"
    data = read_file(document) if document.exists() else b""
    got = _sha256(data) if document.exists() else ""
    if got != digest:
        swapped = document.with_name(f"{got}.json").is_file()
        raise Fault("document-swapped" if swapped else "document", what=digest[:16], other=got[:16])
    if not isinstance(strict_json(data), dict):
        raise Fault("form", what=document.name)


def find_exchanged(bundles: Sequence[Bundle], home: Home) -> dict[str, str]:
    """Return, by name, whose statement stands with which bundle's signature; of many wrong ones none is looked for."""
    wrong = [(each.name, each.fault.values) for each in bundles if each.fault and each.fault.key == "signature"]
    return {
        mine: other
        for mine, values in (wrong if len(wrong) <= MOST_EXCHANGED else ())
        for other, others in wrong
        if mine != other and verify_signature(home.public, others["signed"], values["signature"])
    }


def judge(bundle: Bundle, runs: Counter[str], digests: Digests | None) -> Fault | None:
    """Return the fault of one bundle in sight of all runs and of the ledger (None: unreadable)."""
    if bundle.fault or digests is None:
        return bundle.fault
    if runs[bundle.said["runId"]] > 1:
        return Fault("twice", what=bundle.said["runId"])
    named = digests.get(bundle.name, [])
    if [digest for digest, _ in named] == [digest for digest, _ in bundle.digests] and named != list(bundle.digests):
        return Fault("time", what=", ".join(time for _, time in named))
    more = (len(named) > len(bundle.digests)) - (len(named) < len(bundle.digests))
    key = ("digest", "gone", "unlisted")[more]
    words = ", ".join(find_later_words(bundle.said, bundle.seal))
    later = Fault("words", what=words) if words else None
    return later if named == list(bundle.digests) else Fault(key, what=f"{bundle.name}#2")


def _put(line: str) -> None:
    """Print a line; a closed pipe, a full disk or a terminal without the letter changes no verdict."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        print(line.encode(encoding, "replace").decode(encoding), flush=True)  # noqa: T201
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Report:
    """Prints sentences in one language and counts faults."""

    def __init__(self, lang: str, extract: object = None) -> None:
        self._column, self.faults, self.unjudged, self.extract = ("en", "fr").index(lang), 0, 0, extract

    def text(self, sentence: str, **values: object) -> str:
        """Return a sentence; control characters of foreign values are shown, never sent to the terminal."""
        shown = {name: "".join(c if c.isprintable() else repr(c) for c in str(v)) for name, v in values.items()}
        return str(SENTENCES[sentence][self._column].format(**shown))

    def say(self, sentence: str, **values: object) -> None:
        """Print a sentence."""
        _put(self.text(sentence, **values))

    def verdict(self, fault: Fault | None) -> str:
        """Return the sentence of a fault and count it, or a word that is the same in both languages."""
        later = fault is not None and fault.key == "words"
        self.faults, self.unjudged = self.faults + (fault is not None and not later), self.unjudged + later
        told = self.text(fault.key, **fault.values) if fault else ""
        return self.text("later" if later else "wrong", verdict=told) if fault else "intact"

    def tell(self, bundle: Bundle, fault: Fault | None) -> None:
        """Print one bundle: the verdict, and what its second statement says."""
        seal: dict[str, Any] = bundle.seal or {"reason": "-"}
        said = {name: {**bundle.said, **seal}.get(name, "-") for name in ("assetId", "started", "outcome")}
        self.say("record", name=bundle.name, verdict=self.verdict(fault), **said)
        if bundle.said.get("reason") == "records-missing" and not fault:
            self.say("gap")
        if "seal" in bundle.said and not fault:
            cut = bundle.seal is None and self.extract
            self.say("sealed" if seal.get("sealed") is True else "half" if cut else "open", **seal)

    def blame(self, fault: Fault) -> None:
        """Print a fault and count it."""
        _put(self.verdict(fault))

    def attempt(self, check: Callable[..., Any], *given: object) -> Any:  # noqa: ANN401 - of any check
        """Return what `check` returns; where it finds a fault, blame that and return None."""
        try:
            return check(*given)
        except Fault as fault:
            self.blame(fault)
            return None


def check_folder(folder: Path, key: str | None, kept: bytes | None, report: Report, shown: str | None = None) -> int:
    """Check everything, print it, then all of the record `shown` where it is right, and return the exit status."""
    home = report.attempt(lambda: read_home(read_file(folder / "key.json")))
    if home:
        if home.kind == "training":
            report.say("training")
        report.say("home", kind=home.kind, origin=home.origin, key=re.sub("(.{8})(?=.)", r"\1 ", home.fingerprint))
        if key in (None, home.fingerprint):
            judged = _check_records(folder, home, kept, report)
        else:
            report.blame(Fault("other-key", expected=str(key)[:16], got=home.fingerprint[:16]))
    if report.faults:
        report.say("faults", count=report.faults)
        return 1
    if shown is not None:
        _show(folder, Path(shown).name, judged)
    if kept is None and not report.extract:
        report.say("cut-off")
    if report.unjudged:
        report.say("unjudged", count=report.unjudged)
        return 2
    report.say(("extract" if report.extract else "verified") if key else "unknown")
    return 0 if key else 3


def _show(folder: Path, name: str, judged: dict[str, str]) -> None:
    """Print all that a record says which was judged right; each part by the digest that is signed, of its own place."""
    data = read_file(folder / name) if name in judged else b""
    if _sha256(data) != judged.get(name):
        raise Fault("not-shown", what=name)
    for line in data.splitlines(keepends=True):
        statement = strict_json(open_envelope(line)[0])
        named = {"documents": statement["subject"], "configuration": statement["predicate"].get("configuration", ())}
        files = [folder / place / f"{one['digest']['sha256']}.json" for place in named for one in named[place]]
        there = [(file.stem, read_file(file)) for file in files if file.is_file()]
        for part in (statement, *(json.loads(part) for digest, part in there if _sha256(part) == digest)):
            _put(json.dumps(part, indent=1))  # in ASCII: no control character of a foreign value


def _check_records(folder: Path, home: Home, kept: bytes | None, report: Report) -> dict[str, str]:
    """Check all records; return the SHA-256 of each bundle by name."""
    names = ("inclusion.jsonl" if report.extract else "leaves.jsonl", "checkpoint")
    paths = [folder / "ledger" / name for name in names]
    leaves, own = (report.attempt(read_file, path, LARGEST_LEDGER) or b"" if path.exists() else b"" for path in paths)
    signed = report.attempt(read_checkpoint, own, home, "ledger/checkpoint") if report.extract else None
    entries, digests = report.attempt(read_leaves, leaves, signed) or (None, None)
    report.attempt(_check_copies, folder / "configuration")
    bundles = [open_bundle(path, home) for path in report.attempt(list_bundles, folder) or ()]
    exchanged = find_exchanged(bundles, home)
    runs = Counter(bundle.said["runId"] for bundle in bundles if not bundle.fault)
    for bundle in bundles:
        other = exchanged.get(bundle.name)
        report.tell(bundle, Fault("exchanged", other=other) if other else judge(bundle, runs, digests))
    for name in sorted(set(digests or ()) - {bundle.name for bundle in bundles}):
        report.blame(Fault("gone", what=name))
    if signed and entries is not None:
        report.say("part", count=len(entries), size=signed[0])
    for sentence, what, note in (("ledger", "ledger/checkpoint", own), ("kept", "--checkpoint", kept)):
        known = None not in (entries, note) and not report.extract
        if known and (head := report.attempt(check_head, entries, note, what, home)):
            report.say(sentence, **head)
    return {bundle.name: bundle.digests[-1][0] for bundle in bundles if bundle.digests}


def _check_copies(folder: Path) -> None:
    """Check that each copy of a configuration has the bytes its name says; other files there are nobody's."""
    for name in sorted(path.name for path in folder.iterdir()) if folder.exists() else ():
        if re.fullmatch(r"[0-9a-f]{64}\.json", name) and name != f"{_sha256(read_file(folder / name))}.json":
            raise Fault("copy", what=f"configuration/{name}")


def list_bundles(folder: Path) -> list[Path]:
    """Return the bundles of a folder by name; one with more entries than any bench makes is a fault."""
    with os.scandir(folder) as entries:
        names = [entry.name for _, entry in zip(range(MOST_ENTRIES + 1), entries)]  # noqa: B905 - Python 3.8
    if len(names) > MOST_ENTRIES:
        raise Fault("crowded", what=folder.name, most=MOST_ENTRIES)
    return [folder / name for name in sorted(names) if name.endswith(".intoto.jsonl") and name[0] != "."]  # `._A-0042…`


def _outside(folder: Path, name: str) -> bytes:
    if folder.resolve() in Path(name).resolve().parents:
        raise Fault("inside", what=name)
    return read_file(Path(name))


def read_kept(folder: Path, name: str) -> bytes:
    """Return a checkpoint as it was printed, out of a file as people keep one; what is signed is judged later."""
    note = mend_checkpoint(_outside(folder, name))
    if note is None:
        raise Fault("not-checkpoint", what=name)
    return note


def mend_checkpoint(data: bytes) -> bytes | None:
    """Return the note that a person's file holds, as it was printed; None where it holds none."""
    data = quopri.decodestring(data) if b"=E2=80=94" in data else data  # a mail
    if data[:2] not in (b"\xff\xfe", b"\xfe\xff") and data[:99].count(b"\0") > 33:  # UTF-16 without its mark
        data = (b"\xfe\xff" if data[:1] == b"\0" else b"\xff\xfe") + data
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    text = re.sub("[\0\x1a\u200b\ufeff]", "", re.sub("\u2014|&mdash;", "\u2014 ", text))
    told = list(filter(None, (line.strip(" \t>|`\u00a0") for line in re.split("[\r\n\x0b\x85\u2028]", text))))
    end = told.index("--", 4) if "--" in told[4:] else None  # of a mail
    head, words = told[:3], " ".join(told[3:end]).split()
    dashes = [at for at, word in enumerate(words) if not re.fullmatch("[A-Za-z0-9+/=]+|.{4,}", word)]
    signatures = ""
    for at, end in zip(dashes, [*dashes[1:], len(words)]):  # noqa: B905 - Python 3.8
        signatures += f"\u2014 {''.join(words[at + 1 : at + 2])} {''.join(words[at + 2 : end])}\n"
    if dashes[:1] != [0] or not re.fullmatch("(?:\u2014 \\S+ [A-Za-z0-9+/=]+\n)+", signatures):
        return None
    return "\n".join([*head, "", signatures]).encode() if re.fullmatch("[0-9]+", head[1]) else None


def fingerprint_of(folder: Path, named: str) -> str:
    """Return the fingerprint that `--key` names: a descriptor, a file with the digits, or the digits."""
    data = _outside(folder, named) if Path(named).exists() else named.encode()
    if data.startswith(b"{"):
        return read_home(data).fingerprint
    digits = re.sub(r"\s", "", data.decode(errors="replace")).lower()
    if not re.fullmatch("[0-9a-f]{64}", digits):
        raise Fault("not-key", what=named)
    return digits


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="verify_record.py", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="records of a bench, with its key.json")
    parser.add_argument("--key", metavar="FILE|FINGERPRINT", help="from OUTSIDE the folder: key.json, or 64 digits")
    against = parser.add_mutually_exclusive_group()  # an extract proves against its own
    against.add_argument("--checkpoint", metavar="FILE", help="as the station printed it, kept OUTSIDE the folder")
    parser.add_argument("--show", metavar="RECORD", help="print all that this one says: A-0042-....intoto.jsonl")
    against.add_argument("--extract", action="store_true", help="FOLDER is out of `record export`: of one tablet alone")
    parser.add_argument("--lang", "--language", choices=("en", "fr"), default="en")
    given = parser.parse_args(argv)
    report = Report(given.lang, given.extract)
    try:
        key = fingerprint_of(given.folder, given.key) if given.key else None
        kept = read_kept(given.folder, given.checkpoint) if given.checkpoint is not None else None
        return check_folder(given.folder, key, kept, report, given.show)
    except (OSError, ValueError, RuntimeError, Fault) as error:  # RuntimeError: a link to itself, to Python 3.12
        named = getattr(error, "filename", error)
        what = report.text(error.key, **error.values) if isinstance(error, Fault) else named
        if sys.stderr is not None:
            sys.stderr.write(report.text("unreadable", what=what) + "\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
