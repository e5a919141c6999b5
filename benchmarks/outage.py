"""Pages and acts while the mail server is down, silent, refusing, slow, cutting off and flooded, beside the same without any mail.

    python -m benchmarks.outage [--messages 2000] [--rounds 2] [--each 50] [--database URL]

Without --database both SQLite and the PostgreSQL of the test extra's wheel are measured. A real `petitions serve --tick` with
both jobs in the process that answers, as SQLite runs them, and a beat of ten seconds: six times the usual. It is started anew
for each state of the mail server, and each has a measure of its own without any mail right beside it, before it in one round
and after it in the next: what else the machine does falls on both. Every state begins with the same messages in the queue. No
mail is measured beside no mail as well: what the two differ by is noise.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import func, insert, select, text, update

from benchmarks.client import Client, free_port, reachable
from benchmarks.deadlines import FIRST, bring_near, fill
from benchmarks.ledger import PASSWORD, databases, officer, prepare
from benchmarks.pages import UNIT, noting, page
from benchmarks.server import KEYS, ring
from petitions import clock, jobs
from petitions.access.models import Unit, UnitKind, User, UserRole
from petitions.access.roles import Role
from petitions.cases.models import Case, CaseUnit, Deadline
from petitions.cases.perform import perform
from petitions.db import Database
from petitions.demo.county import member
from petitions.matters.register import register
from petitions.notices.delivery import Delivery, State
from petitions.settings import Settings
from tests.factories import CLASSIFIED, typed
from tests.smtp import Post, post_office

WITHOUT = "not asked for any mail"
SLOW = 1.0
"""Seconds a slow server takes over each message."""

EACH, BUREAU = 2, 20
"""Overdue cases of one handler, and handlers of one bureau."""

SETTLED = 3.0
"""Seconds a server has for its first beat."""

PETITIONS = str(Path(sys.executable).with_name("petitions"))


@contextmanager
def silent() -> Iterator[int]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield int(server.getsockname()[1])


@contextmanager
def nobody() -> Iterator[int]:
    """A port where nobody listens."""
    yield free_port()


def office(post: Post) -> Callable[[], AbstractContextManager[int]]:
    """A server that does what `post` says."""

    @contextmanager
    def running() -> Iterator[int]:
        post.port = free_port()
        post.taken.clear()
        with post_office(post):
            yield post.port

    return running


STATES: dict[str, Callable[[], AbstractContextManager[int]] | None] = {
    "down": nobody,
    "silent": silent,
    "refusing (4xx)": office(Post(recipient=lambda _: "451 overloaded")),
    "refusing (5xx)": office(Post(recipient=lambda _: "550 unknown")),
    "slow": office(Post(pause=SLOW)),
    "cutting off": office(Post(data=lambda _: "cut")),
    "taking all at once": office(Post()),
    WITHOUT: None,
}
"""The last with a server is the flood after an outage."""


def furnish(database: Database, messages: int) -> int:
    """So many handlers in bureaus of twenty, with an address and two overdue cases each, of which the house has told them.

    Returns the number of a case that came through the door, to be looked at and noted on.
    """
    fill(database, 1, EACH * messages)
    bring_near(database, EACH * messages, "(id % 40) - 41")
    with database.work() as session:
        desk = session.scalars(select(User).where(User.username == officer())).one()
        bureaus = [
            Unit(name=f"第{n}局", kind=UnitKind.BUREAU.value, parent_id=desk.unit.parent_id, sign=f"局{n}", phone="")
            for n in range(-(-messages // BUREAU))
        ]
        session.add_all(bureaus)
        session.flush()
        first_unit, now = bureaus[0].id, {"password_hash": "", "password_set_at": clock.now(), "active": True}
        people = [
            {
                "username": f"mail{n}",
                "name": f"人员{n}",
                "email": f"mail{n}@example.cn",
                "unit_id": first_unit + n // BUREAU,
                **now,
            }
            for n in range(messages)
        ]
        ids = list(session.scalars(insert(User).returning(User.id), people))
        session.execute(insert(UserRole), [{"user_id": one, "role": Role.HANDLER.value} for one in ids])
        for table, number in ((Case, Case.id), (Deadline, Deadline.case_id), (CaseUnit, CaseUnit.case_id)):
            whose = {"unit_id": first_unit + (number % messages) // BUREAU}
            if table is Case:
                whose["handler_id"] = min(ids) + number % messages
            chosen = update(table).where(number >= FIRST)
            if table is CaseUnit:
                chosen = chosen.where(CaseUnit.part == "holder")
            session.execute(chosen.values(whose).execution_options(synchronize_session=False))
        matter = register(typed(), desk).matter
        perform(matter, "screen_as_first", {}, desk)
        perform(matter, "classify", CLASSIFIED, desk)
        unit = session.scalars(select(User).where(User.username == member(UNIT, Role.HANDLER).login)).one().unit_id
        perform(matter, "transfer", {"unit": unit, "opinion": "请依法办理"}, desk)
        case_id = int(matter.id)
    settings = Settings(database_url=database.engine.url.render_as_string(hide_password=False))
    assert jobs.tick(database, settings).failed == []
    return case_id


def forget(database: Database) -> None:
    """Nothing is queued, nothing was sent."""
    with database.work() as session:
        session.execute(text("DELETE FROM deliveries"))


def queued(database: Database) -> dict[str, int]:
    """Messages by state."""
    with database.work(write=False) as session:
        return dict(session.execute(select(Delivery.state, func.count()).group_by(Delivery.state)).all())


@contextmanager
def serving(url: str, mail_port: int) -> Iterator[int]:
    """A real server with both jobs; 0: without mail. Gives its port."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        mail = {
            "PETITIONS_MAIL_HOST": "127.0.0.1", "PETITIONS_MAIL_PORT": str(mail_port), "PETITIONS_MAIL_TLS": "none",
            "PETITIONS_MAIL_FROM": "xf@office.example", "PETITIONS_PUBLIC_URL": "https://xf.example",
            "PETITIONS_DIGEST_AT": "00:00", "PETITIONS_QUIET_DAYS": "false",
        }  # fmt: skip
        environment = {
            **os.environ, "PETITIONS_DATA_DIR": folder, "PETITIONS_SECRET_KEY": "benchmark only", "PETITIONS_IDENTITY_KEYS": KEYS,
            "PETITIONS_TOTP_ROLES": "[]", "PETITIONS_PASSWORD_DAYS": "0", "PETITIONS_TICK_SECONDS": "10", **(mail if mail_port else {}),
        }  # fmt: skip
        command = [PETITIONS, "serve", "--database", url, "--port", str(port), "--tick", "--yes"]
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
            try:
                reachable(port)
                yield port
            finally:
                process.terminate()
                process.wait(timeout=120)


