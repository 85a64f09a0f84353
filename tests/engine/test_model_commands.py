from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain import Address, Level, Notice
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.command_parsing import parse_mention, parse_slash
from bot.engine.commands import LISTED
from bot.engine.help_rows import help_rows
from bot.errors import Unavailable, UserError
from bot.i18n import LOCALES, sentence, sentences
from tests.engine.talk import BOSS, DANA, NOAM, ROOM, THREAD, Heard, Talk

OTHER_ROOM = Address("lab", "W1", "C2")


def said(answer: Heard, locale: str = "en") -> str:
    return "\n".join(sentence(notice, locale) for notice in answer.of(Notice))


async def model_of(talk: Talk, *, person: object = DANA, at: Address = ROOM) -> str:
    assert isinstance(person, type(DANA))
    await talk.say("Hi", person=person, at=at)
    return talk.backend.requests[-1].model


async def test_list_says_what_is_known_of_each_model() -> None:
    talk = Talk()

    text = said(await talk.command("model list"))

    assert "`falcon:7b`" in text
    assert "8,192 tokens" in text
    assert "licence unknown" in text
    assert "not loaded" in text


async def test_use_chooses_for_the_person_here_and_nobody_else() -> None:
    talk = Talk(answer_policy=AnswerPolicy(default_model="olmo2:7b"))
    await talk.command("model use", name="mistral:7b")

    assert await model_of(talk) == "mistral:7b"
    assert await model_of(talk, person=NOAM) == "olmo2:7b"
    assert await model_of(talk, at=OTHER_ROOM) == "olmo2:7b"


async def test_the_nearest_choice_wins() -> None:
    talk = Talk(answer_policy=AnswerPolicy(default_model="olmo2:7b"))
    await talk.command("model use", name="falcon:7b", for_="workspace", person=BOSS)
    by_workspace = await model_of(talk, at=THREAD)
    await talk.command("model use", name="mistral:7b", for_="channel", person=BOSS)
    by_channel = await model_of(talk, at=THREAD)
    await talk.command("model use", name="olmo2:7b", for_="thread", at=THREAD)
    by_thread = await model_of(talk, at=THREAD, person=NOAM)
    await talk.command("model use", name="falcon:7b", for_="me", at=THREAD)
    by_person = await model_of(talk, at=THREAD)

    assert [by_workspace, by_channel, by_thread, by_person] == ["falcon:7b", "mistral:7b", "olmo2:7b", "falcon:7b"]


async def test_use_says_when_a_nearer_choice_still_wins() -> None:
    talk = Talk()
    await talk.command("model use", name="falcon:7b", person=BOSS)

    answer = await talk.command("model use", name="mistral:7b", for_="channel", person=BOSS)

    assert "model.use.outranked" in answer.notices


@pytest.mark.parametrize("level", ["channel", "workspace"])
async def test_a_choice_for_all_needs_an_admin(level: str) -> None:
    talk = Talk()

    with pytest.raises(UserError) as use:
        await talk.command("model use", for_=level, name="mistral:7b")
    with pytest.raises(UserError) as reset:
        await talk.command("model reset", for_=level)

    assert [use.value.key, reset.value.key] == ["error.admin_only"] * 2


async def test_a_direct_conversation_is_its_persons_own_channel() -> None:
    talk = Talk()
    await talk.command("model use", name="mistral:7b", for_="channel", direct=True)

    assert await model_of(talk) == "mistral:7b"


async def test_a_level_that_does_not_exist_here_is_refused() -> None:
    talk = Talk()

    with pytest.raises(UserError) as refused:
        await talk.command("model use", name="mistral:7b", for_="thread", at=ROOM)

    assert refused.value.key == "error.no_such_level"


async def test_an_unknown_model_is_refused_with_the_nearest_name() -> None:
    talk = Talk()

    with pytest.raises(UserError) as refused:
        await talk.command("model use", name="mistrall")

    assert refused.value.parameters["nearest"] == "mistral:7b"


@pytest.mark.parametrize("typed", ["MISTRAL:7B", "`mistral:7b`", "mistral:7b\u200f"])
async def test_a_name_is_understood_as_people_type_it(typed: str) -> None:
    talk = Talk()
    await talk.command("model use", name=typed)

    assert await model_of(talk) == "mistral:7b"


