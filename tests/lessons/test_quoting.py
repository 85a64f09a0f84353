from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Chunk, Document, Passage
from bot.lessons.answers.quoting import QUOTE_CHARS, quote, summary
from tests.lessons.sample import passages_of

BEST = "Bees dance to tell the others of the hive where there are flowers, and how far away they are."
PASSAGE = Passage(
    id=1,
    document=Document(
        course="hive", lesson="03-bees", title="Bees", language="en", path="03-bees/README.md", content_hash="1"
    ),
    chunk=Chunk(section=1, heading_path=("Bees",), anchor="bees", text="", language="en"),
    score=1.0,
)


def with_text(text: str) -> Passage:
    return replace(PASSAGE, chunk=replace(PASSAGE.chunk, text=text))


async def test_the_sentence_that_answers_is_quoted_word_for_word() -> None:
    passages = await passages_of("03")

    quotes = quote("How many users may a service with Llama 2 have?", passages[1:3])

    assert "7, 13 and 70 billion parameters" in quotes[0].text
    assert all(len(each.text) <= QUOTE_CHARS for each in quotes)


async def test_quotes_are_no_longer_than_the_limit_in_all() -> None:
    quotes = quote("open models", await passages_of("02"), limit=300)

    assert sum(len(each.text) for each in quotes) <= 300


async def test_a_long_list_is_quoted_by_its_subjects() -> None:
    quotes = quote("Which three benefits are there?", (await passages_of("02"))[1:2], limit=200)

    assert all(name in quotes[0].text for name in ("Customisable", "Cheaper per token", "Flexible"))


async def test_what_was_between_two_quoted_sentences_is_marked() -> None:
    passage = (await passages_of("03"))[1]
    text = f"Owls hunt at night. {'Rivers run to the sea. ' * 9}Owls hear mice at night."
    quotes = quote("owls at night", [replace(passage, chunk=replace(passage.chunk, text=text))], limit=60)

    assert quotes[0].text == "Owls hunt at night. … Owls hear mice at night."


async def test_a_question_that_leans_on_another_is_read_with_it() -> None:
    passage = (await passages_of("03"))[1]
    text = "Owls hunt at night. Rivers run to the sea. Mice sleep by day."
    of_text = [replace(passage, chunk=replace(passage.chunk, text=text))]
    quotes = quote("and where?", of_text, previous="Where do rivers run?", limit=30)

    assert quotes[0].text == "Rivers run to the sea."


async def test_beginnings_that_say_nothing_are_quoted_from_the_best_passage_alone() -> None:
    best, other = (
        with_text(BEST),
        with_text("- **Wax**: what bees build of it, and how long it takes them" + " and so on" * 20),
    )

    alone = quote("What do bees dance for?", [other], limit=160)
    beside = quote("What do bees dance for?", [best, other], limit=160)

    assert [each.text for each in alone] == ["- **Wax** …"]
    assert [each.passage for each in beside] == [best]


@pytest.mark.parametrize("lead", ["For example:", "**How bees dance**", "例えば："])
def test_what_only_leads_in_to_something_that_is_not_quoted_is_left_out(lead: str) -> None:
    quotes = quote("What do bees dance for?", [with_text(BEST), with_text(f"{lead}\n\n{'no ' * 400}.")])

    assert [each.text for each in quotes] == [BEST]


def test_what_leads_in_to_something_quoted_is_quoted() -> None:
    quotes = quote("What do bees dance for?", [with_text("Bees dance for these:\n\n- flowers\n- water")])

    assert quotes[0].text == "Bees dance for these:\n- flowers\n- water"


def test_what_only_leads_in_is_quoted_where_there_is_nothing_else() -> None:
    assert quote("What do bees dance for?", [with_text("Bees dance for:")])[0].text == "Bees dance for:"


def test_without_passages_nothing_is_quoted() -> None:
    assert quote("anything", []) == []


async def test_a_summary_is_the_first_sentences() -> None:
    said = summary(await passages_of("04"), limit=130)

    assert said.startswith("Choose an open model by your task first")
    assert said.endswith("on your own questions.")


