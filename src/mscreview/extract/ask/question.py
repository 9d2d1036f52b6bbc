"""What somebody asks of an abstract, found again in its words: an outcome and two arms in, places in a passage out.

The asked words and the abstract seldom agree letter by letter, so both become stems, abbreviations and group labels
the text defines ("length of stay (LOS)", "group A received ...") stand for their long forms, and what tells the two
arms apart counts for them. Used by `ask`; knows no topic.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mscreview.extract.ask.stems import WORD, label, stem, weight as told
from mscreview.text import Passage, normalise

Spot = tuple[int, int, float]
_NONE: Mapping[str, float] = {}


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the normal form with every stem it stands for."""

    start: int
    end: int
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class Question:
    """Stems asked for, with weights; `intervention` and `comparator` hold what tells each from the other.

    `doses` are the numbers in the names of the arms; `fall` says that the outcome is itself a loss or an improvement.
    """

    outcome: dict[str, float]
    intervention: dict[str, float]
    comparator: dict[str, float]
    shared: dict[str, float]
    doses: frozenset[str]
    fall: bool


@dataclass(frozen=True, slots=True)
class Match:
    """Where asked words cluster: the stretch and the share of the asked weight found in it."""

    start: int
    end: int
    cover: float


def question(outcome: str, intervention: str, comparator: str, forms: dict[str, frozenset[str]]) -> Question:
    """Bring the asked phrases to weighted stems; `forms` are the short forms of the text (see `short_forms`)."""
    asked = [_weighted(normalise(phrase).norm, forms) for phrase in (outcome, intervention, comparator)]
    wanted, left, right = asked
    shared = {s: w for s, w in left.items() if s in right}
    own_left = {s: w for s, w in left.items() if s not in right}
    own_right = {s: w for s, w in right.items() if s not in left}
    in_arms = {s for s in wanted if s in left or s in right}
    wanted = {s: w * (0.4 if s in in_arms and len(in_arms) < len(wanted) else 1.0) for s, w in wanted.items()}
    if not any(s in _INERT for s in left):
        own_right |= {s: 0.9 for s in _CONTROL if s not in own_right and s not in left and s not in wanted}
    elif not any(s in _CONTROL for s in right):
        own_left |= {s: 0.9 for s in _CONTROL if s not in own_left}
    if not any(s in _TREATED for s in right):
        own_left |= {s: 0.3 for s in _TREATED if s not in own_left}
    doses = frozenset(_DOSE.findall(normalise(f"{intervention} ; {comparator}").norm))
    return Question(wanted, own_left, own_right, shared, doses, bool(_FALL.search(outcome)))


_DOSE = re.compile(r"(?<![\w.,])\d+(?:\.\d+)?(?![\w.])")
_FALL = re.compile(
    r"\b(?:loss|losses|reductions?|decreases?|declines?|drops?|fall in|lowering|relief|improvements?)\b", re.I
)


def tokens(norm: str, forms: dict[str, frozenset[str]]) -> list[Token]:
    """Words of a normal form in order; a short form also stands for the words of its long form."""
    out = []
    for m in WORD.finditer(norm):
        word = label(m) or (m[0] if len(m[0]) == 1 and m[0] in forms else m[0].lower())
        key = stem(word.lower())
        out.append(
            Token(m.start(), m.end(), forms.get(word, frozenset()) | {key} if word in forms else frozenset((key,)))
        )
    return out


def cover(asked: dict[str, float], words: Iterable[Token]) -> float:
    """Share of the asked weight that `words` hold, 0 to 1."""
    found = set().union(*(t.stems for t in words)) if asked else set()
    total = sum(asked.values())
    return sum(w for s, w in asked.items() if s in found) / total if total else 0.0


def cluster(asked: dict[str, float], words: Sequence[Token], width: int = 90) -> Match | None:
    """The stretch of at most `width` characters that holds most of the asked weight, the first of equals."""
    hits = [t for t in words if any(s in asked for s in t.stems)]
    total = sum(asked.values())
    best: Match | None = None
    for i, first in enumerate(hits):
        found: set[str] = set()
        for token in hits[i:]:
            if token.end - first.start > width and token is not first:
                break
            new = {s for s in token.stems if s in asked} - found
            if not new:
                continue
            found |= new
            share = sum(asked[s] for s in found) / total if total else 0.0
            if best is None or share > best.cover + 1e-9:
                best = Match(first.start, token.end, share)
    return best


