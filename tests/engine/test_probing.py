"""A model is probed: it is asked of passages as channels ask, and what it earned decides who words answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.domain import ChatRequest, ModelCard
from bot.domain.probes import ProbeQuestion, ProbeResult
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.generation import Writing
from bot.engine.model_languages import knows, not_understood
from bot.engine.probing import ProbeQuestions, Probing
from bot.engine.selection import is_capable
from bot.lessons.answers.probe_questions import probe_questions
from bot.lessons.answers.teacher import CourseTeacher
from tests.clocks import SetClock
from tests.fakes import FakeBackend, Speech, card
from tests.lessons.sample import sample_lessons
from tests.memory.retrieval import FakeRetriever

EDITION, QUESTIONS = probe_questions()
LANGUAGES = {"ar", "de", "en", "es", "he", "zh"}
NOISE = {"he": "שלום שלום בננה כחולה מאוד על הגג.", "ar": "موز أزرق كبير جدا فوق السطح."}


async def teacher() -> CourseTeacher:
    return CourseTeacher(retriever=FakeRetriever(await sample_lessons()))


async def probing(backend: FakeBackend, *, languages: set[str] = LANGUAGES) -> Probing:
    questions = [each for each in QUESTIONS if each.language in languages]
    return Probing(
        ProbeQuestions(EDITION, questions),
        backend=backend,
        answer_policy=AnswerPolicy(),
        teacher=await teacher(),
        clock=SetClock(),
    )


def asked(request: ChatRequest) -> ProbeQuestion:
    """Return the question that a prompt ends with."""
    last = request.prompt[-1].content
    return next(each for each in QUESTIONS if last.endswith(each.text))


def quoting(request: ChatRequest) -> str:
    """Answer as a good model does: with the sentences of the passages that tell it, or that there is none."""
    question = asked(request)
    text = " ".join(passage.chunk.text for passage in question.passages).replace("。", "。 ")
    sentences = [each for each in text.replace(". ", ".\n").replace("。 ", "。\n").split("\n") if each]
    ways = [way for fact in question.tells for way in fact]
    told = [each for each in sentences if any(way in each for way in ways)]
    allowed = [each for each in told if not any(wrong in each for wrong in question.forbids)]
    return " ".join(allowed or told[:1]) or "NO ANSWER"


async def probed(answer: Callable[[ChatRequest], str], **which: set[str]) -> tuple[ProbeResult, FakeBackend, ModelCard]:
    backend = FakeBackend(replace(card("m", parameters="1B"), digest="sha256:1", server="0.33.0"))
    backend.answer = answer
    asking, model = await probing(backend, **which), backend.cards["m"]
    async for _ in asking.probe(model, Writing()):
        pass
    result = asking.result(model)
    assert result
    return result, backend, model


def test_there_are_sixty_questions_in_six_languages_and_all_kinds() -> None:
    kinds = {(each.language, bool(each.tells), bool(each.forbids)) for each in QUESTIONS}

    assert len(QUESTIONS) == 60
    assert {language for language, _, _ in kinds} == LANGUAGES
    assert all({(language, True, True), (language, False, False)} <= kinds for language in LANGUAGES)


async def test_a_model_that_says_what_passages_say_earns_to_word_answers() -> None:
    result, backend, model = await probed(quoting)

    assert set(result.worded) == LANGUAGES
    assert (result.model, result.key, result.server) == ("m", "sha256:1", "0.33.0")
    assert is_capable(replace(model, probe=result), "he")
    assert not is_capable(model, "he")
    assert len(backend.requests) == 60


async def test_it_is_asked_as_channels_ask() -> None:
    _, backend, _ = await probed(quoting, languages={"en"})
    policy = AnswerPolicy()

    first = backend.requests[0]
    assert first.prompt[0].content == policy.system_for(is_shared=False)
    assert "<passage number=" in first.prompt[-1].content
    assert (first.context_tokens, first.answer_tokens) == (
        policy.context_of(backend.cards["m"]),
        policy.answer_of(backend.cards["m"]),
    )


async def test_a_model_that_refuses_everything_does_not() -> None:
    result, _, _ = await probed(lambda _: "NO ANSWER", languages={"en"})

    assert (result.worded, result.quoted, result.unknown) == ([], ["en"], frozenset())
    assert (result.total.refused, result.total.wrong) == (6, 0)


async def test_a_model_that_answers_what_no_passage_answers_does_not() -> None:
    result, _, _ = await probed(
        lambda request: quoting(request) if asked(request).tells else "The dough rests for eleven hours.",
        languages={"en"},
    )

    assert result.worded == []
    assert result.total.wrong == 4


async def test_a_model_that_invents_does_not() -> None:
    result, _, _ = await probed(
        lambda request: f"{quoting(request)} It costs 400 crowns. It was founded by Queen Eleonora.", languages={"en"}
    )

    assert result.worded == []
    assert result.total.removed > result.total.sentences / 3


async def test_what_it_earned_is_told_by_language() -> None:
    result, _, model = await probed(lambda request: NOISE.get(asked(request).language) or quoting(request))
    measured = replace(model, probe=result)

    assert set(result.quoted) == set(NOISE) == result.unknown
    assert is_capable(measured, "en")
    assert not is_capable(measured, "he")
    assert is_capable(measured, "fr")


async def test_a_language_that_was_noise_is_said_to_be_unknown_to_the_model() -> None:
    result, _, model = await probed(lambda request: NOISE.get(asked(request).language) or quoting(request))
    measured, tells = replace(model, probe=result), await teacher()
    told = not_understood(measured, "מה ההבדל בין שני הרציפים האלה?", tells)

    assert knows(measured, "What is the difference between the two piers?", tells)
    assert told
    assert (told.key, told.parameters["languages"]) == ("notice.other_languages", "de, en, es, zh")
    assert knows(model, "מה ההבדל בין שני הרציפים האלה?", tells)


async def test_a_probe_that_is_stopped_goes_on_where_it_was() -> None:
    backend = FakeBackend(card("m"))
    backend.answer = quoting
    asking, writing = await probing(backend, languages={"en"}), Writing()
    backend.say("NO ANSWER", Speech(text="The dough rests.", holds=True))
    async for done in asking.probe(backend.cards["m"], writing):
        assert done == 1
        break
    writing.stop()
    async for _ in asking.probe(backend.cards["m"], writing):
        pytest.fail("it was stopped")
    backend.forget_script()

    assert [each async for each in asking.probe(backend.cards["m"], Writing())] == [*range(2, 11)]
    assert asking.result(backend.cards["m"])
