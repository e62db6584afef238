"""``verifier grade``: what goes in, what comes out, what it says and with which status."""

from __future__ import annotations

import gzip
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from verifier.records import VERIFICATION_KEYS

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


def _write(path: Path, *lines: object) -> Path:
    path.write_bytes(
        b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
    )
    return path


def _read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


GOOD = {
    "sample_id": "a",
    "ground_truth": "600 W",
    "final_answer": "600 watts",
    "success": None,
    "category": "AC Circuits",
}


def test_a_file_is_graded_beside_itself(tmp_path: Path, verifier: Run) -> None:
    _write(
        tmp_path / "in.jsonl", GOOD, {**GOOD, "final_answer": "600 V"}, {"ground_truth": "Paris", "response": "Lyon"}
    )
    done = verifier("grade", "in.jsonl")
    assert done.returncode == 0
    assert done.stderr == b""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "in.jsonl.graded.jsonl"]
    right, wrong, open_ = _read(tmp_path / "in.jsonl.graded.jsonl")
    assert list(right) == [*GOOD, "verification"]
    assert [row["success"] for row in (right, wrong, open_)] == [True, False, None]
    assert list(open_) == ["ground_truth", "response", "success", "verification"]
    for row in (right, wrong, open_):
        assert isinstance(row["verification"], dict)
        assert tuple(row["verification"]) == VERIFICATION_KEYS
    assert right["verification"]["code"] == "quantity.equal"  # type: ignore[index]
    shown = done.stdout.decode()
    assert "written: in.jsonl.graded.jsonl" in shown
    for line in ("rows 3", "correct 1", "incorrect 1", "undecided 1", "errors 0", "by quantity 2"):
        assert line in " ".join(shown.replace("│", " ").split()), shown
    assert shown.rstrip().endswith("┘")


BAD: list[tuple[bytes, str | None, str | None, bool]] = [  # line, code, field, comes out
    (b'{"ground_truth": "4", "final_answer": "4"', "record.not_json", None, False),
    (b"[1]", "record.not_object", None, False),
    (b'{"ground_truth": "4", "x": "\xff\\"}', "record.not_utf8", None, False),
    (b'{"ground_truth": {"a": 1}, "final_answer": "4"}', "record.wrong_type", "ground_truth", True),
    (b'{"ground_truth": "4", "conversations": 5}', "record.wrong_type", "conversations", True),
    (b'{"final_answer": "4"}', "record.ground_truth_missing", "ground_truth", True),
    (
        b'{"ground_truth": null, "final_answer": "4", "success": true}',
        "record.ground_truth_missing",
        "ground_truth",
        True,
    ),
    (b"{}", "record.ground_truth_missing", "ground_truth", True),
    (b'{"ground_truth": "4", "final_answer": ""}', None, None, True),
    (b'{"ground_truth": "4", "final_answer": null}', None, None, True),
    (b'{"ground_truth": "4", "finalanswer": "4"}', "record.answer_missing", "final_answer", True),
    (b'{"ground_truth": "4", "final_answer": "\\ud800 4 \\u0000"}', None, None, True),
    (
        b'{"ground_truth": 4, "final_answer": 4.0, "n": NaN, "m": 1e999, "i": 123456789012345678901234567890}',
        None,
        None,
        True,
    ),
    (b'{"ground_truth": NaN, "final_answer": "NaN"}', "record.wrong_type", "ground_truth", True),
    (
        b'{"ground_truth": "A", "final_answer": "A", "options": {"A": 1, "B": null}}',
        "record.wrong_type",
        "options.B",
        True,
    ),
    (b'{"ground_truth": "4", "final_answer": "5", "a": 1.10, "a": 2}\r', None, None, True),
    (b"", None, None, False),
    (b'{"deep": ' + b"[" * 5000 + b"]" * 5000 + b', "ground_truth": "4"}', "record.not_json", None, False),
    (b'{"ground_truth": "4", "final_answer": "' + b"x " * 5_000_000 + b'"}', None, None, True),
    (
        b'{"ground_truth": "4", "final_answer": "4", "long": "' + b"x" * 12_000_000 + b'"}',
        "record.too_long",
        None,
        False,
    ),
    (b'{"ground_truth": "4", "final_answer": "4"}', None, None, True),
]


