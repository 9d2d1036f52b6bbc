"""The forest plot: studies, weights, diamonds for subgroups and total, prediction interval; draws, never computes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath
from matplotlib.ticker import MaxNLocator

from mscreview.show.style import (
    BLUE,
    GREY,
    ORANGE,
    RATIOS,
    axis_name,
    figure,
    interval,
    look,
    natural,
    number,
    p_text,
    ratio_ticks,
)

Z95 = 1.959963984540054
ROW = 0.24  # inches a line
AXES, SIDE = 2.3, 2.0  # inches of the axes and of the columns right of them
NARROW, WIDE, GUTTER = 2.1, 4.4, 0.3  # inches: least and most for the labels, and between them and what follows
SIZE, SMALL = 7.5, 6.5  # points of the letters
NUMBERS, VALUES, WEIGHT = -0.04, 1.03, 1.86  # columns of text, in widths of the axes
SIDES = {
    "higher": ("favours control", "favours treatment"),
    "lower": ("favours treatment", "favours control"),
}

ONE_ARM = {  # measures without a control group: no side is favoured; a proportion has no sides at all
    "MC": {"higher": ("worse", "better"), "lower": ("better", "worse")},
    "PFT": {"higher": ("", ""), "lower": ("", "")},
    "PLO": {"higher": ("", ""), "lower": ("", "")},
}


@dataclass(frozen=True)
class Line:
    """One line of the plot; `kind` is study, diamond, heading, prediction or note."""

    kind: str
    text: str
    est: float = np.nan
    low: float = np.nan
    high: float = np.nan
    weight: float = np.nan
    extra: str = ""


def forest(
    effects: pd.DataFrame,
    pooled: pd.Series,
    weights: pd.DataFrame,
    labels: dict[str, str],
    *,
    title: str = "",
    unit: str = "",
    subgroups: pd.DataFrame | None = None,
) -> Figure:
    """Forest plot of one analysis.

    Parameters
    ----------
    effects : the effects pooled (`effects` contract); with a `level` column where `subgroups` is given.
    pooled : row of `pooled`.
    weights : rows of `weights` of this analysis.
    labels : study_id -> what to print for it.
    title, unit : heading and unit of the x axis.
    subgroups : rows of `subgroups` of one moderator, in the order to draw.
    """
    share = weights.set_index("effect_id")["weight_random"]
    ordered = effects.assign(weight=effects["effect_id"].map(share)).sort_values("yi", kind="stable")
    lines: list[Line] = []
    if subgroups is None:
        lines += [_study(row, labels) for row in ordered.itertuples()]
    else:
        for group in subgroups.itertuples():
            lines.append(Line("heading", str(group.level)))
            lines += [_study(row, labels) for row in ordered[ordered["level"] == group.level].itertuples()]
            lines.append(_diamond(group, "Subgroup"))
    lines += _total(pooled)
    better, measure = effects["better_if"].iloc[0], str(pooled["measure"])
    if measure in ONE_ARM:
        lines = [replace(line, extra=line.extra.removesuffix(" / ?")) for line in lines]
    sizes = "patients" if measure in ONE_ARM else "n treated / n control"
    return draw(lines, measure, better, title=title, unit=unit, extra_title=sizes)


def forest_of_reviews(
    reported: pd.DataFrame, *, title: str, unit: str, better: str, own: pd.DataFrame | None = None
) -> Figure:
    """Pooled results of several reviews side by side, each with its own interval; nothing is pooled again.

    Parameters
    ----------
    reported : rows with `label`, `time`, `measure`, `estimate`, `ci_low`, `ci_high`, `k` on the natural scale, in the
        order to draw.
    own : this review's rows of `pooled` with `time`, drawn as diamonds beneath the others of the same time.
    """
    measure = str(reported["measure"].iloc[0])
    log = np.log if measure in RATIOS else (lambda v: v)
    lines: list[Line] = []
    for time, rows in reported.groupby("time", sort=False):
        lines.append(Line("heading", str(time)))
        for r in rows.itertuples():
            est, low, high = (float(log(v)) for v in (r.estimate, r.ci_low, r.ci_high))
            lines.append(Line("study", str(r.label), est, low, high, extra=_k(r.k)))
        here = [] if own is None else own[own["time"] == time].itertuples()
        lines += [Line("diamond", "this review", r.est, r.ci_low, r.ci_high, extra=_k(r.k)) for r in here]
    return draw(lines, measure, better, title=title, unit=unit, first="Review", extra_title="studies", weight_title="")


def draw(
    lines: list[Line],
    measure: str,
    better: str,
    *,
    title: str = "",
    unit: str = "",
    first: str = "Study",
    extra_title: str = "n treated / n control",
    weight_title: str = "weight",
) -> Figure:
    """The lines from top to bottom, text left, estimates right."""
    left, lines = _fitted(lines)
    height = max(1.7, ROW * (len(lines) + 4))
    with look():
        fig, ax = figure(left + AXES + SIDE, height)
        limits = _limits(lines)
        for i, line in enumerate(lines):
            _draw_line(ax, line, -i, measure, limits, -left / AXES)
        ax.axvline(0, color="black", linewidth=0.8, zorder=0)
        _axis(ax, limits, measure, better, unit, len(lines))
        ax.set_title(title, loc="left", x=-left / AXES, pad=16, fontweight="bold")
        for x, text, align in (
            (-left / AXES, first, "left"),
            (NUMBERS, extra_title, "right"),
            (VALUES, f"{measure} [95% CI]", "left"),
            (WEIGHT, weight_title, "right"),
        ):
            ax.text(x, 1.0, text, transform=ax.transAxes, ha=align, va="bottom", color=GREY)
        width = left + AXES + SIDE
        edges = {"top": 1 - 2 * ROW / height, "bottom": 2 * ROW / height}
        fig.subplots_adjust(left=left / width, right=(left + AXES) / width, **edges)
    return fig


def _fitted(lines: list[Line]) -> tuple[float, list[Line]]:
    """Inches of the label column, and the lines with labels that are too long even for the widest cut short."""
    room = [GUTTER + _inches(line.extra, SMALL) for line in lines]
    wanted = [_inches(x.text, SIZE) + free for x, free in zip(lines, room, strict=True) if x.kind != "note"]
    left = min(max([NARROW, *wanted]), WIDE)
    cut = [
        line if line.kind == "note" else replace(line, text=_cut(line.text, left - free))
        for line, free in zip(lines, room, strict=True)
    ]
    return left, cut


def _inches(text: str, size: float) -> float:
    """Width of a text in bold letters, which are the widest it can be drawn in."""
    bold = FontProperties(family="DejaVu Sans", weight="bold")
    return float(TextPath((0, 0), text, size=size, prop=bold).get_extents().width) / 72 if text.strip() else 0.0


def _cut(text: str, room: float) -> str:
    if _inches(text, SIZE) <= room:
        return text
    while len(text) > 1 and _inches(text + "…", SIZE) > room:
        text = text[:-1].rstrip()
    return text + "…"


def _study(row: Any, labels: dict[str, str]) -> Line:
    half = Z95 * float(np.sqrt(row.vi))
    arm = "" if "+" not in str(row.arm_t) else f", {str(row.arm_t).count('+') + 1} arms"
    n = " / ".join("?" if pd.isna(size) else f"{size:.0f}" for size in (row.n_t, row.n_c))
    text = f"{labels.get(row.study_id, row.study_id)}{arm}"
    return Line("study", text, row.yi, row.yi - half, row.yi + half, row.weight, n)


def _diamond(row: Any, name: str) -> Line:
    kind = "diamond" if row.k > 1 else "note"
    return Line(kind, f"{name}, k = {row.k}" if row.k > 1 else "one study", row.est, row.ci_low, row.ci_high)


def _total(pooled: pd.Series) -> list[Line]:
    k = int(pooled["k"])
    if k == 1:
        return [Line("note", "one study: nothing is pooled")]
    test = {"knha": "HKSJ", "z": "Wald", "adhoc": "HKSJ ad hoc", "t": "t"}.get(str(pooled["ci_method"]), "")
    name = f"All, {pooled['tau2_method'] or 'common effect'} + {test}, k = {k}"
    lines = [Line("diamond", name, pooled["est"], pooled["ci_low"], pooled["ci_high"])]
    if pd.notna(pooled["pi_low"]):
        lines.append(Line("prediction", "95% prediction interval", pooled["est"], pooled["pi_low"], pooled["pi_high"]))
    parts = [
        f"I² {number(pooled['i2'], 0)}%",
        f"τ² {number(pooled['tau2'], 2)}",
        f"Q {number(pooled['q'], 1)}, {p_text(pooled['q_p'])}",
    ]
    return [
        *lines,
        Line("note", "; ".join(parts)),
        Line("note", f"Test of the effect: {p_text(pooled['p'])}"),
    ]


def _limits(lines: list[Line]) -> tuple[float, float]:
    """Room for every estimate and most intervals; longer intervals end in an arrow."""
    ests = np.array([v for x in lines for v in (x.est,) if np.isfinite(v)])
    ends = np.array([v for x in lines if x.kind in {"study", "diamond"} for v in (x.low, x.high) if np.isfinite(v)])
    if not len(ests):
        return -1.0, 1.0
    spread = max(np.ptp(np.append(ests, 0.0)), float(np.median(np.abs(ends - np.median(ests)))) * 1.5, 1e-6)
    low = max(min(ends.min(), 0.0), min(ests.min(), 0.0) - 1.5 * spread)
    high = min(max(ends.max(), 0.0), max(ests.max(), 0.0) + 1.5 * spread)
    pad = 0.06 * (high - low)
    return low - pad, high + pad


def _draw_line(ax: Axes, line: Line, y: float, measure: str, limits: tuple[float, float], left: float) -> None:
    bold = "bold" if line.kind in {"heading", "diamond"} else "normal"
    at = ax.get_yaxis_transform()
    size = SMALL if line.kind == "note" else SIZE
    ax.text(left, y, line.text, transform=at, va="center", fontweight=bold, fontsize=size)
    if line.extra:
        ax.text(NUMBERS, y, line.extra, transform=at, va="center", ha="right", fontsize=SMALL, color=GREY)
    if not np.isfinite(line.est) or line.kind == "note":
        return
    if line.kind == "study":
        size = 5 if np.isnan(line.weight) else 2.5 + 0.9 * np.sqrt(line.weight)
        _whisker(ax, line, y, limits, BLUE, 1.1)
        ax.plot(np.clip(line.est, *limits), y, marker="s", color=BLUE, markersize=size)
    elif line.kind == "diamond":
        x = np.clip([line.low, line.est, line.high, line.est], *limits)
        _arrows(ax, line, y, limits, "black")
        ax.fill(x, [y, y + 0.32, y, y - 0.32], color=ORANGE, edgecolor="black", linewidth=0.6)
    else:
        _whisker(ax, line, y, limits, GREY, 2.4)
    shown = interval(line.est, line.low, line.high, measure)
    shown = shown[shown.index("[") :] if line.kind == "prediction" else shown
    ax.text(VALUES, y, shown, transform=at, va="center", fontsize=SIZE, fontweight=bold)
    if np.isfinite(line.weight):
        ax.text(WEIGHT, y, f"{line.weight:.1f}%", transform=at, va="center", ha="right", fontsize=7)


def _whisker(ax: Axes, line: Line, y: float, limits: tuple[float, float], colour: str, width: float) -> None:
    low, high = max(line.low, limits[0]), min(line.high, limits[1])
    ax.plot([low, high], [y, y], color=colour, linewidth=width, solid_capstyle="butt")
    _arrows(ax, line, y, limits, colour)


def _arrows(ax: Axes, line: Line, y: float, limits: tuple[float, float], colour: str) -> None:
    """A mark at each edge of the axes that the interval goes beyond."""
    if line.low < limits[0]:
        ax.plot(limits[0], y, marker="<", color=colour, markersize=3.5, clip_on=False)
    if line.high > limits[1]:
        ax.plot(limits[1], y, marker=">", color=colour, markersize=3.5, clip_on=False)


def _axis(ax: Axes, limits: tuple[float, float], measure: str, better: str, unit: str, n: int) -> None:
    ax.set_xlim(*limits)
    ax.set_ylim(-n + 0.4, 0.8)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    if measure in RATIOS:
        ax.set_xticks(*ratio_ticks(*limits))
    else:
        ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    left, right = ONE_ARM.get(measure, SIDES)[better]
    ax.set_xlabel(axis_name(measure, unit), labelpad=14)
    if not left:
        return
    for text, side, offset in ((f"← {left} ", "right", -3), (f" {right} →", "left", 3)):
        ax.annotate(
            text, (0, 0), xycoords=ax.get_xaxis_transform(), xytext=(offset, -16), textcoords="offset points",
            ha=side, va="top", fontsize=7, color=GREY,
        )  # fmt: skip


def _k(k: object) -> str:
    return "" if k is None or pd.isna(k) else str(int(float(str(k))))


__all__ = ["Line", "draw", "forest", "forest_of_reviews", "natural"]
