"""What is told of each cause, brought about at the engine's door: the host, the line, the rights, the models.

A row brings one cause about and returns the keys of all that was told. `tests.engine.test_causes` compares them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from adapters.hearing import RULES
from bot.domain import REPLIED, Chunk, CommandCall, Completion, Document, Failed, UnseenFile, WhyUnread
from bot.engine.access import Access
from bot.engine.answer_policy import AnswerPolicy
from bot.errors import BotError
from bot.llm.ollama import OllamaBackend
from tests.engine.lesson_talk import ClassRoom
from tests.engine.talk import BOSS, DANA, NOAM, ROOM, THREAD, Heard, Talk, accepted, heard, until
from tests.fakes import Speech, card
from tests.lab.ollama import (
    BUSY,
    NO_SUBSCRIPTION,
    NOT_PAID,
    NOT_SIGNED_IN,
    OUT_OF_MEMORY,
    RETIRED,
    TOO_LARGE,
    Fault,
    LabModel,
    OllamaLab,
    Reply,
    Say,
)
from tests.lab.ollama.script import Script
from tests.memory import FakeLessons

Cause = Callable[[], Awaitable[list[str]]]
MODEL = "smollm2:135m"
ATTEMPTS = 4
TAGS, CHAT = "/api/tags", "/api/chat"
PAGE = "<html>Welcome</html>"
HASTE_S = 0.3
WINDOW = 2048


async def told_by(work: Awaitable[Heard], into: Heard) -> list[str]:
    """Return the keys of everything a person is told: notices, how it ended, the error that ended it."""
    try:
        await work
    except BotError as error:
        return [*_keys(into), error.key]
    return _keys(into)


def _keys(got: Heard) -> list[str]:
    ends = [part.notice.key for part in got.of(Failed)]
    return [*got.notices, *ends] + ["answered"] * bool(got.of(Completion))


def at_host(
    *script: Script, text: str = "hello", list_fails: Reply | None = None, models: Sequence[str] = (MODEL,)
) -> Cause:
    """Bring about what a host does: its next chats, or what it says of its models."""

    async def cause() -> list[str]:
        async with _host([LabModel(name=name) for name in models]) as (lab, talk):
            if list_fails:
                lab.next_reply(TAGS, *[list_fails] * ATTEMPTS)
            lab.next_chat(*(script * ATTEMPTS if len(script) == 1 else script))
            return await _asked(talk, text)

    return cause


def without_host() -> Cause:
    """Ask while nobody listens at the host's address."""

    async def cause() -> list[str]:
        async with _host([LabModel(name=MODEL)]) as (lab, talk):
            await lab.stop()
            return await _asked(talk, "hello")

    return cause


def unreadable_models() -> Cause:
    """Ask a host that tells of none of its models what it is."""

    async def cause() -> list[str]:
        async with _host([LabModel(name=MODEL)]) as (lab, talk):
            lab.fail_card(MODEL, Reply(500, "unexpected EOF"))
            return await _asked(talk, "hello")

    return cause


@asynccontextmanager
async def _host(models: Sequence[LabModel]) -> AsyncIterator[tuple[OllamaLab, Talk]]:
    async with OllamaLab(models) as lab:
        backend = OllamaBackend(host=lab.url, first_byte_s=HASTE_S, stall_s=HASTE_S)
        talk = Talk(answer_policy=AnswerPolicy(default_model=MODEL))
        talk.engine = talk.another_process("worker", backend=backend)
        try:
            yield lab, talk
        finally:
            await backend.close()


async def _asked(talk: Talk, text: str) -> list[str]:
    got, turn = Heard(), await talk.accept(text)
    return await told_by(heard(talk.engine.reply(turn), got), got)


def said(
    script: Speech | str, *, policy: AnswerPolicy | None = None, access: Access | None = None, text: str = "hello"
) -> Cause:
    """Say something to an engine over fakes."""

    async def cause() -> list[str]:
        talk = Talk(answer_policy=policy, access=access)
        talk.backend.say(script)
        got = Heard()
        try:
            turn = await talk.accept(text)
        except BotError as error:
            return [error.key]
        return await told_by(heard(talk.engine.reply(turn), got), got)

    return cause


