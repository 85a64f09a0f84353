"""How models mark their reasoning, and the answer behind it. Data: one row for each way."""

from __future__ import annotations

from bot.reasoning.model_dialect import (
    GATEWAYS,
    HARMONY,
    PANEL,
    PROMPTS,
    STRIPPED,
    TEMPLATE,
    MarkKind,
    ModelDialect,
    tagged,
    token,
    wrapper,
)

REASONING = (
    tagged(
        "think", "thinking", models="DeepSeek R1, Qwen 3, QwQ, GLM, MiniMax and others", source="ollama/ollama#18044"
    ),
    tagged("thinking", "think", models="Reflection, models told to think", source=GATEWAYS),
    tagged("thought", "thoughts", models="Gemma 4, EXAONE, Marco-o1", source="NousResearch/hermes-agent#6149"),
    tagged("thoughts", "thought", models="models told to think", source=PROMPTS),
    tagged("reasoning", models="models told to think", source=GATEWAYS),
    tagged("reasoning_scratchpad", models="Hermes", source="NousResearch/hermes-agent#6149"),
    tagged("scratchpad", models="models told to think", source=PROMPTS),
    tagged("reflection", models="Reflection", source=PROMPTS),
    tagged("inner_monologue", models="models told to think", source=PROMPTS),
    tagged("antthinking", models="models trained on Claude's words", source=PROMPTS),
    *(
        tagged(name, models="models told to think", source=PROMPTS)
        for name in ("analysis", "reason", "reflect", "cot", "thought_process", "thinking_process", "reasoning_process")
    ),
    *(
        tagged(name, models="models told to think", source=PROMPTS)
        for name in ("monologue", "deliberation", "rationale", "chain_of_thought", "deepthink", "思考")
    ),
    *(
        tagged(name, models="models told to think", source=PROMPTS, is_first=True)
        for name in ("internal", "planning", "plan")
    ),
    tagged("seed:think", models="Seed-OSS", source="CherryHQ/cherry-studio#9498"),
    ModelDialect("<start_working_out>", ("<end_working_out>",), models="GRPO trainings", source=TEMPLATE),
    ModelDialect("[THINK]", ("[/THINK]",), models="Magistral, Ministral", source="ggml-org/llama.cpp#16158"),
    *(
        ModelDialect(f"[{name}]", (f"[/{name}]",), models="models told to think", source=PROMPTS)
        for name in ("THINKING", "REASONING")
    ),
    *(
        # On a line of its own: `[thinking] Hm` is how somebody plays a part.
        ModelDialect(f"[{name}]{{line}}", (f"[/{name}]",), models="models told to think", source=PROMPTS, is_first=True)
        for name in ("think", "thinking", "reasoning")
    ),
    ModelDialect("[unused16]", ("[unused17]",), models="openPangu", source=TEMPLATE),
    ModelDialect("◁think▷", ("◁/think▷",), models="Kimi-VL, Kimi k1.5", source=TEMPLATE),
    ModelDialect("<unused94>", ("<unused95>",), models="MedGemma", source="ollama/ollama#15754"),
    ModelDialect("<|channel>", ("<channel|>",), models="Gemma 4", source="Blaizzy/mlx-vlm#899"),
    ModelDialect("<|begin_of_thought|>", ("<|end_of_thought|>",), models="Sky-T1, OpenThinker", source=TEMPLATE),
    ModelDialect("<|startofthought|>", ("<|endofthought|>",), models="Quiet-STaR", source="arXiv 2403.09629"),
    *(
        ModelDialect(f"<|{begins}|>", (f"<|{ends}|>",), models=models, source=source)
        for begins, ends, models, source in (
            ("begin_of_{thinking}", "end_of_{thinking}", "models told to think", PROMPTS),
            ("start_of_{thinking}", "end_of_{thinking}", "models told to think", PROMPTS),
            ("begin_{thinking}", "end_{thinking}", "models told to think", PROMPTS),
            ("start_{thinking}", "end_{thinking}", "Command A", TEMPLATE),
            ("{thinking}_start", "{thinking}_end", "models told to think", PROMPTS),
            ("{thinking}_begin", "{thinking}_end", "models told to think", PROMPTS),
        )
    ),
    *(
        ModelDialect(f"<|{name}|>", (f"<|/{name}|>",), models="models told to think", source=PROMPTS)
        for name in ("thinking", "thought", "reasoning")
    ),
    tagged("seed:cot_budget_reflect", models="Seed-OSS", source=TEMPLATE),
    ModelDialect("|startthink|", ("|endthink|",), models="MiniMax behind gateways", source=GATEWAYS),
    ModelDialect("<|inner_prefix|>", ("<|inner_suffix|>",), models="Apertus", source=TEMPLATE),
    ModelDialect("<|think|>", ("<|/think|>", "<|end|>"), models="Solar Open", source=TEMPLATE, closes_alone=False),
    ModelDialect(
        '<details type="reasoning"…>',
        ("</details>",),
        models="any, behind Open WebUI",
        source=PANEL,
        closes_alone=False,
    ),
    *(
        ModelDialect(
            f"<details><summary>{words}…</summary>",
            ("</details>",),
            models="models that have read such panels",
            source=PANEL,
            is_first=True,
            closes_alone=False,
        )
        for words in ("Think", "Thought", "Reasoning")
    ),
    ModelDialect(
        "&lt;think&gt;",
        ("&lt;/think&gt;",),
        models="any, behind gateways that write HTML",
        source=GATEWAYS,
        is_first=True,
        closes_alone=False,
    ),
    ModelDialect("<|im_start|>think", ("<|im_start|>answer",), models="s1", source=TEMPLATE, closes_alone=False),
    ModelDialect(
        "<|channel|>analysis…<|message|>",
        ("<|end|>", "<|channel|>final…<|message|>"),
        models="gpt-oss (Harmony)",
        source=HARMONY,
        closes_alone=False,
    ),
    ModelDialect(
        "assistantanalysis",
        ("assistantfinal",),
        models="gpt-oss, its marks taken out by the host",
        source=STRIPPED,
        is_first=True,
        closes_alone=False,
    ),
    ModelDialect(
        "analysis{capital}",
        ("assistantfinal", "<|channel|>final…<|message|>"),
        models="gpt-oss, its marks taken out by the host",
        source=STRIPPED,
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

ANSWERS = (
    token("<|channel|>final…<|message|>", MarkKind.ANSWER, models="gpt-oss (Harmony)", source=HARMONY),
    token("assistantfinal", MarkKind.ANSWER, models="gpt-oss, its marks taken out by the host", source=STRIPPED),
    token("<|START_RESPONSE|>", MarkKind.ANSWER, models="Command A", source=TEMPLATE),
    token("<|begin_of_solution|>", MarkKind.ANSWER, models="Sky-T1, OpenThinker", source=TEMPLATE),
    token("<|im_start|>answer", MarkKind.ANSWER, models="s1", source=TEMPLATE),
    wrapper("answer", models="Hunyuan", source="sgl-project/sglang#7678"),
    wrapper("response", models="Granite 3.3, Ernie", source=TEMPLATE),
    wrapper("output", models="Marco-o1, Reflection", source=GATEWAYS),
    wrapper("solution", models="GRPO trainings", source=TEMPLATE),
    wrapper("final", models="models told to think", source=PROMPTS),
    wrapper("attempt_completion", models="models trained on agents' prompts", source=PROMPTS),
    wrapper("result", models="models trained on agents' prompts", source=PROMPTS),
)
