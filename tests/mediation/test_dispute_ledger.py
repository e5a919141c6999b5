"""A committee's own ledger of disputes: read, looked at row by row, registered through the door, never twice."""

import re
from datetime import date
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.cases import codes
from petitions.cases.spreadsheets import writing
from petitions.cases.spreadsheets.sheets import open_book
from petitions.mediation import ledger, ledger_import
from petitions.mediation.ledger import Line, Table
from petitions.mediation.models import Mediation
from petitions.web.responses import Application
from petitions.words import FieldErrors, Refused
from tests.mediations import Mediators, agreed_to, agreement_of, do, ids, opened, session_of
from tests.pages import Browser

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "调解案例.csv"

HEADS = ["案例", "纠纷类型", "案情", "当事人", "轮数"]
ROWS = [
    HEADS,
    ["1", "社区邻里纠纷", "后院排水沟被堵。", "田小禾, 麦有根, 社区干部", "12"],
    ["2", "劳资劳动纠纷", "两个月没有发工资。", "苗青, 青禾砖厂", "9"],
    ["3", "奇怪纠纷", "说不清。", "甲某, 乙某", "9"],
    ["4", "交通事故纠纷", "", "丙某", "9"],
    ["1", "社区邻里纠纷", "后院排水沟被堵。", "田小禾, 麦有根, 社区干部", "12"],
]
OPTIONS = {"action": "apply", "received_on": "2026-03-05", "type": ""}


def table_of(rows: list[list[str]]) -> Table:
    with open_book(writing.workbook({"台账": rows})) as book:
        return ledger.read(book)


def looked_at(mediators: Mediators, rows: list[list[str]], **options: str) -> list[Line]:
    table = table_of(rows)
    return ledger.lines(table, ledger.guessed(table.heads), {**OPTIONS, **options}, mediators.mediator)


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("家庭婚姻纠纷", "marriage"), ("遗产继承纠纷", "marriage"), ("劳资劳动纠纷", "labour"), ("公司经营纠纷", "business"),
        ("环境污染纠纷", "pollution"), ("交通事故纠纷", "traffic"), ("房产土地纠纷", "housing"), ("消费旅游纠纷", "consumer"),
        ("社区邻里纠纷", "neighbour"), ("经济债务纠纷", "contract"), ("校园教育纠纷", "damages"), ("医疗健康纠纷", "medical"),
        ("治安刑事纠纷", "damages"), ("拖欠农民工工资纠纷", "wages"), ("物业", "property"), ("wages", "wages"),
        ("其他劳动争议", "labour"), ("奇怪纠纷", ""), ("", ""), ("纠纷", ""),
    ],
)  # fmt: skip
def test_the_words_of_ledgers_lead_to_the_types_of_the_list(mediators: Mediators, said: str, code: str) -> None:
    assert ledger.type_of(said) == code


def test_every_word_leads_to_a_type_there_is_and_every_type_is_known_by_its_own_name(mediators: Mediators) -> None:
    listed = {one.code for one in codes.every("dispute_type")}
    assert set(ledger._words().values()) <= listed
    assert all(ledger.type_of(one.label) == one.code for one in codes.every("dispute_type"))


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026-03-05", date(2026, 3, 5)), ("2026/3/5", date(2026, 3, 5)), ("2026年3月5日", date(2026, 3, 5)),
        ("2026-03-05 10:00:00", date(2026, 3, 5)), ("2026.3.5", date(2026, 3, 5)), ("2026-13-05", None), ("昨天", None),
    ],
)  # fmt: skip
def test_days_are_read_as_ledgers_write_them(said: str, day: date | None) -> None:
    assert ledger.day_of(said) == day


@pytest.mark.parametrize(
    ("said", "amount"),
    [("1200", "1200.00"), ("1,200元", "1200.00"), ("1.2万元", "12000.00"), ("很多", None), ("NaN", None)],
)
def test_money_is_read_as_ledgers_write_it(said: str, amount: str | None) -> None:
    assert ledger.money_of(said) == amount


