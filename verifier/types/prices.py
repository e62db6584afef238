"""What models cost, as the rules have it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Rates(msgspec.Struct, frozen=True):
    """Whole picodollars a token: a dollar per million tokens is a million of them."""

    input: int
    cache_read: int
    cache_write_5m: int
    cache_write_1h: int
    output: int


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """What one model costs, at the price list of ``date``.

    ``live`` and ``batch`` hold for calls of at most ``long_prompt`` tokens of input (0: of any length), ``long_live``
    and ``long_batch`` for all tokens of longer ones. ``overhead`` is how many tokens of input a server may add of its
    own to those of the texts that it is sent.
    """

    name: str
    date: str
    live: Rates
    batch: Rates
    long_prompt: int
    long_live: Rates
    long_batch: Rates
    overhead: int


class PriceTable(msgspec.Struct, frozen=True):
    """Prices by the name of the model, and by its other names."""

    models: Mapping[str, Price] = {}
