"""Tokens of programs, and which of them a line of the audit log came through."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table, and the column; the lines that there are keep their hashes."""
    role = sa.Enum(
        "viewer", "responder", "approver", "admin", native_enum=False, length=20, create_constraint=True, name="role"
    )
    op.create_table(
        "token",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False, index=True),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("role", role, nullable=False),
        sa.Column("sha256", sa.String, nullable=False, unique=True),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("created_at", "expires_at")),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in ("used_at", "revoked_at")),
    )
    op.add_column("audit_entry", sa.Column("through", sa.String))
