"""What is graded: one question, its ground truth, and what a model answered."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from string import ascii_uppercase

import msgspec

Scalar = str | bool | int | float
"""What stands for a text: itself, or a number or boolean, as JSON writes it."""


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
        ground_truth: Scalar | Iterable[Scalar],
        final_answer: Scalar | None = None,
        response: str | None = None,
        question: str | None = None,
        options: Mapping[str, Scalar] | Iterable[Option | Scalar] | None = None,
        category: str | None = None,
        sample_id: Scalar | None = None,
    ) -> Sample:
        """A sample from plain values, as ``grade`` takes them and as files and HTTP have them.

        A number or boolean counts as the text that JSON has for it; options without labels are A, B, C, …

        Raises ``TypeError`` for a value of the wrong type and ``ValueError`` for an empty list of ground truths: both
        are misuse, not data.

        >>> Sample.of(ground_truth=["4", "four"], final_answer="4", options={"A": "4"}).options
        (Option(label='A', text='4'),)
        >>> Sample.of(ground_truth=5, final_answer="B", options=["4", 5]).options[1]
        Option(label='B', text='5')
        """
        sample = cls(
            ground_truth=_ground_truth(ground_truth),
            final_answer=_scalar(final_answer, "final_answer"),
            response=response,
            question=question,
            options=_options(options),
            category=category,
            sample_id=_scalar(sample_id, "sample_id"),
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


def as_text(value: object) -> str | None:
    """A text; a number or boolean as JSON writes it; ``None`` for what is neither, and for NaN and the infinities.

    >>> as_text("5"), as_text(0.5), as_text(True), as_text([5]), as_text(float("nan"))
    ('5', '0.5', 'true', None, None)
    """
    if isinstance(value, str):
        return str(value)
    if not isinstance(value, (bool, int, float)) or is_no_json(value):
        return None
    try:
        return json.dumps(value)
    except ValueError:  # Python writes no integer above 4,300 digits in decimal unless asked; this is exact and rare
        from flint import fmpz

        return str(fmpz(int(value)))


def is_no_json(value: object) -> bool:
    """Whether a value is NaN or infinite, which Python and data frames have for what is missing, and JSON has not."""
    return isinstance(value, float) and not math.isfinite(value)


def lettered(index: int) -> str:
    """A, B, …, Z, AA, AB, …: how an exam letters its options."""
    label = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, len(ascii_uppercase))
        label = ascii_uppercase[letter] + label
    return label


def _kind(value: object) -> str:
    """What a value of the wrong type is called."""
    return f"{json.dumps(value)}, which is no JSON value" if is_no_json(value) else type(value).__name__


def _scalar(value: Scalar | None, name: str) -> str | None:
    text = as_text(value)
    if text is None and value is not None:
        raise TypeError(f"{name} must be a string, a number, a boolean or None, not {_kind(value)}")
    return text


def _ground_truth(value: Scalar | Iterable[Scalar]) -> str | tuple[str, ...]:
    text = as_text(value)
    if text is not None:
        return text
    if not isinstance(value, Iterable) or isinstance(value, (bytes, bytearray, Mapping)):
        raise TypeError(f"ground_truth must be a string, a number or a boolean, or a list of these, not {_kind(value)}")
    accepted: list[str] = []
    for alternative in sorted(value, key=str) if isinstance(value, (set, frozenset)) else value:
        text = as_text(alternative)
        if text is None:
            raise TypeError(f"ground_truth must hold strings, numbers or booleans, not {_kind(alternative)}")
        accepted.append(text)
    if not accepted:
        raise ValueError("ground_truth is an empty list: give at least one accepted answer")
    return tuple(accepted)


def _options(value: Mapping[str, Scalar] | Iterable[Option | Scalar] | None) -> tuple[Option, ...]:
    if value is None:
        return ()
    if isinstance(value, Mapping):
        return tuple(_option(label, text) for label, text in value.items())
    if isinstance(value, (str, bytes, bytearray, set, frozenset)) or not isinstance(value, Iterable):
        raise TypeError(f"options must map labels to texts, or be a list of texts, not {type(value).__name__}")
    listed = tuple(value)
    if any(isinstance(option, Option) for option in listed):
        if not all(isinstance(option, Option) for option in listed):
            raise TypeError("options must hold Option values or texts, not both")
        return tuple(option for option in listed if isinstance(option, Option))
    return tuple(_option(lettered(index), text) for index, text in enumerate(listed))


def _option(label: object, text: object) -> Option:
    told = as_text(text)
    if is_no_json(text):
        raise TypeError(f"options must hold strings, numbers or booleans, not {_kind(text)}")
    if not isinstance(label, str) or told is None:
        raise TypeError("options must map labels to texts; a text may be a number or a boolean")
    return Option(label, told)


class Extraction(msgspec.Struct, frozen=True, gc=False):
    """The answer that a text commits to.

    The words, how they were found (a rule's name), and where they stood in the text.
    """

    text: str
    via: str
    start: int
    end: int
