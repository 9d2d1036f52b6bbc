"""Every number that prose says: a key, its value, and the table and row it came from, so that no result is typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import pandas as pd

from mscreview.show.style import RATIOS, natural, number


@dataclass(frozen=True)
class Number:
    """One number; `digits` says how it is printed, `table` and `row` where it stands."""

    value: float
    unit: str
    digits: int
    table: str
    row: str


UNITS = {"k": "studies", "n": "patients", "i2": "%"}


def collect(
    tables: Mapping[str, pd.DataFrame], main: pd.DataFrame, units: Mapping[str, str] | None = None
) -> dict[str, Number]:
    """The numbers of the report.

    Parameters
    ----------
    tables : tables of the contracts by name: `records`, `screening`, `studies`, `facts`, `effects`, `pooled`.
    main : rows of `pooled` that the report speaks of.
    units : outcome id -> unit of its mean differences.
    """
    found = {name: Number(len(frame), "rows", 0, name, "all") for name, frame in tables.items()}
    records, studies = tables["records"], tables["studies"]
    found["distinct"] = Number(int(records["duplicate_of"].isna().sum()), "records", 0, "records", "duplicate_of empty")
    found["randomised"] = Number(int(studies["randomised"].fillna(False).sum()), "studies", 0, "studies", "randomised")
    found["patients"] = Number(float(studies["n_total"].astype("float64").sum()), "patients", 0, "studies", "n_total")
    pooled = tables["pooled"]
    found["several"] = Number(int((pooled["k"] > 1).sum()), "analyses", 0, "pooled", "k > 1")
    for row in main.itertuples():
        for name in ("est", "ci_low", "ci_high", "pi_low", "pi_high", "tau2", "i2", "k", "n", "p"):
            value = getattr(row, name)
            if pd.notna(value):
                scaled = (
                    natural(value, row.measure) if name in {"est", "ci_low", "ci_high", "pi_low", "pi_high"} else value
                )
                unit = _unit(name, row.measure, (units or {}).get(row.outcome, ""))
                digits = 0 if name in {"k", "n", "i2"} else 3 if name == "p" else 2
                found[f"{row.analysis_id}.{name}"] = Number(float(scaled), unit, digits, "pooled", row.analysis_id)
    return found


def _unit(name: str, measure: str, unit: str) -> str:
    if name.startswith(("est", "ci", "pi")):
        return "ratio" if measure in RATIOS else unit if measure in {"MD", "MC"} else measure
    return UNITS.get(name, "")


def say(template: str, numbers: Mapping[str, Number]) -> str:
    """A sentence whose `{key}` are filled from `numbers`; an unknown key is a KeyError that names it."""

    def filled(found: re.Match[str]) -> str:
        key = found.group(1)
        if key not in numbers:
            raise KeyError(f"{key}: no such number")
        return number(numbers[key].value, numbers[key].digits)

    return re.sub(r"\{([^{}]+)\}", filled, template)


def as_json(numbers: Mapping[str, Number]) -> dict[str, dict[str, object]]:
    """`numbers.json`: key -> value, unit, digits, table, row."""
    return {key: asdict(numbers[key]) for key in sorted(numbers)}
