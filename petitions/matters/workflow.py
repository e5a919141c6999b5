"""The table of a 信访事项: every act from registration to the archive (domain.md §1.4 rows 1–27 and 32–36).

Reviews (rows 28–31) are cases of their own. Articles are those of the 信访工作条例 of 2022.
"""

from dataclasses import replace

from petitions.flow import NEW, Action, Flow
from petitions.matters.acts_afterwards import AFTERWARDS
from petitions.matters.acts_documents import DOCUMENTS
from petitions.matters.acts_mediation import MEDIATION
from petitions.matters.acts_procedure import PROCEDURE, with_simple_clocks
from petitions.matters.service.fields import RECORD
from petitions.matters.states import STATES

_SORTING = "triage returned"
_AT_UNIT = "signed notice_due"
_OPEN = (
    "registered screening triage awaiting_supplement dispatched signed objected returned notice_due accepted"
    " mediating in_approval opinion_issued served"
)
_HANDED_OVER = "dispatched signed objected accepted mediating in_approval opinion_issued served"
"""Another unit than the office owes something: before, only the office does, and it does not supervise itself."""
_EVERYWHERE = _OPEN + " concluded ended not_accepted no_longer_accepted diverted filed withdrawn"
_ENDED = "concluded ended not_accepted no_longer_accepted diverted filed withdrawn archived"
_NOTICED = (
    "awaiting_supplement accepted in_approval opinion_issued served concluded ended not_accepted"
    " no_longer_accepted diverted filed withdrawn"
)
_WORKED_ON = "signed notice_due accepted mediating in_approval opinion_issued served"
_BEHIND = "registered screening triage awaiting_supplement returned notice_due " + _ENDED
"""Where an accusation can be: whatever a unit held is taken back when it is sealed."""
_ACCUSED = "respondent respondent_unit respondent_person"
_CORRECTABLE = (
    "letter name phone id_number region address channel headcount original_number postmark_on letter_number window"
)
_SERVED_TRULY = (
    "served_after_issue signer_is_known left_with_proof consent_came_first sent_before_it_arrived tracking_is_one"
    " notice_has_run"
)
_HEARD = "第31条第六项"
_ALL_CLOCKS = "T1 T2 T3 T4 T5 T6 T8 T10 T12 T24"
_ASKED = "served concluded archived"
"""Where a review is asked for: in time while the window runs; afterwards a person decides what it is worth."""

