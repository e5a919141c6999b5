"""Keeping the code lists."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.cases import code_admin, codes
from petitions.cases.models import Code
from petitions.matters.dictionaries import LISTS
from petitions.matters.seed import LISTS as NAMES
from petitions.words import FieldErrors, Refused
from tests.factories import World
from tests.pages import Browse, Browser

BY = "admin"


@pytest.fixture
def desk(browser_of: Browse, world: World) -> Browser:
    """The administrator's browser."""
    return browser_of(world.administrator)


def _offered(name: str) -> list[str]:
    return [choice.value for choice in codes.choices(name)]


@pytest.mark.parametrize("name", NAMES)
def test_every_list_has_its_page_and_a_form_for_its_entries(desk: Browser, name: str) -> None:
    page = desk.get(f"/admin/codes/{name}")
    assert page.status_code == 200
    first = codes.every(name)[0]
    assert first.label in page.get_data(as_text=True)
    assert desk.get(f"/admin/codes/{name}/{first.code}").status_code == 200
    assert desk.get(f"/admin/codes/{name}/new").status_code == 200


def test_the_overview_counts_what_is_offered_retired_and_local(desk: Browser, session: Session) -> None:
    code_admin.add(LISTS["flag"], {"code": "LOCAL1", "label": "本县重点"}, BY)
    gone = codes.entry("flag", "taiwan")
    assert gone is not None
    code_admin.change(LISTS["flag"], gone, {"label": gone.label}, BY)
    row = next(row for row in code_admin.overview() if row.list.name == "flag")
    assert (row.active, row.retired, row.local) == (len(_offered("flag")), 1, 1)
    session.commit()
    assert "本县重点" in desk.get("/admin/codes/flag").get_data(as_text=True)
    assert "涉台" not in desk.get("/admin/codes/flag").get_data(as_text=True)
    assert "涉台" in desk.get("/admin/codes/flag?retired=1").get_data(as_text=True)


def test_a_new_class_stands_under_the_one_above_it_and_is_offered(desk: Browser, session: Session) -> None:
    head = codes.every("content_class")[0]
    answer = desk.post(
        "/admin/codes/content_class/new",
        {"code": " ｎ01x ", "label": "高标准农田管护", "parent": head.code, "note": "渠系、道路"},
    )
    assert answer.status_code == 302
    session.info.pop("codes", None)
    made = codes.entry("content_class", "N01X")
    assert made is not None
    assert (made.scheme, made.parent, made.active) == (code_admin.LOCAL, head.code, True)
    found = next(c for c in codes.choices("content_class") if c.value == "N01X")
    assert (found.group, found.keys) == (head.label, "gbzntgh")
    rows = [row.code for row, _ in code_admin.levels("content_class")]
    siblings = [row.code for row in codes.every("content_class") if row.parent == head.code]
    assert rows.index("N01X") == rows.index(head.code) + len(siblings)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "有字"}, "code"),
        ({"code": "A" * 21}, "code"),
        ({"code": "major_urgent"}, "code"),
        ({"label": ""}, "label"),
        ({"label": "字" * 61}, "label"),
        ({"label": "扬言"}, "label"),
        ({"note": "字" * 301}, "note"),
    ],
)
def test_an_entry_that_cannot_be_taken_is_refused_at_its_field(
    desk: Browser, session: Session, changes: dict[str, str], field: str
) -> None:
    before = len(codes.every("flag"))
    page = desk.post("/admin/codes/flag/new", {"code": "NEW1", "label": "新标识", **changes})
    assert page.status_code == 422
    assert f'id="f-{field}-error"' in page.get_data(as_text=True)
    session.info.pop("codes", None)
    assert len(codes.every("flag")) == before


def test_a_retired_code_is_never_given_again(session: Session, world: World) -> None:
    row = code_admin.add(LISTS["flag"], {"code": "ONCE", "label": "一次"}, BY)
    code_admin.change(LISTS["flag"], row, {"label": "一次"}, BY)
    assert "ONCE" not in _offered("flag")
    assert codes.label("flag", "ONCE") == "一次"
    with pytest.raises(FieldErrors, match="代码“ONCE”已经用过"):
        code_admin.add(LISTS["flag"], {"code": "once", "label": "再来"}, BY)


def test_a_relabelled_entry_shows_its_new_word_everywhere(desk: Browser, session: Session) -> None:
    answer = desk.post("/admin/codes/channel/LX", {"label": "来信来函", "note": "含传真", "active": "1"})
    assert answer.status_code == 302
    session.info.pop("codes", None)
    session.expire_all()
    assert codes.label("channel", "LX") == "来信来函"
    assert (
        session.scalars(select(Code).where(Code.list == "channel", Code.code == "LX")).one().scheme != code_admin.LOCAL
    )


@pytest.mark.parametrize(("name", "code"), [("nature", "accusation"), ("channel", "LX"), ("route", "R6")])
def test_an_entry_the_rules_ask_for_is_never_retired(desk: Browser, session: Session, name: str, code: str) -> None:
    row = codes.entry(name, code)
    assert row is not None
    page = desk.post(f"/admin/codes/{name}/{code}", {"label": row.label})
    assert page.status_code == 409
    assert "不能停用" in page.get_data(as_text=True)
    session.expire_all()
    assert row.active


def test_a_list_the_law_closes_does_not_grow(desk: Browser, session: Session) -> None:
    with pytest.raises(Refused, match="由法规和程序规定"):
        code_admin.add(LISTS["route"], {"code": "R9", "label": "其他"}, BY)
    assert desk.post("/admin/codes/route/new", {"code": "R9", "label": "其他"}).status_code == 409


@pytest.mark.parametrize("path", ["/admin/codes/nothing", "/admin/codes/nothing/new", "/admin/codes/flag/nothing"])
def test_an_unknown_list_or_entry_is_not_found(desk: Browser, path: str) -> None:
    assert desk.get(path).status_code == 404
    assert desk.post(path).status_code == (405 if path == "/admin/codes/nothing" else 404)
