"""What loads is what was meant: names twice in a pack, names that nothing has, forms that could never be used."""

from __future__ import annotations

from pathlib import Path

import pytest
from rulepacks import pack

from verifier import Sample, Verifier, load_rules
from verifier.engine.cascade import STAGES
from verifier.engine.kinds.options import find_options
from verifier.engine.sides import profile_of
from verifier.grader import JUDGES, MODEL_JUDGE
from verifier.rulebook import builtin_rules
from verifier.rulecheck import check_examples, shadowed
from verifier.types.budget import Meter
from verifier.types.errors import RulesError
from verifier.types.known import JUDGE_NAMES, STAGE_NAMES


def failed(folder: Path, files: dict[str, str]) -> list[str]:
    """All that is wrong with a pack, without the folder that it lies in."""
    with pytest.raises(RulesError) as caught:
        load_rules(pack(folder, files))
    return str(caught.value).replace(f"{folder.as_posix()}/", "").splitlines()


def profile(name: str, *categories: str, more: str = "") -> str:
    return f'[[profile]]\nname = "{name}"\ncategories = {list(categories)}\n{more}\n'


def spelling(*pairs: list[str], name: str = "mine") -> dict[str, str]:
    return {"text/mine.toml": f'[[spelling]]\nname = "{name}"\npairs = {list(pairs)}\n'}


def test_the_names_of_stages_and_judges_are_those_of_the_code() -> None:
    assert {stage.name for stage in STAGES} == STAGE_NAMES
    assert {*JUDGES, MODEL_JUDGE} == JUDGE_NAMES


# --- names ----------------------------------------------------------------------------------------------------------


def test_a_name_stands_once_in_a_pack(tmp_path: Path) -> None:
    marker = '[[marker]]\nname = "x"\nphrases = ["zibbel om"]\n'
    assert failed(tmp_path / "two", {"extract/a.toml": marker, "extract/b.toml": f"\n\n{marker}"}) == [
        (
            "extract/b.toml:3: entry 'x', field 'name': the pack has a [[marker]] of this name already, in "
            "extract/a.toml:1: give one of them another name"
        ),
    ]
    (told,) = failed(tmp_path / "one", {"extract/a.toml": f"{marker}\n{marker}"})
    assert told.startswith("extract/a.toml:5: entry 'x', field 'name': the pack has a [[marker]] of this name already")
    inline = 'marker = [{name = "x", labels = ["a"]}, {name = "x", labels = ["b"]}]\n'
    (told,) = failed(tmp_path / "line", {"extract/a.toml": inline})
    assert told.startswith("extract/a.toml: entry 'x', field 'name': the pack has a [[marker]] of this name already")


def test_a_later_pack_may_replace_and_other_tables_may_share_a_name(tmp_path: Path) -> None:
    first = pack(tmp_path / "a", {"extract/a.toml": '[[marker]]\nname = "x"\nphrases = ["zibbel om"]\n'})
    second = pack(
        tmp_path / "b",
        {
            "extract/a.toml": '[[marker]]\nname = "x"\nphrases = ["zabbel om"]\n'
            '[[contrast]]\nname = "x"\nbefore = "ub"\nbetween = "eb"\n'
        },
    )
    phrases = {one.text for clue in load_rules(first, second).extract.clues for one in clue.phrases}
    assert "zabbel om" in phrases
    assert "zibbel om" not in phrases


