"""Patterns run only where they can match: a pattern and a cheap test of its places in, the matches of `finditer` out.

`re` skips quickly to a character of a set, but not to a word boundary, to one of many words or to a letter of either
case; most of the time of a reading would go into places where nothing can start. Knows no topic.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, wraps
from itertools import accumulate
from typing import TypeVar

_WORD = re.compile("([A-Za-z]+)")
T = TypeVar("T")
LETTERS = 3  # a word is found by so many


@dataclass(frozen=True, slots=True, eq=False)
class Beginnings:
    """What a match can open with: the first letters of words, and other characters (`plain`: ASCII among them)."""

    keys: tuple[str, ...]
    others: re.Pattern[str] | None
    plain: bool


def beginnings(words: str, others: str = "") -> Beginnings:
    """Places where a Latin word opens, in any case, like one of `words`, and the signs or Chinese characters `others`.

    `words` are blank-separated; one of three letters or more stands for every word that opens with its first three, a
    shorter one for itself alone. A superset of the places is given.
    """
    keys = tuple(dict.fromkeys(word[:LETTERS].lower() for word in words.split()))
    plain = any(c.isascii() for c in others)
    return Beginnings(keys, re.compile(f"[{re.escape(others)}]") if others else None, plain)


def starting(
    pattern: re.Pattern[str], places: Beginnings | re.Pattern[str], text: str, start: int = 0, end: int | None = None
) -> Iterator[re.Match[str]]:
    """Matches of `pattern` in `text[start:end]` as `finditer` gives them, when each starts at one of `places`."""
    stop = len(text) if end is None else end
    match = pattern.match
    for at in _places(places, text, start, stop):
        if start <= at and (found := match(text, at, stop)):
            yield found
            start = max(found.end(), at + 1)


def _places(places: Beginnings | re.Pattern[str], text: str, start: int, stop: int) -> Iterable[int]:
    if isinstance(places, re.Pattern):
        return (m.start() for m in places.finditer(text, start, stop))
    if stop - start == len(text):
        return _all_places(places, text)
    found = _kept_places(places, text)
    return found[bisect_left(found, start) : bisect_left(found, stop)]


def _all_places(places: Beginnings, text: str) -> list[int]:
    index = openings(text)
    found = [at for key in places.keys if key in index for at in index[key]]
    if places.others and (places.plain or not text.isascii()):
        found += [m.start() for m in places.others.finditer(text)]
    found.sort()
    return found


_kept_places = lru_cache(maxsize=16)(_all_places)  # a text is asked for sentence by sentence


def _once(read: Callable[[str], T]) -> Callable[[str], T]:
    """`read`, kept for the last two texts, as every reader asks; a name or a phrase is not asked for again."""
    kept = lru_cache(maxsize=2)(read)
    return wraps(read)(lambda text: kept(text) if len(text) > _PHRASE else read(text))


_PHRASE = 200


@_once
def words(text: str) -> tuple[list[str], list[int]]:
    """The Latin words of a text as printed, and where each starts."""
    parts = _WORD.split(text)
    return parts[1::2], list(accumulate(map(len, parts)))[:-1:2]


@_once
def openings(text: str) -> dict[str, list[int]]:
    """Where the Latin words of a text start, by their first three letters in small form."""
    index: defaultdict[str, list[int]] = defaultdict(list)
    for word, at in zip(*words(text), strict=True):
        index[word[:LETTERS].lower()].append(at)
    return index


class Remembered(dict[str, T]):
    """What `tell` says of a word, asked once for each of the first hundred thousand words; `known[word]` tells."""

    def __init__(self, tell: Callable[[str], T]) -> None:
        super().__init__()
        self.tell = tell

    def __missing__(self, word: str) -> T:
        told = self.tell(word)
        if len(self) < _REMEMBERED:
            self[word] = told
        return told


_REMEMBERED = 100_000


def around(pattern: re.Pattern[str], anchor: re.Pattern[str], text: str, before: int) -> Iterator[re.Match[str]]:
    """Matches of `pattern` as `finditer` gives them, when each ends with a match of `anchor` and one more character at
    most, and starts at most `before` characters in front of it."""
    low = high = 0
    for m in anchor.finditer(text):
        if m.start() - before > high:
            yield from pattern.finditer(text, low, high)
            low = m.start() - before
        high = m.end() + 1
    if high:
        yield from pattern.finditer(text, max(0, low), min(high, len(text)))
