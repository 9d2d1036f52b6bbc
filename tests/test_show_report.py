"""Result tables, the GRADE table and the report: natural scale, nothing lost, one file that needs nothing from outside."""

import html
import math
import re
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from show_protocol import protocol as small_protocol

from mscreview import effects as effect_stage, show, tables
from mscreview.pool import absolute, analyses, certainty, harms

PROTOCOL = small_protocol()
VOID = {"meta", "img", "br"}


def frame(name, *rows):
    """Rows of a contract table; columns that are not given are missing."""
    return tables.check(pd.DataFrame(list(rows), columns=tables.contracts()[name].names), name)


def studies():
    base = {"design": "rct", "randomised": True, "country": "Here", "condition": "plain"}
    return frame(
        "studies",
        *(
            base
            | {"study_id": s, "record_ids": s, "label": f"{s.title()} 20{i}0", "year": 2000 + 10 * i, "n_total": 60}
            for i, s in enumerate(["alpha", "beta", "gamma"])
        ),
    )


def arms():
    rows = []
    for s in ("alpha", "beta", "gamma"):
        rows.append(
            {"study_id": s, "arm_id": "t", "role": "treated", "n": 30, "cell_source": "kind_a", "cells_per_kg": 1e6}
        )
        rows.append({"study_id": s, "arm_id": "c", "role": "control", "n": 30})
    return frame("arms", *rows)


def outcomes():
    rows = []
    for s, (t, c) in {"alpha": (3, 9), "beta": (2, 8), "gamma": (5, 6)}.items():
        for arm, events in (("t", t), ("c", c)):
            rows.append(
                {
                    "study_id": s, "arm_id": arm, "outcome": "relapse", "weeks": 24, "value_kind": "events", "n": 30,
                    "events": events, "events_from": "reported", "unit": "patients", "source": f"raw:x.csv#{s}{arm}",
                    "curated": False,
                }
            )  # fmt: skip
    for arm, mean in (("t", 12.0), ("c", 9.5)):
        rows.append(
            {
                "study_id": "alpha", "arm_id": arm, "outcome": "strength", "weeks": 4, "value_kind": "final", "n": 30,
                "mean": mean, "sd": 3.0, "sd_from": "reported", "unit": "umol/L", "source": f"fact:{arm}", "curated": False,
            }
        )  # fmt: skip
    return frame("outcomes", *rows)


@pytest.fixture(scope="module")
def data():
    built = tables.check(effect_stage.build(outcomes(), arms(), PROTOCOL), "effects")
    planned = analyses.plan(built)
    pooled = tables.check(analyses.pooled(planned), "pooled")
    record = {
        "record_id": "alpha",
        "source_file": "x.nbib",
        "source_row": 1,
        "title": "T",
        "abstract": "在<2>组存活21例 <b>, yes",
    }
    flow = [("database_results", "Found", 3, None), ("records_screened", "Screened", 3, "database_results")]
    return {
        "effects": built, "pooled": pooled, "studies": studies(), "arms": arms(), "outcomes": outcomes(),
        "weights": tables.check(analyses.weights(planned, pooled), "weights"),
        "records": pd.DataFrame([record | {"duplicate_of": None}]), "facts": pd.DataFrame({"fact_id": ["f"]}),
        "flow": pd.DataFrame(flow, columns=["box", "label", "n", "parent"]),
        "conflicts": frame("conflicts"), "directions": frame("directions"),
    }  # fmt: skip


@pytest.fixture(scope="module")
def main(data):
    return show.main_rows(data["pooled"], PROTOCOL)


@pytest.fixture(scope="module")
def planned(data):
    return effect_stage.moderators(analyses.plan(data["effects"]), data["studies"], data["arms"], PROTOCOL)


@pytest.fixture(scope="module")
def summary(data, main, planned):
    return show.summary_of_findings(
        main, certainty.table(main, planned), absolute.risks(main, planned, outcomes()), PROTOCOL
    )


@pytest.fixture(scope="module")
def page(data, main, planned, summary):
    figures = show.main_figures(
        main, planned, data["pooled"], data["weights"], show.study_labels(data["studies"]), PROTOCOL
    )
    chain = pd.DataFrame(
        {"effect_id": ["e", "e"], "record_id": ["alpha", None], "start": [7, None], "end": [16, None],
         "words": ["存活21例 <b>", "3 of 30"], "place": ["x.txt record 1, results", "y"],
         "address": ["10.1000/abc", "https://example.org/a"]}
    )  # fmt: skip
    chains = dict.fromkeys(main["analysis_id"], chain)
    counted = harms.harms(data["outcomes"], data["arms"])
    rated = certainty.table(main, planned)
    parts = show.sections(PROTOCOL, data, main, rated, summary, counted, figures, chains, cite="Roe (2020). T.")
    return show.report("Title & <more>", "Lead.", parts)


