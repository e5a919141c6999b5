"""The Ministry's table: what the database counts is what a person counts by hand, for whom it is, and as a file."""

import csv
import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from python_calamine import load_workbook
from sqlalchemy import event as listening
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access import succession
from petitions.access.models import SuccessionKind, UnitKind
from petitions.access.roles import Role
from petitions.cases import codes
from petitions.cases.models import Case, CaseUnit, Event
from petitions.mediation import figures, figures_views
from petitions.mediation.figures import FIGURES, Asked, Counts
from petitions.mediation.lists import SOURCES
from petitions.mediation.models import Agreement, Committee, Confirmation, Mediation, Party, Performance
from petitions.web.responses import Application
from tests.factories import make_unit, make_user
from tests.mediations import Mediators, agreed, begun, do, opened, pay
from tests.pages import Browser

FIRST, LAST = date(2026, 3, 1), date(2026, 6, 30)


def generated(session: Session, mediators: Mediators, count: int) -> list[Mediation]:
    """Mediations of every source, type, result and form over the year, some of them sealed, all made by chance."""
    chance = random.Random(20260501)  # noqa: S311 - the same ones every time
    other = make_unit(session, "桃林村人民调解委员会", UnitKind.COMMITTEE, mediators.world.township)
    session.add(Committee(unit_id=other.id, kind="village", word="桃"))
    types = [one.code for one in codes.every("dispute_type")]
    people = [mediators.mediator, mediators.second, None]
    made = []
    for number in range(count):
        unit, received = (
            chance.choice([mediators.unit, other]),
            date(2026, 1, 1) + timedelta(days=chance.randrange(300)),
        )
        result = chance.choice(["", "agreed", "agreed", "agreed", "failed", "refused"])
        ended = received + timedelta(days=chance.randrange(60))
        one = Mediation(
            kind="mediation", state="agreed", number=f"生成{number}", numbered_by=unit, title="纠纷", office=unit, unit=unit,
            handler=chance.choice(people), received_on=received, opened_at=clock.now(), sealed=chance.random() < 0.1,
            source=chance.choice(list(SOURCES)), dispute_type=chance.choice(types), facts="", headcount=chance.randrange(2, 30),
            amount=chance.choice([None, chance.randrange(1, 10**9)]), difficult=chance.random() < 0.2,
            accepted_on=None if result == "refused" else received + timedelta(days=chance.randrange(5)),
            result=result, result_on=ended if result else None,
            form=chance.choice(["oral", "written"]) if result == "agreed" else "",
            effective_on=ended if result == "agreed" else None,
        )  # fmt: skip
        one.parties = [Party(side="applicant", name="甲"), Party(side="respondent", name="乙")]
        one.parts = [CaseUnit(unit_id=unit.id, part="office", joined_on=received)]
        session.add(one)
        if result == "agreed" or chance.random() < 0.2:
            # An earlier agreement that another one has taken the place of, and what came of each
            for _ in range(chance.choice([1, 1, 2])):
                _agreement(session, mediators, one, ended, chance)
        made.append(one)
    session.flush()
    return made


def _agreement(session: Session, mediators: Mediators, one: Mediation, ended: date, chance: random.Random) -> None:
    event = Event(
        case=one, action="agree_orally", from_state="in_mediation", to_state="agreed", actor=mediators.mediator,
        unit_id=mediators.unit.id, at=clock.now(), recorded_at=clock.now(), data={},
    )  # fmt: skip
    session.add(event)
    session.flush()
    agreement = Agreement(
        event_id=event.id, form="oral", facts="", points="", responsibility="", content="",
        effective_on=ended if one.result == "agreed" else None,
    )  # fmt: skip
    one.agreements.append(agreement)
    for _ in range(chance.randrange(1, 4)):
        due = ended + timedelta(days=chance.randrange(90))
        done = due if chance.random() < 0.7 else None
        agreement.performances.append(
            Performance(debtor=one.parties[1], item="款", amount=100, due_on=due, done_on=done)
        )
    session.flush()
    if chance.random() < 0.4:
        result = chance.choice(["valid", "rejected", ""])
        one.confirmations.append(
            Confirmation(agreement_id=agreement.id, court="院", court_rule="committee", asked_on=ended, result=result)
        )
        session.flush()


