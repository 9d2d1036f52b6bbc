"""Units, names and doses in the protocol's terms: printed words in, the review's own units and ids out."""

from __future__ import annotations

import re
from functools import cache

from mscreview.project import Outcome, Protocol

_MICRO = str.maketrans({"µ": "u", "μ": "u", "×": "", " ": "", "\u00a0": ""})
_DOSE = re.compile(r"(\d+(?:\.\d+)?)(?:e(\d+))?", re.IGNORECASE)


def unit_factor(outcome: Outcome, unit: str | None) -> float | None:
    """Factor from a printed unit to the outcome's own; None where the protocol does not know the unit.

    A value printed without a unit has no factor: it is not guessed here.
    """
    if not unit:
        return None
    known = {_plain(name): factor for name, factor in outcome.units.items()} | {_plain(outcome.unit): 1.0}
    return known.get(_plain(unit))


def in_unit(outcome: Outcome, value: float | None, unit: str | None) -> float | None:
    """`value` in the outcome's unit.

    Without a printed unit the value is taken as it stands when the outcome has no scale to confuse (a score or a
    ratio) or when it lies inside the plausible range of one of the protocol's units and of no other.
    """
    if value is None:
        return None
    factor = unit_factor(outcome, unit)
    if factor is None and not unit:
        factor = _only_plausible(outcome, value)
    return None if factor is None else value * factor


@cache
def outcome_id(name: str, protocol: Protocol) -> str:
    """Outcome of the protocol that a printed name means; empty where it means none.

    The whole name must match one of the outcome's synonyms; a bracketed unit or remark behind it is ignored.
    """
    bare = re.sub(r"\s*\([^()]*\)\s*$", "", name).strip()
    for candidate in (name.strip(), bare):
        for key, outcome in protocol.outcomes.items():
            if candidate == key or any(_matches(s, candidate) for s in outcome.synonyms):
                return key
    return ""


def dose(text: str | None) -> tuple[float | None, float | None]:
    """Cells per dose and cells per kg and dose of a dose as sheets write it (`1e6/kg`, `5e7 cells`).

    Ranges, several cohorts and per-mL doses are not one number and give (None, None); a median or mean in front of
    its range counts.
    """
    if not text:
        return None, None
    lead = re.split(r"[(]", text)[0]
    if re.search(r"per mL|/mL|\d\s*-\s*\d|to \d|[<>;]", lead):
        return None, None
    match = _DOSE.search(lead)
    if not match or (match.group(2) is None and float(match.group(1)) < 1000):
        return None, None
    number = float(match.group(1)) * 10.0 ** int(match.group(2) or 0)
    return (None, number) if re.search(r"/\s*kg", lead) else (number, None)


def _only_plausible(outcome: Outcome, value: float) -> float | None:
    factors = set(outcome.units.values()) | {1.0}
    if len(factors) == 1:
        return 1.0
    if outcome.plausible is None:
        return None
    low, high = outcome.plausible
    fitting = [factor for factor in factors if low <= abs(value) * factor <= high]
    return fitting[0] if len(fitting) == 1 else None


def _matches(synonym: str, name: str) -> bool:
    if synonym.lower() == name.lower():
        return True
    return re.fullmatch(synonym, name, re.IGNORECASE) is not None


def _plain(unit: str) -> str:
    return unit.translate(_MICRO).lower()
