"""Forms of inline Markdown, with words to fill in, and texts made of them: what a model may write in a line."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

# Marks around words, one in another.
MARKS = (
    "*{a}*", "_{a}_", "**{a}**", "__{a} {b}__", "***{a}***", "~~{a}~~", "**{a} *{b}* {c}**", "*{a} **{b}** {c}*",
    "_{a} **{b}** {c}_", "**{a} _{b}_ {c}**", "**~~{a}~~ {b}**", "~~{a} *{b}*~~", "*{a}*, *{b}*", "**{a}**{b}",
    "(*{a}*)", "_({a})_", '**"{a}"**', "*{a}\n{b}*", "**{a}\n{b}**", "_{a}_ and _{b}_", "**{a}:** {b}", "***{a}** {b}*",
)  # fmt: skip
# Code, alone and in marks.
CODE = (
    "`{a}`", "`{a} || {b}`", "`*{a}*`", "`_{a}_`", "`__{a}__`", "``{a}`{b}``", "`{a}_`", "**`{a}`**", "*{a} `{b}`*",
    "`<{a}>`", "`~~{a}~~`", "`\\`", "**{a} `x ** y` {b}**", "*{a} `x*y` {b}*", "_{a} `x_` {b}_", "`x *y`", "` `` `",
)  # fmt: skip
# Signs that are text.
SIGNS = (
    "{a} * {b}", "*{a}", "{a}*", "*{a}, **{b}", "{a} ** {b}", "**{a}", "x*y*", "{a} || {b}", "||", "{a}||{b}",
    "|{a}|", "a_b_c", "x_", "_x", "__x", "x__y", "x__ y", "____", "__ {a} __", "{a} ~~ {b}", "~{a}", "~~{a}",
    "# {a}", "1 < 2 > 0", "*/5 * *", "int *x, *y;", "f(*x, **y)", "{{**x}}", "\\*{a}\\*", "\\_{a}_", "{a}`{b}",
    "\\{a}", "C:\\{a}", "5 -# {a}", "&amp;{a}", "&lt;{a}&gt;", "&#42;{a}&#42;", "-{a}", "{a}: > {b}", "[{a}]",
    "[{a}] ({b})", "({a})", "{a}!", "¯\\_({a})",
)  # fmt: skip
ADDRESSES = ("https://h.example/x_y_z", "<https://h.example/a*b>", "[{a}](https://h.example)")
FORMS = (*MARKS, *CODE, *SIGNS, *ADDRESSES)

WORDS = {
    "english": ("owl", "night", "snowy", "mice"),
    "hebrew": ("ינשוף", "לילה", "לבן", "עכבר"),
    "arabic": ("بومة", "ليل", "أبيض", "فأر"),
}
BLOCKS = ("", "", "", "- ", "1. ", "> ", "# ", "### ", "#### ", ">>> ", "-# ", "> > ", "* ", "- > ", "> - ", "- # ")
FENCE = "```py\nx = a ** b || _c_  # **no** mark\n\n> no quote\n```"


def filled(form: str, words: Sequence[str], random: Random) -> str:
    """Return a form with words in it."""
    return form.format(a=random.choice(words), b=random.choice(words), c=random.choice(words))


def text_of(seed: int, language: str) -> str:
    """Return a text of some blocks, the same for the same seed."""
    random, words = Random(seed), WORDS[language]
    blocks = []
    for _ in range(random.randint(1, 4)):
        if random.random() < 1 / 12:
            blocks.append(FENCE)
            continue
        before = random.choice(BLOCKS)
        line = " ".join(
            filled(random.choice(FORMS), words, random) if random.random() < 2 / 3 else random.choice(words)
            for _ in range(random.randint(1, 6))
        )
        blocks.append(before + (line if not before.strip() else line.replace("\n", " ")))
    has_prompt = any(block.startswith(">>>") for block in blocks)
    return random.choice(("\n\n", "\n\n", "\n\n" if has_prompt else "\n")).join(blocks)
