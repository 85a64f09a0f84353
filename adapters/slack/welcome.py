"""What people see before they have asked: suggestions in their DM with the bot, and its Home tab."""

from __future__ import annotations

from typing import Any

from adapters.cutting import split
from adapters.slack.events import HomeOpened, MessagesOpened
from adapters.slack.manifest import prompts
from adapters.slack.workspace import Workspace
from bot.domain import CommandCall, Notice
from bot.errors import BotError
from bot.i18n import sentence, text

SECTION_CHARS = 3_000


class Welcome:
    """Greets who opens the app."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def suggest(self, opened: MessagesOpened) -> None:
        """Suggest things to say in the DM, the first installed model by name among them; nothing to who may not."""
        person = await self._workspace.people.find(opened.user)
        try:
            await self._workspace.engine.check(person=person, address=opened.address)
        except BotError:
            return
        models = await self._workspace.engine.suggest("model use", "name", "", person=person, address=opened.address)
        await self._workspace.quietly(
            self._workspace.web.without_retries.assistant_threads_setSuggestedPrompts(
                channel_id=opened.address.channel, prompts=prompts(person.locale, model=next(iter(models), ""))
            )
        )

    async def show_home(self, opened: HomeOpened) -> None:
        """Publish what the bot can do, as `/help` says it, in the person's language."""
        person = await self._workspace.people.find(opened.user)
        call = CommandCall(event_id="", address=opened.address, person=person, command="help", direct=True)
        try:
            said = [
                sentence(part, person.locale)
                async for part in self._workspace.engine.execute(call)
                if isinstance(part, Notice)
            ]
        except BotError as error:
            said = [sentence(Notice(error.key, error.parameters), person.locale)]
        lines = "\n".join([*said, text("slack.home", person.locale)])
        blocks = [_section(part) for part in split(lines.replace("**", "*"), SECTION_CHARS)]
        await self._workspace.quietly(
            self._workspace.web.without_retries.views_publish(
                user_id=opened.user, view={"type": "home", "blocks": blocks}
            )
        )


def _section(mrkdwn: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn}}
