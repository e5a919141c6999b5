"""Rows of the table that issue a paper beside the course: a power of attorney, an urgent report, the three suggestions.

They belong to `workflow.py`, which takes them in; they move no state and no clock. What they ask stands in `instruments/`.
"""

from petitions.flow import Action

_HANDED_OVER = "dispatched signed objected accepted mediating in_approval opinion_issued served"
_OPEN = "registered screening triage awaiting_supplement returned notice_due " + _HANDED_OVER

DOCUMENTS = (
    # Who speaks for the petitioner, and how far; what reaches an agent within it has reached the petitioner
    Action("authorise", "登记代理委托", _OPEN, None, "case:authorise",
           requires="agent agent_kind agent_scope agent_proof", accepts="principal_signed agent_phone agent_until files",
           guards="not_sealed principal_has_signed", effect="add_agent", document="power_of_attorney", notices="handler", article="第33条"),
    # 第25条: reported at once; hiding it, or reporting late or falsely, is punished (第46条第四项)
    Action("report_urgent", "报送紧急信息", _OPEN, None, "case:report_urgent",
           requires="found_on found_time finder urgent_kind urgent_place urgent_people urgent_demand measures reported_to"
                    " reported_at reported_by",
           accepts="files", guards="not_sealed told_whom_the_article_names", document="urgent_report", notices="heads",
           article="第25条"),
    # 第40条: 改进工作、完善政策、追究责任; whoever gets one answers in writing what became of it
    Action("suggest", "提出三项建议", _HANDED_OVER + " concluded ended", None, "case:suggest",
           requires="suggestion_kind addressee facts problem suggestion answer_by", accepts="files",
           guards="not_sealed no_suggestion_waits", document="suggestion_letter", notices="suggested", article="第40条"),
    Action("answer_suggestion", "反馈建议采纳情况", _HANDED_OVER + " concluded ended", None, "case:answer_suggestion",
           requires="adoption report", accepts="files", guards="suggestion_waits", notices="suggester", article="第40条",
           rank=2),
)  # fmt: skip
