"""What one way of models to mark something is, and how a row that says so is written.

A mark is written as a model writes it. In it `…` stands for a few characters of the same line, `{model}` and `{person}`
for the names that templates give to a role, `{thinking}` for those of reasoning, `{name}` for a token's, `{line}`
for a line's end; a tag may carry blanks, attributes and a model's name in front. `expressions.py` reads this.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class MarkKind(Enum):
    """What is done about a dialect's marks."""

    REASONING = "left out, to the closing mark; a closing mark alone: all before it is left out"
    CALL = "left out, to the closing mark or the end"
    ANSWER = "the answer begins here: all before it is left out"
    WRAPPER = "the marks are left out where they stand around the answer"
    TURN = "behind words the answer ends; before any, left out up to the model's own turn"
    END = "the answer ends here"
    TEXT = "no mark of a model: it stays"
    TOKEN = "left out"  # noqa: S105 - a token of a model's vocabulary


@dataclass(frozen=True, slots=True)
class ModelDialect:
    """One way to mark something: `opening` to any of `closings`, or to the end where there is none.

    `is_first`: the opening is one only before any other word. `closes_alone`: a closing mark is
    one without its opening.
    """

    opening: str
    closings: tuple[str, ...] = ()
    kind: MarkKind = MarkKind.REASONING
    models: str = ""
    source: str = ""
    is_first: bool = False
    closes_alone: bool = True


def tagged(name: str, *more: str, models: str, source: str, is_first: bool = False) -> ModelDialect:
    """Return the dialect of a pair of tags; `more` are names its closing tag may have as well."""
    return ModelDialect(
        f"<{name}>",
        tuple(f"</{each}>" for each in (name, *more)),
        models=models,
        source=source,
        is_first=is_first,
        closes_alone=not is_first,
    )


def call(opening: str, *closings: str, models: str, source: str, closes_alone: bool = True) -> ModelDialect:
    """Return the dialect of a call of a tool, which nobody asked for: the bot offers none."""
    return ModelDialect(opening, closings, MarkKind.CALL, models, source, closes_alone=closes_alone)


def turn(opening: str, closing: str, *, models: str, source: str) -> ModelDialect:
    """Return the dialect of a template: how a person's turn begins, and how the model's own does."""
    return ModelDialect(opening, (closing,), MarkKind.TURN, models, source)


def wrapper(name: str, *, models: str, source: str) -> ModelDialect:
    """Return the dialect of tags around the answer itself."""
    return ModelDialect(
        f"<{name}>", (f"</{name}>",), MarkKind.WRAPPER, models, source, is_first=True, closes_alone=False
    )


def token(mark: str, kind: MarkKind, *, models: str, source: str) -> ModelDialect:
    """Return the dialect of a mark that stands alone."""
    return ModelDialect(mark, (), kind, models, source)


# Where no public report shows a mark in an answer, it is known from the model's own template.
TEMPLATE, PROMPTS = "chat template", "prompts that ask for it"
HARMONY, STRIPPED = "NousResearch/hermes-agent#84158", "Augustas11/macprovider#743"
GATEWAYS = "vectorize-io/hindsight#2195"
PANEL = "open-webui/open-webui#9348"
