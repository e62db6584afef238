"""What every test may use: the checkout, and the data that is shared beside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def checkout() -> Path:
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data(checkout: Path) -> Path:
    """The folder of the shared data: ``VERIFIER_SHARED_DATA``, or ``../shared/data`` beside the checkout."""
    folder = Path(os.environ.get("VERIFIER_SHARED_DATA") or checkout.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder}: set VERIFIER_SHARED_DATA to the folder that holds trajectories.jsonl")
    return folder
