"""What finding the answer costs: CPU of ``find_answer`` on a 2 kB response, and on 10 MB ones.

    python benchmarks/extraction.py              # prints a table; exit status 1 where a goal is missed

Texts are made here: with the answer behind a marker, in a box, in the last sentence, in another language, and nowhere;
and long ones of ASCII, Cyrillic and hostile repetition.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

from verifier import load_rules
from verifier.engine.extract import find_answer
from verifier.types.budget import Meter

SHORT = 2_000
LONG = 10_000_000
GOALS = {SHORT: 100e-6, LONG: 50e-3}  # seconds of CPU

_WORKING = "First we take the 12 boxes of 24 cans each, since 3 < 4, and find that \\frac{a}{b} is 288. "
_RUSSIAN = "Сначала возьмём 12 коробок по 24 банки, тогда всего получится 288 банок. "


def _filled(sentence: str, size: int, end: str) -> str:
    """Text of a size in UTF-8 bytes, about."""
    width = len(sentence.encode()) / len(sentence)
    length = int((size - len(end.encode())) / width)
    return (sentence * (length // len(sentence) + 1))[:length] + end


def texts(size: int) -> Iterator[tuple[str, str]]:
    """Responses of a size in bytes, by name."""
    yield "marker at the end", _filled(_WORKING, size, "\nThe answer is 288.")
    yield "box at the end", _filled(_WORKING, size, "\nHence $\\boxed{288}$.")
    yield "last sentence", _filled(_WORKING, size, " Therefore she has 288 cans.")
    yield "JSON", '{"reasoning": "' + _filled(_WORKING.replace("\\", ""), size - 15, '", "answer": "288"}')
    yield "answer at the head", "Final answer: 288\n" + _filled(_WORKING, size - 18, "")
    yield "Russian marker", _filled(_RUSSIAN, size, "\nОтвет: 288")
    yield "nothing, in Russian", _filled(_RUSSIAN, size, "")
    yield "thinking", "<think>" + _filled(_WORKING, size - 7, "</think>The answer is 288.")
    yield "suppositions only", _filled("If the answer is 5 we go on. ", size, "")
    yield "boxes only", _filled("\\boxed{5} or ", size, "")
    yield "braces only", _filled("{", size, "")


def measured(text: str, rounds: int) -> float:
    """The least CPU seconds of some rounds."""
    rules = load_rules()
    best = float("inf")
    for _ in range(rounds):
        meter = Meter(rules.default_profile.budget)
        begun = time.process_time()
        find_answer(text, rules, meter)
        best = min(best, time.process_time() - begun)
    return best


def main() -> int:
    """Print the table and say whether the goals hold."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="rounds of which the fastest counts (default 5)")
    rounds = parser.parse_args().rounds
    missed = 0
    for size, goal in GOALS.items():
        print(f"{size:,} bytes, goal {goal * 1e6:,.0f} µs")
        for name, text in texts(size):
            took = measured(text, rounds * 20 if size == SHORT else rounds)
            missed += took > goal
            print(f"  {name:22} {took * 1e6:10,.0f} µs{'  MISSED' if took > goal else ''}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
