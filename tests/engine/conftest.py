from __future__ import annotations

import pytest

from verifier.rulebook import builtin_rules
from verifier.types.budget import Budget, Meter
from verifier.types.rules import Rules


@pytest.fixture(scope="session")
def rules() -> Rules:
    return builtin_rules()


@pytest.fixture
def meter() -> Meter:
    return Meter(Budget())
