"""Many cases, and how many statements a page of them takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from petitions.cases.models import CaseUnit, Deadline
from petitions.matters.models import Matter, Petition, Petitioner


@contextmanager
def counted(database: Any) -> Iterator[list[str]]:
    """The statements that are sent to the test's database meanwhile."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            sent.append(statement)

    event.listen(database.connection, "before_cursor_execute", note)
    yield sent
    event.remove(database.connection, "before_cursor_execute", note)


def copy_cases(session: Session, matter: Matter, count: int) -> None:
    """Further cases like `matter`, written past the door: only how many there are matters here."""
    session.flush()
    highest = session.scalar(select(func.max(Matter.__table__.c.id))) or 0
    tables = (
        (matter.__table__.metadata.tables["cases"], "id"), (Matter.__table__, "id"), (CaseUnit.__table__, "case_id"),
        (Deadline.__table__, "case_id"), (Petition.__table__, "matter_id"), (Petitioner.__table__, "matter_id"),
    )  # fmt: skip
    petitions = session.scalar(select(func.max(Petition.__table__.c.id))) or 0
    for table, key in tables:
        for row in session.execute(select(table).where(table.c[key] == matter.id)).mappings().all():
            copies = []
            for number in range(1, count + 1):
                copy = {**row, key: highest + number}
                if key != "id":
                    copy.pop("id")
                if "number" in copy:
                    copy["number"] = f"XF2020-{highest + number:06d}"
                if table.name == "petitions":
                    copy |= {"id": petitions + number, "query_code": f"C{highest + number}", "submission": None}
                if table.name == "petitioners":
                    copy["petition_id"] = petitions + number
                copies.append(copy)
            session.execute(table.insert(), copies)
