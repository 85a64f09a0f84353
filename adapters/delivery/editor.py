"""The editor of one reply: keeps the messages on the platform like the page, in its own time."""

from __future__ import annotations

import asyncio
from math import inf

import structlog

from adapters.base import Call, ContentRefused, PlaceClosed, Poster, PostFailed, Undeliverable
from adapters.delivery.governor import CallOption, Rank
from adapters.delivery.layout import Layout, Rules
from adapters.delivery.page import Page
from adapters.delivery.posted import NotePost, PostedMessages
from adapters.delivery.steps import EDITS, Step, holding_step, state_steps, steps_to
from adapters.delivery.tries import TRIES_OF_A_NEW, Tries
from bot.clock import SYSTEM_CLOCK, Clock, set_within
from bot.domain import Turn
from bot.engine.openings import Opening

# A state is shown only to who waits longer than this: a quick answer needs no placeholder.
STATE_AFTER_S = 0.6
# So many times messages of one reply are replaced at most.
MOST_REPLACED = 3
# A place is kept with a state, and where its words are refused with a sign; where that is as well, it is not kept.
MOST_REFUSED_HOLDS = 2
# The most looks at a message while it waits to grow.
LOOKS_A_MESSAGE = 8
log = structlog.get_logger(__name__)


class Editor:
    """Posts and edits one reply's messages: the newest text, one call at a time, a finished page before anything else.

    A message that an earlier attempt of the turn posted is edited, never posted again. `opening` says when the first
    may be posted, and when it must be though there are no words yet.
    """

    def __init__(
        self,
        *,
        poster: Poster,
        page: Page,
        key: str,
        rules: Rules,
        turn: Turn | None = None,
        note_post: NotePost | None = None,
        opening: Opening | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.key = key
        self.is_given_up = self.is_refusal_told = False
        self._poster = poster
        self._page = page
        self._layout = Layout(page, poster, rules)
        self._posted = PostedMessages(poster=poster, key=key, turn=turn, note_post=note_post)
        self._clock = clock
        # Whatever becomes of the line, the answer takes a post, its first words and a last edit.
        calls = (Call.POST_WHOLE, Call.GROW, Call.FINISH)
        self._slot = rules.governor.slot(*(poster.bucket(call) for call in calls))
        self._changed = asyncio.Event()
        self._state_shown = ""
        # Whether a state was given its place: where states are no messages it has none.
        self._has_stood = False
        self._quiet_until = 0.0
        # When it was the reply's turn, where it had to wait in line.
        self._up_at = -inf
        self._tries = Tries(clock)
        self._asked_until = 0
        self._asked: Rank | None = None
        self._opening, self._refused_holds = opening, 0
        if opening:
            opening.on_hurry(self.wake)

    def wake(self) -> None:
        """Say that the page has changed."""
        self._changed.set()
        if self._page.is_in_line or self._up_at == inf:
            self._up_at = inf if self._page.is_in_line else self._clock.now()
        if self._asked is not None and (self._most_urgent() < self._asked or self._page.chars > self._asked_until):
            self._asked = None
            self._slot.urge()

    async def keep_up(self) -> None:
        """Show the page until it is over.

        Raises:
            Undeliverable: the platform refuses for good.
            PostFailed: the platform did not take the finished page, however often it was asked.
        """
        try:
            # A quick answer needs no state.
            await self._urgent_within(STATE_AFTER_S)
            while not await self._is_shown():
                self._changed.clear()
                if step := await self._next():
                    await self._tried(step)
        finally:
            self._slot.close()

    async def _is_shown(self) -> bool:
        """Whether the finished page is all there; then what is beyond it is taken away."""
        await self._layout.prepare(posted=len(self._posted.ids))
        if not self._page.is_over or self._steps() or self._page.omissions.is_trying:
            return False
        await self._tries.done(self._remove_rest)
        return True

    async def _remove_rest(self) -> None:
        await self._posted.remove_rest(max(len(self._layout.contents(posted=len(self._posted.ids))), 1))

    # --- what to do next

    def _steps(self) -> list[Step]:
        wanted = self._layout.contents(posted=len(self._posted.ids))
        if wanted or self._page.is_over:
            return steps_to(wanted, self._posted.shown, is_over=self._page.is_over)
        state = self._page.state_text()
        if self._is_to_hold():
            return [holding_step("" if self._refused_holds else state)]
        stands = self._page.is_state_to_stand and self._refused_holds < MOST_REFUSED_HOLDS
        return state_steps(state, holds=stands) if state != self._state_shown else []

    def _is_to_hold(self) -> bool:
        """Whether a place is to be taken: a later answer of the conversation waits for it, or a state stands there."""
        is_awaited = self._opening is not None and self._opening.is_awaited
        is_to_stand = self._page.is_state_to_stand and not self._has_stood
        is_taken = self._refused_holds < MOST_REFUSED_HOLDS
        return (is_awaited or is_to_stand) and is_taken and not self._posted.has_place

    def _is_early(self, step: Step) -> bool:
        """Whether a step would begin the answer before those to earlier questions have theirs begun."""
        if self._opening is None or self._posted.has_place:
            return False
        if step.holds:
            return not self._opening.is_first
        is_apart = step.call is Call.SHOW_STATE and (self._page.is_in_line or not self._bucket(step))
        return not (self._opening.is_free or is_apart)

    def _most_urgent(self) -> Rank:
        """Return the rank of what the page asks for, as far as can be seen at a glance."""
        if self._page.is_over:
            return Rank.FINAL
        is_first = self._page.chars and not any(self._posted.shown)
        return Rank.FIRST_WORDS if is_first or self._is_to_hold() else Rank.STATE

    async def _next(self) -> Step | None:
        """Wait for the next call's turn; None where there is nothing to do at this moment."""
        await self._layout.prepare(posted=len(self._posted.ids))
        steps = self._steps()
        if not steps:
            if self._page.omissions.is_trying:  # what is to be tried is what stands there
                self._page.omissions.take(self._page.raw, self._layout.reach)
            elif not self._page.is_over:
                await self._changed.wait()
            return None
        if self._opening and self._is_early(steps[0]):
            await (self._opening.kept() if steps[0].holds else self._opening.granted())
            return None
        if (left := self._quiet_s(steps[0])) > 0:
            await self._urgent_within(left, is_seen=True)
            return None
        self._slot.unfinished = self._posted.unfinished
        self._asked = steps[0].rank
        # Who waits to grow a message looks again when it must be full, since then another one is needed.
        room = self._poster.limits.message_chars - len(steps[-1].content.text)
        self._asked_until = self._page.chars + max(room, self._poster.limits.message_chars // LOOKS_A_MESSAGE)
        try:
            granted = await self._slot.granted([CallOption(self._bucket(step), step.rank) for step in steps])
        finally:
            self._asked = None
        if granted is None:
            return None
        # The text may have grown while we waited: it is the newest that is sent.
        await self._layout.prepare(posted=len(self._posted.ids))
        step = next((step for step in self._steps() if self._bucket(step) == granted.bucket), None)
        if step is None:
            self._slot.give_back(granted)
        return step

    def _quiet_s(self, step: Step) -> float:
        """Return how long a call has to keep its distance from the last one: growth always, all where one failed.

        A quick answer needs no other state in the place of its place in line.
        """
        if step.rank is Rank.FINAL or (step.rank < Rank.GROWTH and not self._tries.failures):
            return 0.0
        is_up = step.call is Call.SHOW_STATE and self._leaves_line(step)
        return max(self._quiet_until, self._up_at + STATE_AFTER_S if is_up else -inf) - self._clock.now()

    def _bucket(self, step: Step) -> str:
        if step.call in EDITS:
            return self._poster.bucket(step.call, self._posted.ids[step.index])
        if step.call is Call.SHOW_STATE and self._posted.ids:
            return self._poster.bucket(Call.GROW, self._posted.ids[0])
        call = Call.POST_WHOLE if step.holds else step.call
        return self._poster.bucket(call, is_anew=self._leaves_line(step))

    def _leaves_line(self, step: Step) -> bool:
        """Whether the message that tells the place in line is taken away before this step."""
        stays = step.call is Call.SHOW_STATE and self._page.is_in_line and not step.holds
        return bool(self._posted.in_line) and not stays

    async def _urgent_within(self, seconds: float, *, is_seen: bool = False) -> None:
        """Wait out the distance between two edits; the end cuts it short, and the first words where nothing failed.

        `is_seen`: all that can be done about the page as it is now waits. Its words may have been refused, say, and are
        asked for at a glance.
        """
        until = self._clock.now() + seconds
        enough = Rank.FINAL if self._tries.failures else Rank.FIRST_WORDS
        while (left := until - self._clock.now()) > 0 and (is_seen or self._most_urgent() > enough):
            is_seen = False
            self._changed.clear()
            await set_within(self._changed, within_s=left, clock=self._clock)

    # --- doing it

    async def _tried(self, step: Step) -> None:
        """Take a step. One that fails is taken again later; of the finished page only so often."""
        wanted, reach = self._layout.latest, self._layout.reach
        try:
            await self._take(step)
            self._tries.failures = 0
            stands = self._posted.shown[: len(wanted)] == wanted
            if stands and (self._poster.limits.shows_growth or not step.content.running):
                self._page.omissions.take(self._page.raw, reach)
        except ContentRefused as error:
            self._leave_out(step, reach, error)
        except PostFailed as error:
            if not self._page.is_over:
                self._tries.failures = 1
            elif self._tries.are_spent:
                await self._replace(step, error)
            else:
                # What is tried only so often may come first; growth would take that of all others.
                self._slot.failed()
                await self._tries.wait()
        except Undeliverable as error:
            await self._replace(step, error)
        finally:
            self._quiet_until = self._clock.now() + self._poster.limits.edit_interval_s

    async def _replace(self, step: Step, error: PostFailed | Undeliverable) -> None:
        """Give up a message that cannot be edited, and those below it: what they were to read is posted anew.

        They stand until then: where nothing can be posted any more either, what was shown stays. Raises the error where
        there is nothing to replace.
        """
        is_edit = step.call in EDITS or (step.call is Call.SHOW_STATE and bool(self._posted.ids))
        if not is_edit or self._posted.replaced == MOST_REPLACED:
            if isinstance(error, PostFailed) and error.refusal:
                raise PlaceClosed(error.refusal) from error
            raise error
        self._posted.give_up(step.index)
        self._has_stood = False
        self._tries.failures = TRIES_OF_A_NEW

    def _leave_out(self, step: Step, reach: int, error: ContentRefused) -> None:
        """Leave out what the platform refuses, so that the rest is read; raise the error where nothing is left."""
        log.warning("reply.content_refused", key=self.key, cause=str(error) or str(error.__cause__ or ""))
        if step.call is Call.SHOW_STATE:
            self._state_shown = step.content.text
            self._refused_holds += step.holds
            if self._opening and self._refused_holds == MOST_REFUSED_HOLDS:
                self._opening.forgo()
            return
        self._page.omissions.is_moderated |= error.is_moderated
        growth, is_whole = self._poster.limits.shows_growth, not step.content.running
        if not self._page.omissions.refuse(self._page.raw, reach, is_whole=is_whole, may_try=growth):
            raise error

    async def _take(self, step: Step) -> None:
        if step.call is Call.SHOW_STATE:
            is_in_line = self._page.is_in_line
            await self._posted.show_state(step.content.text, is_in_line=is_in_line, holds=step.holds)
            self._state_shown, self._has_stood = step.content.text, self._has_stood or step.holds
            return
        await self._posted.leave_line()
        # Words take a state's place; where they are taken back, it is shown again in theirs.
        self._state_shown = ""
        if step.call in EDITS:
            await self._posted.edit(step.index, step.content)
        else:
            await self._posted.post(step.index, step.content)
