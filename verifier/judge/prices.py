"""What a call to a model cost, and the most that it can cost: whole picodollars, from the table of the rules."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from verifier.types.opinion import PICO, Call, Reply, Usage
from verifier.types.prices import Price, PriceTable, Rates

_DATED = re.compile(r"(?P<name>.+)[-@]20\d{6}")
_PLACES = 12
_NONSENSE = 2


def find(prices: PriceTable, model: str) -> Price | None:
    """The price of a model; a dated name (``claude-haiku-4-5-20251001``) has that of the undated one.

    ``None`` where none is known.
    """
    price = prices.models.get(model)
    if price is None and (dated := _DATED.fullmatch(model)):
        price = prices.models.get(dated["name"])
    return price


def unpriced(model: str) -> str:
    """Why a budget and a model do not go together."""
    return f"no price of {model} is known, so no budget can be kept"


def cost(prices: PriceTable, model: str, usage: Usage, mode: str) -> int | None:
    """What a reply cost, in picodollars; ``mode`` is live or batch. ``None`` where no price of the model is known."""
    price = find(prices, model)
    if price is None:
        return None
    rates = _rates(price, usage.input + usage.cache_read + usage.cache_write_5m + usage.cache_write_1h, mode)
    return (
        usage.input * rates.input
        + usage.cache_read * rates.cache_read
        + usage.cache_write_5m * rates.cache_write_5m
        + usage.cache_write_1h * rates.cache_write_1h
        + usage.output * rates.output
    )


def charge(prices: PriceTable, model: str, reply: Reply, mode: str, reserved: int) -> int | None:
    """What is taken for a reply: what it cost, or what was ``reserved`` where it does not tell, or tells nonsense.

    Nonsense is more than twice the most that the call can cost: a server may count otherwise than we do, but not so
    much. ``None`` where no price of the model is known.
    """
    counted = cost(prices, model, reply.usage, mode)
    if counted is None or not reserved:
        return counted
    return counted if reply.counted and counted <= _NONSENSE * reserved else reserved


def most(prices: PriceTable, call: Call, mode: str) -> int | None:
    """The most that a call can cost, in picodollars. ``None`` where no price of the model is known.

    No token is shorter than a byte, so the texts have at most as many tokens as bytes; the server adds at most
    ``overhead`` of its own. All of it is counted at the dearest price of input, and output at its bound.
    """
    price = find(prices, call.model)
    if price is None:
        return None
    texts = sum(len(text.encode("utf-8", "surrogatepass")) for text in (call.system, call.content, call.schema))
    tokens = texts + price.overhead
    rates = _rates(price, tokens, mode)
    dearest = max(rates.input, rates.cache_read, rates.cache_write_5m, rates.cache_write_1h)
    return tokens * dearest + call.max_tokens * rates.output


def _rates(price: Price, tokens: int, mode: str) -> Rates:
    if mode not in {"live", "batch"}:
        raise ValueError(f"mode: live or batch, not {mode!r}")
    if price.long_prompt and tokens > price.long_prompt:
        return price.long_live if mode == "live" else price.long_batch
    return price.live if mode == "live" else price.batch


def dollars(picodollars: int) -> str:
    """An amount in dollars, exact: ``0.000155``.

    >>> dollars(155_000_000), dollars(2 * PICO), dollars(0)
    ('0.000155', '2', '0')
    """
    whole, rest = divmod(abs(picodollars), PICO)
    digits = f"{rest:0{_PLACES}d}".rstrip("0")
    return ("-" if picodollars < 0 else "") + (f"{whole}.{digits}" if digits else str(whole))


def picodollars(amount: Decimal | str) -> int:
    """An amount of dollars in picodollars. Raises ``ValueError`` for what is no such amount, negative ones included.

    >>> picodollars("0.5"), picodollars(Decimal("1e-12"))
    (500000000000, 1)
    """
    try:
        exact = Decimal(amount)
    except InvalidOperation:
        raise ValueError(f"'{amount}' is no amount of dollars: write one like 2.50") from None
    if "_" in str(amount) or not exact.is_finite() or exact < 0 or exact >= PICO:
        raise ValueError(f"'{amount}' is no amount of dollars: write one like 2.50")
    whole = int(exact.scaleb(_PLACES).to_integral_value())
    if Decimal(whole).scaleb(-_PLACES) != exact:
        raise ValueError(f"'{amount}': nothing is smaller than a picodollar, twelve places behind the point")
    return whole


def parse_usage(text: str) -> tuple[str, Usage]:
    """Mode and usage of an example of the rules: ``batch input=350 cache_read=900 output=60``.

    Raises ``ValueError``.

    >>> parse_usage("batch input=350 output=60")
    ('batch', Usage(input=350, cache_read=0, cache_write_5m=0, cache_write_1h=0, output=60))
    """
    words = text.split()
    mode = words.pop(0) if words and words[0] in {"live", "batch"} else "live"
    counts: dict[str, int] = {}
    for word in words:
        name, equals, count = word.partition("=")
        if not equals or name not in Usage.__struct_fields__ or name in counts or not count.isascii():
            raise ValueError(f"'{word}': write counts like input=350, of {', '.join(Usage.__struct_fields__)}")
        if not count.isdigit():
            raise ValueError(f"'{word}': write a whole number of tokens")
        counts[name] = int(count)
    return mode, Usage(**counts)
