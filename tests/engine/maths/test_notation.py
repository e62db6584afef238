"""What people write, and the tree that is read from it."""

from __future__ import annotations

import pytest

from verifier.engine.maths.parser import Maths, read_maths
from verifier.rulebook import builtin_rules
from verifier.types.budget import Budget, Meter
from verifier.types.expr import HEADS, Expr

TABLE = builtin_rules().maths


def told(tree: Expr) -> str:
    """A tree on one line; constants have a colon, names stand in angle brackets."""
    if tree.head == "number":
        return tree.name or str(tree.value)
    if tree.head in {"symbol", "constant"}:
        return tree.name if tree.head == "symbol" else f":{tree.name}"
    name = f"<{tree.name}>" if tree.name else ""
    return f"{tree.head}{name}({', '.join(map(told, tree.args))})"


def readings(text: str) -> tuple[Maths, ...]:
    return read_maths(text, TABLE, Meter(Budget()))


def read(text: str) -> str:
    """The only reading of a text that is all maths."""
    [maths] = readings(text)
    assert maths.certain
    assert (maths.before, maths.after) == ("", "")
    return told(maths.tree)


NUMBERS = [
    (r"42", "42"),
    (r"1,234.50", "1234.50"),
    (r"1{,}234", "1234"),
    (r"1\,234", "1234"),
    (r"1 234", "1234"),
    (r"1'234", "1234"),
    (r"1.234.567", "1234567"),
    (r"3{,}14", "3.14"),
    (r"0.50", "0.50"),
    (r".5", "0.5"),
    (r"3e8", "mul(3, pow(10, 8))"),
    (r"1.2E-5", "mul(1.2, pow(10, neg(5)))"),
    (r"6.02 \times 10^{23}", "mul(6.02, pow(10, 23))"),
    (r"0.\overline{3}", "0.(3)"),
    (r"0.1\overline{6}", "0.1(6)"),
    (r"0.(3)", "0.(3)"),
    (r"0.\dot{3}", "0.(3)"),
    (r"0.\dot{1}4285\dot{7}", "0.(142857)"),
    (r"0.333\ldots", "0.333..."),
    (r"0.1212...", "0.1212..."),
    (r"2\frac12", "mixed(2, div(1, 2))"),
    (r"2 1/2", "mixed(2, div(1, 2))"),
    (r"2½", "mixed(2, div(1, 2))"),
    (r"-1 3/4", "neg(mixed(1, div(3, 4)))"),
    (r"21/2", "div(21, 2)"),
    (r"2\cdot\frac12", "mul(2, div(1, 2))"),
    (r"2*1/2", "div(mul(2, 1), 2)"),
    (r"2\frac32", "mul(2, div(3, 2))"),
    (r"\frac12", "div(1, 2)"),
    (r"\frac125", "mul(div(1, 2), 5)"),
    (r"\frac1{23}", "div(1, 23)"),
    (r"\dfrac{3}{4}", "div(3, 4)"),
    (r"1/2", "div(1, 2)"),
    (r"25\%", "percent(25)"),
    (r"25 percent", "percent(25)"),
    (r"1010_2", "numeral<1010>(2)"),
    (r"10_{2}", "numeral<10>(2)"),
    (r"(1010)_2", "numeral<1010>(2)"),
    (r"0x1F", "numeral<1F>(16)"),
    (r"1F_{16}", "numeral<1F>(16)"),
    (r"(1F)_{16}", "numeral<1F>(16)"),
    (r"AB_{16}", "numeral<AB>(16)"),
    (r"５＋３", "add(5, 3)"),
    (r"٣+1", "add(3, 1)"),
]


@pytest.mark.parametrize(("text", "tree"), NUMBERS)
def test_numbers(text: str, tree: str) -> None:
    assert read(text) == tree


