"""How a text is handed to Slack: as `markdown_text`, in a Markdown block, or as mrkdwn where a server knows neither."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import structlog

from adapters.base import ContentRefused, PostFailed
from adapters.cutting import split
from adapters.slack.dialect import fallback
from adapters.slack.mrkdwn import to_mrkdwn
from adapters.slack.refusals import translated

# A server that does not know an argument says that there is no text, or that the arguments are wrong.
FORM_ERRORS = frozenset({
    "invalid_arg_name",
    "invalid_arguments",
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_form_data",
    "markdown_text_conflict",
    "missing_argument",
    "no_text",
    "unknown_arguments",
})  # fmt: skip
SECTION_CHARS = 3_000
# A longer text cannot be updated.
TEXT_CHARS = 4_000
_MARKDOWN_TEXT, _BLOCK, _MRKDWN = range(3)
log = structlog.get_logger(__name__)


class Wording:
    """What this server takes: a plainer form is kept to as soon as it was taken where a richer one was refused."""

    def __init__(self) -> None:
        self._form = _MARKDOWN_TEXT

    async def say(
        self,
        call: Callable[..., Awaitable[Any]],
        text: str,
        under: Sequence[dict[str, Any]] = (),
        *,
        above: Sequence[dict[str, Any]] = (),
        anew: bool = True,
        as_it_is: bool = False,
    ) -> Any:
        """Make a call with a text, and blocks above and under it, in the richest form that is taken.

        Return the answer. `anew` False: the call takes blocks alone. `as_it_is`: no plainer form is tried. Raises what
        `translated` does.
        """
        richest = max(self._form, _BLOCK if under or above or not anew else _MARKDOWN_TEXT)
        for form in range(richest, _MRKDWN + 1):
            try:
                with translated():
                    answer = await call(**_arguments(form, text, under, above))
            except (PostFailed, ContentRefused) as error:
                if as_it_is or str(error) not in FORM_ERRORS:
                    raise
                if form == _MRKDWN:
                    raise ContentRefused(str(error), is_moderated=False) from error.__cause__
            else:
                if form != richest:
                    self._learn(form)
                return answer
        raise AssertionError

    def bodies(self, text: str, under: Sequence[dict[str, Any]] = ()) -> Iterator[dict[str, Any]]:
        """Give what a response_url may take, the richest first."""
        yield from (_arguments(form, text, under) for form in range(max(self._form, _BLOCK), _MRKDWN + 1))

    def _learn(self, form: int) -> None:
        log.info("slack.plainer_text", form=("markdown_text", "markdown block", "mrkdwn")[form])
        self._form = form


def _arguments(
    form: int, text: str, under: Sequence[dict[str, Any]], above: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    if form == _MARKDOWN_TEXT:
        return {"markdown_text": text}
    if form == _BLOCK:
        return {"text": fallback(text), "blocks": [*above, {"type": "markdown", "text": text}, *under]}
    mrkdwn = to_mrkdwn(text)
    if not under and not above and len(mrkdwn) <= TEXT_CHARS:
        return {"text": mrkdwn, "blocks": []}
    return {"text": fallback(text), "blocks": [*above, *_sections(mrkdwn), *under]}


def _sections(mrkdwn: str) -> Iterator[dict[str, Any]]:
    for part in split(mrkdwn, SECTION_CHARS):
        yield {"type": "section", "text": {"type": "mrkdwn", "text": part}}
