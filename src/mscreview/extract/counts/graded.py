"""How well it worked, in grades: "16 cases were markedly effective, 28 effective and 9 ineffective". Part of `people`.

A context and a number in, whether it counts people of such a grade out; a bare list of the other group's that ends in
"respectively" counts them too.
"""

from __future__ import annotations

import re

from mscreview.extract.model import Context
from mscreview.text import Sentence
from mscreview.text.patterns import PEOPLE

_GRADE = (
    r"(?:(?:completely|clinically|basically|markedly|obviously|remarkably|significantly|moderately|partially|slightly) )?"
    r"(?:cured|healed|effective|ineffective|invalid|improved|unimproved|unchanged|worsened|relieved)"
)
_GRADED = re.compile(rf"(?: {PEOPLE})?(?: (?:was|were|being))? {_GRADE}(?=[,;.]| and\b| in\b)")
_IN_TURN = re.compile(rf"(?:(?:, | and |, and )\d{{1,4}}){{0,5}}(?: {PEOPLE})?,? respectively\b")
_WORDS = ("effective", "cured", "healed", "improved", "invalid", "unchanged", "worsened", "relieved")
_REACH = 200


def graded(context: Context, j: int, sentence: Sentence) -> bool:
    """Whether a number counts people by how well it worked."""
    q, norm = context.quantities[j], context.norm
    if sentence.section != "results" or q.percent or q.kind not in ("int", "words"):
        return False
    words = norm[max(sentence.start, q.start - _REACH) : q.end + 40]
    if not any(word in words for word in _WORDS):
        return False
    if _GRADED.match(norm, q.end):
        return True
    if _IN_TURN.match(norm, q.end) is None:
        return False
    return any(
        _GRADED.match(norm, k.end) for k in context.quantities_in(max(sentence.start, q.start - _REACH), q.start)
    )
