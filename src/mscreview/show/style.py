"""One look for every figure: colour-blind safe colours, print-readable sizes, and how numbers are worded."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Okabe & Ito's colours, told apart also by people who see no red or no green.
BLUE, ORANGE, GREEN, SKY, RED, PURPLE, YELLOW, GREY = (
    "#0072B2", "#E69F00", "#009E73", "#56B4E9", "#D55E00", "#CC79A7", "#F0E442", "#666666"
)  # fmt: skip
COLOURS = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY, YELLOW, GREY)

RATIOS = {"OR", "RR", "HR", "IRR", "ROM", "PETO"}
NAMES = {
    "OR": "odds ratio", "RR": "risk ratio", "HR": "hazard ratio", "RD": "risk difference", "MD": "mean difference",
    "SMD": "standardised mean difference", "MC": "mean change", "PFT": "proportion", "PLO": "proportion",
}  # fmt: skip

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
RATIO_STEPS = (  # ticks of a ratio axis, finest first; the first that leaves room for its labels is taken
    (1.0, 1.1, 1.2, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 9.0), (1.0, 1.25, 1.5, 2.0, 3.0, 5.0), (1.0, 2.0, 5.0),
    (1.0, 3.0), (1.0,),
)  # fmt: skip

_SETTINGS: dict[Any, Any] = {
    "font.family": "DejaVu Sans", "font.size": 8, "axes.titlesize": 9, "axes.labelsize": 8, "axes.spines.top": False,
    "axes.spines.right": False, "legend.fontsize": 7, "xtick.labelsize": 7, "ytick.labelsize": 7, "figure.dpi": 110,
    "savefig.dpi": 200, "svg.hashsalt": "mscreview", "figure.constrained_layout.use": False,
}  # fmt: skip


@contextmanager
def look() -> Iterator[None]:
    """The settings above while a figure is drawn; the caller's own come back afterwards."""
    with mpl.rc_context(_SETTINGS):
        yield


def figure(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure of inches `width` x `height` with one axes, not registered with pyplot."""
    fig = Figure(figsize=(width, height))
    return fig, fig.add_subplot()


def save(fig: Figure, path: str | Path) -> Path:
    """Write a figure as PNG with no clock in it, so that the same figure gives the same bytes."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with look():
        fig.savefig(path, bbox_inches="tight", metadata={"Software": None})
    return path


def natural(value: float, measure: str) -> float:
    """A value of the analysis scale as readers know it: ratios from logs."""
    return float(np.exp(min(value, 709.0))) if measure in RATIOS else value


def number(value: float, digits: int = 2) -> str:
    """A number for a table or a sentence; empty where there is none.

    What `digits` would round to nothing keeps one figure of its own, so that a bound is never printed as 0 that is not.
    """
    if value is None or pd.isna(value):
        return ""
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if abs(value) >= 1e7:
        return _powers(f"{value:.2e}")
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace("-", "−")
    if 1e-12 < abs(value) < 10**-digits / 2:
        digits = math.ceil(-math.log10(abs(value)))
        if digits > 5:
            return _powers(f"{value:.0e}")
    shown = f"{value:.{digits}f}".replace("-", "−")
    return shown.lstrip("−") if not shown.strip("−0.") else shown


def _powers(text: str) -> str:
    figures, _, power = text.replace("-", "−").partition("e")
    sign = "⁻" if power.startswith("−") else ""
    return f"{figures.rstrip('0').rstrip('.') if '.' in figures else figures}×10{sign}{power.strip('+−').lstrip('0').translate(_RAISED)}"


def interval(est: float, low: float, high: float, measure: str, digits: int = 2) -> str:
    """`1.23 [0.98, 1.55]` on the natural scale."""
    three = [number(natural(v, measure), digits) for v in (est, low, high)]
    return f"{three[0]} [{three[1]}, {three[2]}]"


def unit_text(unit: str) -> str:
    """A unit of the protocol in print: `umol/L` -> `µmol/L`, `10^9/L` -> `10⁹/L`; nothing for a pure ratio."""
    if unit in {"ratio", "1"}:
        return ""
    micro = re.sub(r"\bu(?=mol|g\b|kat|L\b|m\b)", "µ", unit)
    return re.sub(r"\^(-?\d+)", lambda found: found.group(1).translate(_RAISED), micro)


def axis_name(measure: str, unit: str = "") -> str:
    """`mean difference (g/L)`: the measure in words, its unit behind it unless it is a ratio."""
    name = NAMES.get(measure, measure)
    shown = "" if measure in RATIOS | {"SMD", "PFT", "PLO", "RD"} else unit_text(unit)
    return f"{name} ({shown})" if shown else name


def ratio_ticks(low: float, high: float, room: float = 0.11) -> tuple[list[float], list[str]]:
    """Places (log scale) and labels of ticks of a ratio axis from `low` to `high`, at least `room` of it apart."""
    for decades in (1, 2, 3, 5, 10, 20, 50, 100, 200):
        for steps in RATIO_STEPS if decades == 1 else RATIO_STEPS[-1:]:
            first, last = math.floor(low / math.log(10)) - 1, math.ceil(high / math.log(10)) + 1
            powers = [e for e in range(first, last + 1) if e % decades == 0]
            ticks = sorted(_ticks_of(powers, steps))
            places = [t for t in ticks if low <= math.log(t) <= high]
            gaps = np.diff(np.log(places)) if len(places) > 1 else np.array([math.inf])
            if gaps.min() >= room * (high - low):
                return [math.log(t) for t in places], [tick_text(t) for t in places]
    return [0.0], ["1"]


def _ticks_of(powers: list[int], steps: tuple[float, ...]) -> set[float]:
    """Steps above 1 and, mirrored, below it, so that a ratio and its inverse are treated alike."""
    above = {s * 10.0**e for e in powers if e >= 0 for s in steps}
    below = {s / 10 * 10.0 ** (e + 1) for e in powers if e < 0 for s in steps}
    return above | below


def tick_text(value: float) -> str:
    """`0.05`, `2`, `1,000`, `10⁶` for a tick."""
    power = math.log10(value)
    if 1e-3 <= value < 1e5:
        return f"{value:,.10g}"
    return f"10{str(round(power)).translate(_RAISED)}" if abs(power - round(power)) < 1e-9 else f"{value:.0e}"


def p_text(p: float) -> str:
    """`p = 0.034` or `p < 0.001`."""
    if pd.isna(p):
        return ""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"
