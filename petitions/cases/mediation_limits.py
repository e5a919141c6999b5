"""The clocks of mediation, M1 to M15: people's mediation, mediation a court hands over, and what confirms an agreement."""

from petitions.cases.clocks import Unit
from petitions.cases.limit import Duty, Limit, Origin

_MEDIATION = "中华人民共和国人民调解法（2010年8月28日通过，2011年1月1日起施行）"
_RULES = "人民调解工作若干规定（2002年司法部令第75号）"
_STANDARD = "人民调解委员会调解工作规范（SF/T 0083-2020，文本待核）"
_NINGBO = "宁波市人民调解条例（2015年）"
_INVITED = "最高人民法院关于人民法院特邀调解的规定（2016年）"
_ONLINE = "人民法院在线调解规则（2021年）"
_LABOUR = "中华人民共和国劳动争议调解仲裁法（2007年）"
_CONFIRMING = "最高人民法院关于人民调解协议司法确认程序的若干规定（2011年）"
_CIVIL_PROCEDURE = "中华人民共和国民事诉讼法（2023年9月1日修正）"
_INTERPRETATION = "最高人民法院关于适用《中华人民共和国民事诉讼法》的解释（2022年修正）"

_ACCEPTED = "受理纠纷之日"
_ENDED = "达成调解协议或者终止调解"
_SIGNED_FOR = "调解组织或者调解员签字接收材料之日"

