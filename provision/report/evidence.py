"""The records of one tablet for a stranger: one ZIP that a person with nothing but Python opens, verifies and reads.

The bytes depend on the records, the copies of their configuration, the checkpoint and the version of this program
alone: entries in the order of their names, stored without compression (whose bytes differ between libraries), with one
time.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path

import yaml

from provision.records import verify_record
from provision.records.content import CONFIGURATION_NAMES
from provision.records.extract import Extract
from provision.records.keys import show_fingerprint
from provision.records.reader import CONFIGURATION
from provision.report.record import render_record
from provision.texts.catalogue import Language, say, say_count

RECORDS = "records"
VERIFIER = "verify_record.py"
GUIDES = {Language.EN: "READ-ME.txt", Language.FR: "LISEZ-MOI.txt"}
_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest a ZIP can say."""


def build_evidence(asset_id: str, extract: Extract) -> bytes:
    """Return the ZIP of one tablet's extract."""
    files = {f"{RECORDS}/{name}": content for name, content in extract.files.items()}
    files[VERIFIER] = Path(verify_record.__file__).read_bytes()
    schemas = resources.files("provision.records") / "schema"
    files |= {f"schema/{each.name}": each.read_bytes() for each in schemas.iterdir() if each.name.endswith(".json")}
    for record in extract.records:
        for language in Language:
            files[f"readable/{language}/{record.path.name}.txt"] = render_record(language, record).encode()
    files |= {f"readable/{name}": text for name, text in _tell_copies(extract.files)}
    for language, name in GUIDES.items():
        files[name] = _write_guide(language, asset_id, extract).encode()
    return _pack(files)


def _tell_copies(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Each copy of a configuration as YAML, which people read more easily; its name has the digest it is of."""
    for name, copy in files.items():
        if name.startswith(f"{CONFIGURATION}/"):
            text = yaml.safe_dump(json.loads(copy), allow_unicode=True, sort_keys=False)
            yield name.removesuffix(".json") + ".yaml", text.encode()


def _write_guide(language: Language, asset_id: str, extract: Extract) -> str:
    parts = {}
    for record in extract.records:
        for name in CONFIGURATION_NAMES:
            digest = getattr(record.run.configuration, name)
            if f"{CONFIGURATION}/{digest}.json" in extract.files:
                parts[digest] = say(language, f"evidence.part.{name}")
    told = "\n".join(f"  {digest}.yaml  {what}" for digest, what in sorted(parts.items()))
    values = {"asset": asset_id, "origin": extract.home.origin, "size": extract.checkpoint.size}
    head = say_count(language, "evidence.head", len(extract.records), **values)
    training = say(language, f"evidence.kind.{extract.home.kind}")
    guide = say(language, "evidence.guide", verifier=VERIFIER, records=RECORDS)
    signer = say(language, "evidence.signer", fingerprint=show_fingerprint(extract.home.fingerprint))
    configuration = say(language, "evidence.configuration" if parts else "evidence.no-configuration")
    serials = list(dict.fromkeys(str(record.run.identity.get("serial", "-")) for record in extract.records))
    if len(serials) > 1:
        head += "\n" + say(language, "evidence.tablets", count=len(serials), serials=", ".join(serials))
    return "\n\n".join([head, training, guide, signer, configuration, *([told] if told else [])]) + "\n"


def _pack(files: Mapping[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _TIME)
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, files[name])
    return written.getvalue()
