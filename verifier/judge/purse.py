"""What may be spent: an amount is put aside before a call is sent, and what the call cost is taken from it after."""

from __future__ import annotations

from threading import Lock


class Purse:
    """Picodollars to spend; ``limit`` is ``None`` where there is none. Any thread may use it.

    What is spent and what is put aside together never pass the limit, so long as no call costs more than was put aside
    for it.
    """

    def __init__(self, limit: int | None = None, spent: int = 0) -> None:
        if (limit is not None and limit < 0) or spent < 0:
            raise ValueError("amounts of money are not negative")
        self._limit = limit
        self._spent = spent
        self._reserved = 0
        self._lock = Lock()

    @property
    def limit(self) -> int | None:
        """The most that may be spent, what was spent before included."""
        return self._limit

    @property
    def spent(self) -> int:
        """What calls have cost."""
        return self._spent

    @property
    def reserved(self) -> int:
        """What is put aside for calls that are on their way."""
        return self._reserved

    @property
    def left(self) -> int | None:
        """What another call may cost at most; ``None`` where there is no limit."""
        with self._lock:
            return None if self._limit is None else max(0, self._limit - self._spent - self._reserved)

    def reserve(self, amount: int) -> bool:
        """Put an amount aside; false, and nothing done, where it would pass the limit."""
        if amount < 0:
            raise ValueError("amounts of money are not negative")
        with self._lock:
            if self._limit is not None and self._spent + self._reserved + amount > self._limit:
                return False
            self._reserved += amount
            return True

    def settle(self, reserved: int, spent: int) -> None:
        """Give back what was put aside for a call, and take what it cost.

        Raises ``ValueError`` where more is given back than was put aside.
        """
        if reserved < 0 or spent < 0:
            raise ValueError("amounts of money are not negative")
        with self._lock:
            if reserved > self._reserved:
                raise ValueError("more given back than was put aside")
            self._reserved -= reserved
            self._spent += spent
