"""Who people are: names, roles and languages from `users.info`, remembered for some minutes."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.refusals import CALL_ERRORS
from bot.clock import Clock
from bot.domain import Person

REMEMBERED_S = 300.0
MOST_REMEMBERED = 10_000
# The event waits for its acknowledgement meanwhile, and Slack waits three seconds for that.
LOOKUP_TIMEOUT_S = 1.0
HEBREW = re.compile(r"[\u0590-\u05ff]")
log = structlog.get_logger(__name__)


class People:
    """Looks people up. A lookup that fails costs a name, never a message."""

    def __init__(self, *, client: AsyncWebClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, Person]] = OrderedDict()
        self._names: dict[str, str] = {}

    @property
    def names(self) -> Mapping[str, str]:
        """The display names known so far, by user id."""
        return self._names

    async def find(self, user: str, *, said: str = "") -> Person:
        """Return the person; where Slack does not say, under their id, in the language of what they `said`."""
        known = self._known.get(user)
        if known and self._clock.now() < known[0]:
            return known[1]
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT_S):
                answer = await self._client.users_info(user=user, include_locale=True)
        except CALL_ERRORS as error:
            log.warning("slack.person_unknown", user=user, error=type(error).__name__)
            return known[1] if known else Person(user, user, locale=language_of(said))
        return self._remember(to_person(user, answer.get("user"), said=said))

    def _remember(self, person: Person) -> Person:
        self._known[person.id] = (self._clock.now() + REMEMBERED_S, person)
        self._known.move_to_end(person.id)
        self._names[person.id] = person.name
        if len(self._known) > MOST_REMEMBERED:
            oldest, _ = self._known.popitem(last=False)
            del self._names[oldest]
        return person


def to_person(user: str, answer: Any, *, said: str) -> Person:
    """Read a user of `users.info`, whatever of it is there."""
    values: dict[str, Any] = answer if isinstance(answer, dict) else {}
    profile: dict[str, Any] = values["profile"] if isinstance(values.get("profile"), dict) else {}
    name = profile.get("display_name") or profile.get("real_name") or values.get("real_name") or values.get("name")
    return Person(
        id=user,
        name=str(name or user),
        is_admin=any(values.get(role) is True for role in ("is_admin", "is_owner", "is_primary_owner")),
        locale=str(values.get("locale") or language_of(said)),
    )


def language_of(said: str) -> str:
    """Guess the language to speak from the letters somebody wrote."""
    return "he" if HEBREW.search(said) else "en"
