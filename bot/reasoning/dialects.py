"""How models mark what is no answer: reasoning, calls of tools, turns and their ends. Data: one row for each way.

A mark is written as a model writes it. In it `…` stands for a few characters of the same line, `{model}` and `{person}`
for the names that templates give to a role, `{name}` for any token's name; a tag may carry blanks, attributes and a
model's name in front (`bot/reasoning/marks.py` reads this notation).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class MarkKind(Enum):
    """What is done about a dialect's marks."""

    REASONING = "left out, to the closing mark; a closing mark alone: all before it is left out"
    CALL = "left out, to the closing mark or the end"
    ANSWER = "the answer begins here: all before it is left out"
    WRAPPER = "the marks are left out where they stand around the answer"
    TURN = "behind words the answer ends; before any, left out up to the model's own turn"
    END = "the answer ends here"
    TEXT = "no mark of a model: it stays"
    TOKEN = "left out"  # noqa: S105 - a token of a model's vocabulary


@dataclass(frozen=True, slots=True)
class ModelDialect:
    """One way to mark something: `opening` to any of `closings`, or to the end where there is none.

    `is_first`: the opening is one only before any other word. `closes_alone`: a closing mark is
    one without its opening.
    """

    opening: str
    closings: tuple[str, ...] = ()
    kind: MarkKind = MarkKind.REASONING
    models: str = ""
    source: str = ""
    is_first: bool = False
    closes_alone: bool = True


def tagged(name: str, *more: str, models: str, source: str) -> ModelDialect:
    """Return the dialect of a pair of tags; `more` are names its closing tag may have as well."""
    return ModelDialect(f"<{name}>", tuple(f"</{each}>" for each in (name, *more)), models=models, source=source)


def call(opening: str, *closings: str, models: str, source: str, closes_alone: bool = True) -> ModelDialect:
    """Return the dialect of a call of a tool, which nobody asked for: the bot offers none."""
    return ModelDialect(opening, closings, MarkKind.CALL, models, source, closes_alone=closes_alone)


def turn(opening: str, closing: str, *, models: str, source: str) -> ModelDialect:
    """Return the dialect of a template: how a person's turn begins, and how the model's own does."""
    return ModelDialect(opening, (closing,), MarkKind.TURN, models, source)


def wrapper(name: str, *, models: str, source: str) -> ModelDialect:
    """Return the dialect of tags around the answer itself."""
    return ModelDialect(
        f"<{name}>", (f"</{name}>",), MarkKind.WRAPPER, models, source, is_first=True, closes_alone=False
    )


def token(mark: str, kind: MarkKind, *, models: str, source: str) -> ModelDialect:
    """Return the dialect of a mark that stands alone."""
    return ModelDialect(mark, (), kind, models, source)


# Where no public report shows a mark in an answer, it is known from the model's own template.
_TEMPLATE, _PROMPTS = "chat template", "prompts that ask for it"
_HARMONY, _STRIPPED = "NousResearch/hermes-agent#84158", "Augustas11/macprovider#743"
_GATEWAYS = "vectorize-io/hindsight#2195"

