"""How the clinic writes dates and numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

USUAL = "en_GB"


def upgrade() -> None:
    """Add the column; clinics that were there write as they did."""
    op.add_column("clinic", sa.Column("locale", sa.String(), nullable=True))
    op.execute(sa.text("UPDATE clinic SET locale = :usual").bindparams(usual=USUAL))
    with op.batch_alter_table("clinic") as table:
        table.alter_column("locale", existing_type=sa.String(), nullable=False)