def test_bad_lines_are_listed_and_all_others_graded(tmp_path: Path, verifier: Run) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + b"\n".join(line for line, *_ in BAD))  # and no end of the last line
    done = verifier("grade", path, "-o", "out.jsonl", "--max-line-bytes", 11_000_000, "--trace", "t.jsonl", "--quiet")
    assert done.returncode == 1
    assert b"out.jsonl.errors.jsonl lists them" in done.stderr
    assert done.stdout == b""
    errors = _read(tmp_path / "out.jsonl.errors.jsonl")
    expected = [(place, code, field) for place, (_, code, field, _) in enumerate(BAD, 1) if code]
    assert [(error["line"], error["code"], error["field"]) for error in errors] == expected
    for error in errors:
        assert list(error) == ["line", "input", "field", "code", "reason", "raw"]
        assert error["input"] == str(path)
        assert error["reason"]
        line, code, _, comes_out = BAD[int(str(error["line"])) - 1]
        if comes_out or code == "record.too_long":
            assert error["raw"] is None
        elif code == "record.not_utf8":
            assert error["raw"] == '{"ground_truth": "4", "x": "\\xff\\\\"}'
        else:
            assert error["raw"] == line.decode()
    out = (tmp_path / "out.jsonl").read_bytes().splitlines()
    kept = [(line.rstrip(b"\r"), code) for line, code, _, comes_out in BAD if comes_out]
    assert len(out) == len(kept)
    for (line, code), graded in zip(kept, out, strict=True):
        row = json.loads(graded)
        assert tuple(row["verification"]) == VERIFICATION_KEYS
        if code:
            assert (row["success"], row["verification"]["code"]) == (None, code)
            assert row["verification"]["outcome"] == "undecided"
        else:
            assert row["verification"]["engine"]
        if b'"success"' not in line and line != b"{}":
            assert graded.startswith(line[:-1] + b', "success": ')
    assert json.loads(out[4])["success"] is None or b"success" in kept[4][0]
    trace = _read(tmp_path / "t.jsonl")
    assert [entry["line"] for entry in trace] == [place for place, (line, *_) in enumerate(BAD, 1) if line]
    assert isinstance(trace[-1]["trace"], list)
    assert trace[0]["trace"] is None


def test_every_form_of_input_gives_the_same_bytes(tmp_path: Path, verifier: Run, rows: Callable[[int], bytes]) -> None:
    import pyarrow as pa  # type: ignore[import-untyped]

    data = rows(300)
    half = data.index(b"\n", len(data) // 2) + 1
    (tmp_path / "plain.jsonl").write_bytes(data)
    (tmp_path / "a.gz").write_bytes(gzip.compress(data))
    (tmp_path / "a.zst").write_bytes(bytes(pa.compress(data, codec="zstd", asbytes=True)))
    (tmp_path / "one.jsonl").write_bytes(data[:half])
    (tmp_path / "two.jsonl").write_bytes(data[half:])
    runs: list[tuple[list[object], bytes | None]] = [
        (["plain.jsonl"], None),
        (["a.gz", "--workers", 1], None),
        (["a.zst", "--workers", 3], None),
        (["one.jsonl", "two.jsonl"], None),
        (["-"], data),
        (["-"], gzip.compress(data)),
    ]
    results = []
    for number, (arguments, given) in enumerate(runs):
        done = verifier("grade", *arguments, "-o", f"out{number}", "--quiet", input=given)
        assert done.returncode == 1, done.stderr
        results.append((tmp_path / f"out{number}").read_bytes())
    assert len(results[0].splitlines()) > 250
    assert set(results) == {results[0]}
    errors = [(error["line"], error["code"]) for error in _read(tmp_path / "out0.errors.jsonl")]
    assert [(error["line"], error["code"]) for error in _read(tmp_path / "out2.errors.jsonl")] == errors
    assert {error["input"] for error in _read(tmp_path / "out3.errors.jsonl")} == {"one.jsonl", "two.jsonl"}


def test_parquet_with_other_field_names(tmp_path: Path, verifier: Run) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    rows = [{"question": "2+2?", "reference_answer": "4", "model_answer": answer} for answer in ("It is 4.", "5")]
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "in.parquet")
    arguments = ["--field", "ground_truth=reference_answer", "--field", "final_answer=model_answer"]
    assert verifier("grade", "in.parquet", *arguments, "--quiet").returncode == 0
    graded = _read(tmp_path / "in.parquet.graded.jsonl")
    assert [row["success"] for row in graded] == [True, False]
    assert list(graded[0]) == ["question", "reference_answer", "model_answer", "success", "verification"]


