"""The inputs of a run in chunks, from the place on where an earlier run stopped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from verifier.batch.chunks import Chunk, Mark
from verifier.batch.files import Line, Source
from verifier.types.errors import InputError

CHUNK_LINES = 64
CHUNK_BYTES = 1 << 20


def read_chunks(sources: Sequence[Source], mark: Mark | None) -> Iterator[Chunk]:
    """The inputs in chunks, from the mark on. What was graded before is read again, to see that it is the same."""
    index = 0
    for place, source in enumerate(sources):
        lines = source.lines()
        if mark is not None and place < mark.input:
            continue
        if mark is not None and place == mark.input:
            _skip(lines, mark, source.name)
        for held in _held(lines):
            filled = tuple(line for line in held if line.data is None or line.data.strip())
            end = Mark(place, held[-1].number, held[-1].checksum)
            yield Chunk(index, source.name, filled, len(held) - len(filled), end)
            index += 1


def _held(lines: Iterable[Line]) -> Iterator[list[Line]]:
    held: list[Line] = []
    size = 0
    for line in lines:
        held.append(line)
        size += line.length
        if len(held) >= CHUNK_LINES or size >= CHUNK_BYTES:
            yield held
            held, size = [], 0
    if held:
        yield held


def _skip(lines: Iterator[Line], mark: Mark, name: str) -> None:
    line = None
    for line in lines:
        if line.number == mark.line:
            break
    if line is None or (line.number, line.checksum) != (mark.line, mark.checksum):
        problem = f"is no longer what it was when the run began (up to line {mark.line}); --restart begins anew"
        raise InputError(f"{name}: {problem}")


def position(sources: Sequence[Source], mark: Mark) -> int:
    """Bytes of input read when a mark was reached: all of the inputs before it, and of its own as far as it is open."""
    return sum(source.size or 0 for source in sources[: mark.input]) + sources[mark.input].position()
