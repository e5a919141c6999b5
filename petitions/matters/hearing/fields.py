"""The fields of the acts of a hearing, for every kind of case that holds one."""

from petitions.cases.fields import Field, Kind
from petitions.words import say

_ALL = (
    Field("hearing_asked_by", Kind.CHOICE, say("听证的提出"), choices="hearing_askers"),
    Field("hearing_asked_on", Kind.DATE, say("提出日期"), past=True, since_receipt=True),
    Field("hearing_reason", Kind.LONG, say("听证的理由"), written=True, rows=3, help=say("重大、复杂、疑难在哪里")),
    Field("hearing_refusal", Kind.LONG, say("不予听证的理由"), written=True, rows=3, help=say("写入告知书")),
    Field("hearing_withdrawal", Kind.LONG, say("撤回的理由"), rows=2),
    # The notice
    Field("hearing_subject", Kind.LONG, say("听证事项"), written=True, rows=3),
    Field("hearing_on", Kind.DATE, say("听证日期"), future=True),
    Field("hearing_time", Kind.TEXT, say("听证时间"), max_length=40, help=say("如：上午9时30分")),
    Field("hearing_place", Kind.TEXT, say("听证地点"), max_length=200),
    Field("openness", Kind.CHOICE, say("公开方式"), choices="opennesses"),
    Field("chair", Kind.TEXT, say("听证主持人"), max_length=40, help=say("承办人不能担任主持人")),
    Field("members", Kind.TEXT, say("听证员"), max_length=400,
          help=say("用顿号隔开；连同主持人为单数，不少于3人")),
    Field("clerk", Kind.TEXT, say("记录员"), max_length=40),
    # Changes before it is over
    Field("hearing_again_on", Kind.DATE, say("改到哪一天"), future=True),
    Field("adjournment", Kind.LONG, say("延期、休会的理由"), written=True, rows=3),
    Field("cancellation", Kind.LONG, say("取消听证的理由"), written=True, rows=3),
    Field("panel_member", Kind.CHOICE, say("被申请回避的人"), choices="hearing_panel"),
    Field("panel_asked_by", Kind.CHOICE, say("回避的提出人"), choices="panel_askers"),
    Field("panel_ground", Kind.LONG, say("回避的事由"), rows=3, help=say("与信访事项或信访人有直接利害关系（第28条第三款）")),
    Field("replacement", Kind.TEXT, say("接替的人"), max_length=40),
    Field("panel_refusal", Kind.LONG, say("驳回的理由"), written=True, rows=3),
    # The hearing itself
    Field("opened_on", Kind.DATE, say("听证开始日期"), past=True, since_receipt=True),
    Field("ended_on", Kind.DATE, say("听证结束日期"), past=True, since_receipt=True),
    Field("attendance", Kind.LONG, say("到场人员"), max_length=5000, rows=3, help=say("信访人、代理人、承办人、证人、旁听人员；没有到场的也写明")),
    Field("statements", Kind.LONG, say("陈述和申辩"), max_length=50000, rows=6),
    Field("evidence", Kind.LONG, say("举证和质证"), max_length=50000, rows=4, help=say("没有的写“无”")),
    Field("questions", Kind.LONG, say("询问和回答"), max_length=50000, rows=4),
    Field("minutes_signed", Kind.CHOICE, say("笔录的签名"), choices="minutes_signings"),
    Field("deliberation", Kind.LONG, say("评议（合议）情况"), max_length=20000, rows=4),
    Field("dissent", Kind.LONG, say("不同意见"), max_length=20000, rows=3, help=say("少数人的意见应当记明")),
    Field("finding", Kind.LONG, say("听证结论"), written=True, max_length=20000, rows=5),
)  # fmt: skip

FIELDS = {field.name: field for field in _ALL}
