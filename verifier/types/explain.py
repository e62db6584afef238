"""A verdict in prose: what was taken for the answer, how both sides were read, what comparing them showed."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.types.verdict import Decision, Outcome, Step, Verdict

_RULINGS = {Outcome.CORRECT: "Correct", Outcome.INCORRECT: "Incorrect", Outcome.UNDECIDED: "Undecided"}
_DECISIONS = {
    Decision.CORRECT: "they agree",
    Decision.INCORRECT: "they do not agree",
    Decision.PASS: "that is not decided",
    None: "nothing is said",
}
_KINDS = {
    "choice": ("a choice", "choices"),
    "identical": ("a text", "texts"),
    "phrase": ("plain words", "plain words"),
    "quantity": ("a quantity", "quantities"),
    "truth": ("yes or no", "yes or no"),
}
_EVIDENCE = {
    "rounded": "rounded so far the ground truth is",
    "missing": "not in the answer",
    "extra": "not in the ground truth",
}
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
    Code number.differs, decided by number; confidence not measured; engine 1.0, rules 2026.1.
    """
    teller = _Teller(verdict, meanings or {})
    inner = sum(step.depth > 0 for step in verdict.trace)
    told = [step for step in verdict.trace if not step.depth or inner <= _MOST_INNER]
    story = [teller.sentence(step) for step in told]
    if not any(step.phase == "read" and step.decision is None for step in verdict.trace):
        story.insert(0, teller.sides())
    return "\n".join([teller.ruling(), "", *dict.fromkeys(story), "", teller.signature()])


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
        measured = "not measured" if verdict.confidence is None else f"{verdict.confidence:.1%}"
        versions = f"engine {verdict.engine}, rules {verdict.rules}"
        return f"Code {verdict.code}, {decided}; confidence {measured}; {versions}."

    def sentence(self, step: Step) -> str:
        if step.phase == "extract":
            return self._extracted(step)
        if step.phase == "read":
            return self._read(step)
        if step.phase == "compare":
            inner = "  " * max(step.depth - 1, 0)
            return f"{inner}As {_kind(step.by)[1]}, {self._found(step)}"
        return f"{step.phase.capitalize()} ({step.by}): {self._found(step)}"

    def _extracted(self, step: Step) -> str:
        if step.decision is not None:
            told = f"Searching the response gave no answer to compare{self._details(step)}."
            return told if step.code == self._verdict.code else f"{told} {self._meaning(step.code)}"
        text = _quoted(step.evidence.get("text", ""))
        if step.by == "whole":
            return _stop(f"The whole text is taken for the answer: {text}")
        return _stop(f"The answer was found by the rule “{step.by.replace('_', ' ')}”: {text}")

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
        told = f"{_DECISIONS[step.decision]}{self._details(step)}."
        return told if step.code == self._verdict.code else f"{told} {self._meaning(step.code)}"

    def _details(self, step: Step) -> str:
        """The evidence that is not told anyhow."""
        known = {"gold": self._verdict.gold, "candidate": self._verdict.candidate}
        evidence = {name: _short(value) for name, value in step.evidence.items() if value and value != known.get(name)}
        told = []
        if {"gold", "candidate"} <= evidence.keys():
            place = f"at {evidence.pop('at')} " if "at" in evidence else ""
            told.append(f"{place}the ground truth is {evidence.pop('gold')} and the answer {evidence.pop('candidate')}")
        told += [f"{_EVIDENCE.get(name, name.replace('_', ' '))}: {value}" for name, value in evidence.items()]
        return f" ({'; '.join(told)})" if told else ""

    def _meaning(self, code: str) -> str:
        """The sentence of a code; of one that is not known, its own words."""
        if code == self._verdict.code and self._verdict.reason:
            return self._verdict.reason
        if code in self._meanings:
            return self._meanings[code]
        stage, _, reason = code.partition(".")
        words = f"{stage}: {reason.replace('_', ' ')}" if reason else (stage or "no reason given")
        return f"{words[0].upper()}{words[1:]}."


def _kind(name: str) -> tuple[str, str]:
    """A kind of answer, one and several of them."""
    return _KINDS.get(name, (f"{'an' if name[:1] in 'aeiou' else 'a'} {name}", f"{name}s"))


def _quoted(text: str) -> str:
    return f"“{_short(text)}”"


def _stop(sentence: str) -> str:
    return sentence if sentence.endswith((".”", "!”", "?”")) else f"{sentence}."


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