ARITHMETIC = [
    (r"2x", "mul(2, x)"),
    (r"a/b-c", "add(div(a, b), neg(c))"),
    (r"x^2^3", "pow(x, pow(2, 3))"),
    (r"x^{2y}", "pow(x, mul(2, y))"),
    (r"x^2y", "mul(pow(x, 2), y)"),
    (r"2^-1", "pow(2, neg(1))"),
    (r"-x^2", "neg(pow(x, 2))"),
    (r"-2x", "neg(mul(2, x))"),
    (r"2*-3*x", "mul(2, neg(3), x)"),
    (r"x**2", "pow(x, 2)"),
    (r"2×3÷4", "div(mul(2, 3), 4)"),
    (r"3−2", "add(3, neg(2))"),
    (r"\sqrt3", "root(3, 2)"),
    (r"\sqrt32", "mul(root(3, 2), 2)"),
    (r"\sqrt[3]{2}", "root(2, 3)"),
    (r"√2", "root(2, 2)"),
    (r"√12", "root(12, 2)"),
    (r"√(x+1)", "root(add(x, 1), 2)"),
    (r"∛8", "root(8, 3)"),
    (r"\sqrt(2)", "root(2, 2)"),
    (r"n!", "factorial(n)"),
    (r"2n!", "mul(2, factorial(n))"),
    (r"(n+1)!", "factorial(add(n, 1))"),
    (r"n!!", "factorial2(n)"),
    (r"x²+2x₁", "add(pow(x, 2), mul(2, x_1))"),
    (r"2⁻³", "pow(2, neg(3))"),
    (r"xⁿ⁺¹", "pow(x, add(n, 1))"),
    (r"\binom{n}{k}", "binom(n, k)"),
    (r"{n \choose k}", "binom(n, k)"),
    (r"C(5,2)", "binom(5, 2)"),
    (r"nCr(5,2)", "binom(5, 2)"),
    (r"10C3", "binom(10, 3)"),
    (r"{}_5C_2", "binom(5, 2)"),
    (r"^5C_2", "binom(5, 2)"),
    (r"{}^{5}P_{2}", "perm(5, 2)"),
    (r"P(n,k)", "perm(n, k)"),
    (r"{a \over b}", "div(a, b)"),
    (r"1 \pm \sqrt{2}", "pm(1, root(2, 2))"),
    (r"±2021", "pm(2021)"),
    (r"x ∓ 1", "mp(x, 1)"),
    (r"17 \bmod 5", "mod(17, 5)"),
    (r"17 mod 5", "mod(17, 5)"),
    (r"mod(17,5)", "mod(17, 5)"),
    (r"90^\circ", "mul(90, :deg)"),
    (r"90°", "mul(90, :deg)"),
    (r"90 degrees", "mul(90, :deg)"),
    ("30°15'20\"", "add(mul(30, :deg), mul(15, div(:deg, 60)), mul(20, div(:deg, 3600)))"),
    (r"45'", "mul(45, div(:deg, 60))"),
    (r"(a_1)(a_2)\cdots(a_n)", "mul(a_1, a_2, dots(), a_n)"),
    (r"1 + 2 + \ldots + n", "add(1, 2, dots(), n)"),
]


@pytest.mark.parametrize(("text", "tree"), ARITHMETIC)
def test_arithmetic(text: str, tree: str) -> None:
    assert read(text) == tree


FUNCTIONS = [
    (r"\sin 2x", "sin(mul(2, x))"),
    (r"sin 2πx", "sin(mul(2, :pi, x))"),
    (r"\cos 2x \sin x", "mul(cos(mul(2, x)), sin(x))"),
    (r"\sin^2 x", "pow(sin(x), 2)"),
    (r"sin²x", "pow(sin(x), 2)"),
    (r"\sin^{-1}x", "asin(x)"),
    (r"sin⁻¹(x)", "asin(x)"),
    (r"\sin(x)/2", "div(sin(x), 2)"),
    (r"sin(x)^2", "pow(sin(x), 2)"),
    (r"\cos n\pi", "cos(mul(n, :pi))"),
    (r"\sin\frac{x}{2}", "sin(div(x, 2))"),
    (r"sinx cosx", "mul(sin(x), cos(x))"),
    (r"xlnx", "mul(x, ln(x))"),
    (r"\ln|x|", "ln(abs(x))"),
    (r"\log_2 x", "log(x, 2)"),
    (r"\log_{10}(x)", "log(x, 10)"),
    (r"log_2(8)", "log(8, 2)"),
    (r"\log_28", "log(8, 2)"),
    (r"log10(100)", "log(100, 10)"),
    (r"\log x", "log(x)"),
    (r"lg x", "log(x, 10)"),
    (r"lb x", "log(x, 2)"),
    (r"ln x", "ln(x)"),
    (r"log(x, 2)", "log(x, 2)"),
    (r"\log^2 x", "pow(log(x), 2)"),
    (r"\exp3", "exp(3)"),
    (r"e^x", "pow(:e, x)"),
    (r"\arcsin x", "asin(x)"),
    (r"\operatorname{artanh}(a)", "atanh(a)"),
    (r"\sinh^{-1}(a)", "asinh(a)"),
    (r"tg x", "tan(x)"),
    (r"\operatorname{sgn}(x)", "sign(x)"),
    (r"max(a, b)", "max(a, b)"),
    (r"\max\{a,b\}", "max(a, b)"),
    (r"gcd(12, 18)", "gcd(12, 18)"),
    (r"\operatorname{lcm}(a,b)", "lcm(a, b)"),
    (r"|x||y|", "mul(abs(x), abs(y))"),
    (r"||x|-1|", "abs(add(abs(x), neg(1)))"),
    (r"\|v\|", "norm(v)"),
    (r"⌊x⌋+⌈y⌉", "add(floor(x), ceil(y))"),
    (r"\lfloor n/2 \rfloor", "floor(div(n, 2))"),
    (r"floor(x)", "floor(x)"),
    (r"\Re(z)", "re(z)"),
    (r"Im(z)", "im(z)"),
    (r"arg(z)", "arg(z)"),
    (r"2 cis 30°", "mul(2, cis(mul(30, :deg)))"),
    (r"conj(z)", "conj(z)"),
    (r"Rational(1,2)", "div(1, 2)"),
    (r"\operatorname{binomial}(n,k)", "binom(n, k)"),
]


