"""How models mark what is no answer: reasoning, calls of tools, turns and their ends. Data: one row for each way."""

from __future__ import annotations

from bot.reasoning.call_dialects import CALLS
from bot.reasoning.model_dialect import HARMONY, PROMPTS, TEMPLATE, MarkKind, ModelDialect, token, turn
from bot.reasoning.thought_dialects import ANSWERS, REASONING

TURNS = (
    turn(
        "<|im_start|>{person}",
        "<|im_start|>{model}",
        models="ChatML: Qwen, SmolLM2, Hermes",
        source="acon96/home-llm#247",
    ),
    turn("<im_start>{person}", "<im_start>{model}", models="ChatML, its bars lost", source="acon96/home-llm#247"),
    turn("<start_of_turn>{person}", "<start_of_turn>{model}", models="Gemma", source=TEMPLATE),
    turn("<|turn>{person}", "<|turn>{model}", models="Gemma 4", source=TEMPLATE),
    turn(
        "<|start_header_id|>{person}", "<|start_header_id|>{model}<|end_header_id|>", models="Llama 3", source=TEMPLATE
    ),
    turn("<|header_start|>{person}", "<|header_start|>{model}<|header_end|>", models="Llama 4", source=TEMPLATE),
    turn("<|start|>{person}", "<|start|>{model}", models="gpt-oss (Harmony)", source=HARMONY),
    turn("<|begin|>{person}", "<|begin|>{model}", models="Solar Open", source=TEMPLATE),
    turn("<|start_of_role|>{person}", "<|start_of_role|>{model}<|end_of_role|>", models="Granite", source=TEMPLATE),
    turn(
        "<|START_OF_TURN_TOKEN|><|{person}_TOKEN|>",
        "<|START_OF_TURN_TOKEN|><|{model}_TOKEN|>",
        models="Command R",
        source=TEMPLATE,
    ),
    turn("<|{person}|>", "<|{model}|>", models="Phi, Zephyr, GLM", source=TEMPLATE),
    turn("<｜{person}｜>", "<｜{model}｜>", models="DeepSeek", source=TEMPLATE),
    turn("[|{person}|]", "[|{model}|]", models="EXAONE", source=TEMPLATE),
    turn("<role>{person}</role>", "<role>{model}</role>", models="Ling, Ring", source=TEMPLATE),
    turn("<seed:bos>{person}", "<seed:bos>{model}", models="Seed-OSS", source=TEMPLATE),
    turn("<reserved_106>", "<reserved_107>", models="Baichuan 2", source=TEMPLATE),
    turn("<extra_id_1>{person}", "<extra_id_1>{model}", models="Nemotron", source=TEMPLATE),
    turn("]~b]{person}", "]~b]{model}", models="MiniMax", source=TEMPLATE),
    turn("[INST]", "[/INST]", models="Mistral, Llama 2", source=TEMPLATE),
    turn("<<SYS>>", "<</SYS>>", models="Llama 2", source=TEMPLATE),
    turn("[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", models="Mistral", source=TEMPLATE),
    turn("[AVAILABLETEMPLATE]", "[/AVAILABLETEMPLATE]", models="Mistral", source=TEMPLATE),
    turn("[TOOL_RESULTS]", "[/TOOL_RESULTS]", models="Mistral", source=TEMPLATE),
)

