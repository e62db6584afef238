"""The judge that asks a model: the gate, the calls of the protocol one after the other, the vetoes."""

from __future__ import annotations

from typing import Final

import msgspec

from verifier.judge import ballot, gate, protocol, trouble, veto
from verifier.judge.ballot import Ballot
from verifier.judge.port import Desk, Engine, Scope
from verifier.judge.rubric import Ballot as BallotName
from verifier.judge.rubric import Case, Terms, call_for, case_of, label, terms_for
from verifier.judge.trouble import Trouble
from verifier.types.opinion import Call, Judgement
from verifier.types.rules import Rules
from verifier.types.sample import Sample
from verifier.types.verdict import Code, Finding, Verdict, passes

NAME: Final = "anthropic"
OFF = passes("judge.off", "No judge is set up: give a key or a server, or leave open questions undecided.")
CODES: tuple[Code, ...] = (*protocol.CODES, *veto.CODES, *gate.CODES, *trouble.CODES, OFF)
_ORDER: Final[tuple[BallotName, ...]] = ("first", "swapped", "third")
_MISMATCH: Final = "record.answer_mismatch"


class ModelJudge:
    """Asks a model through a desk; without one it still says what it would ask, and passes.

    ``model`` is asked where a profile names none, at ``server`` if it is not Anthropic's own. A reply that cannot be
    used is trouble, and trouble is a pass.
    """

    name = NAME

    def __init__(self, desk: Desk | None, rules: Rules, engine: Engine, *, model: str, server: str = "") -> None:
        self.desk = desk
        self.model = model
        self.server = server
        self._rules = rules
        self._engine = engine

    @property
    def version(self) -> str:
        """The model, and the rubrics with the digests of their texts."""
        return " ".join([self.model, *(label(rubric) for rubric in self._rules.rubrics.values())])

    def asks(self, sample: Sample, verdict: Verdict, scope: Scope = "undecided") -> bool:
        """Whether the gate lets a verdict through."""
        return gate.refused(sample, verdict, scope, self._engine) is None

    def calls(self, sample: Sample, verdict: Verdict) -> tuple[Call, ...]:
        """Every call that may be made of a sample, in their order; none where nothing is gradable."""
        if gate.ungradable(sample, verdict, self._engine) is not None:
            return ()
        case, terms = self._case(sample, verdict)
        return tuple(call_for(case, terms, name) for name in _ORDER[: terms.votes])

    async def opine(self, sample: Sample, verdict: Verdict) -> Judgement:
        """What the votes come to. It never raises: a defect is a pass as well, under ``judge.failed``."""
        refusal = gate.ungradable(sample, verdict, self._engine)
        if refusal is not None:
            return Judgement(finding=refusal)
        if self.desk is None:
            return Judgement(finding=OFF.finding())
        votes: list[Ballot] = []
        try:
            finding = await self._polled(sample, verdict, votes, self.desk)
        except Exception as error:  # noqa: BLE001  # the border of a record: one must not end a run
            finding = trouble.FAILED.finding(detail=f"{type(error).__name__}: {error}"[:300])
        return _judgement(finding, votes, self._engine.profile(sample).judge_model or self.model)

    def close(self) -> None:
        """Let go of the desk, and of what it holds."""
        if self.desk is not None:
            self.desk.close()

    async def _polled(self, sample: Sample, verdict: Verdict, votes: list[Ballot], desk: Desk) -> Finding:
        case, terms = self._case(sample, verdict)
        while True:
            coming = protocol.step(case, votes, terms)
            if isinstance(coming, Finding):
                return veto.vetoed(coming, votes, sample, verdict, self._engine)
            votes.append(await _vote(coming, case, terms, desk))

    def _case(self, sample: Sample, verdict: Verdict) -> tuple[Case, Terms]:
        terms = terms_for(self._engine.profile(sample), self._rules.rubrics, self.model, self.server)
        asked = self._engine.asked(sample)
        if verdict.code == _MISMATCH:  # the final answer alone would hide that the last turn says something else
            turn = self._engine.asked(msgspec.structs.replace(sample, final_answer=None))
            asked = msgspec.structs.replace(asked, sure=False, shown=f"{turn.shown}\n\n{asked.shown}")
        return case_of(sample, asked, terms.rubric, self._rules.sentences, self._rules.quoting), terms


async def _vote(call: Call, case: Case, terms: Terms, desk: Desk) -> Ballot:
    try:
        opinion = await desk.opinion(call)
    except Trouble as problem:
        return Ballot(trouble=problem.code, detail=problem.detail)
    read = ballot.read(opinion.reply, case, long=terms.rubric.name == "long")
    return msgspec.structs.replace(read, opinion=opinion)


def _judgement(finding: Finding, votes: list[Ballot], model: str) -> Judgement:
    """The finding with the model and the cost of the opinions that it rests on; no cost where one has none known."""
    opinions = [vote.opinion for vote in votes if vote.opinion is not None]
    costs = [opinion.picodollars for opinion in opinions]
    known = [cost for cost in costs if cost is not None]
    return Judgement(
        finding=finding,
        model=model if opinions else None,
        picodollars=sum(known) if known and len(known) == len(costs) else None,
        suspect=protocol.suspect(votes),
    )
