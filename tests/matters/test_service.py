"""送达: what each method is proved by, what is refused, what starts with the day, and what is tried again."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from petitions import clock
from petitions.cases import codes
from petitions.cases.fields import Hinge
from petitions.cases.models import Code
from petitions.cases.perform import perform
from petitions.handling.services import services
from petitions.matters.fields import FIELDS
from petitions.matters.lists import open_papers
from petitions.matters.models import Matter
from petitions.matters.service.fields import PROOF, RECORD
from petitions.matters.service.guards import SERVICE_RULES
from petitions.matters.workflow import FLOW
from petitions.words import FieldErrors, Refused
from tests.factories import World, matter_in
from tests.matters.issuing import paper, sealed, soon
from tests.pages import Browse

PICTURE = {"name": "门前.jpg", "sha256": "0" * 64, "size": 9, "media_type": "image/jpeg"}
FILM = {**PICTURE, "name": "过程.mp4", "media_type": "video/mp4"}
SCAN = {**PICTURE, "name": "回证.pdf", "media_type": "application/pdf"}

METHODS: Mapping[str, Mapping[str, Any]] = {
    "direct": {"receiver": "田大河", "relation": "family"},
    "retained": {
        "refuser": "田小禾",
        "refusal_ground": "不认可处理意见",
        "left_at": "柳林村三组住所",
        "witness": "村委会主任何见证",
    },
    "electronic": {"consented": True, "consent_on": soon(0), "account": "信访平台账号"},
    "entrusted": {"entrusted_to": "河湾镇人民政府", "receiver": "田小禾"},
    "post": {"tracking": "XA12345678641", "receiver": "田小禾"},
    "forwarded": {"passed_on_by": "某监狱", "receiver": "田小禾"},
}
"""What proves each method, without the day. A public notice takes its days, and has tests of its own."""


def given(method: str, **changes: Any) -> dict[str, Any]:
    return {"method": method, "served_on": soon(0), **METHODS[method], **changes}


def issued(world: World, **changes: Any) -> Matter:
    return matter_in(world, "opinion_issued", **{"received_on": soon(-9), **changes})


def term(matter: Matter) -> Any:
    return next((row for row in matter.deadlines if row.code == "T8"), None)


def refused(world: World, sentence: str, data: Mapping[str, Any]) -> None:
    matter = issued(world)
    with pytest.raises(Refused, match=sentence):
        perform(matter, "serve", data, world.handler)
    assert term(matter) is None
    assert matter.state in FLOW.before("serve")


@pytest.mark.parametrize("method", METHODS)
def test_each_method_is_recorded_with_its_own_proof_and_starts_the_term(world: World, method: str) -> None:
    matter = issued(world)
    perform(matter, "serve", given(method), world.handler)
    (service,) = paper(matter, "opinion").services
    assert service.proof == {name: value for name, value in METHODS[method].items() if name in PROOF}
    assert (service.receiver, service.relation) == (
        METHODS[method].get("receiver", ""),
        METHODS[method].get("relation", ""),
    )
    assert term(matter).start_on == service.served_on == clock.today()
    slip = paper(matter, "service_slip").text
    assert codes.label("service_method", method) in slip
    for name, value in METHODS[method].items():
        assert str(FIELDS[name].label) in slip
        assert name in ("relation", "consented", "consent_on") or str(value) in slip


@pytest.mark.parametrize(
    ("method", "name"),
    [(method, name) for method, proof in METHODS.items() for name in proof if name not in ("relation", "witness")],
)
def test_a_method_demands_what_proves_it(world: World, method: str, name: str) -> None:
    matter = issued(world)
    with pytest.raises(FieldErrors) as missing:
        perform(matter, "serve", given(method, **{name: ""}), world.handler)
    assert set(missing.value.errors) == {name}
    assert term(matter) is None


def test_every_method_of_the_list_has_its_fields(world: World) -> None:
    asked = {method for name in RECORD.split() if (hinge := FIELDS[name].hinge) for method in hinge.asked} - {"*"}
    assert asked | {"direct"} == {row.code for row in codes.every("service_method")}
    assert asked | {"direct"} == {*METHODS, "notice"}


def test_both_rows_of_the_table_keep_every_rule() -> None:
    rules = {rule.__name__ for rule in SERVICE_RULES}
    for name in ("serve", "serve_notice"):
        row = FLOW.action[name]
        assert rules <= set(row.guards)
        assert set(RECORD.split()) <= set(row.accepts)
        assert row.document == "service_slip"
    assert [row.name for row in FLOW.actions if "T8" in row.starts] == ["serve"]


def test_what_another_method_asks_for_is_let_go(world: World) -> None:
    matter = issued(world)
    perform(matter, "serve", {**METHODS["post"], **given("direct"), "witness": "何见证"}, world.handler)
    (service,) = paper(matter, "opinion").services
    assert service.proof == {}
    assert "何见证" not in paper(matter, "service_slip").text


def test_a_method_an_office_has_added_asks_who_signed(world: World, session: Session) -> None:
    session.add(Code(list="service_method", code="courier", label="专人送达", scheme="local"))
    session.flush()
    codes.forget()
    matter = issued(world)
    with pytest.raises(FieldErrors) as missing:
        perform(matter, "serve", {"method": "courier", "served_on": soon(0)}, world.handler)
    assert set(missing.value.errors) == {"receiver"}
    perform(matter, "serve", {"method": "courier", "served_on": soon(0), "receiver": "田小禾"}, world.handler)


# --- what is refused -------------------------------------------------------------------------------------------------


def test_a_paper_is_not_received_before_it_exists(world: World) -> None:
    refused(world, "不能早于文书的日期", given("direct", served_on=soon(-1)) | {"receiver": "田小禾"})


def test_a_paper_is_not_received_tomorrow(world: World) -> None:
    matter = issued(world)
    with pytest.raises(FieldErrors) as wrong:
        perform(matter, "serve", given("direct", served_on=soon(1)), world.handler)
    assert set(wrong.value.errors) == {"served_on"}


def test_somebody_else_signs_only_with_a_reason(world: World) -> None:
    refused(world, "选择与受送达人的关系", given("direct", relation=""))


@pytest.mark.parametrize("receiver", ["田小禾", "本人"])
def test_the_petitioner_signs_without_one(world: World, receiver: str) -> None:
    matter = issued(world)
    perform(matter, "serve", given("direct", receiver=receiver, relation=""), world.handler)
    assert matter.state in FLOW.after("serve")


@pytest.mark.parametrize("files", [[], [SCAN]])
def test_nothing_is_left_without_a_witness_or_a_picture(world: World, files: list[Any]) -> None:
    refused(world, "留置送达要有见证人，或者上传", given("retained", witness="", files=files))


@pytest.mark.parametrize("file", [PICTURE, FILM])
def test_a_picture_or_a_film_stands_for_the_witness(world: World, file: dict[str, Any]) -> None:
    matter = issued(world)
    perform(matter, "serve", given("retained", witness="", files=[file]), world.handler)
    assert matter.state in FLOW.after("serve")


def test_nothing_is_served_electronically_before_the_consent(world: World) -> None:
    matter = matter_in(world, "opinion_issued", received_on=soon(-9))
    with (
        time_machine.travel(clock.now() + timedelta(days=3), tick=False),
        pytest.raises(Refused, match="同意电子送达的日期不能晚于"),
    ):
        perform(matter, "serve", given("electronic", served_on=soon(-1), consent_on=soon(0)), world.handler)


@pytest.mark.parametrize("number", ["挂号信一二三四五六七", "XA 1234 5678", "12345678;1"])
def test_a_tracking_number_can_be_looked_up(world: World, number: str) -> None:
    refused(world, "邮件号码由字母和数字组成", given("post", tracking=number))


def test_a_letter_is_sent_before_it_arrives(world: World) -> None:
    matter = issued(world)
    with (
        time_machine.travel(clock.now() + timedelta(days=3), tick=False),
        pytest.raises(Refused, match="不能晚于送达日期"),
    ):
        perform(matter, "serve", given("post", served_on=soon(-1), sent_on=soon(0)), world.handler)


def notice(sent: str, served: str) -> dict[str, Any]:
    return {
        "method": "notice",
        "notice_ground": "下落不明",
        "notice_place": "村务公开栏和县政府网站",
        "sent_on": sent,
        "served_on": served,
    }


@pytest.mark.parametrize("days", [0, 29, 31])
def test_a_public_notice_counts_on_the_day_its_days_are_over_and_on_no_other(world: World, days: int) -> None:
    matter, posted = issued(world), clock.today()
    with time_machine.travel(clock.noon_of(posted + timedelta(days=40)), tick=False):
        with pytest.raises(Refused, match=f"经过30日视为送达，送达日期是{posted + timedelta(days=30)}"):
            perform(
                matter, "serve", notice(posted.isoformat(), (posted + timedelta(days=days)).isoformat()), world.handler
            )
        assert term(matter) is None
        over = posted + timedelta(days=30)
        perform(matter, "serve", notice(posted.isoformat(), over.isoformat()), world.handler)
    assert term(matter).start_on == over
    assert paper(matter, "opinion").services[0].receiver == ""


def test_a_public_notice_cannot_be_put_up_before_the_paper_exists(world: World) -> None:
    matter, issued_on = matter_in(world, "opinion_issued", received_on=soon(-40)), clock.today()
    sent = (issued_on - timedelta(days=10)).isoformat()
    with (
        time_machine.travel(clock.noon_of(issued_on + timedelta(days=20)), tick=False),
        pytest.raises(Refused, match="不能早于文书的日期"),
    ):
        perform(matter, "serve", notice(sent, soon(0)), world.handler)


# --- notices, and what is sealed -------------------------------------------------------------------------------------


def test_the_service_of_a_notice_is_proved_the_same_way_and_starts_nothing(world: World) -> None:
    matter = matter_in(world, "accepted")
    told = paper(matter, "acceptance_notice")
    with pytest.raises(Refused, match="留置送达要有见证人"):
        perform(matter, "serve_notice", given("retained", paper=told.id, witness=""), world.handler)
    before = len(matter.deadlines)
    assert services(world.handler).counts["waiting"] == 1
    perform(matter, "serve_notice", given("retained", paper=told.id), world.handler)
    assert services(world.handler).counts["waiting"] == 0
    slip = paper(matter, "service_slip").text
    assert told.number in slip
    assert "复查申请期" not in slip
    assert len(matter.deadlines) == before


def test_the_slip_of_an_accusation_names_nobody_until_it_is_printed(world: World) -> None:
    matter = sealed(world)
    assert open_papers(matter, world.restricted) == []  # no notice is owed: it went to the discipline body


# --- attempts --------------------------------------------------------------------------------------------------------

FAILED = {"tried_by": "direct", "failure": "absent", "next_method": "post"}


def failed(matter: Matter, world: World, **changes: Any) -> None:
    told = paper(matter, "opinion").id
    data = {**FAILED, "open_paper": told, "tried_on": soon(0), "next_on": soon(3), **changes}
    perform(matter, "attempt_service", data, world.handler)


def test_what_did_not_arrive_is_planned_again_and_listed_until_it_has(world: World) -> None:
    matter = issued(world)
    # The notice of acceptance and the answer, which nobody has tried yet.
    assert services(world.handler, "waiting").counts == {"waiting": 2, "tried": 0}
    failed(matter, world)
    assert matter.state in FLOW.before("serve")
    assert term(matter) is None
    shown = services(world.handler)
    (row,) = shown.rows
    assert (shown.stage, shown.counts) == ("tried", {"waiting": 1, "tried": 1})
    assert (row.tries, row.last, row.next_method, row.late) == (1, "无人在家", "邮寄送达", False)
    with time_machine.travel(clock.noon_of(clock.today() + timedelta(days=3)), tick=False):
        assert services(world.handler).rows[0].late
    perform(matter, "serve", given("direct"), world.handler)
    assert services(world.handler).counts["tried"] == 0
    assert "此前没有送达" in paper(matter, "service_slip").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"tried_on": -1}, "不能早于文书的日期"),
        ({"next_on": 0}, "下次的日期应当晚于这次的日期"),
        ({"failure": "posted"}, "方式选“公告送达”"),
        ({"tried_by": "notice"}, "情形选“公告已发出"),
        ({"tried_by": "notice", "failure": "posted", "next_on": 20}, "公告的期满之日是"),
    ],
)
def test_an_attempt_that_cannot_be_is_refused(world: World, changes: dict[str, Any], sentence: str) -> None:
    matter = issued(world)
    days = {name: soon(value) for name, value in changes.items() if isinstance(value, int)}
    with pytest.raises(Refused, match=sentence):
        failed(matter, world, **{**changes, **days})
    assert paper(matter, "opinion").attempts == []


def test_a_public_notice_waits_on_the_list_until_its_days_are_over(world: World) -> None:
    matter = issued(world)
    failed(matter, world, tried_by="notice", failure="posted", next_method="notice", next_on=soon(30))
    assert services(world.head, "tried").rows[0].next_on == clock.today() + timedelta(days=30)


def test_another_unit_and_another_handler_see_none_of_it(world: World) -> None:
    matter = issued(world)
    failed(matter, world)
    assert services(world.second_handler).counts == {"waiting": 0, "tried": 0}
    assert services(world.other_receiver).counts == {"waiting": 0, "tried": 0}
    assert services(world.receiver).counts["tried"] == 1
    assert services(world.officer, "tried").counts["tried"] == 0  # the office did not issue it


def test_a_paper_for_whom_nobody_knows_waits_for_nobody(world: World) -> None:
    matter_in(world, "accepted", name="", phone="", unsigned=True)
    assert services(world.handler).counts == {"waiting": 0, "tried": 0}


def test_the_list_names_the_paper_and_leads_to_its_forms(world: World, browser_of: Browse) -> None:
    matter = issued(world)
    failed(matter, world)
    browser = browser_of(world.handler)
    page = browser.get("/services").get_data(as_text=True)
    assert paper(matter, "opinion").number in page
    assert "田**" in page
    assert "田小禾" not in page
    assert f"/cases/{matter.id}/serve?" in page
    assert f"open_paper={paper(matter, 'opinion').id}" in page
    assert "没有等待送达" not in browser.get("/services?stage=waiting").get_data(as_text=True)
    assert "未成1次，下次" in browser.get(f"/cases/{matter.id}").get_data(as_text=True)


def test_the_workbench_says_when_a_paper_is_to_be_tried_again(world: World, browser_of: Browse) -> None:
    matter = issued(world)
    failed(matter, world)
    assert f"/cases/{matter.id}" not in browser_of(world.receiver).get("/cases?waiting=attempt").get_data(as_text=True)
    with time_machine.travel(clock.noon_of(clock.today() + timedelta(days=3))):
        assert f"/cases/{matter.id}" in browser_of(world.receiver).get("/cases?waiting=attempt").get_data(as_text=True)


# --- the form --------------------------------------------------------------------------------------------------------


def shown(html: str) -> set[str]:
    fields = re.findall(r'<div class="field[^"]*" data-field="(\w+)"([^>]*)>', html)
    return {name for name, rest in fields if not rest.rstrip().endswith("hidden")}


def test_the_form_asks_for_the_chosen_method_only_without_script_too(world: World, browser_of: Browse) -> None:
    matter, browser = issued(world), browser_of(world.handler)
    always = {"method", "served_on", "note", "files"}
    url = f"/cases/{matter.id}/serve"
    page = browser.get(url).get_data(as_text=True)
    assert shown(page) == always
    assert "<noscript>" in page
    assert f'formaction="{url}/preview"' in page
    assert shown(browser.get(url + "?method=post").get_data(as_text=True)) == always | {
        "receiver",
        "relation",
        "tracking",
        "sent_on",
    }
    typed = {"method": "retained", "served_on": soon(0), "refuser": "田小禾"}
    again = browser.post(url + "/preview", typed).get_data(as_text=True)
    assert shown(again) == always | {"refuser", "refusal_ground", "left_at", "witness"}
    assert 'value="田小禾"' in again


def test_a_hinge_says_when_a_field_is_asked_and_when_needed() -> None:
    hinge = Hinge("method", ("*",), needed=("post",), never=("notice",))
    assert [hinge.asks(one) for one in ("", None, "post", "direct", "notice")] == [False, False, True, True, False]
    assert [hinge.needs(one) for one in ("post", "direct", "notice")] == [True, False, False]