def test_the_first_is_the_applicant_and_who_helps_is_no_party() -> None:
    people = ledger.parties_of({"parties": "于老汉, 李某, 于某（儿子）, 社区干部, 片警"})
    assert [(one["side"], one["name"]) for one in people] == [
        ("applicant", "于老汉"), ("respondent", "李某"), ("respondent", "于某"),
    ]  # fmt: skip
    assert [one["name"] for one in ledger.parties_of({"parties": "村民代表, 火电厂负责人, 其他调解员"})] == [
        "村民代表",
        "火电厂负责人",
    ]
    assert [one["kind"] for one in ledger.parties_of({"applicant": "苗青", "respondent": "青禾砖厂"})] == [
        "natural",
        "legal",
    ]
    assert len(ledger.parties_of({"parties": "丙某, 社区干部"})) == 2


# --- rows ------------------------------------------------------------------------------------------------------------


def test_each_row_is_judged_before_anything_is_written(session: Session, mediators: Mediators) -> None:
    verdicts = ledger_import.judged(looked_at(mediators, ROWS))
    assert [one.what for one in verdicts] == ["new", "new", "refused", "refused", "known"]
    assert verdicts[4].twin == 2
    assert verdicts[2].line.problems == ["不认识的纠纷类型“奇怪纠纷”，在“认不出类型的按”里选一个，或者改表格"]
    told = "；".join(verdicts[3].line.problems)
    assert "纠纷简要情况" in told
    assert "双方当事人都要登记" in told
    assert session.scalar(select(func.count()).select_from(Mediation)) == 0


def test_the_good_rows_are_registered_and_never_twice(session: Session, mediators: Mediators) -> None:
    made = ledger_import.bring_in(looked_at(mediators, ROWS), "apply", mediators.mediator)
    assert [one.title for one in made] == ["田小禾与麦有根邻里纠纷", "苗青与青禾砖厂其他劳动争议"]
    assert [one.number for one in made] == ["(2026)柳调字第1号", "(2026)柳调字第2号"]
    assert made[0].state == "mediation_requested"
    assert made[0].received_on == date(2026, 3, 5)
    again = looked_at(mediators, ROWS, received_on="2026-04-01")
    assert ledger_import.bring_in(again, "apply", mediators.mediator) == []
    assert session.scalar(select(func.count()).select_from(Mediation)) == 2


def test_a_failure_on_the_way_leaves_nothing(session: Session, mediators: Mediators) -> None:
    good = looked_at(mediators, ROWS)[0]
    broken = Line(9, {}, good.people, good.received_on, "another form", ())
    with pytest.raises(FieldErrors):
        ledger_import.bring_in([good, broken], "apply", mediators.mediator)
    assert session.scalar(select(func.count()).select_from(Mediation)) == 0


def test_columns_of_every_kind_are_read(mediators: Mediators) -> None:
    rows = [
        [
            "纠纷类型",
            "纠纷名称",
            "案情",
            "申请人",
            "被申请人",
            "涉及金额（元）",
            "人数",
            "登记日期",
            "发生地",
            "申请事项",
        ],
        [
            "物业纠纷",
            "漏水",
            "楼上漏水。",
            "田小禾",
            "麦有根、青禾物业公司",
            "3,500元",
            "5",
            "2026年2月3日",
            "柳林小区",
            "修好",
        ],
        ["物业纠纷", "漏水", "楼上又漏水。", "田小禾", "田小禾", "很多", "一", "明天", "", ""],
    ]
    good, bad = looked_at(mediators, rows)
    assert good.problems == []
    one = ledger_import.bring_in([good], "apply", mediators.mediator)[0]
    assert (one.title, one.amount, one.headcount, one.place) == ("漏水", 350000, 5, "柳林小区")
    assert (one.received_on, one.requests, len(one.parties)) == (date(2026, 2, 3), "修好", 3)
    told = "；".join(bad.problems)
    for problem in ("收到日期", "看不懂的金额“很多”", "涉及当事人数", "同时在双方"):
        assert problem in told


def test_more_rows_than_one_transaction_holds_are_refused(mediators: Mediators) -> None:
    with pytest.raises(Refused, match="一次最多导入300行"):
        table_of([HEADS, *(["1", "邻里", str(n), "甲, 乙", ""] for n in range(301))])
    with pytest.raises(Refused, match="没有数据"):
        table_of([HEADS])


@pytest.mark.parametrize("text", ["", "[]", "{}", '[["a"], []]', '[["a"], [["x", ["b"]]]]', "[" * 5000, "null"])
def test_what_no_preview_wrote_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="页面已过期"):
        ledger.unpacked(text)


# --- pages -----------------------------------------------------------------------------------------------------------


