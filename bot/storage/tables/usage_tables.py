"""How much was asked on a day."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.columns import Base


class UsageRow(Base):
    """What a subject used on a day. Its key is a digest: it tells nobody whose it is."""

    __tablename__ = "usage"

    day: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    questions: Mapped[int] = mapped_column(BigInteger, default=0)
    tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    told: Mapped[int] = mapped_column(default=0)
