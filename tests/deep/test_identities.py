"""P1 at size: what 1,000 people gave is unreadable in every file, and 100,000 rows change their key although killed.

`pytest -m deep -k identities -s` prints the figures.
"""

import random
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, make_url, select, text

from petitions.access import rotation, vault
from petitions.db import Database
from petitions.intake import drafts
from petitions.matters import who
from petitions.matters.identities import Identity
from petitions.matters.models import Petitioner
from petitions.matters.register import register
from tests.access.test_rotation import NEW, killed_after, under
from tests.factories import typed
from tests.intake.numbers import id_number
from tests.keys import KEYS
from tests.privacy.canaries import columns, written
from tests.privacy.conftest import Office
from tests.privacy.conftest import office as office  # noqa: PLC0414 - the fixture

pytestmark = pytest.mark.deep

INTAKES, ROWS, KILLS = 1_000, 100_000, 3


def _person(n: int) -> dict[str, str]:
    """The `n`th person; every word of theirs stands nowhere else."""
    return {
        "name": f"鹮鸻{n:04d}", "phone": f"1990666{n:04d}", "id_number": id_number(n), "address": f"落雁坡{n:04d}号院",
        "contact_notes": f"鸬鹚湾{n:04d}",
    }  # fmt: skip


def test_what_a_thousand_people_gave_is_in_no_file_dump_or_log(office: Office, tmp_path: Path) -> None:
    sealed = set[int]()
    for start in range(0, INTAKES, 100):
        with office.work() as (_, world):
            for n in range(start, start + 100):
                if n % 10 == 0:
                    sealed.add(n)
                    register(typed(**_person(n), purpose="accusation", respondent="某单位"), world.restricted)
                else:
                    register(typed(**_person(n)), world.clerk)
                if n % 50 == 1:
                    drafts.save(world.clerk, f"{n:032d}", {**_person(n), "text": "打了一半"})
    locked = {word for n in range(INTAKES) for name, word in _person(n).items() if name != "name" or n in sealed}
    shown = {_person(n)["name"] for n in range(INTAKES) if n not in sealed}
    places = list(_places(office.database, tmp_path))
    whole = b"\n".join(content for _, content in places)
    assert [word for word in sorted(shown) if word.encode() not in whole] == [], (
        "what lies in clear is found by this search"
    )
    hits = [(place, word) for place, content in places for word in sorted(locked) if written(word, content)]
    assert hits == []
    print(f"\n{len(locked)} words of {INTAKES} people ({len(sealed)} sealed) sought in {len(places)} places")


def _places(database: Database, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Everything a thief may carry away: the files with their logs, a backup and a dump."""
    if database.is_sqlite:
        file = Path(make_url(str(database.engine.url)).database or "")
        for one in sorted(file.parent.glob(file.name + "*")):
            yield one.name, one.read_bytes()
        with sqlite3.connect(file) as source, sqlite3.connect(folder / "backup.sqlite3") as target:
            source.backup(target)
            yield "dump", "\n".join(source.iterdump()).encode()
        yield "backup", (folder / "backup.sqlite3").read_bytes()
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        data = Path(connection.scalar(text("SHOW data_directory")) or "")
        own = connection.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
    for part in (data / "base" / str(own), data / "pg_wal"):
        yield part.name, b"\n".join(one.read_bytes() for one in sorted(part.rglob("*")) if one.is_file())
    yield from columns(database)


def test_a_hundred_thousand_rows_change_their_key_although_it_is_killed(office: Office) -> None:
    database, chance = office.database, random.Random(2026)  # noqa: S311 - where it is killed, nothing secret
    began = time.perf_counter()
    with office.work() as (_, world):
        first = register(typed(), world.clerk).matter.petitioners[0]
        petitioner, petition_id, matter_id = first.id, first.petition_id, first.matter_id
    for start in range(1, ROWS, 5_000):
        chunk = range(start, min(start + 5_000, ROWS))
        with database.work() as session:
            rows = [Petitioner(petition_id=petition_id, matter_id=matter_id, part="companion") for _ in chunk]
            session.add_all(rows)
            session.flush()
            cells = []
            for n, row in zip(chunk, rows, strict=True):
                locked = Identity(petitioner_id=row.id)
                locked.keep(_telling(n), sealed=False)
                cells.append({column.key: getattr(locked, column.key) for column in Identity.__table__.columns})
            session.execute(insert(Identity), cells)
    made = time.perf_counter() - began
    assert under(database, "test0001") == ROWS
    database.keys = lambda: f"{NEW}\n{KEYS}"
    left = [ROWS]
    for _ in range(KILLS):
        killed_after(chance.randrange(20, 60), database, rows=rotation.CHUNK)
        left.append(under(database, "test0001"))
        assert left[-2] > left[-1] > 0, "it was killed in the middle, and went on from there"
    began = time.perf_counter()
    assert rotation.rotate(database) == left[-1]
    took = time.perf_counter() - began
    assert (under(database, "test0001"), under(database, "test0002")) == (0, ROWS)
    database.keys = lambda: NEW
    with database.work(write=False) as session:
        everybody = session.scalars(select(Petitioner).order_by(Petitioner.id).execution_options(yield_per=5_000))
        for n, person in enumerate(everybody):
            if person.id != petitioner:
                assert who._known(person)["phone"] == _telling(n)["phone"]
        assert vault.ring().writes.id == "test0002"
    print(f"\n{ROWS} rows made in {made:.0f} s, killed {KILLS} times with {left[1:]} left, the rest in {took:.0f} s")


def _telling(n: int) -> dict[str, str]:
    return {"phone": f"1990{n:07d}", "address": f"柳林村{n}号"}
