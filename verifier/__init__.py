"""Decides whether a model's final answer agrees with a ground truth, and says why.

>>> from verifier import grade
>>> verdict = grade(ground_truth="600 W", final_answer="600 watts of power are dissipated in the resistor.")
>>> verdict.outcome, verdict.code
(<Outcome.CORRECT: 'correct'>, 'quantity.equal')
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from verifier.grader import Verifier, grade, grade_batch
    from verifier.rulebook import load_rules
    from verifier.types.sample import Option, Sample
    from verifier.types.verdict import Outcome, Verdict

__all__ = ["Option", "Outcome", "Sample", "Verdict", "Verifier", "__version__", "grade", "grade_batch", "load_rules"]

# Where each public name lives: imported at first use, so that `import verifier` costs next to nothing.
_HOMES = {
    "Option": "verifier.types.sample",
    "Outcome": "verifier.types.verdict",
    "Sample": "verifier.types.sample",
    "Verdict": "verifier.types.verdict",
    "Verifier": "verifier.grader",
    "grade": "verifier.grader",
    "grade_batch": "verifier.grader",
    "load_rules": "verifier.rulebook",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'verifier' has no attribute '{name}'")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