Times = dict[str, list[float]]
"""Milliseconds by what was asked for."""


def visit(port: int, case_id: int, each: int, times: Times) -> None:
    """Ask for everything in turns, so many times each."""
    desk = Client(port).log_in(officer(), PASSWORD)
    unit = Client(port).log_in(member(UNIT, Role.RECEIVING_CLERK).login, PASSWORD)
    acts = {
        "work list of the office": (desk, page("/cases")),
        "workbench of a unit": (unit, page("/")),
        "case page": (desk, page(f"/cases/{case_id}")),
        "one act (note)": (desk, noting(case_id)),
    }
    for n in range(-5, each):
        for name, (client, act) in acts.items():
            start = time.perf_counter()
            act(client, n)
            if n >= 0:
                times[name].append((time.perf_counter() - start) * 1000)


def measure(name: str, url: str, messages: int, rounds: int, each: int) -> None:
    """Measure and print one database."""
    prepare(url)
    database = Database(url, keys=ring)
    case_id = furnish(database, messages)
    found: dict[str, Times] = {state: defaultdict(list) for state in STATES}
    beside: dict[str, Times] = {state: defaultdict(list) for state in STATES}
    became: dict[str, dict[str, int]] = {}

    def once(post: Callable[[], AbstractContextManager[int]] | None, times: Times) -> None:
        forget(database)
        with (post or _no_mail)() as mail_port, serving(url, mail_port) as port:
            deadline = time.monotonic() + 120
            while mail_port and sum(queued(database).values()) < messages:
                assert time.monotonic() < deadline, "the digests are not made"
                time.sleep(0.1)
            time.sleep(SETTLED)
            visit(port, case_id, each, times)

    for n in range(rounds):
        for state, post in STATES.items():
            if n % 2 == 0:
                once(None, beside[state])
            once(post, found[state])
            became[state] = queued(database)
            if n % 2 == 1:
                once(None, beside[state])
    database.dispose()
    print(f"\n### {name}, {EACH * messages} overdue cases, {messages} messages, {rounds} × {each} of each\n")
    print("| the mail server is | | p50 ms | × | p95 ms | × | messages in the end |\n|---|---|---|---|---|---|---|")
    for state, times in found.items():
        for what, taken in {"all": _pooled(times), **times}.items():
            bare = beside[state][what] if what != "all" else _pooled(beside[state])
            print(
                f"| {state} | {what} | {median(taken):.0f} | {median(taken) / median(bare):.2f} | {_p95(taken):.0f} "
                f"| {_p95(taken) / _p95(bare):.2f} | {_said(became[state]) if what == 'all' else ''} |",
                flush=True,
            )


def _pooled(times: Times) -> list[float]:
    return [one for several in times.values() for one in several]


@contextmanager
def _no_mail() -> Iterator[int]:
    yield 0


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[18]


def _said(became: dict[str, int]) -> str:
    return ", ".join(f"{became[state]} {state}" for state in State if state in became)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--each", type=int, default=50)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    with databases(given.database) as listed:
        for name, url in listed:
            measure(name, url, given.messages, given.rounds, given.each)


if __name__ == "__main__":
    main()