ACTIONS = (
    # 1: every petition is registered, whoever received it
    Action("register", "登记", NEW, "registered", "petition:register", starts="T1", document="registration_form",
           effect="open_matter", article="第22条"),
    Action("register_at_unit", "登记（直接向本单位提出）", NEW, "notice_due", "petition:register", starts="T2 T3",
           document="registration_form", effect="open_matter", article="第23条第一款"),
    # A ledger kept before this system: true dates, and no more than the ledger says (docs/import.md)
    Action("bring_in", "补录登记", NEW, "registered", "ledger:import", accepts="ledger", starts="T1",
           document="registration_form", effect="open_matter", article="第22条"),
    Action("bring_in_closed", "补录存档", NEW, "filed", "ledger:import", accepts="ledger",
           supplies="ledger", document="registration_form", effect="open_matter"),
    Action("record_answer", "补录答复", "registered", "concluded", "case:record_answer", requires="answer answered_on",
           accepts="answered_by answering_unit ledger", supplies="ledger", guards="came_by_ledger", effect="answered_before", stops="T1",
           document="recorded_answer", dated_by="answered_on", quiet=True),
    # 36: new facts are a new matter beside the old one
    Action("open_from_new_facts", "以新事实登记", NEW, "triage", "case:new_facts", starts="T1", supplies="registration", effect="open_matter",
           article="第36条第三款"),
    Action("open_at_unit_from_new_facts", "以新事实登记（直接向本单位提出）", NEW, "notice_due", "case:new_facts",
           starts="T2 T3", document="registration_form", effect="open_matter", article="第36条第三款"),
    # 2–4: 筛重, one person confirms what the search suspects
    Action("suspect", "提请判重", "registered", "screening", "case:screen", requires="matter",
           effect="remember_suspect"),
    Action("screen_as_first", "判为初次件", "registered screening", "triage", "case:screen", accepts="related note",
           effect="relate", article="第22条", rank=2),
    Action("join_as_repeat", "并入为重复件", "registered screening triage", "filed", "case:screen", requires="matter",
           accepts="note", guards="was_not_ended", effect="join", stops="T1", document="progress_notice",
           article="第19条第三款"),
    # A repeat may come when the file is in the archive: it is counted there all the same
    Action("receive_repeat", "收到重复件", _EVERYWHERE + " archived", None, "case:screen", requires="petition",
           guards="belongs_here", quiet=True, notices="handler holder"),
    Action("undo_join", "撤销并入", "filed", "triage", "case:screen", guards="was_joined_lately", effect="undo_join",
           resumes="T1", undoes="join_as_repeat"),
    Action("file_as_copy", "多头来信存档", "registered screening triage", "filed", "case:screen",
           requires="matter note", effect="link_copy", stops="T1"),
    Action("refuse_duplicate", "不予受理（正在办理）", "registered screening triage", "not_accepted", "case:screen",
           requires="matter note", guards="other_matter_is_open", effect="link_copy", stops="T1",
           document="refusal_notice", article="第19条第三款"),
    Action("refuse_no_longer", "不再受理", "registered screening triage signed notice_due", "no_longer_accepted",
           "case:refuse", requires="note", accepts="matter review_number", guards="final_opinion_is_known",
           effect="link_ended", stops="T1 T2 T3 T4 T5 T12", document="no_longer_notice", article="第36条第三款"),
    # 4: nature, purpose, class and place are what routes a matter
    Action("classify", "分类", "registered screening triage awaiting_supplement returned notice_due", None,
           "case:classify", requires="nature purpose class_code place",
           accepts="urgency respondent respondent_unit flags", guards="wall_can_stand", effect="classify",
           article="第22条", rank=1, leads_when="is_unclassified"),
    Action("reclassify", "更正分类", "dispatched signed", None, "case:classify",
           requires="nature purpose class_code place reason", guards="nature_stays_open", effect="classify"),
    # 第34条 counts from acceptance and for the sixth route only: the 60 日 follow what the matter turns out to be
    Action("reclassify_accepted", "更正分类（办理中）", "accepted", None, "case:classify",
           requires="nature purpose class_code place reason", guards="nature_stays_open", effect="reclassify_accepted",
           starts="T6"),
    # An accusation found out too late: every unit leaves it with this transaction (第30条)
    Action("recall_sealed", "按检举控告收回",
           _HANDED_OVER, "returned",
           "case:divert_sealed", requires="reason", accepts=_ACCUSED, guards="not_sealed wall_can_stand", effect="seal",
           stops="T2 T3 T4 T5 T6 T8 T10 T12 T24", resumes="T1", undoes="transfer assign", article="第30条"),
    # Found out after the end: the file stays where it is, behind the wall
    Action("seal", "按检举控告保密",
           _ENDED, None, "case:divert_sealed",
           requires="reason", accepts=_ACCUSED, guards="not_sealed is_not_joined wall_can_stand", effect="seal",
           article="第30条"),
    # Who may see it, by name; and whom it accuses, when that is known later
    Action("admit", "增加知情人员", _BEHIND, None, "case:keep_readers", requires="reader reason", guards="is_sealed",
           effect="admit", notices="reader", article="第30条"),
    Action("dismiss", "移出知情人员", _BEHIND, None, "case:keep_readers", requires="listed_reader reason",
           guards="is_sealed desk_stays", effect="dismiss", article="第30条"),
    Action("name_accused", "补充被检举对象", _BEHIND, None, "case:divert_sealed", accepts=_ACCUSED,
           guards="is_sealed is_not_joined somebody_is_accused wall_can_stand", effect="name_accused", article="第30条"),
    # 5, 6: the competent unit gets it; 15 日 for the written notice, 5 工作日 for an objection
    Action("transfer", "转送", _SORTING, "dispatched", "case:dispatch", requires="unit opinion", accepts="assist_units",
           guards="is_classified not_sealed", effect="dispatch", stops="T1", starts="T4 T5",
           document="transfer_letter procedural_notice", notices="receivers", article="第22条第一款第一、二项", rank=3),
    Action("assign", "交办", _SORTING, "dispatched", "case:dispatch", requires="unit opinion due_on",
           accepts="assist_units", guards="is_classified not_sealed", effect="dispatch", stops="T1", starts="T4 T5 T12",
           document="assignment_letter procedural_notice", notices="receivers", article="第22条第一款第三项"),
    Action("recall", "撤回转送", "dispatched", "returned", "case:recall", requires="reason",
           guards="office_sent_it", effect="take_back", stops="T3 T4 T5 T12", resumes="T1", undoes="transfer assign", notices="former_receivers"),
    Action("recall_forward", "撤回转派", "dispatched", "signed", "case:recall", requires="reason",
           guards="unit_sent_it", effect="take_back", stops_own="T4 T5", resumes="T3", undoes="forward forward_direct", notices="former_receivers"),
    # 7: important and urgent matters are put to the government of the same level. 第22条第一款 names this among the
    # ways to dispose of a matter within 15 日, so T1 is met; what is decided there is carried out from triage.
    Action("report_up", "报请决定", "triage", None, "case:dispatch", requires="report", stops="T1",
           document="submission", article="第22条第一款第一项、第25条"),
    # 8, 9: litigation to the political-legal bodies, accusations to the discipline body through the restricted desk
    Action("divert_litigation", "导入政法机关", _SORTING, "diverted", "case:divert", requires="body note",
           guards="is_classified not_sealed", effect="divert_litigation", stops="T1", document="diversion_notice",
           article="第22条第二款"),
    Action("divert_discipline", "转送纪检监察", _SORTING + " notice_due", "diverted", "case:divert_sealed",
           requires="discipline_unit note", guards="is_accusation", stops="T1 T2 T3", document="sealed_letter",
           article="第22条第二款、第30条", rank=3, leads_when="is_accusation"),
    # 10: no claim to be seen, or what was asked for never came
    Action("file", "存档备查", _SORTING + " awaiting_supplement", "filed", "case:file", requires="file_reason note",
           stops="T1"),
    Action("ask_supplement", "要求补充材料", "triage", "awaiting_supplement", "case:supplement",
           requires="missing until", document="supplement_notice"),
    Action("supplement", "收到补充材料", "awaiting_supplement", "triage", "case:supplement", requires="received",
           accepts="files", rank=2),
    Action("snooze", "稍后处理", "registered screening triage returned", None, "case:screen", requires="until",
           guards="wakes_in_time", effect="snooze", quiet=True),
    # 12: the unit signs; T4 and T5 run from arrival (domain.md §8.4)
    Action("sign", "签收", "dispatched", "signed", "case:sign", effect="sign", notices="sender", article="第23条第三款",
           rank=1),
    # 13, 14: 异议, decided by the sender
    Action("object", "提出异议", "signed", "objected", "case:object", requires="objection proposed_unit",
           guards="within_objection_term", effect="object", stops_own="T5", document="objection", notices="sender",
           article="第23条第三款"),
    Action("uphold_objection", "同意退回", "objected", "returned", "case:decide_objection", requires="note",
           guards="decider_is_not_the_objector office_sent_it", effect="take_back", stops="T3 T4 T5 T12", resumes="T1", undoes="transfer assign",
           document="objection_decision", notices="former_receivers", article="第23条第三款", rank=1),
    Action("uphold_own_objection", "同意退回本单位", "objected", "signed", "case:decide_objection", requires="note",
           guards="decider_is_not_the_objector unit_sent_it", effect="take_back", stops_own="T4", resumes="T3", undoes="forward forward_direct",
           document="objection_decision", notices="former_receivers", article="第23条第三款", rank=1),
    Action("reject_objection", "不同意退回", "objected", "signed", "case:decide_objection", requires="note",
           guards="decider_is_not_the_objector", document="objection_decision",
           notices="receivers", article="第23条第三款"),
    # 11 and tiers: on to a subordinate unit; its clocks start at its own receipt, the outer one runs on
    Action("forward", "转派下级", "signed", "dispatched", "case:forward", requires="subordinate opinion",
           guards="came_by_dispatch not_sealed", effect="forward", stops="T2 T3", starts="T4 T5",
           document="transfer_letter", notices="receivers", article="第23条第一款"),
    # Of what was addressed to it directly the unit tells the petitioner where it goes
    Action("forward_direct", "转送下级并告知", _AT_UNIT, "dispatched", "case:forward", requires="subordinate opinion",
           guards="came_directly not_sealed", effect="forward", stops="T2 T3", starts="T4 T5",
           document="transfer_letter whereabouts_notice", notices="receivers", article="第23条第一款"),
    # Whoever is appointed is asked once whether the matter touches them
    Action("declare", "声明没有利害关系", _WORKED_ON, None, "case:declare",
           guards="not_declared_yet", quiet=True, article="第28条第三款"),
    Action("appoint", "指定承办人", _WORKED_ON, None, "case:appoint", requires="handler",
           guards="handler_may_work", effect="appoint", notices="handler", article="第28条", rank=1, leads_when="nobody_is_appointed"),
    # The article covers everybody who works on it, the person in charge and the petition office too
    Action("recuse", "回避", _OPEN, None, "case:recuse",
           requires="ground asked_by", accepts="recused handler", guards="somebody_is_named handler_may_work",
           effect="recuse", notices="heads handler", article="第28条第三款"),
    # 15–18: what the unit tells the petitioner within 15 日
    Action("accept", "受理", _AT_UNIT, "accepted", "case:answer", requires="routes",
           closes="request_extension ask_hearing", guards="has_handler not_sealed is_classified one_claim_is_ours",
           effect="accept", stops="T2 T3 T4 T5", starts="T6", document="acceptance_notice", notices="sender handler",
           article="第23条、第34条", rank=3),
    Action("divert", "导入法定途径", _AT_UNIT, "diverted", "case:answer", requires="foreign_routes body",
           accepts="foreign_limit note", effect="divert", stops="T2 T3 T4 T5 T12", document="diversion_notice",
           notices="sender", article="第31条"),
    Action("refuse", "不予受理", "triage returned signed notice_due", "not_accepted", "case:refuse",
           requires="refusal_reason where_to_go", accepts="note", stops="T1 T2 T3 T4 T5 T12", document="refusal_notice",
           notices="sender", article="第19条、第20条、第23条"),
    # Only of what was brought to the unit directly: 第三款 knows no such exception for what was transferred
    Action("waive_notice", "免予告知", "notice_due", None, "case:answer", requires="waiver", supplies="acceptance", guards="identity_is_unclear",
           stops="T2 T3", article="第23条第二款"),
    # 19: several units: negotiated, the result recorded
    Action("negotiate", "协商主办协办", "signed accepted", None, "case:handle", requires="minutes",
           accepts="assist_units files", guards="not_sealed", effect="add_assists", notices="receivers",
           article="第24条"),
    *PROCEDURE,
    # 20, 22, 23: inquiry, hearing, mediation
    Action("inquire", "调查核实", "accepted mediating", None, "case:handle", requires="inquiry_kind held_on people record",
           accepts="files", supplies="inquiry", dated_by="held_on", article="第31条第六项"),
    # 听证, from the request to the conclusion (hearing/). 第34条 names no pause for it, so the 60 日 run on: whoever
    # holds one where the law lets a clock rest says so with `pauses` and `continues` on the rows that open and end it.
    Action("ask_hearing", "提出听证", "accepted", None, "case:handle",
           requires="hearing_asked_by hearing_asked_on hearing_reason", accepts="files",
           guards="not_sealed no_hearing_goes_on", effect="ask_hearing", notices="heads", article=_HEARD),
    Action("withdraw_hearing", "撤回听证申请", "accepted", None, "case:handle", requires="hearing_withdrawal",
           closes="ask_hearing", guards="hearing_is_not_called", effect="cancel_hearing", panel="hearing"),
    Action("grant_hearing", "同意听证", "accepted", None, "case:decide_hearing",
           answers="ask_hearing", guards="hearing_is_asked decider_is_not_the_proposer", effect="grant_hearing", notices="handler",
           article=_HEARD, rank=4, panel="hearing"),
    Action("refuse_hearing", "不予听证", "accepted", None, "case:decide_hearing", requires="hearing_refusal",
           answers="ask_hearing", guards="hearing_is_asked petitioner_asked_for_it", effect="refuse_hearing", document="hearing_refusal",
           notices="handler", article=_HEARD, panel="hearing"),
    Action("call_hearing", "通知听证", "accepted", None, "case:handle",
           requires="hearing_subject hearing_on hearing_time hearing_place openness chair members", accepts="clerk",
           guards="hearing_is_granted told_early_enough panel_is_sound panel_is_not_recused", effect="call_hearing",
           document="hearing_notice", article=_HEARD, rank=2, panel="hearing"),
    Action("replace_panel_member", "听证回避", "accepted", None, "case:decide_hearing",
           requires="panel_member panel_asked_by panel_ground replacement",
           guards="hearing_is_not_over not_heard_twice replacement_is_sound panel_is_not_recused",
           effect="replace_panel_member", notices="handler", article="第28条第三款", panel="hearing"),
    Action("keep_panel_member", "驳回听证回避申请", "accepted", None, "case:decide_hearing",
           requires="panel_member panel_asked_by panel_ground panel_refusal",
           guards="hearing_is_not_over not_heard_twice", effect="keep_panel_member", notices="handler",
           article="第28条第三款", panel="hearing"),
    Action("adjourn_hearing", "听证延期", "accepted", None, "case:handle", requires="hearing_again_on adjournment",
           accepts="hearing_time hearing_place", guards="hearing_is_not_over adjourned_to_a_later_day",
           effect="adjourn_hearing", document="hearing_notice", article=_HEARD, panel="hearing"),
    Action("cancel_hearing", "取消听证", "accepted", None, "case:handle", requires="cancellation",
           guards="hearing_is_not_over", effect="cancel_hearing", document="hearing_cancellation", notices="heads",
           article=_HEARD, panel="hearing"),
    Action("open_hearing", "听证开始", "accepted", None, "case:handle", requires="opened_on", dated_by="opened_on",
           guards="hearing_is_called opened_as_told", effect="open_hearing", article=_HEARD,
           rank=2, leads_when="hearing_day_has_come", panel="hearing"),
    Action("close_hearing", "听证结束（笔录）", "accepted", None, "case:handle",
           requires="ended_on attendance statements evidence minutes_signed", accepts="questions files",
           dated_by="ended_on", supplies="inquiry", guards="hearing_is_open closed_after_it_opened", effect="close_hearing",
           document="hearing_minutes", article=_HEARD, rank=2, panel="hearing"),
    Action("conclude_hearing", "作出听证结论", "accepted", None, "case:handle", requires="deliberation finding",
           accepts="dissent files", guards="hearing_is_closed", effect="conclude_hearing",
           document="hearing_conclusion", notices="heads", article=_HEARD, rank=2, panel="hearing"),
    Action("begin_mediation", "转入调解", "accepted", "mediating", "case:handle", requires="consent note",
           guards="no_hearing_goes_on may_be_settled", article="第33条"),
    Action("end_mediation", "调解未成", "mediating", "accepted", "case:handle", requires="note", article="第33条"),
    Action("settle", "达成调解和解", "mediating", "accepted", "case:handle",
           requires="settled_by other_party agreement performer perform_by", accepts="both_agree files",
           supplies="inquiry", guards="both_have_agreed", effect="promise", document="settlement", article="第33条", rank=1),
    # 21: asked by the handler, approved by the head, at most 30 日 in all
    Action("request_extension", "申请延期", "accepted", None, "case:request_extension", requires="days reason",
           guards="extension_is_left no_extension_pending extension_fits", notices="heads", article="第34条"),
    Action("extend", "批准延期", "accepted", None, "case:approve_extension", requires="days reason",
           answers="request_extension", guards="extension_is_pending extension_is_left approver_is_not_asker no_more_than_asked extension_fits",
           extends="T6",
           document="extension_notice", notices="handler sender", article="第34条", rank=5),
    Action("refuse_extension", "不批准延期", "accepted", None, "case:approve_extension", requires="note",
           answers="request_extension", guards="extension_is_pending", notices="handler", article="第34条"),
    # 24: the opinion has the four parts of 第32条 and an outcome for every claim
    Action("submit_opinion", "意见送审", "accepted", "in_approval", "case:draft_opinion",
           requires="demands facts opinion basis outcomes",
           guards="no_hearing_goes_on not_the_same_again simple_supports", notices="heads", article="第32条", rank=1),
    # Only approval needs two people: whoever drafted it may take it back
    Action("return_opinion", "退回修改", "in_approval", "accepted", "case:approve_opinion", requires="note",
           answers="submit_opinion", notices="handler"),
    Action("approve_opinion", "审核同意", "in_approval", "opinion_issued", "case:approve_opinion", accepts="note",
           answers="submit_opinion", guards="approver_is_not_drafter not_the_same_again", effect="decide_claims", stops="T6 T24",
           document="opinion", notices="handler",
           article="第32条", rank=4),
    # 25: service starts the petitioner's window for 复查
    Action("serve", "送达", "opinion_issued", "served", "case:serve", requires="method served_on",
           accepts=RECORD + " note files", dated_by="served_on", guards="opinion_stands " + _SERVED_TRULY, effect="record_service", starts="T8",
           document="service_slip", notices="sender", article="第35条", rank=4),
    Action("serve_notice", "记录告知书送达", _NOTICED, None, "case:serve_notice",
           requires="paper method served_on", accepts=RECORD + " note files", dated_by="served_on",
           guards="has_unserved_paper " + _SERVED_TRULY, effect="record_service", document="service_slip",
           article="第23条", rank=3),
    # It did not arrive: the next attempt is planned at once, so that no paper is forgotten
    Action("attempt_service", "记录未送达", _NOTICED, None, "case:serve_notice",
           requires="open_paper tried_by tried_on failure next_method next_on", accepts="note files", dated_by="tried_on",
           guards="has_open_paper served_after_issue next_attempt_fits", effect="record_attempt"),
    # 12 of 交办: the sender wants the result back by its date
    Action("report_back", "反馈办结报告", "opinion_issued served", None, "case:report_back", requires="report",
           accepts="files", guards="was_assigned opinion_stands", stops="T12", document="completion_report", notices="assigner",
           article="第22条第一款第三项", rank=2),
    Action("return_report", "退回办结报告", "served", None, "case:return_report", requires="note",
           guards="was_reported", resumes="T12", undoes="report_back", notices="handler receivers"),
    # 28–31: a review is a case of its own (petitions/review); the matter knows that it is asked for, and how it ended.
    # Late requests are recorded with their ground and decided by the review body, so the window does not bar the act.
    Action("request_review", "登记复查申请", _ASKED, "served", "review:request",
           requires="requested_on against review_body review_claims demand review_ground",
           accepts="request_posted_on late_ground new_claims files", dated_by="requested_on",
           guards="not_sealed is_reviewable no_review_is_open is_not_reviewed_yet body_is_known posted_by_then"
                  " late_has_ground",
           effect="open_review", stops="T8", notices="handler", article="第35条"),
    Action("request_rereview", "登记复核申请", _ASKED, "served", "review:request",
           requires="requested_on against_review rereview_body review_claims demand review_ground",
           accepts="request_posted_on late_ground new_claims files", dated_by="requested_on",
           guards="not_sealed is_reviewable no_review_is_open is_reviewed_once body_is_known posted_by_then"
                  " late_has_ground",
           effect="open_review", stops="T10", notices="handler", article="第36条第一款"),
    Action("drop_review", "复查没有进行", "served", None, "review:answer", requires="review", accepts="note",
           guards="comes_of_its_review", resumes="T8", undoes="request_review", notices="handler", quiet=True,
           article="第35条"),
    Action("drop_rereview", "复核没有进行", "served", None, "review:answer", requires="review", accepts="note",
           guards="comes_of_its_review", resumes="T10", undoes="request_rereview", notices="handler", quiet=True,
           article="第36条第一款"),
    Action("receive_review", "复查意见已送达", "served", None, "review:answer",
           requires="review served_on", accepts="outcomes", dated_by="served_on",
           guards="comes_of_its_review", effect="change_outcomes", starts="T10", notices="handler sender", quiet=True,
           article="第35条、第36条第一款"),
    Action("redo_opinion", "责令限期重新作出处理意见", "served", "accepted", "review:answer",
           requires="review served_on redo_until note", dated_by="served_on", closes="request_extension ask_hearing", guards="comes_of_its_review",
           effect="redo_opinion", stops="T8 T10", starts="T24", notices="handler heads sender", quiet=True, article="第35条、第36条"),
    Action("end", "终结", "served", "ended", "review:answer",
           requires="review final_number final_on served_on", accepts="outcomes", dated_by="served_on",
           guards="comes_of_its_review", effect="change_outcomes", stops="T8 T10 T12", notices="handler sender", quiet=True,
           article="第36条第三款"),
    # 26, 27: 督促执行 and 疏导教育 after the answer
    *AFTERWARDS,
    Action("counsel", "疏导教育", "served concluded ended", None, "case:handle", requires="held_on record", accepts="files",
           dated_by="held_on", article="第32条第二款、第37条第三款"),
    # 督促 and 督办 move no state: whoever owes something is pressed for it (domain.md §1.7)
    Action("urge", "督促", _OPEN, None, "case:urge", accepts="note", guards="not_sealed something_presses not_urged_today",
           notices="owing"),
    Action("supervise", "发出督办函", _HANDED_OVER, None, "case:supervise", requires="reason answer_by",
           guards="not_sealed unit_is_overdue", effect="supervise", document="supervision_letter", notices="owing",
           article="第40条"),
    Action("set_supervision_aside", "暂不督办", _HANDED_OVER, None, "case:supervise", requires="reason",
           guards="not_sealed unit_is_overdue", effect="set_aside"),
    Action("answer_supervision", "反馈督办情况", _HANDED_OVER + " concluded ended", None, "case:answer_supervision", requires="report",
           accepts="files", guards="supervision_is_open", notices="supervisor", article="第40条", rank=2),
    *DOCUMENTS,
    # 32, 34, 33: the ends
    Action("conclude", "办结", "served", "concluded", "case:conclude", accepts="accepted_by_petitioner note files",
           guards="no_review_is_open review_window_is_over reported_if_assigned", stops="T8 T10 T12", document="conclusion",
           notices="sender handler", article="第35条", rank=1, leads_when="review_window_has_passed"),
    Action("discontinue", "终止办理", "accepted mediating in_approval", "concluded", "case:discontinue",
           requires="discontinue_reason proof",
           accepts="files", effect="lapse_hearing", stops="T6 T12 T24", document="conclusion", notices="sender handler"),
    Action("withdraw", "撤回", _OPEN, "withdrawn", "case:withdraw", requires="reason",
           accepts="free_will applied_on all_signed files", guards="no_review_is_open freely_withdrawn everyone_withdraws",
           effect="lapse_hearing", stops=_ALL_CLOCKS, document="withdrawal", notices="holder sender handler"),
    # 35: the file is complete
    Action("archive", "归档", "concluded ended not_accepted no_longer_accepted diverted filed withdrawn", "archived",
           "case:archive", accepts="note", guards="file_is_complete", document="file_cover file_contents", rank=1),
    Action("new_facts", "新事实另立", "served concluded ended archived", None, "case:new_facts", requires="title new_facts",
           guards="is_not_joined", effect="open_from_new_facts", article="第36条第三款"),
    # A paper with a fault is taken back and issued anew, each with its own number; none is ever edited
    Action("void_paper", "作废文书", _EVERYWHERE, None, "case:void_paper", requires="issued_paper reason",
           guards="paper_can_be_voided", effect="void_paper", notices="handler holder", quiet=True),
    Action("reissue_paper", "重新出具文书", _EVERYWHERE, None, "case:void_paper", requires="void_paper",
           guards="paper_can_be_reissued", effect="reissue_paper", notices="handler holder", quiet=True),
    # 留存: what a court, an inspection or a review may still ask for is not disposed of
    Action("hold", "留存", _ENDED, None, "case:hold", requires="reason", guards="not_held"),
    Action("lift_hold", "解除留存", _ENDED, None, "case:hold", requires="reason", guards="held"),
    # The term of keeping is over (个人信息保护法第47条). Repeats go with the matter they were joined to.
    Action("dispose", "匿名化", "archived filed", "anonymised", "case:dispose",
           guards="approved_for_disposal nothing_held", effect="anonymise", quiet=True,
           article="《个人信息保护法》第47条"),
    *MEDIATION,
    # Beside the course
    Action("note", "备注", _EVERYWHERE, None, "case:note", requires="note", accepts="files"),
    Action("attach", "添加附件", _EVERYWHERE + " archived", None, "case:note", requires="files", quiet=True,
           notices="handler"),
    # A unit has ended: the clocks run on unchanged, its successor answers for them. Done for all its cases at once
    # (petitions/reorganisation) by an administrator, who sees none of them.
    Action("take_over", "由承接单位接办", _EVERYWHERE + " archived anonymised", None, "unit:manage",
           requires="former_unit successor", accepts="succession_basis", guards="unit_has_gone", effect="take_over",
           quiet=True, unseen=True, article="第24条第二款"),
    Action("lapse_objection", "异议因单位合并终结", "objected", "signed", "unit:manage", guards="objection_has_lapsed",
           quiet=True),
    # The State Council has announced the days off, or they were corrected (petitions/daysoff): an administrator does it
    # to every case whose clocks move, and sees none of them.
    Action("recount", "期限因放假安排调整重新计算", _OPEN, None, "calendar:manage", requires="recounted recount_ground",
           guards="clocks_move", recounts=True, notices="clock_duty", quiet=True, unseen=True,
           article="《民法典》第203条"),
    Action("correct", "更正登记", _EVERYWHERE, None, "case:correct", requires="reason", accepts="title " + _CORRECTABLE,
           guards="may_be_corrected something_is_corrected register_stays_sound", effect="correct", article="第22条"),
    Action("correct_summary", "更正概况", _EVERYWHERE, None, "case:correct", requires="title reason",
           guards="is_sealed something_is_corrected", effect="correct", article="第22条、第30条"),
)  # fmt: skip


_FOR_ALL = ("receive_repeat", "take_over", "lapse_objection", "recount", "hear_of_mediation")
"""Written whoever must stay away: what is counted, what becomes of a unit, which days are off, what a committee has done."""


def _walled(action: Action) -> Action:
    """第28条第三款: whoever must stay away does nothing on the matter."""
    if action.opens or action.name in _FOR_ALL:
        return action
    return replace(action, guards=("is_not_recused", *action.guards))


FLOW = Flow("matter", STATES, tuple(_walled(with_simple_clocks(action)) for action in ACTIONS))
