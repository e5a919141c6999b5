"""The time limits of the 信访工作条例 (in force since 2022-05-01), one row each, with the article of every number.

These are the national values. They are data: clocks.py counts, the workflow tables start and stop the clocks
by their code. The foreign limits at the end belong to other procedures; they are shown when a claim is led
there, so that nobody loses a right by waiting for an answer here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from petitions.cases.clocks import Unit

VERSION = "national-2022-05-01"
"""Kept on every deadline, so that it can be said later under which rule it was started."""

_NATIONAL = "信访工作条例（中共中央、国务院2022年2月25日发布）"


class Duty(StrEnum):
    """Who answers for a clock."""

    OFFICE = "office"
    """The petition office that registered it."""
    HOLDER = "holder"
    """The unit it lies with."""
    PETITIONER = "petitioner"
    """Nobody owes an act: the right is the petitioner's own."""


@dataclass(frozen=True)
class Limit:
    """One time limit."""

    code: str
    name: str
    short: str
    """The clock's name beside its chip."""
    length: int | None
    """In `unit`; None when the sender names the date."""
    unit: Unit
    starts: str
    """The event whose day is the start (not counted itself)."""
    stops: str
    act: str
    """What has to be, or may be, done in time: a verb that follows 应于… and 按期…."""
    duty: Duty
    article: str
    window: bool = False
    """A right that lapses; it is never overdue."""
    lapsed: str = ""
    """What a window is called once it is over."""
    roll: bool = True
    """Whether a last day on a day off moves to the next working day (民法典第203条, by analogy)."""
    extension: int = 0
    """At most so many 日 more."""
    extension_code: str = ""
    """The row of this table that gives the extension its article."""
    applies: str = ""
    """Name of a condition the kind of case evaluates before the clock is started."""
    floor: int | None = None
    """When the clock runs on after a handing-over was undone, at least so many 日 are left."""
    source: str = _NATIONAL


_ROWS = (
    Limit(
        "T1",
        "转送、交办期限",
        "转送15日",
        length=15,
        unit=Unit.DAYS,
        starts="信访部门收到信访事项之日",
        stops="转送、交办、报请或者作出其他处理",
        act="转送交办",
        duty=Duty.OFFICE,
        article="《信访工作条例》第22条第一款",
        # No number in the law: without it an objection on the fifteenth day would leave the sender no day at all.
        floor=3,
    ),
    Limit(
        "T2",
        "当场告知",
        "当场告知",
        length=0,
        unit=Unit.DAYS,
        starts="收到信访人直接提出的信访事项之日",
        stops="当场书面告知，或者不能当场告知而转为15日内告知",
        act="告知",
        duty=Duty.HOLDER,
        article="《信访工作条例》第23条第二款",
        # On the spot means the same day, also on a Sunday of duty.
        window=True,
        lapsed="未当场告知",
        roll=False,
    ),
    Limit(
        "T3",
        "书面告知期限（直接提出）",
        "告知15日",
        length=15,
        unit=Unit.DAYS,
        starts="收到信访人直接提出的信访事项之日",
        stops="书面告知信访人，或者记明其姓名（名称）、住址不清",
        act="告知",
        duty=Duty.HOLDER,
        article="《信访工作条例》第23条第二款",
    ),
    Limit(
        "T4",
        "书面告知期限（转送、交办）",
        "告知15日",
        length=15,
        unit=Unit.DAYS,
        starts="收到转送、交办的信访事项之日",
        stops="书面告知信访人接收情况以及处理途径和程序",
        act="告知",
        duty=Duty.HOLDER,
        article="《信访工作条例》第23条第三款",
    ),
    Limit(
        "T5",
        "异议期",
        "异议5工作日",
        # The only working-day number of the regulation; every other one is 日.
        length=5,
        unit=Unit.WORKDAYS,
        starts="收到转送、交办的信访事项之日",
        stops="提出异议并说明理由，或者开始办理",
        act="提出异议",
        duty=Duty.HOLDER,
        article="《信访工作条例》第23条第三款",
        window=True,
        lapsed="异议期已过",
    ),
    Limit(
        "T6",
        "办理期限",
        "办结60日",
        length=60,
        unit=Unit.DAYS,
        starts="受理之日",
        stops="出具信访处理意见书",
        act="办结",
        duty=Duty.HOLDER,
        article="《信访工作条例》第34条",
        extension=30,
        extension_code="T7",
        # Only matters of 第31条第六项; the other routes have the limits of their own procedures.
        applies="petition_procedure",
    ),
    Limit(
        "T7",
        "延长办理期限",
        "延长30日",
        # Never started alone: these days are added to T6 and counted from the day of acceptance, 90 日 in all.
        length=30,
        unit=Unit.DAYS,
        starts="受理之日（与办理期限连续计算）",
        stops="出具信访处理意见书",
        act="办结",
        duty=Duty.HOLDER,
        article="《信访工作条例》第34条",
        applies="petition_procedure",
    ),
    Limit(
        "T8",
        "申请复查期",
        "申请复查30日",
        length=30,
        unit=Unit.DAYS,
        starts="信访人收到书面答复之日",
        stops="信访人请求复查",
        act="请求复查",
        duty=Duty.PETITIONER,
        article="《信访工作条例》第35条",
        window=True,
        lapsed="已逾申请期",
        # A suggestion is replied to (第29条); there is no opinion on a demand that could be reviewed.
        applies="review",
    ),
    Limit(
        "T12",
        "反馈期限",
        "限期反馈",
        length=None,
        unit=Unit.DAYS,
        starts="交办之日",
        stops="提交办结报告",
        act="反馈",
        duty=Duty.HOLDER,
        article="《信访工作条例》第22条第一款第三项",
        # The sender named a day, not a term; a named day stays where it is.
        roll=False,
    ),
)

