"""The counter's form on both databases: registering by every channel, joining, what comes after, who may see it."""

import io
import threading
import uuid
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from petitions import migrating
from petitions.access.models import User
from petitions.app import create_app
from petitions.cases.models import Attachment, Event
from petitions.db import Database
from petitions.intake.models import Draft
from petitions.matters.models import Matter, Petition
from petitions.matters.registration import CHANNELS, OF_THE_PERSON
from petitions.matters.who import masked
from petitions.settings import Settings
from tests.factories import World, build_world, matter_in, new_petition, typed
from tests.pages import Browser
from tests.pictures import picture

BrowserOf = type[Browser]

OF_CHANNEL = {
    "letter_number": "信-7", "postmark_on": "2026-01-02", "window": "3号窗口", "receiver": "接访员", "received_time": "9:30",
    "calling_number": "0371-1234567", "terminal": "wechat", "leader": "某领导", "source_level": "province",
    "superior_number": "省信〔2026〕8号", "superior_due_on": "2026-12-31", "instruction": "请阅处", "found_at": "柳林村",
}  # fmt: skip


def _form(**changes: Any) -> dict[str, Any]:
    return {"submission": uuid.uuid4().hex, **typed(**changes)}


def _petitions(session: Session) -> list[Petition]:
    return list(session.scalars(select(Petition).order_by(Petition.id)))


def test_the_form_starts_with_today_one_person_and_the_channel_of_the_last_one(
    world: World, browser_of: BrowserOf
) -> None:
    clerk = browser_of(world.clerk)
    page = clerk.get("/register").get_data(as_text=True)
    assert 'data-channel="LX"' in page
    clerk.post("/register", _form(channel="LD"))
    assert 'data-channel="LD"' in clerk.get("/register").get_data(as_text=True)


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_keeps_its_own_fields_and_no_others(
    world: World, browser_of: BrowserOf, session: Session, channel: str
) -> None:
    """Without script the page posts the fields of every channel."""
    answer = browser_of(world.clerk).post("/register", _form(channel=channel, received_on="2026-02-03", **OF_CHANNEL))
    assert answer.status_code == 302
    (petition,) = _petitions(session)
    own = set(CHANNELS[channel].fields)
    assert set(petition.particulars) == own - set(OF_THE_PERSON)
    assert set(masked(petition.matter.petitioners[0])) & set(OF_THE_PERSON) == own & set(OF_THE_PERSON)


def test_after_saving_the_number_and_the_query_code_are_shown_and_reloading_registers_nothing(
    world: World, browser_of: BrowserOf, session: Session
) -> None:
    clerk = browser_of(world.clerk)
    where = clerk.post("/register", _form()).headers["Location"]
    for _ in range(2):
        page = clerk.get(where).get_data(as_text=True)
        (petition,) = _petitions(session)
        assert petition.number in page
        assert petition.query_code[:5] in page
    assert "登记表" in page


def test_the_same_form_sent_again_shows_the_same_receipt(world: World, browser_of: BrowserOf, session: Session) -> None:
    clerk, form = browser_of(world.clerk), _form()
    first, second = (clerk.post("/register", form).headers["Location"] for _ in range(2))
    assert first == second
    assert len(_petitions(session)) == 1


def test_saving_and_going_on_keeps_the_petitioner_for_the_next_form(
    world: World, browser_of: BrowserOf, session: Session
) -> None:
    clerk, form = browser_of(world.clerk), _form(channel="LF", then="next")
    where = clerk.post("/register", form).headers["Location"]
    assert clerk.post("/register", form).headers["Location"] == where
    page = clerk.get(where).get_data(as_text=True)
    (petition,) = _petitions(session)
    assert petition.number in page
    for kept in ("田小禾", "19900001234", 'data-channel="LF"'):
        assert kept in page
    assert f">{form['text']}</textarea>" not in page
    assert petition.number in page.split('id="suspects"')[1], "the next one may be the same thing again"
    assert session.scalar(select(func.count()).select_from(Draft)) == 1


def test_saving_and_printing_leads_to_the_receipt(world: World, browser_of: BrowserOf) -> None:
    clerk = browser_of(world.clerk)
    where = clerk.post("/register", _form(then="print")).headers["Location"]
    assert where.endswith("/receipt?print=1")
    assert clerk.get(where).status_code == 200


