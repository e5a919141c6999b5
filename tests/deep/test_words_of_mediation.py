"""What is said in mediation is for its mediators and the chair: the whole product of rights, and a crawl by everybody else."""

import time
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from petitions.cases import queries
from petitions.mediation import confidence, panels
from petitions.notices import heartbeat, outbox
from petitions.web.responses import Application
from tests import rights
from tests.conftest import Isolated
from tests.disputes import ACTS, Disputes, listen, make_disputes, make_matrix, secrets_of, written_down
from tests.factories import World
from tests.mediations import do
from tests.system.test_permissions import Matrix

pytestmark = pytest.mark.deep

PARTS = 4
"""Of the product: PostgreSQL has room for some thousand requests in one transaction."""

EVERY = 6
"""Of the searches for parts of words each so-manieth is asked by each person."""


@pytest.fixture
def disputes(session: Session, world: World) -> Disputes:
    return make_disputes(session, world)


@pytest.fixture
def matrix(app: Application, database: Isolated, session: Session, disputes: Disputes) -> Matrix:
    return make_matrix(app, database, session, disputes)


@pytest.mark.parametrize("part", range(PARTS))
def test_the_full_product_over_mediations_has_no_difference(matrix: Matrix, part: int) -> None:
    """Every endpoint, point of view and relation, half on each database; every act asked for in each, sent in turn."""
    half = int(matrix.database.is_sqlite)
    mine = [name for seen, name in enumerate(matrix.browsers) if seen % PARTS == part]
    for seen, name in enumerate(mine):
        for place, (relation, numbers) in enumerate(matrix.numbers.items()):
            if (seen + place) % 2 != half:
                continue
            sent = ACTS[(seen * 7 + place) % len(ACTS)]
            for request in rights.about(matrix.app, numbers, [sent]):
                matrix.check(name, relation, request)
            for request in rights.about(matrix.app, numbers, [one for one in ACTS if one != sent]):
                if request.endpoint == "cases.act":
                    matrix.check(name, relation, request)
    print(f"\nS1 over mediations, part {part}: {matrix.asked} requests, {len(matrix.wrong)} differences")
    assert matrix.wrong == []
    assert matrix.unsound == []
    assert matrix.asked * PARTS >= 10_000


@pytest.mark.parametrize("part", range(PARTS))
def test_nobody_who_must_not_hears_a_word(matrix: Matrix, disputes: Disputes, session: Session, part: int) -> None:
    """Half of the people on each database."""
    began, hits, answers, people = time.monotonic(), list[str](), 0, 0
    names = [name for name in matrix.browsers if secrets_of(disputes, matrix, matrix.people[name])]
    for seen, name in enumerate(names):
        if seen % (2 * PARTS) == 2 * part + int(matrix.database.is_sqlite):
            heartbeat.beat(heartbeat.TICK)
            crawl = listen(disputes, matrix, name, ["note", "hold_session"], EVERY)
            hits += [f"{name}: {hit}" for hit in crawl.hits]
            answers, people = answers + crawl.responses, people + 1
    words = sum(len(one.words) for one in disputes.said.values())
    print(f"\nleaks, part {part}: {answers} answers to {people} people held against {words} words of {len(disputes.cases)} mediations, "
          f"{len(hits)} leaks, {time.monotonic() - began:.0f} s")  # fmt: skip
    assert hits == []
    assert written_down(session, disputes) == []
    assert answers > people * 300


def test_whoever_mediates_hears_them(matrix: Matrix, disputes: Disputes) -> None:
    """A crawl that finds nothing anywhere proves nothing."""
    mine = {"mediated", "agreed", "failed", "of a matter"}
    assert set(disputes.said) - set(secrets_of(disputes, matrix, matrix.people["mediator"])) == {*mine, "requested"}
    for name in mine:
        said = matrix.browsers["mediator"].get(f"/cases/{matrix.numbers[name].thing.id}").get_data(as_text=True)
        words = disputes.said[name].words
        assert words["record open"] in said
        assert words["record closed"] in said


# --- planted leaks ---------------------------------------------------------------------------------------------------


def _everybody_of_the_committee(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(queries, "CONFIDENCES", [one for one in queries.CONFIDENCES if one is not confidence.confided])


def _the_panel_of_the_matter(patch: pytest.MonkeyPatch) -> None:
    honest = panels._heard

    def told(one: object, events: object, user: object) -> object:
        heard = honest(one, events, user)  # type: ignore[arg-type]
        from dataclasses import replace  # noqa: PLC0415 - the plant alone needs it

        return replace(heard, stage=one.sessions[-1].record)  # type: ignore[attr-defined]

    patch.setattr(panels, "_heard", told)


PLANTS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str, str]] = {
    "a colleague sees the case": (_everybody_of_the_committee, "second_mediator", "/cases/"),
    "a clerk of the committee finds it": (_everybody_of_the_committee, "clerk_of_committee", "search"),
    "the matter tells what was said": (_the_panel_of_the_matter, "handler", "/cases/"),
}


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_leak_is_heard(
    matrix: Matrix, disputes: Disputes, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    plant, person, where = PLANTS[name]
    plant(monkeypatch)
    crawl = listen(disputes, matrix, person, ["note"], every=40)
    assert any(where in hit for hit in crawl.hits)


def test_a_message_that_says_too_much_is_seen(
    disputes: Disputes, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert written_down(session, disputes) == []
    honest = outbox.tell

    def talkative(*people: object, **told: object) -> None:
        honest(*people, **{**told, "text": f"{told['text']} {disputes.cases['agreed'].title}"})  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "tell", talkative)
    do(disputes.cases["agreed"], "give_up_performance", disputes.mediators.mediator, reason="拒绝", ways_told=["court"])
    assert [one for one in written_down(session, disputes) if one.startswith("notices")]
