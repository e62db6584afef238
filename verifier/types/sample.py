"""What is graded: one question, its ground truth, and what a model answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec


class Option(msgspec.Struct, frozen=True):
    """One option of a multiple-choice question: ``Option("B", "Ibuprofen")``."""

    label: str
    text: str


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to grade.

    ``ground_truth`` is one text or several accepted alternatives. ``final_answer`` is what is graded; where it is
    empty, the answer is extracted from ``response``, a whole model response. Where both stand, they must not
    contradict each other.
    """

    ground_truth: str | tuple[str, ...]
    final_answer: str | None = None
    response: str | None = None
    question: str | None = None
    options: tuple[Option, ...] = ()
    category: str | None = None
    sample_id: str | None = None

    @property
    def ground_truths(self) -> tuple[str, ...]:
        """The accepted alternatives, one or more."""
        return (self.ground_truth,) if isinstance(self.ground_truth, str) else self.ground_truth

    @classmethod
    def of(  # noqa: PLR0913  # the public call of the library: one keyword a field
        cls,
        *,
        ground_truth: str | Iterable[str],
        final_answer: str | None = None,
        response: str | None = None,
        question: str | None = None,
        options: Mapping[str, str] | Iterable[Option] | None = None,
        category: str | None = None,
        sample_id: str | None = None,
    ) -> Sample:
        """A sample from plain values, as ``grade`` takes them.

        Raises ``TypeError`` for a value of the wrong type and ``ValueError`` for an empty list of ground truths: both
        are misuse, not data.

        >>> Sample.of(ground_truth=["4", "four"], final_answer="4", options={"A": "4"}).options
        (Option(label='A', text='4'),)
        """
        sample = cls(
            ground_truth=_ground_truth(ground_truth),
            final_answer=final_answer,
            response=response,
            question=question,
            options=_options(options),
            category=category,
            sample_id=sample_id,
        )
        check_types(sample)
        return sample


def check_types(sample: Sample) -> None:
    """Raise ``TypeError`` for a field of the wrong type: a struct made by hand checks none."""
    for name in ("final_answer", "response", "question", "category", "sample_id"):
        value = getattr(sample, name)
        if value is not None and not isinstance(value, str):
            raise TypeError(f"{name} must be a string or None, not {type(value).__name__}")
    truths, options = sample.ground_truths, sample.options
    if not isinstance(truths, tuple) or not all(isinstance(truth, str) for truth in truths):
        raise TypeError("ground_truth must be a string or a tuple of strings")
    if not isinstance(options, tuple) or not all(
        isinstance(option, Option) and isinstance(option.label, str) and isinstance(option.text, str)
        for option in options
    ):
        raise TypeError("options must be a tuple of Option values, each with a label and a text, both strings")


def _ground_truth(value: str | Iterable[str]) -> str | tuple[str, ...]:
    if isinstance(value, str):
        return value
    if not isinstance(value, Iterable) or isinstance(value, (bytes, bytearray, Mapping)):
        raise TypeError(f"ground_truth must be a string or a list of strings, not {type(value).__name__}")
    alternatives = tuple(sorted(value, key=str) if isinstance(value, (set, frozenset)) else value)
    for alternative in alternatives:
        if not isinstance(alternative, str):
            raise TypeError(f"ground_truth must hold strings, not {type(alternative).__name__}")
    if not alternatives:
        raise ValueError("ground_truth is an empty list: give at least one accepted answer")
    return alternatives


def _options(value: Mapping[str, str] | Iterable[Option] | None) -> tuple[Option, ...]:
    if value is None:
        return ()
    if isinstance(value, Mapping):
        for label, text in value.items():
            if not isinstance(label, str) or not isinstance(text, str):
                raise TypeError("options must map labels to texts, both strings")
        return tuple(Option(label, text) for label, text in value.items())
    try:
        options = tuple(value)
    except TypeError:
        raise TypeError(f"options must map labels to texts, not {type(value).__name__}") from None
    if not all(isinstance(option, Option) for option in options):
        raise TypeError("options must be a mapping of label to text, or hold Option values")
    return options


class Extraction(msgspec.Struct, frozen=True):
    """The answer that a text commits to.

    The words, how they were found (a rule's name), and where they stood in the text.
    """

    text: str
    via: str
    start: int
    end: int
