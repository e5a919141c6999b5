"""The digest of a day: who gets one, when, what is in it, and what never leaves the house."""

from collections.abc import Iterator
from datetime import date, timedelta
from time import tzset
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from petitions import clock, jobs
from petitions.access.models import User
from petitions.cases.models import Deadline
from petitions.cases.perform import perform
from petitions.deadlines import digest
from petitions.deadlines.digest import Digests
from petitions.matters.models import Matter
from petitions.notices import robots
from petitions.notices.delivery import Delivery, State
from petitions.notices.models import Notice
from petitions.settings import Settings
from tests.conftest import Isolated
from tests.factories import World, lend, matter_in, new_petition
from tests.smtp import Post, by_mail, post_office

NOON = clock.noon_of(date(2026, 6, 1))
"""A Monday with no holiday near it."""

NAME, TITLE, WORDS = "璩静姝", "反映渠水被截的独有说法", "渠水被上游的水泵截走，请求恢复。"


@pytest.fixture
def traveller() -> Iterator[time_machine.Traveller]:
    """The clock of the test: noon of 2026-06-01."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


class House:
    """An installation that ticks and sends."""

    def __init__(
        self, database: Isolated, session: Session, settings: Settings, traveller: time_machine.Traveller
    ) -> None:
        self.database, self.session, self.settings, self.traveller = database, session, settings, traveller

    def go_to(self, day: date, time: str = "12:00") -> None:
        """Carry the time on."""
        hour, minute = map(int, time.split(":"))
        self.traveller.move_to(clock.start_of(day) + timedelta(hours=hour, minutes=minute))

    def tick(self) -> int:
        """Tick; how many digests that put into the queue."""
        self.session.commit()
        done = jobs.tick(self.database, self.settings)
        assert done.failed == []
        return done.digests

    def send(self) -> int:
        """Send; how many went out."""
        self.session.commit()
        return jobs.send(self.database, self.settings).sent

    def says(self, person: User) -> str:
        """What the digest of a person would be now."""
        letter = Digests().person(person, self.settings)
        return "" if letter is None else f"{letter.subject}\n{letter.text}"


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server."""
    with post_office() as running:
        yield running


@pytest.fixture
def world(world: World, traveller: time_machine.Traveller) -> World:
    """The usual world, with addresses."""
    for person in world.people.values():
        person.email = f"u{person.id}@example.cn"
    return world


@pytest.fixture
def house(
    database: Isolated,
    session: Session,
    settings: Settings,
    traveller: time_machine.Traveller,
    post: Post,
    world: World,
) -> House:
    """See House."""
    return House(database, session, by_mail(settings, post.port, digest_at="08:30"), traveller)


def _due(matter: Matter, code: str = "T6") -> date:
    return next(row for row in matter.deadlines if row.code == code and row.ended_on is None).due_on


def _accepted(world: World, **changes: Any) -> Matter:
    return matter_in(world, "accepted", name=NAME, title=TITLE, text=WORDS, phone="19900012345", **changes)


def test_one_digest_a_day_and_person_whatever_is_due_and_however_often_it_ticks(
    house: House, world: World, post: Post
) -> None:
    matters = [_accepted(world) for _ in range(3)]
    house.go_to(_due(matters[0]))
    assert house.tick() == 1
    assert house.tick() == 0
    assert house.send() == 1
    assert post.addresses == [world.handler.email]
    text = post.text()
    assert all(matter.number in text for matter in matters)
    assert house.tick() + house.send() == 0
    house.go_to(clock.today() + timedelta(days=1), "08:31")
    house.tick()
    assert house.send() == 2, "a day late the head hears as well"


def test_each_line_says_number_clock_day_what_is_left_what_to_do_and_where(house: House, world: World) -> None:
    matter = _accepted(world)
    due = _due(matter)
    house.go_to(due - timedelta(days=3))
    house.tick()
    text = house.says(world.handler)
    line = next(one for one in text.splitlines() if matter.number in one)
    for part in ("办理期限", f"{due.year}年{due.month}月{due.day}日", "剩3天", "办结"):
        assert part in line
    assert f"https://xf.example/cases/{matter.id}" in text


def test_nothing_personal_leaves_the_house_by_mail(house: House, world: World, post: Post) -> None:
    matter = _accepted(world)
    house.go_to(_due(matter) + timedelta(days=4))
    house.tick()
    assert house.send() == len(post.taken) > 2
    for number in range(len(post.taken)):
        text = post.text(number)
        assert matter.number in text
        for secret in (
            NAME,
            TITLE,
            "渠水",
            "水泵",
            "19900012345",
            "田小禾",
            "柳林村",
            "河湾镇",
            world.handler.name,
            world.officer.name,
        ):
            assert secret not in text


