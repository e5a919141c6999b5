"""0005: people who were in clear are locked, found as before, and gone from the files; and the way back."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, inspect, make_url, text

from petitions import migrating
from petitions.access import vault
from petitions.access.models import Unit, User
from petitions.access.roles import Role
from petitions.cases import finding
from petitions.cases.search import CaseSearch
from petitions.db import Database
from petitions.intake import drafts
from petitions.matters import who
from petitions.matters.masks import masked_id
from petitions.matters.models import Matter
from tests.intake.numbers import id_number
from tests.keys import KEYS, ring

PLAIN = {"name": "璩静姝", "initials": "qjs", "id_number": id_number(77), "phone": "19912345678",
         "phone_tail": "5678", "region": "河湾镇柳林村", "address": "独有门牌19号"}  # fmt: skip
ACCUSER = {"name": "谌砚秋", "initials": "cyq", "id_number": "", "phone": "0300-7654321", "phone_tail": "4321",
           "region": "东原乡隐蔽村", "address": ""}  # fmt: skip
AGENT = {"name": "律师甲", "initials": "lsj", "id_number": "", "phone": "19800001111", "phone_tail": "1111", "region": "",
         "address": ""}  # fmt: skip
UNSIGNED = dict.fromkeys(PLAIN, "")
NOTES = "备用电话：19700002222\n问题类别：城建"
CALLED, DRAFTED, LINKED = "19600003333", "19500004444", "19700002222"
AT = "2026-03-05 02:00:00+00:00"


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of the version before, with two petitions and a draft in it."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'old.sqlite3'}", keys=ring)
    else:
        url = make_url(request.getfixturevalue("postgres_url"))
        maker = create_engine(url, isolation_level="AUTOCOMMIT")
        name = re.sub(r"\W", "_", f"vault_{tmp_path.name}").lower()[:60]
        with maker.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        maker.dispose()
        database = Database(url.set(database=name).render_as_string(hide_password=False), keys=ring)
    migrating.upgrade(database, "0004")
    with database.engine.begin() as connection:
        _fill(connection)
    yield database
    database.dispose()


def _fill(connection: Connection) -> None:
    def add(table: str, **row: object) -> None:
        columns = {column["name"]: column for column in inspect(connection).get_columns(table)}
        empty = {name: _blank(str(column["type"])) for name, column in columns.items() if not column["nullable"]}
        said = {**{name: value for name, value in empty.items() if name != "id"}, **row}
        said = {name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in said.items()}
        names = ", ".join(f'"{name}"' for name in said)
        values = ", ".join(f":{name}" for name in said)
        connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), said)  # noqa: S608 - our own names

    add("units", id=1, name="青禾县信访局", kind="office", sign="青信")
    add("users", id=1, username="one", name="甲", unit_id=1, active=True)
    for role in (Role.INTAKE_CLERK, Role.RESTRICTED_CLERK):
        add("user_roles", user_id=1, role=role.value)
    people = {1: [PLAIN, AGENT], 2: [ACCUSER], 3: [UNSIGNED]}
    for key, rows in people.items():
        sealed = key == 2
        add("cases", id=key, kind="matter", number=f"XF2026-00000{key}", state="triage", title=f"第{key}件", office_id=1,
            unit_id=1, received_on="2026-03-05", opened_at=AT, sealed=sealed, urgency="ordinary", version=1)  # fmt: skip
        add("matters", id=key, nature="accusation" if sealed else "appeal")
        said = {"calling_number": CALLED, "ledger_notes": NOTES, "window": "1号"} if key == 1 else {}
        add("petitions", id=key, number=f"XF2026-00000{key}", query_code=f"CODE{key}XX", matter_id=key, office_id=1,
            channel="LX", received_on="2026-03-05", registered_at=AT, registered_by_id=1, title=f"第{key}件", text="请求解决。",
            headcount=1, signed="real", particulars=said, flags=[])  # fmt: skip
        add("case_units", case_id=key, unit_id=1, part="office", joined_on="2026-03-05")
        add("events", id=key, case_id=key, action="note", from_state="triage", to_state="triage", actor_id=1, unit_id=1,
            at=AT, recorded_at=AT, data={"note": f"{rows[0]['name']}来电"})  # fmt: skip
        add("documents", id=key, case_id=key, event_id=key, kind="supplement_notice", number=f"青信补〔2026〕{key}号",
            title="补充材料通知书", recipient=rows[0]["name"], text=f"{rows[0]['name']}：请补充。", issued_on="2026-03-05",
            unit_id=1)  # fmt: skip
        add("services", id=key, document_id=key, event_id=key, method="direct", receiver=rows[0]["name"],
            served_on="2026-03-05")  # fmt: skip
        for number, row in enumerate(rows):
            add("petitioners", matter_id=key, petition_id=key, part="agent" if number else "petitioner",
                details={"relation": "律师"} if number else {}, **row)  # fmt: skip
    add("drafts", user_id=1, submission="a" * 32, title="草稿", data={"name": "拟稿人", "phone": DRAFTED}, saved_at=AT)


def _blank(kind: str) -> object:
    return next((value for word, value in (("INT", 0), ("BOOL", False), ("JSON", {}), ("DATETIME", AT), ("TIMESTAMP", AT),
                                           ("DATE", "2026-03-05")) if word in kind.upper()), "")  # fmt: skip


def dump(database: Database) -> list[tuple[str, str]]:
    """Every row of every table as text, in order."""
    with database.engine.connect() as connection:
        return [
            (table, str([str(value) for value in row]))
            for table in sorted(inspect(connection).get_table_names())
            if not table.startswith(("case_search", "alembic"))
            for row in sorted(connection.execute(text(f'SELECT * FROM "{table}"')).all(), key=str)  # noqa: S608
        ]


SECRET = (PLAIN["id_number"], PLAIN["phone"], PLAIN["address"], AGENT["phone"], LINKED, CALLED, DRAFTED,
          ACCUSER["name"], ACCUSER["phone"], ACCUSER["region"], ACCUSER["initials"])  # fmt: skip


def test_everybody_is_locked_found_as_before_and_gone_from_the_files(old: Database, tmp_path: Path) -> None:
    assert all(any(word in row for _, row in dump(old)) for word in SECRET), "the fixture has it all in clear"
    migrating.upgrade(old)
    migrating.fill(old)
    told = str(dump(old))
    assert [word for word in SECRET if word in told] == []
    if old.is_sqlite:
        raw = b"".join(path.read_bytes() for path in tmp_path.glob("old.sqlite3*"))
        assert [word for word in SECRET if word.encode() in raw] == []
    with old.work() as session:
        desk, plain, sealed = session.get_one(User, 1), session.get_one(Matter, 1), session.get_one(Matter, 2)
        first, agent = plain.petitioners
        assert (first.name, first.initials, first.region) == (PLAIN["name"], "qjs", PLAIN["region"])
        assert who._known(first) == {
            **{name: PLAIN[name] for name in ("name", "region", "id_number", "phone", "address")},
            "calling_number": CALLED, "contact_notes": f"备用电话：{LINKED}",
        }  # fmt: skip
        assert who._known(agent) == {"name": AGENT["name"], "phone": AGENT["phone"]}
        assert plain.first.particulars == {"window": "1号", "ledger_notes": "问题类别：城建"}
        assert who._known(sealed.petitioners[0]) == {name: ACCUSER[name] for name in ("name", "phone", "region")}
        assert session.get_one(Matter, 3).petitioners[0].identity is None
        for line, number in (("19912345678", 1), (PLAIN["id_number"], 1), ("5678", 1), ("qjs", 1), ("静姝", 1),
                             ("0300-7654321", 2), ("4321", 2), ("谌砚秋", 0), ("cyq", 0)):  # fmt: skip
            hits = {hit.case_id for group in finding.found(line, desk) if group.name == "people" for hit in group.hits}
            assert hits == ({number} if number else set()), line
        assert drafts.mine(desk)[0].data == {"name": "拟稿人", "phone": DRAFTED}
        drafts.save(desk, "b" * 32, {"name": "新"})
        assert {row.case_id for row in session.query(CaseSearch)} == {1, 2, 3}
        assert session.get_one(Unit, 1).name == "青禾县信访局"


def test_the_way_back_gives_the_old_rows_again(old: Database) -> None:
    before = dump(old)
    migrating.upgrade(old, "0005")
    migrating.downgrade(old, "0004")
    after = dict.fromkeys(dump(old))
    lost = [row for row in before if row not in after]
    # What comes back otherwise: the initials of an accuser, the order of a ledger's notes, the title of a draft.
    assert {table for table, _ in lost} <= {"petitioners", "petitions", "drafts"}
    told = str(list(after))
    assert [word for word in SECRET if word not in told] == [ACCUSER["initials"]]
    migrating.upgrade(old)
    assert [word for word in SECRET if word in str(dump(old))] == []


def test_without_keys_the_upgrade_says_so_and_changes_nothing(old: Database) -> None:
    before = dump(old)
    old.keys = str
    with pytest.raises(RuntimeError, match="PETITIONS_IDENTITY_KEYS"):
        migrating.upgrade(old)
    assert migrating.current(old) == "0004"
    assert dump(old) == before


def test_with_other_keys_there_is_no_way_back(old: Database) -> None:
    migrating.upgrade(old, "0005")
    old.keys = lambda: KEYS.replace("test0001", "test0009")
    with pytest.raises(RuntimeError, match="test0001"):
        migrating.downgrade(old, "0004")
    assert migrating.current(old) == "0005"


def test_the_migration_locks_as_the_program_does(old: Database) -> None:
    """The format is written out twice; where they part, nothing that was upgraded would open."""
    migrating.upgrade(old)
    with old.work(write=False) as session:
        row = session.get_one(Matter, 1).petitioners[0].identity
        assert row is not None
        assert row.phone_mark == vault.mark("phone", PLAIN["phone"], sealed=False)
        assert row.phone_tail_mark == vault.mark("tail", "5678", sealed=False)
        assert row.id_number_mark == vault.mark("id_number", PLAIN["id_number"], sealed=False)
        assert row.shown() == {"phone": "199****5678", "id_number": masked_id(PLAIN["id_number"]), "address": "***",
                               "calling_number": "196****3333", "contact_notes": "***"}  # fmt: skip
        sealed = session.get_one(Matter, 2).petitioners[0].identity
        assert sealed is not None
        assert sealed.name_mark == vault.mark("name", ACCUSER["name"], sealed=True)