def test_a_unit_registers_what_is_brought_to_it_directly(world: World, browser_of: BrowserOf, session: Session) -> None:
    receiver = browser_of(world.receiver)
    where = receiver.post("/register", _form()).headers["Location"]
    matter = _petitions(session)[0].matter
    assert (matter.state, {row.code for row in matter.deadlines}) == ("notice_due", {"T2", "T3"})
    receipt = receiver.get(where + "/receipt").get_data(as_text=True)
    assert "15日内）书面告知您是否受理" in receipt
    assert "青禾县自然资源局" in receipt


def test_the_receipt_says_what_happens_within_15_days(world: World, browser_of: BrowserOf, session: Session) -> None:
    petition = new_petition(world, received_on="2026-03-02")
    page = browser_of(world.clerk).get(f"/petitions/{petition.id}/receipt").get_data(as_text=True)
    # 第22条: the day of receipt is not counted, 2 March and 15 日 are 17 March.
    assert "2026年3月17日前（自收到之日起15日内）" in page
    for words in (petition.number, petition.query_code[:5], "青禾县信访局", "0000-1234567", "2026年3月2日", "田**"):
        assert words in page
    assert "田小禾" not in page
    assert "19900001234" not in page


def test_a_receipt_of_an_unsigned_letter_promises_no_written_notice(world: World, browser_of: BrowserOf) -> None:
    petition = new_petition(world, name="", unsigned="1", phone="")
    page = browser_of(world.clerk).get(f"/petitions/{petition.id}/receipt").get_data(as_text=True)
    assert "来件没有署名，无法书面告知" in page


def test_a_repeat_is_joined_and_its_receipt_names_the_matter(
    world: World, browser_of: BrowserOf, session: Session
) -> None:
    earlier = matter_in(world, "accepted")
    clerk = browser_of(world.clerk)
    where = clerk.post("/register", _form(joins=earlier.number)).headers["Location"]
    assert "已登记为重复件" in clerk.get(where).get_data(as_text=True)
    receipt = clerk.get(where + "/receipt").get_data(as_text=True)
    assert f"与信访事项{earlier.number}为同一事项" in receipt
    assert _petitions(session)[-1].matter_id == earlier.id


# --- accusations -----------------------------------------------------------------------------------------------------


def test_whoever_registers_an_accusation_prints_its_receipt_but_sees_the_case_no_more(
    world: World, browser_of: BrowserOf, session: Session
) -> None:
    clerk = browser_of(world.clerk)
    form = _form(purpose="accusation", respondent="河湾镇某站站长", text="站长收钱不办事，有收据。")
    where = clerk.post("/register", form).headers["Location"]
    (petition,) = _petitions(session)
    page = clerk.get(where).get_data(as_text=True)
    receipt = clerk.get(where + "/receipt").get_data(as_text=True)
    assert "按条例第三十条保密" in page
    for hidden in ("田", "收据", "站长", "柳林村"):
        assert hidden not in page.split("<main")[1].split("</main>")[0]
        assert hidden not in receipt
    assert clerk.get(f"/cases/{petition.matter_id}").status_code == 404
    assert browser_of(world.officer).get(where).status_code == 404
    assert browser_of(world.restricted).get(where).status_code == 200
    assert browser_of(world.restricted).get(f"/cases/{petition.matter_id}").status_code == 200


def test_the_form_of_an_accusation_carries_the_banner_and_the_accused_open(world: World, browser_of: BrowserOf) -> None:
    page = browser_of(world.clerk).post("/register", _form(purpose="accusation", text="")).get_data(as_text=True)
    assert 'class="counter is-confidential"' in page
    assert '<details class="folded field-wide" id="accused" open>' in page


# --- who may -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["head", "auditor", "administrator", "handler", "inspector", "office_head"])
def test_who_does_not_register_is_turned_away(world: World, browser_of: BrowserOf, person: str) -> None:
    browser = browser_of(world.people[person])
    for url in ("/register", "/register/suspects", "/register/draft"):
        assert browser.post(url, _form()).status_code == 403
    assert browser.get("/register").status_code == 403


