"""How models mark calls of tools. Data: one row for each way."""

from __future__ import annotations

from bot.reasoning.model_dialect import PROMPTS, TEMPLATE, MarkKind, ModelDialect, call

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
            ("tool_response", "Qwen, Hermes", TEMPLATE),
            ("toolcall", "Nemotron", TEMPLATE),
            ("function_call", "models told of functions", TEMPLATE),
            ("function_calls", "models trained on Claude's words", "github/app#1499"),
            ("tool_code", "Gemma", TEMPLATE),
            ("use_mcp_tool", "models trained on agents' prompts", PROMPTS),
            ("invoke", "models trained on Claude's words", "anthropics/claude-code#71508"),
            ("use_tool", "models trained on agents' prompts", PROMPTS),
            ("tool_use", "models trained on agents' prompts", PROMPTS),
            ("execute_tool", "models trained on agents' prompts", PROMPTS),
            ("tool_request", "models told of functions", PROMPTS),
            ("tool_result", "models trained on agents' prompts", PROMPTS),
            ("tool_results", "models trained on agents' prompts", PROMPTS),
            ("tool_output", "models told of functions", PROMPTS),
            ("tool_outputs", "Gemma, models told of functions", TEMPLATE),
            ("function_result", "models told of functions", PROMPTS),
            ("function_results", "models trained on Claude's words", "github/app#1499"),
            ("function_response", "models told of functions", PROMPTS),
            ("functioncall", "Glaive trainings", TEMPLATE),
            ("web_search", "models told of functions", PROMPTS),
            ("search_query", "models told of functions", PROMPTS),
            ("observation", "models told of functions", PROMPTS),
        )
    ),
    call('<tool name="…">', "</tool>", models="models told of functions", source=PROMPTS, closes_alone=False),
    call('<function name="…">', "</function>", models="models told of functions", source=PROMPTS),
    *(
        ModelDialect(
            f"<{name}>",
            (f"</{name}>",),
            MarkKind.CALL,
            "models told of actions",
            PROMPTS,
            is_first=True,
            closes_alone=False,
        )
        for name in ("action", "actions")
    ),
    ModelDialect("<tools>", ("</tools>",), MarkKind.CALL, "Hermes", TEMPLATE, is_first=True, closes_alone=False),
    call("<function=…>", "</function>", models="Llama 3, Qwen Coder", source="vllm-project/vllm#46314"),
    call("<|tool_call>", "<tool_call|>", models="Gemma 4", source="Technologicat/raven#9"),
    call("<|tool_call|>", "<|/tool_call|>", models="Granite, Phi", source=TEMPLATE),
    call("<|tool_calls|>", "<|/tool_calls|>", models="Granite", source=TEMPLATE),
    call("<｜DSML｜function_calls>", "</｜DSML｜function_calls>", models="DeepSeek V3.2", source=TEMPLATE),
    call("[TOOL_CALL]", "[/TOOL_CALL]", models="models told of functions", source=PROMPTS),
    call("<|tool_call_start|>", "<|tool_call_end|>", models="LFM2", source=TEMPLATE),
    call(
        "<|tool_calls_section_begin|>", "<|tool_calls_section_end|>", models="Kimi K2", source="can1357/oh-my-pi#8495"
    ),
    call("<|tool_call_begin|>", "<|tool_call_end|>", models="Kimi K2", source="can1357/oh-my-pi#8495"),
    call("<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>", models="DeepSeek V3", source=TEMPLATE),
    call("<｜tool▁call▁begin｜>", "<｜tool▁call▁end｜>", models="DeepSeek V3", source=TEMPLATE),
    call("<|START_ACTION|>", "<|END_ACTION|>", models="Command R, Command A", source=TEMPLATE),
    call("<|action_start|>", "<|action_end|>", models="InternLM", source=TEMPLATE),
    call("<|python_tag|>", models="Llama 3.1", source="CatchTheTornado/open-agents-builder#113"),
    call("✿FUNCTION✿", "✿RETURN✿", models="Qwen 2", source=TEMPLATE),
    ModelDialect("functools[", (), MarkKind.CALL, "Phi-4-mini", TEMPLATE, is_first=True),
    call("[TOOL_REQUEST]", "[END_TOOL_REQUEST]", models="any, behind LM Studio", source=TEMPLATE),
    *(
        call(f"[Tool {name}", models="models that have read such calls", source="openclaw/openclaw#1269")
        for name in ("Call:", "Result")
    ),
    call("<|open|>tools", models="Kimi K3", source="can1357/oh-my-pi#8495"),
    call("assistant to=functions.", models="gpt-oss and its like", source="openai/codex#13114"),
    call("to=functions.", models="gpt-oss and its like", source="pingdotgg/t3code#1147"),
    call("[TOOL_CALLS]", models="Mistral", source="CatchTheTornado/open-agents-builder#113"),
)
