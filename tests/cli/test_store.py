"""``verifier store``: what is kept is counted, deleted, written out."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from opinions import LONG, SAME, begun, opinion

from verifier.store.opening import open_store
from verifier.store.port import Ended
from verifier.types.opinion import Opinion

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]

KEPT = [
    opinion("a", at="2026-10-01T00:00:00Z", model="claude-haiku-4-5-20251001", picodollars=1_950_000_000),
    opinion("b", "half \ud83d a pair", stop="refusal"),
    opinion("c", LONG, picodollars=None, model="my-model", rubric="long-2"),
    opinion("d", SAME.replace('"verdict"', '"verdict": "different", "verdict"')),
]


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/kept.db"
    store = open_store(url)
    store.begin([begun(f"n{one.key}", one.key) for one in KEPT])
    store.end([Ended(number=f"n{one.key}", opinion=one) for one in KEPT])
    store.begin([begun("lost", "z", run="run-2")])
    store.close()
    return url


def test_stats_for_a_person(verifier: Run, url: str) -> None:
    done = verifier("store", "stats", "--store", url)
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    assert f"store    {url}\n" in text
    assert "opinions 4, $0.00216\n" in text
    assert "2026-10-01T00:00:00Z to 2026-11-25T12:00:00Z" in text
    assert "claude-haiku-4-5-20251001                 1  $0.00195\n" in text
    assert "1 sent and never heard of again, at most $0.0005" in text
    assert "tokens: 1,800 in, 6,000 from the cache, 0 into it, 360 out" in text


def test_stats_for_a_program(verifier: Run, url: str) -> None:
    done = verifier("store", "stats", "--json", env={**os.environ, "VERIFIER_STORE_URL": url})
    assert done.returncode == 0, done.stderr
    assert b'"cost_usd":0.00216,' in done.stdout
    told = json.loads(done.stdout)
    assert (told["store"], told["opinions"]) == (url, 4)
    assert told["by_model"]["my-model"] == {"opinions": 1, "cost_usd": 0}
    assert told["by_rubric"]["long-2"]["opinions"] == 1
    assert told["runs"]["run-1"]["calls"] == 4
    assert told["runs"]["run-1"]["usage"]["output"] == 360
    assert told["runs"]["run-2"]["open_calls"] == 1
    assert told["runs"]["run-2"]["open_calls_cost_at_most_usd"] == 0.0005


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--before", "2026-11-01"], "1 opinion deleted"),
        (["--before", "2026-11-25T13:00:00+01:00"], "1 opinion deleted"),
        (["--before", "2026-11-25T13:00:01+01:00"], "4 opinions deleted"),
        (["--model", "claude-haiku-4-5"], "1 opinion deleted"),
        (["--unusable"], "2 opinions deleted"),
        (["--unusable", "--model", "my-model"], "0 opinions deleted"),
    ],
)
def test_prune(verifier: Run, url: str, options: list[str], said: str) -> None:
    done = verifier("store", "prune", "--store", url, *options)
    assert (done.returncode, done.stdout.decode().strip()) == (0, said)
    store = open_store(url)
    assert store.stats().opinions == 4 - int(said[0])
    store.close()


@pytest.mark.parametrize(
    ("options", "said"),
    [([], "say which opinions are to go"), (["--before", "yesterday"], "'yesterday' is no date")],
)
def test_prune_asks_which(verifier: Run, url: str, options: list[str], said: str) -> None:
    done = verifier("store", "prune", "--store", url, *options)
    assert done.returncode == 2
    assert said in done.stderr.decode()


def test_export(verifier: Run, url: str, tmp_path: Path) -> None:
    done = verifier("store", "export", "--store", url)
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.splitlines()
    assert [json.loads(line)["key"] for line in lines] == ["a", "b", "c", "d"]
    assert msgspec.json.decode(lines[0], type=Opinion) == KEPT[0]
    assert json.loads(lines[1])["reply"]["text"] == "half \ud83d a pair"
    assert json.loads(lines[2])["picodollars"] is None
    to_file = verifier("store", "export", "--store", url, "-o", "out.jsonl")
    assert to_file.stdout == b"4 opinions in out.jsonl\n"
    assert (tmp_path / "out.jsonl").read_bytes() == done.stdout
    assert sorted(path.name for path in tmp_path.iterdir() if "partial" in path.name) == []


def test_export_into_nothing(verifier: Run, url: str) -> None:
    done = verifier("store", "export", "--store", url, "-o", "no/such/folder/out.jsonl")
    assert done.returncode == 2
    assert b"no/such/folder/out.jsonl cannot be written" in done.stderr


@pytest.mark.parametrize("command", ["stats", "export", "prune --unusable"])
def test_no_store_is_made_only_to_look_at_it(verifier: Run, tmp_path: Path, command: str) -> None:
    done = verifier("store", *command.split(), "--store", "sqlite:///none.db")
    assert done.returncode == 2
    assert b"there is no store at none.db" in done.stderr
    assert not (tmp_path / "none.db").exists()
    home = verifier("store", *command.split(), env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "c")})
    assert f"there is no store at {tmp_path}/c/verifier/opinions.db" in home.stderr.decode()
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("url", ["mysql://me:s3cr3t@host/db", "postgresql://me:s3cr3t@127.0.0.1:1/db"])
def test_a_password_is_not_told(verifier: Run, url: str) -> None:
    done = verifier("store", "stats", "--store", url)
    assert done.returncode == 2
    assert done.stderr.startswith(b"verifier: the store ")
    assert b"s3cr3t" not in done.stderr + done.stdout


def test_help_has_examples(verifier: Run) -> None:
    for command in ("stats", "prune", "export"):
        assert b"Examples:\n    verifier store " in verifier("store", command, "--help").stdout
