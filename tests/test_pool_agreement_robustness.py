"""Every offered cell of what stands on the models agrees with the reference folder, or carries its evidence."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))
import pooling_agree
import pooling_agree_robustness

NAMES = ["d_subgroup", "d_permutest", "e_loo_cumul_influence", "e_misc", "e_regtest_ranktest", "e_trimfill"]


@pytest.mark.parametrize("name", NAMES)
def test_every_offered_cell_agrees_or_says_why(shared, name):
    folder = shared / "bench" / "pooling"
    path = folder / "ref" / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    outcomes = pooling_agree.compare(path, pooling_agree.Context(folder))
    offered = [o for o in outcomes if not o.reason]
    assert len(offered) >= 0.9 * len(outcomes)
    unexplained = [o for o in offered if o.worst > 1e-8 and not o.what.endswith("]")]
    assert not unexplained, "\n".join(f"{o.label}: {o.what}" for o in unexplained)
    # reasons excuse the last digits of an iteration, or a hole in the reference; never a different answer
    different = [o for o in offered if 1e-3 < o.worst < float("inf")]
    assert all("stands at the centre" in o.what for o in different)


def test_handlers_are_registered_for_all_of_them():
    assert {f"{name}.json" for name in NAMES} <= set(pooling_agree.HANDLERS)
    assert pooling_agree.HANDLERS["e_misc.json"] is pooling_agree_robustness.diagnostics


def test_tau2_in_rational_arithmetic_is_that_of_whole_numbers():
    """Three studies by hand: y = 0, 3, 6 with variance 1 give Q = 18, so tau2 = (18 - 2) / 2 by DL and (18 - 3) / 3 by HS."""
    y, v, x = [0, 3, 6], [1, 1, 1], [[1], [1], [1]]
    assert pooling_agree_robustness._rational_tau2(y, v, x, "DL") == 8
    assert pooling_agree_robustness._rational_tau2(y, v, x, "HS") == 5
    assert pooling_agree_robustness._rational_tau2(y, v, [[1, 0], [1, 1], [1, 2]], "DL") == 0
