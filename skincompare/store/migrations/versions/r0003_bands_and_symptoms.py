"""The clinic's expected bands, days of return of its courses, and symptoms that patients ticked."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "band",
        sa.Column("depth", sa.String(), nullable=False),
        sa.Column("first_day", sa.Double(), nullable=False),
        sa.Column("last_day", sa.Double(), nullable=False),
        sa.Column("ask_after_day", sa.Double(), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("depth"),
    )
    op.create_table(
        "course_return",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("depth", sa.String(), nullable=False),
        sa.Column("return_day", sa.Double(), nullable=True),
        sa.Column("made_from", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("course_id", "depth"),
    )
    op.create_table(
        "symptom",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("symptom", sa.String(), nullable=False),
        sa.Column("at_utc", sa.DateTime(), nullable=False),
        sa.Column("at_offset_min", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_symptom_session_id"), "symptom", ["session_id"], unique=False)
