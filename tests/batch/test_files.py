"""Inputs of every form come out as the same lines."""

from __future__ import annotations

import gzip
import json
import os
import threading
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from verifier.batch.files import Source
from verifier.types.errors import InputError

LIMIT = 1000


def _lines(path: Path | str) -> list[tuple[int, bytes | None]]:
    return [(line.number, line.data) for line in Source(str(path), longest_line=LIMIT).lines()]


def test_line_ends_a_mark_and_a_last_line_without_an_end(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}\r\n\n  \n{"b": "\xe2\x80\xa8\x85"}\n\xef\xbb\xbf{"c": 3}')
    assert _lines(path) == [
        (1, b'{"a": 1}'),
        (2, b""),
        (3, b"  "),
        (4, b'{"b": "\xe2\x80\xa8\x85"}'),
        (5, b'{"c": 3}'),
    ]


def test_places_and_checksums_add_up(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    data = b"\xef\xbb\xbfone\r\ntwo\n" + b"x" * (LIMIT + 1) + b"\nfour"
    path.write_bytes(data)
    lines = list(Source(str(path), longest_line=LIMIT).lines())
    assert [line.offset for line in lines] == [0, 8, 12, 12 + LIMIT + 2]
    assert sum(line.length for line in lines) == len(data)
    assert lines[-1].checksum == zlib.crc32(data)


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("extra", [0, 1, 2, 3, 5, 6, 10 * LIMIT])
def test_a_line_at_the_limit_is_read_and_one_above_it_is_not(
    tmp_path: Path, start: bytes, extra: int, end: bytes
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(start + b"x" * (LIMIT + extra) + end + (b"y" if end else b""))
    lines = _lines(path)
    assert lines[0] == (1, b"x" * LIMIT if extra == 0 else None)
    assert lines[1:] == ([(2, b"y")] if end else [])


def test_a_line_far_above_the_limit_takes_no_memory(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "a.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(50):
            file.write(b"x" * 1_000_000)
        file.write(b"\nnext\n")
    tracemalloc.start()
    lines = _lines(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert lines == [(1, None), (2, b"next")]
    assert peak < 8_000_000


def _compressed(kind: str, data: bytes) -> bytes:
    if kind == "gzip":
        return gzip.compress(data)
    import pyarrow as pa  # type: ignore[import-untyped]

    return bytes(pa.compress(data, codec="zstd", asbytes=True))


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.gz"])
def test_compression_is_told_by_content_and_parts_are_joined(tmp_path: Path, kind: str, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(_compressed(kind, b'{"a": 1}\n{"b"') + _compressed(kind, b": 2}\n"))
    assert _lines(path) == [(1, b'{"a": 1}'), (2, b'{"b": 2}')]


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_damaged_compression_is_no_end_of_file(tmp_path: Path, kind: str, damage: str) -> None:
    whole = _compressed(kind, b"".join(b'{"a": "%s"}\n' % os.urandom(20).hex().encode() for _ in range(5000)))
    path = tmp_path / "a"
    middle = len(whole) // 2
    path.write_bytes(whole[:-20] if damage == "cut" else whole[:middle] + b"\x00" * 40 + whole[middle + 40 :])
    with pytest.raises(InputError, match="cannot be read further"):
        _lines(path)


def test_parquet_is_read_as_json_lines(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    rows = [
        {
            "sample_id": f"t{number}",
            "ground_truth": "5",
            "turns": [{"role": "user", "content": "é\u2028"}],
            "when": datetime(2026, 1, 2, tzinfo=UTC),
            "raw": b"\xff",
            "cost": None,
        }
        for number in range(600)
    ]
    path = tmp_path / "a.bin"
    parquet.write_table(pa.Table.from_pylist(rows), path)
    source = Source(str(path), longest_line=LIMIT)
    read = [json.loads(line.data or b"") for line in source.lines()]
    assert read == [{**row, "when": "2026-01-02T00:00:00+00:00", "raw": "/w=="} for row in rows]
    assert source.position() == source.size


def test_parquet_that_no_row_can_hold_is_refused_in_words(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table([pa.array(["5"]), pa.array(["6"])], names=["ground_truth"] * 2), path)
    with pytest.raises(InputError, match="two columns have the name 'ground_truth'"):
        _lines(path)
    parquet.write_table(pa.table({"at": pa.array([2**62], pa.timestamp("us"))}), path)
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        _lines(path)


def test_a_broken_parquet_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 and nothing more PAR1")
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        _lines(path)


def test_a_named_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(_compressed("gzip", b"one\ntwo\n"),))
    writer.start()
    try:
        assert _lines(path) == [(1, b"one"), (2, b"two")]
    finally:
        writer.join()


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "there is no such file"), ("folder", "is a folder"), ("utf16", "is UTF-16 text")],
)
def test_what_is_no_input_says_what_it_is(tmp_path: Path, content: str | None, problem: str) -> None:
    path = tmp_path / "a.jsonl"
    if content == "folder":
        path.mkdir()
    elif content == "utf16":
        path.write_bytes('{"a": 1}'.encode("utf-16"))
    with pytest.raises(InputError, match=problem):
        _lines(path)


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.touch()
    assert _lines(path) == []
