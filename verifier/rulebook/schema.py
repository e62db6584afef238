"""What the files of a rule pack may hold: one model per entry, and the names of the word lists."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from verifier.rulebook.asides import AsideEntry
from verifier.rulebook.attack_entries import AttackEntry, ConcealedEntry
from verifier.rulebook.clauses import ClauseEntry
from verifier.rulebook.entry import Entry, Name, Text
from verifier.rulebook.extraction_entries import ContrastEntry, MarkerEntry, TagEntry
from verifier.rulebook.figures import FigureEntry
from verifier.rulebook.grading import AlphabetEntry, ConfidenceEntry, LayoutEntry, ProfileEntry, ToleranceEntry
from verifier.rulebook.judging_entries import RubricEntry, SentenceEntry
from verifier.rulebook.number_entries import BetweenEntry, BoundEntry
from verifier.rulebook.price_entries import PriceEntry
from verifier.rulebook.rivals import RivalEntry, SameEntry
from verifier.rulebook.spelling_entries import SpellingEntry


class UnitEntry(Entry):
    """A unit, and how it is written."""

    symbols: Annotated[tuple[Text, ...], Field(description="Read as they stand, in their case; may be empty.")]
    words: Annotated[tuple[Text, ...], Field(description="Read in any case; may be empty.")]
    leading: Annotated[tuple[Text, ...], Field(description="Those of the symbols that stand before the number.")] = ()
    equals: Annotated[
        Text | None,
        Field(
            description="The unit in other units of any file: amounts, `pi` and units with powers; a `/` "
            "divides by the one behind it, `_` is a space in a name: `1000 metre / second^2`. Without it the unit is "
            "a base unit."
        ),
    ] = None
    offset: Annotated[
        str | None,
        Field(pattern=r"^-?\d+(\.\d+|/\d+)?$", description="What its zero is in the base unit: `273.15`, `45967/180`."),
    ] = None
    prefixes: Annotated[
        Literal["si", "binary"] | tuple[Name, ...] | None,
        Field(
            description="`si` adds kilo, milli and all the others, `binary` those and kibi, mebi, …; or the names of "
            "the prefixes it takes."
        ),
    ] = None
    also: Annotated[
        tuple[Text, ...],
        Field(description="Spellings of other units that are written for this one too, and read so where it fits."),
    ] = ()
    loosely: Annotated[
        Text | None,
        Field(description="What it is where nothing of its own kind stands on the other side: hertz, `1 / second`."),
    ] = None
    weak: Annotated[
        bool, Field(description="Its single letters are names in maths as often: read as a unit beside the maths.")
    ] = False
    vague: Annotated[
        bool,
        Field(
            description="Written for what the rules cannot say, too: other dimensions do not refute it; with "
            "`loosely`, that one neither proves nor refutes."
        ),
    ] = False
    currency: Annotated[bool, Field(description="A currency: never converted to another one.")] = False


class PrefixEntry(Entry):
    """A prefix of units."""

    symbols: Annotated[tuple[Text, ...], Field(min_length=1, description="What stands before a unit's symbol.")]
    words: Annotated[
        tuple[Text, ...], Field(description="What stands before a unit's word, beside the `name`: other languages.")
    ] = ()
    base: Annotated[Literal[2, 10], Field(description="What the power is of.")] = 10
    power: Annotated[int, Field(description="The power of the base.", ge=-60, le=120)]


class DirectionEntry(Entry):
    """A direction beside a value."""

    axis: Annotated[Name, Field(description="What it is a direction of; those of two axes are not compared.")]
    at: Annotated[
        int, Field(description="Its place on the axis in degrees; opposite ones differ by 180.", ge=0, lt=360)
    ]
    sign: Annotated[Literal[-1, 0, 1], Field(description="The sign of a value, if the word is one.")] = 0
    words: Annotated[tuple[Text, ...], Field(min_length=1, description="Read in any case.")]
    letter: Annotated[str | None, Field(pattern="^[A-Z]$", description="A capital that stands for it.")] = None
    alone: Annotated[bool, Field(description="Compared as a word only, and no direction of a value.")] = False


class CharacterEntry(Entry):
    """Characters that become one character, or nothing."""

    from_: Annotated[
        str, Field(description="A string of characters, each of which becomes `to`.", alias="from", min_length=1)
    ]
    to: Annotated[str, Field(description="What they become; empty drops them.", max_length=1)]


class RangeEntry(Entry):
    """A run of characters shifted to another."""

    first: Annotated[str, Field(min_length=1, max_length=1, description="The first character of the run.")]
    last: Annotated[str, Field(min_length=1, max_length=1, description="The last one.")]
    to: Annotated[str, Field(min_length=1, max_length=1, description="What the first becomes; the others follow.")]


class MacroEntry(Entry):
    """A LaTeX macro that stands for text."""

    to: Annotated[
        str, Field(description="The text that it stands for; the macro itself is the `name`, without its backslash.")
    ]


class NotationEntry(Entry):
    """A piece of the maths notation, and the ways to write it."""

    kind: Annotated[Text, Field(description="What it is to the grammar: `letter`, `function`, `relation`, …")]
    means: Annotated[Text | None, Field(description="Which one of its kind; left out, it is the `name`.")] = None
    macros: Annotated[tuple[Text, ...], Field(description="LaTeX macros, without their backslash.")] = ()
    words: Annotated[tuple[Text, ...], Field(description="Words of plain notation, in this case.")] = ()
    called: Annotated[tuple[Text, ...], Field(description="Words that count only with arguments in brackets.")] = ()
    signs: Annotated[tuple[Text, ...], Field(description="Characters and combinations of them.")] = ()


class ElementEntry(Entry):
    """A chemical element."""

    symbol: Annotated[str, Field(pattern=r"^[A-Z][a-z]?$", description="Its symbol.")]
    number: Annotated[int, Field(ge=1, le=118, description="Its atomic number.")]
    names: Annotated[tuple[Text, ...], Field(description="All its names; left out, the `name` alone.")] = ()
    clusters: Annotated[bool, Field(description="It forms ions of several atoms of itself, such as I3^-.")] = False
    group: Annotated[bool, Field(description="Its symbol also stands for a group of atoms, as Ac does.")] = False


class SubstanceEntry(Entry):
    """A substance or an ion."""

    formula: Annotated[Text, Field(description="Its formula, written flat; a charge stands behind `^`: `SO4^2-`.")]
    names: Annotated[tuple[Text, ...], Field(description="All its names; left out, the `name` alone.")] = ()


class ParticleEntry(Entry):
    """A particle beside nuclei."""

    name: Annotated[str, Field(pattern="^[a-z]+( [a-z]+){0,5}$", description="What it is called, in small letters.")]
    letters: Annotated[tuple[Text, ...], Field(min_length=1, description="What it is written with.")]
    charge: Annotated[int, Field(ge=-2, le=2, description="Its charge.")]
    nucleus: Annotated[str, Field(description="The nuclide that it is: `^4He`.")] = ""


class ReactionArrowEntry(Entry):
    """What stands between the sides of a chemical equation; the ``name`` is forward, backward or both."""

    macros: Annotated[tuple[Text, ...], Field(description="LaTeX macros, without their backslash.")] = ()
    over: Annotated[tuple[Text, ...], Field(description="Macros that carry conditions as arguments.")] = ()
    signs: Annotated[tuple[Text, ...], Field(description="Characters and combinations of them.")] = ()


class CoreEntry(Entry):
    """A noble gas whose symbol in brackets stands for the inner electrons of a configuration."""

    shells: Annotated[str, Field(pattern=r"^(\d[spdf]\d{1,2} ?)+$", description="What it stands for: `1s2 2s2 2p6`.")]


class NamedSetEntry(Entry):
    """Words for a set of numbers, the empty one or all reals, or for what is no number."""

    means: Annotated[
        Literal["empty", "none", "R", "Z", "undefined", "inf", "-inf"],
        Field(description="The set; `none` is the empty one or a count of none."),
    ]
    words: Annotated[tuple[Text, ...], Field(min_length=1, description="Whole answers that stand for it, in any case.")]


class NumberWordEntry(Entry):
    """An English word of numbers."""

    kind: Annotated[
        Literal["unit", "teen", "ten", "hundred", "scale", "dozen", "share"],
        Field(description="The place of the word in a number; a `share` is a part of one by itself: half."),
    ]
    value: Annotated[int, Field(description="What it is worth; of a share, in how many parts it divides.", ge=0)]
    words: Annotated[tuple[Text, ...], Field(min_length=1, description="Read in any case.")]
    ordinals: Annotated[tuple[Text, ...], Field(description="What it is called in a row of things: third.")] = ()
    parts: Annotated[tuple[Text, ...], Field(description="What several parts of so many are called: thirds.")] = ()
    glued: Annotated[tuple[Text, ...], Field(description="Letters right behind digits: 12k.")] = ()
    money: Annotated[tuple[Text, ...], Field(description="Letters behind the digits of an amount of money: $3M.")] = ()


class ShareEntry(Entry):
    """A sign or words that make a number so many hundredths, thousandths, …."""

    power: Annotated[int, Field(description="The power of ten that the number is divided by.", ge=1, le=12)]
    points: Annotated[bool, Field(description="A difference of percentages, and no percentage of anything.")] = False
    signs: Annotated[tuple[Text, ...], Field(description="Signs behind the number.")] = ()
    words: Annotated[tuple[Text, ...], Field(description="Words behind the number, in any case.")] = ()


class LanguageEntry(Entry):
    """A language of questions, and its number words."""

    evidence: Annotated[
        tuple[Text, ...], Field(min_length=2, description="Words of which two show that a question is asked in it.")
    ]
    letters: Annotated[str, Field(description="Letters that only it has: a word with one of them shows it, too.")] = ""
    numbers: Annotated[
        tuple[Text, ...],
        Field(description="The words from 0 on, in order; `|` stands between two ways to write one."),
    ] = ()
    powers: Annotated[
        dict[str, Annotated[int, Field(ge=1, le=60)]],
        Field(default_factory=dict, description="Powers of ten by their words."),
    ]


class TruthEntry(Entry):
    """Words for one truth value."""

    value: Annotated[bool, Field(description="The truth value.")]
    vocabulary: Annotated[Name, Field(description="Words of one vocabulary and different values refute each other.")]
    words: Annotated[tuple[Text, ...], Field(min_length=1, description="Read in any case.")]
    letters: Annotated[
        tuple[Text, ...], Field(description="Letters for it where the question offers both words of its vocabulary: T.")
    ] = ()
    alone: Annotated[tuple[Text, ...], Field(description="Whole answers that say it, with nothing beside it.")] = ()
    against: Annotated[
        tuple[Text, ...], Field(description="Words behind it that take it back: yes, that is not so.")
    ] = ()
    before: Annotated[
        tuple[Text, ...], Field(description="What may stand before it in a sentence: the statement is.")
    ] = ()
    tail: Annotated[
        Literal["english", "listed", "understood"],
        Field(
            description="What may stand behind it: in English and in a language all of whose qualifiers are listed, "
            "anything else; in any other only what says it again, gives a reason or repeats the question."
        ),
    ] = "understood"


class LabelSetEntry(Entry):
    """Labels that are meant where a question about a topic names none."""

    labels: Annotated[tuple[Text, ...], Field(min_length=2, description="The labels, read in any case.")]
    topics: Annotated[tuple[Text, ...], Field(min_length=1, description="Words or phrases of questions for them.")]


class CalendarEntry(Entry):
    """The months and days of the week of a language."""

    months: Annotated[
        tuple[tuple[Text, ...], ...],
        Field(min_length=12, max_length=12, description="The spellings of each month, from January, in any case."),
    ]
    days: Annotated[
        tuple[tuple[Text, ...], ...],
        Field(min_length=7, max_length=7, description="The spellings of each day of the week, from Monday."),
    ]


class EraEntry(Entry):
    """Words for an era, behind a year or before it."""

    before: Annotated[bool, Field(description="Its years count backwards.")]
    words: Annotated[tuple[Text, ...], Field(min_length=1, description="Read in any case; stops are free.")]


class HalfEntry(Entry):
    """Words for a half of the day, behind a time."""

    half: Annotated[Literal["am", "pm"], Field(description="Before or after noon.")]
    words: Annotated[tuple[Text, ...], Field(min_length=1, description="Read in any case; stops are free.")]


class HourEntry(Entry):
    """An hour with a name."""

    hour: Annotated[int, Field(ge=0, le=23, description="The hour of the day.")]
    words: Annotated[tuple[Text, ...], Field(min_length=1, description="Its names, in any case.")]


class ZoneEntry(Entry):
    """A time zone that means one offset."""

    offset: Annotated[str, Field(pattern=r"^[+-]\d\d:\d\d$", description="What its clocks are ahead of UTC: `+01:00`.")]
    words: Annotated[tuple[Text, ...], Field(min_length=1, description="Read in any case, behind a time.")]


class ShiftEntry(Entry):
    """Minutes from an hour in words: half past."""

    minutes: Annotated[int, Field(ge=-59, le=59, description="Minutes to add to the hour that follows.")]
    words: Annotated[tuple[Text, ...], Field(min_length=1, description="What stands before the hour.")]


class PartEntry(Entry):
    """A part of a unit of time in words: half an hour."""

    amount: Annotated[str, Field(pattern=r"^\d+/\d+$", description="The part: `1/2`.")]
    words: Annotated[tuple[Text, ...], Field(min_length=1, description="What stands before the unit.")]


class MeasureEntry(Entry):
    """Words that ask for a sort of quantity, and units that answer them."""

    phrases: Annotated[tuple[Text, ...], Field(min_length=1, description="Words of a question.")]
    units: Annotated[tuple[Text, ...], Field(min_length=1, description="A unit of each sort that answers it.")]


class NearestEntry(Entry):
    """What "to the nearest …" asks for."""

    places: Annotated[int, Field(description="Decimal places; below zero tens, hundreds, ….", ge=-12, le=12)]
    phrases: Annotated[tuple[Text, ...], Field(min_length=1, description="What stands behind `nearest`.")]


class BaseEntry(Entry):
    """A base of numerals by its name."""

    value: Annotated[int, Field(description="The base.", ge=2, le=36)]
    words: Annotated[tuple[Text, ...], Field(min_length=1, description="Words of a question.")]


class FormEntry(Entry):
    """A form that a question asks its answer to be written in; the ``name`` is one that the engine can tell."""

    phrases: Annotated[tuple[Text, ...], Field(min_length=1, description="Words of a question that ask for it.")]


class CalledEntry(Entry):
    """What a question asks for that is written with signs of arithmetic and is a name: a verse, a time signature."""

    signs: Annotated[str, Field(description="The signs between its figures; x is any product.", pattern=r"^[/:x.-]+$")]
    sure: Annotated[bool, Field(description="Whether its value as arithmetic is another answer.")] = True
    unnumbered: Annotated[bool, Field(description="Whether it counts only in a question without numbers.")] = False
    phrases: Annotated[tuple[Text, ...], Field(min_length=1, description="Words of a question that ask for it.")]


Meaning = Literal[
    "positive", "nonnegative", "negative", "whole", "restricted", "order", "complex", "unknown", "variable", "chosen"
]
MEANINGS: tuple[str, ...] = get_args(Meaning)


class SlotEntry(Entry):
    """Words that may fill a slot in the phrases of conditions."""

    words: Annotated[tuple[Text, ...], Field(min_length=1, description="In any case.")]


class ConditionEntry(Entry):
    """What a question says in words of the names in its answer."""

    means: Annotated[Meaning, Field(description="What the engine makes of it.")]
    phrases: Annotated[
        tuple[Text, ...],
        Field(
            min_length=1,
            description="Words with slots: `{name}`, `{names}`, `{symbol}`, `{near}` for names, `{word}`, `{40}` for "
            "so many characters, `{NAME}` for words of a `[[slot]]`; `?` inside makes one optional.",
        ),
    ]
    unless: Annotated[tuple[Text, ...], Field(description="Longer phrases that mean something else.")] = ()


class WordList(BaseModel):
    """A list of words or phrases."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    words: Annotated[tuple[Text, ...], Field(description="The words.")] = ()
    phrases: Annotated[tuple[Text, ...], Field(description="The same, for those of several words.")] = ()


