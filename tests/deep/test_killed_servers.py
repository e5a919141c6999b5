"""R1, R5: whatever moment the server is killed at, what it acknowledged is there, once and whole."""

import hashlib
import re
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import create_engine, text

from petitions.demo.people import seeded
from tests.deep.conftest import Installation
from tests.deep.oracle import FAIL, HALVES, OK, UNKNOWN, Try, flaws
from tests.deep.serving import CUT_OFF, PATIENCE, Clerk, Server
from tests.factories import typed

pytestmark = pytest.mark.deep

SEED = 20260105
KILLS = {"sqlite": 40, "postgresql": 15}
LONGEST = 0.8
"""Seconds a server lives at most after its first answer: some ten registrations, so that most kills cut several."""

CLERKS = ("clerk", "officer", "restricted", "other_clerk")
LATE_SERVER = (sys.executable, "-m", "tests.deep.late_server")


class Storm:
    """Clerks who register one petition after the other, and write down what they were told."""

    def __init__(self, place: Installation, port: int, seed: int) -> None:
        self.place, self.port = place, port
        self.history: list[Try] = []
        self.acts: list[Try] = []
        self.drafts: dict[str, tuple[int, str]] = {}
        """Who keeps it and the words that were last said to be kept, by form."""
        self.stopped = threading.Event()
        self.draws = [seeded(f"{seed}-{n}") for n in range(len(CLERKS))]
        names = [getattr(place.world, name).username for name in CLERKS]
        self.clerks = [Clerk(port, name) for name in names]
        self.twins = [clerk.second() for clerk in self.clerks]
        self.threads = [threading.Thread(target=self._register, args=(n,), daemon=True) for n in range(len(CLERKS))]

    @property
    def acknowledged(self) -> int:
        """How many answers have come so far."""
        return sum(one.outcome == OK for one in self.history)

    def begin(self) -> None:
        """Let them start."""
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        """Let them finish what they have begun, while a server runs."""
        self.stopped.set()
        for thread in self.threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def leave(self) -> None:
        """Close the connections."""
        for clerk in (*self.clerks, *self.twins):
            clerk.close()

    def _register(self, number: int) -> None:
        draw, clerk, twin = self.draws[number], self.clerks[number], self.twins[number]
        count = 0
        while not self.stopped.is_set():
            count += 1
            form = {**typed(name=f"亓{number}-{count}", phone="", text=f"第{number}窗口第{count}封信：请求修路。"),
                    "submission": f"{draw.getrandbits(128):032x}"}  # fmt: skip
            content = b"" if draw.random() < 0.7 else f"letter {form['submission']}".encode()
            patience = draw.choice((1, 1000, 1000, 1000))  # one in four gives up: that form is there once or not at all
            while self.send(clerk, form, content) == UNKNOWN and patience > 1:
                patience -= 1
                time.sleep(0.05)
            if draw.random() < 0.2:  # 重复提交: the page is sent again
                self.send(clerk, form, content)
            if draw.random() < 0.4 and self.history[-1].outcome == OK:
                self.note(clerk, self.history[-1].row_id, f"{draw.getrandbits(128):032x}")
            if draw.random() < 0.3:  # somebody is interrupted while typing
                self.keep(number, f"{draw.getrandbits(128):032x}", f"第{number}窗口没有写完的第{count}封信")
            if draw.random() < 0.2:  # a double click: both halves at the same moment
                form = {**form, "submission": f"{draw.getrandbits(128):032x}"}
                other = threading.Thread(target=self.send, args=(twin, form, b""))
                other.start()
                self.send(clerk, form, b"")
                other.join()

    def note(self, clerk: Clerk, petition_id: int, submission: str) -> None:
        """备注 on the matter of a petition, until there is an answer."""
        with self.place.database.engine.connect() as connection:
            read = text("SELECT matter_id FROM petitions WHERE id = :id")
            case_id = connection.execute(read, {"id": petition_id}).scalar()
        for _ in range(1000):
            try:
                form = {"note": "已电话告知信访人", "submission": submission}
                status, page, location = clerk.post(f"/cases/{case_id}/note", form)
            except CUT_OFF:
                self.acts.append(Try(submission, UNKNOWN))
                time.sleep(0.05)
                continue
            done = re.search(r"[?&]done=([0-9]+)", location)
            known = (
                Try(submission, OK, int(done[1])) if done else Try(submission, FAIL, answer=f"{status} {page[:300]}")
            )
            self.acts.append(known)
            return

    def keep(self, number: int, submission: str, words: str) -> None:
        """A draft, typed on twice; what is said to be kept must outlive the server."""
        for text_so_far in (words, f"{words}，又写了一句"):
            form = {**typed(name=f"亓{number}", phone="", text=text_so_far), "submission": submission}
            try:
                status, page, _ = self.clerks[number].post("/register/draft", form)
            except CUT_OFF:
                return  # the later words may be there or not
            assert (status, submission in page) == (200, True), page[:300]
            self.drafts[submission] = number, text_so_far

    def forgotten(self) -> list[str]:
        """Drafts that were said to be kept and do not come up again, on a server that runs."""
        return [
            words
            for submission, (number, words) in self.drafts.items()
            if words not in self.clerks[number].get(f"/register?draft={submission}")[1]
        ]

    def send(self, clerk: Clerk, form: dict[str, str], content: bytes) -> str:
        """Send a form once and write down what came back."""
        files = [("letter.txt", content)] if content else []
        sha256 = hashlib.sha256(content).hexdigest() if content else ""
        try:
            status, page, location = clerk.post("/register", form, files)
        except ConnectionRefusedError:  # no server: nothing was sent
            return UNKNOWN
        except CUT_OFF:
            self.history.append(Try(form["submission"], UNKNOWN, sha256=sha256))
            return UNKNOWN
        if status == 302 and "/petitions/" in location:
            self.history.append(Try(form["submission"], OK, int(location.rpartition("/")[2]), sha256))
            return OK
        self.history.append(Try(form["submission"], FAIL, sha256=sha256, answer=f"{status} {location} {page[:300]}"))
        return FAIL


