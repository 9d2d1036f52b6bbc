"""The words a review gives the readers: a protocol in, compiled matchers out; without a protocol, only generic words.

Compiled once per protocol. Every reader asks the lexicon for outcomes, vocabulary terms and arm cues, so no topic word
stands in the library. A synonym is a small regular expression that stands for whole words; a word's first letters
choose the few synonyms that can start there (one walk over the text serves all families), and the longest match wins,
so that a longer name is never read as the shorter one inside it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

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
    "常规组",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """A name found in the normal form: `family` is the list it stands in, `name` its canonical form there."""

    start: int
    end: int
    family: str
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """A set of names, compiled: the patterns that can start with given letters, and those that start with none."""

    starts: Mapping[str, tuple[tuple[re.Pattern[str], str, str], ...]]
    anywhere: tuple[tuple[re.Pattern[str], str, str], ...]
    opening: re.Pattern[str]

    def find(self, text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int, str]]:
        """(start, end, canonical) of every name in `text[start:end]`, longest first, none overlapping."""
        return [(t.start, t.end, t.name) for t in _longest(list(self.candidates(text, start, end)))]

    def candidates(self, text: str, start: int = 0, end: int | None = None) -> Iterator[Term]:
        """Every match of every synonym that lies in `text[start:end]`, overlapping ones too; linear in its length."""
        stop = len(text) if end is None else end
        starts = self.starts
        for word in self.opening.finditer(text, start, stop):
            key, at = word[0].lower(), word.start()
            for size in range(1, len(key) + 1):
                for pattern, family, name in starts.get(key[:size], ()):
                    if (m := pattern.match(text, at)) and m.end() <= stop:
                        yield Term(at, m.end(), family, name)
        for pattern, family, name in self.anywhere:
            for m in pattern.finditer(text, start, stop):
                if m.end() > m.start():
                    yield Term(m.start(), m.end(), family, name)


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
    return Terms({key: tuple(entries) for key, entries in starts.items()}, tuple(anywhere), _opening(starts))


# --- compiling --------------------------------------------------------------------------------------------------

_KEY_LENGTH = 3
_CJK = r"\u3400-\u9fff"
_LATIN_OPENING = re.compile(r"[A-Za-z0-9]+")
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
    for opening, most in ((_LATIN_OPENING, _KEY_LENGTH), (_CHINESE_OPENING, 1)):
        if m := opening.match(synonym):
            optional = synonym[m.end() : m.end() + 1] in ("?", "*", "{")
            return (m[0][:-1] if optional else m[0])[:most].lower()
    return ""


def _opening(keys: Collection[str]) -> re.Pattern[str]:
    """Where a name can start: the first letters of a word ("UCMSCs" is one word), or a Chinese character of a key."""
    chinese = "".join(sorted(key for key in keys if _CHINESE_OPENING.match(key)))
    latin = {key[0] for key in keys if _LATIN_OPENING.match(key)}
    letters = "".join(sorted(latin | {c.upper() for c in latin}))
    if not letters + chinese:
        return re.compile(r"(?!)")
    seconds: dict[str, set[str]] = {}
    for key in keys:
        if _LATIN_OPENING.match(key):
            seconds.setdefault(key[0], set()).add(key[1:2])
    # the first letter stands in front, so that `re` can skip to it; then what a key goes on with
    onward = "|".join(f"(?<={_either(c)}){_next(found)}" for c, found in sorted(seconds.items())) or "(?!)"
    word = rf"(?<![A-Za-z0-9].)(?:{onward})[A-Za-z0-9]{{0,{_KEY_LENGTH - 2}}}"
    return re.compile(f"[{letters}{chinese}]" + (f"(?:(?<=[{chinese}])|{word})" if chinese else word))


def _either(letters: str) -> str:
    return "[" + "".join(sorted({*letters.lower(), *letters.upper()})) + "]"


def _next(letters: set[str]) -> str:
    """The second letter of a word that can open a key; any where a key has one letter."""
    return "[A-Za-z0-9]?" if "" in letters else _either("".join(letters))


def _longest(found: list[Term]) -> tuple[Term, ...]:
    """Leftmost-longest choice; of equals the one listed first."""
    found.sort(key=lambda t: (t.start, -t.end))
    chosen: list[Term] = []
    for term in found:
        if not chosen or term.start >= chosen[-1].end:
            chosen.append(term)
    return tuple(chosen)
