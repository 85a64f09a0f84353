"""Who people are: names, roles, teams and languages from `users.info`, remembered for some minutes.

What a person may is a fact of the person: guests, people of another organisation and bots are never admins here.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.payload import inner, text
from adapters.slack.place import Identity
from adapters.slack.refusals import CALL_ERRORS, refusal
from bot.clock import Clock
from bot.domain import Person
from bot.errors import Unavailable

REMEMBERED_S = 300.0
MOST_REMEMBERED = 10_000
# The event waits for its acknowledgement meanwhile, and Slack waits three seconds for that.
LOOKUP_TIMEOUT_S = 1.0
# A decision about others waits longer: nothing waits for it but the person.
DECISION_TIMEOUT_S = 5.0
HEBREW = re.compile(r"[\u0590-\u05ff]")
# Accounts that rule nowhere but at home, or nowhere.
NEVER_ADMINS = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "deleted")
ADMINS = ("is_admin", "is_owner", "is_primary_owner")
# Slack's own word that nobody here has this id.
UNKNOWN = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
log = structlog.get_logger(__name__)


class Account(NamedTuple):
    """What is remembered of a person: until when, and the workspace that is their own, "" where Slack does not say."""

    until: float
    person: Person
    team: str


class People:
    """Looks people up. A lookup that fails costs a name, never a message."""

    def __init__(self, *, client: AsyncWebClient, clock: Clock, identity: Identity) -> None:
        self._client = client
        self._clock = clock
        self._identity = identity
        self._known: OrderedDict[str, Account] = OrderedDict()
        self._names: dict[str, str] = {}

    @property
    def names(self) -> Mapping[str, str]:
        """The display names known so far, by user id."""
        return self._names

    async def find(self, user: str, *, said: str = "") -> Person:
        """Return the person; where Slack does not say, under their id, in the language of what they `said`."""
        known = self._known.get(user)
        if known and self._clock.now() < known.until:
            return known.person
        try:
            values = await self._asked(user, within_s=LOOKUP_TIMEOUT_S)
        except CALL_ERRORS as error:
            log.warning("slack.person_unknown", user=user, error=type(error).__name__)
            return known.person if known else Person(user, user, locale=language_of(said))
        return self._remember(user, values, said=said)

    def team_of(self, user: str) -> str:
        """Return the workspace that is a person's own, as far as it is remembered; "" where it is not."""
        known = self._known.get(user)
        return known.team if known else ""

    async def is_admin(self, user: str, *, workspace: str) -> bool:
        """Whether a person is an admin of a workspace of ours, asked anew.

        Raises:
            Unavailable: Slack cannot be asked.
        """
        values = await self._decided(user, "error.rights_unknown")
        return is_admin(values, workspace=workspace, organisation=self._identity.organisation)

    async def is_member(self, user: str, *, workspace: str) -> bool:
        """Whether a workspace is a person's own.

        Raises:
            Unavailable: Slack cannot be asked.
        """
        return text(await self._decided(user, "error.member_unknown"), "team_id") == workspace

    async def _decided(self, user: str, key: str) -> Mapping[str, Any]:
        try:
            values = await self._asked(user, within_s=DECISION_TIMEOUT_S)
        except CALL_ERRORS as error:
            if isinstance(error, SlackApiError) and refusal(error) in UNKNOWN:
                return {}
            log.warning("slack.rights_unknown", user=user, error=type(error).__name__)
            raise Unavailable(key) from error
        if text(values, "id") not in ("", user):
            raise Unavailable(key)
        known = self._known.get(user)
        self._remember(user, values, said="", locale=known.person.locale if known else "")
        return values

    async def _asked(self, user: str, *, within_s: float) -> Mapping[str, Any]:
        async with asyncio.timeout(within_s):
            answer = await self._client.users_info(user=user, include_locale=True)
        values = answer.get("user")
        return values if isinstance(values, dict) else {}

    def _remember(self, user: str, values: Mapping[str, Any], *, said: str, locale: str = "") -> Person:
        me = self._identity
        person = to_person(user, values, said=said, identity=me, locale=locale)
        self._known[user] = Account(self._clock.now() + REMEMBERED_S, person, text(values, "team_id"))
        self._known.move_to_end(user)
        self._names[user] = person.name
        if len(self._known) > MOST_REMEMBERED:
            oldest, _ = self._known.popitem(last=False)
            del self._names[oldest]
        return person


def to_person(user: str, values: Mapping[str, Any], *, said: str, identity: Identity, locale: str = "") -> Person:
    """Read a user of `users.info`, whatever of it is there; `locale` stands in for one that Slack does not tell."""
    profile = inner(values, "profile")
    name = profile.get("display_name") or profile.get("real_name") or values.get("real_name") or values.get("name")
    return Person(
        id=user,
        name=str(name or user),
        is_admin=is_admin(values, workspace=identity.workspace, organisation=identity.organisation),
        locale=str(values.get("locale") or locale or language_of(said)),
    )


def is_admin(values: Mapping[str, Any], *, workspace: str, organisation: str) -> bool:
    """Whether a user of `users.info` is an admin of a workspace, or of the organisation the bot is installed for.

    What Slack calls an admin is one of the account's own workspace, and says nothing of another.
    """
    if any(values.get(mark) is True for mark in NEVER_ADMINS):
        return False
    enterprise = inner(values, "enterprise_user")
    if organisation and text(enterprise, "enterprise_id") == organisation and _has_role(enterprise):
        return True
    return text(values, "team_id") in ("", workspace) and _has_role(values)


def _has_role(values: Mapping[str, Any]) -> bool:
    return any(values.get(role) is True for role in ADMINS)


def language_of(said: str) -> str:
    """Guess the language to speak from the letters somebody wrote."""
    return "he" if HEBREW.search(said) else "en"
