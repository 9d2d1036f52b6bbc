"""Where the name of a group begins and ends: a place in the normal form in, the name's edge out.

A name is cut at words that cannot belong to one (articles, verbs, people, times) and at doses, never by topic. Which
words alone name no arm is told here too.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Candidate(NamedTuple):
    """A possible arm name in the normal form; `source` is group | label | named | size | allocation | contrast |
    count | received | result | asked."""

    start: int
    end: int
    source: str


STOP_WORDS = frozenset(
    """a an the this that these those in of to for with from by between among than at on into within after before during
    per via when while whereas who whom whose which where as is are was were be been being had has have did do does
    received receiving receive given treated assigned randomized randomised randomly allocated or and versus vs v nor but
    both each either all other another any same different respective two three four five six several more most than only
    patients patient women men participants subjects people children adults individuals cases persons eyes ratio
    group groups arm arms significantly higher lower compared relative respectively whose not there we our its their
    day days week weeks month months year years daily weekly monthly once twice mean median total remaining followed
    underwent consisted included reported showed experienced had until every hours baseline n rate rates under
    prior if so then it they p consisting consisted defined among about over using through via added adding compare comparing took take taking entered enrolled completed participated
    assess evaluate determine perform serve manage examine investigate improve reduce detect achieve identify provide prevent
    especially bid tid qid qd od b.i.d t.i.d q.i.d q.d o.d b.d t.d.s""".split()
)
# adjectives before "group" that name no single arm
_NO_NAME = frozenset(
    """study age parallel patient research working cooperative trial risk subgroup ethnic peer focus support large small
    whole entire first second third latter former single multi multiple treatment treatments randomization randomized
    sex gender dose dosage comparison comparator between within inter intra cross our such one age-matched randomised
    double-blind open-label multicenter multicentre sub placebo-controlled controlled prospective phase lead-in older
    younger significant allocation collaborative advisory data drug equivalent similar mild moderate severe serious mostly mainly""".split()
)
# words that go with any treatment: alone they name no arm
ANY_TREATMENT = frozenset(
    """therapy treatment intervention control controls placebo care support standard usual alone combined combination plus with
    program programme education training surgery surgical procedure method methods technique system application
    transplantation transplant implantation administration injection injections infusion infusions solution cream drops
    regimen monotherapy medication medications drug drugs dose acid supplementation supplements cells disease group
    high low early late week weeks month months""".split()
)
_PLUS = " + "
_TOKEN = re.compile(r"[A-Za-z0-9\u0370-\u03ff][^\s,;:()\[\]=<>]*|\S")


# "received an infusion of X", "a single injection of X": X is the name
A_DOSE_OF = r"(?:(?:[a-z]+ )?(?:infusions?|injections?|transfusions?|transplants?|transplantations?|courses?) of )?"


def name_before(norm: str, end: int, most: int = 5) -> int:
    """Start of the name that ends at `end`: up to `most` words back to a word or mark that cannot belong to it."""
    start = end
    for word in reversed(list(_TOKEN.finditer(norm, max(0, end - 80), end))[-most:]):
        text = word[0].lower().rstrip(".") or "."
        if text == "+" and norm[start - 3 : start] == _PLUS:
            continue  # "A + B" is one name
        if text in STOP_WORDS or not text[0].isalnum() or _QUANTITY_WORD.fullmatch(text):
            break
        if "\n" in norm[word.end() : start] or (start - word.end() > 2 and norm[word.end() : start] != _PLUS):
            break
        start = word.start()
    behind_number = start < end and norm[max(0, start - 2) : start].strip().isdigit()
    unit = _UNIT_FIRST.match(norm, start, end) if behind_number else None
    return unit.end() if unit else start


_UNIT_FIRST = re.compile(r"(?:mg|mcg|μg|g|IU)/(?!kg|day|dose|week|hour|min)(?=[A-Za-z]{3})")  # "oats 5 mg/barley 2 mg"


def name_after(norm: str, start: int, stop: int, most: int = 6) -> int:
    """End of the name that begins at `start`: forward to a word or mark that cannot belong to it."""
    end = start
    for count, word in enumerate(_TOKEN.finditer(norm, start, min(stop, start + 90))):
        text = word[0].lower()
        bare = text.rstrip(".,")
        if text == "+" and count and norm[end : end + 3] == _PLUS:
            continue
        if count >= most or bare in STOP_WORDS or not text[0].isalnum() or (_QUANTITY_WORD.fullmatch(bare) and count):
            break
        end = word.start() + len(word[0].rstrip(".,"))
        if text.endswith((".", ",")):
            break
    return end


# a dose or a bare number ends a name; "5-FU" or "B12" does not
_QUANTITY_WORD = re.compile(r"[-+]?\d+(?:\.\d+)?(?:-\d+(?:\.\d+)?)?%?(?:mg|g|ml|μg|mcg|iu|kg|mm)?")


def nameless(name: str) -> bool:
    """Whether words in front of "group" name no single arm ("the study group")."""
    words = name.lower().split()
    return (all(w in _NO_NAME for w in words) and words != ["treatment"]) or words == ["no", "significant"]
