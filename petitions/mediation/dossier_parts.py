"""The thirteen parts of a mediation dossier in the Ministry's order (domain.md §5B-1), and what stands in each."""

from collections.abc import Sequence

from petitions.cases.dossier import Section
from petitions.words import say

PARTS: Sequence[Section] = (
    Section("application", say("人民调解申请书或者受理登记表"), ("mediation_application", "mediation_register"),
            ("apply", "take_up", "receive_referral", "receive_matter", "record_consent")),
    Section("rights", say("当事人权利义务告知书"), ("rights_notice",), ("notify_rights",)),
    Section("identity", say("身份证明")),
    Section("power", say("授权委托书")),
    Section("investigation", say("调查记录"), ("investigation_record",), ("investigate",)),
    Section("evidence", say("证据材料"), (), ("attach", "note")),
    Section("records", say("人民调解记录"), ("mediation_record",), ("hold_session", "extend_term")),
    Section("agreement", say("人民调解协议书或者口头协议登记表"), ("mediation_agreement", "oral_agreement"),
            ("sign_agreement", "agree_orally")),
    Section("proofs", say("收条、汇款单等履行凭证"), (), ("record_performance", "urge_performance")),
    Section("visits", say("回访记录"), ("mediation_visit",), ("visit",)),
    Section("confirmation", say("司法确认材料"), ("confirmation_request",),
            ("ask_confirmation", "court_accepts", "court_rules")),
    Section("account", say("卷宗情况说明"), ("mediation_refusal", "termination_notice", "mediation_feedback",
            "danger_report", "dossier_account", "closing_report"),
            ("refuse_consent", "revoke_consent", "fail", "report_danger", "give_up_performance")),
    Section("back", say("封底"), ("dossier_back",)),
)  # fmt: skip

BY_CODE = {part.code: part for part in PARTS}

LEAVES = ("dossier_cover", "dossier_contents")
"""They say what is in the dossier and lie before it: neither listed nor counted."""

BACK = BY_CODE["back"]
"""The last sheet: listed, not counted."""

BROUGHT = ("application", "identity", "power")
"""What parties bring: where it will never come, its lack can be accounted for. The rest the committee writes itself."""
