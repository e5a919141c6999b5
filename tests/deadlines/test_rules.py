"""提醒规则: which ladder holds where, what may be kept, and what a rule would do today."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from petitions import clock
from petitions.cases.limit import Origin
from petitions.cases.limits import LIMITS
from petitions.deadlines import ladder, rule_admin, rules
from petitions.deadlines.rules import DEFAULT, Ladder
from petitions.matters.models import Matter
from petitions.words import FieldErrors
from tests.conftest import Isolated
from tests.factories import World, matter_in, new_petition
from tests.pages import Browse


def _typed(**changes: str) -> dict[str, str]:
    return {
        "code": "T6",
        "place": "",
        "before": "7 3 1 0",
        "every": "1",
        "head": "1",
        "office": "3",
        "look": "",
        **changes,
    }


def _keep(world: World, **changes: str) -> rules.ReminderRule:
    row = rule_admin.read(_typed(**changes))
    rule_admin.keep(row, world.administrator)
    return row


def _shift(matter: Matter, code: str, days: int) -> None:
    row = next(row for row in matter.deadlines if row.code == code and row.ended_on is None)
    row.due_on = row.target_on = row.nominal_on = clock.today() + timedelta(days=days)
    row.start_on = clock.today() - timedelta(days=60)


def test_without_a_rule_the_default_holds_everywhere(world: World) -> None:
    assert rules.read().of("T6", world.bureau.id) == DEFAULT == Ladder((7, 3, 1, 0), every=1, head=1, office=3)


def test_the_nearest_unit_wins_then_the_rule_that_names_the_limit(world: World) -> None:
    _keep(world, code="", before="9 0")
    _keep(world, code="T6", before="8 0")
    _keep(world, code="", place=str(world.bureau.id), before="6 0")
    _keep(world, code="T6", place=str(world.bureau.id), before="5 0")
    known = rules.read()
    held = {
        (unit.name, code): known.of(code, unit.id).before[0]
        for unit in (world.township, world.bureau, world.section)
        for code in ("T4", "T6")
    }
    assert held == {
        ("河湾镇", "T4"): 9, ("河湾镇", "T6"): 8,
        ("青禾县自然资源局", "T4"): 6, ("青禾县自然资源局", "T6"): 5,
        ("耕地保护站", "T4"): 6, ("耕地保护站", "T6"): 5,
    }  # fmt: skip


def test_a_rule_for_the_same_limit_and_unit_takes_the_place_of_the_one_before(session: Session, world: World) -> None:
    for place in ("", str(world.bureau.id)):
        _keep(world, place=place, before="9 0")
        _keep(world, place=place, before="4 0")
    assert [row.ladder.before for row in rules.every()] == [(4, 0)] * 2
    rule_admin.remove(rules.every()[0], world.administrator)
    session.flush()
    assert len(rules.every()) == 1


@pytest.mark.parametrize(
    ("changes", "name", "said"),
    [
        ({"before": "7 -1 0"}, "before", "天数不能是负数"),
        ({"before": "60 0"}, "before", "提前的天数要比期限短：最多59天"),
        ({"code": "", "before": "61 0"}, "before", "提前的天数要比期限短：最多59天"),
        ({"before": "7 7 0"}, "before", "同一天写了两次"),
        ({"before": "七 0"}, "before", "应为整数，现在是“七”"),
        ({"before": "7 3"}, "before", "法定期限到期当天必须提醒，加上0"),
        ({"before": ""}, "before", "法定期限到期当天必须提醒，加上0"),
        ({"code": "", "before": "7"}, "before", "法定期限到期当天必须提醒，加上0"),
        ({"every": "", "head": "", "office": ""}, "every", "法定期限超期后至少要有一次提醒"),
        ({"office": "2", "head": "3"}, "office", "先报单位负责人，再列入督办建议：天数不能早于报负责人"),
        ({"head": ""}, "office", "先报单位负责人，再列入督办建议：天数不能早于报负责人"),
        ({"every": "0"}, "every", "应在1到365之间"),
        ({"head": "366"}, "head", "应在1到365之间"),
        ({"code": "T8"}, "code", "选择一个会提醒的期限"),
        ({"code": "T14"}, "code", "选择一个会提醒的期限"),
        ({"place": "999999"}, "place", "选择适用的单位"),
        ({"code": "T5", "before": "2 0"}, "every", "“异议期”到期就失效，不会超期，此项留空"),
    ],
)
def test_what_would_leave_somebody_unaware_or_cannot_be_is_refused(
    world: World, changes: dict[str, str], name: str, said: str
) -> None:
    with pytest.raises(FieldErrors) as refusal:
        rule_admin.read(_typed(**changes))
    assert str(refusal.value.errors[name]) == said
    assert rules.every() == []


def test_what_no_text_sets_may_be_left_without_reminders() -> None:
    silent, ours = Ladder((), None, None, None), replace(LIMITS["T12"], origin=Origin.DEFAULT)
    assert rule_admin.against_duty(silent, ours) == {}
    assert list(rule_admin.against_duty(silent, LIMITS["T12"])) == ["before"]
    assert [str(words) for words in silent.words] == [
        "到期前不提醒", "超期后不再提醒承办人", "超期不报负责人", "不列入督办建议",
    ]  # fmt: skip


def test_a_ladder_says_in_words_what_it_means() -> None:
    assert [str(words) for words in DEFAULT.words] == [
        "到期提醒：7天前、3天前、1天前、当天",
        "超期后每天提醒承办人",
        "超期第1天报单位负责人",
        "超期第3天起列入信访部门的督办建议",
    ]
    assert str(Ladder((0,), 5, None, None).words[1]) == "超期第1天提醒承办人，以后每5天一次"


def test_overdue_reminders_come_on_the_first_day_and_then_so_often(session: Session, world: World) -> None:
    _keep(world, every="3", head="4", office="9")
    matter = matter_in(world, "accepted")
    kinds: dict[int, list[str]] = {}
    for late in range(1, 8):
        _shift(matter, "T6", -late)
        session.flush()
        due = ladder.Sweep(clock.today()).due()
        kinds[late] = [one.rung.name for one in due if one.deadline.code == "T6"]
    assert kinds == {
        1: ["overdue-1"], 2: ["overdue-1"], 3: ["overdue-1"], 4: ["overdue-4", "head"], 5: ["overdue-4", "head"],
        6: ["overdue-4", "head"], 7: ["overdue-7", "head"],
    }  # fmt: skip


def test_the_page_says_how_many_are_told_today_and_a_rule_is_tried_before_it_is_kept(
    browser_of: Browse, session: Session, world: World
) -> None:
    for n, days in enumerate((5, 7, 0, -1, -2, -4)):
        _shift(matter_in(world, "accepted", name=f"亓{n}", phone=f"199{n:08d}"), "T6", days)
    accused = new_petition(world, world.restricted, purpose="accusation", respondent="某某").matter
    _shift(accused, "T1", -1)
    session.commit()
    told = {line.limit.code: line.today for line in rule_admin.lines(None)}
    assert told["T6"] == 5, "7 and 0 days ahead, and the three overdue; not the one with 5 days"
    assert told["T1"] == 0, "an accusation is in nobody's number"
    browser = browser_of(world.administrator)
    page = browser.get("/reminder-rules").get_data(as_text=True)
    assert "到期提醒：7天前、3天前、1天前、当天；超期后每天提醒承办人" in page
    tried = browser.post("/reminder-rules/new", _typed(before="5 0", every="3", office="5", look="1"))
    assert "今天按此规则会提醒4件" in tried.get_data(as_text=True), "5 and 0 ahead, 1 and 4 days overdue"
    assert rules.every() == []
    assert browser.post("/reminder-rules/new", _typed(before="5 0", every="3", office="5")).status_code == 302
    assert [row.ladder for row in rules.every()] == [Ladder((5, 0), 3, 1, 5)]
    assert browser.post("/reminder-rules/new", _typed(before="-5 0")).status_code == 422


@pytest.mark.parametrize("person", ["officer", "office_head", "head", "clerk", "auditor", "security"])
def test_only_the_administrator_keeps_the_rules(browser_of: Browse, world: World, person: str) -> None:
    browser = browser_of(world.people[person])
    assert browser.get("/reminder-rules").status_code == 403
    assert browser.post("/reminder-rules/new", _typed()).status_code == 403


def test_reading_the_rules_costs_no_query_per_clock(database: Isolated, session: Session, world: World) -> None:
    _keep(world, code="", place=str(world.bureau.id), before="6 0")
    for n in range(3):
        matter_in(world, "accepted", name=f"亓{n}", phone=f"199{n:08d}")
    session.flush()
    said = list[str]()
    event.listen(database.engine, "before_cursor_execute", lambda *sent: said.append(sent[2]))
    known = rules.read()
    first = len(said)
    for _ in range(50):
        known.of("T6", world.section.id)
        known.of("T1", world.office.id)
    assert first == 1
    assert len(said) - first <= 1, said
