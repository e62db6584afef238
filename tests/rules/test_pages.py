"""The packs that the pages show: each loads, each is tried by its own examples, and all lie over the rules together."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from rulepacks import pack, shown

from verifier import Sample, Verifier, load_rules
from verifier.rulebook import builtin_rules
from verifier.rulebook.schema import ENTRIES
from verifier.rulecheck import check_examples, shadowed

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to"
FILES = {
    (page, name): content
    for page in ("rules", "extend-rules")
    for name, content in shown((HOW_TO / f"{page}.md").read_text(encoding="utf-8")).items()
}


def of(page: str) -> dict[str, str]:
    return {name: content for (where, name), content in FILES.items() if where == page and name != "pack.toml"}


@pytest.mark.parametrize("page", ["rules", "extend-rules"])
def test_the_pack_of_a_page_works(tmp_path: Path, page: str) -> None:
    files = of(page)
    assert len(files) == {"rules": 4, "extend-rules": 8}[page]
    rules = load_rules(pack(tmp_path, files))
    assert check_examples(rules) == ()
    assert shadowed(rules) == ()


@pytest.mark.parametrize(("page", "name"), [key for key in FILES if key[1] != "pack.toml"])
def test_each_file_works_alone_and_is_tried(tmp_path: Path, page: str, name: str) -> None:
    content = FILES[page, name]
    rules = load_rules(pack(tmp_path, {name: content}))
    own = [example for example in rules.examples if example.file.startswith(tmp_path.as_posix())]
    folder = name.partition("/")[0]
    for section, listed in tomllib.loads(content).items():
        if (folder, section) in ENTRIES:
            tried = {example.entry for example in own}
            assert {entry["name"] for entry in listed} <= tried, "an entry without examples"
    failed = [failure for failure in check_examples(rules) if failure.example in own]
    # What makes a sentence a supposition stands in a file of its own on the page.
    assert all(failure.example.kind == "unmarked" for failure in failed)


def test_the_pack_of_the_page_teaches_a_unit_and_a_word(tmp_path: Path) -> None:
    rules = load_rules(pack(tmp_path, of("rules")))
    assert Verifier(rules).grade(Sample(ground_truth="134 inches", final_answer="2 smoots")).code == "quantity.equal"
    assert "myriad" in rules.text.modifiers


def test_the_entries_that_contributing_shows_work(tmp_path: Path) -> None:
    """Put into a pack of their own: laid over rules that hold them by now, they replace what is the same."""
    page = (HOW_TO / "contribute.md").read_text(encoding="utf-8")
    blocks = [block.partition("```")[0] for block in page.split("```toml\n")[1:]]
    folders = {section: folder for folder, section in ENTRIES}
    files = {
        f"{folders[section]}/shown-{place}.toml": block
        for place, block in enumerate(blocks)
        for section in tomllib.loads(block)
    }
    assert len(files) == 4
    assert check_examples(load_rules(pack(tmp_path, files))) == ()


def test_what_the_page_says_of_words_of_a_question_is_so(tmp_path: Path) -> None:
    verifier = Verifier(load_rules(pack(tmp_path, of("extend-rules"))))

    def said(gold: str, answer: str, **more: str) -> bool | None:
        return verifier.grade(Sample(ground_truth=gold, final_answer=answer, **more)).success

    assert said("routine", "emergency", question="Rate the triage of this call.") is False
    assert said("Jah", "jah, see on õige") is True
    for behind in ("kuid", "see on õige, kuid mitte alati", "mõnel juhul", "see on vale", "nii ja naa"):
        assert said("Jah", f"jah, {behind}") is not True
    assert said("tuberculosis", "TB", question="Which disease is it?") is True
    assert said("tuberculosis", "TB", question="What does TB stand for?") is not True
    assert said("TB", "tb") is not True
    assert said("B", "Ibuprofen", question="Pick one.\nChoice A -> Aspirin\nChoice B -> Ibuprofen") is True
    assert said("120 mmHg", "120", category="Triage Calls") is False
    supposed = Sample(ground_truth="5", response="Kui vastus on 7, siis kaotame. Vastus on 5.")
    assert verifier.grade(supposed).success is True
    assert builtin_rules().version != verifier.rules.version
