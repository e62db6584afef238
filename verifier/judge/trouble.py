"""What keeps a judge from an opinion: each a pass under a code of its own, and never a verdict."""

from __future__ import annotations

from verifier.types.verdict import Code, Finding, passes

UNAVAILABLE = passes(
    "judge.unavailable", "The judge could not be reached: no connection, no answer in time, or a fault."
)
RATE_LIMITED = passes("judge.rate_limited", "The judge's server took no more requests for now, also when asked again.")
OVERLOADED = passes("judge.overloaded", "The judge's server was overloaded, also when asked again.")
UNAUTHORIZED = passes("judge.unauthorized", "The judge's server does not take the key, or not for this model.")
UNPAID = passes("judge.unpaid", "The judge's server wants to be paid first.")
NO_MODEL = passes("judge.no_model", "The judge's server does not know the model.")
REJECTED = passes("judge.rejected", "The judge's server does not take the request: too long, or not as it wants it.")
DEADLINE = passes("judge.deadline", "The judge did not answer before the deadline.")
OVER_BUDGET = passes("judge.over_budget", "The most that the judge's answer could cost is more than is left to spend.")
BATCH_EXPIRED = passes("judge.batch_expired", "The message batch expired before the judge came to the question.")
BATCH_ERRORED = passes("judge.batch_errored", "The judge failed over the question in a message batch.")
BATCH_CANCELED = passes("judge.batch_canceled", "The message batch was canceled before the judge came to the question.")
STORE_FAILED = passes("judge.store_failed", "The store of opinions failed, so nothing was asked that could be lost.")
FAILED = passes("judge.failed", "The judge failed on this question: a defect to report.")

CODES: tuple[Code, ...] = (
    UNAVAILABLE,
    RATE_LIMITED,
    OVERLOADED,
    UNAUTHORIZED,
    UNPAID,
    NO_MODEL,
    REJECTED,
    DEADLINE,
    OVER_BUDGET,
    BATCH_EXPIRED,
    BATCH_ERRORED,
    BATCH_CANCELED,
    STORE_FAILED,
    FAILED,
)


class Trouble(Exception):  # noqa: N818  # no defect of ours: it is what became of a call
    """Why there is no opinion. ``detail`` is what the other side said of it, for a trace; never a secret.

    ``sent`` says that the request went out whole and no reply came back, so that it may have been charged; of a call
    that was noted anew before it was repeated, the last request is meant.
    """

    def __init__(self, code: Code, detail: str = "", *, sent: bool = False) -> None:
        super().__init__(f"{code.name}: {detail}" if detail else code.name)
        self.code = code
        self.detail = detail
        self.sent = sent

    def finding(self) -> Finding:
        """A pass under the code."""
        return self.code.finding(detail=self.detail) if self.detail else self.code.finding()