def test_accusations_are_counted_for_who_is_on_the_list_and_unknown_to_everybody_else(
    house: House, world: World, post: Post
) -> None:
    accusation = new_petition(world, world.restricted, purpose="accusation").matter
    house.go_to(_due(accusation, "T1"))
    house.tick()
    house.send()
    assert post.addresses == [world.restricted.email]
    assert "另有1件保密事项，请登录查看" in post.text()
    assert accusation.number not in post.text()
    assert f"/cases/{accusation.id}" not in post.text()


def test_a_clock_that_ends_between_tick_and_sending_is_not_in_it(house: House, world: World, post: Post) -> None:
    done, open_one = _accepted(world), _accepted(world)
    house.go_to(_due(done))
    house.tick()
    house.session.execute(update(Deadline).where(Deadline.case_id == done.id).values(ended_on=clock.today()))
    assert house.send() == 1
    assert open_one.number in post.text()
    assert done.number not in post.text()


def test_where_everything_has_ended_before_sending_nothing_is_sent(house: House, world: World, post: Post) -> None:
    matter = _accepted(world)
    house.go_to(_due(matter))
    house.tick()
    house.session.execute(update(Deadline).where(Deadline.case_id == matter.id).values(ended_on=clock.today()))
    assert house.send() == 0
    assert [row.state for row in house.session.scalars(select(Delivery))] == [State.DROPPED]


def test_a_reminder_of_a_day_that_was_put_off_is_not_repeated(house: House, world: World) -> None:
    matter = _accepted(world)
    clock_row = next(row for row in matter.deadlines if row.code == "T6")
    house.go_to(clock_row.due_on - timedelta(days=3))
    house.tick()
    assert matter.number in house.says(world.handler)
    clock_row.due_on += timedelta(days=30)
    clock_row.target_on += timedelta(days=30)
    house.session.commit()
    assert matter.number not in house.says(world.handler)


def test_what_was_read_in_the_house_is_repeated_outside_only_when_it_presses(house: House, world: World) -> None:
    matter = _accepted(world)
    house.go_to(_due(matter) - timedelta(days=3))
    house.tick()
    house.session.execute(update(Notice).values(read_at=clock.now()))
    assert house.says(world.handler) == ""
    house.go_to(_due(matter))
    house.tick()
    house.session.execute(update(Notice).values(read_at=clock.now()))
    assert matter.number in house.says(world.handler)


def test_who_lost_the_case_is_not_reminded_of_it_and_its_new_handler_is(house: House, world: World) -> None:
    matter = _accepted(world)
    house.go_to(_due(matter))
    house.tick()
    perform(matter, "appoint", {"handler": world.second_handler.id}, world.receiver)
    assert matter.number not in house.says(world.handler)
    assert matter.number in house.says(world.second_handler)


def test_whoever_stands_in_for_a_handler_gets_theirs(house: House, world: World) -> None:
    matter = _accepted(world)
    house.go_to(_due(matter))
    lend(world.handler, world.second_handler)
    house.session.commit()
    house.tick()
    assert matter.number in house.says(world.second_handler)


def test_the_head_and_the_office_are_told_to_see_to_it(house: House, world: World) -> None:
    matter = _accepted(world)
    house.go_to(_due(matter) + timedelta(days=3))
    house.tick()
    assert "要做的：督促办理" in house.says(world.head)
    assert "要做的：督办" in house.says(world.officer)


def test_it_comes_at_the_time_of_the_house_or_the_persons_own(house: House, world: World) -> None:
    matter = _accepted(world)
    day = _due(matter)
    house.go_to(day, "08:29")
    assert house.tick() == 0
    house.go_to(day, "08:30")
    world.handler.digest_at = "17:00"
    assert house.tick() == 0
    house.go_to(day, "17:00")
    assert house.tick() == 1


def test_who_wants_none_or_has_no_address_gets_none(house: House, world: World) -> None:
    matter = _accepted(world)
    house.go_to(_due(matter))
    world.handler.digest_on = False
    assert house.tick() == 0
    world.handler.digest_on, world.handler.email = True, ""
    assert house.tick() == 0


def test_a_day_off_is_quiet_unless_something_presses(house: House, world: World) -> None:
    matter = _accepted(world)
    due = _due(matter)
    saturday = due - timedelta(days=(due.weekday() - 5) % 7)
    assert saturday.weekday() == 5
    house.go_to(saturday - timedelta(days=1), "00:01")
    house.session.add(_notice(world.handler, matter, saturday - timedelta(days=1)))
    house.go_to(saturday)
    expected = 1 if due <= saturday else 0
    assert house.tick() == expected
    house.settings = house.settings.model_copy(update={"quiet_days": False})
    assert house.tick() == 1 - expected
    house.settings = house.settings.model_copy(update={"quiet_days": True})
    later = due + timedelta(days=1)
    while later.weekday() != 6:
        later += timedelta(days=1)
    house.go_to(later)
    assert house.tick() >= 1, "overdue: also on a Sunday"


