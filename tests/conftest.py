"""What every test may use: the checkout, and the data that is shared beside it."""

from __future__ import annotations

import os
from collections import Counter
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test an id of its own: xdist tells tests by id, and runs those that share one only once.

    Schemathesis names each operation of a test, but under pytest 9.2 the name does not reach the id.
    """
    for item in items:
        if "[" in item.name and not item.nodeid.endswith("]"):
            item._id = type(item._id).parse(f"{item.nodeid}{item.name[item.name.index('[') :]}")
    shared = [nodeid for nodeid, count in Counter(item.nodeid for item in items).items() if count > 1]
    if shared:
        raise pytest.UsageError(f"tests share an id, so that some would not run: {', '.join(shared)}")
