"""The PRISMA 2020 flow diagram (Page 2021, doi:10.1136/bmj.n71), drawn from the `flow` table."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from mscreview.show.style import BLUE, GREY, figure, look

WIDTH, GAP = 3.0, 0.28
PARTS = 6  # sources or reasons named; the rest are counted together
LEFT = (
    "database_results",
    "records_screened",
    "dbr_sought_reports",
    "dbr_assessed",
    "new_studies+new_reports",
)
RIGHT = {
    "database_results": ("duplicates",),
    "records_screened": ("records_excluded",),
    "dbr_sought_reports": ("dbr_notretrieved_reports",),
    "dbr_assessed": ("dbr_excluded",),
}


def flow(table: pd.DataFrame, left: Sequence[str] = LEFT, right: Mapping[str, Sequence[str]] = RIGHT) -> Figure:
    """Boxes from top to bottom, what left the review beside them, each with its parts by source or reason.

    Parameters
    ----------
    table : the `flow` table.
    left : box keys of the main column, in order; `a+b` puts two into one box. Keys the table lacks are left out.
    right : box of the main column -> boxes drawn to its right as one list.
    """
    rows = table.set_index("box")
    left = [box for box in left if set(box.split("+")) <= set(rows.index)]
    texts = {box: [line for key in box.split("+") for line in _lines(rows, key)] for box in left}
    beside = {box: [line for b in boxes if b in rows.index for line in _lines(rows, b)] for box, boxes in right.items()}
    heights = [max(_height(texts[b]), _height(beside.get(b, []))) for b in left]
    total = max(sum(heights) + GAP * (len(left) - 1), 0.1)
    with look():
        fig, ax = figure(7.0, total + 0.3)
        ax.set_xlim(0, 7)
        ax.set_ylim(-total - 0.1, 0.1)
        ax.axis("off")
        top = 0.0
        for i, (box, height) in enumerate(zip(left, heights, strict=True)):
            _box(ax, 0.1, top, height, texts[box], BLUE)
            if beside.get(box):
                _box(ax, 3.8, top, height, beside[box], GREY)
                ax.annotate("", (3.8, top - height / 2), (3.1, top - height / 2), arrowprops={"arrowstyle": "->"})
            if i + 1 < len(left):
                ax.annotate("", (1.6, top - height - GAP), (1.6, top - height), arrowprops={"arrowstyle": "->"})
            top -= height + GAP
        fig.subplots_adjust(left=0, right=1, top=1, bottom=0)
    return fig


def _lines(rows: pd.DataFrame, box: str) -> list[str]:
    """The box and, indented, its parts: rows whose key is `box:part`, most first."""
    parts = rows[rows.index.str.startswith(f"{box}:")].sort_values("n", ascending=False, kind="stable")
    named, rest = parts.iloc[:PARTS], parts.iloc[PARTS:]
    if len(rest) < 2:
        named, rest = parts, parts.iloc[:0]
    said = [_counted(label, n) for label, n in zip(named["label"], named["n"], strict=True)]
    said += [_counted(f"{len(rest)} others", rest["n"].sum())] if len(rest) else []
    return [_counted(rows.at[box, "label"], rows.at[box, "n"]), *(f"  {line}" for line in said)]


def _counted(label: object, n: object) -> str:
    return f"{label} (n\u00a0=\u00a0{int(str(n)):,})"


def _wrapped(lines: list[str]) -> list[str]:
    return [part for line in lines for part in textwrap.wrap(line, 46, subsequent_indent="    ", drop_whitespace=True)]


def _height(lines: list[str]) -> float:
    return 0.2 + 0.13 * len(_wrapped(lines)) if lines else 0.0


def _box(ax: Axes, x: float, top: float, height: float, lines: list[str], colour: str) -> None:
    shape = "round,pad=0,rounding_size=0.06"
    patch = FancyBboxPatch(
        (x, top - height), WIDTH, height, boxstyle=shape, fill=False, edgecolor=colour, linewidth=1.1
    )
    ax.add_patch(patch)
    ax.text(x + 0.1, top - height / 2, "\n".join(_wrapped(lines)), va="center", ha="left", fontsize=7.5)
