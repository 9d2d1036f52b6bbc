"""One look for every figure: colour-blind safe colours, print-readable sizes, and how numbers are worded."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
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
    return math.exp(value) if measure in RATIOS else value


def number(value: float, digits: int = 2) -> str:
    """A number for a table or a sentence; empty where there is none."""
    if value is None or pd.isna(value):
        return ""
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace("-", "−")
    if value != 0 and abs(value) < 10**-digits / 2:
        digits = min(6, digits + 2)
    return f"{value:.{digits}f}".replace("-", "−")


def interval(est: float, low: float, high: float, measure: str, digits: int = 2) -> str:
    """`1.23 [0.98, 1.55]` on the natural scale."""
    three = [number(natural(v, measure), digits) for v in (est, low, high)]
    return f"{three[0]} [{three[1]}, {three[2]}]"


def p_text(p: float) -> str:
    """`p = 0.034` or `p < 0.001`."""
    if pd.isna(p):
        return ""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"
