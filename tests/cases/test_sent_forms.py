"""What is sent to an act: taken once, refused with what was typed, overtaken by others, with files, kept as a draft."""

import html as markup
import re
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.cases.models import ActDraft
from petitions.cases.perform import perform
from tests.factories import OPINION, World, matter_in, per_claim
from tests.pages import Browse, form_of

ID = "0123456789abcdef" * 2


def test_an_act_is_done_once_however_often_its_form_is_sent(world: World, session: Session, browser_of: Browse) -> None:
    matter = matter_in(world, "triage")
    browser = browser_of(world.officer)
    data = {"unit": str(world.bureau.id), "opinion": "请依法办理", "submission": ID, "version": str(matter.version)}
    first = browser.post(f"/cases/{matter.id}/transfer", data)
    again = browser.post(f"/cases/{matter.id}/transfer", data)
    assert (first.status_code, again.status_code) == (302, 302)
    assert first.headers["Location"] == again.headers["Location"]
    session.expire_all()
    assert [event.action for event in matter.events].count("transfer") == 1
    page = browser.get(first.headers["Location"]).get_data(as_text=True)
    assert "“转送”已办好" in page
    assert "打印《信访事项转送函》" in page


def test_the_id_of_one_case_says_nothing_about_another(world: World, session: Session, browser_of: Browse) -> None:
    one, other = matter_in(world, "accepted"), matter_in(world, "accepted")
    browser = browser_of(world.handler)
    for matter in (one, other):
        answer = browser.post(f"/cases/{matter.id}/note", {"note": "电话沟通", "submission": ID})
        assert answer.status_code == 302
    session.expire_all()
    assert [matter.events[-1].action for matter in (one, other)] == ["note", "note"]


