"""Questions put to one abstract: which way did this outcome go between these two arms, and which numbers say so?

Takes the raw text and the asked words; gives an answer with the sentence it stands in. Every direction word of the
text is a candidate with features (`features`); a small mixture model weighs the candidates and reads the way off
each. The `question` is told by its `stems`; `cues` and the `place` they stand in, what tests stand `apart`, the `pair` of
numbers and the `way` it goes make the features; `numbers` are dealt to the arms by `deal`. Its weights stand in `direction_weights.json` and come from `benchmarks/train_direction.py`, which also reports
the cross-validation. Deterministic; standard library only.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from mscreview import extract, text as txt
from mscreview.extract.ask import numbers as cells, question as asked
from mscreview.extract.ask.features import Candidate, candidates
from mscreview.extract.ask.numbers import Cells

WAYS = ("increased", "decreased", "no difference")


@dataclass(frozen=True, slots=True)
class Answer:
    """`direction` is one of `WAYS` or '' (nothing to read); `text[start:end] == quote`, the sentence that decides.

    `score` is the model's probability of the direction, `scores` those of all three in the order of `WAYS`.
    """

    direction: str
    start: int
    end: int
    quote: str
    score: float
    scores: tuple[float, float, float]


def direction(text: str, outcome: str, intervention: str, comparator: str) -> Answer:
    """Whether the intervention raised or lowered the outcome against the comparator, as the text reports it.

    Parameters
    ----------
    text : raw abstract, with or without its title.
    outcome, intervention, comparator : what is asked, in any words.
    """
    passage = txt.normalise(text)
    sentences = txt.sentences(passage)
    forms = asked.short_forms_of(passage, outcome, intervention, comparator)
    found = candidates(passage, sentences, asked.question(outcome, intervention, comparator, forms), forms)
    if not found:
        return Answer("", 0, 0, "", 0.0, (0.0, 0.0, 0.0))
    shares = _softmax([_score(c.about, "about") for c in found])
    each = [_ways(c) for c in found]
    total = [math.fsum(share * way[k] for share, way in zip(shares, each, strict=True)) for k in range(3)]
    best = max(range(3), key=lambda k: total[k])
    told = max(range(len(found)), key=lambda i: shares[i] * each[i][best])
    sentence = next(s for s in sentences if s.start <= found[told].start < s.end)
    start, end = passage.span(sentence.start, sentence.end)
    return Answer(WAYS[best], start, end, text[start:end], total[best], (total[0], total[1], total[2]))


def numbers(text: str, outcome: str, intervention: str, comparator: str, outcome_type: str) -> Cells:
    """The 2x2 cells ('binary') or mean, SD and n ('continuous') the text prints for an asked comparison."""
    return cells.numbers(text, extract.facts(text), outcome, intervention, comparator, outcome_type)


def _ways(c: Candidate) -> tuple[float, float, float]:
    """Probabilities of more, less and no difference at one candidate."""
    differ = _logistic(_score(c.apart, "apart"))
    more = _logistic(_score(c.way, "way"))
    return differ * more, differ * (1.0 - more), 1.0 - differ


def _score(features: Mapping[str, float], part: str) -> float:
    weights = _weights()[part]
    return weights.get("intercept", 0.0) + math.fsum(weights.get(name, 0.0) * value for name, value in features.items())


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x >= 0 else math.exp(x) / (1.0 + math.exp(x))


def _softmax(scores: list[float]) -> list[float]:
    top = max(scores)
    exps = [math.exp(s - top) for s in scores]
    total = math.fsum(exps)
    return [e / total for e in exps]


@lru_cache(maxsize=1)
def _weights() -> dict[str, dict[str, float]]:
    return json.loads(files("mscreview.extract.ask").joinpath("direction_weights.json").read_text(encoding="utf-8"))