def called(command: str, **arguments: str) -> Cause:
    """Call a command."""

    async def cause() -> list[str]:
        talk = Talk()
        talk.backend.install(card("embed", capabilities=frozenset({"embedding"})))
        given = {name.removesuffix("_"): value for name, value in arguments.items()}
        call = CommandCall(event_id="call", address=ROOM, person=DANA, command=command, arguments=given)
        return await told_by(heard(talk.engine.execute(call)), Heard())

    return cause


async def full_line() -> list[str]:
    """Ask while as many wait as may."""
    talk = Talk(answer_policy=AnswerPolicy(parallel=1, waiting=1))
    talk.backend.say(Speech(text="Done.", holds=True))
    turns = [
        await talk.accept("x", person=person, at=at) for person, at in ((NOAM, ROOM), (BOSS, THREAD), (DANA, ROOM))
    ]
    running = [asyncio.create_task(heard(talk.engine.reply(turn))) for turn in turns[:2]]
    await until(lambda: talk.backend.running)
    told = await told_by(heard(talk.engine.reply(turns[2])), Heard())
    talk.backend.release()
    await asyncio.gather(*running)
    return told


async def anothers_answer() -> list[str]:
    """Stop what another person asked."""
    talk = Talk()
    talk.backend.say(Speech("One owl.", holds=True))
    turn = await talk.accept("count")
    answering = asyncio.create_task(heard(talk.engine.reply(turn)))
    await until(lambda: talk.backend.running)
    told = await told_by(talk.command("stop", person=NOAM), Heard())
    talk.backend.release()
    await answering
    return told


async def chosen_and_removed() -> list[str]:
    """Ask where a model was chosen that is installed no more."""
    talk = Talk()
    await talk.command("model use", name="mistral:7b", for_="me")
    talk.backend.remove("mistral:7b")
    return await _asked(talk, "hello")


def hinted(hint: str, *files: str) -> Cause:
    """Send what has no words, as a platform has judged it."""

    async def cause() -> list[str]:
        talk, got = Talk(), Heard()
        message = replace(talk.message(""), hint=hint, unseen=files)
        turn = await accepted(talk.engine, message)
        assert turn is not None
        return await told_by(heard(talk.engine.reply(turn), got), got)

    return cause


