"""The groups of a trial, by name and role: a context in, the same context with its arms out. Runs before all readers."""

from __future__ import annotations

from mscreview.extract.model import Arm, Context


def find(context: Context) -> tuple[Arm, ...]:
    """Arms named by a treated or control word followed by "group" or "arm"."""
    seen: dict[str, Arm] = {}
    for role, names in (("treated", context.lexicon.treated), ("control", context.lexicon.control)):
        for start, end, _ in names.find(context.norm):
            name = context.norm[start:end].lower()
            if context.norm[end : end + 6].lower().startswith((" group", " arm")) or name.endswith("组"):
                seen.setdefault(name, Arm(name, (), role, None, start, end))
    return tuple(sorted(seen.values(), key=lambda a: a.start))
