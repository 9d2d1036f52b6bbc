"""The PRISMA 2020 flow diagram (Page 2021, doi:10.1136/bmj.n71), drawn from the `flow` table."""

from __future__ import annotations

import textwrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from mscreview.show.style import BLUE, GREY, figure, look

WIDTH, GAP = 3.0, 0.28


def flow(table: pd.DataFrame, left: list[str], right: dict[str, list[str]]) -> Figure:
    """Boxes from top to bottom, what left the review beside them.

    Parameters
    ----------
    table : the `flow` table.
    left : box keys of the main column, in order.
    right : box of the main column -> boxes drawn to its right as one list.
    """
    rows = table.set_index("box")
    texts = {box: [_line(rows, box)] for box in left}
    beside = {box: [_line(rows, b) for b in boxes if b in rows.index] for box, boxes in right.items()}
    heights = [max(_height(texts[b]), _height(beside.get(b, []))) for b in left]
    total = sum(heights) + GAP * (len(left) - 1)
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


def _line(rows: pd.DataFrame, box: str) -> str:
    return f"{rows.at[box, 'label']} (n = {int(rows.at[box, 'n']):,})"


def _wrapped(lines: list[str]) -> list[str]:
    return [part for line in lines for part in textwrap.wrap(line, 44, subsequent_indent="  ")]


def _height(lines: list[str]) -> float:
    return 0.18 + 0.15 * len(_wrapped(lines)) if lines else 0.0


def _box(ax: Axes, x: float, top: float, height: float, lines: list[str], colour: str) -> None:
    patch = FancyBboxPatch(
        (x, top - height), WIDTH, height, boxstyle="round,pad=0,rounding_size=0.06", fill=False, edgecolor=colour, linewidth=1.1
    )  # fmt: skip
    ax.add_patch(patch)
    ax.text(x + 0.1, top - height / 2, "\n".join(_wrapped(lines)), va="center", ha="left", fontsize=7.5)
