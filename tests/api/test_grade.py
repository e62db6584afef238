from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from verifier import Verifier, grade, records
from verifier.batch.rows import read_row
from verifier.records import VERIFICATION_KEYS
from verifier_api.openapi import EXAMPLE_REQUEST

if TYPE_CHECKING:
    from tests.api.conftest import Running

DEEP = 100_000


def test_the_example_is_graded(server: Running) -> None:
    reply = server.ask("/grade", EXAMPLE_REQUEST)
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/json"
    answer = reply.json
    assert list(answer) == ["sample_id", "success", "verification"]
    assert (answer["sample_id"], answer["success"]) == ("traj_e719b342", True)
    assert tuple(answer["verification"]) == VERIFICATION_KEYS
    assert answer["verification"]["code"] == "quantity.equal"


@pytest.mark.parametrize(
    ("fields", "success"),
    [
        ({"ground_truth": "4", "final_answer": "4"}, True),
        ({"ground_truth": "4", "final_answer": "5"}, False),
        ({"ground_truth": ["3", "4"], "final_answer": "4"}, True),
        ({"ground_truth": "4"}, False),
        ({"ground_truth": "4", "final_answer": None, "judge": None, "trace": None}, False),
        ({"ground_truth": "4", "response": "Two and two. FINAL_ANSWER: 4"}, True),
        (
            {
                "ground_truth": "B",
                "final_answer": "Ibuprofen",
                "options": {"A": "Aspirin", "B": "Ibuprofen"},
                "judge": "none",
            },
            True,
        ),
        ({"ground_truth": "B", "final_answer": "Ibuprofen", "options": ["Aspirin", "Ibuprofen"]}, True),
        ({"ground_truth": "B", "final_answer": "2", "options": {"A": 1, "B": 2}}, True),
        (
            {
                "ground_truth": "4",
                "conversations": [
                    {"role": "user", "content": "2+2?"},
                    {"role": "tool", "content": None, "name": "calculator"},
                    {"role": "assistant", "content": [{"type": "text", "text": "FINAL_ANSWER: 4"}]},
                ],
                "total_tokens": 12,
                "success": None,
                "tools_used": ["calculator"],
            },
            True,
        ),
    ],
)
def test_graded(server: Running, fields: dict[str, object], success: object) -> None:
    reply = server.ask("/grade", fields)
    assert (reply.status, reply.json.get("success")) == (200, success), reply.body


def test_the_trace_comes_where_asked_for(server: Running) -> None:
    answer = server.ask("/grade", {"ground_truth": "4", "final_answer": "4", "trace": True}).json
    assert answer["trace"]
    assert set(answer["trace"][0]) == {"phase", "by", "decision", "code", "evidence", "work", "depth"}
    verdict = grade(ground_truth="4", final_answer="4")
    assert answer["trace"] == records.trace(verdict)
    assert {step["code"] for step in answer["trace"]} == {verdict.code, None}


@pytest.mark.parametrize(
    ("ground_truth", "final_answer", "success"),
    [
        ("5", "5", True),
        ("[4, 5]", "5.0", True),
        ("5", "6", False),
        ("1.10", '"1.10"', True),
        ("true", '"true"', True),
        ('"yes"', "false", None),
        ("1" * 5000, "1" * 5000, True),
        ("1e400", "1e401", None),
    ],
)
def test_numbers_and_booleans_are_read_as_in_a_file(
    server: Running, ground_truth: str, final_answer: str, success: object
) -> None:
    line = f'{{"ground_truth": {ground_truth}, "final_answer": {final_answer}, "sample_id": 12}}'.encode()
    reply = server.ask("/grade", line)
    verdict = Verifier().grade(records.read_record(read_row(line).fields()))
    assert reply.status == 200, reply.body
    assert (reply.json["success"], reply.json["sample_id"]) == (verdict.success, "12")
    assert reply.json["verification"] == records.verification(verdict)
    assert success is None or verdict.success is success


