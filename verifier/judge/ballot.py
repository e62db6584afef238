"""What a model's reply says, read with care: what is not as it was asked for is no vote (pure, total)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from verifier.judge.quoting import is_quoted
from verifier.judge.rubric import MOST_POINTS, STATUSES, VERDICTS, Case
from verifier.types.opinion import Opinion, Reply
from verifier.types.verdict import Code, passes

REFUSED = passes("judge.refused", "The judge's model refused to answer.")
TRUNCATED = passes("judge.truncated", "The judge's reply was cut off at its limit of length.")
TOO_LONG = passes("judge.too_long", "The question was too long for the judge's model.")
NOT_JSON = passes("judge.not_json", "The judge's reply is no JSON.")
OFF_SCHEMA = passes("judge.off_schema", "The judge's reply does not have the fields or the values that were asked for.")
QUOTE_MISSING = passes("judge.quote_missing", "What the judge took for the answer does not stand in the answer.")
INCONSISTENT = passes("judge.inconsistent", "The judge's verdict does not follow from the points that it lists.")
CODES: tuple[Code, ...] = (REFUSED, TRUNCATED, TOO_LONG, NOT_JSON, OFF_SCHEMA, QUOTE_MISSING, INCONSISTENT)

Vote = Literal["same", "different", "cannot_tell", ""]
Status = Literal["present", "absent", "contradicted"]
MOST_WORDS: Final = 20
"""Of the quote that stands for a point."""

_STOPS: Final = {"refusal": REFUSED, "max_tokens": TRUNCATED, "model_context_window_exceeded": TOO_LONG}
_MOST_CHARS = 200_000  # of a reply that is looked at; the schema's own bound is far below
_MOST_OBJECTS = 128  # openings of objects and lists that are tried; of what stands behind them nobody knows


class Point(msgspec.Struct, frozen=True):
    """A key point of the reference, and what the answer does with it."""

    point: str
    essential: bool
    status: Status
    quote: str


class Ballot(msgspec.Struct, frozen=True, kw_only=True):
    """One vote, or the trouble that made it none; ``quote`` is what was taken for the answer.

    ``suspect`` says why the reference itself looks wrong, and is empty where it does not. ``opinion`` is what the vote
    was read from, ``None`` where nothing arrived.
    """

    verdict: Vote = ""
    quote: str = ""
    comparison: str = ""
    suspect: str = ""
    trouble: Code | None = None
    detail: str = ""
    points: tuple[Point, ...] = ()
    opinion: Opinion | None = None


def read(reply: Reply, case: Case, *, long: bool = False) -> Ballot:
    """The vote in a reply. Any text gives a ballot; one that is cut off, refused or not as asked gives trouble."""
    ballot = _formed(reply, long=long)
    if ballot.trouble is not None:
        return ballot
    return _weighed(ballot, case) if long else _quoted(ballot, case)


def usable(opinion: Opinion) -> bool:
    """Whether a reply is a vote as far as it can be seen without its case: whether its quotes stand in the answer."""
    ballot = _formed(opinion.reply, long=opinion.rubric.startswith("long"))
    if ballot.trouble is not None or ballot.verdict == "cannot_tell":
        return ballot.trouble is None
    if not ballot.points:
        return bool(ballot.quote.strip())
    said = [point for point in ballot.points if point.status != "absent"]
    return _follows(ballot) and all(_is_short(point) and point.quote.strip() for point in said)


def _formed(reply: Reply, *, long: bool) -> Ballot:
    """The vote in a reply, whatever it quotes."""
    stopped = _STOPS.get(reply.stop)
    if stopped is not None:
        return Ballot(trouble=stopped, detail=reply.stop)
    objects = list(_objects(reply.text[:_MOST_CHARS]))
    if not objects:
        return Ballot(trouble=OFF_SCHEMA if _is_json(reply.text) else NOT_JSON)
    ballots = [one for one in (_long(value) if long else _short(value) for value in objects) if one is not None]
    if not ballots or any(_dissents(value, ballots[-1].verdict) for value in objects):
        return Ballot(trouble=OFF_SCHEMA)
    return ballots[-1]


def stands(quote: str, case: Case) -> bool:
    """Whether a quote stands in the answer as what it says there: "5" does not in "15", in "2.5", in "-5", in "5%"."""
    return any(is_quoted(quote, part, case.quoting) for part in case.parts)


def _dissents(value: object, vote: Vote) -> bool:
    """Whether a value beside the one that is read says otherwise, says two things, or lists what it says."""
    if not isinstance(value, dict):
        return True
    verdict = value.get("verdict", vote)
    return isinstance(verdict, str) and verdict in VERDICTS and verdict != vote


def _short(value: object) -> Ballot | None:
    if not isinstance(value, dict):
        return None
    quote, comparison = value.get("extracted_answer"), value.get("comparison")
    verdict, suspect = value.get("verdict"), value.get("reference_suspect")
    if not isinstance(quote, str) or not isinstance(comparison, str) or not isinstance(suspect, bool):
        return None
    if not isinstance(verdict, str) or verdict not in VERDICTS:
        return None
    return Ballot(
        verdict=_VOTES[verdict],
        quote=quote,
        comparison=comparison,
        suspect=(comparison.strip() or "no reason given") if suspect else "",
    )


def _long(value: object) -> Ballot | None:
    if not isinstance(value, dict):
        return None
    listed, verdict, suspect = value.get("points"), value.get("verdict"), value.get("reference_suspect")
    if not isinstance(verdict, str) or verdict not in VERDICTS or not isinstance(suspect, bool):
        return None
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_POINTS:
        return None
    points = [point for point in map(_point, listed) if point is not None]
    if len(points) < len(listed) or not any(point.essential for point in points):
        return None
    telling = next((point for point in points if point.status != "present"), points[0])
    return Ballot(
        verdict=_VOTES[verdict],
        comparison=f"{telling.status}: {telling.point}",
        suspect="no reason given" if suspect else "",
        points=tuple(points),
    )


def _point(value: object) -> Point | None:
    if not isinstance(value, dict):
        return None
    told, quote = value.get("point"), value.get("quote")
    essential, status = value.get("essential"), value.get("status")
    if not isinstance(told, str) or not isinstance(quote, str) or not isinstance(essential, bool):
        return None
    return Point(told, essential, _FOUND[status], quote) if isinstance(status, str) and status in STATUSES else None


_VOTES: Final[dict[str, Vote]] = {"same": "same", "different": "different", "cannot_tell": "cannot_tell"}
_FOUND: Final[dict[str, Status]] = {"present": "present", "absent": "absent", "contradicted": "contradicted"}


def _quoted(ballot: Ballot, case: Case) -> Ballot:
    if ballot.verdict == "cannot_tell" or stands(ballot.quote, case):
        return ballot
    return msgspec.structs.replace(ballot, verdict="", trouble=QUOTE_MISSING)


def _weighed(ballot: Ballot, case: Case) -> Ballot:
    """The vote that follows from the points; it must be the model's own, which may always say that it cannot tell."""
    if ballot.verdict == "cannot_tell":
        return ballot
    said = [point for point in ballot.points if point.status != "absent"]
    if any(not _is_short(point) or not stands(point.quote, case) for point in said):
        return msgspec.structs.replace(ballot, verdict="", trouble=QUOTE_MISSING)
    if not _follows(ballot):
        return msgspec.structs.replace(ballot, verdict="", trouble=INCONSISTENT)
    contradicted = any(point.status == "contradicted" for point in said)
    quote = next((point.quote for point in said if not contradicted or point.status == "contradicted"), "")
    return msgspec.structs.replace(ballot, quote=quote)


