"""What each file of the raw folder brought: records, repeats, languages and years, and how the file was made.

Takes the `records` table and the folder's manifest where there is one; gives one row a file, to be read by people.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from mscreview import tables

TOLD = ["database", "query", "retrieved_on", "licence", "how_made"]


def by_file(records: pd.DataFrame, manifest: str | Path | None = None) -> pd.DataFrame:
    """One row a file: file, format, records, distinct, repeats, languages, years, and what the manifest tells of it.

    A record that repeats another counts under the file it came from, as a repeat. Without a manifest the columns
    database, query, retrieved_on, licence and how_made are empty.
    """
    rows = []
    for name, group in records.groupby("source_file"):
        years = group["year"].dropna()
        rows.append(
            {
                "file": name,
                "format": ", ".join(sorted(group["format"].unique())),
                "records": len(group),
                "distinct": int(group["duplicate_of"].isna().sum()),
                "repeats": int(group["duplicate_of"].notna().sum()),
                "languages": ", ".join(sorted(group["language"].dropna().unique())),
                "years": f"{years.min()}-{years.max()}" if len(years) else "",
            }
        )
    columns = ["file", "format", "records", "distinct", "repeats", "languages", "years"]
    found = pd.DataFrame(rows, columns=columns)
    told = (
        tables.read_raw(manifest).reindex(columns=["file", *TOLD])
        if manifest
        else pd.DataFrame(columns=["file", *TOLD])
    )
    return found.merge(told, on="file", how="left")
