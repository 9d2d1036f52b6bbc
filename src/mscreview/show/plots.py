"""Figures beside the forest plot: funnel, evidence map, effect directions, timeline, trails, multiverse."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mscreview.show.style import (
    BLUE,
    COLOURS,
    GREEN,
    GREY,
    ORANGE,
    RATIOS,
    RED,
    axis_name,
    figure,
    interval,
    look,
    ratio_ticks,
)

Z95 = 1.959963984540054
DIRECTION_MARK = {
    "better": ("^", BLUE),
    "worse": ("v", RED),
    "no difference": ("o", GREY),
    "mixed": ("D", ORANGE),
}
CHOICE_NAMES = {
    "tau2_method": "τ²", "ci_method": "interval", "rule": "studies", "knha": "HKSJ", "adhoc": "HKSJ, not below Wald",
    "z": "Wald", "t": "t", "common": "common effect", "random": "random effects",
}  # fmt: skip


def funnel(effects: pd.DataFrame, pooled: pd.Series, *, title: str = "", unit: str = "") -> Figure:
    """Funnel plot: effect against its standard error, with the pseudo 95% limits of a common effect."""
    se = np.sqrt(effects["vi"].to_numpy(float))
    with look():
        fig, ax = figure(4.2, 3.4)
        top = float(se.max(initial=0.1)) * 1.1
        edge = np.array([0.0, top])
        ax.fill_betweenx(
            edge, pooled["est"] - Z95 * edge, pooled["est"] + Z95 * edge, color=GREY, alpha=0.15, linewidth=0
        )
        ax.axvline(pooled["est"], color=GREY, linestyle="--", linewidth=0.9)
        ax.plot(effects["yi"], se, "o", color=BLUE, markersize=5, markeredgecolor="white")
        ax.set_ylim(top, 0)
        _effect_scale(ax, str(pooled["measure"]), unit)
        ax.set_ylabel("standard error, log scale" if pooled["measure"] in RATIOS else "standard error")
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
        area = 70 + 520 * place["patients"].astype(float) / max([*cells["patients"].astype(float), 1.0])
        ax.scatter(x, y, s=area, color=BLUE, alpha=0.55, linewidth=0)
        for cx, cy, k in zip(x, y, place["studies"], strict=True):
            ax.text(cx, cy, f"{int(k)}", ha="center", va="center", fontsize=7)
        ax.set_xticks(range(len(columns)), list(columns), rotation=30, ha="right")
        ax.set_yticks(range(len(rows)), list(rows))
        ax.set_xlim(-0.6, max(len(columns), 1) - 0.4)
        ax.set_ylim(max(len(rows), 1) - 0.4, -0.6)
        ax.grid(color="0.92", linewidth=0.6)
        ax.set_axisbelow(True)
        ax.set_title(title, loc="left", fontweight="bold")
        fig.text(0.98, 0.0, "area: patients; number: studies", ha="right", va="bottom", color=GREY, fontsize=7)
        if place.empty:
            _nothing(ax)
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
            marker, colour = DIRECTION_MARK[str(row.direction)]
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
        ax.set_xlim(-0.6, max(len(outcomes), 1) - 0.4)
        ax.set_ylim(max(len(studies), 1) - 0.4, -0.6)
        ax.grid(color="0.93", linewidth=0.6)
        ax.set_axisbelow(True)
        ax.set_title(title, loc="left", fontweight="bold", pad=20)
        if directions.empty:
            _nothing(ax)
        else:
            _key(ax, set(directions["direction"]))
    return fig


def _key(ax: Axes, shown: set[str]) -> None:
    """A legend of the marks that are drawn."""
    for name, (marker, colour) in DIRECTION_MARK.items():
        if name in shown:
            ax.plot([], [], marker=marker, color=colour, linestyle="", label=name)
    if shown & {"better", "worse"}:
        said = "hollow: not significant"
        ax.plot([], [], marker="^", color=GREY, markerfacecolor="white", linestyle="", label=said)
    ax.legend(
        ncols=5, loc="lower left", bbox_to_anchor=(-0.02, 1.0), frameon=False, handletextpad=0.2, columnspacing=1
    )  # fmt: skip


def timeline(studies: pd.DataFrame, by: str, *, title: str = "", names: dict[str, str] | None = None) -> Figure:
    """Studies by year of publication, stacked by the column `by`."""
    known = studies[studies["year"].notna()]
    undated = len(studies) - len(known)
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
        ax.set_xlabel("year of publication")
        ax.set_ylabel("studies")
        ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        if wide.empty:
            _nothing(ax)
        else:
            ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        ax.set_title(title, loc="left", fontweight="bold")
        if undated:
            ax.text(1.0, 1.02, f"{undated} without a year", transform=ax.transAxes, ha="right", va="bottom", color=GREY)
    return fig


def trail(table: pd.DataFrame, *, measure: str, better: str = "", title: str = "", unit: str = "") -> Figure:
    """Estimates with intervals down a page: cumulative by year, leave-one-out, single choices.

    Parameters
    ----------
    table : `label`, `est`, `ci_low`, `ci_high` on the analysis scale, in the order to draw.
    better : "higher" or "lower", to name the sides of no effect; empty to leave them unnamed.
    """
    with look():
        fig, ax = figure(5.6, 0.22 * len(table) + 1.3)
        y = np.arange(len(table))
        ax.hlines(y, table["ci_low"], table["ci_high"], color=BLUE, linewidth=1.2)
        ax.plot(table["est"], y, "s", color=BLUE, markersize=4)
        ax.axvline(0, color="black", linewidth=0.8)
        ax.set_yticks(y, table["label"])
        ax.set_ylim(max(len(table), 1) - 0.5, -0.5)
        for at, row in zip(y, table.itertuples(), strict=True):
            shown = interval(row.est, row.ci_low, row.ci_high, measure)
            ax.text(1.02, float(at), shown, transform=ax.get_yaxis_transform(), va="center", fontsize=7)
        ax.text(1.02, 1.0, f"{measure} [95% CI]", transform=ax.transAxes, va="bottom", fontsize=7, color=GREY)
        _effect_scale(ax, measure, unit)
        if better:
            first, second = ("treatment", "control") if better == "lower" else ("control", "treatment")
            sides = f"← favours {first}      favours {second} →"
            ax.set_xlabel(f"{sides}\n{ax.get_xlabel()}")
        ax.set_title(title, loc="left", fontweight="bold", pad=12)
        if table.empty:
            _nothing(ax)
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
        x = np.arange(len(ordered))
        sure = (ordered["ci_low"] > 0) | (ordered["ci_high"] < 0)
        colours = np.where(sure, BLUE, GREY)
        top.vlines(x, ordered["ci_low"], ordered["ci_high"], color=colours, linewidth=0.7, alpha=0.6)
        top.scatter(x, ordered["est"], s=6, color=colours, zorder=3)
        top.axhline(0, color="black", linewidth=0.8)
        top.set_ylabel(axis_name(measure, unit))
        if measure in RATIOS:
            low, high = top.get_ylim()
            top.set_yticks(*ratio_ticks(low, high, 0.08))
            top.set_ylim(low, high)
        top.set_title(title, loc="left", fontweight="bold")
        key = "blue: interval excludes no effect; grey: it does not"
        top.text(1.0, 1.02, key, transform=top.transAxes, ha="right", va="bottom", color=GREY, fontsize=6.5)
        for i, (choice, value) in enumerate(levels):
            hit = x[made[choice] == value]
            below.plot(hit, np.full(len(hit), i), "|", color=GREEN, markersize=5)
        told = [f"{CHOICE_NAMES.get(c, c.replace('_', ' '))}: {CHOICE_NAMES.get(v, v)}" for c, v in levels]
        below.set_yticks(range(len(levels)), told, fontsize=6)
        below.grid(axis="y", color="0.93", linewidth=0.6)
        below.set_ylim(len(levels) - 0.5, -0.5)
        below.set_xlabel(f"{len(ordered)} combinations, sorted by estimate")
        fig.subplots_adjust(left=0.28, hspace=0.06)
    return fig


def _effect_scale(ax: Axes, measure: str, unit: str) -> None:
    """Name the x axis; ratios, drawn on the log scale, are labelled as people read them."""
    ax.set_xlabel(axis_name(measure, unit))
    if measure in RATIOS:
        low, high = ax.get_xlim()
        ax.set_xticks(*ratio_ticks(low, high))
        ax.set_xlim(low, high)


def _nothing(ax: Axes) -> None:
    ax.text(0.5, 0.5, "nothing to draw", transform=ax.transAxes, ha="center", va="center", color=GREY)
