"""Readers of the Chinese databases' tagged exports: CNKI E-Study, CNKI RefWorks, Wanfang NoteExpress.

Text in, records and problems out, as in `tagged`. None of these formats marks the end of a record: the next one's
first tag does, and a cut last record shows by the tags it lacks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mscreview.records.fields import Entry, Parsed, build, cut_short, join_wrapped

_ESTUDY = re.compile(r"\ufeff?(DataType|[A-Z][A-Za-z]*-[\u4e00-\u9fff]+)[:：] ?(.*)")
_REFWORKS = re.compile(r"\ufeff?([A-Z][A-Z0-9])(?: (.*)|\s*)")
_NOTEEXPRESS = re.compile(r"\ufeff?\{([A-Za-z][A-Za-z0-9 /]*)\}[:：] ?(.*)")


def read_estudy(text: str) -> Parsed:
    """CNKI E-Study: `DataType` opens a record; `Summary-摘要` may wrap."""
    return _read(text, _ESTUDY, "DataType", _ESTUDY_TAGS, "cnki-estudy")


def read_refworks(text: str) -> Parsed:
    """CNKI RefWorks: two-letter tags, `RT` opens a record."""
    return _read(text, _REFWORKS, "RT", _REFWORKS_TAGS, "cnki-refworks")


def read_noteexpress(text: str) -> Parsed:
    """Wanfang NoteExpress: `{Reference Type}` opens a record; `{Abstract}` may wrap."""
    return _read(text, _NOTEEXPRESS, "Reference Type", _NOTEEXPRESS_TAGS, "noteexpress")


def _read(text: str, line_form: re.Pattern[str], opens: str, tags: Mapping[str, tuple[str, ...]], form: str) -> Parsed:
    entries: list[Entry] = []
    problems: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        match = line_form.fullmatch(line.rstrip())
        if match and match.group(1) == opens:
            entries.append(Entry(number, []))
        if match and entries:
            entries[-1].fields.append((match.group(1), (match.group(2) or "").strip()))
        elif line.strip() and entries:
            tag, value = entries[-1].fields[-1]
            entries[-1].fields[-1] = (tag, join_wrapped(value, line.strip()))
        elif line.strip():
            problems.append(f"line {number}: {line[:60]!r} stands before the first record ({opens})")
    records, wrong = build(entries, tags, form)
    return records, problems + wrong + cut_short(entries, text)


_ESTUDY_TAGS = {
    "title": ("Title-题名",),
    "abstract": ("Summary-摘要",),
    "authors": ("Author-作者",),
    "year": ("Year-年", "PubTime-出版时间"),
    "journal": ("Source-刊名", "Source-文献来源"),
    "doi": ("DOI-DOI",),
    "identifiers": ("Link-链接",),
    "accession": ("SrcDatabase-来源库", "Link-链接"),
    "types": (),
    "url": ("Link-链接",),
}

_REFWORKS_TAGS = {
    "title": ("T1",),
    "abstract": ("AB",),
    "authors": ("A1",),
    "year": ("YR",),
    "journal": ("JF",),
    "doi": ("DO",),
    "identifiers": ("LK",),
    "accession": ("ID", "LK"),
    "types": ("RT",),
    "url": ("LK",),
}

_NOTEEXPRESS_TAGS = {
    "title": ("Title",),
    "abstract": ("Abstract",),
    "translation": ("Translated Abstract",),
    "authors": ("Author",),
    "year": ("Year",),
    "journal": ("Journal",),
    "doi": ("DOI",),
    "identifiers": ("URL", "Link"),
    "accession": ("Accession Number", "URL", "Link"),
    "types": ("Reference Type",),
    "url": ("URL", "Link"),
}
