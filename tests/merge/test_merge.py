"""What stands where after a merge, and that nothing but the rows decides it."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from verifier.batch.merge import CARD, FILES, MANIFEST, merge
from verifier.batch.mergeoptions import Options, Selection
from verifier.batch.tally import reconcile
from verifier.batch.trajectory import FIELDS
from verifier.types.errors import OutputError

Row = dict[str, Any]

OPUS = Options(keep_all=(Selection.parse("teacher_model=*opus*"),))


def read(folder: Path, dataset: str) -> list[Row]:
    with (folder / FILES[dataset]).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def ids(folder: Path, dataset: str) -> list[object]:
    return [row["sample_id"] for row in read(folder, dataset)]


def seed_of(row: Row) -> Row:
    """A row as the data sets must hold it: the seed's fields, and a name in every message."""
    messages = row["conversations"]
    assert isinstance(messages, list)
    return {field: row[field] for field in FIELDS} | {
        "conversations": [{"role": m["role"], "content": m["content"], "name": m.get("name")} for m in messages]
    }


def identity(row: Row) -> str:
    """A row as text that is the same for 5 and 5.0."""
    return json.dumps({k: float(v) if type(v) is int else v for k, v in row.items()}, sort_keys=True)


def test_the_data_sets_hold_the_rows_unchanged_in_the_seeds_order(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]
) -> None:
    row = graded_row("a", total_latency_seconds=1, category="Ångström’s 日本 \u2028 \x00", extra={"note": 1})
    merge([write("in.jsonl", [row])], tmp_path / "out", Options())
    (written,) = read(tmp_path / "out", "deduped")
    assert list(written) == list(FIELDS)
    assert written == seed_of(row)
    assert read(tmp_path / "out", "all") == [written]
    assert isinstance(written["total_latency_seconds"], float)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"total_tokens": 10}, {"total_tokens": 11}),
        ({"total_tokens": 10}, {"total_tokens": 0}),
        ({"total_tokens": 10}, {"total_tokens": None}),
        ({"total_tokens": 10, "total_cost_usd": 9}, {"total_tokens": 11, "total_cost_usd": 0.1}),
        ({"total_cost_usd": 0.1}, {"total_cost_usd": 0.2}),
        ({"total_cost_usd": 0.1}, {"total_cost_usd": 0}),
        ({"total_tokens": None, "total_cost_usd": 0.1}, {"total_tokens": 0, "total_cost_usd": 0.2}),
        ({"total_energy_joules": 1}, {"total_energy_joules": 2.5}),
        ({"total_energy_joules": 1}, {"total_energy_joules": None}),
        ({"total_tokens": 5.0, "total_cost_usd": 1}, {"total_tokens": 5, "total_cost_usd": 2}),
    ],
)
def test_the_cheapest_row_is_kept_and_unknown_is_last(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str], better: Row, worse: Row
) -> None:
    rows = [graded_row("a", final_answer="worse", **worse), graded_row("a", final_answer="better", **better)]
    merge([write("in.jsonl", rows)], tmp_path / "out", Options())
    assert [row["final_answer"] for row in read(tmp_path / "out", "deduped")] == ["better"]
    (duplicate,) = read(tmp_path / "out", "duplicates")
    assert duplicate["final_answer"] == "worse"
    assert (duplicate["reason"], duplicate["similarity"], duplicate["kept_line"]) == ("same_sample_id", None, 1)


def test_prefer_changes_the_ranking(tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]) -> None:
    cheap = graded_row("a", total_tokens=20, total_cost_usd=0.1)
    short = graded_row("a", total_tokens=10, total_cost_usd=0.2)
    name = write("in.jsonl", [cheap, short])
    merge([name], tmp_path / "tokens", Options())
    merge([name], tmp_path / "cost", Options(prefer=("cost", "tokens")))
    assert read(tmp_path / "tokens", "deduped")[0]["total_tokens"] == 10
    assert read(tmp_path / "cost", "deduped")[0]["total_tokens"] == 20


