"""Who may do what: the whole table. A permission that does not stand here is held by nobody.

Each permission says what it is for and lists its alternatives, separated by `|`; an alternative is a list of words from
`predicates.py` that must all be true. `in_whose_name()` is the only evaluator; the administrators' page, docs/permissions.md and
the tests read the same rows. What somebody may see of a case at all is asked before (cases/queries.py).

Whoever stands in for a colleague (delegation.py) may do by that colleague's right what the table lets the colleague do,
but for what only a person of a certain role or the person alone can do.
"""

from collections.abc import Mapping

from petitions.access import delegation
from petitions.access.models import User
from petitions.access.predicates import PREDICATES, Held
from petitions.access.roles import NEVER_LENT
from petitions.web.permits import PUBLIC
from petitions.words import Sentence, say

_OFFICE = "petition_officer of_office | petition_head of_office"
# A unit that was addressed directly keeps what it registered (第23条第二款): its desk does what an office's does.
_KEEPER = (
    "intake_clerk of_office | restricted_clerk of_office | "
    + _OFFICE
    + " | receiving_clerk of_office | unit_head of_office"
)
_HOLDER = "receiving_clerk of_holder | unit_head of_holder"
_HANDLING = "is_handler of_holder | unit_head of_holder"
_DECIDING = "unit_head of_holder | petition_head of_holder"
_MEDIATING = "mediator of_holder | committee_chair of_holder"
# Whoever answers for the units below, or watches over a region, without working on the case
_ABOVE = (
    "unit_head of_superior | petition_officer of_region | petition_head of_region | inspector of_region"
    " | case_leader of_region | joint_conference of_region"
    # 第5条 of the 人民调解法: the justice offices guide the committees
    " | judicial_office of_region"
)

