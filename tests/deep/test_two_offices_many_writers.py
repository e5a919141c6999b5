"""R6, R7, R13 in small: sixteen people of two offices write at once, through two servers on one database."""

import re
import socket
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from statistics import quantiles

import pytest
from sqlalchemy import text

from petitions.access.models import Unit, User
from petitions.access.passwords import hash_password
from petitions.access.roles import Role
from tests.deep.conftest import Installation
from tests.deep.oracle import flaws
from tests.deep.serving import Clerk, Server
from tests.factories import CLASSIFIED, make_user, typed
from tests.live import PASSWORD

pytestmark = pytest.mark.deep

EACH = 25
"""Petitions each of the eight clerks registers."""

PEOPLE = (
    *(("office", Role.INTAKE_CLERK),) * 4, *(("other_office", Role.INTAKE_CLERK),) * 4,
    *(("office", Role.PETITION_OFFICER),) * 3, *(("other_office", Role.PETITION_OFFICER),) * 3,
    ("bureau", Role.RECEIVING_CLERK), ("other_bureau", Role.RECEIVING_CLERK),
)  # fmt: skip
"""Eight register, six take from the queue, two sign for what is handed over."""


class Day:
    """One busy day: what was answered, how fast, and who was given which case."""

    def __init__(self, place: Installation, ports: list[int]) -> None:
        self.place = place
        self.seconds: list[float] = []
        self.wrong: list[str] = []
        self.handed: dict[int, set[int]] = defaultdict(set)
        """Who was shown a case as theirs, by case."""
        self.sorted: list[int] = []
        self.signed: list[int] = []
        with place.database.work() as session:
            units = {name: session.get_one(Unit, getattr(place.world, name).id) for name, _ in PEOPLE}
            self.people = [make_user(session, units[name], role) for name, role in PEOPLE]
            password = hash_password(PASSWORD)
            for person in self.people:
                person.password_hash = password
        self.clerks = [Clerk(ports[n % len(ports)], person.username) for n, person in enumerate(self.people)]

    def post(self, clerk: Clerk, path: str, form: dict[str, object], *, expected: tuple[int, ...] = (302,)) -> str:
        """Send a form and note how long it took; the address it leads to. Anything but `expected` is wrong."""
        began = time.monotonic()
        status, page, location = clerk.post(path, form)
        self.seconds.append(time.monotonic() - began)
        if status not in expected or "locked" in page:
            words = " ".join(re.sub("<[^>]*>", " ", page).split())
            self.wrong.append(f"{path}: {status} {words[:300]}")
        return location

    def work(self) -> None:
        """Let everybody do theirs until everything that was registered is sorted."""
        acts: list[tuple[Callable[[Clerk, User], None], Clerk, User]] = [
            (self._act_of(role), clerk, person)
            for (_, role), clerk, person in zip(PEOPLE, self.clerks, self.people, strict=True)
        ]
        threads = [threading.Thread(target=act, args=args) for act, *args in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(300)
            assert not thread.is_alive(), "somebody waits for ever"
        for clerk in self.clerks:
            clerk.close()

    def _act_of(self, role: Role) -> Callable[[Clerk, User], None]:
        return {
            Role.INTAKE_CLERK: self._register, Role.PETITION_OFFICER: self._sort, Role.RECEIVING_CLERK: self._sign,
        }[role]  # fmt: skip

    def _register(self, clerk: Clerk, person: User) -> None:
        for number in range(EACH):
            form = typed(
                name=f"亓{person.id}-{number}", phone="", text=f"第{person.id}窗口第{number}封信，内容各不相同"
            )
            self.post(clerk, "/register", {**form, "submission": uuid.uuid4().hex})

    def _sort(self, clerk: Clerk, person: User) -> None:
        """取下一件, sort it, and go on with the next one the server hands out."""
        unit = (
            self.place.world.bureau if person.unit_id == self.place.world.office.id else self.place.world.other_bureau
        )
        given = self._next(clerk)
        while not self._is_done():
            if given is None:
                time.sleep(0.05)
                given = self._next(clerk)
                continue
            self.handed[given].add(person.id)
            form = {**CLASSIFIED, "first": "1", "submission": uuid.uuid4().hex}
            if given % 2:
                form |= {"way": "file", "file_reason": "thanks", "note": "感谢信"}
            else:
                form |= {"way": "transfer", "unit": unit.id, "opinion": "请依法办理"}
            location = self.post(clerk, f"/triage/{given}", form)
            self.sorted.append(given)
            given = _case_in(location)

    def _next(self, clerk: Clerk) -> int | None:
        return _case_in(self.post(clerk, "/triage/next", {}))

    def _is_done(self) -> bool:
        return bool(self.wrong) or len(self.sorted) >= 8 * EACH

    def _sign(self, clerk: Clerk, person: User) -> None:  # noqa: ARG002 - one signature for all
        """Sign for everything that arrives, appoint nobody."""
        while True:
            done = self._is_done()
            _, page, _ = clerk.get("/arrivals")
            arrived = sorted({int(case_id) for case_id in re.findall(r'href="/arrivals/([0-9]+)', page)})
            for case_id in arrived:
                self.post(clerk, f"/arrivals/{case_id}", {"do": "sign", "submission": uuid.uuid4().hex})
                self.signed.append(case_id)
            if done and not arrived:
                return
            time.sleep(0.05)


def _case_in(location: str) -> int | None:
    found = re.search(r"/triage/([0-9]+)$", location)
    return int(found.group(1)) if found else None


@pytest.fixture
def ports(installation: Installation) -> Iterator[list[int]]:
    """Two servers on the database."""
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        free = [one.getsockname()[1], two.getsockname()[1]]
    servers = [Server(installation, port) for port in free]
    for server in servers:
        server.start()
    yield free
    for server in servers:
        server.stop()
    assert [line for server in servers for line in server.faults()] == []


def test_sixteen_people_of_two_offices_never_get_into_each_others_way(
    installation: Installation, ports: list[int]
) -> None:
    began, day = time.monotonic(), Day(installation, ports)
    day.work()
    seconds, tenths = time.monotonic() - began, quantiles(day.seconds, n=100)
    print(f"\n{installation.kind}: {len(PEOPLE)} people, {8 * EACH} registered, {len(day.sorted)} sorted, {len(day.signed)} signed, "
          f"{len(day.seconds) / seconds:.0f} writes/s, p50 {tenths[49] * 1000:.0f} ms, p95 {tenths[94] * 1000:.0f} ms, "
          f"slowest {max(day.seconds) * 1000:.0f} ms, {len(day.wrong)} refused, {seconds:.0f} s")  # fmt: skip
    assert day.wrong == []
    assert {case_id: people for case_id, people in day.handed.items() if len(people) > 1} == {}, "handed to two"
    assert len(day.handed) == 8 * EACH, "skipped"
    assert flaws(installation.database.engine, None) == []
    with installation.database.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT case_id, actor_id FROM events WHERE action IN ('file', 'transfer') ORDER BY case_id")
        ).all()
        counted = dict(connection.execute(text("SELECT office_id, count(*) FROM petitions GROUP BY office_id")).all())  # type: ignore[arg-type]
    assert [(case_id, {actor}) for case_id, actor in rows] == sorted(day.handed.items()), (
        "each sorted once, by whoever had it"
    )
    assert sorted(counted.values()) == [4 * EACH, 4 * EACH]
