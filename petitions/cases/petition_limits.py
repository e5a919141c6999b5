"""The clocks of a petition, T0 to T23: the 信访工作条例 and what lies beside it, one row each, with every number's article.

Where the regulation writes 日 it means all days; 工作日 is written out (第23条第三款) and nowhere presumed.
"""

from petitions.cases.clocks import Unit
from petitions.cases.limit import Duty, Limit, Origin

REGULATION = "信访工作条例（中共中央、国务院2022年2月25日发布，2022年5月1日起施行）"
_SIMPLE = "信访事项简易办理办法（国信办发〔2022〕17号；各项期限见2016年试行文本，2022年文本待核）"
_SATISFACTION = "信访事项办理群众满意度评价工作办法（试行）（国信发〔2022〕11号）"
_TIERS = "关于进一步规范信访事项受理办理程序引导来访人依法逐级走访的办法（2014年）"
_DISCIPLINE = "纪检监察机关处理检举控告工作规则（2020年）"
_PLACES = "2005年条例和地方条例的做法"


def _tier(name: str, label: str, length: int) -> Limit:
    return Limit(
        f"T1a.{name}", f"{label}转送期限", f"{label}转送", length=length, unit=Unit.DAYS,
        starts="该级信访部门收到信访事项之日", stops="转送、交办下一级", act="转送交办", duty=Duty.OFFICE,
        article="《引导来访人依法逐级走访的办法》第6条", source=_TIERS, origin=Origin.PRACTICE,
        remark="四级合计15日；2022年条例施行后是否沿用，以上级信访部门的通知为准",
    )  # fmt: skip