def places(
    asked: dict[str, float], words: Sequence[Token], least: float = 0.2, shared: Mapping[str, float] = _NONE
) -> list[Spot]:
    """(start, end, weight) of every word that carries at least `least` of asked weight.

    An abbreviation counts by the share of its long form that is asked: "AJ" (apple juice) is not "grape juice".
    """
    out = []
    for t in words:
        weight = max((asked[s] for s in t.stems if s in asked), default=0.0)
        if len(t.stems) > 2:
            weight *= sum(s in asked or s in shared for s in t.stems) / (len(t.stems) - 1)
        if min(weight, 1.0) >= least:
            out.append((t.start, t.end, min(weight, 1.0)))
    return out


_GROUP_WORD = re.compile(
    r"[- ]?(?:treated |treatment |intervention )?(?:groups?|arms?|subjects|patients|participants|children|women|animals|conditions?|sessions?|diet|period|phase|side|eyes)\b",
    re.I,
)


def arm_places(norm: str, words: Sequence[Token], question: Question) -> tuple[list[Spot], list[Spot]]:
    """Where each arm is named; an arm without words of its own is named by the shared ones standing alone."""
    common = question.shared
    left = [
        p for p in places(question.intervention, words, shared=common) if p[2] > 0.5 or _GROUP_WORD.match(norm, p[1])
    ]
    right = [p for p in places(question.comparator, words, shared=common) if p[2] > 0.5]
    left, right = ([p for p in side if not _is_no_arm(norm, p)] for side in (left, right))
    shared = places(question.shared, words, 0.5)
    own_left = any(w >= 0.95 for w in question.intervention.values())
    own_right = any(w >= 0.95 for w in question.comparator.values())
    if shared and own_left and not own_right:
        right = sorted([*right, *(p for p in shared if not _near(p, left))])
    elif shared and own_right and not own_left:
        left = sorted([*left, *(p for p in shared if not _near(p, right))])
    return left, right


# "failure to control bleeding", "control of pain"
_TO_CONTROL = re.compile(r"\b(?:fail(?:ure|ed|s)?|able|ability|order|used|needed|required|adequate) to $", re.I)


def _is_no_arm(norm: str, place: Spot) -> bool:
    """Whether "control" is a verb or a state, no group."""
    if norm[place[0] : place[1]].lower() != "control":
        return False
    return bool(_TO_CONTROL.search(norm, max(0, place[0] - 13), place[0])) or norm.startswith(
        (" of ", " over "), place[1]
    )


def _near(place: Spot, others: Sequence[Spot], reach: int = 25) -> bool:
    return any(place[0] - o[1] <= reach and o[0] - place[1] <= reach for o in others)


# --- short forms ------------------------------------------------------------------------------------------------

_BRACKETED = re.compile(
    r"(?P<long>(?:[^\s()\[\];:]{1,30} ){1,9})[(\[](?P<short>[A-Za-z][\w/+.-]{0,11}|[A-Z][\w-]{1,8} group)s?(?=[;,)\]= ])"
)
_REVERSED = re.compile(r"(?<![\w-])(?P<short>[A-Z][A-Za-z0-9/+-]{1,9}) [(\[](?P<long>[A-Za-z][^()\[\]]{5,80})[)\]]")
_LABELLED = re.compile(
    r"(?P<label>\b(?:[Gg]roup|[Aa]rm|[Cc]ohort|GROUP) ?-?(?:[A-Z]\d?|\d|I{1,3}V?)\b|\b(?:[A-Z]\d?|I{1,3}V?)-? ?[Gg]roup\b)"
    r"(?P<rest>[^;.]{0,120})"
)
_LABEL_IN_BRACKETS = re.compile(
    r"(?P<long>[^.;()]{4,90})[(\[](?P<label>(?:[Gg]roup|[Aa]rm|GROUP) ?-?(?:[A-Z]\d?|\d|I{1,3}V?)\b|(?:[A-Z]\d?)-? ?[Gg]roup\b)"
)


