"""Readers of the Western tagged formats: PubMed .nbib, RIS, EndNote .enw.

Text in, records and problems out. Each is a splitter of lines into fields plus a table of tags; what a tag means is
said once, in the tables at the end.
"""

from __future__ import annotations

import re

from mscreview.records.fields import Entry, Fields, Parsed, build, cut_short, join_wrapped

_NBIB = re.compile(r"([A-Z0-9]{2,4}) *- ?(.*)")
_RIS = re.compile(r"\ufeff?([A-Z][A-Z0-9]) {1,2}-(?: (.*)|\s*)")
_ENW = re.compile(r"%(\S)(?: (.*)|\s*)")
# Lines that web interfaces leave between the fields of a record; they belong to none.
_STRAY = re.compile(r"link to\b|copyright\b|©|\d+\.$", re.IGNORECASE)
_WRAPPING = frozenset(["AB", "N2", "TI", "T1", "TT", "N1", "KW", "AD", "T2"])


def read_nbib(text: str) -> Parsed:
    """PubMed/MEDLINE: 4-character tags, continuation lines indented; a record starts at `PMID`."""
    entries: list[Entry] = []
    problems: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.lstrip("\ufeff")
        match = None if line.startswith(" ") else _NBIB.fullmatch(line)
        if match and match.group(1) == "PMID":
            entries.append(Entry(number, []))
        if match and entries:
            entries[-1].fields.append((match.group(1), match.group(2).strip()))
        elif line.strip() and entries and line.startswith("  ") and entries[-1].fields:
            tag, value = entries[-1].fields[-1]
            entries[-1].fields[-1] = (tag, join_wrapped(value, line.strip()))
        elif line.strip():
            problems.append(f"line {number}: {line[:60]!r} belongs to no field; the export is damaged")
    records, wrong = build(entries, _NBIB_TAGS, "nbib")
    return records, problems + wrong + cut_short(entries, text)


def read_ris(text: str) -> Parsed:
    """RIS: `TY` opens, `ER` closes; tolerated: one-space tags, missing or bare `ER`, stray lines, wrapped text.

    The number of records is the number of `TY` tags, or an error.
    """
    entries, closed, notes = _ris_entries(text)
    records, problems = build(entries, _RIS_TAGS, "ris")
    opened = len(re.findall(r"^\ufeff?TY {1,2}-", text, re.MULTILINE))
    if opened != len(records):
        problems.append(f"{opened} TY tags but {len(records)} records")
    if entries and not closed and not text.endswith("\n"):
        line = entries[-1].line
        problems.append(
            f"record {len(entries)} (line {line}): cut short: the file stops before ER, at "
            f"{text[-40:]!r}; the export is not whole, fetch it again"
        )
    return records, [*notes, *problems]


def read_enw(text: str) -> Parsed:
    """EndNote tagged: `%0` opens a record, `%X` and other lines may wrap."""
    entries: list[Entry] = []
    problems: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        match = _ENW.fullmatch(line.lstrip("\ufeff"))
        if match and match.group(1) == "0":
            entries.append(Entry(number, []))
        if match and entries:
            entries[-1].fields.append((match.group(1), (match.group(2) or "").strip()))
        elif line.strip() and entries:
            tag, value = entries[-1].fields[-1]
            entries[-1].fields[-1] = (tag, join_wrapped(value, line.strip()))
        elif line.strip():
            problems.append(f"line {number}: {line[:60]!r} stands before the first record (%0)")
    records, wrong = build(entries, _ENW_TAGS, "enw")
    return records, problems + wrong + cut_short(entries, text)


def _ris_entries(text: str) -> tuple[list[Entry], bool, list[str]]:
    entries: list[Entry] = []
    problems: list[str] = []
    closed = True
    for number, line in enumerate(text.split("\n"), 1):
        match = _RIS.fullmatch(line)
        tag = match.group(1) if match else "ER" if line.strip() == "ER" else ""
        value = (match.group(2) or "").strip() if match else ""
        if tag == "TY":
            entries.append(Entry(number, []))
            closed = False
        if tag == "ER":
            closed = True
        elif tag and not closed:
            entries[-1].fields.append((tag, value))
        elif tag:
            problems.append(
                f"line {number}: field {tag} {value[:40]!r} stands outside a record (before TY or after ER)"
            )
        elif line.strip() and not closed:
            _continue(entries[-1].fields, line.strip())
    return entries, closed, problems


def _continue(fields: Fields, line: str) -> None:
    tag, value = fields[-1]
    if tag in _WRAPPING and not _STRAY.match(line):
        fields[-1] = (tag, join_wrapped(value, line))
    else:
        # `??` is no RIS tag: kept as a note of what was passed over.
        fields.insert(len(fields) - 1, ("??", line))


_NBIB_TAGS = {
    "title": ("TI", "BTI", "TT"),
    "abstract": ("AB",),
    "translation": ("OAB",),
    "authors": ("AU",),
    "year": ("DP",),
    "journal": ("JT", "TA"),
    "doi": (),
    "pmid": ("PMID",),
    "identifiers": ("LID", "AID", "SO"),
    "registry": ("SI", "AID", "OID"),
    "accession": ("OID", "PMID"),
    "types": ("PT",),
    "url": ("URL", "4099"),
    "labels": ("GN",),
    "notes": ("EIN", "RIN", "CON", "ROF", "UIN", "CRI"),
}

_RIS_TAGS = {
    "title": ("TI", "T1", "CT", "BT"),
    "abstract": ("AB", "N2"),
    "translation": (),
    "authors": ("AU", "A1"),
    "year": ("PY", "Y1", "DA"),
    "journal": ("JO", "T2", "JF", "JA", "J2"),
    "doi": ("DO", "DI"),
    "pmid": ("PM",),
    "identifiers": ("AN", "M3", "N1", "L3", "LK", "UR"),
    "registry": ("C1", "C2", "C3", "N1"),
    "accession": ("AN", "ID", "U2"),
    "types": ("M3", "TY"),
    "url": ("UR", "LK", "L2"),
    "labels": ("N1",),
    "notes": ("??",),
}

_ENW_TAGS = {
    "title": ("T",),
    "abstract": ("X",),
    "translation": (),
    "authors": ("A",),
    "year": ("D", "8"),
    "journal": ("J", "B"),
    "doi": ("R",),
    "pmid": (),
    "identifiers": ("U", "M", "Z"),
    "registry": ("Z",),
    "accession": ("M", "F"),
    "types": ("9", "0"),
    "url": ("U",),
    "labels": ("Z",),
}
