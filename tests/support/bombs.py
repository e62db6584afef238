"""Maths made to hang, to exhaust or to deceive: pairs of answers, and whether they are the same.

``PAIRS`` are ground truth, answer and the truth about them: a verdict says that, or is undecided. ``TEXTS`` are texts
that need not mean anything: they are graded against themselves, against each other's likes and as questions.
Benchmarks use both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Pair(NamedTuple):
    """A ground truth, an answer, and whether they are the same; ``one_way`` if that is not so the other way round."""

    gold: str
    answer: str
    same: bool
    one_way: bool = False


def _nested(opening: str, inner: str, closing: str, depth: int) -> str:
    return opening * depth + inner + closing * depth


def _tower(base: str, height: int) -> str:
    return "^{".join([base] * height) + "}" * (height - 1)


def _sum(terms: int, sign: str = " + ") -> str:
    return sign.join(f"x_{{{index}}}" for index in range(terms))


def _polynomial(degree: int, last: int) -> str:
    return " + ".join([*(f"{index % 7 + 1}x^{{{index}}}" for index in range(degree, 0, -1)), str(last)])


def _horner(depth: int, last: int) -> str:
    return "(" * depth + str(last) + "x+1)" * depth


def _surds(depth: int, last: int) -> str:
    text = f"\\sqrt{{{last}}}"
    for index in range(depth):
        text = f"\\sqrt{{{index + 2} + {text}}}"
    return text


def _fractions(depth: int, last: int) -> str:
    text = str(last)
    for index in range(depth):
        text = f"{index % 5 + 1} + \\frac{{1}}{{{text}}}"
    return text


def _macros(depth: int) -> str:
    """Each macro twice the one before it: 2^depth characters for whoever expands them."""
    defined = "\\def\\a{xx}" + "".join(
        f"\\def\\{chr(98 + index)}{{\\{chr(97 + index)}\\{chr(97 + index)}}}" for index in range(depth)
    )
    return f"{defined} \\{chr(97 + depth)}"


PAIRS: dict[str, Callable[[], Pair]] = {
    # numbers that are not to be computed
    "powers of a billion": lambda: Pair("2^{1000000007}", "3^{1000000007}", same=False),
    "one power of a billion": lambda: Pair("2^{1000000007}", "2^{1000000007}", same=True),
    "power of a billion, halved": lambda: Pair("2^{1000000007}", "2 \\cdot 2^{1000000006}", same=True),
    "power of a billion and one more": lambda: Pair("2^{1000000007}", "2^{1000000007} + 1", same=False),
    "four and two": lambda: Pair("4^{500000000}", "2^{1000000000}", same=True),
    "powers, plain": lambda: Pair("2^1000000007", "3**1000000007", same=False),
    "small power": lambda: Pair("2^{-1000000007}", "2^{-1000000006}", same=False),
    "small power and nothing": lambda: Pair("0", "2^{-1000000007}", same=False),
    "factorial": lambda: Pair("1000000!", "1000001!", same=False),
    "factorial and its neighbour": lambda: Pair("1000001!", "1000001 \\cdot 1000000!", same=True),
    "factorial itself": lambda: Pair("1000000!", "1000000!", same=True),
    "factorial and a number": lambda: Pair("1", "1000000!", same=False),
    "factorials inverted": lambda: Pair("\\frac{1}{2004!}", "\\frac{1}{2006!}", same=False),
    "factorial of a factorial": lambda: Pair("1", "((((9!)!)!)!)!", same=False),
    "factorials in a row": lambda: Pair("1", "5" + "!" * 400, same=False),
    "tower of nines": lambda: Pair("1", "9^9^9", same=False),
    "tower of nines itself": lambda: Pair("9^{9^9}", "9^{387420489}", same=True),
    "tower of nines and the next": lambda: Pair("9^{9^9}", "9^{9^9} + 1", same=False),
    "grouped tower": lambda: Pair("(9^9)^9", "9^{81}", same=True),
    "tower of tens": lambda: Pair("10^{10^{10^{10}}}", "10^{10^{10^{11}}}", same=False),
    "tower of tens itself": lambda: Pair("10^{10^{10^{10}}}", "10^{10^{10^{10}}}", same=True),
    "high tower": lambda: Pair("2", _tower("9", 40), same=False),
    "high towers": lambda: Pair(_tower("2", 30), _tower("2", 31), same=False),
    "tower upside down": lambda: Pair("0", "10^{-10^{10^{10}}}", same=False),
    "tower beside one": lambda: Pair("1", "1 + 10^{-10^{10}}", same=False),
    "hundred factorial and its digits": lambda: Pair("100!", str(_factorial(100)), same=True),
    "hundred factorial, last digit": lambda: Pair("100!", str(_factorial(100) + 1), same=False),
    "binomials": lambda: Pair("\\binom{1000000}{500000}", "\\binom{1000000}{499999}", same=False),
    "binomial mirrored": lambda: Pair("\\binom{1000000}{3}", "\\binom{1000000}{999997}", same=True),
    "long exponent": lambda: Pair("1", "2^{" + "9" * 90 + "}", same=False),
    "long decimal exponents": lambda: Pair("2^{0.333333333333333333333333}", "2^{1/3}", same=False),
    "rational power": lambda: Pair("2^{1000000007/1000000006}", "2^{1000000006/1000000005}", same=False),
    "root of a huge index": lambda: Pair("\\sqrt[1000000007]{2}", "\\sqrt[1000000007]{3}", same=False),
    "huge fraction": lambda: Pair("1/" + "7" * 3_000, "1/" + "7" * 2_999 + "8", same=False),
    "near the real thing": lambda: Pair("e^{\\pi\\sqrt{163}}", "640320^3 + 744", same=False),
    "near pi": lambda: Pair("\\pi", "355/113", same=False),
    "near nothing": lambda: Pair("0", "\\sin(10^{-400})", same=False),
    "sine of a huge number": lambda: Pair("\\sin(10^{1000000})", "\\sin(10^{1000000} + 1)", same=False),
    "exponential of an exponential": lambda: Pair("e^{e^{e^{e^{9}}}}", "e^{e^{e^{e^{8}}}}", same=False),
    "exponentials of tiny steps": lambda: Pair("e^{10^{-300}}", "1", same=False),
    "logarithm of a tower": lambda: Pair("\\ln(9^{9^9})", "387420489 \\ln 9", same=True),
    # polynomials that are not to be expanded
    "high power of a sum": lambda: Pair("(x-a)^{5999}", "(x-a)^{6000}", same=False),
    "high power of a sum itself": lambda: Pair("(x-a)^{5999}", "(x-a)^{5999}", same=True),
    "high power, sign": lambda: Pair("(x-a)^{6000}", "(a-x)^{6000}", same=True),
    "product with a power": lambda: Pair("x^3(x^4+1)^{399}", "x^3(x^4+1)^{400}", same=False),
    "product with a power itself": lambda: Pair("x^3 (x^4+1)^{399}", "x^3*(x^4+1)^399", same=True),
    "power of many": lambda: Pair("(a+b+c+d+f+g+h+k)^{50}", "(a+b+c+d+f+g+h-k)^{50}", same=False),
    "power of a power of a sum": lambda: Pair("((x+1)^{100})^{100}", "(x+1)^{10000}", same=True),
    "huge exponent": lambda: Pair("x^{1000000007}", "x^{1000000006}", same=False),
    "huge exponent of a sum": lambda: Pair("(x+1)^{1000000007}", "(x+1)^{1000000006}", same=False),
    "huge exponent, divided": lambda: Pair("\\frac{x^{1000000007}}{x^{1000000006}}", "x", same=True),
    "difference of high powers": lambda: Pair("\\frac{x^{1000}-1}{x-1}", "\\frac{x^{1001}-1}{x-1}", same=False),
    "sine and a high power": lambda: Pair("\\sin x", "\\sin x + x^{5000}", same=False),
    "tiny coefficient": lambda: Pair("\\sin x \\cos x", "\\sin x \\cos x + 10^{-400}", same=False),
    "tiny summand": lambda: Pair("e^x", "e^x + \\frac{1}{299!}", same=False),
    "saturated": lambda: Pair("x", "x \\tanh 1000", same=False),
    "polynomial of degree 400": lambda: Pair(_polynomial(400, 1), _polynomial(400, 2), same=False),
    "polynomial of degree 400 itself": lambda: Pair(_polynomial(400, 1), _polynomial(400, 1), same=True),
    "polynomial by Horner": lambda: Pair(_horner(25, 1), _horner(25, 2), same=False),
    "twenty variables": lambda: Pair(_sum(20), _sum(20, " - "), same=False),
    "hundred variables": lambda: Pair(_sum(100), _sum(100, " - "), same=False),
    "product of many binomials": lambda: Pair(
        "".join(f"(x+{index})" for index in range(60)), "".join(f"(x+{index})" for index in range(1, 61)), same=False
    ),
    "product of many variables": lambda: Pair(
        "".join(f"(x_{index}+1)" for index in range(16)), "".join(f"(x_{index}+2)" for index in range(16)), same=False
    ),
    # depth and length
    "nested surds": lambda: Pair(_surds(30, 2), _surds(30, 3), same=False),
    "nested surds, short": lambda: Pair(_surds(6, 2), _surds(6, 3), same=False),
    "surds that cancel": lambda: Pair("\\sqrt{2}+\\sqrt{3}", "\\sqrt{5+2\\sqrt{6}}", same=True),
    "sum of many surds": lambda: Pair(
        "+".join(f"\\sqrt{{{index}}}" for index in range(2, 60)),
        "+".join(f"\\sqrt{{{index}}}" for index in range(3, 61)),
        same=False,
    ),
    "continued fraction": lambda: Pair(_fractions(50, 2), _fractions(50, 3), same=False),
    "continued fraction, long": lambda: Pair(_fractions(800, 2), _fractions(800, 3), same=False),
    "nested sines": lambda: Pair(_nested("\\sin(", "x", ")", 40), _nested("\\sin(", "x", ")", 41), same=False),
    "nested exponentials": lambda: Pair(_nested("e^{", "x", "}", 20), _nested("e^{", "x", "}", 21), same=False),
    "nested logarithms": lambda: Pair(_nested("\\ln(", "x", ")", 9), _nested("\\ln(", "x", ")", 10), same=False),
    "nested bars": lambda: Pair(_nested("|", "x", "|", 30), "-|x|", same=False),
    "many terms": lambda: Pair("+".join(["1"] * 100_000), "100000", same=True),
    "many terms, short of one": lambda: Pair("+".join(["1"] * 2_500), "2501", same=False),
    "many terms of sines": lambda: Pair(
        "+".join(f"\\sin({index}x)" for index in range(1, 400)),
        "+".join(f"\\sin({index}x)" for index in range(2, 401)),
        same=False,
    ),
    "many members": lambda: Pair(", ".join(map(str, range(2_000))), ", ".join(map(str, range(1, 2_001))), same=False),
    "set of surds": lambda: Pair(
        "\\{" + ", ".join(f"\\sqrt{{{index}}}" for index in range(2, 150)) + "\\}",
        "\\{" + ", ".join(f"\\sqrt{{{index}}}" for index in range(150, 2, -1)) + "\\}",
        same=False,
    ),
    "big matrix": lambda: Pair(_matrix(30, 0), _matrix(30, 1), same=False),
    "many intervals": lambda: Pair(
        "\\cup".join(f"({index}, {index + 1})" for index in range(0, 400, 2)),
        "\\cup".join(f"({index}, {index + 1})" for index in range(1, 401, 2)),
        same=False,
    ),
    "many signs": lambda: Pair("\\pm".join(["1"] * 40), "\\pm".join(["1"] * 39 + ["2"]), same=False),
    "chain of relations": lambda: Pair(_sum(300, "<"), _sum(299, "<") + "<y", same=False),
    "system of equations": lambda: Pair(
        ", ".join(f"x_{{{index}}} = {index}" for index in range(200)),
        ", ".join(f"x_{{{index}}} = {index + 1}" for index in range(200)),
        same=False,
    ),
    # what is not to be unfolded
    "sum to infinity": lambda: Pair("1", "\\sum_{k=1}^{\\infty} k^k", same=False),
    "sum to n": lambda: Pair("n^n", "\\sum_{k=1}^{n} k^k", same=False),
    "long sum": lambda: Pair("5000000000000000050000000", "\\sum_{k=1}^{10^{100}} k", same=False),
    "product to a billion": lambda: Pair("1", "\\prod_{k=1}^{1000000007} (1+1/k)", same=False),
    "sum in a sum in a sum": lambda: Pair(
        "1", "\\sum_{i=1}^{1000}\\sum_{j=1}^{1000}\\sum_{k=1}^{1000} \\frac{1}{i+j+k}", same=False
    ),
    "integral": lambda: Pair("1", "\\int_0^{\\infty} e^{-x^x} \\sin(x^x) dx", same=False),
    "limit": lambda: Pair("e^2", "\\lim_{n\\to\\infty} (1+1/n)^n", same=False),
    "iterated derivative": lambda: Pair("1", "\\frac{d^{1000}}{dx^{1000}} x^{x^x}", same=False),
    "recurring decimal": lambda: Pair("1", "0.\\overline{" + "123456789" * 400 + "}", same=False),
    "digits of a base": lambda: Pair("1", "1" + "0" * 4_000 + "_{2}", same=False),
    "greatest common divisor": lambda: Pair("1", "\\gcd(10^{100000}, 10^{99999})", same=False),
    "remainder": lambda: Pair("1", "2^{1000000007} \\mod 1000000007", same=False),
    "floor of a tower": lambda: Pair("1", "\\lfloor 9^{9^{9.5}} \\rfloor", same=False),
    "identity of secants": lambda: Pair(
        "\\frac{\\csc x + \\sec x}{\\sin x + \\cos x}", "\\csc x \\sec x", same=True, one_way=True
    ),
    # what others have called equal
    "equations read as nothing": lambda: Pair("5x-7y+11z+4=0", "x+y-z+2=0", same=False),
    "matrices of other shapes": lambda: Pair(
        "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "\\begin{pmatrix}1&2&3&4\\end{pmatrix}", same=False
    ),
    "exponent in brackets": lambda: Pair("2×10^(-10)", "2×10^{-11}", same=False),
    "exponent cut off": lambda: Pair("6.12*10^-6", "6.12*10^-2", same=False),
    "exponent of ten cut off": lambda: Pair("1", "1e999999999", same=False),
    "power of a unit cut off": lambda: Pair("6 m", "6 m^{999999999}", same=False),
    "case folded": lambda: Pair("x + 1", "X + 1", same=False),
    "unknown functions": lambda: Pair("f(2)=f(3)+4", "f(5)=f(7)+4", same=False),
    "one over e": lambda: Pair("1-1/e", "1+1/e", same=False),
    "small powers": lambda: Pair("2^{-99}", "2^{-98}", same=False),
    "sequences": lambda: Pair("(1,2,\\ldots,n)", "(1,3,\\ldots,2n-1)", same=False),
    "both of two": lambda: Pair("14", "14 \\pm 14", same=False),
    "a bound": lambda: Pair("14", "14 or more", same=False),
    "a claim of nothing": lambda: Pair("x = 4", "4 = 4", same=False),
    "hedged": lambda: Pair("14", "13, although 14 is also defensible", same=False),
    "commented": lambda: Pair("14", "<!-- 14 -->15", same=False),
    # what is equal in one place and not in another
    "power of nothing": lambda: Pair("0", "0^x", same=False, one_way=True),
    "far floor": lambda: Pair("\\lfloor \\frac{|x|}{10^{40}} \\rfloor", "0", same=False),
    "near breakpoints": lambda: Pair("|x-50|+|x+50|", "100", same=False),
    "steep": lambda: Pair("\\tanh(10^6 x)", "\\frac{x}{|x|}", same=False),
    "narrow": lambda: Pair("e^{-10^6 x^2}", "0", same=False),
    "fine wave": lambda: Pair("\\sin x + 10^{-40}\\sin(10^{40}x)", "\\sin x", same=False),
    "many turns": lambda: Pair("\\sin(720720\\pi x)", "0", same=False),
    "principal value": lambda: Pair("\\arcsin(\\sin x)", "x", same=False),
    "arctangents": lambda: Pair("\\arctan x + \\arctan\\frac{1}{x}", "\\frac{\\pi}{2}", same=False),
    "floor and ceiling": lambda: Pair("\\lfloor x \\rfloor + 1", "\\lceil x \\rceil", same=False),
    "half a domain": lambda: Pair("x", "e^{\\ln x}", same=False, one_way=True),
    "product of roots": lambda: Pair("\\sqrt{x(x-100000)}", "\\sqrt{x}\\sqrt{x-100000}", same=False, one_way=True),
    # what equals nothing
    "nothing over nothing": lambda: Pair("1", "\\frac{x-x}{x-x}", same=False),
    "nothing over nothing itself": lambda: Pair("(x-x)/(x-x)", "0/0", same=False),
    "pole": lambda: Pair("x", "x + \\frac{1}{\\sin \\pi}", same=False),
    "domains apart": lambda: Pair("\\sqrt{x-100}", "\\ln(x-100)", same=False),
    "far breakpoint": lambda: Pair("1000-x", "|x-1000|", same=False),
    "infinities": lambda: Pair("0", "\\infty - \\infty", same=False),
}


def _factorial(number: int) -> int:
    product = 1
    for factor in range(2, number + 1):
        product *= factor
    return product


def _matrix(size: int, first: int) -> str:
    rows = [
        "&".join(str(row * column + (first if row == column == 0 else 0)) for column in range(size))
        for row in range(size)
    ]
    return "\\begin{pmatrix}" + "\\\\".join(rows) + "\\end{pmatrix}"


TEXTS: dict[str, Callable[[], str]] = {
    "open brackets": lambda: "(" * 9_000 + "x",
    "closed brackets": lambda: "x" + ")" * 9_000,
    "brackets of all kinds": lambda: "([{|" * 2_000,
    "brackets that cross": lambda: "([)]" * 2_000,
    "lefts": lambda: "\\left(" * 2_500 + "x",
    "rights": lambda: "x" + "\\right)" * 2_500,
    "deep brackets": lambda: _nested("(", "x", ")", 9_000),
    "deep braces": lambda: "$" + _nested("{", "x", "}", 9_000) + "$",
    "deep fractions": lambda: _nested("\\frac{", "x", "}{2}", 1_800),
    "deep denominators": lambda: _nested("\\frac{1}{", "x", "}", 1_800),
    "deep roots": lambda: _nested("\\sqrt{", "x", "}", 2_500),
    "deep powers": lambda: _nested("x^{", "x", "}", 4_500),
    "deep indices": lambda: _nested("x_{", "x", "}", 4_500),
    "deep boxes": lambda: _nested("\\boxed{", "x", "}", 2_000),
    "deep sets": lambda: _nested("\\{", "1", "\\}", 4_500),
    "deep tuples": lambda: _nested("(1,", "1", ")", 4_500),
    "deep matrices": lambda: _nested("\\begin{pmatrix}", "1", "\\end{pmatrix}", 600),
    "deep bars": lambda: "|" * 9_001,
    "deep text": lambda: _nested("\\text{", "x", "}", 3_000),
    "deep minus": lambda: "-" * 15_000 + "x",
    "deep plus and minus": lambda: "+-" * 7_500 + "x",
    "deep not": lambda: "\\neg" * 4_000 + "x",
    "deep functions": lambda: "\\sin" * 4_000 + "x",
    "deep functions, bare": lambda: "sin " * 4_000 + "x",
    "superscripts": lambda: "x" + "²" * 9_000,
    "carets": lambda: "x" + "^" * 9_000 + "2",
    "carets and letters": lambda: "x^" * 9_000 + "x",
    "primes": lambda: "f" + "'" * 9_000 + "(x)",
    "signs of both kinds": lambda: "\\pm" * 5_000 + "1",
    "letters": lambda: "x" * 15_000,
    "letters and numbers": lambda: "2x" * 9_000,
    "divisions": lambda: "1/" * 9_000 + "2",
    "fractions without braces": lambda: "\\frac" * 4_000 + "12",
    "commands": lambda: "\\frobnicate" * 1_500,
    "macros": lambda: _macros(20),
    "macro of itself": lambda: "\\def\\x{\\x\\x} \\x",
    "new commands": lambda: "\\newcommand{\\a}[1]{#1#1}" + "\\a{" * 60 + "x" + "}" * 60,
    "spaces of macros": lambda: "\\," * 9_000 + "x",
    "colours": lambda: "\\color{red}" * 1_500 + "x",
    "environments never closed": lambda: "\\begin{cases}" * 1_300,
    "cells": lambda: "\\begin{pmatrix}" + "1&" * 9_000 + "1\\end{pmatrix}",
    "lines": lambda: "\\begin{cases}" + "1\\\\" * 6_000 + "1\\end{cases}",
    "sums": lambda: "\\sum_{k=1}^{n}" * 1_200 + "k",
    "integrals": lambda: "\\int_0^1" * 2_000 + "x" + "dx" * 2_000,
    "limits": lambda: "\\lim_{x\\to 0}" * 1_200 + "x",
    "relations": lambda: "x=" * 9_000 + "1",
    "unequal relations": lambda: "x<" * 9_000 + "1",
    "or": lambda: "x=1 or " * 2_500 + "x=2",
    "and": lambda: "x=1 and " * 2_000 + "x=2",
    "commas": lambda: "1," * 9_000 + "1",
    "semicolons": lambda: "1;" * 9_000 + "1",
    "ratios": lambda: "1:" * 9_000 + "1",
    "unions": lambda: "(0,1)\\cup" * 1_800 + "(0,1)",
    "dots": lambda: "1,2,\\ldots," * 1_600 + "n",
    "percents": lambda: "5" + "%" * 9_000,
    "degrees": lambda: "5" + "°" * 9_000,
    "factorials": lambda: "5" + "!" * 9_000,
    "roots without an argument": lambda: "√" * 15_000,
    "vulgar fractions": lambda: "½" * 9_000,
    "infinities": lambda: "∞" * 15_000,
    "points": lambda: "1." * 9_000,
    "exponents of ten": lambda: "1e1" * 6_000,
    "bases": lambda: "1_2" * 6_000,
    "recurring": lambda: "0.(" * 6_000,
    "overlines": lambda: "\\overline{" * 1_900 + "1",
    "choose": lambda: "n\\choose " * 1_900 + "k",
    "over": lambda: "{1\\over " * 1_900 + "2" + "}" * 1_900,
    "dollars and formulas": lambda: "$x$ " * 4_500,
    "ampersands": lambda: "&" * 15_000,
    "backslashes": lambda: "\\\\" * 9_000,
    "colons": lambda: ":" * 15_000,
    "stars": lambda: "2" + "*" * 15_000 + "3",
    "Greek": lambda: "αβγ" * 5_000,
    "mathematical letters": lambda: "𝑥𝒚𝓏" * 4_000,
    "code": lambda: "__import__('os').system('true')",
    "code in a call": lambda: "f(().__class__.__bases__[0].__subclasses__())",
    "code in LaTeX": lambda: "\\frac{exec('1')}{eval('2')}",
    "everything": lambda: "\\frac{x^2}{|y|}≤\\sqrt[3]{π}·{∅}∪[0,1)!" * 300,
}
