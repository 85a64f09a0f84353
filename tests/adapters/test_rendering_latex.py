"""Formulas in answers, as people read them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.dialect import to_discord
from adapters.rendering.latex import readable
from adapters.slack.dialect import to_slack


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (r"x^2 + y^2 = z^2", "x² + y² = z²"),
        (r"\frac{a+b}{c}", "(a+b)/c"),
        (r"\frac{1}{2}", "1/2"),
        (r"\frac12", "1/2"),
        (r"\sum_{i=1}^{n} i = \frac{n(n+1)}{2}", "∑ᵢ₌₁ⁿ i = n(n+1)/2"),
        (r"\int_0^1 x\,dx", "∫₀¹ x dx"),
        (r"e^{i\pi} + 1 = 0", "e^(iπ) + 1 = 0"),
        (r"\sqrt{2} \cdot \sqrt[3]{x+1}", "√2 · ∛(x+1)"),
        (r"\alpha \to \infty", "α → ∞"),
        (r"O(n \log n)", "O(n log n)"),
        (r"\left( \frac{1}{2} \right]", "( 1/2 ]"),
        (r"\mathbb{R}^n \text{ is big}", "ℝⁿ is big"),
        (r"\hat{x}_{ij}", "x\u0302ᵢⱼ"),
        (r"x \in \{0, 1\}", "x ∈ {0, 1}"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "(1 2; 3 4)"),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "a = b\nc = d"),
        (r"\begin{cases} 1 & \text{if } x > 0 \\ 0 & \text{else} \end{cases}", "{ 1, if x > 0; 0, else"),
        (r"a \equiv b \pmod{n}", "a ≡ b (mod n)"),
        (r"\binom{n}{k}", "(n choose k)"),
        (r"A \implies B \iff C", "A ⟹ B ⟺ C"),
        (r"10^{-3}\%", "10⁻³%"),
    ],
)
def test_a_formula_reads_as_text(formula: str, text: str) -> None:
    assert readable(formula) == text


@pytest.mark.parametrize("formula", ["", r"\foo{x}", "x^", "{", r"\frac{a}", r"\begin{tikzpicture}x\end{tikzpicture}"])
def test_a_formula_with_a_part_that_has_no_text_has_none(formula: str) -> None:
    assert readable(formula) is None


@pytest.mark.parametrize("formula", ["{" * 3000, r"\frac" * 300, r"\begin{aligned}" * 100, "{" * 500 + "}" * 500])
def test_a_formula_too_deep_or_too_long_has_no_text(formula: str) -> None:
    assert readable(formula) is None


@given(st.text(st.sampled_from(r"\{}^_&%$#~ab12 ") | st.characters(codec="utf-8"), max_size=80))
def test_nothing_that_stands_in_a_formula_fails(formula: str) -> None:
    assert readable(formula) != ""


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"so \(x^2\) and $y_1$ and $$z$$ and \[w\].", "so x² and y₁ and z and w."),
        (r"$n$ owls, $10$ mice, $O(n)$", "n owls, 10 mice, O(n)"),
        (r"$a*b$ and $a_{max} | b$", r"a∗b and aₘₐₓ \| b"),
        (r"\(\foo{x}\) stays", r"`\(\foo{x}\)` stays"),
        (r"**$x^2$**", "**x²**"),
        ("\\[\nx^2 \\\\\n= y\n\\]", "x²\n= y"),
        ("Then\n$$\n\\frac{1}{2}\n$$\nholds.", "Then\n1/2\nholds."),
        ("> $$\n> x^2\n> $$", "> x²"),
        ("- \\[ x^2 \\]", "- x²"),
        ("\\[\n\\foo\n\\]", "```latex\n\\[\n\\foo\n\\]\n```"),
        ("\\[ +x \\]", "\\+x"),
    ],
)
def test_a_formula_in_an_answer_becomes_text_or_code(written: str, shown: str) -> None:
    assert to_discord(written) == shown


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $6.",
        "from $5-$10 to US$20, $30",
        "$5, or 6$ now",
        "$HOME and $PATH",
        "A$AP and Ke$ha",
        "`$x^2$`",
        "an open $x^2",
        "an open \\(x^2",
        "\\[\nx^2",
        "\\[\n\nx\n\\]",
        "\\$x\\$",
        "$ x $",
    ],
)
def test_prices_variables_and_unfinished_formulas_stay(text: str) -> None:
    assert to_discord(text) == text


@pytest.mark.parametrize("render", [to_discord, to_slack])
@pytest.mark.parametrize(
    "text",
    [
        "The path is ${HOME}/${USER} here",
        "${A}/${B}",
        "${a}${b}",
        "cd $FOO/$(basename $PWD) now",
        "$A/$(b)",
        "echo $((1+2))+$((3))",
        "kill $$ and wait $$",
        "Total: $30 = 3 x 10$.",
        "cost $5 + tax, or 6$ now",
        "$10K flat, Phase 2 at $8K",
        "$20,000 and $30,000",
        "approx.$5 or approx.$10",
        "$/PR and $/session",
        "$HOME/bin:$PATH",
        "Set $FOO_BAR and $BAZ_QUX",
        "the fields $name$ and $title$",
        r"/^(\d+)$/ or /^(\w+)$/",
        "$x =~ s/a$/b/",
        r"Escape \( and \) in a regex",
        r"\( and \)",
        r"find . \( -name a -o -name b \)",
        r"find . \( -size +10k -o -mtime 3 \)",
        r"test \( $a -eq 1 \)",
        r"grep '\(foo\|bar\)' x",
        r"sed 's/\([a-z]*\).*/\1/'",
        r"sed 's/\(a\)\(b\)/\2\1/'",
        r"sed -e s/\(x\)y/\1/",
        r"if test \( $a = 1 \)",
        r"array\[0\] and array\[i\]",
        r"The class \[a-z\], or \[0-9\]",
        r"\[^abc\] and \[\w+\]",
        r"Hello \(world\)!",
        r"call f\(a, b\) \(optional\)",
        "\\[note\\]",
    ],
)
def test_shells_prices_patterns_and_escaped_brackets_are_no_formulas(render: Callable[[str], str], text: str) -> None:
    assert render(text) == text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"\(\pi r^2\)", "π r²"),
        (r"\(x\), \(n!\), \(x, y\) and \(f(x)\)", "x, n!, x, y and f(x)"),
        (r"\(a+b\), \(a/b\) and \(|x|\)", r"a+b, a/b and \|x\|"),
        (r"\(50\%\) of \(\{1, 2\}\)", "50% of {1, 2}"),
        (r"\(x \in [0, 1)\)", "x ∈ [0, 1)"),
        (r"so\(x^2\)", "sox²"),
        ("$2 + 3 = 5$ and $p < 0.05$", "2 + 3 = 5 and p < 0.05"),
        ("$(x+1)^2$ and ${x}^2$", "(x+1)² and x²"),
        (r"$x_i$ and $\sin(x)$ and $\alpha$-helix", "xᵢ and sin(x) and α-helix"),
        (r"\[x = 1\]", "x = 1"),
    ],
)
def test_what_reads_like_a_formula_is_one(written: str, shown: str) -> None:
    assert to_discord(written) == shown
