"""Events and percentages from a context: "5 of 45", "5/45 (11.1%)", "five patients (11%)", "11.1% vs 4.3%"."""

from __future__ import annotations

from collections.abc import Iterator

from mscreview.extract.model import Context, Fact


def read(context: Context) -> Iterator[Fact]:
    """Percentages outside of confidence levels."""
    for q in context.quantities:
        if q.percent and q.value is not None and q.value not in (90, 95, 99):
            yield context.fact("percent", q.start, q.end, "percent", value=q.value, unit="%", decimals=q.decimals)
