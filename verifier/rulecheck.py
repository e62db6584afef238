"""Runs the examples that the entries of a rule pack carry: every entry is its own test."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

import msgspec

from verifier.engine.extract import find_answer
from verifier.engine.gradable import attacked
from verifier.engine.kinds.conditions import names_told
from verifier.engine.kinds.options import find_options
from verifier.engine.sides import profile_of
from verifier.engine.text import plain
from verifier.grader import Verifier
from verifier.judge.prices import cost, dollars, parse_usage
from verifier.types.budget import Meter
from verifier.types.rules import Example, Profile, Rules
from verifier.types.sample import Sample
from verifier.types.verdict import Outcome


class Failure(msgspec.Struct, frozen=True):
    """An example that does not hold, and what came out instead."""

    example: Example
    found: str

    def __str__(self) -> str:
        example = self.example
        return (
            f"{example.file}: entry '{example.entry}', {example.kind} {[example.given, example.wanted]}: "
            f"expected {_EXPECTED[example.kind]}, found {self.found}"
        )


_ANY_GOLD = "1729"  # an attack fails whatever the ground truth is
_EXPECTED = {
    "accept": "correct",
    "reject": "incorrect",
    "extract": "the second to be extracted from the first",
    "unmarked": "something else than the second to be extracted from the first",
    "said": "the second to be the names that the first says it of",
    "unsaid": "the first not to say it of the second",
    "options": "the second to be the options of the first",
    "attack": "the first to get the code",
    "nothing": "nobody to be asked about the first, for the code",
    "price": "the second to be what the first costs",
    "mispriced": "the second not to be what the first costs",
    "asked": "the second to be told of the first",
    "unasked": "the entry's sentence not to be told of the first",
    "agreed": "correct",
    "doubted": "not correct",
}


def check_examples(rules: Rules) -> tuple[Failure, ...]:
    """The examples of all loaded packs that fail; empty if every one holds."""
    verifier = Verifier(rules)
    return tuple(
        Failure(example, found) for example in rules.examples if (found := _check(example, verifier)) is not None
    )


def shadowed(rules: Rules) -> tuple[str, ...]:
    """The categories of a profile that get another one, a line each; empty where each gets its own."""
    told: dict[str, None] = {}
    for profile in rules.profiles:
        for category in profile.categories:
            if "*" not in category:
                other = profile_of(category, rules)
                if other is not profile:
                    told[f"category '{category}' of profile '{profile.name}' gets '{other.name}', which has it too"] = (
                        None
                    )
                continue
            for name in _fitting(category, profile, rules):
                other = profile_of(name, rules)
                if other is not profile:
                    told[
                        f"category '{name}' fits '{_shown(category)}' of profile '{profile.name}' and gets "
                        f"'{other.name}', which has {_claim(name, other)}"
                    ] = None
    return tuple(told)


def _fitting(pattern: str, profile: Profile, rules: Rules) -> Iterator[str]:
    """Categories of other profiles that fit a pattern; of their patterns, themselves."""
    for other in rules.profiles:
        if other is not profile:
            yield from (name for name in map(_shown, other.categories) if fnmatchcase(name, pattern))


def _claim(name: str, profile: Profile) -> str:
    return "it by name" if name in profile.categories else "a pattern that fits as well"


def _shown(pattern: str) -> str:
    """A pattern as it was written."""
    return pattern.replace("[[]", "[").replace("[?]", "?") if "*" in pattern else pattern


def _check(example: Example, verifier: Verifier) -> str | None:
    """What came out, if it is not what the example wants."""
    if example.kind == "options":
        meter = Meter(verifier.rules.default_profile.budget)
        options = find_options(example.given, verifier.rules, meter)
        listed = "|".join(f"{option.label}={option.text}" for option in options)
        return None if listed == example.wanted else listed or "no options"
    if example.kind == "attack":
        code = verifier.grade(Sample(ground_truth=_ANY_GOLD, final_answer=example.given)).code
        return None if code == example.wanted else code
    if example.kind == "nothing":
        sample = Sample(ground_truth=_ANY_GOLD, final_answer=example.given)
        finding = attacked(sample, verifier.rules, verifier.rules.default_profile)
        code = "nothing" if finding is None else finding.code
        return None if code == example.wanted else code
    if example.kind in {"price", "mispriced"}:
        return _cost(example, verifier.rules)
    if example.kind in {"asked", "unasked"}:
        demands = verifier.asked(Sample(ground_truth=_ANY_GOLD, question=example.given)).demands
        sentences = {name: verifier.rules.sentences[name].replace("{}", value) for name, value in demands.items()}
        holds = (
            sentences.get(example.entry) == example.wanted if example.kind == "asked" else example.entry not in demands
        )
        return None if holds else str(sentences)
    if example.kind in {"said", "unsaid"}:
        return _told(example, verifier.rules)
    if example.kind in {"extract", "unmarked"}:
        meter = Meter(verifier.rules.default_profile.budget)
        found = find_answer(example.given, verifier.rules, meter)
        texts = [plain(candidate.text, verifier.rules.text, meter) for candidate in found.each()]
        holds = (plain(example.wanted, verifier.rules.text, meter) in texts) is (example.kind == "extract")
        return None if holds else str(texts or found.finding)
    sample = Sample(ground_truth=example.given, final_answer=example.wanted, question=example.question)
    verdict = (verifier if example.profile is None else Verifier(verifier.rules, profile=example.profile)).grade(sample)
    if example.kind == "doubted":
        return None if verdict.outcome is not Outcome.CORRECT else f"{verdict.outcome} ({verdict.code})"
    wanted = Outcome.INCORRECT if example.kind == "reject" else Outcome.CORRECT
    return None if verdict.outcome is wanted else f"{verdict.outcome} ({verdict.code})"


def _told(example: Example, rules: Rules) -> str | None:
    """Of which names a sentence says what the condition means, if they are not the wanted ones."""
    table = rules.demand.conditions
    every = (field for name in table.__struct_fields__ if isinstance(field := getattr(table, name), tuple))
    saying = next(one for sayings in every for one in sayings if one.name == example.entry)
    told = names_told(saying, example.given)
    if example.kind == "said":
        holds = told is not None and told == frozenset(example.wanted.split())
    else:
        holds = told is None or (bool(told) and told.isdisjoint(example.wanted.split()))
    return None if holds else "nothing" if told is None else " ".join(sorted(told)) or "it of no name"


def _cost(example: Example, rules: Rules) -> str | None:
    """What a usage costs, if that is not what the example wants."""
    try:
        mode, usage = parse_usage(example.given)
    except ValueError as error:
        return str(error)
    amount = cost(rules.prices, example.entry, usage, mode)
    found = "no price" if amount is None else dollars(amount)
    return None if (found == example.wanted) is (example.kind == "price") else found
