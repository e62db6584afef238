"""From votes to a finding: nothing is *correct* on one vote unless the profile says so (pure, total).

The first vote finds what differs. One that says *same* is put to the test: the sides change places and lose their
names, for readers favour what stands first and what is called the answer. Where the two disagree a third one, at high
effort, decides; where that is in doubt too, nobody does. Trouble in the first vote is a pass under its own code, and so
is an empty purse in any.
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.judge import ballot as ballots
from verifier.judge.ballot import Ballot
from verifier.judge.rubric import Case, Terms, call_for, label
from verifier.judge.trouble import OVER_BUDGET
from verifier.types.opinion import Call
from verifier.types.verdict import Code, Finding, Standing, passes, proves, refutes

AGREES = proves(
    "judge.agrees", "The judge takes the answer for the same as the ground truth, in either order of the two."
)
AGREES_AFTER_THIRD = proves(
    "judge.agrees_after_third",
    "The judge takes the answer for the same as the ground truth, by two votes of three.",
)
DIFFERS = refutes("judge.differs", "The judge takes the answer for another than the ground truth.", Standing.CONVENTION)
DIFFERS_AFTER_THIRD = refutes(
    "judge.differs_after_third",
    "The judge takes the answer for another than the ground truth, after votes that did not agree.",
    Standing.CONVENTION,
)
CANNOT_TELL = passes("judge.cannot_tell", "The judge cannot tell whether the answer is the same as the ground truth.")
SPLIT = passes("judge.split", "The judge's votes do not agree with each other.")
CODES: tuple[Code, ...] = (
    AGREES,
    AGREES_AFTER_THIRD,
    DIFFERS,
    DIFFERS_AFTER_THIRD,
    CANNOT_TELL,
    SPLIT,
    *ballots.CODES,
)


def step(case: Case, votes: Sequence[Ballot], terms: Terms) -> Call | Finding:
    """What is next after these votes: a call, or the finding that they come to."""
    if not votes:
        return call_for(case, terms, "first")
    if votes[-1].trouble == OVER_BUDGET:  # nothing more can be paid, so that nothing more is asked
        return _found(OVER_BUDGET, votes, votes[-1], terms)
    first = votes[0]
    if first.trouble is not None:
        return _found(first.trouble, votes, first, terms)
    if first.verdict != "same":
        return _found(DIFFERS if first.verdict == "different" else CANNOT_TELL, votes, first, terms)
    if terms.votes == 1:
        return _found(AGREES, votes, first, terms)
    if len(votes) == 1:
        return call_for(case, terms, "swapped")
    if votes[1].verdict == "same":
        return _found(AGREES, votes, first, terms)
    if len(votes) == 2:
        return _found(SPLIT, votes, votes[1], terms) if terms.votes == 2 else call_for(case, terms, "third")
    third = votes[2]
    code = {"same": AGREES_AFTER_THIRD, "different": DIFFERS_AFTER_THIRD}.get(third.verdict, SPLIT)
    return _found(code, votes, third, terms)


def suspect(votes: Sequence[Ballot]) -> str | None:
    """Why a vote takes the ground truth itself for wrong; ``None`` where none does."""
    named = [vote for place, vote in enumerate(votes) if place != 1 or vote.verdict == "same"]
    return next((vote.suspect for vote in named if vote.suspect), None)


def _found(code: Code, votes: Sequence[Ballot], deciding: Ballot, terms: Terms) -> Finding:
    evidence = {
        "quote": deciding.quote,
        "comparison": deciding.comparison,
        "votes": ", ".join(map(_told, votes)),
        "model": terms.model,
        "rubric": label(terms.rubric),
        "suspect": suspect(votes) or "",
        "detail": deciding.detail,
        "requests": ", ".join(vote.opinion.reply.request_id for vote in votes if vote.opinion is not None),
    }
    return code.finding(**{name: told for name, told in evidence.items() if told})


def _told(vote: Ballot) -> str:
    return vote.verdict if vote.trouble is None else vote.trouble.name
