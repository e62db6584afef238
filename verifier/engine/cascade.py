"""The whole cascade on one page: extract, read both sides, compare, settle.

Law 1, of ``reading``: the first reader that yields a certain reading ends the search; what nobody reads is a phrase.
Law 2: a pair of answers is decided by the first stage that owns it and does not pass. Law 3: *correct* if
a reading of the gold agrees with the candidate; *incorrect* if there is an owned pair and every pair is refuted; else
*undecided*, under the most specific pass. Readings of one candidate that disagree are a pass: ambiguity is never
rewarded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final, TypeVar

from verifier.engine import (
    asides,
    asking,
    attack,
    boxes,
    clauses,
    described,
    doubting,
    extract,
    fold,
    limits,
    listed,
    naming,
    second,
    sides,
    subjects,
    text,
)
from verifier.engine.demand import Demand, read_demand, required
from verifier.engine.kinds import (
    address,
    bounds,
    chemistry,
    choice,
    clock,
    collection,
    conditions,
    date,
    direction,
    electrons,
    expression,
    form,
    kind,
    label,
    listing,
    measure,
    missing,
    names,
    number,
    options,
    ordinal,
    phrase,
    quantity,
    reaction,
    region,
    relation,
    restated,
    sort,
    truth,
    vector,
)
from verifier.engine.kinds.kind import Answer, Context, Reading, Stage
from verifier.engine.kinds.phrase import Phrase
from verifier.engine.maths.zero import Given
from verifier.engine.reading import Read, read_every, read_texts
from verifier.engine.sides import Side, Trees
from verifier.types.budget import Exhausted, Meter
from verifier.types.nodes import symbols
from verifier.types.rules import Profile, Rules
from verifier.types.sample import Extraction, Option, Sample
from verifier.types.verdict import Code, Decision, Finding, Step, Verdict, passes

_T = TypeVar("_T")
_L = TypeVar("_L")
_GUARDS: Final = {"subject": "subjects", "described": "described"}  # what holds an agreement back, by its codes
_SHOWN: Final = 300  # characters of a text that a trace shows

STAGES: tuple[Stage, ...] = (
    number.STAGE,
    quantity.STAGE,
    *missing.STAGES,
    *date.STAGES,
    clock.STAGE,
    *measure.STAGES,
    direction.STAGE,
    *vector.STAGES,
    *bounds.STAGES,
    ordinal.STAGE,
    expression.STAGE,
    *relation.STAGES,
    *collection.STAGES,
    *region.STAGES,
    chemistry.STAGE,
    reaction.STAGE,
    electrons.STAGE,
    *choice.STAGES,
    *names.STAGES,
    truth.STAGE,
    label.STAGE,
    phrase.STAGE,
    *listing.STAGES,
    address.STAGE,
)
_OWNERS: Mapping[tuple[type, type], tuple[Stage, ...]] = {
    pair: tuple(stage for stage in STAGES if pair in stage.pairs)
    for pair in {pair for stage in STAGES for pair in stage.pairs}
}

GOLD_EMPTY = passes("gold.empty", "The ground truth is empty.", specific=9)
GOLD_UNREADABLE = passes("gold.unreadable", "The ground truth could not be read within the budget.", specific=9)
REST_DIFFERS = passes(
    "reading.rest_differs",
    "The values agree, and words beside one of them, which the other side leaves out, may make it another.",
    specific=7,
)
NOT_READ = passes("reading.none", "The answer could not be read.", specific=1)
CODES: tuple[Code, ...] = (
    *kind.CODES, *number.CODES, *quantity.CODES, *date.CODES, *clock.CODES, *bounds.CODES, *ordinal.CODES,
    *direction.BEARINGS, *vector.CODES, *form.CODES, *naming.CODES, *asides.CODES, *clauses.CODES, *subjects.CODES,
    *expression.CODES, *relation.CODES, *collection.CODES, *region.CODES, *restated.CODES, *chemistry.CODES,
    *reaction.CODES, *electrons.CODES, *choice.CODES, *names.CODES, *truth.CODES, *label.CODES, *phrase.CODES,
    *listing.CODES, *address.CODES, *extract.CODES, *attack.CODES, GOLD_EMPTY, GOLD_UNREADABLE, *fold.CODES,
    *listed.CODES, *second.CODES, REST_DIFFERS, *described.CODES, *sort.CODES, NOT_READ, *limits.CODES,
)  # fmt: skip
_BY_NAME: Final = {code.name: code for code in CODES}
_UNREAD: Read = ((), ())


def decide(sample: Sample, rules: Rules, profile: Profile, *, engine: str) -> Verdict:
    """The verdict on a sample. Total: any texts give a verdict, within the profile's budget."""
    return Grade(sample, rules, profile).verdict(engine)


