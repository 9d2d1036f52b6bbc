"""Raw text in, facts out: every number with its words, its place and the rule that found it.

`facts` reads one text, `table` a whole table of records, `explain` shows where a fact comes from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mscreview import text as txt
from mscreview.extract import registry
from mscreview.extract.arms import controls, cues
from mscreview.extract.arms.find import find
from mscreview.extract.arms.mentions import mentions
from mscreview.extract.lexicon import lexicon
from mscreview.extract.model import Arm, Context, ExtractError, Fact, context
from mscreview.extract.roles.guess import roles

if TYPE_CHECKING:
    import pandas as pd

    from mscreview.project import Protocol

__all__ = ["Arm", "Context", "ExtractError", "Fact", "explain", "facts", "read_context", "table"]


def facts(text: str, protocol: Protocol | None = None) -> list[Fact]:
    """All facts of one text, in text order; `text[fact.start:fact.end] == fact.quote` for each.

    Parameters
    ----------
    text : raw text; for a record its title, a line feed and its abstract.
    protocol : words of the review; None reads with generic words only.
    """
    ctx = read_context(text, protocol)
    found = [fact for reader in registry.READERS.values() for fact in reader(ctx)]
    for refine in registry.REFINERS.values():
        found = refine(ctx, found)
    return sorted(found, key=lambda f: (f.start, f.end, f.kind, f.rule))


def read_context(text: str, protocol: Protocol | None = None) -> Context:
    """The text layer of `text`, its arms and the roles of its numbers: what every reader is given."""
    passage = txt.normalise(text)
    ctx = context(passage, txt.sentences(passage), txt.quantities(passage), lexicon(protocol))
    arms = find(ctx)
    ctx = ctx.with_arms(arms, mentions(ctx, arms))
    if (known := controls.told(ctx)) != arms:
        ctx = ctx.with_arms(known, mentions(ctx, known))
    ctx = cues.applied(ctx)
    return ctx.with_roles(roles(ctx))


def explain(fact: Fact, text: str, width: int = 60) -> str:
    """The fact's rule, fields and marked words in their surroundings, for a reader to judge."""
    before = text[max(0, fact.start - width) : fact.start]
    after = text[fact.end : fact.end + width]
    told = [
        f"{name}={value!r}"
        for name in ("measure", "outcome", "arm", "comparator", "weeks", "value", "low", "high", "spread", "n", "unit")
        if (value := getattr(fact, name)) not in (None, "")
    ]
    head = f"{fact.kind} by rule {fact.rule} [{fact.status}; {fact.section or 'no section'}] " + ", ".join(told)
    flags = f"\nchecks: {', '.join(fact.checks)}" if fact.checks else ""
    return f"{head}\n…{before}⟦{fact.quote}⟧{after}…{flags}"


def table(records: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Facts of every record that is no duplicate's copy (`facts` contract), ids `<record_id>-f001` in text order.

    Raises
    ------
    ExtractError
        When a needed column is missing, naming all of them.
    """
    import pandas as pd

    missing = [c for c in ("record_id", "title", "abstract") if c not in records.columns]
    if missing:
        raise ExtractError(
            f"records: missing column(s) {', '.join(missing)}; found {', '.join(map(str, records.columns))}"
        )
    rows = []
    for record_id, title, abstract in records[["record_id", "title", "abstract"]].itertuples(index=False):
        text = f"{_words(title)}\n{_words(abstract)}"
        for number, fact in enumerate(facts(text, protocol), start=1):
            rows.append({"fact_id": f"{record_id}-f{number:03d}", "record_id": record_id, **_row(fact)})
    return pd.DataFrame(rows, columns=COLUMNS)


COLUMNS = (
    "fact_id record_id kind measure outcome arm weeks value low high spread spread_kind n comparator unit level "
    "value_text decimals section start end quote rule status checks"
).split()


def _row(fact: Fact) -> dict[str, object]:
    row = {name: getattr(fact, name) for name in COLUMNS[2:]}
    return row | {"checks": "; ".join(fact.checks)}


def _words(value: object) -> str:
    return value if isinstance(value, str) else ""
