"""Who is let to a mediation, held against rights worked out a second time, and who hears a word of what was said in it.

A sample; the whole product and the whole crawl run in tests/deep/test_words_of_mediation.py.
"""

import pytest
from sqlalchemy.orm import Session

from petitions.cases import queries
from petitions.mediation import confidence
from petitions.web.responses import Application
from tests import rights
from tests.conftest import Isolated
from tests.disputes import ACTS, Disputes, listen, make_disputes, make_matrix, written_down
from tests.factories import World
from tests.system.test_permissions import Matrix


@pytest.fixture
def disputes(session: Session, world: World) -> Disputes:
    return make_disputes(session, world)


@pytest.fixture
def matrix(app: Application, database: Isolated, session: Session, disputes: Disputes) -> Matrix:
    return make_matrix(app, database, session, disputes)


def test_every_mediation_answers_every_point_of_view_as_the_table_says(matrix: Matrix) -> None:
    first = int(matrix.database.is_sqlite)
    for seen, name in enumerate(matrix.browsers):
        for relation, numbers in enumerate(matrix.numbers.values()):
            act = ACTS[(seen * len(matrix.numbers) + relation) % len(ACTS)]
            for place, request in enumerate(rights.about(matrix.app, numbers, [act])):
                if (seen + relation + place) % 30 == first:
                    matrix.check(name, list(matrix.numbers)[relation], request)
    assert matrix.wrong == []
    assert matrix.unsound == []
    assert matrix.asked > 400


LISTENERS = ("handler", "second_mediator", "justice")
"""Who sent it and holds the matter, who mediates others of the same committee, who guides the committee."""


def test_nobody_else_hears_a_word_of_a_session(matrix: Matrix, disputes: Disputes, session: Session) -> None:
    name = LISTENERS[int(matrix.database.is_sqlite)]
    crawl = listen(disputes, matrix, name, ["note"], every=30)
    assert crawl.hits == []
    assert crawl.responses > 300
    assert written_down(session, disputes) == []


def test_a_word_that_leaks_is_heard(matrix: Matrix, disputes: Disputes, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [one for one in queries.CONFIDENCES if one is not confidence.confided]
    monkeypatch.setattr(queries, "CONFIDENCES", kept)
    crawl = listen(disputes, matrix, "second_mediator", ["note"], every=60)
    assert any("/cases/" in hit for hit in crawl.hits)
    assert any("search" in hit for hit in crawl.hits)