def test_a_receipt_is_not_shown_to_another_office_and_not_after_moving_away(
    world: World, browser_of: BrowserOf, session: Session
) -> None:
    petition = new_petition(world)
    for person in (world.other_clerk, world.other_officer, world.receiver, world.head):
        for url in (f"/petitions/{petition.id}", f"/petitions/{petition.id}/receipt"):
            assert browser_of(person).get(url).status_code == 404
    world.clerk.unit = world.other_office
    assert browser_of(world.clerk).get(f"/petitions/{petition.id}").status_code == 404


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999", "-1", "x", "²"])
def test_a_petition_that_does_not_exist_is_not_found(world: World, browser_of: BrowserOf, number: str) -> None:
    for url in (f"/petitions/{number}", f"/petitions/{number}/receipt"):
        assert browser_of(world.clerk).get(url).status_code == 404
    assert browser_of(world.clerk).get(f"/register?after={number}").status_code == 200


# --- suspected repeats ---------------------------------------------------------------------------------------------------


def _suspects(browser: Browser, **known: str) -> str:
    answer = browser.post("/register/suspects", {"submission": uuid.uuid4().hex, **known})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "known",
    [
        {"phone": "１９９-0000-1234"},
        {"name": "田小禾", "place": "河湾镇"},
        {"calling_number": "19900001234"},
        {"name": "沈玉珍", "agents": "田小禾 19900001234 代理人", "phone": "19900009999"},
    ],
)
def test_an_earlier_petition_is_suspected_from_what_is_known(
    world: World, browser_of: BrowserOf, known: dict[str, str]
) -> None:
    petition = new_petition(world)
    answer = _suspects(browser_of(world.clerk), **known)
    assert petition.number in answer
    assert "作为重复件并入此件" in answer
    assert "19900001234" not in answer


@pytest.mark.parametrize(
    "known",
    [{}, {"phone": "1990000123"}, {"name": "田小禾"}, {"id_number": "4199991960"}, {"id_number": "1.1E+17"},
     {"phone": "\x00"}, {"respondent_unit": "9" * 30, "purpose": "accusation"}, {"representatives": "12345\n\x00"}],
)  # fmt: skip
def test_half_a_number_asks_nothing(world: World, browser_of: BrowserOf, known: dict[str, str]) -> None:
    petition = new_petition(world)
    assert petition.number not in _suspects(browser_of(world.clerk), **known)


def test_an_accusation_is_suspected_before_the_restricted_desk_only(world: World, browser_of: BrowserOf) -> None:
    sealed = new_petition(world, purpose="accusation", respondent="河湾镇某站站长")
    known = {"phone": "19900001234", "purpose": "accusation"}
    for person in (world.clerk, world.officer, world.receiver):
        assert sealed.number not in _suspects(browser_of(person), **known)
    assert sealed.number in _suspects(browser_of(world.restricted), **known)


def test_an_ordinary_matter_is_not_offered_to_an_accusation(world: World, browser_of: BrowserOf) -> None:
    petition = new_petition(world)
    answer = _suspects(browser_of(world.clerk), phone="19900001234", purpose="accusation")
    assert petition.number in answer
    assert "保密件和普通件不能合并（第30条）" in answer
    assert "作为重复件并入此件" not in answer


def test_a_unit_is_shown_what_was_handed_to_it_but_joins_only_what_it_registered(
    world: World, browser_of: BrowserOf
) -> None:
    handed = matter_in(world, "signed")
    answer = _suspects(browser_of(world.receiver), phone="19900001234")
    assert handed.number in answer
    assert "此件由青禾县信访局登记，不能并入" in answer
    assert "作为重复件并入此件" not in answer


def test_what_was_chosen_stays_chosen_while_it_is_offered(world: World, browser_of: BrowserOf) -> None:
    petition = new_petition(world)
    clerk, chosen = browser_of(world.clerk), petition.number
    assert f'value="{chosen}" checked' in _suspects(clerk, phone="19900001234", joins=chosen)
    assert "checked" not in _suspects(clerk, phone="19900001234", joins="XF2026-000777").replace('value="" checked', "")


# --- files ---------------------------------------------------------------------------------------------------------------

PNG = picture("PNG")


def _with_file(form: dict[str, Any], name: str = "原信.png", content: bytes = PNG) -> dict[str, Any]:
    return {**form, "files": (io.BytesIO(content), name)}


def test_files_come_with_the_petition_once_however_often_the_form_is_sent(
    world: World, browser_of: BrowserOf, session: Session
) -> None:
    clerk, form = browser_of(world.clerk), _form()
    for _ in range(2):
        assert clerk.post("/register", _with_file(form), content_type="multipart/form-data").status_code == 302
    assert [row.name for row in session.scalars(select(Attachment))] == ["原信.png"]


