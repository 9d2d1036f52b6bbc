"""A folder of raw exports to the `records` table, and the check of the folder against its manifest.

The only module of this stage that walks a folder it was handed. With a `manifest.csv` exactly its files are read,
and each must be the file that was listed; without one every file that is no sheet of the review is read.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd

from mscreview import tables
from mscreview.records.identify import identified
from mscreview.records.model import Record, RecordError
from mscreview.records.readers import SUFFIXES, read
from mscreview.records.script import language

MANIFEST = "manifest.csv"
MANIFEST_COLUMNS = ("file", "database", "query", "retrieved_on", "n_records", "sha256", "licence", "how_made")
# Sheets that people fill in by hand stand in the same folder; they hold no records.
SHEETS = frozenset({MANIFEST, "published.csv", "curation.csv", "risk_of_bias.csv", "screening_human.csv"})


def load(raw_dir: str | Path) -> pd.DataFrame:
    """The `records` table of a raw folder: every record of every export, identified, duplicates linked.

    Raises
    ------
    RecordError
        Listing every problem of every file at once.
    """
    raw_dir = Path(raw_dir)
    rows: list[dict] = []
    problems = _manifest_problems(raw_dir)
    for name in exports(raw_dir):
        try:
            rows += [_row(record, name) for record in read(raw_dir / name)]
        except RecordError as error:
            problems += [f"{Path(name).parent.as_posix()}/{p}" if "/" in name else p for p in error.problems]
    if not rows and not problems:
        problems = [f"{raw_dir}: holds no export or saved page"]
    if problems:
        raise RecordError(problems)
    frame = identified(pd.DataFrame(rows)).drop(columns="accession")
    return tables.check(frame, "records")


def exports(raw_dir: str | Path) -> list[str]:
    """Files of the folder that hold records, as posix paths below it, sorted: the manifest's, else all."""
    raw_dir = Path(raw_dir)
    listed = raw_dir / MANIFEST
    if listed.exists():
        files = [f for f in tables.read_raw(listed)["file"].dropna() if (raw_dir / f).exists()]
        return sorted(f for f in files if _is_export(Path(f)))
    if not raw_dir.is_dir():
        raise RecordError(f"{raw_dir}: no such folder")
    return sorted(p.relative_to(raw_dir).as_posix() for p in raw_dir.rglob("*") if p.is_file() and _is_export(p))


def manifest(raw_dir: str | Path) -> pd.DataFrame:
    """The folder's manifest, checked: every listed file is there, has its SHA-256 and its number of records.

    Raises
    ------
    RecordError
        Listing every file that is missing, changed, not listed, or holds another number of records.
    """
    raw_dir = Path(raw_dir)
    problems = _manifest_problems(raw_dir)
    if not (raw_dir / MANIFEST).exists():
        problems = [f"{raw_dir / MANIFEST}: no such file"]
    if problems:
        raise RecordError(problems)
    return tables.read_raw(raw_dir / MANIFEST)


def sha256(text: str | bytes) -> str:
    """SHA-256 of bytes, or of a text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8") if isinstance(text, str) else text).hexdigest()


def _manifest_problems(raw_dir: Path) -> list[str]:
    path = raw_dir / MANIFEST
    if not path.exists():
        return []
    listed = tables.read_raw(path)
    lacking = [c for c in MANIFEST_COLUMNS if c not in listed.columns]
    if lacking:
        return [f"{MANIFEST}: column {c!r} is missing" for c in lacking]
    problems = []
    for number, row in enumerate(listed.itertuples(), 1):
        where = f"{MANIFEST}: row {number}"
        problems += [f"{where}, {said}" for said in _row_problems(raw_dir, row)]
    known = set(listed["file"].dropna())
    found = (p.relative_to(raw_dir).as_posix() for p in raw_dir.rglob("*") if p.is_file() and _is_export(p))
    problems += [
        f"{MANIFEST}: file {f!r} stands in the folder but is not listed" for f in sorted(found) if f not in known
    ]
    return problems


def _row_problems(raw_dir: Path, row) -> list[str]:  # type: ignore[no-untyped-def]
    if pd.isna(row.file) or not (raw_dir / row.file).is_file():
        return [f"column 'file': {row.file!r} is not in the folder"]
    problems = []
    found = sha256((raw_dir / row.file).read_bytes())
    if row.sha256 != found:
        problems.append(f"column 'sha256': {row.file} has {found}, listed is {row.sha256!r}; the file was changed")
    if not _is_export(Path(row.file)) or pd.isna(row.n_records):
        return problems
    try:
        n = len(read(raw_dir / row.file))
    except RecordError:
        return problems
    if str(row.n_records) != str(n):
        problems.append(f"column 'n_records': {row.file} holds {n} records, listed are {row.n_records!r}")
    return problems


def _is_export(path: Path) -> bool:
    name = path.name.lower()
    sheet = name in SHEETS or name.startswith(("fulltext_", ".", "readme"))
    return path.suffix.lower() in SUFFIXES and not sheet


def _row(record: Record, name: str) -> dict:
    return {
        "source_file": name,
        "source_row": record.row,
        "format": record.format,
        "pmid": record.pmid,
        "doi": record.doi,
        "registry_ids": "; ".join(record.registry_ids),
        "authors": "; ".join(record.authors),
        "title": record.title,
        "abstract": record.abstract,
        "translation": record.translation,
        "journal": record.journal,
        "year": record.year,
        "language": language(record.abstract or record.title),
        "publication_types": "; ".join(record.publication_types),
        "url": record.url,
        "notes": "; ".join(record.notes),
        "accession": record.accession,
        "abstract_sha256": sha256(record.abstract) if record.abstract else "",
    }