@pytest.mark.parametrize(("text", "tree"), FUNCTIONS)
def test_functions(text: str, tree: str) -> None:
    assert read(text) == tree


NAMES = [
    (r"\alpha+θ", "add(alpha, theta)"),
    (r"\varphi", "phi"),
    (r"\varepsilon", "epsilon"),
    (r"π", ":pi"),
    (r"i", ":i"),
    (r"e", ":e"),
    (r"j", "j"),
    (r"\infty", ":inf"),
    (r"x_1", "x_1"),
    (r"x_{12}", "x_12"),
    (r"x_{max}", "x_max"),
    (r"x_{\text{max}}", "x_max"),
    (r"x_max + 1", "add(x_max, 1)"),
    (r"x1 + 1", "add(x_1, 1)"),
    (r"a_{n+1}", "a_{n+1}"),
    (r"e_1", "e_1"),
    (r"i_{2}", "i_2"),
    (r"y' + y''", "add(y', y'')"),
    (r"y^{\prime}", "y'"),
    (r"f(x)", "apply<f>(x)"),
    (r"f'(x)", "apply<f'>(x)"),
    (r"f^{-1}(x)", "apply<f^-1>(x)"),
    (r"x(x+1)", "mul(x, add(x, 1))"),
    (r"g(f(2))", "apply<g>(apply<f>(2))"),
    (r"P(x) = x^2", "eq(apply<P>(x), pow(x, 2))"),
    (r"T(n) = 2T(n-1)", "eq(apply<T>(n), mul(2, apply<T>(add(n, neg(1)))))"),
    (r"\mathbf{v}", "v"),
    (r"\vec{AB}", "AB_vec"),
    (r"\overrightarrow{BA}", "BA_vec"),
    (r"\widehat{AB}", "AB_hat"),
    (r"\mathbf{AB}", "mul(A, B)"),
    (r"\hat{x}", "x_hat"),
    (r"\hat{\mathbf{n}}", "n_hat"),
    (r"\tilde x", "x_tilde"),
    (r"\vec a", "a"),
    (r"3\hat{i} - 2\hat{j}", "add(mul(3, i_hat), neg(mul(2, j_hat)))"),
    (r"\mathbf{k}", "k_hat"),
    (r"\bar{x}", "x_bar"),
    (r"\bar z", "z_bar"),
    (r"\overline{AB}", "AB_bar"),
    (r"\overline{A}\,\overline{B}", "mul(A_bar, B_bar)"),
    (r"\overline{z_1}", "z_bar_1"),
    (r"\overline{z+i}", "add(z_bar, neg(:i))"),
    (r"\overline{\bar{z}w^2}", "mul(z, pow(w_bar, 2))"),
    (r"\overline{2-3i}", "conj(add(2, neg(mul(3, :i))))"),
    (r"\overline{e^{ix}}", "conj(pow(:e, mul(:i, x)))"),
    (r"E[X^2]", "apply<E>(pow(X, 2))"),
    (r"\mathbb{E}[X]^2", "pow(apply<E>(X), 2)"),
    (r"E(X)", "apply<E>(X)"),
    (r"\mathbb{Q}[x]", "apply<Q[]>(x)"),
    (r"\mathbb{Q}(x)", "apply<Q>(x)"),
    (r"\mathbb{Z}[i]", "apply<Z[]>(:i)"),
    (r"f[x^2]", "apply<f>(pow(x, 2))"),
    (r"P[1-(1+r)^n]", "mul(P, add(1, neg(pow(add(1, r), n))))"),
    (r"u(t)^2", "pow(apply<u>(t), 2)"),
    (r"\mathbf{r}(t)", "apply<r>(t)"),
    (r"\psi(x)", "apply<psi>(x)"),
    (r"J_0(x)", "apply<J_0>(x)"),
    (r"x(t_0)", "apply<x>(t_0)"),
    (r"p(1)", "apply<p>(1)"),
    (r"k(2)", "mul(k, 2)"),
    (r"A(2)^x", "mul(A, pow(2, x))"),
    (r"a(b+c)", "mul(a, add(b, c))"),
    (r"x(x)", "mul(x, x)"),
    (r"\Gamma(n+1)", "gamma(add(n, 1))"),
    (r"O(n^2)", "apply<O>(pow(n, 2))"),
    (r"\Theta(n)", "apply<Theta>(n)"),
    (r"f^{(2)}(x)", "apply<f''>(x)"),
    (r"f^{(n+1)}(x)", "apply<f^{(n+1)}>(x)"),
    (r"f^{(2)}", "f''"),
    (r"x^{(2)}", "pow(x, 2)"),
    (r"A \subseteq B", "subset<⊆>(A, B)"),
    (r"A \subset B", "subset(A, B)"),
    (r"A \not\subseteq B", "not(subset(A, B))"),
    (r"A \cong B", "apply<≅>(A, B)"),
    (r"A \sim B", "apply<∼>(A, B)"),
    (r"x \cong 3.14", "approx<≅>(x, 3.14)"),
    (r"\sim 5", "5"),
    (r"\frac1{2}3", "mul(div(1, 2), 3)"),
    (r"\frac12 3", "mul(div(1, 2), 3)"),
    (r"(12,345)", "pair(12, 345)"),
    (r"\{12,345\}", "set(12, 345)"),
    (r"[12,345]", "interval<[]>(12, 345)"),
    (r"\frac{12,345}{5}", "div(12345, 5)"),
    (r"n2^{n-1}", "mul(n, pow(2, add(n, neg(1))))"),
    (r"$n2^n$", "mul(n, pow(2, n))"),
    (r"x2^{2}", "pow(x_2, 2)"),
    (r"x1^n", "pow(x_1, n)"),
    (r"x2", "x_2"),
    (r"\int_0^1 105 x dx", "int(mul(105, x), x, 0, 1)"),
    (r"1 105", "1105"),
    (r"3 +- 2", "pm(3, 2)"),
    (r"~p \lor ~q", "or(not(p), not(q))"),
    (r"p \implies ~(p \land q)", "implies(p, not(and(p, q)))"),
    (r"5~x", "mul(5, x)"),
    (r"\lnot p", "not(p)"),
    (r"mx+b", "add(mul(m, x), b)"),
    (r"2ab", "mul(2, a, b)"),
    (r"\angle ABC = 60^\circ", "eq(angle_ABC, mul(60, :deg))"),
    (r"\mathrm{e}^x", "pow(:e, x)"),
    (r"\pir^2", "mul(:pi, pow(r, 2))"),
]