def test_what_several_passages_say_alike_is_quoted_once() -> None:
    other = replace(with_text(f"{BEST} Bees sleep, too."), id=2)

    assert "".join(each.text for each in quote("What do bees dance for?", [with_text(BEST), other])).count(BEST) == 1


@pytest.mark.parametrize(
    "other", ["Switch to the dark theme at night.", "- **Placeholders**: text to be written later."]
)
def test_a_passage_without_the_words_of_the_question_is_not_quoted(other: str) -> None:
    quotes = quote("What do bees dance for?", [with_text(BEST), with_text(other)])

    assert [each.text for each in quotes] == [BEST]


BLOCK = "```yaml\ntheme:\n  features:\n    - instant\n```"


def test_the_code_that_a_sentence_leads_in_to_is_quoted_whole() -> None:
    quotes = quote("How do I turn on instant loading?", [with_text(f"Turn on instant loading so:\n\n{BLOCK}")])

    assert quotes[0].text == f"Turn on instant loading so:\n{BLOCK}"


@pytest.mark.parametrize("question", ["What is a drone?", "what's a drone", "define drone"])
def test_the_defining_sentence_is_quoted_first(question: str) -> None:
    text = "Keep a drone out of the rain. Some keep a drone for years. A drone is a male bee. Feed a drone well in May."

    assert quote(question, [with_text(text)], limit=31)[0].text == "A drone is a male bee."


@pytest.mark.parametrize(
    ("question", "text", "told"),
    [
        ("How many legs has a bee?", "A bee has hairy legs. They are strong. Its legs are six.", "Its legs are six."),
        ("How many eyes has a bee?", "A bee has large eyes. They are dark. There are 5 eyes.", "There are 5 eyes."),
        ("כמה רגליים יש לדבורה?", "לדבורה יש רגליים שעירות. הן חזקות. הרגליים הן 6.", "הרגליים הן 6."),
    ],
)  # fmt: skip
def test_the_sentence_with_the_number_is_quoted_first(question: str, text: str, told: str) -> None:
    assert told in quote(question, [with_text(text)], limit=31)[0].text


@pytest.mark.parametrize("heading", ["Knowledge check", "Challenge", "Learning goals", "Review questions"])
def test_what_a_quiz_or_a_goal_says_stands_behind_what_teaches(heading: str) -> None:
    asks = replace(PASSAGE, chunk=replace(PASSAGE.chunk, heading_path=("Bees", heading), text="Bees dance for honey."))

    assert quote("What do bees dance for?", [asks, with_text(BEST)], limit=100)[0].text == BEST


def test_a_section_about_asking_questions_teaches() -> None:
    path = ("Bees", "Watch the hive with your own questions")
    teaches = replace(PASSAGE, chunk=replace(PASSAGE.chunk, heading_path=path, text="Bees dance for honey."))

    assert quote("What do bees dance for?", [teaches, with_text(BEST)], limit=100)[0].text == "Bees dance for honey."


def test_of_a_long_list_every_item_is_named() -> None:
    items = [f"- **{name}**: {'what it does in the hive ' * 6}" for name in ("Queen", "Worker", "Drone", "Guard")]
    quotes = quote("Which kinds of bees are there?", [with_text("\n".join(items))], limit=400)

    assert all(name in quotes[0].text for name in ("Queen", "Worker", "Drone", "Guard"))


@pytest.mark.parametrize("other", ["Bees like sugar.", "A dance lasts an hour.", "Bees, wasps and ants are insects."])
def test_a_passage_with_little_of_the_question_is_not_quoted(other: str) -> None:
    quotes = quote("What do bees dance for?", [with_text(BEST), with_text(other)])

    assert [each.text for each in quotes] == [BEST]


OFFERED = "- It dances for honey.\n- It dances for flowers.\n- It dances for the queen."


