"""The table of a mediation: from the application to the performed agreement and the archive (domain.md §3.2).

Articles without a name are those of the 人民调解法. 若干规定 are the 人民调解工作若干规定 of 2002.
"""

from dataclasses import replace

from petitions.flow import NEW, Action, Flow
from petitions.mediation.states import STATES

_BEFORE = "mediation_requested mediation_accepted"
_GOING = "mediation_accepted in_mediation"
_UNDECIDED = "mediation_requested mediation_accepted in_mediation agreement_drafted"
_AGREED = "agreed performed unperformed"
_OVER = "performed unperformed mediation_failed mediation_refused"
_OPEN = _UNDECIDED + " " + _AGREED
_ALL = _OPEN + " mediation_failed mediation_refused mediation_archived"
_TERMS = "M1 M2 M3 M4 M5.ordinary M5.summary M6 M8"
"""Whichever of them applies runs alone: by the installation's rule, or by who handed it over."""
_COURT = "M9 M12.party M13"
"""The parties' own; what the court owes (M10, M11) is no clock of a case here, and courts.py counts it."""
_SAID = "dispute_type dispute_title dispute_facts"
_ABOUT = "dispute_requests dispute_place dispute_amount dispute_headcount difficult files"
_AGREEMENT = "agreed_facts disputed_points responsibility agreed_content performance_plan performance_way"

