"""Which records are eligible, by the protocol's rules, and which study each one reports.

The `records` table and the protocol in, the `screening` table out. Each decision names its rule and quotes the words
that triggered it. Duplicates follow the record they repeat; a person's decisions stand above the rules. An eligible
record whose study is already in is kept as a second report: facts count per study, reports per record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import pandas as pd

from mscreview import tables
from mscreview.project import Protocol, Rule
from mscreview.records.human import verdicts
from mscreview.records.identify import same_work
from mscreview.records.model import RecordError, printed
from mscreview.records.script import simplified

DUPLICATE, SECOND_REPORT, NO_ABSTRACT = "duplicate", "second report", "no abstract"
# A review lists the registry ids of others' trials; a trial prints its own.
MOST_REGISTRY_IDS = 2
LONGEST_QUOTE = 300


@dataclass(frozen=True)
class Decision:
    """What was decided about one record, and why."""

    decision: str
    reason: str = ""
    rule: str = ""
    quote: str = ""
    decided_by: str = "rule"
    study_id: str = ""


def screen(
    records: pd.DataFrame,
    protocol: Protocol,
    human: pd.DataFrame | None = None,
    curation: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The `screening` table: one decision a record.

    Parameters
    ----------
    records : DataFrame
        The `records` table.
    protocol : Protocol
        Its `screening` rules are tried in order: the first `exclude` that fires decides, then the first `require`
        that finds nothing; a record without an abstract is `unclear` where a `require` finds nothing.
    human : DataFrame, optional
        Decision sheet (record_id, reviewer, decision, reason); overrides the rules. See `agreement`.
    curation : DataFrame, optional
        Curation sheet; its rows with table `screening` and field `study_id` say which study a record reports.

    Raises
    ------
    RecordError
        Naming every row of `human` or `curation` that cannot be used.
    """
    decisions = {}
    judged = verdicts(human, set(records["record_id"])) if human is not None else {}
    for row in records.to_dict("records"):
        key = row["record_id"]
        if printed(row["duplicate_of"]):
            decisions[key] = Decision(
                "exclude", DUPLICATE, f"same {printed(row['duplicate_reason'])}", decided_by="link"
            )
        elif key in judged:
            decision, reason = judged[key]
            decisions[key] = Decision(decision, reason, "human decision", decided_by="human")
        else:
            decisions[key] = judge(row, protocol.screening)
    decisions = _with_studies(records, decisions, _curated(curation, set(records["record_id"])))
    rows = [{"record_id": key, **vars(decision)} for key, decision in decisions.items()]
    return tables.check(pd.DataFrame(rows), "screening")


def judge(row: dict, rules: tuple[Rule, ...]) -> Decision:
    """One record's decision by the rules alone."""
    fields = {name: printed(row.get(name)) for name in ("title", "abstract", "publication_types", "language")}
    for rule in rules:
        if rule.kind == "exclude" and (quote := _fires(rule, fields)):
            return Decision("exclude", rule.reason, rule.id, quote)
    for rule in rules:
        if rule.kind == "require" and not _fires(rule, fields):
            if not fields["abstract"]:
                return Decision("unclear", NO_ABSTRACT, rule.id)
            return Decision("exclude", rule.reason, rule.id)
    required = [rule for rule in rules if rule.kind == "require"]
    return Decision("include", "", "; ".join(r.id for r in required), _eligible_quote(required, fields))


def _fires(rule: Rule, fields: dict[str, str]) -> str:
    """The words in which a rule's pattern is met and no `unless` pattern is; empty where it does not fire.

    Words are looked for in the Simplified form, character for character, and quoted as printed. A record without
    a title shows in its abstract what a title would say: there the first sentences stand in for it.
    """
    where = [name for name in rule.where if fields[name]]
    if any(_search(pattern, fields[name]) for pattern in rule.unless for name in rule.where):
        return ""
    if "title" in rule.where and not fields["title"] and "abstract" not in rule.where:
        fields = {**fields, "title": fields["abstract"][:LONGEST_QUOTE]}
        where = ["title", *where]
    for name in where:
        for pattern in rule.any:
            if match := _search(pattern, fields[name]):
                return fields[name][match.start() : _word_end(fields[name], match.end())]
    return ""


def _eligible_quote(required: list[Rule], fields: dict[str, str]) -> str:
    """The shortest stretch of title or abstract that satisfies every `require` rule, else the last rule's words."""
    for name in ("title", "abstract"):
        hits = sorted(_hits(required, fields[name])) if fields[name] else []
        best = min(_windows(hits, len(required)), key=lambda w: w[1] - w[0], default=None)
        if best and best[1] - best[0] <= LONGEST_QUOTE:
            return fields[name][best[0] : best[1]]
    return _fires(required[-1], fields) if required else ""