def recounted(mediations: Sequence[Mediation]) -> Counter[str]:
    """The same table by hand: a loop over what was made, with nothing of the module that is tested."""
    found: Counter[str] = Counter()
    for one in mediations:
        if one.sealed:
            continue
        if FIRST <= one.received_on <= LAST:
            found["received"] += 1
            kind = one.source.partition("_")[0] if one.source.startswith("court") else one.source
            found[kind] += 1
            found["handed_over"] += kind not in ("application", "ex_officio")
            found["amount"] += one.amount or 0
            found["headcount"] += one.headcount
            found["difficult"] += one.difficult
        found["accepted"] += one.accepted_on is not None and FIRST <= one.accepted_on <= LAST
        if one.result and one.result_on is not None and FIRST <= one.result_on <= LAST:
            found[one.result] += 1
            if one.result == "agreed":
                found[one.form] += 1
                last = one.agreements[-1]
                found["confirmed"] += any(
                    asked.result == "valid" and asked.agreement_id == last.id for asked in one.confirmations
                )
        if one.result == "agreed":
            plan = one.agreements[-1].performances
            if FIRST <= max(row.due_on for row in plan) <= LAST:
                found["due"] += 1
                found["performed"] += all(row.done_on is not None for row in plan)
    return found


def agree(counts: Counts, by_hand: Counter[str]) -> None:
    assert {key: value for key, value in counts.items() if value} == {k: v for k, v in by_hand.items() if v}


def asked_for(mediators: Mediators) -> Asked:
    return Asked(FIRST, LAST, figures.of_place(mediators.justice, ""))


def test_three_hundred_mediations_are_counted_as_by_hand(session: Session, mediators: Mediators) -> None:
    made = generated(session, mediators, 300)
    asked = asked_for(mediators)
    lines = figures.by_type(asked)
    assert len(lines) == 18
    for line in lines:
        agree(line.counts, recounted([one for one in made if one.dispute_type == line.value]))
    agree(figures.added([line.counts for line in lines]), recounted(made))
    for line in figures.by_committee(asked):
        agree(line.counts, recounted([one for one in made if str(one.unit_id) == line.value]))
    for line in figures.by_mediator(asked):
        agree(line.counts, recounted([one for one in made if str(one.handler_id or 0) == line.value]))
    # Behind each number there are exactly as many cases
    total = figures.added([line.counts for line in lines])
    for one in FIGURES:
        behind = session.scalars(figures.behind(asked, one.key, "type", "")).all()
        if not one.sums:
            assert len(behind) == total[one.key], one.key
    for by in figures.BY:
        for line in figures.BY[by][1](asked):
            behind = session.scalars(figures.behind(asked, "agreed", by, line.value)).all()
            assert len(behind) == line.counts["agreed"], (by, line)
    assert total["received"] > 80
    assert total["confirmed"] > 5
    assert total["due"] > total["performed"] > 5


def test_the_course_of_a_mediation_moves_its_figures(mediators: Mediators) -> None:
    today = clock.today()
    asked = Asked(today - timedelta(days=50), today, figures.of_place(mediators.chair, ""))

    def now() -> Counts:
        return figures.added([line.counts for line in figures.by_type(asked)])

    opened(mediators.mediator)
    assert (now()["received"], now()["application"], now()["accepted"]) == (1, 1, 0)
    assert (now()["amount"], now()["headcount"]) == (120000, 2)
    mediation = agreed(mediators, today - timedelta(days=45))
    assert (now()["received"], now()["accepted"], now()["agreed"], now()["written"]) == (2, 1, 1, 1)
    assert (now()["due"], now()["performed"]) == (1, 0)
    pay(mediation, mediators.mediator)
    assert now()["performed"] == 0
    pay(mediation, mediators.mediator)
    assert now()["performed"] == 1
    broken = begun(mediators)
    do(broken, "fail", mediators.mediator, failure_ground="no_prospect", ways_told=["court"], note="分歧过大")
    assert now()["failed"] == 1
    assert figures.rate(now(), "success") == 50.0
    assert figures.rate(now(), "performance") == 100.0
    assert figures.rate(figures.NOTHING, "confirmation") is None