def _notice(person: User, matter: Matter, day: date) -> Notice:
    row = next(one for one in matter.deadlines if one.code == "T6")
    key = f"deadline:{row.id}:before-7:{row.due_on}:{person.id}"
    return Notice(
        recipient_id=person.id,
        case_id=matter.id,
        kind="due_soon",
        text="",
        said={},
        key=key,
        created_at=clock.noon_of(day),
    )


def test_after_a_week_without_a_sender_there_is_one_digest_and_not_seven(
    house: House, world: World, post: Post
) -> None:
    matter = _accepted(world)
    day = _due(matter)
    for ahead in range(7):
        house.go_to(day + timedelta(days=ahead))
        house.tick()
    assert house.send() == len(set(post.addresses)) == len(post.taken)
    mine = [row for row in house.session.scalars(select(Delivery)) if row.user_id == world.handler.id]
    assert [row.state for row in mine] == [State.DROPPED] * 6 + [State.SENT]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_clocks_that_jump_and_zones_of_the_machine_tell_nobody_twice(
    house: House, world: World, post: Post, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    """R25: two hours back, a day ahead and back again, across midnight."""
    monkeypatch.setenv("TZ", zone)
    tzset()
    matter = _accepted(world)
    due = _due(matter)
    days = []
    for day, time in (
        (0, "12:00"), (0, "10:00"), (1, "12:00"), (0, "12:00"), (0, "23:59"), (1, "00:00"), (1, "08:29"), (1, "08:30"), (2, "09:00"),
    ):  # fmt: skip
        house.go_to(due + timedelta(days=day), time)
        house.tick()
        house.send()
        days.append(clock.today())
    keys = house.session.scalars(select(Notice.key)).all()
    assert len(keys) == len(set(keys))
    mine = [row.day for row in house.session.scalars(select(Delivery)) if row.user_id == world.handler.id]
    assert sorted(mine) == sorted(set(days))
    ids = [message["Message-ID"] for message in post.taken]
    assert len(ids) == len(set(ids))


def test_a_long_list_is_cut_and_counted(house: House, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "_LINES", 2)
    matters = [_accepted(world) for _ in range(3)]
    house.go_to(_due(matters[0]))
    text = house.says(world.handler)
    assert sum(matter.number in text for matter in matters) == 2
    assert "另有1件没有列出" in text


def test_a_units_group_hears_counts_and_numbers_and_nothing_of_accusations(house: House, world: World) -> None:
    matter = _accepted(world)
    accusation = new_petition(world, world.restricted, purpose="accusation").matter
    ordinary = new_petition(world, name=NAME, title=TITLE, text=WORDS).matter
    house.go_to(_due(matter))
    bureau = Digests().unit(world.bureau, house.settings)
    office = Digests().unit(world.office, house.settings)
    assert bureau is not None
    assert office is not None
    assert f"{world.bureau.name}：今天到期1件" in bureau.text
    assert matter.number in bureau.text
    assert ordinary.number in office.text
    assert "已超期1件" in office.text, "the accusation is not even counted"
    assert accusation.number not in office.text
    for secret in (NAME, TITLE, "渠水", world.handler.name, "保密"):
        assert secret not in bureau.text + office.text


def test_a_robots_message_fits_however_much_is_due(house: House, world: World) -> None:
    matters = [_accepted(world) for _ in range(25)]
    house.go_to(_due(matters[0]))
    letter = Digests().unit(world.bureau, house.settings)
    assert letter is not None
    assert "另有5件没有列出" in letter.text
    assert len(str(robots.body_of(robots.Make.WECOM, letter.subject, letter.text)).encode()) < 4096


def test_a_robot_is_told_once_a_day_and_not_of_nothing(house: House, world: World) -> None:
    typed = {"unit": str(world.bureau.id), "make": "wecom", "address": "https://qyapi.example/send?key=1"}
    robots.add(typed, house.settings)
    house.settings = house.settings.model_copy(update={"mail_host": ""})
    assert house.tick() == 0
    matter = _accepted(world)
    house.go_to(_due(matter), "08:29")
    assert house.tick() == 0
    house.go_to(_due(matter), "08:30")
    assert house.tick() == 1
    assert house.tick() == 0
