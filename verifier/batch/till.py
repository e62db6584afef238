"""What a run asks a model through, what it may spend, and what it has spent."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from verifier.batch.bill import Bill
from verifier.batch.plan import Mode
from verifier.batch.rounds import GRACE, Gathering, Rounds, Sender
from verifier.judge.desk import CLAIM, MARGIN
from verifier.judge.desk import Desk as Counter
from verifier.judge.model import NAME as MODEL_JUDGE
from verifier.judge.opening import caller_of, sender_of
from verifier.judge.port import Caller, Desk
from verifier.judge.prices import find, unpriced
from verifier.judge.purse import Purse
from verifier.settings import Settings
from verifier.store.opening import open_store
from verifier.store.port import Store
from verifier.types.errors import SettingsError
from verifier.types.rules import Rules


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a run may spend, under which name, and how it asks: ``sender`` makes what sends message batches.

    ``claim`` is how many seconds a call of another run is waited for, before it is asked too.
    ``grace`` is how many seconds a batch is looked for whose making nobody confirmed.
    """

    run: str
    limit: int | None
    concurrency: int
    sender: Callable[[], Sender] | None = None
    grace: float = GRACE
    claim: float = CLAIM


class Till:
    """The store, the purse and the desk of one run; a run that is continued counts on from what it had spent.

    Calls that it had begun and never heard of again were lost with the process that sent them: what was reserved for
    them counts as spent. Raises ``StoreError``.
    """

    def __init__(self, store: Store, caller: Caller | None, rules: Rules, terms: Terms) -> None:
        self._store = store
        self._rules = rules
        self._terms = terms
        spent = store.spending(terms.run)
        self._counter = Counter(
            caller,
            store,
            Purse(terms.limit, spent.picodollars + spent.reserved),
            prices=rules.prices,
            run=terms.run,
            concurrency=terms.concurrency,
            claim=terms.claim,
            since=spent.first,
        )
        self._answered = 0
        self._gathering = None if terms.sender is None else Gathering(self._counter, since=spent.first)
        self.desk: Desk = self._counter if self._gathering is None else self._gathering

    def finish_rounds(self, folder: Path, scan: Callable[[], None], *, says: Callable[[str], None]) -> None:
        """Where message batches are asked for, ask all that ``scan`` would, in ``folder``; else nothing.

        Raises ``OverBudget`` and ``Unreachable``.
        """
        if self._gathering is None or self._terms.sender is None:
            return
        sender = self._terms.sender()
        try:
            rounds = Rounds(
                self._store,
                sender,
                self._gathering,
                prices=self._rules.prices,
                run=self._terms.run,
                limit=self._terms.limit,
                folder=folder,
                says=says,
                grace=self._terms.grace,
                claim=self._terms.claim,
            )
            try:
                rounds.finish(scan)
            finally:
                self._answered += rounds.answered
        finally:
            sender.close()

    def bill(self) -> Bill:
        """The costs so far; to be asked for when nothing is under way."""
        tally = self._counter.tally
        awaited = {batch.nonce for batch in self._store.batches(self._terms.run)}
        return Bill(
            spending=self._store.spending(self._terms.run),
            sent=tally.sent + self._answered,
            from_store=tally.from_store + (0 if self._gathering is None else self._gathering.found),
            lost=tuple(call for call in self._store.open_calls(self._terms.run) if call.batch not in awaited),
            limit=self._terms.limit,
        )

    def close(self) -> None:
        """Let go of the store and the connections."""
        self._counter.close()


Opening = Callable[[Rules, str], Till]
"""Makes the till of a run, from its rules and its name."""


def _refuse_unpriced(rules: Rules, model: str, profile: str | None) -> None:
    profiles = (rules.default_profile, *rules.profiles)
    for each in profiles:
        asked = each.judge_model or model
        if MODEL_JUDGE in each.judges and profile in {None, each.name} and find(rules.prices, asked) is None:
            raise SettingsError(f"{unpriced(asked)}: give it one in a rule pack, if need be of zeros, or set no budget")


def opening(
    settings: Settings, *, model: str | None, limit: int | None, mode: Mode, profile: str | None = None
) -> Opening:
    """How the tills of a run are made, as the settings say; ``profile`` is that of all rows, where one is named.

    Making one raises ``SettingsError`` where there is a limit and a model without a price.
    """

    def make(rules: Rules, run: str) -> Till:
        if limit is not None:
            _refuse_unpriced(rules, model or settings.judge_model, profile)
        terms = Terms(
            run=run,
            limit=limit,
            concurrency=settings.judge_concurrency,
            claim=settings.judge_deadline_seconds + MARGIN,
            sender=partial(sender_of, settings, model) if mode == "batch" else None,
        )
        caller = None if mode == "batch" else caller_of(settings, model)
        return Till(open_store(settings.store), caller, rules, terms)

    return make
