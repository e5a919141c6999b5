"""The states of a mediation (domain.md §3.2), each with its Chinese name and what the parties are told.

None is called like one of another kind of case: a list that asks for states asks for one kind of case.
"""

from petitions.flow import State

STATES = (
    State("mediation_requested", "待受理", "已收到，正在审查能否调解"),
    State("mediation_accepted", "已受理", "已受理，正在确定调解员"),
    State("in_mediation", "调解进行中", "正在调解"),
    State("agreement_drafted", "协议待签", "协议书已写好，等待各方签名"),
    State("agreed", "协议履行中", "已达成协议，按协议履行"),
    State("performed", "协议已履行", "协议已履行完毕"),
    State("unperformed", "协议未履行", "协议没有履行，已告知可以向人民法院起诉"),
    State("mediation_failed", "调解不成", "调解不成，已告知其他途径", closed=True),
    State("mediation_refused", "不予调解", "不能调解，原因见告知书", closed=True),
    State("mediation_archived", "调解卷宗已归档", "已办结归档", closed=True),
    State("mediation_anonymised", "已匿名化（调解）", "已办结归档，个人信息已按期清除", final=True),
)
