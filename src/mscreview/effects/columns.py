"""Input columns of an effect size, checked before anything is computed from them.

Takes named columns (arrays, lists, Series) and gives float vectors of one length, or one error that names
every row, column and value that cannot be right. First step of the stage `effects`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]
Columns = dict[str, Array]


class EffectsError(ValueError):
    """Data from which no effect size can be computed; the message names every row, column and value."""


def positive(x: Array) -> Mask:
    """Where x > 0."""
    return x > 0


def not_negative(x: Array) -> Mask:
    """Where x >= 0."""
    return x >= 0


def at_least_two(x: Array) -> Mask:
    """Where a group has an estimable SD."""
    return x >= 2


def correlation(x: Array) -> Mask:
    """Where -1 < x < 1."""
    return np.abs(x) < 1


def any_number(x: Array) -> Mask:
    """Every finite number is fine."""
    return np.isfinite(x)


Rule = tuple[Callable[[Array], Mask], str]

POSITIVE: Rule = (positive, "positive")
NOT_NEGATIVE: Rule = (not_negative, "zero or more")
TWO_OR_MORE: Rule = (at_least_two, "2 or more")
CORRELATION: Rule = (correlation, "between -1 and 1")
NUMBER: Rule = (any_number, "a finite number")


def read(given: Mapping[str, ArrayLike], rules: Mapping[str, Rule], labels: Sequence[object] | None) -> Columns:
    """The columns named in `rules` as float vectors of one length.

    Raises
    ------
    EffectsError
        Missing or unknown columns, unequal lengths, or values that break a rule (all of them listed).
    """
    absent, unknown = set(rules) - set(given), set(given) - set(rules)
    if absent or unknown:
        wanted = ", ".join(rules)
        raise EffectsError(f"columns wanted: {wanted}; missing: {_list(absent)}; not known: {_list(unknown)}")
    columns = {name: np.atleast_1d(np.asarray(given[name], dtype=float)) for name in rules}
    lengths = {name: c.size for name, c in columns.items() if c.size != 1}
    if len(set(lengths.values())) > 1 or any(c.ndim != 1 for c in columns.values()):
        raise EffectsError(f"columns must have one length: {lengths}")
    size = max(c.size for c in columns.values())
    columns = {name: np.broadcast_to(c, size).copy() for name, c in columns.items()}
    refuse([complaint for name, rule in rules.items() for complaint in broken(name, columns[name], rule, labels)])
    return columns


def broken(name: str, values: Array, rule: Rule, labels: Sequence[object] | None) -> list[str]:
    """One sentence for each value that is missing or breaks the rule."""
    fine = np.isfinite(values) & rule[0](values)
    return [f"{row_name(i, labels)}: {name} = {values[i]:g} is not {rule[1]}" for i in np.flatnonzero(~fine)]


def row_name(i: int | np.integer[Any], labels: Sequence[object] | None) -> str:
    """How a row is called in messages."""
    return f"row {i}" if labels is None else f"row {i} ({labels[int(i)]})"


def refuse(complaints: Sequence[str]) -> None:
    """Raise one error with all complaints, if there are any."""
    if complaints:
        raise EffectsError("; ".join(complaints))


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"