def test_regrade_keeps_what_is_right_and_remembers_what_was(tmp_path: Path, verifier: Run) -> None:
    head = b'{"ground_truth": "4", "final_answer": "5", "success": true, "x": 1.10, "verification": {'
    rows = [
        head + b'"code": "theirs", "confidence": 1e400}}',
        b'{"ground_truth": "4", "final_answer": "4", "success": false}',
        b'{"ground_truth": "4", "final_answer": "4"}',
        b'{"final_answer": "4", "success": false}',
    ]
    _write(tmp_path / "in.jsonl", *rows)
    done = verifier("grade", "in.jsonl", "-o", "out.jsonl", "--regrade")
    assert done.returncode == 1
    assert b"already correct, kept" in done.stdout
    out = (tmp_path / "out.jsonl").read_bytes().splitlines()
    assert out[0].startswith(
        b'{"ground_truth": "4", "final_answer": "5", "success": true, "x": 1.10, "verification": {'
    )
    read = [json.loads(line) for line in out]
    assert [row["success"] for row in read] == [True, True, True, None]
    assert [row["verification"]["previous_success"] for row in read] == [None, False, None, False]
    assert [tuple(row["verification"]) for row in read] == [VERIFICATION_KEYS] * 4
    assert read[0]["verification"]["code"] == "theirs"
    _write(tmp_path / "again.jsonl", *out)
    assert verifier("grade", "again.jsonl", "-o", "again.out", "--regrade", "--quiet").returncode == 1
    again = (tmp_path / "again.out").read_bytes().splitlines()
    assert again[:3] == out[:3]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.jsonl"], "missing.jsonl: there is no such file"),
        (["."], "is a folder"),
        (["in.jsonl", "missing.jsonl", "-o", "out"], "missing.jsonl: there is no such file"),
        (["in.jsonl", "-o", "in.jsonl"], "would be written over the input"),
        (["in.jsonl", "-o", "./folder/../in.jsonl"], "would be written over the input"),
        (["in.jsonl", "-o", "link.jsonl"], "would be written over the input"),
        (["in.jsonl", "in.jsonl"], "would be written over the output"),
        (["in.jsonl", "-o", "none/out.jsonl"], "there is no folder none"),
        (["in.jsonl", "-o", "folder"], "folder: is a folder"),
        (["in.jsonl", "-o", "/dev/stdout"], "cannot be written to a pipe"),
        (["in.jsonl", "-o", "-"], "-o names the file to write"),
        (["in.jsonl", "-o", "out.jsonl.gz"], "plain JSONL"),
        (["-"], "say where with -o"),
        (["in.jsonl", "-o", "out", "--trace", "out"], "would be written over the output"),
        (["in.jsonl", "-o", "out", "--trace", "in.jsonl"], "would be written over the input"),
        (["in.jsonl", "two.jsonl", "--trace", "t"], "give -o too"),
        (["in.jsonl", "--field", "ground_truht=x"], "did you mean 'ground_truth'"),
        (["in.jsonl", "--field", "ground_truth"], "write it as ours=theirs"),
        (["in.jsonl", "--profile", "nope"], "'nope'"),
        (["in.jsonl", "--rules", "folder"], "pack.toml"),
        (["in.jsonl", "--judge", "some-model"], "--judge some-model: to ask a model, set ANTHROPIC_API_KEY"),
        (["in.jsonl", "--workers", "0"], "--workers"),
        (["in.jsonl", "--engine", "ray"], "'ray' is not"),
        ([], "Missing argument"),
        (["\udcff.jsonl"], "a name that is not UTF-8"),
    ],
)
def test_wrong_usage_is_refused_before_anything_is_written(
    tmp_path: Path, verifier: Run, arguments: list[str], message: str
) -> None:
    _write(tmp_path / "in.jsonl", GOOD)
    _write(tmp_path / "two.jsonl", GOOD)
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.jsonl").symlink_to("in.jsonl")
    before = sorted(path.name for path in tmp_path.iterdir())
    done = verifier("grade", *arguments, input=b"")
    assert done.returncode == 2
    assert message in done.stderr.decode().replace("\n", " "), done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_folder_that_cannot_be_written(tmp_path: Path, verifier: Run) -> None:
    _write(tmp_path / "in.jsonl", GOOD)
    done = verifier("grade", "in.jsonl", "-o", "/sys/out.jsonl")  # where not even root may write
    assert (done.returncode, b"cannot be written: " in done.stderr) == (2, True)