ROWS = (
    Limit(
        "M1", "人民调解期限", "调结", length=1, unit=Unit.MONTHS,
        starts=_ACCEPTED, stops=_ENDED, act="调结", duty=Duty.HOLDER,
        # 一般: what is usual, and no term that must be kept.
        article="《人民调解工作若干规定》第33条", source=_RULES, origin=Origin.PRACTICE,
        remark="原文为“一般在一个月内调结”；《人民调解法》没有规定期限",
        applies="by_rules",
    ),
    Limit(
        "M2", "人民调解期限（行业规范）", "调结", length=30, unit=Unit.DAYS,
        starts=_ACCEPTED, stops=_ENDED, act="调结", duty=Duty.HOLDER,
        article="《人民调解委员会调解工作规范》SF/T 0083-2020", source=_STANDARD, origin=Origin.PRACTICE,
        remark="当事人同意可以延长；期满未达成协议的，视为调解不成。上海的做法为30个工作日",
        applies="by_standard",
    ),
    Limit(
        "M3", "人民调解期限（宁波）", "调结", length=1, unit=Unit.MONTHS,
        starts=_ACCEPTED, stops=_ENDED, act="调结", duty=Duty.HOLDER,
        article="《宁波市人民调解条例》第27条", source=_NINGBO, origin=Origin.PRACTICE,
        remark="双方当事人要求的可以延长；期满发给终止调解通知书",
        applies="by_region",
    ),
    Limit(
        "M4", "法院委派调解期限", "委派调解", length=30, unit=Unit.DAYS,
        starts=_SIGNED_FOR, stops=_ENDED, act="调结", duty=Duty.HOLDER,
        article="《最高人民法院关于人民法院特邀调解的规定》第27条", source=_INVITED,
        remark="立案前委派；双方当事人同意延长的不受此限",
        applies="from_court_before_filing",
    ),
    Limit(
        "M5.ordinary", "法院委托调解期限（普通程序）", "委托调解", length=15, unit=Unit.DAYS,
        starts=_SIGNED_FOR, stops=_ENDED, act="调结", duty=Duty.HOLDER,
        article="《最高人民法院关于人民法院特邀调解的规定》第27条", source=_INVITED,
        remark="立案后委托；双方当事人同意可以延长，延长的期间不计入审理期限",
        applies="from_court_ordinary",
    ),
    Limit(
        "M5.summary", "法院委托调解期限（简易程序）", "委托调解", length=7, unit=Unit.DAYS,
        starts=_SIGNED_FOR, stops=_ENDED, act="调结", duty=Duty.HOLDER,
        article="《最高人民法院关于人民法院特邀调解的规定》第27条", source=_INVITED,
        remark="立案后委托；双方当事人同意可以延长，延长的期间不计入审理期限",
        applies="from_court_summary",
    ),
    Limit(
        "M6", "在线调解期限（立案前）", "在线调解", length=30, unit=Unit.DAYS,
        starts="调解组织或者调解员在平台确认接受之日", stops=_ENDED, act="调结", duty=Duty.HOLDER,
        article="《人民法院在线调解规则》第24条、第26条", source=_ONLINE, excluded="评估、鉴定所需时间",
        remark="双方当事人同意可以延长",
        applies="online_from_court",
    ),
    Limit(
        "M7", "在线调解确认接受期限", "确认接受", length=3, unit=Unit.WORKDAYS,
        starts="收到调解案件之日", stops="在平台确认是否接受", act="确认接受", duty=Duty.HOLDER,
        article="《人民法院在线调解规则》第12条", source=_ONLINE,
        applies="online_from_court",
    ),
    Limit(
        "M8", "劳动争议调解期限", "劳动调解", length=15, unit=Unit.DAYS,
        starts="收到调解申请之日", stops="达成调解协议；期满未达成的可以申请仲裁", act="调结", duty=Duty.HOLDER,
        article="《劳动争议调解仲裁法》第14条", source=_LABOUR,
        applies="is_labour",
    ),
    Limit(
        "M9", "申请司法确认期", "司法确认", length=30, unit=Unit.DAYS,
        starts="调解协议生效之日", stops="双方当事人共同向人民法院申请司法确认", act="共同申请司法确认", duty=Duty.PARTIES,
        article="《人民调解法》第33条、《民事诉讼法》第205条", source=_MEDIATION, window=True, lapsed="已逾申请期",
        remark="必须双方共同申请；不能延长",
    ),
    Limit(
        "M10", "司法确认受理审查期限", "决定受理", length=3, unit=Unit.DAYS,
        starts="人民法院收到申请之日", stops="决定是否受理", act="决定受理", duty=Duty.OUTSIDE,
        article="《关于人民调解协议司法确认程序的若干规定》第4条", source=_CONFIRMING,
        remark="双方当事人同时到场的可以当即受理",
    ),
    Limit(
        "M11.confirmation", "司法确认审查期限（2011年规定）", "确认", length=15, unit=Unit.DAYS,
        starts="人民法院受理之日", stops="作出是否确认的决定", act="作出决定", duty=Duty.OUTSIDE, extension=10,
        article="《关于人民调解协议司法确认程序的若干规定》第5条", source=_CONFIRMING, remark="延长须经院长批准",
    ),
    Limit(
        "M11.special", "司法确认审查期限（特别程序）", "确认", length=30, unit=Unit.DAYS,
        starts="人民法院立案之日", stops="作出裁定", act="作出裁定", duty=Duty.OUTSIDE,
        article="《民事诉讼法》第187条", source=_CIVIL_PROCEDURE, remark="有特殊情况需要延长的，由院长批准",
    ),
    Limit(
        "M12.party", "对确认裁定的异议期（当事人）", "提出异议", length=15, unit=Unit.DAYS,
        starts="收到裁定之日", stops="当事人提出异议", act="提出异议", duty=Duty.PARTIES,
        article="《民事诉讼法解释》第372条", source=_INTERPRETATION, window=True, lapsed="异议期已过",
        applies="is_confirmed",
    ),
    Limit(
        "M12.third", "对确认裁定的异议期（利害关系人）", "提出异议", length=6, unit=Unit.MONTHS,
        starts="知道或者应当知道民事权益受到侵害之日", stops="利害关系人提出异议", act="提出异议", duty=Duty.PARTIES,
        article="《民事诉讼法解释》第372条", source=_INTERPRETATION, window=True, lapsed="异议期已过",
    ),
    Limit(
        "M13", "申请强制执行期", "申请执行", length=2, unit=Unit.YEARS,
        starts="法律文书规定履行期间的最后一日", stops="申请人申请执行", act="申请执行", duty=Duty.PARTIES,
        article="《民事诉讼法》第250条", source=_CIVIL_PROCEDURE, window=True, lapsed="已逾申请期",
        remark="适用诉讼时效中止、中断的规定",
        applies="is_confirmed",
    ),
    Limit(
        "M14", "口头调解协议生效", "口头协议生效", length=0, unit=Unit.DAYS,
        starts="各方当事人达成协议之日", stops="即时生效", act="记录", duty=Duty.HOLDER,
        article="《人民调解法》第30条", source=_MEDIATION, roll=False, remark="自达成协议之日起生效，不计算期间",
    ),
    Limit(
        "M15", "书面调解协议生效", "书面协议生效", length=0, unit=Unit.DAYS,
        starts="各方当事人签名、盖章或者按指印，调解员签名并加盖调解委员会印章之日", stops="即时生效", act="记录",
        duty=Duty.HOLDER, article="《人民调解法》第29条", source=_MEDIATION, roll=False,
        remark="自签章齐备之日起生效，不计算期间",
    ),
    Limit(
        "MP", "协议履行期限", "履行", length=None, unit=Unit.DAYS,
        starts="调解协议生效之日，或者上一项履行完毕之日", stops="这一项履行完毕", act="督促当事人履行", duty=Duty.HOLDER,
        # The day is the parties' own; what the committee owes is to watch it and to urge.
        article="《人民调解法》第31条", source=_MEDIATION, roll=False, applies="is_owed",
        remark="到期日由调解协议约定，按履行计划的下一项计算；调解委员会应当监督、督促履行",
    ),
)  # fmt: skip
