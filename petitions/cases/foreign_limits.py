"""The limits of other procedures, X1 to X5: a claim that is led there is shown them, so that nobody loses a right by waiting.

They are told in words (`FOREIGN`) and can be counted one by one (`ROWS`); no clock of a case is started by them.
"""

from dataclasses import dataclass

from petitions.cases.clocks import Unit
from petitions.cases.limit import Duty, Limit

_REVIEW = "中华人民共和国行政复议法（2023年修订）"
_ADMINISTRATIVE = "中华人民共和国行政诉讼法（2017年修正）"
_LABOUR = "中华人民共和国劳动争议调解仲裁法（2007年）"
_LAND = "中华人民共和国农村土地承包经营纠纷调解仲裁法（2009年）"
_CIVIL = "中华人民共和国民法典（2020年）"

_INFRINGED = "知道或者应当知道权利被侵害之日"
_ACCEPTED = "受理之日"


@dataclass(frozen=True)
class Foreign:
    """The limits of another procedure, in words."""

    code: str
    name: str
    text: str
    article: str


FOREIGN_ROWS = (
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


def _right(  # noqa: PLR0917 - a row of the table
    code: str, name: str, label: str, length: int, unit: Unit, starts: str, act: str, article: str, source: str
) -> Limit:
    return Limit(
        code, name, label, length, unit, starts=starts, stops=act, act=act, duty=Duty.PARTIES,
        article=article, source=source, window=True, lapsed="已逾期间",
    )  # fmt: skip


def _elsewhere(  # noqa: PLR0917 - a row of the table
    code: str, name: str, label: str, length: int, unit: Unit, starts: str, act: str, article: str, source: str,
    extension: int = 0,
) -> Limit:  # fmt: skip
    return Limit(
        code, name, label, length, unit, starts=starts, stops=act, act=act, duty=Duty.OUTSIDE,
        article=article, source=source, extension=extension,
    )  # fmt: skip


ROWS = (
    _right(
        "X1.apply", "申请行政复议期", "申请复议", 60, Unit.DAYS, "知道或者应当知道行政行为之日", "申请行政复议",
        "《行政复议法》第20条", _REVIEW,
    ),
    _elsewhere(
        "X1.accept", "行政复议受理审查期限", "审查受理", 5, Unit.WORKDAYS, "收到复议申请之日", "决定是否受理",
        "《行政复议法》第30条、第88条", _REVIEW,
    ),
    _elsewhere(
        "X1.decide", "行政复议决定期限", "复议", 60, Unit.DAYS, _ACCEPTED, "作出复议决定",
        "《行政复议法》第62条", _REVIEW, extension=30,
    ),
    _right(
        "X2.direct", "直接提起行政诉讼期", "起诉", 6, Unit.MONTHS, "知道或者应当知道行政行为之日", "提起行政诉讼",
        "《行政诉讼法》第46条", _ADMINISTRATIVE,
    ),
    _right(
        "X2.review", "不服复议决定的起诉期", "起诉", 15, Unit.DAYS, "收到复议决定书之日", "提起行政诉讼",
        "《行政诉讼法》第45条", _ADMINISTRATIVE,
    ),
    _elsewhere(
        "X2.inaction", "行政机关履行职责期限", "履行职责", 2, Unit.MONTHS, "接到履行职责申请之日", "履行职责",
        "《行政诉讼法》第47条", _ADMINISTRATIVE,
    ),
    _right(
        "X3.apply", "申请劳动争议仲裁时效", "申请仲裁", 1, Unit.YEARS, _INFRINGED, "申请劳动争议仲裁",
        "《劳动争议调解仲裁法》第27条", _LABOUR,
    ),
    _elsewhere(
        "X3.accept", "劳动争议仲裁受理期限", "审查受理", 5, Unit.DAYS, "收到仲裁申请之日", "决定是否受理",
        "《劳动争议调解仲裁法》第29条", _LABOUR,
    ),
    _elsewhere(
        "X3.decide", "劳动争议仲裁审理期限", "仲裁", 45, Unit.DAYS, _ACCEPTED, "作出裁决",
        "《劳动争议调解仲裁法》第43条", _LABOUR, extension=15,
    ),
    _right(
        "X4.apply", "申请农村土地承包仲裁时效", "申请仲裁", 2, Unit.YEARS, _INFRINGED, "申请农村土地承包仲裁",
        "《农村土地承包经营纠纷调解仲裁法》第18条", _LAND,
    ),
    _elsewhere(
        "X4.decide", "农村土地承包仲裁审理期限", "仲裁", 60, Unit.DAYS, _ACCEPTED, "作出裁决",
        "《农村土地承包经营纠纷调解仲裁法》第47条", _LAND, extension=30,
    ),
    _right(
        "X4.sue", "不服土地承包仲裁裁决的起诉期", "起诉", 30, Unit.DAYS, "收到裁决书之日", "起诉",
        "《农村土地承包经营纠纷调解仲裁法》第48条", _LAND,
    ),
    _right(
        "X5", "普通诉讼时效", "起诉", 3, Unit.YEARS, "知道或者应当知道权利受到损害以及义务人之日", "起诉",
        "《民法典》第188条", _CIVIL,
    ),
)  # fmt: skip