@pytest.mark.parametrize("arguments", [["in.jsonl", "-o", "x" * 300], ["x" * 300], ["in.jsonl", "-o", "x" * 250]])
def test_a_name_that_no_file_can_have(tmp_path: Path, verifier: Run, arguments: list[str]) -> None:
    _write(tmp_path / "in.jsonl", GOOD)
    done = verifier("grade", *arguments)
    assert (done.returncode, b"File name too long" in done.stderr) == (2, True)


def test_a_mapped_field_that_no_record_has_is_pointed_at(tmp_path: Path, verifier: Run) -> None:
    _write(tmp_path / "in.jsonl", {"reference_answer": "4", "final_answer": "4"})
    for name in ("in.jsonl", "-"):
        given = (tmp_path / "in.jsonl").read_bytes() if name == "-" else b""
        done = verifier("grade", name, "-o", "out", "--field", "ground_truth=reference_anser", input=given)
        assert done.returncode == 2
        assert done.stderr.decode() == (
            "verifier: --field ground_truth=reference_anser: no row has a field 'reference_anser' (did you mean"
            " 'reference_answer'?); the rows have reference_answer, final_answer\n"
        )
        assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_a_mapped_field_may_come_late_and_a_pipe_is_read_whole(tmp_path: Path, verifier: Run) -> None:
    late: list[object] = [{"ground_truth": "4", "final_answer": "4"}, b"{", b""] * 30
    path = _write(tmp_path / "in.jsonl", *late, {"ground_truth": "4", "final_answer": "4", "choices": ["3", "4"]})
    for name in ("in.jsonl", "-"):
        done = verifier("grade", name, "-o", "out", "--field", "options=choices", input=path.read_bytes())
        assert done.returncode == 1
        assert [row["success"] for row in _read(tmp_path / "out")] == [True] * 31


