"""Which hosts' models can be changed: those of the Ollama hosts that somebody named, or that were found."""

from __future__ import annotations

from bot.engine.model_keeping import KeptModels
from bot.engine.pulling import PullPolicy
from bot.ports import AuditLog
from bot.runtime.backends import ChosenBackend
from bot.settings import Settings


def kept_models_of(settings: Settings, chosen: ChosenBackend, audit: AuditLog) -> KeptModels:
    """Return what the hosts' models are changed with. Engines with OpenAI's API and the embedded model keep their own.

    Raises:
        ConfigurationError: a host's address cannot be one.
    """
    policy = PullPolicy(registries=settings.ollama.registries, may_leave=settings.model.allow_remote)
    if not chosen.pool:
        return KeptModels(policy=policy, audit=audit)
    # Only where a host is: the client takes half a second to import.
    from bot.llm.model_folder import ModelFolder
    from bot.llm.ollama_keeper import OllamaKeeper

    keepers = [OllamaKeeper(host=host, disk_gb=disk_gb) for host, disk_gb in settings.ollama.with_disks()]
    known = set(chosen.hosts)
    return KeptModels(
        keepers=[keeper for keeper in keepers if keeper.host in known],
        files=ModelFolder(settings.model.imports),
        policy=policy,
        audit=audit,
    )
