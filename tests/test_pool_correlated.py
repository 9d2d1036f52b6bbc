"""Effects that share a control group or patients."""

import numpy as np
import pytest
from reference_numbers import disagreements, load

from mscreview import pool
from mscreview.pool import correlated

DATA = {"yi": np.array([0.3, 0.5, -0.1, 0.9, 0.2]), "vi": np.array([0.04, 0.09, 0.02, 0.1, 0.05])}


@pytest.mark.parametrize("method", correlated.METHODS)
@pytest.mark.parametrize("test", correlated.TESTS)
def test_a_diagonal_v_is_the_ordinary_model(method, test):
    f = correlated.fit(DATA["yi"], np.diag(DATA["vi"]), method=method, test=test)
    g = pool.fit(**DATA, method=method, test=test)
    assert f.tau2 == pytest.approx(g.tau2, rel=1e-9, abs=1e-12)
    assert f.ci == pytest.approx(g.ci, rel=1e-9)
    assert (f.q, f.q_p) == (pytest.approx(g.q), pytest.approx(g.q_p))


def test_aggregation_agrees_with_the_reference():
    reference = load("conversions")
    data, compared = reference["data"]["assink2016"], 0
    for record in (r for r in reference["records"] if r["fn"] == "aggregate"):
        rho = record["args"]["rho"] if record["args"]["struct"] == "CS" else 0.0
        v = correlated.compound(data["vi"], data["study"], rho)
        names, yi, vi = correlated.combine(data["yi"], v, data["study"])
        assert not disagreements({"study": names, "yi": yi, "vi": vi}, record["out"], str(record["args"]))
        compared += 1
    assert compared == 4


def test_shared_control_of_a_mean_difference_is_the_control_share():
    """Two arms of 20 with SD 2 and 3 against 25 controls with SD 2.5, from first principles."""
    control = 2.5**2 / 25
    vi = [2**2 / 20 + control, 3**2 / 20 + control]
    v = correlated.shared_control("MD", vi, ["a", "a"], [control, control])
    assert v[0, 1] == pytest.approx(control)
    # contrast of the two effects: the control cancels
    assert v[0, 0] + v[1, 1] - 2 * v[0, 1] == pytest.approx(2**2 / 20 + 3**2 / 20)


def test_shared_control_of_smds_gives_the_sizes_back():
    """vi = 1/n1 + 1/n2 + d^2/(2(n1 + n2)); covariance 1/n2 + d1 d2/(2N), N of all three arms."""
    d, n1, n2 = np.array([0.5, 0.8]), np.array([20.0, 30.0]), 25.0
    vi = 1 / n1 + 1 / n2 + d**2 / (2 * (n1 + n2))
    v = correlated.shared_control("SMD", vi, ["a", "a"], [n2, n2], effects=d)
    assert v[0, 1] == pytest.approx(1 / n2 + 0.5 * 0.8 / (2 * (20 + 30 + 25)))


def test_names_that_are_empty_share_with_nobody():
    v = correlated.shared_control("RD", [0.02, 0.03, 0.04], ["", None, "x"], [0.01, 0.01, 0.01])
    assert v == pytest.approx(np.diag([0.02, 0.03, 0.04]))


def test_shared_controls_widen_the_interval():
    vi, part = np.array([0.05, 0.05, 0.05]), [0.03, 0.03, 0.03]
    apart = correlated.fit([0.3, 0.4, 0.5], np.diag(vi), method="EE")
    shared = correlated.fit([0.3, 0.4, 0.5], correlated.shared_control("MD", vi, ["a", "a", ""], part), method="EE")
    assert shared.se[0] > apart.se[0]


def test_splitting_divides_size_and_events():
    n, events = correlated.split_control([31.0], [9.0], 2)
    assert (n[0], events[0]) == (15.5, 4.5)
    assert correlated.split_control([30.0], None, 3)[1] is None


def test_refusals():
    with pytest.raises(pool.PoolError, match="not positive definite"):
        correlated.shared_control("MD", [0.02, 0.02], ["a", "a"], [0.03, 0.03])
    with pytest.raises(pool.PoolError, match="symmetric"):
        correlated.fit([1.0, 2.0], [[1.0, 0.2], [0.1, 1.0]])
    with pytest.raises(pool.PoolError, match="between groups"):
        correlated.combine([1.0, 2.0], [[1.0, 0.2], [0.2, 1.0]], ["a", "b"])
    with pytest.raises(pool.PoolError, match="needs the effects"):
        correlated.shared_control("SMD", [0.2, 0.2], ["a", "a"], [20, 20])
    with pytest.raises(pool.PoolError, match="method is one of"):
        correlated.fit([1.0, 2.0], np.eye(2), method="DL")
