"""What is printed around a number and tells a share of people from a mean or a median: context in, one row of 0 and 1
for each quantity out, as `roles` wants them beside what the first guesses say."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from mscreview.extract.model import Context

CUES = ("median in sentence", "median before", "mean in sentence", "signed", "threshold", "change behind", "of sample")
_BOUND = ("<", ">", "≤", "≥", "at least", "more than", "less than", "greater than", "over", "above", "below", "up to")
_THRESHOLD = _BOUND + tuple(bound + " " for bound in _BOUND)
_CHANGE = (" differ", " reduc", " decreas", " increas", " declin", " improve", " absolute d", " absolute r", " risk r")
_BOUND_ENDS, _CHANGE_BEGINS = {bound[-1] for bound in _THRESHOLD}, {change[:2] for change in _CHANGE}
_SAMPLE = re.compile(r"\b(?:BMI|body mass index|[Aa]ge[sd]?)\b[^.;]{0,25}$")
_YEARS = re.compile(r".{0,14}years (?:old|of age)")
_REACH = 48


def printed(context: Context, sentence: Sequence[int]) -> np.ndarray:
    """Numbers x `CUES`; `sentence` tells which sentence each quantity stands in."""
    norm = context.norm
    words = {s: _words(norm, context.sentences[s].start, context.sentences[s].end) for s in set(sentence)}
    out = []
    for q, s in zip(context.quantities, sentence, strict=True):
        median, mean, sample = words[s]
        start, end = q.start, q.end
        out.append(
            (
                median >= 0,
                0 <= median < start,
                mean,
                q.text[0] in "+-",
                norm[start - 1 : start] in _BOUND_ENDS and norm.endswith(_THRESHOLD, 0, start),
                norm[end : end + 2] in _CHANGE_BEGINS and norm.startswith(_CHANGE, end),
                sample and (_SAMPLE.search(norm, max(0, start - _REACH), start) or _YEARS.match(norm, end)) is not None,
            )
        )
    return np.array(out, dtype=float).reshape(len(out), len(CUES))


def _words(norm: str, start: int, end: int) -> tuple[int, bool, bool]:
    """Where a stretch first speaks of a median (-1: nowhere), whether it speaks of a mean, whether of who took part."""
    words = norm[start:end].lower()
    place = words.find("median")
    mean = "mean" in words or "average" in words
    return (
        (start + place if place >= 0 else -1),
        mean,
        "age" in words or "bmi" in words or "years" in words or "body" in words,
    )
