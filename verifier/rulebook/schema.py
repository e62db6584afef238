"""What the files of a rule pack may hold: one model per entry, and the names of the word lists."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Pair = tuple[str, str]
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(min_length=1, max_length=80)]


class Entry(BaseModel):
    """What every entry may have: a name, and its own examples."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    name: Name
    accept: tuple[Pair, ...] = ()
    reject: tuple[Pair, ...] = ()


class UnitEntry(Entry):
    """A unit: see ``rules/units``."""

    symbols: tuple[Text, ...]
    words: tuple[Text, ...]
    leading: tuple[Text, ...] = ()
    equals: Text | None = None
    offset: Annotated[str, Field(pattern=r"^-?\d+(\.\d+|/\d+)?$")] | None = None
    prefixes: Literal["si"] | None = None
    vague: bool = False
    currency: bool = False


class PrefixEntry(Entry):
    """A prefix of units."""

    symbols: Annotated[tuple[Text, ...], Field(min_length=1)]
    power: Annotated[int, Field(ge=-60, le=60)]


class CharacterEntry(Entry):
    """Characters that become one character, or nothing."""

    from_: Annotated[str, Field(alias="from", min_length=1)]
    to: Annotated[str, Field(max_length=1)]


class RangeEntry(Entry):
    """A run of characters shifted to another."""

    first: Annotated[str, Field(min_length=1, max_length=1)]
    last: Annotated[str, Field(min_length=1, max_length=1)]
    to: Annotated[str, Field(min_length=1, max_length=1)]


class MacroEntry(Entry):
    """A LaTeX macro that stands for text."""

    to: str


class TruthEntry(Entry):
    """Words for one truth value."""

    value: bool
    vocabulary: Name
    words: Annotated[tuple[Text, ...], Field(min_length=1)]


class MarkerEntry(Entry):
    """Phrases that announce an answer."""

    phrases: Annotated[tuple[Text, ...], Field(min_length=1)]
    exact: bool = False
    line_start: bool = False


class TagEntry(Entry):
    """Opening and closing text around an answer, or around thinking."""

    open: Text
    close: Text
    kind: Literal["answer", "thinking"]


class MeasureEntry(Entry):
    """Words that ask for a sort of quantity, and units that answer them."""

    phrases: Annotated[tuple[Text, ...], Field(min_length=1)]
    units: Annotated[tuple[Text, ...], Field(min_length=1)]


class AlphabetEntry(Entry):
    """A run of option labels."""

    labels: Annotated[tuple[Text, ...], Field(min_length=2)]


class LayoutEntry(Entry):
    """How labels stand before options."""

    shape: Annotated[str, Field(pattern=r"\{label\}")]
    alphabets: Annotated[tuple[Text, ...], Field(min_length=1)]
    line_start: bool = False


class ToleranceEntry(Entry):
    """A tolerance by name."""

    rounding: bool
    relative: Annotated[str, Field(pattern=r"^\d+(\.\d+)?(e-?\d+)?$")] = "0"
    absolute: Annotated[str, Field(pattern=r"^\d+(\.\d+)?(e-?\d+)?$")] = "0"


class ProfileEntry(Entry):
    """How a category is graded."""

    extends: Name | None = None
    categories: tuple[Text, ...] = ()
    stages: tuple[Name, ...] | None = None
    tolerance: Name | None = None
    missing_unit: Literal["correct", "incorrect", "pass"] | None = None
    judges: tuple[Name, ...] | None = None
    budget: dict[str, Annotated[int, Field(ge=1)]] = {}


class ConfidenceEntry(Entry):
    """The measured precision of a code."""

    precision: Annotated[float, Field(ge=0, le=1)]
    n: Annotated[int, Field(ge=1)]
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class WordList(BaseModel):
    """A list of words or phrases."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    words: tuple[Text, ...] = ()
    phrases: tuple[Text, ...] = ()


class Pack(BaseModel):
    """``pack.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
    version: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+){0,3}$")]
    engine: Annotated[str, Field(pattern=r"^[<>=!~0-9., ]+$")]


ENTRIES: dict[tuple[str, str], type[Entry]] = {
    ("units", "unit"): UnitEntry,
    ("units", "prefix"): PrefixEntry,
    ("text", "character"): CharacterEntry,
    ("text", "range"): RangeEntry,
    ("text", "macro"): MacroEntry,
    ("text", "truth"): TruthEntry,
    ("extract", "marker"): MarkerEntry,
    ("extract", "tag"): TagEntry,
    ("demand", "measure"): MeasureEntry,
    ("choices", "alphabet"): AlphabetEntry,
    ("choices", "layout"): LayoutEntry,
    ("profiles", "profile"): ProfileEntry,
    ("", "tolerance"): ToleranceEntry,
    ("", "confidence"): ConfidenceEntry,
}
_LISTS = {
    "units": "never",
    "choices": "phrases joins",
    "text": "wrapper dropped articles modifiers joiners directions hedges openers fillers generic_units carriers "
    "blockers doubts suppositions rejections qualifiers",
    "extract": "boxes json_keys tool_calls ends conclusions revisions copulas subordinators remarks reversals",
    "demand": "percent exact count pure_number unit scale lowest_terms form verbatim money tasks",
}
LISTS = frozenset((folder, name) for folder, names in _LISTS.items() for name in names.split())

Entries = dict[tuple[str, str], dict[str, tuple[str, Entry]]]
"""Entries by folder and section, then by name, each with the file it came from."""

Lists = dict[tuple[str, str], tuple[str, ...]]
"""Word lists by folder and section."""
