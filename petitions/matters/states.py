"""The states of a matter (domain.md §1.3), each with its Chinese name and what the petitioner is told."""

from petitions.flow import State

STATES = (
    State("registered", "已登记", "已登记，正在核对是否重复"),
    State("screening", "待判重", "已登记，正在核对是否重复"),
    State("triage", "待甄别", "已登记，正在确定由哪个单位办理"),
    State("awaiting_supplement", "待补充材料", "需要您补充材料"),
    State("dispatched", "待签收", "已转交有权处理的单位"),
    State("signed", "已签收", "有权处理的单位已收到"),
    State("objected", "异议待核", "正在核实由哪个单位办理"),
    State("returned", "已退回", "正在重新确定由哪个单位办理"),
    State("notice_due", "待告知", "已收到，正在确定处理途径"),
    State("accepted", "办理中", "已受理，正在办理"),
    State("mediating", "调解中", "正在调解"),
    State("in_approval", "待审核", "已受理，正在办理"),
    State("opinion_issued", "待送达", "处理意见已作出，正在送达"),
    State("served", "已送达", "处理意见已送达"),
    State("concluded", "已办结", "已办结", closed=True),
    State("ended", "已终结", "复核意见已送达，信访程序终结", closed=True),
    State("not_accepted", "不予受理", "不予受理，原因和去处见告知书", closed=True),
    State("no_longer_accepted", "不再受理", "不再受理，依据见告知书", closed=True),
    State("diverted", "已导入其他程序", "已引导到法律规定的其他程序", closed=True),
    State("filed", "已存档备查", "已存档备查", closed=True),
    State("withdrawn", "已撤回", "您已撤回", closed=True),
    State("archived", "已归档", "已办结归档", closed=True),
    State("anonymised", "已匿名化", "已办结归档，个人信息已按期清除", final=True),
)
