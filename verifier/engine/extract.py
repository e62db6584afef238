r"""From a response to the answer that it commits to (POLICY §A).

The last explicit marker counts (``FINAL_ANSWER:``, ``\boxed``, "the answer is", ``####``, ``<answer>``, JSON), else
the last concluding statement, else the last line. What stands in thinking tags is never the answer. Every search is
one ``rfind`` or one pass per marker: linear in the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import msgspec

from verifier.engine import text as texts
from verifier.engine.statement import BREAK, WORD, blank, leading, narrower, revised
from verifier.types.budget import Meter
from verifier.types.rules import ExtractTable, Marker, Rules, TextTable
from verifier.types.sample import Extraction
from verifier.types.verdict import Code, Finding, Standing, passes, refutes

NO_ANSWER = refutes("extract.no_answer", "The response gives no answer.", Standing.CONVENTION)
REVISED = passes(
    "extract.revised", "The response takes back or changes its answer in words that rules do not follow.", specific=8
)
IN_FORMULA = passes(
    "extract.box_in_formula", "The box is a part of a formula or a list, not the whole answer.", specific=8
)
SEVERAL_BOXES = passes(
    "extract.several_boxes",
    "The response boxes several answers, and nothing says which part each one answers.",
    specific=8,
)
MISMATCH = passes(
    "record.answer_mismatch", "The last turn commits to another answer than the record's final answer.", specific=9
)
CODES: tuple[Code, ...] = (NO_ANSWER, REVISED, IN_FORMULA, SEVERAL_BOXES, MISMATCH)

_LINE_HEAD = 64  # characters before a marker that show whether it opens its line
_ANSWER_HEAD = 20_000  # characters behind a marker in which its sentence or brace may end; what is longer is no answer
_BOX_TAIL = 200
_REMARKS = 4_000  # characters behind an answer in which it may be taken back
_CLAUSE_END = re.compile(r"(?<!\d)[.,;](?!\d)")
_TOKEN = re.compile(r"\S{1,200}")


class Found(msgspec.Struct, frozen=True):
    """What was extracted: the widest text first, then ``more`` of them, narrower, to be read in that order.

    Or a finding that ends the grade.
    """

    candidates: tuple[Extraction, ...] = ()
    more: Callable[[], tuple[Extraction, ...]] | None = None
    finding: Finding | None = None

    def each(self) -> Iterator[Extraction]:
        """The texts in their order; the narrower ones are looked for only when the others were not understood."""
        yield from self.candidates
        if self.more is not None:
            yield from self.more()


def find_answer(response: str | None, rules: Rules, meter: Meter, asked: frozenset[str] = frozenset()) -> Found:
    """The answer of a response, which may be a bare answer already; ``asked`` are the folded words of the question."""
    table = rules.extract
    if response is None or not response.strip():
        return Found(finding=NO_ANSWER.finding(response="empty"))
    meter.within("response_chars", len(response))
    meter.spend(len(response) // 64)
    text = texts.characters(response, rules.text)
    folded = texts.fold(text)
    start, end = _outside_thinking(folded, table)
    end = _without_end_tokens(text, start, end, table)
    if blank(text[start:end]):
        return Found(finding=NO_ANSWER.finding(response="nothing outside the thinking" if start else "no words"))
    markers = _markers(folded, table)
    marked = _last_marker(text, folded, start, end, markers, rules)
    if marked is None:
        if _announces_nothing(text, folded, start, end, markers):
            return Found(finding=NO_ANSWER.finding(response="nothing behind the marker"))
        return _unmarked(text, folded, start, end, rules, asked)
    if _calls_tool(text, marked.end, end, table):
        return Found(finding=NO_ANSWER.finding(response="the last turn calls a tool"))
    if marked.via == "several_boxes":
        return Found((marked,))
    if blank(marked.text):
        return Found(finding=NO_ANSWER.finding(response=f"{marked.via} is empty"))
    doubted = marked.via != "boxed" and not rules.text.doubts.isdisjoint(_head(folded, start, marked.start))
    if doubted or revised(folded[marked.end : min(end, marked.end + _REMARKS)], rules):
        return Found(finding=REVISED.finding(text=text[marked.start : marked.start + 200]))
    if marked.via == "boxed" and _in_formula(text, start, marked, end, rules.text):
        return Found(finding=IN_FORMULA.finding(text=text[max(0, marked.start - 40) : marked.end + 40]))
    if marked.via == "boxed":
        inside = _inside(text, marked)
        return Found((marked, inside), lambda: narrower(inside, rules, sole=True))
    return Found((marked,), lambda: leading(marked, rules))


def _outside_thinking(folded: str, table: ExtractTable) -> tuple[int, int]:
    """Where the text outside thinking tags stands.

    Behind the last closing tag, or before the first opening one if nothing stands behind.

    A tag never closed thinks to the end; one never opened has thought from the start.
    """
    if not any(tag.open in folded or tag.close in folded for tag in table.thinking_tags):
        return 0, len(folded)
    behind = 0
    for tag in table.thinking_tags:
        close = folded.rfind(tag.close)
        if close >= 0:
            behind = max(behind, close + len(tag.close))
    opens = [position for tag in table.thinking_tags if (position := folded.find(tag.open, behind)) >= 0]
    end = min(opens, default=len(folded))
    if behind and blank(folded[behind:end]):
        firsts = [position for tag in table.thinking_tags if (position := folded.find(tag.open)) >= 0]
        return 0, min(firsts, default=0)
    return behind, end


def _without_end_tokens(text: str, start: int, end: int, table: ExtractTable) -> int:
    """The end of the text before tokens such as ``<EOS_TOKEN>`` that a model's template leaves."""
    while True:
        while end > start and text[end - 1].isspace():
            end -= 1
        if not text.endswith(table.ends, start, end):
            return end
        end -= next(len(token) for token in table.ends if text.endswith(token, start, end))


