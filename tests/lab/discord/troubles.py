"""What makes Discord refuse or answer otherwise for a stretch: until a test takes it back, not for so many calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.lab.discord.core import ApiError

AUTOMOD, HARMFUL_LINK = 200_000, 240_000
TOLD_BY_THE_DOCS = {
    AUTOMOD: "Message was blocked by automatic moderation",
    HARMFUL_LINK: "Message blocked by harmful links filter",
}


@dataclass(eq=False)
class Troubles:
    """The troubles of now.

    `moderated`: texts that hold one of these words are refused with 400 and the code, wherever they are posted or
    edited in: a guild's AutoMod (200000) and Discord's filter of links (240000). `token_revoked`: every call with the
    bot's token is answered 401, as after a reset of the token; an interaction's token lives on. `outage`: every call is
    answered with this status. `left_out`: fields that no answer of a call carries, since the documentation calls them
    optional.
    """

    moderated: dict[str, int] = field(default_factory=dict)
    token_revoked: bool = False
    outage: int = 0
    left_out: set[str] = field(default_factory=set)

    def judge(self, text: str) -> None:
        """Refuse a text that moderation blocks.

        Raises:
            ApiError: it holds a word.
        """
        for word, code in self.moderated.items():
            if word in text:
                raise ApiError(400, code, TOLD_BY_THE_DOCS.get(code, "Message was blocked"))

    def fail(self) -> None:
        """Refuse everything in an outage.

        Raises:
            ApiError: there is one.
        """
        if self.outage:
            raise ApiError(self.outage, 0, "upstream connect error")

    def answered(self, body: Any) -> Any:
        """Return an answer without the fields that are left out."""
        if isinstance(body, list):
            return [self.answered(each) for each in body]
        if not isinstance(body, dict) or not self.left_out:
            return body
        return {name: self.answered(value) for name, value in body.items() if name not in self.left_out}
