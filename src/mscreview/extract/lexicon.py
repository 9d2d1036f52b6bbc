"""The words a review gives the readers: a protocol in, compiled matchers out; without a protocol, only generic words.

Compiled once per protocol. Every reader asks the lexicon for outcomes, vocabulary terms and arm cues, so no topic word
stands in the library. A synonym is a small regular expression that stands for whole words; a word's first letters
choose the few synonyms that can start there (one walk over the text serves all families), and the longest match wins,
so that a longer name is never read as the shorter one inside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from mscreview.text.search import LETTERS, openings

if TYPE_CHECKING:
    from mscreview.project import Protocol

OUTCOME, TREATED_ARM, CONTROL_ARM = "outcome", "treated", "control"

# words any trial may use for the arm that gets the new thing and for the one it is compared with
TREATED = (
    "treatment", "treated", "intervention", "experimental", "study group", "active", "试验组", "治疗组", "实验组",
    "干预组", "观察组", "研究组",
)  # fmt: skip
CONTROL = (
    "control", "controls", "placebo", "sham", "usual care", "standard care", "standard of care", "no treatment",
    "observation", "vehicle", "untreated", "wait-list", "waiting list", "对照组", "安慰剂", "空白组", "常规治疗组",
    "常规组", "控制组",
)  # fmt: skip


class Term(NamedTuple):
    """A name found in the normal form: `family` is the list it stands in, `name` its canonical form there."""

    start: int
    end: int
    family: str
    name: str


Entry = tuple[re.Pattern[str], str, str]  # pattern, family, canonical name


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """A set of names, compiled: the patterns by the letters they open with, and those that open with none.

    `known` keeps which patterns can start at a word, by the first letters of the word.
    """

    starts: Mapping[str, tuple[Entry, ...]]
    anywhere: tuple[Entry, ...]
    chinese: re.Pattern[str] | None
    known: dict[str, tuple[Entry, ...]] = field(default_factory=dict)

    def find(self, text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int, str]]:
        """(start, end, canonical) of every name in `text[start:end]`, longest first, none overlapping."""
        return [(t.start, t.end, t.name) for t in _longest(list(self.candidates(text, start, end)))]

    def candidates(self, text: str, start: int = 0, end: int | None = None) -> Iterator[Term]:
        """Every match of every synonym that lies in `text[start:end]`, overlapping ones too; linear in its length."""
        stop = len(text) if end is None else end
        for pattern, family, name, at in self._places(text, start, stop):
            if (m := pattern.match(text, at)) and m.end() <= stop:
                yield Term(at, m.end(), family, name)
        for pattern, family, name in self.anywhere:
            for m in pattern.finditer(text, start, stop):
                if m.end() > m.start():
                    yield Term(m.start(), m.end(), family, name)

    def _places(self, text: str, start: int, stop: int) -> Iterator[tuple[re.Pattern[str], str, str, int]]:
        """Every pattern with every place at which it can start."""
        index, known = openings(text), self.known
        for letters in index.keys() - known.keys():
            shorter = (self.starts.get(letters[:size], ()) for size in range(1, len(letters) + 1))
            known[letters] = tuple(entry for entries in shorter for entry in entries)
        for letters, places in index.items():
            for pattern, family, name in known[letters]:
                yield from ((pattern, family, name, at) for at in places if start <= at < stop)
        if self.chinese and not text.isascii():
            for m in self.chinese.finditer(text, start, stop):
                yield from ((*entry, m.start()) for entry in self.starts[m[0]])


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Compiled names: outcomes (id), vocabularies (name -> terms), words of the treated and the control arm."""

    outcomes: Terms
    vocabulary: dict[str, Terms]
    treated: Terms
    control: Terms
    all: Terms
    protocol: Protocol | None = None

    def terms(self, text: str) -> dict[str, tuple[Term, ...]]:
        """Terms of every family (`outcome`, each vocabulary, `treated`, `control`) in text order, in one walk."""
        found: dict[str, list[Term]] = {}
        for term in self.all.candidates(text):
            found.setdefault(term.family, []).append(term)
        return {family: _longest(terms) for family, terms in found.items()}

    def better(self, outcome: str) -> str:
        """'higher' or 'lower', whichever is good for the patient; '' for an outcome the protocol does not know."""
        known = self.protocol.outcomes.get(outcome) if self.protocol else None
        return known.better if known else ""


