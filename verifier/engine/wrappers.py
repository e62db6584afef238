r"""What stands around an answer: thinking tags, answer tags, JSON, tool calls, the tokens of a chat template."""

from __future__ import annotations

import json
import re

from verifier.engine.statement import blank
from verifier.types.extraction import ExtractTable
from verifier.types.sample import Extraction

_JSON_CHARS = 100_000  # characters from the end in which a JSON object is read
_SCALAR = re.compile(r"\s*:\s*")
_FENCE = re.compile(r"[\s`]*\Z")
_DECODER = json.JSONDecoder()


def may_hold(folded: str, table: ExtractTable) -> bool:
    """Whether tags or tool calls may stand in a text: one of the signs does that all of them have."""
    for sign in table.signs:  # noqa: SIM110  # quicker than any() over so few
        if sign in folded:
            return True
    return False


def outside_thinking(folded: str, table: ExtractTable) -> tuple[int, int]:
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


def without_end_tokens(text: str, start: int, end: int, table: ExtractTable) -> int:
    """The end of the text before tokens such as ``<EOS_TOKEN>`` that a model's template leaves."""
    while True:
        while end > start and text[end - 1].isspace():
            end -= 1
        if not text.endswith(table.ends, start, end):
            return end
        end -= next(len(token) for token in table.ends if text.endswith(token, start, end))


def tagged(text: str, folded: str, start: int, end: int, table: ExtractTable) -> Extraction | None:
    """What the last answer tag holds; up to the text's end if it is never closed."""
    best: Extraction | None = None
    for tag in table.answer_tags:
        position = folded.rfind(tag.open, start, end)
        inside = position + len(tag.open)
        if position >= 0 and (best is None or inside > best.start):
            close = folded.find(tag.close, inside, end)
            stop = end if close < 0 else close
            best = Extraction(text[inside:stop], "tag", inside, stop)
    return best


def json_answer(text: str, start: int, end: int, table: ExtractTable, *, torn: bool = False) -> Extraction | None:
    """The value of an answer key in the JSON object at the text's end.

    Of an object too long to be read, or ``torn`` from its middle, the last such key.

    A list of values is one answer with its members in order.
    """
    if '"' not in text:
        return None
    fence = _FENCE.search(text, max(start, end - 16), end)
    closing = end if fence is None else fence.start()
    begin = max(start, closing - _JSON_CHARS)
    if closing <= start or text[closing - 1] != "}" or text.find('"', begin, closing) < 0:
        return None
    tried: list[int] = []
    opens = (text.find("{", begin, closing), text.rfind("\n{", begin, closing) + 1, text.rfind("{", begin, closing))
    for open_at in opens:
        if open_at < begin or open_at in tried or text[open_at] != "{":
            continue
        tried.append(open_at)
        try:
            value, stop = _DECODER.raw_decode(text, open_at)
        except (ValueError, RecursionError):
            continue
        told = _told(value, table) if stop == closing and isinstance(value, dict) else None
        if told is not None:
            return Extraction(told, "json", open_at, stop)
    return _last_key(text, start, begin, closing, table) if torn or begin > start else None


def _last_key(text: str, start: int, begin: int, closing: int, table: ExtractTable) -> Extraction | None:
    """The last answer key of a long object, read where it stands: a quote inside a string would have a backslash."""
    opening = text[start : start + 16].lstrip(" \n`jsonJSON")
    if not opening.startswith("{"):
        return None
    best: Extraction | None = None
    for key in table.json_keys:
        position = text.rfind(f'"{key}"', begin, closing)
        colon = _SCALAR.match(text, position + len(key) + 2) if position >= 0 and text[position - 1] != "\\" else None
        if colon is None or (best is not None and position < best.start):
            continue
        try:
            value, stop = _DECODER.raw_decode(text, colon.end())
        except (ValueError, RecursionError):
            continue
        told = _told({key: value}, table)
        if told is not None and stop < closing:
            best = Extraction(told, "json", position, stop)
    return best


def _told(value: dict[str, object], table: ExtractTable) -> str | None:
    """What an object's answer key says."""
    for key in table.json_keys:
        if key in value:
            return _written(value[key])
    return None


def _written(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return json.dumps(value)
    if isinstance(value, list) and value and all(isinstance(one, (str, int, float)) for one in value):
        return ", ".join(one if isinstance(one, str) else json.dumps(one) for one in value)
    return None


def unwrapped(found: Extraction, table: ExtractTable) -> Extraction:
    """What a marker or a tag announces, out of a JSON object that it is."""
    text = found.text.strip(" \n\t`")
    text = text.removeprefix("json").lstrip()
    if not (text.startswith("{") and text.endswith("}") and '"' in text):
        return found
    inner = json_answer(text, 0, len(text), table)
    return found if inner is None else Extraction(inner.text, "json", found.start, found.end)


def calls_tool(text: str, answered: int, end: int, table: ExtractTable) -> bool:
    """Whether a tool call follows the answer: the turn goes on, and this was not its end."""
    return any(text.find(call, answered, end) >= 0 for call in table.tool_calls)