def short_forms(texts: Iterable[str]) -> dict[str, frozenset[str]]:
    """Stems that abbreviations and group labels stand for, by the short form in lower case."""
    forms: dict[str, frozenset[str]] = {}
    for norm in texts:
        for m in _BRACKETED.finditer(norm):
            long = _long_form(m["short"], m["long"].split())
            if long and len(m["short"]) == 1:
                _put(forms, m["short"], long)
            elif long:
                _put(forms, m["short"].lower().rstrip("s"), long)
                _put(forms, m["short"].lower(), long)
        for m in _REVERSED.finditer(norm):
            if _spells(m["short"], m["long"].split()):
                _put(forms, m["short"].lower(), m["long"].split())
        for m in _LABEL_IN_BRACKETS.finditer(norm):
            _put(forms, _label_of(m["label"]), _last_clause(m["long"]).split())
        for m in _LABELLED.finditer(norm):
            _put(forms, _label_of(m["label"]), _first_clause(m["rest"]).split())
    return forms


def _put(forms: dict[str, frozenset[str]], short: str, long: Sequence[str]) -> None:
    keys = (stem(label(m) or m[0].lower()) for w in long for m in WORD.finditer(w))
    stems = frozenset(k for k in keys if told(k) > 0)
    if stems and short not in forms:
        forms[short] = stems


def _long_form(short: str, words: Sequence[str]) -> Sequence[str]:
    """The fewest words before the bracket that spell the short form, () when they do not."""
    for k in range(1, min(len(words), len(short) + 3) + 1):
        if words[-k][:1].lower() == short[:1].lower() and _spells(short, words[-k:]):
            return words[-k:]
    return ()


def _spells(short: str, words: Sequence[str]) -> bool:
    """Whether the letters of the short form occur in order in the words, the first one opening the first word."""
    letters = [c for c in short.lower() if c.isalnum()]
    text = "".join(words).lower()
    if (
        (len(letters) < 2 and not (short.isupper() and len(words) == 1 and len(text) > 3))
        or not text.startswith(letters[0])
        or len(text) <= len(short)
    ):
        return False
    at = 0
    for c in letters:
        at = text.find(c, at) + 1
        if not at:
            return False
    return True


def _last_clause(text: str) -> str:
    return re.split(r",|\band\b|\bor\b|\bversus\b|\bvs\b|\bto\b", text)[-1] or text


def _first_clause(text: str) -> str:
    return re.split(r"(?i),? ?(?:and )?(?:\bgroup\b|\barm\b|whereas|while)", text)[0]


def _label_of(label: str) -> str:
    return "group_" + re.sub(r"(?i)groups?|arm|cohort|[ -]", "", label).lower()


_CONTROL = ("control", "contro", "placeb", "sham", "usual", "standa", "conven", "routin", "untrea", "vehicl")
_INERT = ("control", "contro", "placeb", "sham", "usual", "untrea", "vehicl")
_TREATED = ("interv", "experi", "active", "treate", "study", "trial", "test", "case")


def _weighted(norm: str, forms: dict[str, frozenset[str]]) -> dict[str, float]:
    out: dict[str, float] = {}
    for m in WORD.finditer(norm):
        word = label(m) or (m[0] if len(m[0]) == 1 and m[0] in forms else m[0].lower())
        long = forms.get(word, frozenset())
        if not long or word.startswith("group_"):
            key = stem(word)
            if (weight := told(key)) > 0:
                out[key] = max(out.get(key, 0.0), weight)
        for key in sorted(long):
            out[key] = max(out.get(key, 0.0), told(key) * (0.6 if word.startswith("group_") else 1.0))
    return out


def short_forms_of(passage: Passage, *asked: str) -> dict[str, frozenset[str]]:
    """Short forms defined in the passage or in the asked phrases, and undefined capitals that spell an asked phrase."""
    phrases = [normalise(a).norm for a in asked]
    forms = short_forms([passage.norm, *phrases])
    capitals = set(_CAPITALS.findall(passage.norm)) - {f.upper() for f in forms}
    for phrase in phrases if capitals else ():
        words = _PLAIN.findall(phrase)
        for width in range(2, 6):
            for k in range(len(words) - width + 1):
                short = "".join(w[0] for w in words[k : k + width]).upper()
                if short in capitals:
                    _put(forms, short.lower(), words[k : k + width])
    return forms


_CAPITALS = re.compile(r"\b[A-Z]{2,5}\b")
_PLAIN = re.compile(r"[A-Za-z]{3,}")