def test_a_ledger_goes_through_the_pages(app: Application, session: Session, mediators: Mediators) -> None:
    session.commit()
    browser = Browser(app, mediators.mediator)
    assert "上传调解台账" in browser.get("/dispute-ledger").text
    file = (BytesIO(writing.workbook({"台账": ROWS})), "台账.xlsx")
    page = browser.post("/dispute-ledger", {"file": file}, content_type="multipart/form-data")
    assert page.status_code == 200
    assert "将登记2行" in page.text
    assert "与第2行相同" in page.text
    carried = unescape(re.search(r'name="rows" value="([^"]*)"', page.text).group(1))  # type: ignore[union-attr]
    form = {
        "rows": carried,
        **{f"column-{n}": key for n, key in enumerate(["original", "type", "facts", "parties", ""])},
        **OPTIONS,
    }
    looked = browser.post("/dispute-ledger/import", {**form, "look": "1", "type": "other"})
    assert "将登记3行" in looked.text
    assert session.scalar(select(func.count()).select_from(Mediation)) == 0
    twice = browser.post("/dispute-ledger/import", {**form, "column-0": "type"})
    assert twice.status_code == 422
    assert "有两列都对应" in twice.text
    assert browser.post("/dispute-ledger/import", form).status_code == 302
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Mediation)) == 2
    again = browser.post("/dispute-ledger/import", form)
    assert again.status_code == 422
    assert "没有可以登记的行" in again.text
    for bad in ({}, {"file": (BytesIO(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "x.csv")}):
        assert browser.post("/dispute-ledger", bad, content_type="multipart/form-data").status_code == 422
    assert Browser(app, mediators.world.clerk).get("/dispute-ledger").status_code == 403


# --- everything there is ---------------------------------------------------------------------------------------------


def test_a_dispute_of_each_of_the_eighteen_types_is_opened(mediators: Mediators) -> None:
    types = [one.code for one in codes.every("dispute_type")]
    assert len(types) == 18
    for code in types:
        assert opened(mediators.mediator, dispute_type=code).dispute_type == code


def _driven(mediation: Mediation, mediators: Mediators, number: int) -> str:
    """One of the ends a mediation may have, by turns; what the first meeting is depends on it."""
    actor, today = mediators.mediator, clock.today()
    one, day = str(actor.id), today.isoformat()
    agreed_to(mediation, actor)
    do(mediation, "accept", actor, elsewhere="none")
    do(mediation, "appoint", mediators.chair, mediators=[one], presider=one, chosen_by="committee", kinship="none")
    do(mediation, "notify_rights", actor, told_on=day, told_way="spoken", told_to=ids(mediation.principals))
    ends = number % 4
    outcome = "agreed" if ends < 2 else "broken"
    do(mediation, "hold_session", actor, **session_of(mediation, session_outcome=outcome))
    if ends == 0:
        do(mediation, "draft_agreement", actor, **agreement_of(mediation))
        do(
            mediation, "sign_agreement", actor, signed_on=day, signed=ids(mediation.principals), mediator_signed=True,
            sealed_by_committee=True,
        )  # fmt: skip
    elif ends == 1:
        do(mediation, "agree_orally", actor, agreed_on=day, needs_no_paper=True, **agreement_of(mediation))
    elif ends == 2:
        do(mediation, "fail", actor, failure_ground="no_prospect", ways_told=["court"], note="分歧过大")
    else:
        party = str(mediation.sides["respondent"][0].id)
        do(mediation, "revoke_consent", actor, party=party, said_on=day, ways_told=["court"])
    return f"{mediation.result} {mediation.form}".strip()


@pytest.mark.skipif(not REAL.exists(), reason=f"the real file {REAL.name} is not here")
def test_the_real_cases_go_in_and_each_reaches_an_agreement_or_a_termination(mediators: Mediators) -> None:
    with open_book(REAL) as book:
        table = ledger.read(book)
    found = ledger.lines(table, ledger.guessed(table.heads), OPTIONS, mediators.mediator)
    assert [(one.number, one.problems) for one in found if one.problems] == []
    made = ledger_import.bring_in(found, "apply", mediators.mediator)
    assert len(made) == 58
    assert len({one.dispute_type for one in made}) == 11
    ends = [_driven(one, mediators, number) for number, one in enumerate(made)]
    assert set(ends) == {"agreed written", "agreed oral", "failed"}
    assert {one.state for one in made} == {"agreed", "mediation_failed"}
