"""Group robots: a unit's group in 企业微信 or 钉钉 is told once a day what is due, by numbers and counts alone."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote_plus

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petitions import clock, db
from petitions.access import audit, vault
from petitions.access.admin import NO_KEY, is_open
from petitions.access.models import Unit
from petitions.db import Base
from petitions.notices import delivery, reach
from petitions.notices.problems import Undelivered
from petitions.settings import Settings
from petitions.web.inputs import Input, insist_on_length, line
from petitions.words import FieldErrors, Refused, Sentence, say


class Make(StrEnum):
    """Whose robot it is: each takes a body of its own."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"

    @property
    def label(self) -> Sentence:
        """Chinese name."""
        return MAKES[self]


MAKES = {Make.WECOM: say("企业微信"), Make.DINGTALK: say("钉钉")}

INPUTS = (
    Input("unit", say("单位"), "unit", help=say("群里的人都是这个单位的；只发数目和编号，不含保密件")),
    Input("make", say("机器人"), "choice"),
    Input("address", say("地址"), help=say("从群机器人的设置里复制，保存后不再显示"), max_length=reach.LONGEST),
    Input("secret", say("加签密钥"), help=say("只有钉钉的“加签”要填"), max_length=200),
)

_FINAL = {93000, 300001, 300005, 310000, 400013, 400101, 400102, 400106}
"""What the robots answer to an address that is not valid any more, a wrong signature or a missing word: nothing that time heals."""


class Robot(vault.Keyed, Base):
    """A unit's robot. Whoever has its address can write into the group, so it is locked like a password that must be readable."""

    __tablename__ = "robots"
    __table_args__ = (CheckConstraint("make IN ('wecom','dingtalk')", name="make"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    make: Mapped[str]
    host: Mapped[str]
    """Of its address, which is all of it that is shown."""
    cell: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship(lazy="joined")

    def keep(self, address: str, secret: str) -> None:
        """Lock address and secret; the row has its number."""
        self.key_id, self.cell = vault.lock({"address": address, "secret": secret}, f"robots {self.unit_id}")

    @property
    def known(self) -> dict[str, str]:
        """`address` and `secret`."""
        return vault.unlock(self.key_id, self.cell, f"robots {self.unit_id}")

    def relock(self) -> None:
        """See Keyed."""
        known = self.known
        self.keep(known["address"], known["secret"])


def every() -> Sequence[Robot]:
    """The robots in use."""
    return db.session().scalars(select(Robot).where(Robot.ended_at.is_(None)).order_by(Robot.id)).all()


def add(values: Mapping[str, str], settings: Settings) -> Robot:
    """A new robot from what was typed (INPUTS). Raises FieldErrors."""
    typed, errors = {one.name: line(str(values.get(one.name) or "")) for one in INPUTS}, dict[str, str]()
    insist_on_length(INPUTS, typed)
    number = int(typed["unit"]) if typed["unit"].isdecimal() and len(typed["unit"]) < len(str(NO_KEY)) else 0
    unit = db.session().scalar(select(Unit).where(Unit.id == number, is_open()))
    if unit is None:
        errors["unit"] = say("选择单位")
    if typed["make"] not in list(Make):
        errors["make"] = say("选择是哪一种机器人")
    host = ""
    try:
        host = reach.parsed(typed["address"], settings.robot_hosts).host
    except Refused as refusal:
        errors["address"] = refusal.sentence
    if typed["secret"] and typed["make"] == Make.WECOM:
        errors["secret"] = say("企业微信的机器人没有加签密钥，留空")
    if errors or unit is None:
        raise FieldErrors(errors)
    robot = Robot(unit_id=unit.id, make=typed["make"], host=host, made_at=clock.now())
    robot.keep(typed["address"], typed["secret"])
    db.session().add(robot)
    db.session().flush()
    audit.record("robot:add", robot, after={"unit": unit.id, "make": robot.make, "host": host})
    return robot


def remove(robot: Robot) -> None:
    """Use a robot no more; its address is forgotten at once, and what waits for it is dropped."""
    robot.ended_at = clock.now()
    robot.keep("", "")
    delivery.drop_for(robot.id)
    audit.record("robot:remove", robot, before={"unit": robot.unit_id, "host": robot.host})


def send(robot: Robot, title: str, text: str, settings: Settings) -> None:
    """Have the robot say something (Markdown). Raises Undelivered."""
    known, make = robot.known, Make(robot.make)
    try:
        address = reach.parsed(_signed(known["address"], known["secret"]), settings.robot_hosts)
    except Refused:
        raise Undelivered("malformed", final=True) from None
    status, said = reach.post(address, body_of(make, title, text))
    if 300 <= status < 400:
        raise Undelivered("redirect", status, final=True)
    if status != 200:
        raise Undelivered("http", status, final=400 <= status < 500 and status not in (408, 429))
    code = said.get("errcode") if isinstance(said, dict) else None
    if code != 0:
        known_code = code if isinstance(code, int) and abs(code) < NO_KEY else None
        raise Undelivered("robot", known_code, final=known_code in _FINAL)


def body_of(make: Make, title: str, text: str) -> dict[str, Any]:
    """The JSON each of them takes."""
    if make is Make.WECOM:
        return {"msgtype": "markdown", "markdown": {"content": f"**{title}**\n{text}"}}
    return {
        "msgtype": "markdown",
        "markdown": {"title": title, "text": f"### {title}\n\n" + text.replace("\n", "\n\n")},
    }


def _signed(address: str, secret: str) -> str:
    """钉钉 加签: the time in milliseconds and its HMAC under the secret are added to the address."""
    if not secret:
        return address
    moment = str(int(clock.now().timestamp() * 1000))
    made = hmac.new(secret.encode(), f"{moment}\n{secret}".encode(), hashlib.sha256).digest()
    return f"{address}{'&' if '?' in address else '?'}timestamp={moment}&sign={quote_plus(base64.b64encode(made))}"