# --- for whom --------------------------------------------------------------------------------------------------------


def test_everybody_counts_what_is_theirs(session: Session, mediators: Mediators) -> None:
    world = mediators.world
    far = make_unit(session, "开发区人民调解委员会", UnitKind.COMMITTEE, world.other_bureau)
    session.add(Committee(unit_id=far.id, kind="professional", word="开"))
    stranger = make_user(session, far, Role.COMMITTEE_CHAIR)
    opened(mediators.mediator)

    def counted(person: Any) -> int:
        asked = Asked(clock.today(), clock.today(), figures.of_place(person, ""))
        return figures.added([line.counts for line in figures.by_type(asked)])["received"]

    assert [counted(one) for one in (mediators.mediator, mediators.chair, mediators.justice, world.officer)] == [1] * 4
    assert [counted(one) for one in (stranger, world.other_officer)] == [0, 0]
    assert [one.name for one in figures.places(mediators.chair)] == []
    assert {one.name for one in figures.places(mediators.justice)} == {"青禾县", "河湾镇", "柳林村人民调解委员会"}
    assert figures.of_place(mediators.justice, str(far.id)) == figures.of_place(mediators.justice, "")
    assert far.id not in figures.of_place(mediators.justice, "")
    assert set(figures.of_place(mediators.justice, str(mediators.unit.id))) == {mediators.unit.id}


def test_a_committee_that_merged_bears_the_name_of_the_last_day(session: Session, mediators: Mediators) -> None:
    opened(mediators.mediator, date(2026, 4, 1))
    old, heir = mediators.unit, make_unit(session, "河湾镇联合调委会", UnitKind.COMMITTEE, mediators.world.township)
    session.add(Committee(unit_id=heir.id, kind="township", word="联"))
    old.valid_to = date(2026, 5, 31)
    succession.record(SuccessionKind.MERGE, old, heir, "青政发〔2026〕1号", None, old.name)
    session.flush()
    for case in session.scalars(select(Case).where(Case.unit_id == old.id)):
        case.unit_id = case.office_id = heir.id
    session.flush()

    def names(last: date) -> list[str]:
        return [one.label for one in figures.by_committee(Asked(FIRST, last, figures.of_place(mediators.justice, "")))]

    assert names(date(2026, 5, 1)) == ["柳林村人民调解委员会"]
    assert names(LAST) == ["河湾镇联合调委会"]


def test_a_renamed_committee_bears_the_name_of_the_last_day(session: Session, mediators: Mediators) -> None:
    opened(mediators.mediator, date(2026, 4, 1))
    succession.record(SuccessionKind.RENAME, mediators.unit, mediators.unit, "", None, mediators.unit.name)
    mediators.unit.name = "柳林社区人民调解委员会"
    session.flush()
    asked = Asked(FIRST, LAST, figures.of_place(mediators.justice, ""))
    assert [one.label for one in figures.by_committee(asked)] == ["柳林村人民调解委员会"]


# --- pages and files -------------------------------------------------------------------------------------------------


