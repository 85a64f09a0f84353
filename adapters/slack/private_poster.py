"""The `Poster` of what one person alone reads in a channel of many.

Slack shows such a message once: it cannot be edited, and no key finds it again. So nothing is posted before it is
finished, but for one state. Three ways lead to a person: the response_url of what they did, which serves five times
within half an hour, also where the bot is no member; an ephemeral message; and, for answers, their DM with the bot.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any, Protocol

from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.base import Call, Content, ContentRefused, Limits, PostFailed, Undeliverable
from adapters.cutting import File, split
from adapters.delivery.keys import turn_key
from adapters.slack.buttons import Controls, plain, stop
from adapters.slack.calls import Web
from adapters.slack.dialect import inert, to_slack
from adapters.slack.figure_blocks import blocks_of
from adapters.slack.files import refused_upload
from adapters.slack.messages import UPDATE_INTERVAL_S
from adapters.slack.place import EphemeralPlace
from adapters.slack.poster import MESSAGE_CHARS
from adapters.slack.recovery import metadata
from adapters.slack.refusals import CALL_ERRORS, is_blocked, is_of_content, translated
from adapters.slack.wording import FORM_ERRORS
from bot.i18n import text as sentence_of


class Way(Protocol):
    """A way to a person; see `PrivatePoster._say`."""

    async def __call__(self, marked: str, controls: list[dict[str, Any]], *, as_it_is: bool) -> None:
        """Say it. Raises what `base.Poster` does."""
        ...


# Slack takes five answers within half an hour.
MOST_ANSWERS = 5
OK = 200
SERVER_ERROR = 500
TOO_MANY = 429


class PrivatePoster:
    """Posts one reply for one person. `turn_id` None is a command's: it shows no state, and goes to no DM."""

    def __init__(
        self,
        *,
        web: Web,
        corner: EphemeralPlace,
        locale: str,
        turn_id: int | None = None,
        controls: Controls | None = None,
    ) -> None:
        self._web = web
        self._controls = controls or Controls()
        self._corner = corner
        self._locale = locale
        self._turn_id = turn_id
        # Without the SDK's default handler, which says everything twice when an answer of Slack's is lost.
        self._url = AsyncWebhookClient(corner.url, session=web.session, retry_handlers=[])
        self._uses = 0
        self._messages = 0
        self._has_state = False
        self._ways = self._open_ways()

    @property
    def where(self) -> tuple[str, str]:
        """The channel; no thread others are answered in."""
        return self._corner.channel, ""

    @property
    def limits(self) -> Limits:
        """See `base.Poster.limits`."""
        return Limits(MESSAGE_CHARS, UPDATE_INTERVAL_S, shows_growth=False, has_tables=True, has_pictures=True)

    def bucket(self, call: Call, message_id: str = "", *, is_anew: bool = False) -> str:  # noqa: ARG002 - uses are counted, not paced
        """See `base.Poster.bucket`."""
        return ""

    async def show_state(self, text: str, *, holds: bool = False) -> str:  # noqa: ARG002 - nobody else is answered here
        """See `base.Poster.show_state`: once, since it stays; later states are not shown."""
        if self._turn_id is not None and not self._has_state:
            self._has_state = True
            await self._say(inert(text), [stop(self._turn_id, self._locale)])
        return ""

    def render(self, markdown: str) -> str:
        """See `base.Poster.render`."""
        return to_slack(markdown)

    async def post(self, content: Content, *, key: str) -> str:  # noqa: ARG002 - Slack keeps no key here
        """See `base.Poster.post`. What is still running waits for its last edit."""
        self._messages += 1
        await self.edit(str(self._messages), content)
        return str(self._messages)

    async def edit(self, message_id: str, content: Content) -> None:  # noqa: ARG002 - each is posted once, in order
        """See `base.Poster.edit`."""
        if not content.running:
            await self._show(content)
            for file in content.files:
                await self._give(file)

    async def _show(self, content: Content) -> None:
        """Say a message; figures in Slack's own tables and charts, in words where Slack refuses those."""
        buttons = plain(content.buttons, self._locale)
        if content.figures is None:
            await self._say(content.text, buttons)
        elif not await self._are_tables_shown(content, buttons):
            await self._say(content.in_words, buttons)

    async def _are_tables_shown(self, content: Content, buttons: list[dict[str, Any]]) -> bool:
        if content.figures is None or not self._controls.has_tables:
            return False
        try:
            await self._say(content.text, [*blocks_of(content.figures, self._locale), *buttons], as_it_is=True)
        except (PostFailed, ContentRefused) as error:
            if str(error) not in FORM_ERRORS:
                raise
            self._controls.leave_tables()
            return False
        return True

    async def remove(self, message_id: str) -> None:
        """See `base.Poster.remove`: what was shown here cannot be taken away."""

    async def find(self, key: str) -> str:  # noqa: ARG002 - Slack keeps no key here
        """See `base.Poster.find`: what an earlier attempt showed cannot be found."""
        return ""

    def footnote(self, text: str) -> str:
        """See `base.Poster.footnote`."""
        return f"_{text}_"

    async def close(self, *, is_last: bool) -> None:
        """Leave nothing open: there is neither stream nor status."""

    async def _give(self, file: File) -> None:
        """Let the person read what a file holds: none can be shown to one alone but in their DM with the bot."""
        if file.is_written_out and not file.data:
            for part in split(inert(file.text), MESSAGE_CHARS):
                await self._say(part, [])
            return
        try:
            await self._send_file(file)
        except Undeliverable as error:
            if not file.is_written_out:
                await self._say(inert(refused_upload(error, self._locale)), [])
        else:
            await self._say(inert(sentence_of(f"slack.{_kind(file)}_in_dm", self._locale)), [])

    async def _send_file(self, file: File) -> None:
        client = self._web.with_retries
        with translated():
            # Its channel is what a message to the person comes back with.
            sent = await client.chat_postMessage(
                channel=self._corner.user,
                text=sentence_of(f"slack.{_kind(file)}_below", self._locale),
                unfurl_links=False,
                unfurl_media=False,
            )
            await client.files_upload_v2(
                channel=str(sent["channel"]),
                thread_ts=str(sent["ts"]),
                content=file.content,
                filename=file.name,
                title=file.name,
                alt_txt=file.alt or None,
            )

    # --- ways

    def _open_ways(self) -> list[Way]:
        by_url: list[Way] = [self._by_url] if self._corner.url else []
        # A response_url leads to the end of the channel, which is not where somebody in a thread looks.
        ways: list[Way] = [self._ephemerally, *by_url] if self._corner.thread else [*by_url, self._ephemerally]
        return ways if self._turn_id is None else [*ways, self._directly]

    async def _say(self, marked: str, controls: list[dict[str, Any]], *, as_it_is: bool = False) -> None:
        """Say it the first way that is open; one that Slack closes for good is not tried again.

        `as_it_is`: what Slack refuses for its form is not said in a plainer one; raises what names the refusal.
        """
        while True:
            try:
                return await self._ways[0](marked, controls, as_it_is=as_it_is)
            except ContentRefused:
                raise
            except Undeliverable:
                if len(self._ways) == 1:
                    raise
                del self._ways[0]

    async def _by_url(self, marked: str, controls: list[dict[str, Any]], *, as_it_is: bool) -> None:
        if self._uses == MOST_ANSWERS:
            raise Undeliverable("used_url")
        for body in self._web.wording.bodies(marked, controls):
            code = await self._answer(body)
            if code not in FORM_ERRORS:
                break
            if as_it_is:
                raise ContentRefused(code, is_moderated=False)
        if is_of_content(code):
            raise ContentRefused(code, is_moderated=is_blocked(code))
        if code:
            raise Undeliverable(code)
        self._uses += 1

    async def _answer(self, body: dict[str, Any]) -> str:
        """Send an answer to the response_url; return why Slack refuses it, "" where it does not."""
        try:
            answer = await self._url.send(
                **body, response_type="ephemeral", replace_original=False, unfurl_links=False, unfurl_media=False
            )
        except CALL_ERRORS as error:
            raise PostFailed(type(error).__name__) from error
        if answer.status_code == TOO_MANY or answer.status_code >= SERVER_ERROR:
            raise PostFailed(str(answer.status_code))
        return "" if answer.status_code == OK else _code_of(answer.body) or str(answer.status_code)

    async def _ephemerally(self, marked: str, controls: list[dict[str, Any]], *, as_it_is: bool) -> None:
        corner = self._corner
        call = partial(
            self._web.with_retries.chat_postEphemeral,
            channel=corner.channel,
            user=corner.user,
            thread_ts=corner.thread or None,
        )
        await self._web.wording.say(call, marked, controls, anew=False, as_it_is=as_it_is)

    async def _directly(self, marked: str, controls: list[dict[str, Any]], *, as_it_is: bool) -> None:
        origin = sentence_of("slack.from_elsewhere", self._locale, channel=f"<#{self._corner.channel}>")
        call = partial(
            self._web.with_retries.chat_postMessage,
            channel=self._corner.user,
            unfurl_links=False,
            unfurl_media=False,
            metadata=metadata(f"{turn_key(self._turn_id or 0)}:private"),
        )
        above = [{"type": "section", "text": {"type": "mrkdwn", "text": origin}}]
        await self._web.wording.say(call, marked, controls, above=above, anew=False, as_it_is=as_it_is)


def _kind(file: File) -> str:
    return "picture" if file.data else "file"


def _code_of(body: str) -> str:
    """Return the code of an answer of a response_url, which is JSON or the code alone."""
    try:
        read = json.loads(body)
    except ValueError:
        return body if body.replace("_", "").isalpha() else ""
    return str(read.get("error", "")) if isinstance(read, dict) else ""
