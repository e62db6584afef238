"""Points on the line: roots and constants in order, each with rational bounds, and places between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
from flint import fmpq

from verifier.engine.maths import exact, roots
from verifier.engine.maths.roots import Exact, Root
from verifier.engine.maths.trees import minus
from verifier.types.budget import Meter
from verifier.types.expr import Expr
from verifier.types.nodes import number

_MAX_BREAKS: Final = 64
_SHORT: Final = 1000  # numbers over more are long
_MAX_WHOLE: Final = 10_000  # whole numbers between two breakpoints that are looked at one by one


class Unsolved(Exception):  # noqa: N818  # control flow: a breakpoint or a sign that cannot be shown
    """Conditions on the line are beyond what is solved here."""


class Point(msgspec.Struct, frozen=True, gc=False):
    """A breakpoint: an exact root, or a constant of other sorts (``pi``) with rational bounds."""

    at: Exact | None
    tree: Expr | None
    low: fmpq
    high: fmpq


Place = Point | fmpq


def of_root(root: Exact) -> Point:
    """A root as a point."""
    low, high = roots.bounds(root)
    return Point(root, root.tree() if isinstance(root, Root) else number(root), low, high)


def of_constant(tree: Expr, meter: Meter) -> Point:
    """A constant as a point; raises ``Unsolved`` where it has no value that can be bounded."""
    value = exact.rational(tree, meter)
    if value is not None:
        return of_root(value)
    bounds = exact.bounds(tree, meter)
    if bounds is None:
        raise Unsolved
    return Point(None, tree, *bounds)


def tree_of(point: Point) -> Expr:
    """A point as a tree; raises ``Unsolved`` for a root of a high degree."""
    if point.tree is None:
        raise Unsolved
    return point.tree


class Ordered:
    """Distinct points in increasing order, with bounds that do not meet; what was equal to a point is known."""

    __slots__ = ("_same", "meter", "points")

    def __init__(self, points: list[Point], meter: Meter) -> None:
        self.meter = meter
        self.points: list[Point] = []
        self._same: dict[int, list[Point]] = {}  # by the identity of a point that is kept, those that equal it
        for point in points:
            self._put(point)

    def _put(self, new: Point) -> None:
        ordered = self.points
        if len(ordered) > _MAX_BREAKS:
            raise Unsolved
        point = new
        for at, old in enumerate(ordered):
            self.meter.spend(8)
            order, new, ordered[at] = _compare(new, old, self.meter)
            if ordered[at] is not old or order == 0:
                equal = self._same.pop(id(old), [old])
                self._same[id(ordered[at])] = equal
                if order == 0:
                    equal.append(point)
                    return
            if order < 0:
                ordered.insert(at, new)
                return
        ordered.append(new)

    def is_single(self, place: Point) -> bool:
        """Whether no other point was found to equal a place."""
        return len(self._same.get(id(place), ())) < 2

    def order(self, place: Place, point: Point) -> int | None:
        """Whether a place lies below (-1), at (0) or above (1) one of the points given; ``None``: unknown."""
        low, high = (place, place) if isinstance(place, fmpq) else (place.low, place.high)
        if high < point.low:
            return -1
        if low > point.high:
            return 1
        if isinstance(place, fmpq):
            return 0 if point.low == place == point.high else None
        return 0 if any(one is point for one in self._same.get(id(place), (place,))) else None

    def places(self, *, whole: bool) -> Iterator[Place]:
        """Where conditions are looked at: each point, and a number between each two and beyond both ends."""
        points = self.points
        if whole:
            yield from self._whole()
            return
        if not points:
            yield fmpq(0)
            return
        yield _beside(points[0], -1)
        for point, following in zip(points, [*points[1:], None], strict=True):
            yield point.at if point.at is not None and not isinstance(point.at, Root) else point
            yield _beside(point, 1) if following is None else _between(point.high, following.low)

    def _whole(self) -> Iterator[Place]:
        points = self.points
        low = (points[0].low if points else fmpq(0)).floor() - 1
        high = (points[-1].high if points else fmpq(0)).ceil() + 1
        if high - low > _MAX_WHOLE:
            raise Unsolved
        for value in range(int(low), int(high) + 1):
            self.meter.spend(1)
            yield fmpq(value)


def _beside(point: Point, side: int) -> fmpq:
    """A number one or two below a point, or above it."""
    if isinstance(point.at, fmpq):
        return point.at + side
    return fmpq(point.low.floor() - 1) if side < 0 else fmpq(point.high.ceil() + 1)


def _between(low: fmpq, high: fmpq) -> fmpq:
    """The middle, or a shorter number near it where the ends are long."""
    middle = (low + high) / 2
    if middle.q > _SHORT:
        for scale in (2, 10, 1000):
            near = fmpq((middle * scale).floor(), scale)
            if low < near < high:
                return near
    return middle


def _compare(first: Point, second: Point, meter: Meter) -> tuple[int, Point, Point]:
    """The order of two points, and both with bounds that do not meet, if they differ."""
    if first.at is not None and second.at is not None:
        order, one, other = roots.compare(first.at, second.at, meter)
        return order, _moved(first, one), _moved(second, other)
    if first.high < second.low:
        return -1, first, second
    if second.high < first.low:
        return 1, first, second
    if first.tree is not None and first.tree == second.tree:
        return 0, first, second
    if exact.sign(minus(tree_of(first), tree_of(second)), meter) != 0:
        raise Unsolved  # not known, or apart and closer than thirty digits: no room for a number in between
    return 0, first, second


def _moved(point: Point, at: Exact) -> Point:
    if at is point.at:
        return point
    low, high = roots.bounds(at)
    return msgspec.structs.replace(point, at=at, low=low, high=high)


def shown(place: Place) -> str:
    """A place as a person would write it.

    >>> shown(fmpq(19, 2))
    '19/2'
    """
    if isinstance(place, Point):
        return f"about {float(int((place.low * 1000).floor()) / 1000)}"
    return str(place)
