"""第30条 in the import: nobody finds out by bringing in a ledger who has accused whom, and its rows are its bringer's."""

from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.access.roles import Role
from petitions.cases.perform import perform
from petitions.intake.ledger import undo, worker
from petitions.intake.models import ImportBatch
from petitions.matters.models import Matter
from petitions.web.responses import Application
from petitions.words import Refused
from tests.factories import World, make_user, new_petition
from tests.intake.ledger.ledgers import HEAD, Desk, counts, csv_of, foreseen, petition
from tests.pages import Browse

TEXT = "反映某站站长收钱不办事，有收据和录音，请求查处。"


def row(number: str, name: str, phone: str, text: str, day: str = "2024-03-05") -> tuple[str, ...]:
    return (number, name, phone, day, "来信", "反映问题", text, "", "")


@pytest.fixture
def accusation(world: World, session: Session) -> Matter:
    """What somebody accused at the counter, with the number of an upper office."""
    found = new_petition(
        world, purpose="accusation", name="甯知微", phone="19900007777", text=TEXT, received_on="2024-03-01",
        original_number="市-1",
    ).matter  # fmt: skip
    session.commit()
    return found


@pytest.mark.parametrize("purpose", ["", "检举控告"])
def test_a_name_and_a_likely_text_find_out_nothing(
    desk: Desk, accusation: Matter, session: Session, purpose: str
) -> None:
    probe = (*row("JH-1", "甯知微", "19900007777", TEXT), purpose)
    batch = desk.take_in(csv_of([probe], (*HEAD, "信访目的")))
    checked = desk.check(batch)
    assert foreseen(checked) == (1, 0, 0, 0)
    assert checked.found["suspected"] == 0
    assert counts(desk.run(batch)) == (1, 0, 0, 0)
    assert petition("JH-1").matter_id != accusation.id


def test_the_desk_itself_joins_what_it_may_see(desk: Desk, world: World, accusation: Matter, session: Session) -> None:
    world.restricted.roles |= {Role.PETITION_OFFICER}
    session.commit()
    own = Desk(desk.database, desk.folder, world.restricted)
    probe = (*row("JH-1", "甯知微", "19900007777", TEXT), "检举控告")
    assert counts(own.bring_in(csv_of([probe], (*HEAD, "信访目的")))) == (0, 1, 0, 0)
    assert petition("JH-1").matter_id == accusation.id


def test_its_number_elsewhere_is_kept_as_a_note_that_names_nothing(
    desk: Desk, accusation: Matter, session: Session
) -> None:
    assert counts(desk.bring_in(csv_of([row("市-1", "别人", "19900008888", "村口路灯坏了三个月，请求修好。")]))) == (
        1,
        0,
        0,
        0,
    )
    brought = session.scalars(select(Matter).where(Matter.id != accusation.id)).one().first
    assert brought.original_number == ""
    assert brought.particulars["ledger_notes"] == "原编号：市-1（已登记过）"


def test_a_file_of_accusations_brought_in_twice_is_there_once(desk: Desk, session: Session) -> None:
    rows = [(*row("JH-1", "甯知微", "19900007777", TEXT), "检举控告")]
    content = csv_of(rows, (*HEAD, "信访目的"))
    assert counts(desk.bring_in(content)) == (1, 0, 0, 0)
    assert counts(desk.bring_in(content)) == (0, 0, 1, 0)


def test_what_stands_against_undoing_is_not_named_where_it_is_an_accusation(
    desk: Desk, world: World, session: Session
) -> None:
    rows = [
        (*row("JH-1", "甯知微", "19900007777", TEXT), "检举控告"),
        (*row("JH-2", "乙", "", "路灯坏了，请求修好。"), ""),
    ]
    batch = desk.bring_in(csv_of(rows, (*HEAD, "信访目的")))
    for number in ("JH-1", "JH-2"):
        perform(petition(number).matter, "note", {"note": "已电话核对"}, world.restricted)
    session.commit()
    stored = session.get_one(ImportBatch, batch.id)
    with pytest.raises(Refused) as refused:
        undo.undo(stored, world.officer)
    assert petition("JH-2").number in str(refused.value)
    assert petition("JH-1").number not in str(refused.value)
    assert "已有2件" in str(refused.value)


def test_undoing_takes_the_list_of_an_accusation_along(desk: Desk, world: World, session: Session) -> None:
    batch = desk.bring_in(csv_of([(*row("JH-1", "甯知微", "", TEXT), "检举控告")], (*HEAD, "信访目的")))
    assert undo.undo(session.get_one(ImportBatch, batch.id), world.officer) == 1
    session.commit()
    assert session.scalars(select(Matter)).all() == []


def test_the_rows_of_a_spreadsheet_are_shown_to_who_brought_it(
    app: Application, browser_of: Browse, world: World, session: Session
) -> None:
    app.config[worker.STARTER] = worker.at_once
    colleague = make_user(session, world.office, Role.PETITION_OFFICER)
    content = csv_of([(*row("JH-1", "甯知微", "", TEXT), "检举控告")], (*HEAD, "信访目的"))
    mine, theirs = browser_of(world.officer), browser_of(colleague)
    sent = mine.post("/ledger", {"file": (BytesIO(content), "台账.csv")}, content_type="multipart/form-data")
    sheet = sent.headers["Location"]
    assert "甯知微" in mine.get(sheet).get_data(as_text=True)
    for url in (sheet, sheet.replace("sheet", "columns"), sheet.replace("sheet", "problems.csv")):
        answer = theirs.get(url)
        assert answer.status_code == 403
        assert "甯知微" not in answer.get_data(as_text=True)
