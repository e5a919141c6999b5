"""筛重对照: what is underlined, what is the same, the verdicts, and the way back."""

import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from petitions import clock
from petitions.cases.perform import perform
from petitions.matters.models import Matter
from petitions.triage.candidates import candidates
from petitions.triage.comparison import compare, side
from petitions.triage.shared import Segment, shared_phrases, underlined
from petitions.triage.verdicts import give
from petitions.words import FieldErrors, Refused
from tests.factories import World, matter_in, new_petition

TEXTS = st.text(alphabet="承包地被占用，请求退还并补偿。 \n<>&\"'ａＡ１", max_size=60)


def words(segments: list[Segment]) -> list[str]:
    return [segment.text for segment in segments if segment.shared]


# Shared phrases


@given(TEXTS, TEXTS)
def test_the_segments_of_a_text_are_the_text(one: str, other: str) -> None:
    left, right = shared_phrases(one, other)
    assert "".join(segment.text for segment in left) == one
    assert "".join(segment.text for segment in right) == other


@given(TEXTS, TEXTS)
def test_neighbouring_segments_differ(one: str, other: str) -> None:
    for segments in shared_phrases(one, other):
        assert all(a.shared != b.shared for a, b in pairwise(segments))


def test_sentences_are_found_in_another_order_width_and_spacing() -> None:
    left, right = shared_phrases("村里占了我的承包地。请退还３亩。", "请退还 3亩！\n村里占了我的承包地")
    assert words(left) == ["村里占了我的承包地", "请退还３亩"] or words(left) == ["村里占了我的承包地。请退还３亩"]
    assert "".join(words(right)).replace(" ", "").startswith("请退还3亩")


def test_short_words_that_every_petition_has_are_not_underlined() -> None:
    left, right = shared_phrases("要求解决工资问题", "要求修路")
    assert words(left) == words(right) == []


def test_a_hostile_text_is_escaped_inside_and_outside_of_the_underline() -> None:
    left, _ = shared_phrases("<script>alert(1)</script>", "<script>alert(1)")
    html = str(underlined(left))
    assert "<script" not in html
    assert "<u>" in html
    assert "&lt;" in html


# Rows


def test_masked_values_are_compared_whole(world: World) -> None:
    one = new_petition(world, phone="19900001234").matter
    other = new_petition(world, phone="19900091234", name="田小禾").matter
    rows = {str(row.label): row for row in compare(side(one), side(other)).rows}
    assert rows["手机"].left == rows["手机"].right == "199****1234"
    assert not rows["手机"].same
    assert rows["姓名"].same
    assert not rows["证件"].same, "nothing on both sides is no likeness"
    assert not rows["证件"].given
    assert rows["手机"].given


def test_two_empty_values_are_called_neither_the_same_nor_different(world: World, browser_of: Any) -> None:
    one = new_petition(world, name="", unsigned=True, phone="", region="").matter
    other = new_petition(world, name="", unsigned=True, phone="", region="").matter
    page = browser_of(world.officer).get(f"/triage/{one.id}/compare/{other.id}").get_data(as_text=True)
    words = dict(re.findall(r'<th scope="row">([^<]+)<span class="compare-word">([^<]+)</span>', page))
    assert {words[label] for label in ("姓名", "手机", "证件")} == {"都没有"}
    assert words["属地"] == "相同"


def test_likeness_and_shared_phrases_are_told(world: World) -> None:
    one, other = new_petition(world).matter, new_petition(world).matter
    compared = compare(side(one), side(other))
    assert compared.likeness == 100
    assert compared.shared >= 1


# Candidates


def test_the_likeliest_matter_is_offered_first(world: World) -> None:
    unlike = new_petition(world, text="反映村里道路损坏，要求维修。").matter
    alike = new_petition(world).matter
    matter = new_petition(world).matter
    assert [one.matter.id for one in candidates(matter, world.clerk)] == [alike.id, unlike.id]


def test_sealed_and_ordinary_matters_are_never_offered_for_each_other(world: World) -> None:
    sealed = new_petition(world, world.restricted, purpose="accusation", respondent="某某").matter
    matter = new_petition(world).matter
    for viewer in (world.clerk, world.restricted):
        assert candidates(matter, viewer) == []
        assert candidates(sealed, viewer) == []
    second = new_petition(world, world.restricted, purpose="accusation", respondent="某某").matter
    assert [one.matter.id for one in candidates(second, world.restricted)] == [sealed.id]
    assert candidates(second, world.clerk) == []


def test_what_the_counter_suspected_is_compared_first(world: World, browser_of: Any) -> None:
    other = new_petition(world, name="别人", phone="", text="反映另一件事").matter
    alike = new_petition(world).matter
    matter = new_petition(world).matter
    perform(matter, "suspect", {"matter": other.number}, world.clerk)
    browser = browser_of(world.clerk)
    assert browser.get(f"/triage/{matter.id}/compare").location.endswith(f"/compare/{other.id}")
    html = browser.get(f"/triage/{matter.id}").get_data(as_text=True)
    assert "登记时提请判重" in html
    assert alike.number in html


# Verdicts


def pair(world: World) -> tuple[Matter, Matter]:
    """An earlier matter and a new one that repeats it."""
    old = matter_in(world, "accepted")
    return old, new_petition(world).matter


