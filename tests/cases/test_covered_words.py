"""What is searched is somebody's name, and stands readable in no address: not of the result, a page, a case or a view."""

import re
from html import unescape
from urllib.parse import quote, unquote

import pytest
from sqlalchemy.orm import Session

from petitions.cases import listing
from tests.factories import World, new_petition
from tests.pages import Browse, Browser

NAME = "欧阳禾苗"


def addresses(page: str) -> list[str]:
    """Every address in a page, as a server would read it."""
    found = re.findall(r'(?:href|action|hx-get|src)="([^"]*)"', page)
    return [unquote(unquote(unescape(one))) for one in found]


def followed(browser: Browser, url: str, **words: str) -> tuple[str, str]:
    """Where a form leads, and the page there."""
    answer = browser.post(url, words)
    assert answer.status_code == 303
    return answer.location, browser.get(answer.location).get_data(as_text=True)


def test_the_search_box_leads_to_an_address_that_names_nobody(browser_of: Browse, world: World) -> None:
    matter = new_petition(world, name=NAME).matter
    clerk = browser_of(world.clerk)
    where, page = followed(clerk, "/search", q=NAME)
    assert NAME not in unquote(where)
    assert matter.number in page
    assert f'value="{NAME}"' in page
    assert [one for one in addresses(page) if NAME in one] == []
    assert clerk.get(where).get_data(as_text=True).count(matter.number) == page.count(matter.number), (
        "as often as one likes"
    )


def test_the_list_keeps_what_is_sought_through_pages_orders_cases_and_views(
    browser_of: Browse, world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    matters = [new_petition(world, name=NAME).matter for _ in range(5)]
    other = new_petition(world, name="李四方").matter
    clerk = browser_of(world.clerk)
    where, page = followed(clerk, "/cases", q=NAME, place="河湾镇")
    seen = set[str]()
    for _ in range(3):
        assert [one for one in addresses(page) if NAME in one] == []
        seen |= {one.number for one in matters if one.number in page}
        assert other.number not in page
        older = re.search(r'href="([^"]*after=[^"]*)"', page)
        if older:
            page = clerk.get(unescape(older[1])).get_data(as_text=True)
    assert seen == {one.number for one in matters}
    opened = next(one for one in addresses(page) if re.match(r"/cases/\d+\?list=", one))
    case = clerk.get(quote(opened, safe="/?=&~")).get_data(as_text=True)
    assert [one for one in addresses(case) if NAME in one] == []
    clerk.post("/cases/views", {"list": where.split("?", 1)[1], "name": "找人"})
    kept = clerk.get("/cases").get_data(as_text=True)
    assert "找人" in kept
    assert [one for one in addresses(kept) if NAME in one] == []
    assert "q=~" in "".join(addresses(kept)), "the view is offered, covered"


@pytest.mark.parametrize("url", ["/search", "/cases"])
def test_another_login_reads_nothing_of_it(browser_of: Browse, world: World, url: str) -> None:
    new_petition(world, name=NAME)
    where, page = followed(browser_of(world.clerk), url, q=NAME)
    assert NAME in page
    for stranger in (world.officer, world.clerk):
        told = browser_of(stranger).get(where)
        assert told.status_code == 200
        assert f'value="{NAME}"' not in told.get_data(as_text=True)


@pytest.mark.parametrize("damaged", ["~", "~x", "~" + "A" * 60, "~“”", "~~"])
def test_a_damaged_address_searches_for_nothing(browser_of: Browse, world: World, damaged: str) -> None:
    clerk = browser_of(world.clerk)
    for url in ("/search", "/cases"):
        assert clerk.get(f"{url}?q={quote(damaged)}").status_code == 200
    _, page = followed(clerk, "/search", q=damaged)
    assert f'value="{damaged}"' in page, "typed, it is a word like any other"