def _last_marker(
    text: str, folded: str, start: int, end: int, markers: tuple[Marker, ...], rules: Rules
) -> Extraction | None:
    """The last explicit answer. A marker whose words are followed by a box, or by another marker, hands on to it."""
    table = rules.extract
    best: tuple[int, Extraction] | None = None
    for marker in markers:
        found = _phrase(text, folded, start, end, marker, rules.text)
        if found is not None and (best is None or found.start > best[0]):
            best = (found.start, found)
    for tag in table.answer_tags:
        open_at = folded.rfind(tag.open, start, end)
        if open_at >= 0 and (best is None or open_at + len(tag.open) > best[0]):
            inside = open_at + len(tag.open)
            close = folded.find(tag.close, inside, end)
            stop = end if close < 0 else close
            best = (inside, Extraction(text[inside:stop], "tag", inside, stop))
    quoted = _json_answer(text, start, end, table)
    if quoted is not None and (best is None or quoted.start > best[0]):
        best = (quoted.start, quoted)
    boxed = _last_box(text, start, end, table)
    if boxed is not None and (best is None or boxed.end > best[0]):
        return boxed
    return None if best is None else best[1]


def _markers(folded: str, table: ExtractTable) -> tuple[Marker, ...]:
    """The markers, none if their words cannot stand in the text."""
    for start in table.starts:
        if start in folded:
            return table.markers
    return ()


def _phrase(text: str, folded: str, start: int, end: int, marker: Marker, table: TextTable) -> Extraction | None:
    """The last occurrence of a marker's words that announces something."""
    source = text if marker.exact else folded
    best: Extraction | None = None
    for phrase in marker.phrases:
        stop = end
        while (position := source.rfind(phrase, start, stop)) >= 0:
            stop = position + len(phrase) - 1
            if _stands_free(text, position, phrase, marker) and not _supposed(folded, start, position, table):
                found = _announced(text, position + len(phrase), end, marker)
                if not blank(found.text) and not found.text.rstrip().endswith("?"):
                    if best is None or found.start > best.start:
                        best = found
                    break
            if stop <= start:
                break
    return best


_CLAUSE_HEAD = 120  # characters before a marker in which its sentence may begin
_HEAD_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?")


def _head(folded: str, start: int, position: int) -> list[str]:
    """The words before a position in its own sentence."""
    above, _, head = folded[max(start, position - _CLAUSE_HEAD) : position].rpartition("\n")
    joint = _HEAD_WORD.findall(above.rstrip().rpartition("\n")[2])
    head = head[max(head.rfind("."), head.rfind("!"), head.rfind("?")) + 1 :]
    return _HEAD_WORD.findall(head.replace("’", "'")) + (joint if len(joint) == 1 else [])  # "or", alone on a line


