"""Fixtures every test file may use."""

import os
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def repo() -> Path:
    """The checkout these tests stand in."""
    return REPO


@pytest.fixture(scope="session")
def shared() -> Path:
    """Material that lies beside the checkout (or where MSCREVIEW_SHARED says); skips where it does not."""
    folder = Path(os.environ.get("MSCREVIEW_SHARED") or REPO.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there: this test reads real pages and evidence that do not ship here")
    return folder
