"""R21, R24: mails go out although senders are killed and servers fail; what is lost is nothing, what is doubled is known.

Exactly once is possible only inside the house. Outside, a sender that is killed between the server's yes and its own note leaves
one message that is sent again, with the same id: never more of them than kills.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, insert, select, text, update

from petitions import clock
from petitions.access.models import User, UserRole
from petitions.access.roles import Role
from petitions.cases.models import Case
from petitions.demo.people import seeded
from petitions.matters.models import Matter
from petitions.notices import delivery, mail, sending
from petitions.notices.delivery import DIGEST, Channel, Delivery, State
from petitions.notices.models import Notice
from petitions.settings import Settings
from tests.cases.many import copy_cases
from tests.deep.conftest import Installation, present
from tests.deep.serving import PATIENCE
from tests.factories import matter_in
from tests.keys import KEYS
from tests.notices.conftest import Plain
from tests.smtp import OK, Post, by_mail, post_office

pytestmark = pytest.mark.deep

SEED = 21
DUE = int(os.environ.get("DEEP_DUE", "10000"))
"""Reminders inside the house: every clock tells four people."""
ROUNDS = int(os.environ.get("DEEP_ROUNDS", "15"))
"""Two ticks and two senders are killed in each: sixty kills."""
EACH = 4

WORKING = """
import os, sys, time
from datetime import timedelta
from petitions import jobs, tables
from petitions.db import Database
from petitions.deadlines import ladder
from petitions.notices import delivery, sending
from petitions.settings import Settings
settings = Settings()
database = Database(sys.argv[1], keys=settings.vault_keys)
ladder.BATCH = 25  # small transactions: more moments in which a kill can hurt
if os.getpid() % 2:
    jobs._PARTS = jobs._PARTS[::-1]  # some ticks begin with the digests: there are mails to send while others still tell
delivery.LEASE, sending.AT_MOST, sending._MARGIN = timedelta(seconds=10), 2, 1  # what the killed had is free again soon
exec(sys.argv[3])
print("ready", flush=True)
while True:
    if sys.argv[2] == "tick":
        assert jobs.tick(database, settings).failed == []
    else:
        jobs.send(database, settings)
    time.sleep(0.05)
"""


class Worker:
    """One process that ticks, or sends."""

    def __init__(self, place: Installation, what: str, post: Post, spoilt: str = "") -> None:
        environment = {
            **os.environ,
            "PETITIONS_DATA_DIR": str(place.folder), "PETITIONS_SECRET_KEY": "of this test only", "PETITIONS_IDENTITY_KEYS": KEYS,
            "PETITIONS_MAIL_HOST": "127.0.0.1", "PETITIONS_MAIL_PORT": str(post.port), "PETITIONS_MAIL_TLS": "none",
            "PETITIONS_MAIL_FROM": "xf@office.example", "PETITIONS_PUBLIC_URL": "https://xf.example",
            "PETITIONS_DIGEST_AT": "00:00",
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKING, place.url, what, spoilt],
            env=environment, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def ready(self) -> "Worker":
        """Once it has read its modules."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"ready\n"
        return self

    def kill(self) -> None:
        """In the middle of whatever it does."""
        with self.process:
            assert self.process.poll() is None, "it had ended by itself"
            self.process.send_signal(signal.SIGKILL)


def _office(place: Installation, clocks: int, handlers: int) -> set[str]:
    """So many overdue cases spread over so many handlers; the addresses that are to get a mail."""
    with time_machine.travel(clock.now() - timedelta(days=100), tick=False), place.database.work() as session:
        world = present(place.world, session)
        matter = matter_in(world, "accepted")
        before = session.scalar(select(func.max(Matter.id))) or 0
        copy_cases(session, matter, clocks - 1)
        people = [
            {"username": f"mail{n}", "name": f"人员{n}", "unit_id": world.bureau.id, "email": f"mail{n}@example.cn"}
            for n in range(handlers)
        ]
        now = {"password_hash": "", "password_set_at": clock.now(), "active": True}
        ids = list(session.scalars(insert(User).returning(User.id), [{**one, **now} for one in people]))
        session.execute(insert(UserRole), [{"user_id": one, "role": Role.HANDLER.value} for one in ids])
        cases = [matter.id, *session.scalars(select(Case.id).where(Case.id > before).order_by(Case.id))]
        for n, case_id in enumerate(cases):
            session.execute(update(Case).where(Case.id == case_id).values(handler_id=ids[n % handlers]))
        for name in ("head", "officer", "inspector"):
            world.people[name].email = f"{name}@example.cn"
        session.flush()
        return set(session.scalars(select(User.email).where(User.email != "")))


