"""The matrix of reality: every endpoint from every point of view in every relation answers as the table says.

The expected answers come from tests/rights.py, which reads the table's words and the rows and shares no code with the
application. A sample of the product that leaves out no endpoint, point of view or relation; all of it runs in
tests/deep/test_permissions.py.
"""

from dataclasses import dataclass, field
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from petitions.cases.files import Store
from petitions.cases.models import Attachment
from petitions.cases.perform import perform
from petitions.matters.workflow import FLOW
from petitions.web.responses import Application
from tests import answers, rights
from tests.conftest import Isolated
from tests.factories import World
from tests.oracle_of_rights import Facts
from tests.pages import Browser
from tests.rights import Numbers, Request


@dataclass
class Matrix:
    """The people with their browsers, the cases, and how what is answered is held against what must be."""

    app: Application
    database: Isolated
    facts: Facts
    browsers: dict[str, Browser]
    people: dict[str, int | None]
    numbers: dict[str, Numbers]
    asked: int = 0
    wrong: list[str] = field(default_factory=list)
    """Answers that the table does not give."""
    unsound: list[str] = field(default_factory=list)
    """Answers that nobody should be given (tests/answers.py)."""

    def check(self, name: str, relation: str, request: Request) -> None:
        """Ask, undo whatever it did, compare."""
        key = self.people[name]
        person = self.facts.people[key] if key is not None else None
        right = rights.answer(self.facts, self.app, person, request)
        point = self.database.connection.begin_nested()
        with answers.written(self.database.connection) as tables, answers.called() as others:
            answer = rights.ask(self.browsers[name], request)
        point.rollback()
        self.asked += 1
        said = f"{name} on {relation}: {request.method} {request.url} → {answer.status_code}"
        if answer.status_code not in right:
            self.wrong.append(f"{said}, not {sorted(right)}")
        revealed = request.endpoint == "matters.reveal" and answer.status_code == 200
        self.unsound += [f"{said}: {one}" for one in answers.faults(answer, () if revealed else rights.NUMBERS)]
        self.unsound += [f"{said} has called somebody: {one}" for one in others]
        if request.method == "GET" and tables - answers.BY_READING:
            self.unsound.append(f"{said}: reading has written {sorted(tables)}")


def make_matrix(app: Application, database: Isolated, session: Session, world: World) -> Matrix:
    """The world, with a file in every case."""
    people = rights.points_of_view(world, session)
    store = Store(app.config["SETTINGS"].files_dir)
    found = rights.relations(world, people)
    files = {}
    for name, matter in found.items():
        actor = {"elsewhere": world.other_clerk, "addressed": world.receiver}.get(name, world.restricted)
        perform(matter, "attach", {"files": store.keep([_upload()], 10**6, "files")}, actor)
        session.flush()
        files[name] = session.scalars(select(Attachment.id).where(Attachment.case_id == matter.id)).one()
    session.commit()
    browsers = {name: Browser(app, person) for name, person in people.items()}
    rights.unsettle(world, people)
    session.commit()
    facts = Facts.read(session)
    numbers = {name: Numbers.of(session, facts, matter, files[name]) for name, matter in found.items()}
    session.commit()
    ids = {name: person.id if person else None for name, person in people.items()}
    return Matrix(app, database, facts, browsers, ids, numbers)


def _upload() -> FileStorage:
    return FileStorage(BytesIO(b"%PDF-1.4 proof"), "证据.pdf")


@pytest.fixture
def matrix(app: Application, database: Isolated, session: Session, world: World) -> Matrix:
    """Everything that is needed to ask."""
    return make_matrix(app, database, session, world)


def test_every_case_answers_every_point_of_view_as_the_table_says(matrix: Matrix) -> None:
    """Every endpoint from every point of view, and in every relation; which pairs of these meet turns with the database."""
    turn, first = rights.acts_in_turn(), int(matrix.database.is_sqlite)
    for seen, name in enumerate(matrix.browsers):
        for relation, numbers in enumerate(matrix.numbers.values()):
            for place, request in enumerate(rights.about(matrix.app, numbers, [next(turn)])):
                if (seen + relation + place) % len(matrix.numbers) == first:
                    matrix.check(name, list(matrix.numbers)[relation], request)
    assert matrix.wrong == []
    assert matrix.unsound == []
    assert matrix.asked > 600


def test_every_page_answers_every_point_of_view_as_the_table_says(matrix: Matrix) -> None:
    """Every page from a sixth of the points of view, another sixth for the next page."""
    values, first = (
        rights.no_row(matrix.numbers["sorted"].thing, matrix.people["clerk"]),
        int(matrix.database.is_sqlite),
    )
    for place, request in enumerate(rights.pages(matrix.app, values)):
        for seen, name in enumerate(matrix.browsers):
            if request.endpoint != "access.logout" and (place + seen) % 6 == first:
                matrix.check(name, "no case", request)
    assert matrix.wrong == []
    assert matrix.unsound == []
    assert matrix.asked > 250


def test_every_act_is_asked_about_in_some_relation() -> None:
    turn, acts = rights.acts_in_turn(), [action.name for action in FLOW.actions if not action.opens]
    assert {next(turn) for _ in acts} == set(acts)
