"""Every place that names an arm: a text and its arms in, mentions out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from mscreview.extract.arms import doses, lists
from mscreview.extract.arms.doses import dose_of
from mscreview.extract.arms.groups import WORD, words_of
from mscreview.extract.model import Arm, Context, Mention


def mentions(context: Context, arms: Iterable[Arm]) -> tuple[Mention, ...]:
    """Every place that names one of `arms` (by name, alias or acronym), in text order, none overlapping."""
    first: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    arms = tuple(arms)
    for number, arm in enumerate(arms):
        for alias in {*arm.aliases, *(() if dose_of(arm) else (arm.name,))}:
            for words in _spoken(tuple(words_of(alias))):
                first.setdefault(words[0], []).append((words, number))
    for named in first.values():
        named.sort(key=lambda pair: -len(pair[0]))  # the longest first
    out: list[Mention] = []
    busy = 0
    for start, word in _places(context.norm, first):
        if start < busy:
            continue
        named = first[word]
        tokens = list(islice(WORD.finditer(context.norm, start), len(named[0][0])))
        lower = tuple([m[0].lower() for m in tokens])
        best = next((pair for pair in named if lower[: len(pair[0])] == pair[0]), None)
        if best is not None:
            busy = tokens[len(best[0]) - 1].end()
            beside = out and out[-1].end == start - 1 and word == "treated"  # "the X treated group" is X's
            if not _NO_LABEL.match(context.norm, busy) and not beside and not _ends_another(context.norm, start, busy):
                out.append(Mention(start, busy, best[1]))
    out += lists.short_names(context.norm, arms, out)
    others = [*doses.mentions(context.norm, arms), *lists.listed(context.norm, arms)]
    if not others:
        return tuple(sorted(out))
    inside = {at for m in others for at in range(m.start, m.end)}
    return tuple(sorted([m for m in out if inside.isdisjoint((m.start, m.end - 1))] + others))


def _spoken(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """How a name is found in a text: as it is, a letter only beside "group" or "arm" (no arm S stands in "patient's")."""
    if len(words) == 1 and len(words[0]) == 1 and words[0].isascii():
        return [pair for word in ("group", "arm") for pair in ((words[0], word), (word, words[0]))]
    return [words] if words else []


_GROUP = re.compile(r" (?:groups?|arms?)\b")


def _ends_another(norm: str, start: int, end: int) -> bool:
    """Whether the name is the end of another: "the dim-light group" is not that of light."""
    joined = norm[start - 1 : start] == "-" and norm[max(0, start - 2) : start - 1].isalpha()
    return joined and _GROUP.match(norm, end) is not None


# "placebo-corrected", "X-treated baseline": no number is of the arm named so
_NO_LABEL = re.compile(r"[- ](?:(?:corrected|adjusted|subtracted)\b|treated baseline\b)")


def _places(norm: str, words: Iterable[str]) -> list[tuple[int, str]]:
    """Where a word of the text may open with one of `words` (in small letters), in text order."""
    lower = norm.lower()
    if len(lower) != len(norm):  # a few letters have a longer small form
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in norm)
    found = []
    for word in words:
        at = lower.find(word)
        while at >= 0:
            if not (at and _LETTER.match(norm, at - 1) and _LETTER.match(norm, at)):
                found.append((at, word))
            at = lower.find(word, at + 1)
    return sorted(found)


_LETTER = re.compile(r"[A-Za-z0-9\u0370-\u03ff+]")