async def cut_prompt() -> list[str]:
    """Ask an older host, which keeps half of its window of a prompt and says nothing of it."""
    talk = Talk(answer_policy=AnswerPolicy(context_tokens=WINDOW))
    async with OllamaLab([LabModel(name=MODEL)], is_old=True) as lab:
        backend = OllamaBackend(host=lab.url)
        talk.engine = talk.another_process("worker", backend=backend)
        lab.next_chat(Say("An owl.", figures={"prompt_eval_count": WINDOW // 2 + 2}))
        told = await _asked(talk, "owls hoot at night. " * 320)
        await backend.close()
    return told


async def lesson_without_terms() -> list[str]:
    """Ask for a quiz about a lesson that explains nothing."""
    lessons = FakeLessons()
    document = Document(
        course="course", lesson="1-owls", language="en", title="Owls", path="1-owls.md", content_hash="x", number=(1,)
    )
    chunk = Chunk(section=0, heading_path=(), anchor="", text="Owls hoot.", language="en")
    await lessons.put("course", document, [chunk], None)
    room = ClassRoom(lessons, answer_policy=AnswerPolicy())
    return await told_by(room.command("lesson quiz", lesson="1"), Heard())


def unseen(*what: str) -> Cause:
    """Ask with something beside the words that nobody reads."""

    async def cause() -> list[str]:
        talk, got = Talk(), Heard()
        turn = await accepted(talk.engine, replace(talk.message("hello"), unseen=what))
        assert turn is not None
        return await told_by(heard(talk.engine.reply(turn), got), got)

    return cause


async def no_lessons_to_ask() -> list[str]:
    """Ask the lessons where there are none."""
    room, got = ClassRoom(FakeLessons(), answer_policy=AnswerPolicy()), Heard()
    turn = await accepted(room.engine, replace(room.message("What is an owl?"), lessons_only=True))
    assert turn is not None
    return await told_by(heard(room.engine.reply(turn), got), got)


async def no_lessons_to_list() -> list[str]:
    """List the lessons where there are none."""
    return await told_by(ClassRoom(FakeLessons(), answer_policy=AnswerPolicy()).command("lesson list"), Heard())


CAUSES: Mapping[str, Cause] = {
    "error.host_unreachable": without_host(),
    "error.host_silent": at_host(Say(fault=Fault.STALL, after=1)),
    "error.host_busy": at_host(BUSY),
    "error.host_failed": at_host(OUT_OF_MEMORY),
    "error.host_odd": at_host(Reply(200, body=PAGE, content_type="text/html")),
    "error.host_redirects": at_host(Reply(307, location="http://127.0.0.1:9/")),
    "error.host_refuses": at_host(Reply(403, body=PAGE, content_type="text/html")),
    "error.host_gateway": at_host(Reply(502, body=PAGE, content_type="text/html")),
    "error.host_erring": at_host(list_fails=Reply(500, "database is locked")),
    "error.stream_broken": at_host(Say(fault=Fault.BREAK_OFF, after=3)),
    "error.model_unfit": at_host(Reply(400, "does not support chat")),
    "error.model_key": at_host(NOT_SIGNED_IN),
    "error.model_plan": at_host(NOT_PAID),
    "error.model_forbidden": at_host(NO_SUBSCRIPTION),
    "error.model_retired": at_host(RETIRED),
    "error.model_refused": at_host(Reply(422, "unprocessable")),
    "error.request_too_large": at_host(TOO_LARGE),
    "error.empty_answer": at_host(Say("")),
    "error.prompt_too_long": at_host(text="owl " * 40_000),
    "error.no_models": at_host(models=()),
    "error.models_unreadable": unreadable_models(),
    "error.queue_full": full_line,
    "error.not_your_answer": anothers_answer,
    "error.nothing_to_stop": called("stop"),
    "error.admin_only": called("model use", name="mistral:7b", for_="workspace"),
    "error.model_unknown": called("model use", name="nowhere-near-any:99b"),
    "error.model_unknown_near": called("model use", name="mistrl:7b"),
    "error.model_cannot_chat": called("model use", name="embed"),
    "error.no_such_level": called("model use", name="mistral:7b", for_="thread"),
    "error.unknown_command": called("dance"),
    "error.blocked": said("Hi.", access=Access(blocked=frozenset({f"lab:{DANA.id}"}))),
    "error.place_not_allowed": said("Hi.", access=Access(workspaces=frozenset({"lab:elsewhere"}))),
    **{rule.hint: hinted(rule.hint, "owl.png") for rule in RULES.values() if rule.hint},
    "notice.prompt_cut": cut_prompt,
    "error.lesson_no_quiz": lesson_without_terms,
    "error.lessons_none": no_lessons_to_list,
    "lessons.none": no_lessons_to_ask,
    "notice.unseen": unseen("owl.png"),
    "notice.reply_unseen": unseen(REPLIED),
    **{
        f"notice.unseen_{why.value}": unseen(UnseenFile("owl.png", why).written())
        for why in WhyUnread
        if why not in {WhyUnread.KIND, WhyUnread.CUT}
    },
    "notice.file_cut": unseen(UnseenFile("owl.docx", WhyUnread.CUT).written()),
    "notice.file_cut_at_page": unseen(UnseenFile("owl.pdf", WhyUnread.CUT, "page 3").written()),
    "notice.file_cut_at_slide": unseen(UnseenFile("owl.pptx", WhyUnread.CUT, "slide 3").written()),
    "notice.length": said("one two three four five six", policy=AnswerPolicy(answer_tokens=3)),
    "notice.model_gone": chosen_and_removed,
}
