from __future__ import annotations

import asyncio
import random

import pytest

from verifier_api import spool as module
from verifier_api.batches import Lines
from verifier_api.limits import Capacity
from verifier_api.problems import Problem
from verifier_api.spool import Spool


@pytest.mark.parametrize("seed", range(20))
def test_what_goes_in_comes_out(seed: int) -> None:
    chance = random.Random(seed)
    pieces = [chance.randbytes(chance.choice((0, 1, 10, 300))) for _ in range(400)]

    async def run() -> bytes:
        spool = Spool(memory_bytes=200, file_bytes=2_000)

        async def send() -> None:
            for piece in pieces:
                await spool.put(piece)
                if chance.random() < 0.2:
                    await asyncio.sleep(0)
            spool.close()

        sending = asyncio.create_task(send())
        got = []
        while (data := await spool.get()) is not None:
            got.append(data)
            if chance.random() < 0.3:
                await asyncio.sleep(0)
        await sending
        spool.discard()
        return b"".join(got)

    assert asyncio.run(run()) == b"".join(pieces)


def test_what_nobody_reads_goes_to_a_file_and_then_waits() -> None:
    async def run() -> None:
        spool = Spool(memory_bytes=100, file_bytes=1_000)
        for _ in range(11):
            await spool.put(b"x" * 100)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await spool.put(b"y")
        assert await spool.get() == b"x" * 100
        assert await spool.get() == b"x" * 1_000
        await spool.put(b"y")
        assert await spool.get() == b"y"
        spool.discard()
        assert await spool.get() is None

    asyncio.run(run())


def test_where_no_file_can_be_it_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.tempfile, "TemporaryFile", refuse)

    async def run() -> None:
        spool = Spool(memory_bytes=10)
        await spool.put(b"x" * 10)
        putting = asyncio.create_task(spool.put(b"y"))
        await asyncio.sleep(0)
        assert not putting.done()
        assert await spool.get() == b"x" * 10
        await putting
        assert await spool.get() == b"y"

    asyncio.run(run())


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_lines_are_cut_alike_however_they_arrive(size: int) -> None:
    capacity = Capacity(1, 5)
    lines = Lines(5, capacity.lease())
    body = b"a\n\nbcdef\nghijkl\nmn\r\nopqrstuvwxyz\n\nend"
    chunks = [body[place : place + size] for place in range(0, len(body), size)]
    cut = [line for chunk in chunks for line in lines.feed(chunk)] + list(lines.finish())
    kept = [None if isinstance(line.data, Problem) else line.data for line in cut]
    assert kept == [b"a", b"", b"bcdef", None, b"mn\r", None, b"", b"end"]
    assert [line.number for line in cut] == list(range(1, 9))
    assert capacity.bytes_held == 0
