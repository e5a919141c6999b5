"""The identity vault: who a petitioner is leaves `petitioners` and lies locked in a table of its own.

The rows are moved in here and not by a command of their own: the clear columns and the locked ones never stand side by
side, a kill takes everything back, and the next start begins again (a transaction does it; 100,000 people take about
ten seconds). What locks is written out once more, for a migration must do in ten years what it does today: the format
of access/vault.py as it was when this was made. The keys come with the database that is upgraded (migrating.py,
env.py), and are only asked for where there is something to lock. Afterwards migrating.py has the tables named in
`forget` written anew, so that the old values are gone from the files too.
"""

import base64
import hmac
import json
import os
import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import context, op
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_AT_ONCE = 1000

_REWRITTEN = ("petitioners", "petitions", "drafts", "documents", "services", "events", "return_visits", "case_search")

people = sa.table(
    "petitioners", *(sa.column(name) for name in ("id", "matter_id", "petition_id", "part", "name", "initials", "region",
                                                  "id_number", "phone", "phone_tail", "address")),
)  # fmt: skip
identities = sa.table(
    "identities", sa.column("petitioner_id"), sa.column("told", sa.LargeBinary), sa.column("masks", sa.LargeBinary),
    sa.column("sealed", sa.Boolean), *(sa.column(name) for name in (
        "phone_mark", "phone_tail_mark", "id_number_mark", "name_mark", "key_id")),
)  # fmt: skip
cases = sa.table("cases", sa.column("id"), sa.column("sealed", sa.Boolean))
petitions = sa.table("petitions", sa.column("id"), sa.column("particulars", sa.JSON))
events = sa.table("events", sa.column("id"), sa.column("case_id"), sa.column("data", sa.JSON))
documents = sa.table("documents", *map(sa.column, ("id", "case_id", "text", "recipient")))
services = sa.table("services", *map(sa.column, ("id", "document_id", "receiver", "note")))
visits = sa.table("return_visits", *map(sa.column, ("id", "matter_id", "said")))
index = sa.table("case_search", *map(sa.column, ("id", "case_id")))


# --- the lock, as it was -----------------------------------------------------------------------------------------------


class _Lock:
    def __init__(self) -> None:
        text = context.config.attributes["keys"]()
        self.keys = {}
        for written in re.split(r"[\s,]+", text.strip()) if text.strip() else ():
            key_id, _, secret = written.partition(":")
            self.keys[key_id] = base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
        if not self.keys:
            raise RuntimeError(
                "没有打开信访人信息的密钥：用 petitions upgrade 升级会建立，或先设置 PETITIONS_IDENTITY_KEYS"
            )
        self.writes = next(iter(self.keys))

    def _key(self, key_id: str, purpose: bytes) -> bytes:
        if key_id not in self.keys:
            raise RuntimeError(f"缺少编号为 {key_id} 的密钥")
        return hmac.digest(self.keys[key_id], purpose, "sha256")

    def lock(self, words: dict[str, str], place: str) -> bytes:
        nonce, told = os.urandom(12), json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()
        cipher = AESGCM(self._key(self.writes, b"petitions cell 1"))
        return nonce + cipher.encrypt(nonce, told, f"{self.writes} {place}".encode())

    def unlock(self, key_id: str, cell: bytes, place: str) -> dict[str, str]:
        cipher = AESGCM(self._key(key_id, b"petitions cell 1"))
        words: dict[str, str] = json.loads(cipher.decrypt(cell[:12], cell[12:], f"{key_id} {place}".encode()))
        return words

    def mark(self, what: str, value: str, *, sealed: bool) -> str:
        if not value:
            return ""
        named = f"{what} {'sealed' if sealed else 'open'} {value}".encode()
        digest = hmac.digest(self._key(self.writes, b"petitions mark 1"), named, "sha256")[:16]
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _masked(words: dict[str, str]) -> dict[str, str]:
    masks = {}
    for name in ("phone", "calling_number"):
        if phone := words.get(name, ""):
            mobile = len(phone) == 11 and phone.isdigit()
            masks[name] = phone[:3] + "****" + phone[-4:] if mobile else "****" + phone[-2:]
    if number := words.get("id_number", ""):
        masks["id_number"] = (
            number[:3] + "*" * (len(number) - 7) + number[-4:] if len(number) > 7 else "*" * len(number)
        )
    return {**masks, **{name: "***" for name in ("region", "address", "contact_notes") if words.get(name)}}


