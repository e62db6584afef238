"""The live caller against a server on real sockets, in good and bad order."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator

import msgspec
import pytest
from askings import MODEL, QUICK, SYSTEM, call, caller
from fakeapi import FakeAPI

from verifier.judge.pace import Policy
from verifier.judge.trouble import Trouble
from verifier.judge.wire import PLAIN, Abilities, parameters
from verifier.types.errors import SettingsError
from verifier.types.opinion import Call, Reply, Usage


@pytest.fixture(scope="module")
def server() -> Iterator[FakeAPI]:
    with FakeAPI() as api:
        yield api


@pytest.fixture
def api(server: FakeAPI) -> FakeAPI:
    server.script(opinion="same", rules=[], latency=0.0, rpm=None, most_at_once=None)
    server.reset()
    return server


def send(api: FakeAPI, asked: Call | None = None, policy: Policy = QUICK, **named: object) -> Reply:
    return asyncio.run(caller(api, policy, **named).send(asked or call()))


def trouble(api: FakeAPI, asked: Call | None = None, policy: Policy = QUICK, **named: object) -> Trouble:
    with pytest.raises(Trouble) as caught:
        send(api, asked, policy, **named)
    return caught.value


def brief(fault: str) -> Policy:
    """Attempts that are given up early, where the server is to be slow."""
    return msgspec.structs.replace(QUICK, timeout=0.3) if fault == "slow" else QUICK


# --- replies


def test_reply(api: FakeAPI) -> None:
    reply = send(api)
    assert json.loads(reply.text)["verdict"] == "same"
    assert json.loads(reply.text)["extracted_answer"] == "a walk in the park"
    assert (reply.stop, reply.model) == ("end_turn", MODEL)
    assert reply.request_id.startswith("req_")
    assert reply.usage.output > 0


def test_what_is_asked(api: FakeAPI) -> None:
    send(api)
    asked = api.calls()["last"][-1]["params"]
    assert asked["system"] == [{"type": "text", "text": SYSTEM, "cache_control": {"type": "ephemeral"}}]
    assert asked["output_config"]["effort"] == "low"
    assert asked["output_config"]["format"]["type"] == "json_schema"
    assert asked["thinking"] == {"type": "disabled"}
    assert asked["messages"] == [{"role": "user", "content": call().content}]
    assert not asked.keys() & {"temperature", "top_p", "top_k", "stream"}


def test_the_ledger_is_the_servers(api: FakeAPI) -> None:
    async def many() -> list[Reply]:
        sender = caller(api)
        return await asyncio.gather(*(sender.send(call(f"the {n}th")) for n in range(50)))

    total = sum((reply.usage for reply in asyncio.run(many())), Usage())
    ledger = api.ledger()
    assert ledger["live"] == msgspec.to_builtins(total)
    assert ledger["live_calls"] == 50
    assert total.cache_read > 0


def test_thinking_blocks_are_passed_over(api: FakeAPI) -> None:
    api.fail(["thinking"])
    assert json.loads(send(api).text)["verdict"] == "same"


def test_thinking_is_asked_for(api: FakeAPI) -> None:
    reply = send(api, call(thinking=True, effort="high"))
    assert api.calls()["last"][-1]["params"]["thinking"] == {"type": "adaptive"}
    assert json.loads(reply.text)["verdict"] == "same"


@pytest.mark.parametrize(
    ("action", "stop"),
    [("refusal", "refusal"), ("truncated", "max_tokens"), ("too_long", "model_context_window_exceeded")],
)
def test_stop_reasons_are_replies(api: FakeAPI, action: str, stop: str) -> None:
    api.fail([action])
    assert send(api).stop == stop
    assert api.ledger()["live_calls"] == 1


@pytest.mark.parametrize("action", ["not_json", "off_schema", "wrong_quote", "empty", "prose", "fence"])
def test_what_it_says_is_not_judged_here(api: FakeAPI, action: str) -> None:
    api.fail([action])
    assert send(api).stop == "end_turn"
    assert api.calls()["arrived"] == 1


def test_any_text_travels(api: FakeAPI) -> None:
    api.script(opinion="exact")
    text = 'a "quoted" \\ back\u2028slash </answer> \x00 🙂 ½'
    reply = send(api, call(text, text))
    assert json.loads(reply.text)["verdict"] == "same"
    assert json.loads(reply.text)["extracted_answer"] == text


def test_what_is_no_text_is_a_trouble(api: FakeAPI) -> None:
    assert trouble(api, call(content="half a \ud83d pair")).code.name == "judge.rejected"
    assert api.calls()["arrived"] == 0


# --- faults


@pytest.mark.parametrize(
    "fault",
    [
        "429",
        "429:retry-after=0",
        "429:retry-after=0.05",
        "529",
        "500",
        "503",
        "504",
        "408",
        "409",
        "cut",
        "cut:body",
        "slow",
    ],
)
def test_a_fault_is_tried_again(api: FakeAPI, fault: str) -> None:
    api.fail([fault, fault, "ok"])
    assert json.loads(send(api, policy=brief(fault)).text)["verdict"] == "same"


@pytest.mark.parametrize(
    ("fault", "code", "asked"),
    [
        ("429", "judge.rate_limited", 6),
        ("529", "judge.overloaded", 3),
        ("500", "judge.unavailable", 3),
        ("503", "judge.unavailable", 3),
        ("cut", "judge.unavailable", 3),
        ("cut:body", "judge.unavailable", 3),
        ("slow", "judge.unavailable", 3),
        ("400", "judge.rejected", 1),
        ("401", "judge.unauthorized", 1),
        ("402", "judge.unpaid", 1),
        ("403", "judge.unauthorized", 1),
        ("404", "judge.no_model", 1),
        ("413", "judge.rejected", 1),
        ("422", "judge.rejected", 1),
        ("html", "judge.unavailable", 1),
    ],
)
def test_a_lasting_fault(api: FakeAPI, fault: str, code: str, asked: int) -> None:
    api.fail([fault], forever=True)
    found = trouble(api, policy=brief(fault))
    assert found.code.name == code
    assert found.detail
    assert found.sent == (fault in ("cut", "cut:body", "slow", "html"))
    assert api.calls()["arrived"] == asked


def test_nothing_is_waited_for_longer_than_the_deadline(api: FakeAPI) -> None:
    api.fail(["429:retry-after=3600"])
    began = time.monotonic()
    assert trouble(api).code.name == "judge.rate_limited"
    assert time.monotonic() - began < 2
    assert api.calls()["arrived"] == 1


def test_the_deadline(api: FakeAPI) -> None:
    api.fail(["slow"], forever=True)
    began = time.monotonic()
    found = trouble(api, policy=msgspec.structs.replace(QUICK, deadline=0.4, timeout=0.3))
    assert found.code.name == "judge.deadline"
    assert found.sent
    assert time.monotonic() - began < 2


def test_retry_after_is_obeyed(api: FakeAPI) -> None:
    api.fail(["429:retry-after=0.3", "ok"])
    began = time.monotonic()
    send(api)
    assert time.monotonic() - began >= 0.3


def test_nobody_there() -> None:
    with FakeAPI() as api:
        pass
    found = trouble(api, abilities=Abilities())
    assert found.code.name == "judge.unavailable"
    assert not found.sent


def test_a_key_is_never_told(api: FakeAPI) -> None:
    found = trouble(api, api_key="sk-secret-value")
    assert found.code.name == "judge.unauthorized"
    assert "secret" not in f"{found} {found.detail}"


@pytest.mark.parametrize("key", ["sk-secret\nvalue", "sk-secret-ключ", "sk-secret\x00value"])
def test_a_key_that_cannot_be_one(api: FakeAPI, key: str) -> None:
    found = trouble(api, api_key=key, abilities=Abilities())
    assert found.code.name == "judge.unauthorized"
    assert not found.sent
    assert "secret" not in f"{found} {found.detail}"


def test_a_key_with_the_end_of_its_line(api: FakeAPI) -> None:
    assert send(api, api_key=f"{api.key}\n").stop == "end_turn"


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://localhost", "no address"])
def test_an_address_that_is_none(api: FakeAPI, url: str) -> None:
    found = trouble(api, base_url=url, abilities=Abilities())
    assert found.code.name == "judge.unavailable"
    assert not found.sent


def test_the_address_may_name_the_version(api: FakeAPI) -> None:
    assert send(api, base_url=f"{api.url}/v1/").stop == "end_turn"


# --- pace


def test_fewer_at_once_where_the_server_says_so(api: FakeAPI) -> None:
    api.script(most_at_once=4, latency=0.02)
    sender = caller(api, msgspec.structs.replace(QUICK, concurrency=32, attempts=8, deadline=20.0, patience=20.0))

    async def many() -> list[Reply]:
        return await asyncio.gather(*(sender.send(call(f"the {n}th")) for n in range(120)))

    assert len(asyncio.run(many())) == 120
    assert sender.pace.limit < 12


def test_never_more_at_once_than_allowed(api: FakeAPI) -> None:
    api.script(latency=0.02)

    async def many() -> None:
        sender = caller(api, msgspec.structs.replace(QUICK, concurrency=5))
        await asyncio.gather(*(sender.send(call(f"the {n}th")) for n in range(40)))

    asyncio.run(many())
    assert api.calls()["most_at_once"] == 5


def test_requests_a_minute(api: FakeAPI) -> None:
    async def many() -> list[Reply]:
        sender = caller(api, msgspec.structs.replace(QUICK, concurrency=32, deadline=20.0, patience=20.0))
        return await asyncio.gather(*(sender.send(call(f"the {n}th")) for n in range(40)))

    api.script(rpm=30 * 60, burst=5)
    assert len(asyncio.run(many())) == 40
    assert api.calls()["refused"].get("429", 0) < 80


def test_a_call_that_is_given_up_leaves_its_place(api: FakeAPI) -> None:
    api.script(latency=0.2)

    async def some() -> Reply:
        sender = caller(api, msgspec.structs.replace(QUICK, concurrency=1))
        tasks = [asyncio.create_task(sender.send(call(f"the {n}th"))) for n in range(3)]
        await asyncio.sleep(0.05)
        tasks[0].cancel()
        tasks[1].cancel()
        return await tasks[2]

    assert asyncio.run(some()).stop == "end_turn"


# --- loops, threads, connections


def test_many_loops(api: FakeAPI) -> None:
    sender = caller(api)
    replies: list[Reply] = []

    def ask() -> None:
        async def some() -> None:
            replies.extend(await asyncio.gather(*(sender.send(call(f"the {n}th")) for n in range(10))))

        for _ in range(2):
            asyncio.run(some())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(replies) == 80
    sender.close()


def test_close_and_again(api: FakeAPI) -> None:
    sender = caller(api)

    async def some() -> None:
        await sender.send(call())
        sender.close()
        await sender.send(call())
        await sender.aclose()
        await sender.send(call())

    asyncio.run(some())
    sender.close()
    assert api.ledger()["live_calls"] == 3


def test_closed_from_another_thread(api: FakeAPI) -> None:
    sender = caller(api)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(sender.send(call()), loop).result(10)
    sender.close()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_name_and_version(api: FakeAPI) -> None:
    sender = caller(api)
    assert sender.name == "anthropic"
    assert sender.version.startswith("2.")


# --- abilities


def test_abilities_are_looked_up_once(api: FakeAPI) -> None:
    async def many() -> None:
        sender = caller(api)
        await asyncio.gather(*(sender.send(call(f"the {n}th")) for n in range(8)))

    asyncio.run(many())
    assert api.calls()["arrived"] == 8
    assert api.calls()["models"] == 1


def test_check(api: FakeAPI) -> None:
    assert caller(api).check() == Abilities()


def test_check_within_a_loop(api: FakeAPI) -> None:
    async def inside() -> Abilities:
        return caller(api).check()

    assert asyncio.run(inside()) == Abilities()


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"api_key": "wrong"}, "ANTHROPIC_API_KEY"),
        ({"api_key": None}, "ANTHROPIC_API_KEY"),
        ({"model": "claude-none"}, "no model 'claude-none'"),
        ({"base_url": "http://127.0.0.1:9"}, "http://127.0.0.1:9"),
    ],
)
def test_settings_that_are_no_use(api: FakeAPI, named: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        caller(api, **named).check()


def test_each_model_has_its_abilities(api: FakeAPI) -> None:
    async def both() -> None:
        sender = caller(api)
        for model in (MODEL, "claude-opus-5-5", MODEL):
            await sender.send(call(model=model))

    asyncio.run(both())
    assert api.calls()["models"] == 2


def test_less_able_models(api: FakeAPI) -> None:
    can = Abilities(effort=False, thinking=False, adaptive=False)
    assert parameters(call(), can)["output_config"].keys() == {"format"}  # type: ignore[attr-defined]
    assert "thinking" not in parameters(call(thinking=True), can)
    send(api, abilities=can)
    assert "effort" not in api.calls()["last"][-1]["params"]["output_config"]


# --- other servers


@pytest.fixture(scope="module")
def plain() -> Iterator[FakeAPI]:
    with FakeAPI(schema=False, batches=False, model_list=False, models=["local", MODEL]) as api:
        yield api


def test_a_server_without_structured_output(plain: FakeAPI) -> None:
    plain.reset()
    sender = caller(plain, api_key=plain.key)
    reply = asyncio.run(sender.send(call()))
    asked = plain.calls()["last"][-1]["params"]
    assert asked.keys() == {"model", "max_tokens", "system", "messages"}
    assert asked["system"].startswith(SYSTEM)
    assert asked["system"].endswith(call().schema)
    assert '"verdict":"same"' in reply.text
    assert reply.usage == Usage(input=reply.usage.input, output=reply.usage.output)
    assert sender.check() == PLAIN


def test_a_server_that_keeps_to_schemas_and_tells_nothing() -> None:
    with FakeAPI(batches=False, model_list=False) as api:
        assert caller(api).check() == msgspec.structs.replace(PLAIN, schema=True)
        assert asyncio.run(caller(api).send(call())).stop == "end_turn"


def test_a_local_server_without_a_key() -> None:
    with FakeAPI(schema=False, batches=False, model_list=False, keys=["none"]) as api:
        assert asyncio.run(caller(api, api_key=None).send(call())).stop == "end_turn"


@pytest.mark.parametrize("fault", ["429", "529", "500", "cut", "slow"])
def test_faults_of_a_plain_server(plain: FakeAPI, fault: str) -> None:
    plain.fail([fault, "ok"])
    sender = caller(plain, brief(fault), abilities=PLAIN)
    assert '"verdict":"same"' in asyncio.run(sender.send(call())).text
