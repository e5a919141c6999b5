"""Rows of the table by which a matter goes to a people's mediation committee, and hears what came of it (第33条、第37条).

They belong to `workflow.py`, which takes them in. The mediation is a case of its own (petitions/mediation).
"""

from petitions.flow import Action

_UNDECIDED = "triage returned signed notice_due accepted"

MEDIATION = (
    Action("send_to_mediation", "移送人民调解", _UNDECIDED, None, "case:send_to_mediation",
           requires="committee dispute_type mediation_facts other_side",
           accepts="other_side_kind mediation_requests petitioner_agrees files",
           guards="is_classified not_sealed may_be_settled petitioner_wants_it somebody_is_known no_mediation_is_open",
           effect="send_to_mediation", document="mediation_referral", notices="handler", article="第33条、第37条"),
    # What the committee does is told to the matter with the same act: stage, day and result, nothing that was said
    Action("hear_of_mediation", "人民调解反馈",
           _UNDECIDED + " registered screening awaiting_supplement dispatched objected mediating in_approval opinion_issued"
           " served concluded ended not_accepted no_longer_accepted diverted filed withdrawn archived",
           None, "mediation:answer", requires="mediation mediation_stage mediation_stage_on",
           guards="comes_of_its_mediation", dated_by="mediation_stage_on", notices="handler office_desk sender", quiet=True,
           article="第37条"),
)  # fmt: skip
