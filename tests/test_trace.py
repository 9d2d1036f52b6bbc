"""Every pooled number leads back to the very characters it came from."""

import pandas as pd
import pytest

from mscreview import clean, tables
from mscreview.project import Paths
from mscreview.trace import TraceError, raw_text, trace


@pytest.fixture(scope="module")
def review():
    paths = Paths()
    names = ("records", "facts", "effects", "pooled", "subgroups")
    found = {n: tables.read(paths.table(n), "pooled" if n == "subgroups" else n) for n in names}
    return found, clean.load_sheets(paths.raw)


def test_every_pooled_row_leads_to_its_words(review):
    data, sheets = review
    texts = {row["record_id"]: raw_text(row) for _, row in data["records"].iterrows()}
    walked = 0
    for name in data["pooled"]["analysis_id"]:
        chain = trace(name, data, sheets)
        assert set(chain["effect_id"]) == set(
            data["pooled"].set_index("analysis_id").loc[name, "effect_ids"].split("; ")
        )
        for row in chain[chain["source"].str.startswith("fact:")].itertuples():
            assert texts[row.record_id][int(row.start) : int(row.end)] == row.words
        assert chain["words"].str.len().gt(0).all()
        walked += len(chain)
    assert walked > len(data["pooled"])


def test_every_subgroup_row_leads_to_its_words(review):
    data, sheets = review
    levels = data["subgroups"]
    assert len(levels)
    for name in levels["analysis_id"]:
        assert len(trace(name, data | {"pooled": levels}, sheets))


def test_every_fact_is_its_quote(review):
    data, _ = review
    texts = {row["record_id"]: raw_text(row) for _, row in data["records"].iterrows()}
    wrong = [f.fact_id for f in data["facts"].itertuples() if texts[f.record_id][f.start : f.end] != f.quote]
    assert wrong == []


def chain_of_one():
    records = pd.DataFrame(
        {"record_id": ["r"], "title": ["T"], "abstract": ["5 of 9 died"], "source_file": ["x.ris"], "source_row": [1],
         "doi": [None], "pmid": ["7"], "url": [None]}
    )  # fmt: skip
    facts = pd.DataFrame(
        {"fact_id": ["r-f1"], "record_id": ["r"], "start": [2], "end": [8], "quote": ["5 of 9"], "section": [""]}
    )
    effects = pd.DataFrame({"effect_id": ["e"], "sources": ["fact:r-f1"]})
    pooled = pd.DataFrame({"analysis_id": ["a"], "effect_ids": ["e"]})
    return {"records": records, "facts": facts, "effects": effects, "pooled": pooled}


def test_the_chain_of_one_fact(tmp_path):
    chain = trace("a", chain_of_one(), clean.load_sheets(tmp_path))
    assert chain[["words", "address", "place"]].to_numpy().tolist() == [["5 of 9", "7", "x.ris record 1, text"]]


@pytest.mark.parametrize(
    "table, column, value, said",
    [
        ("facts", "quote", "5 of 8", "says '5 of 9' at 2:8, not '5 of 8'"),
        ("effects", "sources", "fact:r-f2", "'r-f2' stands 0 times"),
        ("effects", "sources", "raw:fulltext_binary.csv#3", "no such row"),
        ("pooled", "effect_ids", "f", "'f' stands 0 times"),
    ],
)
def test_a_broken_link_is_named(tmp_path, table, column, value, said):
    data = chain_of_one()
    data[table] = data[table].assign(**{column: value})
    with pytest.raises(TraceError, match=said):
        trace("a", data, clean.load_sheets(tmp_path))