def test_rows_without_id_stand_for_themselves(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]
) -> None:
    rows = [
        graded_row(None, final_answer="1"),
        graded_row(None, final_answer="2"),
        graded_row(" ", final_answer="3"),
        graded_row(None, final_answer="1"),  # the first, again
    ]
    del rows[1]["sample_id"]
    merged = merge([write("in.jsonl", rows)], tmp_path / "out", Options())
    assert sorted(str(row["final_answer"]) for row in read(tmp_path / "out", "deduped")) == ["1", "2", "3"]
    assert [row["reason"] for row in read(tmp_path / "out", "duplicates")] == ["identical"]
    assert merged.counts["without_sample_id"] == 4


def test_rows_that_differ_in_any_field_are_no_copies(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]
) -> None:
    rows = [json.dumps(graded_row(None, run={"at": at})) for at in (1, 2)]
    again = json.dumps(graded_row(None, False, run={"at": 2}), separators=(",", ":"))  # graded and spaced differently
    merged = merge([write("in.jsonl", [*rows, again, rows[0]])], tmp_path / "out", Options())
    assert (merged.counts["deduped"], merged.counts["identical"]) == (2, 1)
    assert (merged.counts["rejected"], merged.counts["graded_differently"]) == (1, 1)


def test_ids_are_texts(tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]) -> None:
    rows = [graded_row(value) for value in (5, 5.0, "5", "5.0", "a", "A", "a ")]
    merge([write("in.jsonl", rows)], tmp_path / "out", Options())
    assert ids(tmp_path / "out", "deduped") == ["5", "5.0", "A", "a", "a "]


def test_rejected_rows_say_why_and_lose_nothing(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]
) -> None:
    rows = [
        graded_row("a", False, extra={"deep": [1.10, None]}),
        graded_row("b", None),
        graded_row("c", None, verification={"outcome": "undecided", "code": "record.ground_truth_missing"}),
        graded_row("d", None, verification=None),
        graded_row("e", True, total_tokens="many"),
        graded_row("f", None, verification={"outcome": "undecided", "code": "engine.worker_lost"}),
    ]
    merged = merge([write("in.jsonl", rows)], tmp_path / "out", Options())
    card = (tmp_path / "out" / "README.md").read_text()
    named = (
        "Graded by engine 0.1.0 with rules 2026.11.0+abc; rows in error, and rows that were not graded by it, name no"
    )
    assert f"{named} version." in card
    rejected = {row["sample_id"]: row for row in read(tmp_path / "out", "rejected")}
    assert {name: row["reason"] for name, row in rejected.items()} == {
        "a": "incorrect",
        "b": "undecided",
        "c": "error",
        "d": "not_graded",
        "e": "error",
        "f": "error",
    }
    assert rejected["a"]["detail"] == "number.differs"
    assert json.loads(str(rejected["a"]["other_fields"])) == {"extra": {"deep": [1.10, None]}}
    assert json.loads(str(rejected["a"]["verification"])) == rows[0]["verification"]
    assert rejected["e"]["detail"] == "field 'total_tokens': expected an integer, found a string"
    assert json.loads(str(rejected["e"]["other_fields"])) == {"total_tokens": "many"}
    assert any("unfit" in remark for remark in merged.remarks)
    assert not read(tmp_path / "out", "deduped")


def test_keep_all_arithmetic_is_the_seeds(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]
) -> None:
    """All of one teacher's rows come in whatever their success, but those that are in already: 44,301 + 575 - 10."""
    kimi = [graded_row(f"k{number}") for number in range(40)]
    already = [graded_row(f"o{number}", teacher_model="claude-opus-4") for number in range(3)]
    beaten = [graded_row(f"k{number}", teacher_model="Claude OPUS", total_tokens=500) for number in range(4)]
    failed = [graded_row(f"f{number}", False, teacher_model="claude-opus-4") for number in range(5)]
    undecided = [graded_row(f"u{number}", None, teacher_model="claude-opus-4") for number in range(2)]
    others = [graded_row(f"x{number}", False) for number in range(6)]
    opus = [*already, *beaten, *failed, *undecided]
    merged = merge([write("a", kimi + others), write("b", opus)], tmp_path / "out", OPUS)
    assert merged.counts["deduped"] == 43
    assert merged.counts["all"] == 43 + len(opus) - len(already)
    assert merged.counts["matched_kept"] == len(already)
    everything = read(tmp_path / "out", "all")
    assert all(seed_of(row) in everything for row in opus)
    assert [row["sample_id"] for row in read(tmp_path / "out", "rejected")] == [row["sample_id"] for row in others]
    assert not read(tmp_path / "out", "duplicates")
    counts = json.loads((tmp_path / "out" / MANIFEST).read_text())["counts"]
    assert counts["keep_all"] == {"matched": 14, "already_in": 3, "copies": 0, "added": 11}