def test_the_first_verdict_joins_and_both_numbers_stay(world: World) -> None:
    old, matter = pair(world)
    petition = matter.first
    give(matter, old, "1", world.clerk)
    assert (matter.state, matter.joined_to_id, petition.matter_id) == ("filed", old.id, old.id)
    assert petition.number == matter.number != old.number
    assert [event.action for event in old.events][-1] == "receive_repeat"
    assert matter.documents[-1].kind == "progress_notice"


def test_the_second_verdict_links_and_the_third_does_not(world: World) -> None:
    old, matter = pair(world)
    give(matter, old, "2", world.clerk)
    assert (matter.state, matter.related_to_id) == ("triage", old.id)
    other = new_petition(world).matter
    give(other, old, "3", world.clerk)
    assert (other.state, other.related_to_id) == ("triage", None)


def test_the_fourth_verdict_files_a_copy_beside_the_one_that_is_handled(world: World) -> None:
    old, matter = pair(world)
    give(matter, old, "4", world.clerk)
    assert (matter.state, matter.related_to_id) == ("filed", old.id)
    assert old.number in matter.events[-1].data["note"]


def test_an_ordinary_matter_is_not_joined_to_a_sealed_one_by_naming_it(world: World, session: Session) -> None:
    sealed = new_petition(world, world.restricted, purpose="accusation", respondent="某某").matter
    matter = new_petition(world).matter
    for person in (world.clerk, world.restricted):
        with pytest.raises((FieldErrors, Refused)):
            give(matter, sealed, "1", person)
    assert matter.state == "registered"


def test_a_repeat_of_a_repeat_joins_the_matter_behind_it(world: World) -> None:
    old, middle = pair(world)
    give(middle, old, "1", world.clerk)
    last = new_petition(world).matter
    perform(last, "join_as_repeat", {"matter": middle.number}, world.clerk)
    assert last.joined_to_id == old.id


def test_a_matter_is_not_joined_to_what_was_joined_to_it(world: World) -> None:
    old, matter = pair(world)
    give(matter, old, "1", world.clerk)
    perform(matter, "undo_join", {}, world.clerk)
    third = new_petition(world).matter
    give(third, matter, "1", world.clerk)
    with pytest.raises(FieldErrors, match="自己"):
        perform(matter, "join_as_repeat", {"matter": third.number}, world.clerk)


def test_a_repeat_may_come_when_the_file_is_in_the_archive(world: World) -> None:
    old = matter_in(world, "archived")
    matter = new_petition(world).matter
    give(matter, old, "1", world.clerk)
    assert (old.state, matter.joined_to_id) == ("archived", old.id)


def test_a_joining_is_undone_within_ten_minutes_and_not_later(world: World) -> None:
    old, matter = pair(world)
    give(matter, old, "1", world.clerk)
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False), pytest.raises(Refused, match="10分钟"):
        perform(matter, "undo_join", {}, world.clerk)
    perform(matter, "undo_join", {}, world.clerk)
    assert (matter.state, matter.joined_to_id, len(matter.petitions)) == ("triage", None, 1)
    assert [row.ended_on for row in matter.deadlines if row.code == "T1"][-1] is None


# Pages


def test_the_verdict_keys_stand_on_the_page(world: World, browser_of: Any) -> None:
    old, matter = pair(world)
    html = browser_of(world.clerk).get(f"/triage/{matter.id}/compare/{old.id}").get_data(as_text=True)
    assert all(f'name="verdict" value="{key}"' in html for key in "1234")
    assert "内容相似100%" in html
    assert "<u>" in html
    assert "19900001234" not in html


def test_after_joining_the_next_case_is_shown_and_the_way_back_stands_there(
    world: World, browser_of: Any, session: Session
) -> None:
    old, matter = pair(world)
    other = new_petition(world, name="别人", phone="", text="要求修路").matter
    browser = browser_of(world.clerk)
    answer = browser.post(f"/triage/{matter.id}/compare/{old.id}", {"verdict": "1", "version": matter.version})
    assert answer.location.endswith(f"/triage/{other.id}")
    html = browser.get(answer.location).get_data(as_text=True)
    assert f"/cases/{matter.id}/undo_join" in html
    undone = browser.post(f"/cases/{matter.id}/undo_join", {"next": f"/triage/{matter.id}"})
    assert undone.location.endswith(f"/triage/{matter.id}")
    session.expire_all()
    assert matter.state == "triage"


def test_a_first_time_matter_stays_open_to_be_sent_on(world: World, browser_of: Any) -> None:
    old, matter = pair(world)
    answer = browser_of(world.clerk).post(f"/triage/{matter.id}/compare/{old.id}", {"verdict": "3"})
    assert answer.location.endswith(f"/triage/{matter.id}")


def test_a_number_that_was_typed_is_compared(world: World, browser_of: Any) -> None:
    old = new_petition(world, name="别人", phone="").matter
    matter = new_petition(world).matter
    browser = browser_of(world.clerk)
    found = browser.get(f"/triage/{matter.id}/compare?number={old.number.lower()}")
    assert found.location.endswith(f"/triage/{matter.id}/compare/{old.id}")
    lost = browser.get(f"/triage/{matter.id}/compare?number=XF1900-1")
    assert lost.location.endswith(f"/triage/{matter.id}")


@pytest.mark.parametrize("verdict", ["", "9", "join_as_repeat"])
def test_an_unknown_verdict_is_refused(world: World, browser_of: Any, verdict: str) -> None:
    old, matter = pair(world)
    answer = browser_of(world.clerk).post(f"/triage/{matter.id}/compare/{old.id}", {"verdict": verdict})
    assert answer.status_code == 409
