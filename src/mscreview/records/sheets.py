"""Readers of tables: CSV and TSV with the columns ASReview and Rayyan use.

Text in, records and problems out. Column names are compared without case; columns nobody knows are left alone. A
row's position counts data rows from 1, and the line is where the row begins in the file.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from mscreview.records.fields import Entry, Parsed, build
from mscreview.records.model import Label, Record

_TAGS = {
    "title": ("title", "primary_title", "primary title", "article title"),
    "abstract": ("abstract", "abstract note", "notes_abstract", "abstract_text"),
    "translation": (),
    "authors": ("authors", "author names", "first_authors", "author", "author full names"),
    "year": ("year", "publication year", "publication_year", "pubyear"),
    "journal": ("journal", "source title", "journal/book", "secondary_title", "publication title"),
    "doi": ("doi",),
    "pmid": ("pmid", "pubmed_id", "pubmed id", "pubmedid"),
    "identifiers": ("url", "link"),
    "registry": ("registry_ids", "registry", "nct"),
    "accession": ("record_id", "accession", "key", "id"),
    "types": ("publication_types", "publication type", "document type", "type"),
    "url": ("url", "link"),
    "labels": ("notes",),
}
_LABELS = (
    *("label", "included", "final_included", "label_included", "included_label", "included_final"),
    *("included_flag", "include"),
)
_DECISIONS = {"1": "include", "0": "exclude", "yes": "include", "no": "exclude"}


def header(line: str) -> list[str] | None:
    """Column names of a table's first line, or None where it names no title or no abstract column."""
    names = [n.strip().strip('"').strip().lower() for n in line.split(_delimiter(line))]
    known = any(n in _TAGS["title"] for n in names) and any(n in _TAGS["abstract"] for n in names)
    return names if known else None


def read_table(text: str) -> Parsed:
    """CSV or TSV, by the first line; labels (0, 1, empty) become screening decisions."""
    above = len(text) - len(text.lstrip("\n"))
    rows, problems = _rows(text[above:], above)
    names = [name.strip().lower() for name in rows[0][1]] if rows else []
    entries = []
    for row, (line, cells) in enumerate(rows[1:], 1):
        if len(cells) != len(names):
            told = f"{len(cells)} cells under {len(names)} column names"
            problems.append(f"record {row} (line {line}): {told}; first cell {cells[0]!r}")
        entries.append(Entry(line, _known(names, cells)))
    records, wrong = build(entries, _TAGS, "table")
    labelled = [_labelled(r, e, problems) for r, e in zip(records, entries, strict=True)]
    return labelled, problems + wrong


def _rows(text: str, above: int) -> tuple[list[tuple[int, list[str]]], list[str]]:
    """Filled rows, the header among them, each with the line it begins in."""
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text.partition("\n")[0]), strict=True)
    rows: list[tuple[int, list[str]]] = []
    end = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((above + end + 1, cells))
            end = reader.line_num
    except csv.Error as error:
        where = f"record {len(rows)} (line {above + end + 1})" if rows else "header"
        return rows, [f"{where}: {error}; the table is cut or a quote is not closed"]
    return rows, []


def _known(names: list[str], cells: list[str]) -> list[tuple[str, str]]:
    """Cells by column; an empty cell is a missing field, but for the abstract, where it is a hole in the text."""
    pairs = zip(names, cells, strict=False)
    return [(n, c) for n, c in pairs if c.strip() or n in _TAGS["abstract"]]


def _labelled(record: Record, entry: Entry, problems: list[str]) -> Record:
    column, value = next(((n, v.strip().lower()) for n, v in entry.fields if n in _LABELS), ("", ""))
    if not value:
        return record
    if value not in _DECISIONS:
        problems.append(f"record {record.row} (line {entry.line}): column {column!r}: {value!r} is not 0, 1 or empty")
        return record
    return replace(record, labels=(*record.labels, Label("asreview", _DECISIONS[value])))


def _delimiter(line: str) -> str:
    return "\t" if line.count("\t") > line.count(",") else ";" if line.count(";") > line.count(",") else ","