def _kept_out(value: Any, words: dict[str, str]) -> Any:
    if isinstance(value, str):
        for word in sorted(words, key=len, reverse=True):
            value = value.replace(word, words[word]) if len(word) > 1 else value
        return value
    if isinstance(value, dict):
        return {key: _kept_out(one, words) for key, one in value.items()}
    return [_kept_out(one, words) for one in value] if isinstance(value, list) else value


_NUMBERS = re.compile(r"(?<![0-9])(?:[0-9]{17}[0-9Xx]|(?:[0-9]{3,4}-)?[0-9]{7,8}|1[0-9]{10})(?![0-9])")


# --- up ----------------------------------------------------------------------------------------------------------------


def upgrade() -> None:
    op.create_table(
        "identities",
        sa.Column("petitioner_id", sa.Integer(), nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        sa.Column("masks", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("phone_mark", sa.String(), nullable=False),
        sa.Column("phone_tail_mark", sa.String(), nullable=False),
        sa.Column("id_number_mark", sa.String(), nullable=False),
        sa.Column("name_mark", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petitioner_id"], ["petitioners.id"], name=op.f("fk_identities_petitioner_id_petitioners")
        ),
        sa.PrimaryKeyConstraint("petitioner_id", name=op.f("pk_identities")),
    )
    for name in ("phone_mark", "phone_tail_mark", "id_number_mark", "name_mark", "key_id"):
        op.create_index(f"ix_identities_{name}", "identities", [name])
    op.create_table(
        "identity_openings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("decided_by_id <> asked_by_id", name=op.f("ck_identity_openings_two_people")),
        sa.ForeignKeyConstraint(["matter_id"], ["matters.id"], name=op.f("fk_identity_openings_matter_id_matters")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_identity_openings_asked_by_id_users")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_identity_openings_decided_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_openings")),
    )
    op.create_index("ix_identity_openings_matter_id", "identity_openings", ["matter_id", "asked_by_id"])
    op.create_index("ix_identity_openings_asked_by_id", "identity_openings", ["asked_by_id"])
    op.create_index("ix_identity_openings_decided_by_id", "identity_openings", ["decided_by_id"])
    op.create_index("ix_identity_openings_waiting", "identity_openings", ["asked_at"],
                    sqlite_where=sa.text("decided_at IS NULL"), postgresql_where=sa.text("decided_at IS NULL"))  # fmt: skip
    _lock_drafts()
    _lock_people()
    for name in ("id_number", "phone", "phone_tail"):
        op.drop_index(f"ix_petitioners_{name}", "petitioners")
    for name in ("id_number", "phone", "phone_tail", "address"):
        op.drop_column("petitioners", name)
    context.config.attributes.setdefault("forget", set()).update(_REWRITTEN)


def _lock_people() -> None:
    """Every person; of an accusation the name too, in whatever was written of it, and out of the search index."""
    bind, lock = op.get_bind(), None
    for rows in _chunks(_clear_people()):
        lock = lock or _Lock()
        told, emptied, sealed = [], [], {}
        for row in rows:
            words = _words_of(row)
            if row.sealed:
                sealed.setdefault(row.matter_id, {}).update(_tokens(row.id, words))
                emptied.append({"number": row.id})
            if words:
                told.append(_locked(lock, row.id, words, sealed=row.sealed))
        if told:
            bind.execute(sa.insert(identities), told)
        if emptied:
            blank = sa.update(people).where(people.c.id == sa.bindparam("number"))
            bind.execute(blank.values(name="", initials="", region=""), emptied)
        for matter_id, words in sealed.items():
            _rewrite(matter_id, lambda value, words=words: _kept_out(value, words))
            # A matter that is missing from the index is indexed anew, without these words, when the upgrade is done.
            bind.execute(sa.delete(index).where(index.c.case_id == matter_id))
        _shorten([row for row in rows if row.part == "petitioner"])


def _clear_people() -> sa.Select[Any]:
    return (
        sa.select(*people.c, petitions.c.particulars, cases.c.sealed)
        .join(petitions, petitions.c.id == people.c.petition_id)
        .join(cases, cases.c.id == people.c.matter_id)
        .order_by(people.c.id)
    )


def _words_of(row: Any) -> dict[str, str]:
    names = ("id_number", "phone", "address", *(("name", "region") if row.sealed else ()))
    words = {name: getattr(row, name) for name in names if getattr(row, name)}
    return {**words, **(_contacts(row.particulars)[0] if row.part == "petitioner" else {})}


def _contacts(particulars: dict[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """What the petition itself said of the person beside the form, and what it says without that."""
    rest, moved = dict(particulars), {}
    if number := rest.pop("calling_number", ""):
        moved["calling_number"] = number
    lines = str(rest.pop("ledger_notes", "")).split("\n")
    contacts = [line for line in lines if _NUMBERS.search(line)]
    if contacts:
        moved["contact_notes"] = "\n".join(contacts)
    if kept := "\n".join(line for line in lines if line and line not in contacts):
        rest["ledger_notes"] = kept
    return moved, rest


def _shorten(rows: list[Any]) -> None:
    """The petitions without what has gone to their petitioner."""
    changed = [{"number": row.petition_id, "rest": rest} for row in rows
               for moved, rest in [_contacts(row.particulars)] if moved]  # fmt: skip
    if changed:
        kept = sa.update(petitions).where(petitions.c.id == sa.bindparam("number"))
        op.get_bind().execute(kept.values(particulars=sa.bindparam("rest", type_=sa.JSON)), changed)


def _locked(lock: _Lock, number: int, words: dict[str, str], *, sealed: bool) -> dict[str, Any]:
    place, phone = f"identities {number}", words.get("phone", "")
    area, _, rest = phone.partition("-")
    return {
        "petitioner_id": number, "told": lock.lock(words, f"{place} told"),
        "masks": lock.lock(_masked(words), f"{place} masks"), "sealed": sealed, "key_id": lock.writes,
        "phone_mark": lock.mark("phone", phone, sealed=sealed),
        "phone_tail_mark": lock.mark("tail", (rest.partition("-")[0] or area)[-4:], sealed=sealed),
        "id_number_mark": lock.mark("id_number", words.get("id_number", ""), sealed=sealed),
        "name_mark": lock.mark("name", words.get("name", ""), sealed=sealed),
    }  # fmt: skip


def _tokens(number: int, words: dict[str, str]) -> dict[str, str]:
    said = {word: f"⟦{number}:{name}⟧" for name, word in words.items() if name not in ("region", "contact_notes")}
    return {word: stands for word, stands in said.items() if len(word) > 1}


def _rewrite(matter_id: int, change: Any) -> None:
    bind = op.get_bind()
    of_papers = sa.select(documents.c.id).where(documents.c.case_id == matter_id)
    for table, where, columns in (
        (events, events.c.case_id == matter_id, ("data",)),
        (documents, documents.c.case_id == matter_id, ("text", "recipient")),
        (services, services.c.document_id.in_(of_papers), ("receiver", "note")),
        (visits, visits.c.matter_id == matter_id, ("said",)),
    ):
        for row in bind.execute(sa.select(table).where(where)).all():
            new = {name: change(getattr(row, name)) for name in columns}
            if any(new[name] != getattr(row, name) for name in columns):
                bind.execute(sa.update(table).where(table.c.id == row.id).values(new))


def _lock_drafts() -> None:
    """Few at any time, and each somebody's own: the table is made anew around them."""
    bind = op.get_bind()
    old = sa.table("drafts", *map(sa.column, ("id", "user_id", "submission", "title")), sa.column("data", sa.JSON),
                   sa.column("saved_at", sa.DateTime(timezone=True)))  # fmt: skip
    rows = bind.execute(sa.select(old)).all()
    op.drop_table("drafts")
    made = _drafts(
        sa.Column("told", sa.LargeBinary(), nullable=False), sa.Column("key_id", sa.String(), nullable=False)
    )
    op.create_index("ix_drafts_key_id", "drafts", ["key_id"])
    if rows:
        lock = _Lock()
        bind.execute(sa.insert(made), [
            {"id": row.id, "user_id": row.user_id, "submission": row.submission, "saved_at": row.saved_at,
             "key_id": lock.writes,
             "told": lock.lock({"typed": json.dumps(row.data, ensure_ascii=False)}, f"drafts {row.submission}")}
            for row in rows
        ])  # fmt: skip
        _count_on()


def _drafts(*columns: sa.Column[Any]) -> sa.Table:
    made = op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("submission", sa.String(), nullable=False),
        *columns,
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_drafts_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("submission", name=op.f("uq_drafts_submission")),
    )
    op.create_index("ix_drafts_user_id", "drafts", ["user_id", "saved_at"])
    return made


def _count_on() -> None:
    """PostgreSQL's sequence goes on after the rows that brought their numbers along."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute("SELECT setval(pg_get_serial_sequence('drafts', 'id'), (SELECT max(id) FROM drafts))")


def _chunks(query: sa.Select[Any]) -> Iterator[list[Any]]:
    """The rows of a query ordered by people's numbers, so many at a time."""
    last = 0
    while rows := op.get_bind().execute(query.where(people.c.id > last).limit(_AT_ONCE)).all():
        yield list(rows)
        last = rows[-1].id


# --- down --------------------------------------------------------------------------------------------------------------


def downgrade() -> None:
    for name in ("id_number", "phone", "phone_tail", "address"):
        op.add_column("petitioners", sa.Column(name, sa.String(), nullable=False, server_default=""))
    for name in ("id_number", "phone", "phone_tail"):
        op.create_index(f"ix_petitioners_{name}", "petitioners", [name])
    _open_people()
    _open_drafts()
    op.drop_table("identity_openings")
    op.drop_table("identities")


def _open_people() -> None:
    bind, lock = op.get_bind(), None
    query = (
        sa.select(people.c.id, people.c.matter_id, people.c.petition_id, people.c.name, people.c.region, identities,
                  petitions.c.particulars)
        .join(identities, identities.c.petitioner_id == people.c.id)
        .join(petitions, petitions.c.id == people.c.petition_id)
        .order_by(people.c.id)
    )  # fmt: skip
    for rows in _chunks(query):
        lock = lock or _Lock()
        for row in rows:
            words = lock.unlock(row.key_id, row.told, f"identities {row.id} told")
            area, _, rest = words.get("phone", "").partition("-")
            back = {name: words.get(name, "") for name in ("id_number", "phone", "address")}
            back |= {"name": words.get("name", row.name), "region": words.get("region", row.region)}
            tail = (rest.partition("-")[0] or area)[-4:]
            bind.execute(sa.update(people).where(people.c.id == row.id).values(**back, phone_tail=tail))
            said = dict(row.particulars)
            if number := words.get("calling_number"):
                said["calling_number"] = number
            if notes := words.get("contact_notes"):
                said["ledger_notes"] = "\n".join(filter(None, (said.get("ledger_notes", ""), notes)))
            if said != row.particulars:
                bind.execute(sa.update(petitions).where(petitions.c.id == row.petition_id).values(particulars=said))
            if row.sealed:
                tokens = {stands: word for word, stands in _tokens(row.id, words).items()}
                _rewrite(row.matter_id, lambda value, tokens=tokens: _kept_out(value, tokens))


def _open_drafts() -> None:
    bind = op.get_bind()
    new = sa.table("drafts", *map(sa.column, ("id", "user_id", "submission", "key_id")),
                   sa.column("told", sa.LargeBinary), sa.column("saved_at", sa.DateTime(timezone=True)))  # fmt: skip
    rows = bind.execute(sa.select(new)).all()
    op.drop_table("drafts")
    made = _drafts(sa.Column("title", sa.String(), nullable=False), sa.Column("data", sa.JSON(), nullable=False))
    if rows:
        lock = _Lock()
        bind.execute(sa.insert(made), [
            {"id": row.id, "user_id": row.user_id, "submission": row.submission, "title": "", "saved_at": row.saved_at,
             "data": json.loads(lock.unlock(row.key_id, row.told, f"drafts {row.submission}")["typed"])}
            for row in rows
        ])  # fmt: skip
        _count_on()
