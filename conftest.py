"""How `make test` orders and isolates its run: unit tests first, then the notebooks, then the comparison of tables.

The notebooks, validated by nbval, write into an empty scratch folder; no other test sees that folder by accident, and
the committed results are never written to.
"""

import os
import tempfile
from pathlib import Path

import pytest

SCRATCH = pytest.StashKey[Path]()
COMPARISON = "test_reproduced.py"


def pytest_configure(config):
    os.environ.pop("MSCREVIEW_RAW", None)
    os.environ.pop("MSCREVIEW_OUT", None)
    if config.getoption("nbval", default=False):
        folder = tempfile.TemporaryDirectory(prefix="mscreview-scratch-")
        config.add_cleanup(folder.cleanup)
        config.stash[SCRATCH] = Path(folder.name)


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: (item.path.name == COMPARISON, item.path.suffix == ".ipynb"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Kernels inherit the scratch folder; unit tests have none."""
    os.environ.pop("MSCREVIEW_OUT", None)
    if item.path.suffix == ".ipynb":
        os.environ["MSCREVIEW_OUT"] = str(item.config.stash[SCRATCH])


@pytest.fixture
def scratch(request):
    """What the notebooks wrote in this run; skips where they did not run."""
    if SCRATCH not in request.config.stash:
        pytest.skip("the notebooks did not run; `make test` runs them")
    return request.config.stash[SCRATCH]
