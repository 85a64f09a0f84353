"""Where an answer begins to speak for others, and where it tells of them: both begin lines with a name and a colon."""

from __future__ import annotations

import pytest

from bot.reasoning import Speakers, without_reasoning
from bot.reasoning.filtering import ReasoningFilter

NAMES = ["Bob", "Ann", "Dana Levi", "דנה", "נועם", "ليلى", "小明", "Zoë", "_x_"]
SPEAKERS = Speakers(own="Lyceum", others=NAMES)
# What is read of each text. Every second one was not looked at while the rule was made.
MADE_UP = [
    ("Lyceum: Paris.\nBob: Thanks, and Rome?\nLyceum: Italy.", "Paris."),
    ("Paris.\nBob: Thanks, and Rome?", "Paris."),
    ("Paris.\n\nBob: Thanks, and Rome?\n\nLyceum: Italy.", "Paris."),
    ("It is Paris!\nDana Levi: and Rome?", "It is Paris!"),
    ("Lyceum: Paris\nBob: Thanks", "Paris"),
    ("Is it Paris?\nAnn: yes\nLyceum: Good.", "Is it Paris?"),
    ("בירת צרפת היא פריז.\nדנה: ורומא?", "בירת צרפת היא פריז."),
    ("Lyceum: פריז\nנועם: תודה\nLyceum: בבקשה", "פריז"),
    ("عاصمة فرنسا هي باريس؟\nليلى: نعم", "عاصمة فرنسا هي باريس؟"),
    ("باريس!\nليلى: شكرا", "باريس!"),
    ("法国的首都是巴黎。\n小明：谢谢", "法国的首都是巴黎。"),
    ("巴黎！\n\n小明: 罗马呢？\nLyceum: 意大利。", "巴黎！"),
    ("He said “Paris.”\nBob: Who?", "He said “Paris.”"),
    ("**Paris.**\nBob: Thanks!", "**Paris.**"),
    ("- Paris.\n- Rome.\nBob: Which one?", "- Paris.\n- Rome."),
    ("```py\nx = 1\n```\nThat is all.\nAnn: And y?", "```py\nx = 1\n```\nThat is all."),
]
TOLD = [
    "Bob: takes the notes\nAnn: brings the cake",
    "Bob: takes the notes.\nAnn: brings the cake.\nDana Levi: reads.",
    "Who does what:\nBob: takes the notes.\nAnn: brings the cake.",
    "The roles are:\n\nBob: notes\n\nAnn: cake",
    "**Bob:** takes the notes.\n**Ann:** brings the cake.",
    "Here you are.\n\n**Bob:** takes the notes.\n**Ann:** brings the cake.",
    "Tasks\nBob: notes\nAnn: cake",
    "- Bob: notes.\n- Ann: cake.",
    "1. Bob: notes.\n2. Ann: cake.",
    "> Bob: notes.\n> Ann: cake.",
    "חלוקת התפקידים:\nדנה: רושמת.\nנועם: מביא עוגה.",
    "דנה: רושמת\nנועם: מביא עוגה",
    "المهام:\nليلى: تكتب.\nBob: يقرأ.",
    "ليلى: تكتب\nBob: يقرأ",
    "分工如下：\n小明：记录。\nBob：蛋糕。",
    "小明: 记录\nBob: 蛋糕",
    "A dialogue:\nBob: Where is the owl?\nAnn: In the barn.\nBob: Thanks!",
    "```\nBob: hi\nAnn: hi\n```",
]


@pytest.mark.parametrize(("text", "left"), MADE_UP)
def test_an_answer_ends_where_a_turn_is_made_up(text: str, left: str) -> None:
    assert without_reasoning(text, speakers=SPEAKERS).strip() == left


@pytest.mark.parametrize("text", TOLD)
def test_people_whom_an_answer_tells_of_stay(text: str) -> None:
    assert without_reasoning(text, speakers=SPEAKERS) == text


@pytest.mark.parametrize("text", [*(text for text, _ in MADE_UP), *TOLD])
def test_it_does_not_matter_where_such_a_text_is_cut(text: str) -> None:
    screen, shown = ReasoningFilter(speakers=SPEAKERS), ""
    for sign in text:
        shown += screen.feed(sign)

    assert shown + screen.finish() == without_reasoning(text, speakers=SPEAKERS)
