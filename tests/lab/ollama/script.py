"""What the stand-in says: scripted per chat, or by default a deterministic function of the prompt it was given."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto

FACT = re.compile(r"\b[A-Z]+-\d+\b")
COUNT = re.compile(r"\bcount to (\d+)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LabChat:
    """A chat as the model got to read it: after the server has dropped or cut what did not fit."""

    model: str
    messages: tuple[tuple[str, str], ...]  # (role, content), oldest first

    @property
    def last(self) -> str:
        """The newest user message."""
        return next((content for role, content in reversed(self.messages) if role == "user"), "")

    @property
    def facts(self) -> tuple[str, ...]:
        """Every canary of the whole prompt, in order: words like `OWL-4711`."""
        return tuple(dict.fromkeys(FACT.findall(" ".join(content for _, content in self.messages))))


def echo(chat: LabChat) -> str:
    """Answer "count to N" by counting; anything else with the question and every fact the prompt holds.

    A fact that leaked from another conversation is therefore read out aloud.
    """
    if match := COUNT.search(chat.last):
        return " ".join(str(number) for number in range(1, int(match[1]) + 1))
    facts = ", ".join(chat.facts) or "nothing"
    return f"You said: {chat.last}\nI remember: {facts}."


class Fault(Enum):
    """How a stream that has begun goes wrong."""

    ERROR_LINE = auto()  # the runner crashed: a line {"error": …}, then a proper end; the status stays 200
    END_EARLY = auto()  # a proper end, but no line with done: true
    BREAK_OFF = auto()  # the connection closes in mid-stream
    STALL = auto()  # silence until `lab.resume()`, then it goes on


@dataclass(frozen=True, slots=True)
class Say:
    """Say `text` (None: what the lab would say by itself); after `after` tokens the fault, if any, happens.

    `thinking` is written before the text by thinking models that were not told not to. `figures` replace those that
    the last line would tell.
    """

    text: str | None = None
    thinking: str = "Let me think about this."
    fault: Fault | None = None
    after: int = 0
    figures: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer with exactly this instead of a stream: a refusal, or something that is not Ollama at all.

    Status 0 answers nothing, ever. `location` is where a redirect leads.
    """

    status: int
    error: str = ""
    body: str | None = None
    content_type: str = "application/json; charset=utf-8"
    location: str = ""


@dataclass(frozen=True, slots=True)
class Flood:
    """Write `first`, then `again` for ever, every `every_s` seconds, until the client leaves."""

    again: str
    every_s: float = 0.0
    first: str = ""
    status: int = 200


Script = Say | Reply | Flood

BUSY = Reply(503, "server busy, please try again.  maximum pending requests exceeded")
OUT_OF_MEMORY = Reply(500, "model requires more system memory (9.1 GiB) than is available (3.4 GiB)")
# What the machine elsewhere answers that runs a remote model, passed on by the host in its own shape.
NOT_SIGNED_IN = Reply(401, "unauthorized")
NOT_PAID = Reply(402, "you have used up your plan, upgrade to go on")
NO_SUBSCRIPTION = Reply(403, "this model requires a subscription, upgrade for access")
CLOUD_IS_OFF = Reply(403, "ollama cloud is disabled: remote model is unavailable")
RETIRED = Reply(410, "this model was retired")
TOO_LARGE = Reply(413, "request body too large")
