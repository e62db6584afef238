"""One peer in a process of its own, which may be killed: a JSON line in, a JSON line out.

In ``{"gold": [...], "answer": "..."}``, out ``{"agrees": true | false | null, "seconds": CPU time}``. It is started by
``peers.py`` and ``speed.py`` and imports nothing of the project, so that a peer may have an environment of its own.

    python benchmarks/peerworker.py math-verify

``math-verify``
    Math-Verify's defaults. Texts without ``$`` or a box are put between dollars, as its manual asks for: bare LaTeX
    parses to nothing otherwise. Its best honest mode (precision 98 %, recall 68 % on the open part).
``math-verify-lenient``
    ``strict=False`` (letters by position, sets against tuples), ``allow_set_relation_comp=True``, and both the bare
    text and the text between dollars tried on both sides: right if any of them agrees.
``inspect-math``
    The scorer ``math()`` of inspect_ai, its two steps called directly: no event loop and no worker of its own.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable

Peer = Callable[[list[str], str], "bool | None"]
_LONG = 200  # characters: a text of more is prose with formulas in it, not a formula


def _between_dollars(text: str) -> str:
    marked = any(mark in text for mark in ("$", "\\(", "\\[", "\\boxed"))
    return text if marked or len(text) > _LONG else f"${text}$"


def math_verify() -> Peer:
    """Math-Verify with its defaults."""
    from math_verify import parse, verify  # type: ignore[import-untyped]

    def agrees(golds: list[str], answer: str) -> bool:
        given = parse(_between_dollars(answer))
        return any(verify(parse(_between_dollars(gold)), given) for gold in golds)

    return agrees


def math_verify_lenient() -> Peer:
    """Math-Verify with all that makes it say yes."""
    from math_verify import parse, verify

    def agrees(golds: list[str], answer: str) -> bool:
        given = [parse(text) for text in dict.fromkeys((answer, _between_dollars(answer)))]
        return any(
            verify(parse(text), one, strict=False, allow_set_relation_comp=True)
            for gold in golds
            for text in dict.fromkeys((gold, _between_dollars(gold)))
            for one in given
        )

    return agrees


def inspect_math() -> Peer:
    """inspect_ai's ``math()``; a ground truth that it cannot read is undecided, as it is there (an error)."""
    from inspect_ai.scorer import _math as scorer  # type: ignore[import-not-found]

    def agrees(golds: list[str], answer: str) -> bool | None:
        parsed, error = scorer._parse_targets_worker(tuple(golds))  # noqa: SLF001
        if error is not None:
            return None
        return bool(scorer._score_answer_worker(answer, parsed).status == "correct")  # noqa: SLF001

    return agrees


PEERS = {"math-verify": math_verify, "math-verify-lenient": math_verify_lenient, "inspect-math": inspect_math}


def main() -> None:
    """Answer requests until the input ends. What a peer prints goes nowhere; what it raises is undecided."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    logging.disable(logging.CRITICAL)
    peer = PEERS[sys.argv[1]]()
    peer(["$x+1$"], "$1+x$")  # tables and parsers are made at first use
    replies.write('{"ready": true}\n')
    replies.flush()
    for line in sys.stdin:
        request = json.loads(line)
        began = time.process_time()
        try:
            agrees = peer(request["gold"], request["answer"])
        except Exception:  # noqa: BLE001  # a benchmark of what others raise
            agrees = None
        seconds = time.process_time() - began
        replies.write(json.dumps({"agrees": agrees, "seconds": seconds}) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
