"""Group robots: what is said to them, what they answer, and where they may not stand."""

import base64
import hashlib
import hmac
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy.orm import Session

from petitions.notices import delivery, reach, robots, sending
from petitions.notices.delivery import DIGEST, Channel, State
from petitions.notices.problems import Undelivered
from petitions.notices.robots import Make, Robot
from petitions.settings import Settings
from petitions.words import FieldErrors, Refused
from tests.factories import World
from tests.notices.conftest import Desk
from tests.notices.robot import Group, group


@pytest.fixture
def there() -> Iterator[Group]:
    """A group with a robot."""
    with group() as running:
        yield running


def _robot(desk: Desk, world: World, there: Group, make: str = "wecom", secret: str = "") -> Robot:
    desk.settings = desk.settings.model_copy(update={"robot_hosts": (f"127.0.0.1:{there.port}",)})
    typed = {
        "unit": str(world.bureau.id),
        "make": make,
        "address": f"http://127.0.0.1:{there.port}/send?key=k1",
        "secret": secret,
    }
    robot = robots.add(typed, desk.settings)
    delivery.queue(DIGEST, Channel.ROBOT, [robot.id], "2026-06-01", "xf.example")
    return robot


def test_a_robot_of_wecom_is_told_in_its_own_form(desk: Desk, world: World, there: Group) -> None:
    _robot(desk, world, there)
    assert desk.send().sent == 1
    ((path, body),) = there.heard
    assert path == "/send?key=k1"
    assert body == {"msgtype": "markdown", "markdown": {"content": f"**提醒**\n给{world.bureau.id}单位"}}


def test_a_robot_of_dingtalk_is_told_with_a_signature(desk: Desk, world: World, there: Group) -> None:
    _robot(desk, world, there, "dingtalk", "SEC1")
    assert desk.send().sent == 1
    ((path, body),) = there.heard
    asked = parse_qs(urlsplit(path).query)
    (moment,), (sign,) = asked["timestamp"], asked["sign"]
    made = hmac.new(b"SEC1", f"{moment}\nSEC1".encode(), hashlib.sha256).digest()
    assert base64.b64decode(sign) == made
    assert body["msgtype"] == "markdown"
    assert body["markdown"]["title"] == "提醒"


ANSWERS: tuple[tuple[int, Any, State, str, int | None], ...] = (
    (200, {"errcode": 93000, "errmsg": "invalid webhook url"}, State.PARKED, "robot", 93000),
    (200, {"errcode": 310000, "errmsg": "sign not match"}, State.PARKED, "robot", 310000),
    (200, {"errcode": 45009, "errmsg": "api freq out of limit"}, State.QUEUED, "robot", 45009),
    (200, b"<html>", State.QUEUED, "robot", None),
    (200, [], State.QUEUED, "robot", None),
    (200, {"errcode": "0"}, State.QUEUED, "robot", None),
    (200, {"errcode": 10**12}, State.QUEUED, "robot", None),
    (302, {}, State.PARKED, "redirect", 302),
    (404, {}, State.PARKED, "http", 404),
    (429, {}, State.QUEUED, "http", 429),
    (502, {}, State.QUEUED, "http", 502),
)


def test_what_a_robot_answers_decides_whether_it_is_tried_again(desk: Desk, world: World, there: Group) -> None:
    there.headers = {"Location": f"http://127.0.0.1:{there.port}/elsewhere"}
    robot = _robot(desk, world, there).id
    for number_of_row, (status, answer, state, problem, number) in enumerate(ANSWERS):
        there.status, there.answer = status, answer
        assert desk.send().failed == 1
        row = desk.rows()[-1]
        assert (row.state, row.problem, row.number) == (state, problem, number), (status, answer)
        assert len(there.heard) == number_of_row + 1, "a redirect is not followed"
        delivery.drop_for(robot)
        delivery.queue(DIGEST, Channel.ROBOT, [robot], f"another {number_of_row}", "xf.example")


def test_a_robot_that_is_slow_or_gone_is_left_alone(
    desk: Desk, world: World, there: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "_WAIT", 0.3)
    there.pause = 1.0
    _robot(desk, world, there)
    assert desk.send().failed == 1
    assert desk.rows()[0].problem == "slow"


def test_the_address_of_a_robot_is_locked_and_forgotten_with_it(desk: Desk, world: World, there: Group) -> None:
    robot = _robot(desk, world, there)
    assert b"key=k1" not in robot.cell
    assert robot.known["address"].endswith("key=k1")
    robots.remove(robot)
    assert robot.known == {"address": "", "secret": ""}
    assert desk.send() == sending.Sent()
    assert [row.state for row in desk.rows()] == [State.DROPPED]
    assert there.heard == []


