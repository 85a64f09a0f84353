"""Sentences of a model are held against the passages they cite."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Passage
from bot.lessons.answers.grounding import Grounding
from tests.lessons.sample import passages_of


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

    assert said == "Llama 2 was published by Meta in July 2023. [1]"
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


@given(st.text(alphabet="aAbB .!?\n[]12#*:。", max_size=80), st.integers(1, 9))
async def test_no_answer_is_too_strange_and_none_says_more_than_it_was_given(answer: str, step: int) -> None:
    said, _, _ = await written(answer, step=step)

    assert all(letter in answer for letter in said if letter.isalpha())