TABLE: Mapping[str, tuple[Sentence, str]] = {
    # Pages
    PUBLIC: (say("打开不用登录的页面：登录页、语言选择、运行状况、凭链接读的日历订阅"), "everybody"),
    "page:own": (say("使用自己的工作台、消息和个人设置"), "anybody"),
    # What must be possible before a password is chosen and the second step set up
    "page:first": (say("设置自己的密码和动态码"), "anybody"),
    "case:list": (say("使用案件列表和搜索，里面只有看得到的件"), "anybody"),
    "case:see": (say("打开看得到的件，看它的文书和附件"), "anybody"),
    "petition:register": (say("登记信访件"), "intake_clerk | petition_officer | receiving_clerk | restricted_clerk"),
    "petition:identity": (
        say("查看信访人的姓名和联系方式"),
        "intake_clerk of_office | petition_officer of_office | petition_head of_office | restricted_clerk of_office"
        " | receiving_clerk of_holder | is_handler of_holder | unit_head of_holder"
        # Whoever reviews has to reach the petitioner
        " | receiving_clerk of_reviewer | handler of_reviewer | reviewer of_reviewer | unit_head of_reviewer",
    ),
    # 检举控告: who accuses is seen by nobody alone. The desk asks, somebody else of the same unit decides (ux.md §9)
    "identity:ask": (say("申请查看检举控告人的身份"), "restricted_clerk of_office"),
    "identity:decide": (
        say("批准或者不批准查看检举控告人的身份，申请人自己除外"),
        "restricted_clerk of_office | petition_head of_office | unit_head of_office",
    ),
    "opening:list": (say("看等待批准的身份查看申请"), "restricted_clerk | petition_head | unit_head"),
    "ledger:import": (say("导入台账、撤销导入"), "petition_officer | petition_head"),
    "triage:work": (say("使用分办队列"), "intake_clerk | petition_officer | petition_head | restricted_clerk"),
    "duty:hand_over": (say("把离岗人员手里的事项交给别人"), "receiving_clerk | unit_head | petition_head"),
    "duty:list": (say("使用本单位的待签收和待办"), "receiving_clerk | handler | unit_head"),
    "service:list": (
        say("使用送达清单：还没有送达的文书、送达未成的"),
        "receiving_clerk | handler | unit_head | intake_clerk | petition_officer | petition_head | restricted_clerk",
    ),
    "objection:list": (say("看等待核实的异议"), "petition_officer | petition_head | receiving_clerk | unit_head"),
    "deadline:board": (
        say("看期限督办的总表"),
        "petition_head | petition_officer | unit_head | inspector | case_leader | committee_chair",
    ),
    "supervision:list": (say("看督办建议"), "petition_officer | petition_head | inspector"),
    "reminder:manage": (say("维护提醒规则"), "administrator"),
    "limit:read": (say("看期限表，用期限计算器"), "anybody"),
    "limit:manage": (say("维护本地期限"), "administrator"),
    "approval:list": (say("看等待审批的件"), "unit_head | petition_head"),
    "visit:list": (say("使用回访、办结和归档的清单"), "petition_officer | petition_head"),
    "unit:manage": (say("增加、修改、停用单位"), "administrator"),
    # 三员分立: who keeps the people does not keep the system, and nobody does both once somebody keeps the people
    "user:manage": (say("增加、修改、停用账号，分配岗位"), "security_administrator | administrator unsplit"),
    "calendar:read": (say("看日历：哪些天放假、哪些天调休上班"), "anybody"),
    "calendar:manage": (say("录入和修改放假安排，确认因此改变的期限"), "administrator"),
    "code:manage": (say("维护字典"), "administrator"),
    "paper:list": (say("使用文书中心和文号登记簿，里面只有看得到的件的文书"), "anybody"),
    "template:manage": (say("上传、启用、停用本地区的文书模板"), "administrator"),
    "outbox:manage": (say("看发件箱、重发、试发，登记群机器人"), "administrator"),
    "policy:read": (say("看本页的权限表"), "administrator | security_administrator | auditor"),
    "audit:read": (say("查询和核验审计"), "auditor"),
    "person:answer": (
        say("登记和答复个人信息的查阅、复制、更正、删除申请"),
        "petition_officer | petition_head | restricted_clerk | receiving_clerk | unit_head",
    ),
    "disposal:ask": (
        say("提出到期处置清单"),
        "petition_officer | petition_head | receiving_clerk | unit_head | mediator | committee_chair",
    ),
    "disposal:approve": (
        say("批准到期处置清单，提出人自己除外"), "petition_head | unit_head | committee_chair"
    ),
    # A superior sees that a case exists and how its clock stands; its text, people and files stay where it is handled
    "summary:list": (
        say("使用下级办件概览"),
        "unit_head | petition_officer | petition_head | inspector | case_leader | joint_conference | judicial_office",
    ),
    "case:summary": (say("看下级一件的概览：编号、阶段、承办单位和期限，不含内容、人员和文件"), _ABOVE),
    # Acts on a case: screening and sorting (第22条) belong to the office that registered it
    "case:screen": (say("判重、并入、搁置"), _KEEPER),
    "case:classify": (say("分类、更正分类"), _KEEPER + " | is_handler of_office"),
    "case:dispatch": (say("转送、交办、报请决定"), _OFFICE),
    "case:recall": (
        say("撤回自己单位转出的件"),
        "petition_officer of_sender | petition_head of_sender | receiving_clerk of_sender",
    ),
    "case:record_answer": (say("补录台账里的答复"), _OFFICE),
    "case:divert": (say("导入政法机关"), _OFFICE),
    # Accusations go to the discipline body through one restricted desk only (第30条)
    "case:divert_sealed": (say("把检举控告保密、收回、转送纪检监察机关"), "restricted_clerk of_office"),
    "case:keep_readers": (say("管理检举控告的知情名单"), "restricted_clerk of_office"),
    "case:file": (say("存档备查"), _OFFICE),
    "case:supplement": (say("要求和接收补充材料"), _KEEPER),
    # The unit that holds it (第23条)
    "case:sign": (say("签收"), _HOLDER + " | handler of_holder"),
    "case:object": (say("提出异议"), _HOLDER),
    # The sender verifies; a unit never decides its own objection (第23条第三款)
    "case:decide_objection": (
        say("核实异议，同意或者不同意退回"),
        "petition_officer of_sender | petition_head of_sender | receiving_clerk of_sender | unit_head of_sender",
    ),
    "case:forward": (say("转派下级"), _HOLDER),
    # 第24条: decided elsewhere, written down by whoever answers for the course
    "case:decide_lead": (
        say("记录受理争议的决定"), _OFFICE + " | receiving_clerk of_office | unit_head of_office"
    ),
    "case:appoint": (say("指定承办人"), _HOLDER),
    "case:declare": (say("声明没有利害关系"), "is_handler of_holder"),
    "case:recuse": (
        say("提出和决定回避"), "unit_head of_holder | receiving_clerk of_holder | is_handler of_holder | " + _OFFICE
    ),
    "case:answer": (say("受理、导入法定途径、免予告知"), _HOLDER + " | is_handler of_holder"),
    # Whoever holds it refuses it: the office while it sorts, the unit once it has it
    "case:refuse": (
        say("不予受理、不再受理"),
        "petition_officer of_holder | petition_head of_holder | " + _HOLDER + " | is_handler of_holder",
    ),
    "case:handle": (say("调查、协商、听证、调解、疏导教育"), _HANDLING),
    # Whether it is held, and who must leave its panel, is the word of the person in charge
    "case:decide_hearing": (say("决定是否听证，决定听证人员的回避"), _DECIDING),
    "case:request_extension": (say("申请延期"), _HANDLING),
    # 第34条: approved by the person in charge of the unit; the guard adds "never the asker"
    "case:approve_extension": (say("审批延期，申请人自己除外"), _DECIDING),
    "case:draft_opinion": (say("拟写意见并送审"), _HANDLING),
    "case:approve_opinion": (say("审核意见，拟写人自己除外"), _DECIDING),
    "case:serve": (say("送达处理意见书"), _HOLDER + " | is_handler of_holder"),
    "case:serve_notice": (say("记录告知书送达"), _KEEPER + " | " + _HOLDER + " | is_handler of_holder"),
    "case:report_back": (say("反馈办结报告"), _HOLDER + " | is_handler of_holder"),
    # The report goes to the office that assigned it, however many tiers lie between
    "case:return_report": (say("退回办结报告"), _OFFICE),
    "case:visit": (say("回访"), _KEEPER + " | is_handler of_holder"),
    "case:follow_up": (say("领取和完成跟进任务"), _KEEPER + " | is_handler of_holder"),
    # 第32条第二款 asks it of the unit; the office may write down what it found
    "case:perform": (say("确定应落实事项、督促执行"), _HANDLING + " | " + _OFFICE),
    "case:conclude": (say("办结"), _OFFICE + " | unit_head of_holder | is_handler of_holder"),
    # A unit's own head, whoever handed it over, and the office that registered it may press for what is owed
    "case:urge": (
        say("督促承办单位"),
        _OFFICE + " | inspector of_office | unit_head of_holder | receiving_clerk of_sender | unit_head of_sender"
        " | committee_chair of_holder",
    ),
    # 第40条: the petition office's own duty
    "case:supervise": (say("发出督办函，或者暂不督办"), _OFFICE + " | inspector of_office"),
    "case:suggest": (say("提出三项建议"), _OFFICE + " | inspector of_office"),
    # Who is no unit here answers by letter, and the office that asked writes it down
    "case:answer_suggestion": (
        say("反馈或者登记建议的采纳情况"), _OFFICE + " | is_handler of_holder | receiving_clerk of_part | unit_head of_part"
    ),
    "case:authorise": (say("登记代理委托"), _KEEPER + " | " + _HOLDER + " | is_handler of_holder"),
    # 第25条 asks it of everybody
    "case:report_urgent": (say("报送紧急信息"), _KEEPER + " | " + _HOLDER + " | is_handler of_holder"),
    # A tier that has passed it down may be the one that was supervised
    "case:answer_supervision": (
        say("反馈督办情况"), "is_handler of_holder | receiving_clerk of_part | unit_head of_part"
    ),
    # 第35条、第36条: the petitioner asks, whoever keeps the matter or answers it takes the request down
    "review:request": (say("登记复查、复核申请"), _KEEPER + " | receiving_clerk of_holder"),
    "review:decide": (
        say("受理或者不予受理复查、复核申请"),
        _HOLDER + " | reviewer of_holder | is_handler of_holder | petition_officer of_holder",
    ),
    # What a review does to its matter is done with its own act; the guard of the row holds that
    "review:answer": (
        say("随复查、复核案件的办理，把结果记到信访事项"),
        "receiving_clerk of_reviewer | handler of_reviewer | reviewer of_reviewer | unit_head of_reviewer"
        " | petition_officer of_reviewer"
        " | petition_head of_reviewer | restricted_clerk of_office | " + _OFFICE,
    ),
    "review:list": (
        say("使用复查复核清单"),
        "intake_clerk | petition_officer | petition_head | receiving_clerk | handler | reviewer | unit_head | inspector",
    ),
    # 第36条第二款; the guard adds "never whoever prepared the text"
    "review:publish": (say("拟写公示文本"), _HANDLING),
    "review:approve_publication": (say("审核公示文本，拟写人自己除外"), _DECIDING),
    # 人民调解 (人民调解法). What is said in a session is for the mediators and the chair (mediation/confidence.py); a
    # petition office hands over and hears what came of it
    "case:send_to_mediation": (say("移送人民调解"), _OFFICE + " | " + _HANDLING),
    "mediation:hand_over": (
        say("移送时在调委会立案"), "petition_officer | petition_head | unit_head | handler",
    ),
    "mediation:answer": (say("随调解案件的办理，把进展记到信访事项"), "mediator | committee_chair"),
    # With the act that seals the matter behind it; the guard of the row holds that
    "mediation:seal": (
        say("随信访事项把它的调解按检举控告保密"),
        "restricted_clerk | intake_clerk | petition_officer | petition_head | receiving_clerk | unit_head | handler",
    ),
    "mediation:list": (say("使用我的调解"), "mediator | committee_chair"),
    "mediation:register": (say("登记调解申请、主动调解和移送委托"), "mediator | committee_chair"),
    "mediation:mediate": (say("办理调解、立卷归档"), _MEDIATING),
    "mediation:appoint": (say("确定调解员、决定回避"), _MEDIATING),
    "mediation:identity": (say("查看当事人的联系方式和证件号码"), _MEDIATING),
    "mediation:figures": (
        say("看调解统计，不含姓名"),
        "mediator | committee_chair | judicial_office | petition_head | petition_officer | case_leader",
    ),
    "committee:manage": (say("维护人民调解委员会和调解员"), "administrator | judicial_office"),
    "case:discontinue": (say("终止办理"), _DECIDING),
    "case:withdraw": (
        say("办理撤回"), _OFFICE + " | unit_head of_holder | receiving_clerk of_holder | is_handler of_holder"
    ),
    "case:archive": (say("归档"), _KEEPER),
    "case:take_out": (say("下载归档的案卷；检举控告的，须另一人批准"), _KEEPER),
    # A unit that helps, or passed it down, may add what it knows
    "case:note": (
        say("备注、添加附件"),
        _KEEPER + " | " + _HOLDER + " | is_handler of_holder"
        " | receiving_clerk of_part | handler of_part | unit_head of_part",
    ),
    "case:correct": (say("更正登记"), _KEEPER),
    # Whoever answers for what goes out in the unit's name; only the unit's own papers are offered (cases/voiding.py)
    "case:void_paper": (
        say("作废本单位的文书、重新出具，已送达的除外"),
        "petition_officer of_part | petition_head of_part | unit_head of_part | restricted_clerk of_office"
        " | committee_chair of_holder | mediator of_holder",
    ),
    "case:hold": (say("留存、解除留存"), _OFFICE + " | unit_head of_office"),
    # Whoever approved the list answers for every case on it; the guard adds "never the asker"
    "case:dispose": (
        say("把到期的件匿名化，提出人自己除外"), "petition_head of_office | unit_head of_office | committee_chair of_office"
    ),
    "case:new_facts": (say("以新事实另立一件"), _KEEPER),
}  # fmt: skip

