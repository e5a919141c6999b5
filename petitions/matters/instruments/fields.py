"""What a power of attorney, an urgent report and a suggestion are asked for, and the lists they choose from."""

from collections.abc import Mapping

from petitions.cases.fields import Choice, Field, Kind
from petitions.words import say

TOLD_OF_ALL = ("party", "government", "department", "conference")
"""第25条: whoever is told of anything urgent."""

_PARTY, _GOVERNMENT, _DEPARTMENT, _CONFERENCE = TOLD_OF_ALL

LISTS: Mapping[str, tuple[Choice, ...]] = {
    "agent_kinds": (
        Choice("relative", say("近亲属或者工作人员")), Choice("recommended", say("村居委会、单位或者团体推荐的人")),
        Choice("lawyer", say("律师或者基层法律服务工作者")), Choice("guardian", say("监护人")),
    ),
    "agent_scopes": (
        Choice("state", say("代为陈述事实和理由")), Choice("papers", say("代为提交材料、签收文书")),
        Choice("hearing", say("代为参加听证")), Choice("review", say("代为申请复查、复核")),
        Choice("settle", say("代为承认、变更、放弃请求，进行调解、和解")), Choice("withdraw", say("代为撤回")),
    ),
    "urgent_kinds": (
        Choice("order", say("可能影响公共秩序")), Choice("group", say("群体聚集")), Choice("threat", say("扬言采取过激行为")),
        Choice("self_harm", say("自伤自残风险")), Choice("opinion", say("舆情")), Choice("sensitive", say("重要时期、敏感节点")),
        Choice("other", say("其他")),
    ),
    "urgent_addressees": (
        Choice(_PARTY, say("本级党委")), Choice(_GOVERNMENT, say("本级政府")), Choice(_DEPARTMENT, say("相关主管部门")),
        Choice(_CONFERENCE, say("本级信访工作联席会议办公室")), Choice("above", say("上一级信访部门")),
        Choice("national", say("国家信访局")),
    ),
    "urgent_ways": (
        Choice("phone", say("电话")), Choice("written", say("书面")), Choice("system", say("信息系统")), Choice("fax", say("传真")),
    ),
    "suggestion_kinds": (
        Choice("improve", say("改进工作")), Choice("policy", say("完善政策")), Choice("accountability", say("追究责任")),
    ),
    "adoptions": (
        Choice("adopted", say("采纳")), Choice("partly", say("部分采纳")), Choice("declined", say("不采纳")),
    ),
}  # fmt: skip

FIELDS = (
    Field("agent", Kind.TEXT, say("代理人姓名"), max_length=100),
    Field("agent_kind", Kind.CHOICE, say("代理人身份"), choices="agent_kinds"),
    Field("agent_phone", Kind.PHONE, say("代理人电话")),
    Field("agent_scope", Kind.CHOICES, say("委托权限"), choices="agent_scopes",
          help=say("没有写明的权限，代理人不能行使")),
    Field("agent_proof", Kind.TEXT, say("代理人的证明"), max_length=300, help=say("亲属关系证明、推荐书或者执业证号")),
    Field("agent_until", Kind.DATE, say("委托截止日期"), future=True, help=say("不填写的，到此件办理结束为止")),
    Field("principal_signed", Kind.FLAG, say("信访人已在授权委托书上签名或者盖章")),
    Field("found_on", Kind.DATE, say("发现日期"), past=True),
    Field("found_time", Kind.TEXT, say("发现时间"), max_length=20, help=say("例如9时30分")),
    Field("finder", Kind.TEXT, say("发现人"), max_length=100),
    Field("urgent_kind", Kind.CHOICE, say("紧急情况类别"), choices="urgent_kinds"),
    Field("urgent_place", Kind.TEXT, say("发生地点"), max_length=200),
    Field("urgent_people", Kind.INTEGER, say("涉及人数"), least=1, most=100_000, suffix=say("人")),
    Field("urgent_demand", Kind.LONG, say("主要诉求"), written=True, max_length=5000),
    Field("measures", Kind.LONG, say("已采取的措施"), written=True, max_length=10_000),
    Field("reported_to", Kind.CHOICES, say("报告、通报的机关"), choices="urgent_addressees",
          help=say("第25条：报告本级党委和政府，通报主管部门和联席会议办公室")),
    Field("reported_at", Kind.TEXT, say("报送时间"), max_length=60, help=say("例如3月2日10时")),
    Field("reported_by", Kind.CHOICE, say("报送方式"), choices="urgent_ways"),
    Field("suggestion_kind", Kind.CHOICE, say("建议类别"), choices="suggestion_kinds"),
    Field("addressee", Kind.TEXT, say("向哪个机关、单位提出"), max_length=200,
          help=say("改进工作：有关单位；完善政策：本级党委和政府；追究责任：有管理权限的机关、单位")),
    Field("problem", Kind.LONG, say("存在的问题"), written=True, max_length=10_000),
    Field("suggestion", Kind.LONG, say("建议"), written=True, max_length=10_000),
    Field("adoption", Kind.CHOICE, say("采纳情况"), choices="adoptions"),
)  # fmt: skip
