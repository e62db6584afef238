"""``verifier grade`` with a judge that is a model, over real HTTP: what is asked, paid, kept, changed and listed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakeapi import FakeAPI
from judgedrows import open_rows, sealed_rows

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]
ROWS = 60


@pytest.fixture
def api() -> Iterator[FakeAPI]:
    with FakeAPI(opinion="same") as running:
        yield running


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _told(done: subprocess.CompletedProcess[bytes], name: str) -> str:
    """What the table at the end says under a name."""
    rows = [line.split("│") for line in done.stdout.decode().splitlines() if line.startswith("│")]
    return next(row[2].strip() for row in rows if row[1].strip() == name)


def _codes(folder: Path) -> set[str]:
    return {row["verification"]["code"] for row in _lines(folder / "out.jsonl")}


def test_what_rules_cannot_tell_is_asked_once_and_never_paid_again(tmp_path: Path, grade: Run, api: FakeAPI) -> None:
    (tmp_path / "in.jsonl").write_text(open_rows(ROWS) + sealed_rows(ROWS))
    done = grade()
    rows = _lines(tmp_path / "out.jsonl")
    assert [row["success"] for row in rows] == [True] * (2 * ROWS)
    assert {row["verification"]["method"] for row in rows[:ROWS]} == {"anthropic"}
    assert {row["verification"]["judge_model"] for row in rows} == {"claude-haiku-5-5", None}
    assert api.calls()["arrived"] == 2 * ROWS
    assert (_told(done, "put to the judge"), _told(done, "judge calls")) == (f"{ROWS}", f"{2 * ROWS}")
    assert api.ledger()["live_calls"] == 2 * ROWS
    paid = sum(row["verification"]["judge_cost_usd"] or 0 for row in rows)
    assert float(_told(done, "cost, $")) == pytest.approx(paid)
    first = (tmp_path / "out.jsonl").read_bytes()
    done = grade()
    assert (tmp_path / "out.jsonl").read_bytes() == first
    assert api.calls()["arrived"] == 2 * ROWS
    assert (_told(done, "judge calls"), _told(done, "answers from the store")) == ("0", f"{2 * ROWS}")
    assert _told(done, "cost, $") == "0"
    assert sorted(path.name for path in tmp_path.glob("out*")) == ["out.jsonl"]


def test_an_opinion_of_one_server_is_not_that_of_another(tmp_path: Path, grade: Run, monkeypatch: Any) -> None:  # noqa: ANN401
    (tmp_path / "in.jsonl").write_text(open_rows(3))
    grade()
    with FakeAPI(opinion="different") as other:
        monkeypatch.setenv("VERIFIER_JUDGE_BASE_URL", f"{other.url}/v1/")
        assert "│ 0 │" not in grade("--dry-run").stdout.decode()
        grade()
        assert other.calls()["arrived"] == 3
    assert _codes(tmp_path) == {"judge.differs"}


def test_a_judge_that_does_not_answer_is_told_of(tmp_path: Path, grade: Run, api: FakeAPI, monkeypatch: Any) -> None:  # noqa: ANN401
    (tmp_path / "in.jsonl").write_text(open_rows(4))
    assert b"the judge" not in grade("--quiet").stderr
    monkeypatch.setenv("ANTHROPIC_API_KEY", "wrong")
    monkeypatch.setenv("VERIFIER_STORE_URL", f"sqlite:///{tmp_path}/empty.db")
    told = grade("--quiet").stderr.decode()
    assert told.count("the judge answered none of 4 questions: ") == 1
    assert "(judge.unauthorized); --regrade asks again" in told
    monkeypatch.setenv("ANTHROPIC_API_KEY", api.key)
    api.fail(["400"])
    assert "the judge did not answer 1 of 4 questions: " in grade("--quiet").stderr.decode()


def test_a_dry_run_needs_no_key_and_says_what_has_no_price(tmp_path: Path, grade: Run, monkeypatch: Any) -> None:  # noqa: ANN401
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.delenv("VERIFIER_JUDGE_BASE_URL")
    row = {"ground_truth": "a walk", "final_answer": "to stroll", "category": "Closed Question Answering"}
    (tmp_path / "in.jsonl").write_text(json.dumps(row) + "\n")
    done = grade("--dry-run", "--judge", "a-model-of-mine")
    assert b"No price is known of a-model-of-mine, " in done.stdout
    assert b"closed-question-answering" in done.stdout
    assert b"No price" not in grade("--dry-run").stdout
    grade("--judge", "a-model-of-mine", status=2)


def test_the_store_lists_runs_by_input_and_time(tmp_path: Path, grade: Run, verifier: Run) -> None:
    (tmp_path / "in.jsonl").write_text(open_rows(2))
    grade()
    grade()
    runs = json.loads(verifier("store", "stats", "--json").stdout)["runs"]
    ((name, run),) = runs.items()  # the second paid for nothing
    assert name.startswith("in.jsonl-")
    assert run["first_call"].startswith("20")
    assert f"{name}, since {run['first_call']}" in verifier("store", "stats").stdout.decode()


def test_scopes(tmp_path: Path, grade: Run, api: FakeAPI) -> None:
    rows = [
        {
            "sample_id": 1,
            "question": "Give it in lowest terms.",
            "ground_truth": "3/4",
            "final_answer": "9/12",
        },
        {"sample_id": 2, "ground_truth": "42", "final_answer": "43"},
        {"sample_id": 3, "ground_truth": "42", "final_answer": "42"},
        {"sample_id": 4, "ground_truth": "a heart attack", "final_answer": ":"},
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    grade()
    assert api.calls()["arrived"] == 0
    assert [row["success"] for row in _lines(tmp_path / "out.jsonl")] == [False, False, True, False]
    grade("--judge-scope", "failed")
    assert [row["success"] for row in _lines(tmp_path / "out.jsonl")] == [True, False, True, False]
    (flip,) = _lines(tmp_path / "out.jsonl.flips.jsonl")
    assert (flip["line"], flip["sample_id"], flip["before"]["success"], flip["after"]["success"]) == (1, 1, False, True)
    assert flip["before"]["reason"]
    assert (flip["after"]["code"], flip["after"]["quote"]) == ("judge.agrees", "9/12")
    api.script(opinion="different")
    grade("--judge-scope", "all")
    assert [row["success"] for row in _lines(tmp_path / "out.jsonl")] == [True, False, True, False]
    (audit,) = _lines(tmp_path / "out.jsonl.audit.jsonl")
    assert (audit["line"], audit["kinds"], audit["judge"]["code"]) == (3, ["judge_disagrees"], "judge.differs")


def test_a_doubtful_ground_truth_is_listed_and_decides_nothing(tmp_path: Path, grade: Run, api: FakeAPI) -> None:
    (tmp_path / "in.jsonl").write_text(open_rows(2))
    api.fail([{"verdict": "different", "reference_suspect": True}], forever=True)
    done = grade()
    audits = _lines(tmp_path / "out.jsonl.audit.jsonl")
    assert [audit["kinds"] for audit in audits] == [["reference_suspect"]] * 2
    assert all(audit["judge"]["suspect"] for audit in audits)
    assert {row["success"] for row in _lines(tmp_path / "out.jsonl")} == {False}
    assert b"rows to look at: out.jsonl.audit.jsonl" in done.stdout


@pytest.mark.parametrize(
    "fault", ["400", "401", "402", "403", "404", "413", "refusal", "truncated", "not_json", "off_schema", "wrong_quote"]
)
def test_a_fault_that_stays_leaves_rows_undecided(tmp_path: Path, grade: Run, api: FakeAPI, fault: str) -> None:
    (tmp_path / "in.jsonl").write_text(open_rows(4) + sealed_rows(4))
    api.fail([fault], forever=True)
    grade()
    rows = _lines(tmp_path / "out.jsonl")
    assert [row["success"] for row in rows] == [None] * 4 + [True] * 4
    assert all(row["verification"]["code"].startswith("judge.") for row in rows[:4])


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["429", "429:retry-after=1", "500", "503", "529", "cut", "cut:body", "slow"])
def test_a_server_that_is_never_well_costs_no_verdict(
    tmp_path: Path, grade: Run, api: FakeAPI, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFIER_JUDGE_DEADLINE_SECONDS", "2")
    (tmp_path / "in.jsonl").write_text(open_rows(4) + sealed_rows(4))
    api.fail([fault], forever=True)
    grade()
    rows = _lines(tmp_path / "out.jsonl")
    assert [row["success"] for row in rows] == [None] * 4 + [True] * 4
    assert all(row["verification"]["code"].startswith("judge.") for row in rows[:4])
    api.script(rules=[], opinion="same")  # it is well again: what was left open is asked about
    (tmp_path / "out.jsonl").rename(tmp_path / "in.jsonl")
    grade("--regrade")
    assert [row["success"] for row in _lines(tmp_path / "out.jsonl")] == [True] * 8


def test_a_server_that_is_not_there_costs_no_verdict(tmp_path: Path, grade: Run, api: FakeAPI) -> None:
    (tmp_path / "in.jsonl").write_text(open_rows(4) + sealed_rows(4))
    api.stop()
    grade()
    rows = _lines(tmp_path / "out.jsonl")
    assert [row["success"] for row in rows] == [None] * 4 + [True] * 4


def test_a_budget_stops_before_it_is_passed_and_the_run_goes_on_with_more(
    tmp_path: Path, grade: Run, api: FakeAPI
) -> None:
    (tmp_path / "in.jsonl").write_text(open_rows(ROWS))
    spent = [0.0]
    for budget in ("0.003", "0.004"):
        done = grade("--budget-usd", budget, status=3)
        assert b"leaves too little for the next call" in done.stderr
        assert not (tmp_path / "out.jsonl").exists()
        spent.append(_spent(tmp_path))
        assert spent[-2] < spent[-1] <= float(budget)
    done = grade("--budget-usd", "1", "--trace", "t", status=2)
    assert b"another --trace" in done.stderr
    done = grade("--budget-usd", "1")
    assert api.calls()["arrived"] == api.calls()["distinct"] == 2 * ROWS
    assert float(_told(done, "cost, $")) == pytest.approx(_spent(tmp_path))
    assert _told(done, "judge calls") == f"{2 * ROWS}"
    assert [row["success"] for row in _lines(tmp_path / "out.jsonl")] == [True] * ROWS


def _spent(folder: Path) -> float:
    """What the one run of the store has spent, in dollars."""
    from verifier.store.opening import open_store

    store = open_store(f"sqlite:///{folder}/opinions.db")
    (spending,) = store.stats().runs.values()
    store.close()
    return float(spending.picodollars) / 10**12


@pytest.mark.parametrize("budget", ["-1", "much", "nan", "1e-13", "1_0"])
def test_a_budget_that_is_none(tmp_path: Path, grade: Run, budget: str) -> None:
    (tmp_path / "in.jsonl").write_text(open_rows(1))
    assert b"--budget-usd" in grade(f"--budget-usd={budget}", status=2).stderr


def test_a_dry_run_asks_nobody_and_writes_nothing(tmp_path: Path, grade: Run, api: FakeAPI) -> None:
    (tmp_path / "in.jsonl").write_text(open_rows(ROWS) + sealed_rows(5))
    done = grade("--dry-run", "--budget-usd", "0.0001", env=None)
    told = done.stdout.decode()
    assert f" {ROWS} " in told
    title = " ".join(told.partition("┏")[0].split())
    assert title == f"To be asked of claude-haiku-5-5; nobody was. {ROWS + 5} rows read, --judge-scope undecided"
    assert "The budget of $0.0001 will not be enough." in told
    assert api.calls()["arrived"] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]
    expected, most = _amounts(told)
    done = grade()
    assert expected / 3 < float(_told(done, "cost, $")) < expected * 3
    assert float(_told(done, "cost, $")) < most
    assert _amounts(grade("--dry-run").stdout.decode()) == (0, 0)


def _amounts(told: str) -> tuple[float, float]:
    last = [line for line in told.splitlines() if line.startswith("│ all")][-1].split("│")
    return float(last[-3]), float(last[-2])


def test_without_a_key_it_is_said_once_that_the_judge_is_off(
    tmp_path: Path, verifier: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    (tmp_path / "in.jsonl").write_text(open_rows(3))
    command = ("grade", "in.jsonl", "-o", "out.jsonl")
    done = verifier(*command)
    assert (done.returncode, done.stderr, done.stdout.count(b"the judge is off")) == (0, b"", 1)
    for quiet in ("--quiet", "--judge=none"):
        done = verifier(*command, quiet)
        assert b"the judge is off" not in done.stdout + done.stderr
    done = verifier(*command, "--judge-mode", "batch")
    assert (done.returncode, done.stderr.count(b"the judge is off")) == (2, 1)
    done = verifier(*command, "--judge", "claude-haiku-4-5")
    assert (done.returncode, b"ANTHROPIC_API_KEY" in done.stderr) == (2, True)
    done = verifier(*command, "--dry-run")
    assert (done.returncode, b" 3 " in done.stdout) == (0, True)


def test_another_model_is_another_question(tmp_path: Path, grade: Run, api: FakeAPI) -> None:
    (tmp_path / "in.jsonl").write_text(open_rows(3))
    grade()
    grade("--judge", "claude-haiku-4-5")
    assert api.calls()["arrived"] == 12
    assert {row["verification"]["judge_model"] for row in _lines(tmp_path / "out.jsonl")} == {"claude-haiku-4-5"}


def test_explain_asks_it_too(grade: Run, verifier: Run, api: FakeAPI) -> None:
    del grade  # which sets the judge up
    pair = ("Myocardial infarction", "a heart attack", "--question", "What is the diagnosis?")
    told = verifier("explain", *pair).stdout.decode()
    assert told.startswith("Correct.")
    assert "Code judge.agrees, decided by anthropic" in told
    assert api.calls()["arrived"] == 2
    assert verifier("explain", *pair, "--judge", "none").stdout.startswith(b"Undecided.")
    assert verifier("explain", *pair, "--judge", "claude-haiku-4-5").stdout.startswith(b"Correct.")
    assert api.calls()["arrived"] == 4


def test_a_budget_and_a_model_without_a_price_are_refused_at_the_start(
    tmp_path: Path, grade: Run, api: FakeAPI
) -> None:
    (tmp_path / "in.jsonl").write_text(open_rows(2))
    done = grade("--judge", "my-model", "--budget-usd", "1", status=2)
    assert "no price of my-model is known, so no budget can be kept" in done.stderr.decode()
    assert [path.name for path in tmp_path.glob("out*")] == []
    assert api.calls()["arrived"] == 0
    (tmp_path / "pack.toml").write_text('id = "mine"\nversion = "2026.11.1"\nengine = ">=0.1,<0.2"\n')
    (tmp_path / "judge").mkdir()
    (tmp_path / "judge" / "prices.toml").write_text(
        '[[price]]\nname = "my-model"\ndate = "2026-11-25"\ninput = "0"\ncache_read = "0"\n'
        'cache_write_5m = "0"\ncache_write_1h = "0"\noutput = "0"\n'
    )
    grade("--judge", "my-model", "--budget-usd", "1", "--rules", str(tmp_path))


@pytest.mark.parametrize(
    "url", ["http://", "http://exa mple", "https://:8000", "http://h:99999", "http://h:no", "http://h?x=1", "http://[x"]
)
def test_an_address_that_names_no_server_is_refused_at_the_start(
    tmp_path: Path, grade: Run, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    (tmp_path / "in.jsonl").write_text(open_rows(2))
    monkeypatch.setenv("VERIFIER_JUDGE_BASE_URL", url)
    assert "VERIFIER_JUDGE_BASE_URL" in grade(status=2).stderr.decode()
    assert [path.name for path in tmp_path.glob("out*")] == []


def test_no_message_holds_the_password_of_the_address(
    tmp_path: Path, grade: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in.jsonl").write_text(open_rows(2))
    monkeypatch.setenv("VERIFIER_JUDGE_BASE_URL", "http://me:hunter2@127.0.0.1:1")
    told = grade("--judge-mode", "batch", status=2).stderr.decode()
    assert "http://me:***@127.0.0.1:1" in told
    assert "hunter2" not in told
    grade("--restart")
    assert "hunter2" not in (tmp_path / "out.jsonl").read_text()
