"""The sender: takes messages from the queue, sends them outside of any transaction, and notes each result at once.

Any number of senders may work at the same time. What a message says is read when it is sent, so a clock that has ended or was
paused meanwhile is not in it. A worker begins with no message that might still be on its way when its lease ends, so what is
sent twice was sent by somebody who died between the server's yes and the note (or whose machine stood still for minutes).
"""

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from petitions import clock, db
from petitions.access.models import Unit, User
from petitions.db import Database
from petitions.notices import delivery, mail, robots
from petitions.notices.bounded import AT_MOST
from petitions.notices.delivery import TEST, Channel, Taken
from petitions.notices.problems import Undelivered
from petitions.notices.robots import Robot
from petitions.settings import Settings

log = structlog.get_logger()

_MARGIN = 30.0
"""Seconds for reading what a message says and noting what became of it, on a busy machine."""

_ENOUGH = 3
"""So many messages in a row that are not taken for now: the server is in trouble, and the others wait without losing a try."""


@dataclass(frozen=True)
class Letter:
    """What is sent. It holds no personal data: nothing of a petition but its number."""

    subject: str
    text: str


class Writers(Protocol):
    """Who writes the digests; this package knows no clock. None: there is nothing to say any more."""

    def person(self, person: User, settings: Settings) -> Letter | None:
        """The digest of a person."""

    def unit(self, unit: Unit, settings: Settings) -> Letter | None:
        """The digest of a unit's group."""


@dataclass
class Sent:
    """What one run of the sender has done."""

    sent: int = 0
    failed: int = 0
    dropped: int = 0
    lost: int = 0
    """Results that came after the lease: another worker has the message."""


def is_on(channel: Channel, settings: Settings) -> bool:
    """Whether anything can go out this way."""
    return mail.is_on(settings) if channel is Channel.MAIL else bool(robots.every())


def any_on(settings: Settings) -> bool:
    """Whether anything leaves the house at all. For a unit of work."""
    return any(is_on(channel, settings) for channel in Channel)


def drain(database: Database, settings: Settings, writers: Writers, alive: Callable[[], bool] = lambda: True) -> Sent:
    """Send what is due, until nothing is left or the server takes nothing; `alive` is asked after each batch whether to go on."""
    done = Sent()
    for channel in Channel:
        with database.work(write=False):
            on = is_on(channel, settings)
        while on and _Batch(database, settings, writers, done).send(channel):
            if not alive():
                return done
    return done


class _Batch:
    """Some messages of one channel, sent one after the other."""

    def __init__(self, database: Database, settings: Settings, writers: Writers, done: Sent) -> None:
        self._database, self._settings, self._writers, self._done = database, settings, writers, done
        self._began, self._since, self._sent_before = time.monotonic(), clock.now(), done.sent
        self._in_a_row = 0

    def send(self, channel: Channel) -> bool:
        """Take a batch and send it. False: nothing was due, or the server takes nothing now."""
        with self._database.work():
            left = delivery.take(channel)
        if not left:
            return False
        conversation: Any = mail.Mailbox(self._settings) if channel is Channel.MAIL else nullcontext()
        try:
            with conversation as mailbox:
                while left and self._time_is_left():
                    self._one(left, mailbox)
        except Undelivered as trouble:
            log.warning("server_in_trouble", channel=channel.value, problem=trouble.problem, number=trouble.number)
            self._wait(left, trouble)
            return False
        with self._database.work():
            for one in left:
                delivery.give_back(one)
            if self._done.sent > self._sent_before:
                delivery.wake(channel, self._since)
        return True

    def _time_is_left(self) -> bool:
        return time.monotonic() - self._began < delivery.LEASE.total_seconds() - AT_MOST - _MARGIN

    def _wait(self, left: list[Taken], trouble: Undelivered) -> None:
        """The server takes nothing: what was not tried is tried in a minute, and no try is counted."""
        with self._database.work():
            for one in left:
                delivery.failed(one, Undelivered(trouble.problem, trouble.number, of_server=True))

    def _one(self, left: list[Taken], mailbox: mail.Mailbox | None) -> None:
        """Send the first message and note the result. Raises Undelivered when it is the server that is in trouble."""
        one = left[0]
        why = self._tried(one, mailbox)
        if isinstance(why, Undelivered):
            if why.of_server:
                raise why
            self._done.failed += 1
            left.pop(0)
            self._note(one, lambda: delivery.failed(one, why))
            self._in_a_row = 0 if why.final else self._in_a_row + 1
            if mailbox is not None and self._in_a_row >= _ENOUGH:
                raise why
            return
        left.pop(0)
        self._in_a_row = 0
        if why:
            self._done.dropped += 1
            self._note(one, lambda: delivery.dropped(one, why))
        else:
            self._done.sent += 1
            self._note(one, lambda: delivery.sent(one))

    def _tried(self, one: Taken, mailbox: mail.Mailbox | None) -> Undelivered | str:
        """Why it was not taken, or why there is nothing to send; empty when it was taken."""
        try:
            with self._database.work(write=False):
                to, letter, why = self._written(one)
                if letter is None:
                    return why
            if mailbox is not None:
                mailbox.send(to, letter.subject, letter.text, one.message_id)
            else:
                robots.send(to, letter.subject, letter.text, self._settings)
        except Undelivered as no:
            return no
        except Exception as fault:
            # One message that cannot be written must not keep the others back.
            log.error("delivery_failed", delivery=one.id, exc_info=fault)
            return Undelivered("fault")
        return ""

    def _written(self, one: Taken) -> tuple[Any, Letter | None, str]:
        """To whom, what, and why nothing where there is no letter."""
        if one.robot_id is not None:
            robot = db.session().get_one(Robot, one.robot_id)
            letter = TRIAL if one.kind == TEST else self._writers.unit(robot.unit, self._settings)
            return robot, letter if robot.ended_at is None else None, "nothing" if letter is None else "no_address"
        person = db.session().get_one(User, one.user_id)
        wanted = person.active and person.email and (person.digest_on or one.kind == TEST)
        if not wanted:
            return "", None, "no_address"
        letter = TRIAL if one.kind == TEST else self._writers.person(person, self._settings)
        return person.email, letter, "nothing"

    def _note(self, one: Taken, result: Callable[[], bool]) -> None:
        with self._database.work():
            if not result():
                self._done.lost += 1
                log.warning("lease_lost", delivery=one.id)


TRIAL = Letter("期限提醒：试发", "这是一条试发的消息，收到就说明发送正常。")
"""What a test says. Like papers, what leaves the house is Chinese."""
