"""``verifier merge`` as a process: what it says, how it ends, and what it leaves in the folder."""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from click.testing import CliRunner, Result

from verifier.batch.merge import CARD, FILES, MANIFEST
from verifier.batch.staging import WORKSHOP
from verifier.cli import main

Row = dict[str, Any]
RESULTS = {*FILES.values(), CARD, MANIFEST}

COMMAND = [sys.executable, "-c", "from verifier.cli import main; main(prog_name='verifier')", "merge"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["merge", *map(str, arguments)], prog_name="verifier")


def run_limited(size: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    """In a process of its own, which can write no file longer than ``size`` bytes."""
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size})); "
    command = [sys.executable, "-c", limit + COMMAND[2], *COMMAND[3:], *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_merge_ends_with_a_table(tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]) -> None:
    name = write("in.jsonl", [graded_row("a"), graded_row("a", total_tokens=500), graded_row("b", False)])
    done = run(name, "--out", tmp_path / "deep/er/out", "--license", "mit", "--name", "Set")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "3 graded rows" in done.stderr
    assert "1 incorrect" in done.stderr
    assert names(tmp_path / "deep/er/out") == RESULTS
    card = (tmp_path / "deep/er/out" / CARD).read_text()
    assert 'license: "mit"' in card
    assert "# Set\n" in card


def test_quiet_says_nothing(tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]) -> None:
    done = run(write("in.jsonl", [graded_row("a")]), "--out", tmp_path / "out", "--quiet")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")


def test_help_has_examples() -> None:
    done = run("--help")
    assert done.exit_code == 0
    assert "verifier merge *.graded.jsonl --out data --keep-all 'teacher_model=*opus*'" in done.stdout


def test_compressed_inputs_give_the_same_data(
    tmp_path: Path, many_rows: Callable[[int], list[Row]], write: Callable[..., str]
) -> None:
    plain = Path(write("in.jsonl", many_rows(300)))
    packed = tmp_path / "in.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    pressed = tmp_path / "in.jsonl.zst"
    pressed.write_bytes(zstandard.compress(plain.read_bytes()))
    for path in (plain, packed, pressed):
        assert run(path, "--out", tmp_path / path.suffix).exit_code == 0
    for file in FILES.values():
        assert len({(tmp_path / suffix / file).read_bytes() for suffix in (".jsonl", ".gz", ".zst")}) == 1


