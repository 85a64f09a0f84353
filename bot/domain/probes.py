"""Probes: what a model was measured to make of lessons, question by question, counted by language. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from bot.domain.course import Passage

MOST_WRONG = 0.1
"""Of what a model shows its readers at most this part may be wrong: what no passage answers, or a wrong figure."""

LEAST_TOLD = 0.6
"""It has to tell this part of the facts asked for, which quotes tell as well: 0.61 and 0.64 with a real model."""

MOST_REMOVED = 0.35
"""At most this part of its sentences may fail the check: what is left of more has holes a reader stumbles over."""

FEWEST_TRIED = 3
MOST_KNOWN, LEAST_NOISE = 1 / 3, 1 / 2
"""A language is called unknown to a model that answered so often in it, told what was asked at most in this part of its
answers, and wrote that part of its sentences wrongly: a model of 1.5 billion parameters, whose Hebrew is noise, hits on
a figure in two answers of six, with nine of ten sentences wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeQuestion:
    """A question about passages that are the same for all questions of a language.

    `tells` are the facts that answer it, each in all the ways it may be said; () where the passages do not answer.
    `forbids` is wrong wherever it is said.
    """

    id: int
    language: str
    text: str
    passages: Sequence[Passage]
    tells: tuple[tuple[str, ...], ...] = ()
    forbids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeTally:
    """Counts of one language, or of one question.

    `asked` and `open` are the questions that the passages answer, and do not answer; `facts` those asked for. Of what a
    reader sees: `told` facts; `refused` answerable questions without an answer; `wrong` answers, be it to an open
    question or with a figure that is forbidden. `sentences` are all that the model wrote, `removed` those that the
    check took out. `tried` answerable questions it did not refuse itself, and of these `knew` with a right fact.
    """

    asked: int = 0
    open: int = 0
    facts: int = 0
    told: int = 0
    refused: int = 0
    wrong: int = 0
    sentences: int = 0
    removed: int = 0
    tried: int = 0
    knew: int = 0

    def __add__(self, other: ProbeTally) -> ProbeTally:
        """Return both counts together."""
        return ProbeTally(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)})

    @property
    def may_word(self) -> bool:
        """Whether what was counted is good enough for readers."""
        questions = self.asked + self.open
        return (
            questions > 0
            and self.told >= LEAST_TOLD * self.facts
            and self.wrong <= MOST_WRONG * questions
            and self.removed <= MOST_REMOVED * self.sentences
        )

    @property
    def is_noise(self) -> bool:
        """Whether it answered, and never with what was asked, or hardly ever and mostly with what no passage says."""
        if self.tried < FEWEST_TRIED or self.knew > MOST_KNOWN * self.tried:
            return False
        return not self.knew or self.removed >= LEAST_NOISE * self.sentences


NOTHING = ProbeTally()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """What one model was measured to make of lessons: `key` stands for its content, `server` for what ran it.

    `edition` counts the versions of the questions. `tallies` are by language.
    """

    model: str
    key: str
    server: str
    edition: int
    probed_at: datetime
    tallies: Mapping[str, ProbeTally]

    @property
    def total(self) -> ProbeTally:
        """The counts of all languages together."""
        return summed(self.tallies.values())

    def may_word(self, language: str) -> bool:
        """Whether the model words answers in a language; in one it was not asked in, as in most others."""
        tally = self.tallies.get(language.partition("-")[0])
        return tally.may_word if tally else len(self.worded) > len(self.quoted)

    @property
    def worded(self) -> Sequence[str]:
        """The languages in which it earned to word answers."""
        return [language for language, tally in sorted(self.tallies.items()) if tally.may_word]

    @property
    def quoted(self) -> Sequence[str]:
        """The languages in which lessons are quoted in its place."""
        return [language for language, tally in sorted(self.tallies.items()) if not tally.may_word]

    @property
    def unknown(self) -> frozenset[str]:
        """The languages that the model does not know."""
        return frozenset(language for language, tally in self.tallies.items() if tally.is_noise)


def summed(tallies: Iterable[ProbeTally]) -> ProbeTally:
    """Return counts together."""
    return sum(tallies, NOTHING)
