"""The states of a review (domain.md §1.3), each with its Chinese name and what the petitioner is told.

None is called like one of a matter: a list that asks for states asks for one kind of case.
"""

from petitions.flow import State

STATES = (
    State("review_requested", "申请待受理", "已收到您的申请，正在审查是否受理"),
    State("reviewing", "复查复核中", "已受理，正在复查、复核"),
    State("review_in_approval", "意见待审核", "已受理，正在复查、复核"),
    State("review_issued", "意见待送达", "复查、复核意见已作出，正在送达"),
    State("review_served", "意见已送达", "复查、复核意见已送达", closed=True),
    State("review_refused", "申请不予受理", "不予受理，原因见告知书", closed=True),
    State("review_withdrawn", "申请已撤回", "您已撤回申请", closed=True),
    State("review_stopped", "已终止复查复核", "已终止，按其他程序办理", closed=True),
    State("review_anonymised", "已匿名化（复查复核）", "已办结归档，个人信息已按期清除", final=True),
)
