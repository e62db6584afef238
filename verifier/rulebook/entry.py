"""What every entry of a rule pack has."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Pair = tuple[str, str]
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(min_length=1, max_length=80)]


class Entry(BaseModel):
    """What every entry may have: a name, and its own examples."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    name: Annotated[Name, Field(description="What the entry is called; a later pack's entry of this name replaces it.")]
    accept: Annotated[tuple[Pair, ...], Field(description="Examples that hold, run by `verifier rules check`.")] = ()
    reject: Annotated[tuple[Pair, ...], Field(description="Pairs that must come out incorrect.")] = ()
