"""Patterns run only where they can match: a pattern and a cheap test of its places in, the matches of `finditer` out.

`re` skips quickly to a character of a set, but not to a word boundary, to one of many words or to a letter of either
case; most of the time of a reading would go into places where nothing can start. Knows no topic.
"""

from __future__ import annotations

import re
from collections.abc import Iterator


def beginnings(words: str, chinese: str = "") -> re.Pattern[str]:
    """Places where a Latin word can start that opens, in any case, like one of `words`, and the characters `chinese`.

    `words` are blank-separated, two characters or more; a superset of the places is given.
    """
    opened = words.split()
    firsts = "".join(sorted({c for w in opened for c in w[0].lower() + w[0].upper()}))
    seconds = "|".join(sorted({re.escape(w[1:3].lower()) for w in opened}))
    behind = f"(?:(?<=[{chinese}])|(?<![A-Za-z].)(?i:{seconds}))" if chinese else f"(?<![A-Za-z].)(?i:{seconds})"
    return re.compile(f"[{firsts}{chinese}]{behind}")


def starting(
    pattern: re.Pattern[str], places: re.Pattern[str], text: str, start: int = 0, end: int | None = None
) -> Iterator[re.Match[str]]:
    """Matches of `pattern` in `text[start:end]` as `finditer` gives them, when each starts where `places` matches."""
    stop = len(text) if end is None else end
    match = pattern.match
    for place in places.finditer(text, start, stop):
        at = place.start()
        if at >= start and (found := match(text, at, stop)):
            yield found
            start = found.end()


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