def _storm(
    place: Installation, port: int, kills: int, moment: Callable[[Random, Storm], None], command: tuple[str, ...] = ()
) -> Storm:
    """So many kills while the clerks work, each at the end of `moment`; the last server finishes what was begun."""
    draw, server = seeded(SEED), Server(place, port, command)
    try:
        server.start()
        storm = Storm(place, port, SEED)
        storm.begin()
        for _ in range(kills):
            moment(draw, storm)
            server.kill()
            server.start(wait=draw.random() < 0.85)  # the others are killed while they start
        server.kill()
        server.start()
        storm.end()
        assert storm.forgotten() == []
        storm.leave()
    finally:
        server.stop()
    assert server.faults() == []
    return storm


def _anywhen(draw: Random, storm: Storm) -> None:
    """Some time after this server's first answer; or a little after its start, whether it answers already or not."""
    before, hurried = storm.acknowledged, draw.random() < 0.1
    deadline = time.monotonic() + PATIENCE
    while not hurried and storm.acknowledged == before:
        assert time.monotonic() < deadline, storm.history[-3:]
        time.sleep(0.005)
    time.sleep(draw.uniform(0, LONGEST))


def _just_answered(draw: Random, storm: Storm) -> None:
    """Right after an answer that came a while after the start."""
    _anywhen(draw, storm)
    before = storm.acknowledged
    while storm.acknowledged == before:
        time.sleep(0.001)


def _tally(storm: Storm) -> tuple[int, int, int]:
    forms = {one.submission for one in storm.history}
    return len(forms), storm.acknowledged, sum(one.outcome == UNKNOWN for one in storm.history)


def test_what_a_killed_server_acknowledged_is_there_once_and_whole(installation: Installation, free_port: int) -> None:
    began, kills = time.monotonic(), KILLS[installation.kind]
    storm = _storm(installation, free_port, kills, _anywhen)
    forms, acknowledged, unknown = _tally(storm)
    acts = sum(one.outcome == OK for one in storm.acts)
    print(f"\n{installation.kind}: {kills} kills, {forms} forms, {acknowledged} answers, {unknown} cut off, {acts} acts, "
          f"{len(storm.drafts)} drafts, {time.monotonic() - began:.0f} s")  # fmt: skip
    assert flaws(installation.database.engine, storm.history, installation.folder / "files", storm.acts) == []
    assert unknown > kills / 2, "the kills hit nobody at work"


