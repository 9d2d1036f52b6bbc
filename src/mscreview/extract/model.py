"""What a fact is and what a reader gets: the two objects that every file of `extract` shares.

A reader takes a `Context` (the passage, its sentences, quantities, the lexicon, the arms found so far) and yields
`Fact`s made by `Context.fact`, which fills the quote, the raw offsets and the section, so they cannot disagree.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from mscreview.extract.lexicon import Lexicon, Term
from mscreview.text import Passage, Quantity, Sentence

_CHINESE = re.compile("[\u4e00-\u9fff]")
ALL_ARMS = "all"  # the `arm` of a number that holds for each arm


class ExtractError(ValueError):
    """A table or a reader's output that cannot be used; the message names the row, column and value."""


class Fact(NamedTuple):
    """One thing the text says, word for word; `raw[start:end] == quote`. Unknown fields are None or ''.

    `contracts.toml` says what each field holds; `comparator` is told by `direction.clauses` (what an outcome is compared with)
    and by `effects.pvalues` (what is tested).
    """

    kind: str
    start: int
    end: int
    quote: str
    rule: str
    measure: str = ""
    outcome: str = ""
    arm: str = ""
    weeks: float | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    spread: float | None = None
    spread_kind: str = ""
    n: int | None = None
    comparator: str = ""
    unit: str = ""
    level: float | None = None
    value_text: str = ""
    decimals: int | None = None
    section: str = ""
    status: str = "ok"
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arm:
    """A group of the trial: the name it is called by, its other names, its role, where it is first named (norm)."""

    name: str
    aliases: tuple[str, ...] = ()
    role: str = ""  # treated | control | ''
    n: int | None = None
    start: int = -1
    end: int = -1


class Mention(NamedTuple):
    """A place in the normal form that names an arm; `arm` counts in `Context.arms`."""

    start: int
    end: int
    arm: int


@dataclass(frozen=True, eq=False)  # a context is itself only: what is read from it can be kept beside it
class Context:
    """Everything a reader may look at. Offsets of sentences, quantities, arms and terms count in `passage.norm`.

    `roles` holds, for every quantity, the probability of each role of `roles.words.ROLES` (a row a quantity).
    `terms` holds the lexicon's names found in the text, by family (`outcome`, each vocabulary, `treated`, `control`).
    """

    passage: Passage
    sentences: tuple[Sentence, ...]
    quantities: tuple[Quantity, ...]
    lexicon: Lexicon
    arms: tuple[Arm, ...] = ()
    mentions: tuple[Mention, ...] = ()
    roles: np.ndarray | None = field(default=None, repr=False, compare=False)
    terms: Mapping[str, tuple[Term, ...]] = field(default_factory=dict, repr=False)
    _holds_chinese: bool = field(default=True, repr=False)
    _starts: tuple[int, ...] = field(default=(), repr=False)
    _quantity_starts: tuple[int, ...] = field(default=(), repr=False)
    _mention_starts: tuple[int, ...] = field(default=(), repr=False)

    @cached_property
    def norm(self) -> str:
        return self.passage.norm

    def sentence_at(self, position: int) -> Sentence | None:
        """The sentence that holds a position of the normal form."""
        i = bisect_right(self._starts, position) - 1
        return self.sentences[i] if i >= 0 else None

    def section_at(self, position: int) -> str:
        sentence = self.sentence_at(position)
        return sentence.section if sentence else ""

    def quantities_in(self, start: int, end: int) -> tuple[Quantity, ...]:
        """Quantities that begin in `norm[start:end]`."""
        return self.quantities[bisect_left(self._quantity_starts, start) : bisect_left(self._quantity_starts, end)]

    def is_chinese(self, start: int, end: int) -> bool:
        """Whether a stretch of the normal form holds Chinese characters."""
        return self._holds_chinese and _CHINESE.search(self.passage.norm, start, end) is not None

    def matches(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Matches of a compiled pattern in the normal form."""
        return pattern.finditer(self.passage.norm)

    def fact(self, kind: str, start: int, end: int, rule: str, **fields: Any) -> Fact:
        """A fact whose words are `norm[start:end]`; the status follows the section unless given."""
        raw_start, raw_end = self.passage.span(start, end)
        section = fields.pop("section", None) or self.section_at(start)
        fields.setdefault("status", "background" if section == "background" else "ok")
        return Fact(kind, raw_start, raw_end, self.passage.raw[raw_start:raw_end], rule, section=section, **fields)

    def mentions_in(self, start: int, end: int) -> tuple[Mention, ...]:
        """Mentions of arms that begin in `norm[start:end]`."""
        starts = self._mention_starts
        return self.mentions[bisect_left(starts, start) : bisect_left(starts, end)]

    def terms_in(self, family: str, start: int, end: int) -> tuple[Term, ...]:
        """Names of a family that begin in `norm[start:end]`."""
        names = self.terms.get(family, ())
        return beginning_in(names, start, end)

    def role_at(self, position: int) -> np.ndarray | None:
        """Probabilities of the roles of the quantity that begins at `position` (a sign may stand before it)."""
        for at in (position, position - 1, position - 2):
            k = bisect_left(self._quantity_starts, at)
            if k < len(self.quantities) and self._quantity_starts[k] == at and self.quantities[k].end > position:
                return None if self.roles is None else self.roles[k]
        return None

    def with_roles(self, roles: np.ndarray) -> Context:
        return replace(self, roles=roles)

    def with_arms(self, arms: tuple[Arm, ...], mentions: tuple[Mention, ...]) -> Context:
        return replace(self, arms=arms, mentions=mentions, _mention_starts=tuple(m.start for m in mentions))


def context(passage: Passage, sentences: list[Sentence], quantities: list[Quantity], lexicon: Lexicon) -> Context:
    """Assemble a `Context` before any arm is known."""
    return Context(
        passage,
        tuple(sentences),
        tuple(quantities),
        lexicon,
        terms=lexicon.terms(passage.norm),
        _holds_chinese=not passage.norm.isascii() and _CHINESE.search(passage.norm) is not None,
        _starts=tuple(s.start for s in sentences),
        _quantity_starts=tuple(q.start for q in quantities),
    )


def beginning_in(things: Any, low: int, high: int) -> Any:
    """Those of a sequence in order of `start` that begin in [low, high)."""
    start = attrgetter("start")
    return things[bisect_left(things, low, key=start) : bisect_left(things, high, key=start)]


def chained(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Runs of neighbours from the pairs that are joined, in order: (1, 2), (2, 3), (5, 6) give [1, 2, 3], [5, 6]."""
    runs: list[list[int]] = []
    for a, b in pairs:
        if runs and runs[-1][-1] == a:
            runs[-1].append(b)
        else:
            runs.append([a, b])
    return runs