def lexicon(protocol: Protocol | None = None) -> Lexicon:
    """The lexicon of a protocol, or the generic one; compiled once and kept."""
    return _generic() if protocol is None else _of(protocol)


def terms(families: Iterable[tuple[str, str, Iterable[str]]]) -> Terms:
    """Compile (family, canonical name, synonyms): Latin words stand alone, a plural s and any blank are allowed."""
    starts: dict[str, list[tuple[re.Pattern[str], str, str]]] = {}
    anywhere: list[tuple[re.Pattern[str], str, str]] = []
    for family, name, synonyms in families:
        for synonym in dict.fromkeys(synonyms):
            entry = (_whole_words(synonym), family, name)
            if key := _start_key(synonym):
                starts.setdefault(key, []).append(entry)
            else:
                anywhere.append(entry)
    chinese = "".join(sorted(key for key in starts if _CHINESE_OPENING.match(key)))
    return Terms(
        {key: tuple(entries) for key, entries in starts.items()},
        tuple(anywhere),
        re.compile(f"[{chinese}]") if chinese else None,
    )


# --- compiling --------------------------------------------------------------------------------------------------

_CJK = r"\u3400-\u9fff"
_LATIN_OPENING = re.compile(r"[A-Za-z]+")
_CHINESE_OPENING = re.compile(rf"[{_CJK}]")


@lru_cache(maxsize=1)
def _generic() -> Lexicon:
    return _lexicon([], {}, TREATED, CONTROL, None)


@lru_cache(maxsize=16)
def _of(protocol: Protocol) -> Lexicon:
    outcomes = [(OUTCOME, key, (re.escape(o.label), *o.synonyms)) for key, o in protocol.outcomes.items()]
    vocabulary = {
        family: [(family, name, (re.escape(name), *synonyms)) for name, synonyms in names.items()]
        for family, names in protocol.vocabulary.items()
    }
    return _lexicon(
        outcomes,
        vocabulary,
        (*TREATED, *protocol.arms.treated),
        (*CONTROL, *protocol.arms.control),
        protocol,
    )


_Family = list[tuple[str, str, tuple[str, ...]]]


def _lexicon(
    outcomes: _Family,
    vocabulary: dict[str, _Family],
    treated: tuple[str, ...],
    control: tuple[str, ...],
    protocol: Protocol | None,
) -> Lexicon:
    treated_arm: _Family = [(TREATED_ARM, TREATED_ARM, treated)]
    control_arm: _Family = [(CONTROL_ARM, CONTROL_ARM, control)]
    everything = [
        *outcomes,
        *(entry for family in vocabulary.values() for entry in family),
        *treated_arm,
        *control_arm,
    ]
    return Lexicon(
        outcomes=terms(outcomes),
        vocabulary={name: terms(family) for name, family in vocabulary.items()},
        treated=terms(treated_arm),
        control=terms(control_arm),
        all=terms(everything),
        protocol=protocol,
    )


def _whole_words(synonym: str) -> re.Pattern[str]:
    """A synonym as whole words; one that opens with capitals ("ALT") keeps its case, so that "alt" is no match."""
    opening = re.match(r"[A-Za-z]+", synonym)
    flags = 0 if opening and len(opening[0]) > 1 and opening[0].isupper() else re.IGNORECASE
    flexible = re.sub(r"\\? ", r"\\s", synonym)
    left = "(?<![A-Za-z0-9])" if re.match(r"[A-Za-z0-9]", synonym) else ""
    right = "" if re.search(rf"[{_CJK}]", synonym[-3:]) else "s?(?![A-Za-z])"
    return re.compile(rf"{left}(?:{flexible}){right}", flags)


def _start_key(synonym: str) -> str:
    """Letters every match of the pattern opens with; '' where it does not open with a literal."""
    if "|" in re.sub(r"\(.*\)", "", synonym):
        return ""
    for opening, most in ((_LATIN_OPENING, LETTERS), (_CHINESE_OPENING, 1)):
        if m := opening.match(synonym):
            optional = synonym[m.end() : m.end() + 1] in ("?", "*", "{")
            return (m[0][:-1] if optional else m[0])[:most].lower()
    return ""


def _longest(found: list[Term]) -> tuple[Term, ...]:
    """Leftmost-longest choice; of equals the one listed first."""
    found.sort(key=lambda t: (t.start, -t.end))
    chosen: list[Term] = []
    for term in found:
        if not chosen or term.start >= chosen[-1].end:
            chosen.append(term)
    return tuple(chosen)
