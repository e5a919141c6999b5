"""A ledger of disputes that was brought in by mistake is taken back as a whole, as long as nobody has worked on its cases."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions import clock, db
from petitions.access.audit import AuditEntry
from petitions.cases.act_drafts import ActDraft
from petitions.cases.spreadsheets import writing
from petitions.cases.spreadsheets.sheets import open_book
from petitions.db import Base
from petitions.mediation import imports, ledger, ledger_import
from petitions.mediation.imports import DisputeImport
from petitions.mediation.models import Mediation
from petitions.web.responses import Application
from petitions.words import FieldErrors, Refused
from tests.mediations import LEDGER, LEDGER_OPTIONS, Mediators, brought, do, opened
from tests.pages import Browser

KEPT = {"audit", "counters", "dispute_imports", "code_entries"}
"""What stays: that it was, the numbers that are used, and the lists."""


def everything(session: Session) -> dict[str, list[Any]]:
    """Every row of every table but those that stay."""
    return {
        table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
        for table in Base.metadata.sorted_tables
        if table.name not in KEPT
    }


def test_undoing_leaves_nothing_but_the_batch_its_audit_and_the_numbers(session: Session, mediators: Mediators) -> None:
    mine = opened(mediators.mediator)
    session.commit()
    before = everything(session)
    batch, made = brought(mediators)
    assert (batch.imported, batch.first, batch.last) == (3, made[0].number, made[-1].number)
    assert imports.undo(batch, "选错了文件", mediators.second) == 3
    session.commit()
    assert everything(session) == before
    assert (batch.state, batch.reason, batch.undone_by) == ("undone", "选错了文件", mediators.second)
    line = session.scalars(select(AuditEntry).where(AuditEntry.act == "mediation:import_undo")).one()
    assert (line.actor_id, line.after, line.subject) == (
        mediators.second.id,
        {"cases": 3},
        f"dispute_imports {batch.id}",
    )
    assert mine.number in {one.number for one in session.scalars(select(Mediation))}


def test_its_numbers_are_never_given_again_and_the_file_can_be_brought_in_anew(mediators: Mediators) -> None:
    batch, made = brought(mediators)
    first = [one.number for one in made]
    imports.undo(batch, "选错了文件", mediators.mediator)
    again = [one.number for one in brought(mediators)[1]]
    assert len(again) == 3
    assert not {*first} & {*again}


def _note(mediators: Mediators, one: Mediation) -> str:
    do(one, "note", mediators.mediator, note="联系过")
    return f"{clock.today().isoformat()}已“备注”"


def _taken(mediators: Mediators, one: Mediation) -> str:
    one.taken_until = clock.now() + timedelta(minutes=5)
    return "有人正在办理"


def _drafted(mediators: Mediators, one: Mediation) -> str:
    db.session().add(
        ActDraft(user_id=mediators.mediator.id, case_id=one.id, action="note", data={}, saved_at=clock.now())
    )
    return "没有写完的内容"


@pytest.mark.parametrize("touch", [_note, _taken, _drafted])
def test_what_somebody_worked_on_stands_in_the_way_and_is_named(
    session: Session, mediators: Mediators, touch: Callable[[Mediators, Mediation], str]
) -> None:
    batch, made = brought(mediators)
    why = touch(mediators, made[1])
    session.commit()
    before = everything(session)
    (row,) = imports.obstacles(batch, mediators.mediator).rows
    assert row.number == made[1].number
    assert why in row.why
    nested = session.begin_nested()
    with pytest.raises(Refused, match="已有1件开始办理，不能撤销"):
        imports.undo(batch, "选错了文件", mediators.mediator)
    nested.rollback()
    assert everything(session) == before


def test_whoever_may_not_see_what_stands_in_the_way_is_told_how_many(session: Session, mediators: Mediators) -> None:
    batch, made = brought(mediators)
    one = made[0]
    for party in one.principals:
        data = {"party": str(party.id), "consent_way": "spoken", "agreed_on": clock.today().isoformat()}
        do(one, "record_consent", mediators.mediator, **data)
    do(one, "accept", mediators.mediator, elsewhere="none")
    mine = str(mediators.mediator.id)
    do(one, "appoint", mediators.chair, mediators=[mine], presider=mine, chosen_by="committee", kinship="none")
    session.commit()
    found = imports.obstacles(batch, mediators.second)
    assert (found.rows, found.count) == ([], 1)


def test_it_is_undone_once_and_with_a_reason(session: Session, mediators: Mediators) -> None:
    batch, _ = brought(mediators)
    session.commit()
    with pytest.raises(FieldErrors, match="撤销的理由"):
        imports.undo(batch, "  ", mediators.mediator)
    imports.undo(batch, "选错了文件", mediators.mediator)
    with pytest.raises(Refused, match="已经撤销"):
        imports.undo(batch, "选错了文件", mediators.mediator)


def test_an_import_is_undone_from_its_page(app: Application, session: Session, mediators: Mediators) -> None:
    batch, made = brought(mediators)
    session.commit()
    browser = Browser(app, mediators.mediator)
    assert f"/dispute-ledger/{batch.id}/undo" in browser.get("/dispute-ledger").text
    assert "这次登记的3件会全部移除" in browser.get(f"/dispute-ledger/{batch.id}/undo").text
    assert browser.post(f"/dispute-ledger/{batch.id}/undo", {"reason": ""}).status_code == 422
    do(made[0], "note", mediators.mediator, note="联系过")
    session.commit()
    page = browser.get(f"/dispute-ledger/{batch.id}/undo").text
    assert "不能撤销：已有1件开始办理" in page
    assert made[0].number in page
    assert browser.post(f"/dispute-ledger/{batch.id}/undo", {"reason": "选错了"}).status_code == 409
    session.expire_all()
    assert session.get_one(DisputeImport, batch.id).state == "done", "what was refused changes nothing"
    other, _ = _second(mediators)
    session.commit()
    assert browser.post(f"/dispute-ledger/{other.id}/undo", {"reason": "选错了文件"}).status_code == 302
    assert "选错了文件" in browser.get("/dispute-ledger").text
    assert "这次导入已经撤销" in browser.get(f"/dispute-ledger/{other.id}/undo").text
    assert Browser(app, mediators.world.clerk).get(f"/dispute-ledger/{batch.id}/undo").status_code == 403


def _second(mediators: Mediators) -> tuple[DisputeImport, int]:
    with open_book(
        writing.workbook({"台账": [LEDGER[0], ["9", "社区邻里纠纷", "院墙倒了。", "田小禾, 麦有根"]]})
    ) as book:
        table = ledger.read(book)
    lines = ledger.lines(table, ledger.guessed(table.heads), LEDGER_OPTIONS, mediators.mediator)
    made = ledger_import.bring_in(lines, "apply", mediators.mediator)
    batch = db.session().scalars(select(DisputeImport).order_by(DisputeImport.id.desc())).first()
    assert batch is not None
    return batch, len(made)


def test_another_committee_finds_no_such_import(session: Session, mediators: Mediators) -> None:
    batch, _ = brought(mediators)
    assert imports.find(batch.id, mediators.world.clerk) is None
    assert session.scalar(select(func.count()).select_from(DisputeImport)) == 1
