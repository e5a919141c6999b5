"""Mediation: disputes before a people's mediation committee, with parties, sessions, agreements and what is performed."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('office','bureau','township','discipline','section')"
_WITH_COMMITTEES = "kind IN ('office','bureau','township','discipline','committee','section')"
_TABLES = (
    "mediations",
    "parties",
    "party_identities",
    "mediation_seats",
    "mediation_sessions",
    "agreements",
    "performances",
    "confirmations",
    "committees",
    "committee_members",
)


def _check_kinds(rule: str) -> None:
    """On SQLite the table is written anew, with this rule in the place of the one that stands."""
    with op.batch_alter_table("units") as units:
        units.drop_constraint(op.f("ck_units_kind"), type_="check")
        units.create_check_constraint(op.f("ck_units_kind"), sa.text(rule))


def upgrade() -> None:
    _check_kinds(_WITH_COMMITTEES)
    op.create_table(
        "mediations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sent_by", sa.String(), nullable=False),
        sa.Column("letter_number", sa.String(), nullable=False),
        sa.Column("dispute_type", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("requests", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("difficult", sa.Boolean(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("begun_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("result_on", sa.Date(), nullable=True),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("retention", sa.String(), nullable=False),
        sa.CheckConstraint("form IN ('','written','oral')", name=op.f("ck_mediations_form")),
        sa.CheckConstraint("result IN ('','agreed','failed','refused')", name=op.f("ck_mediations_result")),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_mediations_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediations")),
    )
    op.create_index("ix_mediations_dispute_type", "mediations", ["dispute_type"])
    op.create_index("ix_mediations_effective_on", "mediations", ["effective_on"])
    op.create_table(
        "parties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mediation_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("consent_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.CheckConstraint("consent IN ('','given','refused')", name=op.f("ck_parties_consent")),
        sa.CheckConstraint("kind IN ('natural','legal','other')", name=op.f("ck_parties_kind")),
        sa.CheckConstraint("part IN ('party','representative','agent')", name=op.f("ck_parties_part")),
        sa.CheckConstraint("side IN ('applicant','respondent')", name=op.f("ck_parties_side")),
        sa.ForeignKeyConstraint(["mediation_id"], ["mediations.id"], name=op.f("fk_parties_mediation_id_mediations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties")),
    )
    op.create_index("ix_parties_initials", "parties", ["initials"])
    op.create_index("ix_parties_mediation_id", "parties", ["mediation_id"])
    op.create_index("ix_parties_name", "parties", ["name"])
    op.create_table(
        "party_identities",
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        sa.Column("masks", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("phone_mark", sa.String(), nullable=False),
        sa.Column("phone_tail_mark", sa.String(), nullable=False),
        sa.Column("id_number_mark", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_party_identities_party_id_parties")),
        sa.PrimaryKeyConstraint("party_id", name=op.f("pk_party_identities")),
    )
    op.create_index("ix_party_identities_id_number_mark", "party_identities", ["id_number_mark"])
    op.create_index("ix_party_identities_key_id", "party_identities", ["key_id"])
    op.create_index("ix_party_identities_phone_mark", "party_identities", ["phone_mark"])
    op.create_index("ix_party_identities_phone_tail_mark", "party_identities", ["phone_tail_mark"])
    op.create_table(
        "mediation_seats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mediation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("presides", sa.Boolean(), nullable=False),
        sa.Column("chosen_by", sa.String(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("recused", sa.Boolean(), nullable=False),
        sa.CheckConstraint("chosen_by IN ('committee','parties')", name=op.f("ck_mediation_seats_chosen_by")),
        sa.ForeignKeyConstraint(
            ["mediation_id"], ["mediations.id"], name=op.f("fk_mediation_seats_mediation_id_mediations")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mediation_seats_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediation_seats")),
    )
    op.create_index("ix_mediation_seats_mediation_id", "mediation_seats", ["mediation_id"])
    op.create_index(
        "ix_mediation_seats_user",
        "mediation_seats",
        ["user_id", "mediation_id"],
        unique=True,
        sqlite_where=sa.text("left_on IS NULL"),
        postgresql_where=sa.text("left_on IS NULL"),
    )
    op.create_table(
        "mediation_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mediation_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("began_at", sa.String(), nullable=False),
        sa.Column("ended_at", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("present", sa.JSON(), nullable=False),
        sa.Column("others", sa.String(), nullable=False),
        sa.Column("statements", sa.JSON(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("proposal", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("signed", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_mediation_sessions_event_id_events")),
        sa.ForeignKeyConstraint(
            ["mediation_id"], ["mediations.id"], name=op.f("fk_mediation_sessions_mediation_id_mediations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediation_sessions")),
    )
    op.create_index("ix_mediation_sessions_event_id", "mediation_sessions", ["event_id"])
    op.create_index("ix_mediation_sessions_mediation_id", "mediation_sessions", ["mediation_id", "held_on"])
    op.create_table(
        "agreements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mediation_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("points", sa.String(), nullable=False),
        sa.Column("responsibility", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.CheckConstraint("form IN ('written','oral')", name=op.f("ck_agreements_form")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_agreements_event_id_events")),
        sa.ForeignKeyConstraint(
            ["mediation_id"], ["mediations.id"], name=op.f("fk_agreements_mediation_id_mediations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
    )
    op.create_index("ix_agreements_event_id", "agreements", ["event_id"])
    op.create_index("ix_agreements_mediation_id", "agreements", ["mediation_id"])
    op.create_table(
        "performances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("debtor_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("proof", sa.String(), nullable=False),
        sa.CheckConstraint("amount IS NULL OR amount > 0", name=op.f("ck_performances_amount")),
        sa.CheckConstraint("paid >= 0", name=op.f("ck_performances_paid")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name=op.f("fk_performances_agreement_id_agreements")
        ),
        sa.ForeignKeyConstraint(["debtor_id"], ["parties.id"], name=op.f("fk_performances_debtor_id_parties")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_performances")),
    )
    op.create_index("ix_performances_agreement_id", "performances", ["agreement_id", "due_on"])
    op.create_index("ix_performances_debtor_id", "performances", ["debtor_id"])
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mediation_id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("court_rule", sa.String(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("result_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("ruling_number", sa.String(), nullable=False),
        sa.CheckConstraint(
            "result IN ('','valid','rejected','not_accepted','withdrawn')", name=op.f("ck_confirmations_result")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name=op.f("fk_confirmations_agreement_id_agreements")
        ),
        sa.ForeignKeyConstraint(
            ["mediation_id"], ["mediations.id"], name=op.f("fk_confirmations_mediation_id_mediations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
    )
    op.create_index("ix_confirmations_agreement_id", "confirmations", ["agreement_id"])
    op.create_index("ix_confirmations_mediation_id", "confirmations", ["mediation_id"])
    op.create_table(
        "committees",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("term_from", sa.Date(), nullable=True),
        sa.Column("term_to", sa.Date(), nullable=True),
        sa.Column("several_peoples", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('village','township','enterprise','professional','other')", name=op.f("ck_committees_kind")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_committees_unit_id_units")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_committees")),
        sa.UniqueConstraint("word", name=op.f("uq_committees_word")),
    )
    op.create_table(
        "committee_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("woman", sa.Boolean(), nullable=False),
        sa.Column("minority", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("post IN ('chair','vice','member','appointed')", name=op.f("ck_committee_members_post")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["committees.unit_id"], name=op.f("fk_committee_members_unit_id_committees")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_committee_members_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_members")),
    )
    op.create_index("ix_committee_members_unit_id", "committee_members", ["unit_id"])
    op.create_index("ix_committee_members_user_id", "committee_members", ["user_id"])


def downgrade() -> None:
    # A mediation has no place in the tables before, and what parties have agreed is not thrown away for the sake of them.
    mediations = op.get_bind().execute(sa.text("SELECT count(*) FROM mediations")).scalar()
    if mediations or op.get_bind().execute(sa.text("SELECT count(*) FROM committees")).scalar():
        raise RuntimeError("there are mediations or committees; they cannot be kept by the version before")
    for table in reversed(_TABLES):
        op.drop_table(table)
    _check_kinds(_KINDS)
