"""How the sending stands: what the administrator's page shows, and what the self-inspection finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from petitions import clock, db
from petitions.access.models import User
from petitions.notices import delivery, heartbeat, mail, robots
from petitions.notices.delivery import TEST, Channel, Delivery, State
from petitions.notices.models import Notice
from petitions.notices.problems import words_of
from petitions.notices.queries import REMINDERS
from petitions.notices.robots import Robot
from petitions.notices.sending import any_on
from petitions.settings import Settings
from petitions.words import Refused, Sentence, say

SHOWN = 100
"""Rows of a list."""

_LONG = timedelta(hours=1)
"""What waits longer than that waits for a server that takes nothing."""

_LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Row:
    """One message as the administrator sees it: to whom and why not, never what it says or the address."""

    id: int
    to: str
    channel: Channel
    state: State
    attempts: int
    day: str
    why: Sentence | None
    test: bool


@dataclass(frozen=True)
class Beat:
    """A sign of life."""

    name: Sentence
    at: datetime | None
    late: bool


@dataclass(frozen=True)
class Condition:
    """The whole page."""

    beats: Sequence[Beat]
    waiting: int
    oldest: datetime | None
    parked: int
    rows: Sequence[Row]
    """Parked ones first, then those that wait and have been refused."""
    mail: Sentence
    robots: Sequence[Robot]
    without: Sequence[User]
    """Who has reminders waiting and no address to send them to."""
    without_more: int


def condition(settings: Settings, since: datetime) -> Condition:
    """How it stands now; `since`: when this process began to look for signs of life."""
    waiting, oldest = delivery.waiting()
    without = _without_address()
    jobs = ((heartbeat.TICK, say("定时提醒")), (heartbeat.SENDER, say("发送")))
    beats = [
        Beat(name, heartbeat.last(job), heartbeat.is_late(heartbeat.last(job), since, settings)) for job, name in jobs
    ]
    return Condition(
        beats if any_on(settings) else beats[:1], waiting, oldest, delivery.parked(), _rows(), _mail(settings),
        robots.every(), without[:SHOWN], max(0, len(without) - SHOWN),
    )  # fmt: skip


def send_test(channel: Channel, addressee: int, settings: Settings) -> None:
    """Queue a test. Raises Refused when one was sent in this minute, or the channel is off."""
    if channel is Channel.MAIL and not mail.is_on(settings):
        raise Refused(_mail(settings))
    # The minute is in the key: that is all the limit there is to it, and it holds for any number of processes.
    if not delivery.queue(TEST, channel, [addressee], f"{clock.now():%Y-%m-%dT%H:%M}", host_of(settings)):
        raise Refused(say("一分钟只能试发一次，稍后再试"))


def host_of(settings: Settings) -> str:
    """What the ids of our messages end with."""
    return settings.public_url.partition("://")[2].partition("/")[0].partition(":")[0] or "petitions.invalid"


def _mail(settings: Settings) -> Sentence:
    if not settings.mail_host:
        return say("没有设置邮件服务器，不发邮件")
    if not settings.mail_sender:
        return say("没有设置发件地址（PETITIONS_MAIL_FROM），不发邮件")
    if not settings.public_url:
        return say("没有设置系统的网址（PETITIONS_PUBLIC_URL），邮件里的链接无法生成，不发邮件")
    return say("经{host}发送", host=settings.mail_host)


def _rows() -> list[Row]:
    wanted = Delivery.state == State.PARKED.value, (Delivery.state == State.QUEUED.value) & (Delivery.problem != "")
    query = select(Delivery, User, Robot).outerjoin(User, User.id == Delivery.user_id).where(wanted[0] | wanted[1])
    query = query.outerjoin(Robot, Robot.id == Delivery.robot_id).options(joinedload(Robot.unit))
    ordered = query.order_by(Delivery.state, Delivery.id.desc()).limit(SHOWN)
    return [_row(*found) for found in db.session().execute(ordered)]


def _row(one: Delivery, person: User | None, robot: Robot | None) -> Row:
    to = person.name if person is not None else robot.unit.name if robot is not None else ""
    return Row(
        one.id, to, Channel(one.channel), State(one.state), one.attempts, one.day.isoformat(),
        words_of(one.problem, one.number), one.kind == TEST,
    )  # fmt: skip


def _without_address() -> list[User]:
    told = exists().where(Notice.recipient_id == User.id, Notice.read_at.is_(None), Notice.kind.in_(REMINDERS))
    return list(db.session().scalars(select(User).where(User.active, User.email == "", told).order_by(User.id)))


@dataclass(frozen=True)
class Trouble:
    """One finding of the self-inspection."""

    words: Sentence
    remedy: Sentence
    bad: bool = False
    """It does not work, rather than: somebody should look."""


def troubles(settings: Settings) -> list[Trouble]:
    """What is wrong with the sending; nothing where nothing is to be sent or all is well."""
    found = []
    if settings.mail_host and not mail.is_on(settings):
        found.append(Trouble(_mail(settings), say("写上它，或者去掉 PETITIONS_MAIL_HOST"), bad=True))
    try:
        settings.mail_secret()
    except OSError:
        words = say("读不到邮件密码的文件：{path}", path=settings.mail_password_file)
        found.append(Trouble(words, say("检查 PETITIONS_MAIL_PASSWORD_FILE，让运行程序的账号能读它"), bad=True))
    if settings.mail_host and settings.mail_tls == "none" and settings.mail_host not in _LOCAL:
        found.append(
            Trouble(
                say("邮件不加密送到{host}", host=settings.mail_host), say("设置 PETITIONS_MAIL_TLS=starttls 或 tls")
            )
        )
    if not any_on(settings):
        return found
    at, (_, oldest), parked = heartbeat.last(heartbeat.SENDER), delivery.waiting(), delivery.parked()
    if (
        settings.expect_tick
        and at is not None
        and clock.now() - at > heartbeat.MISSED * timedelta(seconds=settings.tick_seconds)
    ):
        words = say("发送停了，最后一次是{at}", at=at.strftime("%Y-%m-%d %H:%M"))
        found.append(Trouble(words, say("重新启动 petitions tick --loop 或 petitions serve"), bad=True))
    if oldest is not None and clock.now() - oldest > _LONG:
        words = say("有消息从{at}起没有发出去", at=oldest.strftime("%Y-%m-%d %H:%M"))
        found.append(Trouble(words, say("在“发件箱”里看原因")))
    if parked:
        found.append(Trouble(say("有{count}条消息发送失败", count=parked), say("在“发件箱”里看原因，改正后重发")))
    without = len(_without_address()) if mail.is_on(settings) else 0
    if without:
        found.append(
            Trouble(say("{count}人有期限提醒，但没有邮箱", count=without), say("在“人员”里补上；站内消息不受影响"))
        )
    return found
