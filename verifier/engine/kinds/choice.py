"""An option of the question, or several, by label or by words (POLICY 47–49): what they are, and how they compare.

``options`` finds them in a question, ``choosing`` reads an answer.
"""

from __future__ import annotations

from typing import Final

import msgspec

from verifier.engine.kinds.kind import Context, Stage
from verifier.types.verdict import Code, Finding, passes, proves, refutes

SAME = proves("choice.same_option", "Both sides name the same option.")
SAME_SET = proves("choice.same_options", "Both sides name the same options.")
OTHER = refutes("choice.other_option", "The answer names another option than the ground truth.")
OTHER_NUMBER = refutes("choice.other_number", "The answer is another number than the one that the right option is.")
OTHER_SET = refutes("choice.other_options", "The answer leaves out an option of the ground truth, or names one more.")
SEVERAL = refutes("choice.several", "The answer names several options, every option or none where one is right.")
LABEL_CONFLICTS = passes(
    "choice.label_conflicts", "The answer gives the letter of one option and the words of another.", specific=7
)
GOLD_CONFLICTS = passes(
    "choice.gold_conflicts", "The ground truth gives the letter of one option and the words of another.", specific=7
)
NO_OPTION = passes("choice.unknown_label", "A label that none of the question's options has.", specific=6)
TEXT_DIFFERS = passes(
    "choice.text_differs", "Two labelled texts, without options to say what the labels stand for.", specific=6
)
UNSURE = passes(
    "choice.unsure_set", "Letters in a row, alternatives, or an order that may count: not sure to be a set.", specific=6
)
CODES: tuple[Code, ...] = (
    SAME, SAME_SET, OTHER, OTHER_NUMBER, OTHER_SET, SEVERAL, LABEL_CONFLICTS, GOLD_CONFLICTS, NO_OPTION, TEXT_DIFFERS,
    UNSURE,
)  # fmt: skip


NAME: Final = "choice"
UNKNOWN: Final = "?"


class Choice(msgspec.Struct, frozen=True, gc=False):
    """An option: its label, and its text where options are known.

    ``conflict`` is the label of another option whose words were given with it, or ``UNKNOWN`` where no option has the
    label.
    """

    label: str
    text: str = ""
    conflict: str = ""
    known: bool = False

    def show(self) -> str:
        """The label and the text."""
        shown = f"{self.label}: {self.text}" if self.text else self.label
        if self.conflict == UNKNOWN:
            return f"{shown} (none of the options)"
        return f"{shown} (but the words of {self.conflict})" if self.conflict else shown


class Choices(msgspec.Struct, frozen=True, gc=False):
    """Several options of the question, or none of them.

    Labels in the order they were named. ``glued`` says that they stood in a row without anything between them, as in
    an acronym; ``either`` that they are alternatives; ``total`` is how many options there are.
    """

    labels: tuple[str, ...]
    total: int
    glued: bool = False
    either: bool = False

    def show(self) -> str:
        """The labels."""
        return (" or " if self.either else ", ").join(self.labels) or "none of the options"


def compare_choices(gold: Choice, candidate: Choice, ctx: Context) -> Finding:
    """The same label is the same option. A letter with the words of another option commits to neither."""
    shown = ctx.sides(gold, candidate)
    if (
        not gold.known
        and not candidate.known
        and gold.text
        and candidate.text
        and gold.text.casefold() != candidate.text.casefold()
    ):
        return TEXT_DIFFERS.finding(**shown)
    if not gold.known and gold.text and not candidate.text:
        return TEXT_DIFFERS.finding(**shown)  # "E. coli" is no option E
    if UNKNOWN in {gold.conflict, candidate.conflict}:
        return NO_OPTION.finding(**shown)
    if gold.conflict:
        return GOLD_CONFLICTS.finding(**shown)
    if candidate.conflict:
        return LABEL_CONFLICTS.finding(**shown)
    code = SAME if gold.label.casefold() == candidate.label.casefold() else OTHER
    return code.finding(**shown)


def compare_sets(gold: Choices, candidate: Choices, ctx: Context) -> Finding:
    """The same options are the same answer. Their order is free, but where the question asks for one.

    All options in another order are perhaps an arrangement, and undecided.
    """
    shown = ctx.sides(gold, candidate)
    if gold.either or candidate.either:
        return UNSURE.finding(**shown)
    if frozenset(gold.labels) != frozenset(candidate.labels):
        return OTHER_SET.finding(**shown)
    ordered = ctx.demand.ordered or len(gold.labels) == gold.total
    code = UNSURE if ordered and gold.labels != candidate.labels else SAME_SET
    return code.finding(**shown)


def compare_one_with_several(gold: Choice | Choices, candidate: Choice | Choices, ctx: Context) -> Finding:
    """One option is not several, unless the several are alternatives of the ground truth or perhaps an acronym."""
    shown = ctx.sides(gold, candidate)
    sides = (gold, candidate)
    if any(isinstance(side, Choices) and side.glued for side in sides) or (isinstance(gold, Choices) and gold.either):
        return UNSURE.finding(**shown)
    if any(isinstance(side, Choice) and (side.conflict or (side.text and not side.known)) for side in sides):
        return NO_OPTION.finding(**shown)
    return (SEVERAL if isinstance(candidate, Choices) else OTHER_SET).finding(**shown)


STAGES: Final = (
    Stage("choice", ((Choice, Choice),), compare_choices),
    Stage("choices", ((Choices, Choices),), compare_sets),
    Stage("choices", ((Choice, Choices), (Choices, Choice)), compare_one_with_several),
)
