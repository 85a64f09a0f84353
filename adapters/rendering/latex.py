r"""Formulas as people read them in plain text: `x^2 \leq \frac{1}{2}` becomes `x² ≤ 1/2`. Pure.

`pylatexenc` parses and names the symbols; what stands above, below and beside each other is written here, since its own
text drops fractions' brackets and leaves exponents as they are. Knows nothing of Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db
from pylatexenc.latexwalker import (
    LatexCharsNode,
    LatexEnvironmentNode,
    LatexGroupNode,
    LatexMacroNode,
    LatexNode,
    LatexSpecialsNode,
    LatexWalker,
    LatexWalkerError,
)
from pylatexenc.macrospec import LatexContextDb

from adapters.rendering.remembered import remembered

# Longer or deeper than any formula in an answer; keeps the parser's recursion and time bounded.
MOST_CHARS = 2_000
MOST_DEPTH = 20

_SUPER = dict(
    zip("0123456789+-=()abcdefghijklmnoprstuvwxyz'", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ′", strict=True)
) | {"T": "ᵀ", "−": "⁻", "β": "ᵝ", "∗": "*", "*": "*", "∘": "°", "′": "′", "⊤": "ᵀ", "†": "†", ",": ",", " ": " "}
_SUB = dict(zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)) | {
    "−": "₋",
    "β": "ᵦ",
    "ρ": "ᵨ",
    ",": ",",
}
_SYMBOLS = {
    "implies": "⟹", "impliedby": "⟸", "iff": "⟺", "land": "∧", "lor": "∨", "lnot": "¬", "ne": "≠", "bmod": "mod",
    "mod": "mod", "argmax": "argmax", "argmin": "argmin", "det": "det", "gcd": "gcd", "deg": "deg", "degree": "°",
    "colon": ":", "coloneqq": "≔", "Re": "ℜ", "Im": "ℑ", "|": "‖", "checkmark": "✓", "quad": "  ", "qquad": "    ",
    "!": "", ",": " ", ";": " ", ":": " ", " ": " ", "dots": "…", "dotsc": "…", "dotsb": "…", "lt": "<", "gt": ">",
    "cdot": "·", "hspace": " ", "lvert": "|", "rvert": "|", "intercal": "ᵀ", "dim": "dim", "ker": "ker", "mid": "|",
    "Pr": "Pr", "sup": "sup", "inf": "inf", "sgn": "sgn", "prime": "′", "ldots": "…", "Box": "□", "epsilon": "ε",
    "%": "%", "$": "$", "#": "#", "&": "&", "_": "_", "{": "{", "}": "}",
    "leqslant": "≤", "geqslant": "≥", "dagger": "†", "ddagger": "‡", "iint": "∬", "iiint": "∭", "vdots": "⋮",
}  # fmt: skip


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SPECIALS = {"&": " ", "~": " ", "---": "—", "--": "–", "``": "“", "''": "”"}
# Say how big or where something is set: nothing of it is read.
_SILENT = _names(
    "left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr displaystyle textstyle limits nolimits notag"
)
_WORDS = _names("text textrm textbf textit texttt mathrm mathbf mathit mathsf mathtt operatorname boldsymbol bm")
_PLAIN = _WORDS | _names("boxed mathop mathbin mathrel underbrace overbrace underline mbox hbox pmb")
_DRAWN = _names("mathbb mathcal mathfrak mathscr hat widehat vec bar tilde widetilde dot ddot")
_FRACTIONS = _names("frac tfrac dfrac cfrac")
_ALIGNED = _names("aligned align align* gather gather* gathered equation equation* split multline multline*")
_MATRICES = {
    "matrix": "[]", "pmatrix": "()", "bmatrix": "[]", "Bmatrix": "{}", "vmatrix": "||", "Vmatrix": "‖‖",
    "smallmatrix": "[]", "array": "[]",
}  # fmt: skip
_ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}
_COMMANDS = (
    _SILENT | _PLAIN | _DRAWN | _FRACTIONS
    | _names("begin binom dbinom tbinom sqrt overline pmod tag xrightarrow stackrel overset underset not")
)  # fmt: skip
_SIMPLE = re.compile(r"[\w.′'…°∞\u0300-\u036f\u20d0-\u20ff]*(?:\([^()]*\))?[⁰-⁹]?")


class _Unreadable(Exception):
    """Something in the formula has no plain text."""


@remembered(1024)
def readable(tex: str) -> str | None:
    """Return a formula as plain text, its rows as lines; None where a part of it has none.

    Remembered, since an answer is rendered anew each time it has grown.
    """
    if len(tex) > MOST_CHARS or _depth(tex) > MOST_DEPTH:
        return None
    try:
        nodes, _, _ = LatexWalker(tex, tolerant_parsing=False).get_latex_nodes()
        text = _text(nodes)
    except (LatexWalkerError, _Unreadable):
        return None
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line) or None


def is_known(name: str) -> bool:
    """Whether a command of this name belongs to formulas."""
    return name in _COMMANDS or _symbol(name) is not None


def _depth(tex: str) -> int:
    depth = deepest = 0
    for character in tex:
        depth += (character == "{") - (character == "}")
        deepest = max(deepest, depth)
    return deepest + tex.count("\\begin")


def raised(text: str) -> str:
    """Return a text as a superscript."""
    return _script(text, _SUPER, "^")


def lowered(text: str) -> str:
    """Return a text as a subscript."""
    return _script(text, _SUB, "_")


def _script(text: str, letters: dict[str, str], mark: str) -> str:
    if all(character in letters for character in text):
        return "".join(letters[character] for character in text)
    return f"{mark}{text}" if len(text) == 1 else f"{mark}({text})"


def _text(nodes: Sequence[LatexNode | None]) -> str:
    """Write nodes one after the other; `^` and `_` take what follows them."""
    written: list[str] = []
    atoms = _atoms([node for node in nodes if node is not None])
    for atom in atoms:
        if atom in ("^", "_"):
            following = next(atoms, "").strip()
            if following in ("", "^", "_"):
                raise _Unreadable
            written.append((raised if atom == "^" else lowered)(following))
        else:
            written.append(atom)
    return "".join(written)


def _atoms(nodes: Sequence[LatexNode]) -> Iterator[str]:
    """Yield the parts that a script may be set on, each as text."""
    rest = iter(nodes)
    for node in rest:
        if isinstance(node, LatexCharsNode):
            yield from node.chars.replace("-", "−").replace("*", "∗").replace("'", "′")
        elif isinstance(node, LatexGroupNode):
            yield _text(node.nodelist)
        elif isinstance(node, LatexMacroNode):
            yield from _macro(node, rest)
        elif isinstance(node, LatexEnvironmentNode):
            yield _environment(node)
        elif isinstance(node, LatexSpecialsNode):
            yield _SPECIALS.get(node.specials_chars, node.specials_chars)
        else:
            raise _Unreadable


def _macro(node: LatexMacroNode, rest: Iterator[LatexNode]) -> Iterator[str]:
    name = node.macroname
    symbol = _symbol(name)
    if name in _SILENT:
        return
    if name == "\\":
        yield "\n"
    elif symbol is not None:
        yield symbol
        yield from node.macro_post_space
    elif name == "not":
        yield f"{_argument(node, 0, rest)}\N{COMBINING LONG SOLIDUS OVERLAY}"
    elif name in _DRAWN:
        yield LatexNodes2Text(math_mode="text").nodelist_to_text([node])
    elif name in _PLAIN:
        yield _plain(node, rest)
        yield from node.macro_post_space
    else:
        yield _structure(name, node, rest)


def _structure(name: str, node: LatexMacroNode, rest: Iterator[LatexNode]) -> str:  # noqa: PLR0911 - one a macro
    if name in _FRACTIONS:
        return f"{_bracketed(_argument(node, 0, rest))}/{_bracketed(_argument(node, 1, rest))}"
    if name in ("binom", "dbinom", "tbinom"):
        return f"({_argument(node, 0, rest)} choose {_argument(node, 1, rest)})"
    if name == "sqrt":
        index = _optional(node)
        return f"{_ROOTS.get(index) or raised(index) + '√'}{_bracketed(_argument(node, 1, rest))}"
    if name in ("overline", "bar"):
        inner = _argument(node, 0, rest)
        return "".join(f"{letter}\N{COMBINING OVERLINE}" for letter in inner)
    if name == "pmod":
        return f"(mod {_argument(node, 0, rest)})"
    if name == "tag":
        return f" ({_argument(node, 0, rest)})"
    if name in ("xrightarrow", "stackrel", "overset", "underset"):
        return _stacked(name, node, rest)
    raise _Unreadable


def _stacked(name: str, node: LatexMacroNode, rest: Iterator[LatexNode]) -> str:
    if name == "xrightarrow":
        return f"→{raised(_argument(node, 1, rest))}"
    above, base = _argument(node, 0, rest), _argument(node, 1, rest)
    return f"{base}{(lowered if name == 'underset' else raised)(above)}"


def _plain(node: LatexMacroNode, rest: Iterator[LatexNode]) -> str:
    """Write an argument without what is said of its face; words keep their hyphens."""
    text = _argument(node, 0, rest)
    return text.replace("−", "-").replace("′", "'").replace("∗", "*") if node.macroname in _WORDS else text


def _argument(node: LatexMacroNode, number: int, rest: Iterator[LatexNode]) -> str:
    """Return an argument; the parser leaves those of macros it does not know behind them."""
    found = [argument for argument in node.nodeargd.argnlist if argument is not None] if node.nodeargd else []
    known = node.nodeargd.argnlist if node.nodeargd and len(node.nodeargd.argnlist) > number else ()
    given = known[number] if known else None
    if given is None and not found:
        given = next(rest, None)
    if given is None:
        raise _Unreadable
    return _text([given]) if node.macroname in _WORDS else _text([given]).strip()


def _optional(node: LatexMacroNode) -> str:
    given = node.nodeargd.argnlist[0] if node.nodeargd and node.nodeargd.argnlist else None
    return "" if given is None else _text([given]).strip()


def _bracketed(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) else f"({text})"


def _environment(node: LatexEnvironmentNode) -> str:
    name = node.environmentname
    if name in _ALIGNED:
        return "\n" + "\n".join(_text(row) for row in _split(node.nodelist, "\\")) + "\n"
    rows = [[_text(cell).strip() for cell in _split(row, "&")] for row in _split(node.nodelist, "\\")]
    filled = [row for row in rows if any(row)]
    if name in _MATRICES:
        return _MATRICES[name][0] + "; ".join(" ".join(row) for row in filled) + _MATRICES[name][1]
    if name == "cases":
        return "{ " + "; ".join(", ".join(cell.rstrip(",") for cell in row) for row in filled)
    raise _Unreadable


def _split(nodes: Sequence[LatexNode], at: str) -> list[list[LatexNode]]:
    r"""Cut nodes at row ends (`\\`) or at cell ends (`&`)."""
    parts: list[list[LatexNode]] = [[]]
    for node in nodes:
        if (isinstance(node, LatexMacroNode) and node.macroname == at) or (
            isinstance(node, LatexSpecialsNode) and node.specials_chars == at
        ):
            parts.append([])
        else:
            parts[-1].append(node)
    return parts


@remembered(1024)
def _symbol(name: str) -> str | None:
    """Return what a macro without arguments reads as, None where it has some or is unknown."""
    if name in _SYMBOLS:
        return _SYMBOLS[name]
    known = _known().get_macro_spec(name)
    text = known.simplify_repl if isinstance(known, MacroTextSpec) else None
    # With a percent sign it is a pattern for arguments.
    return text if isinstance(text, str) and text and "%" not in text else None


@cache
def _known() -> LatexContextDb:
    return get_default_latex_context_db()
