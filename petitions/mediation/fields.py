"""Every field of a mediation's acts: those a matter has too are the matter's own, the rest stands here."""

from collections.abc import Mapping

from petitions.cases import voiding
from petitions.cases.fields import Field, Kind
from petitions.matters.fields import FIELDS as OF_MATTERS
from petitions.words import say

_SHARED = "held_on record reason note files former_unit successor succession_basis recounted recount_ground"

PLAN = (
    Field("debtor", Kind.CHOICE, say("履行人"), choices="parties"),
    Field("item", Kind.TEXT, say("履行事项"), max_length=200),
    Field("amount", Kind.MONEY, say("金额（元）")),
    Field("due_on", Kind.DATE, say("履行期限")),
)
"""A row of the plan of performance (第29条第三项)."""

_OPENING = (
    Field("dispute_type", Kind.CHOICE, say("纠纷类型"), choices="dispute_types"),
    Field("dispute_title", Kind.TEXT, say("纠纷名称"), max_length=200, help=say("例：张某与李某相邻排水纠纷")),
    Field("dispute_facts", Kind.LONG, say("纠纷简要情况"), max_length=20000, rows=6),
    Field("dispute_requests", Kind.LONG, say("申请事项"), rows=3, help=say("一行一项")),
    Field("dispute_place", Kind.TEXT, say("纠纷发生地"), max_length=200),
    Field("dispute_amount", Kind.MONEY, say("涉及金额（元）")),
    Field("dispute_headcount", Kind.INTEGER, say("涉及当事人数"), least=2, most=100000),
    Field("difficult", Kind.FLAG, say("疑难复杂纠纷")),
    Field("application_form", Kind.CHOICE, say("申请方式"), choices="application_forms"),
    Field("referral_source", Kind.CHOICE, say("移送、委托单位类别"), choices="referral_sources"),
    Field("sent_by", Kind.TEXT, say("移送、委托单位"), max_length=100),
    Field("letter_number", Kind.TEXT, say("来函文号或者案号"), max_length=100),
)  # fmt: skip

_BEGINNING = (
    Field("party", Kind.CHOICE, say("当事人"), choices="everybody"),
    Field("consent_way", Kind.CHOICE, say("同意的方式"), choices="consent_ways"),
    Field("agreed_on", Kind.DATE, say("同意日期"), past=True, since_receipt=True),
    Field("said_on", Kind.DATE, say("表示拒绝的日期"), past=True, since_receipt=True),
    Field("elsewhere", Kind.CHOICE, say("是否有不能调解的情形"), choices="elsewhere"),
    Field("mediation_refusal", Kind.CHOICE, say("不予受理的理由"), choices="mediation_refusals"),
    Field("mediators", Kind.CHOICES, say("调解员"), choices="mediators_of_committee"),
    Field("presider", Kind.CHOICE, say("主持人"), choices="mediators_of_committee"),
    Field("chosen_by", Kind.CHOICE, say("产生方式"), choices="choosers"),
    Field("kinship", Kind.CHOICE, say("利害关系"), choices="kinships", help=say("逐人问明后选择")),
    Field("recused_mediator", Kind.CHOICE, say("应当回避的调解员"), choices="mediators_of_case"),
    Field("recusal_asked_by", Kind.CHOICE, say("提出回避的人"), choices="recusal_askers"),
    Field("told_on", Kind.DATE, say("告知日期"), past=True, since_receipt=True),
    Field("told_way", Kind.CHOICE, say("告知方式"), choices="told_ways"),
    Field("told_to", Kind.CHOICES, say("已告知的当事人"), choices="parties"),
    Field("invited", Kind.LONG, say("被邀请人"), rows=2, help=say("姓名、与当事人的关系或者专长")),
    Field("consented_to", Kind.CHOICES, say("同意的当事人"), choices="parties"),
)  # fmt: skip

_SESSION = (
    Field("place", Kind.TEXT, say("地点"), max_length=200),
    Field("people", Kind.LONG, say("参加人员"), rows=2, help=say("调查人、被调查人和记录人")),
    Field("ground", Kind.LONG, say("回避事由"), rows=2, help=say("与当事人有近亲属关系、与纠纷有利害关系，或者可能影响公正调解")),
    Field("began_at", Kind.TIME, say("开始时间")),
    Field("ended_at", Kind.TIME, say("结束时间"), after="began_at"),
    Field("open_session", Kind.CHOICE, say("公开方式"), choices="openness"),
    Field("present", Kind.CHOICES, say("到场当事人"), choices="everybody"),
    Field("others", Kind.LONG, say("参加人"), rows=2, after="present", help=say("经当事人同意邀请的人")),
    Field("statements", Kind.TOLD, say("陈述"), parts="everybody", max_length=20000, rows=4, after="present"),
    Field("proposal", Kind.LONG, say("纠纷解决方案"), max_length=20000, rows=4, after="record"),
    Field("session_outcome", Kind.CHOICE, say("调解结果"), choices="session_outcomes"),
    Field("signed", Kind.CHOICES, say("已签名、盖章或者按指印的人"), choices="everybody"),
    Field("next_on", Kind.DATE, say("下次调解日期")),
    Field("next_at", Kind.TIME, say("下次调解时间")),
    Field("next_place", Kind.TEXT, say("下次调解地点"), max_length=200, help=say("记录调解时不填写的，就是本次地点")),
    Field("danger", Kind.LONG, say("可能激化的情况"), written=True),
    Field("reported_to", Kind.TEXT, say("报告单位"), max_length=100),
    Field("reported_on", Kind.DATE, say("报告日期"), past=True, since_receipt=True),
    Field("measures", Kind.LONG, say("采取的预防措施"), written=True),
    Field("days", Kind.INTEGER, say("延长的天数"), least=1, most=365, suffix=say("日")),
)  # fmt: skip

