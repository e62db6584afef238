"""What the model says: by rule, about the two texts that stand in the request's content."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import msgspec

from fakeapi.faults import Json

WORDS_OF_A_POINT = 20


@dataclass(slots=True)
class Said:
    text: str
    stop: str = "end_turn"
    thinking: bool = False


def sides(content: str) -> tuple[str, list[str]]:
    """The answer and the references that stand in a request."""
    try:
        data = msgspec.json.decode(content)
    except msgspec.DecodeError:
        return content, []
    if not isinstance(data, dict):
        return content, []
    answer = data.get("answer", data.get("text_1", ""))
    reference = data.get("reference", data.get("text_2", data.get("references", [])))
    return str(answer), [str(each) for each in reference] if isinstance(reference, list) else [str(reference)]


def plain(text: str) -> str:
    return " ".join(text.split())


def held(reference: str, answer: str) -> bool:
    """Whether all words of a reference stand in an answer, whatever stands between them."""
    words = re.findall(r"\w+", reference.casefold())
    return bool(words) and set(words) <= set(re.findall(r"\w+", answer.casefold()))


def first_words(text: str) -> str:
    found = re.match(rf"\s*(?:\S+\s*){{1,{WORDS_OF_A_POINT}}}", text)
    return found.group().strip() if found else ""


def say(action: Json, content: str, schema: dict[str, Any]) -> Said:
    """The reply to a content under an action that gives one; ``schema`` holds the fields asked for, if known."""
    if isinstance(action, dict) and isinstance(action.get("text"), str):
        return Said(action["text"], action.get("stop", "end_turn"))
    if len(schema) and not schema.keys() & {"verdict", "points"}:  # another question than a judge's
        return Said(msgspec.json.encode({name: blank(each) for name, each in schema.items()}).decode())
    fields = honest(action, content, schema)
    if isinstance(action, dict):
        fields |= action
    return told(action, msgspec.json.encode(fields).decode(), fields["verdict"])


def honest(action: Json, content: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The fields of a reply."""
    answer, references = sides(content)
    verdict = action if action in ("different", "cannot_tell") else "same"
    if action == "exact":
        verdict = "same" if plain(answer) in {plain(each) for each in references} else "different"
    quote = "words that nobody ever wrote 0x5f3759df" if action == "wrong_quote" else answer
    if action == "words":
        verdict = "same" if any(held(each, answer) for each in references) else "different"
    fields: dict[str, Any]
    if "points" in schema:
        status = {"same": "present", "different": "contradicted"}.get(verdict, "absent")
        point = first_words(references[0]) if references else "the point"
        cited = "" if status == "absent" else first_words(quote)
        points = [{"point": point, "essential": True, "status": status, "quote": cited}]
        fields = {"points": points, "verdict": verdict}
    else:
        fields = {"extracted_answer": quote, "comparison": f"The two are {verdict}.", "verdict": verdict}
    fields["reference_suspect"] = blank(schema.get("reference_suspect", {}))
    if action == "off_schema":
        fields["verdict"] = "perhaps"
    return fields


def told(action: Json, text: str, verdict: str) -> Said:
    """A reply as text, or what an action makes of it."""
    match action:
        case "not_json":
            return Said(f"I think that the two are {verdict}, but I would rather not put it formally.")
        case "refusal":
            return Said("", "refusal")
        case "truncated":
            return Said(text[: len(text) // 2], "max_tokens")
        case "too_long":
            return Said(text[: len(text) // 2], "model_context_window_exceeded")
        case "prose":
            return Said(f"Let me compare them.\n\n{text}")
        case "fence":
            return Said(f"Here it is:\n```json\n{text}\n```\nThat is all.")
        case "thinking":
            return Said(text, thinking=True)
    return Said(text)


def blank(schema: dict[str, Any]) -> Json:
    """Nothing, in the type that a schema asks for."""
    kinds = schema.get("type", "boolean")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "null" in kinds or "anyOf" in schema:
        return None
    return "" if "string" in kinds else False
