"""Rows of the table beside the ordinary course: the simple procedure, a dispute about who leads, a petitioner who is gone.

They belong to `workflow.py`, which takes them in.
"""

from dataclasses import replace

from petitions.flow import Action

_AT_UNIT = "signed notice_due"
_WORKED_ON = "accepted mediating in_approval"

PROCEDURE = (
    # 简易办理: the office may propose it, the unit with the power decides (《信访事项简易办理办法》)
    Action("propose_simple", "建议简易办理", "triage returned", None, "case:dispatch", requires="fit",
           guards="is_classified not_sealed not_proposed_yet fits_simple", effect="propose_simple", starts="T18",
           article="《信访事项简易办理办法》第4条"),
    Action("accept_simple", "简易办理", _AT_UNIT, "accepted", "case:answer", requires="fit told_by", accepts="supportable",
           closes="request_extension ask_hearing", guards="has_handler not_sealed is_classified fits_simple within_simple_term will_be_supported",
           effect="accept_simple", stops="T2 T3 T4 T5", starts="T17", document="simple_notice", notices="sender handler",
           article="《信访事项简易办理办法》第4条、第5条"),
    Action("convert", "转为普通程序", "accepted mediating", None, "case:answer", requires="reason", guards="is_simple",
           effect="convert", stops="T17", starts="T6", document="conversion_notice", notices="sender", article="第34条"),
    # 19: several units cannot agree who leads: the common superior decides, or the joint conference (第24条)
    Action("dispute_lead", "登记受理争议", _AT_UNIT, None, "case:handle", requires="disputing_units positions",
           accepts="files", guards="not_sealed lead_is_not_disputed", notices="sender", article="第24条"),
    Action("decide_lead", "决定由本单位受理", _AT_UNIT, None, "case:decide_lead",
           requires="decider decided_on decision_number", accepts="note files", guards="not_sealed lead_is_disputed",
           dated_by="decided_on", document="lead_decision", notices="receivers", article="第24条"),
    Action("decide_other_lead", "决定由其他单位受理", "signed", "returned", "case:decide_lead",
           requires="decider decided_on decision_number lead_unit", accepts="note files",
           guards="not_sealed lead_is_disputed office_sent_it another_leads", effect="take_back",
           stops="T3 T4 T5 T12", resumes="T1", undoes="transfer assign", document="lead_decision",
           notices="former_receivers", article="第24条"),
    # 34: the petitioner has died or ended; a successor may step in within the term that is written down
    Action("note_loss", "登记信访人死亡或者终止", _WORKED_ON, None, "case:handle", requires="loss happened_on proof until",
           accepts="files", guards="nobody_else_asks"),
    Action("take_succession", "登记承受人", _WORKED_ON, None, "case:handle", requires="heir heir_relation proof",
           accepts="heir_phone heir_address files", guards="succession_waits", effect="take_succession"),
)  # fmt: skip

_ENDS_WITH = {"T1": "T18", "T4": "T16", "T6": "T17"}
"""The clocks of the simple procedure end with those of the ordinary one: what meets the longer term meets the shorter."""


def with_simple_clocks(action: Action) -> Action:
    """The row with the clocks of the simple procedure beside those it names; T16 starts only where it was proposed."""

    def joined(codes: str | tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*codes, *(_ENDS_WITH[code] for code in codes if code in _ENDS_WITH))))

    starts = (*action.starts, "T16") if "T4" in action.starts else action.starts
    return replace(action, stops=joined(action.stops), stops_own=joined(action.stops_own), starts=starts)
