"""What is asked when a petition is registered (domain.md §4.5): the counter, the import and the API share it.

第19条 asks for name, address, demand, facts and reasons; 规程第5条 adds head count, purpose, place and class.
Only what cannot be done without is mandatory: channel, day, demand, place and class, and a name or "unsigned".
"""

from dataclasses import dataclass

from petitions.cases.fields import Field, Kind
from petitions.words import say

_ALL = (
    # 信访人
    Field("phone", Kind.PHONE, say("手机/座机"), help=say("填满后自动查找同一号码的来件")),
    Field("name", Kind.TEXT, say("姓名"), max_length=100, help=say("单位填名称")),
    Field("unsigned", Kind.FLAG, say("未署名")),
    Field("id_number", Kind.ID_NUMBER, say("身份证号")),
    Field("region", Kind.TEXT, say("住址"), max_length=200, help=say("到乡镇街道、村居")),
    Field("address", Kind.TEXT, say("详细住址"), max_length=300),
    Field("headcount", Kind.INTEGER, say("人数"), least=1, most=100000, suffix=say("人")),
    Field("representatives", Kind.LONG, say("代表"), rows=3, max_length=1000,
          help=say("每行一人，写姓名和电话；多人走访推选代表不超过5人（第20条第三款）")),
    Field("agents", Kind.LONG, say("代理人"), rows=2, max_length=500, help=say("每行一人，写姓名、电话和与信访人的关系")),
    # 信访件
    Field("channel", Kind.CHOICE, say("信访形式"), choices="channels"),
    Field("received_on", Kind.DATE, say("来件日期"), past=True),
    Field("received_time", Kind.TEXT, say("时间"), max_length=20, help=say("如9:30")),
    Field("postmark_on", Kind.DATE, say("邮戳日期"), past=True),
    Field("letter_number", Kind.TEXT, say("信件编号"), max_length=100),
    Field("window", Kind.TEXT, say("来访窗口"), max_length=100),
    Field("receiver", Kind.TEXT, say("接访人"), max_length=100),
    Field("calling_number", Kind.PHONE, say("来电号码"), help=say("与手机不同时填写")),
    Field("terminal", Kind.CHOICE, say("网上渠道"), choices="terminals"),
    Field("source_level", Kind.CHOICE, say("来源层级"), choices="source_levels"),
    Field("superior_number", Kind.TEXT, say("上级文号"), max_length=100),
    Field("superior_due_on", Kind.DATE, say("上级要求反馈日期")),
    Field("leader", Kind.TEXT, say("批示领导"), max_length=100),
    Field("instruction", Kind.LONG, say("批示内容"), max_length=5000),
    Field("found_at", Kind.TEXT, say("发现地点"), max_length=200),
    # 信访事项
    Field("title", Kind.TEXT, say("概况"), max_length=200, help=say("一句话，不超过200字；不填就取诉求的开头")),
    Field("text", Kind.LONG, say("诉求原文"), max_length=100_000, rows=8),
    Field("claims", Kind.LONG, say("诉求分项"), max_length=20_000, rows=3, help=say("有几项诉求就写几行；不填作一项")),
    Field("place", Kind.TEXT, say("问题属地"), max_length=200),
    Field("class_code", Kind.CHOICE, say("内容分类"), choices="classes"),
    Field("purpose", Kind.CHOICE, say("信访目的"), choices="purposes"),
    Field("urgency", Kind.CHOICE, say("紧急程度"), choices="urgencies"),
    Field("flags", Kind.CHOICES, say("标记"), choices="flags"),
    Field("respondent", Kind.TEXT, say("被反映的单位或个人"), max_length=200),
    Field("respondent_unit", Kind.UNIT, say("被反映的单位（本系统内）"), choices="units"),
    Field("original_number", Kind.TEXT, say("原编号"), max_length=100, help=say("原来台账或上级系统里的编号")),
    Field("joins", Kind.CASE, say("并入的信访事项"), choices="related_matters"),
    # 台账
    Field("ledger", Kind.TEXT, say("来源台账"), max_length=400, help=say("文件和行号")),
    Field("ledger_notes", Kind.LONG, say("台账其他栏目"), max_length=100_000),
    Field("contact_notes", Kind.LONG, say("台账其他联系方式"), max_length=100_000),
)  # fmt: skip

FIELDS = {field.name: field for field in _ALL}

REQUIRED = ("channel", "received_on", "text", "place", "class_code")
"""At the counter. A name or the tick "unsigned" comes on top, see register.py."""

REQUIRED_OF_HISTORY = ("channel", "received_on", "text")
"""Of an imported row: a ledger that never had place or class is sorted later, in triage."""


@dataclass(frozen=True)
class Channel:
    """What one channel asks beside the common fields."""

    code: str
    fields: tuple[str, ...]


CHANNELS = {
    channel.code: channel
    for channel in (
        Channel("LX", ("letter_number", "postmark_on")),
        Channel("LF", ("window", "receiver", "received_time")),
        Channel("LD", ("calling_number", "received_time")),
        Channel("WS", ("terminal",)),
        Channel("XX", ("leader",)),
        Channel("SZ", ("source_level", "superior_number", "superior_due_on")),
        Channel("LP", ("leader", "instruction")),
        Channel("SP", ("window", "receiver", "received_time")),
        Channel("XF", ("found_at", "leader")),
    )
}

VISIT = "LF"
"""走访: people come in person."""

OF_HISTORY = ("ledger", "ledger_notes", "contact_notes")
"""What only an imported row has: where it stood, and the columns for which there is no field."""

_OF_SOME = (*dict.fromkeys(name for channel in CHANNELS.values() for name in channel.fields), *OF_HISTORY)

OF_THE_PERSON = ("calling_number", "contact_notes")
"""Those of them that say who the petitioner is: they are kept with the person."""

PARTICULARS = tuple(name for name in _OF_SOME if name not in OF_THE_PERSON)
"""The others, kept together on the petition."""

COMMON = tuple(name for name in FIELDS if name not in _OF_SOME)
