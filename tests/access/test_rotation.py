"""Rotating the keys: killed anywhere and taken up again, every row ends under the new key and is found all along."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from petitions import migrating
from petitions.access import rotation, totp, vault
from petitions.access.totp import SecondStep
from petitions.access.vault import Locked
from petitions.cases import finding
from petitions.db import Database
from petitions.intake import drafts
from petitions.intake.models import Draft
from petitions.matters import who
from petitions.matters.identities import Identity
from petitions.matters.models import Petitioner
from petitions.matters.repeats import Asked, suspects
from petitions.mediation.identities import PartyIdentity
from petitions.notices.robots import Robot
from petitions.settings import Settings
from tests.factories import World, build_world, new_petition
from tests.intake.numbers import id_number, phone
from tests.keys import KEYS

ROWS = 60
NEW = "test0002:" + "B" * 43

_SCRIPT = """
import sys
from petitions import app, tables
from petitions.access import rotation
from petitions.db import Database
url, keys, rows = sys.argv[1:]
rotation.CHUNK = int(rows)
def done(number, total):
    print(number, flush=True)
    sys.stdin.readline()
rotation.rotate(Database(url, keys=lambda: keys), done)
"""


def fill(database: Database) -> World:
    """So many petitions, a fourth of them accusations, a draft, and a second step."""
    migrating.fill(database)
    with database.work() as session:
        world = build_world(session)
        for number in range(ROWS):
            new_petition(world, name=f"换钥{number:02d}", phone=phone(number), id_number=id_number(number),
                         purpose="accusation" if number % 4 == 0 else "request")  # fmt: skip
        drafts.save(world.clerk, "f" * 32, {"name": "换钥草稿", "phone": "19900008888"})
        totp.start(world.clerk)
    return world


def told(database: Database) -> list[tuple[str, ...]]:
    """Everything in the vault, in clear, in the order of the rows."""
    with database.work(write=False) as session:
        people = session.scalars(select(Petitioner).order_by(Petitioner.id))
        return [tuple(who._known(person).get(name, "") for name in ("name", "phone", "id_number")) for person in people]


def under(database: Database, key_id: str) -> int:
    """How many rows this key has locked."""
    with database.work(write=False) as session:
        tables = (Identity, Draft, SecondStep)
        return sum(session.scalar(select(func.count()).where(table.key_id == key_id)) or 0 for table in tables)


def found(database: Database, world: World) -> list[tuple[int, int]]:
    """What the search box and the comparison find of every tenth person."""
    with database.work(write=False) as session:
        officer, desk = session.merge(world.officer), session.merge(world.restricted)
        answers = []
        for number in range(0, ROWS, 5):
            for line in (phone(number), id_number(number)):
                answers += [(number, hit.case_id) for group in finding.found(line, officer) for hit in group.hits]
            asked = Asked(world.office.id, who.marks("", phone(number)), viewer=desk)
            answers += [(number, suspect.matter.id) for suspect in suspects(asked)]
        return answers


def test_a_rotation_killed_twice_is_completed_and_loses_nothing(own_database: Database) -> None:
    world = fill(own_database)
    whole, before = told(own_database), found(own_database, world)
    with own_database.work(write=False):
        shared = totp.being_set_up(world.clerk)
    assert len(before) >= 2 * ROWS // 5
    own_database.keys = lambda: f"{NEW}\n{KEYS}"
    left = [ROWS + 2]
    for chunks in (2, 3):
        killed_after(chunks, own_database)
        left.append(under(own_database, "test0001"))
        assert left[-2] > left[-1] > 0, "it was killed in the middle, and went on from there"
        assert told(own_database) == whole
        assert found(own_database, world) == before, "half done, everybody is found as before"
    assert rotation.rotate(own_database) == left[-1]
    assert (under(own_database, "test0001"), under(own_database, "test0002")) == (0, ROWS + 2)
    assert rotation.rotate(own_database) == 0
    own_database.keys = lambda: NEW
    assert told(own_database) == whole, "the old key is not needed any more"
    assert found(own_database, world) == before
    with own_database.work(write=False) as session:
        assert drafts.mine(session.merge(world.clerk))[0].data["phone"] == "19900008888"
        assert totp.being_set_up(world.clerk) == shared


def test_what_is_registered_meanwhile_with_the_old_key_is_taken_along_by_the_next_run(own_database: Database) -> None:
    world = fill(own_database)
    own_database.keys = lambda: f"{NEW}\n{KEYS}"
    rotation.rotate(own_database)
    own_database.keys = lambda: KEYS + "\n" + NEW
    with own_database.work() as session:
        session.add(world.clerk)
        new_petition(world)
    own_database.keys = lambda: f"{NEW}\n{KEYS}"
    assert rotation.rotate(own_database) == 1


def test_without_the_old_key_nothing_is_touched(own_database: Database) -> None:
    fill(own_database)
    own_database.keys = lambda: NEW
    with own_database.work(write=False):
        assert rotation.missing() == ["test0001"]
        assert rotation.counts() == {"test0002": 0, "test0001": ROWS + 2}
    with pytest.raises(Locked, match="test0001"):
        rotation.rotate(own_database)
    assert under(own_database, "test0001") == ROWS + 2


def test_every_table_with_cells_is_rotated() -> None:
    assert set(rotation.tables()) == {Draft, Identity, PartyIdentity, Robot, SecondStep}


def test_a_running_process_sees_the_new_key_in_the_file(own_database: Database, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "keys-of-this-test")
    vault.keep(settings.keys_file, KEYS)
    own_database.keys = settings.vault_keys
    world = fill(own_database)
    whole = told(own_database)
    vault.keep(settings.keys_file, f"{NEW}\n{KEYS}")
    with own_database.work() as session:
        session.add(world.clerk)
        new_petition(world, name="换钥之后")
    assert under(own_database, "test0002") == 1
    assert told(own_database)[:-1] == whole


def killed_after(chunks: int, database: Database, rows: int = 7) -> None:
    """Rotate in a process of its own, so many rows at a time, and kill it when so many chunks are done."""
    url = database.engine.url.render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, url, f"{NEW} {KEYS}", str(rows)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2], start_new_session=True, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert child.stdin is not None
        for chunk in range(chunks):
            assert child.stdout.readline(), "the rotation ended before it could be killed"
            if chunk + 1 < chunks:
                child.stdin.write(b"\n")
                child.stdin.flush()
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