def _supposed(folded: str, start: int, position: int, table: TextTable) -> bool:
    """Whether the sentence before a marker speaks of another case or of other people."""
    return not table.suppositions.isdisjoint(_head(folded, start, position))


def _announces_nothing(text: str, folded: str, start: int, end: int, markers: tuple[Marker, ...]) -> bool:
    """Whether the text ends in a marker behind which nothing stands."""
    for marker in markers:
        source = text if marker.exact else folded
        for phrase in marker.phrases:
            position = source.rfind(phrase, start, end)
            if (
                position >= 0
                and _stands_free(text, position, phrase, marker)
                and blank(text[position + len(phrase) : end])
            ):
                return True
    return False


def _announced(text: str, begin: int, end: int, marker: Marker) -> Extraction:
    """What stands behind a marker: its sentence, or the next line's if its own line is empty.

    Displayed maths and code up to the text's end.
    """
    while begin < end and (text[begin] in " \t:*_}" or text.startswith("...", begin)):
        begin += 3 if text[begin] == "." else 1
    if begin < end and text[begin] == "\n":
        while begin < end and text[begin] in " \t\n:*_":
            begin += 1
    line_end = text.find("\n", begin, end)
    stop = end if line_end < 0 else line_end
    if marker.name == "final_answer" or text.startswith(("\\[", "$$", "```", "{"), begin):
        stop = end
    else:
        stop = _sentence_end(text, begin, stop) or stop
    return Extraction(text[begin:stop], marker.name, begin, stop)


def _stands_free(text: str, position: int, phrase: str, marker: Marker) -> bool:
    """Whether a phrase begins at a word's start (and at a line's, where the marker asks for it)."""
    before = text[position - 1 : position]
    if phrase[0].isalnum() and before.isalnum():
        return False
    after = text[position + len(phrase) : position + len(phrase) + 1]
    if phrase[-1].isalpha() and after.isalpha():
        return False
    if marker.line_start:
        _, newline, line = text[max(0, position - _LINE_HEAD) : position].rpartition("\n")
        opens = bool(newline) or position <= _LINE_HEAD
        return (opens and not line.strip(" \t*_#>-")) or line.rstrip().endswith((".", "!", "?"))
    return True


def _sentence_end(text: str, begin: int, stop: int) -> int | None:
    """The end of the first sentence in a line, if another follows; the stop of a label ("B. Ibuprofen") ends none."""
    for match in BREAK.finditer(text, begin, min(stop, begin + _ANSWER_HEAD)):
        if match.start() > begin + 2 or not text[begin : begin + 1].isalpha():
            return match.start()
    return None


def _json_answer(text: str, start: int, end: int, table: ExtractTable) -> Extraction | None:
    """The value of an answer key in a JSON object at the text's end."""
    if text.find("}", max(start, end - 8), end) < 0:
        return None
    open_at = text.rfind("{", start, end)
    stop = text.rfind("}", open_at, end) + 1
    if open_at < 0 or stop <= open_at or text.find('"', open_at, stop) < 0 or end - open_at > 100_000:
        return None
    try:
        value = json.loads(text[open_at:stop])
    except (ValueError, RecursionError):
        return None
    for key in table.json_keys:
        if isinstance(value, dict) and isinstance(value.get(key), (str, int, float)):
            answer = value[key]
            return Extraction(answer if isinstance(answer, str) else json.dumps(answer), "json", open_at, stop)
    return None


def _last_box(text: str, start: int, end: int, table: ExtractTable) -> Extraction | None:
    r"""The last ``\boxed{…}``, with the unit or words behind it on its line.

    Two boxes that a conjunction joins are several answers.
    """
    last = _box_before(text, start, end, end, table)
    if last is None:
        return None
    earlier = _box_before(text, start, last.start, end, table)
    if earlier is not None and blank(last.text):
        last, earlier = earlier, _box_before(text, start, earlier.start, end, table)
    if (
        earlier is not None
        and earlier.end <= last.start
        and _joined(text[earlier.end : last.start])
        and earlier.text.strip() != last.text.strip()
    ):
        return _box_run(text, start, end, last, earlier, table)
    line_end = text.find("\n", last.end, end)
    tail = text[last.end : min(end if line_end < 0 else line_end, last.end + _BOX_TAIL)]
    tail = _CLAUSE_END.split(tail, maxsplit=1)[0].replace("$", " ").replace("\\)", " ").replace("\\]", " ").strip()
    words = f"{last.text} {tail}" if last.text[-1:].isdigit() and tail and len(tail) < _BOX_TAIL else last.text
    return Extraction(words, "boxed", last.start, last.end)


