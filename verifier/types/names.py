"""The words by which a question asks for a name: ``rules/demand/names.toml``."""

from __future__ import annotations

import msgspec


class NameTable(msgspec.Struct, frozen=True):
    """What a question asks to be named and not worked out, each list explained in ``rules/demand/names.toml``.

    All are folded words, or phrases (``codes``, ``no_places``, ``charges``).
    """

    numbered: frozenset[str]
    codes: frozenset[str]
    symbols: frozenset[str]
    genotypes: frozenset[str]
    places: frozenset[str]
    no_places: frozenset[str]
    roman: frozenset[str]
    statements: frozenset[str]
    charges: frozenset[str]