def test_a_refused_form_comes_back_with_what_was_typed(world: World, session: Session, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    browser = browser_of(world.handler)
    long = "经调查，" + "情况属实。" * 500
    answer = browser.post(
        f"/cases/{matter.id}/submit_opinion", {"demands": "退还", "facts": long, "opinion": " ", "submission": ID}
    )
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert long in html
    assert f'value="{ID}"' in html
    for name in ("opinion", "basis", "outcomes"):
        assert f'<a href="#f-{name}">' in html
    session.expire_all()
    assert matter.state == "accepted"


def test_a_guard_says_no_on_the_same_page(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    answer = browser_of(world.handler).post(f"/cases/{matter.id}/submit_opinion", {
        **OPINION, **{f"outcomes.{key}": value for key, value in per_claim(matter, "S").items()}
    })  # fmt: skip
    assert answer.status_code == 302
    issued = matter_in(world, "opinion_issued")
    early = (clock.today() - timedelta(days=1)).isoformat()
    data = {"method": "direct", "receiver": "田小禾", "served_on": early}
    answer = browser_of(world.handler).post(f"/cases/{issued.id}/serve", data)
    assert answer.status_code in (409, 422)
    assert 'value="田小禾"' in answer.get_data(as_text=True)


def test_the_second_of_two_people_sees_both_texts_and_may_go_on_with_their_own(
    world: World, session: Session, browser_of: Browse
) -> None:
    matter = matter_in(world, "triage")
    first, second = browser_of(world.officer), browser_of(world.clerk)
    seen = form_of(second, f"/cases/{matter.id}/classify")
    assert (
        first.post(
            f"/cases/{matter.id}/classify", {**form_of(first, f"/cases/{matter.id}/classify"), "place": "石桥镇"}
        ).status_code
        == 302
    )
    answer = second.post(f"/cases/{matter.id}/classify", {**seen, "place": "柳溪乡"})
    assert answer.status_code == 409
    html = answer.get_data(as_text=True)
    assert "石桥镇" in html
    assert "柳溪乡" in html
    assert f"{world.officer.name}在" in html
    session.expire_all()
    assert matter.place == "石桥镇"
    again = html.split("用我填写的内容继续办理")[0].rsplit("<form", 1)[1]
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', again))
    assert second.post(f"/cases/{matter.id}/classify", fields).status_code == 302
    session.expire_all()
    assert matter.place == "柳溪乡"


def test_an_act_that_has_become_impossible_keeps_the_typed_text_on_the_page(
    world: World, session: Session, browser_of: Browse
) -> None:
    matter = matter_in(world, "accepted")
    perform(matter, "withdraw", {"reason": "不再反映", "free_will": True}, world.officer)
    answer = browser_of(world.handler).post(
        f"/cases/{matter.id}/submit_opinion", {**OPINION, "facts": "写了很久的事实"}
    )
    assert answer.status_code == 409
    html = answer.get_data(as_text=True)
    assert "此件现在是“已撤回”" in html
    assert "写了很久的事实" in html
    assert "用我填写的内容继续办理" not in html
    taken = matter_in(world, "accepted")
    perform(taken, "appoint", {"handler": world.second_handler.id}, world.receiver)
    answer = browser_of(world.handler).post(f"/cases/{taken.id}/submit_opinion", {**OPINION, "facts": "写了很久的事实"})
    assert answer.status_code == 403
    assert "写了很久的事实" in answer.get_data(as_text=True)


def test_a_remark_is_never_stale(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    answer = browser_of(world.handler).post(f"/cases/{matter.id}/note", {"note": "电话沟通", "version": "1"})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("note", "长" * 50_001),
        ("note", "\x00\x01\x02"),
        ("note", "   \u200b "),
        ("version", "9" * 30),
        ("submission", "'; DROP TABLE events; --"),
        ("submission", "\x00"),
        ("next", "\x00"),
    ],
)
def test_hostile_input_is_never_a_fault(world: World, browser_of: Browse, field: str, given: str) -> None:
    matter = matter_in(world, "accepted")
    answer = browser_of(world.handler).post(f"/cases/{matter.id}/note", {"note": "电话沟通", field: given})
    assert answer.status_code in ((422,) if field == "note" else (302,))


@pytest.mark.parametrize("given", ["2026-02-30", "昨天", "9999-12-31", "1.1E+17", "\x00", "２０２６－０３－０５"])
def test_a_date_that_cannot_be_is_shown_again_as_it_was_typed(world: World, browser_of: Browse, given: str) -> None:
    matter = matter_in(world, "accepted")
    data = {"inquiry_kind": "talk", "held_on": given, "people": "甲、乙", "record": "谈话"}
    answer = browser_of(world.handler).post(f"/cases/{matter.id}/inquire", data)
    assert answer.status_code == 422
    if given.isprintable():
        assert f'value="{given}"' in answer.get_data(as_text=True)


def test_files_may_come_with_an_act(world: World, session: Session, browser_of: Browse) -> None:
    matter = matter_in(world, "opinion_issued")
    html = browser_of(world.handler).get(f"/cases/{matter.id}/serve").get_data(as_text=True)
    assert 'enctype="multipart/form-data"' in html
    assert 'type="file"' in html


def _upload(name: str) -> tuple[BytesIO, str]:
    return BytesIO(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n" + name.encode()), name


def test_files_are_not_chosen_again_when_another_field_is_refused(
    world: World, session: Session, browser_of: Browse
) -> None:
    matter = matter_in(world, "opinion_issued")
    url, browser = f"/cases/{matter.id}/serve", browser_of(world.handler)
    given = {"method": "direct", "receiver": "田小禾", "served_on": "不是日子", "files": [_upload("回证.pdf")]}
    refused = browser.post(url, given, content_type="multipart/form-data")
    assert refused.status_code == 422
    html = refused.get_data(as_text=True)
    assert "已上传" in html
    (note,) = re.findall(r'name="kept" value="([^"]+)"', html)
    again = {**given, "served_on": clock.today().isoformat(), "kept": markup.unescape(note),
             "files": [_upload("第二份.pdf")]}  # fmt: skip
    assert browser.post(url, again, content_type="multipart/form-data").status_code == 302
    session.expire_all()
    assert [row.name for row in matter.attachments] == ["回证.pdf", "第二份.pdf"]


def test_the_files_of_a_form_that_came_second_are_sent_again_with_it(
    world: World, session: Session, browser_of: Browse
) -> None:
    matter = matter_in(world, "opinion_issued")
    url, browser = f"/cases/{matter.id}/serve", browser_of(world.handler)
    given = {"method": "direct", "receiver": "田小禾", "served_on": clock.today().isoformat(),
             "version": str(matter.version + 7), "files": [_upload("回证.pdf")]}  # fmt: skip
    html = browser.post(url, given, content_type="multipart/form-data").get_data(as_text=True)
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html))
    assert browser.post(url, {name: markup.unescape(value) for name, value in fields.items()}).status_code == 302
    session.expire_all()
    assert [row.name for row in matter.attachments] == ["回证.pdf"]


