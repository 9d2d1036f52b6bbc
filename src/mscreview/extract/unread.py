"""Numbers a text prints that no fact holds: the other side of extraction, so that a reader sees what was passed over.

Takes records and their `facts`; gives one row a number with the words around it. Stands beside `table`.
"""

from __future__ import annotations

import pandas as pd

from mscreview import text as txt

COLUMNS = ["record_id", "section", "held", "number", "around"]


def printed_numbers(records: pd.DataFrame, facts: pd.DataFrame, width: int = 40) -> pd.DataFrame:
    """Every number printed in title and abstract, and whether a fact holds it.

    Parameters
    ----------
    records : `record_id`, `title`, `abstract`.
    facts : `record_id`, `start`, `end` into title, line feed, abstract.
    width : characters of the text to show on either side.

    Returns
    -------
    DataFrame
        record_id, section, held (a fact's words include the number), number as printed, around.
    """
    spans = {key: list(zip(g["start"], g["end"], strict=True)) for key, g in facts.groupby("record_id")}
    rows = []
    for record_id, *parts in records[["record_id", "title", "abstract"]].itertuples(index=False):
        raw = "\n".join(part if isinstance(part, str) else "" for part in parts)
        passage = txt.normalise(raw)
        sentences = txt.sentences(passage)
        for q in txt.quantities(passage):
            start, end = passage.span(q.start, q.end)
            held = any(a <= start and end <= b for a, b in spans.get(record_id, []))
            section = next((s.section for s in sentences if s.start <= q.start < s.end), "")
            around = " ".join(f"{raw[max(0, start - width) : start]}⟦{raw[start:end]}⟧{raw[end : end + width]}".split())
            rows.append((record_id, section, held, raw[start:end], around))
    return pd.DataFrame(rows, columns=COLUMNS)
