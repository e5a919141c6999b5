"""Rows of the table about what follows an answer: return visits, what they leave to do, what was promised and is performed.

They belong to `workflow.py`, which takes them in; they stand apart because they move no state and no clock.
"""

from petitions.flow import Action

_ANSWERED = "served concluded ended"

AFTERWARDS = (
    Action("plan_visit", "另约回访", _ANSWERED, None, "case:visit", requires="visit_on", accepts="note", effect="plan_visit"),
    Action("visit", "回访", _ANSWERED, None, "case:visit", requires="held_on way performed",
           accepts="office_rating office_reason unit_rating unit_reason rating_code said new_claim visit_on files",
           guards="visited_after_service may_be_rated rated_by_somebody dissatisfied_with_reason code_is_theirs",
           dated_by="held_on", effect="visit", document="visit_record", notices="handler", rank=1,
           leads_when="visit_is_owed", article="第21条第二款"),
    # What is not solved is work for a person: it changes neither the state nor a clock
    Action("take_follow_up", "领取跟进任务", _ANSWERED, None, "case:follow_up", guards="follow_up_waits",
           effect="take_follow_up"),
    Action("close_follow_up", "完成跟进任务", _ANSWERED, None, "case:follow_up", requires="done", accepts="files",
           guards="follow_up_is_mine", effect="close_follow_up", rank=2),
    # 26: what supports a request is carried out, and the unit that gave the opinion sees to it
    Action("plan_performance", "确定应落实事项", "accepted opinion_issued served concluded ended", None, "case:perform",
           requires="promised performer perform_by", guards="something_is_granted", effect="promise",
           article="第32条第二款、第33条"),
    Action("perform_opinion", "督促执行", "accepted served concluded ended", None, "case:perform", requires="held_on record",
           accepts="promise performance files", guards="something_is_granted says_of_what", dated_by="held_on",
           effect="perform_promise", article="第32条第二款"),
    # 35: what may be missing from a file for a reason, and the reason
    Action("excuse_missing", "说明缺件", "concluded ended not_accepted no_longer_accepted diverted filed withdrawn", None,
           "case:archive", requires="lacking reason", guards="something_is_excusable"),
)  # fmt: skip
