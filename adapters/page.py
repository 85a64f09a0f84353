"""The page: what a person should see of one reply at this moment, before any platform is asked to show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.domain import Completion, Delta, Doing, Failed, FinishReason, Notice, Offer, ReplyPart, Source, Sources, State
from bot.i18n import sentence


@dataclass(slots=True)
class Page:
    """Gathers a reply's parts. Cheap to add to: texts are joined only when somebody looks."""

    locale: str
    state: State | None = None
    is_over: bool = False
    pieces: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    sources: Sources | None = None

    def take(self, part: ReplyPart) -> None:
        """Add a part."""
        match part:
            case Delta(text=text):
                self.pieces.append(text)
            case State():
                self.state = part
            case Notice():
                self.notices.append(part)
            case Sources():
                self.sources = part
            case Completion(reason=FinishReason.STOPPED):
                self.notices.append(Notice("notice.stopped"))
            case Failed(notice=notice):
                self.notices.append(notice)
            case Completion() | Offer():
                pass

    @property
    def answer(self) -> str:
        """The model's words so far, without white space at the ends; "" when nothing visible came."""
        return "".join(self.pieces).strip()

    @property
    def is_in_line(self) -> bool:
        """Whether the newest state is a place in line."""
        return self.state is not None and self.state.doing is Doing.QUEUED

    def state_text(self) -> str:
        """What the bot is doing, in the person's words; "" when it said nothing of that."""
        if self.state is None:
            return ""
        return sentence(Notice(f"state.{self.state.doing.value}", self.state.parameters), self.locale)

    def whole(self, footnote: Callable[[str], str]) -> str:
        """The finished text: the answer with sources and notices below it, or the notices alone."""
        said = [sentence(notice, self.locale) for notice in self.notices]
        if not self.answer:
            return "\n".join(said)
        below = [*self._numbered(), *(footnote(line) for line in said)]
        return "\n\n".join(block for block in (self.answer, "\n".join(below)) if block)

    def _numbered(self) -> list[str]:
        sources = self.sources.sources if self.sources else ()
        return [f"[{number}] {self._named(source)}" for number, source in enumerate(sources, start=1)]

    def _named(self, source: Source) -> str:
        """Return a source's title, as a link where it has an address, and whether it is old."""
        named = f"[{source.title}]({source.url})" if source.url else source.title
        return f"{named} {sentence(Notice('sources.stale'), self.locale)}" if source.is_stale else named