def test_keep_all_takes_a_trajectory_once_though_it_was_graded_twice(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]
) -> None:
    first = graded_row("a", None, teacher_model="opus")
    second = graded_row("a", True, teacher_model="opus")
    failed = graded_row("b", False, teacher_model="opus")
    name = write("in.jsonl", [first, second, failed, failed])
    merged = merge([name], tmp_path / "out", OPUS)
    assert [(row["sample_id"], row["success"]) for row in read(tmp_path / "out", "all")] == [("a", True), ("b", False)]
    duplicates = read(tmp_path / "out", "duplicates")
    assert [(row["sample_id"], row["success"], row["reason"]) for row in duplicates] == [
        ("a", None, "identical"),
        ("b", False, "identical"),
    ]
    assert [row["similarity"] for row in duplicates] == [1.0, 1.0]
    assert merged.counts["graded_differently"] == 1


def test_the_same_file_twice_changes_no_data_set(
    tmp_path: Path, many_rows: Callable[[int], list[Row]], write: Callable[..., str]
) -> None:
    name = write("in.jsonl", many_rows(200))
    once = merge([name], tmp_path / "once", OPUS)
    twice = merge([name, name], tmp_path / "twice", OPUS)
    for dataset in ("deduped", "all"):
        assert (tmp_path / "once" / FILES[dataset]).read_bytes() == (tmp_path / "twice" / FILES[dataset]).read_bytes()
    assert twice.counts["rows"] == 2 * once.counts["rows"]


def test_a_duplicate_points_at_the_line_that_stands_for_it(
    tmp_path: Path, many_rows: Callable[[int], list[Row]], write: Callable[..., str]
) -> None:
    merge([write("in.jsonl", many_rows(400))], tmp_path / "out", OPUS)
    everything, duplicates = read(tmp_path / "out", "all"), read(tmp_path / "out", "duplicates")
    assert {row["reason"] for row in duplicates} == {"identical", "same_sample_id"}
    for row in duplicates:
        line = row["kept_line"]
        assert isinstance(line, int)
        kept = everything[line - 1]
        if row["reason"] == "identical":
            assert [row[field] for field in FIELDS if field != "success"] == [
                kept[field] for field in FIELDS if field != "success"
            ]
        else:
            assert row["sample_id"] == kept["sample_id"]
            assert kept["success"] is True


def test_every_row_stands_in_exactly_one_place(
    tmp_path: Path, many_rows: Callable[[int], list[Row]], write: Callable[..., str]
) -> None:
    rows = many_rows(600)
    merged = merge([write("in.jsonl", rows)], tmp_path / "out", OPUS)
    came_in = Counter(identity(seed_of(row)) for row in rows)
    stands = Counter(
        identity({field: row[field] for field in FIELDS})
        for dataset in ("all", "duplicates", "rejected")
        for row in read(tmp_path / "out", dataset)
    )
    assert came_in == stands
    assert stands.total() == len(rows) == merged.counts["rows"]
    named = [row["sample_id"] for row in read(tmp_path / "out", "deduped") if row["sample_id"] is not None]
    assert len(named) == len(set(named)) == len({r["sample_id"] for r in rows if r["success"] and r["sample_id"]})
    deduped = {json.dumps(row, sort_keys=True) for row in read(tmp_path / "out", "deduped")}
    assert deduped <= {json.dumps(row, sort_keys=True) for row in read(tmp_path / "out", "all")}


