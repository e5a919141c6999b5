"""作废: a paper is taken back with a reason through the door, its number stays, and what is issued anew has a new one."""

import io
import json
import re
import zipfile

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.cases.finding import found as found_by
from petitions.cases.models import Document
from petitions.cases.paper_files import face_of, word_of
from petitions.cases.perform import open_to, perform
from petitions.documents import render
from petitions.handling.services import services
from petitions.matters.models import Matter
from petitions.words import FieldErrors, NotPermitted, Refused
from tests.documents.sheets import read
from tests.factories import World, matter_in, steps_to, take
from tests.matters.issuing import extended, paper, sealed, soon, supervised
from tests.pages import Browse


def void(world: World, matter: Matter, kind: str, person: str = "head") -> Document:
    found = paper(matter, kind)
    perform(matter, "void_paper", {"issued_paper": found.id, "reason": "文书内容有误"}, world.people[person])
    return found


def again(world: World, matter: Matter, old: Document, person: str = "head") -> Document:
    perform(matter, "reissue_paper", {"void_paper": old.id}, world.people[person])
    return paper(matter, old.kind)


def test_a_void_paper_stays_with_its_number_and_reason_and_the_next_has_a_number_of_its_own(world: World) -> None:
    matter = matter_in(world, "accepted")
    old = void(world, matter, "acceptance_notice")
    before = (old.number, old.text, old.issued_on)
    assert old.is_void
    assert old.void_event is not None
    assert old.void_event.data["reason"] == "文书内容有误"
    new = again(world, matter, old)
    assert (old.number, old.text, old.issued_on) == before
    assert (old.number, new.number) == ("青自然信受〔2026〕1号".replace("2026", str(old.issued_on.year)),
                                        "青自然信受〔2026〕2号".replace("2026", str(old.issued_on.year)))  # fmt: skip
    assert new.replaces_id == old.id
    assert new.text == old.text
    assert [one.kind for one in matter.papers].count("acceptance_notice") == 1


def test_a_paper_issued_anew_says_what_was_put_right_and_who_had_done_it(world: World) -> None:
    matter = matter_in(world, "accepted")
    perform(matter, "correct", {"name": "田小和", "reason": "姓名有误"}, world.officer)
    new = again(world, matter, void(world, matter, "acceptance_notice"))
    assert new.recipient == "田小和"
    assert new.signer_id == world.handler.id
    assert new.filled["signed_by"] == world.handler.name


def test_only_the_unit_that_issued_a_paper_takes_it_back(world: World) -> None:
    matter = matter_in(world, "accepted")
    for person, kind in (("head", "transfer_letter"), ("officer", "acceptance_notice")):
        with pytest.raises(FieldErrors):
            void(world, matter, kind, person)
    for person in ("handler", "clerk", "other_head", "administrator"):
        with pytest.raises(NotPermitted):
            void(world, matter, "acceptance_notice", person)
    assert not any(one.is_void for one in matter.documents)
    assert void(world, matter, "transfer_letter", "officer").is_void


def test_a_reason_is_asked_for(world: World) -> None:
    matter = matter_in(world, "accepted")
    with pytest.raises(FieldErrors) as refused:
        perform(matter, "void_paper", {"issued_paper": paper(matter, "acceptance_notice").id, "reason": ""}, world.head)
    assert list(refused.value.errors) == ["reason"]


def test_what_was_served_is_not_taken_back_and_nothing_is_twice(world: World) -> None:
    matter = matter_in(world, "served")
    with pytest.raises(FieldErrors):
        void(world, matter, "opinion")
    old = void(world, matter, "acceptance_notice")
    with pytest.raises(FieldErrors):
        void(world, matter, "acceptance_notice")
    again(world, matter, old)
    with pytest.raises((FieldErrors, Refused)):
        again(world, matter, old)


def test_an_opinion_that_was_taken_back_is_neither_served_nor_reported(world: World) -> None:
    matter = matter_in(world, "opinion_issued")
    old = void(world, matter, "opinion")
    served = {"method": "direct", "receiver": "田小禾", "served_on": soon(0)}
    with pytest.raises(Refused, match="已经作废，先重新出具"):
        perform(matter, "serve", served, world.handler)
    assert "serve" not in {row.name for row in open_to(world.handler, matter)}
    new = again(world, matter, old)
    perform(matter, "serve", served, world.handler)
    assert [len(one.services) for one in (old, new)] == [0, 1]
    assert new.number in paper(matter, "service_slip").text


def test_a_file_is_not_complete_while_a_void_paper_was_not_replaced(world: World) -> None:
    matter = matter_in(world, "not_accepted")
    void(world, matter, "refusal_notice", "office_head")
    with pytest.raises(Refused, match="作废后没有重新出具：信访事项不予受理告知书"):
        perform(matter, "archive", {}, world.officer)


def test_nobody_is_asked_to_serve_a_void_paper(world: World) -> None:
    matter = matter_in(world, "accepted")
    listed = {row.paper.kind for row in services(world.head, "waiting").rows}
    assert "acceptance_notice" in listed
    void(world, matter, "acceptance_notice")
    assert "acceptance_notice" not in {row.paper.kind for row in services(world.head, "waiting").rows}


