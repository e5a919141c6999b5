"""What a time limit is: the words its row is written in. The rows stand in the three tables beside this file."""

from dataclasses import dataclass
from enum import StrEnum

from petitions.cases.clocks import Unit, counted
from petitions.words import Sentence, say


class Duty(StrEnum):
    """Who answers for a clock."""

    OFFICE = "office"
    """The petition office that registered it."""
    HOLDER = "holder"
    """The unit it lies with."""
    PETITIONER = "petitioner"
    """Nobody owes an act: the right is the petitioner's own."""
    PARTIES = "parties"
    """The parties of a dispute, together or each alone."""
    OUTSIDE = "outside"
    """A court, a tribunal, a discipline body: it does not work with this system."""


DUTIES = {
    Duty.OFFICE: say("信访部门"),
    Duty.HOLDER: say("有权处理的机关、单位"),
    Duty.PETITIONER: say("信访人"),
    Duty.PARTIES: say("当事人"),
    Duty.OUTSIDE: say("其他机关"),
}


class Origin(StrEnum):
    """Where a number comes from."""

    LAW = "law"
    """It stands in the text the row names."""
    PRACTICE = "practice"
    """A local rule, a standard of the trade, or what offices do."""
    DEFAULT = "default"
    """Nobody gives a number; this is ours, to be changed by the office."""


ORIGINS = {
    Origin.LAW: say("法定"),
    Origin.PRACTICE: say("规范或者实践"),
    Origin.DEFAULT: say("系统默认"),
}


@dataclass(frozen=True)
class Limit:
    """One time limit."""

    code: str
    """As in the table of limits (T6, M9); after a point the branch where a row has several numbers (`M5.summary`)."""
    name: str
    label: str
    """What is to be done, in the clock's short name: 告知 of 告知15日."""
    length: int | None
    """In `unit`; None when the sender names the date, or the text gives no number (`remark` says which)."""
    unit: Unit
    starts: str
    """The event whose day is the start (not counted itself)."""
    stops: str
    act: str
    """What has to be, or may be, done in time: a verb that follows 应于… and 按期…."""
    duty: Duty
    article: str
    source: str
    """The text the article stands in, with its date."""
    origin: Origin = Origin.LAW
    window: bool = False
    """A right that lapses; it is never overdue."""
    lapsed: str = ""
    """What a window is called once it is over."""
    roll: bool = True
    """Whether a last day on a day off moves to the next working day (民法典第203条, by analogy)."""
    extension: int = 0
    """At most so many of `unit` more."""
    extension_code: str = ""
    """The row of the table that gives the extension its article."""
    excluded: str = ""
    """What is not counted; empty when nothing is."""
    applies: str = ""
    """Name of a condition the kind of case evaluates before the clock is started."""
    floor: int | None = None
    """When the clock runs on after a handing-over was undone, at least so many 日 are left."""
    remark: str = ""
    """What whoever keeps the numbers should know."""

    @property
    def counted(self) -> Sentence | str:
        """The length as it is written: 15日, 5个工作日, 1个月; empty where there is no number."""
        return "" if self.length is None else counted(self.length, self.unit)

    @property
    def short(self) -> Sentence:
        """The clock's name beside its chip: 告知15日, 异议5工作日, 当场告知."""
        label = say(self.label)
        if not self.length:
            return label
        if self.unit is Unit.WORKDAYS:
            return say("{label}{count}工作日", label=label, count=self.length)
        return say("{label}{counted}", label=label, counted=counted(self.length, self.unit))
