"""Every unit against every other of its dimension: `benchmarks/units.py` with one value each; pint as the oracle."""

from __future__ import annotations

import random

import pytest
import unitpairs

from verifier import Sample, Verifier
from verifier.rulebook import builtin_rules


def test_every_unit_converts_to_every_other_and_nothing_else_passes() -> None:
    verifier, chance = Verifier(), random.Random(20)
    missed = []
    for pair in unitpairs.all_pairs(unitpairs.forms(builtin_rules()), 1, chance):
        verdict = verifier.grade(Sample(ground_truth=pair.gold, final_answer=pair.answer))
        if not unitpairs.holds(pair, verdict):
            missed.append((pair, verdict.outcome, verdict.code))
    assert missed == []


def test_the_factors_are_those_of_pint() -> None:
    pytest.importorskip("pint")
    import pintoracle

    checked, strange = pintoracle.against_pint(unitpairs.forms(builtin_rules()))
    assert strange == []
    assert checked > 130
