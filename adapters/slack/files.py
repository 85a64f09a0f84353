"""Files that go with a message: uploaded into its thread, each once; where Slack takes none, posted as messages."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.base import Content, File, PostFailed, Undeliverable
from adapters.cutting import split
from adapters.slack.dialect import inert
from adapters.slack.messages import Messages
from adapters.slack.place import Place
from adapters.slack.recovery import OwnPosts
from adapters.slack.refusals import is_unsure, translated
from bot.i18n import text

MESSAGE_CHARS = 11_000
NO_SCOPE = "missing_scope"
log = structlog.get_logger(__name__)


def refused_upload(error: Undeliverable, locale: str) -> str:
    """Return what a person is told whose file Slack does not take."""
    return text("slack.no_file_scope" if str(error) == NO_SCOPE else "export.not_attached", locale)


class Attachments:
    """The files of one reply. `is_resumed`: an earlier attempt may have uploaded some.

    Slack keeps no metadata with a file, so each has a name of its own; people read its title.
    """

    def __init__(
        self, *, client: AsyncWebClient, place: Place, messages: Messages, own: OwnPosts, is_resumed: bool
    ) -> None:
        self._client = client
        self._place = place
        self._messages = messages
        self._own = own
        self._is_sure = not is_resumed
        self._there: set[str] = set()

    async def attach(self, files: Sequence[File], *, key: str) -> None:
        """Put the files below the message with this key.

        Raises what `Poster.edit` does; then it may be called again.
        """
        for file in files:
            name = f"{key.replace(':', '-')}-{file.name}"
            if name not in self._there and not self._is_sure:
                self._there |= await self._own.file_names()
            if name not in self._there:
                await self._upload(file, name, key)
            self._there.add(name)

    async def _upload(self, file: File, name: str, key: str) -> None:
        try:
            with translated():
                await self._client.files_upload_v2(
                    channel=self._place.channel,
                    thread_ts=self._place.thread or None,
                    content=file.content,
                    filename=name,
                    title=file.name,
                    alt_txt=file.alt or None,
                )
        except Undeliverable as error:
            log.warning("slack.file_refused", error=str(error), channel=self._place.channel)
            words = file.text if file.is_written_out else refused_upload(error, self._messages.locale)
            await self._write_out(words, f"{key}:{file.name}")
        except PostFailed as error:
            self._is_sure = self._is_sure and not is_unsure(error)
            raise

    async def _write_out(self, words: str, key: str) -> None:
        """Post what is read in the place of a file; where a part fails, the next try goes on from there."""
        for index, part in enumerate(split(inert(words), MESSAGE_CHARS)):
            part_key = f"{key}:{index}"
            if part_key not in self._there and (self._is_sure or await self._own.find(part_key, others=None) is None):
                await self._messages.send(Content(part), key=part_key)
            self._there.add(part_key)
