"""Pictures as engines with OpenAI's API take them: parts of a message, their files in data addresses."""

from __future__ import annotations

from base64 import b64encode

import pytest

from bot.domain import ChatRequest, PromptMessage, Role
from bot.llm.openai_chat import to_messages

PNG, JPEG, GIF, WEBP = b"\x89PNG\r\n\x1a\nrest", b"\xff\xd8\xff\xe0rest", b"GIF89arest", b"RIFF....WEBPrest"


def asked(*images: bytes) -> ChatRequest:
    prompt = (PromptMessage(Role.SYSTEM, "Be kind."), PromptMessage(Role.USER, "What is this?", images))
    return ChatRequest(model="m", prompt=prompt, context_tokens=4096, answer_tokens=64)


def test_a_message_without_pictures_is_a_text() -> None:
    assert to_messages(asked())[1] == {"role": "user", "content": "What is this?"}


@pytest.mark.parametrize(
    ("image", "kind"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (GIF, "image/gif"), (WEBP, "image/webp")]
)
def test_a_picture_is_a_part_with_its_kind(image: bytes, kind: str) -> None:
    system, question = to_messages(asked(image))

    assert system == {"role": "system", "content": "Be kind."}
    assert question["content"] == [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": f"data:{kind};base64,{b64encode(image).decode()}"}},
    ]


def test_several_pictures_stand_in_their_order() -> None:
    content = to_messages(asked(PNG, JPEG))[1]["content"]

    assert isinstance(content, list)
    assert [part["type"] for part in content] == ["text", "image_url", "image_url"]
