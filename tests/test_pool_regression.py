"""Meta-regression: joint tests, R2, predictions; formulas; what it refuses."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from reference_numbers import disagreements, load

from mscreview.pool import PoolError, regression

REFERENCE = load("moderators")


@pytest.mark.parametrize("key", REFERENCE["data"])
def test_tests_of_moderators_agree_with_the_reference(key):
    data, problems, compared = REFERENCE["data"][key], [], 0
    for record in (r for r in REFERENCE["records"] if f"{r['dataset']}|{r['formula']}" == key):
        tested = [i - 1 for i in np.ravel(record["btt"])]
        m = regression.regress(**data, tested=tested, method=record["method"], test=record["test"])
        ours = {"QM": m.qm, "QMp": m.qm_p, "QMdf": m.qm_df, "R2": m.r2}
        problems += disagreements(ours | predictions(m, record), record, f"{key} {record['method']} {record['test']}")
        compared += 1
    assert not problems, "\n".join(problems)
    assert compared == 10 * 4, "EE and nine estimators, four tests each"


def predictions(model, record):
    if "newmods" not in record:
        return {}
    values = np.concatenate([np.atleast_1d(v) for v in record["newmods"].values()])
    at = np.column_stack([np.ones(values.size), values]) if "(Intercept)" in record["newmods"] else values[None, :]
    found = regression.predict(model, at)
    out = {"pred": found["est"].to_numpy(), "pred_se": found["se"].to_numpy()}
    out["pred_ci"] = found[["ci_low", "ci_high"]].to_numpy().T.ravel()
    if record["method"] != "EE":
        out["pred_pi"] = found[["pi_low", "pi_high"]].to_numpy().T.ravel()
    return out


def test_all_but_the_intercept_are_tested_unless_told():
    data = REFERENCE["data"]["bcg_rr|~ ablat + year"]
    assert regression.regress(**data).tested == (1, 2)
    assert regression.regress(**REFERENCE["data"]["bcg_rr|~ factor(alloc) - 1"]).tested == (0, 1, 2)
    one = regression.regress(**data, tested=[1])
    assert one.qm == pytest.approx(one.fit.stat[1] ** 2, rel=1e-10)


def test_a_formula_gives_the_same_as_its_matrix():
    data = REFERENCE["data"]["bcg_rr|~ ablat"]
    table = pd.DataFrame({"ablat": [row[1] for row in data["X"]]})
    x = regression.design(table, "~ ablat")
    by_formula = regression.regress(data["yi"], data["vi"], x)
    assert by_formula.names == ("Intercept", "ablat")
    by_matrix = regression.regress(**data)
    assert np.array_equal(by_formula.fit.beta, by_matrix.fit.beta)
    assert list(by_formula.table()["term"]) == ["Intercept", "ablat"]


def test_what_cannot_be_fitted_is_refused():
    table = pd.DataFrame({"dose": [1.0, np.nan, 3.0]}, index=["a", "b", "c"])
    with pytest.raises(PoolError, match=r"rows with missing values: \['b'\]"):
        regression.design(table, "~ dose")
    with pytest.raises(PoolError, match="formula '~ route'"):
        regression.design(table, "~ route")
    data = REFERENCE["data"]["bcg_rr|~ ablat"]
    with pytest.raises(PoolError, match="cannot test coefficients"):
        regression.regress(**data, tested=[2])
    with pytest.raises(PoolError, match="X has 3 columns"):
        regression.predict(regression.regress(**data), [[1, 2, 3]])


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.floats(1e-3, 1e3), st.floats(-50, 50))
def test_units_of_a_moderator_do_not_matter(seed, scale, shift):
    rng = np.random.default_rng(seed)
    k = int(rng.integers(4, 15))
    x, y, v = rng.normal(size=k), rng.normal(size=k), rng.uniform(0.01, 1, k)
    order = rng.permutation(k)
    a = regression.regress(y, v, np.column_stack([np.ones(k), x]), method="DL")
    moved = np.column_stack([np.ones(k), scale * x + shift])[order]
    b = regression.regress(y[order], v[order], moved, method="DL")
    assert b.qm == pytest.approx(a.qm, rel=1e-6, abs=1e-9)
    assert b.fit.tau2 == pytest.approx(a.fit.tau2, rel=1e-7, abs=1e-10)
    assert 0 <= a.r2 <= 100
