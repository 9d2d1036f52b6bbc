"""Reading `tests/references/*.json` and comparing at the agreed tolerance."""

import json
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "references"
TOLERANCE = 1e-8  # times max(1, |reference|): what double precision leaves of ill-conditioned sums


def load(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def vector(value) -> np.ndarray:
    items = value if isinstance(value, (list, tuple, np.ndarray)) else [value]
    flat = [x for item in items for x in (np.ravel(item) if np.ndim(item) else [item])]
    return np.array([np.nan if x is None else float(x) for x in flat])


def disagreements(ours: dict, record: dict, label: str) -> list[str]:
    """Every field that the record has and that differs, in words."""
    out = []
    for name, value in ours.items():
        if record.get(name) is None:
            continue
        a, b = vector(value), vector(record[name])
        same = a.shape == b.shape and bool(
            np.all((np.abs(a - b) <= TOLERANCE * np.maximum(1, np.abs(b))) | (a == b) | (np.isnan(a) & np.isnan(b)))
        )
        if not same:
            out.append(f"{label}: {name} ours {a[:4]} reference {b[:4]}")
    return out
