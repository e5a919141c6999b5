"""Checking writes nothing, running brings every row in or says why not, and undoing leaves nothing behind."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.audit import AuditEntry
from petitions.access.roles import Role
from petitions.cases.perform import perform
from petitions.cases.search import cases_with
from petitions.db import Base
from petitions.documents.models import Counter
from petitions.intake.ledger import lease, run, undo
from petitions.intake.ledger.run import CHUNK
from petitions.intake.models import ImportBatch, ImportRow
from petitions.matters.models import Matter, Petition
from petitions.words import NotPermitted, Refused
from tests.factories import World, make_user, new_petition
from tests.intake.ledger.ledgers import HEAD, ROWS, Desk, counts, csv_of, foreseen, petition

WRONG = (
    ("JH-4", "田小禾", "1990000100", "2024-03-05", "来信", "少一位的手机号", "请求修路。", "", ""),
    ("JH-5", "田小禾", "", "2024年13月5日", "来信", "没有这一天", "请求修路。", "", ""),
    ("JH-6", "田小禾", "", "2024-03-05", "托梦", "没有这种形式", "请求修路。", "", ""),
    ("JH-7", "田小禾", "", "2024-03-05", "来信", "答复早于来件", "请求修路。", "已修。", "2024-03-01"),
)


def many(count: int) -> list[Sequence[str]]:
    """Rows of as many different people, every other one answered."""
    return [
        (f"N-{n}", f"田小禾{n}", f"199{n:08d}", "2024-03-05", "来信", f"第{n}件", f"第{n}件事：请求修路。",
         *(("已修。", "2024-04-05") if n % 2 else ("", "")))
        for n in range(count)
    ]  # fmt: skip


def everything(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables that an import might touch; the audit says that it did, and that it was undone."""
    session.expire_all()
    kept = [table for table in Base.metadata.sorted_tables if not table.name.startswith(("import_", "audit"))]
    return {
        table.name: [tuple(map(str, row)) for row in session.execute(select(table).order_by(*table.primary_key))]
        for table in kept
    }


def test_a_check_writes_nothing_but_its_own_figures(desk: Desk, session: Session) -> None:
    batch = desk.take_in(csv_of([*ROWS, *WRONG]))
    before = everything(session)
    checked = desk.check(batch)
    assert (checked.state, checked.total, foreseen(checked)) == ("checked", 7, (3, 0, 0, 4))
    assert (checked.found["answered"], checked.found["late"]) == (2, 1)
    assert everything(session) == before


def test_a_check_names_rows_that_may_be_accusations_and_seals_none(desk: Desk, session: Session) -> None:
    accusing = ("JH-8", "田大禾", "", "2024-03-05", "来信", "举报", "举报村干部贪污。", "", "")
    batch = desk.take_in(csv_of([*ROWS, accusing]))
    checked = desk.check(batch)
    assert (checked.found["accusing"], checked.found["accusing_rows"]) == (1, [5])
    assert checked.found["sealed"] == 0
    desk.run(batch)
    assert not petition("JH-8").matter.sealed


def test_every_error_names_its_row_and_column(desk: Desk, session: Session) -> None:
    batch = desk.take_in(csv_of([*ROWS, *WRONG]))
    desk.check(batch)
    said = [
        "第5行“电话”：手机号应为11位数字；座机请带区号，如0371-1234567",
        "第6行“来件日期”：看不懂这个日期“2024年13月5日”，请写成2026-03-05",
        "第7行“信访形式”：不认识的信访形式“托梦”，请写来信、来访、来电、网上信访、领导信箱、上级转送、领导批示、视频接访或者下访约访",
        "第8行“答复时间”：答复时间（2024-03-01）早于来件日期（2024-03-05），请核对",
    ]
    assert [sentence.split("：")[0] for sentence in desk.reasons(batch)] == [s.split("：")[0] for s in said]
    assert desk.reasons(batch)[2:] == said[2:]
    assert counts(desk.run(batch)) == (3, 0, 0, 4)
    assert desk.reasons(batch)[2:] == said[2:]


