"""Tagged fields to a `Record`: every tagged format is a table that says which tags mean what.

Stands between the splitters of lines (`tagged`, `chinese`, `sheets`), which give fields in order, and `Record`.
Problems are gathered, not raised, so that a file can report all of them at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mscreview.records.model import Label, Record, find_doi, find_pmid, find_registry_ids, find_year

Fields = list[tuple[str, str]]
Parsed = tuple[list[Record], list[str]]

# What an export writes on purpose where a record has no abstract; anything else empty is a damaged field.
_STATED_ABSENT = re.compile(r"\[?\s*no abstract(?: available)?\.?\s*\]?", re.IGNORECASE)
_NO_YEAR = re.compile(r"in press|n\.?d\.?|forthcoming|ahead of print", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """One record's fields as its file gives them; `last` is the tag that ended it."""

    line: int
    fields: Fields

    @property
    def last(self) -> str:
        return self.fields[-1][0] if self.fields else ""


def build(entries: Iterable[Entry], tags: Mapping[str, tuple[str, ...]], form: str) -> Parsed:
    """Records of `entries`, read by the tag table `tags`, and every problem met."""
    records, problems = [], []
    for row, entry in enumerate(entries, 1):
        where = f"record {row} (line {entry.line})"
        record, wrong = _record(entry, tags, form, row)
        records.append(record)
        problems += [f"{where}: {w}" for w in wrong]
    return records, problems


def cut_short(entries: list[Entry], text: str) -> list[str]:
    """The problem of a file that stops inside its last record, told by the tag that ends all the others."""
    if not entries:
        return []
    last, ends = entries[-1], {entry.last for entry in entries[:-1]}
    usual = len(ends) == 1 and last.last not in ends and len(entries) > 2
    if usual and not any(tag in ends for tag, _ in last.fields):
        return [_cut(len(entries), last, f"field {ends.pop()!r}, which ends every other record, is missing")]
    if not text.endswith("\n") and len(last.fields) < 3:
        return [_cut(len(entries), last, "the file stops inside it")]
    return []


def join_wrapped(first: str, second: str) -> str:
    """Two printed lines of one field: a blank between words, none beside a Chinese character."""
    if not first or not second or _wide(first[-1]) or _wide(second[0]):
        return first + second
    return f"{first} {second}"


def split_names(printed: str) -> list[str]:
    """Author names of one printed list: by ';', by ' and ', or by ',' where each piece is a whole name."""
    if re.search(r"[;；]", printed):
        return _clean(re.split(r"[;；]", printed))
    parts = re.split(r",?\s+(?:and|&)\s+", printed)
    if len(parts) > 1:
        return [name for part in parts for name in split_names(part)]
    pieces = _clean(re.split(r",|，|、", printed))
    whole = len(pieces) > 1 and all(" " in p or _wide(p[0]) for p in pieces)
    return pieces if whole else _clean([printed])


def _record(entry: Entry, tags: Mapping[str, tuple[str, ...]], form: str, row: int) -> tuple[Record, list[str]]:
    values = {name: _values(entry.fields, tags.get(name, ())) for name in _NAMES}
    abstract, problems = _abstract(values["abstract"], tags["abstract"])
    title = " ".join(values["title"][:1]).strip()
    if not title and not abstract:
        problems.append("has neither a title nor an abstract; the export is cut or has unknown tags")
    pmid, wrong = _pmid(values["pmid"], values["identifiers"], tags.get("pmid", ()))
    year, odd = _year(values["year"], tags.get("year", ()))
    record = Record(
        form,
        row,
        entry.line,
        title=title,
        abstract=abstract,
        translation=" ".join(values["translation"]).strip(),
        authors=tuple(name for v in values["authors"] for name in split_names(v)),
        year=year,
        journal=" ".join(values["journal"][:1]).strip(),
        doi=next((d for d in map(find_doi, values["doi"] + _called_doi(values["identifiers"])) if d), ""),
        pmid=pmid,
        registry_ids=find_registry_ids(*values["registry"], title, abstract),
        accession=_accession(values["accession"]),
        publication_types=_types(entry.fields, tags.get("types", ())),
        url=next((v for v in values["url"] if v.startswith("http")), ""),
        labels=tuple(label for v in values["labels"] for label in find_labels(v)),
        notes=tuple(f"{tag}: {value}" for tag, value in entry.fields if tag in tags.get("notes", ())),
    )
    return record, problems + wrong + odd