@pytest.mark.parametrize(
    "extra",
    [
        {"question_id": 7, "reference_answer": "5", "model_answer": "6", "model": "x", "race": "y", "id": None},
        {"response": "FINAL_ANSWER: 4", "responses": ["a", "b"], "Response": 5},
        {"x" * 100_000: 1},
    ],
)
def test_a_field_of_other_people_is_not_read(server: Running, extra: dict[str, object]) -> None:
    sample = {"ground_truth": "4", "final_answer": "4", **extra}
    assert server.ask("/grade", sample).json["success"] is True
    lines = server.ask("/grade/batch", json.dumps(sample).encode(), headers={"Content-Type": "application/x-ndjson"})
    assert lines.json["success"] is True


@pytest.mark.parametrize(
    ("fields", "field", "problem"),
    [
        ({}, "ground_truth", "missing"),
        ({"final_answer": "4"}, "ground_truth", "missing"),
        ({"groundtruth": "4"}, "ground_truth", "did you mean 'groundtruth'?"),
        ({"ground_truth": "4", "final_anwser": "4"}, "final_anwser", "did you mean 'final_answer'?"),
        ({"ground_truth": "4", "Final Answer": "4"}, "Final Answer", "did you mean 'final_answer'?"),
        ({"ground_truth": "4", "conversation": []}, "conversation", "did you mean 'conversations'?"),
        ({"ground_truth": "4", "conversation": [], "question": 5}, "conversation", "there is no such field"),
        ({"ground_truth": "4", **{f"x{n}": n for n in range(1000)}}, "", "more than 1,000 fields"),
        ({"ground_truth": None}, "ground_truth", "found null"),
        ({"ground_truth": ""}, "ground_truth", "blank"),
        ({"ground_truth": " \n"}, "ground_truth", "blank"),
        ({"ground_truth": []}, "ground_truth", "holds no accepted answer"),
        ({"ground_truth": ["", " "]}, "ground_truth", "holds no accepted answer"),
        ({"ground_truth": ["4"] * 1001}, "ground_truth", "more than 1,000 values"),
        ({"ground_truth": ["4", ["5"]]}, "ground_truth[1]", "expected a string, a number or a boolean, found a list"),
        ({"ground_truth": {"a": 1}}, "ground_truth", "found an object"),
        (
            {"ground_truth": "4", "final_answer": ["4"]},
            "final_answer",
            "expected a string, a number or a boolean, found a list",
        ),
        ({"ground_truth": "4", "response": 4}, "response", "expected a string, found a number"),
        ({"ground_truth": "4", "question": True}, "question", "expected a string, found true or false"),
        ({"ground_truth": "4", "category": 1.5}, "category", "expected a string, found a number"),
        ({"ground_truth": "4", "options": "a"}, "options", "label to text or a list of texts, found a string"),
        ({"ground_truth": "4", "options": ["a", {}]}, "options[1]", "expected a string, found an object"),
        ({"ground_truth": "4", "options": {"A": {}}}, "options.A", "expected a string"),
        ({"ground_truth": "4", "options": {"A": 1, "B": None}}, "options.B", "found null"),
        ({"ground_truth": "4", "options": ["a", None, "b"]}, "options[1]", "found null"),
        ({"ground_truth": "4", "options": {"<text>": []}}, "options", "expected a string"),
        ({"ground_truth": "4", "conversations": "x"}, "conversations", "expected a list"),
        ({"ground_truth": "4", "conversations": ["x"]}, "conversations[0]", "expected an object"),
        ({"ground_truth": "4", "conversations": [{"content": "x"}]}, "conversations[0].role", "missing"),
        (
            {"ground_truth": "4", "conversations": [{"role": "tool", "content": 5}]},
            "conversations[0].content",
            "expected a string, found a number",
        ),
        ({"ground_truth": "4", "judge": "gpt"}, "judge", 'expected "auto" or "none"'),
        ({"ground_truth": "4", "trace": 1}, "trace", "expected true or false"),
        ({"ground_truth": "4", "judge": 1}, "judge", 'expected "auto" or "none", found a number'),
        ({"ground_truth": "4", "sample_id": {}}, "sample_id", "expected a string"),
        (
            {"ground_truth": "4", "conversations": [{"role": 1, "content": "x"}]},
            "conversations[0].role",
            "found a number",
        ),
    ],
)
def test_what_is_wrong_is_named(server: Running, fields: dict[str, object], field: str, problem: str) -> None:
    reply = server.ask("/grade", fields)
    assert reply.is_problem(422, "invalid-request"), reply.body
    errors = {error["field"]: error["problem"] for error in reply.json["errors"]}
    assert problem in errors[field]


