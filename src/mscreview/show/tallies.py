"""Counts as stacked bars; takes a frame of counts and gives a figure, for any stage that has something to count."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mscreview.show.style import COLOURS, figure, look


def bars(counts: pd.DataFrame, *, xlabel: str, title: str = "") -> Figure:
    """One bar a row of `counts`, one stretch of it a column; the total stands at its end.

    Parameters
    ----------
    counts : whole numbers, missing is none; index and columns are the labels, in the order to draw.
    """
    counts = counts.fillna(0).astype(float)
    with look():
        fig, ax = figure(6.4, 0.24 * max(len(counts), 1) + 1.3)
        left = np.zeros(len(counts))
        for i, part in enumerate(counts.columns):
            colour = COLOURS[i % len(COLOURS)]
            ax.barh(range(len(counts)), counts[part], left=left, color=colour, label=str(part), height=0.7)
            left += counts[part].to_numpy()
        for y, total in enumerate(left):
            ax.text(total, y, f" {total:,.0f}", va="center", fontsize=7)
        ax.set_yticks(range(len(counts)), [str(label) for label in counts.index])
        ax.set_ylim(max(len(counts), 1) - 0.4, -0.6)
        ax.set_xlim(0, max(float(left.max(initial=0)), 1.0) * 1.1)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set_xlabel(xlabel)
        if len(counts) and len(counts.columns) > 1:
            ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        ax.set_title(title, loc="left", fontweight="bold")
    return fig