BAD = (
    ("", "https"),
    ("http://qyapi.example/send?key=1", "PETITIONS_ROBOT_HOSTS"),
    ("ftp://qyapi.example/send", "https"),
    ("https://user:word@qyapi.example/send", "用户名"),
    ("https://@qyapi.example/send", "用户名"),
    ("https:///send", "https"),
    ("https://qyapi.example:99999/send", "写得不对"),
    ("https://[::1/send", "写得不对"),
    ("https://机器人.example/send", "汉字"),
    ("https://qyapi.example/se nd", "空格"),
    ("javascript:alert(1)", "https"),
    ("https://qyapi.example/" + "k" * 2000, "最"),
)


def test_an_address_that_cannot_be_used_is_refused_with_the_reason(
    session: Session, settings: Settings, world: World
) -> None:
    for address, why in BAD:
        with pytest.raises(FieldErrors) as refused:
            robots.add({"unit": str(world.bureau.id), "make": "wecom", "address": address}, settings)
        assert why in refused.value.errors["address"], address


def test_a_robot_needs_a_unit_and_a_make_and_wecom_takes_no_secret(
    session: Session, settings: Settings, world: World
) -> None:
    good = {"unit": str(world.bureau.id), "make": "wecom", "address": "https://qyapi.example/send?key=1"}
    for changes, field in (
        ({"unit": "999999"}, "unit"),
        ({"unit": "x"}, "unit"),
        ({"make": "feishu"}, "make"),
        ({"secret": "s"}, "secret"),
    ):
        with pytest.raises(FieldErrors) as refused:
            robots.add({**good, **changes}, settings)
        assert list(refused.value.errors) == [field]
    assert robots.add(good, settings).host == "qyapi.example"


@pytest.mark.parametrize(
    ("place", "public"),
    [
        ("8.8.8.8", True), ("2400:3200::1", True), ("127.0.0.1", False), ("10.1.2.3", False), ("172.16.0.1", False),
        ("192.168.1.1", False), ("169.254.169.254", False), ("100.64.0.1", False), ("0.1.2.3", False), ("224.0.0.1", False),
        ("255.255.255.255", False), ("::1", False), ("::", False), ("fe80::1%eth0", False), ("fd00::1", False),
        ("::ffff:10.0.0.1", False), ("::ffff:8.8.8.8", True), ("2002:0a00:0001::1", False), ("64:ff9b::a00:1", False),
        ("2001:0:a00:1::1", False), ("ff02::1", False),
    ],
)  # fmt: skip
def test_only_the_open_internet_is_public(place: str, public: bool) -> None:
    assert reach.is_public(place) is public


def test_a_name_that_leads_into_the_house_is_not_connected_to(there: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name passes as text; what it is looked up as does not."""
    asked: list[str] = []

    def look_up(host: str, port: int, **extra: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(reach.socket, "getaddrinfo", look_up)
    address = reach.parsed(f"https://inside.example:{there.port}/", ())
    with pytest.raises(Undelivered) as refused:
        reach.post(address, {})
    assert (refused.value.problem, refused.value.final) == ("private", True)
    assert asked == ["inside.example"]
    assert there.heard == []


def test_what_was_checked_is_what_is_connected_to(there: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers differently the second time (DNS rebinding) is never asked a second time."""
    real, asked = socket.getaddrinfo, list[str]()

    def look_up(host: str, port: int, *given: Any, **extra: Any) -> Any:
        asked.append(host)
        return real("127.0.0.1" if asked == ["robot.local"] else host, port, *given, **extra)

    monkeypatch.setattr(reach.socket, "getaddrinfo", look_up)
    status, said = reach.post(reach.parsed(f"http://robot.local:{there.port}/", ("robot.local",)), {"a": "甲"})
    assert (status, said["errcode"], there.heard) == (200, 0, [("/", {"a": "甲"})])
    assert asked.count("robot.local") == 1


def test_a_listed_host_is_listed_with_its_port_or_for_all(settings: Settings) -> None:
    assert reach.parsed("http://robot.local:8080/x", ("robot.local:8080",)).listed
    assert reach.parsed("http://ROBOT.local/x", ("robot.local",)).listed
    with pytest.raises(Refused):
        reach.parsed("http://robot.local:8081/x", ("robot.local:8080",))
    assert not reach.parsed("https://robot.local.evil.example/x", ("robot.local",)).listed


def test_both_makes_have_a_body() -> None:
    assert {robots.body_of(make, "甲", "乙")["msgtype"] for make in Make} == {"markdown"}
