"""更正登记: what was taken down wrongly is put right, told before and after, and what came in stays as it came."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from petitions.cases.finding import found
from petitions.cases.perform import open_to, perform, why_not
from petitions.matters import who
from petitions.matters.models import Matter
from petitions.matters.workflow import FLOW
from petitions.words import FieldErrors, NotPermitted, Refused
from tests.factories import World, matter_in, new_petition
from tests.intake.numbers import id_number

OLD, NEW = "19900001234", "19900005678"


def corrected(matter: Matter, world: World, **changes: Any) -> dict[str, Any]:
    return perform(matter, "correct", {"reason": "登记时听错", **changes}, world.clerk).data


def known(matter: Matter, world: World) -> dict[str, str]:
    return who.revealed(matter.petitioners, matter, world.officer, "contact")[0]


def test_who_brought_it_is_put_right_and_found_by_it(world: World, session: Session) -> None:
    matter = new_petition(world).matter
    data = corrected(matter, world, name="田小荷", phone=NEW, id_number=id_number(7), address="柳林村五组")
    told = known(matter, world)
    assert (told["name"], told["phone"], told["address"]) == ("田小荷", NEW, "柳林村五组")
    assert told["region"] == "河湾镇柳林村", "an empty box changes nothing"
    assert "姓名：田小禾 → 田小荷" in data["changes"]
    assert "手机/座机：199****1234 → 199****5678" in data["changes"]
    for asked, count in (("田小荷", 1), (NEW, 1), (OLD, 0), ("田小禾", 0)):
        hits = [hit for group in found(asked, world.clerk) if group.name == "people" for hit in group.hits]
        assert len(hits) == count, asked


def test_no_number_and_no_address_stands_in_the_history_in_clear(world: World, session: Session) -> None:
    matter = new_petition(world).matter
    corrected(matter, world, phone=NEW, id_number=id_number(7), address="柳林村五组十九号")
    session.flush()
    written = str(session.execute(text("SELECT data FROM events")).all())
    assert [word for word in (OLD, NEW, id_number(7), "十九号") if word in written] == []


def test_the_letter_is_put_right_and_its_text_number_and_day_are_not_asked(world: World) -> None:
    petition = new_petition(world, letter_number="A-1", headcount=1)
    before = (petition.text, petition.number, petition.received_on, petition.query_code)
    data = corrected(petition.matter, world, channel="LF", headcount=3, letter_number="A-2", title="新的概况",
                     text="改写的原文", received_on="2020-01-01", number="XF1")  # fmt: skip
    assert (petition.channel, petition.headcount, petition.particulars["letter_number"]) == ("LF", 3, "A-2")
    assert petition.matter.title == "新的概况"
    assert (petition.text, petition.number, petition.received_on, petition.query_code) == before
    assert "人数：1 → 3" in data["changes"]
    assert "信访形式：来信 → 来访" in data["changes"]


def test_of_several_petitions_the_chosen_one_is_put_right(world: World) -> None:
    first = new_petition(world)
    second = new_petition(world, name="田大禾", phone="19900009999", joins=first.number)
    corrected(first.matter, world, letter=second.id, name="田大荷")
    names = {row.petition_id: row.name for row in first.matter.petitioners}
    assert names == {first.id: "田小禾", second.id: "田大荷"}


def test_a_correction_that_changes_nothing_leaves_no_line(world: World) -> None:
    matter = new_petition(world).matter
    with pytest.raises(Refused, match="没有改动"):
        corrected(matter, world, name="田小禾", phone=OLD)
    assert [event.action for event in matter.events] == ["register"]


def test_what_the_counter_would_not_take_is_not_taken(world: World) -> None:
    petition = new_petition(world, representatives="甲\n乙", headcount=6)
    with pytest.raises(Refused, match="代表有2人"):
        corrected(petition.matter, world, headcount=1)
    new_petition(world, name="另一人", original_number="JH-1")
    with pytest.raises(Refused, match="已经登记过"):
        corrected(petition.matter, world, original_number="JH-1")
    with pytest.raises(FieldErrors):
        corrected(petition.matter, world, phone="1990000")


def test_of_an_accusation_only_the_summary_is_put_right(world: World) -> None:
    matter = new_petition(world, world.restricted, purpose="accusation", respondent="某某").matter
    with pytest.raises(Refused, match="第30条"):
        perform(matter, "correct", {"reason": "听错", "name": "别人"}, world.restricted)
    perform(matter, "correct_summary", {"reason": "写错", "title": "新的概况"}, world.restricted)
    assert matter.title == "新的概况"
    assert "correct_summary" not in {row.name for row in open_to(world.clerk, new_petition(world).matter)
                                     if why_not(world.clerk, row, new_petition(world).matter) is None}  # fmt: skip


def test_a_name_that_was_put_right_does_not_outlive_the_sealing(world: World, session: Session) -> None:
    matter = matter_in(world, "triage")
    corrected(matter, world, name="田小荷")
    told = {"nature": "accusation", "purpose": "accusation", "class_code": "010100", "place": "河湾镇",
            "respondent": "某某"}  # fmt: skip
    perform(matter, "classify", told, world.officer)
    session.flush()
    written = str(session.execute(text("SELECT data FROM events")).all())
    assert "田小禾" not in written
    assert "田小荷" not in written


@pytest.mark.parametrize("state", ["archived", "anonymised"])
def test_what_is_in_the_archive_stays_as_it_is(world: World, state: str) -> None:
    assert state not in FLOW.action["correct"].sources
    with pytest.raises(Refused):
        corrected(matter_in(world, state), world, title="新的概况")


def test_only_who_registers_corrects(world: World) -> None:
    matter = matter_in(world, "accepted")
    with pytest.raises(NotPermitted):
        perform(matter, "correct", {"reason": "听错", "name": "别人"}, world.handler)


def test_the_form_shows_no_number_and_keeps_no_draft_of_one(world: World, browser_of: Any) -> None:
    matter = new_petition(world).matter
    page = browser_of(world.clerk).get(f"/cases/{matter.id}/correct").get_data(as_text=True)
    assert OLD not in page
    assert "柳林村三组" not in page
    assert "data-autosave" not in page.split('id="act"')[1].split(">")[0]
    kept = browser_of(world.clerk).post(f"/cases/{matter.id}/correct/draft", {"phone": NEW, "reason": "x"})
    assert kept.status_code == 404
