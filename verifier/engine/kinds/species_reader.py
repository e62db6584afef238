"""Formulas of chemistry: atoms, groups, charges and nuclides, read from tokens one after the other.

What is read keeps the order in which it was written; what is counted is kept beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from verifier.engine.kinds.chemical_text import Token, charge_of
from verifier.engine.kinds.species import Frame, Marks, Part, Read, Species, charge_text, joined
from verifier.types.rules import ChemistryTable

_MOST_DIGITS: Final = 6
_LONGEST_COUNT: Final = 4
_OXIDATION: Final = re.compile(r"\((I{1,3}|IV|VI{0,3})\)")
_HEAVY: Final = {"D": ("2", "H"), "T": ("3", "H")}


class Scanner:
    """Reads formulas from tokens, one after the other; ``None`` where none stands."""

    def __init__(
        self, text: str, tokens: tuple[Token, ...], table: ChemistryTable, *, loose: bool, bonds: bool = True
    ) -> None:
        self.text = text
        self.bonds = bonds
        self.loose = loose
        self.tokens = tokens
        self.table = table
        self.position = 0
        self.symbols: dict[str, None] = {}
        self.counts: list[int] = []
        self.letters = 0
        self.nuclide = False

    def peek(self, ahead: int = 0) -> Token | None:
        """The token that comes, or the one so far behind it."""
        place = self.position + ahead
        return self.tokens[place] if place < len(self.tokens) else None

    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self.position >= len(self.tokens)

    def number(self) -> Fraction | None:
        """A number before a formula: ``2``, ``1/2``, ``0.5``; 1 where none stands, ``None`` where it is no number."""
        token = self.peek()
        if token is None or token.kind != "number":
            return Fraction(1)
        own = token.text
        sign, behind = self.peek(1), self.peek(2)
        if len(own) > _MOST_DIGITS:
            return None
        joined = sign is not None and behind is not None and behind.kind == "number" and not behind.apart
        if joined and sign is not None and behind is not None and not sign.apart and sign.text in {"/", "."}:
            if len(behind.text) > _MOST_DIGITS:
                return None
            self.position += 3
            if sign.text == ".":
                return Fraction(f"{own}.{behind.text}")
            return Fraction(int(own), int(behind.text)) if int(behind.text) else None
        self.position += 1
        return Fraction(int(own))

    def species(self, *, reaction: bool = False) -> Read | None:
        """One formula from here on, up to a space, a plus or an arrow."""
        self.symbols, self.counts, self.letters, self.nuclide = {}, [], 0, False
        first = self.position
        particle = self._particle(reaction=reaction)
        if particle is not None:
            return particle
        self.position = first
        stated = self._oxidation()
        if stated is not None:
            return stated
        parts: list[tuple[Fraction, Frame]] = []
        while True:
            factor = Fraction(1)
            if parts:
                number = self.number()
                if number is None or number <= 0:
                    return None
                factor = number
            frame = self._part()
            if frame is None:
                return None
            parts.append((factor, frame))
            token = self.peek()
            if token is None or token.kind != "dot" or self.peek(1) is None:
                break
            self.position += 1
        return self._finish(parts)

    def _finish(self, parts: list[tuple[Fraction, Frame]]) -> Read | None:
        """The charge and the state of matter behind a formula, and the ways to understand its last figures."""
        frame = parts[-1][1]
        token = self.peek()
        charge, charged, flat = 0, False, frame.flat
        if token is not None and token.kind == "sup":
            size = token.text
            behind = self.peek(1)
            signed = behind is not None and behind.kind == "sign" and not behind.apart and size.isdecimal()
            found = charge_of(size + (behind.text if signed and behind is not None else ""))
            if found is None:
                return None
            self.position += 2 if signed else 1
            charge, charged, flat = found, True, ""
        elif token is not None and token.kind == "sign" and self._is_charge():
            self.position += 1
            behind = self.peek()
            size = ""
            if flat == "" and behind is not None and behind.kind == "number" and not behind.apart:
                size = behind.text  # Fe+3
                self.position += 1
            found = charge_of(token.text + size)
            if found is None:
                return None
            charge, charged, flat = found, True, "" if size else frame.flat
        self._state()
        ways = list(self._ways(parts, charge, flat if charged else ""))
        if not ways:
            return None
        long = sum(len(symbol) > 1 for symbol in self.symbols)
        doubtful = len(self.symbols) > 1 and any(self.table.elements[symbol].group for symbol in self.symbols)
        marks = Marks(
            len(self.symbols), long, tuple(self.counts), self.letters, charged and charge != 0, self.nuclide, doubtful
        )
        return Read(tuple(ways), marks)

    def _ways(self, parts: list[tuple[Fraction, Frame]], charge: int, flat: str) -> Iterator[Species]:
        """The formula with its last flat figures as a count, as a charge, or as both."""
        frame = parts[-1][1]
        sign = 1 if charge > 0 else -1
        splits = [(int(frame.flat or 1), charge)]
        if flat and abs(charge) == 1:
            as_charge = (int(flat[:-1] or 1), sign * int(flat[-1]))
            splits = self._splits(parts, (int(flat), charge), as_charge)
        parts_before = list(frame.parts)
        atoms_before = dict(frame.atoms)
        last, last_atoms, single = frame.last, frame.last_atoms, frame.single
        for count, own in splits:
            frame.parts, frame.atoms = list(parts_before), dict(atoms_before)
            frame.last, frame.last_atoms, frame.single = last, last_atoms, single
            frame.settle(count)
            yield joined(parts, own)

    def _splits(
        self, parts: list[tuple[Fraction, Frame]], counted: tuple[int, int], charged: tuple[int, int]
    ) -> list[tuple[int, int]]:
        """The ways to split flat figures before a sign, ``SO42-``, that are listed; else those that convention allows.

        Behind a square bracket and behind a lone metal they are the charge, else the last of several is.
        """
        frame = parts[-1][1]
        if not charged[1] or abs(charged[1]) > 7:
            return [counted]
        if frame.last.startswith("["):
            return [charged]
        written_before = "".join(frame.parts)
        listed = [
            way
            for way in (charged, counted)
            if f"{written_before}{frame.last}{way[0] if way[0] > 1 else ''}{charge_text(way[1])}" in self.table.listed
        ]
        if listed:
            return listed
        if not written_before and frame.single:
            element = self.table.elements.get(frame.last)
            return [charged, counted] if element is None or element.clusters else [charged]
        return [counted] if counted[0] < 10 else [charged, counted]

    def _is_charge(self) -> bool:
        """Whether the sign that comes is a charge: it touches what stands before it, and no formula behind it."""
        token, behind = self.peek(), self.peek(1)
        if token is None or token.apart:
            return False
        if behind is None or behind.kind in {"arrow", "close", "gas"}:
            return True
        if behind.kind == "sign":
            return True
        if behind.kind == "bond":
            return behind.apart
        if behind.kind == "open":
            return self._is_state(1)
        if behind.kind == "number" and not behind.apart:
            after = self.peek(2)
            return after is None or after.apart  # Fe+3
        return False

    def _part(self) -> Frame | None:
        """One formula without dots; its last atom or group is not yet counted."""
        part = Part()
        while (token := self.peek()) is not None:
            if token.apart and part.begun and len(part.frames) == 1 and not part.waiting and not self._goes_on(token):
                break
            taken = self._take(token, part)
            if taken is None:
                return None
            if not taken:
                break
        return part.done()

    def _take(self, token: Token, part: Part) -> bool | None:
        """Adds what stands here; false where the formula ends, ``None`` where there is none."""
        if token.kind == "capital":
            return self._take_atom(token, part)
        if token.kind == "sup" and token.text.strip().isdecimal() and not part.mass and self._before_atom():
            part.mass = token.text.strip()
        elif token.kind == "sub" and not part.begun and not part.number and _signed(token.text):
            part.number = token.text.strip()
        elif part.waiting:
            return None
        elif token.kind == "open" and part.begun and self._is_state(0):
            return False
        elif token.kind in {"number", "sub", "open", "close"}:
            if not self._take_group(token, part):
                return None
        elif self._is_bond(token, begun=part.begun):
            part.frame.settle_flat()
            if token.text != "-":
                part.frame.parts.append(token.text.replace("#", "≡"))
        else:
            return False
        self.position += 1
        return True

    def _take_atom(self, token: Token, part: Part) -> bool | None:
        symbol = self._symbol(token)
        atom = None if symbol is None else self._nuclide(symbol, part.mass, part.number)
        if atom is None:
            return None
        part.frame.take(("^" if atom != symbol else "") + atom, {atom: Fraction(1)}, single=True)
        part.mass = part.number = ""
        return True

    def _take_group(self, token: Token, part: Part) -> bool:
        """A bracket, or the count behind an atom or a group; whether it may stand here."""
        if token.kind == "open":
            return part.open()
        if token.kind == "close":
            return part.close(token.text)
        return self._take_count(token, part.frame)

    def _take_count(self, token: Token, frame: Frame) -> bool:
        digits = token.text.strip()
        if not frame.last or frame.flat or len(digits) > _LONGEST_COUNT or not digits.isdecimal() or digits[0] == "0":
            return False
        self.counts.append(int(digits))
        if token.kind == "number":
            frame.flat = digits
        else:
            frame.settle(int(digits))
        return True

    def _goes_on(self, token: Token) -> bool:
        """Whether the formula goes on behind a space, which LaTeX does not print."""
        return token.kind == "sub" or (self.loose and token.kind == "capital")

    def _before_atom(self) -> bool:
        """Whether the figures that come stand before an atom, perhaps with its atomic number."""
        behind = self.peek(1)
        if behind is not None and behind.kind == "sub":
            behind = self.peek(2)
        return behind is not None and behind.kind == "capital" and not (behind.apart and self.peek(1) is behind)

    def _is_bond(self, token: Token, *, begun: bool) -> bool:
        if not begun or token.apart or (token.kind != "bond" and token.text != "-") or token.kind == "sup":
            return False
        if token.text == "=" and not self.bonds:
            return False
        behind = self.peek(1)
        touches = behind is not None and not behind.apart and behind.kind in {"capital", "open"}
        return touches and not self._is_state(1)

    def _symbol(self, token: Token) -> str | None:
        """The longest symbol that stands here; nothing where small letters are left over."""
        small = self.peek(1)
        glued = small is not None and small.kind == "small" and not small.apart and small.start == token.start + 1
        letters = small.text if glued and small is not None else ""
        if letters:
            symbol = token.text + letters
            if len(letters) > 1 or symbol not in self.table.elements:
                return None
        else:
            symbol = token.text
        if symbol not in self.table.elements and symbol not in _HEAVY:
            return None
        self.symbols[_HEAVY.get(symbol, ("", symbol))[1]] = None
        self.letters += 1
        self.position += 2 if letters else 1
        return symbol

    def _nuclide(self, symbol: str, mass: str, number: str) -> str | None:
        """The name of a nuclide, ``14C``; a wrong atomic number stays in it, ``14C/7``."""
        if symbol in _HEAVY:
            mass, symbol = _HEAVY[symbol]
        if len(mass) > 3 or len(number) > 3:
            return None
        own = self.table.elements[symbol].number
        if mass:
            self.nuclide = self.nuclide or own <= int(mass) <= 3 * own + 1
        if number and int(number) != own:
            return f"{mass}{symbol}/{int(number)}"
        return f"{int(mass)}{symbol}" if mass else symbol

    def _is_state(self, ahead: int) -> bool:
        inside, close = self.peek(ahead + 1), self.peek(ahead + 2)
        return inside is not None and inside.text in self.table.states and close is not None and close.text == ")"

    def _state(self) -> None:
        """Passes over a state of matter and the arrow of a gas or of what precipitates."""
        token = self.peek()
        if token is not None and token.text == "(" and self._is_state(0):
            self.position += 3
            token = self.peek()
        while token is not None and (token.kind == "gas" or self._is_sign_of_gas(token)):
            self.position += 1
            token = self.peek()

    def _is_sign_of_gas(self, token: Token) -> bool:
        behind = self.peek(1)
        ends = behind is None or behind.apart
        return token.apart and ends and (token.kind == "caret" or token.text == "v")

    def _oxidation(self) -> Read | None:
        """``Fe(III)`` alone: an element and its oxidation number."""
        token = self.peek()
        if token is None or token.kind != "capital":
            return None
        start = self.position
        symbol = self._symbol(token)
        if symbol is not None and symbol in self.table.elements and (bracket := self.peek()) is not None:
            match = _OXIDATION.fullmatch(self.text, bracket.start) if bracket.kind == "open" else None
            if match is not None:
                self.position = len(self.tokens)
                text = f"{symbol}({match[1]})"
                return Read((Species(text, ((symbol, Fraction(1)),), 0, match[1]),), Marks(1, 1, charged=True))
        self.position = start
        self.symbols, self.letters = {}, 0
        return None

    def _particle(self, *, reaction: bool) -> Read | None:
        """An electron, a neutron, an alpha particle: ``e^-``, ``^{0}_{-1}e``, ``n``, ``α``."""
        figures: dict[str, str] = {}
        while (token := self.peek()) is not None and token.kind in {"sup", "sub"} and token.kind not in figures:
            figures[token.kind] = token.text.strip()
            self.position += 1
        if token is None or token.kind != "small":
            return None
        self.position += 1
        sign: int | None = None
        behind = self.peek()
        if behind is not None and not behind.apart and behind.kind == "sup":
            sign = charge_of(behind.text)
            self.position += 1
            if not reaction and behind.text.strip() not in {"+", "-"}:
                return None  # e^{-1} is a number
            if sign is None and behind.text.strip() != "0":
                return None
            sign = sign or 0
        elif behind is not None and behind.kind == "sign" and self._is_charge():
            sign = charge_of(behind.text)
            self.position += 1
        if (number := figures.get("sub")) is not None:
            if not _signed(number) or len(number) > 3:
                return None
            sign = int(number)
        self._state()
        bare = sign is None
        if bare and (not reaction or token.text == "e"):
            return None  # e is a number too
        for particle in self.table.particles:
            if token.text in particle.letters and (bare or particle.charge == sign):
                atoms: tuple[tuple[str, Fraction], ...] = ((particle.name, Fraction(1)),)
                text = particle.name
                if particle.nucleus:
                    atoms, text = ((particle.nucleus[1:], Fraction(1)),), particle.nucleus
                charge = 0 if particle.nucleus or not particle.charge else particle.charge
                found = Species(text, atoms, charge, free=bool(particle.nucleus))
                return Read((found,), Marks(1, 0, charged=not bare, nuclide=bool(figures)))
        return None


def _signed(text: str) -> bool:
    bare = text.strip()
    return bare.lstrip("+-").isdecimal() and len(bare) - len(bare.lstrip("+-")) <= 1
