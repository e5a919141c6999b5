"""P2: what was anonymised is nowhere any more; everything that is counted stays."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select, text

from petitions import clock, disposing
from petitions.access.audit import AuditEntry
from petitions.cases.disposal import Disposal, DisposalCase
from petitions.cases.models import Attachment, Case, Document, Event, Service
from petitions.cases.perform import perform
from petitions.cases.search import CaseSearch, cases_with
from petitions.db import Database
from petitions.intake.models import ImportBatch
from petitions.matters.models import Claim, Matter, Petition, Petitioner
from petitions.privacy import disposals
from petitions.words import NotPermitted, Refused
from tests.factories import new_petition
from tests.privacy.canaries import NAME, PERSONAL, PHONE, PHRASE, left, plant, upload
from tests.privacy.conftest import Office

YEARS = timedelta(days=366 * 32)
"""Past the longest of our terms."""


def _listed(office: Office) -> int:
    """Everything that is due, asked by the officer and approved by the head; the number of the list."""
    with office.work() as (_, world):
        listed = disposals.ask(world.officer, {})
        disposals.decide(listed, world.office_head, approved=True)
        return listed.id


def _figures(database: Database) -> dict[str, Any]:
    """What reports count."""
    with database.work(write=False) as session:
        matters = select(
            Matter.number, Matter.class_code, Matter.place, Matter.nature, Matter.purpose, Matter.outcome,
            Matter.received_on, Matter.closed_on, Matter.urgency, Matter.office_id, Matter.unit_id,
        )  # fmt: skip
        petitions = select(Petition.number, Petition.channel, Petition.received_on, Petition.headcount, Petition.signed)
        acts = select(Event.case_id, Event.action, Event.at).where(Event.action != "dispose")
        papers = select(Document.kind, Document.number, Document.issued_on)
        served = select(Service.method, Service.served_on)
        claims = select(Claim.route, Claim.outcome)
        return {
            name: session.execute(query.order_by(*query.selected_columns)).all()
            for name, query in {
                "matters": matters, "petitions": petitions, "acts": acts, "papers": papers, "served": served,
                "claims": claims, "people": select(Petitioner.part),
            }.items()
        }  # fmt: skip


def test_what_was_anonymised_is_nowhere_and_the_figures_are_the_same(office: Office) -> None:
    database, settings = office.database, office.settings
    with office.work() as (_, world):
        matter = plant(world, settings)
        number, case_id = matter.number, matter.id
    assert {word for word in (*PERSONAL, *PHRASE) for place in left(database, settings) if word in place}
    before = _figures(database)
    with time_machine.travel(clock.now() + YEARS, tick=True):
        listed = _listed(office)
        done = disposing.run(database, settings)
    assert (done.cases, done.kept, done.clean) == (1, 0, True)
    assert done.drafts == 1
    assert done.files == 2
    assert left(database, settings) == []
    assert _figures(database) == before
    with database.work(write=False) as session:
        kept = session.get_one(Case, case_id)
        assert (kept.number, kept.state, kept.title) == (number, "anonymised", "已匿名化")
        assert session.scalars(select(Case.state).where(Case.id != case_id)).all() == ["anonymised"], "its repeat"
        assert session.scalar(select(func.count()).select_from(Attachment)) == 0
        assert session.get_one(Disposal, listed).state == "done"
        assert session.scalars(select(ImportBatch.imported)).one() == 1
        acts = session.scalars(
            select(AuditEntry.act).where(AuditEntry.case_id == case_id).order_by(AuditEntry.id)
        ).all()
        assert acts[-1] == "matter:dispose"


def test_a_word_of_two_rare_characters_is_not_even_in_the_index(office: Office) -> None:
    database, settings = office.database, office.settings
    with office.work() as (_, world):
        plant(world, settings)
    with time_machine.travel(clock.now() + YEARS, tick=True):
        _listed(office)
        disposing.run(database, settings)
    with database.work(write=False) as session:
        assert session.scalars(cases_with("𠮷㐂")).all() == []
        if database.is_sqlite:
            session.execute(text("INSERT INTO case_search_fts(case_search_fts) VALUES ('integrity-check')"))
        assert "已匿名化" in session.scalars(select(CaseSearch.words).where(CaseSearch.part == "case")).all()


def test_a_file_that_another_case_has_too_stays_on_the_disk(office: Office) -> None:
    database, settings = office.database, office.settings
    with office.work() as (_, world):
        matter = plant(world, settings)
        files = [{**vars(row)} for row in matter.attachments]
        same = {name: files[0][name] for name in ("sha256", "size", "media_type")}
        other = new_petition(world, name="李四方", phone="").matter
        perform(other, "attach", {"files": [{**same, "name": "共同的附件.txt"}]}, world.clerk)
        digest = str(same["sha256"])
    with time_machine.travel(clock.now() + YEARS, tick=True):
        _listed(office)
        disposing.run(database, settings)
    assert (settings.files_dir / digest[:2] / digest).exists()
    with database.work(write=False) as session:
        assert session.scalars(select(Attachment.name)).all() == ["共同的附件.txt"]


def test_what_is_held_is_kept_whole_with_its_repeats(office: Office) -> None:
    database, settings = office.database, office.settings
    with office.work() as (session, world):
        matter = plant(world, settings)
        repeat = session.scalars(select(Matter).where(Matter.joined_to_id == matter.id)).one()
        case_id, repeat_id = matter.id, repeat.id
    with time_machine.travel(clock.now() + YEARS, tick=True):
        _listed(office)
        with office.work() as (session, world):
            perform(session.get_one(Case, repeat_id), "hold", {"reason": "行政诉讼未结"}, world.officer)
        done = disposing.run(database, settings)
        assert (done.cases, done.kept) == (0, 1)
        assert any(NAME in place for place in left(database, settings))
        with office.work() as (session, world):
            row = session.scalars(select(DisposalCase)).one()
            assert "留存" in row.reason
            assert disposals.due_now(world.officer, {}), "still due, through the repeat only it is held"
            perform(session.get_one(Case, repeat_id), "lift_hold", {"reason": "已结案"}, world.officer)
            assert [one.id for one in disposals.due_now(world.officer, {})] == [case_id]
            perform(session.get_one(Case, case_id), "hold", {"reason": "巡视调阅"}, world.officer)
            assert disposals.due_now(world.officer, {}) == []


def test_a_list_is_never_approved_by_its_asker_and_never_by_who_does_not_see_all_of_it(office: Office) -> None:
    with office.work() as (_, world):
        plant(world, office.settings)
    with time_machine.travel(clock.now() + YEARS, tick=True), office.work() as (session, world):
        listed = disposals.ask(world.office_head, {})
        with pytest.raises(Refused, match="提出的人不能批准"):
            disposals.decide(listed, world.office_head, approved=True)
        with pytest.raises(NotPermitted):
            disposals.decide(listed, world.officer, approved=True)
        session.scalars(select(Matter)).first().sealed = True  # type: ignore[union-attr]
        session.flush()
        other = disposals.Disposal(
            office_id=world.office.id, asked_by_id=world.officer.id, asked_at=clock.now(),
            cases=[DisposalCase(case_id=row.case_id) for row in listed.cases],
        )  # fmt: skip
        session.add(other)
        session.flush()
        with pytest.raises(Refused, match="你不能查看的件"):
            disposals.decide(other, world.office_head, approved=True)


def test_nothing_is_disposed_of_that_stands_on_no_approved_list(office: Office) -> None:
    database, settings = office.database, office.settings
    with office.work() as (_, world):
        matter = plant(world, settings)
        with pytest.raises(Refused, match="处置清单"):
            perform(matter, "dispose", {}, world.office_head)
        disposals.ask_for(world.officer, "47-1", [matter])
        with pytest.raises(Refused, match="处置清单"):
            perform(matter, "dispose", {}, world.office_head)
    assert disposing.run(database, settings).cases == 0
    assert any(PHONE in place for place in left(database, settings))


def test_nothing_more_is_done_on_what_was_anonymised(office: Office) -> None:
    database, settings = office.database, office.settings
    with office.work() as (_, world):
        matter = plant(world, settings)
        listed = disposals.ask_for(world.officer, "47-1", [matter])
        disposals.decide(listed, world.office_head, approved=True)
    disposing.run(database, settings)
    with office.work() as (session, world):
        gone = session.get_one(Matter, matter.id)
        with pytest.raises(Refused):
            perform(gone, "attach", {"files": []}, world.officer)
        with pytest.raises(Refused):
            perform(gone, "new_facts", {"title": "又", "new_facts": "新事实"}, world.officer)
        assert not disposals.due_now(world.officer, {})


def test_a_run_that_was_cut_off_goes_on_where_it_stopped(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    database, settings = office.database, office.settings
    with office.work() as (_, world):
        first, second = plant(world, settings), new_petition(world, name=NAME).matter
        perform(second, "withdraw", {"reason": "不再反映", "free_will": True}, world.officer)
        paper = next(one for one in second.documents if one.kind == "withdrawal")
        slip = {"paper": paper.id, "method": "direct", "receiver": NAME, "served_on": clock.today().isoformat()}
        perform(second, "serve_notice", slip, world.officer)
        perform(second, "archive", {}, world.officer)
        listed = disposals.ask_for(world.officer, "47-1", [first, second])
        disposals.decide(listed, world.office_head, approved=True)
    monkeypatch.setattr(disposals, "CHUNK", 1)

    def cut(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        disposals.work_off(database, cut)
    with database.work(write=False) as session:
        assert sorted(session.scalars(select(DisposalCase.result))) == ["", "done"]
    assert disposing.run(database, settings).cases == 1
    with database.work(write=False) as session:
        assert session.scalars(select(Disposal.state)).one() == "done"


def test_unfinished_uploads_lie_in_the_store_no_longer_than_an_hour(office: Office) -> None:
    database, settings = office.database, office.settings
    kept = disposing.Store(settings.files_dir).keep([upload(f"{NAME}.txt", NAME)], 1 << 20)
    assert kept
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=True):
        assert disposing.run(database, settings).files == 1
    assert left(database, settings, (NAME,)) == []
