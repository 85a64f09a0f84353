"""The page: what a person should see of one reply at this moment, before any platform is asked to show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from adapters.cutting import File, with_below
from adapters.delivery.omissions import Omissions
from bot.domain import (
    Attached,
    Button,
    Completion,
    Delta,
    Doing,
    Failed,
    Figures,
    FinishReason,
    Notice,
    Offer,
    ReplyPart,
    Source,
    Sources,
    Speaker,
    SpokenWords,
    State,
    Withdrawal,
)
from bot.i18n import sentence

SMALL = 10
MICROPHONE = "\N{MICROPHONE}"


@dataclass(slots=True)
class Page:
    """Gathers a reply's parts. Cheap to add to: texts are joined only when somebody looks."""

    locale: str
    state: State | None = None
    is_over: bool = False
    heading: str = ""
    heard: str = ""
    pieces: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    sources: Sources | None = None
    offer: Offer | None = None
    files: list[File] = field(default_factory=list)
    figures: Figures | None = None
    figures_at: int = 0
    completion: Completion | None = None
    chars: int = 0
    version: int = 0
    omissions: Omissions = field(default_factory=Omissions)

    def take(self, part: ReplyPart) -> None:
        """Add a part."""
        self.version += 1
        match part:
            case Delta(text=text):
                self.pieces.append(text)
                self.chars += len(text.strip()) if not self.chars else len(text)
            case Withdrawal():
                self.pieces.clear()
                self.omissions.forget()
                self.chars, self.sources = 0, None
            case State():
                self.state = part
            case Notice():
                self.notices.append(part)
            case Sources():
                self.sources = part
            case Completion(reason=reason):
                self.completion = part
                if reason is FinishReason.STOPPED:
                    self.notices.append(Notice("notice.stopped"))
            case Failed(notice=notice):
                self.notices.append(notice)
            case Speaker() | SpokenWords() | Offer() | Attached() | Figures():
                self._add(part)

    def _add(self, part: Speaker | SpokenWords | Offer | Attached | Figures) -> None:
        """Add what stands above the answer, what comes with its last message, and figures among the sentences."""
        match part:
            case Speaker():
                self.heading = f"{sentence(Notice('assistant.heading', {'name': part.name}), self.locale)}\n\n"
            case SpokenWords(text=text):
                self.heard = f"> {MICROPHONE} {text}\n\n"
            case Offer():
                self.offer = part
            case Attached():
                self.files.append(File(part.name, part.text, is_written_out=False))
            case Figures():
                self.figures, self.figures_at = part, len(self.notices)

    def copy(self) -> Page:
        """Return the page as it is now: what is taken in later does not change it."""
        return replace(self, pieces=[*self.pieces], notices=[*self.notices], omissions=self.omissions.copy())

    @property
    def raw(self) -> str:
        """What the model wrote so far, to the character, below the name it answers under and what it heard."""
        return "".join([self.heading, self.heard, *self.pieces]) if self.chars else "".join(self.pieces)

    @property
    def written(self) -> str:
        """What is to be read of it: all but what the platform refuses."""
        return self.omissions.applied(self.raw)

    @property
    def is_whole(self) -> bool:
        """Whether it is over, and not only a part of it is shown for now."""
        return self.is_over and not self.omissions.is_trying

    @property
    def answer(self) -> str:
        """The model's words so far, without white space at the ends; "" when nothing visible came."""
        return self.written.strip()

    @property
    def is_in_line(self) -> bool:
        """Whether the newest state is a place in line."""
        return self.state is not None and self.state.doing is Doing.QUEUED

    @property
    def is_state_to_stand(self) -> bool:
        """Whether the newest state is to be seen where the reply stands."""
        return self.state is not None and self.state.doing.stands

    def state_text(self) -> str:
        """What the bot is doing, in the person's words; "" when it said nothing of that."""
        if self.state is None:
            return ""
        return sentence(Notice(f"state.{self.state.doing.value}", self.state.parameters), self.locale)

    @property
    def buttons(self) -> tuple[Button, ...]:
        """What stands under the finished reply to be pressed."""
        return self.offer.buttons if self.offer else ()

    @property
    def names_buttons(self) -> bool:
        """Whether the words number and name what can be pressed."""
        return self.offer is not None and self.offer.is_told

    def whole(self, below: str, *, has_tables: bool = False) -> str:
        """The finished text: the answer with what stands below it, or the notices alone.

        `has_tables`: figures are shown otherwise, not in words.
        """
        if not self.answer:
            return "\n".join(sentence(notice, self.locale) for notice in self._told(has_tables=has_tables))
        return with_below(self.answer, below) if below else self.answer

    def below(self, footnote: Callable[[str], str], *, has_footer: bool = False) -> str:
        """What stands below the finished answer: sources, then notices, each a line.

        With `has_footer` the last one says which model wrote the answer, and how fast.
        """
        footer = self._footer() if has_footer and not self.omissions.is_bare else None
        said = [sentence(notice, self.locale) for notice in (*self._told(), *((footer,) if footer else ()))]
        return "\n".join([*self._numbered(), *(footnote(line) for line in said)])

    def _told(self, *, has_tables: bool = False) -> list[Notice]:
        """Return the notices, the figures in words among them, and at their end that something was refused."""
        told = [] if self.omissions.is_bare else list(self.notices)
        if self.figures and not has_tables and not self.omissions.is_bare:
            told[self.figures_at : self.figures_at] = self.figures.told
        if self.omissions.is_needed:
            told.append(self._left_out())
        return told

    def _left_out(self) -> Notice:
        if self.omissions.is_moderated:
            return Notice("notice.left_out" if self.answer else "error.content_refused")
        return Notice("notice.left_out_unfit" if self.answer else "error.content_unfit")

    def _footer(self) -> Notice | None:
        """Say how the answer was made, where the model's host measured it."""
        made = self.completion
        if made is None or not made.answer_tokens or made.answer_s <= 0:
            return None
        rate = made.answer_tokens / made.answer_s
        parameters = {"model": made.model, "seconds": _figure(made.answer_s), "rate": _figure(rate)}
        return Notice("answer.footer", parameters)

    def _numbered(self) -> list[str]:
        sources = self.sources.sources if self.sources and not self.omissions.is_bare else ()
        return [f"[{number}] {self._named(source)}" for number, source in enumerate(sources, start=1)]

    def _named(self, source: Source) -> str:
        """Return a source's title, as a link where it has an address, and whether it is old."""
        named = f"[{source.title}]({source.url})" if source.url else source.title
        return f"{named} {sentence(Notice('sources.stale'), self.locale)}" if source.is_stale else named


def _figure(value: float) -> str:
    """Write a figure for reading: one digit after the point where it is small."""
    return f"{value:.1f}" if value < SMALL else f"{value:.0f}"
