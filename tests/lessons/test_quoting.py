from __future__ import annotations

from dataclasses import replace

from bot.lessons.quoting import QUOTE_CHARS, quote, summary
from tests.lessons.sample import passages_of


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


def test_without_passages_nothing_is_quoted() -> None:
    assert quote("anything", []) == []


async def test_a_summary_is_the_first_sentences() -> None:
    said = summary(await passages_of("04"), limit=60)

    assert said == "No model is the best one."
