"""Sentences about lessons, each labelled by hand: what its passage says, and what it does not.

A file a language. `=` begins a passage (title | heading, its text in the next line), `+` a sentence that it bears out,
`- kind:` one that it does not: by its `number`, `name` or `negation`, of the `wrong` thing, with an `extra` clause,
an invented `link`, or a `bare` number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bot.domain import Chunk, Document, Passage
from bot.lessons.answers.grounding import Grounding

HERE = Path(__file__).parent
LANGUAGES = ("ar", "de", "en", "es", "he", "zh")


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence as a model may write it: `kind` is "" where the passage bears it out, else what is wrong with it."""

    passage: Passage
    text: str
    kind: str

    @property
    def is_true(self) -> bool:
        """Whether the passage says what the sentence says."""
        return not self.kind

    @property
    def is_kept_aside(self) -> bool:
        """Whether it is of the half that nobody looked at when the check was made."""
        return sha256(self.text.encode()).digest()[0] % 2 == 1


@dataclass(frozen=True, slots=True)
class Rates:
    """How the check does: which false claims pass, and which true ones are left out."""

    passed: Sequence[Claim]
    removed: Sequence[Claim]
    false: int
    true: int

    @property
    def wrongly_passed(self) -> float:
        """The share of the false claims that pass."""
        return len(self.passed) / self.false

    @property
    def wrongly_removed(self) -> float:
        """The share of the true claims that are left out."""
        return len(self.removed) / self.true


def claims(*, prefix: str = "") -> list[Claim]:
    """Return all claims of the files whose name is `prefix` and a language."""
    return [claim for language in LANGUAGES for claim in _read(HERE / f"{prefix}{language}.txt", language)]


async def is_shown(claim: Claim) -> bool:
    """Whether a model that writes the claim, and cites its passage, is let through."""
    proof = Grounding([claim.passage])
    said = (await proof.feed(f"{claim.text} [1]\n")).text + (await proof.finish()).text
    return bool(said)


async def rates(tried: Sequence[Claim]) -> Rates:
    """Return how the check does on these claims."""
    shown = [await is_shown(claim) for claim in tried]
    passed = [claim for claim, is_kept in zip(tried, shown, strict=True) if is_kept and not claim.is_true]
    removed = [claim for claim, is_kept in zip(tried, shown, strict=True) if not is_kept and claim.is_true]
    true = sum(claim.is_true for claim in tried)
    return Rates(passed, removed, len(tried) - true, true)


def _read(path: Path, language: str) -> Iterator[Claim]:
    passage: Passage | None = None
    lines = iter(path.read_text(encoding="utf-8").splitlines())
    for line in lines:
        if line.startswith("= "):
            passage = _passage(*line[2:].split(" | "), text=next(lines), language=language)
        elif passage and line.startswith("+ "):
            yield Claim(passage, line[2:], "")
        elif passage and line.startswith("- "):
            kind, _, text = line[2:].partition(": ")
            yield Claim(passage, text, kind)


def _passage(title: str, heading: str, *, text: str, language: str) -> Passage:
    return Passage(
        id=1,
        document=Document(
            course="claims", lesson=title, title=title, language=language, path=f"{title}.md", content_hash="1"
        ),
        chunk=Chunk(section=1, heading_path=(title, heading), anchor="a", text=text, language=language),
        score=1.0,
    )