ENDS = tuple(
    token(mark, MarkKind.END, models=models, source=source)
    for mark, models, source in (
        ("</s>", "Llama 2, Mistral", TEMPLATE),
        ("<|im_end|>", "ChatML: Qwen, SmolLM2, Hermes", "acon96/home-llm#247"),
        ("assistant{gap}", "Llama 3, its marks taken out by the host", "togethercomputer/together-python#137"),
        ("<end_of_turn>", "Gemma", TEMPLATE),
        ("</end_of_turn>", "Gemma", "ollama/ollama#11276"),
        ("</start_of_turn>", "Gemma", TEMPLATE),
        ("<turn|>", "Gemma 4", TEMPLATE),
        ("<eos>", "Gemma", TEMPLATE),
        ("</assistant>", "models told of turns", PROMPTS),
        ("<|eot_id|>", "Llama 3", TEMPLATE),
        ("<|eom_id|>", "Llama 3", TEMPLATE),
        ("<|eot|>", "Llama 4", TEMPLATE),
        ("<|end|>", "Phi, gpt-oss", TEMPLATE),
        ("<|return|>", "gpt-oss (Harmony)", HARMONY),
        ("<|call|>", "gpt-oss (Harmony)", HARMONY),
        ("<|endoftext|>", "GPT-2, Qwen, Phi, Granite", TEMPLATE),
        ("<|end_of_text|>", "Llama 3, Granite", TEMPLATE),
        ("<|END_OF_TURN_TOKEN|>", "Command R", TEMPLATE),
        ("<|END_RESPONSE|>", "Command A", TEMPLATE),
        ("<｜end▁of▁sentence｜>", "DeepSeek", TEMPLATE),
        ("[e~[", "MiniMax", TEMPLATE),
        ("[|endofturn|]", "EXAONE", TEMPLATE),
        ("<seed:eos>", "Seed-OSS", TEMPLATE),
        ("<im_end>", "ChatML, its bars lost", "acon96/home-llm#247"),
        ("<end_of_utterance>", "SmolVLM", TEMPLATE),
        ("<eod>", "Baichuan", TEMPLATE),
        ("<eop>", "GLM", TEMPLATE),
        ("[EOS]", "any, by its tokenizer's name", TEMPLATE),
        ("[end of text]", "any, behind llama.cpp", "ollama/ollama#2673"),
        ("<|stop|>", "StableLM", TEMPLATE),
        ("<|role_end|>", "Ling, Ring", TEMPLATE),
        ("<|startoftext|>", "Hunyuan, LFM2", TEMPLATE),
        ("<|begin_of_text|>", "Llama 3", TEMPLATE),
        ("<｜begin▁of▁sentence｜>", "DeepSeek", TEMPLATE),
        ("<bos>", "Gemma", TEMPLATE),
        ("<|end{name}|>", "any", TEMPLATE),
        ("<|eo{name}|>", "any", TEMPLATE),
    )
)

TOKENS = (
    ModelDialect("<s>{blank}", (), MarkKind.TOKEN, "Llama 2, Mistral", TEMPLATE, is_first=True),
    token("<s>…</s>", MarkKind.TEXT, models="HTML, struck words", source="this bot's rendering"),
    ModelDialect("<assistant>", (), MarkKind.TOKEN, "models told of turns", PROMPTS, is_first=True),
    *(
        token(f"<{name}/>", MarkKind.TOKEN, models="models that do not think", source=TEMPLATE)
        for name in ("think", "think ", "thinking", "thinking ")
    ),
    token("<unused{name}>", MarkKind.TOKEN, models="Gemma", source=TEMPLATE),
    *(
        token(mark, MarkKind.TOKEN, models="any, by its tokenizer's name", source=TEMPLATE)
        for mark in ("<pad>", "<unk>", "[PAD]", "[UNK]", "[BOS]", "[CLS]", "[SEP]")
    ),
    token("[gMASK]", MarkKind.TOKEN, models="GLM", source=TEMPLATE),
    token("<sop>", MarkKind.TOKEN, models="GLM", source=TEMPLATE),
    token("<|end_of_solution|>", MarkKind.TOKEN, models="Sky-T1, OpenThinker", source=TEMPLATE),
    token("<|{name}|>", MarkKind.TOKEN, models="any", source=TEMPLATE),
    token("<｜{name}｜>", MarkKind.TOKEN, models="any", source=TEMPLATE),
)

DIALECTS = (*REASONING, *CALLS, *TURNS, *ENDS, *ANSWERS, *TOKENS)