REASONING = (
    tagged(
        "think", "thinking", models="DeepSeek R1, Qwen 3, QwQ, GLM, MiniMax and others", source="ollama/ollama#18044"
    ),
    tagged("thinking", "think", models="Reflection, models told to think", source=_GATEWAYS),
    tagged("thought", "thoughts", models="Gemma 4, EXAONE, Marco-o1", source="NousResearch/hermes-agent#6149"),
    tagged("thoughts", "thought", models="models told to think", source=_PROMPTS),
    tagged("reasoning", models="models told to think", source=_GATEWAYS),
    tagged("reasoning_scratchpad", models="Hermes", source="NousResearch/hermes-agent#6149"),
    tagged("scratchpad", models="models told to think", source=_PROMPTS),
    tagged("reflection", models="Reflection", source=_PROMPTS),
    tagged("inner_monologue", models="models told to think", source=_PROMPTS),
    tagged("antthinking", models="models trained on Claude's words", source=_PROMPTS),
    *(
        tagged(name, models="models told to think", source=_PROMPTS)
        for name in ("analysis", "reason", "reflect", "cot", "thought_process", "thinking_process", "reasoning_process")
    ),
    tagged("seed:think", models="Seed-OSS", source="CherryHQ/cherry-studio#9498"),
    ModelDialect("<start_working_out>", ("<end_working_out>",), models="GRPO trainings", source=_TEMPLATE),
    ModelDialect("[THINK]", ("[/THINK]",), models="Magistral, Ministral", source="ggml-org/llama.cpp#16158"),
    ModelDialect("◁think▷", ("◁/think▷",), models="Kimi-VL, Kimi k1.5", source=_TEMPLATE),
    ModelDialect("<unused94>", ("<unused95>",), models="MedGemma", source="ollama/ollama#15754"),
    ModelDialect("<|channel>", ("<channel|>",), models="Gemma 4", source="Blaizzy/mlx-vlm#899"),
    ModelDialect("<|START_THINKING|>", ("<|END_THINKING|>",), models="Command A", source=_TEMPLATE),
    ModelDialect("<|begin_of_thought|>", ("<|end_of_thought|>",), models="Sky-T1, OpenThinker", source=_TEMPLATE),
    ModelDialect("<|startofthought|>", ("<|endofthought|>",), models="Quiet-STaR", source="arXiv 2403.09629"),
    ModelDialect("<|begin_of_thinking|>", ("<|end_of_thinking|>",), models="models told to think", source=_PROMPTS),
    *(
        ModelDialect(f"<|{name}|>", (f"<|/{name}|>",), models="models told to think", source=_PROMPTS)
        for name in ("thinking", "thought", "reasoning")
    ),
    tagged("seed:cot_budget_reflect", models="Seed-OSS", source=_TEMPLATE),
    ModelDialect("|startthink|", ("|endthink|",), models="MiniMax behind gateways", source=_GATEWAYS),
    ModelDialect("<|inner_prefix|>", ("<|inner_suffix|>",), models="Apertus", source=_TEMPLATE),
    ModelDialect("<|think|>", ("<|/think|>", "<|end|>"), models="Solar Open", source=_TEMPLATE, closes_alone=False),
    ModelDialect("<|im_start|>think", ("<|im_start|>answer",), models="s1", source=_TEMPLATE, closes_alone=False),
    ModelDialect(
        "<|channel|>analysis…<|message|>",
        ("<|end|>", "<|channel|>final…<|message|>"),
        models="gpt-oss (Harmony)",
        source=_HARMONY,
        closes_alone=False,
    ),
    ModelDialect(
        "assistantanalysis",
        ("assistantfinal",),
        models="gpt-oss, its marks taken out by the host",
        source=_STRIPPED,
        is_first=True,
        closes_alone=False,
    ),
    ModelDialect(
        "analysis{capital}",
        ("assistantfinal",),
        models="gpt-oss, its marks taken out by the host",
        source=_STRIPPED,
        is_first=True,
        closes_alone=False,
    ),
    *(
        ModelDialect(
            f"{here} my thought process:",
            ("Here is my response:", "Here's my response:"),
            models="Granite 3.2",
            source="ollama/ollama#8955",
            is_first=True,
            closes_alone=False,
        )
        for here in ("Here is", "Here's")
    ),
)