_LABELLED_BOX = re.compile(r"([^\W\d_](?:_\{?\w{1,3}\}?)?|\([a-h]\)) ?=? ?$")
_MOST_BOXES = 32


def _box_run(text: str, start: int, end: int, last: Extraction, earlier: Extraction, table: ExtractTable) -> Extraction:
    """All boxes of a run that only commas or conjunctions join, as one list; with the names they are assigned to."""
    run = [last]
    previous: Extraction | None = earlier
    while previous is not None and len(run) < _MOST_BOXES and _joined(text[previous.end : run[0].start]):
        run.insert(0, previous)
        previous = _box_before(text, start, previous.start, end, table)
    parts: list[str] = []
    for box in run:
        named = _LABELLED_BOX.search(text[max(start, box.start - 12) : box.start].rstrip("$( "))
        parts.append(f"{named[0]} {box.text}" if named and named[0].rstrip().endswith("=") else box.text)
    return Extraction(", ".join(parts), "several_boxes", run[0].start, last.end)


def _box_before(text: str, start: int, before: int, end: int, table: ExtractTable) -> Extraction | None:
    """The last box that begins before a position: braces, or one token. One never closed holds all that follows."""
    best: tuple[int, str] | None = None
    for name in table.boxes:
        position = text.rfind("\\" + name, start, before)
        if position >= 0 and (best is None or position > best[0]):
            best = (position, name)
    if best is None:
        return None
    begin, opening = best[0], best[0] + 1 + len(best[1])
    while opening < end and text[opening] == " ":
        opening += 1
    if text[opening : opening + 1] == "{":
        close = texts.closing(text, opening, min(end, opening + _ANSWER_HEAD))
        stop = end if close < 0 else close
        return Extraction(text[opening + 1 : stop], "boxed", begin, end if close < 0 else close + 1)
    token = _TOKEN.match(text, opening, end)
    return None if token is None else Extraction(token[0].rstrip("$."), "boxed", begin, token.end())


def _inside(text: str, boxed: Extraction) -> Extraction:
    """The box's own words, without what stands behind it on its line."""
    opening = text.find("{", boxed.start, boxed.end)
    if opening < 0:
        return boxed
    close = texts.closing(text, opening, min(boxed.end, opening + _ANSWER_HEAD))
    stop = close if close > 0 else boxed.end
    return Extraction(text[opening + 1 : stop], "boxed", opening + 1, stop)


_JOINT = re.compile(
    r"[\s$,;.&()\\\[\]{}]*(?:q?quad)?[\s\\]*(?:(?:text|mathrm|mbox)\{)?[\s,]*(?:and|or|und|et|y)?[\s,]*(?:alternatively|also)?(?:\}[\s\\]*q?quad)?"
    r"[\s$,;.&()\\\[\]{}]*(?:[^\W\d_]\w?(?:_\{?\w{1,3}\}?)? ?=|(?:first|second|third|other) \w+ ?[:=])?[\s$]*",
    re.IGNORECASE,
)
_BEFORE_BOX = re.compile(
    r"(?:[-+*/^<>≤≥≠√×·\d]|\\(?:neq?|geq?|leq?|gt|lt|times|cdot|pm|div)|\b(?:not|or|nor|than|either)"
    r"|(?P<macro>\\[A-Za-z]+)?[({])\s*$",
    re.IGNORECASE,
)
_AFTER_BOX = re.compile(  # maths, or a macro that is neither text nor space nor the formula's end; or a conjunction
    r"\s*(?:[-+*/^<>≤≥≠√×·!_=\d(]|\\(?!text|mathrm|mbox|quad|circ|pmod|[,;%)\]$!\s])"
    r"|or\b|and\b|,?\s*\\text\{[ ,]*(?:or|and)\b)"
)


