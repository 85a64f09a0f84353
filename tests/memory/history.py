"""`ports.History` in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain import (
    OWN_WORDS,
    Address,
    ContextWindow,
    Level,
    ModelWork,
    PersonRecord,
    RecordedChoice,
    RecordedMessage,
    RecordedRating,
    RecordedSummary,
    RecordedVote,
    RecordedWork,
    StoredMessage,
    words_of_quotes,
)
from bot.domain.deeds import FORGOTTEN, Deed, DeedKind
from bot.errors import Unavailable
from bot.ports import PairVote
from tests.memory.assistants import forget_assistants, recorded_assistants, recorded_uses
from tests.memory.courses import forget_courses, recorded_courses
from tests.memory.store import FakeStore, FakeTurn


class FakeHistory:
    """See `ports.History`. `turns` lets a test look at what was kept."""

    def __init__(self, store: FakeStore | None = None, *, broken: Unavailable | None = None) -> None:
        self.store = store or FakeStore()
        self.broken = broken

    @property
    def turns(self) -> dict[int, FakeTurn]:
        return self.store.turns

    async def recent(self, conversation_id: int, *, before_turn: int, from_turn: int = 0) -> Sequence[StoredMessage]:
        self._check()
        return [
            replace(message, turn=kept.turn.id)
            for kept in self.store.of(conversation_id)
            if max(from_turn, self._start(conversation_id)) <= kept.turn.id < before_turn
            and kept.question
            and kept.answer
            for message in (kept.question, kept.answer)
            if message.text
        ]

    async def window(self, conversation_id: int, *, model: str) -> ContextWindow:
        self._check()
        kept, start = self._window(conversation_id, model), self._start(conversation_id)
        told = ContextWindow(bytes_per_token=kept.bytes_per_token)
        if kept.from_turn >= start:
            told = replace(kept, next_turn=0, next_summary="")
        return (
            replace(told, next_turn=kept.next_turn, next_summary=kept.next_summary) if kept.next_turn > start else told
        )

    async def cut(self, conversation_id: int, *, model: str, from_turn: int, dropped: int) -> None:
        self._check()
        kept = self._window(conversation_id, model)
        if conversation_id not in self.store.conversations.values():
            return
        if from_turn > kept.from_turn:
            summary = kept.next_summary if kept.next_turn == from_turn else ""
            now, all_dropped = self.store.clock.utc(), kept.dropped + dropped
            kept = replace(kept, from_turn=from_turn, dropped=all_dropped, cut_at=now, summary=summary)
            if kept.next_turn <= from_turn:
                kept = replace(kept, next_turn=0, next_summary="")
        self.store.windows[conversation_id, model] = kept
        oldest = min(each.from_turn for (of, _), each in self.store.windows.items() if of == conversation_id)
        self._advance(conversation_id, oldest)

    async def plan_cut(
        self,
        conversation_id: int,
        *,
        model: str,
        from_turn: int,
        summary: str,
        rests_on: Sequence[StoredMessage],
        upon: str = "",
    ) -> bool:
        self._check()
        stored = {message.id: message.text for kept in self.store.of(conversation_id) for message in kept.messages()}
        kept = self._window(conversation_id, model)
        is_there = kept.summary == upon and all(stored.get(message.id) == message.text for message in rests_on)
        if not is_there or conversation_id not in self.store.conversations.values() or kept.from_turn >= from_turn:
            return False
        self.store.windows[conversation_id, model] = replace(kept, next_turn=from_turn, next_summary=summary)
        return True

    async def calibrate(self, conversation_id: int, *, model: str, bytes_per_token: float) -> None:
        self._check()
        if conversation_id in self.store.conversations.values():
            kept = self._window(conversation_id, model)
            self.store.windows[conversation_id, model] = replace(kept, bytes_per_token=bytes_per_token)

    async def reset(self, address: Address) -> bool:
        self._check()
        conversation_id = self.store.conversations.get(address, 0)
        start = self._start(conversation_id)
        said = [kept.turn.id for kept in self.store.of(conversation_id) if kept.turn.id >= start and kept.messages()]
        if not said:
            return False
        self.store.forget_windows(conversation_id)
        self._advance(conversation_id, max(said) + 1)
        return True

    async def conversation_at(self, address: Address) -> int | None:
        self._check()
        return self.store.conversations.get(address)

    async def withdraw(self, address: Address, *, message_id: str) -> int | None:
        self._check()
        for kept in self.store.of(self.store.conversations.get(address, 0)):
            if kept.turn.message.message_id == message_id and kept.question:
                self.store.lose_words(kept)
                self.store.tell()
                return kept.turn.id
        return None

    async def asker_of(self, address: Address) -> str:
        self._check()
        for kept in self.store.of(self.store.conversations.get(address, 0)):
            if kept.question and not kept.of and kept.turn.message.message_id == address.thread:
                return kept.person.id
        return ""

    async def forget_person(self, platform: str, person_id: str, *, workspace: str = "") -> int:
        self._check()
        here = [kept for kept in self.store.turns.values() if _within(kept.address, platform, workspace)]
        theirs = [kept for kept in here if kept.person.id == person_id and kept.question]
        erased = sum(self.store.lose_words(kept) for kept in theirs)
        for kept in here:
            kept.ratings.pop(person_id, None)
        self.store.votes = [each for each in self.store.votes if not _cast(each, platform, workspace, person_id)]
        self.store.works = [
            replace(work, account=replace(work.account, person_id=""))
            if _worked_for(work, platform, workspace, person_id)
            else work
            for work in self.store.works
        ]
        quoting = [kept for kept in here if any(quote.author_id == person_id for quote in kept.quotes)]
        heard_in: dict[tuple[str, str], int] = {}
        for kept in (*theirs, *quoting):
            place = kept.address.workspace, kept.address.channel
            heard_in[place] = min(heard_in.get(place, kept.turn.id), kept.turn.id)
        repeating = [
            kept
            for kept in here
            if any(quote.author_id == OWN_WORDS for quote in kept.quotes)
            and kept.turn.id > heard_in.get((kept.address.workspace, kept.address.channel), kept.turn.id)
        ]
        for kept in quoting:
            self.store.lose_quotes(kept, person_id)
        for kept in repeating:
            self.store.lose_quotes(kept, OWN_WORDS)
        quoting += repeating
        for kept in here:
            if any(heard.address == kept.address and heard.turn.id < kept.turn.id for heard in theirs) or any(
                heard.address == kept.address and heard.turn.id <= kept.turn.id for heard in quoting
            ):
                self.store.lose_answer(kept)
        for key, choice in list(self.store.chosen.items()):
            level, address, chooser = key
            if choice.chosen_by != person_id or not _within(address, platform, workspace):
                continue
            if level is Level.ME and chooser == person_id:
                del self.store.chosen[key]
            else:
                self.store.chosen[key] = replace(choice, chosen_by="")
        forget_assistants(self.store, platform, person_id, workspace)
        forget_courses(self.store, platform, person_id, workspace)
        self.store.forget_deeds(person_id, platform, workspace)
        somewhere = Address(platform, workspace, "")
        self.store.note_deed(Deed(kind=DeedKind.ERASED, person_id=FORGOTTEN, address=somewhere))
        self.store.tell()
        return erased

    async def record_of(self, platform: str, person_id: str) -> PersonRecord:
        self._check()
        here = [kept for kept in self.store.turns.values() if kept.address.platform == platform]
        own = [kept for kept in here if kept.person.id == person_id and kept.question and not kept.of]
        choices = [
            RecordedChoice(self.store.clock.utc(), level.value, address, choice.model, choice.think or "")
            for (level, address, _), choice in self.store.chosen.items()
            if choice.chosen_by == person_id and address.platform == platform
        ]
        return PersonRecord(
            messages=tuple(self._recorded(kept, own) for kept in own),
            quoted=tuple(
                words
                for kept in here
                if kept.question and kept.person.id != person_id and not kept.of
                for words in words_of_quotes(person_id, kept.question.text, kept.quotes)
            ),
            ratings=tuple(
                RecordedRating(rated.rated_at, rated.verdict.value, rated.reason, rated.model)
                for kept in here
                for rater, rated in kept.ratings.items()
                if rater == person_id
            ),
            choices=tuple(choices),
            votes=tuple(
                RecordedVote(
                    vote.voted_at or self.store.clock.utc(), vote.first, vote.second, vote.outcome, vote.reason
                )
                for _, place, vote in self.store.votes
                if vote.person_id == person_id and place[0] == platform
            ),
            summaries=tuple(self._summaries(own, here)),
            assistants=recorded_assistants(self.store, platform, person_id),
            assistant_uses=recorded_uses(self.store, platform, person_id),
            courses=recorded_courses(self.store, platform, person_id),
            work=tuple(
                RecordedWork(
                    work.ended_at,
                    work.account.workspace,
                    work.account.channel,
                    work.model,
                    work.prompt_tokens,
                    work.answer_tokens,
                    work.worked_s,
                )
                for work in self.store.works
                if _worked_for(work, platform, "", person_id)
            ),
            deeds=tuple(
                logged
                for logged in self.store.deeds
                if logged.deed.person_id == person_id
                and (logged.deed.address is None or logged.deed.address.platform == platform)
            ),
        )

    def _summaries(self, own: list[FakeTurn], here: list[FakeTurn]) -> list[RecordedSummary]:
        found = []
        for (conversation_id, model), window in self.store.windows.items():
            mine = [kept for kept in own if kept.turn.conversation_id == conversation_id]
            of_others = [
                kept.turn.id
                for kept in here
                if kept.turn.conversation_id == conversation_id
                and (
                    (kept not in own and kept.of not in own and not kept.turn.message.direct)
                    or any(quote.author_id != each.person.id for each in mine for quote in kept.quotes)
                )
            ]
            for text, ends in ((window.summary, window.from_turn), (window.next_summary, window.next_turn)):
                if mine and text:
                    is_shared = any(turn < ends for turn in of_others)
                    shown = "" if is_shared else text
                    found.append(RecordedSummary(window.cut_at, mine[0].address, model, shown, is_shared))
        return found

    def _recorded(self, kept: FakeTurn, own: list[FakeTurn]) -> RecordedMessage:
        assert kept.question
        before = [each for each in self.store.of(kept.turn.conversation_id) if each.turn.id <= kept.turn.id]
        said_by_others = [
            each for each in before if each not in own and each.of not in own and not each.turn.message.direct
        ]
        quoted = [quote for each in before for quote in each.quotes if quote.author_id != kept.person.id]
        answer = kept.answer.text if kept.answer else ""
        is_left_out = bool(answer and (said_by_others or quoted))
        return RecordedMessage(
            said_at=kept.accepted_at,
            address=kept.address,
            message_id=kept.turn.message.message_id,
            text=kept.question.text[sum(quote.chars for quote in kept.quotes) :],
            answer="" if is_left_out else answer,
            model=kept.closed_with.model if answer and kept.closed_with else "",
            reasoning="" if is_left_out or not answer else kept.reasoning,
            is_answer_left_out=is_left_out,
        )

    async def expire(self, *, before: datetime, platform: str = "", workspace: str = "") -> int:
        self._check()
        old = [
            kept
            for kept in self.store.turns.values()
            if kept.accepted_at < before and not kept.is_live(self.store.clock.utc())
            if _within(kept.address, platform, workspace)
        ]
        erased = sum(len(kept.messages()) for kept in old)
        for kept in old:
            self.store.drop_summaries(kept)
            self.store.drop_reasons(kept)
            del self.store.turns[kept.turn.id]
            kept.question = None
            for each in self.store.about(kept):
                each.turn = replace(each.turn, message=replace(each.turn.message, text=""))
            if not self.store.of(kept.turn.conversation_id):
                del self.store.conversations[kept.address]
                self.store.forget_windows(kept.turn.conversation_id)
        self._expire_events(before, platform, workspace)
        self.store.works = [
            work
            for work in self.store.works
            if work.ended_at >= before
            or platform not in {"", work.account.platform}
            or workspace not in {"", work.account.workspace}
        ]
        self.store.tell()
        return erased

    def _expire_events(self, before: datetime, platform: str, workspace: str) -> None:
        """The event of an open turn stays, so that it cannot be accepted a second time."""
        waited_for = {kept.turn.message.event_id for kept in self.store.open_turns()}
        for event, (received_at, _) in list(self.store.events.items()):
            where = Address(event[0], event[1], "")
            if received_at < before and _within(where, platform, workspace) and event[2] not in waited_for:
                del self.store.events[event]

    def _check(self) -> None:
        if broken := self.broken or self.store.broken:
            raise broken

    def _window(self, conversation_id: int, model: str) -> ContextWindow:
        return self.store.windows.get((conversation_id, model), ContextWindow())

    def _start(self, conversation_id: int) -> int:
        return self.store.context_from.get(conversation_id, 0)

    def _advance(self, conversation_id: int, start: int) -> None:
        self.store.context_from[conversation_id] = max(start, self._start(conversation_id))


def _within(address: Address, platform: str, workspace: str) -> bool:
    return platform in {"", address.platform} and workspace in {"", address.workspace}


def _cast(kept: tuple[int, tuple[str, str], PairVote], platform: str, workspace: str, person_id: str) -> bool:
    _, place, vote = kept
    return vote.person_id == person_id and place[0] == platform and (not workspace or place[1] == workspace)


def _worked_for(work: ModelWork, platform: str, workspace: str, person_id: str) -> bool:
    account = work.account
    here = account.platform == platform and workspace in {"", account.workspace}
    return here and account.person_id == person_id
