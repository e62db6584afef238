"""The journal finds how far a run's files are good, whatever happened to them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from verifier.batch.files import Identity
from verifier.batch.grading import Graded, Job, Mark, Tally
from verifier.batch.journal import Files, Header
from verifier.records import Fields
from verifier.types.errors import OutputError, SettingsError

HEADER = Header(
    inputs=(Identity("in.jsonl", 3, "ab"),), engine="1", rules="2", job=Job(), longest_line=9, trace="t.jsonl"
)


def _open(folder: Path, header: Header = HEADER, *, restart: bool = False) -> Files:
    others = {"errors": folder / "out.errors.jsonl", "trace": folder / "t.jsonl"}
    return Files(folder / "out.jsonl", others, header, restart=restart)


def _chunk(number: int) -> Graded:
    text = b"row %d\n" % number
    errors = b"error\n" if number == 2 else b""
    tally = Tally(rows=1, errors=len(errors) and 1, methods={"number": 1})
    return Graded(number, Mark(0, number + 1, number), text, errors, b"t" + text, tally)


def _run(folder: Path, chunks: int) -> None:
    files = _open(folder)
    for number in range(files.entry.tally.rows, chunks):
        files.write(_chunk(number))
    files.close()


def _finish(folder: Path) -> None:
    files = _open(folder)
    for number in range(files.entry.tally.rows, 5):
        files.write(_chunk(number))
    files.finish()
    files.forget()
    files.close()
    assert sorted(path.name for path in folder.iterdir()) == ["out.errors.jsonl", "out.jsonl", "t.jsonl"]
    assert (folder / "out.jsonl").read_bytes() == b"row 0\nrow 1\nrow 2\nrow 3\nrow 4\n"
    assert (folder / "out.errors.jsonl").read_bytes() == b"error\n"
    assert (folder / "t.jsonl").read_bytes() == b"trow 0\ntrow 1\ntrow 2\ntrow 3\ntrow 4\n"


def test_a_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    _run(tmp_path, 3)
    files = _open(tmp_path)
    assert files.entry.mark == Mark(0, 3, 2)
    assert files.entry.tally == Tally(rows=3, errors=1, methods={"number": 3})
    files.close()
    _finish(tmp_path)


def test_every_cut_of_the_journal_is_a_place_to_go_on_from(tmp_path: Path) -> None:
    _run(tmp_path, 4)
    names = ["out.jsonl.journal", "out.jsonl.partial", "out.errors.jsonl.partial", "t.jsonl.partial"]
    whole = {name: (tmp_path / name).read_bytes() for name in names}
    for size in range(0, len(whole[names[0]]), 31):
        folder = tmp_path / str(size)
        folder.mkdir()
        for name in names:
            (folder / name).write_bytes(whole[name])
        (folder / names[0]).write_bytes(whole[names[0]][:size])
        _finish(folder)


@pytest.mark.parametrize("name", ["out.jsonl.partial", "out.errors.jsonl.partial", "t.jsonl.partial"])
@pytest.mark.parametrize("damage", ["cut", "zeroed", "missing", "longer"])
def test_what_a_power_cut_took_is_done_again(tmp_path: Path, name: str, damage: str) -> None:
    _run(tmp_path, 4)
    path = tmp_path / name
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes({"cut": data[:-3], "zeroed": data[:-3] + b"\0\0\0", "longer": data + b"row 4"}[damage])
    files = _open(tmp_path)
    assert files.entry.tally.rows < 4 or damage == "longer"
    files.close()
    _finish(tmp_path)


def test_a_run_killed_between_its_renames_only_finishes_them(tmp_path: Path) -> None:
    for renamed in range(4):
        folder = tmp_path / str(renamed)
        folder.mkdir()
        files = _open(folder)
        for number in range(5):
            files.write(_chunk(number))
        files.finish()
        files.close()
        for name in ("out.jsonl", "out.errors.jsonl", "t.jsonl")[: 3 - renamed]:
            (folder / name).rename(folder / f"{name}.partial")
        files = _open(folder)
        assert files.entry.finished
        files.finish()
        files.forget()
        files.close()
        _finish_is_as_ever(folder)


def _finish_is_as_ever(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == ["out.errors.jsonl", "out.jsonl", "t.jsonl"]
    assert (folder / "out.jsonl").read_bytes().count(b"\n") == 5


def test_a_finished_run_whose_output_is_gone_begins_anew(tmp_path: Path) -> None:
    files = _open(tmp_path)
    for number in range(5):
        files.write(_chunk(number))
    files.finish()
    files.close()
    (tmp_path / "out.jsonl").unlink()
    files = _open(tmp_path)
    assert not files.entry.finished
    assert files.entry.tally.rows == 0
    files.close()
    _finish(tmp_path)


def test_a_stale_errors_file_goes_when_a_run_has_no_errors(tmp_path: Path) -> None:
    (tmp_path / "out.errors.jsonl").write_text("old")
    files = _open(tmp_path)
    files.write(_chunk(0))
    assert (tmp_path / "out.errors.jsonl").read_text() == "old"
    files.finish()
    files.forget()
    files.close()
    assert not (tmp_path / "out.errors.jsonl").exists()


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ({"rules": "3"}, "other rules"),
        ({"engine": "2"}, "another version of the engine"),
        ({"inputs": (Identity("in.jsonl", 4, "ab"),)}, "other inputs"),
        ({"job": Job(regrade=True)}, "begun with no --regrade"),
        ({"job": Job(profile="maths", judges=("symbolic",))}, "begun with no --profile and --judge none"),
        ({"job": Job(fields=Fields(question="prompt"))}, "begun with --field question=question"),
        ({"job": Job(packs=("mine",)), "trace": None}, "begun with no --rules and another --trace"),
        ({"rules": "3", "longest_line": 8}, "other rules and another --max-line-bytes"),
    ],
)
def test_another_run_is_not_continued(tmp_path: Path, changes: dict[str, object], difference: str) -> None:
    _run(tmp_path, 2)
    other = msgspec.structs.replace(HEADER, **changes)
    with pytest.raises(SettingsError, match=difference) as caught:
        _open(tmp_path, other)
    assert "--restart" in str(caught.value)
    files = _open(tmp_path, other, restart=True)
    assert files.entry.tally.rows == 0
    files.close()


def test_an_option_is_told_as_it_was_given_then(tmp_path: Path) -> None:
    job = Job(profile="maths", fields=Fields(question="prompt"), packs=("a", "b"), regrade=True)
    files = _open(tmp_path, msgspec.structs.replace(HEADER, job=job))
    files.write(_chunk(0))
    files.close()
    then = "begun with --field question=prompt and --rules a --rules b and --profile maths and --regrade[.]"
    with pytest.raises(SettingsError, match=then):
        _open(tmp_path)


def test_a_run_that_had_nothing_yet_is_no_obstacle_to_what_was_mended(tmp_path: Path) -> None:
    _run(tmp_path, 0)
    mended = msgspec.structs.replace(HEADER, rules="3", inputs=(Identity("in.jsonl", 4, "ab"),))
    files = _open(tmp_path, mended)
    assert files.entry.mark is None
    files.close()


def test_a_run_that_had_nothing_yet_is_not_taken_for_one_with_other_options(tmp_path: Path) -> None:
    _run(tmp_path, 0)
    other = msgspec.structs.replace(HEADER, job=Job(profile="maths"))
    with pytest.raises(SettingsError, match="begun with no --profile"):
        _open(tmp_path, other)
    _open(tmp_path, other, restart=True).close()


def test_two_runs_do_not_write_one_file(tmp_path: Path) -> None:
    files = _open(tmp_path)
    with pytest.raises(OutputError, match="another run is writing it"):
        _open(tmp_path)
    files.close()
    _open(tmp_path).close()
