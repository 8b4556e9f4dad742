"""Photos, and what was measured on them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BYTEWISE = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "flag_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", BYTEWISE, nullable=False),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_table(
        "method",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("options", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", "version", "options", name="uq_method"),
    )
    op.create_table(
        "photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("sha256", BYTEWISE, nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_format", sa.String(), nullable=False),
        sa.Column("n_bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("view", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("captured_utc", sa.DateTime(), nullable=False),
        sa.Column("captured_offset_min", sa.Integer(), nullable=False),
        sa.Column("captured_source", sa.String(), nullable=False),
        sa.Column("camera", sa.String(), nullable=False),
        sa.Column("px_per_mm", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("patient_id", "sha256", name="uq_photo_patient_sha256"),
    )
    op.create_index(op.f("ix_photo_course_id"), "photo", ["course_id"], unique=False)
    op.create_index("ix_photo_patient_captured", "photo", ["patient_id", "captured_utc"], unique=False)
    op.create_index(op.f("ix_photo_session_id"), "photo", ["session_id"], unique=False)
    op.create_index(op.f("ix_photo_sha256"), "photo", ["sha256"], unique=False)
    op.create_table(
        "analysis",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("baseline_id", sa.Integer(), nullable=False),
        sa.Column("made_utc", sa.DateTime(), nullable=False),
        sa.Column("software_version", sa.String(), nullable=False),
        sa.Column("treated", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("rung", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["baseline_id"], ["photo.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_analysis_baseline_id"), "analysis", ["baseline_id"], unique=False)
    op.create_index(op.f("ix_analysis_photo_id"), "analysis", ["photo_id"], unique=False)
    op.create_table(
        "analysis_method",
        sa.Column("analysis_id", sa.Integer(), nullable=False),
        sa.Column("method_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["analysis_id"], ["analysis.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["method_id"],
            ["method.id"],
        ),
        sa.PrimaryKeyConstraint("analysis_id", "method_id"),
    )
    op.create_table(
        "measurement",
        sa.Column("analysis_id", sa.Integer(), nullable=False),
        sa.Column("quantity", BYTEWISE, nullable=False),
        sa.Column("region", BYTEWISE, nullable=False),
        sa.Column("method_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("before_value", sa.Double(), nullable=True),
        sa.Column("before_sigma", sa.Double(), nullable=True),
        sa.Column("before_pixels", sa.Integer(), nullable=False),
        sa.Column("after_value", sa.Double(), nullable=True),
        sa.Column("after_sigma", sa.Double(), nullable=True),
        sa.Column("after_pixels", sa.Integer(), nullable=False),
        sa.Column("change", sa.Double(), nullable=True),
        sa.Column("sigma", sa.Double(), nullable=True),
        sa.Column("mdc95", sa.Double(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("flag_set_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["analysis_id"], ["analysis.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["flag_set_id"],
            ["flag_set.id"],
        ),
        sa.ForeignKeyConstraint(
            ["method_id"],
            ["method.id"],
        ),
        sa.PrimaryKeyConstraint("analysis_id", "quantity", "region"),
        sqlite_with_rowid=False,
    )
