"""What the judge of a run has cost, and the calls that were lost with a process."""

from __future__ import annotations

from pathlib import Path

import msgspec

from verifier.batch.rows import write_json
from verifier.judge.prices import dollars
from verifier.store.port import Begun, Spending


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """What a run has cost: replies since it was begun, of them those of this process, and calls that were lost.

    ``limit`` is what it may cost, in picodollars.
    """

    spending: Spending = Spending()
    sent: int = 0
    from_store: int = 0
    lost: tuple[Begun, ...] = ()
    limit: int | None = None


def write_lost(bill: Bill, path: Path) -> bool:
    """List the lost calls of a run; whether there are any. Where there are none, no file of an earlier run stays.

    But it stays where this run paid for nothing: it answered from what that earlier run had lost calls over.
    """
    if not bill.lost:
        if bill.spending.calls:
            path.unlink(missing_ok=True)
        return False
    lines = [
        write_json(
            {
                "number": call.number,
                "key": call.key,
                "model": call.model,
                "reserved_usd": dollars(call.reserved),
                "at": call.at,
            }
        )
        for call in bill.lost
    ]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return True
