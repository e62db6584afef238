"""How many examples the laws look at: the same on every machine, or more and others where one asks for them."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

WIDER = int(os.environ.get("HYPOTHESIS_EXAMPLES", "0"))


def examples(number: int, *, also: tuple[HealthCheck, ...] = ()) -> settings:
    """The settings of a law with so many examples; slow ones are no failure, and neither is what ``also`` names."""
    return settings(
        max_examples=WIDER or number,
        derandomize=not WIDER,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, *also],
    )