ACTIONS = (
    # 1: how it comes (第17条、第18条); a petition office hands over a matter (《信访工作条例》第33条、第37条)
    Action("apply", "登记调解申请", NEW, "mediation_requested", "mediation:register", requires=_SAID + " application_form",
           accepts=_ABOUT, effect="open_mediation", starts="M8", document="mediation_application", article="第17条"),
    Action("take_up", "登记主动调解", NEW, "mediation_requested", "mediation:register", requires=_SAID, accepts=_ABOUT,
           effect="open_mediation", article="第17条"),
    Action("receive_referral", "登记移送、委托", NEW, "mediation_requested", "mediation:register",
           requires=_SAID + " referral_source sent_by", accepts="letter_number " + _ABOUT, effect="open_mediation",
           starts="M7 M8", article="第18条"),
    Action("receive_matter", "接收信访移送", NEW, "mediation_requested", "mediation:hand_over",
           requires=_SAID + " sent_by letter_number", accepts=_ABOUT, effect="open_mediation", starts="M8",
           notices="committee", article="《信访工作条例》第33条、第37条"),
    # Who the parties are, and whether each of them wants it. They are kept in a table of their own (parties.py)
    Action("add_party", "添加当事人", _UNDECIDED, None, "mediation:mediate", requires="party", guards="the_draft_names_all",
           quiet=True, panel="parties"),
    Action("correct_party", "更正当事人", _UNDECIDED + " agreed", None, "mediation:mediate", requires="party reason",
           quiet=True, panel="parties"),
    Action("remove_party", "当事人退出", _UNDECIDED, None, "mediation:mediate", requires="party reason",
           guards="a_side_stays the_draft_names_all", effect="remove_party", panel="parties"),
    Action("record_consent", "登记同意调解", _BEFORE + " in_mediation", None, "mediation:mediate",
           requires="party consent_way agreed_on", accepts="note files", guards="somebody_is_to_be_asked party_is_to_be_asked",
           effect="record_consent", dated_by="agreed_on", article="第17条、第23条第二项", rank=4, panel="parties"),
    Action("refuse_consent", "登记拒绝调解", "mediation_requested", "mediation_refused", "mediation:mediate",
           requires="party said_on note", accepts="files", guards="it_is_a_party_itself", effect="refuse_consent", stops="M7 M8", dated_by="said_on",
           document="mediation_refusal mediation_feedback", notices="mediators", article="第17条", panel="parties"),
    Action("revoke_consent", "登记拒绝、要求终止", "mediation_accepted in_mediation agreement_drafted", "mediation_failed",
           "mediation:mediate", requires="party said_on ways_told", accepts="note files", guards="it_is_a_party_itself",
           effect="revoke_consent", stops=_TERMS, dated_by="said_on", document="termination_notice mediation_feedback", notices="mediators",
           article="第17条、第23条第二项、第26条", panel="parties"),
    # 3: acceptance
    Action("accept", "受理", "mediation_requested", "mediation_accepted", "mediation:mediate", requires="elsewhere",
           accepts="note", guards="two_sides everybody_consents may_be_mediated", effect="accept",
           stops="M7", starts="M1 M2 M3 M4 M5.ordinary M5.summary M6", document="mediation_register",
           notices="chair", article="若干规定第20条至第23条", rank=3),
    Action("refuse", "不予受理", "mediation_requested", "mediation_refused", "mediation:mediate",
           requires="mediation_refusal note", effect="refuse", stops="M7 M8", document="mediation_refusal mediation_feedback",
           notices="chair", article="若干规定第22条"),
    # 4: who mediates
    Action("appoint", "确定调解员", _GOING, None, "mediation:appoint", requires="mediators presider chosen_by kinship",
           accepts="note", guards="mediators_are_apart presider_is_one_of_them", effect="appoint", notices="mediators",
           article="第19条", rank=3, leads_when="nobody_mediates"),
    Action("recuse", "调解员回避", _GOING + " agreement_drafted", None, "mediation:appoint",
           requires="recused_mediator recusal_asked_by ground", accepts="mediators presider chosen_by kinship",
           guards="somebody_mediates replacement_is_sound somebody_carries_on", effect="recuse", notices="chair mediators", article="若干规定第26条"),
    # 5: nobody mediates before everybody knows that they may also refuse (第23条、第24条)
    Action("notify_rights", "告知权利义务，开始调解", "mediation_accepted", "in_mediation", "mediation:mediate",
           requires="told_on told_way told_to", accepts="next_on next_at next_place files",
           guards="somebody_mediates everybody_consents everybody_is_told next_session_is_ahead", effect="begin", dated_by="told_on",
           document="rights_notice", article="若干规定第30条", rank=2),
    # 6–10
    Action("invite", "邀请参与调解", _GOING, None, "mediation:mediate", requires="invited consented_to", accepts="note",
           guards="guests_are_agreed_to", article="第20条"),
    Action("investigate", "调查", _GOING, None, "mediation:mediate", requires="held_on place people record", accepts="files",
           dated_by="held_on", document="investigation_record", article="第22条"),
    Action("hold_session", "记录调解", "in_mediation", None, "mediation:mediate",
           requires="held_on began_at place open_session present record session_outcome",
           accepts="ended_at others statements proposal signed next_on next_at next_place files",
           guards="somebody_mediates session_is_after_acceptance whoever_is_there_consents both_sides_have_a_say"
           " times_are_in_order next_session_is_ahead",
           effect="hold_session", dated_by="held_on", document="mediation_record", article="第22条、第27条", rank=2),
    Action("arrange_session", "约定下次调解", _GOING, None, "mediation:mediate", requires="next_on next_at next_place",
           accepts="note", guards="somebody_mediates next_session_is_ahead", effect="arrange_session",
           notices="mediators", article="第21条第二款"),
    Action("report_danger", "报告可能激化", "mediation_accepted in_mediation agreement_drafted agreed", None,
           "mediation:mediate", requires="danger reported_to reported_on measures", accepts="files", dated_by="reported_on",
           document="danger_report", notices="chair", article="第25条"),
    Action("extend_term", "当事人同意延长", _GOING + " agreement_drafted", None, "mediation:mediate",
           requires="days reason consented_to", accepts="files", guards="a_term_runs extension_is_agreed",
           extends=_TERMS, article="若干规定第33条"),
    # 11: an agreement, written or oral; or none
    Action("draft_agreement", "拟写协议书", "in_mediation", "agreement_drafted", "mediation:mediate",
           requires=_AGREEMENT, guards="somebody_mediates a_session_was_held everybody_consents plan_is_sound", effect="draft_agreement",
           document="mediation_agreement", article="第28条、第29条", rank=3, leads_when="the_last_session_agreed"),
    Action("redraft", "退回修改协议", "agreement_drafted", "in_mediation", "mediation:mediate", requires="reason",
           effect="redraft"),
    Action("sign_agreement", "登记签署", "agreement_drafted", "agreed", "mediation:mediate",
           requires="signed_on signed", accepts="mediator_signed sealed_by_committee files",
           guards="everybody_signed plan_starts_after_signing", effect="sign_agreement", stops=_TERMS, starts="M9 MP",
           dated_by="signed_on", document="mediation_feedback", notices="chair", article="第29条", rank=4),
    Action("agree_orally", "登记口头协议", "in_mediation", "agreed", "mediation:mediate",
           requires="agreed_on " + _AGREEMENT, accepts="needs_no_paper files",
           guards="somebody_mediates a_session_was_held everybody_consents no_paper_is_wanted plan_is_sound", effect="agree_orally",
           stops=_TERMS, starts="M9 MP", dated_by="agreed_on", document="oral_agreement mediation_feedback",
           notices="chair",
           article="第28条、第30条"),
    Action("fail", "终止调解", "mediation_accepted in_mediation agreement_drafted", "mediation_failed", "mediation:mediate",
           requires="failure_ground ways_told note", accepts="files", effect="fail", stops=_TERMS,
           document="termination_notice mediation_feedback", notices="chair", article="第26条"),
    # 12, 14: performance, and what one party may do alone when the other does not perform
    Action("record_performance", "登记履行", "agreed unperformed", None, "mediation:mediate",
           requires="performance_row performed_on proof", accepts="paid files", guards="payment_fits",
           effect="record_performance", stops="MP", starts="MP", dated_by="performed_on", article="第31条", rank=2),
    Action("urge_performance", "督促履行", "agreed", None, "mediation:mediate", requires="performance_row urged_on record",
           accepts="files", dated_by="urged_on", article="第31条第二款"),
    Action("conclude_performance", "履行完毕", "agreed unperformed", "performed", "mediation:mediate", accepts="note",
           guards="everything_is_performed", effect="tell_performed", stops="MP", notices="chair",
           article="第31条", rank=3),
    Action("give_up_performance", "告知起诉", "agreed", "unperformed", "mediation:mediate", requires="reason ways_told",
           accepts="files", guards="something_is_owed", effect="tell_unperformed", stops="MP",
           notices="chair", article="第32条、第33条第二款"),
    # 13
    Action("visit", "回访", _AGREED + " mediation_failed", None, "mediation:mediate",
           requires="visited_on visited_party visit_record satisfaction", accepts="new_risk files", dated_by="visited_on",
           document="mediation_visit", article="若干规定第37条", rank=1),
    # 15: 司法确认 (第33条、民事诉讼法第205条)
    Action("ask_confirmation", "申请司法确认", _AGREED, None, "mediation:mediate",
           requires="asked_on court court_rule together materials confirmation_checks", accepts="files",
           guards="effective_for_confirmation window_is_open asked_together may_be_confirmed papers_are_complete",
           effect="ask_confirmation", stops="M9", dated_by="asked_on", document="confirmation_request",
           article="第33条、《民事诉讼法》第205条", panel="confirmation"),
    Action("court_accepts", "法院受理", _AGREED, None, "mediation:mediate", requires="court_accepted_on",
           accepts="court_number files", guards="court_has_it court_has_not_accepted accepted_after_asking", effect="court_accepts",
           dated_by="court_accepted_on", article="《司法确认规定》第4条", panel="confirmation"),
    Action("court_rules", "登记法院裁定", _AGREED, None, "mediation:mediate",
           requires="ruling ruled_on received_on", accepts="court_number note files", guards="court_has_it ruling_is_in_order",
           effect="court_rules", starts="M12.party M13", dated_by="received_on", notices="chair",
           article="第33条、《民事诉讼法》第206条", panel="confirmation"),
    Action("withdraw_confirmation", "撤回司法确认申请", _AGREED, None, "mediation:mediate", requires="reason",
           guards="court_has_it", effect="withdraw_confirmation",
           article="《司法确认规定》第5条第二款", panel="confirmation"),
    Action("mediate_again", "变更协议，重新调解", _AGREED, "in_mediation", "mediation:mediate", requires="reason",
           guards="confirmation_was_rejected", effect="mediate_again", stops="MP " + _COURT, starts="M1 M2 M3",
           article="第33条第三款、《民事诉讼法》第206条"),
    # 16
    Action("archive", "立卷归档", _OVER, "mediation_archived", "mediation:mediate", requires="retention_class",
           accepts="waives_confirmation note", guards="nothing_is_with_the_court window_is_settled dossier_is_complete",
           effect="archive", stops="MP " + _COURT, document="closing_report dossier_back dossier_cover dossier_contents", article="第27条",
           rank=2),
    Action("file_into_dossier", "归入卷宗", _OPEN + " mediation_failed mediation_refused", None, "mediation:mediate",
           requires="dossier_file dossier_part", guards="something_is_to_be_filed", quiet=True, article="第27条"),
    Action("account_for_part", "说明卷宗缺件", _OVER, None, "mediation:mediate", requires="missing_part reason",
           guards="a_part_will_not_come", document="dossier_account", quiet=True, article="第27条"),
    Action("dispose", "匿名化", "mediation_archived", "mediation_anonymised", "case:dispose",
           guards="approved_for_disposal", effect="anonymise", quiet=True, article="《个人信息保护法》第47条"),
    # Beside the course
    Action("void_paper", "作废文书", _ALL, None, "case:void_paper", requires="issued_paper reason",
           guards="paper_can_be_voided", effect="void_paper", quiet=True),
    Action("reissue_paper", "重新出具文书", _ALL, None, "case:void_paper", requires="void_paper",
           guards="paper_can_be_reissued", effect="reissue_paper", quiet=True),
    Action("urge", "督促", _OPEN, None, "case:urge", accepts="note",
           guards="not_sealed something_presses not_urged_today", notices="mediators chair"),
    Action("note", "备注", _ALL, None, "mediation:mediate", requires="note", accepts="files"),
    Action("attach", "添加附件", _ALL, None, "mediation:mediate", requires="files",
           accepts="dossier_part", quiet=True),
    # The matter turns out to be an accusation: its mediation goes behind the same wall, with the same act (第30条)
    Action("recall_sealed", "按检举控告终止", _UNDECIDED + " " + _AGREED, "mediation_failed", "mediation:seal",
           requires="reason", guards="its_matter_is_sealed", effect="follow_wall", stops=f"{_TERMS} M7 MP {_COURT}",
           quiet=True, article="《信访工作条例》第30条"),
    Action("seal", "按检举控告保密", "mediation_failed mediation_refused mediation_archived", None, "mediation:seal",
           requires="reason", guards="its_matter_is_sealed", effect="follow_wall", quiet=True,
           article="《信访工作条例》第30条"),
    Action("take_over", "由承接单位接办", _ALL + " mediation_anonymised", None, "unit:manage",
           requires="former_unit successor", accepts="succession_basis", guards="unit_has_gone", effect="take_over",
           quiet=True, unseen=True),
    Action("recount", "期限因放假安排调整重新计算", _OPEN, None, "calendar:manage", requires="recounted recount_ground",
           guards="clocks_move", recounts=True, notices="clock_duty", quiet=True, unseen=True,
           article="《民法典》第203条"),
)  # fmt: skip

_FOR_ALL = ("take_over", "recount", "recall_sealed", "seal", "dispose")
"""Done whoever has a hand in it: a unit ends, days are off, the wall closes, the file is over its term."""


def _walled(action: Action) -> Action:
    """Whoever was made to leave for their interest in it does nothing more on it (若干规定第26条)."""
    if action.opens or action.name in _FOR_ALL:
        return action
    return replace(action, guards=("is_not_recused", *action.guards))


FLOW = Flow("mediation", STATES, tuple(_walled(action) for action in ACTIONS))
"""A mediation: a dispute before a committee."""
