"""A tree in plain notation, which reads back as the same tree."""

from __future__ import annotations

import msgspec
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.engine.maths.parser import read_maths
from verifier.engine.maths.show import show
from verifier.rulebook import builtin_rules
from verifier.types.budget import Budget, Meter
from verifier.types.expr import Expr
from verifier.types.nodes import constant, number, symbol

TABLE = builtin_rules().maths


def trees(text: str) -> list[Expr]:
    return [maths.tree for maths in read_maths(text, TABLE, Meter(Budget()))]


def nameless(tree: Expr) -> Expr:
    """A system of equations is shown as a list."""
    args = tuple(map(nameless, tree.args))
    return msgspec.structs.replace(tree, args=args, name="" if tree.name == "system" else tree.name)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"x^2 + 3x", "x^2 + 3*x"),
        (r"\frac{\sqrt2}{2}", "sqrt(2)/2"),
        (r"\{2,1\}", "{2, 1}"),
        (r"[0,1) \cup \{3\}", "[0, 1) ∪ {3}"),
        (r"-\frac{1}{2}x", "-1/2*x"),
        (r"(-x)^2", "(-x)^2"),
        (r"-x^2", "-x^2"),
        (r"2^{3^2}", "2^3^2"),
        (r"(2^3)^2", "(2^3)^2"),
        (r"a-(b-c)", "a - (b - c)"),
        (r"2\frac12", "2 1/2"),
        (r"\sin^{-1} x", "asin(x)"),
        (r"90^\circ", "90°"),
        ("30°15'20\"", "30° + 15' + 20''"),
        (r"1<x\le3", "1 < x ≤ 3"),
        (r"x=1 or x=2", "x = 1 or x = 2"),
        (r"x + 1, x \neq 2", "x + 1 where x ≠ 2"),
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "[[1, 2], [3, 4]]"),
        (r"\mathbb{R}\setminus\{0\}", "ℝ ∖ {0}"),
        (r"x \equiv 3 \pmod 5", "x ≡ 3 (mod 5)"),
        (r"1 \pm \sqrt{19}", "1 ± sqrt(19)"),
        (r"\lim_{x\to 0^+} \frac1x", "lim_{x→0^+} 1/x"),
        (r"\sum_{k=1}^n k^2", "sum(k^2, k, 1, n)"),
        (r"1010_2", "1010_2"),
        (r"]a,b[", "]a, b["),
        (r"0.\overline{3}", "0.(3)"),
        (r"]a,b]", "(a, b]"),
        (r"E[X^2]", "E[X^2]"),
        (r"f[x^2]", "f(x^2)"),
        (r"\mathbb{Q}[x]", "ℚ[x]"),
        (r"\mathbb{Q}(\sqrt2)", "ℚ(sqrt(2))"),
        (r"u(t)", "u(t)"),
        (r"\mathbb{P}(X>1)", "P[X > 1]"),
        (r"\Gamma(n+1)", "gammafunction(n + 1)"),
        (r"f^{(n)}(x)", "f^{(n)}(x)"),
        (r"\overrightarrow{AB}", r"\vec{AB}"),
        (r"\hat\theta_1", "theta_hat_1"),
        (r"A\subseteq B", "A ⊆ B"),
        (r"A\cong B", "A ≅ B"),
        (r"\overline{1+i}", "conj(1 + i)"),
    ],
)
def test_what_a_tree_looks_like(text: str, shown: str) -> None:
    [tree] = trees(text)
    assert show(tree) == shown
    assert nameless(tree) in map(nameless, trees(shown))


NAMES = st.sampled_from(["x", "y", "n", "a_1", "x_max", "a_{n+1}", "theta", "y'", "z_bar", "i_hat"])
LEAVES = st.one_of(
    st.integers(0, 10**12).map(number),
    NAMES.map(symbol),
    st.sampled_from(["pi", "e", "i", "inf"]).map(constant),
    st.decimals(0, 1000, places=2).map(lambda value: number(fmpq(*value.as_integer_ratio()), str(value))),
)


