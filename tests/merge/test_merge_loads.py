"""All four files load with the real ``datasets``, by config and by ``data_files=``, and say what the lines say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from verifier.batch.merge import COLUMNS, FILES, merge
from verifier.batch.mergeoptions import Options, Selection

Row = dict[str, Any]
BOTH_WAYS = [(how, file) for name, file in FILES.items() for how in ({"name": name}, {"data_files": file})]
KEEP_OPUS = (Selection.parse("teacher_model=*opus*"),)

NULLABLE: dict[str, object] = {
    "conversations": [{"role": "tool", "content": "600", "name": "calculator"}],
    "tool_calls": [{"tool": "calculator", "input": {"expression": "5^2"}}, {"tool": "think"}],
    "ground_truth": "600",
    "final_answer": "600 watts",
    "total_energy_joules": 1.5,
    "total_latency_seconds": 2.5,
    "total_cost_usd": 0.5,
    "total_tokens": 7,
    "num_turns": 2,
    "source_dataset": "generalthought",
    "category": "AC Circuits",
    "teacher_model": "claude-sonnet-4-5",
    "tools_used": ["calculator"],
}


@pytest.mark.parametrize("with_verification", [False, True])
def test_mixed_rows_load(
    tmp_path: Path,
    many_rows: Callable[[int], list[Row]],
    write: Callable[..., str],
    load: Callable[..., list[Row]],
    *,
    with_verification: bool,
) -> None:
    merge(
        [write("in.jsonl", many_rows(600))],
        tmp_path / "out",
        Options(keep_all=KEEP_OPUS, with_verification=with_verification),
    )
    for (how, file), told in zip(BOTH_WAYS, load(tmp_path / "out", BOTH_WAYS), strict=True):
        assert told["rows"] > 0
        assert told["differing"] == 0, (how, file)
        dataset = next(name for name, other in FILES.items() if other == file)
        added = ["verification"] if with_verification and dataset in ("deduped", "all") else []
        assert told["columns"] == [*COLUMNS[dataset], *added]


@pytest.mark.slow
def test_columns_that_are_null_or_empty_for_more_than_20_mb_load(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str], load: Callable[..., list[Row]]
) -> None:
    """In each file every column that may be null is null, and every list empty, for 22 MB of rows in the ids' order.

    What fills them comes last, one column a row. Only ``sample_id``, ``success`` and a long text are filled throughout.
    """
    bare = dict.fromkeys(NULLABLE) | {"tool_calls": [], "tools_used": [], "verification": None}
    message = {"role": None, "name": None, "content": "x" * 22_000}
    empty = bare | {"conversations": [message]}
    rows = []
    for number in range(1_000):
        rows.append(graded_row(f"a{number:05d}", **empty))
        rows.append(graded_row(f"a{number:05d}", **empty, note=None))  # same trajectory: an identical duplicate
        rows.append(graded_row(f"a{number:05d}", False, **empty))
    for number, (field, value) in enumerate(NULLABLE.items()):
        filled = bare | {field: value}
        rows.append(graded_row(f"z{number:05d}", **filled))
        rows.append(graded_row(f"z{number:05d}", **filled, note="n"))
        rows.append(graded_row(f"z{number:05d}", **(bare | {"total_tokens": 9, "final_answer": "better"})))
        rows.append(graded_row(f"z{number:05d}", False, **filled, note="n"))
    rows.append(graded_row("zz", False, **(bare | {"verification": {"code": "number.differs"}})))
    merge([write("in.jsonl", rows)], tmp_path / "out", Options())
    for file in FILES.values():
        lines = (tmp_path / "out" / file).read_bytes().splitlines(keepends=True)
        bare_at = [position for position, line in enumerate(lines) if b"xxxx" in line]
        stretch = bare_at[5:]  # some may stand among the first rows
        assert stretch == list(range(stretch[0], stretch[0] + 995))
        assert stretch[0] <= 25
        assert sum(len(lines[position]) for position in stretch) > 21_500_000
    for (how, file), told in zip(BOTH_WAYS, load(tmp_path / "out", BOTH_WAYS), strict=True):
        assert told["rows"] >= 1_000
        assert told["differing"] == 0, (how, file)


def test_a_second_merge_into_the_same_folder_is_not_loaded_as_the_first(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str], load: Callable[..., list[Row]]
) -> None:
    """``datasets`` would serve its cached copy, for it looks at the card alone: the card must differ."""
    for answer in ("600", "601"):
        merge([write("in.jsonl", [graded_row("a", final_answer=answer)])], tmp_path / "out", Options())
        told = load(tmp_path / "out", [({"name": "deduped"}, FILES["deduped"])])
        assert told[0]["differing"] == 0


def test_odd_tool_calls_load(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str], load: Callable[..., list[Row]]
) -> None:
    """Kinds that only some rows have, far behind: with small chunks, what stands in the first one decides for all."""
    odd: list[object] = [
        [{"tool": "a", "input": {"x": 1}}],
        [{"tool": "a", "input": {"x": 0.5}}],
        [{"tool": "b", "input": {"y": "text"}}, {"tool": "c", "input": {}}],
        [{"tool": "b", "input": None}],
        [{"tool": "d", "input": {"x": [1, None]}}],
        [{"tool": "d", "input": {"x": {"deep": [[1], []]}}}],
        [{"tool": "d", "input": {"at": "2024-01-01"}}],
    ]
    rows = [graded_row(f"a{number:05d}", tool_calls=[]) for number in range(300)]
    rows += [graded_row(f"z{number}", tool_calls=calls) for number, calls in enumerate(odd)]
    merge([write("in.jsonl", rows)], tmp_path / "out", Options())
    jobs = [({"data_files": FILES["deduped"], "chunksize": 20_000}, FILES["deduped"])]
    (told,) = load(tmp_path / "out", jobs)
    assert (told["rows"], told["differing"]) == (307, 0)
