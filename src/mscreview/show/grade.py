"""GRADE's summary of findings as HTML: outcomes as groups, certainty as signs, reasons as lettered notes below.

Takes the frame of `results.summary_of_findings`; gives HTML for a notebook or the report.
"""

from __future__ import annotations

import html
from string import ascii_lowercase

import pandas as pd

from mscreview.show.style import NAMES

SIGNS = {"high": "⊕⊕⊕⊕", "moderate": "⊕⊕⊕◯", "low": "⊕⊕◯◯", "very low": "⊕◯◯◯"}
HEADS = ("time", "studies", "patients", "effect [95% CI]", "risk without", "risk with [95% CI]", "certainty")


def summary_html(summary: pd.DataFrame, caption: str = "Treated against control") -> str:
    """Rows of one outcome and measure under one heading; a letter for each reason, told once below the table."""
    letters = _letters(summary["why"])
    body = []
    for (outcome, measure, better), rows in summary.groupby(["outcome", "measure", "better if"], sort=False):
        name, _, unit = str(measure).partition(" ")
        group = html.escape(f"{outcome}: {f'{NAMES.get(name, name)} {unit}'.strip()}, {better} is better")
        body.append(f'<tr class="group"><th colspan="{len(HEADS)}" scope="rowgroup">{group}</th></tr>')
        body += [_row(row, letters) for _, row in rows.iterrows()]
    heads = "".join(f'<th scope="col">{html.escape(h)}</th>' for h in HEADS)
    notes = "".join(f"<li>{html.escape(reason)}</li>" for reason in letters)
    return (
        f"<table><caption>{html.escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table>"
        f'<p class="note">Risks per 1,000 patients. Reasons for doubt:</p><ol class="note" type="a">{notes}</ol>'
    )


def _letters(why: pd.Series) -> dict[str, str]:
    """Reason -> letter, in the order of first use; after z come aa, ab ..."""
    reasons = dict.fromkeys(reason for text in why for reason in _reasons(text))
    letters = [*ascii_lowercase, *(a + b for a in ascii_lowercase for b in ascii_lowercase)]
    return dict(zip(reasons, letters, strict=False))


def _reasons(text: object) -> list[str]:
    """The reasons of one row; how many studies there are stands in its own column already."""
    return [part.split(" studies: ")[-1].removeprefix("1 study: ") for part in str(text).split("; ") if part]


def _row(row: pd.Series, letters: dict[str, str]) -> str:
    marks = " ".join(sorted((letters[r] for r in _reasons(row["why"])), key=lambda mark: (len(mark), mark)))
    sure = str(row["certainty"])
    cells = [
        str(row["time"]), str(row["studies"]), str(row["patients"]), str(row["estimate [95% CI]"]),
        str(row["risk without, per 1,000"]), str(row["risk with, per 1,000"]),
    ]  # fmt: skip
    shown = "".join(f'<td class="keep">{html.escape(cell)}</td>' for cell in cells)
    rated = f"{SIGNS.get(sure, '')} {html.escape(sure)} <sup>{marks}</sup>"
    return f'<tr>{shown}<td class="keep">{rated}</td></tr>'
