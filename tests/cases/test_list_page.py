"""The page of the case list: few queries however many cases, and everything on it leads somewhere."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.models import User
from petitions.cases.models import Deadline
from tests.cases.many import copy_cases, counted
from tests.factories import World, matter_in
from tests.pages import Browser

BrowserOf = Callable[[User], Browser]


def days_ago(days: int) -> str:
    return (clock.today() - timedelta(days=days)).isoformat()


def links(page: str, path: str) -> list[str]:
    """The addresses on a page that begin with `path`."""
    return [found.replace("&amp;", "&") for found in re.findall(rf'href="({re.escape(path)}[^"]*)"', page)]


@pytest.mark.parametrize(
    "address", ["/cases", "/cases?sort=due&state=open", "/cases?clock=overdue&duty=own&sort=due", "/cases?q=承包", "/"]
)
def test_a_page_sends_the_same_number_of_queries_for_one_case_and_for_two_hundred(
    browser_of: BrowserOf, world: World, session: Session, database: Any, address: str
) -> None:
    matter = matter_in(world, "accepted", received_on=days_ago(80))
    session.execute(update(Deadline).values(due_on=date(2020, 1, 1)))
    people = (world.receiver, world.handler, world.officer)
    browsers, sent = [browser_of(person) for person in people], []
    for browser in browsers:
        with counted(database) as few:
            assert browser.get(address).status_code == 200
        sent.append(few)
    copy_cases(session, matter, 199)
    session.commit()
    for browser, few in zip(browsers, sent, strict=True):
        with counted(database) as many:
            page = browser.get(address)
        assert page.status_code == 200
        assert len(few) == len(many) <= 15, "\n".join(many)
