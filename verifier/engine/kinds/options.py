"""The options that a question lists: runs of labels in the layouts of ``rules/choices``, and plain bullets."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from verifier.engine import text as texts
from verifier.types.budget import Meter
from verifier.types.choices import Layout
from verifier.types.rules import Rules
from verifier.types.sample import Option

BULLET: Final = "•"
"""What the labels of options without labels begin with: ``•1`` is the first of them."""

_MARKS: Final = 200  # labels looked at in a question, from its end: twelve times as many as any alphabet has
_BULLET_WORDS: Final = 12  # words of a line that is an option and no paragraph
_MOST_BULLETS: Final = 20
_WRAPPED: Final = re.compile(r"\\[a-z]+ ?\{ ?\(?[Aa][).:}]")
_ITEM: Final = re.compile(r"[-*•–▪◦‣·●○] +(?=\S)")
_ASKS: Final = ("?", "？", "؟", ":", ";", "__")  # ";" asks in Greek
_BEFORE_FIRST: Final = frozenset("\n?:.!)]}$\\;？؟")


def find_options(question: str, rules: Rules, meter: Meter) -> tuple[Option, ...]:
    """The options listed in a question, in order; empty if it lists none.

    The last run of labels counts, of two that overlap the longer. Labels that number other things as often (1., i.)
    count only where no others stand, and bullets only at the question's end, behind what asks or introduces them.
    """
    question = texts.characters(question, rules.text)
    table = rules.choices
    layouts = table.layouts if question.isascii() else (*table.layouts, *table.foreign)
    found = _last_run(question, layouts, rules, meter)
    if not found and "\\" in question and _WRAPPED.search(question):  # \textbf{(A)}\ 5
        unwrapped = texts.unlatex(question, rules.text, meter)
        return find_options(unwrapped.replace("\\", ""), rules, meter)
    found = found or _last_run(question, table.weak, rules, meter) or _bullets(question)
    return tuple(
        Option(option.label, texts.plain(option.text, rules.text, meter)) for option in found[: meter.budget.options]
    )


def bare_label(label: str) -> str:
    """A label without the brackets or the stop around it: ``(A)`` and ``A.`` are ``A``."""
    return label.strip(" ().:[]") or label.strip()


def _last_run(question: str, layouts: tuple[Layout, ...], rules: Rules, meter: Meter) -> tuple[Option, ...]:
    """The options of the last run of labels in any of the layouts."""
    best = _Run(-1, -1, ())
    meter.spend(len(question) // 32 * len(layouts))
    for layout in layouts:
        if layout.first not in question or layout.second not in question:
            continue
        meter.spend(len(question) // 4)
        run = _run(question, layout)
        behind, apart = run.start >= best.end, run.end <= best.start
        longer = not apart and len(run.options) > len(best.options)
        if len(run.options) >= 2 and (behind or longer) and not _are_tasks(run.options, rules):
            best = run
    return best.options


def _are_tasks(options: tuple[Option, ...], rules: Rules) -> bool:
    """Whether these are the parts of a question, each with a task: "(a) Find its speed. (b) Find its height."."""
    first = [texts.fold(option.text).partition(" ")[0].strip("*:,.") for option in options]
    return all(word in rules.demand.tasks for word in first)


class _Run(msgspec.Struct, frozen=True, gc=False):
    """A run of labels in a question: where it begins and ends, and the options."""

    start: int
    end: int
    options: tuple[Option, ...]


def _run(question: str, layout: Layout) -> _Run:
    """The last run ``A…, B…, C…`` of labels in this layout, each with the text up to the next.

    Within a line, a first label stands behind a stop, a colon or a formula: "type A. Then type B." lists nothing.
    """
    marks = [(match[1], match.start(), match.end()) for match in layout.pattern.finditer(question)][-_MARKS:]
    for index in range(len(marks) - 1, -1, -1):
        if marks[index][0] != layout.alphabet[0]:
            continue
        before = question[: marks[index][1]].rstrip(" *\t")[-1:]
        if before and before not in _BEFORE_FIRST and marks[index][1] > 0 and question[marks[index][1]] != "\n":
            continue
        run = [marks[index]]
        for mark in marks[index + 1 :]:
            if len(run) < len(layout.alphabet) and mark[0] == layout.alphabet[len(run)]:
                run.append(mark)
        if len(run) < 2:
            continue
        ends = [start for _, start, _ in run[1:]] + [_end_of_last(question, run[-1][2])]
        texts_between = [question[end:stop].strip(" \t\n;,") for (_, _, end), stop in zip(run, ends, strict=True)]
        if all(texts_between):
            options = tuple(Option(label, words) for (label, _, _), words in zip(run, texts_between, strict=True))
            return _Run(marks[index][1], ends[-1], options)
    return _Run(-1, -1, ())


def _end_of_last(question: str, start: int) -> int:
    """The last option ends at its line's end; a text that begins on the next line is taken from there."""
    while start < len(question) and question[start] in " \t\n":
        start += 1
    stop = question.find("\n", start)
    return len(question) if stop < 0 else stop


def _bullets(question: str) -> tuple[Option, ...]:
    """The lines with bullets that end a question, behind a line that asks or introduces; none of them a paragraph."""
    lines = [line.strip() for line in question.rstrip().split("\n")[-_MOST_BULLETS - 2 :]]
    items: list[str] = []
    while lines and (mark := _ITEM.match(lines[-1])) is not None:
        items.insert(0, lines.pop()[mark.end() :].strip())
    while lines and not lines[-1]:
        lines.pop()
    introduced = bool(lines) and any(sign in lines[-1] for sign in _ASKS)
    named = len(items) == len(set(items)) and all(len(item.split()) <= _BULLET_WORDS for item in items)
    if not 2 <= len(items) <= _MOST_BULLETS or not introduced or not named:
        return ()
    return tuple(Option(f"{BULLET}{place}", item) for place, item in enumerate(items, 1))
