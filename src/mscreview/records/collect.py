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

# What a curation row may set: never an id of ours, never the text that facts point into.
CURABLE = ("duplicate_of", "year", "journal", "doi", "pmid", "registry_ids", "publication_types", "language", "url")


def load(raw_dir: str | Path) -> pd.DataFrame:
    """The `records` table of a raw folder: every record of every export, identified, duplicates linked.

    Rows of the folder's `curation.csv` with table `records` settle what no rule can see, such as one paper's records
    in two languages (field `duplicate_of`); ids and the text that facts point into stay as they are.

    Raises
    ------
    RecordError
        Listing every problem of every file at once.
    """
    raw_dir = Path(raw_dir)
    parsed, problems = _parsed(raw_dir)
    problems = _manifest_problems(raw_dir, parsed) + problems
    if not parsed and not problems:
        problems = [f"{raw_dir}: holds no export or saved page"]
    if problems:
        raise RecordError(problems)
    rows = [_row(record, name) for name, records in parsed.items() for record in records]
    frame = identified(pd.DataFrame(rows)).drop(columns="accession")
    return tables.check(_curated(frame, raw_dir / "curation.csv"), "records")


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
    parsed, unread = _parsed(raw_dir)
    problems = _manifest_problems(raw_dir, parsed) + unread
    if not (raw_dir / MANIFEST).exists():
        problems = [f"{raw_dir / MANIFEST}: no such file"]
    if problems:
        raise RecordError(problems)
    return tables.read_raw(raw_dir / MANIFEST)


def sha256(text: str | bytes) -> str:
    """SHA-256 of bytes, or of a text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8") if isinstance(text, str) else text).hexdigest()


def _parsed(raw_dir: Path) -> tuple[dict[str, list[Record]], list[str]]:
    parsed, problems = {}, []
    for name in exports(raw_dir):
        try:
            parsed[name] = read(raw_dir / name)
        except RecordError as error:
            problems += [f"{Path(name).parent.as_posix()}/{p}" if "/" in name else p for p in error.problems]
    return parsed, problems


def _curated(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """`frame` with what people settled by hand: a duplicate no rule can see, a year or an id that was misprinted."""
    if not path.exists():
        return frame
    sheet = tables.read_raw(path)
    rows = sheet[sheet["table"] == "records"]
    kept = set(frame.loc[frame["duplicate_of"].isna(), "record_id"])
    kept -= set(rows.loc[rows["field"] == "duplicate_of", "key"])
    problems = []
    for number, row in zip(rows.index + 1, rows.to_dict("records"), strict=True):
        wrong = _curation_problems(row, set(frame["record_id"]), kept)
        problems += [f"{path.name}: row {number}, {said}" for said in wrong]
        if not wrong and row["field"] == "duplicate_of":
            same = (frame["record_id"] == row["key"]) | (frame["duplicate_of"] == row["key"])
            frame.loc[same, ["duplicate_of", "duplicate_reason"]] = [row["value"], "curation"]
        elif not wrong:
            value = int(row["value"]) if row["field"] == "year" else row["value"]
            frame.loc[frame["record_id"] == row["key"], row["field"]] = value
    if problems:
        raise RecordError(problems)
    return frame


def _curation_problems(row: dict, known: set[str], kept: set[str]) -> list[str]:
    problems = []
    if row["key"] not in known:
        problems.append(f"column 'key': {row['key']!r} is no record_id")
    if row["field"] not in CURABLE:
        problems.append(f"column 'field': {row['field']!r}; a records row can set {', '.join(CURABLE)}")
    if row["field"] == "duplicate_of" and row["value"] not in kept:
        problems.append(f"column 'value': {row['value']!r} is no record that is kept")
    if row["field"] == "year" and not str(row["value"]).isdecimal():
        problems.append(f"column 'value': {row['value']!r} is not a year")
    return problems


def _manifest_problems(raw_dir: Path, parsed: dict[str, list[Record]]) -> list[str]:
    path = raw_dir / MANIFEST
    if not path.exists():
        return []
    listed = tables.read_raw(path)
    lacking = [c for c in MANIFEST_COLUMNS if c not in listed.columns]
    if lacking:
        return [f"{MANIFEST}: column {c!r} is missing" for c in lacking]
    problems = []
    for number, row in enumerate(listed.to_dict("records"), 1):
        found = _row_problems(raw_dir, row, len(parsed[row["file"]]) if row["file"] in parsed else None)
        problems += [f"{MANIFEST}: row {number}, {said}" for said in found]
    files = (p.relative_to(raw_dir).as_posix() for p in raw_dir.rglob("*") if p.is_file() and _is_export(p))
    unlisted = sorted(set(files) - set(listed["file"].dropna()))
    return problems + [
        f"{MANIFEST}: file {f!r} stands in the folder but is not listed; sha256 {sha256((raw_dir / f).read_bytes())}"
        " (without the manifest the folder is read as it is)"
        for f in unlisted
    ]


def _row_problems(raw_dir: Path, row: dict, n: int | None) -> list[str]:
    name = row["file"]
    if pd.isna(name) or not (raw_dir / name).is_file():
        return [f"column 'file': {name!r} is not in the folder"]
    problems = []
    found = sha256((raw_dir / name).read_bytes())
    if pd.isna(row["sha256"]):
        problems.append(f"column 'sha256': empty; {name} has {found}")
    elif row["sha256"] != found:
        said = f"{name} has {found}, listed is {row['sha256']!r}"
        problems.append(f"column 'sha256': {said}; the file was changed since it was listed")
    if n is not None and str(row["n_records"]) != str(n):
        problems.append(f"column 'n_records': {name} holds {n} records, listed are {row['n_records']!r}")
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
