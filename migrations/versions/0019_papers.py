"""How a paper is set in Word, who signed it, that it was taken back; the templates of offices with their versions."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_IN_FORCE = sa.text("begun_at IS NOT NULL AND ended_at IS NULL")
_FORMS = {
    "form-1": ("registration_form", "recorded_answer", "service_slip", "conclusion"),
    "cover-1": ("file_contents",),
    "notice-1": (
        "progress_notice", "refusal_notice", "no_longer_notice", "diversion_notice", "supplement_notice", "whereabouts_notice",
        "acceptance_notice", "hearing_notice", "extension_notice", "opinion", "withdrawal", "settlement",
    ),
}  # fmt: skip
"""Layouts of the papers that were issued before; all others are letters."""

_REFERENCES = (
    ("template_id", "paper_templates"), ("signer_id", "users"), ("void_event_id", "events"), ("replaces_id", "documents"),
)  # fmt: skip


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    people = ("uploaded_by", "begun_by", "ended_by")
    op.create_table(
        "paper_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        _moment("uploaded_at"),
        sa.Column("begun_by_id", sa.Integer(), nullable=True),
        _moment("begun_at", nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        _moment("ended_at", nullable=True),
        sa.CheckConstraint(
            "(begun_at IS NULL) = (begun_by_id IS NULL)", name=op.f("ck_paper_templates_begun_by_somebody")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_paper_templates_ended_by_somebody")
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR begun_at IS NOT NULL", name=op.f("ck_paper_templates_begun_before_ended")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_paper_templates_unit_id_units")),
        *(
            sa.ForeignKeyConstraint([f"{who}_id"], ["users.id"], name=op.f(f"fk_paper_templates_{who}_id_users"))
            for who in people
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_templates")),
        sa.UniqueConstraint("unit_id", "kind", "version", name=op.f("uq_paper_templates_unit_id_kind_version")),
    )
    op.create_index(op.f("ix_paper_templates_kind"), "paper_templates", ["kind"])
    op.create_index(
        "uq_paper_templates_in_force", "paper_templates", ["unit_id", "kind"], unique=True, sqlite_where=_IN_FORCE,
        postgresql_where=_IN_FORCE,
    )  # fmt: skip
    op.add_column("documents", sa.Column("layout", sa.String(), nullable=False, server_default="letter-1"))
    op.add_column("documents", sa.Column("filled", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
    for column, table in _REFERENCES:
        # Written out: SQLite takes a new column with its reference as one statement, and the many rows stay where they are.
        op.execute(
            f"ALTER TABLE documents ADD COLUMN {column} INTEGER "
            f"CONSTRAINT fk_documents_{column}_{table} REFERENCES {table} (id)"
        )
        if column != "signer_id":
            op.create_index(op.f(f"ix_documents_{column}"), "documents", [column])
    for layout, kinds in _FORMS.items():
        named = ", ".join(f"'{kind}'" for kind in kinds)
        op.execute(f"UPDATE documents SET layout = '{layout}' WHERE kind IN ({named})")  # noqa: S608 - words of ours


def downgrade() -> None:
    lost = sa.text("SELECT count(*) FROM documents WHERE void_event_id IS NOT NULL OR template_id IS NOT NULL")
    if op.get_bind().execute(lost).scalar():
        # A void paper would be in force again, and a paper would look otherwise than it was issued.
        raise RuntimeError("papers were taken back or set in templates of an office; there is no way back")
    for column, _ in reversed(_REFERENCES):
        if column != "signer_id":
            op.drop_index(op.f(f"ix_documents_{column}"), "documents")
        op.execute(f"ALTER TABLE documents DROP COLUMN {column}")
    op.execute("ALTER TABLE documents DROP COLUMN filled")
    op.execute("ALTER TABLE documents DROP COLUMN layout")
    op.drop_table("paper_templates")