RULES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    permission: tuple(tuple(words.split()) for words in alternatives.split("|"))
    for permission, (_, alternatives) in TABLE.items()
}


def flaws() -> list[str]:
    """What is wrong with the table; checked at start."""
    unknown = sorted({word for rule in RULES.values() for words in rule for word in words} - set(PREDICATES))
    silent = [permission for permission, (meaning, _) in TABLE.items() if not meaning]
    return [f"unknown word {word}" for word in unknown] + [f"{one} says not what it is for" for one in silent]


PERSONAL = frozenset(
    {"case:declare", "identity:decide", "opening:list", "disposal:approve", "case:dispose"},
)
"""What nobody does in another's name: that there is no conflict of interest (第28条) everybody says for themselves; that an
accuser is shown and a file destroyed must be the word of a second person, never the asker's own through a colleague."""


def in_whose_name(user: User | None, permission: str, case: Held | None = None) -> User | None:
    """By whose right `user` may do this, on `case` where it concerns one; None when they may not.

    Their own right counts before that of somebody they stand in for. What is lent is the giver's own: nobody passes on
    what they were lent. Unknown permissions are held by nobody.
    """
    if user is None or not user.active:
        return None
    rule = RULES.get(permission, ())
    if _allows(rule, user, case):
        return user
    if permission in PERSONAL:
        return None
    lent = tuple(words for words in rule if NEVER_LENT.isdisjoint(words))
    return next((giver for giver in delegation.givers(user) if _allows(lent, giver, case)), None)


def may(user: User | None, permission: str, case: Held | None = None) -> bool:
    """Whether `user` may do this, in their own name or another's."""
    return permission == PUBLIC or in_whose_name(user, permission, case) is not None


def _allows(rule: tuple[tuple[str, ...], ...], user: User, case: Held | None) -> bool:
    return any(all(PREDICATES[word].asks(user, case) for word in words) for words in rule)