@pytest.mark.parametrize(("text", "tree"), NAMES)
def test_names(text: str, tree: str) -> None:
    assert read(text) == tree


RELATIONS_AND_LOGIC = [
    (r"x = 5", "eq(x, 5)"),
    (r"x ≠ 2", "ne(x, 2)"),
    (r"x != 3", "ne(x, 3)"),
    (r"y=/=x", "ne(y, x)"),
    (r"x \leqslant 3", "le(x, 3)"),
    (r"1 < x \le 3", "and<chain>(lt(1, x), le(x, 3))"),
    (r"a = b = c", "and<chain>(eq(a, b), eq(b, c))"),
    (r"x ≈ 3", "approx(x, 3)"),
    (r"x \in \{1,2\}", "in(x, set(1, 2))"),
    (r"x ∉ ℝ", "notin(x, :R)"),
    (r"k ∈ Z", "in(k, :Z)"),
    (r"a \mid b", "divides(a, b)"),
    (r"x := 3", "eq(x, 3)"),
    (r"x \equiv 3 \pmod 5", "congruent(x, 3, 5)"),
    (r"x ≡ 3 (mod 5)", "congruent(x, 3, 5)"),
    (r"x = 3 (mod 5)", "congruent(x, 3, 5)"),
    (r"x \not\equiv 1 \pmod{4}", "not(congruent(x, 1, 4))"),
    (r"x=1 or x=2", "or(eq(x, 1), eq(x, 2))"),
    (r"x = 1 or 2", "list<or>(eq(x, 1), 2)"),
    (r"x>1 and x<5", "and(gt(x, 1), lt(x, 5))"),
    (r"x = 1 \lor x = 2", "or(eq(x, 1), eq(x, 2))"),
    (r"not (x<=2 and -2<=x)", "not(and(le(x, 2), le(neg(2), x)))"),
    (r"\neg p", "not(p)"),
    (r"p \land q \Rightarrow r", "implies(and(p, q), r)"),
    (r"∀x>0, x^2>0", "forall(gt(x, 0), gt(pow(x, 2), 0))"),
    (r"\exists x \in \mathbb{R}: x^2 = 2", "exists(in(x, :R), eq(pow(x, 2), 2))"),
    (r"x = \pm 2", "eq(x, pm(2))"),
    (r"= 5", "5"),
    ("x is greater than 2", "gt(x, 2)"),
    (r"x\equiv 1,4\pmod 5", "or(congruent(x, 1, 5), congruent(x, 4, 5))"),
    ("v=u+at", "eq(v, add(u, mul(a, t)))"),
]


