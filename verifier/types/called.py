"""Names of figures, whose signs of arithmetic are none."""

from __future__ import annotations

import msgspec


class Called(msgspec.Struct, frozen=True):
    """What stands between figures in an answer that is a name of figures, and no arithmetic: a verse, a score.

    ``signs`` are "/", ":", "-", "." and "x" for any sign of a product; where it is not ``sure`` nothing is settled, and
    an ``unnumbered`` one is asked for only in a question without numbers.
    """

    signs: str
    sure: bool = True
    unnumbered: bool = False
