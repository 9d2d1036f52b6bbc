"""Readers of saved web pages, as text (.txt) or HTML: one study, one meta-analysis, or a list with references.

Text in, records and problems out. The abstract of a record is always one contiguous piece of the page's text. An
abstract printed twice, in two languages, is one record: the first printed is `abstract`, the other `translation`.
Menus, citation lists, JSON and tools of the page stay outside; a page without an abstract is read as an article.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mscreview.records.fields import Parsed, split_names
from mscreview.records.model import Record, find_doi, find_pmid, find_registry_ids, find_year
from mscreview.records.references import Reference, read_list, read_references

SHORTEST_ABSTRACT = 120

_HEADER = re.compile(
    r"(?:中文|英文)?(?:摘\s*要|abstract|summary)[:：]?(?:\s*(?:摘\s*要|abstract|summary)[:：]?)?", re.I
)
_INLINE = re.compile(r"(?:摘\s*要\s*[:：]|abstract\s*[:：]?|summary\s*[:：])\s*(?=\S)", re.I)
_LABELLED = re.compile(
    r"(?:background|objectives?|aims?|purpose|introduction|context|importance)\b.{0,24}?[:：]"
    r"|(?:【|\[)?(?:背景|目的|前言|背景与目的|背景與目的)(?:】|\])?\s*[:：]",
    re.I,
)
_CITATION = re.compile(
    r"(?P<journal>[A-Z][^.:;]{2,80}(?: \([^)]*\))?)\. (?P<year>(?:19|20)\d\d)(?: [A-Z][a-z]{2})?[ \d]*;"
)
_LEAD = re.compile(r"([A-Z][a-z]+|[\u4e00-\u9fff]{2,3})\s*(?:等人|等\s*\d{4}|et al)")
_END = re.compile(r"[.。!！?？;；:：…」”\"')）\]】]$")


@dataclass(frozen=True)
class Line:
    """A line of a page and where it starts."""

    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def read_page(text: str, meta: dict[str, list[str]] | None = None, form: str = "page-txt") -> Parsed:
    """Records of one page's text; `meta` holds what the page says of itself in machine-readable form."""
    references, body_end = read_references(text)
    listed = read_list(text, references, body_end)
    if listed:
        return [_entry_record(n, entry, reference, form) for n, (entry, reference) in enumerate(listed, 1)], []
    meta = {**_json_meta(text), **(meta or {})}
    lines = [line for line in _lines(text[:body_end]) if not line.text.lstrip().startswith(("{", "["))]
    record = _single(text, lines, meta, references, form)
    if len(record.abstract) < SHORTEST_ABSTRACT:
        said = f"no abstract or article text found on this page ({record.abstract[:40]!r})"
        return [], [f"{said}; save the page with its text"]
    return [record], []


def split_scripts(text: str) -> list[tuple[int, int]]:
    """Stretches of an abstract container: one, or two where the abstract stands there in two scripts."""
    lines = [line for line in _lines(text) if len(line.text.strip()) >= 12]
    if not lines:
        return [(0, len(text))]
    first = _is_cjk(lines[0].text)
    other = next((line for line in lines if _is_cjk(line.text) != first), None)
    if other is None or min(other.start, len(text) - other.start) < SHORTEST_ABSTRACT:
        return [(0, len(text))]
    return [(0, len(text[: other.start].rstrip())), (other.start, len(text))]


def page_record(
    text: str, span: tuple[int, int], meta: dict[str, list[str]], form: str, lead: Reference | None = None
) -> Record:
    """The one record of a page whose abstract is `text[span]`; `meta` before what stands above the abstract."""
    start, end = span
    outside = "" if lead else text[:start]
    citation = _CITATION.search(outside)
    named = _after_label(_lines(outside), ("作者", "author", "authors"))
    year = find_year(_first(meta, "date")) or (int(citation["year"]) if citation else None)
    authors = meta.get("authors") or named or list(lead.authors if lead else ())
    return Record(
        form,
        1,
        text.count("\n", 0, start) + 1,
        title=_first(meta, "title") or _title_above(_lines(outside)),
        abstract=text[start:end],
        authors=tuple(name for a in authors for name in split_names(a)),
        year=year or (lead.year if lead else None),
        journal=_first(meta, "journal") or (citation["journal"].strip() if citation else ""),
        doi=find_doi(_first(meta, "doi")) or find_doi(outside) or (lead.doi if lead else ""),
        pmid=_first(meta, "pmid") or find_pmid(outside),
        registry_ids=find_registry_ids(text[start:end]),
        accession=_first(meta, "id"),
        publication_types=tuple(meta.get("types", ())),
        url=_first(meta, "url"),
    )


def _single(
    text: str, lines: list[Line], meta: dict[str, list[str]], references: dict[int, Reference], form: str
) -> Record:
    found = list(_abstracts(lines))
    if not found:
        title, start, end = _article(lines, _first(meta, "title"))
        lead = _lead_reference(text[start:end], references) or Reference("")
        return page_record(text, (start, end), {**meta, "title": [title]}, form, lead)
    start, end = found[0]
    others = [text[i:j] for i, j in found[1:] if _is_cjk(text[i:j]) != _is_cjk(text[start:end])]
    return replace(page_record(text, found[0], meta, form), translation=others[0] if others else "")


def _entry_record(row: int, entry: tuple[int, str, str, int], reference: Reference, form: str) -> Record:
    line, heading, abstract, year = entry
    return Record(
        form,
        row,
        line,
        title=reference.title or heading,
        abstract=abstract,
        authors=reference.authors,
        year=reference.year or year or None,
        journal=reference.journal,
        doi=reference.doi,
        pmid=reference.pmid,
        registry_ids=find_registry_ids(reference.text),
        url=reference.url,
    )


