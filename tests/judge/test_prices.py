"""Prices: exact to the picodollar, and no call costs more than was put aside for it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opinions import call

from verifier import load_rules
from verifier.judge.prices import cost, dollars, find, most, parse_usage, picodollars
from verifier.rulebook import builtin_rules
from verifier.rulecheck import check_examples
from verifier.types.errors import RulesError
from verifier.types.opinion import PICO, Usage

PRICES = builtin_rules().prices
MODELS = sorted(PRICES.models)

COUNTS = "write counts like input=350, of input, cache_read, cache_write_5m, cache_write_1h, output"
ENTRY = """
[[price]]
name = "{name}"
date = "2026-11-25"
input = "{input}"
cache_read = "0"
cache_write_5m = "0"
cache_write_1h = "0"
output = "0"
"""


def pack(folder: Path, prices: str) -> Path:
    (folder / "judge").mkdir(parents=True, exist_ok=True)
    (folder / "pack.toml").write_text('id = "mine"\nversion = "1"\nengine = ">=0.1"\n')
    (folder / "judge" / "prices.toml").write_text(prices)
    return folder


def test_every_price_has_a_date_and_examples() -> None:
    assert "claude-haiku-5-5" in MODELS
    for price in PRICES.models.values():
        assert price.date >= "2026"
    priced = {example.entry for example in builtin_rules().examples if example.kind == "price"}
    assert priced == {price.name for price in PRICES.models.values()}


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("claude-haiku-5-5", "claude-haiku-5-5"),
        ("claude-haiku-5-5-20261007", "claude-haiku-5-5"),
        ("claude-haiku-4-5@20251001", "claude-haiku-4-5"),
        ("claude-haiku-4-5-2025100", None),
        ("claude-haiku-4-5-202510011", None),
        ("claude-haiku-4-5-20251001-v1", None),
        ("claude-haiku-4", None),
        ("Claude-Haiku-4-5", None),
        ("-20251001", None),
        ("", None),
    ],
)
def test_a_dated_name_has_the_price_of_the_undated_one(model: str, name: str | None) -> None:
    found = find(PRICES, model)
    assert (found and found.name) == name


tokens = st.integers(0, 300_000)


@given(
    st.sampled_from(MODELS),
    st.sampled_from(["live", "batch"]),
    st.builds(lambda text, times: text * times, st.text(max_size=2000), st.sampled_from([1, 100, 5000])),
    st.integers(0, 4000),
    st.builds(Usage, tokens, tokens, tokens, tokens, tokens),
    st.floats(0, 1),
)
def test_no_usage_within_the_bounds_costs_more_than_the_most(  # what a call may be
    model: str, mode: str, text: str, bound: int, mix: Usage, part: float
) -> None:
    asked = call(1, model=model, content=text, max_tokens=bound)
    price = find(PRICES, model)
    assert price is not None
    room = sum(len(given.encode()) for given in (asked.system, asked.content, asked.schema)) + price.overhead
    # Input in any mix of its four sorts, up to all that the texts can have.
    whole = int(room * part)
    shares = [mix.input, mix.cache_read, mix.cache_write_5m, mix.cache_write_1h]
    counts = [whole * share // (sum(shares) or 1) for share in shares]
    counts[0] += whole - sum(counts)
    paid = cost(PRICES, model, Usage(*counts, output=min(mix.output, bound)), mode)
    at_most = most(PRICES, asked, mode)
    assert paid is not None
    assert at_most is not None
    assert paid <= at_most


@given(st.sampled_from(MODELS), st.builds(Usage, tokens, tokens, tokens, tokens, tokens))
def test_a_batch_pays_half_exactly(model: str, usage: Usage) -> None:
    assert cost(PRICES, model, usage, "live") == 2 * (cost(PRICES, model, usage, "batch") or 0)


@given(st.sampled_from(MODELS), st.builds(Usage, tokens, tokens, tokens, tokens, tokens), st.integers(0, 4))
def test_more_tokens_never_cost_less(model: str, usage: Usage, which: int) -> None:
    more = usage + Usage(*(int(place == which) for place in range(5)))
    assert (cost(PRICES, model, more, "live") or 0) > (cost(PRICES, model, usage, "live") or 0)


@given(st.integers(0, PICO * PICO - 1))
def test_dollars_say_every_picodollar(amount: int) -> None:
    assert Fraction(dollars(amount)) * PICO == amount
    assert picodollars(dollars(amount)) == amount


@pytest.mark.parametrize(
    "bad", ["", "two", "-1", "nan", "inf", "-0.5", "1e-13", "0.0000000000001", "1e12", "1,5", "$2"]
)
def test_what_is_no_amount_of_dollars(bad: str) -> None:
    with pytest.raises(ValueError, match="dollar"):
        picodollars(bad)


def test_amounts_may_be_written_in_any_way() -> None:
    assert picodollars("2") == picodollars("2.000") == picodollars(Decimal(2)) == picodollars("2e0") == 2 * PICO
    assert picodollars("0") == 0
    assert dollars(-5) == "-0.000000000005"


def test_an_unknown_mode_is_an_error() -> None:
    with pytest.raises(ValueError, match="live or batch"):
        cost(PRICES, MODELS[0], Usage(input=1), "priority")


@pytest.mark.parametrize(
    "bad", ["input", "input=-1", "input=x", "tokens=1", "input=1 input=2", "half input=1", "input=²"]
)
def test_a_usage_that_cannot_be_read(bad: str) -> None:
    with pytest.raises(ValueError, match="write"):
        parse_usage(bad)


# --- packs ----------------------------------------------------------------------------------------------------------


def test_a_pack_replaces_and_adds_prices_by_name(tmp_path: Path) -> None:
    mine = ENTRY.format(name="claude-haiku-5-5", input="7") + ENTRY.format(name="my-model", input="0")
    mine += 'aliases = ["my-model-latest"]\n'
    prices = load_rules(pack(tmp_path, mine)).prices
    usage = Usage(input=1000, output=5)
    assert cost(prices, "claude-haiku-5-5", usage, "live") == 7 * 10**9
    assert cost(prices, "claude-haiku-5-5", usage, "batch") == 7 * 10**9
    assert cost(prices, "my-model", usage, "live") == cost(prices, "my-model-latest", usage, "live") == 0
    assert cost(prices, "claude-haiku-4-5", usage, "live") == 1_025_000_000
    assert most(prices, call(1, model="my-model"), "live") == 0


def test_examples_of_a_pack_are_run(tmp_path: Path) -> None:
    examples = 'accept = [["input=1", "0.000002"], ["inputs=1", "1"]]\nreject = [["input=1", "0.000001"]]\n'
    rules = load_rules(pack(tmp_path, ENTRY.format(name="mine", input="1") + examples))
    failures = [str(one) for one in check_examples(rules) if one.example.entry == "mine"]
    assert [failure.partition("entry 'mine', ")[2] for failure in failures] == [
        "price ['input=1', '0.000002']: expected the second to be what the first costs, found 0.000001",
        "price ['inputs=1', '1']: expected the second to be what the first costs, found 'inputs=1': " + COUNTS,
        "mispriced ['input=1', '0.000001']: expected the second not to be what the first costs, found 0.000001",
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("input", '"0.0000001"'), "field 'input': '0.0000001' cannot be read as one"),
        (("input", "5"), "field 'input': write a text"),
        (("input", '"-5"'), "cannot be read as one"),
        (("input", '"1/3"'), "cannot be read as one"),
        (("date", '"November"'), "field 'date'"),
        (("batch", '"2"'), "field 'batch'"),
        (("long_factor", '"0.5"'), "field 'long_factor'"),
        (("long_prompt", "-1"), "field 'long_prompt'"),
        (("inputs", '"5"'), "did you mean input?"),
        (("aliases", '["claude-haiku-4-5"]'), "'claude-haiku-4-5' has a price already, as claude-haiku-4-5"),
        (("output", '"0.000001"\nbatch = "0.5"'), "a token would cost 0.5 picodollars: no whole number of them"),
    ],
)
def test_a_price_that_cannot_be_used_is_named(tmp_path: Path, changed: tuple[str, str], said: str) -> None:
    field, value = changed
    lines = [line for line in ENTRY.format(name="mine", input="1").splitlines() if not line.startswith(f"{field} =")]
    with pytest.raises(RulesError, match=r"prices\.toml:\d+: entry 'mine'") as caught:
        load_rules(pack(tmp_path, "\n".join([*lines, f"{field} = {value}", ""])))
    assert said in str(caught.value)
