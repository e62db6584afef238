"""The rules as the engine sees them.

Immutable tables, built and checked by ``verifier.rulebook`` from the files of a rule pack.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final, Literal

import msgspec
from flint import fmpq

from verifier.types.asides import AsideTable
from verifier.types.attacks import AttackTable
from verifier.types.budget import Budget
from verifier.types.called import Called
from verifier.types.choices import ChoiceTable, LabelTable
from verifier.types.clauses import ClauseTable
from verifier.types.dates import DateTable
from verifier.types.extraction import ExtractTable
from verifier.types.figures import FigureTable
from verifier.types.judging import Quoting, Rubric
from verifier.types.names import NameTable
from verifier.types.phrases import PhraseTable
from verifier.types.prices import PriceTable
from verifier.types.rivals import RivalTable
from verifier.types.truths import TruthTable
from verifier.types.verdict import Decision

Dimension = tuple[tuple[str, int], ...]
"""Exponents of base units, sorted by name, none zero: ``(("kilogram", 1), ("metre", 2), ("second", -3))`` is power."""


class UnitDefinition(msgspec.Struct, frozen=True):
    """A unit in base units: ``value * factor * pi**pi`` (plus ``offset`` base units, for scales such as °C).

    ``others`` are what its spelling may mean as well (oz as a volume, C for °C), in the order of how often it does;
    those that are ``loose`` say less than the unit itself (hertz as 1/s). ``weak`` marks letters that are names in
    maths as often, ``vague`` a unit that people also write for what the rules cannot say: a clash with it proves
    nothing.
    """

    name: str
    dimension: Dimension
    factor: fmpq
    pi: int = 0
    offset: fmpq | None = None
    vague: bool = False
    weak: bool = False
    loose: bool = False
    others: tuple[UnitDefinition, ...] = ()


class UnitTable(msgspec.Struct, frozen=True):
    """Units by how they are written: ``symbols`` keep their case (mW is not MW), ``words`` are folded.

    Prefixed forms stand in both. ``phrases`` are the spellings of several words, longest first, by their first word
    in lower case; each with whether its case counts.

    ``leading`` holds symbols that may stand before the number ($5); ``by_dimension`` lists every unit that measures
    the same, ``spellings`` the words of one by its dimension, factor and power of pi. ``leads`` are words for a power
    before a unit (square), ``trails`` behind it (squared), ``per`` those that divide; ``things`` are words of units
    that are things as well (feet, cups), ``below_zero`` what stands behind a temperature and is its minus.
    """

    symbols: Mapping[str, UnitDefinition]
    words: Mapping[str, UnitDefinition]
    phrases: Mapping[str, tuple[tuple[str, bool, UnitDefinition], ...]]
    leading: frozenset[str]
    spellings: Mapping[tuple[Dimension, fmpq, int], tuple[str, ...]]
    by_dimension: Mapping[Dimension, tuple[UnitDefinition, ...]]
    leads: Mapping[str, int]
    trails: Mapping[str, int]
    per: frozenset[str]
    things: frozenset[str]
    below_zero: frozenset[str]


class DirectionTable(msgspec.Struct, frozen=True):
    """Words that say which way a value points: word -> (axis, place on it in degrees, sign that it is, or 0).

    ``around`` are words that stand beside them ("to the"), ``letters`` those that stand for a word (N for north);
    ``alone`` are all that contradict each other where nothing else differs, with their axis and place.
    """

    words: Mapping[str, tuple[str, int, int]]
    around: frozenset[str]
    letters: Mapping[str, str]
    alone: Mapping[str, tuple[str, int]]


class Word(msgspec.Struct, frozen=True):
    """A word of numbers: its place in one (``unit``, ``scale``, ``ordinal``, ``parts``, ``and``, …) and its worth."""

    kind: str
    value: int = 0


class Part(msgspec.Struct, frozen=True):
    """What a sign or word behind a number divides it by, as a power of ten; ``points`` are no share of anything."""

    name: str
    power: int
    points: bool


class Language(msgspec.Struct, frozen=True):
    """A language that a question may be asked in, and its number words, folded and without accents.

    Words with some of its ``letters`` are written in it.
    """

    name: str
    letters: frozenset[str]
    numbers: Mapping[str, int]
    powers: Mapping[str, int]


class NumberTable(msgspec.Struct, frozen=True):
    """How numbers are written in words.

    ``glued`` letters stand right behind digits (12k), ``money`` letters behind an amount of money; each is worth what
    it is mapped to. ``part`` finds a sign or word of ``parts`` behind a number; ``raised`` phrases, the longest first,
    stand between a base and its exponent. Words ``before`` an amount, or ``after`` it, make it a bound of a sort;
    ``bounding`` are the first of those and the last of these, to look for them at once. ``ranges`` are words of which
    one stands in a range of a language, and a pattern of its two ends.
    ``spoken`` maps the words that show a language to the languages that have them;
    ``out_of`` words stand between a count and its total, ``indian`` words of a question go with groups of two digits.
    """

    words: Mapping[str, Word]
    glued: Mapping[str, int]
    money: Mapping[str, int]
    part: re.Pattern[str]
    parts: Mapping[str, Part]
    raised: tuple[str, ...]
    out_of: tuple[str, ...]
    indian: frozenset[str]
    before: Mapping[str, str]
    after: Mapping[str, str]
    bounding: frozenset[str]
    ranges: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]
    languages: tuple[Language, ...]
    spoken: Mapping[str, tuple[str, ...]]


class TextTable(msgspec.Struct, frozen=True):
    """How texts are brought to normal form, and the words that matter beside an answer.

    ``characters`` maps code points (Unicode minus, full-width forms, odd spaces), ``invisible`` those that vanish;
    ``macros`` maps LaTeX macros without arguments to text; ``wrappers`` are macros whose argument is kept and
    ``dropped`` those that vanish with theirs. The word lists are explained where they stand, in ``rules/text``.
    """

    characters: Mapping[int, str]
    invisible: Mapping[int, None]
    macros: Mapping[str, str]
    wrappers: frozenset[str]
    dropped: frozenset[str]
    prefix_macros: frozenset[str]
    articles: frozenset[str]
    indefinite: frozenset[str]
    after_symbols: frozenset[str]
    modifiers: frozenset[str]
    hedges: frozenset[str]
    openers: tuple[str, ...]
    fillers: frozenset[str]
    endings: tuple[str, ...]
    generic_units: frozenset[str]
    shares: frozenset[str]
    relatives: frozenset[str]
    exceptions: tuple[str, ...]
    named_sets: Mapping[str, str]
    qualifiers: frozenset[str]
    blockers: frozenset[str]
    joiners: frozenset[str]
    directions: frozenset[str]
    carriers: frozenset[str]
    doubts: frozenset[str]
    suppositions: frozenset[str]
    rejections: frozenset[str]
    scales: tuple[str, ...]
    restatements: tuple[str, ...]
    glosses: tuple[str, ...]
    unsettling: tuple[str, ...]
    phrases: PhraseTable
    asides: AsideTable
    clauses: ClauseTable
    figures: FigureTable


class Saying(msgspec.Struct, frozen=True):
    """What a question may say in words, as one pattern; its groups are runs of the names that it says it of.

    ``clues`` are words in lower case of which every such text holds one.
    """

    name: str
    pattern: re.Pattern[str]
    clues: frozenset[str]


class ConditionTable(msgspec.Struct, frozen=True):
    """What a question says in words of the names in its answer, by what that means (``rules/demand/conditions.toml``).

    ``restricted`` names have conditions not worked out, ``whole`` ones are integers, ``unknown`` ones to be solved for,
    ``variable`` ones no units; ``order``, ``complex``, ``chosen`` are of the whole question. ``run`` finds maths in
    running text, ``spoken`` a word between numbers, of ``signs``; ``operations`` are words for each head of a tree.
    """

    positive: tuple[Saying, ...]
    nonnegative: tuple[Saying, ...]
    negative: tuple[Saying, ...]
    whole: tuple[Saying, ...]
    restricted: tuple[Saying, ...]
    order: tuple[Saying, ...]
    complex: tuple[Saying, ...]
    unknown: tuple[Saying, ...]
    variable: tuple[Saying, ...]
    chosen: tuple[Saying, ...]
    run: re.Pattern[str]
    spoken: re.Pattern[str]
    signs: Mapping[str, str]
    operations: Mapping[str, tuple[str, ...]]


STARTS: Final = 3


class DemandTable(msgspec.Struct, frozen=True):
    """Phrases of a question that say what its answer must be like, each set explained in ``rules/demand``.

    ``unit`` phrases hold ``{unit}``; ``measures`` are words that ask for a sort of quantity ("how long"), with the
    dimensions that answer them; ``forms`` are phrases with the form they ask for; ``money`` words ask for an amount.
    ``tolerance`` phrases hold ``{amount}``; ``nearest`` are the places by what stands behind "nearest", ``bases`` those
    of numerals by their names; ``conditions`` are what it says of the names in its answer, ``names`` what is a name
    itself, ``called`` the phrases that ask for a name of figures. ``starts`` finds all phrases at once: each by the
    first ``STARTS`` letters of its longest word, and under the empty text where all are shorter.
    """

    percent: frozenset[str]
    exact: frozenset[str]
    count: frozenset[str]
    pure_number: frozenset[str]
    unit: tuple[str, ...]
    unit_heads: frozenset[str]
    unit_tasks: frozenset[str]
    unit_joiners: frozenset[str]
    unit_telling: frozenset[str]
    unit_between: frozenset[str]
    unit_followers: frozenset[str]
    unit_ends: frozenset[str]
    much_verbs: frozenset[str]
    unit_homographs: frozenset[str]
    scale: frozenset[str]
    lowest_terms: frozenset[str]
    forms: Mapping[str, str]
    family: frozenset[str]
    antiderivative: frozenset[str]
    ordered: frozenset[str]
    unordered: frozenset[str]
    spans: frozenset[str]
    points: frozenset[str]
    whole: frozenset[str]
    degrees: frozenset[str]
    difference: frozenset[str]
    direction: frozenset[str]
    labelled: frozenset[str]
    verbatim: frozenset[str]
    money: frozenset[str]
    tolerance: tuple[str, ...]
    uncertainty: frozenset[str]
    extremes: frozenset[str]
    tasks: frozenset[str]
    measures: Mapping[str, frozenset[Dimension]]
    conditions: ConditionTable
    names: NameTable
    nearest: Mapping[str, int]
    bases: Mapping[str, int]
    called: Mapping[str, tuple[Called, ...]]
    rivals: RivalTable
    ratio: frozenset[str]
    letter: frozenset[str]
    valued: frozenset[str]
    rewrite: frozenset[str]
    rewritten: frozenset[str]
    starts: Mapping[str, tuple[str, ...]]


class MathsTable(msgspec.Struct, frozen=True):
    r"""How maths is written.

    ``tokens`` maps a piece of text (``\frac``, ``sin``, ``≤``) to what it is to the grammar and which one of that kind;
    ``called`` does so for words that count only with arguments in brackets. ``wordy`` macros hold words, ``vanishing``
    ones go with their argument. ``run`` finds functions in a run of letters (``sinx``). ``domains`` are the names of
    sets of numbers; the other word lists are explained where they stand, in ``rules/maths``.
    """

    tokens: Mapping[str, tuple[str, str]]
    called: Mapping[str, tuple[str, str]]
    wordy: frozenset[str]
    vanishing: frozenset[str]
    run: re.Pattern[str]
    domains: Mapping[str, str]
    signs: Mapping[str, str]
    arbitrary: frozenset[str]
    copulas: frozenset[str]
    between: frozenset[str]
    links: frozenset[str]
    comparisons: tuple[tuple[str, str], ...]
    closings: frozenset[str]
    denials: frozenset[str]
    ordinary: frozenset[str]
    little: frozenset[str]
    announcing: frozenset[str]
    sorts: frozenset[str]
    bracketed: frozenset[str]


class Element(msgspec.Struct, frozen=True):
    """A chemical element.

    ``clusters`` says that it forms ions of several atoms of itself, ``group`` that its symbol also stands for a group
    of atoms.
    """

    symbol: str
    number: int
    clusters: bool = False
    group: bool = False


class Particle(msgspec.Struct, frozen=True):
    """A particle beside nuclei: how it is written, its charge, and the nuclide that it is, if it is one."""

    name: str
    letters: frozenset[str]
    charge: int
    nucleus: str = ""


class ChemistryTable(msgspec.Struct, frozen=True):
    """Elements, substances and how they are written.

    ``elements`` stand by symbol; ``named`` maps folded names to the formulas they are listed for, written flat;
    ``listed`` holds all such formulas, ``skeletons`` those of ions without their charge. ``arrows`` maps macros and
    signs to the side of the products (``>``, ``<``, or ``=`` for both), ``over`` macros that carry their conditions as
    arguments; ``arrow`` finds the signs. ``cores`` maps a symbol to its shells. The word lists are explained where they
    stand, in ``rules/chemistry``.
    """

    elements: Mapping[str, Element]
    element_names: Mapping[str, str]
    named: Mapping[str, tuple[str, ...]]
    listed: frozenset[str]
    skeletons: frozenset[str]
    particles: tuple[Particle, ...]
    arrows: Mapping[str, str]
    over: Mapping[str, str]
    arrow: re.Pattern[str]
    cores: Mapping[str, str]
    formulas: frozenset[str]
    states: frozenset[str]
    never: frozenset[str]
    topics: frozenset[str]
    asks_formula: frozenset[str]
    asks_name: frozenset[str]
    asks_notation: frozenset[str]
    smallest: frozenset[str]


class Tolerance(msgspec.Struct, frozen=True):
    """How far a number may be off.

    ``rounding`` is POLICY 11; ``relative`` and ``absolute`` are zero in every shipped profile.
    """

    name: str
    relative: Fraction
    absolute: Fraction
    rounding: bool


class Profile(msgspec.Struct, frozen=True):
    """How a category is graded.

    ``categories`` are in lower case, and ``*`` in one stands for any text. ``stages`` may speak (empty: all);
    ``missing_unit`` is what a number without the gold's unit is. ``demands`` are made of every answer, as if its
    question said so (``demand.required``). A ground truth of more than ``long_reference`` words is free text, for a
    judge (0: none is); ``protocol`` says how a judge reads: an answer to be compared, or a long text to be weighed
    against another. Of a judge that is a model, ``judge_votes`` is how often it is asked at most, ``judge_effort``
    how hard it tries at first, ``judge_model`` which one it is (empty: that of the settings).
    """

    name: str
    categories: tuple[str, ...]
    stages: frozenset[str]
    tolerance: Tolerance
    missing_unit: Decision
    demands: frozenset[str]
    long_reference: int
    protocol: Literal["short", "long"]
    budget: Budget
    judges: tuple[str, ...]
    judge_votes: int = 3
    judge_effort: Literal["low", "medium", "high"] = "low"
    judge_model: str = ""


class Confidence(msgspec.Struct, frozen=True):
    """The measured precision of a code on ``n`` labelled samples."""

    precision: float
    n: int


class Example(msgspec.Struct, frozen=True):
    """An entry's own test: ``kind`` says what ``given`` and ``wanted`` are.

    accept and reject: gold and candidate; asked and unasked: question and the sentence that a judge is told of it, or
    not the entry's; extract and unmarked: response and what is, or is not,
    its answer; options: question and ``A=text|B=text``; attack: an answer and its code;
    nothing: an answer that nobody is asked about, and why;
    agreed and doubted: gold and candidate that are, or are not, correct;
    said and unsaid: the condition's sentence and the names that it is said of, or is not;
    price and mispriced: a usage and what it costs in dollars, or does not.

    ``file`` has the entry's line behind it, where that is known; ``profile`` is the one that it is graded under, where
    that is not the default one, and ``question`` the one that is asked, where there is one.
    """

    file: str
    entry: str
    kind: str
    given: str
    wanted: str
    profile: str | None = None
    question: str | None = None


class Rules(msgspec.Struct, frozen=True):
    """All tables of the loaded packs.

    ``version`` is the pack's version and the digest of all it says; it stands in every verdict. ``rubrics`` are what
    judges go by, and ``sentences`` what they are told of what a question demands, each by name; ``quoting`` says what
    they may not leave out.
    """

    version: str
    units: UnitTable
    directions: DirectionTable
    text: TextTable
    numbers: NumberTable
    extract: ExtractTable
    demand: DemandTable
    choices: ChoiceTable
    truth: TruthTable
    labels: LabelTable
    maths: MathsTable
    attacks: AttackTable
    chemistry: ChemistryTable
    dates: DateTable
    profiles: tuple[Profile, ...]
    default_profile: Profile
    confidence: Mapping[str, Confidence]
    prices: PriceTable
    examples: tuple[Example, ...]
    rubrics: Mapping[str, Rubric]
    sentences: Mapping[str, str]
    quoting: Quoting
