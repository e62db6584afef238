"""Rule packs: their examples hold, what is wrong in one is said where it stands, and packs lie over each other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from rulepacks import pack

from verifier import Sample, Verifier, load_rules
from verifier.rulebook import builtin_rules
from verifier.rulecheck import check_examples
from verifier.types.errors import RulesError

ROOT = Path(__file__).resolve().parents[2]


def unplaced(message: str) -> str:
    """An error without the lines in it."""
    return re.sub(r"\.toml:\d+:", ".toml:", message)


def test_every_example_of_the_builtin_pack_holds() -> None:
    rules = builtin_rules()
    assert len(rules.examples) > 150
    assert [str(failure) for failure in check_examples(rules)] == []


def test_every_unit_has_an_example_of_each_sort() -> None:
    for path in sorted((ROOT / "rules" / "units").glob("*.toml")):
        for unit in tomllib.loads(path.read_text(encoding="utf-8")).get("unit", []):
            if unit["symbols"] or unit["words"]:
                assert unit.get("accept"), unit["name"]
                assert unit.get("reject"), unit["name"]


def test_a_failing_example_is_named(tmp_path: Path) -> None:
    units = (
        '[[unit]]\nname = "smoot"\nsymbols = []\nwords = ["smoot"]\nequals = "2 metre"\naccept = [["1 smoot", "3 m"]]\n'
    )
    failures = check_examples(load_rules(pack(tmp_path, {"units/mine.toml": units})))
    assert [str(failure) for failure in failures] == [
        (
            f"{tmp_path.as_posix()}/units/mine.toml:1: entry 'smoot', accept ['1 smoot', '3 m']: "
            "expected correct, found incorrect (quantity.differs)"
        )
    ]


def test_a_unit_is_one_row_and_no_code(tmp_path: Path) -> None:
    units = (
        '[[unit]]\nname = "zibbel"\nsymbols = ["zbb"]\nwords = ["zibbel", "zibbels"]\nequals = "220 yard"\n'
        'accept = [["2 zibbels", "440 yards"]]\nreject = [["2 zibbels", "2 yards"]]\n'
    )
    rules = load_rules(pack(tmp_path, {"units/mine.toml": units}))
    assert check_examples(rules) == ()
    sample = Sample(ground_truth="8 zibbels", final_answer="1 mile")
    assert Verifier(rules).grade(sample).code == "quantity.equal"
    assert Verifier().grade(sample).success is None


def test_a_language_is_one_row_and_no_code(tmp_path: Path) -> None:
    """Of a language that there is not, so that no row of ours can know it."""
    months = [f"zibb{place * 'o'}ber" for place in range(1, 13)]
    days = [f"zibb{place * 'a'}dag" for place in range(1, 8)]
    calendar = (
        f'[[calendar]]\nname = "Zibbelish"\nmonths = {[[month] for month in months]}\n'
        f"days = {[[day] for day in days]}\n"
        f'accept = [["6 June 1523", "6 {months[5]} 1523"], ["1 May 2020", "{days[4]} 1 {months[4]} 2020"]]\n'
        f'reject = [["6 June 1523", "6 {months[6]} 1523"]]\n'
    )
    assert check_examples(load_rules(pack(tmp_path, {"dates/mine.toml": calendar}))) == ()
    assert Verifier().grade(Sample(ground_truth="1 May 2020", final_answer=f"1 {months[4]} 2020")).success is None


def test_a_later_entry_replaces_the_earlier_and_words_add_up(tmp_path: Path) -> None:
    over = pack(
        tmp_path,
        {
            "profiles/mine.toml": '[[profile]]\nname = "circuits"\ncategories = ["ac circuits"]\n'
            'missing_unit = "incorrect"\n',
            "extract/mine.toml": '[[marker]]\nname = "zibbelish"\nphrases = ["zibbel om zabbel"]\n'
            'accept = [["Zibbel om zabbel 5", "5"]]\n',
            "text/mine.toml": 'modifiers = ["zibbeliard"]\n',
        },
    )
    builtin, rules = builtin_rules(), load_rules(over)
    assert check_examples(rules) == ()
    bare = Sample(ground_truth="600 W", final_answer="600", category="AC Circuits")
    assert Verifier(builtin).grade(bare).code == "quantity.unit_missing"
    assert Verifier(rules).grade(bare).code == "quantity.unit_required"
    assert builtin.text.modifiers < rules.text.modifiers
    marked = Sample(ground_truth="5", response="Obbel 7. Zibbel om zabbel 5. Abbel 9 ubbel.")
    assert Verifier(rules).grade(marked).success is True
    assert Verifier(builtin).grade(marked).success is not True


def test_conditions_of_another_language_are_rows_and_no_code(tmp_path: Path) -> None:
    german = (
        '[[slot]]\nname = "ist"\nwords = ["ist", "sind", "sei", "seien"]\n'
        '[[slot]]\nname = "and"\nwords = ["and", "und"]\n'
        '[[condition]]\nname = "positiv"\nmeans = "positive"\n'
        'phrases = ["{names} {ist} positiv", "{ist} {names} positiv"]\n'
        'accept = [["Sei x positiv.", "x"], ["$a$ und $b$ sind positiv", "a b"], ["x positiv", "x"]]\n'
        'reject = [["Sei x negativ.", "x"]]\n'
    )
    rules = load_rules(pack(tmp_path, {"demand/mine.toml": german}))
    failures = check_examples(rules)
    assert [str(failure) for failure in failures] == [
        (
            f"{tmp_path.as_posix()}/demand/mine.toml:7: entry 'positiv', said ['x positiv', 'x']: "
            "expected the second to be the names that the first says it of, found nothing"
        )
    ]
    same = Sample(ground_truth="\\sqrt{x^2}", final_answer="x", question="Sei $x$ positiv. Vereinfache den Term.")
    assert Verifier(rules).grade(same).success is True
    assert Verifier().grade(same).success is False


def test_the_version_tells_packs_apart(tmp_path: Path) -> None:
    builtin = builtin_rules()
    assert builtin.version == builtin_rules().version
    rules = load_rules(pack(tmp_path, {"text/mine.toml": 'modifiers = ["myriad"]\n'}))
    parts = rules.version.split("+")
    assert parts[0] == builtin.version.split("+")[0]
    assert parts[1] == "mine-3"
    assert parts[2] != builtin.version.split("+")[1]
    changed = load_rules(pack(tmp_path, {"text/mine.toml": 'modifiers = ["myriads"]\n'}))
    assert changed.version != rules.version


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("units/a.toml", "[[unit]\n", "units/a.toml: not readable as TOML"),
        ("units/a.toml", '[[unit]]\nname = "x"\n', "units/a.toml: entry 'x', field 'symbols': field required"),
        (
            "units/a.toml",
            '[[unit]]\nname = "x"\nsymbols = []\nwords = []\nequals = "3 jule"\n',
            "units/a.toml: entry 'x', field 'equals': unknown unit 'jule' (did you mean 'joule'?)",
        ),
        (
            "units/a.toml",
            '[[unit]]\nname = "x"\nsymbols = []\nwords = []\nequals = "3 centimeter"\n',
            "units/a.toml: entry 'x', field 'equals': unknown unit 'centimeter' (did you mean 'centimetre'?)",
        ),
        (
            "units/a.toml",
            '[[unit]]\nname = "x"\nsymbols = "x"\nwords = [""]\nequals = 3\n',
            (
                "units/a.toml: entry 'x', field 'symbols': write a list; field 'words.0': must not be empty; "
                "field 'equals': write a text"
            ),
        ),
        (
            "dates/a.toml",
            '[[calendar]]\nname = "x"\nmonths = [["a"]]\ndays = []\n',
            (
                "dates/a.toml: entry 'x', field 'months': must hold no fewer than 12, and holds 1; "
                "field 'days': must not be empty"
            ),
        ),
        (
            "units/a.toml",
            '[[unit]]\nname = "x"\nsymbols = []\nwords = []\nequals = "3 @"\n',
            "units/a.toml: entry 'x', field 'equals': '@' is no amount, unit or '/'",
        ),
        (
            "units/a.toml",
            '[[unit]]\nname = "x"\nsymbols = []\nwords = []\nequals = "3 x"\n',
            "units/a.toml: entry 'x', field 'equals': defined through itself: x -> x",
        ),
        (
            "units/a.toml",
            '[[unit]]\nname = "x"\nsymbols = ["W"]\nwords = []\n',
            "units/a.toml: entry 'x', field 'symbols': 'W' is already the watt",
        ),
        (
            "units/a.toml",
            "[[unti]]\nname = 'x'\n",
            "units/a.toml: entry 'unti': unknown section (did you mean unit?); units/ may hold: around,",
        ),
        (
            "unit/a.toml",
            "[[unit]]\nname = 'x'\n",
            "unit/a.toml: entry 'unit': unknown folder unit/ (did you mean units/?); a pack has attacks/,",
        ),
        (
            "chemistry/a.toml",
            "[[reaction_arrow]]\nname = 'sideways'\n",
            "chemistry/a.toml: entry 'sideways', field 'name': unknown direction; there are: forward, backward, both",
        ),
        (
            "chemistry/a.toml",
            "[[element]]\nname = 'ferrum'\nsymbol = 'Fe'\nnumber = 26\n",
            "chemistry/a.toml: entry 'ferrum', field 'symbol': 'Fe' already is an element",
        ),
        (
            "chemistry/a.toml",
            "[[core]]\nname = 'Og'\nshells = 'all'\n",
            "chemistry/a.toml: entry 'Og', field 'shells': 'all' cannot be read as one (what it stands for: `1s2",
        ),
        (
            "unit.toml",
            "[[unit]]\nname = 'x'\n",
            "unit.toml: entry 'unit': unknown section: it belongs into demand/ or units/; the top folder may",
        ),
        (
            "units/a.toml",
            '[[tolerance]]\nname = "x"\n',
            "units/a.toml: entry 'tolerance': unknown section: it belongs into the top folder; units/ may hold:",
        ),
        (
            "units/a.toml",
            '[[unit]]\nname = "x"\nsymbol = []\n',
            (
                "units/a.toml: entry 'x', field 'symbols': field required; field 'words': field required; "
                "field 'symbol': there is no such field (did you mean symbols?); there are: name, accept,"
            ),
        ),
        (
            "profiles/a.toml",
            '[[profile]]\nname = "p"\ntolerance = "x"\n',
            "entry 'p', field 'tolerance': unknown tolerance",
        ),
        (
            "profiles/a.toml",
            '[[profile]]\nname = "p"\nextends = "q"\n',
            "entry 'p', field 'extends': unknown profile 'q'",
        ),
        (
            "profiles/a.toml",
            '[[profile]]\nname = "p"\nbudget = { wrok = 3 }\n',
            "entry 'p', field 'budget.wrok': unknown limit; there are: alternatives,",
        ),
        ("profiles/a.toml", '[[profile]]\nname = "p"\nstages = 3\n', "profiles/a.toml: entry 'p', field 'stages'"),
        ("choices/a.toml", '[[layout]]\nname = "l"\nshape = "x"\nalphabets = ["y"]\n', "entry 'l', field 'shape'"),
        (
            "choices/a.toml",
            '[[layout]]\nname = "l"\nshape = "{label}"\nalphabets = ["y"]\n',
            "entry 'l', field 'alphabets': unknown alphabet 'y'",
        ),
        (
            "demand/a.toml",
            '[[condition]]\nname = "c"\nmeans = "positive"\nphrases = ["{nams} above zero"]\n',
            "demand/a.toml: entry 'c', field 'phrases': unknown slot '{nams}'; there are: a, and,",
        ),
        (
            "demand/a.toml",
            '[[condition]]\nname = "c"\nmeans = "positive"\nphrases = ["above zero, {names}!"]\n',
            "demand/a.toml: entry 'c', field 'phrases': '{names}!' is no slot: write {name}, {name?} or {40}",
        ),
        (
            "demand/a.toml",
            '[[condition]]\nname = "c"\nmeans = "positive"\nphrases = [" "]\n',
            "demand/a.toml: entry 'c', field 'phrases': ' ' must hold a word",
        ),
        (
            "demand/a.toml",
            '[[condition]]\nname = "c"\nmeans = "positive"\nphrases = ["above zero {names?}"]\n',
            "demand/a.toml: entry 'c', field 'phrases': 'above zero {names?}' must begin and end with something",
        ),
        (
            "demand/a.toml",
            '[[condition]]\nname = "c"\nmeans = "positive"\nphrases = ["{names} {word} {name}"]\n',
            "demand/a.toml: entry 'c', field 'phrases': '{names} {word} {name}' must hold a word",
        ),
        (
            "demand/a.toml",
            '[[condition]]\nname = "c"\nmeans = "plus"\nphrases = ["x"]\n',
            "demand/a.toml: entry 'c', field 'means': input should be 'positive'",
        ),
        ("demand/a.toml", 'unit = ["in metres"]\n', "entry 'unit', field 'phrases': 'in metres' must hold {unit} once"),
        (
            "dates/a.toml",
            '[[era]]\nname = "e"\nbefore = true\nwords = ["A.D."]\n',
            "entry 'e', field 'words': 'A.D.' already means",
        ),
        ("dates/a.toml", 'bounds = ["before"]\n', "entry 'bounds', field 'phrases': 'before' is no 'words=meaning'"),
        (
            "dates/a.toml",
            '[[calendar]]\nname = "c"\nmonths = [["x"]]\ndays = [["y"]]\n',
            "dates/a.toml: entry 'c', field 'months'",
        ),
        (
            "text/a.toml",
            '[[truth]]\nname = "t"\nvalue = true\nvocabulary = "yes_no"\nwords = ["no"]\n',
            "'no' already has a truth",
        ),
    ],
)
def test_an_error_names_file_entry_and_field(tmp_path: Path, name: str, content: str, message: str) -> None:
    with pytest.raises(RulesError) as caught:
        load_rules(pack(tmp_path, {name: content}))
    assert message in unplaced(str(caught.value))


@pytest.mark.parametrize(
    ("pack_toml", "message"),
    [
        ('id = "m"\nversion = "1"\nengine = ">=9"\n', "pack.toml: field 'engine': these rules need engine >=9"),
        ('id = "m"\nversion = "1"\nengine = "9"\n', "pack.toml: field 'engine': '9' is no bound"),
        ('id = "m"\nversion = "x"\nengine = ">=0.1"\n', "pack.toml: field 'version'"),
        ("", "pack.toml: field 'id': field required; field 'version': field required; field 'engine': field required"),
    ],
)
def test_an_error_in_pack_toml(tmp_path: Path, pack_toml: str, message: str) -> None:
    with pytest.raises(RulesError) as caught:
        load_rules(pack(tmp_path, {}, pack_toml=pack_toml))
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path.as_posix()}/pack.toml: ")


def test_the_digest_does_not_know_where_a_pack_lies(tmp_path: Path) -> None:
    versions = {
        load_rules(pack(tmp_path / name, {"text/mine.toml": 'modifiers = ["myriad"]\n'})).version for name in "ab"
    }
    assert len(versions) == 1


def test_a_folder_without_pack_toml(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match=r"no pack\.toml there"):
        load_rules(tmp_path)


def test_no_marker_is_a_regular_expression_that_repeats_itself() -> None:
    """Markers are phrases; the only patterns built from rules are option layouts, which repeat nothing nested."""
    for layout in builtin_rules().choices.layouts:
        assert "*" not in re.sub(r"\\.|\[.*?\]", "", layout.pattern.pattern)
        assert "+" not in re.sub(r"\\.|\[.*?\]|\}\+", "", layout.pattern.pattern)