CALLS = (
    call(
        "<|channel|>commentary…<|message|>",
        "<|end|>",
        "<|call|>",
        "<|channel|>final…<|message|>",
        models="gpt-oss (Harmony)",
        source="odysseus-dev/odysseus#4522",
        closes_alone=False,
    ),
    call(
        "commentary to=",
        "assistantfinal",
        models="gpt-oss, its marks taken out by the host",
        source="odysseus-dev/odysseus#4522",
        closes_alone=False,
    ),
    *(
        call(f"<{name}>", f"</{name}>", models=models, source=source)
        for name, models, source in (
            ("tool_call", "Qwen, Hermes, GLM, Seed-OSS, MiniMax", "vllm-project/vllm#46314"),
            ("tool_calls", "Hunyuan", "sgl-project/sglang#7678"),
            ("tool_response", "Qwen, Hermes", _TEMPLATE),
            ("toolcall", "Nemotron", _TEMPLATE),
            ("function_call", "models told of functions", _TEMPLATE),
            ("function_calls", "models trained on Claude's words", "github/app#1499"),
            ("tool_code", "Gemma", _TEMPLATE),
            ("use_mcp_tool", "models trained on agents' prompts", _PROMPTS),
            ("invoke", "models trained on Claude's words", "anthropics/claude-code#71508"),
        )
    ),
    call("<function=…>", "</function>", models="Llama 3, Qwen Coder", source="vllm-project/vllm#46314"),
    call("<|tool_call>", "<tool_call|>", models="Gemma 4", source="Technologicat/raven#9"),
    call("<|tool_call|>", "<|/tool_call|>", models="Granite, Phi", source=_TEMPLATE),
    call("<|tool_calls|>", "<|/tool_calls|>", models="Granite", source=_TEMPLATE),
    call("<｜DSML｜function_calls>", "</｜DSML｜function_calls>", models="DeepSeek V3.2", source=_TEMPLATE),
    call("[TOOL_CALL]", "[/TOOL_CALL]", models="models told of functions", source=_PROMPTS),
    call("<|tool_call_start|>", "<|tool_call_end|>", models="LFM2", source=_TEMPLATE),
    call(
        "<|tool_calls_section_begin|>", "<|tool_calls_section_end|>", models="Kimi K2", source="can1357/oh-my-pi#8495"
    ),
    call("<|tool_call_begin|>", "<|tool_call_end|>", models="Kimi K2", source="can1357/oh-my-pi#8495"),
    call("<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>", models="DeepSeek V3", source=_TEMPLATE),
    call("<｜tool▁call▁begin｜>", "<｜tool▁call▁end｜>", models="DeepSeek V3", source=_TEMPLATE),
    call("<|START_ACTION|>", "<|END_ACTION|>", models="Command R, Command A", source=_TEMPLATE),
    call("<|action_start|>", "<|action_end|>", models="InternLM", source=_TEMPLATE),
    call("<|python_tag|>", models="Llama 3.1", source="CatchTheTornado/open-agents-builder#113"),
    call("✿FUNCTION✿", "✿RETURN✿", models="Qwen 2", source=_TEMPLATE),
    ModelDialect("functools[", (), MarkKind.CALL, "Phi-4-mini", _TEMPLATE, is_first=True),
    call("[TOOL_CALLS]", models="Mistral", source="CatchTheTornado/open-agents-builder#113"),
)

TURNS = (
    turn(
        "<|im_start|>{person}",
        "<|im_start|>{model}",
        models="ChatML: Qwen, SmolLM2, Hermes",
        source="acon96/home-llm#247",
    ),
    turn("<start_of_turn>{person}", "<start_of_turn>{model}", models="Gemma", source=_TEMPLATE),
    turn("<|turn>{person}", "<|turn>{model}", models="Gemma 4", source=_TEMPLATE),
    turn(
        "<|start_header_id|>{person}", "<|start_header_id|>{model}<|end_header_id|>", models="Llama 3", source=_TEMPLATE
    ),
    turn("<|header_start|>{person}", "<|header_start|>{model}<|header_end|>", models="Llama 4", source=_TEMPLATE),
    turn("<|start|>{person}", "<|start|>{model}", models="gpt-oss (Harmony)", source=_HARMONY),
    turn("<|begin|>{person}", "<|begin|>{model}", models="Solar Open", source=_TEMPLATE),
    turn("<|start_of_role|>{person}", "<|start_of_role|>{model}<|end_of_role|>", models="Granite", source=_TEMPLATE),
    turn(
        "<|START_OF_TURN_TOKEN|><|{person}_TOKEN|>",
        "<|START_OF_TURN_TOKEN|><|{model}_TOKEN|>",
        models="Command R",
        source=_TEMPLATE,
    ),
    turn("<|{person}|>", "<|{model}|>", models="Phi, Zephyr, GLM", source=_TEMPLATE),
    turn("<｜{person}｜>", "<｜{model}｜>", models="DeepSeek", source=_TEMPLATE),
    turn("<extra_id_1>{person}", "<extra_id_1>{model}", models="Nemotron", source=_TEMPLATE),
    turn("]~b]{person}", "]~b]{model}", models="MiniMax", source=_TEMPLATE),
    turn("[INST]", "[/INST]", models="Mistral, Llama 2", source=_TEMPLATE),
    turn("<<SYS>>", "<</SYS>>", models="Llama 2", source=_TEMPLATE),
    turn("[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", models="Mistral", source=_TEMPLATE),
    turn("[AVAILABLE_TEMPLATE]", "[/AVAILABLE_TEMPLATE]", models="Mistral", source=_TEMPLATE),
    turn("[TOOL_RESULTS]", "[/TOOL_RESULTS]", models="Mistral", source=_TEMPLATE),
)

