"""What `adapters.base.Poster` promises, held to every implementation: over the real SDKs, on a pipe, and in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from adapters.base import Call, Content, File, PostFailed, Undeliverable
from bot.domain import Button, Notice
from tests.contracts.lacking import on_each
from tests.contracts.posters import IMPLEMENTATIONS, KEY, LACKS, TURN, Board

NEXT_KEY = f"turn-{TURN}:1"
BUTTONS = (
    Button(Notice("button.again"), "again", {"turn": str(TURN)}),
    Button(Notice("button.good"), "rate", {"turn": str(TURN), "verdict": "good"}),
    Button(Notice("button.bad"), "rate", {"turn": str(TURN), "verdict": "bad"}, asks="reason"),
)
GROWING = ("console",)
HARD = ("\x1b]0;owned\x07\x9b2J", "```html\n<!DOCTYPE html>\n<b>\n```", "**שלום** עולם (1)\u200f", "a < b & `c > d`")


def on_every_poster(*needs: str) -> pytest.MarkDecorator:
    return on_each("board", IMPLEMENTATIONS, LACKS, needs)


@pytest.fixture
async def board(request: pytest.FixtureRequest) -> AsyncIterator[Board]:
    async with IMPLEMENTATIONS[request.param]() as board:
        yield board


async def posted(board: Board, *texts: str, key: str = KEY) -> str:
    """Post the first text and edit the message to each of the others; the last one is whole."""
    first, *rest = [Content(text, running=text is not texts[-1]) for text in texts]
    message_id = await board.poster.post(first, key=key)
    for content in rest:
        await board.poster.edit(message_id, content)
    return message_id


class TestMessages:
    @on_every_poster()
    async def test_an_edit_shows_the_newest_text_in_the_same_message(self, board: Board) -> None:
        await posted(board, "One", "One owl", "One owl, two owls.")

        assert board.texts == ["One owl, two owls."]

    @on_every_poster("growth")
    async def test_a_message_is_read_while_it_grows(self, board: Board) -> None:
        message_id = await board.poster.post(Content("One", running=True), key=KEY)
        first = board.texts
        await board.poster.edit(message_id, Content("One owl", running=True))

        assert (first, board.texts) == (["One"], ["One owl"])

    @on_every_poster()
    async def test_messages_stand_in_the_order_of_their_posts(self, board: Board) -> None:
        first = await posted(board, "One owl.")
        second = await posted(board, "Two owls.", key=NEXT_KEY)

        assert first != second
        assert board.words.index("One owl.") < board.words.index("Two owls.")

    @on_every_poster("taking back")
    async def test_a_text_that_shrinks_is_shown_as_it_is_now(self, board: Board) -> None:
        await posted(board, "One owl, two", "One owl")

        assert not board.poster.limits.only_grows
        assert board.texts == ["One owl"]

    @on_each("board", GROWING, LACKS, ())
    async def test_where_text_only_grows_what_was_read_stays(self, board: Board) -> None:
        message_id = await board.poster.post(Content("One", running=True), key=KEY)
        read = [board.words]
        await board.poster.edit(message_id, Content("One owl", running=True))
        read.append(board.words)
        await board.poster.edit(message_id, Content("One owl."))
        await board.poster.remove(message_id)

        assert board.poster.limits.only_grows
        assert [board.words.startswith(words) for words in read] == [True, True]
        assert board.texts == ["One owl."]

    @on_every_poster()
    async def test_a_text_as_long_as_the_limit_is_taken(self, board: Board) -> None:
        limit = board.poster.limits.message_chars
        text = ("owls and " * (limit // 9 + 1))[: limit - 1] + "."
        await posted(board, text)

        assert len(text) == limit
        assert board.texts == [text]

    @on_every_poster()
    async def test_a_text_is_shown_as_render_made_it_and_rings_nobody(self, board: Board) -> None:
        text = board.poster.render("\n\n".join((*HARD, *board.live)))
        await posted(board, text)
        (seen,) = board.seen()

        assert seen.text.strip() == text.strip()
        assert seen.rung <= {board.asker}

    @on_every_poster()
    async def test_edits_keep_a_distance_that_is_a_number(self, board: Board) -> None:
        assert 0 < board.poster.limits.edit_interval_s < 5

    @on_every_poster()
    async def test_the_bots_own_sentence_is_one_line_set_apart(self, board: Board) -> None:
        line = board.poster.footnote("Stopped.")

        assert "Stopped." in line
        assert line != "Stopped."
        assert len(line.splitlines()) == 1


class TestStates:
    @on_every_poster("taking back")
    async def test_a_post_takes_the_place_of_the_state(self, board: Board) -> None:
        await board.poster.show_state("Loading …")
        state_id = await board.poster.show_state("Writing …")
        message_id = await posted(board, "In trees.")

        assert board.texts == ["In trees."]
        assert state_id in ("", message_id)

    @on_every_poster("taking back")
    async def test_a_state_that_is_removed_gives_its_place_to_nobody(self, board: Board) -> None:
        if state_id := await board.poster.show_state("In line …"):
            await board.poster.remove(state_id)
        await posted(board, "In trees.")

        assert board.texts == ["In trees."]


class TestKeys:
    @on_every_poster("keys")
    async def test_what_an_earlier_attempt_posted_is_found_and_edited(self, board: Board) -> None:
        message_id = await board.poster.post(Content("One", running=True), key=KEY)
        later = board.another(attempt=1)
        found = await later.find(KEY)
        await later.edit(found, Content("One owl."))

        assert found == message_id
        assert board.texts == ["One owl."]

    @on_every_poster()
    async def test_where_nothing_was_posted_nothing_is_found(self, board: Board) -> None:
        assert await board.another(attempt=1).find(KEY) == ""

    @on_every_poster("repeats")
    async def test_a_post_whose_answer_was_lost_is_not_made_twice(self, board: Board) -> None:
        board.loses_an_answer()
        with pytest.raises(PostFailed):
            await posted(board, "One owl.")
        await posted(board, "One owl.")

        assert board.texts == ["One owl."]


class TestRemoval:
    @on_every_poster("taking back")
    async def test_a_message_that_is_removed_is_read_no_more(self, board: Board) -> None:
        await posted(board, "One owl.")
        await board.poster.remove(await posted(board, "Two owls.", key=NEXT_KEY))

        assert board.texts == ["One owl."]

    @on_every_poster("taking back")
    async def test_a_message_that_is_gone_already_is_no_error(self, board: Board) -> None:
        message_id = await posted(board, "One owl.")
        await board.last_is_deleted()
        await board.poster.remove(message_id)

        assert board.texts == []

    @on_every_poster()
    async def test_what_cannot_be_taken_away_is_no_error(self, board: Board) -> None:
        await board.poster.remove(await posted(board, "One owl."))


class TestButtons:
    @on_every_poster("buttons")
    async def test_buttons_come_with_the_last_edit_and_take_the_place_of_stop(self, board: Board) -> None:
        message_id = await board.poster.post(Content("One", running=True), key=KEY)
        growing = board.seen()
        await board.poster.edit(message_id, Content("One owl.", buttons=BUTTONS))
        (whole,) = board.seen()

        assert all(each.stops and not each.labels for each in growing)
        assert (whole.labels, whole.stops) == (("Regenerate", "Good", "Not good"), False)

    @on_every_poster("buttons")
    async def test_a_message_that_is_whole_at_once_has_its_buttons(self, board: Board) -> None:
        await board.poster.post(Content("One owl.", buttons=BUTTONS), key=KEY)

        assert [(each.labels, each.stops) for each in board.seen()] == [(("Regenerate", "Good", "Not good"), False)]

    @on_every_poster("buttons", "growth")
    async def test_a_message_that_grows_can_be_stopped(self, board: Board) -> None:
        message_id = await board.poster.post(Content("One", running=True), key=KEY)
        await board.poster.edit(message_id, Content("One owl", running=True))

        assert [each.stops for each in board.seen()] == [True]

    @on_every_poster("buttons", "commands")
    async def test_what_answers_a_command_cannot_be_stopped(self, board: Board) -> None:
        poster = board.for_command()
        message_id = await poster.post(Content("Installed", running=True), key="call-1:0")
        growing = board.seen()
        await poster.edit(message_id, Content("Installed models: 2"))

        assert not any(each.stops for each in growing)
        assert [(each.text.strip(), each.stops) for each in board.seen()] == [("Installed models: 2", False)]

    @on_every_poster()
    async def test_without_buttons_a_whole_message_has_none(self, board: Board) -> None:
        await posted(board, "One", "One owl.")

        assert [(each.labels, each.stops) for each in board.seen()] == [((), False)]


class TestFiles:
    FILE = File("answer.md", "# Owls\n\nOWL-4711 sleeps.\n")

    @on_every_poster("files")
    async def test_what_a_file_holds_reaches_people_once(self, board: Board) -> None:
        await board.poster.post(Content("The whole answer:", files=(self.FILE,)), key=KEY)

        assert board.words.count("The whole answer:") == 1
        assert board.words.count("OWL-4711 sleeps.") == 1

    @on_every_poster("files")
    async def test_a_message_that_grew_has_its_file_with_the_last_edit(self, board: Board) -> None:
        message_id = await board.poster.post(Content("The", running=True), key=KEY)
        assert "OWL-4711" not in board.words
        await board.poster.edit(message_id, Content("The whole answer:", files=(self.FILE,)))

        assert board.words.count("OWL-4711 sleeps.") == 1


class TestRefusals:
    @on_every_poster("refusals")
    async def test_a_place_that_is_closed_for_good_is_undeliverable(self, board: Board) -> None:
        board.goes_for_good()

        with pytest.raises(Undeliverable):
            await posted(board, "One owl.")

    @on_every_poster("refusals")
    async def test_a_platform_that_fails_for_now_takes_the_post_later(self, board: Board) -> None:
        board.fails_once()
        with pytest.raises(PostFailed):
            await posted(board, "One owl.")
        await posted(board, "One owl.")

        assert board.texts == ["One owl."]


class TestBuckets:
    @on_every_poster()
    async def test_a_call_is_counted_in_one_bucket_whoever_asks(self, board: Board) -> None:
        def names(ask: Callable[[Call], str]) -> list[str]:
            return [ask(call) for call in (Call.SHOW_STATE, Call.POST, Call.POST_WHOLE)]

        before = names(board.poster.bucket)

        assert before == names(board.poster.bucket) == names(board.another().bucket)

    @on_every_poster()
    async def test_all_edits_of_a_message_are_counted_alike(self, board: Board) -> None:
        message_id = await board.poster.post(Content("One", running=True), key=KEY)
        before = board.poster.bucket(Call.GROW, message_id)
        await board.poster.edit(message_id, Content("One owl", running=True))

        assert board.poster.bucket(Call.GROW, message_id) == before