def test_all_that_is_wrong_is_told_with_its_line(tmp_path: Path) -> None:
    told = failed(
        tmp_path,
        {
            "extract/a.toml": '# a comment\n[[marker]]\nname = "x"\nphrases = 5\n\n[[marker]]\nphrases = ["a"]\n'
            '\n[[marker]]\nname = "z"\n',
            "text/a.toml": 'modifiers = ["a"]\n\n[hegdes]\nwords = ["b"]\n',
            "units/a.toml": "[[unit]\n",
        },
    )
    assert [line.partition(" (")[0] for line in told] == [
        "extract/a.toml:2: entry 'x', field 'phrases': write a list",
        "extract/a.toml:6: entry 'marker number 2', field 'name': field required",
        "text/a.toml:3: entry 'hegdes': unknown section",
        "units/a.toml: not readable as TOML: Expected ']]' at the end of an array declaration",
        "extract/a.toml:9: entry 'z', field 'phrases': must hold a phrase, or labels one, or nothing is announced",
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "profiles/a.toml",
            profile("p", more='stages = ["quantitty", "number"]'),
            (
                "profiles/a.toml:1: entry 'p', field 'stages': unknown stage 'quantitty' (did you mean 'quantity'?); "
                "there are: address, band,"
            ),
        ),
        (
            "profiles/a.toml",
            profile("p", more='judges = ["symbolik"]'),
            "entry 'p', field 'judges': unknown judge 'symbolik' (did you mean 'symbolic'?); there are: anthropic, sym",
        ),
        (
            "profiles/a.toml",
            profile("p", "Bridges") + profile("q", "bridges"),
            "profiles/a.toml:5: entry 'q', field 'categories': 'bridges' is a category of the profile 'p' in the same",
        ),
        (
            "text/a.toml",
            '[[truth]]\nname = "t"\nvalue = true\nvocabulary = "yes_on"\nwords = ["zibbel"]\n',
            (
                "entry 't', field 'vocabulary': unknown vocabulary 'yes_on' (did you mean 'yes_no'?): no entry has its "
                "words for false; there are: agree,"
            ),
        ),
        (
            "text/a.toml",
            '[[truth]]\nname = "t"\nvalue = true\nvocabulary = "yes_no"\nwords = ["zib zab"]\n',
            "entry 't', field 'words': 'zib zab' must be one word; whole answers stand under alone",
        ),
        (
            "text/a.toml",
            'modifiers = ["x"]\nqualifiers = ["zib", "zib zab"]\n',
            "text/a.toml:2: entry 'qualifiers': 'zib zab' must be one word: they are looked up one by one",
        ),
        (
            "extract/a.toml",
            '[[marker]]\nname = "m"\nlabels = ["Impendulo:"]\n',
            "entry 'm', field 'labels': write 'Impendulo' for 'Impendulo:': a colon behind a label is understood",
        ),
        ("extract/a.toml", '[[marker]]\nname = "m"\nlabels = [" : "]\n', "field 'labels': ' : ' must hold a word"),
        (
            "attacks/a.toml",
            '[[attack]]\nname = "a"\nkind = "self_graded"\nphrases = ["grade {nummer}", "mark {number}"]\n',
            "entry 'a', field 'phrases': unknown slot '{nummer}' in 'grade {nummer}': write {number} for any number",
        ),
        (
            "labels/a.toml",
            '[[label_set]]\nname = "l"\nlabels = ["a", "b", "A"]\ntopics = ["x"]\n',
            "entry 'l', field 'labels': 'a' stands in it 2 times, case aside: once is enough",
        ),
        (
            "labels/a.toml",
            '[[label_set]]\nname = "l"\nlabels = ["a", "b"]\ntopics = ["wait list", "24/7"]\n',
            "entry 'l', field 'topics': '24/7' must have a word of letters",
        ),
        (
            "choices/a.toml",
            '[[alphabet]]\nname = "l"\nlabels = ["a", "b", "a"]\n',
            "entry 'l', field 'labels': 'a' stands in it 2 times: once is enough",
        ),
        (
            "choices/a.toml",
            '[[layout]]\nname = "l"\nshape = "{label} or {label}"\nalphabets = ["capitals"]\n',
            "entry 'l', field 'shape': '{label} or {label}' must hold {label} once, and no other slot",
        ),
        (
            "text/mine.toml",
            spelling(["bp", "bp."])["text/mine.toml"],
            "entry 'mine', field 'pairs': ['bp', 'bp.'] says the same twice",
        ),
        (
            "text/mine.toml",
            spelling(["5", "five"])["text/mine.toml"],
            "entry 'mine', field 'pairs': '5' must hold a letter",
        ),
        ("text/mine.toml", spelling(["bp"])["text/mine.toml"], "field 'pairs': ['bp'] must hold two forms or more"),
        (
            "text/mine.toml",
            spelling(["bp", "b" * 121])["text/mine.toml"],
            "must have no more than 120 characters",
        ),
        (
            "text/mine.toml",
            spelling(["colour", "couleur"])["text/mine.toml"],
            (
                "entry 'mine', field 'pairs': 'colour' of ['colour', 'couleur'] already stands in "
                "['colour', 'color'], in text/spellings.toml:"
            ),
        ),
    ],
)
def test_what_could_never_be_used_is_an_error(tmp_path: Path, name: str, content: str, message: str) -> None:
    assert any(message in told for told in failed(tmp_path, {name: content}))


