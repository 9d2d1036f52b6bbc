"""Many analyses at once: the same numbers as one at a time, in the table's own terms."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from mscreview import pool
from mscreview.pool import tau2
from mscreview.pool.batch import STATISTICS
from mscreview.pool.models import TESTS


def effects(sizes, seed=3):
    rng = np.random.default_rng(seed)
    n = int(np.sum(sizes))
    vi = 10 ** rng.uniform(-3, 1, n)
    frame = pd.DataFrame({"group": np.repeat(np.arange(len(sizes)), sizes), "vi": vi})
    frame["yi"] = rng.normal(0.3, np.sqrt(vi + rng.choice([0, 0.1, 2.0], n)))
    frame["effect_id"] = [f"e{i}" for i in range(n)]
    frame["n_t"], frame["n_c"] = 10.0, 12.0
    return frame.sample(frac=1, random_state=5)


def check_same(frame, table, options):
    for (_, row), (_, part) in zip(table.iterrows(), frame.groupby("group", sort=True), strict=True):
        single = pool.fit(part["yi"], part["vi"], **options).row()
        for name in ("k", "model", "ci_method"):
            assert row[name] == single[name]
        for name in STATISTICS:
            expected = pytest.approx(single[name], rel=1e-9, abs=1e-12, nan_ok=True)
            assert row[name] == expected, (name, options)


@pytest.mark.parametrize("method", ["EE", *tau2.METHODS])
@pytest.mark.parametrize("test", TESTS)
def test_groups_equal_single_fits(method, test):
    frame = effects([1, 2, 3, 5, 8, 40, 3, 2, 1, 13])
    options = {"method": method, "test": test}
    check_same(frame, pool.groups(frame, ["group"], **options), options)


@pytest.mark.parametrize("options", [{"tau2_interval": "PL"}, {"prediction": "t(k-2)"}, {"level": 0.9}])
def test_groups_equal_single_fits_with_other_intervals(options):
    frame = effects([2, 3, 5, 8, 13])
    check_same(frame, pool.groups(frame, ["group"], **options), options)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=12), st.integers(0, 10_000))
def test_any_mixture_of_sizes(sizes, seed):
    frame = effects(sizes, seed)
    check_same(frame, pool.groups(frame, ["group"], test="knha"), {"test": "knha"})


def test_blocks_larger_than_the_cache_give_the_same_numbers():
    frame = effects([7] * 6000)
    table = pool.groups(frame, ["group"], tau2_interval=None)
    assert len(table) == 6000
    for group in (0, 2999, 5999):
        part = frame[frame["group"] == group]
        assert table.loc[group, "est"] == pytest.approx(pool.fit(part["yi"], part["vi"]).est, rel=1e-9)


def test_columns_patients_and_ids():
    frame = effects([1, 3]).assign(outcome="a", window="w")
    table = pool.groups(frame, ["group", "outcome", "window"], test="knha")
    assert table["model"].tolist() == ["single study", "random"]
    assert table["ci_method"].tolist() == ["z", "knha"]
    assert table["n"].tolist() == [22.0, 66.0]
    assert sorted(table.loc[1, "effect_ids"].split("; ")) == ["e1", "e2", "e3"]
    assert table.loc[0, ["tau2", "pi_low", "i2", "q_p"]].isna().all()
    assert table["q_df"].tolist() == [0, 2]


def test_a_missing_key_is_a_group_of_its_own():
    frame = effects([4]).assign(level=["a", None, "a", None])
    assert pool.groups(frame, ["level"])["k"].tolist() == [2, 2]


def test_refusals_name_rows_and_columns():
    frame = effects([3, 3])
    frame.loc[frame.index[1], "vi"] = 0.0
    with pytest.raises(pool.PoolError, match=rf"\({frame['effect_id'].iloc[1]}\): vi = 0.0"):
        pool.groups(frame, ["group"])
    with pytest.raises(pool.PoolError, match=r"lacks column.*level"):
        pool.groups(effects([3]), ["level"])
    with pytest.raises(pool.PoolError, match="unknown method"):
        pool.groups(effects([3]), ["group"], method="XX")


def test_no_effects_give_no_analyses():
    table = pool.groups(effects([3]).iloc[:0], ["group"])
    assert table.empty
    assert {"est", "tau2_high", "effect_ids"} <= set(table.columns)