@pytest.mark.parametrize(("text", "tree"), RELATIONS_AND_LOGIC)
def test_relations_and_logic(text: str, tree: str) -> None:
    assert read(text) == tree


COLLECTIONS = [
    (r"(a,b)", "pair(a, b)"),
    (r"(a,b,c)", "tuple(a, b, c)"),
    (r"[a,b]", "interval<[]>(a, b)"),
    (r"(a,b]", "interval<(]>(a, b)"),
    (r"[a,b)", "interval<[)>(a, b)"),
    (r"]a,b[", "interval<()>(a, b)"),
    (r"]a,b] ∪ [c,d[", "union(interval<(]>(a, b), interval<[)>(c, d))"),
    (r"\left[0, 1\right)", "interval<[)>(0, 1)"),
    (r"[a,b,c]", "tuple(a, b, c)"),
    (r"[x]", "tuple(x)"),
    (r"2[x+1]", "mul(2, add(x, 1))"),
    (r"\langle 1,2\rangle", "vector(1, 2)"),
    (r"<1,2>", "vector(1, 2)"),
    (r"{1,2}", "set(1, 2)"),
    (r"${1,2,3}$", "set(1, 2, 3)"),
    (r"${{1},{2}}$", "set(set(1), set(2))"),
    (r"\{3\}", "set(3)"),
    (r"{}", ":empty"),
    (r"\{\}", ":empty"),
    (r"∅", ":empty"),
    (r"\{x | x>0\}", "builder(x, gt(x, 0))"),
    (r"\{x : x>0\}", "builder(x, gt(x, 0))"),
    (r"{x | |x|<2}", "builder(x, lt(abs(x), 2))"),
    (r"{x ∈ R | x>0}", "builder(in(x, :R), gt(x, 0))"),
    (r"(-∞,7) U [4,∞)", "union(pair(neg(:inf), 7), interval<[)>(4, :inf))"),
    (r"A \cap B", "intersect(A, B)"),
    (r"R \ {0}", "setminus(:R, set(0))"),
    (r"R\{0}", "setminus(:R, set(0))"),
    (r"\mathbb{R}-\{0\}", "setminus(:R, set(0))"),
    (r"\mathbb{R} \setminus \{-1, 1\}", "setminus(:R, set(neg(1), 1))"),
    (r"R", ":R"),
    (r"\mathbb{Z}^+", "intersect(:Z, interval<()>(0, :inf))"),
    (r"\mathbb{N}_0", "intersect(:Z, interval<[)>(0, :inf))"),
    (r"\mathbb{R}^2", "pow(:R, 2)"),
    (r"3:4", "ratio(3, 4)"),
    (r"1 : 2 : 3", "ratio(1, 2, 3)"),
    (r"1, 2, 3", "list(1, 2, 3)"),
    (r"1, 234", "list(1, 234)"),
    (r"21,16 or 11", "list<or>(21, 16, 11)"),
    (r"19, 46, and 82", "list<and>(19, 46, 82)"),
    (r"x=3, y=5", "list(eq(x, 3), eq(y, 5))"),
    (r"x=1, y=2; x=3, y=4", "list(list(eq(x, 1), eq(y, 2)), list(eq(x, 3), eq(y, 4)))"),
    (r"$8$,$4$", "list(8, 4)"),
    (r"$x$ and $y$", "list<and>(x, y)"),
    (r"\boxed{1},\boxed{2}", "list(1, 2)"),
    (r"\boxed{1}\boxed{2}", "list(1, 2)"),
    (r"1, 2, 3, \ldots", "list(1, 2, 3, dots())"),
    (r"x + 1, x \neq 2", "given(add(x, 1), ne(x, 2))"),
    (r"5k+2 where k is an integer", "given(add(mul(5, k), 2), in(k, :Z))"),
    (r"x+1 for x>0", "given(add(x, 1), gt(x, 0))"),
    (r"n\pi, n \in Z", "given(mul(n, :pi), in(n, :Z))"),
    (r"n\pi (n\in\mathbb{Z})", "given(mul(n, :pi), in(n, :Z))"),
    (r"-32 + t \text{ for some integer } t", "given(add(neg(32), t), in(t, :Z))"),
    (r"k \text{ where } k \text{ is a positive integer}", "given(k, in(k, intersect(:Z, interval<()>(0, :inf))))"),
    (r"x = 1, x = n, n \in \mathbb{Z}", "given(list(eq(x, 1), eq(x, n)), in(n, :Z))"),
    (r"\{x\in\mathbb{R}\mid x\ne 1\}", "builder(in(x, :R), ne(x, 1))"),
    ("(a) 5, (b) 6", "list(labelled<a>(5), labelled<b>(6))"),
    (r"\text{(c) } 4x-1", "labelled<c>(add(mul(4, x), neg(1)))"),
    ("[0;3[", "interval<[)>(0, 3)"),
    ("x if x > 0, -x if x < 0", "cases(piece(x, gt(x, 0)), piece(neg(x), lt(x, 0)))"),
    ("x + 1 where x > 0, x ≠ 2", "given(add(x, 1), and(gt(x, 0), ne(x, 2)))"),
]


