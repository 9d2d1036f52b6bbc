"""Who is who: which records are the same, which one is kept, and what each is called.

The `records` table without ids in, the same rows with `record_id`, `duplicate_of` and `duplicate_reason` out.
Duplicates are linked, never dropped. Two records are the same when they share a PubMed id; else a DOI; else a
registry id and nearly the title; else nearly the title, in one script, where nothing contradicts (another PubMed id,
another DOI, years more than one apart, another first author, other numbers in the title).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from mscreview.records.model import printed
from mscreview.records.names import author_key, split_name
from mscreview.records.script import simplified

# Least similarity of two titles, in percent; Chinese titles are short, so a character weighs more.
SIMILAR, SIMILAR_WIDE, REGISTERED = 93.0, 97.0, 80.0
# Words that titles gain and lose between databases.
_ARTICLES = frozenset(("a", "an", "the", "of", "in", "for", "and", "with", "by", "on", "to"))
_CHUNK = 512
_ORDER = {"pmid": 0, "doi": 1, "registry": 2, "title": 3}
Edge = tuple[int, int, str]


def identified(frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` with duplicates linked to the record that is kept, and an id for every record.

    The kept record is the one from PubMed, else the one with the longest abstract, else the first read. Kept records
    are named before duplicates, so that a plain id belongs to a kept record; equal ids get the suffix b, c, ...
    """
    frame = frame.reset_index(drop=True).astype({"year": "Int64"})
    keepers, reasons = _linked(frame)
    ids = _named(frame, [keepers[i] != i for i in range(len(frame))])
    frame["record_id"] = ids
    frame["duplicate_of"] = [ids[k] if k != i else None for i, k in enumerate(keepers)]
    frame["duplicate_reason"] = reasons
    return frame


def same_work(frame: pd.DataFrame) -> list[tuple[int, int]]:
    """Pairs of rows whose titles and first authors agree though their DOIs or PubMed ids differ.

    A preprint and its paper, or a paper printed twice: two reports of one study, not one record.
    """
    keys = _keys(frame)
    return [(i, j) for i, j in _similar(keys) if _contradict(keys[i], keys[j])]


@dataclass(frozen=True)
class _Key:
    """What of a record is compared with others."""

    pmid: str
    doi: str
    registry_ids: tuple[str, ...]
    surname: str
    year: int | None
    title: str
    wide: bool
    rank: tuple[bool, int]


def _keys(frame: pd.DataFrame) -> list[_Key]:
    return [_key(row) for row in frame.to_dict("records")]


def _key(row: dict) -> _Key:
    title = re.sub(r"[^\w]+|_", " ", simplified(printed(row["title"])).casefold()).strip()
    wide = len(re.findall(r"[\u3400-\u9fff]", title)) > 0.15 * max(1, len(title))
    authors = printed(row["authors"])
    return _Key(
        pmid=printed(row["pmid"]),
        doi=printed(row["doi"]),
        registry_ids=tuple(n for n in printed(row["registry_ids"]).split("; ") if n),
        surname=author_key(split_name(authors.split("; ")[0])[0]) if authors else "",
        year=int(row["year"]) if printed(row["year"]) else None,
        title=title.replace(" ", "") if wide else title,
        wide=wide,
        rank=(row["format"] not in {"nbib", "pubmed-xml"}, -len(printed(row["abstract"]))),
    )


