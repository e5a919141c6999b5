"""The page of the case list: few queries however many cases, and everything on it leads somewhere."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.models import User
from petitions.cases import batch, listing
from petitions.cases.models import Deadline
from petitions.cases.perform import perform
from petitions.cases.saved_views import SavedView
from tests.cases.many import copy_cases, counted
from tests.factories import World, matter_in, new_petition
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


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_list_masks_people_and_leads_to_each_case_with_the_list_in_its_address(
    browser_of: BrowserOf, world: World
) -> None:
    matter = new_petition(world, name="欧阳小禾", phone="19900001234").matter
    page = browser_of(world.clerk).get("/cases?state=registered&sort=due").get_data(as_text=True)
    assert "欧***" in page
    assert "欧阳小禾" not in page
    assert "19900001234" not in page
    (link,) = links(page, f"/cases/{matter.id}?")
    case = browser_of(world.clerk).get(link)
    assert case.status_code == 200


def test_a_sealed_petitioner_is_named_in_no_list(browser_of: BrowserOf, world: World) -> None:
    new_petition(world, name="欧阳小禾", purpose="accusation", respondent="某单位")
    page = browser_of(world.restricted).get("/cases").get_data(as_text=True)
    assert "已保密" in page
    assert "欧" not in page


def test_every_condition_is_a_chip_that_can_be_removed(browser_of: BrowserOf, world: World) -> None:
    new_petition(world)
    browser = browser_of(world.clerk)
    page = browser.get("/cases?state=registered,triage&q=承包地&sort=due").get_data(as_text=True)
    for words in ("阶段：已登记", "阶段：待甄别", "关键词：承包地"):
        assert words in page
    left = [
        {**dict_of(link), "q": dict_of(link).get("q", "")[:1]}
        for link in re.findall(r'class="filter-chip" href="([^"]+)"', page)
    ]
    assert {"state": "triage", "q": "~", "sort": "due"} in left, "the words are kept, covered"
    assert {"state": "registered,triage", "q": "", "sort": "due"} in left


def dict_of(link: str) -> dict[str, str]:
    """The parameters of an address."""
    return dict(parse_qsl(urlsplit(link.replace("&amp;", "&")).query))


def test_the_columns_that_sort_say_how_the_list_is_sorted(browser_of: BrowserOf, world: World) -> None:
    new_petition(world)
    browser = browser_of(world.clerk)
    assert 'aria-sort="descending"' in browser.get("/cases").get_data(as_text=True)
    assert 'aria-sort="ascending"' in browser.get("/cases?sort=received").get_data(as_text=True)
    assert 'aria-sort="ascending"' in browser.get("/cases?sort=due").get_data(as_text=True)
    assert browser.get("/cases?sort=nonsense").status_code == 200


def test_pages_follow_each_other_without_a_gap(browser_of: BrowserOf, world: World, session: Session) -> None:
    copy_cases(session, new_petition(world).matter, 119)
    browser, seen, address = browser_of(world.clerk), list[str](), "/cases"
    while address:
        page = browser.get(address).get_data(as_text=True)
        seen += re.findall(r'class="row-link" href="/cases/(\d+)', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following.group(1).replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 120
    assert "第101–120件，共120件" in page


def test_an_empty_list_says_which_condition_to_leave_out(browser_of: BrowserOf, world: World) -> None:
    new_petition(world)
    page = browser_of(world.clerk).get("/cases?state=triage").get_data(as_text=True)
    assert "没有符合条件的件" in page
    assert "去掉“阶段：待甄别”再看" in page


def test_more_conditions_are_shown_when_wanted_or_in_force(browser_of: BrowserOf, world: World) -> None:
    browser = browser_of(world.clerk)
    assert 'name="class"' not in browser.get("/cases").get_data(as_text=True)
    assert 'name="class"' in browser.get("/cases?more=1").get_data(as_text=True)
    page = browser.get("/cases?waiting=sorting,returned").get_data(as_text=True)
    assert '<option value="sorting,returned" selected>待分办、被退回</option>' in page


# --- kept views ------------------------------------------------------------------------------------------------------


def test_a_view_is_kept_shared_and_dropped(browser_of: BrowserOf, world: World, session: Session) -> None:
    clerk, officer, stranger = (browser_of(p) for p in (world.clerk, world.officer, world.other_clerk))
    kept = {"name": "急件", "shared": "on", "list": "clock=overdue&sort=due&bad=1"}
    assert clerk.post("/cases/views", kept).headers["Location"] == "/cases?clock=overdue&sort=due"
    clerk.post("/cases/views", {"name": "我这的", "list": "state=triage"})
    for browser, names in ((clerk, {"急件", "我这的"}), (officer, {"急件"}), (stranger, set())):
        page = browser.get("/cases").get_data(as_text=True)
        assert {name for name in ("急件", "我这的") if f">{name}" in page} == names
    assert "<h1>急件" in officer.get("/cases?clock=overdue&sort=due").get_data(as_text=True)
    view = session.scalars(select(SavedView).where(SavedView.name == "急件")).one()
    officer.post(f"/cases/views/{view.id}/delete", {"list": "all"})
    assert session.scalars(select(SavedView.name)).all() == ["急件", "我这的"], "only its owner drops a view"
    clerk.post(f"/cases/views/{view.id}/delete", {"list": "all"})
    session.expire_all()
    assert session.scalars(select(SavedView.name)).all() == ["我这的"]


@pytest.mark.parametrize("name", ["", "  ", "名" * 31])
def test_a_view_without_a_fit_name_is_not_kept(
    browser_of: BrowserOf, world: World, session: Session, name: str
) -> None:
    browser = browser_of(world.clerk)
    answer = browser.post("/cases/views", {"name": name, "list": "state=triage"}, follow_redirects=True)
    assert "视图名称" in answer.get_data(as_text=True)
    assert session.scalar(select(SavedView)) is None


def test_the_height_of_the_rows_is_kept(browser_of: BrowserOf, world: World) -> None:
    browser = browser_of(world.clerk)
    browser.post("/cases/density", {"density": "loose", "list": "all"})
    assert "density-loose" in browser.get("/cases").get_data(as_text=True)
    browser.post("/cases/density", {"density": "nonsense", "list": "all"})
    assert "density-loose" in browser.get("/cases").get_data(as_text=True)


# --- many cases at once ----------------------------------------------------------------------------------------------


def _hidden(page: str) -> dict[str, str]:
    """The hidden fields of the confirmation."""
    form = page[page.index('action="/cases/batch/run"') :]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def test_a_batch_is_looked_at_first_and_does_what_was_confirmed(
    browser_of: BrowserOf, world: World, session: Session
) -> None:
    signed = [matter_in(world, "dispatched") for _ in range(3)]
    for matter in signed[:2]:
        perform(matter, "sign", {}, world.receiver)
    browser = browser_of(world.receiver)
    page = browser.post(
        "/cases/batch", {"action": "appoint", "case": [str(m.id) for m in signed], "list": "all"}
    ).get_data(as_text=True)
    assert "选了3件：2件可以办理，1件不能办理" in page
    assert "此件现在是“待签收”，不能“指定承办人”" in page
    hidden = _hidden(page)
    assert set(hidden["waiting"].split(",")) == {str(m.id) for m in signed[:2]}
    session.expire_all()
    assert all(m.handler_id is None for m in signed)
    empty = browser.post("/cases/batch/run", hidden)
    assert empty.status_code == 422
    assert "选择承办人" in empty.get_data(as_text=True)
    hidden["handler"] = str(world.handler.id)
    for _ in range(2):
        done = browser.post("/cases/batch/run", hidden).get_data(as_text=True)
        assert "2件全部办好" in done
    session.expire_all()
    assert [m.handler_id for m in signed] == [world.handler.id, world.handler.id, None]
    assert [sum(e.action == "appoint" for e in m.events) for m in signed] == [1, 1, 0], "sent twice, done once"


def test_one_refused_case_stops_no_other(browser_of: BrowserOf, world: World, session: Session) -> None:
    first, second = matter_in(world, "signed"), matter_in(world, "signed")
    ground = {"ground": "与信访人有亲属关系", "asked_by": "self", "handler": world.second_handler.id}
    perform(first, "recuse", ground, world.receiver)
    browser = browser_of(world.receiver)
    page = browser.post("/cases/batch", {"action": "appoint", "case": [str(second.id), str(first.id)], "list": "all"})
    hidden = _hidden(page.get_data(as_text=True)) | {"handler": str(world.handler.id)}
    told = browser.post("/cases/batch/run", hidden).get_data(as_text=True)
    assert "已办好1件，1件没有办成" in told
    assert "回避" in told
    assert first.number in told
    session.expire_all()
    assert (first.handler_id, second.handler_id) == (world.second_handler.id, world.handler.id)


def test_all_of_a_list_are_done_a_few_at_a_time(
    browser_of: BrowserOf, world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    matters = [new_petition(world).matter for _ in range(5)]
    matter_in(world, "triage")
    monkeypatch.setattr(batch, "STEP", 2)
    browser = browser_of(world.clerk)
    asked = {"action": "note", "case": str(matters[0].id), "all_matching": "1", "list": "state=registered"}
    hidden = _hidden(browser.post("/cases/batch", asked).get_data(as_text=True)) | {"note": "已统一核实"}
    assert len(hidden["waiting"].split(",")) == 5
    page = browser.post("/cases/batch/run", hidden).get_data(as_text=True)
    steps = 1
    while "waiting" in (hidden := _hidden(page) if "/cases/batch/run" in page else {}):
        page = browser.post("/cases/batch/run", hidden, headers={"HX-Request": "true"}).get_data(as_text=True)
        steps += 1
        assert "<html" not in page
    assert steps == 3
    assert "5件全部办好" in page
    session.expire_all()
    assert [[e.action for e in m.events].count("note") for m in matters] == [1] * 5


def test_a_batch_touches_nothing_one_may_not_see_or_do(browser_of: BrowserOf, world: World, session: Session) -> None:
    matter = matter_in(world, "signed")
    for person in (world.other_officer, world.township_receiver):
        answer = browser_of(person).post("/cases/batch", {"action": "note", "case": str(matter.id), "list": "all"})
        assert answer.status_code == 302
    forged = {"action": "note", "note": "x", "waiting": str(matter.id), "submission": "0" * 32}
    told = browser_of(world.other_officer).post("/cases/batch/run", forged, follow_redirects=True)
    assert "办好" not in told.get_data(as_text=True)
    session.expire_all()
    assert "note" not in [e.action for e in matter.events]


@pytest.mark.parametrize("action", ["", "transfer", "approve_opinion", "register", "nonsense"])
def test_an_act_that_decides_is_never_done_on_many(
    browser_of: BrowserOf, world: World, session: Session, action: str
) -> None:
    matter = new_petition(world).matter
    browser = browser_of(world.officer)
    answer = browser.post("/cases/batch", {"action": action, "case": str(matter.id)}, follow_redirects=True)
    assert "批量操作" in answer.get_data(as_text=True)
    run = {"action": action, "waiting": str(matter.id), "submission": "0" * 32}
    assert "批量操作" in browser.post("/cases/batch/run", run, follow_redirects=True).get_data(as_text=True)


def test_nothing_ticked_is_said(browser_of: BrowserOf, world: World) -> None:
    browser = browser_of(world.clerk)
    for data in ({"action": "note"}, {"action": "note", "case": "x"}, {"action": "note", "case": "9" * 30}):
        answer = browser.post("/cases/batch", data, follow_redirects=True)
        assert "先勾选要一起办理的件" in answer.get_data(as_text=True)
    assert browser.post("/cases/batch/run", {"submission": "x"}).status_code == 302


def test_a_list_is_printed_masked_in_its_order(browser_of: BrowserOf, world: World) -> None:
    first = new_petition(world, name="张三丰", received_on=days_ago(3)).matter
    second = new_petition(world, received_on=days_ago(1)).matter
    page = browser_of(world.clerk).post("/cases/print", {"all_matching": "1", "list": "sort=received"})
    words = page.get_data(as_text=True)
    assert page.status_code == 200
    assert words.index(first.number) < words.index(second.number)
    assert "张三丰" not in words
    assert "张**" in words


def test_a_list_too_long_to_be_counted_is_not_done_as_a_whole(
    browser_of: BrowserOf, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        new_petition(world)
    monkeypatch.setattr(listing, "CAP", 2)
    browser = browser_of(world.clerk)
    assert "data-selection-all" not in browser.get("/cases").get_data(as_text=True)
    answer = browser.post("/cases/batch", {"action": "note", "all_matching": "1"}, follow_redirects=True)
    assert "一次最多办理2件" in answer.get_data(as_text=True)
