"""The names of code that rules may use: what a profile can ask. Tests hold them against the code itself."""

from __future__ import annotations

from typing import Final

STAGE_NAMES: Final = frozenset(
    {
        "address", "band", "bearing", "bound", "chemistry", "choice", "choices", "clock", "collection",
        "configuration", "date", "expression", "label", "listing", "matching", "name", "number", "ordinal", "phrase",
        "quantity", "range", "reaction", "region", "relation", "truth", "vector",
    }
)  # fmt: skip
"""The stages of the cascade."""

JUDGE_NAMES: Final = frozenset({"anthropic", "symbolic"})
"""The judges that ship."""
