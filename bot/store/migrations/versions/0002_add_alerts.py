"""Alerts, what happened to them, their lines, and the on-call chats that get them."""

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _alerts()
    _acts()
    _lines()
    _chats()


def _whose(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["participant"], ["participants.id"], name=op.f(f"fk_{table}_participant"), ondelete="CASCADE"
    )


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column(
            "id",
            sa.String(length=8),
            nullable=False,
            comment="random letters and digits, fit for typing",
        ),
        sa.Column("at", Moment(), nullable=False, comment="UTC; when it was raised first"),
        sa.Column("turn", sa.Integer(), nullable=False, comment="number of the turn that raised it"),
        sa.Column("step", sa.String(length=8), nullable=False, comment="N2..N4: the step that was taken"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="the kind of danger: never words"),
        sa.Column("status", sa.String(length=16), nullable=False, comment="raised, acknowledged, resolved"),
        sa.Column(
            "wave", sa.Integer(), nullable=False, comment="who was told so far: 0 nobody, 1 first, 2 second, 3 admins"
        ),
        sa.Column("next_at", Moment(), nullable=True, comment="UTC; when the next are told; empty: nobody any more"),
        sa.Column(
            "said_at",
            Moment(),
            nullable=False,
            comment="UTC; when its lines were begun; no second ones within 30 min",
        ),
        sa.Column(
            "cycle", sa.Integer(), nullable=False, comment="rises when it is raised anew; each has lines of its own"
        ),
        sa.Column("revision", sa.Integer(), nullable=False, comment="rises when its lines must read differently"),
        sa.Column(
            "who",
            sa.String(length=40),
            nullable=False,
            comment="the on-call chat or name that acknowledged or resolved it",
        ),
        sa.Column("who_at", Moment(), nullable=True, comment="UTC; when that was"),
        sa.Column(
            "tell",
            sa.String(length=8),
            nullable=False,
            comment="what the person must still hear: seen, unseen",
        ),
        _whose("alerts"),
        sa.PrimaryKeyConstraint("participant", "id", name=op.f("pk_alerts")),
        comment="the records that the clinic must close; one open per participant and step within 24 hours",
    )
    op.create_index("ix_alerts_id", "alerts", ["id"], unique=True)
    op.create_index(op.f("ix_alerts_next_at"), "alerts", ["next_at"], unique=False)


def _acts() -> None:
    op.create_table(
        "alert_acts",
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("alert", sa.String(length=8), nullable=False, comment="id of the alert"),
        sa.Column("number", sa.Integer(), nullable=False, comment="order within the alert, from 1"),
        sa.Column("at", Moment(), nullable=False, comment="UTC"),
        sa.Column(
            "what",
            sa.String(length=16),
            nullable=False,
            comment="raised, again, sent, failed, acknowledged, resolved, replaced, unanswered, withdrawn, told",
        ),
        sa.Column(
            "who",
            sa.String(length=80),
            nullable=False,
            comment="on-call chat, command, step or reason; never a person's name",
        ),
        _whose("alert_acts"),
        sa.PrimaryKeyConstraint("participant", "alert", "number", name=op.f("pk_alert_acts")),
        comment="what happened to an alert, in order; rows are only added",
    )


def _lines() -> None:
    op.create_table(
        "alert_lines",
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("alert", sa.String(length=8), nullable=False, comment="id of the alert"),
        sa.Column("chat", sa.String(length=40), nullable=False, comment="name of the on-call chat"),
        sa.Column("cycle", sa.Integer(), nullable=False, comment="of the alert when the line was written"),
        sa.Column("wave", sa.Integer(), nullable=False, comment="1 first, 2 second, 3 admins"),
        sa.Column("status", sa.String(length=16), nullable=False, comment="unsent, sent, failed, dropped"),
        sa.Column(
            "shown",
            sa.Integer(),
            nullable=False,
            comment="revision of the alert that it shows; 0 before it is sent",
        ),
        sa.Column("not_before", Moment(), nullable=False, comment="UTC; while it is being sent, half a minute later"),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="sends tried"),
        sa.Column("reference", sa.String(length=64), nullable=False, comment="the channel's id once sent"),
        sa.Column("sent_at", Moment(), nullable=True, comment="UTC"),
        _whose("alert_lines"),
        sa.PrimaryKeyConstraint("participant", "alert", "chat", "cycle", name=op.f("pk_alert_lines")),
        comment="the line of an alert in each on-call chat: sent and edited from here, at least once",
    )


def _chats() -> None:
    op.create_table(
        "on_call_chats",
        sa.Column("name", sa.String(length=40), nullable=False, comment="as in clinic.yaml"),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False, comment="HMAC of the chat's address"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="the chat's address"),
        sa.Column("registered", Moment(), nullable=False, comment="UTC"),
        sa.Column(
            "trouble", sa.String(length=40), nullable=False, comment="why the last line did not go; empty when it did"
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_on_call_chats")),
        comment="the clinic's on-call chats: nobody in them is a participant",
    )
    op.create_index(op.f("ix_on_call_chats_lookup"), "on_call_chats", ["lookup"], unique=False)
    op.create_table(
        "on_call_codes",
        sa.Column("hash", sa.LargeBinary(), nullable=False, comment="HMAC of the code"),
        sa.Column("name", sa.String(length=40), nullable=False, comment="the on-call chat that it registers"),
        sa.Column("expires", Moment(), nullable=False, comment="UTC; 24 hours after it was made"),
        sa.Column("used", Moment(), nullable=True, comment="UTC; empty until then: it works once"),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_on_call_codes")),
        comment="codes that register an on-call chat",
    )


def downgrade() -> None:
    op.drop_table("on_call_codes")
    op.drop_index(op.f("ix_on_call_chats_lookup"), table_name="on_call_chats")
    op.drop_table("on_call_chats")
    op.drop_table("alert_lines")
    op.drop_table("alert_acts")
    op.drop_index(op.f("ix_alerts_next_at"), table_name="alerts")
    op.drop_index("ix_alerts_id", table_name="alerts")
    op.drop_table("alerts")
