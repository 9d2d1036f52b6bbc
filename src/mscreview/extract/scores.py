"""How well extraction did on annotated abstracts of other fields, as measured by `benchmarks/record_scores.py`.

Gives the figures of `scores.json`, which that script writes; none where it was never run. Stands beside the flow.
"""

from __future__ import annotations

import json
from importlib.resources import files

import pandas as pd

COLUMNS = ["corpus", "asked", "field", "gold", "precision", "recall", "f1"]


def recorded() -> pd.DataFrame:
    """One row a figure: corpus, what was asked, field, how many values the gold has, precision, recall and F1."""
    path = files("mscreview.extract").joinpath("scores.json")
    listed = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return pd.DataFrame(listed, columns=COLUMNS)
