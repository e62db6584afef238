"""Every error the package raises on purpose.

The engine raises none of them: any two strings give a verdict. They belong to the shell around it.

VerifierError
 ├─ RulesError      a rule pack cannot be used: names the file, its line, the entry and the field
 ├─ RecordError     one record cannot be graded: names the field, and carries the code its row will show
 ├─ SettingsError   a setting, an option or a combination of them cannot be used
 ├─ InputError      an input cannot be read: names it
 ├─ OutputError     a result cannot be written: names the path
 ├─ StoreError      opinions cannot be read or kept
 └─ JudgeError      an outside judge gave no usable opinion
"""

from __future__ import annotations

from collections.abc import Sequence


class VerifierError(Exception):
    """Base of the tree. The message says what was found, where, and what to do."""


class RulesError(VerifierError):
    """A rule pack that cannot be used. ``file`` has the entry's line behind it, where that is known.

    >>> str(RulesError("units/si.toml:12", "watt", "equals", "unknown unit 'jule'"))
    "units/si.toml:12: entry 'watt', field 'equals': unknown unit 'jule'"
    """

    more: tuple[RulesError, ...] = ()
    """What else is wrong, where it was looked for at once; the message holds it, a line each, up to twenty."""

    @classmethod
    def of(cls, errors: Sequence[RulesError]) -> RulesError:
        """One error, of one or several, that says all of them."""
        first, *others = errors
        error = cls(first.file, first.entry, first.field, first.problem)
        error.more = tuple(others)
        told = [str(one) for one in errors[:_MOST_TOLD]]
        if len(errors) > _MOST_TOLD:
            told.append(f"and {len(errors) - _MOST_TOLD} more")
        error.args = ("\n".join(told),)
        return error

    def __init__(self, file: str, entry: str | None, field: str | None, problem: str) -> None:
        self.file, self.entry, self.field, self.problem = file, entry, field, problem
        where = file
        if entry is not None:
            where += f": entry '{entry}'"
        if field is not None:
            where += f", field '{field}'" if entry is not None else f": field '{field}'"
        super().__init__(f"{where}: {problem}")


_MOST_TOLD = 20


class RecordError(VerifierError):
    """A record that cannot be graded.

    ``code`` is a ``record.*`` code and ``field`` the record's own name for the field.

    >>> str(RecordError("record.wrong_type", "ground_truth", "expected a string, found a number"))
    "field 'ground_truth': expected a string, found a number"
    """

    def __init__(self, code: str, field: str | None, problem: str) -> None:
        self.code, self.field, self.problem = code, field, problem
        super().__init__(problem if field is None else f"field '{field}': {problem}")


class SettingsError(VerifierError):
    """A setting, an option or a combination of them that cannot be used."""


class InputError(VerifierError):
    """An input that is missing or cannot be read."""


class OutputError(VerifierError):
    """A result that cannot be written."""


class StoreError(VerifierError):
    """Opinions that cannot be read or kept."""


class JudgeError(VerifierError):
    """A judge that gave no usable opinion."""
