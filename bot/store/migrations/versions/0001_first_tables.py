"""The first tables."""

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "lives",
        sa.Column("number", sa.Integer(), nullable=False, comment="rises with every start of the service"),
        sa.Column("started", Moment(), nullable=False, comment="UTC"),
        sa.Column("seen", Moment(), nullable=False, comment="UTC; last sign of life"),
        sa.Column("stopped", Moment(), nullable=True, comment="UTC; empty while it runs or if it was killed"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_lives")),
        comment="one row per life of the service",
    )
    op.create_table(
        "participants",
        sa.Column("id", sa.String(length=32), nullable=False, comment="random, says nothing"),
        sa.Column("created", Moment(), nullable=False, comment="UTC; first contact"),
        sa.Column("reachable", sa.Boolean(), nullable=False, comment="false once the person blocked every channel"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participants")),
        comment="one row per participant; a tick locks it; before consent nothing else about the person is plain",
    )
    op.create_table(
        "texts",
        sa.Column("flow", sa.String(length=64), nullable=False, comment="name of the flow"),
        sa.Column(
            "version",
            sa.String(length=64),
            nullable=False,
            comment="hash of its compiled form with the parts that it calls",
        ),
        sa.Column(
            "body", sa.LargeBinary(), nullable=False, comment="compiled content and words of every language, JSON"
        ),
        sa.Column("stored", Moment(), nullable=False, comment="UTC"),
        sa.PrimaryKeyConstraint("flow", "version", name=op.f("pk_texts")),
        comment="content that open runs may still need: nothing personal",
    )
    op.create_table(
        "answers",
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False, comment="number of the turn"),
        sa.Column("place", sa.Integer(), nullable=False, comment="order within the turn, from 0"),
        sa.Column("at", Moment(), nullable=False, comment="UTC"),
        sa.Column("state", sa.String(length=128), nullable=False, comment="flow@version:node"),
        sa.Column("slot", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False, comment="rating, number, choice, choices, yesno"),
        sa.Column("number", sa.Integer(), nullable=True, comment="rating or number, in the unit of its scale"),
        sa.Column("choice", sa.Text(), nullable=True, comment="name of the choice; names joined by commas for choices"),
        sa.ForeignKeyConstraint(
            ["participant"], ["participants.id"], name=op.f("fk_answers_participant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("participant", "turn", "place", name=op.f("pk_answers")),
        comment="answers of share level summary only; all others are in the sealed part of the turn",
    )
    op.create_index("ix_answers_slot_at", "answers", ["slot", "at"], unique=False)
    op.create_table(
        "attempts",
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False, comment="the channel's id of the update"),
        sa.Column(
            "count",
            sa.Integer(),
            nullable=False,
            comment="starts of its turn since an unclean start; the third quarantines",
        ),
        sa.ForeignKeyConstraint(
            ["participant"], ["participants.id"], name=op.f("fk_attempts_participant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("participant", "channel", "name", name=op.f("pk_attempts")),
        comment="updates in work after an unclean start",
    )
    op.create_table(
        "failures",
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False, comment="the channel's id of the update"),
        sa.Column("at", Moment(), nullable=False, comment="UTC"),
        sa.Column("what", sa.String(length=64), nullable=False, comment="name of the exception: never its message"),
        sa.Column(
            "quarantined",
            sa.Boolean(),
            nullable=False,
            comment="true: its turn was given up; false: answered with an apology",
        ),
        sa.ForeignKeyConstraint(
            ["participant"], ["participants.id"], name=op.f("fk_failures_participant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("participant", "channel", "name", name=op.f("pk_failures")),
        comment="turns that went wrong",
    )
    op.create_table(
        "identities",
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False, comment="telegram, browser, terminal"),
        sa.Column("lookup", sa.LargeBinary(), nullable=False, comment="HMAC of channel and address"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="the channel's address of this person"),
        sa.ForeignKeyConstraint(
            ["participant"], ["participants.id"], name=op.f("fk_identities_participant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("participant", "channel", name=op.f("pk_identities")),
        sa.UniqueConstraint("lookup", name=op.f("uq_identities_lookup")),
        comment="how a channel knows a participant: the only place with an address",
    )
    op.create_table(
        "keys",
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column(
            "wrapped", sa.LargeBinary(), nullable=False, comment="the participant's key, wrapped by the master key"
        ),
        sa.ForeignKeyConstraint(
            ["participant"], ["participants.id"], name=op.f("fk_keys_participant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("participant", name=op.f("pk_keys")),
        comment="without its row nothing of that participant can be read; a backup of this table keeps it readable",
    )
    op.create_table(
        "outbox",
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False, comment="unique over all participants"),
        sa.Column(
            "turn", sa.Integer(), nullable=False, comment="number of the turn that wrote it; order is turn, then id"
        ),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False, comment="say, ask, edit, close, acknowledge"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="words and buttons"),
        sa.Column("ask", sa.Integer(), nullable=False, comment="number of the ask it carries or changes; 0 if none"),
        sa.Column("open", sa.Boolean(), nullable=False, comment="an ask that can still be answered"),
        sa.Column(
            "target",
            sa.String(length=64),
            nullable=False,
            comment="the channel's id of the message or press it acts on",
        ),
        sa.Column("not_before", Moment(), nullable=False, comment="UTC; a timed message over 10 s late is dropped"),
        sa.Column("timed", sa.Boolean(), nullable=False, comment="part of a timed list"),
        sa.Column("priority", sa.String(length=16), nullable=False, comment="safety, talk, reminder, person"),
        sa.Column("lasting", sa.Boolean(), nullable=False, comment="never cancelled: asks, safety, words of people"),
        sa.Column("status", sa.String(length=16), nullable=False, comment="unsent, sent, cancelled, dead"),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="sends tried"),
        sa.Column("reference", sa.String(length=64), nullable=False, comment="the channel's id once sent"),
        sa.Column(
            "sent_at",
            Moment(),
            nullable=True,
            comment="UTC; when the send that succeeded was begun, or it was given up",
        ),
        sa.Column("life", sa.Integer(), nullable=False, comment="the service life that must send it"),
        sa.Column(
            "adopted", sa.Boolean(), nullable=False, comment="an earlier life left it unmarked: it may have arrived"
        ),
        sa.ForeignKeyConstraint(
            ["participant"], ["participants.id"], name=op.f("fk_outbox_participant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("participant", "id", name=op.f("pk_outbox")),
        comment="what is to be said or changed at the channel; kept 24 hours, an open ask as long as it is open",
    )
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["participant"],
        unique=False,
        sqlite_where=sa.text("open"),
        postgresql_where=sa.text("open"),
    )
    op.create_index(
        "ix_outbox_unsent",
        "outbox",
        ["participant"],
        unique=False,
        sqlite_where=sa.text("status = 'unsent'"),
        postgresql_where=sa.text("status = 'unsent'"),
    )
    op.create_table(
        "records",
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="rises by one per turn; asserted when saved"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="the record, JSON, at most 64 KiB"),
        sa.ForeignKeyConstraint(
            ["participant"], ["participants.id"], name=op.f("fk_records_participant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("participant", name=op.f("pk_records")),
        comment="all that the engine may know of a participant",
    )
    op.create_table(
        "reminders",
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column(
            "kind",
            sa.String(length=16),
            nullable=False,
            comment="check_in, practice, silence, return, left, follow_up ...",
        ),
        sa.Column("purpose", sa.String(length=64), nullable=False, comment="what it is about: a plan, a run, or empty"),
        sa.Column("rule", sa.String(length=16), nullable=False, comment="local HH:MM, or `once`"),
        sa.Column("zone", sa.String(length=64), nullable=False, comment="IANA name in which the rule is read"),
        sa.Column("due_at", Moment(), nullable=True, comment="UTC; quiet hours already applied; empty: none any more"),
        sa.Column("day", sa.Date(), nullable=False, comment="the local date that due_at serves"),
        sa.Column(
            "moved",
            sa.Boolean(),
            nullable=False,
            comment="put off by the person's activity; due_at is later than the rule",
        ),
        sa.Column("generation", sa.Integer(), nullable=False, comment="rises by one per firing"),
        sa.Column("last_day", sa.Date(), nullable=True, comment="the local date served last: at most one per date"),
        sa.ForeignKeyConstraint(
            ["participant"], ["participants.id"], name=op.f("fk_reminders_participant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("participant", "kind", "purpose", name=op.f("pk_reminders")),
        comment="a row fires a turn at its due time",
    )
    op.create_index(op.f("ix_reminders_due_at"), "reminders", ["due_at"], unique=False)
    op.create_table(
        "runs",
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("run", sa.String(length=64), nullable=False, comment="id of the run within its participant"),
        sa.Column("flow", sa.String(length=64), nullable=False),
        sa.Column(
            "version", sa.String(length=64), nullable=False, comment="hash of the flow it began with and finishes"
        ),
        sa.Column(
            "kind", sa.String(length=16), nullable=False, comment="session, onboarding, check_in, safety, calm, screen"
        ),
        sa.Column("status", sa.String(length=16), nullable=False, comment="open, paused, ended, left, withdrawn"),
        sa.Column("end", sa.String(length=64), nullable=False, comment="name of the end it reached, or empty"),
        sa.Column("started", Moment(), nullable=False, comment="UTC"),
        sa.Column("last", Moment(), nullable=False, comment="UTC; the turn that changed it last"),
        sa.Column("ended", Moment(), nullable=True, comment="UTC; ended, left or withdrawn"),
        sa.Column("reached_plan", sa.Boolean(), nullable=False, comment="a session is done when it reached its plan"),
        sa.ForeignKeyConstraint(
            ["participant"], ["participants.id"], name=op.f("fk_runs_participant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("participant", "run", name=op.f("pk_runs")),
        comment="one row per run",
    )
    op.create_index("ix_runs_status", "runs", ["status"], unique=False)
    op.create_table(
        "safety",
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False, comment="number of the turn"),
        sa.Column("at", Moment(), nullable=False, comment="UTC"),
        sa.Column("tier", sa.String(length=8), nullable=False, comment="none, watch, urgent"),
        sa.Column("step", sa.String(length=8), nullable=False, comment="N1..N4, or empty"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="categories, rule ids and rule set: never words"),
        sa.ForeignKeyConstraint(
            ["participant"], ["participants.id"], name=op.f("fk_safety_participant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("participant", "turn", name=op.f("pk_safety")),
        comment="signals and steps taken",
    )
    op.create_table(
        "turns",
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="rises by one per turn; equals the record's version"),
        sa.Column("at", Moment(), nullable=False, comment="UTC; the `now` given to the engine"),
        sa.Column("seed", sa.BigInteger(), nullable=False, comment="the chance given to the engine"),
        sa.Column("library", sa.String(length=64), nullable=False, comment="hash of the content that answered"),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column(
            "message",
            sa.String(length=64),
            nullable=False,
            comment="the channel's id of the person's message; empty if none",
        ),
        sa.Column("answered", sa.Boolean(), nullable=False, comment="true if an answer was kept"),
        sa.Column(
            "reading", sa.String(length=32), nullable=False, comment="how the utterance was understood, in one word"
        ),
        sa.Column("tier", sa.String(length=8), nullable=False, comment="none, watch, urgent"),
        sa.Column("step", sa.String(length=8), nullable=False, comment="N1..N4 if a safety step was taken, else empty"),
        sa.Column("steps", sa.Text(), nullable=False, comment="JSON list of the nodes visited, flow@version:node"),
        sa.Column(
            "sealed",
            sa.LargeBinary(),
            nullable=False,
            comment="utterance, ways taken, answers that are not of level summary",
        ),
        sa.ForeignKeyConstraint(
            ["participant"], ["participants.id"], name=op.f("fk_turns_participant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("participant", "number", name=op.f("pk_turns")),
        comment="the log: what replay needs",
    )
    op.create_table(
        "updates",
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False, comment="where it came from; `due` for a reminder"),
        sa.Column("name", sa.String(length=128), nullable=False, comment="the channel's id of the update"),
        sa.Column("at", Moment(), nullable=False, comment="UTC; kept 7 days from then"),
        sa.ForeignKeyConstraint(
            ["participant"], ["participants.id"], name=op.f("fk_updates_participant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("participant", "channel", "name", name=op.f("pk_updates")),
        comment="updates whose effects are committed: a second delivery changes nothing",
    )
    op.create_index(op.f("ix_updates_at"), "updates", ["at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_updates_at"), table_name="updates")
    op.drop_table("updates")
    op.drop_table("turns")
    op.drop_table("safety")
    op.drop_index("ix_runs_status", table_name="runs")
    op.drop_table("runs")
    op.drop_index(op.f("ix_reminders_due_at"), table_name="reminders")
    op.drop_table("reminders")
    op.drop_table("records")
    op.drop_index(
        "ix_outbox_unsent",
        table_name="outbox",
        sqlite_where=sa.text("status = 'unsent'"),
        postgresql_where=sa.text("status = 'unsent'"),
    )
    op.drop_index("ix_outbox_open", table_name="outbox", sqlite_where=sa.text("open"), postgresql_where=sa.text("open"))
    op.drop_table("outbox")
    op.drop_table("keys")
    op.drop_table("identities")
    op.drop_table("failures")
    op.drop_table("attempts")
    op.drop_index("ix_answers_slot_at", table_name="answers")
    op.drop_table("answers")
    op.drop_table("texts")
    op.drop_table("participants")
    op.drop_table("lives")