def _in_formula(text: str, start: int, boxed: Extraction, end: int, table: TextTable) -> bool:
    r"""Whether maths or a conjunction on either side makes the box a part: ``-\boxed{5}``, ``\boxed{5}\pi``."""
    head = max(start, boxed.start - _CLAUSE_HEAD)
    before = text[max(head, text.rfind("\n", head, boxed.start) + 1) : boxed.start].rstrip(" $").removesuffix("**")
    match = _BEFORE_BOX.search(before.rstrip("[") if before.endswith("\\[") else before)
    if (
        match is not None
        and not before.endswith(("\\(", "$("))
        and (match["macro"] or "\\frac")[1:] not in table.wrappers
    ):
        return True
    after = text[boxed.end : min(end, boxed.end + 40)].removeprefix("**")
    if _AFTER_BOX.match(after):
        return True
    word = WORD.match(after.lstrip(" $"))
    return word is not None and any(
        word[0].lower() in words for words in (table.modifiers, table.joiners, table.hedges)
    )


def _joined(between: str) -> bool:
    """Whether the text between two boxes only joins them."""
    return len(between) < 60 and _JOINT.fullmatch(between) is not None


def _calls_tool(text: str, answered: int, end: int, table: ExtractTable) -> bool:
    """Whether a tool call follows the answer: the turn goes on, and this was not its end."""
    return any(text.find(call, answered, end) >= 0 for call in table.tool_calls)


def _unmarked(text: str, folded: str, start: int, end: int, rules: Rules, asked: frozenset[str]) -> Found:
    """No marker: the last concluding sentence, else the last sentence; a short text is an answer as it stands."""
    table = rules.extract
    if _calls_tool(text, start, end, table):
        return Found(finding=NO_ANSWER.finding(response="the last turn calls a tool"))
    whole = Extraction(text[start:end].strip(), "whole", start, end)
    pieces = _sentences(text, start, end)
    if len(pieces) <= 1:
        return Found((whole,), lambda: narrower(whole, rules, sole=True))
    chosen, via = pieces[-1], "last_line"
    for begin, stop in reversed(pieces[-4:]):
        opening = folded[begin : begin + 24].lstrip(" *_#>-")
        if any(opening.startswith(word) for word in table.conclusions):
            chosen, via = (begin, stop), "conclusion"
            break
    if chosen != pieces[-1] and revised(folded[chosen[1] : end], rules):
        return Found(finding=REVISED.finding(text=text[chosen[0] : chosen[1]][:200]))
    last = Extraction(text[chosen[0] : chosen[1]].strip(), via, *chosen)
    if via == "conclusion":
        return Found((whole, last), lambda: narrower(last, rules, sole=True))
    line = text.rfind("\n", start, chosen[0]) + 1
    if _LABELLED.match(text, line) and len(_LABELLED.findall(text, start, end)) > 1:
        return Found((whole,))  # options listed one to a line: the last is no choice
    said = texts.fold(last.text)
    if len(last.text) < _BARE and not any(copula in said for copula in table.copulas):
        # bare lines that follow each other are a list, of which the last is no answer by itself
        previous = text[pieces[-2][0] : pieces[-2][1]].strip()
        if _ITEM.fullmatch(previous) and "\n" in text[pieces[-2][1] : chosen[0]]:
            return Found((whole,))
        return Found((whole, last))
    return Found((whole,), lambda: narrower(last, rules, sole=False, asked=asked))


_LABELLED = re.compile(r"(?:^|(?<=\n))[ \t*-]*\(?[A-J][.)] ")
_ITEM = re.compile(r"[-*•\s$\\(]*(?:[A-Z][.)] )?(?:[^\W\d_] ?= ?)?(?:[-+$]?[\d.,/]+[^\w:]*|[^\W\d_]+(?: [^\W\d_]+)?)")
_BARE = 30  # characters of a line that is an answer or a part of one, and no sentence


_ENDS_SENTENCE = re.compile(r"[.!?](?!\d)|\n")


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The last sentences of a text, as positions; displayed maths is joined to the sentence before it."""
    begin = max(start, end - 4000)
    if _ENDS_SENTENCE.search(text, begin, end) is None:
        return [(begin, end)]
    cuts = [match.span() for match in BREAK.finditer(text, begin, end)]
    bounds = [begin, *(position for cut in cuts for position in cut), end]
    pieces = [(bounds[index], bounds[index + 1]) for index in range(0, len(bounds) - 1, 2)]
    return [piece for piece in pieces if not blank(text[piece[0] : piece[1]])]
