r"""From a response to the answer that it commits to (POLICY §A).

The last explicit marker counts (``FINAL_ANSWER:``, ``\boxed``, "the answer is", ``####``, ``<answer>``, JSON), else
the last concluding statement, else a leading bare answer that is only explained, else the last line. What stands in
thinking tags is never the answer. Every search is one ``rfind`` or one pass per marker: linear in the text, and of a
very long text only parts are read (``excerpt``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from verifier.engine import boxes, limits, lines, markers, multipart, wrappers
from verifier.engine import text as texts
from verifier.engine.answering import NOTHING, WORD, Asked, countables, counted_name, has_copula
from verifier.engine.concluding import chain_again, closing_value, openings
from verifier.engine.excerpt import Excerpt, excerpt
from verifier.engine.marked import SEVERAL, Scope, beside_of, marked_in
from verifier.engine.opened import (
    ITS_LABEL,
    OPTION,
    TOLD_AGAIN,
    leaves_alone,
    opening_statement,
    opens_with_truth,
    opens_with_value,
    speaks_of,
    takes_other_side,
)
from verifier.engine.statement import BREAK, STOP, blank, breaks, confirms, leading, narrower, revised, says_again
from verifier.types.budget import Meter
from verifier.types.rules import Rules
from verifier.types.sample import Extraction
from verifier.types.verdict import Code, Finding, Standing, passes, refutes

NO_ANSWER: Final = refutes("extract.no_answer", "The response gives no answer.", Standing.CONVENTION)
REVISED: Final = passes(
    "extract.revised", "The response takes back or changes its answer in words that rules do not follow.", specific=8
)
IN_FORMULA: Final = passes(
    "extract.box_in_formula", "The box is a part of a formula or a list, not the whole answer.", specific=8
)
SEVERAL_BOXES: Final = passes(
    "extract.several_boxes",
    "The response boxes several answers, and nothing says which part each one answers.",
    specific=8,
)
SAID_LATER: Final = passes(
    "extract.said_later",
    "The response opens with another answer, and what the ground truth says stands in its explanation.",
    specific=8,
)
PART_ONLY: Final = passes(
    "extract.part_only",
    "The response marks no answer, and the statement that was read gives one value where the ground truth has several.",
    specific=8,
)
UNSETTLED: Final = passes(
    "extract.unsettled",
    "The response opens with a yes or a no, and what follows may qualify it or take it back.",
    specific=8,
)
MISMATCH: Final = passes(
    "record.answer_mismatch", "The last turn commits to another answer than the record's final answer.", specific=9
)
CODES: tuple[Code, ...] = (NO_ANSWER, REVISED, IN_FORMULA, SEVERAL_BOXES, SAID_LATER, PART_ONLY, UNSETTLED, MISMATCH)

_REMARKS: Final = 4_000  # characters behind an answer in which it may be taken back


class Found(msgspec.Struct, frozen=True, gc=False):
    """What was extracted: the widest text first, then ``more`` of them, narrower, to be read in that order.

    Or a finding that ends the grade, with the ``signs`` that stand where an answer should, if any do. ``read`` are the
    parts of a very long response that were looked at, ``lead`` the words that lead to a box, ``beside``
    the short line above what is marked and the short text behind it.
    """

    candidates: tuple[Extraction, ...] = ()
    more: Callable[[], tuple[Extraction, ...]] | None = None
    finding: Finding | None = None
    read: str = ""
    signs: Extraction | None = None
    lead: str = ""
    beside: tuple[str, str] = ("", "")

    def each(self) -> Iterator[Extraction]:
        """The texts in their order; the narrower ones are looked for only when the others were not understood."""
        yield from self.candidates
        if self.more is not None:
            yield from self.more()


def find_answer(response: str | None, rules: Rules, meter: Meter, asked: Asked = NOTHING) -> Found:
    """The answer of a response, which may be a bare answer already; ``asked`` is what the question says.

    Spans are positions in the response.
    """
    if response is None or not response.strip():
        return Found(finding=NO_ANSWER.finding(response="empty"))
    meter.within("response_chars", len(response))
    meter.spend(len(response) // 64)
    part = excerpt(response, rules.extract)
    found = _search(texts.characters(part.text, rules.text), rules, meter, asked, torn=len(part.parts) > 1)
    return found if part.whole else _placed(found, part)


def _placed(found: Found, part: Excerpt) -> Found:
    """What was found in parts of a very long response, with its place in the whole."""
    if any(part.torn(one.start, one.end) for one in found.candidates if one.via != "whole"):
        return Found(finding=limits.exhausted("answer_chars"))
    candidates = tuple(_moved(one, part) for one in found.candidates)
    more = found.more
    later = None if more is None else (lambda: tuple(_moved(one, part) for one in more()))
    return Found(candidates, later, found.finding, part.shown(), lead=found.lead, beside=found.beside)


def _moved(one: Extraction, part: Excerpt) -> Extraction:
    return Extraction(one.text, one.via, part.place(one.start), part.place(one.end))


def _search(text: str, rules: Rules, meter: Meter, asked: Asked, *, torn: bool) -> Found:
    table = rules.extract
    folded = texts.fold(text)
    wrapped = wrappers.may_hold(folded, table)
    start, end = wrappers.outside_thinking(folded, table) if wrapped else (0, len(folded))
    end = wrappers.without_end_tokens(text, start, end, table)
    if blank(text[start:end]):
        return Found(finding=NO_ANSWER.finding(response="nothing outside the thinking" if start else "no words"))
    phrases = markers.phrases_in(text, folded, table)
    scope = Scope(text, folded, start, end, phrases, wrapped, rules, asked, torn)
    marked = marked_in(scope)
    if marked is None:
        if wrapped and wrappers.calls_tool(text, start, end, table):
            return Found(finding=NO_ANSWER.finding(response="the last turn calls a tool"))
        nothing = markers.announces_nothing(text, folded, start, end, phrases)
        if nothing is not None:
            return Found(signs=nothing, finding=NO_ANSWER.finding(response="nothing behind the marker"))
        return _within(_unmarked(scope), meter)
    if wrapped and wrappers.calls_tool(text, marked.end, end, table):
        return Found(finding=NO_ANSWER.finding(response="the last turn calls a tool"))
    if marked.via == SEVERAL:
        return Found((marked,))
    if blank(marked.text):
        return Found(signs=marked, finding=NO_ANSWER.finding(response=f"{marked.via} is empty"))
    doubted = marked.via != "boxed" and (
        markers.doubted(folded, start, marked.start, rules) or _takes_back(folded[marked.start : marked.end], rules)
    )
    if doubted or revised(folded[marked.end : min(end, marked.end + _REMARKS)], rules, asked):
        return Found(finding=REVISED.finding(text=text[marked.start : marked.start + 200]))
    partial = _part_of_formula(scope, marked) if marked.via == "boxed" else None
    if partial is not None:
        return partial
    if marked.via == "boxed":
        inside = boxes.inside(text, marked)
        before, beside = boxes.lead(text, start, marked), beside_of(scope, marked)
        return Found((marked, inside), lambda: narrower(inside, rules, sole=True), lead=before, beside=beside)
    beside = beside_of(scope, marked)
    marked = wrappers.unwrapped(marked, table)
    if _is_listed(marked.text, rules) or ("\n" in marked.text and lines.lone_names(marked.text, rules.text)):
        return Found((marked,), beside=beside)
    return Found((marked,), lambda: leading(marked, rules), beside=beside)


def _takes_back(said: str, rules: Rules) -> bool:
    """Whether words right behind a short value, in its own sentence, take it back: "No, scratch that"."""
    match = _SHORT_VALUE.match(said)
    return match is not None and revised(said[match.end() :], rules)


_SHORT_VALUE: Final = re.compile(r"[\s*_$]*(?:[-+−]?\d[\d.,/]*%?|[^\W\d_]{1,12})[*_$]*[,;–—-] ?(?=\w)(?!not\b)")


def _is_listed(text: str, rules: Rules) -> bool:
    """Whether a text is a list on lines, or one item of it with its number: none of them is the answer by itself."""
    if lines.may_hold(text) and lines.read_lines(text, rules.text) is not None:
        return True
    return text[:1] in {"1", "("} and lines.is_numbered_alone(text)


def _part_of_formula(scope: Scope, boxed: Extraction) -> Found | None:
    """What is found where maths or words make a box a part of what is answered; ``None`` if it is all of it."""
    text, start, end, rules, asked = scope.text, scope.start, scope.end, scope.rules, scope.asked
    counted = countables(asked, rules)
    if not boxes.in_formula(text, start, boxed, end, rules.text, counted):
        return None
    name = counted_name(text[boxed.end : min(end, boxed.end + _NAME)], asked, rules)
    if name and not boxes.in_formula(text, start, boxed, end, rules.text, (*counted, name)):
        return None
    either = boxes.multiplied(text, boxed, end, rules)
    if either and not boxes.in_formula(text, start, boxed, end, rules.text, tuple(rules.extract.multiples)):
        return Found(either)
    return Found(finding=IN_FORMULA.finding(text=text[max(0, boxed.start - 40) : boxed.end + 40]))


_NAME: Final = 60  # characters behind a box in which what is counted is named


def _unmarked(scope: Scope) -> Found:
    """No marker: a short text is an answer as it stands, of a longer one a statement counts."""
    whole = Extraction(scope.text[scope.start : scope.end].strip(), "whole", scope.start, scope.end)
    if "\n" in whole.text and _is_listed(whole.text, scope.rules):
        return Found((whole,))
    first = multipart.last_start(scope.text, scope.start, scope.end) if multipart.may_hold(scope.text) else -1
    told = None if first < 0 else multipart.in_parts(scope.text[first : scope.end])
    if told is not None:
        return Found((Extraction(told, "parts", first, scope.end), whole))
    ticked = _ticked(scope)
    if ticked is not None:
        return Found((ticked,))
    pieces = _sentences(scope)
    kept = len(pieces)
    while kept > 1 and _is_remark(scope, *pieces[kept - 1]):
        kept -= 1
    if kept < len(pieces):
        pieces = pieces[:kept]
        whole = Extraction(scope.text[scope.start : pieces[-1][1]].strip(), "whole", scope.start, pieces[-1][1])
    if len(pieces) <= 1:
        return Found((whole,), lambda: narrower(whole, scope.rules, sole=True, asked=scope.asked))
    found = _stated(scope, pieces, whole)
    opening = scope.text[scope.start : pieces[0][1]]
    labelled = ITS_LABEL.fullmatch(opening) is not None
    named = scope.asked.options and OPTION.match(opening) is not None and len(pieces) > 1 + labelled
    if found.candidates[:1] == (whole,) and (named or opens_with_truth(texts.fold(opening), scope.rules)):
        if len(WORD.findall(scope.text, pieces[0][1], scope.end)) < TOLD_AGAIN:
            return found
        rest = found.candidates[1:]
        unsettled = Found(finding=UNSETTLED.finding(text=whole.text[:200]))
        return msgspec.structs.replace(found, candidates=rest) if rest else unsettled
    return found


def _ticked(scope: Scope) -> Extraction | None:
    """The one line of a list of boxes to tick that is ticked; ``None`` if there is no such list, or several are."""
    if "[ ]" not in scope.text:
        return None
    boxed = list(_TICKED.finditer(scope.text, scope.start, scope.end))
    ticked = [match for match in boxed if match[1] != " "]
    if len(boxed) < 2 or len(ticked) != 1:
        return None
    return Extraction(ticked[0][2].strip(), "ticked", ticked[0].start(2), ticked[0].end(2))


_TICKED: Final = re.compile(r"(?:^|(?<=\n))[ \t]*[-*•]? ?\[([ xX✓✔])\] ?([^\n]+)")


def _is_remark(scope: Scope, begin: int, end: int) -> bool:
    """Whether a last sentence changes nothing (POLICY 3): a remark in brackets ("(Check: 3 · 4 = 12.)"), a courtesy."""
    said, table = scope.folded[begin:end].strip(), scope.rules.extract
    opening = said.lstrip(" *_#>-")
    courteous = opening.startswith(table.courtesies) or (opening.startswith("i ") and _of_writer(WORD.findall(said)))
    if courteous or any(said.find(check) >= 0 for check in table.checks):
        plain = scope.rules.text.doubts.isdisjoint(WORD.findall(said)) and not revised(said, scope.rules)
        lettered = _OPTION_LETTER.search(scope.text, begin, end) is not None
        if plain and not lettered and not (courteous and any(map(str.isdigit, said))):
            return True
    first = WORD.match(said, 1)
    bracketed = said.startswith("(") and said.endswith(")") and said.count("(") == said.count(")")
    return (
        bracketed and first is not None and first[0] in scope.rules.extract.remarks and not revised(said, scope.rules)
    )


def _of_writer(words: list[str]) -> bool:
    """Whether a sentence says what its writer did: "I added the numbers"; not what he holds."""
    return len(words) > 1 and words[0] == "i" and words[1] not in _HOLDS


_HOLDS: Final = frozenset({
    "think", "believe", "guess", "say", "mean", "choose", "pick", "select", "conclude", "would", "am", "answer", "get",
    "suppose", "assume", "see", "find", "go", "was", "made", "have", "should", "must", "meant", "misread", "take",
})  # fmt: skip
_OPTION_LETTER: Final = re.compile(r"(?<![\w'’-])\(?[B-H]\)?(?![\w'’]|-\w)")


def _within(found: Found, meter: Meter) -> Found:
    """What was found, without texts that are too long to be an answer, where a part of them may be one."""
    longest = meter.budget.answer_chars
    if found.finding is not None or all(len(one.text) <= longest for one in found.candidates):
        return found
    parts = tuple(one for one in found.each() if len(one.text) <= longest)
    return Found(parts) if parts else Found(finding=limits.exhausted("answer_chars"))


def _stated(scope: Scope, pieces: list[tuple[int, int]], whole: Extraction) -> Found:
    """The last concluding sentence, else a leading answer, else the last sentence."""
    text, folded, end, rules = scope.text, scope.folded, scope.end, scope.rules
    value = closing_value(text[slice(*pieces[-1])], scope.asked, rules)
    if value is not None and not any(closing_value(text[slice(*piece)], scope.asked, rules) for piece in pieces[:-1]):
        return Found((whole, Extraction(value, "last_line", *pieces[-1])))
    chosen, via = _concluding(scope, pieces)
    if not via:
        return _last_stated(scope, pieces, whole)
    if chosen != pieces[-1] and revised(folded[chosen[1] : end], rules):
        return Found(finding=REVISED.finding(text=text[slice(*chosen)][:200]))
    if says_again(folded[slice(*chosen)], folded[chosen[1] : end], rules):
        return Found((whole,))
    if chosen != pieces[-1] and not leaves_alone(folded[slice(*chosen)], text[chosen[1] : end], scope.asked, rules):
        return _last_stated(scope, pieces, whole, concluded=True)
    last = _sentence(scope, chosen, via)
    return Found((whole, last), lambda: (*narrower(last, rules, sole=True, asked=scope.asked), *_again(scope, chosen)))


def _concluding(scope: Scope, pieces: list[tuple[int, int]]) -> tuple[tuple[int, int], str]:
    """The last of the last sentences that concludes or restates, and which of both; nothing without one."""
    table = scope.rules.extract
    for begin, stop in reversed(pieces[-4:]):
        opening = scope.folded[begin : begin + 24].lstrip(" *_#>-")
        if opening.startswith(table.conclusions):
            return (begin, stop), "conclusion"
        if opening.startswith(table.restatements):
            return (begin, stop), "restatement"
    return pieces[-1], ""


def _sentence(scope: Scope, piece: tuple[int, int], via: str) -> Extraction:
    return Extraction(_BULLET.sub("", scope.text[slice(*piece)].strip()), via, *piece)


def _last_stated(scope: Scope, pieces: list[tuple[int, int]], whole: Extraction, *, concluded: bool = False) -> Found:
    """A leading answer or an opening statement that the rest explains, or what the last sentence says.

    Where another sentence has ``concluded``, or speaks of what is asked itself, the last must speak of nothing else.
    """
    text, folded, start, end = scope.text, scope.folded, scope.start, scope.end
    rules, asked = scope.rules, scope.asked
    led = _leading_answer(scope)
    if led is not None:
        return Found((whole, led))
    chosen = pieces[-1]
    last = _sentence(scope, chosen, "last_line")

    def within() -> tuple[Extraction, ...]:
        rivalled = concluded or any(speaks_of(folded[slice(*piece)], asked, rules) for piece in pieces[-4:-1])
        told = rivalled and not speaks_of(folded[slice(*chosen)], asked, rules)
        said = () if told else narrower(last, rules, sole=False, asked=asked, related=True)
        return (*said, *_chained(scope, pieces[-2], chosen))

    opened = opening_statement(text, folded, start, end, asked, rules)
    if opened is not None:
        first = opened
        return Found((first, whole), lambda: narrower(first, rules, sole=True, asked=asked, related=True) or within())
    line = text.rfind("\n", start, chosen[0]) + 1
    if _LABELLED.match(text, line) and len(_LABELLED.findall(text, start, end)) > 1:
        return Found((whole,))  # options listed one to a line: the last is no choice
    said = texts.fold(last.text)
    if len(last.text) < _BARE and not has_copula(said, rules):
        # bare pieces that follow each other are a list, of which the last is no answer by itself
        if _ITEM.fullmatch(text[slice(*pieces[-2])].strip(" \t\n*_").rstrip(".?!")):
            return Found((whole,))
        return Found((whole, last), within)
    if opens_with_value(text[start : min(end, start + _BARE)]):
        return Found((whole,))  # "600 W. The voltage is 120 V.": two values, and either may be meant
    return Found((whole,), within)


def _chained(scope: Scope, before: tuple[int, int], last: tuple[int, int]) -> tuple[Extraction, ...]:
    """The value of the last sentence, where the chain before it ends in the same."""
    value = chain_again(scope.text[slice(*last)], scope.text[slice(*before)], scope.asked, scope.rules)
    return () if value is None else (Extraction(value, "chain_again", *last),)


_BULLET: Final = re.compile(r"^[-*•>#]{1,4}[ \t]+")


def _again(scope: Scope, chosen: tuple[int, int]) -> tuple[Extraction, ...]:
    """What the rest of a text says again of the value that its conclusion gives in words not understood."""
    begin, stop = chosen
    rest = scope.text[stop : scope.end].strip()
    if not rest or "\n" in rest or not confirms(scope.folded[begin:stop], rest, scope.asked):
        return ()
    last = Extraction(rest, "last_line", stop, scope.end)
    return narrower(last, scope.rules, sole=False, asked=scope.asked, related=True)


def _leading_answer(scope: Scope) -> Extraction | None:
    """A bare answer at the start that the rest only explains (POLICY 1).

    A yes or a no, and anything else where an explanation is announced; nothing where the rest concludes or takes back.
    """
    text, folded, start, end, rules = scope.text, scope.folded, scope.start, scope.end, scope.rules
    cut = BREAK.search(text, start, min(end, start + 2 * _BARE))
    if cut is None or cut.start() - start > _BARE:
        return None
    first = texts.fold(text[start : cut.start()]).strip(" \n*_.!")
    rest = folded[cut.end() : end].lstrip(" \n*_#>-")
    truth = first in rules.truth.words
    if not truth and not (rest.startswith(rules.extract.explanations) and not has_copula(first, rules)):
        return None
    if truth and takes_other_side(first, rest, scope.asked, rules):
        return None
    told = rest.partition("\n")[0]
    conceded = told.startswith(rules.extract.concessions)
    if truth and not rules.text.qualifiers.isdisjoint(WORD.findall(told)[1 if conceded else 0 :]):
        return None
    if not first or any(word in rest for word in rules.extract.conclusions) or revised(rest[:_REMARKS], rules):
        return None
    return Extraction(text[start : cut.start()].strip(), "leading_answer", start, cut.start())


_LABELLED: Final = re.compile(r"(?:^|(?<=\n))[ \t*-]*\(?[A-J][.)] ")
_ITEM: Final = re.compile(
    r"[-*•+>`\s$\\(]*(?:[A-Z][.)] )?(?:[^\W\d_] ?= ?)?(?:[-+$]?[\d.,/]+[^\w:]*|[^\W\d_]+(?: [^\W\d_]+)?)"
)
_BARE: Final = 30  # characters of a line that is an answer or a part of one, and no sentence


_LAST_SENTENCES: Final = 1_000  # characters from the end in which the last sentences are sought first
_ENOUGH: Final = 6  # of them


def _sentences(scope: Scope) -> list[tuple[int, int]]:
    """The last sentences of a text, as positions; displayed maths is joined to the sentence before it."""
    text, start, end, table = scope.text, scope.start, scope.end, scope.rules.extract
    if (
        end - start <= _LAST_SENTENCES
        and STOP.search(text, start, end) is None
        and not any(openings(text, start, end, table))
    ):
        return [(start, end)]
    for size in (_LAST_SENTENCES, 4 * _LAST_SENTENCES):
        begin = max(start, end - size)
        found = {cut[1]: cut for cut in openings(text, begin, end, table)}
        found |= {cut[1]: cut for cut in breaks(text, begin, end)}
        cuts = sorted(found.values())
        if len(cuts) > _ENOUGH:
            break
    if not cuts:
        return [(begin, end)]
    bounds = [begin, *(position for cut in cuts for position in cut), end]
    pieces = [(bounds[index], bounds[index + 1]) for index in range(0, len(bounds) - 1, 2)]
    return [piece for piece in pieces if not blank(text[piece[0] : piece[1]])]
