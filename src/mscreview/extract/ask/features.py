"""Candidate answers to "which way did this outcome go": every direction word of an abstract with features of how well
it fits the asked outcome and arms.

Takes a passage and a `Question`; gives `Candidate`s. Three groups of features: `about` (is this the place that answers),
`apart` (do the arms differ there) and `way` (signed: positive when the intervention has more). Topic-free.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mscreview.extract.ask import question as asked
from mscreview.extract.ask.apart import apart
from mscreview.extract.ask.cues import Cue, cues
from mscreview.extract.ask.place import BASELINE, BETWEEN, COMPARED_WITH, WITHIN, Features, Place, clause, side
from mscreview.extract.ask.stems import stem
from mscreview.extract.ask.way import valence, way
from mscreview.extract.effects.pvalues import PValue, p_values
from mscreview.text import Passage, Sentence


@dataclass(frozen=True, slots=True)
class Candidate:
    """A direction word (or a sentence without one) and its features; offsets count in the normal form."""

    start: int
    end: int
    about: Features
    apart: Features
    way: Features


def candidates(
    passage: Passage, sentences: Sequence[Sentence], question: asked.Question, forms: dict[str, frozenset[str]]
) -> list[Candidate]:
    """Every direction word of every sentence, and each sentence that has none."""
    norm = passage.norm
    words, ps = asked.tokens(norm, forms), p_values(norm)
    places: list[Place] = []
    for s in sentences:
        if s.end - s.start >= _SHORTEST:
            order = _order_after(places[-1]) if places else ""
            places.append(_place(norm, s, [w for w in words if s.start <= w.start < s.end], ps, question, order))
    best = max((p.outcome.cover for p in places if p.outcome and p.sentence.section != "title"), default=0.0)
    harm = valence(question)
    out = []
    for k, place in enumerate(places):
        shared = _sentence_features(norm, place, best, k, len(places), question)
        if k:
            before = places[k - 1].outcome
            shared["before"] = max(
                (before.cover if before else 0.0) - (place.outcome.cover if place.outcome else 0.0), 0.0
            )
        for cue in place.cues or (None,):
            out.append(_candidate(norm, place, cue, shared, harm, question))
    return out


_SHORTEST = 25
_TURN = re.compile(
    r";|,? ?\b(?:while|whereas|whilst|but|however|although|though|except|despite)\b|,? ?(?:但|而(?!且)|然而)", re.I
)


def _order_after(place: Place) -> str:
    """The arm named first in a sentence that names both, else the order known before it."""
    both = side(place, place.sentence.start, place.sentence.end)
    return both[0] if len(both) > 1 else place.order


def _place(
    norm: str, s: Sentence, words: list[asked.Token], ps: Sequence[PValue], question: asked.Question, order: str
) -> Place:
    left, right = asked.arm_places(norm, words, question)
    # "compared" announces the comparator whether or not its name is understood
    right = sorted({*right, *((m.start(), m.end(), 0.9) for m in COMPARED_WITH.finditer(norm, s.start, s.end))})
    return Place(
        s,
        words,
        cues(norm, s.start, s.end),
        asked.cluster(question.outcome, words),
        left,
        right,
        [p for p in ps if s.start <= p.start < s.end],
        [m.start() for m in _TURN.finditer(norm, s.start, s.end)],
        order,
    )


# --- the sentence -----------------------------------------------------------------------------------------------

_PLANS = re.compile(
    r"\b(?:aim|objective|purpose|hypothes\w+|investigat\w+|evaluat\w+|assess\w+|determine|whether|examine|compare)\b",
    re.I,
)
_DEFINES = re.compile(
    r"\b(?:defined|measured|assessed|recorded|evaluated|calculated|randomi[sz]ed|assigned|allocated|will be|was used|were used)\b",
    re.I,
)
_SUBGROUP = re.compile(
    r"\b(?:subgroup|sub-group|among (?:patients|women|men|those)|in patients with|post[- ]hoc)\b", re.I
)
_PRIOR = re.compile(
    r"\bat (?:the )?(?:baseline|entry|start|beginning|inclusion|enrol?lment|randomi[sz]ation)\b|\bbaseline (?:\w+ ){1,4}(?:was|were|did|between|in)\b|\b(?:initial|initially|pre-?(?:test|treatment|intervention|training|operative|operatively))\b|\bbefore (?!and|or|versus|vs)(?:the )?(?:\w+ing\b|treatment|intervention|education|surgery|therapy|study|operation)",
    re.I,
)
_ALL = re.compile(
    r"\b(?:any|all|other|both|either|these|remaining)(?: of)?(?: the)?(?: other)?(?: \w+)? (?:outcomes?|parameters?|measures?|variables?|end-?points?|results?|characteristics|scores?|items?|subscales?|domains?|scales|indices|values|markers?)\b",
    re.I,
)


def _sentence_features(norm: str, place: Place, best: float, k: int, count: int, question: asked.Question) -> Features:
    s = place.sentence
    text = norm[s.start : s.end]
    share = place.outcome.cover if place.outcome else 0.0
    all_over = asked.cover(question.outcome, place.words)
    out = {
        "cover": share,
        "cover2": share * share,
        "covered": all_over,
        "section:" + (s.section or "none"): 1.0,
        f"fits:{_bucket(share)}": 1.0,
        f"fits:{_bucket(share)}&{s.section or 'none'}": 1.0,
        "late": k / max(count - 1, 1),
        "left": float(bool(place.left)),
        "right": float(bool(place.right)),
        "both": float(bool(place.left and place.right)),
        "left cover": asked.cover(question.intervention, place.words),
        "right cover": asked.cover(question.comparator, place.words),
        "p": float(bool(place.ps)),
        "cues": min(len(place.cues), 6) / 6,
        "long": min(len(text), 600) / 600,
    }
    if share and share >= best - 1e-9:
        out["best"] = 1.0
        out[f"best&{s.section or 'none'}"] = 1.0
    for name, pattern in (
        ("within", WITHIN),
        ("between", BETWEEN),
        ("compared", COMPARED_WITH),
        ("baseline", BASELINE),
        ("plans", _PLANS),
        ("defines", _DEFINES),
        ("subgroup", _SUBGROUP),
    ):
        if pattern.search(text):
            out[name] = 1.0
            if name in ("baseline", "plans"):
                out[f"{name}&{s.section or 'none'}"] = 1.0
    return out


def _bucket(share: float) -> str:
    return (
        "none"
        if share <= 0
        else "low"
        if share < 0.34
        else "half"
        if share < 0.67
        else "most"
        if share < 0.999
        else "all"
    )


# --- the direction word -----------------------------------------------------------------------------------------


def _candidate(
    norm: str, place: Place, cue: Cue | None, shared: Features, harm: str, question: asked.Question
) -> Candidate:
    s = place.sentence
    if cue is None:
        return Candidate(
            s.start,
            s.end,
            shared | {"cue:none": 1.0},
            apart(norm, place, None),
            way(norm, place, None, harm, question),
        )
    about = dict(shared)
    name = f"{cue.way}.{cue.kind}"
    about["cue:" + name] = 1.0
    about[f"cue:{cue.way}&{s.section}"] = 1.0
    about |= _fit(norm, place, cue)
    low, high = clause(place, cue)
    inside = [w for w in place.words if low <= w.start < high]
    about["clause cover"] = asked.cover(question.outcome, inside)
    ahead = [w for w in place.words if cue.start - 70 <= w.start < cue.start and w.start >= low]
    behind = [w for w in place.words if cue.end <= w.start < min(cue.end + 70, high)]
    digits = {k: w for k, w in question.outcome.items() if k[0].isdigit()}
    if digits:
        about["digits"] = asked.cover(digits, inside)
        about["digits missing"] = float(not about["digits"])
    about["whole clause"] = float(about["clause cover"] >= shared["covered"] - 1e-9)
    about["off clause"] = shared["covered"] - about["clause cover"]
    about["off clause&" + cue.way] = about["off clause"]
    about["ahead cover"] = asked.cover(question.outcome, ahead)
    about["behind cover"] = asked.cover(question.outcome, behind)
    about["near cover"] = max(about["ahead cover"], about["behind cover"])
    about[f"ahead cover&{cue.kind}"] = about["ahead cover"]
    about[f"behind cover&{cue.kind}"] = about["behind cover"]
    named = stem(norm[cue.start : cue.end].lower().split()[-1])
    if named in question.outcome:
        about["asked word"] = 1.0
        about[f"asked word&{cue.way}.{cue.kind}"] = 1.0
    if _PRIOR.search(norm, low, high):
        about["prior"] = 1.0
        about["prior&" + cue.way] = 1.0
    if "before" in shared and cue.way in ("same", "differ"):
        about["before&" + cue.way] = shared["before"]
    if _ALL.search(norm, max(low, cue.start - 40), min(high, cue.end + 60)):
        about["all"] = 1.0
        about["all&" + cue.way] = 1.0
    about["first"] = float(cue is place.cues[0])
    about["last"] = float(cue is place.cues[-1])
    return Candidate(cue.start, cue.end, about, apart(norm, place, cue), way(norm, place, cue, harm, question))


def _fit(norm: str, place: Place, cue: Cue) -> Features:
    """How close the outcome stands to the word, and what stands between."""
    m = place.outcome
    if m is None:
        return {"gap:no outcome": 1.0}
    ahead = m.end <= cue.start
    inside = m.start < cue.end and cue.start < m.end
    a, b = (m.end, cue.start) if ahead else (cue.end, m.start)
    gap = 0 if inside else max(b - a, 0)
    bucket = (
        "in"
        if inside
        else "8"
        if gap <= 8
        else "25"
        if gap <= 25
        else "60"
        if gap <= 60
        else "120"
        if gap <= 120
        else "far"
    )
    where = "inside" if inside else "ahead" if ahead else "behind"
    between = 0 if inside else sum(1 for c in place.cues if a <= c.start and c.end <= b)
    turned = 0 if inside else sum(1 for t in place.turns if a <= t < b)
    return {
        f"gap:{bucket}": 1.0,
        f"gap:{bucket}&{where}": 1.0,
        f"gap:{bucket}&{_bucket(m.cover)}": 1.0,
        f"side:{where}&{cue.way}.{cue.kind}": 1.0,
        "between": min(between, 3) / 3,
        "turned": float(turned > 0),
        "commas": 0.0 if inside else min(norm.count(",", a, b), 4) / 4,
    }
