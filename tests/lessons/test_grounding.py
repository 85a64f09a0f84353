"""Sentences of a model are held against the passages they cite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import Chunk, Document, Passage
from bot.lessons.answers.grounding import Grounding
from tests.lessons.sample import passages_of

MILL = Passage(
    id=1,
    document=Document(
        course="mill", lesson="01-mill", title="Mill", language="en", path="01-mill/README.md", content_hash="1"
    ),
    chunk=Chunk(section=1, heading_path=("Mill",), anchor="mill", text="aAb. Bb: b1 2. a", language="en"),
    score=1.0,
)


async def written(answer: str, *, lesson: str = "03", step: int = 7) -> tuple[str, Grounding, Sequence[str]]:
    """Let a model write the answer in small pieces; return what is shown, the check, and the headings cited."""
    proof = Grounding(await passages_of(lesson))
    said = ""
    cited: list[Passage] = []
    for at in range(0, len(answer), step):
        part = await proof.feed(answer[at : at + step])
        said += part.text
        cited += part.passages
    last = await proof.finish()
    return said + last.text, proof, [passage.chunk.heading for passage in [*cited, *last.passages]]


async def test_a_sentence_its_passage_supports_is_kept_with_its_number() -> None:
    said, proof, cited = await written("Llama 2 was published by Meta in July 2023 [2].")

    assert said == "Llama 2 was published by Meta in July 2023 [1]."
    assert (proof.removed, cited) == (0, ["Llama 2"])


async def test_a_sentence_no_passage_supports_is_left_out() -> None:
    said, proof, _ = await written("Llama 2 was published by Meta [2]. Owls hunt at night in old forests [2].")

    assert "Owls" not in said
    assert proof.removed == 1


async def test_a_wrong_number_of_things_is_left_out() -> None:
    said, proof, _ = await written("Llama 2 was published by Meta in July 2024 [2].")

    assert (said, proof.removed) == ("", 1)


async def test_a_name_that_is_nowhere_is_left_out() -> None:
    said, _, _ = await written("Fine-tuned variants of Llama 2 are made for conversation by OpenAI [2].")

    assert said == ""


async def test_a_sentence_that_names_the_wrong_passage_is_given_the_right_one() -> None:
    _, _, cited = await written("Mistral 7B was published by the French company Mistral AI in September 2023 [2].")

    assert cited == ["Mistral"]


async def test_a_number_of_no_passage_never_reaches_the_reader() -> None:
    said, _, _ = await written("OLMo is the fully open family: weights, data, code and logs are public [99].")

    assert "[99]" not in said


async def test_what_leads_in_waits_for_what_follows() -> None:
    alone, _, _ = await written("There are several:")
    followed, _, _ = await written("Variants:\n- Code Llama, by Meta, trained further on code [2].\n")

    assert alone == ""
    assert followed.startswith("Variants:\n- Code Llama")


async def test_a_model_that_finds_no_answer_says_so() -> None:
    said, proof, _ = await written("NO ANSWER")

    assert (said, proof.is_refusal) == ("", True)


async def test_sentences_are_numbered_by_their_first_citation() -> None:
    said, _, cited = await written(
        "Mistral 7B was published under Apache 2.0. OLMo weights, data, code and logs are public."
    )

    assert "[1]" in said
    assert len(cited) == len(set(cited))


async def shown(answer: str, *, steps: Sequence[int] = (1, 3, 7, 500)) -> str:
    """Return what is shown of an answer, which is the same however it comes in."""
    (said,) = {(await written(answer, step=step))[0] for step in steps}
    return said


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("[1]. Llama 2 was published by Meta.", "Llama 2 was published by Meta [1]."),
        ("[2] Llama 2 was published by Meta in July 2023.", "Llama 2 was published by Meta in July 2023 [1]."),
        ("Llama 2 was published by Meta [2]. [1]. It is under Meta's community licence.",
         "Llama 2 was published by Meta [1]. It is under Meta's community licence [1]."),
    ],
)  # fmt: skip
async def test_a_number_stands_at_the_end_of_its_sentence(answer: str, said: str) -> None:
    assert await shown(answer) == said


@pytest.mark.parametrize("answer", ["999999", "42.", "It was 1999999.", "**31,337**"])
async def test_a_number_of_no_passage_is_not_shown(answer: str) -> None:
    said, proof, _ = await written(answer)

    assert (said, proof.removed) == ("", 1)


@pytest.mark.parametrize(
    "link",
    [
        "[Meta](https://other.example/login)",
        "[Meta][1x]",
        "<a href='https://other.example'>Meta</a>",
        "[Meta](javascript:alert(1))",
    ],
)
async def test_the_links_of_a_model_are_words(link: str) -> None:
    assert await shown(f"Llama 2 was published by {link} in July 2023 [2].") == (
        "Llama 2 was published by Meta in July 2023 [1]."
    )


@pytest.mark.parametrize("address", ["https://other.example/login", "www.other.example", "other.example/login"])
async def test_an_address_of_no_passage_is_not_shown(address: str) -> None:
    assert await shown(f"Llama 2 was published by Meta in July 2023, see {address} [2].") == ""


async def test_a_list_keeps_its_numbers_and_its_lines() -> None:
    answer = (
        "1. Llama 2 was published by Meta in July 2023 [2].\n"
        "2. Owls hunt at night. Mistral 7B was published under Apache 2.0.\n"
        "3. Owls sleep by day.\n\n"
        "4. Mistral 7B was published in September 2023."
    )

    assert await shown(answer) == (
        "1. Llama 2 was published by Meta in July 2023 [1].\n"
        "2. Mistral 7B was published under Apache 2.0 [2].\n\n"
        "4. Mistral 7B was published in September 2023 [2]."
    )


async def test_a_sentence_is_shown_once() -> None:
    assert await shown("Llama 2 was published by Meta. " * 4) == "Llama 2 was published by Meta [1]."


async def test_two_passages_of_one_place_have_one_number() -> None:
    first, second = (
        replace(MILL, chunk=replace(MILL.chunk, text=text))
        for text in ("The mill grinds rye on Mondays.", "The mill sells flour on Fridays.")
    )
    proof = Grounding([first, second])
    said = await proof.feed("The mill grinds rye on Mondays [1]. The mill sells flour on Fridays [2].\n")

    assert said.text == "The mill grinds rye on Mondays [1]. The mill sells flour on Fridays [1]."
    assert [*said.passages] == [first]


CODE = "```sh\nmill --grind rye\n```"


@pytest.mark.parametrize("step", [1, 4, 100])
async def test_code_of_a_lesson_is_shown_whole_and_other_code_not_at_all(step: int) -> None:
    passage = replace(MILL, chunk=replace(MILL.chunk, text=f"Grind rye so:\n\n{CODE}"))
    answers = []
    for block in (CODE, CODE.removesuffix("\n```"), CODE.replace("rye", "oats")):
        proof = Grounding([passage])
        written = f"Grind rye so:\n{block}\n" if block.endswith("```") else block
        parts = [await proof.feed(written[at : at + step]) for at in range(0, len(written), step)]
        answers.append("".join(part.text for part in [*parts, await proof.finish()]))

    assert answers == [f"Grind rye so:\n{CODE}\n[1]", f"{CODE}\n[1]", ""]


# Two full-width ends in a row (`2。。1`) are read by where the text was cut.
@settings(derandomize=True)
@given(st.text(alphabet="aAbB .!?\n[]12#*:。`(-|", max_size=80), st.integers(1, 9))
async def test_what_is_shown_does_not_depend_on_how_the_text_comes_in(answer: str, step: int) -> None:
    whole, parts = Grounding([MILL]), Grounding([MILL])
    at_once = (await whole.feed(answer)).text + (await whole.finish()).text
    fed = [(await parts.feed(answer[at : at + step])).text for at in range(0, len(answer), step)]

    assert "".join([*fed, (await parts.finish()).text]) == at_once
    assert parts.removed == whole.removed


# Two full-width ends in a row (`2。。1`) are read by where the text was cut.
@settings(derandomize=True)
@given(st.text(alphabet="aAbB .!?\n[]12#*:。", max_size=80), st.integers(1, 9))
async def test_no_answer_is_too_strange_and_none_says_more_than_it_was_given(answer: str, step: int) -> None:
    said, _, _ = await written(answer, step=step)

    assert all(letter in answer for letter in said if letter.isalpha())