@pytest.mark.parametrize(
    ("heading", "asked"),
    [
        ("Knowledge check", "What does a bee dance for?"),
        ("Bees", "Which of the following does a bee dance for?"),
        ("Bees", "By the end of this lesson you will know what a bee dances for:"),
    ],
)
def test_what_is_only_offered_or_promised_is_not_quoted(heading: str, asked: str) -> None:
    passage = with_text(f"{BEST}\n\n{asked}\n\n{OFFERED}")
    passage = replace(passage, chunk=replace(passage.chunk, heading_path=("Bees", heading)))

    assert [each.text for each in quote("What does a bee dance for?", [passage])] == [BEST]


def test_a_list_of_goals_is_not_quoted() -> None:
    goals = "- Explain why bees dance.\n- Describe the dance of bees.\n- Compare bees and wasps."

    assert [each.text for each in quote("Why do bees dance?", [with_text(f"{goals}\n\n{BEST}")])] == [BEST]


def test_an_exercise_is_quoted_where_it_is_asked_for() -> None:
    passage = with_text("Watch a hive for an hour. What do you see?\n\n- dances\n- fights")
    passage = replace(passage, chunk=replace(passage.chunk, heading_path=("Bees", "Exercise")))

    assert "dances" in quote("What is the exercise about the hive?", [passage])[0].text


def test_the_answer_behind_the_question_asked_is_quoted() -> None:
    text = "Bees are many. So what is a swarm? It is a cloud of bees on the move. Bees sting."

    assert "a cloud of bees" in quote("What is a swarm?", [with_text(text)], limit=60)[0].text


def test_one_passage_is_quoted_where_it_has_what_is_asked() -> None:
    other = replace(with_text("A bee dances in the dark, and others follow it."), id=2)
    other = replace(other, chunk=replace(other.chunk, section=2))

    assert len(quote("What do bees dance for?", [with_text(BEST), replace(other, score=0.9)])) == 1


def test_a_second_passage_is_quoted_where_it_has_what_the_first_lacks() -> None:
    wax = with_text("Wax is built into cells.")
    honey = with_text("Honey is stored in cells.")
    quotes = quote("What is the difference between wax and honey?", [wax, replace(honey, id=2)])

    assert [each.text for each in quotes] == ["Wax is built into cells.", "Honey is stored in cells."]


def test_of_a_table_the_row_asked_for_is_quoted_under_its_head() -> None:
    rows = [
        f"| {name} | {number} % | {'good for much ' * 6}|" for name, number in (("oak", 3), ("lime", 9), ("rape", 40))
    ]
    table = "\n".join(["| honey | water | use |", "|---|---|---|", *rows])
    text = quote("How much water does lime honey have?", [with_text(table)], limit=150)[0].text

    assert text.startswith("honey | water | use\nlime | 9 %")


@pytest.mark.parametrize("question", ["How do I open the hive in code?", "What is the command to open the hive?"])
def test_code_that_is_asked_for_is_quoted_with_its_sentence(question: str) -> None:
    text = f"Bees sting. Open the hive gently with the command below.\n\n{BLOCK}"

    assert quote(question, [with_text(text)])[0].text.endswith(f"with the command below.\n{BLOCK}")


def test_a_sentence_longer_than_all_quotes_may_be_is_cut() -> None:
    quotes = quote("What do bees dance for?", [with_text("bees dance " * 200)])

    assert quotes[0].text.endswith(" …")
    assert len(quotes[0].text) <= QUOTE_CHARS


def test_a_list_that_is_asked_for_may_be_longer_than_other_quotes() -> None:
    items = "\n".join(
        f"- {name} bees live where it is {weather}"
        for name, weather in zip("abcdefghijkl", "mnopqrstuvwx", strict=True)
    )
    text = quote("Which kinds of bees are there?", [with_text(f"There are kinds of bees:\n\n{items}")], limit=200)[
        0
    ].text

    assert text.count("\n- ") == 12


@pytest.mark.parametrize("said", ["Type `hive open <name>`.", "A `Map<Bee, Hive>` holds bees."])
def test_what_stands_between_angle_brackets_is_quoted(said: str) -> None:
    assert quote("How are bees and the hive named?", [with_text(said)])[0].text == said