ENDS = tuple(
    token(mark, MarkKind.END, models=models, source=source)
    for mark, models, source in (
        ("</s>", "Llama 2, Mistral", _TEMPLATE),
        ("<|im_end|>", "ChatML: Qwen, SmolLM2, Hermes", "acon96/home-llm#247"),
        ("<end_of_turn>", "Gemma", _TEMPLATE),
        ("</end_of_turn>", "Gemma", "ollama/ollama#11276"),
        ("</start_of_turn>", "Gemma", _TEMPLATE),
        ("<turn|>", "Gemma 4", _TEMPLATE),
        ("<eos>", "Gemma", _TEMPLATE),
        ("</assistant>", "models told of turns", _PROMPTS),
        ("<|eot_id|>", "Llama 3", _TEMPLATE),
        ("<|eom_id|>", "Llama 3", _TEMPLATE),
        ("<|eot|>", "Llama 4", _TEMPLATE),
        ("<|end|>", "Phi, gpt-oss", _TEMPLATE),
        ("<|return|>", "gpt-oss (Harmony)", _HARMONY),
        ("<|call|>", "gpt-oss (Harmony)", _HARMONY),
        ("<|endoftext|>", "GPT-2, Qwen, Phi, Granite", _TEMPLATE),
        ("<|end_of_text|>", "Llama 3, Granite", _TEMPLATE),
        ("<|END_OF_TURN_TOKEN|>", "Command R", _TEMPLATE),
        ("<|END_RESPONSE|>", "Command A", _TEMPLATE),
        ("<｜end▁of▁sentence｜>", "DeepSeek", _TEMPLATE),
        ("[e~[", "MiniMax", _TEMPLATE),
        ("<|end{name}|>", "any", _TEMPLATE),
        ("<|eo{name}|>", "any", _TEMPLATE),
    )
)

ANSWERS = (
    token("<|channel|>final…<|message|>", MarkKind.ANSWER, models="gpt-oss (Harmony)", source=_HARMONY),
    token("assistantfinal", MarkKind.ANSWER, models="gpt-oss, its marks taken out by the host", source=_STRIPPED),
    token("<|START_RESPONSE|>", MarkKind.ANSWER, models="Command A", source=_TEMPLATE),
    token("<|begin_of_solution|>", MarkKind.ANSWER, models="Sky-T1, OpenThinker", source=_TEMPLATE),
    token("<|im_start|>answer", MarkKind.ANSWER, models="s1", source=_TEMPLATE),
    wrapper("answer", models="Hunyuan", source="sgl-project/sglang#7678"),
    wrapper("response", models="Granite 3.3, Ernie", source=_TEMPLATE),
    wrapper("output", models="Marco-o1, Reflection", source=_GATEWAYS),
    wrapper("solution", models="GRPO trainings", source=_TEMPLATE),
)

TOKENS = (
    ModelDialect("<s>{blank}", (), MarkKind.TOKEN, "Llama 2, Mistral", _TEMPLATE, is_first=True),
    token("<s>…</s>", MarkKind.TEXT, models="HTML, struck words", source="this bot's rendering"),
    ModelDialect("<assistant>", (), MarkKind.TOKEN, "models told of turns", _PROMPTS, is_first=True),
    token("<think/>", MarkKind.TOKEN, models="models that do not think", source=_TEMPLATE),
    token("<bos>", MarkKind.TOKEN, models="Gemma", source=_TEMPLATE),
    token("<unused{name}>", MarkKind.TOKEN, models="Gemma", source=_TEMPLATE),
    token("<pad>", MarkKind.TOKEN, models="Gemma", source=_TEMPLATE),
    token("<|end_of_solution|>", MarkKind.TOKEN, models="Sky-T1, OpenThinker", source=_TEMPLATE),
    token("<|{name}|>", MarkKind.TOKEN, models="any", source=_TEMPLATE),
    token("<｜{name}｜>", MarkKind.TOKEN, models="any", source=_TEMPLATE),
)

DIALECTS = (*REASONING, *CALLS, *TURNS, *ENDS, *ANSWERS, *TOKENS)
