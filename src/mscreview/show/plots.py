"""Figures beside the forest plot: funnel, evidence map, effect directions, timeline, trails, multiverse."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mscreview.show.style import BLUE, COLOURS, GREEN, GREY, NAMES, ORANGE, RATIOS, RED, figure, look

Z95 = 1.959963984540054
DIRECTION_MARK = {
    "better": ("^", BLUE),
    "worse": ("v", RED),
    "no difference": ("o", GREY),
    "mixed": ("D", ORANGE),
}


def funnel(effects: pd.DataFrame, pooled: pd.Series, *, title: str = "", unit: str = "") -> Figure:
    """Funnel plot: effect against its standard error, with the pseudo 95% limits of a common effect."""
    se = np.sqrt(effects["vi"].to_numpy(float))
    with look():
        fig, ax = figure(4.2, 3.4)
        top = float(se.max()) * 1.1
        edge = np.array([0.0, top])
        ax.fill_betweenx(
            edge, pooled["est"] - Z95 * edge, pooled["est"] + Z95 * edge, color=GREY, alpha=0.15, linewidth=0
        )
        ax.axvline(pooled["est"], color=GREY, linestyle="--", linewidth=0.9)
        ax.plot(effects["yi"], se, "o", color=BLUE, markersize=5, markeredgecolor="white")
        ax.set_ylim(top, 0)
        name = NAMES.get(str(pooled["measure"]), str(pooled["measure"]))
        ax.set_xlabel(f"log {name}" if pooled["measure"] in RATIOS else name + (f" ({unit})" if unit else ""))
        ax.set_ylabel("standard error")
        ax.set_title(title, loc="left", fontweight="bold")
    return fig


def evidence_map(cells: pd.DataFrame, rows: Sequence[str], columns: Sequence[str], *, title: str = "") -> Figure:
    """Bubbles of what was measured when.

    Parameters
    ----------
    cells : `row`, `column`, `patients`, `studies`, one row a bubble.
    rows, columns : labels in the order to draw.
    """
    with look():
        fig, ax = figure(7.2, 0.34 * len(rows) + 1.3)
        place = cells[cells["row"].isin(list(rows)) & cells["column"].isin(list(columns))]
        x = place["column"].map(list(columns).index)
        y = place["row"].map(list(rows).index)
        area = 70 + 520 * place["patients"] / max(float(cells["patients"].max()), 1.0)
        ax.scatter(x, y, s=area, color=BLUE, alpha=0.55, linewidth=0)
        for cx, cy, k in zip(x, y, place["studies"], strict=True):
            ax.text(cx, cy, f"{int(k)}", ha="center", va="center", fontsize=7)
        ax.set_xticks(range(len(columns)), list(columns), rotation=30, ha="right")
        ax.set_yticks(range(len(rows)), list(rows))
        ax.set_xlim(-0.6, len(columns) - 0.4)
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.grid(color="0.92", linewidth=0.6)
        ax.set_axisbelow(True)
        ax.set_title(f"{title} (area: patients; number: studies)", loc="left", fontweight="bold")
    return fig


def effect_directions(
    directions: pd.DataFrame, studies: Sequence[str], outcomes: Sequence[str], *, title: str = ""
) -> Figure:
    """Effect-direction plot (Thomson & Thomas 2013, doi:10.1002/jrsm.1060): filled where called significant.

    Parameters
    ----------
    directions : `label`, `outcome_label`, `direction`, `significant`, one row a cell.
    studies, outcomes : labels in the order to draw.
    """
    with look():
        fig, ax = figure(1.6 + 0.62 * len(outcomes), 0.2 * len(studies) + 1.6)
        for row in directions.itertuples():
            if row.label not in studies or row.outcome_label not in outcomes:
                continue
            marker, colour = DIRECTION_MARK[row.direction]
            sure = pd.notna(row.significant) and bool(row.significant)
            face = colour if sure or row.direction == "no difference" else "white"
            ax.plot(
                outcomes.index(row.outcome_label),
                studies.index(row.label),
                marker=marker,
                color=colour,
                markerfacecolor=face,
                markersize=6,
            )
        ax.set_xticks(range(len(outcomes)), list(outcomes), rotation=35, ha="right")
        ax.set_yticks(range(len(studies)), list(studies))
        ax.set_xlim(-0.6, len(outcomes) - 0.4)
        ax.set_ylim(len(studies) - 0.4, -0.6)
        ax.grid(color="0.93", linewidth=0.6)
        ax.set_axisbelow(True)
        for name, (marker, colour) in DIRECTION_MARK.items():
            ax.plot([], [], marker=marker, color=colour, linestyle="", label=name)
        ax.legend(
            ncols=4,
            loc="lower left",
            bbox_to_anchor=(-0.02, 1.0),
            frameon=False,
            handletextpad=0.2,
            columnspacing=1,
        )
        ax.set_title(title, loc="left", fontweight="bold", pad=20)
    return fig


def timeline(studies: pd.DataFrame, by: str, *, title: str = "", names: dict[str, str] | None = None) -> Figure:
    """Studies by year of publication, stacked by the column `by`."""
    known = studies[studies["year"].notna()]
    counts = known.assign(level=known[by].astype("object").fillna("not stated")).groupby(["year", "level"]).size()
    wide = counts.unstack(fill_value=0).sort_index()
    with look():
        fig, ax = figure(6.4, 2.6)
        base = np.zeros(len(wide))
        for level, colour in zip(wide.columns, COLOURS, strict=False):
            ax.bar(
                wide.index.astype(int),
                wide[level],
                bottom=base,
                color=colour,
                label=(names or {}).get(level, level),
                width=0.8,
            )
            base += wide[level].to_numpy()
        ax.set_ylabel("studies")
        ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        if len(wide):
            ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        ax.set_title(title, loc="left", fontweight="bold")
    return fig


def trail(table: pd.DataFrame, *, measure: str, title: str = "", unit: str = "") -> Figure:
    """Estimates with intervals down a page: cumulative by year, leave-one-out, single choices.

    Parameters
    ----------
    table : `label`, `est`, `ci_low`, `ci_high` on the analysis scale, in the order to draw.
    """
    with look():
        fig, ax = figure(5.6, 0.22 * len(table) + 1.2)
        y = np.arange(len(table))
        ax.hlines(y, table["ci_low"], table["ci_high"], color=BLUE, linewidth=1.2)
        ax.plot(table["est"], y, "s", color=BLUE, markersize=4)
        ax.axvline(0, color="black", linewidth=0.8)
        ax.set_yticks(y, table["label"])
        ax.set_ylim(len(table) - 0.5, -0.5)
        _ratio_ticks(ax, measure)
        ax.set_xlabel(NAMES.get(measure, measure) + (f" ({unit})" if unit else ""))
        ax.set_title(title, loc="left", fontweight="bold")
    return fig


def multiverse(table: pd.DataFrame, choices: Sequence[str], *, measure: str, title: str = "", unit: str = "") -> Figure:
    """Every combination of choices in one picture: estimates sorted above, the choices that made each below.

    Parameters
    ----------
    table : `est`, `ci_low`, `ci_high` and one column for each of `choices`.
    """
    ordered = table.sort_values("est", kind="stable").reset_index(drop=True)
    made = ordered[list(choices)].astype("object").where(ordered[list(choices)].notna(), "none").astype(str)
    levels = [(c, v) for c in choices for v in sorted(made[c].unique()) if made[c].nunique() > 1]
    with look():
        fig = figure(7.2, 2.4 + 0.15 * len(levels))[0]
        fig.clear()
        top, below = fig.subplots(2, 1, sharex=True, height_ratios=[2.2, 0.15 * len(levels) + 0.3])
        x = ordered.index.to_numpy()
        sure = (ordered["ci_low"] > 0) | (ordered["ci_high"] < 0)
        colours = np.where(sure, BLUE, GREY)
        top.vlines(x, ordered["ci_low"], ordered["ci_high"], color=colours, linewidth=0.7, alpha=0.6)
        top.scatter(x, ordered["est"], s=6, color=colours, zorder=3)
        top.axhline(0, color="black", linewidth=0.8)
        top.set_ylabel(
            NAMES.get(measure, measure) + (f" ({unit})" if unit else "") + (", log" if measure in RATIOS else "")
        )
        top.set_title(f"{title} (blue: interval excludes no effect)", loc="left", fontweight="bold")
        for i, (choice, value) in enumerate(levels):
            hit = x[made[choice] == value]
            below.plot(hit, np.full(len(hit), i), "|", color=GREEN, markersize=5)
        below.set_yticks(range(len(levels)), [f"{c}: {v}" for c, v in levels], fontsize=6)
        below.set_ylim(len(levels) - 0.5, -0.5)
        below.set_xlabel(f"{len(ordered)} combinations, sorted by estimate")
        fig.subplots_adjust(left=0.28, hspace=0.06)
    return fig


def _ratio_ticks(ax: Axes, measure: str) -> None:
    if measure not in RATIOS:
        return
    low, high = ax.get_xlim()
    ticks = [t for t in (0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 100) if low <= np.log(t) <= high]
    ax.set_xticks(np.log(ticks), [f"{t:g}" for t in ticks])