_AGREEMENT = (
    Field("agreed_facts", Kind.LONG, say("纠纷的主要事实"), written=True, max_length=20000, rows=6),
    Field("disputed_points", Kind.LONG, say("争议事项"), written=True, max_length=20000),
    Field("responsibility", Kind.LONG, say("各方当事人的责任"), written=True, max_length=20000),
    Field("agreed_content", Kind.LONG, say("协议内容"), written=True, max_length=20000, rows=6, help=say("一行一项")),
    Field("performance_plan", Kind.ROWS, say("履行计划"), columns=PLAN, row_needs=("debtor", "item", "due_on")),
    Field("performance_way", Kind.LONG, say("履行方式、地点"), rows=2),
    Field("needs_no_paper", Kind.FLAG, say("各方当事人都认为无需制作调解协议书")),
    Field("signed_on", Kind.DATE, say("签署日期"), past=True, since_receipt=True),
    Field("mediator_signed", Kind.FLAG, say("调解员已签名")),
    Field("sealed_by_committee", Kind.FLAG, say("已加盖人民调解委员会印章")),
    Field("failure_ground", Kind.CHOICE, say("终止的原因"), choices="failure_grounds"),
    Field("ways_told", Kind.CHOICES, say("已告知的其他途径"), choices="remedies"),
)  # fmt: skip

_AFTERWARDS = (
    Field("performance_row", Kind.CHOICE, say("履行事项"), choices="owed_rows"),
    Field("performed_on", Kind.DATE, say("履行日期"), past=True, since_receipt=True),
    Field("paid", Kind.MONEY, say("本次履行金额（元）"), help=say("不是付款的不用填写")),
    Field("proof", Kind.LONG, say("履行凭证"), rows=2, help=say("收条、汇款单、照片等")),
    Field("urged_on", Kind.DATE, say("督促日期"), past=True, since_receipt=True),
    Field("visited_on", Kind.DATE, say("回访日期"), past=True, since_receipt=True),
    Field("visited_party", Kind.CHOICE, say("回访的当事人"), choices="parties"),
    Field("visit_record", Kind.LONG, say("回访情况"), written=True, help=say("履行、满意、诉讼和判决情况")),
    Field("satisfaction", Kind.CHOICE, say("满意程度"), choices="satisfactions"),
    Field("new_risk", Kind.LONG, say("新的矛盾和采取的措施"), rows=2),
    Field("asked_on", Kind.DATE, say("申请日期"), past=True, since_receipt=True),
    Field("court", Kind.TEXT, say("人民法院"), max_length=100),
    Field("court_rule", Kind.CHOICE, say("管辖依据"), choices="court_rules"),
    Field("together", Kind.CHOICES, say("共同申请的当事人"), choices="parties"),
    Field("materials", Kind.CHOICES, say("已备齐的材料"), choices="confirmation_materials"),
    Field("confirmation_checks", Kind.CHOICE, say("是否有不予受理的情形"), choices="confirmation_exclusions"),
    Field("court_accepted_on", Kind.DATE, say("法院受理日期"), past=True, since_receipt=True),
    Field("court_number", Kind.TEXT, say("法院案号"), max_length=100),
    Field("ruling", Kind.CHOICE, say("裁定结果"), choices="rulings"),
    Field("ruled_on", Kind.DATE, say("裁定日期"), past=True, since_receipt=True),
    Field("received_on", Kind.DATE, say("收到裁定日期"), past=True, since_receipt=True),
    Field("retention_class", Kind.CHOICE, say("保管期限"), choices="retention_classes"),
    Field("dossier_part", Kind.CHOICE, say("归入卷宗的部分"), choices="dossier_parts", help=say("不选择的归入证据材料")),
    Field("dossier_file", Kind.CHOICE, say("附件"), choices="case_files"),
    Field("missing_part", Kind.CHOICE, say("缺少的材料"), choices="missing_parts"),
    Field("waives_confirmation", Kind.FLAG, say("各方当事人表示不申请司法确认")),
)  # fmt: skip

FIELDS: Mapping[str, Field] = {
    **{name: OF_MATTERS[name] for name in _SHARED.split()},
    **{one.name: one for one in (*voiding.FIELDS, *_OPENING, *_BEGINNING, *_SESSION, *_AGREEMENT, *_AFTERWARDS)},
}
