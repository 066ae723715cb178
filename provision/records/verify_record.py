#!/usr/bin/env python3
"""Check a records folder of Provision on any computer: one file, Python 3.8 or later, no library.

Usage: python3 verify_record.py FOLDER [--key FILE|FINGERPRINT] [--checkpoint FILE] [--lang fr|en]
Key (`key.json` as kept at `provision init`, or its fingerprint) and checkpoint must come from OUTSIDE.
Exit: 0 verified, 1 something is wrong, 2 wrong usage or unreadable, 3 intact but signer unknown.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Sequence, Tuple  # noqa: UP035 - Python 3.8

# One sentence a line: name, English, and French, which stands below where it is long.
TEXT = """
training | TRAINING: these records come from a training bench and prove nothing about a real tablet.
    | TRAINING (FORMATION) : procès-verbaux d'un poste de formation, sans valeur pour une vraie tablette.
home | Home: {kind}, origin {origin}, key {key} | Poste : {kind}, origine {origin}, clé {key}
record | {name}: {assetId}, {started}, {outcome}: {verdict} | {name} : {assetId}, {started}, {outcome} : {verdict}
sealed | sealed at {ended}: USB debugging was seen to close | scellée le {ended} : fermeture du débogage USB vue
open | NOT sealed ({reason}): debugging not seen to close | NON scellée ({reason}) : fermeture du débogage non vue
ledger | Ledger: {size} statements, all there, root {root} | Registre : {size} déclarations, au complet, racine {root}
kept | Kept checkpoint: its {size} statements are still there | Point conservé : ses {size} déclarations y sont toujours
wrong | WRONG: {verdict} | FAUX : {verdict}
verified | VERIFIED: every record is as this home signed it, and none is missing from its ledger.
    | VÉRIFIÉ : chaque procès-verbal est tel que signé par ce poste, aucun ne manque au registre.
unknown | intact, signer unknown: give --key from elsewhere | intact, signataire inconnu : donnez --key, prise ailleurs
faults | WRONG: {count} fault(s) found, see above. | FAUX : {count} défaut(s) trouvé(s), voir ci-dessus.
unreadable | cannot be judged: {what} | impossible à juger : {what}
not-key | --key {what}: neither a file nor 64 hexadecimal digits | --key {what} : ni fichier, ni 64 chiffres de 0 à f
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
document-swapped | its document {what} holds document {other}: swapped | son document {what} contient {other} : échangés
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
STATEMENT = ("_type", "predicate", "predicateType", "subject")
TYPES = ["https://in-toto.io/Statement/v1", "https://in-toto.io/attestation/test-result/v0.1", 1]
RESULTS = {"done": "PASSED", "done-with-warnings": "WARNED"}
SEAL_TYPES = [TYPES[0], "https://provision.invalid/seal/v1", 1, "debugging-closed", True]
SEAL = ["assetId", "ended", "homeKind", "ordered", "outcome", "reason", "runId", "sealed", "seen", "version"]
PAYLOAD_TYPE = b"application/vnd.in-toto+json"
Digests = Dict[str, List[str]]  # noqa: UP006 - Python 3.8


class Fault(Exception):
    """One thing wrong; `key` names its sentence."""

    def __init__(self, key: str, **values: Any) -> None:  # noqa: ANN401 - told or compared
        self.key, self.values = key, values


class Home(NamedTuple):
    """What `key.json` says."""

    kind: str
    origin: str
    public: bytes
    fingerprint: str


class Bundle(NamedTuple):
    """One bundle as far as it could be opened; `said` is our part of its statement, `seal` the second one's."""

    name: str
    said: dict[str, Any]
    fault: Fault | None = None
    digests: Sequence[str] = ()
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


