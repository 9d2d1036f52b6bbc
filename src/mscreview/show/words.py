"""Words and tables: a pooled row as a sentence, a text with its facts marked, a frame as plain HTML."""

from __future__ import annotations

import html
import re

import numpy as np
import pandas as pd

from mscreview.show.style import NAMES, RATIOS, interval, number, unit_text

CERTAIN = {"high": "", "moderate": "probably ", "low": "may "}
CJK = re.compile(r"[\u3400-\u9fff]")
DOI = re.compile(r"10\.\d{4,}/\S+")


def finding(row: pd.Series, *, outcome: str, window: str, unit: str, better: str, certainty: str) -> str:
    """A pooled row in GRADE's words (Santesso 2020, doi:10.1016/j.jclinepi.2019.10.014).

    Parameters
    ----------
    row : row of `pooled`.
    outcome, window, unit : as to be printed.
    better : "higher" or "lower".
    certainty : high, moderate, low or very low.
    """
    measure, k = str(row["measure"]), int(row["k"])
    estimate, _, limits = interval(row["est"], row["ci_low"], row["ci_high"], measure).partition(" ")
    suffix = f" {unit_text(unit)}" if measure in {"MD", "MC"} and unit_text(unit) else ""
    trials = "1 study" if k == 1 else f"{k} studies"
    people = "" if pd.isna(row["n"]) else f", {number(row['n'], 0)} patients"
    name = NAMES.get(measure, measure)
    numbers = f"({name} {estimate}{suffix} {limits}; {trials}{people}; {certainty} certainty)"
    if row["ci_low"] <= 0 <= row["ci_high"]:
        said = "no effect is shown either way" if certainty in CERTAIN else "the evidence is very uncertain"
        return f"{outcome}, {window}: {said}; the interval reaches from benefit to harm {numbers}."
    counted = measure in RATIOS | {"RD"}
    up, down = ("increase", "reduce") if counted else ("raise", "lower")
    verb = up if row["est"] > 0 else down
    if certainty in {"high", "moderate"}:
        verb += "s"
    helps = (row["est"] > 0) == (better == "higher")
    doubt = "" if certainty in CERTAIN else ", but the evidence is very uncertain"
    judged = "which is better" if helps else "which is worse"
    return f"{outcome}, {window}: treatment {CERTAIN.get(certainty, 'may ')}{verb} it, {judged}{doubt} {numbers}."


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
        what = " ".join(filter(None, [fact.outcome if pd.notna(fact.outcome) else "", number(fact.value)]))
        note = f"{fact.kind}: {what} [{fact.rule}; {fact.status}]"
        if spans and fact.start < spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], int(fact.end))
            spans[-1][2].append(note)
            spans[-1][3] &= fact.status == "ok"
        else:
            spans.append([int(fact.start), int(fact.end), [note], fact.status == "ok"])
    parts, at = [], 0
    for start, end, notes, sure in spans:
        style = "background:#cfe8f7" if sure else "background:#fff;color:inherit;border-bottom:2px dashed #D55E00"
        title = html.escape(" | ".join(notes), quote=True)
        parts.append(html.escape(text[at:start]))
        parts.append(f'<mark style="{style}" title="{title}">{html.escape(text[start:end])}</mark>')
        at = end
    parts.append(html.escape(text[at:]))
    return "".join(parts).replace("\n", "<br>")


def table(frame: pd.DataFrame, digits: int = 2, caption: str = "") -> str:
    """A frame as a plain HTML table without ids or scripts, numbers right-aligned and rounded for reading only."""
    head = "".join(f'<th scope="col">{html.escape(str(c))}</th>' for c in frame.columns)
    body = []
    for row in frame.itertuples(index=False):
        body.append("<tr>" + "".join(_cell(v, digits) for v in row) + "</tr>")
    said = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    return f"<table>{said}<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def _cell(value: object, digits: int) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return "<td></td>"
    if isinstance(value, bool | np.bool_):
        return f"<td>{'yes' if value else 'no'}</td>"
    if isinstance(value, str):
        tongue = ' lang="zh"' if CJK.search(value) else ""
        return f"<td{tongue}>{html.escape(value)}</td>"
    if isinstance(value, int | np.integer):
        return f'<td style="text-align:right">{value:,}</td>'
    return f'<td style="text-align:right">{number(float(str(value)), digits)}</td>'


def linked(address: str) -> str:
    """A DOI, PMID or web address as a link that says what it is; any other text as it stands."""
    target = f"https://doi.org/{address}" if DOI.fullmatch(address) else address
    target = f"https://pubmed.ncbi.nlm.nih.gov/{address}/" if address.isdigit() else target
    if not target.startswith(("http://", "https://")):
        return html.escape(address)
    shown = re.sub(r"^https?://(www\.)?", "", address)
    shown = shown if len(shown) <= 40 else shown[:39] + "…"
    return f'<a href="{html.escape(target, quote=True)}">{html.escape(shown)}</a>'