def test_the_manifest_reconciles_with_the_files(
    tmp_path: Path, many_rows: Callable[[int], list[Row]], write: Callable[..., str]
) -> None:
    from hashlib import sha256

    name = write("in.jsonl", many_rows(300))
    merge([name], tmp_path / "out", OPUS)
    manifest = json.loads((tmp_path / "out" / MANIFEST).read_text())
    counts = manifest["counts"]
    assert counts["rows"] == sum(counts["by_standing"].values()) == 300
    assert counts["rows"] == counts["all"] + counts["duplicates"]["rows"] + counts["rejected"]["rows"]
    assert counts["all"] == counts["deduped"] + counts["keep_all"]["added"]
    assert manifest["inputs"] == [
        {
            "sha256": sha256(Path(name).read_bytes()).hexdigest(),
            "name": "in.jsonl",
            "bytes": Path(name).stat().st_size,
            "rows": 300,
        }
    ]
    assert manifest["graded_with"] == {"engine": {"0.1.0": 300}, "rules": {"2026.11.0+abc": 300}}
    for output in manifest["outputs"]:
        content = (tmp_path / "out" / output["name"]).read_bytes()
        assert output["sha256"] == sha256(content).hexdigest()
        assert output["rows"] in (content.count(b"\n"), None)
    assert {output["name"] for output in manifest["outputs"]} == {*FILES.values(), CARD}
    assert str(tmp_path) not in (tmp_path / "out" / MANIFEST).read_text()


def test_counts_that_disagree_are_refused() -> None:
    names = "rows correct correct_unfit incorrect undecided not_graded error samples deduped all duplicates identical"
    more = "same_sample_id rejected rejected_incorrect rejected_undecided rejected_not_graded rejected_error"
    counts = dict.fromkeys(f"{names} {more} matched matched_kept matched_added matched_copies".split(), 0)
    counts |= {"rows": 1, "correct": 1, "samples": 1, "deduped": 1, "all": 1}
    written = {"deduped": 1, "all": 1, "duplicates": 0, "rejected": 0}
    reconcile(counts, written, read=1, successes=1)
    with pytest.raises(OutputError, match="rows read = rows in the ledger: 2 != 1"):
        reconcile(counts, written, read=2, successes=1)
    with pytest.raises(OutputError, match="success true = correct \\+ unfit: 2 != 1"):
        reconcile(counts, written, read=1, successes=2)


def test_the_manifest_counts_correct_rows_that_do_not_fit(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]
) -> None:
    rows = [
        graded_row("a"),
        graded_row("a", total_tokens=500),
        graded_row("b", total_tokens=5.5),
        graded_row("c", conversations="none"),
        graded_row("d", False, total_tokens=5.5),
        graded_row("e", None),
    ]
    merge([write("in.jsonl", rows)], tmp_path / "out", Options())
    counts = json.loads((tmp_path / "out" / MANIFEST).read_text())["counts"]
    assert counts["success_true"] == {"rows": 4, "correct": 2, "unfit": 2}
    assert counts["success_true"]["rows"] == sum(row["success"] is True for row in rows)
    assert (counts["by_standing"]["correct"], counts["by_standing"]["error"]) == (2, 3)


def test_a_broken_reconciliation_leaves_the_folder_alone(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verifier.batch.ledger.Ledger.lines", lambda *_: iter(()))
    with pytest.raises(OutputError, match="lines written of deduped: 0 != 1"):
        merge([write("in.jsonl", [graded_row("a")])], tmp_path / "out", Options())
    assert not (tmp_path / "out").exists()


def outputs(folder: Path, *, but: str = "") -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != but}


