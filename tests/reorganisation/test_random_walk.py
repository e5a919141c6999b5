"""L4 (reliability.md §5): whatever the order of mergers, splits and moves, nothing shows to the accused side."""

import random

import pytest
from sqlalchemy.orm import Session

from petitions.web.responses import Application
from tests.factories import World
from tests.reorganisation.walk import Walk


@pytest.mark.parametrize("seed", range(1, 7))
def test_no_order_of_reorganisations_loses_a_case_or_opens_a_wall(session: Session, world: World, seed: int) -> None:
    walk = Walk(session, world, random.Random(seed))  # noqa: S311 - nothing secret
    walk.begin(accusations=3, ordinary=4, grown=3)
    walk.hold()
    while walk.done < 4:
        walk.step()


def test_no_page_tells_the_accused_side_afterwards(app: Application, session: Session, world: World) -> None:
    walk = Walk(session, world, random.Random(1))  # noqa: S311 - nothing secret
    walk.begin(accusations=3, ordinary=2)
    while walk.done < 3:
        walk.step()
    assert walk.crawl(app, at_most=1) > 50