LIMITS: Mapping[str, Limit] = {row.code: row for row in _ROWS}


@dataclass(frozen=True)
class Foreign:
    """The limits of another procedure, in words: they are shown, not counted here."""

    code: str
    name: str
    text: str
    article: str


_FOREIGN_ROWS = (
    Foreign(
        "X1",
        "行政复议",
        "自知道或者应当知道行政行为之日起60日内申请；复议机关收到后5个工作日内审查是否受理，"
        "自受理之日起60日内作出复议决定，经批准可以延长，最多不超过30日。",
        "《行政复议法》第20条、第30条、第62条、第88条",
    ),
    Foreign(
        "X2",
        "行政诉讼",
        "自知道或者应当知道行政行为之日起6个月内起诉；不服复议决定的，自收到之日起15日内起诉；"
        "申请行政机关履行职责，接到申请之日起两个月内不履行的，可以起诉。",
        "《行政诉讼法》第45条至第47条",
    ),
    Foreign(
        "X3",
        "劳动争议仲裁",
        "自知道或者应当知道权利被侵害之日起1年内申请；仲裁委员会5日内决定是否受理，"
        "自受理之日起45日内结束，经批准可以延长，最多不超过15日。",
        "《劳动争议调解仲裁法》第27条、第29条、第43条",
    ),
    Foreign(
        "X4",
        "农村土地承包仲裁",
        "自知道或者应当知道权利被侵害之日起2年内申请；自受理之日起60日内结束，经批准可以延长，最多不超过30日；"
        "不服裁决的，自收到裁决书之日起30日内起诉。",
        "《农村土地承包经营纠纷调解仲裁法》第18条、第47条、第48条",
    ),
    Foreign(
        "X5",
        "民事诉讼",
        "诉讼时效期间为3年，自知道或者应当知道权利受到损害以及义务人之日起计算。",
        "《民法典》第188条",
    ),
)

FOREIGN: Mapping[str, Foreign] = {row.code: row for row in _FOREIGN_ROWS}
