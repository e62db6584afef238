"""What is said when a run has ended of what went wrong: a judge that did not answer, inputs that are no JSON lines."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from verifier.batch.chunks import Tally
from verifier.batch.terminal import commonest, counted
from verifier.judge.trouble import CODES
from verifier.records import NOT_JSON, NOT_OBJECT

_MEANINGS: Final = {code.name: code.summary for code in CODES}
_MOST: Final = 1 << 20
_SEPARATORS: Final = (",", "\t", ";")


class _Listed(msgspec.Struct):
    """As much as is needed of a line of an errors file."""

    code: str
    raw: str | None = None


def unanswered(tally: Tally) -> str | None:
    """That the judge did not answer some of what was put to it, and mostly why; ``None`` where it answered all."""
    troubles = commonest({code: rows for code, rows in tally.judged.items() if code in _MEANINGS})
    if not troubles:
        return None
    silent = sum(rows for _, rows in troubles)
    asked = counted(tally.asked, "question")
    what = f"answered none of {asked}" if silent == tally.asked else f"did not answer {silent:,} of {asked}"
    (code, rows), more = troubles[0], len(troubles) > 1
    meaning = _MEANINGS[code].rstrip(".")
    why = f"{meaning[0].lower()}{meaning[1:]} ({code}{f', {rows:,} of them' if more else ''})"
    return f"the judge {what}: {why}; --regrade asks again"


def misread(errors: Path, tally: Tally) -> str | None:
    """What an input looks to be instead of a JSON object a line, by the first line that its errors file lists."""
    try:
        with errors.open("rb") as file:
            first = msgspec.json.decode(file.readline(_MOST), type=_Listed)
    except (OSError, msgspec.DecodeError):
        return None
    raw = (first.raw or "").strip()
    if first.code not in {NOT_JSON.name, NOT_OBJECT.name}:
        return None
    if raw.startswith("["):
        return "one JSON object a line is expected; this looks like a JSON array: jq -c '.[]' FILE writes lines"
    if tally.errors < tally.rows:
        return None
    if raw == "{":
        return "one JSON object a line is expected; this looks like objects over several lines: jq -c . FILE joins them"
    if first.code == NOT_JSON.name and any(raw.count(mark) for mark in _SEPARATORS) and not raw.startswith("{"):
        return "one JSON object a line is expected; this looks like CSV"
    return None