def test_line_ends_blank_lines_and_a_mark_are_nothing(tmp_path: Path, graded_row: Callable[..., Row]) -> None:
    lines = [json.dumps(graded_row("a")).encode(), b"  ", json.dumps(graded_row("b")).encode()]
    plain, odd = tmp_path / "plain", tmp_path / "odd"
    plain.write_bytes(b"\n".join(lines) + b"\n")
    odd.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    for path in (plain, odd):
        assert run(path, "--out", f"{path}.out").exit_code == 0
    assert (tmp_path / "plain.out" / FILES["deduped"]).read_bytes() == (
        tmp_path / "odd.out" / FILES["deduped"]
    ).read_bytes()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (['{"ground_truth": "5", "success": true}', '{"success": tr'], "line 2: not JSON"),
        (
            ['{"sample_id": "a", "ground_truth": "5"}'],
            "line 1: field 'success': the row has none, so it has not been graded",
        ),
        (["[]"], "line 1: expected an object with fields, found a list"),
        (['{"success": "yes"}'], "line 1: field 'success': expected true, false or null"),
    ],
)
def test_lines_that_cannot_be_merged(tmp_path: Path, write: Callable[..., str], lines: list[str], said: str) -> None:
    name = write("in.jsonl", lines)
    done = run(name, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert f"verifier: {name}, {said}" in done.stderr
    assert "verifier grade" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.jsonl", "--out", "out"], "missing.jsonl: there is no such file"),
        ([".", "--out", "out"], ".: is a folder; name the files in it"),
        (["-", "--out", "out"], "-: a pipe"),
        (["in.jsonl.partial", "in.jsonl.journal", "--out", "out"], "no graded file to merge"),
        (["in.jsonl", "--out", "in.jsonl"], "in.jsonl: is a file; name a folder"),
        (["in.jsonl", "--out", "out", "--field", "answer"], "write it as ours=theirs"),
        (["in.jsonl", "--out", "out", "--field", "model=teacher_model"], "write teacher_model=model"),
        (["in.jsonl", "--out", "out", "--field", "success=ok"], "there is no field 'success'"),
        (["in.jsonl", "--out", "out", "--keep-all", "opus"], "write FIELD=PATTERN"),
        (["in.jsonl", "--out", "out", "--keep-all", "teacher=*"], "did you mean 'teacher_model'?"),
        (["in.jsonl", "--out", "out", "--prefer", "token"], "did you mean 'tokens'?"),
        (["in.jsonl", "--out", "out", "--prefer", "cost,cost"], "names one thing twice"),
        (["in.jsonl", "--out", "out", "--name", "a\nb"], "--name: give one line of text"),
        (["in.jsonl", "--out", "out", "--near-duplicates", "0.8"], "No such option"),
        (["in.jsonl"], "Missing option '--out'"),
        (["in.jsonl", "--out", ""], "--out: name a folder"),
        (["in.jsonl", "--out", "a\udcff"], "a name that is not UTF-8"),
        (["--out", "out"], "Missing argument 'GRADED...'"),
    ],
)
def test_wrong_usage(
    tmp_path: Path,
    graded_row: Callable[..., Row],
    write: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    write("in.jsonl", [graded_row("a")])
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert names(tmp_path) == {"in.jsonl"}


def test_truncated_compressed_input_is_an_error(
    tmp_path: Path, many_rows: Callable[[int], list[Row]], write: Callable[..., str]
) -> None:
    content = Path(write("in.jsonl", many_rows(300))).read_bytes()
    for packed, suffix in ((gzip.compress(content), "gz"), (zstandard.compress(content), "zst")):
        path = tmp_path / f"cut.jsonl.{suffix}"
        path.write_bytes(packed[: len(packed) // 2])
        done = run(path, "--out", tmp_path / "out")
        assert done.exit_code == 2
        assert str(path) in done.stderr
        assert not (tmp_path / "out").exists()


def test_leftovers_of_a_grading_are_passed_over(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]
) -> None:
    good = write("in.jsonl", [graded_row("a")])
    left = [write(f"in.jsonl{end}", ["{"]) for end in (".partial", ".journal", ".errors.jsonl")]
    done = run(good, *left, "--out", tmp_path / "out")
    assert done.exit_code == 0
    for name in left:
        assert f"note: {name}" in done.stderr


OTHERS = [
    {"question_id": n, "question": f"{n}?", "reference_answer": str(n), "model_answer": str(n), "success": True}
    for n in range(3)
]


def test_rows_graded_under_other_names_are_refused_without_them(tmp_path: Path, write: Callable[..., str]) -> None:
    name = write("in.jsonl", OTHERS)
    done = run(name, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert f"{name}, line 1: was graded, but holds none of ground_truth, final_answer" in done.stderr
    assert "model_answer, question, question_id, reference_answer: give the --field" in done.stderr
    assert not (tmp_path / "out").exists()


def test_rows_graded_under_other_names_are_merged_with_them(tmp_path: Path, write: Callable[..., str]) -> None:
    name = write("in.jsonl", OTHERS)
    mapped = ["--field", "ground_truth=reference_answer", "--field", "final_answer=model_answer"]
    done = run(name, "--out", tmp_path / "out", *mapped, "--field", "question=question")
    assert done.exit_code == 0, done.stderr
    rows = [json.loads(line) for line in (tmp_path / "out" / FILES["deduped"]).read_bytes().splitlines()]
    assert sorted((row["ground_truth"], row["final_answer"]) for row in rows) == [("0", "0"), ("1", "1"), ("2", "2")]
    manifest = json.loads((tmp_path / "out" / MANIFEST).read_bytes())
    assert manifest["options"]["fields"][:2] == ["final_answer=model_answer", "ground_truth=reference_answer"]
    assert manifest["left_out_fields"] == {"question": 3, "question_id": 3}
    done = run(name, "--out", tmp_path / "half", *mapped[2:])
    assert "3 rows with success true and no ground_truth" in done.stderr
    done = run(name, "--out", tmp_path / "none", *mapped[:2], "--field", "final_answer=model_answr")
    assert done.exit_code == 2
    assert "no row has a field 'model_answr' (did you mean 'model_answer'?)" in done.stderr
    assert not (tmp_path / "none").exists()


def test_no_rows_at_all(tmp_path: Path, write: Callable[..., str]) -> None:
    done = run(write("in.jsonl", []), "--out", tmp_path / "out")
    assert done.exit_code == 0
    assert f"{FILES['deduped']} is empty" in done.stderr
    assert [(tmp_path / "out" / file).read_bytes() for file in FILES.values()] == [b""] * 4
    assert "configs:" not in (tmp_path / "out" / CARD).read_text()


def test_a_second_merge_replaces_the_first(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]
) -> None:
    out = tmp_path / "out"
    assert run(write("first.jsonl", [graded_row("a")]), "--out", out).exit_code == 0
    (out / "notes.txt").write_text("mine")
    assert run(write("second.jsonl", [graded_row("b")]), "--out", out).exit_code == 0
    assert '"sample_id":"b"' in (out / FILES["deduped"]).read_text()
    assert names(out) == RESULTS | {"notes.txt"}


@pytest.mark.parametrize("earlier", [False, True])
@pytest.mark.parametrize("moved", range(6))
def test_a_merge_killed_while_it_puts_files_into_place_is_run_again(
    tmp_path: Path,
    graded_row: Callable[..., Row],
    write: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    moved: int,
    earlier: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    out = tmp_path / "out"
    if earlier:
        run(write("old.jsonl", [graded_row("z")]), "--out", out)
    name = write("in.jsonl", [graded_row("a"), graded_row("b", False)])
    run(name, "--out", tmp_path / "whole")
    replace, left = Path.replace, [moved + 1]  # the first is what stands in for the manifest

    def killed(path: Path, target: Path) -> Path:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        done = run(name, "--out", out)
    assert done.exit_code == 3
    assert "stopped while the files were put into place; run the same command again" in done.stderr
    assert "outputs" not in json.loads((out / MANIFEST).read_bytes())
    assert run(name, "--out", out).exit_code == 0
    for file in (*FILES.values(), CARD, MANIFEST):
        assert (out / file).read_bytes() == (tmp_path / "whole" / file).read_bytes()


@pytest.mark.parametrize("file", sorted(RESULTS))
def test_files_of_others_are_not_replaced(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str], file: str
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / file).write_text("mine")
    done = run(write("in.jsonl", [graded_row("a")]), "--out", out)
    assert done.exit_code == 2
    assert f"holds {file}, which no merge made" in done.stderr
    assert {path.name: path.read_text() for path in out.iterdir()} == {file: "mine"}


def test_results_are_no_input_of_their_own_merge(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]
) -> None:
    out = tmp_path / "out"
    assert run(write("in.jsonl", [graded_row("a")]), "--out", out).exit_code == 0
    done = run(out / FILES["deduped"], "--out", out)
    assert done.exit_code == 2
    assert "is a file that this merge would replace" in done.stderr
    assert run(out / FILES["deduped"], "--out", tmp_path / "other").exit_code == 0


def test_a_merge_of_a_merge_is_itself(
    tmp_path: Path, many_rows: Callable[[int], list[Row]], write: Callable[..., str]
) -> None:
    run(write("in.jsonl", many_rows(300)), "--out", tmp_path / "one")
    run(tmp_path / "one" / FILES["deduped"], "--out", tmp_path / "two")
    assert (tmp_path / "one" / FILES["deduped"]).read_bytes() == (tmp_path / "two" / FILES["deduped"]).read_bytes()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    done = run(write("in.jsonl", [graded_row("a")]), "--out", closed / "out")
    assert done.exit_code == 2
    assert "cannot be written: Permission denied" in done.stderr


def test_a_link_to_itself_is_no_folder(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]
) -> None:
    (tmp_path / "loop").symlink_to("loop")
    done = run(write("in.jsonl", [graded_row("a")]), "--out", tmp_path / "loop")
    assert done.exit_code == 2
    assert f"{tmp_path / 'loop'}: cannot be written" in done.stderr


