"""The table of a 复查 or 复核: from the petitioner's request to the opinion that reached them (domain.md §1.4 rows 28–31).

Both go the same way and differ in their clocks: 复查 owes a written answer within 30 日 (第35条), 复核 its opinion, and the
time of a hearing is not counted (第36条第一、二款). Neither can be extended. What becomes of the matter is told to it with
the same act (matters/reviewing.py).
"""

from dataclasses import replace

from petitions.flow import NEW, Action, Flow
from petitions.matters.service.fields import RECORD
from petitions.matters.workflow import FLOW as OF_MATTERS
from petitions.review.states import STATES

_OPEN = "review_requested reviewing review_in_approval review_issued"
_CLOSED = "review_served review_refused review_withdrawn review_stopped"
_NOTICED = "reviewing review_in_approval review_issued " + _CLOSED


def _unwalled(row: Action) -> tuple[str, ...]:
    """The guards of a row of matters, but for the one that every row of this table gets anyway."""
    return tuple(guard for guard in row.guards if guard != "is_not_recused")


# The papers of a review are not taken back, so none of them has to be asked whether it still stands.
_SERVED_TRULY = " ".join(guard for guard in _unwalled(OF_MATTERS.action["serve"]) if guard != "opinion_stands")
_ASKED = "requested_on review_claims demand review_ground"
_ALSO = "request_posted_on late_ground new_claims files"


def _heard(row: Action) -> Action:
    """第36条第二款: the time a hearing takes is not counted, in the term of the paragraph before, which is that of 复核."""
    return replace(
        row, sources=("reviewing",), article="第36条第二款", guards=_unwalled(row),
        pauses="T11" if row.name == "open_hearing" else (), continues="T11" if row.name == "close_hearing" else (),
    )  # fmt: skip


_HEARING = tuple(_heard(row) for row in OF_MATTERS.actions if row.panel == "hearing" or row.name == "ask_hearing")
"""听证 goes as in a matter (第31条第六项, to which 第36条第二款 points): the same rows, and another clock."""