class Pack(BaseModel):
    """``pack.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    id: Annotated[str, Field(description="Stands in the version of every verdict.", pattern=r"^[A-Za-z0-9_-]{1,40}$")]
    version: Annotated[
        str,
        Field(
            description="The pack's version, up to four numbers with dots between.", pattern=r"^[0-9]+(\.[0-9]+){0,3}$"
        ),
    ]
    engine: Annotated[
        str, Field(description="The engines that it is written for: `>=0.1,<0.2`.", pattern=r"^[<>=!~0-9., ]+$")
    ]
    judges: Annotated[
        tuple[Name, ...],
        Field(description="Judges of your own program that its profiles may name, beside those that ship."),
    ] = ()


ENTRIES: dict[tuple[str, str], type[Entry]] = {
    ("units", "unit"): UnitEntry,
    ("units", "prefix"): PrefixEntry,
    ("units", "direction"): DirectionEntry,
    ("text", "character"): CharacterEntry,
    ("text", "range"): RangeEntry,
    ("text", "macro"): MacroEntry,
    ("text", "truth"): TruthEntry,
    ("text", "named_set"): NamedSetEntry,
    ("text", "spelling"): SpellingEntry,
    ("text", "aside"): AsideEntry,
    ("text", "figure"): FigureEntry,
    ("text", "clause"): ClauseEntry,
    ("labels", "label_set"): LabelSetEntry,
    ("dates", "calendar"): CalendarEntry,
    ("dates", "era"): EraEntry,
    ("dates", "half"): HalfEntry,
    ("dates", "hour"): HourEntry,
    ("dates", "zone"): ZoneEntry,
    ("dates", "shift"): ShiftEntry,
    ("dates", "part"): PartEntry,
    ("numbers", "word"): NumberWordEntry,
    ("numbers", "part"): ShareEntry,
    ("numbers", "bound"): BoundEntry,
    ("numbers", "between"): BetweenEntry,
    ("numbers", "language"): LanguageEntry,
    ("extract", "marker"): MarkerEntry,
    ("extract", "contrast"): ContrastEntry,
    ("extract", "tag"): TagEntry,
    ("demand", "measure"): MeasureEntry,
    ("demand", "form"): FormEntry,
    ("demand", "called"): CalledEntry,
    ("demand", "slot"): SlotEntry,
    ("demand", "condition"): ConditionEntry,
    ("demand", "nearest"): NearestEntry,
    ("demand", "base"): BaseEntry,
    ("demand", "rival"): RivalEntry,
    ("demand", "same"): SameEntry,
    ("attacks", "attack"): AttackEntry,
    ("judge", "rubric"): RubricEntry,
    ("judge", "sentence"): SentenceEntry,
    ("attacks", "concealed"): ConcealedEntry,
    ("maths", "notation"): NotationEntry,
    ("chemistry", "element"): ElementEntry,
    ("chemistry", "substance"): SubstanceEntry,
    ("chemistry", "particle"): ParticleEntry,
    ("chemistry", "reaction_arrow"): ReactionArrowEntry,
    ("chemistry", "core"): CoreEntry,
    ("choices", "alphabet"): AlphabetEntry,
    ("choices", "layout"): LayoutEntry,
    ("profiles", "profile"): ProfileEntry,
    ("judge", "price"): PriceEntry,
    ("", "tolerance"): ToleranceEntry,
    ("", "confidence"): ConfidenceEntry,
}
_LISTS = {
    "units": "never square cubic squared cubed per things below_zero around",
    "choices": "phrases nouns closers joins alternatives denials breaks all none articles reasons retractions "
    "estimating",
    "labels": "leads joiners denials carriers orders assigned",
    "numbers": "and point minus plus one of times raised power out_of indian",
    "text": "wrapper dropped articles indefinite after_symbols modifiers joiners directions hedges openers fillers "
    "endings "
    "generic_units carriers blockers doubts suppositions rejections qualifiers scales shares exceptions "
    "restatements glosses unsettling list_joins list_either list_several list_samples list_orders list_parts list_ends "
    "loanwords verbatim abbreviating printed literals relatives denying denying_not aside_links aside_cases "
    "aside_reasons aside_strikes turns aside_conditionals limiting again_yes again_no again_free",
    "dates": "suffixes links year_marks month_marks day_marks decades centuries leads prepositions bounds joiners "
    "before_year cardinals ordinals asks_date asks_year asks_month asks_day asks_time day_clock past before_hour "
    "loose_past loose_before_hour oclock hour_letters hour_words military joints "
    "unit_letters unit_joiners one_words part_links duration_leads",
    "extract": "boxes json_keys tool_calls ends conclusions revisions copulas subordinators remarks reversals "
    "explanations concessions judgements restatements irregular capitals clauses workings closing_labels "
    "multiples caveats turnings pronouns closing_asked checks courtesies other_cases "
    "alternatives alternative_phrases setting_aside",
    "attacks": "glue unknowing ignorance blanks either either_frame blank_slots slot_signs ghosts colour_macros "
    "page_colours backdrops hiding turning around_values every_option every_words not_words and_words both_ways "
    "bounding unsaid_glue open_questions closed_questions verdict_keys verdict_fields verdict_values verdict_nods "
    "verdict_fillers program_texts program_statements program_loose program_topics lookalikes kind_nouns kind_words",
    "judge": "minus_words denials denials_behind denials_joined denials_over",
    "maths": "wordy silent vanishing domains signs arbitrary copulas between links comparisons closings "
    "denials glued ordinary little announcing sorts bracketed",
    "chemistry": "formulas states never topics asks_formula asks_name asks_notation smallest",
    "demand": "percent exact count pure_number unit scale lowest_terms verbatim money tasks family antiderivative "
    "ordered unordered whole degrees short_words maths_words spoken_signs operations tolerated uncertainty extremes "
    "difference direction numbered codes symbols genotypes places no_places roman statements charges labelled "
    "ratio letter valued spans points rewrite rewritten asks asks_around asks_ends asks_free "
    "label_free label_denying "
    "unit_heads unit_tasks unit_joiners unit_telling unit_between unit_followers "
    "unit_ends much_verbs unit_homographs",
}
LISTS = frozenset((folder, name) for folder, names in _LISTS.items() for name in names.split())

Entries = dict[tuple[str, str], dict[str, tuple[str, Entry]]]
"""Entries by folder and section, then by name, each with the file it came from."""

Lists = dict[tuple[str, str], tuple[str, ...]]
"""Word lists by folder and section."""
