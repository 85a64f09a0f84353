"""Answers as models write them, with all that is none of it, and what people read of each."""

from __future__ import annotations

import pytest

from bot.reasoning import Speakers, cleaned, without_reasoning
from tests.reasoning.test_filtering import cuts, pieced

SPEAKERS = Speakers(own="Lyceum", others=["Bob", "Dana Levi", "דנה", "C++ fan (he)"])
CALL = '{"name": "search", "arguments": {"q": "owl"}}'

FINAL = "<|start|>assistant<|channel|>final<|message|>"
LISTED = "They are:\n- Bob: the first\n> Bob: quoted\n1. Dana Levi: x"

READ = {
    # Reasoning
    "< think >They greet.</ think >Hello!": "Hello!",
    '<think type="deep" id=3>They greet.</think>Hello!': "Hello!",
    "<THINKING>They greet.</Thinking>\nHello!": "Hello!",
    "<M2_7think>They greet.</M2_7think>Hello!": "Hello!",
    "<M2_7think>They greet.</thinking>Hello!": "Hello!",
    "<deepseek_thought>They greet.</deepseek_thought>Hello!": "Hello!",
    "<think>outer <thought>inner</thought> middle</think>final": "final",
    "<think>first</thought>second</think>final": "final",
    "<thinking>a<reflection>b</reflection>c</thinking><output>Hello!</output>": "Hello!",
    "<think>\na\n</think>\n<answer>\nHello!\n</answer>": "Hello!",
    "<answer>Hello!</answer>": "Hello!",
    "They greet.\n[/THINK]\nHello!": "Hello!",
    "[THINK]They greet": "",
    "They greet.◁/think▷Hello!": "Hello!",
    f"<|channel|>analysis<|message|>Need the sum.<|end|>{FINAL}four<|return|>": "four",
    f"Need the sum.<|end|>{FINAL}four<|return|>": "four",
    "<|start|>assistant<|channel|>analysis<|message|>Sum.<|end|>four": "four",
    "<|channel|>analysis<|message|>Sum.<|channel|>final<|message|>four": "four",
    "<|channel|>final<|message|>four": "four",
    "<|channel|>final <|constrain|>json<|message|>{}": "{}",
    "<|channel|>analysis<|message|>a<|end|><|start|>assistant"
    "<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}<|call|>": "",
    f"<|channel|>commentary<|message|>I will look.<|end|>{FINAL}four": "four",
    "<|channel|>analysis<|message|>Need the": "",
    "<|channel|>analysis": "",
    "Paris.<|im_end|>\n<|im_start|>us": "Paris.",
    "Paris <|im_start|>ass": "Paris",
    "assistantanalysisNeed the": "",
    "<|tool▁calls▁begin|>f<|tool▁calls▁end|>": "",
    '✿FUNCTION✿: search\n✿ARGS✿: {"q": "owl"}': "",
    'functools[{"name": "search"}]': "",
    "analysisNeed one word: four.assistantfinalfour": "four",
    'analysis"Hi" is a greeting.assistantfinalHello!': "Hello!",
    "Need one word.assistantfinalfour": "four",
    "analysisUser asks.assistantcommentary to=functions.f json{}assistantfinalfour": "four",
    "analysisWe need the": "",
    "analysis of the data shows four": "analysis of the data shows four",
    "Analysis: four": "Analysis: four",
    "<unused94>thought\nThey greet.<unused95>Hello!": "Hello!",
    "<|channel>thought\nThey greet.\n<channel|>Hello!": "Hello!",
    "<|channel>thought\n<channel|>Hello!": "Hello!",
    "Plan: greet.\n<channel|>Hello!": "Hello!",
    "<|START_THINKING|>They greet.<|END_THINKING|><|START_RESPONSE|>Hello!<|END_RESPONSE|>": "Hello!",
    "They greet.<|END_THINKING|><|START_RESPONSE|>Hello!<|END_RESPONSE|>": "Hello!",
    "Here is my thought process:\nThey greet.\n\nHere is my response:\nHello!": "Hello!",
    "Here's my thought process: They": "",
    "Here is my response: Hello!": "Here is my response: Hello!",
    "<|begin_of_thought|>Hm.<|end_of_thought|>\n<|begin_of_solution|>Hello!<|end_of_solution|>": "Hello!",
    "<|im_start|>think\nHm.<|im_start|>answer\nHello!": "Hello!",
    "Let me see. <think>They want a sum.</think>It is four.": "Let me see. It is four.",
    "<|thinking|>They greet.<|/thinking|>שלום!": "שלום!",
    "<|begin_of_thinking|>They greet.<|end_of_thinking|>你好！": "你好！",
    "<analysis>They greet.</analysis>Hello!": "Hello!",
    "<thinking_process>They greet.": "",
    "<seed:cot_budget_reflect>Half.</seed:cot_budget_reflect><seed:think>Hm.</seed:think>Hello!": "Hello!",
    "<think/>Hello!": "Hello!",
    "~~~a~~~\n<think>They greet.</think>Hello!": "~~~a~~~\nHello!",
    "A <cot is a bed.": "A <cot is a bed.",
    # What is written about marks
    'Write "<think>" first.': 'Write "<think>" first.',
    "Write “<think>…</think>” first.": "Write “<think>…</think>” first.",
    "Write `<|im_end|>` last, and `</s>` too.": "Write `<|im_end|>` last, and `</s>` too.",
    "```\n<|im_start|>user\nHi<|im_end|>\n```\nDone.": "```\n<|im_start|>user\nHi<|im_end|>\n```\nDone.",
    '```json\n{"a": "[TOOL_CALLS]"}\n```': '```json\n{"a": "[TOOL_CALLS]"}\n```',
    "That was <s>old</s> new.": "That was <s>old</s> new.",
    "<s>Old</s> new.": "<s>Old</s> new.",
    "List[INSTANCE] and a[i] <= b": "List[INSTANCE] and a[i] <= b",
    "f x |> g <| y": "f x |> g <| y",
    # Turns and their ends
    "This is a test.\n</end_of_turn>": "This is a test.",
    "Paris.</s>": "Paris.",
    "<s> Paris.</s>": "Paris.",
    "A test.<|im_end|>\n<|im_start|>user\nAnd now?<|im_end|>\n<|im_start|>assistant\nYes.": "A test.",
    "Paris.<end_of_turn>\n<start_of_turn>user\nAnd?": "Paris.",
    "Paris.<|endoftext|>Human: And?": "Paris.",
    "<|endoftext|>Human: And?": "",
    "Paris.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nAnd?": "Paris.",
    "<|start_header_id|>assistant<|end_header_id|>\n\nParis.<|eot_id|>": "Paris.",
    "Paris.<|end|>": "Paris.",
    "Paris.<|end|>\n<|user|>\nAnd?<|end|>\n<|assistant|>\nRome.": "Paris.",
    "[INST] Where? [/INST] Paris.": "Paris.",
    "Paris. [INST] And? [/INST] Rome.": "Paris.",
    "<|im_start|>assistant\nParis.<|im_end|>": "Paris.",
    "<｜Assistant｜>Paris.<｜end▁of▁sentence｜>": "Paris.",
    "Paris.<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|USER_TOKEN|>And?": "Paris.",
    "Paris.<|end_of_anything|>And?": "Paris.",
    "Paris <|strange_token|>is it.": "Paris is it.",
    "<<SYS>>\nBe brief.\n<</SYS>>\nParis.": "Paris.",
    "Paris.<turn|>\n<|turn>user\nAnd?": "Paris.",
    "Paris.<|im_en": "Paris.",
    "Paris.<|im_end|": "Paris.",
    "Paris.<end_of_tu": "Paris.",
    "Paris.</s": "Paris.",
    "Paris.\n</assistant>": "Paris.",
    "<assistant>Paris.</assistant>": "Paris.",
    "a <| b": "a <| b",
    "x <end": "x <end",
    # Calls
    "<｜DSML｜function_calls>\n<｜DSML｜invoke name='f'>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>": "",
    f"<|tool_calls|>{CALL}<|/tool_calls|>": "",
    '<tool_code>search("owl")</tool_code>Paris.': "Paris.",
    "[TOOL_CALL]search[/TOOL_CALL]": "",
    f"<tool_call>\n{CALL}\n</tool_call>": "",
    f"Let me look.\n<tool_call>\n{CALL}\n</tool_call>": "Let me look.",
    '[TOOL_CALLS]search[ARGS]{"q":"owl"}': "",
    f"[TOOL_CALLS] [{CALL}]": "",
    '<function=search>{"q": "owl"}</function>': "",
    "<tool_call>\n<function=search>\n<parameter=q>\nowl\n</parameter>\n</function>\n</tool_call>": "",
    '<|python_tag|>search.call(q="owl")': "",
    f"<|tool_call_start|>{CALL}<|tool_call_end|>": "",
    "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>x<｜tool▁call▁end｜><｜tool▁calls▁end｜>": "",
    "<|tool_calls_section_begin|><|tool_call_begin|>f:0<|tool_call_argument_begin|>{}"
    "<|tool_call_end|><|tool_calls_section_end|>": "",
    '<|tool_call>call:search{q:"owl"}<tool_call|>': "",
    '<function_calls>\n<invoke name="search">\n<parameter name="q">owl</parameter>\n</invoke>\n</function_calls>': "",
    f"<tool_call>\n{CALL}": "",
    # Speakers
    "Lyceum: Paris.\nBob: Thanks, and Rome?\nLyceum: Italy.": "Paris.",
    "**Lyceum:** Paris.": "Paris.",
    "lyceum: Paris.\n\n**Dana Levi**: And?": "Paris.",
    "Paris.\nדנה: ומה עוד?": "Paris.",
    "Paris.\nC++ fan (he): And?": "Paris.",
    "<think>Bob: asks</think>Lyceum: Paris.\nBob: Thanks": "Paris.",
    "Bob said: Paris.\nBobby: no.": "Bob said: Paris.\nBobby: no.",
    LISTED: LISTED,
    "```\nBob: hi\n```\nPlain.": "```\nBob: hi\n```\nPlain.",
    "I am Lyceum: a bot.": "I am Lyceum: a bot.",
    "`a\nBob: b`": "`a\nBob: b`",
}


@pytest.mark.parametrize(("text", "left"), READ.items())
def test_people_read_the_answer_alone(text: str, left: str) -> None:
    assert without_reasoning(text, speakers=SPEAKERS).strip() == left


@pytest.mark.parametrize("text", READ)
def test_it_does_not_matter_where_an_answer_is_cut(text: str) -> None:
    whole = without_reasoning(text, speakers=SPEAKERS)

    assert {pieced(way, SPEAKERS) for way in [list(text), *cuts(text, 1)]} == {whole}


@pytest.mark.parametrize("end", ["\x0b", "\x0c", "\x85"])
def test_words_on_both_sides_of_a_lines_end_are_not_one(end: str) -> None:
    assert without_reasoning(f"Paris.{end}Rome.") == cleaned(f"Paris.{end}Rome.") == "Paris.\nRome."