def test_same_inputs_in_any_order_give_the_same_bytes(
    tmp_path: Path, many_rows: Callable[[int], list[Row]], write: Callable[..., str]
) -> None:
    rows = many_rows(900)
    names = [write(f"{part}.jsonl", rows[part::3]) for part in range(3)]
    options = Options(keep_all=OPUS.keep_all, with_verification=True)
    merge(names, tmp_path / "first", options)
    merge(names[::-1], tmp_path / "second", options)
    merge([names[1], names[0], names[2]], tmp_path / "third", options)
    assert outputs(tmp_path / "first") == outputs(tmp_path / "second") == outputs(tmp_path / "third")
    assert set(outputs(tmp_path / "first")) == {*FILES.values(), CARD, MANIFEST}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rows_in_any_order_and_in_any_file_give_the_same_bytes(
    tmp_path: Path,
    many_rows: Callable[[int], list[Row]],
    write: Callable[..., str],
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All but the manifest's list of inputs, whose digests are of other files then."""
    rows = many_rows(900)
    merge([write("whole.jsonl", rows)], tmp_path / "whole", OPUS)
    random.Random(seed).shuffle(rows)  # order, no secret
    names = [write(f"{seed}/{part}.jsonl", rows[part::4]) for part in (2, 0, 3, 1)]
    monkeypatch.setattr("verifier.batch.ledger._MEMORY", "64MB")
    monkeypatch.setattr("verifier.batch.ledger._BATCH", 7 * seed)
    merge(names, tmp_path / "parts", OPUS)
    assert outputs(tmp_path / "whole", but=MANIFEST) == outputs(tmp_path / "parts", but=MANIFEST)
    whole, parts = (json.loads((tmp_path / name / MANIFEST).read_text()) for name in ("whole", "parts"))
    assert len(parts.pop("inputs")) == 4
    del whole["inputs"]
    assert whole == parts


def test_with_verification_adds_one_column_of_json(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]
) -> None:
    row = graded_row("a")
    merge([write("in.jsonl", [row])], tmp_path / "out", Options(with_verification=True))
    for dataset in ("deduped", "all"):
        (written,) = read(tmp_path / "out", dataset)
        assert list(written) == [*FIELDS, "verification"]
        assert json.loads(str(written["verification"])) == row["verification"]


def test_what_has_no_column_is_counted(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]
) -> None:
    rows: list[Row] = [graded_row("a", run=1), graded_row("b", run=2, host="h")]
    rows[0]["ground_truth"] = ["600", "six hundred"]
    rows[1]["conversations"] = [{"role": "user", "content": "?", "id": 7}]
    merged = merge([write("in.jsonl", rows)], tmp_path / "out", Options())
    manifest = json.loads((tmp_path / "out" / MANIFEST).read_text())
    assert manifest["left_out_fields"] == {"conversations": 1, "host": 1, "run": 2}
    assert manifest["converted"] == {
        "conversations: the messages' key 'id' left out": 1,
        "ground_truth: a list written as JSON text": 1,
    }
    assert any("host (1 row), run (2 rows)" in remark for remark in merged.remarks)
    assert read(tmp_path / "out", "deduped")[0]["ground_truth"] == '["600", "six hundred"]'


def test_the_card_says_what_there_is(tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]) -> None:
    import yaml

    rows = [graded_row("a", category="a|b\nc"), graded_row("b", False)]
    options = Options(license="apache-2.0", name='My "set": 1', keep_all=OPUS.keep_all)
    merge([write("in.jsonl", rows)], tmp_path / "out", options)
    card = (tmp_path / "out" / CARD).read_text()
    front = yaml.safe_load(card.split("---\n")[1])
    assert (front["license"], front["pretty_name"], front["size_categories"]) == ("apache-2.0", 'My "set": 1', ["n<1K"])
    assert [config["config_name"] for config in front["configs"]] == ["deduped", "all", "rejected"]
    assert [config.get("default", False) for config in front["configs"]] == [True, False, False]
    assert "`teacher_model=*opus*`" in card
    assert "| a\\|b c | 1 | 1 |" in card
    assert str(tmp_path) not in card


def test_progress_is_told(tmp_path: Path, many_rows: Callable[[int], list[Row]], write: Callable[..., str]) -> None:
    seen: list[tuple[str, int, int]] = []
    merge([write("in.jsonl", many_rows(600))], tmp_path / "out", Options(), lambda *what: seen.append(what))
    assert all(0 <= done <= total for _, done, total in seen)
    assert [stage for stage, done, total in seen if done == total and done] == [
        "reading",
        "sorting",
        *(f"writing {FILES[dataset]}" for dataset in ("deduped", "all", "duplicates", "rejected")),
    ]


def test_a_file_that_was_never_graded_is_told_what_to_run(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]
) -> None:
    rows: list[Row] = [
        {"sample_id": str(n), "ground_truth": "5", "final_answer": "5", "success": None} for n in range(2)
    ]
    plain, graded = write("never.jsonl", rows), write("in.jsonl", [graded_row("a"), rows[0]])
    told = [remark for remark in merge([plain, graded], tmp_path / "out", Options()).remarks if "was graded" in remark]
    assert told == [f"{plain}: none of its 2 rows was graded; run `verifier grade {plain}` and merge what that writes"]