ACTIONS = (
    # 28, 30: recorded by a clerk on the matter, and opened with that act
    Action("request", "申请复查", NEW, "review_requested", "review:request", requires=_ASKED, accepts=_ALSO,
           effect="open_file", starts="T9", document="review_request", notices="receivers", article="第35条"),
    Action("request_rereview", "申请复核", NEW, "review_requested", "review:request", requires=_ASKED, accepts=_ALSO,
           effect="open_file", starts="T11", document="review_request", notices="receivers", article="第36条第一款"),
    # The people who work on it; nobody reviews what they had a hand in
    Action("appoint", "指定承办人", _OPEN, None, "case:appoint", requires="handler",
           guards="handler_may_work", effect="appoint", notices="handler", article="第28条", rank=2,
           leads_when="nobody_is_appointed"),
    # Whoever is appointed is asked once, as in a matter, whether it touches them
    Action("declare", "声明没有利害关系", _OPEN, None, "case:declare", guards="not_declared_yet", quiet=True,
           article="第28条第三款"),
    Action("recuse", "回避", _OPEN, None, "case:recuse", requires="ground asked_by", accepts="recused handler",
           guards="somebody_is_named handler_may_work", effect="recuse", notices="heads handler", article="第28条第三款"),
    Action("accept", "受理申请", "review_requested", "reviewing", "review:decide", accepts="late_reason note",
           guards="has_handler stands_apart late_is_decided", document="review_acceptance",
           notices="handler sender", article="第35条、第36条", rank=1),
    Action("refuse", "不予受理申请", "review_requested", "review_refused", "review:decide", requires="review_refusal note",
           guards="stands_apart refusal_fits", effect="give_back", stops="T9 T11", document="review_refusal",
           notices="sender office", article="第35条、第36条"),
    # Inquiry, and the opinion in the hands of two people
    Action("inquire", "调查核实", "reviewing", None, "case:handle", requires="inquiry_kind held_on people record",
           accepts="files", guards="stands_apart", dated_by="held_on", article="第31条第六项"),
    *_HEARING,
    Action("submit_opinion", "意见送审", "reviewing", "review_in_approval", "case:draft_opinion",
           requires="facts opinion basis review_result", accepts="outcomes redo_until",
           guards="stands_apart no_hearing_goes_on something_changes", notices="heads", article="第35条、第36条", rank=1),
    Action("return_opinion", "退回修改", "review_in_approval", "reviewing", "case:approve_opinion", requires="note",
           answers="submit_opinion", notices="handler"),
    # 第36条第一款 asks for the opinion within 30 日, 第35条 for the opinion and its written reply
    Action("approve_opinion", "审核同意", "review_in_approval", "review_issued", "case:approve_opinion", accepts="note",
           answers="submit_opinion", guards="approver_is_not_drafter stands_apart", effect="decide", stops="T11", document="review_opinion",
           notices="handler office", article="第35条、第36条", rank=4),
    Action("serve", "送达复查复核意见", "review_issued", "review_served", "case:serve",
           requires="method served_on", accepts=RECORD + " note files", dated_by="served_on",
           guards=_SERVED_TRULY, effect="serve", stops="T9", document="service_slip", notices="office sender",
           article="第35条、第36条", rank=4),
    Action("serve_notice", "记录告知书送达", _NOTICED, None,
           "case:serve_notice", requires="paper method served_on", accepts=RECORD + " note files", dated_by="served_on",
           guards="has_unserved_paper " + _SERVED_TRULY, effect="record_service", document="service_slip",
           article="第35条、第36条", rank=3),
    Action("attempt_service", "记录未送达", _NOTICED, None, "case:serve_notice",
           requires="open_paper tried_by tried_on failure next_method next_on", accepts="note files", dated_by="tried_on",
           guards="has_open_paper served_after_issue next_attempt_fits", effect="record_attempt"),
    Action("withdraw", "撤回申请", "review_requested reviewing review_in_approval", "review_withdrawn", "case:withdraw",
           requires="reason", accepts="free_will files", guards="freely_withdrawn", effect="give_back", stops="T9 T11",
           document="review_withdrawal", notices="receivers handler sender office"),
    # 第36条第二款: what was decided after a hearing may be made public, in a text a second person has checked
    Action("propose_publication", "拟公示", "review_served", None, "review:publish", requires="public_text",
           guards="may_be_published not_sealed names_nobody", effect="propose_publication", notices="heads",
           article="第36条第二款"),
    Action("publish", "同意公示", "review_served", None, "review:approve_publication", requires="nobody_is_harmed",
           answers="propose_publication", guards="publication_is_proposed not_sealed publisher_is_not_proposer harms_nobody", effect="publish",
           notices="handler", article="第36条第二款", rank=4),
    Action("unpublish", "不予公示、撤下公示", "review_served", None, "review:approve_publication", requires="reason",
           answers="propose_publication", guards="publication_is_there", effect="unpublish", notices="handler", article="第36条第二款"),
    # Pressed for what it owes like any other unit
    Action("urge", "督促", _OPEN, None, "case:urge", accepts="note",
           guards="not_sealed something_presses not_urged_today", notices="owing"),
    Action("supervise", "发出督办函", _OPEN, None, "case:supervise", requires="reason answer_by",
           guards="not_sealed unit_is_overdue", effect="supervise", document="supervision_letter", notices="owing",
           article="第40条"),
    Action("set_supervision_aside", "暂不督办", _OPEN, None, "case:supervise", requires="reason",
           guards="not_sealed unit_is_overdue", effect="set_aside"),
    Action("answer_supervision", "反馈督办情况", _OPEN + " review_served", None, "case:answer_supervision",
           requires="report", accepts="files", guards="supervision_is_open", notices="supervisor", article="第40条", rank=2),
    # Beside the course
    Action("note", "备注", _OPEN + " " + _CLOSED, None, "case:note", requires="note", accepts="files"),
    Action("attach", "添加附件", _OPEN + " " + _CLOSED, None, "case:note", requires="files", quiet=True,
           notices="handler"),
    # The matter turns out to be an accusation: its reviews go behind the same wall, with the same act (第30条)
    Action("recall_sealed", "按检举控告终止", _OPEN, "review_stopped", "case:divert_sealed", requires="reason",
           guards="its_matter_is_sealed", effect="follow_wall", stops="T9 T11", quiet=True, article="第30条"),
    Action("seal", "按检举控告保密", _CLOSED, None, "case:divert_sealed", requires="reason",
           guards="its_matter_is_sealed", effect="follow_wall", quiet=True, article="第30条"),
    Action("take_over", "由承接单位接办", _OPEN + " " + _CLOSED + " review_anonymised", None, "unit:manage",
           requires="former_unit successor", accepts="succession_basis", guards="unit_has_gone", effect="take_over",
           quiet=True, unseen=True, article="第24条第二款"),
    Action("recount", "期限因放假安排调整重新计算", _OPEN, None, "calendar:manage", requires="recounted recount_ground",
           guards="clocks_move", recounts=True, notices="clock_duty", quiet=True, unseen=True,
           article="《民法典》第203条"),
    # It is kept as long as its matter, and goes with it (个人信息保护法第47条)
    Action("dispose", "匿名化", _CLOSED, "review_anonymised", "case:dispose", guards="its_matter_goes",
           effect="anonymise", quiet=True, article="《个人信息保护法》第47条"),
)  # fmt: skip

_FOR_ALL = ("take_over", "recount", "recall_sealed", "seal", "dispose")
"""Done whoever has a hand in the matter: a unit ends, days are off, the wall closes, the file is over its term."""


def _walled(action: Action) -> Action:
    """第28条第三款: whoever must stay away from the matter stays away from its reviews."""
    if action.opens or action.name in _FOR_ALL:
        return action
    return replace(action, guards=("is_not_recused", *action.guards))


FLOW = Flow("review", STATES, tuple(_walled(action) for action in ACTIONS))