ROWS = (
    Limit(
        "T0", "登记", "登记", length=1, unit=Unit.WORKDAYS,
        starts="收到信访事项之日", stops="登记", act="登记", duty=Duty.OFFICE,
        article="《信访工作条例》第22条、第23条", source=REGULATION, origin=Origin.DEFAULT,
        remark="条例只要求“应当予以登记”，没有数字；当日或者次一工作日是系统默认",
    ),
    Limit(
        "T1", "转送、交办期限", "转送", length=15, unit=Unit.DAYS,
        starts="信访部门收到信访事项之日", stops="转送、交办、报请或者作出其他处理", act="转送交办", duty=Duty.OFFICE,
        article="《信访工作条例》第22条第一款", source=REGULATION,
        # No number in the law: without it an objection on the fifteenth day would leave the sender no day at all.
        floor=3,
    ),
    _tier("national", "国家级", 5),
    _tier("province", "省级", 3),
    _tier("city", "市级", 3),
    _tier("county", "县级", 4),
    Limit(
        "T2", "当场告知", "当场告知", length=0, unit=Unit.DAYS,
        starts="收到信访人直接提出的信访事项之日", stops="当场书面告知，或者不能当场告知而转为15日内告知", act="告知",
        duty=Duty.HOLDER, article="《信访工作条例》第23条第二款", source=REGULATION,
        # On the spot means the same day, also on a Sunday of duty.
        window=True, lapsed="未当场告知", roll=False,
    ),
    Limit(
        "T3", "书面告知期限（直接提出）", "告知", length=15, unit=Unit.DAYS,
        starts="收到信访人直接提出的信访事项之日", stops="书面告知信访人，或者记明其姓名（名称）、住址不清", act="告知",
        duty=Duty.HOLDER, article="《信访工作条例》第23条第二款", source=REGULATION,
    ),
    Limit(
        "T4", "书面告知期限（转送、交办）", "告知", length=15, unit=Unit.DAYS,
        starts="收到转送、交办的信访事项之日", stops="书面告知信访人接收情况以及处理途径和程序", act="告知",
        duty=Duty.HOLDER, article="《信访工作条例》第23条第三款", source=REGULATION,
    ),
    Limit(
        "T5", "异议期", "异议",
        # The only working-day number of the regulation; every other one is 日.
        length=5, unit=Unit.WORKDAYS,
        starts="收到转送、交办的信访事项之日", stops="提出异议并说明理由，或者开始办理", act="提出异议", duty=Duty.HOLDER,
        article="《信访工作条例》第23条第三款", source=REGULATION, window=True, lapsed="异议期已过",
    ),
    Limit(
        "T6", "办理期限", "办结", length=60, unit=Unit.DAYS,
        starts="受理之日", stops="出具信访处理意见书", act="办结", duty=Duty.HOLDER,
        article="《信访工作条例》第34条", source=REGULATION, extension=30, extension_code="T7",
        # Only matters of 第31条第六项; the other routes have the limits of their own procedures.
        applies="petition_procedure",
    ),
    Limit(
        "T7", "延长办理期限", "延长",
        # Never started alone: these days are added to T6 and counted from the day of acceptance, 90 日 in all.
        length=30, unit=Unit.DAYS,
        starts="受理之日（与办理期限连续计算）", stops="出具信访处理意见书", act="办结", duty=Duty.HOLDER,
        article="《信访工作条例》第34条", source=REGULATION, applies="petition_procedure",
        remark="不单独计算：经本机关、单位负责人批准后加在办理期限上，合计不超过90日",
    ),
    Limit(
        "T8", "申请复查期", "申请复查", length=30, unit=Unit.DAYS,
        starts="信访人收到书面答复之日", stops="信访人请求复查", act="请求复查", duty=Duty.PETITIONER,
        article="《信访工作条例》第35条", source=REGULATION, window=True, lapsed="已逾申请期",
        # A suggestion is replied to (第29条); there is no opinion on a demand that could be reviewed.
        applies="review",
    ),
    Limit(
        "T9", "复查期限", "复查", length=30, unit=Unit.DAYS,
        starts="收到复查请求之日", stops="提出复查意见并书面答复", act="复查答复", duty=Duty.HOLDER,
        article="《信访工作条例》第35条", source=REGULATION,
    ),
    Limit(
        "T10", "申请复核期", "申请复核", length=30, unit=Unit.DAYS,
        starts="信访人收到复查答复之日", stops="信访人请求复核", act="请求复核", duty=Duty.PETITIONER,
        article="《信访工作条例》第36条第一款", source=REGULATION, window=True, lapsed="已逾申请期",
    ),
    Limit(
        "T11", "复核期限", "复核", length=30, unit=Unit.DAYS,
        starts="收到复核请求之日", stops="提出复核意见", act="复核答复", duty=Duty.HOLDER,
        article="《信访工作条例》第36条", source=REGULATION, excluded="听证所需时间",
    ),
    Limit(
        "T12", "反馈期限", "限期反馈", length=None, unit=Unit.DAYS,
        starts="交办之日", stops="提交办结报告", act="反馈", duty=Duty.HOLDER,
        article="《信访工作条例》第22条第一款第三项", source=REGULATION,
        # The sender named a day, not a term; a named day stays where it is.
        roll=False, remark="由交办机关指定日期",
    ),
    Limit(
        "T13", "紧急情况报告", "及时报告", length=None, unit=Unit.DAYS,
        starts="发现可能造成社会影响的重大、紧急信访事项之时", stops="报告", act="报告", duty=Duty.OFFICE,
        article="《信访工作条例》第25条", source=REGULATION, roll=False,
        remark="条例只要求“及时”，没有数字，不计算到期日",
    ),
    Limit(
        "T14", "三项建议反馈期限", "反馈建议", length=30, unit=Unit.DAYS,
        starts="收到改进工作、完善政策、追究责任建议之日", stops="书面反馈采纳情况", act="反馈", duty=Duty.HOLDER,
        article="《信访工作条例》第40条", source=_PLACES, origin=Origin.DEFAULT,
        remark="2022年条例没有数字；2005年条例第36条和部分省市为30日",
    ),
    Limit(
        "T15", "年度报告", "年度报告", length=1, unit=Unit.YEARS,
        starts="上一次报告之日", stops="编制信访情况年度报告", act="报告", duty=Duty.OFFICE,
        article="《信访工作条例》第41条", source=REGULATION,
    ),
    Limit(
        "T16", "简易办理决定期限", "决定受理", length=3, unit=Unit.WORKDAYS,
        starts="收到信访事项之日", stops="决定是否受理", act="决定受理", duty=Duty.HOLDER,
        article="《信访事项简易办理办法》", source=_SIMPLE, applies="simple_proposed",
        remark="信访部门建议简易办理后转送的开始计时；单位自行决定的，在同样的期限内决定",
    ),
    Limit(
        "T17", "简易办理期限", "简易办结", length=10, unit=Unit.WORKDAYS,
        starts="受理之日", stops="出具信访处理意见书或者当场答复", act="办结", duty=Duty.HOLDER,
        article="《信访事项简易办理办法》", source=_SIMPLE, remark="不能延长；办不结的转为普通程序，起算日不变",
    ),
    Limit(
        "T18", "简易办理逐级转送期限", "逐级转送", length=1, unit=Unit.WORKDAYS,
        starts="该级收到信访事项之日", stops="转送下一级", act="转送", duty=Duty.OFFICE,
        article="《信访事项简易办理办法》", source=_SIMPLE,
    ),
    Limit(
        "T19", "满意度评价期", "评价", length=30, unit=Unit.DAYS,
        starts="信访人收到书面答复之日", stops="信访人作出评价", act="评价", duty=Duty.PETITIONER,
        article="《信访事项办理群众满意度评价工作办法（试行）》", source=_SATISFACTION, origin=Origin.DEFAULT, window=True, lapsed="评价期已过",
        remark="没有查到规定的期限；30日是系统默认",
    ),
    Limit(
        "T20", "建议意见回复期限", "回复建议", length=60, unit=Unit.DAYS,
        starts="收到建议、意见之日", stops="回复", act="回复", duty=Duty.HOLDER,
        article="《信访工作条例》第29条", source=REGULATION, origin=Origin.DEFAULT,
        remark="条例只要求“应当予以回复”，没有数字；60日是系统默认",
    ),
    Limit(
        "T21", "检举控告告知受理期限", "告知受理", length=15, unit=Unit.WORKDAYS,
        starts="收到实名检举控告之日", stops="告知检举控告人受理情况", act="告知", duty=Duty.OUTSIDE,
        article="《纪检监察机关处理检举控告工作规则》", source=_DISCIPLINE, remark="重复检举控告不再告知",
    ),
    Limit(
        "T22", "检举控告反馈结果期限", "反馈结果", length=15, unit=Unit.WORKDAYS,
        starts="办结之日", stops="向实名检举控告人反馈处理结果", act="反馈", duty=Duty.OUTSIDE,
        article="《纪检监察机关处理检举控告工作规则》", source=_DISCIPLINE,
    ),
    Limit(
        "T23", "检举控告转送、上报期限", "转送上报", length=5, unit=Unit.WORKDAYS,
        starts="收到检举控告之日", stops="受理、转送下级或者上报", act="转送上报", duty=Duty.OUTSIDE,
        article="《纪检监察机关处理检举控告工作规则》", source=_DISCIPLINE,
    ),
    Limit(
        "T24", "重新作出处理意见期限", "重新作出", length=None, unit=Unit.DAYS,
        starts="撤销处理意见的复查、复核意见送达之日", stops="重新出具信访处理意见书", act="重新作出", duty=Duty.HOLDER,
        article="《信访工作条例》第35条、第36条", source=_PLACES, origin=Origin.PRACTICE,
        # The review body named a day, not a term.
        roll=False, remark="由复查、复核机关在意见书里指定；条例没有数字，撤销并责令限期重新作出是各地的做法",
    ),
)  # fmt: skip
