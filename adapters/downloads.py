"""Downloads of what people send along: from the platform's own hosts, within a bound, and from nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import aiohttp
import structlog
import yarl

from bot.domain import WhyUnread

OK = 200
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloads:
    """The file hosts of one platform, an `origin` (another API's address) beside them; `headers` go to no other."""

    hosts: Collection[str]
    origin: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    async def content(
        self, address: str, *, most_bytes: int, within_s: float, is_page: bool = False
    ) -> bytes | WhyUnread:
        """Fetch a file, or say why there is none. A web page is a file only where one `is_page`: else it is a login."""
        if not self.is_ours(address):
            return WhyUnread.NOT_GIVEN
        try:
            async with asyncio.timeout(within_s):
                return await self._content(address, most_bytes, is_page=is_page)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            log.info("file.not_read", error=type(error).__name__)
            return WhyUnread.NOT_GIVEN

    def is_ours(self, address: str) -> bool:
        """Whether an address is of the platform: its host to the letter, without a user name, over TLS."""
        try:
            url = yarl.URL(address)
            origin = str(url.origin())
        except ValueError:
            return False
        ours = {f"https://{host}" for host in self.hosts}
        if self.origin:
            ours.add(str(yarl.URL(self.origin).origin()))
        return origin in ours and not url.user

    async def _content(self, address: str, most_bytes: int, *, is_page: bool) -> bytes | WhyUnread:
        # A session of its own: what is sent along must go to no other host, and nothing of a host is kept.
        async with (
            aiohttp.ClientSession(headers=self.headers, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(address, allow_redirects=False) as answer,
        ):
            if answer.status != OK or (answer.content_type == "text/html" and not is_page):
                log.info("file.refused", status=answer.status)
                return WhyUnread.NOT_GIVEN
            if (answer.content_length or 0) > most_bytes:
                return WhyUnread.LARGE
            content = bytearray()
            async for piece in answer.content.iter_any():
                content += piece
                if len(content) > most_bytes:
                    return WhyUnread.LARGE
            return bytes(content)
