"""Formulas of chemistry as they are kept: atoms, groups and charge, in the order in which they were written."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import msgspec

_DEEPEST: Final = 8  # brackets


class Species(msgspec.Struct, frozen=True, gc=False):
    """One formula.

    ``text`` is how it is written, flat, brackets of one group left out; ``atoms`` counts its nuclides by name
    (``C``, ``14C``), ``charge`` is its charge and ``state`` an oxidation number in words, ``Fe(III)``. ``free`` says
    that its charge is not written in this notation, as that of an alpha particle.
    """

    text: str
    atoms: tuple[tuple[str, Fraction], ...]
    charge: int = 0
    state: str = ""
    free: bool = False

    @property
    def bare(self) -> tuple[tuple[str, Fraction], ...]:
        """The atoms, whatever their mass numbers."""
        counts: dict[str, Fraction] = {}
        for name, count in self.atoms:
            plain = name.lstrip("0123456789")
            counts[plain] = counts.get(plain, Fraction(0)) + count
        return tuple(sorted(counts.items()))

    @property
    def nuclear(self) -> bool:
        """Whether mass numbers are written."""
        return any(name[0].isdigit() for name, _ in self.atoms)


class Marks(msgspec.Struct, frozen=True, gc=False):
    """What a text shows of being a formula: see ``chemistry.sureness``."""

    symbols: int = 0  # different elements
    long: int = 0  # those of two letters
    counts: tuple[int, ...] = ()
    letters: int = 0
    charged: bool = False
    nuclide: bool = False
    doubtful: bool = False


class Read(msgspec.Struct, frozen=True, gc=False):
    """A formula as it was read: the ways to understand it, surest first, and what it shows."""

    ways: tuple[Species, ...]
    marks: Marks


class Frame:
    """What one pair of brackets holds so far."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.atoms: dict[str, Fraction] = {}
        self.last = ""  # the atom or group that a count would belong to
        self.last_atoms: dict[str, Fraction] = {}
        self.flat = ""  # its count, if written flat
        self.single = False

    def take(self, text: str, atoms: dict[str, Fraction], *, single: bool) -> None:
        """A new atom or group stands last."""
        self.settle_flat()
        self.last, self.last_atoms, self.single, self.flat = text, atoms, single, ""

    def settle_flat(self) -> None:
        """The last atom or group is counted by its flat figures, if it has some."""
        self.settle(int(self.flat or 1))

    def settle(self, count: int) -> None:
        """The last atom or group is counted."""
        if not self.last:
            return
        if count == 1 and not self.single:
            self.parts.append(self.last[1:-1])
        else:
            self.parts.append(self.last + (str(count) if count != 1 else ""))
        for name, own in self.last_atoms.items():
            self.atoms[name] = self.atoms.get(name, Fraction(0)) + own * count
        self.last, self.last_atoms, self.flat = "", {}, ""


class Part:
    """A formula without dots while it is read: its open brackets, and the figures that wait for their atom."""

    def __init__(self) -> None:
        self.frames = [Frame()]
        self.mass = ""
        self.number = ""

    @property
    def frame(self) -> Frame:
        """The innermost brackets."""
        return self.frames[-1]

    @property
    def begun(self) -> bool:
        """Whether something stands in the innermost brackets."""
        return bool(self.frame.parts or self.frame.last)

    @property
    def waiting(self) -> bool:
        """Whether figures wait for their atom."""
        return bool(self.mass or self.number)

    def open(self) -> bool:
        """A bracket opens; whether it may."""
        self.frame.settle_flat()
        self.frames.append(Frame())
        return len(self.frames) <= _DEEPEST

    def close(self, bracket: str) -> bool:
        """A bracket closes; whether it may."""
        if len(self.frames) == 1 or not self.begun:
            return False
        self.frame.settle_flat()
        inner = self.frames.pop()
        opening = "(" if bracket == ")" else "["
        self.frame.take(opening + "".join(inner.parts) + bracket, inner.atoms, single=False)
        return True

    def done(self) -> Frame | None:
        """The formula, its last atom or group not yet counted; ``None`` if it is not whole."""
        return self.frame if len(self.frames) == 1 and self.begun and not self.waiting else None


def charge_text(charge: int) -> str:
    """A charge as it is written flat: ``^2-``, ``^+``; nothing for none."""
    if not charge:
        return ""
    size = str(abs(charge)) if abs(charge) > 1 else ""
    return f"^{size}{'+' if charge > 0 else '-'}"


def joined(parts: list[tuple[Fraction, Frame]], charge: int) -> Species:
    """The parts of a formula, those behind dots in any order."""
    shown: list[str] = []
    atoms: dict[str, Fraction] = {}
    for place, (factor, frame) in enumerate(parts):
        if place < len(parts) - 1:
            frame.settle_flat()
        shown.append((str(factor) if factor != 1 else "") + "".join(frame.parts))
        for name, count in frame.atoms.items():
            atoms[name] = atoms.get(name, Fraction(0)) + count * factor
    text = "·".join([shown[0], *sorted(shown[1:])]) + charge_text(charge)
    return Species(text, tuple(sorted(atoms.items())), charge)