def _in_house(place: Installation) -> Counter[str]:
    with place.database.work(write=False) as session:
        return Counter(session.scalars(select(Notice.key).where(Notice.key.startswith("deadline:"))))


def _states(place: Installation) -> Counter[str]:
    with place.database.work(write=False) as session:
        return Counter(session.scalars(select(Delivery.state)))


def _expected(place: Installation) -> int:
    with place.database.work(write=False) as session:
        open_ones = text("SELECT count(*) FROM deadlines WHERE ended_on IS NULL AND code = 'T6'")
        return EACH * int(session.scalar(open_ones) or 0)


def _wait_for(what: Any, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_mails_survive_ticks_and_senders_that_are_killed(installation: Installation) -> None:
    handlers = DUE // EACH * 4 // 5
    draw, addressees, began = seeded(SEED), _office(installation, DUE // EACH, handlers), time.monotonic()
    due, at_work, post = _expected(installation), 0, Post(pause=0.01)
    with post_office(post):
        for _ in range(ROUNDS):
            workers = [Worker(installation, what, post) for what in ("tick", "tick", "send", "send")]
            for each in workers:
                each.ready()
            before, limit = len(post.taken), time.monotonic() + 20
            while len(post.taken) == before < len(addressees) and time.monotonic() < limit:
                time.sleep(0.01)
            time.sleep(draw.uniform(0, 0.6))
            draw.shuffle(workers)
            for each in workers:
                each.kill()
                time.sleep(draw.uniform(0, 0.1))
            at_work += 4 * (_states(installation)[State.SENT.value] < len(addressees))
        in_between = len(post.taken)
        last = [Worker(installation, what, post).ready() for what in ("tick", "tick", "send", "send")]
        _wait_for(
            lambda: (
                sum(_in_house(installation).values()) >= due
                and _states(installation)[State.SENT.value] >= len(addressees)
            ),
            1800,
        )
        for each in last:
            each.kill()
    told, mails = _in_house(installation), Counter(post.addresses)
    ids = {address: {message["Message-ID"] for message in post.taken if message["To"].addresses[0].addr_spec == address}
           for address, count in mails.items() if count > 1}  # fmt: skip
    kills, doubled = 4 * ROUNDS, sum(count - 1 for count in mails.values())
    print(f"\n{installation.kind}: {due} due, {kills} kills ({at_work} with work left); in the house told {len(told)}, doubled "
          f"{told.total() - len(told)}; mails {len(addressees)}, lost {len(addressees - set(mails))}, doubled {doubled}, taken "
          f"from the killed {in_between}, {time.monotonic() - began:.0f} s")  # fmt: skip
    assert len(told) == told.total() == due
    assert set(mails) == addressees
    assert doubled <= kills
    assert all(len(seen) == 1 for seen in ids.values()), "whoever gets a mail twice has twice the same one"
    assert at_work > kills // 4, "most kills came when everything was sent"
    _holds_nothing_personal(post)


def _holds_nothing_personal(post: Post) -> None:
    for message in post.taken[:200]:
        text = message.get_content()
        assert "XF" in text or "青" in text
        for secret in ("田小禾", "柳林村", "承包地", "19900001234"):
            assert secret not in text


NO_KEY = """
import os
real = delivery.queue
delivery.queue = lambda kind, channel, people, about, host: real(kind, channel, people, f"{about} {os.getpid()}", host)
from sqlalchemy import exists, false
from petitions.deadlines import digest
digest.exists = lambda: exists().where(false())  # nor does it look who has one already
"""
SHORT = "delivery.LEASE, sending.AT_MOST, sending._MARGIN = timedelta(seconds=1), 0, -1000"
"""A key of each tick's own; a lease that runs out while its worker lives (E9: 78 mails doubled)."""


@pytest.mark.parametrize("spoilt", [NO_KEY, SHORT], ids=["no key", "lease of a second"])
def test_a_queue_without_its_key_or_with_a_short_lease_is_found_out(on_sqlite: Installation, spoilt: str) -> None:
    addressees = _office(on_sqlite, 100, 60)
    post = Post(pause=0.25)
    with post_office(post):
        workers = [Worker(on_sqlite, what, post, spoilt).ready() for what in ("tick", "tick", "send", "send")]
        try:
            _wait_for(lambda: len(post.taken) > len(addressees) and len(set(post.addresses)) == len(addressees), 120)
        finally:
            for each in workers:
                each.kill()
    doubled = len(post.taken) - len(set(post.addresses))
    print(f"\n{len(addressees)} mails, no kills, doubled {doubled}")
    assert doubled > 0


MESSAGES, POISON = int(os.environ.get("DEEP_MESSAGES", "2000")), 50
"""Every fiftieth address is refused: half of them for good, half for ever for now."""


def test_after_an_hour_without_a_server_everything_goes_out_within_ten_minutes(
    installation: Installation, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installation.database.work() as session:
        unit = present(installation.world, session).bureau.id
        people = [
            {"username": f"mail{n}", "name": f"人员{n}", "unit_id": unit, "email": f"{_sort(n)}{n}@example.cn", "password_hash": "",
             "password_set_at": clock.now(), "active": True}
            for n in range(MESSAGES)
        ]  # fmt: skip
        ids = list(session.scalars(insert(User).returning(User.id), people))
        for start in range(0, MESSAGES, 500):
            delivery.queue(DIGEST, Channel.MAIL, ids[start : start + 500], clock.today().isoformat(), "xf.example")
    good = {one["email"] for one in people if one["email"].startswith("good")}
    post, began = Post(), time.monotonic()
    with post_office() as gone:
        pass
    with time_machine.travel(clock.noon_of(clock.today()), tick=True) as traveller:
        house = by_mail(settings, gone.port)

        def minutes(count: int) -> None:
            for _ in range(count):
                sending.drain(installation.database, house, Plain())
                traveller.shift(timedelta(minutes=1))

        minutes(15)  # nobody listens
        with post_office(post, port=gone.port):
            post.recipient = lambda _: "451 overloaded"
            minutes(15)
            post.recipient, post.data = _poison, lambda _: "cut"
            minutes(15)
            post.data, post.pause = lambda _: OK, 1.0
            monkeypatch.setattr(mail, "WAIT", 0.3)
            minutes(15)
            monkeypatch.undo()
        during, post.taken = len(post.taken), []
        post.pause = 0.0
        with post_office(post, port=gone.port):
            waited = 0
            while not good <= (seen := _arrived(installation)) and waited < 60:
                minutes(1)
                waited += 1
            minutes(240)
    with installation.database.work(write=False) as session:
        found = Counter(
            (address.rstrip("0123456789"), state, attempts if state == State.PARKED else 0)
            for address, state, attempts in session.execute(
                select(func.replace(User.email, "@example.cn", ""), Delivery.state, Delivery.attempts).join(
                    User, User.id == Delivery.user_id
                )
            )
        )
    doubled = Counter(message["Message-ID"] for message in post.taken)
    print(f"\n{installation.kind}: {MESSAGES} messages, an hour of a dead, overloaded, disconnecting and slow server ({during} taken then); "
          f"all good ones out {waited} minutes after it was back; {dict(found)}; doubled after recovery "
          f"{doubled.total() - len(doubled)}; {time.monotonic() - began:.0f} s")  # fmt: skip
    assert len(seen & good) == len(good)
    assert waited <= 10
    assert found["good", State.SENT.value, 0] == len(good)
    assert (
        found["gone", State.PARKED.value, 1]
        + sum(
            count
            for (sort, state, tries), count in found.items()
            if sort == "gone" and state == State.PARKED and tries > 1
        )
        == MESSAGES // POISON // 2
    )
    assert found["busy", State.PARKED.value, 8] == MESSAGES // POISON // 2
    assert doubled.total() == len(doubled)


def _sort(number: int) -> str:
    return "good" if number % POISON else "gone" if number % (2 * POISON) else "busy"


def _poison(address: str) -> str:
    return "550 unknown" if address.startswith("gone") else "451 busy" if address.startswith("busy") else OK


def _arrived(place: Installation) -> set[str]:
    with place.database.work(write=False) as session:
        sent = select(User.email).join(Delivery, Delivery.user_id == User.id).where(Delivery.state == State.SENT.value)
        return set(session.scalars(sent))
