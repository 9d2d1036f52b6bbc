"""How much of the question the studies measured: outcome by time window, with studies and patients behind each.

Takes the `outcomes` table and the protocol; gives one row a cell of the evidence map. Stands at the end of this stage.
"""

from __future__ import annotations

import pandas as pd

from mscreview.project import Protocol

UNTOLD = "time not told"


def cells(outcomes: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Cells of the evidence map: row (outcome label), column (window label), patients, studies.

    An arm counts once in a cell, with the largest number of patients any of its values stands on; an arm whose size
    is not known counts as a study but adds no patient. Values without a time stand in a column of their own.
    """
    labels = {w.id: w.label for w in protocol.windows} | {"": UNTOLD}
    values = pd.DataFrame(
        {
            "row": outcomes["outcome"].map({key: o.label for key, o in protocol.outcomes.items()}),
            "column": outcomes["weeks"].map(lambda weeks: labels[protocol.window(weeks)]),
            "study_id": outcomes["study_id"],
            "arm_id": outcomes["arm_id"],
            "n": outcomes["n"],
        }
    )
    arms = values.groupby(["row", "column", "study_id", "arm_id"], as_index=False)["n"].max()
    grouped = arms.groupby(["row", "column"])
    return grouped.agg(patients=("n", "sum"), studies=("study_id", "nunique")).reset_index()
