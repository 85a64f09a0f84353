from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Chunk, Document, Passage, QuizItem, QuizQuestion
from bot.lessons.answers.quiz import quiz
from bot.lessons.reading.quiz_files import fault_of
from tests.lessons.quizzes import HIVE, PROOF
from tests.lessons.sample import sample_lessons

ASKED = QuizQuestion(question="Who lays the eggs?", right="The queen", wrong=("A worker", "A drone"), proof=PROOF)
DOCUMENT = Document(course="bees", lesson="hive", title="The hive", language="en", path="hive.md", content_hash="x")
FEWEST = 5
KEEPER = "- **Keeper**: a person who cares for bees.\n"
SMOKER = "- **Smoker**: a tool that calms the bees.\n"
COMB = "- **Comb**: a wall of cells that bees build of wax.\n"


def passage(text: str, *, heading: str = "The hive", language: str = "en", id_: int = 1) -> Passage:
    chunk = Chunk(section=1, heading_path=("Bees", heading), anchor="", text=text, language=language)
    return Passage(id=id_, document=replace(DOCUMENT, language=language), chunk=chunk, score=0.0)


def right(item: QuizItem) -> str:
    return item.options[item.answer]


async def test_every_lesson_of_the_sample_has_a_quiz_that_holds() -> None:
    lessons = await sample_lessons()
    few = {}
    for document in await lessons.documents():
        written = await lessons.questions(document)
        asked = [item for item in quiz(await lessons.chunks(document), written) if item.question]
        if len(asked) < FEWEST or len(asked) < len(written):
            few[document.path] = len(asked)

    assert few == {}


async def test_a_written_question_is_asked_with_the_passage_that_proves_it() -> None:
    (item,) = quiz([passage("Bees dance."), passage(HIVE, id_=2)], [ASKED])

    assert (item.question, item.clue, right(item)) == ("Who lays the eggs?", "", "The queen")
    assert set(item.options) == {"The queen", "A worker", "A drone"}
    assert (item.passage.id, item.proof) == (2, PROOF)


def test_a_written_question_that_the_lesson_does_not_prove_is_not_asked() -> None:
    assert quiz([passage("Bees dance.")], [ASKED]) == []


def test_whoever_writes_a_question_it_is_checked_the_same_way() -> None:
    invented = replace(ASKED, proof="The king lays all the eggs of a hive.")

    assert fault_of(ASKED, [HIVE]) is None
    assert fault_of(invented, [HIVE]) == "passage"


def test_what_was_written_comes_before_what_is_made() -> None:
    items = quiz([passage(f"{HIVE}\n{KEEPER}{SMOKER}{COMB}")], [ASKED])

    assert [bool(item.question) for item in items] == [True, False, False, False]


@pytest.mark.parametrize(
    ("text", "clue"),
    [
        (KEEPER, "…: a person who cares for bees."),
        (
            "A keeper is a person who cares for the bees of a village.",
            "… is a person who cares for the bees of a village.",
        ),
        ("**Keeper** means a person who cares for many bees.", "… means a person who cares for many bees."),
    ],
)
def test_a_definition_gives_a_question_with_terms_of_its_kind(text: str, clue: str) -> None:
    items = quiz([passage(f"{text}\n\n{SMOKER}{COMB}")])

    assert items[0].clue == clue
    assert right(items[0]).casefold() == "keeper"
    assert sorted(option.casefold() for option in items[0].options) == ["comb", "keeper", "smoker"]
    assert items[0].proof


def test_a_section_named_after_a_term_defines_it() -> None:
    said = passage("The keeper is the person who cares for the bees.", heading="What is a keeper?")
    items = quiz([said, passage(f"{SMOKER}{COMB}", id_=2)])

    assert right(items[0]) == "keeper"


