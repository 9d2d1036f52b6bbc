"""What the print says about the chances of every class before the likeliest is taken: chances in, chances out.

A part of `measured`: no change without a word of one, and the numbers of a bare list are of one class.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from mscreview.extract.model import chained
from mscreview.extract.values.joins import listed
from mscreview.extract.values.numbers import Value
from mscreview.extract.values.scorer import classes

_CHANGE_CUES = frozenset(
    f"{side}:{cue}" for side in ("l0", "l1", "l2", "r0", "r1") for cue in ("changenoun", "changeverb", "gain")
) | {"tail:by", "tail:+", "l0:greater", "l1:greater", "r0:greater"}
_WAYS = (" up ", " down ")
# "it did not change with tea (2.6 vs 2.5 g/day)", "blood loss was 386 ml"
_NO_CHANGE = re.compile(
    r"\b(?:not (?:\w+ )?chang\w*|unchanged|no (?:\w+ )?changes?)\b(?:[^.;]|\.\d){0,140}\((?:[^()]{0,30}(?:and|vs\.?|versus|to) )?$"
    r"|\bblood loss\b[^.;,()\d]{0,40}(?:was|were|averaged|of) (?:[^.;]{1,60}(?:and|vs\.?|versus|with) )?$",
    re.I,
)
_REACH = 180
_CHANGES = ("change", "relative")
_HARDLY = 1e-3


def told_changes(
    norm: str, groups: Sequence[Sequence[Value]], active: Sequence[Sequence[str]], chances: np.ndarray
) -> np.ndarray:
    """A number without sign is hardly a change where no word of a change stands in front of it or close behind."""
    numbers = [v for group in groups for v in group]
    columns = [classes().index(name) for name in _CHANGES]
    out = chances.copy()
    untold = []
    for k in np.flatnonzero(chances[:, columns].sum(axis=1) > _HARDLY).tolist() if numbers else ():
        v = numbers[k]
        if norm[v.start] in "+-":
            continue
        told = norm.endswith(_WAYS, 0, v.start) or not _CHANGE_CUES.isdisjoint(active[k])
        if not told or _NO_CHANGE.search(norm, max(0, v.start - _REACH), v.start):
            untold.append([k])
    if untold:
        out[untold, columns] *= _HARDLY
    return out


def in_lists(norm: str, groups: Sequence[Sequence[Value]], chances: np.ndarray) -> np.ndarray:
    """The numbers of a bare list ("76.1, 74.4 and 73.0") are weighed together: all are of the class likeliest for all."""
    out = np.log(chances)
    pairs = enumerate(pairwise(v for group in groups for v in group))
    for run in chained((k, k + 1) for k, (a, b) in pairs if listed(norm, a, b)):
        out[run] = out[run].mean(axis=0)
    return out