class Outline(HTMLParser):
    """Tags opened and closed in order, headings, links, images."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.tags = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def outline(page):
    found = Outline()
    found.feed(page)
    return found


def test_results_print_the_natural_scale(data, main):
    shown = show.results(main, PROTOCOL).set_index(["outcome", "time"])
    r = main.set_index("analysis_id").loc["relapse-w24-OR"]
    found = shown.loc[("Relapse", "6 months"), "estimate [95% CI]"]
    assert found == f"{math.exp(r['est']):.2f} [{math.exp(r['ci_low']):.2f}, {math.exp(r['ci_high']):.2f}]"
    assert shown.loc[("Strength", "1 month"), "measure"] == "MD (µmol/L)"
    assert shown.loc[("Strength", "1 month"), "estimate [95% CI]"].startswith("2.50 [")
    assert shown.loc[("Strength", "1 month"), "prediction interval"] == ""
    assert shown.loc[("Relapse", "6 months"), "better if"] == "lower"


def test_main_rows_come_in_the_protocols_order_and_leave_other_measures_out(data, main):
    assert main["analysis_id"].tolist() == ["relapse-w24-OR", "relapse-last-OR", "strength-w4-MD"]
    assert len(data["pooled"]) > len(main)
    assert show.leading(main)["analysis_id"].tolist() == ["relapse-w24-OR", "strength-w4-MD"]


def test_absolute_risks_stand_where_the_measure_allows_them(summary):
    risk = summary.set_index(["outcome", "time"])["risk without, per 1,000"]
    assert float(risk["Relapse", "6 months"]) == pytest.approx(1000 * 23 / 90, abs=1)
    assert risk["Strength", "1 month"] == ""


def test_grade_table_keeps_every_row_and_every_reason(summary):
    shown = show.summary_html(summary)
    assert shown.count("<tr>") - 1 == len(summary)
    reasons = {r for why in summary["why"] for r in why.split("; ")}
    letters = dict(zip(re.findall(r"<li>(.*?)</li>", shown), "abcdefghij", strict=False))
    for reason in reasons:
        assert any(html.escape(reason).endswith(told) for told in letters)
    first = re.search(r"<sup>(.*?)</sup>", shown).group(1).split()
    assert len(first) == len(summary["why"].iloc[0].split("; "))
    assert "Relapse: odds ratio, lower is better" in shown
    assert "Strength: mean difference (µmol/L), higher is better" in shown


@pytest.mark.parametrize(("rating", "signs"), [("high", 4), ("moderate", 3), ("low", 2), ("very low", 1)])
def test_signs_show_the_certainty(summary, rating, signs):
    shown = show.summary_html(summary.assign(certainty=rating))
    assert f"{'⊕' * signs}{'◯' * (4 - signs)} {rating}" in shown


def test_report_is_well_formed_and_titled(page):
    found = outline(page)
    assert (found.wrong, found.open) == ([], [])
    assert ("html", {"lang": "en"}) in found.tags
    assert page.startswith("<!DOCTYPE html>")
    assert "<title>Title &amp; &lt;more&gt;</title>" in page
    ids = [attrs["id"] for _, attrs in found.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    inside = [a["href"][1:] for tag, a in found.tags if tag == "a" and a["href"].startswith("#")]
    assert inside
    assert set(inside) <= set(ids)


def test_headings_leave_out_no_level(page):
    levels = [int(tag[1]) for tag, _ in outline(page).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_report_needs_nothing_from_outside(page):
    found = outline(page)
    assert not {"script", "link", "iframe", "object", "form"} & {tag for tag, _ in found.tags}
    assert [a["src"][:22] for _, a in found.tags if "src" in a] == ["data:image/png;base64,"] * page.count("<img")
    assert not re.search(r"url\(|@import", page.split("</style>")[0])
    outside = {a["href"] for tag, a in found.tags if a.get("href", "").startswith("http")}
    assert outside == {"https://doi.org/10.1000/abc", "https://example.org/a"}
    assert all(tag == "a" for tag, a in found.tags if "href" in a)


def test_every_picture_is_told_in_words(page, main):
    alts = [a["alt"] for tag, a in outline(page).tags if tag == "img"]
    assert len(alts) >= 5
    assert min(len(alt) for alt in alts) > 15
    r = main.iloc[0]
    shown = show.interval(r["est"], r["ci_low"], r["ci_high"], "OR")
    assert f"Forest plot of Relapse, 6 months: 3 studies, OR {shown}" in alts


def test_words_are_folded_marked_as_chinese_and_escaped(page, main):
    folded = re.findall(r"<details><summary>(.*?)</summary>", page)
    assert {"Relapse, 6 months, OR", "Strength, 1 month, MD"} <= set(folded)
    assert '<td lang="zh">…T\n在&lt;2&gt;组<mark>存活21例 &lt;b&gt;</mark>, yes…</td>' in page
    assert "<td>3 of 30</td>" in page  # cells of a sheet are no part of a text
    assert page.count("存活21例") == len(main)


def test_report_opens_with_the_answer_and_ends_with_how_to_cite(page):
    titles = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    assert titles[0] == "In short"
    assert titles[-1] == "Data and citation"
    assert "Roe (2020). T." in page
    short = page.split("In short</h2>")[1].split("</section>")[0]
    assert short.count("Relapse, 6 months:") == 1
    assert "Strength, 1 month: treatment may raise it, which is better" in short


def test_limits_name_the_study_that_carries_most(data, main):
    said = " ".join(show.limits(data, main))
    assert "One study, Alpha 2000, stands in 3 of 3 main results" in said
    few = main[main["outcome"].eq("strength")]
    assert "stands in" not in " ".join(show.limits(data, few))
    assert "tables of the full text stand behind 3 of 3" in said


def test_arms_are_told_in_words(data):
    shown = show.studies_with_arms(data["studies"], data["arms"]).set_index("study")
    assert shown.loc["Alpha 2000", "arms"] == "control (n = 30); treated (n = 30): kind a, 1,000,000 cells/kg"
    assert shown.loc["Alpha 2000", "design"] == "RCT"


def test_levels_are_split_tested_and_told(planned):
    split = planned.assign(design=planned["study_id"].map({"alpha": "rct", "beta": "rct", "gamma": "single_arm"}))
    rows = show.compared(analyses.subgroups(split, ["design"]))
    told = show.between_levels(rows[rows["measure"].eq("OR")], PROTOCOL).iloc[0]
    assert told["studies of each level"] == "RCT 2, single arm 1"
    assert told["test between levels"] == show.p_text(rows.loc[rows["measure"].eq("OR"), "q_between_p"].iloc[0])


def test_single_arms_and_baseline_are_no_comparisons():
    ids = [
        "a-w24-OR",
        "a-last-PFT-single",
        "b-w4-MC-prepost",
        "b-w0-MD-baseline",
        "b-w0-MD-baseline:design=rct",
        "b-w4-MD:x=y",
    ]
    assert show.compared(pd.DataFrame({"analysis_id": ids}))["analysis_id"].tolist() == ["a-w24-OR", "b-w4-MD:x=y"]


def reported(*rows):
    return frame("reported", *({"kind": "review", "measure": "MD", "outcome": "strength"} | row for row in rows))


def test_one_result_printed_twice_is_one_result():
    same = {"estimate": 2.0, "ci_low": 1.0, "ci_high": 3.0, "weeks": 4}
    table = reported(
        same | {"study_id": "review-1", "subgroup": "all", "source": "fact:r-1"},
        same | {"study_id": "roe2020", "subgroup": "adults", "source": "raw:published.csv#1"},
        same | {"study_id": "roe2020", "weeks": 24, "subgroup": "all", "source": "raw:published.csv#2"},
        {"study_id": "doe2021", "weeks": 4, "subgroup": "all", "estimate": 9.0, "source": "raw:published.csv#3"},
    )
    shown = show.reviews(table, "strength", "MD", PROTOCOL)
    assert shown["label"].tolist() == ["roe2020, adults", "roe2020"]
    assert shown["time"].tolist() == ["1 month", "6 months"]
    assert show.largest_review(table) == "roe2020"


def test_another_review_is_set_beside_our_own(data):
    table = reported({"study_id": "roe2020", "weeks": 4, "subgroup": "all", "estimate": 2.0, "ci_low": 1.0, "ci_high": 3.0,
                      "source": "raw:published.csv#1"})  # fmt: skip
    beside = show.against_own(table, "roe2020", data["pooled"], PROTOCOL).iloc[0]
    assert (beside["as printed"], beside["studies here"]) == ("2.00 [1.00, 3.00]", 1)
    assert beside["here"].startswith("2.50 [")
    flipped = table.assign(outcome="recovery", measure="OR", weeks=24.0)
    r = data["pooled"].set_index("analysis_id").loc["relapse-w24-OR"]
    here = show.against_own(flipped, "roe2020", data["pooled"], PROTOCOL).iloc[0]["here"]
    assert here == show.interval(-r["est"], -r["ci_high"], -r["ci_low"], "OR")


def test_numbers_carry_value_unit_and_place(data, main):
    numbers = show.collect(data | {"screening": data["records"]}, main, {"strength": "umol/L"})
    told = show.as_json(numbers)
    assert told["strength-w4-MD.est"]["unit"] == "umol/L"
    assert told["relapse-w24-OR.est"]["value"] == pytest.approx(math.exp(main["est"].iloc[0]))
    assert (told["relapse-w24-OR.k"]["value"], told["relapse-w24-OR.k"]["unit"]) == (3, "studies")
    assert show.say("{relapse-w24-OR.est}", numbers) == show.number(math.exp(main["est"].iloc[0]))
    assert list(told) == sorted(told)


def test_nothing_to_pool_gives_a_labelled_figure_not_an_exception(data):
    none = data["pooled"].iloc[:0]
    figure = show.forest_of("x", analyses.plan(data["effects"]), none, data["weights"], {}, PROTOCOL)
    assert figure.texts[0].get_text() == "nothing to pool"
    split = show.forest_by("x", "design", analyses.plan(data["effects"]), none, none, data["weights"], {}, PROTOCOL)
    assert split.texts[0].get_text() == "nothing to pool"
    assert "no other review" in show.reviews_forest(reported(), "strength", none, PROTOCOL).texts[0].get_text()
    assert np.isfinite(show.empty("x").get_size_inches()).all()