def _linked(frame: pd.DataFrame) -> tuple[list[int], list[str | None]]:
    keys = _keys(frame)
    edges = [*_shared(keys, "pmid"), *_shared(keys, "doi"), *_registered(keys), *_titled(keys)]
    parent = list(range(len(keys)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, j, _ in edges:
        parent[root(j)] = root(i)
    groups = defaultdict(list)
    for i in range(len(keys)):
        groups[root(i)].append(i)
    keepers = list(range(len(keys)))
    for members in groups.values():
        kept = min(members, key=lambda i: (keys[i].rank, i))
        for i in members:
            keepers[i] = kept
    return keepers, _reasons(keepers, edges)


def _reasons(keepers: list[int], edges: list[Edge]) -> list[str | None]:
    """What links each duplicate to its kept record; through a third record, what links it to that."""
    at = defaultdict(list)
    for i, j, reason in edges:
        at[i].append((keepers[i] != j, _ORDER[reason], reason))
        at[j].append((keepers[j] != i, _ORDER[reason], reason))
    return [min(at[i])[2] if i != kept else None for i, kept in enumerate(keepers)]


def _shared(keys: list[_Key], field: str) -> Iterator[Edge]:
    first: dict[str, int] = {}
    for i, key in enumerate(keys):
        value = getattr(key, field)
        if value and first.setdefault(value, i) != i:
            yield first[value], i, field


def _registered(keys: list[_Key]) -> Iterator[Edge]:
    by_id = defaultdict(list)
    for i, key in enumerate(keys):
        for number in key.registry_ids:
            by_id[number].append(i)
    for i, j in (pair for rows in by_id.values() for pair in combinations(rows, 2)):
        if not _contradict(keys[i], keys[j]) and fuzz.ratio(keys[i].title, keys[j].title) >= REGISTERED:
            yield i, j, "registry"


def _titled(keys: list[_Key]) -> Iterator[Edge]:
    yield from ((i, j, "title") for i, j in _similar(keys) if not _contradict(keys[i], keys[j]))


def _similar(keys: list[_Key]) -> Iterator[tuple[int, int]]:
    """Pairs of rows with nearly the same title in one script, where neither year nor first author speaks against it.

    Titles are compared within a first author's, and those without an author with all.
    """
    for wide in (True, False):
        rows = [i for i, key in enumerate(keys) if key.wide == wide and len(key.title) >= (8 if wide else 20)]
        blocks = defaultdict(list)
        for i in rows:
            blocks[keys[i].surname].append(i)
        nameless = blocks.pop("", [])
        for block, others in [*((b, b) for b in blocks.values()), (nameless, rows)]:
            yield from _close(keys, block, others)


def _close(keys: list[_Key], block: list[int], others: list[int]) -> Iterator[tuple[int, int]]:
    titles = [keys[j].title for j in others]
    for start in range(0, len(block), _CHUNK):
        chunk = block[start : start + _CHUNK]
        scores = process.cdist([keys[i].title for i in chunk], titles, scorer=fuzz.ratio, score_cutoff=SIMILAR)
        for a, b in zip(*np.nonzero(scores), strict=True):
            i, j = chunk[a], others[b]
            twice = j < i and keys[j].surname == keys[i].surname
            if i != j and not twice and _near(keys[i].year, keys[j].year) and _alike(keys[i], keys[j]):
                yield min(i, j), max(i, j)


def _near(one: int | None, other: int | None) -> bool:
    return one is None or other is None or abs(one - other) <= 1


def _alike(one: _Key, other: _Key) -> bool:
    """Whether what differs between two similar titles is spelling: no number, no whole other word."""
    if re.findall(r"\d+|\b[ivx]+\b", one.title) != re.findall(r"\d+|\b[ivx]+\b", other.title):
        return False
    if one.wide:
        return fuzz.ratio(one.title, other.title) >= SIMILAR_WIDE
    left, right = set(one.title.split()), set(other.title.split())
    pairs = ((left - right, right), (right - left, left))
    return all(_has_variant(word, theirs) for mine, theirs in pairs for word in mine)


def _has_variant(word: str, words: set[str]) -> bool:
    return word in _ARTICLES or max((fuzz.ratio(word, other) for other in words), default=0) >= 75


def _contradict(one: _Key, other: _Key) -> bool:
    pairs = ((one.pmid, other.pmid), (one.doi, other.doi))
    return any(a and b and a != b for a, b in pairs)


def _named(frame: pd.DataFrame, duplicate: list[bool]) -> list[str]:
    taken: set[str] = set()
    rows = frame.to_dict("records")
    ids = [""] * len(frame)
    for i in sorted(range(len(frame)), key=lambda i: (duplicate[i], i)):
        ids[i] = next(c for c in _suffixed(_base_id(rows[i])) if c not in taken)
        taken.add(ids[i])
    return ids


def _base_id(row: dict) -> str:
    """First author and year; without an author the export's own number, else file and row."""
    authors = printed(row["authors"])
    if key := author_key(authors.split("; ")[0]) if authors else "":
        return key + printed(row["year"])
    stem = Path(str(row["source_file"]).removesuffix(".gz")).stem
    return printed(row["accession"]) or f"{stem}-{row['source_row']}"


def _suffixed(base: str) -> Iterator[str]:
    yield base
    joint = "" if base[-1:].isdigit() and base[:1].isalpha() else "-"
    for n in range(2, 10**6):
        yield f"{base}{joint}{_letters(n)}"


def _letters(n: int) -> str:
    """2 is b, 26 is z, 27 is aa."""
    letters = ""
    while n:
        n, rest = divmod(n - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
