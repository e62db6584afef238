"""Every error the package raises on purpose.

The engine raises none of them: any two strings give a verdict. They belong to the shell around it.

VerifierError
 ├─ RulesError      a rule pack cannot be used: names the file, the entry and the field
 ├─ RecordError     one record cannot be graded: names the field, and carries the code its row will show
 ├─ SettingsError   a setting, an option or a combination of them cannot be used
 ├─ InputError      an input cannot be read: names it
 ├─ OutputError     a result cannot be written: names the path
 ├─ StoreError      opinions cannot be read or kept
 └─ JudgeError      an outside judge gave no usable opinion
"""

from __future__ import annotations


class VerifierError(Exception):
    """Base of the tree. The message says what was found, where, and what to do."""


class RulesError(VerifierError):
    """A rule pack that cannot be used.

    >>> str(RulesError("units/si.toml", "watt", "equals", "unknown unit 'jule'"))
    "units/si.toml: entry 'watt', field 'equals': unknown unit 'jule'"
    """

    def __init__(self, file: str, entry: str | None, field: str | None, problem: str) -> None:
        self.file, self.entry, self.field, self.problem = file, entry, field, problem
        where = file
        if entry is not None:
            where += f": entry '{entry}'"
        if field is not None:
            where += f", field '{field}'" if entry is not None else f": field '{field}'"
        super().__init__(f"{where}: {problem}")


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