def test_every_wrong_field_is_named_at_once(server: Running) -> None:
    reply = server.ask("/grade", {"final_anwser": "4", "trace": "yes", "question": 5})
    assert {error["field"] for error in reply.json["errors"]} == {"ground_truth", "final_anwser", "trace", "question"}


@pytest.mark.parametrize("value", [[], "text", 5, None, True])
def test_what_is_no_object_cannot_be_graded(server: Running, value: object) -> None:
    reply = server.ask("/grade", json.dumps(value).encode())
    assert reply.is_problem(422, "invalid-request"), reply.body


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "nothing in it"),
        (b" \n", "nothing in it"),
        (b"\xff\xfe{}", "byte 0 is not UTF-8"),
        (b'{"ground_truth": "\xed\xa0\x80"}', "is not UTF-8"),
        (b"{'ground_truth': '4'}", "line 1, column 2"),
        (b'{"ground_truth": "4"', "line 1, column"),
        (b'{"ground_truth": "4"} x', "extra data"),
        (b'{"ground_truth": NaN}', "NaN"),
        (b'{"ground_truth": -Infinity}', "Infinity"),
        (b'{"ground_truth": "4\n"}', "control character"),
        (b"[" * DEEP, "nested too deeply"),
        (b'{"ground_truth":' + b"[" * DEEP + b"]" * DEEP + b"}", "nested too deeply"),
        (b'{"a":' * DEEP + b"1" + b"}" * DEEP, "nested too deeply"),
    ],
)
def test_what_is_no_json(server: Running, body: bytes, detail: str) -> None:
    reply = server.ask("/grade", body)
    assert reply.is_problem(400, "not-json"), reply.body
    assert detail in reply.json["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'\xef\xbb\xbf{"ground_truth": "4", "final_answer": "4"}', 200),
        (b'{"ground_truth": "4", "ground_truth": "5", "final_answer": "5"}', 200),
        (b'{"ground_truth": "4", "final_answer": "\\ud800"}', 200),
        (b'{"ground_truth": "\\udfff\\ud800", "final_answer": "\\udfff\\ud800", "trace": true}', 200),
        (b'{"ground_truth": "4", "final_answer": "\\u0000", "sample_id": "\\u0000"}', 200),
        (b'{"ground_truth": "4", "total_tokens": ' + b"9" * 50_000 + b"}", 200),
        (b'{"ground_truth": "4", "total_tokens": 1e999999}', 200),
        (b'{"ground_truth": ' + b"9" * 50_000 + b"}", 200),
        (b'{"ground_truth": 1e999999}', 200),
        (b'{"ground_truth": "4", "\\ud800": "\\ud800"}', 200),
        (b'{"ground_truth": "4", "": 1}', 200),
        (b'{"ground_truth": "4", "' + b"x" * 100_000 + b'": 1}', 200),
        (b'{"ground_truth": "4", ' + b",".join(b'"k%d":1' % n for n in range(20_000)) + b"}", 422),
        (b'{"ground_truth": [' + b'"4",' * 999 + b'"5"], "final_answer": "6"}', 200),
        (b'{"ground_truth": [' + b'"4",' * 1_000_000 + b'"5"], "final_answer": "6"}', 422),
        (b'{"ground_truth": [' + b"4," * 1_000_000 + b"5]}", 422),
        (b'{"ground_truth": "4", "tool_calls": [' + b"[]," * 2_000_000 + b"[]]}", 200),
        (b'{"ground_truth": "4", "conversations": [' + b'{"role":"u"},' * 9_999 + b'{"role":"u"}]}', 200),
        (b'{"ground_truth": "4", "conversations": [' + b'{"role":5},' * 100_000 + b'{"role":"u"}]}', 422),
        (b'{"ground_truth": "4", "options": {' + b",".join(b'"k%d":"x"' % n for n in range(1_000)) + b"}}", 200),
        (b'{"ground_truth": "4", "options": {' + b",".join(b'"k%d":"x"' % n for n in range(1_001)) + b"}}", 422),
        (b'{"ground_truth": "4", "options": {' + b",".join(b'"k%d":5' % n for n in range(100_000)) + b"}}", 422),
        (b'{"ground_truth": "4", "tool_calls": ' + b"[" * 500 + b"]" * 500 + b"}", 200),
    ],
)
def test_odd_bodies_never_break_it(server: Running, body: bytes, status: int) -> None:
    reply = server.ask("/grade", body)
    assert reply.status == status, reply.body[:500]
    assert len(reply.body) < 5_000 + len(body)


