"""C14: the list of papers and the register of numbers, inside what a person may see."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.audit import AuditEntry
from petitions.cases.kinds import paper_kinds
from petitions.cases.models import Document
from petitions.cases.perform import perform
from petitions.matters.models import Matter
from petitions.matters.papers import PAPERS
from petitions.papers import centre
from petitions.papers.centre import Asked
from tests.conftest import Isolated
from tests.documents.sheets import read
from tests.factories import World, matter_in, new_petition
from tests.matters.issuing import paper, sealed
from tests.pages import Browse


def numbers(page: str) -> list[str]:
    """The numbers of a list, in its order."""
    return re.findall(r'class="row-link" href="[^"]*">([^<]+)<', page)


def voided(world: World, matter: Matter, kind: str, reason: str = "内容有误") -> Document:
    found = paper(matter, kind)
    perform(matter, "void_paper", {"issued_paper": found.id, "reason": reason}, world.head)
    return found


def test_every_kind_of_paper_is_called_by_its_title() -> None:
    assert set(paper_kinds()) >= set(PAPERS)
    assert paper_kinds()["opinion"].title == "信访处理意见书"
    assert paper_kinds()["service_slip"].layout == "form"


def test_the_list_holds_the_papers_of_the_cases_one_sees_and_no_other(world: World, browser_of: Browse) -> None:
    mine, theirs = matter_in(world, "accepted"), new_petition(world, world.other_clerk).matter
    shown = numbers(browser_of(world.head).get("/papers").get_data(as_text=True))
    assert shown == [one.number for one in sorted(mine.documents, key=lambda one: -one.id)]
    assert not {one.number for one in theirs.documents} & set(shown)
    assert numbers(browser_of(world.administrator).get("/papers").get_data(as_text=True)) == []


def test_a_paper_of_an_accusation_is_in_nobodys_list_but_the_desks(world: World, browser_of: Browse) -> None:
    secret = sealed(world)
    hidden = {one.number for one in secret.documents}
    for person in (world.officer, world.clerk, world.office_head, world.receiver, world.auditor):
        for path in ("/papers", "/papers/register", f"/papers/register?kind=sealed_letter&unit={world.office.id}"):
            page = browser_of(person).get(path).get_data(as_text=True)
            assert not any(number in page for number in hidden), (person, path)
    assert hidden <= set(numbers(browser_of(world.restricted).get("/papers").get_data(as_text=True)))


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("kind=acceptance_notice", {"acceptance_notice"}),
        ("state=unserved", {"acceptance_notice"}),
        ("state=served", {"opinion"}),
        ("state=void", {"transfer_letter"}),
        ("number=信意〔", {"opinion"}),
        ("number=%25", set()),
        ("unit=BUREAU", {"acceptance_notice", "opinion", "service_slip"}),
        ("first=TOMORROW", set()),
        ("last=YESTERDAY", set()),
        ("kind=no+such&state=nonsense&unit=x&first=never", {"registration_form", "transfer_letter", "procedural_notice", "acceptance_notice",
                                                            "opinion", "service_slip"}),
    ],
)  # fmt: skip
def test_a_filter_keeps_what_it_says(world: World, browser_of: Browse, query: str, kept: set[str]) -> None:
    matter = matter_in(world, "served")
    letter = paper(matter, "transfer_letter")
    perform(matter, "void_paper", {"issued_paper": letter.id, "reason": "错字"}, world.officer)
    today = clock.today()
    for word, value in (
        ("BUREAU", world.bureau.id),
        ("TOMORROW", today + timedelta(1)),
        ("YESTERDAY", today - timedelta(1)),
    ):
        query = query.replace(word, str(value))
    kind_of = {one.number: one.kind for one in matter.documents}
    shown = numbers(browser_of(world.officer).get(f"/papers?{query}").get_data(as_text=True))
    assert {kind_of[number] for number in shown} == kept


def test_the_list_goes_on_page_by_page_without_loss(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(centre, "PAGE", 4)
    for _ in range(3):
        matter_in(world, "accepted")
    found, before = list[int](), 0
    while True:
        page = centre.listed(Asked(before=before), world.officer)
        found += [one.id for one in page.papers]
        if page.older is None:
            break
        before = page.older
    assert found == sorted(session.scalars(select(Document.id)).all(), reverse=True)


def test_the_list_takes_few_queries_however_long_it_is(world: World, browser_of: Browse, database: Isolated) -> None:
    def counted(path: str) -> int:
        asked: list[str] = []

        def note(*args: object) -> None:
            asked.append(str(args[2]))

        event.listen(database.engine, "before_cursor_execute", note)
        try:
            assert browser.get(path).status_code == 200
        finally:
            event.remove(database.engine, "before_cursor_execute", note)
        return len([one for one in asked if not one.startswith(("SAVEPOINT", "RELEASE", "BEGIN"))])

    for _ in range(3):
        voided(world, matter_in(world, "served"), "acceptance_notice")
    browser = browser_of(world.officer)
    browser.get("/papers")
    few = counted("/papers"), counted(f"/papers/register?unit={world.bureau.id}&kind=acceptance_notice")
    for _ in range(5):
        voided(world, matter_in(world, "served"), "acceptance_notice")
    browser = browser_of(world.officer)
    browser.get("/papers")
    many = counted("/papers"), counted(f"/papers/register?unit={world.bureau.id}&kind=acceptance_notice")
    assert many == few
    assert max(many) <= 15, many


def test_the_register_shows_every_number_with_its_reason_and_what_replaced_it(world: World, browser_of: Browse) -> None:
    matters = [matter_in(world, "accepted") for _ in range(3)]
    old = voided(world, matters[1], "acceptance_notice", "当事人姓名有误")
    perform(matters[1], "reissue_paper", {"void_paper": old.id}, world.head)
    page = browser_of(world.head).get("/papers/register?kind=acceptance_notice").get_data(as_text=True)
    year = old.issued_on.year
    assert numbers(page) == [f"青自然信受〔{year}〕{order}号" for order in (1, 2, 3, 4)], "contiguous, in their order"
    row = next(one for one in page.split("<tr") if f"〔{year}〕2号</a>" in one)
    assert "已作废" in row
    assert "当事人姓名有误" in row
    assert f"〔{year}〕4号" in row
    empty = browser_of(world.head).get("/papers/register?kind=acceptance_notice&year=2001").get_data(as_text=True)
    assert numbers(empty) == []


def test_chosen_papers_are_printed_and_taken_away_together_and_each_is_on_record(
    world: World, browser_of: Browse, session: Session
) -> None:
    first, second = matter_in(world, "accepted"), matter_in(world, "accepted")
    foreign = new_petition(world, world.other_clerk).matter.documents[0]
    picked = [paper(one, "acceptance_notice") for one in (first, second)]
    query = "&".join(f"paper={one.id}" for one in (*picked, foreign))
    browser = browser_of(world.head)
    page = browser.get(f"/papers/print?{query}").get_data(as_text=True)
    assert page.count("<article") == 2
    packed = browser.get(f"/papers/word?{query}")
    with zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
        assert [read(archive.read(name))[1] for name in archive.namelist()] == [one.number for one in picked]
    lines = session.execute(
        select(AuditEntry.act, AuditEntry.subject).where(AuditEntry.act.in_(("paper:print", "paper:word"))).order_by(AuditEntry.id)
    ).all()  # fmt: skip
    subjects = [f"documents {one.id}" for one in picked]
    assert [tuple(one) for one in lines] == [(act, one) for act in ("paper:print", "paper:word") for one in subjects]


@pytest.mark.parametrize("query", ["", "paper=", "paper=x&paper=-1", "paper=999999999"])
def test_nothing_chosen_leads_back_to_the_list(
    world: World, browser_of: Callable[[object], Browse], query: str
) -> None:
    for path in ("print", "word"):
        answer = browser_of(world.head).get(f"/papers/{path}?{query}")  # type: ignore[attr-defined]
        assert (answer.status_code, answer.headers["Location"]) == (302, "/papers")