def test_a_file_is_not_asked_for_again_when_something_else_is_wrong(
    world: World, browser_of: BrowserOf, session: Session
) -> None:
    clerk, form = browser_of(world.clerk), _form(text="")
    page = clerk.post("/register", _with_file(form), content_type="multipart/form-data").get_data(as_text=True)
    note = page.split('name="kept" value="')[1].split('"')[0]
    assert "原信.png" in page
    assert clerk.post("/register", {**form, "text": "补上了", "kept": note}).status_code == 302
    assert [row.name for row in session.scalars(select(Attachment))] == ["原信.png"]


def test_somebody_elses_note_of_a_file_is_worth_nothing(world: World, browser_of: BrowserOf, session: Session) -> None:
    clerk, form = browser_of(world.clerk), _form(text="")
    page = clerk.post("/register", _with_file(form), content_type="multipart/form-data").get_data(as_text=True)
    note = page.split('name="kept" value="')[1].split('"')[0]
    for given in (note, "x", note + "x"):
        answer = browser_of(world.officer).post("/register", {**_form(), "kept": given})
        assert answer.status_code == 422
        assert "先前选择的附件已过期，请重新选择" in answer.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(Attachment)) == 0


def test_a_file_that_cannot_be_kept_is_named_together_with_the_other_faults(
    world: World, browser_of: BrowserOf, session: Session
) -> None:
    form = _with_file(_form(text=""), "程序.exe", b"MZ\x90\x00")
    answer = browser_of(world.clerk).post("/register", form, content_type="multipart/form-data")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "“程序.exe”不是可以上传的文件" in page
    assert "填写诉求原文" in page
    assert _petitions(session) == []


# --- many at once -----------------------------------------------------------------------------------------------------------


def test_one_form_in_two_windows_at_the_same_moment_is_one_petition(own_database: Database, tmp_path: Any) -> None:
    migrating.fill(own_database)
    with own_database.work() as session:
        world = build_world(session)
    app = create_app(Settings(data_dir=tmp_path / "data", secret_key="of this test only"), own_database)
    app.config.update(TESTING=True, PROPAGATE=True, WTF_CSRF_ENABLED=False)
    for _ in range(5):
        form, answers = _form(), list[str]()
        start = threading.Barrier(3)

        def send(person: User, form: dict[str, Any], answers: list[str], start: threading.Barrier) -> None:
            browser = Browser(app, person)
            start.wait(timeout=30)
            answer = browser.post("/register", form)
            answers.append(answer.headers.get("Location", answer.status))

        windows = [threading.Thread(target=send, args=(world.clerk, form, answers, start)) for _ in range(3)]
        for window in windows:
            window.start()
        for window in windows:
            window.join(timeout=60)
        assert len(answers) == 3
        assert len(set(answers)) == 1
        assert answers[0].startswith("/petitions/"), answers
    with own_database.work(write=False) as session:
        numbers = [petition.number[-6:] for petition in _petitions(session)]
        assert numbers == [f"{n:06d}" for n in range(1, 6)], "five forms, five petitions, no gap"
        assert session.scalar(select(func.count()).select_from(Event).where(Event.action == "register")) == 5
        assert session.scalar(select(func.count()).select_from(Matter)) == 5


def test_the_form_is_drawn_with_a_fixed_number_of_queries(
    world: World, browser_of: BrowserOf, session: Session
) -> None:
    clerk = browser_of(world.clerk)
    for _ in range(12):
        new_petition(world)
    session.commit()
    sought = {"phone": "19900001234", "text": "承包地"}
    clerk.post("/register/suspects", sought)  # the first look within the hour is written down besides
    asked: list[str] = []
    engine = session.get_bind().engine

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        clerk.get("/register")
        drawn = len(asked)
        clerk.post("/register/suspects", sought)
        suspected = len(asked) - drawn
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert drawn <= 15, asked
    assert suspected <= 9, asked[drawn:]


def test_representatives_are_asked_of_a_crowd_on_a_visit_only(world: World, browser_of: BrowserOf) -> None:
    clerk = browser_of(world.clerk)
    spoken_for = {"channel": "LF", "headcount": "7", "representatives": "田小禾 19900001234\n沈玉珍 19900001235"}
    for said in ({"channel": "LF", "headcount": "4"}, {"channel": "LX", "headcount": "7"}, spoken_for):
        answer = clerk.post("/register", {"submission": uuid.uuid4().hex, **typed(**said)})
        assert answer.status_code == 302, said