def test_a_long_answer_gets_the_same_verdict(server: Running) -> None:
    long = "x " * 5_000_000
    answer = server.ask("/grade", {"ground_truth": "4", "response": long + "\nFINAL_ANSWER: 4"}).json
    assert answer["success"] is True
    answer = server.ask("/grade", {"ground_truth": "4", "response": long + "\nFINAL_ANSWER: 5"}).json
    assert answer["success"] is False


@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        ({"Content-Type": "text/plain"}, 415, "unsupported-media-type"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415, "unsupported-media-type"),
        ({"Content-Type": "application/x-ndjson"}, 415, "unsupported-media-type"),
        ({"Content-Type": "application/json; charset=utf-16"}, 415, "unsupported-media-type"),
        ({"Content-Encoding": "gzip"}, 415, "unsupported-media-type"),
        ({"Accept": "text/html"}, 406, "not-acceptable"),
        ({"Accept": "application/json;q=0, */*"}, 406, "not-acceptable"),
    ],
)
def test_forms_that_are_not_taken(server: Running, headers: dict[str, str], status: int, kind: str) -> None:
    reply = server.ask("/grade", {"ground_truth": "4"}, headers=headers)
    assert reply.is_problem(status, kind), reply.body


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json; charset=UTF-8"},
        {"Content-Type": "application/vnd.api+json"},
        {"Content-Type": ""},
        {"Accept": "text/html, application/*;q=0.5"},
        {"Accept": "*/*"},
    ],
)
def test_forms_that_are_taken(server: Running, headers: dict[str, str]) -> None:
    assert server.ask("/grade", {"ground_truth": "4"}, headers=headers).status == 200


def test_addresses_and_methods(server: Running) -> None:
    assert server.ask("/nowhere").is_problem(404, "not-found")
    assert server.ask("/grade/", {"ground_truth": "4"}).is_problem(404, "not-found")
    reply = server.ask("/grade", method="GET")
    assert reply.is_problem(405, "method-not-allowed")
    assert reply.headers["allow"] == "POST"
    reply = server.ask("/healthz", b"", method="DELETE")
    assert reply.is_problem(405, "method-not-allowed")
    assert reply.headers["allow"] == "GET, HEAD"
    reply = server.ask("/healthz", method="HEAD")
    assert (reply.status, reply.body) == (200, b"")


@pytest.mark.parametrize("path", ["/grade", "/nowhere", "/healthz"])
def test_the_request_id_comes_back(server: Running, path: str) -> None:
    reply = server.ask(path, headers={"X-Request-ID": "run-7:a.b"})
    assert reply.headers["x-request-id"] == "run-7:a.b"
    made = server.ask(path, headers={"X-Request-ID": "no spaces allowed"}).headers["x-request-id"]
    assert made
    assert made != "no spaces allowed"


def test_what_it_says_of_itself(server: Running) -> None:
    import verifier
    from verifier.grader import Verifier, codes

    assert server.ask("/healthz").json == {"status": "ok"}
    assert server.ask("/readyz").json == {"status": "ok"}
    assert server.ask("/version").json == {
        "engine": verifier.__version__,
        "rules": Verifier.from_settings().rules.version,
    }
    entries = server.ask("/codes").json
    assert {entry["outcome"] for entry in entries} == {"correct", "incorrect", "undecided"}
    assert {entry["standing"] for entry in entries if entry["outcome"] == "incorrect"} == {"proof", "convention"}
    assert {entry["standing"] for entry in entries if entry["outcome"] != "incorrect"} == {None}
    listed = {entry["name"] for entry in entries}
    assert listed == {code.name for code in codes()}
    assert "engine.worker_lost" in listed
    assert "/grade/batch" in server.ask("/").json["addresses"]
