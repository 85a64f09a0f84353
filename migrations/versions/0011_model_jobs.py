"""What a turn does to a host's models; such a turn runs beside the answers of its person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

RUNNING_OF_ONE = "uq_turns_running_of_one"
OF_ONE = ["conversation_id", "person_id"]
# Before, nobody could carry them out. A closed turn names nobody.
CLOSE = (
    "UPDATE turns SET state = 'failed', worker = NULL, lease_until = NULL, event_id = NULL, "
    "platform_message_id = NULL, person_id = NULL, person_name = NULL, person_is_admin = NULL, person_locale = NULL, "
    "unseen = NULL, hint = NULL "
    "WHERE job IS NOT NULL AND state IN ('accepted', 'running')"
)


def upgrade() -> None:
    op.add_column("turns", sa.Column("job", sa.Text))
    _put_index("state = 'running' AND job IS NULL")


def downgrade() -> None:
    op.execute(CLOSE)
    _put_index("state = 'running'")
    op.drop_column("turns", "job")


def _put_index(condition: str) -> None:
    where = sa.text(condition)
    op.drop_index(RUNNING_OF_ONE, "turns")
    op.create_index(RUNNING_OF_ONE, "turns", OF_ONE, unique=True, sqlite_where=where, postgresql_where=where)
