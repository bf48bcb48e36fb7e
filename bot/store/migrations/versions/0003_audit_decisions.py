"""What screening decided, in full: with the rule set, the version, the time it took, and the buttons pressed later."""

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Moment

revision = "0003"
down_revision = "0002"

ADDED = (
    ("ruleset", sa.String(length=40), "", "hash of the rules and the model that decided"),
    ("app", sa.String(length=32), "", "version of Willow"),
    ("latency", sa.Integer(), "0", "microseconds in which the engine answered, screening included"),
    ("failed", sa.String(length=64), "", "exception for which the frozen core decided; empty if none"),
)


def upgrade() -> None:
    for name, kind, before, comment in ADDED:
        column = sa.Column(name, kind, nullable=False, server_default=before, comment=comment)
        op.add_column("safety", column)
    op.create_index("ix_safety_at", "safety", ["at"], unique=False)
    _answers()
    op.create_table(
        "screened",
        sa.Column("day", sa.Date(), nullable=False, comment="UTC"),
        sa.Column(
            "language",
            sa.String(length=8),
            nullable=False,
            comment="the channel's hint, in short; empty if it gave none",
        ),
        sa.Column(
            "life", sa.Integer(), nullable=False, comment="the service life that counted: each has rows of its own"
        ),
        sa.Column("texts", sa.Integer(), nullable=False, comment="texts that were screened"),
        sa.PrimaryKeyConstraint("day", "language", "life", name=op.f("pk_screened")),
        comment="how many texts were screened, of everybody together",
    )


def _answers() -> None:
    op.create_table(
        "safety_answers",
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False, comment="number of the turn that answered"),
        sa.Column(
            "about", sa.Integer(), nullable=False, comment="number of the turn that took the step; 0 if none is known"
        ),
        sa.Column("at", Moment(), nullable=False, comment="UTC"),
        sa.Column(
            "sealed",
            sa.LargeBinary(),
            nullable=False,
            comment="names of the buttons; rules that the person calls a false alarm",
        ),
        sa.ForeignKeyConstraint(
            ["participant"], ["participants.id"], name=op.f("fk_safety_answers_participant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("participant", "turn", name=op.f("pk_safety_answers")),
        comment="what was answered to questions about danger; rows are only added",
    )
    op.create_index("ix_safety_answers_at", "safety_answers", ["at"], unique=False)


def downgrade() -> None:
    op.drop_table("screened")
    op.drop_index("ix_safety_answers_at", table_name="safety_answers")
    op.drop_table("safety_answers")
    op.drop_index("ix_safety_at", table_name="safety")
    for name, *_ in reversed(ADDED):
        op.drop_column("safety", name)
