"""The words a review gives the readers: a protocol in, compiled patterns out; without a protocol, only generic words.

Compiled once per protocol. Every reader asks the lexicon for outcomes, vocabulary terms and arm cues, so no topic word
stands in the library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mscreview.project import Protocol

# words any trial may use for the arm that gets the new thing and for the one it is compared with
TREATED = (
    "treatment", "treated", "intervention", "experimental", "study group", "active", "试验组", "治疗组", "实验组",
    "干预组", "观察组", "研究组",
)  # fmt: skip
CONTROL = (
    "control", "controls", "placebo", "sham", "usual care", "standard care", "standard of care", "no treatment",
    "observation", "vehicle", "untreated", "wait-list", "waiting list", "对照组", "安慰剂", "空白组",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Terms:
    """A set of names as one pattern, and the canonical name each stands for."""

    pattern: re.Pattern[str] | None
    canonical: dict[str, str]

    def find(self, text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int, str]]:
        """(start, end, canonical) of every name in `text[start:end]`, longest first, none overlapping."""
        if self.pattern is None:
            return []
        stop = len(text) if end is None else end
        return [(m.start(), m.end(), self.canonical[_key(m[0])]) for m in self.pattern.finditer(text, start, stop)]


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Compiled names: outcomes (id), vocabularies (name -> terms), words of the treated and the control arm."""

    outcomes: Terms
    vocabulary: dict[str, Terms]
    treated: Terms
    control: Terms
    protocol: Protocol | None = None


def lexicon(protocol: Protocol | None = None) -> Lexicon:
    """The lexicon of a protocol, or the generic one; compiled once and kept."""
    return _generic() if protocol is None else _of(protocol)


def terms(names: dict[str, tuple[str, ...]]) -> Terms:
    """Compile canonical name -> synonyms; case is ignored, a plural s is allowed, Latin words stand alone."""
    canonical = {_key(s): name for name, synonyms in names.items() for s in synonyms}
    if not canonical:
        return Terms(None, {})
    for key, name in list(canonical.items()):
        if key[-1:].isalpha() and key.isascii() and not key.endswith("s"):
            canonical.setdefault(key + "s", name)
    ordered = sorted(canonical, key=lambda k: (-len(k), k))
    return Terms(re.compile("|".join(map(_bounded, ordered)), re.I), canonical)


def _bounded(key: str) -> str:
    body = r"[ -]".join(map(re.escape, re.split(r"[ -]", key)))
    before = r"(?<![A-Za-z0-9])" if key[0].isascii() and key[0].isalnum() else ""
    after = r"(?![A-Za-z0-9])" if key[-1].isascii() and key[-1].isalnum() else ""
    return f"{before}{body}{after}"


def _key(text: str) -> str:
    return re.sub(r"[ -]", " ", text.lower())


@lru_cache(maxsize=1)
def _generic() -> Lexicon:
    return Lexicon(terms({}), {}, terms({"treated": TREATED}), terms({"control": CONTROL}))


@lru_cache(maxsize=16)
def _of(protocol: Protocol) -> Lexicon:
    return Lexicon(
        outcomes=terms({key: (o.label, *o.synonyms) for key, o in protocol.outcomes.items()}),
        vocabulary={name: terms({c: (c, *s) for c, s in canon.items()}) for name, canon in protocol.vocabulary.items()},
        treated=terms({"treated": (*TREATED, *protocol.arms.treated)}),
        control=terms({"control": (*CONTROL, *protocol.arms.control)}),
        protocol=protocol,
    )