def strict_json(data: bytes) -> Any:  # noqa: ANN401 - JSON
    """Return the value of canonical JSON; any other spelling (spaces, order, a member twice) is a fault."""
    try:
        value = json.loads(data.decode("utf-8"))
        again = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Fault("form", what=f"JSON: {error}") from error
    if again != data:
        raise Fault("form", what="JSON: not canonical")
    return value


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
    if line.count(b"\n") != 1 or not line.endswith(b"\n"):
        raise Fault("form", what="expected exactly one line")
    envelope = _members(strict_json(line[:-1]), ("payload", "payloadType", "signatures"))
    signatures = envelope["signatures"]
    if envelope["payloadType"] != PAYLOAD_TYPE.decode() or not isinstance(signatures, list) or len(signatures) != 1:
        raise Fault("form", what="payloadType, signatures")
    signature = _members(signatures[0], ("keyid", "sig"))
    payload = _decode(envelope["payload"])
    signed = b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE, len(payload), payload)
    return payload, signed, str(signature["keyid"]), _decode(signature["sig"])


def read_home(data: bytes) -> Home:
    """Return what a key descriptor says, once its own key verified it."""
    said: dict[str, Any] = {"homeKind": "-"}
    try:
        payload, signed, keyid, signature = open_envelope(data)
        predicate = _members(strict_json(payload), STATEMENT)["predicate"]
        said = _members(predicate, ("created", "homeKind", "origin", "publicKey"))
        public = _decode(said["publicKey"])
        right = _sha256(public) == keyid and verify_signature(public, signed, signature)
    except Fault as fault:
        raise Fault("descriptor", claims=said["homeKind"]) from fault
    if not right or said["homeKind"] not in ("training", "ward") or not isinstance(said["origin"], str):
        raise Fault("descriptor", claims=said["homeKind"])
    return Home(said["homeKind"], said["origin"], public, keyid)


def read_checkpoint(data: bytes, home: Home, what: str) -> tuple[int, bytes]:
    """Return size and root of a C2SP checkpoint that the home signed; lines of witnesses are skipped."""
    text, _, tail = data.partition(b"\n\n")
    key_hash = hashlib.sha256(home.origin.encode() + b"\n\x01" + home.public).digest()[:4]
    ours = []
    try:
        origin, size, root = text.decode().split("\n")
        for dash, name, value in (line.split(" ") for line in tail.decode().split("\n")[:-1]):
            if (dash, name, _decode(value)[:4]) == ("\u2014", home.origin, key_hash):
                ours.append(verify_signature(home.public, text + b"\n", _decode(value)[4:]))
        head = int(size), _decode(root)
    except (ValueError, Fault) as error:
        raise Fault("checkpoint", what=what) from error
    if not ours or not all(ours) or origin != home.origin or len(head[1]) != 32:
        raise Fault("checkpoint", what=what)
    return head


