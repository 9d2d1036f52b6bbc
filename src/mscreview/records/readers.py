"""Which reader reads a file: told by its content first, by its name only where the content leaves it open.

Bytes of one file in, its records out, or one error with every problem of that file. Readers stand in one registry,
keyed by format; the stage's later modules never look into files.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from mscreview.records import chinese, html_page, markup, pages, sheets, tagged
from mscreview.records.decode import decode, inflate
from mscreview.records.fields import Parsed
from mscreview.records.model import Record, RecordError

TEXT_READERS: dict[str, Callable[[str], Parsed]] = {
    "nbib": tagged.read_nbib,
    "ris": tagged.read_ris,
    "enw": tagged.read_enw,
    "cnki-estudy": chinese.read_estudy,
    "cnki-refworks": chinese.read_refworks,
    "noteexpress": chinese.read_noteexpress,
    "table": sheets.read_table,
    "page-html": html_page.read_html,
    "page-txt": pages.read_page,
}
BYTE_READERS: dict[str, Callable[[bytes], Parsed]] = {
    "pubmed-xml": markup.read_pubmed_xml,
    "endnote-xml": markup.read_endnote_xml,
}

# The first filled line decides; each pattern is the line its format must open with.
_OPENINGS = (
    ("nbib", re.compile(r"PMID *- ?\d*")),
    ("ris", re.compile(r"TY {1,2}-")),
    ("enw", re.compile(r"%0(?: |$)")),
    ("cnki-estudy", re.compile(r"DataType[:：]")),
    ("cnki-refworks", re.compile(r"RT \S")),
    ("noteexpress", re.compile(r"\{Reference Type\}[:：]")),
    ("page-html", re.compile(r"<!doctype html|<html|<head|<body|<meta", re.IGNORECASE)),
)
_BY_SUFFIX = {
    ".nbib": "nbib", ".ris": "ris", ".enw": "enw", ".csv": "table", ".tsv": "table", ".tab": "table",
    ".html": "page-html", ".htm": "page-html", ".xhtml": "page-html", ".xml": "pubmed-xml", ".txt": "page-txt",
}  # fmt: skip
SUFFIXES = frozenset(_BY_SUFFIX) | {".gz"}


def read(path: str | Path) -> list[Record]:
    """Every record of one exported file or saved page, in the order of the file.

    Raises
    ------
    RecordError
        Listing all problems of the file: no known format, wrong encoding, cut export, damaged or empty fields;
        each with record, line and value.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RecordError(f"{path}: cannot be read ({error.strerror})") from None
    return read_bytes(data, path.name)


def read_bytes(data: bytes, name: str) -> list[Record]:
    """As `read`, for the bytes of a file called `name`."""
    data = inflate(data, name)
    if not data.strip():
        raise RecordError(f"{name}: is empty; the export holds no record")
    form = _xml_form(data)
    if form in BYTE_READERS:
        records, problems = BYTE_READERS[form](data)
    else:
        text = decode(data, name)
        form = form or sniff(text, name)
        if not form:
            raise RecordError(f"{name}: no known format; it opens with {text.strip()[:60]!r}")
        if form in BYTE_READERS:
            raise RecordError(f"{name}: named like XML, but it opens with {text.strip()[:60]!r}")
        records, problems = TEXT_READERS[form](text)
    if not records and not problems:
        problems = [f"no record found by the reader of {form!r}; the file is cut or of another format"]
    if problems:
        raise RecordError(f"{name}: {problem}" for problem in problems)
    return records


def sniff(text: str, name: str) -> str:
    """Format of a text file, from its first filled line, else from its suffix; empty where neither tells."""
    first = next((line.lstrip("\ufeff").strip() for line in text.split("\n") if line.strip("\ufeff \t")), "")
    for form, opening in _OPENINGS:
        if opening.match(first):
            return form
    if sheets.header(first) is not None:
        return "table"
    suffix = Path(name.lower().removesuffix(".gz")).suffix
    return _BY_SUFFIX.get(suffix, "")


def _xml_form(data: bytes) -> str:
    head = data[:4096].replace(b"\x00", b"")
    if re.search(rb"<!doctype html|<html", head, re.IGNORECASE):
        return "page-html"
    if re.search(rb"<PubmedArticleSet|<PubmedArticle|<PubmedBookArticle", head):
        return "pubmed-xml"
    return "endnote-xml" if re.search(rb"<xml>\s*<records>", head) else ""
