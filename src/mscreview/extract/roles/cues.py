"""What is printed about a number and tells a share of people from a mean or a median.

A part of `guess`: a context in, one row of 0 and 1 for each quantity out, which stand beside what the first guesses say.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mscreview.extract.model import Context

CUES = ("median in sentence", "median before", "mean in sentence", "signed")


def printed(context: Context, sentence: Sequence[int]) -> np.ndarray:
    """Numbers x `CUES`; `sentence` tells which sentence each quantity stands in."""
    rows: list[bool] = []
    here, median, mean = -1, -1, False
    for q, s in zip(context.quantities, sentence, strict=True):
        if s != here:
            here = s
            median, mean = _averages(context.norm, context.sentences[s].start, context.sentences[s].end)
        rows += (median >= 0, 0 <= median < q.start, mean, q.text[0] in "+-")
    return np.array(rows, dtype=float).reshape(len(sentence), len(CUES))


def _averages(norm: str, start: int, end: int) -> tuple[int, bool]:
    """Where a stretch first speaks of a median (-1: nowhere), and whether it speaks of a mean."""
    words = norm[start:end].lower()
    place = words.find("median")
    return (start + place if place >= 0 else -1), "mean" in words or "average" in words