def tree_root(entries: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash of RFC 6962 section 2.1 (zip drops an odd last node, kept below)."""
    level = [hashlib.sha256(b"\x00" + entry).digest() for entry in entries] or [hashlib.sha256(b"").digest()]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2])]  # noqa: B905
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def read_leaves(data: bytes) -> tuple[list[bytes], Digests]:
    """Return the leaf entries, and the digests by bundle name: of its first statement, and of both."""
    *entries, rest = data.split(b"\n")
    digests: Digests = {}
    for index, entry in enumerate(entries):
        try:
            leaf = _members(strict_json(entry), ("bundle", "envelopes", "index", "sha256", "time"))
        except Fault as fault:
            raise Fault("leaf", what=f"#{index}") from fault
        name, count = str(leaf["bundle"]), leaf["envelopes"]
        listed = digests.setdefault(name, [])
        if leaf["index"] != index or count not in (1, 2) or count > len(listed) + 1:
            raise Fault("leaf", what=f"#{index}")
        if count <= len(listed):
            raise Fault("twice", what=name)
        listed.append(str(leaf["sha256"]))
    if rest:
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
    data, seal = path.read_bytes(), None
    said: dict[str, Any] = {}
    first = data[: data.find(b"\n") + 1] or data
    digests = [_sha256(first), _sha256(data)]
    try:
        statement = _open_statement(first, home)
        said = dict(statement["predicate"]["provision"])
        _check_statement(path, statement, said, home)
        if data != first:
            seal = _check_seal(_open_statement(data[len(first) :], home), digests[0], said)
    except Fault as fault:
        return Bundle(path.name, said, fault)
    except (TypeError, ValueError, LookupError) as error:
        return Bundle(path.name, {}, Fault("form", what=type(error).__name__))
    return Bundle(path.name, said, None, digests if seal else digests[:1], seal)


def _open_statement(line: bytes, home: Home) -> dict[str, Any]:
    payload, signed, keyid, signature = open_envelope(line)
    if keyid != home.fingerprint:
        raise Fault("foreign", got=keyid[:16])
    if not verify_signature(home.public, signed, signature):
        raise Fault("signature", signed=signed, signature=signature)
    return _members(strict_json(payload), STATEMENT)


def _check_seal(statement: dict[str, Any], first: str, said: dict[str, Any]) -> dict[str, Any]:
    seal, names = _members(statement["predicate"], SEAL), ("homeKind", "runId", "assetId")
    if statement["subject"][0]["digest"]["sha256"] != first or any(seal[name] != said[name] for name in names):
        raise Fault("seal", what=seal["runId"])
    kept = seal["outcome"] == said["outcome"] if seal["sealed"] is True else seal["outcome"] != "done"
    if [statement["_type"], statement["predicateType"], seal["version"], said.get("seal"), kept] != SEAL_TYPES:
        raise Fault("form", what=seal["runId"])
    return seal


def _check_statement(path: Path, statement: dict[str, Any], said: dict[str, Any], home: Home) -> None:
    types, result = [statement["_type"], statement["predicateType"], said["version"]], statement["predicate"]["result"]
    if said["homeKind"] != home.kind:
        raise Fault("kind", expected=home.kind, got=said["homeKind"])
    if types != TYPES or result != RESULTS.get(said["outcome"], "FAILED"):
        raise Fault("form", what=f"{types}, {result}")
    stem = f"{said['assetId']}-{re.sub('[-:]', '', said['started'])}"
    if not re.fullmatch(re.escape(stem) + r"(-[0-9]+)?\.intoto\.jsonl", path.name):
        raise Fault("name", got=stem)
    for digest in [subject["digest"]["sha256"] for subject in statement["subject"]]:
        document = path.parent / "documents" / f"{digest}.json"
        got = _sha256(document.read_bytes()) if re.fullmatch("[0-9a-f]{64}", digest) and document.is_file() else ""
        if got != digest:
            swapped = document.with_name(f"{got}.json").is_file()
            raise Fault("document-swapped" if swapped else "document", what=digest[:16], other=got[:16])


def judge(bundle: Bundle, others: Sequence[Bundle], digests: Digests | None, home: Home) -> Fault | None:
    """Return the fault of one bundle in sight of the others and of the ledger (None: unreadable)."""
    loose = {other.name: other.fault.values for other in others if other.fault and other.fault.key == "signature"}
    for name, other in loose.items():
        mine = loose.get(bundle.name, other)
        if mine is not other and verify_signature(home.public, other["signed"], mine["signature"]):
            return Fault("exchanged", other=name)
    if bundle.fault or digests is None:
        return bundle.fault
    if sum(other.said.get("runId") == bundle.said["runId"] for other in others) > 1:
        return Fault("twice", what=bundle.said["runId"])
    named = digests.get(bundle.name, [])
    more = (len(named) > len(bundle.digests)) - (len(named) < len(bundle.digests))
    key = ("digest", "gone", "unlisted")[more]
    return None if named == list(bundle.digests) else Fault(key, what=f"{bundle.name}#2")


class Report:
    """Prints sentences in one language and counts faults."""

    def __init__(self, lang: str) -> None:
        self._column, self.faults = ("en", "fr").index(lang), 0

    def text(self, sentence: str, **values: object) -> str:
        """Return a sentence; control characters of foreign values are shown, never sent to the terminal."""
        shown = {name: "".join(c if c.isprintable() else repr(c) for c in str(v)) for name, v in values.items()}
        return str(SENTENCES[sentence][self._column].format(**shown))

    def say(self, sentence: str, **values: object) -> None:
        """Print a sentence."""
        sys.stdout.write(self.text(sentence, **values) + "\n")

    def verdict(self, fault: Fault | None) -> str:
        """Return the sentence of a fault and count it, or a word that is the same in both languages."""
        self.faults += fault is not None
        return self.text("wrong", verdict=self.text(fault.key, **fault.values)) if fault else "intact"

    def tell(self, bundle: Bundle, fault: Fault | None) -> None:
        """Print one bundle: the verdict, and what its second statement says."""
        seal: dict[str, Any] = bundle.seal or {"reason": "-"}
        said = {name: {**bundle.said, **seal}.get(name, "-") for name in ("assetId", "started", "outcome")}
        self.say("record", name=bundle.name, verdict=self.verdict(fault), **said)
        if "seal" in bundle.said and not fault:
            self.say("sealed" if seal.get("sealed") is True else "open", **seal)

    def blame(self, fault: Fault) -> None:
        """Print a fault and count it."""
        sys.stdout.write(self.verdict(fault) + "\n")

    def attempt(self, check: Callable[..., Any], *given: object) -> Any:  # noqa: ANN401 - of any check
        """Return what `check` returns; where it finds a fault, blame that and return None."""
        try:
            return check(*given)
        except Fault as fault:
            self.blame(fault)
            return None


def check_folder(folder: Path, key: str | None, kept: bytes | None, report: Report) -> int:
    """Check everything, print it, and return the exit status."""
    home = report.attempt(read_home, (folder / "key.json").read_bytes())
    if home:
        if home.kind == "training":
            report.say("training")
        report.say("home", kind=home.kind, origin=home.origin, key=re.sub("(.{8})(?=.)", r"\1 ", home.fingerprint))
        if key in (None, home.fingerprint):
            _check_records(folder, home, kept, report)
        else:
            report.blame(Fault("other-key", expected=str(key)[:16], got=home.fingerprint[:16]))
    if report.faults:
        report.say("faults", count=report.faults)
        return 1
    report.say("verified" if key else "unknown")
    return 0 if key else 3


def _check_records(folder: Path, home: Home, kept: bytes | None, report: Report) -> None:
    paths = (folder / "ledger" / "leaves.jsonl", folder / "ledger" / "checkpoint")
    leaves, own = (path.read_bytes() if path.is_file() else b"" for path in paths)
    entries, digests = report.attempt(read_leaves, leaves) or (None, None)
    bundles = [open_bundle(path, home) for path in sorted(folder.glob("*.intoto.jsonl"))]
    for bundle in bundles:
        report.tell(bundle, judge(bundle, bundles, digests, home))
    for name in sorted(set(digests or ()) - {bundle.name for bundle in bundles}):
        report.blame(Fault("gone", what=name))
    for sentence, what, note in (("ledger", "ledger/checkpoint", own), ("kept", "--checkpoint", kept)):
        if None not in (entries, note) and (head := report.attempt(check_head, entries, note, what, home)):
            report.say(sentence, **head)


def _outside(folder: Path, name: str) -> bytes:
    if folder.resolve() in Path(name).resolve().parents:
        raise Fault("inside", what=name)
    return Path(name).read_bytes()


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
    parser.add_argument("--checkpoint", metavar="FILE", help="as the station printed it, kept OUTSIDE the folder")
    parser.add_argument("--lang", "--language", choices=("en", "fr"), default="en")
    given = parser.parse_args(argv)
    report = Report(given.lang)
    try:
        key = fingerprint_of(given.folder, given.key) if given.key else None
        kept = _outside(given.folder, given.checkpoint) if given.checkpoint else None
        return check_folder(given.folder, key, kept, report)
    except (OSError, ValueError, Fault) as error:
        named = getattr(error, "filename", error)
        what = report.text(error.key, **error.values) if isinstance(error, Fault) else named
        sys.stderr.write(report.text("unreadable", what=what) + "\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