async def test_a_model_pulled_a_moment_ago_can_be_chosen() -> None:
    talk = Talk()
    await talk.command("model list")
    talk.backend.install(
        talk.backend.cards["falcon:7b"].__class__(name="new:1b", capabilities=frozenset({"completion"}))
    )

    assert "model.use.done" in (await talk.command("model use", name="new:1b")).notices


async def test_an_embedding_model_cannot_be_chosen() -> None:
    talk = Talk()
    talk.backend.install(talk.backend.cards["falcon:7b"].__class__(name="embed", capabilities=frozenset({"embedding"})))

    with pytest.raises(UserError) as refused:
        await talk.command("model use", name="embed")

    assert refused.value.key == "error.model_cannot_chat"


def make_unreadable(talk: Talk, *names: str) -> None:
    for name in names:
        talk.backend.install(replace(talk.backend.cards[name], capabilities=frozenset(), is_unreadable=True))


async def test_a_model_the_host_tells_nothing_of_cannot_be_chosen() -> None:
    talk = Talk()
    make_unreadable(talk, "mistral:7b")

    with pytest.raises(UserError) as refused:
        await talk.command("model use", name="mistral:7b")
    listed = said(await talk.command("model list"))

    assert (refused.value.key, refused.value.parameters["model"]) == ("error.model_unreadable", "mistral:7b")
    assert "• **`mistral:7b`** · the model host does not tell what it is" in listed


async def test_a_model_the_host_tells_of_again_can_be_chosen_at_once() -> None:
    talk = Talk()
    mistral = talk.backend.cards["mistral:7b"]
    make_unreadable(talk, "mistral:7b")
    await talk.command("model list")
    talk.backend.install(mistral)

    assert "model.use.done" in (await talk.command("model use", name="mistral:7b")).notices


async def test_a_chosen_model_the_host_tells_nothing_of_gives_way_with_a_true_word() -> None:
    talk = Talk(answer_policy=AnswerPolicy(default_model="olmo2:7b"))
    await talk.command("model use", name="mistral:7b")
    make_unreadable(talk, "mistral:7b", "olmo2:7b")
    await talk.engine.catalog.refresh()

    answer = await talk.say("Hi")
    lines = said(await talk.command("model why")).splitlines()

    assert talk.backend.requests[-1].model == "falcon:7b"
    assert "`mistral:7b` should answer here, but the model host does not offer it now" in said(answer)
    assert "• for you here: `mistral:7b`, but the model host does not tell what it is" in lines
    assert "• the configured default, `olmo2:7b`: the model host does not tell what it is" in lines


async def test_where_the_host_tells_of_no_model_it_is_not_said_that_none_is_installed() -> None:
    talk = Talk()
    make_unreadable(talk, *talk.backend.cards)

    with pytest.raises(Unavailable) as unavailable:
        await talk.command("model why")

    assert unavailable.value.key == "error.models_unreadable"
    assert unavailable.value.parameters["models"] == "falcon:7b, mistral:7b, olmo2:7b"


async def test_why_shows_the_chain_and_which_choice_won() -> None:
    talk = Talk(answer_policy=AnswerPolicy(default_model="olmo2:7b"))
    await talk.command("model use", name="falcon:7b", for_="channel", person=BOSS)
    await talk.command("model use", name="mistral:7b", for_="me", at=THREAD)
    talk.backend.remove("mistral:7b")
    await talk.engine.catalog.refresh()

    lines = said(await talk.command("model why", at=THREAD)).splitlines()

    assert lines[0].startswith("**`falcon:7b` answers you here.**")
    assert lines[1:] == [
        "• for you here: `mistral:7b`, not installed any more",
        "• for this thread: no choice",
        "▶ for this channel: `falcon:7b`",
        "• for the workspace: no choice",
        "• by default: `olmo2:7b`",
    ]


async def test_reset_of_a_choice_gives_way_to_the_next_one() -> None:
    talk = Talk(answer_policy=AnswerPolicy(default_model="olmo2:7b"))
    await talk.command("model use", name="mistral:7b")

    assert "model.reset.done" in (await talk.command("model reset")).notices
    assert "model.reset.none" in (await talk.command("model reset")).notices
    assert await model_of(talk) == "olmo2:7b"


async def test_two_people_switching_at_once_leave_one_of_their_choices() -> None:
    talk = Talk()
    names = ["falcon:7b", "mistral:7b"] * 5
    await asyncio.gather(*(talk.command("model use", name=name, for_="channel", person=BOSS) for name in names))

    assert (await talk.choices.chain(ROOM, "U1"))[0].model in names
    assert len(await talk.choices.chain(ROOM, "U1")) == 1


