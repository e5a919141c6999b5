"""M3 and R1: sessions sent from a form and from the queue of a telephone while the server is killed: acknowledged is there once."""

import re
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from random import Random

import pytest
from sqlalchemy import Engine, text

from petitions import clock
from petitions.access.passwords import hash_password
from petitions.demo.people import seeded
from tests.deep.conftest import Installation, present
from tests.deep.serving import CUT_OFF, PATIENCE, Clerk, Server
from tests.live import PASSWORD
from tests.mediations import Mediators, begun, ids, set_up_committee

pytestmark = pytest.mark.deep

SEED = 20261128
KILLS = {"sqlite": 20, "postgresql": 10}
LONGEST = 0.8
"""Seconds a server lives at most after an answer."""

CASES = 4
"""Mediations of each telephone."""

LATE_SERVER = (sys.executable, "-m", "tests.deep.late_server")


@dataclass
class Record:
    """A session as a telephone keeps it until it is acknowledged."""

    case: int
    submission: str
    words: str
    form: dict[str, object]
    done: int = 0
    """The event it was told."""
    cut_off: int = 0
    refused: str = ""


@dataclass
class Telephone:
    """A mediator who writes where there is no network and sends everything in its order, as offline.js does."""

    clerk: Clerk
    cases: dict[int, list[str]]
    """Its mediations with the parties of each."""
    draw: Random
    records: list[Record] = field(default_factory=list)
    number: int = 0

    def write(self) -> Record:
        """One more session."""
        case = self.draw.choice(sorted(self.cases))
        self.number += 1
        words, parties = f"第{self.number}次：{self.draw.getrandbits(64):x}", self.cases[case]
        form: dict[str, object] = {
            "held_on": clock.today().isoformat(), "began_at": "09:30", "place": "村口", "open_session": "open", "present": parties[0],
            "record": words, "session_outcome": "again", f"statements.{parties[0]}": f"说：{words}",
            "submission": f"{self.draw.getrandbits(128):032x}",
        }  # fmt: skip
        self.records.append(Record(case, str(form["submission"]), words, form))
        return self.records[-1]

    def send(self, record: Record, *, patient: bool = True, clerk: Clerk | None = None) -> None:
        """Again and again until there is an answer; impatient: once."""
        for _ in range(3000 if patient else 1):
            try:
                status, page, location = (clerk or self.clerk).post(f"/cases/{record.case}/hold_session", record.form)
            except ConnectionRefusedError:  # no server: nothing was sent
                time.sleep(0.05)
                continue
            except CUT_OFF:
                record.cut_off += 1
                time.sleep(0.05)
                continue
            done = re.search(r"[?&]done=([0-9]+)", location)
            record.done, record.refused = (int(done[1]), "") if done else (0, f"{status} {location} {page[:300]}")
            return

    def go(self, stopped: threading.Event) -> None:
        """Write a few, then send the queue; some forms are sent twice, some at the same moment from a second tab."""
        twin = self.clerk.second()
        while not stopped.is_set():
            queue = [self.write() for _ in range(self.draw.choice((1, 1, 2, 3)))]
            for record in queue:
                if self.draw.random() < 0.25:
                    other = threading.Thread(target=self.send, args=(record,), kwargs={"patient": False, "clerk": twin})
                    other.start()
                    self.send(record)
                    other.join()
                    self.send(record)
                else:
                    self.send(record)
                if self.draw.random() < 0.2:
                    self.send(record)
        twin.close()


def flaws(engine: Engine, records: list[Record]) -> Iterator[str]:
    """What is not as a telephone may believe."""
    with engine.connect() as connection:
        events = {
            row.submission: row
            for row in connection.execute(
                text("SELECT id, case_id, submission FROM events WHERE action = 'hold_session'")
            )
        }
        sessions = connection.execute(
            text("SELECT id, mediation_id, event_id, record FROM mediation_sessions ORDER BY id")
        ).all()
        papers = (
            connection.execute(text("SELECT event_id FROM documents WHERE kind = 'mediation_record'")).scalars().all()
        )
    by_event: dict[int, list[str]] = {}
    for row in sessions:
        by_event.setdefault(row.event_id, []).append(row.record)
    for record in records:
        event = events.get(f"{record.submission}-{record.case}")
        if record.refused:
            yield f"refused: {record.refused}"
        if record.done and event is None:
            yield f"acknowledged and lost: {record.words}"
        elif record.done and event is not None and event.id != record.done:
            yield f"acknowledged as {record.done}, which is {event.id}"
        if event is not None and by_event.get(event.id) != [record.words]:
            yield f"{record.words} is there as {by_event.get(event.id)}"
        if event is not None and papers.count(event.id) != 1:
            yield f"{record.words} has {papers.count(event.id)} papers"
    known = {f"{one.submission}-{one.case}" for one in records}
    yield from (f"never sent: {name}" for name in events if name not in known)
    if len(sessions) != len(events):
        yield f"{len(sessions)} sessions of {len(events)} acts"
    order = {one.words: place for place, one in enumerate(records)}
    for case, rows in groupby(
        sorted(sessions, key=lambda row: (row.mediation_id, row.id)), lambda row: row.mediation_id
    ):
        places = [order[row.record] for row in rows if row.record in order]
        if places != sorted(places):
            yield f"case {case} has its sessions in another order than they were finished in"