_NAMES = (
    *("title", "abstract", "translation", "authors", "year", "journal", "doi", "pmid", "identifiers"),
    *("registry", "accession", "types", "url", "labels"),
)


def _values(fields: Fields, tags: tuple[str, ...]) -> list[str]:
    """Values in the order of preference of `tags`, then of the file."""
    return [value for tag in tags for name, value in fields if name == tag]


def _abstract(values: list[str], tags: tuple[str, ...]) -> tuple[str, list[str]]:
    filled = [v.strip() for v in values if v.strip()]
    if values and not filled:
        told = "leave the field out, or write [no abstract], where the record has none"
        return "", [f"abstract ({'/'.join(tags)}) is empty: {values[0]!r}; {told}"]
    if not filled or _STATED_ABSENT.fullmatch(filled[0]):
        return "", []
    return filled[0], []


def _pmid(values: list[str], elsewhere: list[str], tags: tuple[str, ...]) -> tuple[str, list[str]]:
    given = next((v.strip() for v in values if v.strip()), "")
    if given and not re.fullmatch(r"\d{1,8}", given):
        return "", [f"PubMed id ({'/'.join(tags)}) {given!r} is not a number"]
    return given.lstrip("0") or next((p for p in map(find_pmid, elsewhere) if p), ""), []


def _types(fields: Fields, tags: tuple[str, ...]) -> tuple[str, ...]:
    """Publication types by the first tag that gives any: a bare JOUR says nothing beside a printed type."""
    for tag in tags:
        if values := _values(fields, (tag,)):
            return tuple(dict.fromkeys(values))
    return ()


def _called_doi(values: list[str]) -> list[str]:
    """Values that call what they hold a DOI: the address of a table inside another article must not count."""
    return [v for v in values if re.search(r"\bdoi\b", v, re.IGNORECASE)]


def _year(values: list[str], tags: tuple[str, ...]) -> tuple[int | None, list[str]]:
    given = next((v.strip() for v in values if v.strip()), "")
    year = find_year(given)
    odd = bool(given) and year is None and not _NO_YEAR.search(given)
    return year, [f"year ({'/'.join(tags)}) {given!r} holds no year"] if odd else []


def _accession(values: list[str]) -> str:
    """An export's own id; of an address only its tail, for that is where databases put theirs.

    A bare word (the name of a database) is no id: it takes a digit or an underscore to be one.
    """
    tails = (re.split(r"[/=?&#]", v.strip().rstrip("/"))[-1] if "://" in v else v.strip() for v in values)
    return next((t for t in tails if re.fullmatch(r"(?=.*[\d_])[\w.-]+", t, re.ASCII)), "")


def find_labels(note: str) -> list[Label]:
    """Screening decisions that ASReview and Rayyan write into a notes field."""
    labels = [Label("asreview", _ASREVIEW[m]) for m in re.findall(r"ASReview_(relevant|irrelevant)\b", note)]
    reasons = re.search(r"RAYYAN-EXCLUSION-REASONS:\s*([^|]*)", note)
    inclusion = re.search(r"RAYYAN-INCLUSION:\s*([^|]*)", note)
    for name, said in re.findall(r"\"([^\"]+)\"\s*=>\s*\"(\w+)\"", inclusion.group(1)) if inclusion else ():
        decision = _RAYYAN.get(said.lower())
        if decision:
            why = reasons.group(1).strip() if reasons and decision == "exclude" else ""
            labels.append(Label(name, decision, why))
    return labels


_ASREVIEW = {"relevant": "include", "irrelevant": "exclude"}
_RAYYAN = {"included": "include", "excluded": "exclude", "maybe": "unclear"}


def _cut(row: int, entry: Entry, why: str) -> str:
    return f"record {row} (line {entry.line}): cut short: {why}; the export is not whole, fetch it again"


def _clean(names: Iterable[str]) -> list[str]:
    return [n for n in (name.strip(" ,.;") for name in names) if n and n.lower() not in {"et al", "等"}]


def _wide(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef"