def test_a_folder_under_a_file_cannot_be_made(graded_row: Callable[..., Row], write: Callable[..., str]) -> None:
    name = write("in.jsonl", [graded_row("a")])
    done = run(name, "--out", f"{name}/out")
    assert done.exit_code == 2
    assert "cannot be written: Not a directory" in done.stderr


@pytest.mark.parametrize("size", [60_000, 400_000, 900_000])
def test_no_room_leaves_the_earlier_results(
    tmp_path: Path,
    many_rows: Callable[[int], list[Row]],
    graded_row: Callable[..., Row],
    write: Callable[..., str],
    size: int,
) -> None:
    """A limit on the size of files stops the writing wherever it is met: in the spool, in the ledger, in a result."""
    out = tmp_path / "out"
    assert run(write("first.jsonl", [graded_row("a")]), "--out", out).exit_code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    name = write("second.jsonl", many_rows(2_000))
    done = run_limited(size, name, "--out", out)
    assert done.returncode == 3, done.stderr
    assert "run the same command again" in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert run(name, "--out", out).exit_code == 0


def test_an_interrupt_leaves_nothing(
    tmp_path: Path, many_rows: Callable[[int], list[Row]], write: Callable[..., str]
) -> None:
    name = write("in.jsonl", many_rows(500) * 60)
    with subprocess.Popen([*COMMAND, name, "--out", tmp_path / "out"], stderr=subprocess.PIPE, text=True) as process:
        wait_for(tmp_path / "out" / WORKSHOP / "spool", process)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == 3
    assert "stopped; nothing in" in said
    assert not (tmp_path / "out").exists()