def test_the_checker_catches_a_server_that_answers_before_it_commits(on_sqlite: Installation, free_port: int) -> None:
    storm = _storm(on_sqlite, free_port, 3, _just_answered, LATE_SERVER)
    lost = [
        flaw for flaw in flaws(on_sqlite.database.engine, storm.history) if flaw.startswith("acknowledged and lost")
    ]
    print(f"\nsabotaged: 3 kills, {storm.acknowledged} answers, {len(lost)} lost")
    assert lost


EVENT = "case_id, action, from_state, to_state, actor_id, unit_id, at, recorded_at, data, submission"

DAMAGE = {
    "acknowledged and lost": "UPDATE petitions SET submission = 'x' WHERE id = 2",
    "never sent": "UPDATE petitions SET submission = 'x' WHERE id = 2",
    "answered with": "UPDATE petitions SET id = 77 WHERE id = 2",
    "a petition without its matter": "DELETE FROM matters WHERE id = 2",
    "a matter without its petition": "DELETE FROM petitions WHERE id = 2",
    "a matter without the event that opened it": "DELETE FROM events WHERE case_id = 2 AND action = 'register'",
    "a matter without its clock T1": "DELETE FROM deadlines WHERE case_id = 2",
    "a matter without its registration form": "DELETE FROM documents WHERE case_id = 2",
    "a matter without people": "DELETE FROM petitioners WHERE matter_id = 2",
    "a person whose address the vault does not hold": "DELETE FROM identities WHERE petitioner_id = 2",
    "a matter without a claim": "DELETE FROM claims WHERE matter_id = 2",
    "a matter in which its office takes no part": "DELETE FROM case_units WHERE case_id = 2",
    "a matter that no search finds": "DELETE FROM case_search WHERE case_id = 2 AND part = 'petition'",
    "a matter with another number than its petition": "UPDATE cases SET number = 'XF2026-000009' WHERE id = 2",
    "a matter whose acts the audit does not tell": "DROP TRIGGER audit_no_delete; DELETE FROM audit WHERE case_id = 2",
    "a line of the audit that does not follow the one before": "DROP TRIGGER audit_no_delete; DELETE FROM audit WHERE case_id = 2",
    # A unique key forbids this one, so the table loses its keys first.
    "one form twice": f"CREATE TABLE bare (id INTEGER PRIMARY KEY, {EVENT}); INSERT INTO bare SELECT id, {EVENT} FROM events;"
    " DROP TABLE events; ALTER TABLE bare RENAME TO events; UPDATE events SET submission = 'x'",
    "a draft of what is registered": "INSERT INTO drafts (user_id, submission, saved_at, key_id, told)"
    " SELECT registered_by_id, submission, registered_at, '', '' FROM petitions WHERE id = 2",
    "the numbers of XF": "UPDATE petitions SET number = 'XF2026-000009' WHERE id = 2",
    "the numbers of 信登": "UPDATE counters SET last = 7 WHERE series = '信登'",
    "act acknowledged and lost": "DELETE FROM events WHERE action = 'note'",
    "files": "DELETE FROM attachments",
    "loose key": "DELETE FROM events WHERE case_id = 2",
}
"""What a worse program might do to three good registrations, by the beginning of what must be said of it."""


def test_the_checker_sees_every_kind_of_damage(on_sqlite: Installation, free_port: int, tmp_path: Path) -> None:
    server = Server(on_sqlite, free_port)
    try:
        server.start()
        storm = Storm(on_sqlite, free_port, SEED)
        for number in range(3):
            storm.send(storm.clerks[0], {**typed(name=f"亓{number}"), "submission": f"{number:032x}"}, b"letter")
        storm.note(storm.clerks[0], 1, "a" * 32)
        storm.leave()
    finally:
        server.stop()
    on_sqlite.database.dispose()
    assert HALVES.keys() <= DAMAGE.keys()
    for name, damage in {"": "", **DAMAGE}.items():
        copy = tmp_path / "damaged.sqlite3"
        original = sqlite3.connect(on_sqlite.database.engine.url.database or "")
        with closing(original) as whole, closing(sqlite3.connect(copy)) as damaged:
            whole.backup(damaged)
            damaged.executescript(damage)
            damaged.commit()
        engine = create_engine(f"sqlite:///{copy}")
        found = flaws(engine, storm.history, on_sqlite.folder / "files", storm.acts)
        engine.dispose()
        assert any(flaw.startswith(name) for flaw in found) if name else found == [], (name, found)
    print(f"\n{len(DAMAGE)} kinds of damage, each seen")
