"""From a pooled result back to the very characters: pooled -> effects -> facts or sheet rows -> record -> words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from mscreview.clean.sheets import Sheets

COLUMNS = ["analysis_id", "effect_id", "source", "record_id", "start", "end", "words", "place", "address"]


class TraceError(LookupError):
    """A link of the chain that leads nowhere, named."""


def trace(analysis_id: str, tables: Mapping[str, pd.DataFrame], sheets: Sheets) -> pd.DataFrame:
    """Every source of one pooled result, one row each.

    Parameters
    ----------
    analysis_id : row of `pooled` (or `subgroups`, whose ids are in `pooled` too).
    tables : `records`, `facts`, `effects` and `pooled` of the contracts.
    sheets : the raw sheets.

    Returns
    -------
    DataFrame
        effect, source id, record, offsets and the words: the characters of title + newline + abstract for a fact, the
        cells of the row for a sheet; where they stand and the record's address.

    Raises
    ------
    TraceError
        Naming the analysis, effect, fact or sheet row that is not there, or a fact whose words differ from its record.
    """
    pooled = _row(tables["pooled"], "analysis_id", analysis_id)
    rows = []
    for effect_id in str(pooled["effect_ids"]).split("; "):
        effect = _row(tables["effects"], "effect_id", effect_id)
        for source in str(effect["sources"]).split("; "):
            found = _fact(source, tables) if source.startswith("fact:") else _sheet_row(source, sheets)
            rows.append({"analysis_id": analysis_id, "effect_id": effect_id, "source": source} | found)
    return pd.DataFrame(rows, columns=COLUMNS)


def traces(analysis_ids: Iterable[str], tables: Mapping[str, pd.DataFrame], sheets: Sheets) -> pd.DataFrame:
    """The sources of several pooled results, one after the other; no rows for none."""
    chains = [trace(name, tables, sheets) for name in analysis_ids]
    return pd.concat(chains, ignore_index=True) if chains else pd.DataFrame(columns=COLUMNS)


def raw_text(record: pd.Series) -> str:
    """The text that a record's facts point into: title, a line feed, abstract."""
    return "\n".join("" if pd.isna(record[part]) else str(record[part]) for part in ("title", "abstract"))


def _fact(source: str, tables: Mapping[str, pd.DataFrame]) -> dict[str, object]:
    fact = _row(tables["facts"], "fact_id", source.removeprefix("fact:"))
    record = _row(tables["records"], "record_id", fact["record_id"])
    start, end = int(fact["start"]), int(fact["end"])
    words = raw_text(record)[start:end]
    if words != fact["quote"]:
        raise TraceError(
            f"{source}: record {record['record_id']} says {words!r} at {start}:{end}, not {fact['quote']!r}"
        )
    address = next((str(record[c]) for c in ("doi", "pmid", "url") if pd.notna(record[c])), "")
    place = f"{record['source_file']} record {record['source_row']}, {fact['section'] or 'text'}"
    return {
        "record_id": record["record_id"], "start": start, "end": end, "words": words, "place": place, "address": address
    }  # fmt: skip


def _sheet_row(source: str, sheets: Sheets) -> dict[str, object]:
    name, _, number = source.removeprefix("raw:").partition("#")
    frame = getattr(sheets, name.removesuffix(".csv"), None)
    found = pd.DataFrame() if frame is None else frame[frame["source"] == source]
    if not source.startswith("raw:") or len(found) != 1:
        raise TraceError(f"{source}: no such row in the raw sheets")
    row = found.iloc[0]
    skip = {"row", "source", "source_url", "place"}
    cells = [
        f"{c}={row[c]:g}" if isinstance(row[c], float) else f"{c}={row[c]}"
        for c in found
        if c not in skip and pd.notna(row[c])
    ]
    place = row["place"] if "place" in row and pd.notna(row["place"]) else row.get("reason", "")
    return {
        "words": ", ".join(cells),
        "place": f"{name} row {number}: {place}",
        "address": row.get("source_url", ""),
    }


def _row(table: pd.DataFrame, key: str, value: object) -> pd.Series:
    found = table[table[key] == value]
    if len(found) != 1:
        raise TraceError(f"{key} {value!r} stands {len(found)} times in the table, not once")
    return found.iloc[0]
