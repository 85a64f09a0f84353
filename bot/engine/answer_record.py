"""What of a reply's parts makes up the answer: gathered as they pass by."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain import Completion, Delta, Notice, ReplyPart, Source, Sources, Withdrawal


@dataclass(slots=True)
class AnswerRecord:
    """An answer as far as it was said. `completion` is its end, None as long as there is none."""

    pieces: list[str] = field(default_factory=list)
    sources: tuple[Source, ...] = ()
    notices: list[Notice] = field(default_factory=list)
    completion: Completion | None = None

    @property
    def text(self) -> str:
        """The words so far."""
        return "".join(self.pieces)

    def take(self, part: ReplyPart) -> None:
        """Take in the next part."""
        match part:
            case Delta(text=text):
                self.pieces.append(text)
            case Withdrawal():
                self.pieces.clear()
            case Sources(sources=found):
                self.sources = found
            case Notice():
                self.notices.append(part)
            case Completion():
                self.completion = part
