"""The import of a ledger beside the bare read of its file, and then pages and acts over what it has loaded, each beside
a bare page that selects and renders fifty of the same rows.

    python -m benchmarks.pages [--rows 100000] [--database URL]

Without --database both SQLite and the PostgreSQL of the test extra's wheel are loaded and measured; a given one must
be loaded already. p50 and p95 are milliseconds of the server at one client, the rate is at four clients; ratios are to
the bare page of the same run.
"""

import argparse
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import event, select, text

from benchmarks.client import Client, Figures, measure, served
from benchmarks.ledger import HEAD, PASSWORD, bare_read, bring, databases, line, officer, prepare, write
from benchmarks.server import ring
from petitions import clock
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.app import create_app
from petitions.cases.perform import perform
from petitions.db import Database
from petitions.demo.county import member
from petitions.matters.models import Matter
from petitions.settings import Settings

UNIT = "natural_resources"
DISPATCHED = 600
"""So many matters are handed to one unit, so that it has a work list and overdue ones."""


def hand_over(database: Database) -> None:
    """Give one unit its share, some of it long ago."""
    with database.work() as session:
        person = session.scalars(select(User).where(User.username == officer())).one()
        receiver = session.scalars(select(User).where(User.username == member(UNIT, Role.RECEIVING_CLERK).login)).one()
        step = max(session.execute(text("SELECT count(*) FROM cases")).scalar_one() // DISPATCHED, 1)
        chosen = select(Matter).where(Matter.state == "registered", Matter.id % step == 0).limit(DISPATCHED)
        for matter in session.scalars(chosen).all():
            at = clock.noon_of(matter.received_on)
            classified = {
                "nature": "appeal",
                "purpose": "request",
                "class_code": "010100",
                "place": matter.place or "河湾镇",
            }
            perform(matter, "screen_as_first", {}, person, at)
            perform(matter, "classify", classified, person, at)
            perform(matter, "transfer", {"unit": receiver.unit_id, "opinion": "请依法办理"}, person, at)


def queries_of(url: str, paths: dict[str, tuple[str, str]]) -> dict[str, int]:
    """How many statements each page sends, counted in this process."""
    database = Database(url, keys=ring)
    app = create_app(Settings(database_url=url, secret_key="benchmark only", totp_roles=()), database)  # noqa: S106 - protects nothing
    app.config["WTF_CSRF_ENABLED"] = False
    counted: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *sent: counted.append(sent[2]))
    found = {}
    for name, (login, path) in paths.items():
        client = app.test_client()
        client.post("/login", data={"username": login, "password": PASSWORD})
        client.get(path)
        counted.clear()
        assert client.get(path).status_code == 200, path
        found[name] = len(counted)
    database.dispose()
    return found


def page(path: str) -> Callable[[Client, int], int]:
    """Read one page."""

    def act(client: Client, n: int) -> int:  # noqa: ARG001
        status, body, _ = client.send("GET", path)
        assert status == 200, f"{path}: {status}"
        return len(body)

    return act


def registration(client: Client, n: int) -> int:
    """Register one petition; the form's hidden fields are fetched once a client."""
    if not hasattr(client, "form"):
        client.form = client.form_of("/register")  # type: ignore[attr-defined]
    form = {
        **client.form, "submission": uuid.uuid4().hex, "channel": "LX", "received_on": clock.today().isoformat(),
        "name": f"测试{n}", "phone": "", "region": "河湾镇", "text": f"第{n}号来信：水渠淤塞，请清理。" * 20, "place": "河湾镇",
        "class_code": "010100", "purpose": "request", "headcount": "1",
    }  # type: ignore[attr-defined]  # fmt: skip
    status, body, _ = client.send("POST", "/register", form)
    assert status in (302, 303), f"register: {status} {body[:2000]}"
    return len(body)


def noting(case_id: int) -> Callable[[Client, int], int]:
    """One act: a note on a case."""

    def act(client: Client, n: int) -> int:
        if not hasattr(client, "form"):
            client.form = client.form_of(f"/cases/{case_id}/note")  # type: ignore[attr-defined]
        form = {**client.form, "note": f"第{n}次记录", "submission": uuid.uuid4().hex}  # type: ignore[attr-defined]
        form.pop("version", None)
        status, body, _ = client.send("POST", f"/cases/{case_id}/note", form)
        assert status in (302, 303), f"note: {status} {body[:2000]}"
        return len(body)

    return act


def row(name: str, queries: int | str, figures: Figures, bare: Figures) -> str:
    """One line of the table."""
    return (
        f"| {name} | {queries} | {figures.p50:.1f} | {figures.p95:.1f} | {figures.p50 / bare.p50:.1f} | {figures.per_second:.0f} "
        f"| {bare.per_second / figures.per_second:.1f} | {figures.bytes / 1000:.0f} |"
    )


def one(name: str, url: str) -> None:
    """Measure one loaded database."""
    database = Database(url, keys=ring)
    with database.work(write=False) as session:
        count = session.execute(text("SELECT count(*) FROM cases")).scalar_one()
        case_id = session.execute(text("SELECT max(id) FROM cases WHERE state = 'dispatched'")).scalar_one()
    database.dispose()
    office, unit = officer(), member(UNIT, Role.RECEIVING_CLERK).login
    paths = {
        "work list of the office": (office, "/cases"),
        "work list of a unit": (unit, "/cases"),
        "overdue list of a unit": (unit, "/cases?clock=overdue"),
        "case page": (office, f"/cases/{case_id}"),
        "workbench of a unit": (unit, "/"),
    }
    queries = queries_of(url, paths)
    with served("bare", url) as port:
        bare = measure(lambda: Client(port), page("/"), 200)
    print(f"\n### {name}, {count} matters\n")
    print("| | queries | p50 ms | p95 ms | ×bare | req/s at 4 | ×bare | kB |\n|---|---|---|---|---|---|---|---|")
    print(row("bare page, 50 rows", 1, bare, bare))
    with served("petitions", url) as port:
        for label, (login, path) in paths.items():
            print(
                row(
                    label,
                    queries[label],
                    measure(lambda who=login: Client(port).log_in(who, PASSWORD), page(path)),
                    bare,
                )
            )
        print(row("registration", "·", measure(lambda: Client(port).log_in(office, PASSWORD), registration), bare))
        print(row("one act (note)", "·", measure(lambda: Client(port).log_in(office, PASSWORD), noting(case_id)), bare))


def main() -> None:
    """Load, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    if given.database:
        one("given database", given.database)
        return
    with tempfile.TemporaryDirectory() as folder, databases("") as listed:
        path = Path(folder) / "ledger.xlsx"
        write(path, given.rows)
        read = bare_read(path)
        for name, url in listed:
            prepare(url)
            print(f"\n## {name}\n\n{HEAD}\n{line('bare read', read, read)}")
            print(line("import through the door", bring(url, path), read), flush=True)
            database = Database(url, keys=ring)
            hand_over(database)
            with database.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
            database.dispose()
            one(name, url)


if __name__ == "__main__":
    main()
