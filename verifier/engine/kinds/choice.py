"""An option of the question, by its label or by its words (POLICY 47, 48)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from verifier.engine import text as texts
from verifier.engine.kinds.kind import Context, Reading, Stage, evidence
from verifier.types.budget import Meter
from verifier.types.rules import ChoiceTable, Layout, Rules
from verifier.types.sample import Option
from verifier.types.verdict import Code, Finding, passes, proves, refutes

SAME = proves("choice.same_option", "Both sides name the same option.")
OTHER = refutes("choice.other_option", "The answer names another option than the ground truth.")
LABEL_CONFLICTS = passes(
    "choice.label_conflicts", "The answer gives the letter of one option and the words of another.", specific=7
)
NO_OPTION = passes("choice.unknown_label", "A label that none of the question's options has.", specific=6)
TEXT_DIFFERS = passes(
    "choice.text_differs", "Two labelled texts, without options to say what the labels stand for.", specific=6
)
CODES: tuple[Code, ...] = (SAME, OTHER, LABEL_CONFLICTS, NO_OPTION, TEXT_DIFFERS)


class Choice(msgspec.Struct, frozen=True):
    """An option: its label, and its text where options are known.

    ``conflict`` is the label of another option whose words were given with it.
    """

    label: str
    text: str = ""
    conflict: str = ""
    known: bool = False

    def show(self) -> str:
        """The label and the text."""
        shown = f"{self.label}: {self.text}" if self.text else self.label
        return f"{shown} (but the words of {self.conflict})" if self.conflict else shown


def find_options(question: str, rules: Rules, meter: Meter) -> tuple[Option, ...]:
    """The options listed in a question, in order; empty if it lists none.

    The longest run of labels counts, of equal ones the last.
    """
    best: tuple[Option, ...] = ()
    for layout in rules.choices.layouts:
        meter.spend(len(question) // 8)
        run = _run(question, layout)
        if len(run) >= max(2, len(best) + 1):
            best = run
    if not best and "\\" in question:  # \textbf{(A)}\ 5
        unwrapped = texts.unlatex(question, rules.text, meter)
        return find_options(unwrapped.replace("\\", ""), rules, meter)
    return tuple(
        Option(option.label, texts.plain(option.text, rules.text, meter)) for option in best[: meter.budget.options]
    )


def _run(question: str, layout: Layout) -> tuple[Option, ...]:
    """The longest run ``A…, B…, C…`` of labels in this layout, each with the text up to the next."""
    marks = [(match[1], match.start(), match.end()) for match in layout.pattern.finditer(question)][-_MARKS:]
    best: list[tuple[str, int, int]] = []
    for index in range(len(marks) - 1, -1, -1):
        if marks[index][0] != layout.alphabet[0]:
            continue
        run = [marks[index]]
        for mark in marks[index + 1 :]:
            if len(run) < len(layout.alphabet) and mark[0] == layout.alphabet[len(run)]:
                run.append(mark)
        if len(run) > len(best):
            best = run
    if not best:
        return ()
    ends = [start for _, start, _ in best[1:]] + [_end_of_last(question, best[-1][2])]
    options = [
        Option(label, question[end:stop].strip(" \t\n;,")) for (label, _, end), stop in zip(best, ends, strict=True)
    ]
    return tuple(options) if all(option.text for option in options) else ()


def _end_of_last(question: str, start: int) -> int:
    """The last option ends at its line's end; a text that begins on the next line is taken from there."""
    while start < len(question) and question[start] in " \t\n":
        start += 1
    stop = question.find("\n", start)
    return len(question) if stop < 0 else stop


def read_choice(text: str, ctx: Context) -> Iterator[Reading]:
    """A label, a label with its option's words, or the exact words of one option."""
    options = ctx.demand.options
    ctx.meter.spend(len(text) + sum(len(option.text) for option in options))
    if options:
        by_words = _by_words(text, options, ctx)
        if by_words is not None:
            yield Reading(Choice(by_words.label, by_words.text, known=True), "choice")
            return
        behind = _LABEL_BEHIND.fullmatch(text)
        if behind is not None:  # "Ibuprofen (B)"
            meant = _by_words(behind[1], options, ctx)
            if meant is not None and meant.label.casefold() == behind[2].casefold():
                yield Reading(Choice(meant.label, meant.text, known=True), "choice")
                return
    found = _label(text, ctx.rules.choices, options)
    if found is None:
        return
    label, rest = found
    option = next((option for option in options if option.label.casefold() == label.casefold()), None)
    if option is None:
        if not options:
            if not rest or not _names_other_label(rest, options, ctx.rules.choices):
                yield Reading(Choice(label, rest), "choice", certain=not rest)
        elif not rest:
            yield Reading(Choice(label, conflict="?"), "choice", certain=False)
        return
    other = _by_words(rest, options, ctx) if rest else None
    conflict = other.label if other is not None and other.label != option.label else ""
    if rest and other is None and _names_other_label(rest, options, ctx.rules.choices):
        return
    yield Reading(Choice(option.label, option.text, conflict, known=True), "choice", rest)


