"""The worker for real: what it shows, what it does not, and where it stops."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from verifier.judge.process import Asker
from verifier.judge.question import EQUAL, GAVE_UP, LOST, NOT_SHOWN, Question
from verifier.types.expr import Expr
from verifier.types.nodes import symbol

if TYPE_CHECKING:
    from tests.judge.conftest import Ask, Maths

Pair = Callable[["Maths"], tuple[Expr, Expr]]

RIGHT: dict[str, Pair] = {
    "arctangent": lambda m: (m.int(m.div(1, m.add(1, m.pow(m.x, 2))), m.x, 0, 1), m.div(m.pi, 4)),
    "gaussian": lambda m: (m.int(m.exp(m.neg(m.pow(m.x, 2))), m.x, m.neg(m.inf), m.inf), m.root(m.pi, 2)),
    "factorial integral": lambda m: (
        m.int(m.mul(m.pow(m.x, 4), m.pow(m.e, m.neg(m.x))), m.x, 0, m.inf),
        m.factorial(4),
    ),
    "oscillating": lambda m: (m.int(m.div(m.sin(m.x), m.x), m.x, 0, m.inf), m.div(m.pi, 2)),
    "two integrals": lambda m: (
        m.int(m.pow(m.sin(m.x), 2), m.x, 0, m.div(m.pi, 2)),
        m.int(m.pow(m.cos(m.x), 2), m.x, 0, m.div(m.pi, 2)),
    ),
    "double": lambda m: (m.int(m.int(m.mul(m.x, m.y), m.y, 0, 1), m.x, 0, 2), m.num(1)),
    "fundamental theorem": lambda m: (
        m.diff(m.int(m.exp(m.neg(m.pow(m.t, 2))), m.t, 0, m.x), m.x),
        m.exp(m.neg(m.pow(m.x, 2))),
    ),
    "limit for e": lambda m: (m.lim(m.pow(m.add(1, m.div(1, m.n)), m.n), m.n, m.inf), m.e),
    "second order": lambda m: (
        m.lim(m.div(m.add(1, m.neg(m.cos(m.x))), m.pow(m.x, 2)), m.x, 0),
        m.num(1, 2),
    ),
    "derivative as a limit": lambda m: (
        m.lim(m.div(m.add(m.pow(m.add(m.x, m.t), 3), m.neg(m.pow(m.x, 3))), m.t), m.t, 0),
        m.mul(3, m.pow(m.x, 2)),
    ),
    "basel": lambda m: (m.sum(m.div(1, m.pow(m.n, 2)), m.n, 1, m.inf), m.div(m.pow(m.pi, 2), 6)),
    "exponential": lambda m: (m.sum(m.div(m.pow(m.x, m.n), m.factorial(m.n)), m.n, 0, m.inf), m.pow(m.e, m.x)),
    "alternating": lambda m: (m.sum(m.div(m.pow(-1, m.add(m.n, 1)), m.n), m.n, 1, m.inf), m.ln(2)),
    "cubes": lambda m: (
        m.sum(m.pow(m.k, 3), m.k, 1, m.n),
        m.div(m.mul(m.pow(m.n, 2), m.pow(m.add(m.n, 1), 2)), 4),
    ),
    "weighted binomials": lambda m: (
        m.mul(m.n, m.pow(2, m.add(m.n, -1))),
        m.sum(m.mul(m.k, m.binom(m.n, m.k)), m.k, 1, m.n),
    ),
    "geometric, but at 1": lambda m: (
        m.sum(m.mul(m.a, m.pow(m.r, m.k)), m.k, 0, m.add(m.n, -1)),
        m.div(m.mul(m.a, m.add(1, m.neg(m.pow(m.r, m.n)))), m.add(1, m.neg(m.r))),
    ),
    "geometric, where it converges": lambda m: (
        m.sum(m.pow(m.r, m.k), m.k, 0, m.inf),
        m.div(1, m.add(1, m.neg(m.r))),
    ),
    "telescoping": lambda m: (m.prod(m.add(1, m.neg(m.div(1, m.k))), m.k, 2, m.n), m.div(1, m.n)),
    "infinite product": lambda m: (
        m.prod(m.add(1, m.neg(m.div(1, m.pow(m.n, 2)))), m.n, 2, m.inf),
        m.num(1, 2),
    ),
    "double angle": lambda m: (m.sin(m.mul(2, m.x)), m.mul(2, m.sin(m.x), m.cos(m.x))),
    "nested radical": lambda m: (m.root(m.add(5, m.mul(2, m.root(6, 2))), 2), m.add(m.root(2, 2), m.root(3, 2))),
    "real cube root": lambda m: (m.root(-8, 3), m.num(-2)),
    "twice a logarithm": lambda m: (m.mul(2, m.ln(m.x)), m.ln(m.pow(m.x, 2))),
    "absolute value": lambda m: (m.root(m.pow(m.x, 2), 2), m.abs(m.x)),
    "bare logarithms": lambda m: (m.add(m.log(2), m.log(3)), m.log(6)),
    "euler": lambda m: (m.add(m.pow(m.e, m.mul(Expr("constant", (), "i"), m.pi)), 1), m.num(0)),
    "members in order": lambda m: (
        m.tuple(1, m.sin(m.mul(2, m.x))),
        m.vector(1, m.mul(2, m.sin(m.x), m.cos(m.x))),
    ),
    "members in any order": lambda m: (
        m.set(m.ln(6), m.root(2, 2)),
        m.set(m.root(2, 2), m.add(m.ln(2), m.ln(3))),
    ),
    "scaled equation": lambda m: (
        m.eq(m.y, m.sin(m.mul(2, m.x))),
        m.eq(m.mul(4, m.sin(m.x), m.cos(m.x)), m.mul(2, m.y)),
    ),
    "system": lambda m: (
        m.builder(m.tuple(m.x, m.y), m.and_(m.eq(m.add(m.x, m.y), 5), m.eq(m.mul(m.x, m.y), 6))),
        m.set(m.tuple(2, 3), m.tuple(3, 2)),
    ),
    "roots that a condition keeps": lambda m: (
        m.builder(m.x, m.and_(m.eq(m.pow(m.x, 2), 2), m.gt(m.x, 0))),
        m.set(m.root(2, 2)),
    ),
}  # fmt: skip

NOT_RIGHT: dict[str, Pair] = {
    "arctangent, another value": lambda m: (m.int(m.div(1, m.add(1, m.pow(m.x, 2))), m.x, 0, 1), m.div(m.pi, 2)),
    "twice as much": lambda m: (
        m.int(m.pow(m.sin(m.x), 2), m.x, 0, m.div(m.pi, 2)),
        m.int(m.pow(m.cos(m.x), 2), m.x, 0, m.pi),
    ),
    "limit for e, another value": lambda m: (m.lim(m.pow(m.add(1, m.div(1, m.n)), m.n), m.n, m.inf), m.num(1)),
    "odd terms only": lambda m: (m.sum(m.div(1, m.pow(m.n, 2)), m.n, 1, m.inf), m.div(m.pow(m.pi, 2), 8)),
    "a term short": lambda m: (
        m.sum(m.mul(m.a, m.pow(m.r, m.k)), m.k, 0, m.add(m.n, -1)),
        m.div(m.mul(m.a, m.add(1, m.neg(m.pow(m.r, m.add(m.n, -1))))), m.add(1, m.neg(m.r))),
    ),
    "near by chance": lambda m: (m.exp(m.mul(m.pi, m.root(163, 2))), m.num(640320**3 + 744)),
    "a hair": lambda m: (m.mul(m.sin(m.x), m.cos(m.x)), m.add(m.mul(m.sin(m.x), m.cos(m.x)), m.div(1, m.pow(10, 38)))),
    "no absolute value": lambda m: (m.root(m.pow(m.x, 2), 2), m.x),
    "narrower domain": lambda m: (m.ln(m.pow(m.x, 2)), m.mul(2, m.ln(m.x))),
    "narrower domain, hidden": lambda m: (m.x, m.exp(m.ln(m.x))),
    "a branch": lambda m: (m.asin(m.sin(m.x)), m.x),
    "another branch": lambda m: (m.root(m.mul(m.x, m.y), 2), m.mul(m.root(m.x, 2), m.root(m.y, 2))),
    "jump": lambda m: (m.add(m.atan(m.x), m.atan(m.div(1, m.x))), m.div(m.pi, 2)),
    "nothing over nothing": lambda m: (
        m.div(m.add(m.x, m.neg(m.x)), m.add(m.x, m.neg(m.x))),
        m.div(m.add(m.x, m.neg(m.x)), m.add(m.x, m.neg(m.x))),
    ),
    "undefined everywhere": lambda m: (m.ln(m.neg(m.abs(m.x))), m.ln(m.neg(m.abs(m.x)))),
    "one base of two": lambda m: (m.log(100), m.num(2)),
    "diverges": lambda m: (m.sum(m.pow(2, m.k), m.k, 0, m.inf), m.num(-1)),
    "principal value": lambda m: (m.int(m.div(1, m.pow(m.x, 2)), m.x, -1, 1), m.num(-2)),
    "whole numbers only": lambda m: (m.cos(m.mul(m.pi, m.x)), m.pow(-1, m.x)),
    "order of members": lambda m: (m.tuple(m.ln(6), m.root(2, 2)), m.tuple(m.root(2, 2), m.add(m.ln(2), m.ln(3)))),
    "a member missing": lambda m: (m.set(m.ln(6), m.root(2, 2)), m.set(m.root(2, 2))),
    "unsolved": lambda m: (m.eq(m.x, 6), m.eq(m.mul(2, m.x), 12)),
    "negated roots": lambda m: (
        m.builder(m.tuple(m.x, m.y), m.and_(m.eq(m.add(m.x, m.y), 5), m.eq(m.mul(m.x, m.y), 6))),
        m.set(m.tuple(1, 6), m.tuple(6, 1)),
    ),
    "a root that a condition drops": lambda m: (
        m.builder(m.x, m.and_(m.eq(m.pow(m.x, 2), 2), m.gt(m.x, 0))),
        m.set(m.root(2, 2), m.neg(m.root(2, 2))),
    ),
    "a transcendental equation, a member missing": lambda m: (
        m.builder(m.x, m.and_(m.eq(m.pow(2, m.x), m.pow(m.x, 2)), m.gt(m.x, 0))),
        m.set(2),
    ),
    "constants of integration": lambda m: (m.add(m.ln(m.x), symbol("C")), m.add(m.ln(m.x), symbol("c"))),
    "no limits": lambda m: (m.int(m.x, m.x), m.int(m.x, m.x)),
    "words": lambda _: (Expr("words", (), "otherwise"), Expr("words", (), "otherwise")),
    "unknown head": lambda m: (m.nonsense(m.x), m.nonsense(m.x)),
    "empty": lambda m: (m.set(), m.set()),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_it_shows_what_is_equal(ask: Ask, m: Maths, name: str) -> None:
    reply = ask(*RIGHT[name](m))
    assert reply.status == EQUAL
    assert reply.gold
    assert reply.candidate
    assert reply.by


@pytest.mark.parametrize("name", NOT_RIGHT)
def test_it_shows_nothing_else(ask: Ask, m: Maths, name: str) -> None:
    assert ask(*NOT_RIGHT[name](m)).status == NOT_SHOWN


def test_every_reading_must_find_one_that_is_equal(asker: Asker, m: Maths) -> None:
    double, product = m.sin(m.mul(2, m.x)), m.mul(2, m.sin(m.x), m.cos(m.x))

    def status(golds: tuple[tuple[Expr, ...], ...], candidates: tuple[Expr, ...]) -> str:
        return asker.ask(Question(golds, candidates)).result(60).status

    assert status(((double,),), (product, m.x)) == NOT_SHOWN
    assert status(((double, m.x),), (product,)) == NOT_SHOWN
    assert status(((double, m.x),), (m.add(m.x, 0), product)) == EQUAL
    assert status(((m.y,), (double,)), (product,)) == EQUAL
    assert status((), (product,)) == NOT_SHOWN
    assert status(((double,),), ()) == NOT_SHOWN


def test_what_the_question_says_of_names_is_used(asker: Asker, m: Maths) -> None:
    root, cosine, sign = m.root(m.pow(m.x, 2), 2), m.cos(m.mul(m.pi, m.n)), m.pow(-1, m.n)
    weighted = m.mul(sign, m.abs(m.n))
    pairs = [
        ((root, m.x), (m.gt(m.x, 0),), (), EQUAL),
        ((root, m.neg(m.x)), (m.lt(m.x, -5),), (), NOT_SHOWN),  # it is so, but SymPy is not told of it
        ((root, m.x), (m.gt(m.y, 0),), (), NOT_SHOWN),
        ((root, m.x), (m.eq(m.x, 1),), (), NOT_SHOWN),
        ((cosine, sign), (), ("n",), EQUAL),
        ((weighted, m.mul(sign, m.n)), (), (), EQUAL),  # without a word, a name of a whole number counts things
        ((weighted, m.mul(sign, m.n)), (), ("n",), NOT_SHOWN),
        ((weighted, m.mul(sign, m.n)), (m.ge(m.n, 0),), ("n",), NOT_SHOWN),
        ((weighted, m.mul(sign, m.n)), (m.gt(m.n, 0),), ("n",), EQUAL),
    ]
    for (gold, candidate), conditions, integers, status in pairs:
        question = Question(((gold,),), (candidate,), conditions, integers)
        assert asker.ask(question).result(60).status == status, question


HOSTILE: dict[str, Pair] = {
    "tower": lambda m: (m.pow(9, m.pow(9, 9)), m.num(1)),
    "tower equal": lambda m: (m.pow(9, m.pow(9, 9)), m.pow(9, m.pow(9, 9))),
    "higher tower": lambda m: (m.pow(10, m.pow(10, m.pow(10, 10))), m.pow(10, m.pow(10, m.pow(10, 10)))),
    "tower with a variable": lambda m: (m.mul(m.x, m.pow(9, m.pow(9, 9))), m.mul(m.pow(9, m.pow(9, 9)), m.x)),
    "factorial": lambda m: (m.factorial(10**9), m.factorial(10**9)),
    "factorial of a factorial": lambda m: (m.factorial(m.factorial(m.factorial(10))), m.num(0)),
    "binomial": lambda m: (m.binom(10**12, 5 * 10**11), m.binom(10**12, 5 * 10**11)),
    "sum of powers": lambda m: (m.sum(m.pow(m.k, m.k), m.k, 1, 10**9), m.num(1)),
    "towers in a sum": lambda m: (m.sum(m.pow(2, m.pow(2, m.k)), m.k, 1, 60), m.num(1)),
    "product": lambda m: (m.prod(m.factorial(m.k), m.k, 1, 2000), m.num(1)),
    "exponentials": lambda m: (m.exp(m.exp(m.exp(m.exp(100)))), m.num(0)),
    "sine of a tower": lambda m: (m.sin(m.exp(m.exp(m.exp(9)))), m.num(0)),
    "high power of a sum": lambda m: (m.pow(m.add(m.x, m.y, 1), 5999), m.pow(m.add(m.x, m.y, 1), 6000)),
    "high power, equal": lambda m: (
        m.mul(m.pow(m.add(m.x, 1), 3000), m.pow(m.add(m.x, -1), 3000)),
        m.pow(m.add(m.pow(m.x, 2), -1), 3000),
    ),
    "nested roots": lambda m: (_nested(m.x, lambda it: m.root(m.add(1, it), 2), 60), m.num(2)),
    "nested sines": lambda m: (_nested(m.x, m.sin, 60), _nested(m.x, m.sin, 59)),
    "nested sums": lambda m: (_nested(m.x, lambda it: m.sum(it, m.k, 1, 5000), 5), m.x),
    "nested integrals": lambda m: (_nested(m.x, lambda it: m.int(m.cos(it), m.x, 0, m.x), 12), m.x),
    "nested limits": lambda m: (_nested(m.x, lambda it: m.lim(m.div(m.sin(it), it), m.x, 0), 12), m.x),
    "wide": lambda m: (m.add(*(m.sin(m.mul(n, m.x)) for n in range(1, 900))), m.num(0)),
    "many names": lambda m: (m.mul(*(m.add(symbol(f"x_{n}"), 1) for n in range(200))), m.num(0)),
    "ugly integral": lambda m: (
        m.int(m.root(m.tan(m.add(1, m.pow(m.x, 5))), 7), m.x, 0, 1),
        m.int(m.root(m.tan(m.add(1, m.pow(m.x, 5))), 7), m.x, 0, 1),
    ),
}  # fmt: skip


def _nested(inner: Expr, around: Callable[[Expr], Expr], depth: int) -> Expr:
    for _ in range(depth):
        inner = around(inner)
    return inner


@pytest.mark.slow
def test_hostile_trees_end_by_count_and_twice_alike(m: Maths, monkeypatch: pytest.MonkeyPatch) -> None:
    most = 1_000_000
    pairs = {name: make(m) for name, make in HOSTILE.items()}
    runs = []
    for seed in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)  # which the worker must not heed
        monkeypatch.setenv("PADDING", seed * 777)  # other addresses
        asker = Asker(slots=2, most_steps=most)
        answers = {name: asker.ask(Question(((gold,),), (candidate,))) for name, (gold, candidate) in pairs.items()}
        runs.append({name: answer.result(300) for name, answer in answers.items()})
        asker.close()
    first, second = runs
    assert {name: reply.status for name, reply in first.items()} == {
        name: reply.status for name, reply in second.items()
    }
    assert all(reply.status in {NOT_SHOWN, GAVE_UP, EQUAL} for reply in first.values()), first
    assert first["high power of a sum"].status == NOT_SHOWN
    assert first["nested sums"].status == GAVE_UP
    assert first["nested sums"].steps == second["nested sums"].steps == most
    for name, reply in first.items():
        assert abs(reply.steps - second[name].steps) <= reply.steps // 1_000, name  # addresses move it by a hair
        assert reply.steps <= most


def test_numbers_of_any_length_and_names_of_any_sort_travel(ask: Ask, m: Maths) -> None:
    long = m.num(10**9_000 + 1, 3**500)
    assert ask(m.add(long, m.sin(m.x)), m.add(m.sin(m.x), long)).status == EQUAL
    for name in ("__import__('os')", "lambda", "x y", "", "C_1", "f'", "é"):
        odd = symbol(name)
        assert ask(m.sin(m.mul(2, odd)), m.mul(2, m.sin(odd), m.cos(odd))).status == EQUAL
        assert ask(m.sin(odd), m.cos(odd)).status == NOT_SHOWN
        unknown = Expr("apply", (m.x,), name)
        assert ask(m.mul(2, unknown), m.add(unknown, unknown)).status == EQUAL
        assert ask(unknown, m.x).status == NOT_SHOWN


def test_the_same_question_is_asked_once(asker: Asker, m: Maths) -> None:
    question = Question(((m.sin(m.mul(2, m.y)),),), (m.mul(2, m.sin(m.y), m.cos(m.y)),))
    first = asker.ask(question)
    assert asker.ask(question) is first
    assert first.result(60).status == EQUAL


def test_a_tree_too_deep_to_be_sent_is_no_question(asker: Asker, m: Maths) -> None:
    with pytest.raises(RecursionError):
        asker.ask(Question(((_nested(m.x, m.neg, 5_000),),), (m.x,)))


def test_a_child_that_is_killed_loses_its_question_only(
    m: Maths, endless: Expr, child_of: Callable[[Callable[[], int | None]], int]
) -> None:
    asker = Asker(slots=1, most_steps=10**12)
    lost = asker.ask(Question(((endless,),), (m.num(1),)))
    kept = asker.ask(Question(((m.ln(6),),), (m.add(m.ln(2), m.ln(3)),)))
    os.kill(child_of(lambda: asker.process), signal.SIGKILL)
    assert lost.result(60).status == LOST
    assert kept.result(60).status == EQUAL
    asker.close()


def test_a_worker_that_is_killed_is_replaced_and_takes_its_children_along(
    m: Maths, endless: Expr, child_of: Callable[[Callable[[], int | None]], int]
) -> None:
    asker = Asker(slots=2, most_steps=10**12)
    fatal = asker.ask(Question(((endless,),), (m.num(1),)))
    for _ in range(2):
        child = os.pidfd_open(child_of(lambda: asker.process))
        worker = asker.process
        assert worker is not None
        os.kill(worker, signal.SIGKILL)
        assert select.select([child], [], [], 60)[0], "a child outlived its parent"
        os.close(child)
    assert fatal.result(60).status == LOST
    assert asker.ask(Question(((m.ln(6),),), (m.add(m.ln(2), m.ln(3)),))).result(60).status == EQUAL
    asker.close()


def test_closing_ends_the_process_and_loses_what_it_had(
    m: Maths, endless: Expr, child_of: Callable[[Callable[[], int | None]], int]
) -> None:
    asker = Asker(slots=1, most_steps=10**12)
    pending = asker.ask(Question(((endless,),), (m.num(1),)))
    child = os.pidfd_open(child_of(lambda: asker.process))
    asker.close()
    assert asker.process is None
    assert select.select([child], [], [], 60)[0]
    os.close(child)
    assert pending.result(60).status == LOST
    assert asker.ask(Question(((m.num(1),),), (m.num(1),))).result(60).status == EQUAL  # it begins anew
    asker.close()
    asker.close()


SCRIPT = """
import json, os, sys
from verifier.judge.process import Asker
from verifier.judge.question import Question
from verifier.types.expr import Expr
from verifier.types.nodes import number, symbol
asker = Asker(slots=1, most_steps=10**12)
one = Question(((number(1),),), (number(1),))
assert asker.ask(one).result(60).status == "equal"
if sys.argv[1] == "fork":
    process = os.fork()
    if not process:
        assert asker.process is None or asker.process
        answered = asker.ask(Question(((number(2),),), (number(2),))).result(60).status == "equal"
        asker.close()
        os._exit(0 if answered else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0
    assert asker.ask(Question(((number(3),),), (number(3),))).result(60).status == "equal"
elif sys.argv[1] == "die":
    k = symbol("k")
    body = k
    for _ in range(4):
        body = Expr("sum", (body, k, number(1), number(5000)))
    asker.ask(Question(((body,),), (number(1),)))
    print(asker.process, flush=True)
    sys.stdin.read()
print(asker.process)
"""


@pytest.mark.parametrize("way", ["exit", "fork"])
def test_nothing_is_left_behind_and_nothing_said(way: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, way], check=True, capture_output=True, text=True, timeout=120
    )
    assert done.stderr == ""
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)


def test_when_its_user_is_killed_the_worker_and_its_child_end(
    child_of: Callable[[Callable[[], int | None]], int],
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, "die"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as user:
        assert user.stdout is not None
        worker = json.loads(user.stdout.readline())
        watched = [os.pidfd_open(process) for process in (worker, child_of(lambda: worker))]
        user.kill()
        for process in watched:
            assert select.select([process], [], [], 60)[0], "a process outlived its user"
            os.close(process)


def test_the_guards_end_what_is_not_counted() -> None:
    start = "from verifier.judge import symbolic_worker as w; w.CPU_SECONDS = 1; w._guard(w.os.getppid())"
    spins = f"{start}\nwhile True: pass"
    assert subprocess.run([sys.executable, "-c", spins], check=False, timeout=120).returncode < 0
    grows = f"{start}; b = bytearray(3 << 30)"
    done = subprocess.run([sys.executable, "-c", grows], check=False, capture_output=True, timeout=120)
    assert b"MemoryError" in done.stderr