def test_a_paper_keeps_the_day_of_what_was_done(world: World) -> None:
    matter = matter_in(world, "accepted")
    first = paper(matter, "acceptance_notice")
    line = next(line for line in first.text.splitlines() if "起受理" in line)
    assert line in again(world, matter, void(world, matter, "acceptance_notice")).text


@pytest.mark.parametrize("make", [extended, supervised])
def test_a_paper_of_an_approval_names_its_approver_when_issued_anew(world: World, make: object) -> None:
    matter = make(world)  # type: ignore[operator]
    kind, person = ("extension_notice", "head") if make is extended else ("supervision_letter", "officer")
    old = void(world, matter, kind, person)
    new = again(world, matter, old, person)
    assert (new.text, new.signer_id) == (old.text, old.signer_id)


def test_every_paper_can_be_issued_anew_or_says_why_not(world: World, session: Session) -> None:
    """No paper of a usual course comes back with a hole in it."""
    matter = matter_in(world, "concluded")
    person_of = {world.office.id: world.officer, world.bureau.id: world.head}
    issued = [one for one in matter.documents if not one.services]
    for old in issued:
        person = person_of[old.unit_id]
        perform(matter, "void_paper", {"issued_paper": old.id, "reason": "重印"}, person)
        perform(matter, "reissue_paper", {"void_paper": old.id}, person)
    session.flush()
    new = session.scalars(select(Document).where(Document.replaces_id.is_not(None))).all()
    assert {one.kind for one in new} == {one.kind for one in issued}
    assert all("None" not in one.text and "：\n" not in one.text for one in new)


def test_a_void_paper_says_since_when_and_why_wherever_it_stands(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    old = void(world, matter, "acceptance_notice")
    told = f"{render.long_date(clock.today())}作废，原因：文书内容有误"
    face = face_of(old)
    assert (face.mark, face.mark_note) == ("作废", told)
    word = read(word_of(old, {}))
    assert word.index("（作废）") < word.index(told) < word.index(old.title)
    assert face_of(again(world, matter, old)).mark_note == ""
    browser = browser_of(world.head)
    assert told in browser.get(f"/documents/{old.id}").get_data(as_text=True)
    found = [str(hit.words) for group in found_by(old.number, world.head) for hit in group.hits]
    assert [one for one in found if old.number in re.sub("<[^>]+>", "", one) and one.endswith("（作废）")]
    course = browser.get(f"/cases/{matter.id}").get_data(as_text=True)
    assert "已作废" in course[course.index('class="timeline"') : course.index('id="papers"')]
    for path in (f"/cases/{matter.id}", "/papers", f"/papers/register?kind={old.kind}"):
        page = browser.get(path).get_data(as_text=True)
        assert "已作废" in page, path
        assert "文书内容有误" in page, path


def test_a_void_paper_keeps_its_place_in_the_file_and_is_marked_there(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "not_accepted")
    old = void(world, matter, "refusal_notice", "office_head")
    new = again(world, matter, old, "office_head")
    slip = {"paper": new.id, "method": "direct", "receiver": "田小禾", "served_on": soon(0)}
    perform(matter, "serve_notice", slip, world.officer)
    page = browser_of(world.officer).get(f"/archive/{matter.id}").get_data(as_text=True)
    assert "已作废" in page
    assert "文书内容有误" in page
    perform(matter, "archive", {}, world.officer)
    told = f"{render.long_date(clock.today())}作废，原因：文书内容有误"
    line = next(one for one in paper(matter, "file_contents").text.splitlines() if old.number in one)
    assert told in line
    answer = browser_of(world.officer).get(f"/archive/{matter.id}/dossier.zip")
    package = zipfile.ZipFile(io.BytesIO(answer.get_data()))
    said = {row["number"]: row for row in json.loads(package.read("manifest.json"))["files"] if "void" in row}
    assert (said[old.number]["void"], said[new.number]["void"]) == (told, "")
    assert "（作废）" in said[old.number]["name"]
    assert "（作废）" not in said[new.number]["name"]
    word = read(package.read(said[old.number]["name"]))
    assert "（作废）" in word
    assert told in word
    assert "作废" not in read(package.read(said[new.number]["name"]))


def test_why_an_accusers_paper_is_void_names_them_to_nobody(world: World, browser_of: Browse) -> None:
    matter = sealed(world, text="我是田小禾，检举某人。")
    old = paper(matter, "sealed_letter")
    perform(matter, "void_paper", {"issued_paper": old.id, "reason": "误写田小禾"}, world.restricted)
    assert "田小禾" not in face_of(old).mark_note
    assert "误写（已保密）" in face_of(old).mark_note
    assert "田小禾" not in browser_of(world.restricted).get(f"/documents/{old.id}").get_data(as_text=True)


def test_an_accusation_stays_unnamed_when_its_paper_is_issued_anew(world: World) -> None:
    matter = sealed(world, text="我是田小禾，检举某人。")
    old = void(world, matter, "sealed_letter", "restricted")
    new = again(world, matter, old, "restricted")
    assert new.text == old.text
    assert "田小禾" not in new.text + new.recipient


def test_the_course_goes_on_as_it_did(world: World) -> None:
    matter = matter_in(world, "in_approval")
    again(world, matter, void(world, matter, "acceptance_notice"))
    known = {step[0] for step in steps_to(world, matter)["in_approval"]}
    take(world, matter, [step for step in steps_to(world, matter)["concluded"] if step[0] not in known])
    assert matter.closed_on is not None
