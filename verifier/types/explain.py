"""A verdict in prose: what was taken for the answer, how both sides were read, what comparing them showed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from verifier.types.verdict import Decision, Outcome, Step, Verdict

_RULINGS = {Outcome.CORRECT: "Correct", Outcome.INCORRECT: "Incorrect", Outcome.UNDECIDED: "Undecided"}
_DECISIONS = {
    Decision.CORRECT: "they agree",
    Decision.INCORRECT: "they do not agree",
    Decision.PASS: "that is not decided",
    None: "nothing is said",
}
_KINDS: Mapping[str, tuple[str, str]] = {  # of every reader and stage: what one is, and several
    "address": ("an address or version", "addresses or versions"),
    "band": ("a value with an uncertainty", "values with uncertainties"),
    "bearing": ("a bearing", "bearings"),
    "bound": ("a bound", "bounds"),
    "chemistry": ("chemistry", "chemical formulas"),
    "choice": ("a choice", "choices"),
    "choices": ("several choices", "sets of choices"),
    "clock": ("a time of day", "times of day"),
    "collection": ("several values", "collections of values"),
    "configuration": ("an electron configuration", "electron configurations"),
    "date": ("a date or time", "dates"),
    "duration": ("a length of time", "lengths of time"),
    "expression": ("an expression", "expressions"),
    "identical": ("a text", "texts"),
    "label": ("a label", "labels"),
    "listing": ("a list of names", "lists of names"),
    "matching": ("labels with what belongs to them", "matchings"),
    "name": ("a name made of figures", "names"),
    "number": ("a number", "numbers"),
    "numeral": ("a numeral of another base", "numerals"),
    "ordinal": ("a place in a row", "places in a row"),
    "phrase": ("plain words", "plain words"),
    "quantity": ("a quantity", "quantities"),
    "range": ("a range", "ranges"),
    "ratio": ("a ratio", "ratios"),
    "reaction": ("a chemical equation", "chemical equations"),
    "region": ("a set of numbers", "sets of numbers"),
    "relation": ("an equation or inequality", "equations or inequalities"),
    "restatement": ("a value said twice", "values said twice"),
    "truth": ("yes or no", "yes or no"),
    "vector": ("a vector", "vectors"),
}
_BY_FORM = "form."  # of codes that refute a value for how it is written
_FORM_REFUTES = "their form tells them apart"
_GUARDS: Mapping[str, str] = {  # of what holds a finding back, or settles it by what stands around the values
    "asides": "By the words beside the answer",
    "described": "By the words that lead the values in",
    "naming": "By what both sides name",
    "subjects": "By what the answer says it is the value of",
}
_EVIDENCE = {
    "gold": "the ground truth is {}",
    "candidate": "the answer is {}",
    "shown": "shown by {}",
    "rounded": "rounded so far the ground truth is {}",
    "missing": "{} is not in the answer",
    "extra": "{} is not in the ground truth",
    "unit": "the unit is taken for the {}",
    "number": "they part at {}",
    "unknown": "{} is not solved for",
    "tolerance": "the tolerance is {}",
    "figures": "to {} figures",
    "places": "to {} decimal places",
    "stated_by": "the {} says so",
    "form": "the form asked for: {}",
    "quote": "it took “{}” for the answer",
    "comparison": "it says: {}",
    "votes": "its votes: {}",
    "suspect": "it takes the ground truth for wrong: {}",
    "veto": "by the rules that is {}",
    "requests": "requests {}",
}
_HOW = {
    "factors": "all factors of one are zero where those of the other are",
    "part by part": "part by part",
    "proportional": "one is a multiple of the other",
    "scaled": "one is the other times what is never zero",
    "truth table": "whatever their parts are, both are true or neither is",
}
_INNER = ("numbers", "amounts", "values")  # evidence that is the code of what the parts came to
_SEVERAL_WAYS = "reading.ambiguous"
_SIDES = {"gold": "ground truth", "candidate": "answer"}
_SHOWN = 200
_MOST_INNER = 2  # comparisons of members that are told one by one; of more, what they came to stands in the outer one


def explain(verdict: Verdict, meanings: Mapping[str, str] | None = None) -> str:
    """The trace as prose; ``meanings`` gives the sentence that each code stands for, where the caller has them.

    >>> from verifier.types.verdict import Step
    >>> steps = (Step(phase="read", by="number", evidence={"side": "gold", "as": "4"}),
    ...          Step(phase="read", by="number", evidence={"side": "candidate", "as": "5"}),
    ...          Step(phase="compare", by="number", decision=Decision.INCORRECT, code="number.differs"))
    >>> verdict = Verdict(outcome=Outcome.INCORRECT, method="number", code="number.differs", gold="4", candidate="5",
    ...                   engine="1.0", rules="2026.1", trace=steps)
    >>> print(explain(verdict, {"number.differs": "The two numbers are different values."}))
    Incorrect. The two numbers are different values.
    <BLANKLINE>
    The ground truth reads as a number, “4”.
    The answer reads as a number, “5”.
    As numbers, they do not agree.
    <BLANKLINE>
    Code number.differs, decided by number; engine 1.0, rules 2026.1.
    """
    teller = _Teller(verdict, meanings or {})
    trace = _decisive(verdict)
    inner = sum(step.depth > 0 for step in trace)
    told = [step for step in trace if not step.depth or inner <= _MOST_INNER]
    story = [teller.sentence(step) for step in told]
    if not any(step.phase == "read" and step.decision is None for step in trace):
        story.insert(0, teller.sides())
    return "\n".join([teller.ruling(), "", *dict.fromkeys(story), "", teller.signature()])


def _decisive(verdict: Verdict) -> list[Step]:
    """The steps that led to the verdict.

    Of several readings of a side only those whose comparison gave the verdict's code are told; all of them where none
    did by itself, and where the verdict is that they do not agree with each other.
    """
    pairs: list[tuple[Step, list[Step]]] = []  # each comparison of two readings, after those of its members
    inner: list[Step] = []
    for step in verdict.trace:
        if step.phase == "compare":
            inner.append(step)
            if not step.depth:
                pairs.append((step, inner))
                inner = []
    deciding = [steps for outer, steps in pairs if outer.code == verdict.code]
    if not deciding or verdict.code == _SEVERAL_WAYS:
        return list(verdict.trace)
    kept = {id(step) for steps in deciding for step in steps} | {id(step) for step in inner}
    outers = [steps[-1] for steps in deciding]
    kept |= {id(step) for side in _SIDES for step in _readings(verdict.trace, side, outers)}
    return [
        step
        for step in verdict.trace
        if id(step) in kept or not (step.phase == "compare" or (step.phase == "read" and step.decision is None))
    ]


def _readings(trace: Iterable[Step], side: str, outers: list[Step]) -> list[Step]:
    """The readings of a side that these comparisons were about; all of them where that cannot be seen."""
    read = [step for step in trace if step.phase == "read" and step.evidence.get("side") == side]
    meant = [step for step in read if any(step.evidence.get("as") == outer.evidence.get(side) for outer in outers)]
    same_kind = [step for step in meant if any(step.by == outer.by for outer in outers)]
    return same_kind or meant or read


class _Teller:
    """Tells one verdict; the meaning of its own code is told once, at the top."""

    def __init__(self, verdict: Verdict, meanings: Mapping[str, str]) -> None:
        self._verdict = verdict
        self._meanings = meanings

    def ruling(self) -> str:
        return f"{_RULINGS[self._verdict.outcome]}. {self._meaning(self._verdict.code)}"

    def sides(self) -> str:
        verdict = self._verdict
        gold = f"The ground truth is {_quoted(verdict.gold)}" if verdict.gold else "There is no ground truth"
        return _stop(f"{gold}; the answer is {_quoted(verdict.candidate)}" if verdict.candidate else gold)

    def signature(self) -> str:
        verdict = self._verdict
        decided = "nothing decided" if verdict.method == "none" else f"decided by {verdict.method}"
        measured = "" if verdict.confidence is None else f"confidence {verdict.confidence:.1%}; "
        return f"Code {verdict.code}, {decided}; {measured}engine {verdict.engine}, rules {verdict.rules}."

    def sentence(self, step: Step) -> str:
        if step.phase == "extract":
            return self._extracted(step)
        if step.phase == "read":
            return self._read(step)
        if step.phase == "compare":
            inner = "  " * max(step.depth - 1, 0)
            by = _GUARDS.get(step.by) or f"As {_kind(step.by)[1]}"
            return f"{inner}{by}, {self._found(step)}"
        return f"{step.phase.capitalize()} ({step.by}): {self._found(step)}"

    def _extracted(self, step: Step) -> str:
        if step.decision is not None:
            told = f"Searching the response gave no answer to compare{self._details(step)}."
            return told if step.code == self._verdict.code else f"{told} {self._meaning(step.code)}"
        text = _quoted(step.evidence.get("text", ""))
        if step.by == "whole":
            return _stop(f"The whole text is taken for the answer: {text}")
        parts = (
            f" Of the very long response the characters {step.evidence['read']} were read."
            if "read" in step.evidence
            else ""
        )
        at = f" at {step.evidence['at']}" if "at" in step.evidence else ""
        return _stop(f"The answer was found by the rule “{step.by.replace('_', ' ')}”{at}: {text}") + parts

    def _read(self, step: Step) -> str:
        if step.decision is not None:
            told = f"The {_SIDES.get(step.by, step.by)} could not be read{self._details(step)}."
            return told if step.code == self._verdict.code else f"{told} {self._meaning(step.code)}"
        evidence = step.evidence
        side = _SIDES.get(evidence.get("side", ""), "text")
        told = f"The {side} reads as {_kind(step.by)[0]}, {_quoted(evidence.get('as', ''))}"
        if label := evidence.get("label"):
            told += f", the value of {_quoted(label)}"
        if unread := evidence.get("unread"):
            told += f"; {_quoted(unread)} adds nothing to it"
        return _stop(told)

    def _found(self, step: Step) -> str:
        by_form = step.decision is Decision.INCORRECT and step.code.startswith(_BY_FORM)
        told = f"{_FORM_REFUTES if by_form else _DECISIONS[step.decision]}{self._details(step)}."
        if step.code != self._verdict.code:
            told += f" {self._meaning(step.code)}"
        parts = (step.evidence.get(name, "") for name in _INNER)
        return " ".join([told, *(self._meanings[code] for code in parts if code in self._meanings)])

    def _details(self, step: Step) -> str:
        """The evidence that is not told anyhow."""
        known = {"gold": self._verdict.gold, "candidate": self._verdict.candidate}
        evidence = {name: _short(value) for name, value in step.evidence.items() if value and value != known.get(name)}
        told = []
        if converted := evidence.pop("converted", ""):
            told.append(f"{evidence.get('candidate') or _short(known['candidate'])} is {converted}")
            evidence.pop("unit", None)
        if "candidate_unit" in evidence:
            told.append(f"one is in {evidence.pop('unit', '')}, the other in {evidence.pop('candidate_unit')}")
        elif evidence.get("unit", "") in known["gold"]:
            evidence.pop("unit", None)
        if {"gold", "candidate"} <= evidence.keys():
            place = f"at {evidence.pop('at')} " if "at" in evidence else ""
            told.append(f"{place}the ground truth is {evidence.pop('gold')} and the answer {evidence.pop('candidate')}")
        elif known["gold"] and known["candidate"]:
            for name in _SIDES:
                if _is_reading(self._verdict.trace, name, evidence.get(name)):
                    del evidence[name]
        told += [self._detail(name, value) for name, value in evidence.items() if self._is_told(name, value)]
        return f" ({'; '.join(told)})" if told else ""

    def _is_told(self, name: str, value: str) -> bool:
        """Whether a piece of evidence belongs into the brackets: the code of the parts has a sentence of its own."""
        return name not in _INNER or value not in self._meanings

    def _detail(self, name: str, value: str) -> str:
        if name in _INNER:
            return f"{name}: {value.partition('.')[2].replace('_', ' ') or value}"
        if name == "how":
            return _HOW.get(value, value)
        told = _EVIDENCE.get(name)
        return f"{name.replace('_', ' ')}: {value}" if told is None else told.format(value)

    def _meaning(self, code: str) -> str:
        """The sentence of a code; of one that is not known, its own words."""
        if code == self._verdict.code and self._verdict.reason:
            return self._verdict.reason
        if code in self._meanings:
            return self._meanings[code]
        stage, _, reason = code.partition(".")
        words = f"{stage}: {reason.replace('_', ' ')}" if reason else (stage or "no reason given")
        return f"{words[0].upper()}{words[1:]}."


def _is_reading(trace: Iterable[Step], side: str, shown: str | None) -> bool:
    """Whether evidence on a side only repeats how that was read."""
    return shown is not None and any(
        step.phase == "read" and step.evidence.get("side") == side and _short(step.evidence.get("as", "")) == shown
        for step in trace
    )


def _kind(name: str) -> tuple[str, str]:
    """A kind of answer, one and several of them; of one that this page does not know, its name."""
    return _KINDS.get(name, (f"“{name}”", f"“{name}”"))


def _quoted(text: str) -> str:
    return f"“{_short(text)}”"


def _stop(sentence: str) -> str:
    return sentence if sentence.endswith((".”", "!”", "?”")) else f"{sentence}."


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