def _abstracts(lines: list[Line]) -> Iterator[tuple[int, int]]:
    """Stretches of the page that are abstracts, in order: under a header line, after an inline one, or labelled."""
    at = 0
    while at < len(lines):
        line = lines[at]
        headed = bool(_HEADER.fullmatch(line.text.strip()))
        first = at + 1 if headed else at
        while headed and first < len(lines) and not lines[first].text.strip():
            first += 1
        if first >= len(lines):
            return
        inline = _INLINE.match(lines[first].text)
        start = lines[first].start + (inline.end() if inline else 0)
        opens = headed or inline or _LABELLED.match(lines[first].text)
        last = _prose_end(lines, first) if opens else first - 1
        if last >= first and lines[last].end - start >= SHORTEST_ABSTRACT:
            yield start, lines[last].end
            at = last + 1
        else:
            at += 1


def _prose_end(lines: list[Line], first: int) -> int:
    """Last line of the run of prose, in one script, that begins at `first`; `first - 1` where it is no prose."""
    last, cjk = first - 1, _is_cjk(lines[first].text)
    for at in range(first, len(lines)):
        text = lines[at].text.strip()
        if not text:
            continue
        if not _is_prose(text) or _is_cjk(text) != cjk or _HEADER.fullmatch(text) or _machine_remark(text):
            break
        last = at
    return last


def _is_prose(text: str) -> bool:
    return bool(_END.search(text)) and len(text) >= (12 if _is_cjk(text) else 30)


def _machine_remark(text: str) -> bool:
    """A page's own remark that a translation was made by a machine."""
    return len(text) < 60 and bool(re.search(r"机器翻译|機器翻譯|程序翻译|程式翻譯|machine translat", text, re.I))


def _article(lines: list[Line], title: str) -> tuple[str, int, int]:
    """Title and stretch of a page that is an article without an abstract: all that follows its title."""
    filled = [line for line in lines if line.text.strip()]
    if not filled:
        return title, 0, 0
    same = [i for i, line in enumerate(filled) if title and line.text.strip() == title.strip()]
    # A title stands near the top; further down a short line is a heading or a link.
    top = filled[: max(6, len(filled) // 4)]
    guess = [i for i, line in enumerate(top) if _may_be_title(line.text.strip())]
    at = same[0] if same else guess[0] if guess and not title else -1
    start = filled[at + 1].start if 0 <= at < len(filled) - 1 else filled[0].start
    return title or (filled[at].text.strip() if at >= 0 else ""), start, filled[-1].end


def _may_be_title(text: str) -> bool:
    return 10 <= len(text) <= 160 and not _END.search(text)


def _title_above(lines: list[Line]) -> str:
    """The page's first line, where it reads like a title: no list of places, no sentence of an abstract."""
    first = next((line.text.strip() for line in lines if line.text.strip()), "")
    long_enough = len(first) >= 10 if _is_cjk(first) else len(first.split()) >= 5
    listy = len(re.findall(r"[,，、|>]", first)) > 2 or re.search(r"\d{5,}|doi|https?:", first, re.I)
    return first if long_enough and not listy and len(first) <= 300 else ""


def _after_label(lines: list[Line], labels: tuple[str, ...]) -> list[str]:
    for at, line in enumerate(lines):
        text = line.text.strip().lower().rstrip(":：")
        if text in labels and at + 1 < len(lines):
            return [lines[at + 1].text.strip()]
        for label in labels:
            if text.startswith((f"{label}:", f"{label}：")):
                return [line.text.strip()[len(label) + 1 :].strip()]
    return []


def _lead_reference(article: str, references: dict[int, Reference]) -> Reference | None:
    """The one reference whose first author the article names as its source; None where that is not certain."""
    for name in _LEAD.findall(article):
        same = [r for r in references.values() if r.authors and _surname_is(r.authors[0], name)]
        if len(same) == 1:
            return same[0]
    return None


def _surname_is(author: str, name: str) -> bool:
    return author.startswith(name) if _is_cjk(name) else name in re.split(r"[ ,]+", author)


def _json_meta(text: str) -> dict[str, list[str]]:
    for line in text.split("\n"):
        if not line.lstrip().startswith("{"):
            continue
        try:
            data = json.loads(line)
        except ValueError:
            continue
        if isinstance(data, dict) and isinstance(data.get("title"), str):
            return _from_json(data)
    return {}


def _from_json(data: dict) -> dict[str, list[str]]:
    journal = data.get("journal")
    values = {
        "title": data.get("title"),
        "authors": data.get("authors") if isinstance(data.get("authors"), str) else None,
        "doi": data.get("doi"),
        "date": data.get("publicationDate") or data.get("datePublished"),
        "journal": journal.get("name") if isinstance(journal, dict) else journal or data.get("PeriodicalName"),
        "types": data.get("publicationTypes"),
        "pmid": data.get("pmid"),
    }
    return {k: [v] for k, v in values.items() if isinstance(v, str) and v}


def _lines(text: str) -> list[Line]:
    lines, start = [], 0
    for piece in text.split("\n"):
        lines.append(Line(start, piece))
        start += len(piece) + 1
    return lines


def _first(meta: dict[str, list[str]], key: str) -> str:
    return next(iter(meta.get(key, ())), "")


def _is_cjk(text: str) -> bool:
    wide = len(re.findall(r"[\u3400-\u9fff]", text))
    return wide > 0.15 * max(1, len(re.sub(r"\s", "", text)))