def test_a_judge_of_the_program_is_named_in_the_pack(tmp_path: Path) -> None:
    named = 'id = "mine"\nversion = "3"\nengine = ">=0.1"\njudges = ["my-own"]\n'
    files = {"profiles/a.toml": profile("p", more='judges = ["my-own", "symbolic"]')}
    rules = load_rules(pack(tmp_path, files, pack_toml=named))
    assert rules.profiles[0].judges == ("my-own", "symbolic")


# --- which profile --------------------------------------------------------------------------------------------------


def test_a_name_goes_before_a_pattern_and_a_later_pack_before_an_earlier(tmp_path: Path) -> None:
    first = pack(
        tmp_path / "a",
        {
            "profiles/a.toml": profile("bridges", "Bridge Circuits", "tunnels")
            + profile("arches", "arch *", "* vault*")
            + profile("vaults", "*h vault", "what? [old] *")
        },
    )
    rules = load_rules(first)
    got = {
        category: profile_of(category, rules).name
        for category in ("bridge circuits", "TUNNELS", "My Circuits", "arch vault", "arch way", "what? [old] one")
    }
    assert got == {
        "bridge circuits": "bridges",
        "TUNNELS": "bridges",
        "My Circuits": "circuits",
        "arch vault": "vaults",
        "arch way": "arches",
        "what? [old] one": "vaults",
    }
    assert profile_of("whatx o one", rules).name == "default"
    second = pack(tmp_path / "b", {"profiles/a.toml": profile("mine", "tunnels", "*circuits", "general *")})
    both = load_rules(first, second)
    assert profile_of("tunnels", both).name == "mine"
    assert profile_of("My Circuits", both).name == "mine"
    assert profile_of("bridge circuits", both).name == "bridges"
    told = {line.partition(", which ")[0] for line in shadowed(both)}
    assert told >= {
        "category 'bridge circuits' fits '*circuits' of profile 'mine' and gets 'bridges'",
        "category 'general math' fits 'general *' of profile 'mine' and gets 'general-math'",
        "category 'tunnels' of profile 'bridges' gets 'mine'",
        "category '*h vault' fits '* vault*' of profile 'arches' and gets 'vaults'",
    }


def test_a_profile_that_is_replaced_counts_with_the_later_pack(tmp_path: Path) -> None:
    first = pack(tmp_path / "a", {"profiles/a.toml": profile("mine", "zibbel")})
    second = pack(tmp_path / "b", {"profiles/a.toml": profile("circuits", "zibbel", "ac circuits")})
    assert profile_of("zibbel", load_rules(first, second)).name == "circuits"
    assert profile_of("zibbel", load_rules(second, first)).name == "mine"


def test_the_builtin_profiles_leave_each_other_their_categories() -> None:
    assert shadowed(builtin_rules()) == ()


def test_the_examples_of_a_profile_are_graded_under_it(tmp_path: Path) -> None:
    strict = profile("mine", more='missing_unit = "incorrect"\nreject = [["600 W", "600"]]')
    taker = profile("taker", "ac circuits", more='tolerance = "exact"')
    assert check_examples(load_rules(pack(tmp_path, {"profiles/a.toml": strict + taker}))) == ()


