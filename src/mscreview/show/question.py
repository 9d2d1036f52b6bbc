"""The review's question as tables and a picture: what is asked, what would answer it, when it is looked at.

Takes the protocol; gives frames to show and the picture of the time windows. Stands at the start of the flow.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from mscreview.project import Protocol
from mscreview.show.style import BLUE, SKY, figure, look, number, unit_text
from mscreview.show.views import readable as readable

PARTS = ("population", "intervention", "comparator", "outcomes", "studies")
METHODS = {
    "knha": "Hartung-Knapp-Sidik-Jonkman", "z": "Wald", "t": "t distribution", "adhoc": "Hartung-Knapp, never narrower"
}  # fmt: skip


def picos(protocol: Protocol) -> pd.DataFrame:
    """The parts of the question, one a row."""
    return pd.DataFrame(
        {"part": [p.capitalize() for p in PARTS], "asked": [getattr(protocol.review, p) for p in PARTS]}
    )


def outcomes(protocol: Protocol) -> pd.DataFrame:
    """Every outcome with its kind, unit and what counts as better, the main ones first."""
    rows = [
        {
            "outcome": o.label,
            "is": "counted" if o.kind == "binary" else "measured",
            "unit": "patients" if o.kind == "binary" else unit_text(o.unit),
            "better if": o.better,
            "effect": o.measure or getattr(protocol.pooling, o.kind),
            "read as": f"everyone else counts as {readable(o.complement_of)}" if o.complement_of else "",
            "main": "main" if o.main else "",
        }
        for o in protocol.outcomes.values()
    ]
    columns = ["outcome", "is", "unit", "better if", "effect", "read as", "main"]
    return pd.DataFrame(rows, columns=columns).sort_values("main", ascending=False, kind="stable")


def plan(protocol: Protocol) -> pd.DataFrame:
    """The analyses fixed before looking, one choice a row."""
    p = protocol.pooling
    bands = ", ".join(number(cut, 0) for cut in p.dose_bands)
    rows = {
        "effect of measured outcomes": p.continuous,
        "effect of counted outcomes": p.binary,
        "between-study variance": p.tau2_method,
        "interval": METHODS.get(p.ci_method, p.ci_method),
        "correlation of baseline and final, where change needs it": f"{p.correlation:g}",
        "subgroups": ", ".join(readable(s) for s in p.subgroups) or "none",
        "dose bands cut at": bands or "none",
        "weeks in a month, in a year": f"{protocol.time.weeks_per_month:g}, {protocol.time.weeks_per_year:g}",
    }
    return pd.DataFrame({"choice": list(rows), "made": list(rows.values())})


def windows(protocol: Protocol) -> Figure:
    """The time windows as spans of weeks; the dot is the time each stands for. The axis is stretched near zero."""
    spans = protocol.windows
    with look():
        fig, ax = figure(6.4, 0.26 * len(spans) + 1.1)
        for y, w in enumerate(spans):
            ax.barh(y, w.high - w.low, left=w.low, height=0.6, color=SKY, edgecolor="white")
            ax.plot(w.at, y, "o", color=BLUE, markersize=5)
        ax.set_xscale("symlog", linthresh=4)
        ticks = sorted({w.at for w in spans})
        ax.set_xticks(ticks, [f"{t:g}" for t in ticks])
        ax.set_xticks([], minor=True)
        ax.set_yticks(range(len(spans)), [w.label for w in spans])
        ax.invert_yaxis()
        ax.set_xlabel("weeks after treatment")
        ax.set_title("Times pooled as one", loc="left", fontweight="bold")
    return fig