@pytest.mark.parametrize(("text", "tree"), COLLECTIONS)
def test_collections(text: str, tree: str) -> None:
    assert read(text) == tree


ENVIRONMENTS_AND_CALCULUS = [
    (r"\begin{pmatrix}1 & 2\\3&4\end{pmatrix}", "matrix(row(1, 2), row(3, 4))"),
    (r"\begin{bmatrix} 1 \\ 2 \end{bmatrix}", "vector(1, 2)"),
    (r"\begin{vmatrix} 1 & 2 \\ 3 & 4 \end{vmatrix}", "matrix<det>(row(1, 2), row(3, 4))"),
    (r"\left(\begin{array}{cc} 1 & 2 \\ 3 & 4 \end{array}\right)", "matrix(row(1, 2), row(3, 4))"),
    (r"[[1,2],[3,4]]", "matrix(row(1, 2), row(3, 4))"),
    (r"Matrix([[1,2],[3,4]])", "matrix(row(1, 2), row(3, 4))"),
    (r"Matrix([1,2,3])", "vector(1, 2, 3)"),
    (r"(1,2)^T", "transpose(pair(1, 2))"),
    (
        r"\begin{cases} x+1 & x>0 \\ -x & \text{otherwise.} \end{cases}",
        "cases(piece(add(x, 1), gt(x, 0)), piece(neg(x)))",
    ),
    (
        r"\begin{cases} x, & \text{if } x \ge 0 \\ -x, & \text{if } x<0 \end{cases}",
        "cases(piece(x, ge(x, 0)), piece(neg(x), lt(x, 0)))",
    ),
    (r"\begin{cases} x+y=1 \\ x-y=3 \end{cases}", "list<system>(eq(add(x, y), 1), eq(add(x, neg(y)), 3))"),
    (
        r"\left\{\begin{array}{l} x+y=1 \\ x-y=3 \end{array}\right.",
        "list<system>(eq(add(x, y), 1), eq(add(x, neg(y)), 3))",
    ),
    (r"\begin{align*} x &= 1 \\ y &= 2 \end{align*}", "list<system>(eq(x, 1), eq(y, 2))"),
    (r"\begin{aligned} a &= b \\ &= c \end{aligned}", "and<chain>(eq(a, b), eq(b, c))"),
    (r"\int x^2\,dx = \frac{x^3}{3} + C", "eq(int(pow(x, 2), x), add(div(pow(x, 3), 3), C))"),
    (r"\int_0^{\pi} \sin x \, dx", "int(sin(x), x, 0, :pi)"),
    (r"∫_0^1 x dx", "int(x, x, 0, 1)"),
    (r"\int \frac{dx}{x}", "int(div(1, x), x)"),
    (r"\int (x+1) \mathrm{d}x", "int(add(x, 1), x)"),
    (r"\sum_{k=1}^{n} k^2 + 1", "add(sum(pow(k, 2), k, 1, n), 1)"),
    (r"\sum_{i=1}^n a_i", "sum(a_i, i, 1, n)"),
    (r"\prod_{k=1}^n k", "prod(k, k, 1, n)"),
    (r"\lim_{x\to 0^+} \frac{1}{x}", "lim<+>(div(1, x), x, 0)"),
    (r"\lim_{n→∞} (1+1/n)^n", "lim(pow(add(1, div(1, n)), n), n, :inf)"),
    (r"\frac{d}{dx} x^2", "diff(pow(x, 2), x)"),
    (r"\frac{d^2}{dx^2}(e^x)", "diff(diff(pow(:e, x), x), x)"),
    (r"\frac{dy}{dx} = 2x", "eq(diff(y, x), mul(2, x))"),
    (r"\frac{d^2y}{dx^2} + y = 0", "eq(add(diff(diff(y, x), x), y), 0)"),
    (r"DNE", ":undefined"),
    (r"undefined", ":undefined"),
]