def grown(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    one = st.tuples(inner)
    two = st.tuples(inner, inner)
    three = st.tuples(inner, inner, inner)
    several = st.one_of(two, three)
    return st.one_of(
        several.map(lambda args: Expr("add", args)),
        several.map(lambda args: Expr("mul", args)),
        two.map(lambda args: Expr("div", args)),
        two.map(lambda args: Expr("pow", args)),
        one.map(lambda args: Expr("neg", args)),
        one.map(lambda args: Expr("root", (*args, number(2)))),
        two.map(lambda args: Expr("log", args)),
        st.tuples(
            st.sampled_from(["sin", "acos", "tanh", "ln", "exp", "abs", "floor", "ceil", "factorial", "percent"]), one
        ).map(lambda pair: Expr(pair[0], pair[1])),
        st.tuples(st.sampled_from(["binom", "gcd", "max", "mod"]), two).map(lambda pair: Expr(*pair)),
        one.map(lambda args: Expr("apply", args, "f")),
        one.map(lambda args: Expr("pm", args)),
        two.map(lambda args: Expr("pm", args)),
    )


VALUES = st.recursive(LEAVES, grown, max_leaves=12)
RELATIONS = st.tuples(st.sampled_from(["eq", "ne", "lt", "ge", "approx"]), st.tuples(VALUES, VALUES)).map(
    lambda pair: Expr(*pair)
)
WHOLES = st.one_of(
    VALUES,
    RELATIONS,
    st.tuples(VALUES, VALUES).map(lambda args: Expr("pair", args)),
    st.tuples(VALUES, VALUES).map(lambda args: Expr("interval", args, "[)")),
    st.tuples(VALUES, VALUES).map(lambda args: Expr("interval", args, "()")),
    st.tuples(VALUES, VALUES, VALUES).map(lambda args: Expr("tuple", args)),
    st.tuples(VALUES, VALUES, VALUES).map(lambda args: Expr("list", args)),
    st.lists(VALUES, min_size=1, max_size=3).map(lambda args: Expr("set", tuple(args))),
    st.tuples(RELATIONS, RELATIONS).map(lambda args: Expr("or", args)),
    st.tuples(VALUES, RELATIONS).map(lambda args: Expr("given", args)),
    st.tuples(NAMES.map(symbol), RELATIONS).map(lambda args: Expr("builder", args)),
)


@given(WHOLES)
@settings(max_examples=600, deadline=None)
def test_what_is_shown_reads_back(tree: Expr) -> None:
    read = trees(show(tree))
    assert read, show(tree)
    assert show(tree) in {show(again) for again in read}
    again = next(again for again in read if show(again) == show(tree))
    assert again in trees(show(again))


TEXTS = [
    r"\frac{-b\pm\sqrt{b^2-4ac}}{2a}", r"\begin{cases} x+1 & x>0 \\ -x & \text{otherwise} \end{cases}",
    r"\begin{cases} x+y=1 \\ x-y=3 \end{cases}", r"x=1, y=2; x=3, y=4", r"n\pi, n\in\mathbb{Z}", "19, 46, and 82",
    r"\begin{vmatrix} 1 & 2 \\ 3 & 4 \end{vmatrix}", r"\{x\in\mathbb{R} : |x|<2\}", "not (x<=2 and -2<=x)",
    r"\forall x>0: x^2>0", r"(1,2)^T", r"\langle 1,2\rangle + t\langle 3,4\rangle", r"\int_0^1 x\,dx", "3:4:5", "25%",
    r"\frac{d^2y}{dx^2} = -y", r"a \mid b", r"p \land q \Rightarrow r", "[x]", "[x=1, y=2]", "x ∓ 1",
    "5k+2 where k is an integer",
    r"\prod_{i=1}^n i", "n!! + (n!)!", "0x1F", r"\angle ABC = 60^\circ", r"\mathbb{N}_0", "f'(x) = f(x)", r"f^{-1}(x)",
    "[[1,2]]",
    "A ∪ (B ∩ D)", "1, 2, ..., n", r"\vec{v}_1", "(x,y) = (1,2) or (3,4)", "((1,2),(3,4))", "{(1,2)}", "DNE",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_what_was_read_is_shown_and_read_again(text: str) -> None:
    found = trees(text)
    assert found
    for tree in found:
        assert nameless(tree) in map(nameless, trees(show(tree)))