# --- layouts and forms ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "question"),
    [
        ("Option {label} -", "Pick one.\nOption A - Aspirin\nOption B – Ibuprofen"),
        ("{label} ->", "Pick one.\nA -> Aspirin\nB  -> Ibuprofen"),
        ("{label} =", "Pick one.\n**A** = Aspirin\n**B** = Ibuprofen"),
        ("{label} – ", "Pick one.\nA — Aspirin\nB - Ibuprofen"),
        ("Answer no {label} )", "Pick one.\nAnswer no A ) Aspirin\nAnswer no  B ) Ibuprofen"),
    ],
)
def test_a_layout_may_have_spaces(tmp_path: Path, shape: str, question: str) -> None:
    layout = f'[[layout]]\nname = "mine"\nshape = "{shape}"\nalphabets = ["capitals"]\nline_start = true\n'
    rules = load_rules(pack(tmp_path, {"choices/a.toml": layout}))
    found = find_options(question, rules, Meter(rules.default_profile.budget))
    assert [(option.label, option.text) for option in found] == [("A", "Aspirin"), ("B", "Ibuprofen")]


@pytest.mark.parametrize(
    "question",
    [
        "Compute A - B.\nA - 5 is what?",
        "Let A - B = 4 and\nB - C = 3. Find A - C.",
        "What is\nB - 3\nif B is 4?",
        "A-B bonds\nB-C bonds",
        "Solve both:\nA - 3 = 4\nB - 2 = 1",
        "Which bonds are polar?\nA - B\nB - C",
    ],
)
def test_a_difference_is_no_option(question: str) -> None:
    rules = builtin_rules()
    assert find_options(question, rules, Meter(rules.default_profile.budget)) == ()


PAIRS = spelling(
    ["oestrogenish", "estrogenish", "östrogenish"],
    ["bp", "blood pressure"],
    ["TB", "tuberculosis"],
    ["ECG", "EKG", "electrocardiogram"],
    ["i.v.", "intravenous"],
    ["U.S.", "United States"],
    ["grey", "gray"],  # ours, too: the same list says the same
)


@pytest.mark.parametrize(
    ("gold", "answer", "question", "success"),
    [
        ("oestrogenish cream", "Estrogenish cream", None, True),
        ("östrogenish", "estrogenish", None, True),
        ("BP", "Blood pressure.", None, True),
        ("blood pressure", "the bp", None, True),
        ("TB", "Tuberculosis", "Which disease is it?", True),
        ("tb", "tuberculosis", None, None),
        ("ECG", "an EKG", None, True),
        ("EKG", "electrocardiogram", None, True),
        ("intravenous", "I.V.", None, True),
        ("the U.S.", "United States", None, True),
        ("United States", "u.s.", None, None),
        ("blood pressure", "BP", "What does BP stand for?", None),
        ("blood pressure", "BP", "Say BP in words.", None),
        ("BP", "blood pressure", "What is the abbreviation?", None),
        ("BP", "blood pressure", "Which acronym is spelled with two letters?", None),
        ("high blood pressure", "high BP", None, None),
        ("BP", "blood", None, None),
        ("BP", "TB", None, None),
        ("TB", "5 TB", None, None),
        ("grey", "gray", None, True),
    ],
)
def test_listed_forms_are_one_answer(
    tmp_path: Path, gold: str, answer: str, question: str | None, success: object
) -> None:
    verifier = Verifier(load_rules(pack(tmp_path, PAIRS)))
    for one, other in ((gold, answer), (answer, gold)) if question is None else ((gold, answer),):
        assert verifier.grade(Sample(ground_truth=one, final_answer=other, question=question)).success is success


def test_a_set_of_labels_of_a_later_pack_goes_first(tmp_path: Path) -> None:
    own = '[[label_set]]\nname = "mine"\nlabels = ["zib", "zab"]\ntopics = ["sentiment"]\nreject = [["zib", "zab"]]\n'
    assert check_examples(load_rules(pack(tmp_path, {"labels/a.toml": own}))) == ()