def _by_words(text: str, options: tuple[Option, ...], ctx: Context) -> Option | None:
    """The one option whose words the text is; a label alone is not words."""
    if _is_label(text, options):
        return None
    exact = [option for option in options if option.text == text]
    if len(exact) == 1:
        return exact[0]
    wanted = texts.words(text, ctx.rules.text)
    same = [option for option, words in zip(options, ctx.demand.option_words, strict=True) if words == wanted and words]
    return same[0] if len(same) == 1 else None


def _is_label(text: str, options: tuple[Option, ...]) -> bool:
    return any(option.label.casefold() == text.strip("().: ").casefold() for option in options)


_MARKS = 200  # labels looked at in a question, from its end: twelve times as many as any alphabet has
_LABEL_BEHIND = re.compile(r"(.+?),? [(\[](\w{1,3})[)\]]")
_AFTER_LABEL = re.compile(r" ?[).:\],-](?!\d) ?| ?$|\*\* ?| (?=\()|, ")


def _label(text: str, table: ChoiceTable, options: tuple[Option, ...]) -> tuple[str, str] | None:
    """The label that a text opens with, and what follows it.

    Without options only a capital letter, or a letter in brackets, is a label.
    """
    folded = texts.fold(text)
    start, bracketed, phrased = 0, False, False
    for phrase in table.phrases:
        if folded.startswith(phrase) and not folded[len(phrase) : len(phrase) + 1].isspace():
            start, phrased = len(phrase), True
            break
    if text[start : start + 1] in {"(", "["}:
        start, bracketed = start + 1, True
    known = sorted((option.label for option in options), key=len, reverse=True)
    label = next((name for name in known if folded.startswith(name.casefold(), start)), None)
    if label is None:
        letter = text[start : start + 1]
        if not (letter.isascii() and letter.isalpha()):
            return None
        label = letter
    end = start + len(label)
    if text[end : end + 1].isalnum() or text[end : end + 1] in {"_", "'", "’", "^"}:
        return None
    after = _AFTER_LABEL.match(text, end)
    written = text[start:end]
    if bracketed:
        if text[end : end + 1] not in {")", "]"}:
            return None
    elif not phrased and (after is None or (after.group() == "" and end < len(text))):
        return None
    if not options and not (bracketed or phrased) and not written.isupper():
        return None
    if len(label) == 1 and label.isalpha() and not (bracketed or phrased) and written.islower() and label.isupper():
        return (label, "") if end == len(text) else None
    rest = text[after.end() :] if after is not None else text[end:]
    return (label if options else label.upper()), texts.strip(rest.lstrip(" ).]:-–—"))


def _names_other_label(rest: str, options: tuple[Option, ...], table: ChoiceTable) -> bool:
    """Whether the words after a label go on to name a second one ("A and C", "B or D")."""
    first = rest.partition(" ")[0]
    if first.lower() in table.joins:
        return True
    labels = {option.label for option in options} or set("ABCDEFGHIJ")
    return any(f"({label})" in rest for label in labels) or first.strip("().,") in labels


def compare_choices(gold: Choice, candidate: Choice, _ctx: Context) -> Finding:
    """The same label is the same option. A letter with the words of another option commits to neither."""
    shown = evidence(gold=gold.show(), candidate=candidate.show())
    if (
        not gold.known
        and not candidate.known
        and gold.text
        and candidate.text
        and gold.text.casefold() != candidate.text.casefold()
    ):
        return TEXT_DIFFERS.finding(**shown)
    if not gold.known and gold.text and not candidate.text:
        return TEXT_DIFFERS.finding(**shown)
    if "?" in {gold.conflict, candidate.conflict}:
        return NO_OPTION.finding(**shown)
    if gold.conflict or candidate.conflict:
        return LABEL_CONFLICTS.finding(**shown)
    code = SAME if gold.label.casefold() == candidate.label.casefold() else OTHER
    return code.finding(**shown)


STAGE = Stage("choice", ((Choice, Choice),), compare_choices)