def test_the_files_somebody_else_brought_cannot_be_claimed(world: World, session: Session, browser_of: Browse) -> None:
    matter = matter_in(world, "opinion_issued")
    url = f"/cases/{matter.id}/serve"
    given = {"method": "direct", "receiver": "田小禾", "served_on": "x", "files": [_upload("回证.pdf")]}
    html = browser_of(world.handler).post(url, given, content_type="multipart/form-data").get_data(as_text=True)
    (note,) = re.findall(r'name="kept" value="([^"]+)"', html)
    claimed = {"method": "direct", "receiver": "田小禾", "served_on": clock.today().isoformat(), "kept": note}
    answer = browser_of(world.receiver).post(url, claimed)
    assert answer.status_code == 422
    assert "已过期，请重新选择" in answer.get_data(as_text=True)


def test_what_is_being_typed_outlives_the_window_until_the_act_is_done(
    world: World, session: Session, browser_of: Browse
) -> None:
    matter = matter_in(world, "accepted")
    url = f"/cases/{matter.id}/submit_opinion"
    browser = browser_of(world.handler)
    assert f'data-autosave="{url}/draft"' in browser.get(url).get_data(as_text=True)
    answer = browser.post(f"{url}/draft", {**OPINION, "facts": "写到一半的事实"})
    assert re.fullmatch(r"\d\d:\d\d", answer.get_json()["at"])
    browser.post(f"{url}/draft", {**OPINION, "facts": "写到一半的事实，又多了一句"})
    assert form_of(browser_of(world.handler), url)["facts"] == "写到一半的事实，又多了一句"
    assert "已恢复" in browser_of(world.handler).get(url).get_data(as_text=True)
    assert form_of(browser_of(world.head), url)["facts"] == "", "a draft is its writer's own"
    done = browser.post(url, {**OPINION, **{f"outcomes.{k}": v for k, v in per_claim(matter, "S").items()}})
    assert done.status_code == 302
    assert session.scalars(select(ActDraft).where(ActDraft.case_id == matter.id)).all() == []


def test_a_draft_may_be_thrown_away(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    url = f"/cases/{matter.id}/note"
    browser = browser_of(world.handler)
    browser.post(f"{url}/draft", {"note": "写错了"})
    assert form_of(browser, url)["note"] == "写错了"
    assert browser.post(f"{url}/discard", {}).headers["Location"] == url
    assert form_of(browser, url)["note"] == ""


def test_a_refused_act_keeps_its_draft_and_a_foreign_case_takes_none(
    world: World, session: Session, browser_of: Browse
) -> None:
    matter = matter_in(world, "accepted")
    url = f"/cases/{matter.id}/submit_opinion"
    browser = browser_of(world.handler)
    browser.post(f"{url}/draft", {"facts": "写到一半的事实"})
    assert browser.post(url, {"facts": "写到一半的事实"}).status_code == 422
    assert form_of(browser, url)["facts"] == "写到一半的事实"
    assert browser_of(world.other_officer).post(f"{url}/draft", {"facts": "x"}).status_code == 404
    assert browser.post(f"/cases/{matter.id}/explode/draft", {}).status_code == 404
    assert len(session.scalars(select(ActDraft)).all()) == 1
