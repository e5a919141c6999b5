"""The door for petitions: what is refused, what is written, and that nothing is written twice."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.matters.models import Petition
from petitions.matters.register import check, register
from petitions.matters.who import masked
from petitions.words import FieldErrors, NotPermitted, Refused
from tests.factories import World, matter_in, new_petition, typed


def _errors(world: World, **changes: object) -> dict[str, str]:
    with pytest.raises(FieldErrors) as refusal:
        check(typed(**changes), world.clerk)
    return refusal.value.errors


def test_every_fault_is_told_at_once_in_the_order_of_the_form(world: World) -> None:
    errors = _errors(
        world, name="", phone="123", representatives="\n".join("甲乙丙丁戊己"), received_on="2026-02-30", text=" ",
        postmark_on="x",
    )  # fmt: skip
    assert list(errors) == ["phone", "name", "representatives", "received_on", "postmark_on", "text"]


def test_what_is_readable_is_held_against_each_other_although_another_field_is_not(world: World) -> None:
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    errors = _errors(world, id_number="1.1E+17", postmark_on=clock.today().isoformat(), unsigned="1",
                     received_on=(clock.today() - timedelta(days=3)).isoformat())  # fmt: skip
    assert set(errors) == {"id_number", "unsigned", "postmark_on"}
    assert set(_errors(world, received_on=tomorrow, postmark_on="")) == {"received_on"}


@pytest.mark.parametrize("unsigned", ["", "0", "false", None])
def test_a_flag_that_says_no_is_no_signature(world: World, unsigned: str | None) -> None:
    assert "未署名" in _errors(world, name="", unsigned=unsigned)["name"]


def test_representatives_need_the_number_of_people_they_speak_for(world: World) -> None:
    lines = "沈玉珍 19900002222\n魏建平"
    assert _errors(world, representatives=lines) == {"headcount": "填写了代表，请同时填写人数"}
    assert _errors(world, representatives=lines, headcount="1") == {"headcount": "代表有2人，人数不能少于2"}
    assert check(typed(representatives=lines, headcount="８"), world.clerk)["headcount"] == 8


def test_a_text_pasted_into_the_claims_is_refused(world: World) -> None:
    assert "最多50行" in _errors(world, claims="\n".join("一项诉求" for _ in range(51)))["claims"]


def test_only_the_chosen_channels_own_fields_are_taken(world: World) -> None:
    petition = new_petition(
        world, channel="LD", calling_number="0371-1234567", letter_number="7", postmark_on="2026-02-30"
    )
    assert petition.particulars == {}
    assert masked(petition.matter.petitioners[0])["calling_number"] == "****67", "it says who somebody is: masked"


def test_an_original_number_names_the_petition_that_has_it_already(world: World) -> None:
    first = new_petition(world, original_number="旧2020-1")
    assert first.number in _errors(world, original_number="旧2020-1")["original_number"]
    assert register(typed(original_number="旧2020-1"), world.other_clerk).original_number == "旧2020-1"


def test_a_repeat_is_counted_on_its_matter_and_the_handler_hears_of_it(world: World) -> None:
    matter = matter_in(world, "accepted")
    repeat = register(typed(joins=matter.number.lower()), world.clerk)
    assert (repeat.matter_id, matter.state, len(matter.petitions)) == (matter.id, "accepted", 2)
    assert [event.action for event in matter.events][-1] == "receive_repeat"


def test_a_repeat_of_an_archived_matter_is_counted_there_too(world: World) -> None:
    matter = matter_in(world, "archived")
    assert register(typed(joins=matter.number), world.clerk).matter_id == matter.id
    assert matter.state == "archived"


def test_a_unit_counts_a_repeat_on_what_it_registered_itself(world: World) -> None:
    matter = register(typed(), world.receiver).matter
    assert matter.state == "notice_due"
    assert register(typed(joins=matter.number), world.receiver).matter_id == matter.id


@pytest.mark.parametrize("given", ["999999", "XF2026-999999", "²", "1.1E+17", "9" * 40])
def test_a_matter_that_is_not_there_cannot_be_joined(world: World, given: str) -> None:
    assert "没有找到" in _errors(world, joins=given)["joins"]


def test_a_matter_of_another_office_cannot_be_joined(world: World) -> None:
    foreign = register(typed(), world.other_clerk).matter
    assert "没有找到" in _errors(world, joins=foreign.number)["joins"]
    with pytest.raises(Refused, match="不能并入"):
        register(typed(), world.clerk, joins=foreign)


def test_a_sealed_and_an_ordinary_one_are_never_joined(world: World) -> None:
    ordinary = new_petition(world).matter
    sealed = new_petition(world, purpose="accusation").matter
    assert "第30条" in _errors(world, purpose="accusation", joins=ordinary.number)["joins"]
    with pytest.raises(FieldErrors, match="第30条"):
        register(typed(joins=sealed.number), world.restricted)
    with pytest.raises(FieldErrors, match="没有找到"):
        register(typed(purpose="accusation", joins=sealed.number), world.clerk)
    with pytest.raises(Refused, match="第30条"):
        register(typed(), world.clerk, joins=sealed)
    assert register(typed(purpose="accusation", joins=sealed.number), world.restricted).matter_id == sealed.id


def test_an_accusation_is_sealed_from_its_first_moment(world: World) -> None:
    matter = new_petition(world, purpose="accusation", respondent_unit=str(world.township.id)).matter
    assert (matter.sealed, matter.nature) == (True, "accusation")
    assert [(row.name, row.unit_id) for row in matter.respondents] == [("河湾镇", world.township.id)]
    assert (new_petition(world, purpose="suggestion").matter.sealed, new_petition(world).matter.nature) == (False, "")


def test_the_same_form_sent_twice_is_one_petition(world: World, session: Session) -> None:
    first = register(typed(), world.clerk, submission="a" * 32)
    assert register(typed(text="改过的文字"), world.clerk, submission="a" * 32) is first
    assert session.scalar(select(func.count()).select_from(Petition)) == 1
    with pytest.raises(Refused, match="已由他人提交"):
        register(typed(), world.officer, submission="a" * 32)


def test_whoever_may_not_register_gets_no_answer_about_a_form(world: World) -> None:
    register(typed(), world.clerk, submission="b" * 32)
    with pytest.raises(NotPermitted):
        register(typed(), world.auditor, submission="b" * 32)


def test_numbers_run_without_a_gap_after_a_refused_registration(world: World) -> None:
    first = new_petition(world)
    _errors(world, text="")
    second = new_petition(world)
    assert int(second.number[-6:]) == int(first.number[-6:]) + 1


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("承包地被占用，请求退还。", "承包地被占用，请求退还。"),
        ("我家位于上湾村二组的承包地3.2亩，2025年10月被镇里修灌溉渠时占用，至今没有签协议，也没有补偿。",
         "我家位于上湾村二组的承包地3.2亩，2025年10月被镇里修灌溉渠时占用"),
        ("你好，" + "地" * 60, "你好，" + "地" * 36 + "…"),
    ],
)  # fmt: skip
def test_the_summary_of_a_long_letter_ends_with_a_clause_where_one_ends(world: World, text: str, title: str) -> None:
    assert new_petition(world, text=text).title == title