@pytest.mark.parametrize(
    ("language", "text", "term"),
    [
        ("he", "**כוורן** הוא אדם שמטפל בדבורים של הכפר.", "כוורן"),
        ("es", "Un apicultor es una persona que cuida las abejas.", "apicultor"),
        ("de", "Ein Imker ist eine Person, die Bienen hält.", "Imker"),
        ("fr", "Un apiculteur est une personne qui garde des abeilles.", "apiculteur"),
        ("ru", "**Пчеловод** — это человек, который держит пчёл.", "Пчеловод"),
        ("zh", "**养蜂人**是指照顾蜜蜂并且采集蜂蜜的人，他们住在村子里，也教别人怎样照顾蜜蜂。", "养蜂人"),
    ],
)
def test_definitions_are_told_in_other_languages(language: str, text: str, term: str) -> None:
    others = {
        "he": "**מפוחית** היא כלי שמרגיע את הדבורים בעשן.\n\n**חלה** היא קיר של תאים שבנוי משעווה.",
        "es": "Un ahumador es una herramienta que calma las abejas.\n\nUn panal es una pared de celdas de cera.",
        "de": "Ein Smoker ist ein Gerät, das die Bienen beruhigt.\n\nEine Wabe ist eine Wand aus Zellen von Wachs.",
        "fr": "Un enfumoir est un outil qui calme les abeilles.\n\nUn rayon est un mur de cellules de cire.",
        "ru": "**Дымарь** — это прибор, который успокаивает пчёл.\n\n**Соты** — это стена из ячеек из воска.",
        "zh": "**喷烟器**是一种用烟让蜜蜂安静下来的工具，养蜂人在打开蜂箱以前先用它，这样就不会被蜇。\n\n"
        "**巢脾**是一种由蜜蜂用蜂蜡建造的六角形小房间组成的墙，蜜蜂在里面储存蜂蜜和养育幼虫。",
    }
    items = quiz([passage(f"{text}\n\n{others[language]}", language=language)])

    assert term in [right(item) for item in items]


@pytest.mark.parametrize(
    "poor",
    [
        "- **Note**: a thing that you should know about bees.\n",
        "- **PRO TIP**: a way of lifting a comb that works.\n",
        "- **Open the hive**: lift the lid slowly and wait for the bees.\n",
        "- **Winter**: a user asks when bees sleep.\n",
        "- **`bees.count()`**: a call that counts the bees.\n",
        "- **Count**: a call that is written `bees.count()`.\n",
        "It is a person who cares for the bees of a village.",
        "A keeper is a very important person in this.",
        "**Keeper** is a person who cares for the bees, for example:",
        "A keeper is the person that we met in the previous section.",
        "Is a keeper a person who cares for the bees of a village?",
        "| keeper | cares for the bees of a village |",
        "- **How do you become a keeper?** A person that cares becomes one.\n",
    ],
)
def test_none_is_made_of_what_defines_nothing(poor: str) -> None:
    items = quiz([passage(f"{poor}\n\n{KEEPER.replace('Keeper', 'Guard')}{SMOKER}{COMB}")])

    assert sorted(right(item) for item in items) == ["Comb", "Guard", "Smoker"]


def test_none_is_made_of_an_exercise() -> None:
    assert quiz([passage(f"{KEEPER}{SMOKER}{COMB}", heading="Quiz")]) == []


def test_two_terms_are_too_few_to_choose_from() -> None:
    assert quiz([passage(f"{KEEPER}{SMOKER}")]) == []


@pytest.mark.parametrize(
    "other",
    [
        "- **Keepers of old**: a kind of people that kept bees in logs.\n",
        "- **Smokers**: a number of tools that calm the bees.\n",
        "- **A very long name of some thing**: a word that nobody takes for a comb.\n",
    ],
    ids=["of the same word", "a form of another option", "much longer"],
)
def test_an_option_that_gives_the_answer_away_is_none(other: str) -> None:
    items = [item for item in quiz([passage(f"{KEEPER}{SMOKER}{COMB}{other}")]) if right(item) == "Keeper"]

    assert [len(item.options) for item in items] == [3]


def test_the_same_lesson_gives_the_same_quiz() -> None:
    passages = [passage(f"{HIVE}\n{KEEPER}{SMOKER}{COMB}")]

    assert quiz(passages, [ASKED]) == quiz(passages, [ASKED])


def test_a_lesson_without_terms_gives_none() -> None:
    assert quiz([]) == []