def test_a_killed_merge_is_cleared_by_the_next(
    tmp_path: Path, many_rows: Callable[[int], list[Row]], write: Callable[..., str]
) -> None:
    name = write("in.jsonl", many_rows(500) * 60)
    with subprocess.Popen([*COMMAND, name, "--out", tmp_path / "out"]) as process:
        wait_for(tmp_path / "out" / WORKSHOP / "spool", process)
        process.kill()
    assert names(tmp_path / "out") == {WORKSHOP}
    assert run(name, "--out", tmp_path / "out", "--quiet").exit_code == 0
    assert names(tmp_path / "out") == RESULTS


def wait_for(path: Path, process: subprocess.Popen[Any]) -> None:
    while not path.exists():
        assert process.poll() is None, "it ended before it began"


def test_two_merges_into_one_folder(tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str]) -> None:
    workshop = tmp_path / "out" / WORKSHOP
    workshop.mkdir(parents=True)
    with (workshop / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run(write("in.jsonl", [graded_row("a")]), "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "another merge is writing here" in done.stderr


@pytest.mark.slow
def test_memory_does_not_grow_with_the_input(tmp_path: Path, graded_row: Callable[..., Row]) -> None:
    """Forty times the bytes in lines of 30 kB: the peak may grow by a little of DuckDB's, not by the file."""
    peaks = []
    for count in (100, 4_000):
        path = tmp_path / f"{count}.jsonl"
        with path.open("w") as file:
            for number in range(count):
                file.write(
                    json.dumps(graded_row(f"traj_{number % (count // 2)}", question=f"{number}" + "x" * 30_000)) + "\n"
                )
        code = (
            "import resource, sys\nfrom pathlib import Path\nfrom verifier.batch.merge import merge\n"
            "from verifier.batch.mergeoptions import Options\nmerge([sys.argv[1]], Path(sys.argv[2]), Options())\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(path), str(tmp_path / "out")], capture_output=True, text=True, check=True
        )
        peaks.append(int(done.stdout) * 1024)
        path.unlink()
    assert peaks[1] - peaks[0] < 50e6, peaks