def test_what_the_door_refuses_is_a_row_with_a_reason_and_the_others_come_in(desk: Desk, session: Session) -> None:
    # The reading half does not know how long a class or a place may be; the door does.
    strange = (*ROWS[1], "村" * 300)
    batch = desk.bring_in(csv_of([(*ROWS[0], "河湾镇"), strange], (*HEAD, "问题属地")))
    assert counts(batch) == (1, 0, 0, 1)
    [reason] = desk.reasons(batch.id)
    assert reason.startswith("第3行“问题属地”：")


def test_more_rows_than_a_chunk_come_in_each_once(desk: Desk, session: Session) -> None:
    told: list[tuple[int, int]] = []
    batch = desk.take_in(csv_of(many(2 * CHUNK + 5)))
    run.run(desk.database, batch, desk.folder, lambda done, total: told.append((done, total)))
    assert counts(desk.batch(batch)) == (405, 0, 0, 0)
    assert told == [(200, 405), (400, 405), (405, 405)]
    numbers = list(session.scalars(select(Petition.number).order_by(Petition.number)))
    assert numbers == [f"XF2024-{n:06d}" for n in range(1, 406)]
    states = session.execute(select(Matter.state, func.count()).group_by(Matter.state).order_by(Matter.state))
    assert [tuple(row) for row in states] == [("concluded", 202), ("registered", 203)]
    found = session.scalars(select(Matter.number).where(Matter.id.in_(cases_with("第404件事"))))
    assert list(found) == ["XF2024-000405"]


class Killed(BaseException):
    """The process ends here."""