def telephones(place: Installation, port: int) -> list[Telephone]:
    """Three mediators with cases of their own; the server must run."""
    found = []
    with place.database.work() as session:
        mediators = set_up_committee(session, present(place.world, session))
        people = (mediators.mediator, mediators.second, mediators.chair)
        for person in people:
            person.password_hash = hash_password(PASSWORD)
        told = []
        for n, person in enumerate(people):
            other = people[(n + 1) % 3]
            mine = [
                begun(Mediators(mediators.world, mediators.unit, mediators.chair, person, other, mediators.justice))
                for _ in range(CASES)
            ]
            told.append((person.username, {one.id: ids(one.principals) for one in mine}))
    for n, (username, cases) in enumerate(told):
        found.append(Telephone(Clerk(port, username), cases, seeded(f"{SEED}-{n}")))
    return found


def _war(place: Installation, port: int, kills: int, command: tuple[str, ...] = ()) -> list[Telephone]:
    draw, server, stopped = seeded(SEED), Server(place, port, command), threading.Event()
    try:
        server.start()
        phones = telephones(place, port)
        threads = [threading.Thread(target=one.go, args=(stopped,), daemon=True) for one in phones]
        for thread in threads:
            thread.start()
        for _ in range(kills):
            before, deadline = sum(bool(r.done) for one in phones for r in one.records), time.monotonic() + PATIENCE
            while sum(bool(r.done) for one in phones for r in one.records) == before and time.monotonic() < deadline:
                time.sleep(0.002)
            if not command:
                time.sleep(draw.uniform(0, LONGEST))
            server.kill()
            server.start(wait=draw.random() < 0.85)
        server.kill()
        server.start()
        stopped.set()
        for thread in threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()
        for one in phones:
            one.clerk.close()
    finally:
        stopped.set()
        server.stop()
    return phones


def test_a_session_that_was_acknowledged_is_there_once(installation: Installation, free_port: int) -> None:
    began, kills = time.monotonic(), KILLS[installation.kind]
    phones = _war(installation, free_port, kills)
    records = [record for one in phones for record in one.records]
    wrong = list(flaws(installation.database.engine, records))
    cut = sum(one.cut_off for one in records)
    print(f"\n{installation.kind}: {kills} kills, {len(records)} sessions, {sum(bool(one.done) for one in records)} acknowledged, "
          f"{cut} cut off, {len(wrong)} flaws, {time.monotonic() - began:.0f} s")  # fmt: skip
    assert wrong == []
    assert cut > kills / 2, "the kills hit nobody at work"


def test_a_server_that_answers_before_it_commits_is_caught(on_sqlite: Installation, free_port: int) -> None:
    phones = _war(on_sqlite, free_port, 3, LATE_SERVER)
    records = [record for one in phones for record in one.records]
    lost = [one for one in flaws(on_sqlite.database.engine, records) if one.startswith(("acknowledged", "case"))]
    print(f"\nsabotaged: 3 kills, {len(records)} sessions, {len(lost)} lost")
    assert lost


DAMAGE = {
    "acknowledged and lost": "UPDATE events SET submission = 'x' WHERE id = (SELECT min(event_id) FROM mediation_sessions)",
    "is there as": "DELETE FROM mediation_sessions WHERE id = 1",
    "has 0 papers": "DELETE FROM documents WHERE kind = 'mediation_record' AND event_id ="
    " (SELECT min(event_id) FROM mediation_sessions)",
    "has its sessions in another order": "UPDATE mediation_sessions SET id = 900 WHERE id = 1",
    "sessions of": "INSERT INTO mediation_sessions (mediation_id, event_id, held_on, began_at, ended_at, place, open, present, others,"
    " statements, record, proposal, outcome, signed) SELECT mediation_id, event_id, held_on, began_at, ended_at, place, open, present,"
    " others, statements, record, proposal, outcome, signed FROM mediation_sessions WHERE id = 1",
}


@pytest.mark.parametrize("name", DAMAGE)
def test_the_checker_sees_every_kind_of_damage(on_sqlite: Installation, free_port: int, name: str) -> None:
    server = Server(on_sqlite, free_port)
    try:
        server.start()
        phone, *others = telephones(on_sqlite, free_port)
        for one in others:
            one.clerk.close()
        phone.cases = dict(list(phone.cases.items())[:1])
        for _ in range(3):
            phone.send(phone.write())
        phone.clerk.close()
    finally:
        server.stop()
    assert list(flaws(on_sqlite.database.engine, phone.records)) == []
    on_sqlite.database.dispose()
    raw = sqlite3.connect(on_sqlite.database.engine.url.database or "")
    raw.executescript(DAMAGE[name])
    raw.commit()
    raw.close()
    assert any(name in one for one in flaws(on_sqlite.database.engine, phone.records))
