"""A8 发件箱: what the administrator sees of the sending, resends, tries; and what the self-inspection finds."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock, selfcheck
from petitions.access import admin
from petitions.notices import condition, delivery, heartbeat
from petitions.notices.delivery import DIGEST, TEST, Channel, Delivery, State
from petitions.notices.problems import Undelivered
from petitions.notices.robots import Robot
from petitions.settings import Settings
from petitions.web.responses import Application
from petitions.words import FieldErrors
from tests.factories import World, matter_in
from tests.pages import Browse
from tests.smtp import by_mail


@pytest.fixture
def mailing(app: Application, settings: Settings) -> Settings:
    """An installation that sends mails to a server nobody reaches."""
    app.config["SETTINGS"] = by_mail(settings, 1)
    made: Settings = app.config["SETTINGS"]
    return made


def _parked(world: World) -> int:
    delivery.queue(DIGEST, Channel.MAIL, [world.handler.id], "2026-06-01", "xf.example")
    (one,) = delivery.take(Channel.MAIL)
    delivery.failed(one, Undelivered("address", 550, final=True))
    return one.id


def test_only_the_administrator_sees_it(world: World, browser_of: Browse, mailing: Settings) -> None:
    for name in ("officer", "security", "auditor", "head", "office_head"):
        assert browser_of(world.people[name]).get("/admin/outbox").status_code == 403
    assert browser_of(world.administrator).get("/admin/outbox").status_code == 200


def test_what_was_given_up_is_shown_with_the_reason_and_sent_again(
    world: World, browser_of: Browse, mailing: Settings, session: Session
) -> None:
    world.handler.email = "li.si@example.cn"
    number = _parked(world)
    browser = browser_of(world.administrator)
    page = browser.get("/admin/outbox").get_data(as_text=True)
    assert world.handler.name in page
    assert "邮件服务器不接受收件地址。核对人员的邮箱（550）" in page
    assert "li.si@example.cn" not in page, "an address is shown to its owner only"
    browser.post(f"/admin/outbox/{number}/again")
    session.expire_all()
    row = session.get_one(Delivery, number)
    assert (row.state, row.attempts) == (State.QUEUED, 0)
    assert "没有发送失败" in browser.get("/admin/outbox").get_data(as_text=True)
    delivery.failed(delivery.take(Channel.MAIL)[0], Undelivered("address", 550, final=True))
    browser.post("/admin/outbox/again")
    session.expire_all()
    assert session.get_one(Delivery, number).state == State.QUEUED


def test_a_test_goes_to_oneself_once_a_minute_and_needs_an_address(
    world: World, browser_of: Browse, mailing: Settings, session: Session
) -> None:
    browser = browser_of(world.administrator)
    browser.post("/admin/outbox/test")
    assert "没有邮箱" in browser.get("/admin/outbox").get_data(as_text=True)
    world.administrator.email = "admin@example.cn"
    session.commit()
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for expected in (1, 1):
            browser.post("/admin/outbox/test")
            assert len(session.scalars(select(Delivery.id).where(Delivery.kind == TEST)).all()) == expected
        traveller.shift(timedelta(minutes=1))
        browser.post("/admin/outbox/test")
        assert len(session.scalars(select(Delivery.id).where(Delivery.kind == TEST)).all()) == 2


def test_a_robot_is_registered_tried_and_put_away(
    world: World, browser_of: Browse, mailing: Settings, session: Session
) -> None:
    browser = browser_of(world.administrator)
    bad = browser.post(
        "/admin/robots", data={"unit": world.bureau.id, "make": "wecom", "address": "http://inside/x?key=geheim1"}
    )
    assert bad.status_code == 422
    assert "PETITIONS_ROBOT_HOSTS" in bad.get_data(as_text=True)
    good = {"unit": world.bureau.id, "make": "wecom", "address": "https://qyapi.example/x?key=geheim2"}
    assert browser.post("/admin/robots", data=good).status_code == 302
    page = browser.get("/admin/outbox").get_data(as_text=True)
    assert "qyapi.example" in page
    assert "geheim2" not in page
    robot = session.scalars(select(Robot)).one()
    browser.post(f"/admin/robots/{robot.id}/test")
    assert session.scalars(select(Delivery.robot_id)).all() == [robot.id]
    browser.post(f"/admin/robots/{robot.id}/remove")
    assert browser.post(f"/admin/robots/{robot.id}/test").status_code == 404
    assert "qyapi.example" not in browser.get("/admin/outbox").get_data(as_text=True)


def test_who_has_reminders_and_no_address_is_named(
    world: World, browser_of: Browse, mailing: Settings, session: Session
) -> None:
    matter = matter_in(world, "accepted")
    session.add(
        condition.Notice(
            recipient_id=world.handler.id, case_id=matter.id, kind="due_soon", text="", key="k", created_at=clock.now()
        )
    )
    page = browser_of(world.administrator).get("/admin/outbox").get_data(as_text=True)
    assert "没有邮箱（站内消息不受影响）" in page
    assert world.handler.name in page


def test_an_address_is_kept_with_the_account_and_one_that_is_none_is_refused(world: World, session: Session) -> None:
    typed = {"username": "lisi", "name": "李四", "unit": str(world.office.id), "email": "Li@Example.CN"}
    person, _ = admin.add_user(typed, ["petition_officer"], "security")
    assert person.email == "Li@example.cn"
    with pytest.raises(FieldErrors) as refused:
        admin.change_user(person, {**typed, "email": "li@example"}, ["petition_officer"], "security")
    assert list(refused.value.errors) == ["email"]
    assert person.email == "Li@example.cn"


def _found(settings: Settings) -> dict[str, bool]:
    return {str(one.words): one.bad for one in condition.troubles(settings)}


def test_the_inspection_names_what_is_missing_for_mails(session: Session, world: World, settings: Settings) -> None:
    assert _found(settings) == {}, "nothing is set up, nothing is wrong"
    whole = by_mail(settings, 25)
    assert _found(whole) == {}
    assert any(
        "PETITIONS_PUBLIC_URL" in words and bad for words, bad in _found(by_mail(settings, 25, public_url="")).items()
    )
    assert any(
        "PETITIONS_MAIL_FROM" in words and bad for words, bad in _found(by_mail(settings, 25, mail_from="")).items()
    )
    assert any("不加密" in words for words in _found(by_mail(settings, 25, mail_host="mail.example")))
    assert any(
        "密码" in words and bad
        for words, bad in _found(by_mail(settings, 25, mail_password_file=settings.data_dir / "no")).items()
    )


def test_the_inspection_sees_a_dead_sender_a_stuck_queue_and_what_was_given_up(
    session: Session, world: World, settings: Settings
) -> None:
    whole = by_mail(settings, 25)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        _parked(world)
        delivery.queue(DIGEST, Channel.MAIL, [world.officer.id], "2026-06-01", "xf.example")
        heartbeat.beat(heartbeat.SENDER)
        assert [words for words in _found(whole) if "失败" not in words] == []
        traveller.shift(timedelta(hours=2))
        found = _found(whole)
    assert any("发送停了" in words and bad for words, bad in found.items())
    assert any("没有发出去" in words for words in found)
    assert any("发送失败" in words for words in found)


def test_the_inspection_shows_them_with_the_rest(
    database: object, session: Session, world: World, settings: Settings
) -> None:
    session.commit()
    found = selfcheck.inspect(by_mail(settings, 25, public_url=""), database)  # type: ignore[arg-type]
    assert [one.level for one in found if one.name == "delivery"] == [selfcheck.Level.RED]


def test_healthz_is_red_without_a_sender_only_where_something_is_to_be_sent(
    app: Application, world: World, browser_of: Browse, settings: Settings, session: Session
) -> None:
    browser = browser_of(world.clerk)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        app.config["STARTED_AT"] = clock.now()
        traveller.shift(timedelta(seconds=3 * settings.tick_seconds + 1))
        heartbeat.beat(heartbeat.TICK)
        session.commit()
        assert browser.get("/healthz").json["sender"] == "off"  # type: ignore[index]
        assert browser.get("/healthz").status_code == 200
        app.config["SETTINGS"] = by_mail(settings, 25)
        red = browser.get("/healthz")
        assert (red.status_code, red.json["sender"], red.json["tick"]) == (503, "red", "green")  # type: ignore[index]
        heartbeat.beat(heartbeat.SENDER)
        session.commit()
        assert browser.get("/healthz").json["sender"] == "green"  # type: ignore[index]