@pytest.mark.parametrize(("text", "tree"), ENVIRONMENTS_AND_CALCULUS)
def test_environments_and_calculus(text: str, tree: str) -> None:
    assert read(text) == tree


TYPOGRAPHY_SAYS_NOTHING = [
    (r"$x$", "x"),
    (r"$$\frac12$$", "div(1, 2)"),
    (r"\(x\)", "x"),
    (r"\[ x \]", "x"),
    (r"\boxed{5}", "5"),
    (r"\fbox{5}", "5"),
    (r"$\displaystyle\frac12$", "div(1, 2)"),
    (r"\color{red}{5}", "5"),
    (r"\textcolor{blue}{x+1}", "add(x, 1)"),
    (r"5\phantom{00}", "5"),
    (r"x = 5 \tag{1}", "eq(x, 5)"),
    (r"**5**", "5"),
    (r"**x = 5**", "eq(x, 5)"),
    (r"`x+1`", "add(x, 1)"),
    (r"x<sub>1</sub> + x<sup>2</sup>", "add(x_1, pow(x, 2))"),
    (r"<b>5</b>", "5"),
    (r"5.", "5"),
    (r"x = 5,", "eq(x, 5)"),
    (r"\\frac{1}{2}", "div(1, 2)"),
    (r"\frac{1}{2", "div(1, 2)"),
    (r"frac{1}{2}", "div(1, 2)"),
    (r"\dfrac 1 2", "div(1, 2)"),
    (r"\left(1,2", "pair(1, 2)"),
    (r"\text{sin}(x)", "sin(x)"),
    (r"\mathrm{cos}\,x", "cos(x)"),
    (r"\left|x\right|", "abs(x)"),
    (r"\bigl(1,2\bigr)", "pair(1, 2)"),
    ("x\u200b+1", "add(x, 1)"),
    (r"\,x\;", "x"),
]


@pytest.mark.parametrize(("text", "tree"), TYPOGRAPHY_SAYS_NOTHING)
def test_typography_says_nothing(text: str, tree: str) -> None:
    assert read(text) == tree


def test_every_head_is_one_of_the_tree() -> None:
    texts = [row[0] for table in (NUMBERS, ARITHMETIC, FUNCTIONS, NAMES, COLLECTIONS) for row in table]
    for text in texts:
        stack = [maths.tree for maths in readings(text)]
        while stack:
            node = stack.pop()
            assert node.head in HEADS, node.head
            stack.extend(node.args)
