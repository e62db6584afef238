"""What somebody else must know who judges an answer: what the question demands of it, and what is to be judged."""

from __future__ import annotations

from typing import Final

from verifier.engine import hidden, wrappers
from verifier.engine import text as texts
from verifier.engine.demand import Demand
from verifier.types.budget import Meter
from verifier.types.rules import Profile, Rules
from verifier.types.verdict import Decision, Finding

WEAK: Final = frozenset({
    "whole", "last_line", "conclusion", "restatement", "leading_answer", "complement", "contrast", "last_member",
    "sole_number", "opening_statement", "emphasised", "polarity",
})  # fmt: skip
"""Ways to find an answer that rest on no marker: the text does not say itself that this is its answer."""

_PLAIN: Final = (
    "percent", "exact", "count", "pure_number", "nearest_unit", "rounding_task", "uncertainty", "extreme", "roman",
    "lowest_terms", "family", "antiderivative", "ordered", "unordered", "whole", "degrees", "difference", "direction",
    "verbatim", "letter", "labels",
)  # fmt: skip
NAMES: Final = (*_PLAIN, "unit", "places", "significant", "tolerance", "base", "forms", "missing_unit")
"""All that can be demanded; each has a sentence in ``rules/judge/asked.toml``."""


def demands(demand: Demand, profile: Profile) -> dict[str, str]:
    """What is demanded of an answer, with the value that is asked for where there is one, in a fixed order."""
    valued = {
        "unit": "" if demand.unit is None else demand.unit.name,
        "places": "" if demand.places is None or demand.nearest_unit else str(demand.places),
        "significant": "" if demand.significant is None else str(demand.significant),
        "tolerance": "" if demand.tolerance is None else demand.tolerance.name,
        "base": "" if demand.base is None else str(demand.base),
        "forms": ", ".join(sorted(form.replace("_", " ") for form in demand.forms)),
    }
    told = {name: "" for name in _PLAIN if getattr(demand, name)}
    told.update({name: value for name, value in valued.items() if value})
    if profile.missing_unit is Decision.CORRECT and demand.unit is None:
        told["missing_unit"] = ""
    return told


def shown(given: str, golds: tuple[str, ...], rules: Rules, meter: Meter) -> str:
    """What a reader of a response sees of it: nothing that is hidden, and no thinking."""
    visible = hidden.visible(given, golds, rules, meter)
    seen = given if isinstance(visible, Finding) else visible
    start, end = wrappers.outside_thinking(texts.fold(seen), rules.extract)
    return seen[start:end].strip()
