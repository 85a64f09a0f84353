"""What every platform promises of messages that are more, or less, than words said to the bot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.contracts.scenes import ADA, BEN, Stage, on_every
from tests.documents.samples import pdf, picture
from tests.documents.sounds import recording, spoken
from tests.fakes import card

HEARS = frozenset({"completion", "audio"})
SPOKEN = recording(spoken(2.0))
SEES = frozenset({"completion", "vision"})

PICTURE = ("owl.png", b"\x89PNG\r\n\x1a\n\x00\x00")
ARCHIVE = ("owls.zip", b"PK\x05\x06" + bytes(18))
OWL = ("owl.png", picture("png"))
PAPER = ("owls.pdf", pdf("The owl is OWL-4711.", "It sleeps by day."))
LONG = ("message.txt", b"The owl is called OWL-4711.\nIt sleeps by day.")
CODE = ("count.py", b"print(4711)\n```\nnot the end\n")
HEBREW = ("ינשוף.md", "הינשוף הוא OWL-4711".encode())


def asked(stage: Stage) -> str:
    """Return the question as the model read it last."""
    return stage.backend.requests[-1].prompt[-1].content


class TestWordsBehindTheName:
    @on_every("stage", "mentions")
    @pytest.mark.parametrize("said", [": help", ", help", " - help", " — /help", ":\n help", ", help.", "; help!"])
    async def test_a_command_behind_the_name_is_one_however_it_is_set_apart(self, stage: Stage, said: str) -> None:
        await stage.send(ADA, f"{stage.mention}{said}", calls=False)

        assert await stage.reads("Commands:")
        assert stage.backend.requests == []

    @on_every("stage", "mentions")
    @pytest.mark.parametrize("said", [": model list", " - model list", ", model list."])
    async def test_a_command_of_two_words_is_one_too(self, stage: Stage, said: str) -> None:
        await stage.send(ADA, f"{stage.mention}{said}", calls=False)

        assert await stage.reads("Installed models: 2")

    @on_every("stage", "mentions")
    async def test_in_the_middle_of_a_question_the_name_is_a_word(self, stage: Stage) -> None:
        await stage.send(ADA, f"is {stage.mention} better than an owl?", calls=False)
        await stage.reads("You said")

        assert asked(stage).casefold() == "ada: is @lyceum better than an owl?"

    @on_every("stage", "mentions")
    async def test_a_number_behind_the_name_keeps_its_sign(self, stage: Stage) -> None:
        await stage.send(ADA, f"{stage.mention} -5 + 3 = ?", calls=False)
        await stage.reads("You said")

        assert asked(stage).endswith(": -5 + 3 = ?")


class TestFiles:
    @on_every("stage", "files")
    async def test_a_question_with_a_picture_says_that_nobody_saw_it(self, stage: Stage) -> None:
        await stage.send(ADA, "what is in this picture?", files=[PICTURE])
        answer = await stage.reads("I have not seen owl.png")

        assert "You said" in answer.text
        assert "not shown to you: owl.png" in asked(stage)

    @on_every("stage", "files")
    @pytest.mark.parametrize(
        ("file", "told"), [(PICTURE, "I have owl.png, but not what you want"), (ARCHIVE, "I have not seen owls.zip")]
    )
    async def test_a_file_alone_is_told_and_reaches_no_model(
        self, stage: Stage, file: tuple[str, bytes], told: str
    ) -> None:
        await stage.send(ADA, files=[file], direct=True)

        assert await stage.reads_alone(ADA, told)
        assert stage.backend.requests == []

    @on_every("stage", "files")
    async def test_a_mention_with_nothing_but_a_file_is_told_of_the_file(self, stage: Stage) -> None:
        await stage.send(ADA, files=[ARCHIVE])

        assert await stage.reads("I have not seen owls.zip")

    @on_every("stage", "files")
    @pytest.mark.parametrize("file", [LONG, CODE, HEBREW], ids=["text", "code", "hebrew"])
    async def test_a_text_file_is_read_with_the_question(self, stage: Stage, file: tuple[str, bytes]) -> None:
        await stage.send(ADA, "summarise this", files=[file])
        answer = await stage.reads("You said")

        assert file[1].decode().strip().splitlines()[-1] in asked(stage).replace("\n  ", "\n")
        assert f"{file[0]}:" in asked(stage)
        assert "I have not seen" not in answer.text

    @on_every("stage", "files")
    async def test_a_text_file_that_is_none_is_not_read(self, stage: Stage) -> None:
        await stage.send(ADA, "summarise this", files=[("notes.txt", b"\xff\xfe\x00o\x00w\x00l"), LONG])
        await stage.reads("I have not seen notes.txt")

        assert "OWL-4711" in asked(stage)

    @on_every("stage", "files")
    async def test_one_that_is_too_large_is_not_read(self, stage: Stage) -> None:
        await stage.send(ADA, "summarise this", files=[("large.txt", b"owl " * 20_000)])
        await stage.reads("I have not seen large.txt")

        assert len(asked(stage)) < 500

    @on_every("stage", "files")
    async def test_a_text_file_alone_asks_what_to_do_with_it(self, stage: Stage) -> None:
        await stage.send(ADA, files=[LONG], direct=True)

        assert await stage.reads_alone(ADA, "I have message.txt, but not what you want")
        assert stage.backend.requests == []

    @on_every("stage", "files")
    async def test_what_was_read_is_remembered_and_forgotten_with_the_message(self, stage: Stage) -> None:
        await stage.send(ADA, "read this", files=[LONG], direct=True)
        await stage.reads_alone(ADA, "You said")
        await stage.call(ADA, "forget", direct=True, confirm="yes")
        await stage.reads_alone(ADA, "Erased: 2 messages")
        await stage.say(ADA, "which owl?", direct=True)

        assert await stage.reads_alone(ADA, "I remember: nothing")

    @on_every("stage", "files")
    async def test_a_picture_among_people_is_left_alone(self, stage: Stage) -> None:
        await stage.send(BEN, files=[PICTURE], calls=False)
        await stage.say(ADA, "hello")
        await stage.reads("hello")

        assert len(stage.wall()) == 1


class TestPicturesAndDocuments:
    @on_every("stage", "files")
    async def test_a_model_that_sees_is_shown_the_picture_that_was_sent(self, stage: Stage) -> None:
        stage.backend.install(*(replace(each, capabilities=SEES) for each in stage.backend.cards.values()))
        await stage.send(ADA, "what is in this picture?", files=[OWL])
        answer = await stage.reads("You said")

        assert stage.backend.requests[-1].prompt[-1].images == (OWL[1],)
        assert "I have not seen" not in answer.text

    @on_every("stage", "files")
    async def test_of_a_model_that_does_not_see_it_is_said(self, stage: Stage) -> None:
        await stage.send(ADA, "what is in this picture?", files=[OWL])

        assert "does not look at pictures" in (await stage.reads("I have not seen owl.png")).text
        assert stage.backend.requests[-1].prompt[-1].images == ()

    @on_every("stage", "files")
    async def test_the_pages_of_a_document_are_read_with_the_question(self, stage: Stage) -> None:
        await stage.send(ADA, "summarise this", files=[PAPER])
        answer = await stage.reads("You said")

        assert "owls.pdf:" in asked(stage)
        assert "[page 1]\nThe owl is OWL-4711.\n\n[page 2]\nIt sleeps by day." in asked(stage).replace("\n  ", "\n")
        assert "I have not seen" not in answer.text

    @on_every("stage", "files")
    async def test_a_document_that_is_locked_is_told_and_the_question_answered(self, stage: Stage) -> None:
        await stage.send(ADA, "summarise this", files=[("owls.pdf", pdf("secret", password="owl"))])
        answer = await stage.reads("I have not seen owls.pdf: it is locked, by a password")

        assert "You said" in answer.text


class TestVoiceMessages:
    @on_every("stage", "files")
    async def test_what_is_said_is_written_down_shown_and_answered(self, stage: Stage) -> None:
        stage.backend.install(card("gemma4:e2b", capabilities=HEARS))
        stage.backend.hears = lambda _: "what is the owl called?"
        await stage.send(ADA, voice=SPOKEN, direct=True)
        answer = await stage.reads_alone(ADA, "You said: what is the owl called?")

        assert "\N{MICROPHONE} what is the owl called?" in answer.text.split("You said")[0]
        assert asked(stage).startswith("what is the owl called?")

    @on_every("stage", "files")
    async def test_the_model_hears_what_was_recorded(self, stage: Stage) -> None:
        stage.backend.install(card("gemma4:e2b", capabilities=HEARS))
        await stage.send(ADA, voice=SPOKEN, direct=True)

        assert await stage.reads_alone(ADA, "You said: a tone of 220 hertz for 2 seconds")

    @on_every("stage", "files")
    async def test_it_is_remembered_and_forgotten_as_words_are(self, stage: Stage) -> None:
        stage.backend.install(card("gemma4:e2b", capabilities=HEARS))
        stage.backend.hears = lambda _: "the owl is OWL-4711"
        await stage.send(ADA, voice=SPOKEN, direct=True)
        await stage.reads_alone(ADA, "I remember: OWL-4711")
        await stage.call(ADA, "forget", direct=True, confirm="yes")
        await stage.reads_alone(ADA, "Erased: 2 messages")
        await stage.say(ADA, "which owl?", direct=True)

        assert await stage.reads_alone(ADA, "I remember: nothing")

    @on_every("stage", "files")
    async def test_a_recording_that_comes_with_a_question_is_read_with_it(self, stage: Stage) -> None:
        stage.backend.install(card("gemma4:e2b", capabilities=HEARS))
        await stage.send(ADA, "sum it up", files=[("meeting.mp3", recording(spoken(2.0), "mp3"))])
        await stage.reads("You said")

        assert "meeting.mp3:\n  a tone of 220 hertz" in asked(stage)

    @on_every("stage", "files")
    async def test_where_no_model_hears_a_sentence_says_so(self, stage: Stage) -> None:
        await stage.send(ADA, voice=SPOKEN, direct=True)

        assert await stage.reads_alone(ADA, "No model that hears is installed here")
        assert stage.backend.requests == []

    @on_every("stage", "files")
    @pytest.mark.parametrize(
        ("content", "seconds", "why"),
        [
            (b"OggS" + bytes(60), 1.3, "it cannot be read as what its name says"),
            (recording(np.zeros(48_000, np.float32)), 1.3, "there is nothing but silence in it"),
            (SPOKEN, 3600.0, "it is longer than what I take in"),
        ],
        ids=["damaged", "silent", "long"],
    )
    async def test_one_that_cannot_be_heard_says_why_and_asks_for_words(
        self, stage: Stage, content: bytes, seconds: float, why: str
    ) -> None:
        stage.backend.install(card("gemma4:e2b", capabilities=HEARS))
        await stage.send(ADA, voice=content, voice_s=seconds, direct=True)
        told = await stage.reads_alone(ADA, why)

        assert "I could not hear your voice message; nothing is lost." in told.text
        assert stage.backend.recordings == []


class TestForwardedMessages:
    @on_every("stage", "files")
    async def test_one_that_is_forwarded_to_the_bot_is_read(self, stage: Stage) -> None:
        said = await stage.chatter(BEN, "the owl is OWL-4711")
        await stage.send(ADA, forwards=said, direct=True)
        await stage.reads_alone(ADA, "You said")

        assert "the owl is OWL-4711" in asked(stage)
        assert asked(stage).startswith("> ")

    @on_every("stage", "files")
    async def test_one_that_is_nothing_but_a_file_is_told(self, stage: Stage) -> None:
        said = await stage.send(BEN, files=[ARCHIVE], calls=False)
        await stage.send(ADA, forwards=said, direct=True)

        assert await stage.reads_alone(ADA, "I have not seen owls.zip")

    @on_every("stage", "files", "menus")
    async def test_the_menu_of_one_asks_about_what_it_says(self, stage: Stage) -> None:
        said = await stage.chatter(BEN, "the owl is OWL-4711")
        forward = await stage.send(BEN, forwards=said, calls=False)

        assert await stage.ask_about(ADA, forward)
        await stage.reads_alone(ADA, "You said")
        assert "the owl is OWL-4711" in asked(stage)

    @on_every("stage", "files", "menus")
    async def test_the_menu_of_a_file_says_that_it_cannot_be_read(self, stage: Stage) -> None:
        file = await stage.send(BEN, files=[ARCHIVE], calls=False)

        assert not await stage.ask_about(ADA, file)
        assert await stage.reads_alone(ADA, "could not read what is in that message (owls.zip)")


class TestEdits:
    @on_every("stage", "deletion", "mentions")
    async def test_an_edit_that_makes_a_command_runs_it_once(self, stage: Stage) -> None:
        said = await stage.chatter(ADA, "help")
        await stage.edit(said, f"{stage.mention} help")
        await stage.reads("Commands:")
        await stage.edit(said, f"{stage.mention} help!")
        await stage.say(ADA, "and now?")
        await stage.reads("and now?")

        assert sum("Commands:" in each.text for each in stage.wall()) == 1