@pytest.mark.parametrize("form", ["plain", "gzip", "zstd", "parquet"])
def test_a_full_disk_stops_the_run_and_room_continues_it(
    tmp_path: Path, verifier: Run, rows: Callable[[int], bytes], form: str
) -> None:
    import resource

    _write_as(form, tmp_path / "in", rows(600))
    whole_status = verifier("grade", "in", "-o", "whole", "--quiet").returncode
    whole = (tmp_path / "whole").read_bytes()

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) // 2, len(whole) // 2))

    done = verifier("grade", "in", "-o", "out", preexec_fn=little_room)
    assert done.returncode == 3
    assert b"the same command continues" in done.stderr
    assert b"/out: the disk is full" in done.stderr
    assert not (tmp_path / "out").exists()
    done = verifier("grade", "in", "-o", "out")
    assert done.returncode == whole_status
    assert b"of them graded before" in done.stdout
    assert (tmp_path / "out").read_bytes() == whole
    assert not list(tmp_path.glob("*.partial"))
    assert not list(tmp_path.glob("*.journal"))


def _write_as(form: str, path: Path, data: bytes) -> None:
    if form == "plain":
        path.write_bytes(data)
    elif form == "gzip":
        path.write_bytes(gzip.compress(data))
    else:
        import pyarrow as pa
        from pyarrow import parquet

        if form == "zstd":
            path.write_bytes(bytes(pa.compress(data, codec="zstd", asbytes=True)))
        else:
            rows = [json.loads(line) for line in data.splitlines() if line.endswith(b"}")]
            parquet.write_table(pa.Table.from_pylist(rows), path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_says_how_to_go_on(
    tmp_path: Path, rows: Callable[[int], bytes], verifier: Run, number: signal.Signals
) -> None:
    data = rows(400)
    with subprocess.Popen(
        [Path(sys.executable).with_name("verifier"), "grade", "-", "-o", "out", "--workers", "1"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        process.stdin.write(data)
        process.stdin.flush()
        _until(lambda: (tmp_path / "out.partial").exists() and (tmp_path / "out.partial").stat().st_size > 0, process)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 3
    assert err.decode().startswith("verifier: interrupted; the same command continues where it stopped")
    assert out == b""
    assert not (tmp_path / "out").exists()
    changed = verifier("grade", "-", "-o", "out", input=data.replace(b"How much", b"How many"))
    assert (changed.returncode, b"no longer what it was" in changed.stderr) == (2, True)
    done = verifier("grade", "-", "-o", "out", input=data)
    assert done.returncode == 1
    assert b"of them graded before" in done.stdout
    (tmp_path / "in.jsonl").write_bytes(data)
    verifier("grade", "in.jsonl", "-o", "whole")
    assert (tmp_path / "out").read_bytes() == (tmp_path / "whole").read_bytes()


def _until(met: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    while not met():
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.01)


def test_other_options_do_not_continue_a_run(tmp_path: Path, verifier: Run, rows: Callable[[int], bytes]) -> None:
    import resource

    (tmp_path / "in.jsonl").write_bytes(rows(600))

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    assert verifier("grade", "in.jsonl", "-o", "out", preexec_fn=little_room).returncode == 3
    done = verifier("grade", "in.jsonl", "-o", "out", "--regrade")
    assert done.returncode == 2
    assert b"begun with no --regrade." in done.stderr
    assert verifier("grade", "in.jsonl", "-o", "out", "--regrade", "--restart").returncode == 1


@pytest.mark.parametrize("after", [0.0, 0.1, 0.3, 0.6])
def test_an_interrupt_at_the_terminal_prints_one_line(
    tmp_path: Path, rows: Callable[[int], bytes], after: float
) -> None:
    """The terminal sends it to every process of the group, also to workers that are still starting up."""
    (tmp_path / "in.jsonl").write_bytes(rows(3_000))
    with subprocess.Popen(
        [Path(sys.executable).with_name("verifier"), "grade", "in.jsonl", "--workers", "2"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        _until(lambda: len(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()) > 1, process)
        time.sleep(after)
        os.killpg(process.pid, signal.SIGINT)
        err = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 3
    assert err.splitlines() == [
        "verifier: interrupted; the same command continues where it stopped, with --restart it begins anew"
    ]


def test_an_input_that_was_changed_is_not_taken_for_graded(
    tmp_path: Path, verifier: Run, rows: Callable[[int], bytes]
) -> None:
    import resource

    _write(tmp_path / "a.jsonl", {**GOOD, "pad": "x" * 80_000}, {**GOOD, "final_answer": "600 V"})
    (tmp_path / "b.jsonl").write_bytes(rows(600))

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    assert verifier("grade", "a.jsonl", "b.jsonl", preexec_fn=little_room).returncode == 3
    data, before = (tmp_path / "a.jsonl").read_bytes(), (tmp_path / "a.jsonl").stat()
    (tmp_path / "a.jsonl").write_bytes(data.replace(b"600 V", b"600 W"))
    os.utime(tmp_path / "a.jsonl", ns=(before.st_atime_ns, before.st_mtime_ns))
    done = verifier("grade", "a.jsonl", "b.jsonl")
    assert (done.returncode, b"other inputs" in done.stderr) == (2, True)


def test_an_input_that_was_only_touched_is_the_same(
    tmp_path: Path, verifier: Run, rows: Callable[[int], bytes]
) -> None:
    import resource

    (tmp_path / "in.jsonl").write_bytes(rows(2000))

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    assert verifier("grade", "in.jsonl", preexec_fn=little_room).returncode == 3
    os.utime(tmp_path / "in.jsonl", (1, 1))
    done = verifier("grade", "in.jsonl")
    assert (done.returncode, b"other inputs" in done.stderr) == (1, False)  # some rows are in error


def test_a_closed_standard_error_costs_nothing(tmp_path: Path) -> None:
    _write(tmp_path / "in.jsonl", GOOD)
    command = f"{Path(sys.executable).with_name('verifier')} grade in.jsonl 2>&-"
    assert subprocess.run(command, shell=True, cwd=tmp_path, check=False).returncode == 0  # noqa: S602  # ours
    assert (tmp_path / "in.jsonl.graded.jsonl").exists()


def test_an_earlier_output_stands_until_the_new_one_is_whole(
    tmp_path: Path, verifier: Run, rows: Callable[[int], bytes]
) -> None:
    import resource

    (tmp_path / "in.jsonl").write_bytes(rows(600))
    (tmp_path / "out").write_text("old")
    (tmp_path / "out.errors.jsonl").write_text("old errors")

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    assert verifier("grade", "in.jsonl", "-o", "out", preexec_fn=little_room).returncode == 3
    assert (tmp_path / "out").read_text() == "old"
    assert (tmp_path / "out.errors.jsonl").read_text() == "old errors"
    _write(tmp_path / "in.jsonl", GOOD)
    assert verifier("grade", "in.jsonl", "-o", "out", "--restart").returncode == 0
    assert len(_read(tmp_path / "out")) == 1
    assert not (tmp_path / "out.errors.jsonl").exists()


# A process of its own asks, for the peak that the kernel keeps begins with the size of the process that starts another.
PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    line = json.dumps({**GOOD, "tool_calls": ["x" * 30_000]}).encode()

    def peak(count: int) -> int:
        path = _write(tmp_path / f"{count}.jsonl", *[line] * count)
        command = [str(Path(sys.executable).with_name("verifier")), "grade", str(path), "--workers", "2", "--quiet"]
        done = subprocess.run([sys.executable, "-c", PEAK, *command], check=True, capture_output=True)
        return int(done.stdout)

    assert peak(4000) < peak(200) + 15_000  # 120 MB of input, and less than 15 MB more than for 6 MB


def test_a_bar_on_a_terminal_and_none_elsewhere(tmp_path: Path, verifier: Run, rows: Callable[[int], bytes]) -> None:
    (tmp_path / "in.jsonl").write_bytes(rows(300))
    for quiet in ([], ["--quiet"]):
        ours, theirs = pty.openpty()
        done = verifier(
            "grade", "in.jsonl", "-o", "out", *quiet, capture_output=False, stdout=subprocess.PIPE, stderr=theirs
        )
        os.close(theirs)
        shown = b"".join(_all(ours))
        os.close(ours)
        assert done.returncode == 1
        assert (b"100 %" in shown) == (not quiet)
    assert b"%" not in verifier("grade", "in.jsonl", "-o", "out").stderr


def _all(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            return
        if not piece:
            return
        yield piece


def test_judges_are_silent_where_there_is_nothing_to_ask(tmp_path: Path, verifier: Run) -> None:
    _write(tmp_path / "in.jsonl", GOOD)
    for judge in ("auto", "none"):
        done = verifier("grade", "in.jsonl", "-o", f"{judge}.jsonl", "--judge", judge)
        assert (done.returncode, done.stderr) == (0, b"")


def test_rows_that_all_fail_say_why_and_what_they_hold(tmp_path: Path, verifier: Run) -> None:
    _write(tmp_path / "in.jsonl", *[{"question": "2+2?", "reference_answer": "4", "model_answer": "4"}] * 70, b"{")
    done = verifier("grade", "in.jsonl", "-o", "out", "--quiet")
    assert done.returncode == 1
    told = done.stderr.decode().splitlines()
    assert told[0].startswith("verifier: 70 rows: field 'ground_truth': The record has no ground truth")
    assert told[1] == "verifier: 1 row: The line is not JSON, or is nested too deeply to be read. (record.not_json)"
    assert told[2] == (
        "verifier: no row could be graded; the first has question, reference_answer, model_answer:"
        " it lacks ground_truth and final_answer; name yours, e.g. --field ground_truth=NAME"
    )


@pytest.mark.parametrize(
    ("row", "advice"),
    [
        ({"ground_truth": "4", "messages": []}, "name yours, perhaps --field conversations=messages"),
        ({"ground_truth": "4", "zzz": "4"}, "it lacks final_answer; name yours, e.g. --field final_answer=NAME"),
        ({"zzz": "4", "response": "4"}, "it lacks ground_truth; name yours, e.g. --field ground_truth=NAME"),
        ({"ground_truth": None, "final_answer": "4"}, "their values are why"),
    ],
)
def test_the_advice_names_what_is_missing(tmp_path: Path, verifier: Run, row: dict[str, object], advice: str) -> None:
    _write(tmp_path / "in.jsonl", row)
    done = verifier("grade", "in.jsonl", "-o", "out", "--quiet")
    assert f"{', '.join(row)}: {advice}\n" in done.stderr.decode()


def test_a_misspelt_name_gets_the_option_that_reads_it(tmp_path: Path, verifier: Run) -> None:
    _write(tmp_path / "in.jsonl", {"groundtruth": "4", "final_answr": "4"})
    done = verifier("grade", "in.jsonl", "-o", "out", "--quiet")
    advice = "--field ground_truth=groundtruth --field final_answer=final_answr"
    assert f"name yours, perhaps {advice}\n" in done.stderr.decode()
    assert "Then give --field ground_truth=groundtruth)" in str(_read(tmp_path / "out.errors.jsonl")[0]["reason"])
    assert verifier("grade", "in.jsonl", "-o", "out", *advice.split()).returncode == 0


def test_rows_that_were_graded_already_are_told(tmp_path: Path, verifier: Run) -> None:
    _write(tmp_path / "in.jsonl", GOOD, {"ground_truth": "Paris", "response": "Lyon"})
    shown = " ".join(verifier("grade", "in.jsonl").stdout.decode().replace("│", " ").split())
    assert "undecided: phrase.not_alike 1" in shown
    assert "by nothing" not in shown
    done = verifier("grade", "in.jsonl.graded.jsonl", "-o", "again.jsonl")
    assert done.stderr == b"verifier: 2 rows carried a verdict already; this run's stands in its place\n"
    assert verifier("grade", "again.jsonl", "--quiet").stderr == b""


def test_an_empty_input_gives_an_empty_output(tmp_path: Path, verifier: Run) -> None:
    (tmp_path / "in.jsonl").touch()
    assert verifier("grade", "in.jsonl").returncode == 0
    assert (tmp_path / "in.jsonl.graded.jsonl").read_bytes() == b""


def test_a_run_over_several_inputs_continues_among_them(
    tmp_path: Path, verifier: Run, rows: Callable[[int], bytes]
) -> None:
    import resource

    (tmp_path / "a.jsonl").write_bytes(rows(50))
    (tmp_path / "b.jsonl").write_bytes(rows(600))

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    assert verifier("grade", "a.jsonl", "b.jsonl", preexec_fn=little_room).returncode == 3
    first = tmp_path / "a.jsonl.graded.jsonl"
    made = first.stat().st_mtime_ns
    done = verifier("grade", "a.jsonl", "b.jsonl")
    assert done.returncode == 1
    assert first.stat().st_mtime_ns == made
    count = sum(1 for path in ("a.jsonl", "b.jsonl") for line in (tmp_path / path).read_bytes().splitlines() if line)
    assert f"rows {count}" in " ".join(done.stdout.decode().replace("│", " ").split())
    assert not list(tmp_path.glob("*.journal"))


def test_help_shows_examples(verifier: Run) -> None:
    for command in ("grade", "explain"):
        shown = verifier(command, "--help").stdout.decode()
        assert "Examples:" in shown
        assert f"verifier {command} " in shown


def test_errors_that_are_not_told_one_by_one_are_counted(tmp_path: Path, verifier: Run) -> None:
    bad = [{**GOOD, name: {"no": "text"}} for name in ("final_answer", "question", "category", "sample_id", "response")]
    bad += [{**GOOD, "ground_truth": {"no": "text"}}, {**GOOD, "conversations": 5}]
    _write(tmp_path / "in.jsonl", GOOD, *bad, {**bad[0]}, {**bad[1]}, {"final_answer": "5"})
    done = verifier("grade", "in.jsonl", "--quiet")
    first, *_, more, where = done.stderr.decode().splitlines()
    assert more == "verifier: … and 3 more rows of 3 other kinds"
    assert "in.jsonl.graded.jsonl.errors.jsonl lists them" in where
    assert first.startswith("verifier: 2 rows: field ")


def test_an_output_that_stood_there_is_told_of(tmp_path: Path, verifier: Run) -> None:
    (tmp_path / "a.jsonl").write_text('{"ground_truth": "4", "final_answer": "4"}\n')
    assert b"replaced" not in verifier("grade", "a.jsonl", "-o", "out.jsonl").stderr
    done = verifier("grade", "a.jsonl", "-o", "out.jsonl")
    assert done.stderr.decode().splitlines() == ["verifier: out.jsonl stood there from before: replaced"]
    assert verifier("grade", "a.jsonl", "-o", "out.jsonl", "--quiet").stderr == b""


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('[{"ground_truth": "4", "final_answer": "4"},\n{"ground_truth": "4", "final_answer": "4"}]\n', "JSON array"),
        ('[\n{"ground_truth": "4", "final_answer": "4"}\n]\n', "JSON array"),
        ("ground_truth,final_answer\n4,4\n", "CSV"),
        ('{\n"ground_truth": "4",\n"final_answer": "4"\n}\n', "several lines"),
        ('{"ground_truth": "4", "final_answer": "4"}\nbroken, like this\n', ""),
    ],
)
def test_what_is_no_json_lines_is_told_of(tmp_path: Path, verifier: Run, text: str, hint: str) -> None:
    (tmp_path / "a.jsonl").write_text(text)
    done = verifier("grade", "a.jsonl")
    assert done.returncode == 1
    assert (b"one JSON object a line is expected; this looks like" in done.stderr) is bool(hint)
    assert hint.encode() in done.stderr
