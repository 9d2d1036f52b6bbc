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

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from mscreview.records.model import printed
from mscreview.records.names import author_key, split_name
from mscreview.records.script import simplified

SIMILAR, REGISTERED = 93.0, 80.0
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
    frame = frame.reset_index(drop=True)
    keepers, reasons = _linked(frame)
    ids = _named(frame, [keepers[i] != i for i in range(len(frame))])
    frame["record_id"] = ids
    frame["duplicate_of"] = [ids[k] if k != i else None for i, k in enumerate(keepers)]
    frame["duplicate_reason"] = reasons
    return frame


def same_work(frame: pd.DataFrame) -> list[Edge]:
    """Pairs of rows whose titles and first authors agree though their DOIs or PubMed ids differ.

    A preprint and its paper, or a paper printed twice: two reports of one study, not one record.
    """
    return [(i, j, "title") for i, j in _similar(frame) if _contradict(frame, i, j) and _same_people(frame, i, j)]


def _linked(frame: pd.DataFrame) -> tuple[list[int], list[str | None]]:
    edges = [*_shared(frame, "pmid"), *_shared(frame, "doi"), *_registered(frame), *_titled(frame)]
    parent = list(range(len(frame)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, j, _ in edges:
        parent[root(j)] = root(i)
    groups = defaultdict(list)
    for i in range(len(frame)):
        groups[root(i)].append(i)
    keepers = list(range(len(frame)))
    for members in groups.values():
        kept = min(members, key=lambda i: _keeping_order(frame, i))
        for i in members:
            keepers[i] = kept
    return keepers, [_reason(i, keepers[i], edges) for i in range(len(frame))]


def _keeping_order(frame: pd.DataFrame, i: int) -> tuple[bool, int, int]:
    row = frame.iloc[i]
    return row["format"] not in {"nbib", "pubmed-xml"}, -len(printed(row["abstract"])), i


def _reason(i: int, kept: int, edges: list[Edge]) -> str | None:
    if i == kept:
        return None
    direct = [r for a, b, r in edges if {a, b} == {i, kept}]
    return min(direct or [r for a, b, r in edges if i in {a, b}], key=lambda reason: _ORDER[reason])


def _shared(frame: pd.DataFrame, column: str) -> Iterator[Edge]:
    groups = frame.groupby(frame[column].where(frame[column].notna() & (frame[column] != ""))).indices
    for rows in groups.values():
        yield from ((int(rows[0]), int(other), column) for other in rows[1:])


def _registered(frame: pd.DataFrame) -> Iterator[Edge]:
    by_id = defaultdict(list)
    for i, ids in enumerate(frame["registry_ids"]):
        for one in printed(ids).split("; "):
            if one:
                by_id[one].append(i)
    titles = _titles(frame)
    for rows in by_id.values():
        for a, i in enumerate(rows):
            for j in rows[a + 1 :]:
                if not _contradict(frame, i, j) and fuzz.ratio(titles[i], titles[j]) >= REGISTERED:
                    yield i, j, "registry"


def _titled(frame: pd.DataFrame) -> Iterator[Edge]:
    for i, j in _similar(frame):
        if not _contradict(frame, i, j) and _same_people(frame, i, j):
            yield i, j, "title"


def _similar(frame: pd.DataFrame) -> Iterator[tuple[int, int]]:
    """Pairs of rows with nearly the same title in one script, a chunk of rows against all at a time."""
    titles = _titles(frame)
    rows = [i for i, t in enumerate(titles) if len(t) >= (8 if _wide(t) else 20)]
    for wide in (True, False):
        block = [i for i in rows if _wide(titles[i]) == wide]
        texts = [titles[i] for i in block]
        for start in range(0, len(block), _CHUNK):
            scores = process.cdist(texts[start : start + _CHUNK], texts, scorer=fuzz.ratio, score_cutoff=SIMILAR)
            for a, b in zip(*np.nonzero(scores), strict=True):
                if a + start < b and _alike(texts[a + start], texts[b]):
                    yield block[a + start], block[b]


def _alike(one: str, other: str) -> bool:
    """Whether what differs between two similar titles is spelling: no number, no whole other word."""
    if re.findall(r"\d+|\b[ivx]+\b", one) != re.findall(r"\d+|\b[ivx]+\b", other):
        return False
    if _wide(one):
        return fuzz.ratio(one, other) >= 97
    left, right = set(one.split()), set(other.split())
    return all(max((fuzz.ratio(w, v) for v in theirs), default=0) >= 75 or w in _ARTICLES
               for mine, theirs in ((left - right, right), (right - left, left)) for w in mine)  # fmt: skip


def _contradict(frame: pd.DataFrame, i: int, j: int) -> bool:
    pairs = ((printed(frame[c].iloc[i]), printed(frame[c].iloc[j])) for c in ("pmid", "doi"))
    return any(a and b and a != b for a, b in pairs)


def _same_people(frame: pd.DataFrame, i: int, j: int) -> bool:
    one, other = frame.iloc[i], frame.iloc[j]
    years = [one["year"], other["year"]]
    if not any(pd.isna(y) for y in years) and abs(int(years[0]) - int(years[1])) > 1:
        return False
    first, second = (_surname(printed(r["authors"])) for r in (one, other))
    return not first or not second or first == second


def _surname(authors: str) -> str:
    return author_key(split_name(authors.split("; ")[0])[0]) if authors else ""


def _titles(frame: pd.DataFrame) -> list[str]:
    plain = (re.sub(r"[^\w]+|_", " ", simplified(printed(t)).casefold()).strip() for t in frame["title"])
    return [t.replace(" ", "") if _wide(t) else t for t in plain]


def _wide(text: str) -> bool:
    return len(re.findall(r"[\u3400-\u9fff]", text)) > 0.15 * max(1, len(text))


def _named(frame: pd.DataFrame, duplicate: list[bool]) -> list[str]:
    taken: set[str] = set()
    ids = [""] * len(frame)
    for i in sorted(range(len(frame)), key=lambda i: (duplicate[i], i)):
        base = _base_id(frame.iloc[i])
        ids[i] = next(c for c in _suffixed(base) if c not in taken)
        taken.add(ids[i])
    return ids


def _base_id(row: pd.Series) -> str:
    """First author and year; without an author the export's own number, else file and row."""
    key = author_key(printed(row["authors"]).split("; ")[0]) if printed(row["authors"]) else ""
    if key:
        return key + ("" if pd.isna(row["year"]) else str(int(row["year"])))
    stem = re.sub(r"(?:\.gz)?$", "", str(row["source_file"])).rsplit("/", 1)[-1]
    return printed(row["accession"]) or f"{re.sub(r'[.][^.]*$', '', stem)}-{row['source_row']}"


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
