"""What the files of a rule pack may hold on what models cost."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from verifier.rulebook.entry import Entry, Name

Dollars = Annotated[str, Field(pattern=r"^\d{1,6}(\.\d{1,6})?$")]


class PriceEntry(Entry):
    """What a model costs, in dollars per million tokens. The `name` is the model's."""

    date: Annotated[str, Field(description="When these were its prices.", pattern=r"^\d{4}-\d{2}-\d{2}$")]
    input: Annotated[Dollars, Field(description="Input that is neither read from the cache nor written to it.")]
    cache_read: Annotated[Dollars, Field(description="Input read from the cache.")]
    cache_write_5m: Annotated[Dollars, Field(description="Input written to the cache for five minutes.")]
    cache_write_1h: Annotated[Dollars, Field(description="Input written to the cache for an hour.")]
    output: Annotated[Dollars, Field(description="Output, thinking included.")]
    batch: Annotated[
        str, Field(description="Of these prices, what a message batch pays.", pattern=r"^(1|0(\.\d{1,3})?)$")
    ] = "1"
    long_prompt: Annotated[
        int, Field(ge=0, description="Calls with more input than this, of all four sorts, cost more; 0: none do.")
    ] = 0
    long_factor: Annotated[
        str,
        Field(description="How many times as much all tokens of such a call cost.", pattern=r"^[1-9]\d?(\.\d{1,3})?$"),
    ] = "1"
    overhead: Annotated[
        int,
        Field(ge=0, description="Tokens of input that a server may add of its own; the most a call can cost has them."),
    ] = 1000
    aliases: Annotated[tuple[Name, ...], Field(description="Other names of the model.")] = ()