async def test_reset_forgets_the_conversation_and_no_other() -> None:
    talk = Talk()
    await talk.say("The word is OWL-1.")
    await talk.say("The word is OWL-2.", at=THREAD)
    await talk.command("reset")
    await talk.say("What is the word?")
    await talk.say("What is the word?", at=THREAD)

    assert "OWL-1" not in "".join(talk.prompts()[-2])
    assert "OWL-2" in "".join(talk.prompts()[-1])


@pytest.mark.parametrize("locale", LOCALES)
async def test_help_names_every_command_in_the_persons_language(locale: str) -> None:
    talk = Talk()

    text = said(await talk.command("help"), locale)

    assert all(usage in text for usage, _ in help_rows())
    assert all(command.name.split()[-1] in text for command in LISTED)
    assert all(sentences(locale)[key] in text for _, key in help_rows())


@pytest.mark.parametrize(
    ("typed", "call"),
    [
        ("model use mistral:7b", ("model use", {"name": "mistral:7b"})),
        ("/model use mistral:7b for thread", ("model use", {"name": "mistral:7b", "for": "thread"})),
        ("Model USE mistral:7b Channel", ("model use", {"name": "mistral:7b", "for": "channel"})),
        ("model", ("model why", {})),
        ("help", ("help", {})),
        ("model trains are loud", None),
        ("help me with my homework", None),
        ("reset\nthe counter", None),
        ("/ask what is love", ("ask", {"question": "what is love"})),
        ("/ask what is\nlove?", ("ask", {"question": "what is\nlove?"})),
        ("ask me a riddle", None),
        ("ask me a riddle private yes", ("ask", {"question": "me a riddle", "private": "yes"})),
        ("/lesson ask 3 what is love", ("lesson ask", {"lesson": "3", "question": "what is love"})),
        ("/lesson ask 3 what is\nlove?", ("lesson ask", {"lesson": "3", "question": "what is\nlove?"})),
        ("lesson ask 3 what is love", ("lesson ask", {"lesson": "3", "question": "what is love"})),
        ("lesson ask 3 what is\nlove?", None),
        ("lesson quiz 3", ("lesson quiz", {"lesson": "3"})),
        ("lesson plans are boring", None),
        ("", None),
    ],
)
def test_commands_are_told_from_messages(typed: str, call: object) -> None:
    assert parse_mention(typed) == call


@pytest.mark.parametrize(
    ("name", "text", "key"),
    [
        ("model", "", "error.unknown_command"),
        ("model", "dance", "error.unknown_command"),
        ("model", "use", "error.option_missing"),
        ("model", "use a for moon", "error.option_wrong"),
        ("model", "why of trains", "error.too_many_words"),
        ("model", "list of trains", "error.option_wrong"),
        ("dance", "", "error.unknown_command"),
        ("ask", "", "error.option_missing"),
        ("ask", "private yes", "error.option_missing"),
    ],
)
def test_a_wrong_slash_command_says_how_it_is_typed(name: str, text: str, key: str) -> None:
    with pytest.raises(UserError) as refused:
        parse_slash(name, text)

    assert refused.value.key == key
    assert f"/{name}" in sentence(Notice(key, refused.value.parameters), "en") or name == "dance" or "wrong" in key


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("  why  is\n  the sky blue? ", {"question": "why  is\n  the sky blue?"}),
        ("why? private yes", {"question": "why?", "private": "yes"}),
        ("why? Private:Yes", {"question": "why?", "private": "yes"}),
        ("why?\nprivate yes thread yes", {"question": "why?", "private": "yes", "thread": "yes"}),
        ("is this private", {"question": "is this private"}),
        ("say private yes please", {"question": "say private yes please"}),
    ],
)
def test_a_question_is_typed_as_it_stands_and_choices_behind_it(text: str, arguments: dict[str, str]) -> None:
    assert parse_slash("ask", text) == ("ask", arguments)


def test_every_level_has_words_in_every_language() -> None:
    assert all(f"level.{level.value}" in sentences(locale) for level in Level for locale in LOCALES)


async def test_suggestions_begin_with_what_was_typed() -> None:
    talk = Talk()
    await talk.engine.catalog.refresh()

    names = await talk.engine.suggest("model use", "name", "o", person=NOAM, address=ROOM)

    assert names == ["olmo2:7b", "falcon:7b"]
