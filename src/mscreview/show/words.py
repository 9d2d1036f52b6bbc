"""Words and tables: a pooled row as a sentence, a text with its facts marked, a frame as plain HTML."""

from __future__ import annotations

import html

import pandas as pd

from mscreview.show.style import NAMES, interval, natural, number


def finding(row: pd.Series, *, outcome: str, window: str, unit: str, better: str, certainty: str) -> str:
    """A pooled row in GRADE's words (Santesso 2020, doi:10.1016/j.jclinepi.2019.10.014).

    Parameters
    ----------
    row : row of `pooled`.
    outcome, window, unit : as to be printed.
    better : "higher" or "lower".
    certainty : high, moderate, low or very low.
    """
    measure = str(row["measure"])
    shown = interval(row["est"], row["ci_low"], row["ci_high"], measure)
    name = NAMES.get(measure, measure) + (f", {unit}" if unit and measure == "MD" else "")
    k = int(row["k"])
    trials = "1 study" if k == 1 else f"{k} studies"
    numbers = f"({name} {shown}; {trials}, {number(row['n'], 0)} patients; {certainty} certainty)"
    if row["ci_low"] <= 0 <= row["ci_high"]:
        return f"{outcome}, {window}: the interval includes both benefit and harm or no effect {numbers}."
    helps = (row["est"] > 0) == (better == "higher")
    verb = {
        "high": "improves",
        "moderate": "probably improves",
        "low": "may improve",
        "very low": "may improve",
    }
    harm = {"high": "worsens", "moderate": "probably worsens", "low": "may worsen", "very low": "may worsen"}
    doubt = ", but the evidence is very uncertain" if certainty == "very low" else ""
    return f"{outcome}, {window}: treatment {(verb if helps else harm)[certainty]} it{doubt} {numbers}."


def certainty(row: pd.Series) -> str:
    """A row of the certainty table as one line: the rating and every reason for it."""
    reasons = str(row["reasons"]) if pd.notna(row["reasons"]) and row["reasons"] else "no reason to rate down"
    return f"{row['certainty']} ({reasons})"


def marked(text: str, facts: pd.DataFrame) -> str:
    """The text as HTML with every fact marked; its kind and rule stand in the tooltip, doubtful ones are dashed.

    Parameters
    ----------
    text : the raw text the facts point into.
    facts : `facts` rows of this text. Overlapping facts share one mark.
    """
    spans: list[list] = []
    for fact in facts.sort_values(["start", "end"]).itertuples():
        outcome = fact.outcome if pd.notna(fact.outcome) else ""
        note = f"{fact.kind}: {outcome} {number(fact.value)} [{fact.rule}; {fact.status}]"
        if spans and fact.start < spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], int(fact.end))
            spans[-1][2].append(note)
            spans[-1][3] &= fact.status == "ok"
        else:
            spans.append([int(fact.start), int(fact.end), [note], fact.status == "ok"])
    parts, at = [], 0
    for start, end, notes, sure in spans:
        style = "background:#cfe8f7" if sure else "background:#fff;border-bottom:2px dashed #D55E00"
        title = html.escape(" | ".join(notes), quote=True)
        parts.append(html.escape(text[at:start]))
        parts.append(f'<mark style="{style}" title="{title}">{html.escape(text[start:end])}</mark>')
        at = end
    parts.append(html.escape(text[at:]))
    return "".join(parts).replace("\n", "<br>")


def table(frame: pd.DataFrame, digits: int = 2, caption: str = "") -> str:
    """A frame as a plain HTML table without ids or scripts, numbers right-aligned and rounded for reading only."""
    head = "".join(f"<th>{html.escape(str(c))}</th>" for c in frame.columns)
    body = []
    for row in frame.itertuples(index=False):
        body.append("<tr>" + "".join(_cell(v, digits) for v in row) + "</tr>")
    said = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    return f"<table>{said}<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def _cell(value: object, digits: int) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return "<td></td>"
    if isinstance(value, bool | str):
        return f"<td>{html.escape(str(value))}</td>"
    if isinstance(value, int):
        return f'<td style="text-align:right">{value:,}</td>'
    return f'<td style="text-align:right">{number(float(str(value)), digits)}</td>'


__all__ = ["certainty", "finding", "marked", "natural", "table"]