def trees(sample: Sample, rules: Rules, profile: Profile) -> Trees:
    """The trees that a grade compares; empty where a side is no maths."""
    return Grade(sample, rules, profile).trees()


class Grade:
    """The state of one grade: the meter, the trace, and the steps taken under both."""

    def __init__(self, sample: Sample, rules: Rules, profile: Profile) -> None:
        self.sample = sample
        self.rules = rules
        self.profile = profile
        self.meter = Meter(profile.budget)
        self.trace: list[Step] = []
        self.read: dict[str, tuple[Reading, ...]] = {}
        self.context = Context(Demand(), profile, rules, self.meter, self.compare)

    def verdict(self, engine: str) -> Verdict:
        """Run the cascade and settle it."""
        self._read_question()
        gold, candidate, finding = self._grade()
        code = _BY_NAME[finding.code]
        confidence = self.rules.confidence.get(finding.code)
        return Verdict(
            outcome=fold.OUTCOMES[finding.decision],
            method="none" if finding.decision is Decision.PASS else finding.code.partition(".")[0],
            code=finding.code,
            gold=gold,
            candidate=candidate,
            engine=engine,
            rules=self.rules.version,
            confidence=None if confidence is None else confidence.precision,
            reason=code.summary,
            trace=tuple(self.trace),
        )

    def trees(self) -> Trees:
        """Both sides read, nothing compared."""
        self._read_question()
        sample = self.sample
        candidate = self._candidate(self._given())
        accepted = [gold for gold in sample.ground_truths[: self.profile.budget.alternatives] if gold.strip()]
        golds = [gold for text in accepted if isinstance(gold := self._gold(text), Side)]
        both = [
            *(sides.trees(gold) for gold in golds),
            () if isinstance(candidate, Finding) else sides.trees(candidate),
        ]
        names = {name for side in both for tree in side for name in symbols(tree)}
        given = self.step(lambda: conditions.given(self.context.demand, names, self.context), lambda _: Given())
        return Trees(tuple(both[:-1]), both[-1], given.conditions, given.integers)

    def step(self, action: Callable[[], _T], exhausted: Callable[[str], _L]) -> _T | _L:
        """Run one step under an allowance of its own.

        The one place where a limit reached is caught: it becomes a pass.
        """
        try:
            outer = self.meter.begin()
        except Exhausted as limit:
            return exhausted(limit.limit)
        try:
            return action()
        except Exhausted as limit:
            return exhausted(limit.limit)
        finally:
            self.meter.end(outer)

    def _quietly(self, action: Callable[[], _T], exhausted: Callable[[str], _L]) -> _T | _L:
        """Run one step; what it compares leaves no trace."""
        quiet = len(self.trace)
        found = self.step(action, exhausted)
        del self.trace[quiet:]
        return found

    def note(self, phase: str, by: str, finding: Finding | None, before: int, **shown: str) -> None:
        """Add a step to the trace; ``before`` is the meter's total when it began."""
        self.trace.append(
            Step(
                phase=phase,
                by=by,
                decision=None if finding is None else finding.decision,
                code="" if finding is None else finding.code,
                evidence=shown if finding is None else finding.evidence,
                work=self.meter.total - before,
                depth=self.meter.depth,
            )
        )

    def _given(self) -> str | None:
        """What is graded: the final answer, and where there is none, the response."""
        sample = self.sample
        return sample.final_answer if sample.final_answer and sample.final_answer.strip() else sample.response

    def _read_question(self) -> None:
        budget = self.profile.budget
        question = (self.sample.question or "")[-budget.question_chars :]
        listed = tuple(
            Option(
                option.label.strip(" ().:[]") or option.label.strip(),
                self.step(partial(self._plain, option.text), lambda _: ""),
            )
            for option in self.sample.options[: budget.options]
        )
        if not listed and question:
            listed = self.step(lambda: options.find_options(question, self.rules, self.meter), lambda _: ())
        demand = self.step(lambda: read_demand(self.sample, listed, self.rules, self.meter), lambda _: Demand())
        demand = required(demand, self.profile.demands)
        self.context = Context(demand, self.profile, self.rules, self.meter, self.compare)

    def _plain(self, words: str) -> str:
        return text.plain(words, self.rules.text, self.meter)

    def _grade(self) -> tuple[str, str, Finding]:
        sample = self.sample
        golds, given = sample.ground_truths, self._given()
        if not any(gold.strip() for gold in golds[: self.profile.budget.alternatives]):
            return "", (given or "").strip()[:_SHOWN], GOLD_EMPTY.finding()
        candidate = self._candidate(given)
        if isinstance(candidate, Finding):
            return golds[0].strip()[:_SHOWN], "", candidate
        gold, finding = self._against(golds, candidate)
        if given is sample.final_answer and sample.response and finding.decision is not Decision.PASS:
            finding = self._consistent(golds, finding)
        return gold, candidate.shown, finding

    def _against(self, golds: tuple[str, ...], candidate: Side) -> tuple[str, Finding]:
        """The candidate against each accepted gold: one agreement is enough, and all must refute."""
        results, given = list[tuple[str, Finding]](), self._given() or ""
        for accepted in filter(str.strip, golds[: self.profile.budget.alternatives]):
            gold = self._gold(accepted)
            if isinstance(gold, Finding):
                results.append((accepted.strip()[:_SHOWN], gold))
                continue
            finding = sides.as_found(gold, candidate, self._pairs(gold, candidate))
            if finding.code.startswith(second.CLOSED):
                ending = partial(second.last_word, given, candidate, finding, self.context)
                finding = self.step(ending, limits.exhausted)
            if finding.decision is Decision.CORRECT:
                return gold.shown, finding
            results.append((gold.shown, finding))
        if len(golds) > self.profile.budget.alternatives:
            results.append((results[0][0] if results else "", limits.exhausted("alternatives")))
        return fold.all_golds(results)

    def _consistent(self, golds: tuple[str, ...], finding: Finding) -> Finding:
        """The last turn must not commit, by a marker, to an answer with the opposite verdict."""
        quiet, committed = len(self.trace), self._candidate(self.sample.response)
        if isinstance(committed, Finding):
            if committed.code == extract.REVISED.name:  # "The answer is 5. Wait, it is 6", cut out as "5"
                return extract.MISMATCH.finding(final_answer=finding.code, response=committed.code)
        elif committed.via not in asking.WEAK:
            _, other = self._against(golds, committed)
            if other.decision is not Decision.PASS and other.decision is not finding.decision:
                return extract.MISMATCH.finding(final_answer=finding.code, response=committed.shown)
        del self.trace[quiet:]
        return finding

    def _gold(self, accepted: str) -> Side | Finding:
        before = self.meter.total
        texts, readings = self.step(lambda: self._gold_readings(accepted), lambda _: _UNREAD)
        if not readings:
            finding = GOLD_UNREADABLE.finding(text=accepted[:_SHOWN])
            self.note("read", "gold", finding, before)
            return finding
        return self._side("gold", texts, readings, before, Side((), "", given=accepted))

    def _gold_readings(self, accepted: str) -> Read:
        """The gold as read; one that is longer than its profile reads is free text."""
        found = self._gold_text(accepted)
        if not sides.is_free_text(found.text, self.profile):
            return self._readings((found,))
        words = self._plain(found.text)
        return (words,), (Reading(Phrase(words), "phrase", certain=False),)

    def _gold_text(self, accepted: str) -> Extraction:
        """The gold's own words; one that is boxed or marked is taken out of its box."""
        if "\\boxed" in accepted or "####" in accepted:
            found = extract.find_answer(accepted, self.rules, self.meter)
            several = accepted.count("\\boxed") > 1 and found.candidates and found.candidates[0].via != "several_boxes"
            if found.candidates and not several:
                return found.candidates[0]
        return Extraction(accepted.strip(), "given", 0, len(accepted))

    def _candidate(self, given: str | None) -> Side | Finding:
        before = self.meter.total
        found = self.step(
            lambda: attack.find_answer(given, self.sample.ground_truths, self.context.demand, self.rules, self.meter),
            lambda limit: extract.Found(finding=limits.exhausted(limit)),
        )
        if found.finding is not None:
            self.note("extract", "extract", found.finding, before)
            return found.finding
        found = sides.with_label(found, given or "", self.context)
        first = found.candidates[0]
        seen = {"text": first.text[:_SHOWN], "at": f"{first.start}-{first.end}"} | (
            {"read": found.read} if found.read else {}
        )
        self.note("extract", first.via, None, before, **seen)
        before = self.meter.total
        every = first.via == boxes.MULTIPLIED
        read = self.step(lambda: self._readings(found.each(), every=every), limits.exhausted)
        if isinstance(read, Finding) or not read[1]:
            finding = read if isinstance(read, Finding) else NOT_READ.finding(text=first.text[:_SHOWN])
            self.note("read", "candidate", finding, before)
            return finding
        texts, readings = read
        side = self._side("candidate", texts, readings, before, Side((), "", via=first.via, found=found))
        if not sides.holds_several(side):
            return side
        settled = self._quietly(partial(clauses.chosen, side, self.context), lambda _: side)
        if settled is not side:
            self.note("read", settled.readings[0].reader, None, before, side="candidate", **{"as": settled.shown})
        return settled

    def _side(self, side: str, texts: tuple[str, ...], readings: tuple[Reading, ...], before: int, own: Side) -> Side:
        shown: dict[str, None] = {}
        for reading in readings:
            told = self.context.show(reading.answer)
            shown[told] = None
            seen = {"side": side, "as": told}
            if reading.unread:
                seen["unread"] = reading.unread[:_SHOWN]
            if reading.label:
                seen["label"] = reading.label
            self.note("read", reading.reader, None, before, **seen)
            before = self.meter.total
        return Side(readings, " | ".join(shown), texts, own.via, own.found, own.given)

    def _readings(self, found: Iterable[Extraction], *, every: bool = False) -> Read:
        """The first text that a reader understands, or every one; what was compared on the way leaves no trace."""
        quiet = len(self.trace)
        try:
            return (read_every if every else read_texts)(found, self.context, self.read)
        finally:
            del self.trace[quiet:]

    def _pairs(self, gold: Side, candidate: Side) -> Finding:
        """Law 3 over all pairs of readings; and the same text is the same answer, however it is read."""
        finding = sides.outside_box(gold, candidate, self._law_three(gold, candidate), self.context)
        if listed.may_weigh(gold, candidate):
            finding = self.step(partial(listed.weighed, gold, candidate, finding, self.context), limits.exhausted)
        read_as = naming.checked(gold, candidate, finding, self.context)
        if read_as is not None:
            self.note("compare", "naming", read_as, self.meter.total)
            finding = read_as
        if finding.decision is Decision.INCORRECT and ("^" in candidate.shown or "^" in gold.shown):
            finding = self._perhaps_raised(gold, candidate, finding)
        if finding.decision is not Decision.CORRECT and finding.code != expression.UNDEFINED.name:
            for words in (*candidate.texts, *sides.whole(candidate)):
                if words in gold.texts:
                    finding = kind.SAME_TEXT.finding(text=words[:_SHOWN])
                    self.note("compare", "identical", finding, self.meter.total)
        beside = partial(doubting.doubt, self._given() or "", gold, candidate, finding, self.context)
        doubt = self._quietly(beside, limits.exhausted) if finding.decision is Decision.CORRECT else None
        if doubt is not None:
            self.note("compare", _GUARDS.get(doubt.code.partition(".")[0], "asides"), doubt, self.meter.total)
            finding = doubt
        if finding.decision is Decision.PASS and (denied := asides.denied(candidate.texts[0], self.context)):
            finding = self.step(partial(self._denied, gold, denied, finding), lambda _: finding)
        return finding

    def _denied(self, gold: Side, denied: str, finding: Finding) -> Finding:
        """A refutation where an answer only says that it is not what the ground truth is (POLICY 50)."""
        quiet = len(self.trace)
        words, readings = self._readings((Extraction(denied, "given", 0, len(denied)),))
        read = self._law_three(gold, Side(readings, denied, words))
        del self.trace[quiet:]
        if words[0] in gold.texts or read.decision is Decision.CORRECT:
            finding = asides.DENIED.finding(text=denied)
            self.note("compare", "asides", finding, self.meter.total)
        return finding

    def _law_three(self, gold: Side, candidate: Side) -> Finding:
        if len(candidate.readings) == 1:
            return self._against_reading(gold, candidate.readings[0])
        findings = [self._against_reading(gold, given) for given in candidate.readings]
        return fold.all_readings(findings, gold=gold.shown, candidate=candidate.shown)

    def _against_reading(self, gold: Side, given: Reading) -> Finding:
        """One reading of the candidate: it agrees if some reading of the gold does, and differs if none can."""
        findings: list[Finding] = []
        for wanted in gold.readings:
            if wanted.label and given.label and wanted.label != given.label:
                findings.append(number.LABEL_DIFFERS.finding(gold=wanted.label, candidate=given.label))
                continue
            found = self.compare(wanted.answer, given.answer)
            if found.decision is Decision.CORRECT and not sides.is_rest_told(wanted, given, self.context):
                found = REST_DIFFERS.finding(gold=wanted.unread, candidate=given.unread)
            if found.decision is Decision.INCORRECT and (wanted.unread or given.unread):
                found = self._perhaps_turned(wanted, given, found)
            if wanted.sort or given.sort:
                found = sort.restricted(wanted, given, found, self.context)
            findings.append(found)
        return fold.any_reading(findings)

    def _perhaps_turned(self, wanted: Reading, given: Reading, found: Finding) -> Finding:
        """Equal amounts with opposite signs, one with words behind it that may be the sign, are left undecided."""
        turned = self._quietly(partial(sides.is_turned, wanted, given, self.context), lambda _: True)
        return direction.DIRECTION_UNCLEAR.finding(gold=wanted.unread, candidate=given.unread) if turned else found

    def _perhaps_raised(self, gold: Side, candidate: Side, found: Finding) -> Finding:
        """Formulas that agree where ``e^2x`` is read as e^(2x) are left undecided."""
        raised = self._quietly(partial(sides.is_loosely_raised, gold, candidate, self.context), lambda _: True)
        return fold.AMBIGUOUS.finding(gold=gold.shown, candidate=candidate.shown) if raised else found

    def compare(self, gold: Answer, candidate: Answer) -> Finding:
        """Law 2: the first stage that owns the pair and does not pass; a choice meets a value through its options."""
        owners: Iterable[Stage] = _OWNERS.get((type(gold), type(candidate)), ())
        if self.profile.stages:
            owners = [stage for stage in owners if stage.name in self.profile.stages]
        if not owners and isinstance(gold, choice.Choice) != isinstance(candidate, choice.Choice):
            return self._compare_by_value(gold, candidate)
        passed: Finding | None = None
        for stage in owners:
            before = self.meter.total
            self.meter.depth += 1
            finding = self.step(partial(stage.decide, gold, candidate, self.context), limits.exhausted)
            self.meter.depth -= 1
            self.note("compare", stage.name, finding, before)
            if finding.decision is not Decision.PASS:
                return finding
            passed = passed or finding
        differ = passed or restated.against(gold, candidate)
        return differ or fold.kinds_differ(gold, candidate)

    def _compare_by_value(self, gold: Answer, candidate: Answer) -> Finding:
        """One side names an option, the other gives a value.

        The value stands for the one option whose text equals it.
        """
        named, value = (gold, candidate) if isinstance(gold, choice.Choice) else (candidate, gold)
        if self.meter.depth or isinstance(value, Phrase) or not isinstance(named, choice.Choice) or not named.known:
            return fold.kinds_differ(gold, candidate)
        agreeing = [option for option in self.context.demand.options if self._is_worth(option, value)]
        if not agreeing and sides.is_other_number(named, value, self.context):
            return choice.OTHER_NUMBER.finding(gold=gold.show(), candidate=candidate.show())
        if len(agreeing) != 1:
            return fold.kinds_differ(gold, candidate)
        meant = choice.Choice(agreeing[0].label, agreeing[0].text, known=True)
        return self.compare(named, meant) if named is gold else self.compare(meant, named)

    def _is_worth(self, option: Option, value: Answer) -> bool:
        """Whether an option's text, read as a value, equals ``value``."""
        self.meter.depth += 1
        quiet = len(self.trace)
        plainly = self.step(lambda: tuple(sides.values(option.text, self.context)), lambda _: ())
        agrees = any(self.compare(reading.answer, value).decision is Decision.CORRECT for reading in plainly)
        del self.trace[quiet:]
        self.meter.depth -= 1
        return agrees
