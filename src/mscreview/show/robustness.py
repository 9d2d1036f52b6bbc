"""Figures of robustness: GOSH, Baujat, influence, trim and fill, posterior, albatross; draws, never computes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter, ScalarFormatter

from mscreview.show.style import BLUE, COLOURS, GREEN, GREY, NAMES, ORANGE, RATIOS, RED, axis_name, figure, look, number

Z95 = 1.959963984540054
DIAGNOSTICS = {
    "rstudent": "studentised\nresidual", "dffits": "DFFITS", "cook_d": "Cook's\ndistance", "cov_r": "covariance\nratio",
    "tau2_del": "τ²\nwithout it", "qe_del": "Q\nwithout it", "hat": "hat\nvalue", "weight": "weight\n(%)",
}  # fmt: skip


def gosh(
    table: pd.DataFrame,
    *,
    measure: str,
    title: str = "",
    unit: str = "",
    inside: Sequence[bool] | None = None,
    name: str = "",
) -> Figure:
    """Every subset of studies: its pooled effect against its I².

    Parameters
    ----------
    table : `est`, `i2`, one row a subset (`pool.robustness.gosh`).
    inside, name : subsets to tell apart (those with one study, say) and what to call that study.
    """
    with look():
        fig, ax = figure(4.6, 3.6)
        marked = np.zeros(len(table), dtype=bool) if inside is None else np.asarray(inside, dtype=bool)
        size = 14.0 if len(table) < 500 else 3.0
        for part, colour, label in ((~marked, BLUE, f"without {name}"), (marked, ORANGE, f"with {name}")):
            ax.scatter(
                table.loc[part, "est"], table.loc[part, "i2"], s=size, color=colour, alpha=0.35, linewidth=0, label=label,
                rasterized=True,
            )  # fmt: skip
        if marked.any():
            legend = ax.legend(frameon=False, markerscale=3)
            for handle in legend.legend_handles:
                if handle is not None:
                    handle.set_alpha(1.0)
        _effect_axis(ax, measure, unit)
        ax.set_ylabel("I² (%)")
        ax.set_ylim(-4, 104)
        ax.set_title(f"{title} ({len(table):,} subsets)".strip(), loc="left", fontweight="bold")
    return fig


def baujat(table: pd.DataFrame, labels: Sequence[str], *, title: str = "") -> Figure:
    """Which studies make heterogeneity, and which move the result.

    Parameters
    ----------
    table : `x`, `y`, one row a study (`pool.influence.baujat`).
    labels : what to print for each.
    """
    with look():
        fig, ax = figure(4.6, 3.6)
        ax.plot(table["x"], table["y"], "o", color=BLUE, markersize=4.5, markeredgecolor="white")
        x, y = table["x"].to_numpy(float), table["y"].to_numpy(float)
        for i in np.flatnonzero((x >= np.quantile(x, 0.7)) | (y >= np.quantile(y, 0.7))).tolist():
            ax.annotate(labels[i], (x[i], y[i]), xytext=(4, 3), textcoords="offset points", fontsize=6.5)
        ax.set_xlabel("contribution to Q")
        ax.set_ylabel("influence on the pooled effect")
        ax.margins(x=0.12, y=0.1)
        ax.set_title(title, loc="left", fontweight="bold")
    return fig


def influence(table: pd.DataFrame, labels: Sequence[str], *, title: str = "") -> Figure:
    """Deletion diagnostics side by side, one row a study; influential studies in red.

    Parameters
    ----------
    table : columns of `DIAGNOSTICS` and `influential` (`pool.influence.influence`).
    """
    with look():
        fig = figure(7.2, 0.19 * len(table) + 1.3)[0]
        fig.clear()
        panels = fig.subplots(1, len(DIAGNOSTICS), sharey=True)
        y = np.arange(len(table))
        colours = np.where(table["influential"].to_numpy(bool), RED, BLUE)
        for ax, (column, name) in zip(panels, DIAGNOSTICS.items(), strict=True):
            values = table[column].to_numpy(float)
            ax.plot(values, y, color=GREY, linewidth=0.6, zorder=1)
            ax.scatter(values, y, s=13, c=colours, zorder=2)
            ax.set_title(name, fontsize=6.5)
            ax.tick_params(axis="x", labelsize=5.5)
            ax.grid(axis="y", color="0.92", linewidth=0.6)
            if column in ("rstudent", "dffits"):
                ax.axvline(0, color="black", linewidth=0.6)
        panels[0].set_yticks(y, list(labels), fontsize=6.5)
        panels[0].set_ylim(len(table) - 0.5, -0.5)
        fig.suptitle(title, x=0.02, ha="left", fontweight="bold", fontsize=9)
        fig.subplots_adjust(left=0.2, right=0.98, top=0.82, wspace=0.18)
    return fig


def trim_and_fill(
    effects: pd.DataFrame,
    filled: pd.DataFrame,
    pooled: pd.Series,
    adjusted: float,
    *,
    title: str = "",
    unit: str = "",
) -> Figure:
    """Funnel with the studies that trim and fill adds (hollow), and both pooled effects.

    Parameters
    ----------
    effects, filled : `yi`, `vi` of the studies and of their added mirror images.
    pooled : row of `pooled`.
    adjusted : pooled effect with the added studies.
    """
    with look():
        fig, ax = figure(4.6, 3.6)
        se, se_added = (np.sqrt(t["vi"].to_numpy(float)) for t in (effects, filled))
        top = float(max([*se, *se_added])) * 1.1
        edge = np.array([0.0, top])
        ax.fill_betweenx(edge, adjusted - Z95 * edge, adjusted + Z95 * edge, color=GREY, alpha=0.15, linewidth=0)
        ax.axvline(float(pooled["est"]), color=BLUE, linestyle="--", linewidth=0.9, label="as found")
        ax.axvline(adjusted, color=ORANGE, linewidth=0.9, label=f"with {len(filled)} added")
        ax.plot(effects["yi"], se, "o", color=BLUE, markersize=5, markeredgecolor="white")
        ax.plot(filled["yi"], se_added, "o", color=ORANGE, markersize=5, markerfacecolor="none")
        ax.set_ylim(top, 0)
        ax.set_ylabel("standard error")
        _effect_axis(ax, str(pooled["measure"]), unit)
        ax.legend(frameon=False, loc="upper right")
        ax.set_title(title, loc="left", fontweight="bold")
    return fig


def posterior(curves: pd.DataFrame, summary: pd.DataFrame, *, measure: str, title: str = "", unit: str = "") -> Figure:
    """Posterior of the mean effect and of the effect in a new study.

    Parameters
    ----------
    curves : `at`, `mu`, `new`: densities at points of the analysis scale, in order.
    summary : rows mu and new with `median`, `low`, `high` (`pool.bayes.posterior`).
    """
    with look():
        fig, ax = figure(4.8, 3.0)
        for row, colour, name in (("new", GREEN, "new study"), ("mu", BLUE, "mean effect")):
            middle, low, high = np.asarray(summary.loc[row, ["median", "low", "high"]], dtype=float).tolist()
            at, height = curves["at"].to_numpy(float), curves[row].to_numpy(float)
            inside = (at >= low) & (at <= high)
            ax.fill_between(at[inside], height[inside], color=colour, alpha=0.25, linewidth=0)
            said = f"{name}: {number(middle)} [{number(low)}, {number(high)}]"
            ax.plot(at, height, color=colour, linewidth=1.2, label=said)
        ax.axvline(0, color="black", linewidth=0.8)
        ax.set_ylim(0, 1.35 * float(curves[["mu", "new"]].to_numpy().max()))
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        _effect_axis(ax, measure, unit)
        ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, 1.0))
        ax.set_title(title, loc="left", fontweight="bold")
    return fig


def albatross(
    studies: pd.DataFrame,
    contours: Mapping[str, tuple[np.ndarray, np.ndarray]] | None = None,
    *,
    title: str = "",
) -> Figure:
    """Sample size against p-value, benefit to the right: where studies lie tells how large effects can be.

    Parameters
    ----------
    studies : `n`, `p`, `sign`, `bound` (`pool.directions.albatross`); printed bounds ("<", ">") are hollow.
    contours : label -> (p, n) of a constant effect (`pool.directions.contour`), drawn on both sides.
    """
    with look():
        fig, ax = figure(5.2, 3.8)
        x = _signed_log(studies["p"], studies["sign"])
        hollow = studies["bound"].ne("").to_numpy(bool)
        for part, face in ((~hollow, BLUE), (hollow, "white")):
            ax.plot(
                x[part],
                studies["n"].to_numpy(float)[part],
                "o",
                color=BLUE,
                markerfacecolor=face,
                markersize=5,
            )
        for (label, (p, n)), colour in zip((contours or {}).items(), (GREEN, ORANGE, RED, *COLOURS), strict=False):
            for side in (-1.0, 1.0):
                ax.plot(_signed_log(p, side), n, color=colour, linewidth=0.8, label=label if side > 0 else None)
        ax.axvline(0, color="black", linewidth=0.8)
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter(ScalarFormatter())
        ax.yaxis.set_minor_formatter(LogFormatter(minor_thresholds=(2, 0.5)))
        largest = max(1.0, float(np.abs(x).max()) if len(x) else 1.0)
        exponents = [e for e in range(1, 31) if e <= np.ceil(largest)]
        exponents = exponents[:: max(1, len(exponents) // 4)]
        ax.set_xticks(
            [-e for e in reversed(exponents)] + [0] + exponents,
            [f"$10^{{-{e}}}$" for e in reversed(exponents)] + ["1"] + [f"$10^{{-{e}}}$" for e in exponents],
        )
        ax.set_xlim(-np.ceil(largest) - 0.2, np.ceil(largest) + 0.2)
        if len(studies):
            ax.set_ylim(0.7 * studies["n"].min(), 1.5 * studies["n"].max())
        ax.set_xlabel("← harm      two-sided p      benefit →")
        ax.set_ylabel("patients")
        if contours:
            ax.legend(frameon=False, loc="upper right")
        ax.set_title(title, loc="left", fontweight="bold")
    return fig


def _signed_log(p: pd.Series | np.ndarray, sign: pd.Series | float) -> np.ndarray:
    return np.asarray(-np.log10(np.asarray(p, dtype=float)) * np.asarray(sign, dtype=float))


def _effect_axis(ax: Axes, measure: str, unit: str) -> None:
    ax.set_xlabel(f"log {NAMES.get(measure, measure)}" if measure in RATIOS else axis_name(measure, unit))
