"""What is put to a judge, and whether anybody need be asked about an answer that the cascade leaves open: pure."""

from __future__ import annotations

from typing import Final

import msgspec

from verifier.engine import asking, attack, cascade, dressed, extract, hedged
from verifier.types.judging import Asked
from verifier.types.rules import Profile, Rules
from verifier.types.sample import Extraction, Sample
from verifier.types.verdict import Finding, Outcome, Standing

_LONGEST_ATTACK: Final = 2_000  # characters of an answer that may be nothing but an attack, with what hides in it
_PROOFS: Final = frozenset(code.name for code in cascade.CODES if code.standing is Standing.PROOF)


def asked(sample: Sample, rules: Rules, profile: Profile) -> Asked:
    """What a judge is told of a sample: what the question demands, and the text that is to be judged."""
    return _Told(sample, rules, profile).asked()


def attacked(sample: Sample, rules: Rules, profile: Profile) -> Finding | None:
    """Why nobody need compare an answer: it is made of nothing but an attack, or leaves the choice to its reader.

    Of values that it lists, each is graded as if it were the answer: where one is right and one is proven wrong, the
    answer is several, and the ground truth is one; of boxes the last must be wrong (POLICY 5). Where one is left open
    they may be names of the same thing.
    """
    told, given = _Told(sample, rules, profile).attacked(), sample.final_answer or sample.response
    if isinstance(told, Finding):
        return told
    boxes = () if told else hedged.boxed(given or "")
    told = told or boxes
    alone = [msgspec.structs.replace(sample, final_answer=one, response=None) for one in told]
    verdicts = [cascade.decide(one, rules, profile, engine="") for one in alone]
    outcomes = {verdict.outcome for verdict in verdicts}
    if boxes and verdicts[-1].outcome is not Outcome.INCORRECT:
        return None
    if outcomes == {Outcome.CORRECT, Outcome.INCORRECT} and any(verdict.code in _PROOFS for verdict in verdicts):
        return attack.SPRAYED.finding(text=" | ".join(told)[:200])
    return None


class _Told(cascade.Grade):
    """A grade that compares nothing: what a judge would be told."""

    def asked(self) -> Asked:
        """The question read, the answer found, nothing compared."""
        self._read_question()
        demand, given, golds = self.context.demand, self._given() or "", self.sample.ground_truths
        shown = self.step(lambda: asking.shown(given, golds, self.rules, self.meter), lambda _: given)
        first, sure = self._told(shown)
        return Asked(first, sure, shown, asking.demands(demand, self.profile), demand.options)

    def _told(self, shown: str) -> tuple[str, bool]:
        """The answer's own words, and whether the text says itself that they are; ``shown`` where none were found."""
        demand, given, golds = self.context.demand, self._given() or "", self.sample.ground_truths
        found = self.step(
            lambda: attack.find_answer(given, golds, demand, self.rules, self.meter), lambda _: extract.Found()
        )
        first = found.candidates[0] if found.candidates else Extraction(shown, "whole", 0, len(shown))
        return first.text, first.via not in asking.WEAK and first.via != "several_boxes"

    def attacked(self) -> Finding | tuple[str, ...]:
        """The question read, the answer looked at."""
        given, golds = self._given() or "", self.sample.ground_truths
        self._read_question()
        demand = self.context.demand
        finding = self._nothing(given)
        if finding is not None:
            return finding
        if len(given) > hedged.LONGEST + len(demand.question):  # of a long one, what it marks as its answer
            given, sure = self._told(given)
            finding = self._nothing(given) if sure else None
            if finding is not None:
                return finding
        return self.step(lambda: hedged.hedged(given, golds, demand, self.rules, self.meter), lambda _: ())

    def _nothing(self, text: str) -> Finding | None:
        """Why a short text answers nothing, as it is written or as it is seen."""
        golds, demand, finding = self.sample.ground_truths, self.context.demand, None
        if len(text) > _LONGEST_ATTACK:
            return None
        for one in dict.fromkeys((text, dressed.legible(text, self.rules.attacks.dress))):
            if finding is None and attack.may_be_nothing(one, self.rules.attacks):
                finding = self._answers_nothing(one)
        if finding is not None:
            return finding
        return self.step(lambda: dressed.undressed(text, golds, demand, self.rules, self.meter), lambda _: None)

    def _answers_nothing(self, text: str) -> Finding | None:
        golds, demand = self.sample.ground_truths, self.context.demand
        return self.step(lambda: attack.answers_nothing(text, golds, demand, self.rules, self.meter), lambda _: None)