def _hits(rules: list[Rule], text: str) -> Iterator[tuple[int, int, int]]:
    plain = _simplified(text)
    for number, rule in enumerate(rules):
        for pattern in rule.any:
            for match in _compiled(pattern).finditer(plain):
                yield match.start(), _word_end(plain, match.end()), number


def _word_end(text: str, end: int) -> int:
    """Where the word of Latin letters that `end` cuts is over: a quote ends with a whole word."""
    while 0 < end < len(text) and text[end - 1].isalpha() and text[end].isalpha() and text[end].isascii():
        end += 1
    return end


def _windows(hits: list[tuple[int, int, int]], n: int) -> Iterator[tuple[int, int]]:
    """Stretches that hold a hit of each of `n` rules, one for every hit they can begin with."""
    for at, (start, _, _) in enumerate(hits):
        seen, end = set(), start
        for _, stop, number in hits[at:]:
            if number not in seen:
                seen.add(number)
                end = max(end, stop)
            if len(seen) == n:
                yield start, end
                break


def _with_studies(
    records: pd.DataFrame, decisions: dict[str, Decision], curated: dict[str, str]
) -> dict[str, Decision]:
    """Decisions with the study of each included record; the study is named after its first included report."""
    kept = records[records["duplicate_of"].isna()].reset_index(drop=True)
    included = {key for key, d in decisions.items() if d.decision == "include"}
    study = _studies(kept, included, curated)
    named = {}
    for key, decision in decisions.items():
        second = decision.decision == "include" and study.get(key, key) != key
        named[key] = replace(decision, study_id=study.get(key, ""), reason=SECOND_REPORT if second else decision.reason)
    repeats = records[records["duplicate_of"].notna()]
    for key, original in zip(repeats["record_id"], repeats["duplicate_of"], strict=True):
        named[key] = replace(named[key], study_id=named[original].study_id)
    return named


def _studies(kept: pd.DataFrame, included: set[str], curated: dict[str, str]) -> dict[str, str]:
    parent = {key: key for key in included}

    def root(key: str) -> str:
        while parent[key] != key:
            key = parent[key]
        return key

    numbers = dict(zip(kept["record_id"], map(_registered, kept["registry_ids"]), strict=True))
    for one, other in [*_same_number(numbers, included), *_same_work(kept, included)]:
        if one not in curated and other not in curated:
            parent[root(other)] = root(one)
    years = dict(zip(kept["record_id"], kept["year"].fillna(9999), strict=True))
    first: dict[str, str] = {}
    for key in sorted(included, key=lambda key: (years[key], key)):
        first.setdefault(root(key), key)
    study = {key: first[root(key)] for key in included}
    holder = {number: study[key] for key in sorted(included) for number in numbers[key]}
    # A turned-away record, such as a protocol, that prints one trial's number and no other's is about that trial.
    outside = {k: holder[n[0]] for k, n in numbers.items() if k not in included and len(n) == 1 and n[0] in holder}
    return {**outside, **study, **curated}


def _same_number(numbers: dict[str, list[str]], included: set[str]) -> Iterator[tuple[str, str]]:
    """Pairs of included records that print the same registry id as their own."""
    first: dict[str, str] = {}
    for key in sorted(included):
        if len(numbers[key]) <= MOST_REGISTRY_IDS:
            yield from ((first.setdefault(number, key), key) for number in numbers[key])


def _same_work(kept: pd.DataFrame, included: set[str]) -> Iterator[tuple[str, str]]:
    """Pairs of included records that are one work printed twice, such as a preprint and its paper."""
    ids = kept["record_id"]
    yield from ((ids[i], ids[j]) for i, j in same_work(kept) if {ids[i], ids[j]} <= included)


def _registered(registry_ids: object) -> list[str]:
    return [number for number in printed(registry_ids).split("; ") if number]


def _curated(curation: pd.DataFrame | None, known: set[str]) -> dict[str, str]:
    if curation is None:
        return {}
    rows = curation[curation["table"] == "screening"]
    problems, study = [], {}
    for number, row in zip(rows.index + 1, rows.to_dict("records"), strict=True):
        where = f"curation.csv: row {number}"
        if row["field"] != "study_id":
            problems.append(f"{where}, column 'field': {row['field']!r}; a screening row can set only 'study_id'")
        for column in ("key", "value"):
            if row[column] not in known:
                problems.append(f"{where}, column {column!r}: {row[column]!r} is no record_id")
        study[row["key"]] = row["value"]
    if problems:
        raise RecordError(problems)
    return study


def _search(pattern: str, text: str) -> re.Match[str] | None:
    return _compiled(pattern).search(_simplified(text)) if text else None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@cache
def _simplified(text: str) -> str:
    return simplified(text)
