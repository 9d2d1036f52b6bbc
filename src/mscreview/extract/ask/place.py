"""One sentence of an abstract with what was asked found in it: a part shared by the feature modules of `ask`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mscreview.extract.ask import question as asked
from mscreview.extract.ask.cues import Cue
from mscreview.extract.effects.pvalues import PValue
from mscreview.text import Sentence

Features = dict[str, float]

WITHIN = re.compile(
    r"\b(?:from|to|with|than|versus|vs\.?|over) (?:the )?(?:baseline|pre-?\w+)|\bboth (?:\w+ )?(?:groups|arms|treatments|interventions|drugs|conditions)\b|\b(?:all|each) (?:\w+ )?(?:groups|arms|treatments)\b|\bafter (?:treatment|the intervention|therapy)\b|within[- ]group|\bfrom \d[\d.]* ?\S{0,8} to \d",
    re.I,
)
BETWEEN = re.compile(
    r"\bbetween\b|\bcompared|\bcomparison|\bthan\b|\bversus\b|\bvs\b|\brelative to\b|\bin favou?r|\bthe (?:two|three|four) (?:\w+ )?(?:groups|arms|treatments)|\bboth groups\b",
    re.I,
)
COMPARED_WITH = re.compile(r"\bcompar(?:ed|ing|ison)\b", re.I)
BASELINE = re.compile(
    r"\bat (?:baseline|entry|inclusion|randomi[sz]ation)\b|\bbaseline (?:characteristics|demographic|data)|\bbefore (?:treatment|the intervention|intervention|surgery|therapy)\b|\bdemographic",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Place:
    """One sentence with what was asked found in it."""

    sentence: Sentence
    words: Sequence[asked.Token]
    cues: Sequence[Cue]
    outcome: asked.Match | None
    left: Sequence[tuple[int, int, float]]
    right: Sequence[tuple[int, int, float]]
    ps: Sequence[PValue]
    turns: Sequence[int]
    order: str = ""  # I or C: the arm that the last sentence before to name both named first


def clause(place: Place, cue: Cue) -> tuple[int, int]:
    low = max((t for t in place.turns if t <= cue.start), default=place.sentence.start)
    return low, min((t for t in place.turns if t > cue.start), default=place.sentence.end)


def first(place: Place, start: int, end: int) -> str:
    i = min((p[0] for p in place.left if start <= p[0] < end), default=None)
    c = min((p[0] for p in place.right if start <= p[0] < end), default=None)
    if i is None and c is None:
        return ""
    return "I" if c is None or (i is not None and i < c) else "C"


def side(place: Place, start: int, end: int) -> str:
    """The arms named in a stretch: I, C, IC, CI (in order) or ''."""
    i = min((p[0] for p in place.left if start <= p[0] < end), default=None)
    c = min((p[0] for p in place.right if start <= p[0] < end), default=None)
    if i is None or c is None:
        return "I" if i is not None else "C" if c is not None else ""
    return "IC" if i < c else "CI"
