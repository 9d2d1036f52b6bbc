"""Cells in the form of llm-meta-analysis; all reading happens in `mscreview.extract`."""

from __future__ import annotations

from mscreview.extract import ask

FIELDS = {
    "n": "group_size",
    "events": "events",
    "mean": "mean",
    "sd": "standard_deviation",
}


def predict(record: dict, text: dict) -> dict:
    """Reads the abstract and the asked outcome, arms and type; a field the text does not print is left out."""
    cells = ask.numbers(
        text.get("abstract", ""),
        record["outcome"],
        record["intervention"],
        record["comparator"],
        record["outcome_type"],
    )
    out: dict[str, object] = {"id": record["id"]}
    for arm, cell in (("intervention", cells.intervention), ("comparator", cells.comparator)):
        for name, field in FIELDS.items():
            if (printed := getattr(cell, name)) is not None:
                out[f"{arm}_{field}"] = printed.value
    return out
