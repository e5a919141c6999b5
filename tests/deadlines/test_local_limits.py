"""A region's own numbers: which are taken, whose clocks they move, and that a clock keeps the rule it was started under."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.audit import AuditEntry
from petitions.cases import local_limits
from petitions.cases.limits import LIMITS, VERSION
from petitions.cases.local_limits import LimitVersion
from petitions.cases.models import Deadline
from petitions.cases.perform import perform
from petitions.deadlines import limit_admin
from petitions.matters.models import Matter
from petitions.words import FieldErrors, Refused
from tests.factories import World, matter_in
from tests.pages import Browse

SOURCE = "《青禾县信访事项办理规程》第8条"


def _values(world: World, **changes: Any) -> dict[str, str]:
    typed = {
        "code": "T6", "place": str(world.county.id), "length": "30", "unit": "days", "extension": "30",
        "valid_from": (clock.today() - timedelta(days=400)).isoformat(), "valid_to": "", "source": SOURCE,
    }  # fmt: skip
    return typed | {name: str(value) for name, value in changes.items()}


def _add(world: World, **changes: Any) -> LimitVersion:
    return limit_admin.add(_values(world, **changes), world.administrator)


def _refusal(world: World, **changes: Any) -> dict[str, str]:
    with pytest.raises(FieldErrors) as refusal:
        _add(world, **changes)
    assert local_limits.every() == []
    return {name: str(sentence) for name, sentence in refusal.value.errors.items()}


def _clock(matter: Matter, code: str) -> Deadline:
    return next(row for row in matter.deadlines if row.code == code and row.ended_on is None)


def test_a_region_counts_by_its_own_number_from_its_day_on(session: Session, world: World) -> None:
    before = _clock(matter_in(world, "accepted"), "T6")
    row = _add(world)
    after = _clock(matter_in(world, "accepted", name="亓一", phone="19900000001"), "T6")
    assert (before.length, before.rule) == (60, VERSION)
    assert (after.length, after.rule, after.nominal_on) == (30, row.rule, after.start_on + timedelta(days=30))
    assert local_limits.of(after).short == "办结30日"
    assert SOURCE in local_limits.of(after).article


def test_a_clock_keeps_its_rule_whatever_is_entered_later(session: Session, world: World, browser_of: Browse) -> None:
    row = _add(world)
    matter = matter_in(world, "accepted")
    limit_admin.end(row, {"valid_to": clock.today().isoformat()}, world.administrator)
    due = _clock(matter, "T6").due_on
    perform(matter, "request_extension", {"days": 30, "reason": "情况复杂"}, world.handler)
    perform(matter, "extend", {"days": 30, "reason": "同意"}, world.head)
    extended = _clock(matter, "T6")
    assert extended.due_on > due
    assert (extended.length, extended.extension, extended.nominal_on) == (
        30, 30, extended.start_on + timedelta(days=60),
    )  # fmt: skip
    session.commit()
    page = browser_of(world.handler).get(f"/cases/{matter.id}").get_data(as_text=True)
    assert "办结30日" in page
    assert "办结60日" not in page
    assert f"经{world.head.name}批准延长30日" in page


def test_only_the_days_of_a_row_are_its_own(session: Session, world: World) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    _add(world, valid_from=tomorrow)
    assert _clock(matter_in(world, "accepted"), "T6").length == 60
    assert local_limits.in_force("T6", world.bureau.id, tomorrow)[0].length == 30


def test_the_nearest_row_wins_and_others_are_not_touched(session: Session, world: World) -> None:
    _add(world, length=40)
    near = _add(world, place=world.bureau.id, length=20)
    today = clock.today()
    assert local_limits.in_force("T6", world.section.id, today) == (near.limit, near.rule)
    assert local_limits.in_force("T6", world.office.id, today)[0].length == 40
    assert local_limits.in_force("T4", world.section.id, today) == (LIMITS["T4"], VERSION)
    assert local_limits.in_force("T6", None, today) == (LIMITS["T6"], VERSION)


def test_a_right_without_a_duty_follows_the_region_of_the_case(session: Session, world: World) -> None:
    _add(world, code="T8", length=45, extension=0)
    assert _clock(matter_in(world, "served"), "T8").length == 45


def test_a_paper_tells_the_number_that_holds(session: Session, world: World, browser_of: Browse) -> None:
    _add(world, code="T4", length=5, unit="workdays", extension=0)
    matter = matter_in(world, "dispatched")
    session.commit()
    letter = next(paper for paper in matter.documents if paper.kind == "transfer_letter")
    text = browser_of(world.officer).get(f"/documents/{letter.id}").get_data(as_text=True)
    assert "应当自收到之日起5个工作日内" in text


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"length": 61}, "length", "超过法定期限"),
        ({"length": 3, "unit": "months"}, "length", "超过法定期限"),
        # 45 working days of a holiday season are more than 60 days.
        ({"length": 45, "unit": "workdays"}, "length", "超过法定期限"),
        ({"extension": 60}, "extension", "最多延长30日"),
        ({"code": "T4", "extension": 1}, "extension", "没有规定可以延长"),
        ({"code": "T8", "length": 29, "extension": 0}, "length", "会缩短信访人的法定期限"),
        ({"code": "T8", "length": 20, "unit": "workdays", "extension": 0}, "length", "会缩短信访人的法定期限"),
        ({"code": "M9", "length": 20, "extension": 0}, "length", "会缩短信访人的法定期限"),
        ({"code": "T5", "length": 4, "unit": "workdays", "extension": 0}, "length", "不能改变"),
        ({"code": "T7"}, "code", "选择一个"),
        ({"code": "T12"}, "code", "选择一个"),
        ({"code": "X1.apply"}, "code", "选择一个"),
        ({"code": "T99"}, "code", "选择一个"),
        ({"source": "  "}, "source", "写明依据"),
        ({"source": "规" * 201}, "source", "最多200个字"),
        ({"length": 0}, "length", "应在1到"),
        ({"length": "六十"}, "length", "应为整数"),
        ({"unit": "weeks"}, "unit", "选择计算单位"),
        ({"place": 0}, "place", "选择适用的单位"),
        ({"valid_from": ""}, "valid_from", "填写日期"),
        ({"valid_from": "2026-02-30"}, "valid_from", "不存在"),
        ({"valid_from": "2026-08-01", "valid_to": "2026-07-31"}, "valid_to", "早于施行日期"),
    ],
)  # fmt: skip
def test_a_number_the_law_does_not_allow_is_refused_with_its_reason(
    world: World, changes: dict[str, Any], field: str, words: str
) -> None:
    assert words in _refusal(world, **changes)[field]


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "T1", "length": 5, "unit": "workdays", "extension": 0},
        {"code": "T8", "length": 60, "extension": 0},
        {"code": "T8", "length": 1, "unit": "years", "extension": 0},
        {"code": "M1", "length": 30, "unit": "workdays", "extension": 30},
        {"code": "T14", "length": 60, "extension": 0},
        {"code": "T0", "length": 3, "unit": "workdays", "extension": 0},
    ],
)
def test_a_shorter_duty_a_longer_right_and_what_no_law_binds_are_taken(world: World, changes: dict[str, Any]) -> None:
    row = _add(world, **changes)
    assert local_limits.in_force(row.code, world.bureau.id, clock.today())[1] == row.rule


def test_two_numbers_for_one_day_are_refused(world: World) -> None:
    first = _add(world)
    with pytest.raises(FieldErrors) as refusal:
        _add(world, length=40, valid_from=clock.today())
    assert "重叠" in refusal.value.errors["valid_from"]
    limit_admin.end(first, {"valid_to": clock.today().isoformat()}, world.administrator)
    later = _add(world, length=40, valid_from=clock.today() + timedelta(days=1))
    with pytest.raises(FieldErrors):
        limit_admin.end(first, {"valid_to": later.valid_from.isoformat()}, world.administrator)
    assert first.valid_to == clock.today()


def test_a_row_ends_from_today_on_and_goes_only_while_nothing_counts_by_it(session: Session, world: World) -> None:
    used, unused = _add(world), _add(world, code="T1", length=10, extension=0)
    matter_in(world, "accepted")
    with pytest.raises(FieldErrors):
        limit_admin.end(used, {"valid_to": (clock.today() - timedelta(days=1)).isoformat()}, world.administrator)
    session.execute(Deadline.__table__.delete().where(Deadline.rule == unused.rule))
    limit_admin.remove(unused, world.administrator)
    with pytest.raises(Refused, match="已有期限按这一条计算"):
        limit_admin.remove(used, world.administrator)
    assert local_limits.every() == [used]


def test_the_pages_are_kept_by_the_administrator_and_read_by_all(
    session: Session, world: World, browser_of: Browse
) -> None:
    session.commit()
    desk = browser_of(world.administrator)
    bad = desk.post("/limits/new", _values(world, length=90))
    assert bad.status_code == 422
    assert "超过法定期限" in bad.get_data(as_text=True)
    made = desk.post("/limits/new", _values(world))
    assert made.status_code == 302
    page = browser_of(world.handler).get("/limits").get_data(as_text=True)
    assert f"{world.county.name}：30日" in page
    assert "/limits/versions/" not in page
    row = session.scalars(select(LimitVersion)).one()
    where = f"/limits/versions/{row.id}"
    assert SOURCE in desk.get(where).get_data(as_text=True)
    assert desk.post(f"{where}/end", {"valid_to": "2020-01-01"}).status_code == 422
    assert desk.post(f"{where}/end", {"valid_to": clock.today().isoformat()}).status_code == 302
    assert browser_of(world.handler).post(f"{where}/remove").status_code == 403
    assert desk.post(f"{where}/remove").status_code == 302
    assert desk.get(where).status_code == 404
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.startswith("limit:")).order_by(AuditEntry.id))
    assert [act for act in acts if not act.endswith("refused")][:3] == ["limit:add", "limit:end", "limit:remove"]
