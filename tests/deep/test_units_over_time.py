"""L4 at length: 300 trees of units, half of them on each kind of database; every tenth is crawled at its end."""

import random

import pytest
from sqlalchemy.orm import Session

from petitions.web.responses import Application
from tests.deep.misruling import FAULTS, plant
from tests.factories import World
from tests.reorganisation.walk import Walk

pytestmark = pytest.mark.deep


def _walked(session: Session, world: World, seed: int, steps: int = 8) -> Walk:
    walk = Walk(session, world, random.Random(seed))  # noqa: S311 - nothing secret
    walk.begin(accusations=5, ordinary=8, grown=6)
    walk.hold()
    while walk.done < steps and walk.refused < 100:
        walk.step()
    return walk


@pytest.mark.parametrize("seed", range(100, 250))
def test_no_tree_of_units_loses_a_case_or_opens_a_wall(
    app: Application, session: Session, world: World, seed: int
) -> None:
    walk = _walked(session, world, seed)
    pages = walk.crawl(app, at_most=4) if seed % 10 == 0 else 0
    print(f"seed {seed}: {walk.done} carried out, {walk.refused} refused, {pages} pages, 0 canaries")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(
    session: Session, world: World, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    plant(monkeypatch, fault)
    session.commit()
    for seed in range(100, 120):
        trial = session.begin_nested()
        try:
            _walked(session, world, seed)
        except AssertionError as noticed:
            print(f"{fault}: noticed in tree {seed - 99}: {str(noticed)[:60]}")
            return
        finally:
            if trial.is_active:
                trial.rollback()
            session.expire_all()
    pytest.fail("not noticed in 20 trees")
