"""Effect estimates that somebody printed: by a trial, or by another review (its text or the `published` sheet)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mscreview.clean.sheets import Sheets
from mscreview.clean.times import with_weeks
from mscreview.clean.units import in_unit, outcome_id
from mscreview.project import Protocol

COLUMNS = [
    "study_id",
    "outcome",
    "weeks",
    "subgroup",
    "measure",
    "estimate",
    "ci_low",
    "ci_high",
    "k",
    "n",
    "i2",
    "p",
    "model",
    "kind",
    "source",
]
RATIOS = ("OR", "RR", "HR")


def reported(facts: pd.DataFrame, review_facts: pd.DataFrame, sheets: Sheets, protocol: Protocol) -> pd.DataFrame:
    """The `reported` table.

    Parameters
    ----------
    facts : facts of included studies, with `study_id`.
    review_facts : facts of other systematic reviews, `study_id` being the review's record.
    """
    rows = [*_printed(facts, "trial", protocol), *_printed(review_facts, "review", protocol)]
    rows += [_published(row, protocol) for row in sheets.published.itertuples()]
    return pd.DataFrame(rows, columns=COLUMNS)


def _printed(facts: pd.DataFrame, kind: str, protocol: Protocol) -> list[dict[str, object]]:
    told = facts[facts["kind"].eq("effect") & facts["status"].isin(["ok"]) & facts["outcome"].fillna("").ne("")]
    told = told[told["value"].notna() & told["low"].notna() & told["high"].notna()]
    ratios = told["measure"].isin(RATIOS)
    told = pd.concat([told.assign(source="fact:" + told["fact_id"])[ratios], with_weeks(told[~ratios], facts)])
    rows = []
    for fact in told.sort_index().itertuples():
        ratio = fact.measure in RATIOS
        scaled = [v if ratio else _scaled(v, fact, protocol) for v in (fact.value, fact.low, fact.high)]
        rows.append(
            {
                "study_id": fact.study_id, "outcome": fact.outcome, "weeks": fact.weeks, "subgroup": "all",
                "measure": fact.measure, "estimate": scaled[0], "ci_low": scaled[1], "ci_high": scaled[2],
                "n": fact.n, "kind": kind, "source": fact.source,
            }
        )  # fmt: skip
    return rows


def _scaled(value: float, fact: Any, protocol: Protocol) -> float:
    """The value in the outcome's unit where one is printed; as it stands where none is."""
    outcome = protocol.outcomes.get(fact.outcome)
    if outcome is None or not isinstance(fact.unit, str) or not fact.unit:
        return value
    converted = in_unit(outcome, value, fact.unit)
    return value if converted is None else converted


def _published(row: Any, protocol: Protocol) -> dict[str, object]:
    name = row.outcome
    key = outcome_id(name, protocol)
    unit = name[name.find("(") + 1 : name.rfind(")")].split(",")[0] if "(" in name else ""
    factor = protocol.outcomes[key].units.get(unit, 1.0) if key else 1.0
    scale = 1.0 if row.measure in RATIOS else factor
    return {
        "study_id": row.review_id, "outcome": key or name, "weeks": row.weeks, "subgroup": row.subgroup,
        "measure": row.measure, "estimate": row.estimate * scale, "ci_low": row.ci_low * scale,
        "ci_high": row.ci_high * scale, "k": row.k, "n": row.n, "i2": row.i2, "p": _p(row.p), "model": row.model,
        "kind": "review", "source": row.source,
    }  # fmt: skip


def _p(text: object) -> float | None:
    digits = str(text).replace("<", "").replace("=", "").strip() if isinstance(text, str) else ""
    try:
        return float(digits)
    except ValueError:
        return None