def test_a_run_that_broke_off_goes_on_where_it_was(desk: Desk, session: Session) -> None:
    batch = desk.take_in(csv_of(many(2 * CHUNK + 5)))

    def kill(done: int, total: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        run.run(desk.database, batch, desk.folder, kill)
    broken = desk.batch(batch)
    assert (broken.state, counts(broken), broken.next_row) == ("running", (200, 0, 0, 0), 202)
    with pytest.raises(Refused, match="正在处理，或者刚刚中断"):
        desk.run(batch)
    with time_machine.travel(clock.now() + timedelta(seconds=lease.SECONDS + 1), tick=True):
        done = desk.run(batch)
    assert (done.state, counts(done)) == ("done", (405, 0, 0, 0))
    assert session.scalar(select(func.count()).select_from(Petition)) == 405
    rows = session.execute(select(ImportRow.row, func.count()).group_by(ImportRow.row))
    assert sorted(tuple(row) for row in rows) == [(row, 1) for row in range(2, 407)]


def test_a_fault_in_the_middle_leaves_whole_chunks_and_a_sentence(desk: Desk, session: Session) -> None:
    batch = desk.take_in(csv_of(many(CHUNK + 5)))

    def fail(done: int, total: int) -> None:
        raise ValueError("no room")

    with pytest.raises(ValueError, match="no room"):
        run.run(desk.database, batch, desk.folder, fail)
    stopped = desk.batch(batch)
    assert stopped.stopped == "系统出了问题，处理中断。已导入的行都在，可以继续"
    assert counts(desk.run(batch)) == (205, 0, 0, 0)
    assert desk.batch(batch).stopped == ""


def test_whoever_was_overtaken_writes_nothing_more(desk: Desk, session: Session) -> None:
    batch = desk.take_in(csv_of(many(2 * CHUNK)))

    def overtaken(done: int, total: int) -> None:
        if done == CHUNK:
            with time_machine.travel(clock.now() + timedelta(seconds=lease.SECONDS + 1), tick=True):
                desk.run(batch)

    with pytest.raises(lease.Lost):
        run.run(desk.database, batch, desk.folder, overtaken)
    done = desk.batch(batch)
    assert (done.state, counts(done), done.stopped) == ("done", (400, 0, 0, 0), "")
    assert session.scalar(select(func.count()).select_from(Petition)) == 400


def test_a_done_batch_is_not_run_again(desk: Desk, session: Session) -> None:
    batch = desk.bring_in(csv_of(ROWS))
    with pytest.raises(Refused, match="已不在这一步"):
        desk.run(batch.id)


def test_a_missing_file_stops_with_a_sentence_and_can_be_taken_up(desk: Desk, session: Session) -> None:
    content = csv_of(ROWS)
    batch = desk.take_in(content)
    [kept] = list(desk.folder.iterdir())
    kept.unlink()
    with pytest.raises(Refused, match="已不在服务器上"):
        desk.run(batch)
    assert desk.batch(batch).stopped == "上传的表格已不在服务器上。请重新上传同一个文件"
    desk.take_in(content)
    assert counts(desk.run(batch)) == (3, 0, 0, 0)


def test_a_person_who_may_no_longer_import_stops_the_run(desk: Desk, world: World, session: Session) -> None:
    batch = desk.take_in(csv_of(ROWS))
    world.officer.roles = frozenset((Role.AUDITOR,))
    session.commit()
    with pytest.raises(NotPermitted, match="没有导入台账的权限"):
        desk.run(batch)
    assert session.scalar(select(func.count()).select_from(Petition)) == 0


def test_the_head_of_the_office_imports_too(desk: Desk, world: World, session: Session) -> None:
    desk.person = world.office_head
    assert counts(desk.bring_in(csv_of(ROWS))) == (3, 0, 0, 0)


def test_a_unit_that_is_no_office_does_not_import(desk: Desk, world: World, session: Session) -> None:
    desk.person = make_user(session, world.bureau, Role.PETITION_OFFICER)
    session.commit()
    with pytest.raises(Refused, match="台账由信访部门导入"):
        desk.take_in(csv_of(ROWS))


def test_undoing_leaves_the_database_as_it_was(desk: Desk, world: World, session: Session) -> None:
    mine = new_petition(
        world, text="请求修好村口的路灯，晚上走路不安全。", received_on="2024-03-01", name="河小湾"
    ).matter
    session.commit()
    before = everything(session)
    repeat = ("JH-8", "河小湾", "", "2024-03-09", "来信", "", "请求修好村口的路灯，晚上走路不安全。", "", "")
    batch = desk.bring_in(csv_of([*ROWS, repeat, *WRONG]))
    assert counts(batch) == (3, 1, 0, 4)
    session.expire_all()
    assert len(mine.petitions) == 2
    stored = session.get_one(ImportBatch, batch.id)
    assert undo.undo(stored, world.officer) == 4
    session.commit()
    after = everything(session)
    # The series of 2024 were begun and given back to the last number.
    after["counters"] = [row for row in after["counters"] if row in before["counters"] or row[-1] != "0"]
    # A case that was joined and left again has been written twice.
    assert [row[:-1] for row in after.pop("cases")] == [row[:-1] for row in before.pop("cases")]
    assert after == before
    assert (stored.state, stored.undone_by) == ("undone", world.officer)
    told = session.scalars(select(AuditEntry).where(AuditEntry.act.startswith("ledger:")).order_by(AuditEntry.id)).all()
    assert [(line.act, line.actor_id) for line in told] == [
        ("ledger:run", world.officer.id), ("ledger:undo", world.officer.id),
    ]  # fmt: skip
    assert told[0].after == {"imported": 3, "joined": 1, "known": 0, "refused": 4}
    assert session.scalar(select(func.count()).where(ImportRow.batch_id == batch.id)) == 8


def test_numbers_are_given_again_after_undoing(desk: Desk, world: World, session: Session) -> None:
    batch = desk.bring_in(csv_of(ROWS))
    undo.undo(session.get_one(ImportBatch, batch.id), world.officer)
    session.commit()
    assert desk.bring_in(csv_of(ROWS)).imported == 3
    assert [petition(f"JH-{n}").number for n in (1, 2, 3)] == [f"XF2024-{n:06d}" for n in (1, 2, 3)]
    last = {(row.series, row.year): row.last for row in session.scalars(select(Counter))}
    assert last[("XF", 2024)] == 3


def test_signed_numbers_are_given_again_after_undoing(desk: Desk, world: World, session: Session) -> None:
    zone = replace(desk, person=make_user(session, world.other_office, Role.PETITION_OFFICER))
    session.commit()
    batch = zone.bring_in(csv_of(ROWS))
    assert petition("JH-3").number == "开XF2024-000003"
    undo.undo(session.get_one(ImportBatch, batch.id), zone.person)
    session.commit()
    assert zone.bring_in(csv_of(ROWS)).imported == 3
    assert petition("JH-3").number == "开XF2024-000003"


def test_numbers_in_the_middle_are_not_given_twice(desk: Desk, world: World, session: Session) -> None:
    batch = desk.bring_in(csv_of(ROWS[:2]))
    later = new_petition(world, received_on="2024-05-05", text="另外一件事。", phone="", name="禾小苗")
    session.commit()
    assert later.number == "XF2024-000003"
    undo.undo(session.get_one(ImportBatch, batch.id), world.officer)
    session.commit()
    assert desk.bring_in(csv_of(ROWS[2:])).imported == 1
    assert petition("JH-3").number == "XF2024-000004"


def _note(world: World, matter: Matter) -> None:
    perform(matter, "note", {"note": "电话联系过"}, world.officer)


def _joined_by_hand(world: World, matter: Matter) -> None:
    other = new_petition(world, text="另一件", phone="").matter
    perform(other, "join_as_repeat", {"matter": matter.number}, world.officer)


def _suspected(world: World, matter: Matter) -> None:
    other = new_petition(world, text="另一件", phone="").matter
    perform(other, "suspect", {"matter": matter.number}, world.officer)


@pytest.mark.parametrize("touch", [_note, _joined_by_hand, _suspected])
def test_what_somebody_worked_on_is_not_undone(
    desk: Desk, world: World, session: Session, touch: Callable[[World, Matter], None]
) -> None:
    batch = desk.bring_in(csv_of(ROWS))
    matter = petition("JH-2").matter
    touch(world, matter)
    session.commit()
    before = everything(session)
    with pytest.raises(Refused, match=f"已有1件开始办理，不能撤销：{matter.number}$"):
        undo.undo(session.get_one(ImportBatch, batch.id), world.officer)
    assert everything(session) == before


def test_a_later_import_that_joined_stands_in_the_way(desk: Desk, world: World, session: Session) -> None:
    first = desk.bring_in(csv_of(ROWS))
    repeat = ("", "河小湾", "", "2024-03-20", "来信", "路灯不亮", ROWS[1][6], "", "")
    second = desk.bring_in(csv_of([repeat]))
    assert counts(second) == (0, 1, 0, 0)
    with pytest.raises(Refused, match="已有1件开始办理"):
        undo.undo(session.get_one(ImportBatch, first.id), world.officer)
    undo.undo(session.get_one(ImportBatch, second.id), world.officer)
    assert undo.undo(session.get_one(ImportBatch, first.id), world.officer) == 3


def test_a_matter_of_others_that_went_on_after_a_row_had_joined_stands_in_the_way(
    desk: Desk, world: World, session: Session
) -> None:
    matter = new_petition(world, text=ROWS[1][6], received_on="2024-03-01", name="河小湾", phone="").matter
    session.commit()
    batch = desk.bring_in(csv_of([ROWS[1]]))
    assert counts(batch) == (0, 1, 0, 0)
    _note(world, matter)
    with pytest.raises(Refused, match="已有1件开始办理"):
        undo.undo(session.get_one(ImportBatch, batch.id), world.officer)


def test_a_batch_is_undone_once(desk: Desk, world: World, session: Session) -> None:
    batch = session.get_one(ImportBatch, desk.bring_in(csv_of(ROWS)).id)
    undo.undo(batch, world.officer)
    with pytest.raises(Refused, match="只有导入完的台账可以撤销"):
        undo.undo(batch, world.officer)


def test_a_chunk_reads_the_database_a_fixed_number_of_times(desk: Desk, session: Session) -> None:
    asked: list[int] = []
    for rows in (20, CHUNK):
        batch, reads = desk.take_in(csv_of(many(rows))), list[str]()

        def note(connection: object, cursor: object, statement: str, *rest: object, into: list[str] = reads) -> None:
            into += [statement] if statement.startswith("SELECT") else []

        event.listen(session.get_bind(), "before_cursor_execute", note)
        try:
            desk.run(batch)
        finally:
            event.remove(session.get_bind(), "before_cursor_execute", note)
        asked.append(len(reads))
    assert max(asked) < 40
    assert asked[1] - asked[0] <= 1, "ten times the rows, the same questions"


def test_the_folder_of_ledgers_keeps_a_file_once(desk: Desk, session: Session, tmp_path: Path) -> None:
    desk.take_in(csv_of(ROWS))
    desk.take_in(csv_of(ROWS), "另一个名字.csv")
    assert len(list(desk.folder.iterdir())) == 1
    assert session.scalar(text("SELECT count(*) FROM import_batches")) == 2
