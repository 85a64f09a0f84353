"""What models were measured to make of lessons."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.columns import Base


class ModelProbeRow(Base):
    """What was counted of one model on one version of a server, in one language; see `ProbeTally`."""

    __tablename__ = "model_probes"

    key: Mapped[str] = mapped_column(primary_key=True)
    server: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    edition: Mapped[int]
    model: Mapped[str]
    probed_at: Mapped[datetime]
    asked: Mapped[int]
    open: Mapped[int]
    facts: Mapped[int]
    told: Mapped[int]
    refused: Mapped[int]
    wrong: Mapped[int]
    sentences: Mapped[int]
    removed: Mapped[int]
    tried: Mapped[int]
    knew: Mapped[int]
