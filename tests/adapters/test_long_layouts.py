"""Long pages are laid out beside the event loop, whatever stands on them."""

from __future__ import annotations

import asyncio
import threading

import pytest

from adapters.delivery.layout import LONGEST_AT_ONCE, Layout, Rules
from adapters.delivery.page import Page
from bot.domain import Completion, Delta, FinishReason
from tests.adapters.test_below_answers import Screen

END = Completion(reason=FinishReason.STOP, model="m")
LONG = "**a ![ " * LONGEST_AT_ONCE


class Watched(Screen):
    """A poster that knows on which threads it rendered."""

    def __init__(self) -> None:
        super().__init__(self._rendered, message_chars=2_000)
        self.threads: set[int] = set()

    def _rendered(self, markdown: str) -> str:
        self.threads.add(threading.get_ident())
        return markdown


def page_of(*texts: str) -> Page:
    page = Page("en")
    for text in texts:
        page.take(Delta(text))
    return page


@pytest.mark.parametrize("is_over", [False, True])
async def test_a_long_page_is_laid_out_beside_the_event_loop(*, is_over: bool) -> None:
    page, poster = page_of(LONG), Watched()
    if is_over:
        page.take(END)
        page.is_over = True
    layout = Layout(page, poster, Rules())
    await layout.prepare(posted=0)

    assert "".join(content.text for content in layout.contents(posted=0)).startswith("**a ![")
    assert threading.get_ident() not in poster.threads


async def test_a_page_that_grows_meanwhile_is_shown_as_it_was_and_soon_as_it_is() -> None:
    page, poster = page_of(LONG), Watched()
    layout = Layout(page, poster, Rules())
    preparing = asyncio.create_task(layout.prepare(posted=0))
    await asyncio.sleep(0)
    page.take(Delta("The end."))
    await preparing
    before = layout.contents(posted=0)[-1].text
    await layout.prepare(posted=0)

    assert "The end." not in before
    assert layout.contents(posted=0)[-1].text.endswith("The end.")
    assert threading.get_ident() not in poster.threads


async def test_a_short_page_is_laid_out_at_once() -> None:
    poster = Watched()
    layout = Layout(page_of("Owls hunt at night."), poster, Rules())
    await layout.prepare(posted=0)

    assert poster.threads == set()
    assert layout.contents(posted=0)[0].text == "Owls hunt at night."