def test_the_page_counts_and_leads_to_the_cases_for_whoever_may_see_them(
    app: Application, session: Session, mediators: Mediators
) -> None:
    mediation = agreed(mediators)
    session.commit()
    chair = Browser(app, mediators.chair)
    page = chair.get("/mediation-figures")
    assert page.status_code == 200
    assert "婚姻家庭纠纷" in page.text
    assert "怎样统计" in page.text
    for party in mediation.parties:
        assert party.name not in page.text
    found = chair.get("/mediation-figures/cases?key=agreed&by=type&value=neighbour").text
    assert "成功 · 邻里纠纷" in found
    assert f'/cases/{mediation.id}"' in found
    summary = Browser(app, mediators.justice).get("/mediation-figures/cases?key=agreed").text
    assert f"/cases/{mediation.id}/summary" in summary
    second = Browser(app, mediators.second).get("/mediation-figures/cases?key=agreed").text
    assert mediation.number not in second
    assert "共1件" in second
    assert "不在你可以打开的范围内" in second
    for text in (found, summary, second):
        assert "田小禾" not in text
        assert "麦有根" not in text
    assert Browser(app, mediators.world.clerk).get("/mediation-figures").status_code == 403


def test_the_mediators_are_compared_by_their_committee_and_its_justice_office_only(
    app: Application, session: Session, mediators: Mediators
) -> None:
    agreed(mediators)
    session.commit()
    for person in (mediators.chair, mediators.justice):
        assert "卢调解" in Browser(app, person).get("/mediation-figures?by=mediator").text
    for person in (mediators.second, mediators.world.officer):
        browser = Browser(app, person)
        assert browser.get("/mediation-figures?by=mediator").status_code == 404
        assert browser.get("/mediation-figures/file?by=mediator").status_code == 404
        assert "卢调解" not in browser.get("/mediation-figures?by=committee").text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("?first=昨天", 422), ("?first=2026-05-01&last=2026-04-01", 422), ("?by=nobody", 404), ("?place=999999", 200),
        ("/cases?key=nothing", 302), ("/cases?key=agreed&first=x", 302), ("/cases?key=agreed&by=committee&value=x", 200),
        ("/cases?key=agreed&by=committee&value=99999999999999", 200), ("/file?form=pdf", 404),
    ],
)  # fmt: skip
def test_a_strange_address_is_answered_with_a_sentence(
    app: Application, session: Session, mediators: Mediators, address: str, status: int
) -> None:
    session.commit()
    assert Browser(app, mediators.chair).get(f"/mediation-figures{address}").status_code == status


def test_the_page_asks_few_queries_however_many_there_are(
    app: Application, session: Session, mediators: Mediators
) -> None:
    generated(session, mediators, 60)
    session.commit()
    browser, sent = Browser(app, mediators.justice), list[str]()

    def noted(*told: Any) -> None:
        sent.append(told[2])

    listening.listen(app.database.engine, "before_cursor_execute", noted)
    try:
        for by in figures.BY:
            sent.clear()
            assert browser.get(f"/mediation-figures?by={by}&first=2026-01-01&last=2026-12-31").status_code == 200
            asked = [one for one in sent if one.lstrip().upper().startswith(("SELECT", "WITH"))]
            assert 0 < len(asked) <= 15, (by, len(asked))
    finally:
        listening.remove(app.database.engine, "before_cursor_execute", noted)


def test_the_files_hold_the_numbers_of_the_page_and_no_formula(
    app: Application, session: Session, mediators: Mediators
) -> None:
    agreed(mediators)
    mediators.unit.name = "=cmd()人民调解委员会"
    session.commit()
    browser = Browser(app, mediators.justice)
    made = browser.get("/mediation-figures/file?form=xlsx&by=committee")
    with load_workbook(BytesIO(made.data)) as book:
        rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][:3] == ["调委会", "收到", "依申请"]
    assert rows[1][:3] == ["=cmd()人民调解委员会", 1.0, 1.0]
    assert rows[1][rows[0].index("涉及金额（元）")] == 1200.0
    assert rows[2][0] == "合计"
    assert b"<f>" not in made.data
    table = browser.get("/mediation-figures/file?form=csv&by=committee").data.decode("utf-8-sig")
    lines = list(csv.reader(StringIO(table)))
    assert lines[1][:3] == ["'=cmd()人民调解委员会", "1", "1"]
    assert any("保密件不计入" in line[0] for line in lines if line)
    assert figures_views.as_rows("纠纷类型", [])[1][0] == "合计"