def _is_short(point: Point) -> bool:
    return len(point.quote.split()) <= MOST_WORDS


def _follows(ballot: Ballot) -> bool:
    """Whether a vote is the one that its points come to."""
    missing = any(point.essential and point.status == "absent" for point in ballot.points)
    contradicted = any(point.status == "contradicted" for point in ballot.points)
    return ballot.verdict == ("different" if missing or contradicted else "same")


def _objects(text: str) -> Iterator[object]:
    """The JSON objects of a text: the text itself, or each that stands in prose or in a code fence, in order.

    ``None`` stands for one that has a field twice, a list for one that holds objects, whole or cut off.
    """
    whole = _decoded(text)
    if whole is not None:
        yield whole
        return
    place = 0
    for _ in range(_MOST_OBJECTS):
        opening = _OPENING.search(text, place)
        if opening is None:
            return
        try:
            value, place = _DECODER.raw_decode(text, opening.start())
        except (ValueError, RecursionError):
            if _OPENED.match(text, opening.start()):
                yield []
            place = opening.end()
            continue
        if not isinstance(value, list) or any(one is None or isinstance(one, dict) for one in _flat(value)):
            yield value
    if _OPENING.search(text, place):
        yield None


def _flat(value: list[object]) -> Iterator[object]:
    """What stands in a list and in the lists within it."""
    waiting: list[object] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        else:
            yield one


def _decoded(text: str) -> object:
    try:
        value = _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _is_json(text: str) -> bool:
    try:
        _DECODER.decode(text[:_MOST_CHARS])
    except (ValueError, RecursionError):
        return False
    return True


def _fields(pairs: list[tuple[str, object]]) -> dict[str, object] | None:
    """An object; one that has a field twice says two things, and fits no schema."""
    found = dict(pairs)
    return found if len(found) == len(pairs) else None


_OPENING = re.compile(r"\{(?=\s*[\"}])|\[")
_OPENED = re.compile(r"\[[\[\s]*\{\s*\"")
_DECODER = json.JSONDecoder(strict=False, object_pairs_hook=_fields)
