"""Who rang whom: until now it was always we."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tell the direction of each call."""
    direction = sa.Column("direction", sa.String(16), nullable=False, server_default="outgoing")
    op.add_column("calls", direction)
