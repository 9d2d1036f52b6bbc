"""How many people: totals (`n_total`) and arm sizes (`arm_n`) from a context."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mscreview.extract.model import Context, Fact
from mscreview.text import patterns as pt

_N_EQUALS = re.compile(rf"\b[nN] ?= ?(?P<n>{pt.INTEGER})")


def read(context: Context) -> Iterator[Fact]:
    """Sizes printed as "n = 23"."""
    for m in context.matches(_N_EQUALS):
        yield context.fact("arm_n", *m.span("n"), "n_equals", value=float(m["n"]), n=int(m["n"]))
