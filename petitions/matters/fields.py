"""Every field of a matter's acts, once: name, type, Chinese label, help and checks.

The registration fields stand in `registration.py`; both are read by forms, the API, the import and the tests.
"""

from dataclasses import replace

from petitions.cases import voiding
from petitions.cases.fields import Field, Kind
from petitions.cases.filekinds import ACCEPTED
from petitions.matters import registration, to_mediation
from petitions.matters.hearing import fields as hearing
from petitions.matters.instruments import fields as instruments
from petitions.matters.service import fields as service
from petitions.words import say

_ALL = (
    # What an old ledger says of an answer
    Field("answer", Kind.LONG, say("答复内容"), max_length=100_000, rows=8),
    Field("answered_on", Kind.DATE, say("答复日期"), past=True, since_receipt=True),
    Field("answered_by", Kind.TEXT, say("答复单位"), max_length=200),
    Field("answering_unit", Kind.UNIT, say("答复单位（本系统内）"), choices="units"),
    registration.FIELDS["ledger"],
    # Screening
    Field("matter", Kind.CASE, say("原信访事项"), choices="related_matters", help=say("此件重复的那一件")),
    Field("related", Kind.CASE, say("相关信访事项"), choices="related_matters", help=say("有关联但不是同一件事，只作链接")),
    Field("petition", Kind.TEXT, say("信访件编号")),
    Field("review_number", Kind.TEXT, say("复核意见书文号"), max_length=100, help=say("在本系统外复核终结的填写")),
    # Classification
    Field("nature", Kind.CHOICE, say("诉求性质"), choices="natures"),
    Field("purpose", Kind.CHOICE, say("信访目的"), choices="purposes"),
    Field("class_code", Kind.CHOICE, say("内容分类"), choices="classes"),
    Field("place", Kind.TEXT, say("问题属地"), max_length=200, help=say("问题发生在哪个乡镇、街道、村居")),
    Field("urgency", Kind.CHOICE, say("紧急程度"), choices="urgencies"),
    Field("flags", Kind.CHOICES, say("标记"), choices="flags"),
    Field("respondent", Kind.TEXT, say("被反映的单位或个人"), max_length=200),
    Field("respondent_unit", Kind.UNIT, say("被反映的单位（本系统内）"), choices="units"),
    Field("respondent_person", Kind.USER, say("被反映的人（本系统账号）"), choices="people_to_accuse",
          help=say("有账号的选出来：此人不论在哪个单位、什么岗位，都看不到此件")),
    Field("reader", Kind.USER, say("知情人员"), choices="readers_to_admit", help=say("受限岗和纪检监察机关的人员")),
    Field("listed_reader", Kind.USER, say("名单上的人员"), choices="listed_readers"),
    # Dispatch
    Field("unit", Kind.UNIT, say("主办单位"), choices="receiving_units"),
    Field("assist_units", Kind.UNITS, say("协办单位"), choices="receiving_units"),
    Field("subordinate", Kind.UNIT, say("下级单位"), choices="subordinate_units"),
    Field("opinion", Kind.LONG, say("意见"), written=True, max_length=10000, rows=5),
    Field("due_on", Kind.DATE, say("反馈期限"), future=True, since_receipt=True, help=say("交办件必须写明何时反馈结果（第22条第三项）")),
    Field("answer_by", Kind.DATE, say("要求反馈的日期"), future=True, help=say("被督办单位在这一天前（含当日）书面反馈办理情况")),
    Field("report", Kind.LONG, say("报告内容"), written=True, max_length=10000, rows=8),
    Field("body", Kind.TEXT, say("有权处理的机关"), max_length=200, help=say("法院、检察院、公安、司法行政或其他机关的全称")),
    Field("discipline_unit", Kind.UNIT, say("纪检监察机关"), choices="discipline_units"),
    Field("file_reason", Kind.CHOICE, say("存档原因"), choices="file_reasons"),
    Field("missing", Kind.LONG, say("需要补充的材料"), written=True),
    Field("until", Kind.DATE, say("截止日期"), future=True),
    Field("received", Kind.LONG, say("收到的材料")),
    # A unit that has ended
    Field("former_unit", Kind.UNIT, say("原单位"), choices="every_unit"),
    Field("successor", Kind.UNIT, say("承接单位"), choices="every_unit"),
    Field("succession_basis", Kind.TEXT, say("调整依据"), max_length=200),
    # Days off that were announced or corrected
    Field("recounted", Kind.LONG, say("变动的期限"), max_length=10000),
    Field("recount_ground", Kind.TEXT, say("依据"), max_length=200),
    # Objection
    Field("objection", Kind.LONG, say("异议理由"), written=True, min_length=10, rows=5, help=say("写明职责依据，不少于10个字")),
    Field("proposed_unit", Kind.UNIT, say("建议办理单位"), choices="other_units"),
    # People of the unit
    Field("handler", Kind.USER, say("承办人"), choices="handlers"),
    Field("recused", Kind.USER, say("回避人"), choices="colleagues", help=say("不选就是承办人；负责人和其他工作人员也应当回避")),
    Field("ground", Kind.LONG, say("回避事由"), help=say("与信访事项或信访人有直接利害关系（第28条第三款）")),
    Field("asked_by", Kind.CHOICE, say("提出人"), choices="recusal_askers"),
    # What the unit tells
    Field("routes", Kind.PER_PART, say("每项诉求的办理途径"), choices="routes", parts="claims"),
    Field("foreign_routes", Kind.PER_PART, say("每项诉求的法定途径"), choices="foreign_routes", parts="claims"),
    Field("foreign_limit", Kind.CHOICE, say("该途径的期限"), choices="foreign_limits",
          help=say("写入告知书，免得信访人错过期限")),
    Field("refusal_reason", Kind.CHOICE, say("不予受理的情形"), choices="refusal_reasons"),
    Field("where_to_go", Kind.TEXT, say("应当向哪里提出"), written=True, max_length=300),
    Field("waiver", Kind.CHOICE, say("免予告知的原因"), choices="waivers"),
    # Handling
    Field("minutes", Kind.LONG, say("协商记录"), max_length=10000),
    Field("inquiry_kind", Kind.CHOICE, say("调查方式"), choices="inquiry_kinds"),
    Field("held_on", Kind.DATE, say("日期"), past=True, since_receipt=True),
    Field("people", Kind.TEXT, say("参加人员"), max_length=500, help=say("调查、谈话不少于两人")),
    Field("record", Kind.LONG, say("情况记录"), max_length=50000, rows=8),
    Field("consent", Kind.CHOICE, say("双方意愿"), choices="consents"),
    Field("agreement", Kind.LONG, say("协议内容"), written=True, max_length=20000, rows=8),
    Field("days", Kind.INTEGER, say("延长天数"), least=1, most=30, suffix=say("日"), help=say("累计不得超过30日（第34条）")),
    Field("reason", Kind.LONG, say("理由"), written=True),
    # Opinion: the parts that 第32条 asks for
    Field("demands", Kind.LONG, say("投诉请求"), written=True, max_length=20000, rows=4),
    Field("facts", Kind.LONG, say("事实和理由"), written=True, max_length=50000, rows=8),
    Field("basis", Kind.LONG, say("法律法规依据"), written=True, max_length=10000, rows=4),
    Field("outcomes", Kind.PER_PART, say("每项诉求的处理结果"), choices="outcomes", parts="claims"),
    # 复查, 复核: what the petitioner asks for, as the clerk takes it down
    Field("requested_on", Kind.DATE, say("收到申请的日期"), past=True, since_receipt=True),
    Field("request_posted_on", Kind.DATE, say("邮戳日期"), past=True, since_receipt=True,
          help=say("邮寄的填写：期满前交邮的不算逾期")),
    Field("against", Kind.CHOICE, say("不服的处理意见书"), choices="opinions_to_review"),
    Field("against_review", Kind.CHOICE, say("不服的复查意见书"), choices="reviews_to_review"),
    Field("review_body", Kind.UNIT, say("复查机关"), choices="review_bodies", help=say("作出处理意见的机关、单位的上一级（第35条）")),
    Field("rereview_body", Kind.UNIT, say("复核机关"), choices="rereview_bodies", help=say("复查机关的上一级（第36条第一款）")),
    Field("review_claims", Kind.CHOICES, say("请求复查、复核的诉求"), choices="claims", help=say("限于原来提出的诉求")),
    Field("demand", Kind.LONG, say("复查、复核请求"), max_length=20000, rows=3, help=say("照申请书填写：要求撤销、变更哪一项")),
    Field("review_ground", Kind.LONG, say("申请的事实和理由"), max_length=50000, rows=6),
    Field("new_claims", Kind.LONG, say("超出原诉求的请求"), max_length=20000, rows=2,
          help=say("不在复查、复核范围内，可以用“新事实另立”作为新的信访事项登记")),
    Field("late_ground", Kind.CHOICE, say("逾期的原因"), choices="late_grounds", help=say("逾期的也要登记，由复查、复核机关决定是否受理")),
    Field("review", Kind.TEXT, say("复查、复核案件编号"), max_length=40),
    Field("redo_until", Kind.DATE, say("重新作出处理意见的期限")),
    Field("final_number", Kind.TEXT, say("复核意见书文号"), max_length=100),
    Field("final_on", Kind.DATE, say("复核意见书日期")),
    *voiding.FIELDS,
    *instruments.FIELDS,
    *to_mediation.FIELDS,
    # The ends
    Field("way", Kind.CHOICE, say("回访方式"), choices="visit_ways"),
    Field("performed", Kind.CHOICE, say("意见是否落实"), choices="performances"),
    Field("office_rating", Kind.CHOICE, say("对信访部门"), choices="ratings"),
    Field("office_reason", Kind.LONG, say("对信访部门不满意的原因"), rows=2),
    Field("unit_rating", Kind.CHOICE, say("对责任单位"), choices="ratings"),
    Field("unit_reason", Kind.LONG, say("对责任单位不满意的原因"), rows=2),
    Field("rating_code", Kind.TEXT, say("评价码"), max_length=20, help=say("信访人登记回执上的查询码；凭码评价时填写")),
    Field("said", Kind.LONG, say("信访人的意见")),
    Field("new_claim", Kind.LONG, say("新的情况或者诉求"), rows=2, help=say("有新的诉求，另行登记信访件")),
    Field("visit_on", Kind.DATE, say("约定的回访日期"), future=True),
    Field("done", Kind.LONG, say("做了什么"), written=True, max_length=10000),
    Field("lacking", Kind.CHOICES, say("缺的材料"), choices="lackings", help=say("只列出说明原因后可以归档的")),
    # Simple procedure
    Field("fit", Kind.CHOICE, say("适用简易办理的情形"), choices="simple_fits"),
    Field("told_by", Kind.CHOICE, say("告知方式"), choices="simple_tellings", help=say("信访人不要求书面告知的，可以当面、电话、短信或者网络告知")),
    Field("supportable", Kind.FLAG, say("确认不属于可能不予支持的情形")),
    # Several units, and who leads
    Field("disputing_units", Kind.UNITS, say("有争议的其他单位"), choices="receiving_units"),
    Field("positions", Kind.LONG, say("各单位的意见"), written=True, max_length=10000, rows=5),
    Field("decider", Kind.CHOICE, say("决定机关"), choices="lead_deciders"),
    Field("decided_on", Kind.DATE, say("决定日期"), past=True, since_receipt=True),
    Field("decision_number", Kind.TEXT, say("决定文号"), max_length=100),
    Field("lead_unit", Kind.UNIT, say("决定受理的单位"), choices="receiving_units"),
    # The petitioner is gone
    Field("loss", Kind.CHOICE, say("情形"), choices="losses"),
    Field("happened_on", Kind.DATE, say("发生日期"), past=True),
    Field("heir", Kind.TEXT, say("承受人姓名（名称）"), max_length=100),
    Field("heir_relation", Kind.TEXT, say("与原信访人的关系"), max_length=100),
    Field("heir_phone", Kind.PHONE, say("承受人电话")),
    Field("heir_address", Kind.TEXT, say("承受人住址"), max_length=200),
    # Settlement
    Field("settled_by", Kind.CHOICE, say("方式"), choices="settlements"),
    Field("other_party", Kind.TEXT, say("争议对方"), written=True, max_length=200),
    Field("both_agree", Kind.FLAG, say("双方当事人同意协议内容并已签名")),
    Field("applied_on", Kind.DATE, say("申请撤回的日期"), past=True, since_receipt=True),
    Field("all_signed", Kind.FLAG, say("全体信访人签名，或者附其他信访人的授权"), help=say("只有一名信访人的不用勾选")),
    # Performance
    Field("promised", Kind.LONG, say("应落实事项"), written=True, max_length=2000, rows=2),
    Field("performer", Kind.TEXT, say("由谁落实"), written=True, max_length=200),
    Field("perform_by", Kind.DATE, say("落实期限"), future=True),
    Field("promise", Kind.CHOICE, say("应落实事项（选择）"), choices="open_promises"),
    Field("performance", Kind.CHOICE, say("落实结果"), choices="performance_results"),
    Field("accepted_by_petitioner", Kind.FLAG, say("信访人书面表示接受处理意见，不再申请复查"),
          help=say("复查申请期（第35条）没有届满的，有这份书面表示才能办结")),
    Field("discontinue_reason", Kind.CHOICE, say("终止的原因"), choices="discontinue_reasons"),
    Field("proof", Kind.TEXT, say("证明材料"), max_length=500),
    Field("free_will", Kind.FLAG, say("信访人自愿撤回，有书面申请")),
    Field("title", Kind.TEXT, say("概况"), max_length=200),
    # Corrections: what the counter took down
    Field("letter", Kind.CHOICE, say("信访件"), choices="own_letters"),
    *(
        replace(registration.FIELDS[name], help=say("不改就留空"))
        for name in ("name", "phone", "id_number", "region", "address")
    ),
    *(
        registration.FIELDS[name]
        for name in ("channel", "headcount", "original_number", "postmark_on", "letter_number", "window")
    ),
    Field("changes", Kind.LONG, say("更正内容")),
    Field("new_facts", Kind.LONG, say("新的事实和理由"), max_length=50000, rows=8),
    Field("note", Kind.LONG, say("说明"), written=True, max_length=10000, rows=3),
    Field("files", Kind.FILES, say("附件"), help=say("可上传：{accepted}", accepted=ACCEPTED)),
)  # fmt: skip

FIELDS = {**{field.name: field for field in _ALL}, **hearing.FIELDS, **service.FIELDS}
