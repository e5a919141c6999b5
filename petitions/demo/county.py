"""青禾县, a county that does not exist: its places, its units and the people who work there. Data only.

Names of persons are invented from rare surnames. Telephone numbers of units use the area code 0300, which no place
in China has.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from petitions.access.models import UnitKind
from petitions.access.roles import Role

COUNTY = "青禾县"

REVIEW_BODIES = {"": f"{COUNTY}人民政府"}
"""Who reviews the answers of the units here (第35条). What the county reviews goes on to the city above it in the tree."""


@dataclass(frozen=True)
class Township:
    """A township, street or zone, with the villages or communities in it."""

    key: str
    """Key of the unit that governs it."""
    name: str
    villages: tuple[str, ...]
    urban: bool = False
    """Its addresses are streets and buildings, not village groups."""


TOWNSHIPS = (
    Township("qingxi", "青溪街道", ("东门社区", "文昌社区", "桥南社区", "惠民社区", "北苑社区"), urban=True),
    Township("hewan", "河湾镇", ("上湾村", "下湾村", "渡口村", "新垦村", "杨树圩村", "塘坊村")),
    Township("shiqiao", "石桥镇", ("石桥村", "桥头村", "青石村", "后坡村", "窑岭村")),
    Township("liuxi", "柳溪乡", ("柳溪村", "竹园村", "源头村", "茶坪村", "雾山村")),
)

ZONE = Township("zone_construction", "青禾经济开发区", ("兴业社区", "园北社区"), urban=True)
"""The zone has a petition office of its own; neither office sees the other's cases."""


@dataclass(frozen=True)
class DemoUnit:
    """A unit of the demo; `parent` is the key of the unit above it, empty at the top of an office's tree."""

    key: str
    name: str
    kind: UnitKind
    sign: str
    """机关代字."""
    parent: str = ""
    phone: str = ""
    duty: str = ""
    """What it is competent for, in a few words."""


_UNITS = """
petition_office | 青禾县信访局 | office | 青信 | | 登记、转送、交办、督办
county_office | 青禾县人民政府办公室 | bureau | 青府办 | petition_office | 政府值守、领导信箱
natural_resources | 青禾县自然资源局 | bureau | 青自然资 | petition_office | 土地征收、权属、不动产登记、规划、林业
housing | 青禾县住房和城乡建设局 | bureau | 青住建 | petition_office | 房屋征收、工程质量、物业、住房保障、排水
human_resources | 青禾县人力资源和社会保障局 | bureau | 青人社 | petition_office | 工资、工伤、养老、就业培训
education | 青禾县教育局 | bureau | 青教 | petition_office | 入学、收费、教师待遇
health | 青禾县卫生健康委员会 | bureau | 青卫健 | petition_office | 医疗机构、医患纠纷、村卫生室
civil_affairs | 青禾县民政局 | bureau | 青民 | petition_office | 低保、临时救助、养老服务、优抚
environment | 青禾县生态环境局 | bureau | 青环 | petition_office | 水、气、噪声、养殖污染
transport | 青禾县交通运输局 | bureau | 青交 | petition_office | 公路养护、公交客运、治超
agriculture | 青禾县农业农村局 | bureau | 青农 | petition_office | 承包地、惠农补贴、农资、集体资产
market | 青禾县市场监督管理局 | bureau | 青市监 | petition_office | 食品、价格、消费、预付卡
police | 青禾县公安局 | bureau | 青公 | petition_office | 治安、户籍、交通管理
justice | 青禾县司法局 | bureau | 青司 | petition_office | 法律援助、公证、人民调解指导
water | 青禾县水利局 | bureau | 青水 | petition_office | 渠道、供水、河道、水库移民
urban_management | 青禾县城市管理局 | bureau | 青城管 | petition_office | 违建、市容、油烟、路灯、垃圾
discipline | 青禾县纪委监委 | discipline | 青纪 | petition_office | 检举控告
qingxi | 青溪街道办事处 | township | 青溪办 | petition_office | 街道和社区事务
hewan | 河湾镇人民政府 | township | 河政 | petition_office | 镇村事务
shiqiao | 石桥镇人民政府 | township | 石政 | petition_office | 镇村事务
liuxi | 柳溪乡人民政府 | township | 柳政 | petition_office | 乡村事务
hewan_land | 河湾自然资源所 | section | 青自然资河 | natural_resources | 镇域宅基地与权属
house_taking | 青禾县房屋征收服务中心 | section | 青征 | housing | 征收补偿与安置
hewan_justice | 河湾司法所 | section | 河司 | hewan | 指导人民调解
hewan_mediation | 河湾镇人民调解委员会 | committee | 河调 | hewan | 调解民间纠纷
zone_office | 青禾经济开发区信访办公室 | office | 青开信 | | 开发区信访事项
zone_construction | 青禾经济开发区建设发展局 | bureau | 青开建 | zone_office | 园区建设与企业服务
city | 青河市人民政府 | bureau | 河市政 | | 复核
county | 青禾县人民政府 | bureau | 青政 | city | 复查
"""


def _units() -> Iterator[DemoUnit]:
    for number, line in enumerate(_UNITS.strip().splitlines()):
        key, name, kind, sign, parent, duty = (cell.strip() for cell in line.split("|"))
        yield DemoUnit(key, name, UnitKind(kind), sign, parent, f"0300-22002{number:02d}", duty)


UNITS = tuple(_units())
"""Parents stand before what is under them."""
UNIT_BY_KEY = {unit.key: unit for unit in UNITS}
TOWNSHIP_BY_KEY = {township.key: township for township in (*TOWNSHIPS, ZONE)}


@dataclass(frozen=True)
class Member:
    """A person who can log in."""

    login: str
    name: str
    unit: str
    roles: tuple[Role, ...]
    title: str
    """职务."""
    shown: bool = False
    """One of those whose login the demo prints: together they hold every role."""


_SHOWN = (
    Member("dengji", "佘晓棠", "petition_office", (Role.INTAKE_CLERK,), "登记窗口", shown=True),
    Member("dengji2", "郗建苗", "petition_office", (Role.INTAKE_CLERK,), "登记窗口", shown=True),
    Member("jingban", "宓长河", "petition_office", (Role.PETITION_OFFICER,), "办信股股长", shown=True),
    Member("jingban2", "亓素云", "petition_office", (Role.PETITION_OFFICER,), "接访股副股长", shown=True),
    Member("juzhang", "蔺守诚", "petition_office", (Role.PETITION_HEAD,), "局长", shown=True),
    Member("baomi", "仉静宜", "petition_office", (Role.RESTRICTED_CLERK,), "检举控告件专岗", shown=True),
    Member("ducha", "冼立恒", "petition_office", (Role.INSPECTOR,), "信访督查专员", shown=True),
    Member("lianxiban", "厍文博", "petition_office", (Role.JOINT_CONFERENCE,), "联席办工作人员", shown=True),
    Member("qianshou", "戢秋月", "natural_resources", (Role.RECEIVING_CLERK,), "办公室科员", shown=True),
    Member("chengban", "晁远山", "natural_resources", (Role.HANDLER,), "信访股股长", shown=True),
    Member("chengban2", "卞有根", "natural_resources", (Role.HANDLER,), "征地股科员", shown=True),
    Member("fuzeren", "殳明礼", "natural_resources", (Role.UNIT_HEAD,), "局长", shown=True),
    Member("fucha", "嵇若兰", "county", (Role.REVIEWER,), "复查复核办主任", shown=True),
    Member("fuhe", "滕允文", "city", (Role.REVIEWER,), "复查复核委员会办公室主任", shown=True),
    Member("baoan", "虞定国", "county_office", (Role.CASE_LEADER,), "副县长", shown=True),
    Member("jiwei", "逄肃清", "discipline", (Role.RESTRICTED_CLERK,), "信访室科员", shown=True),
    Member("tiaojie", "缪和顺", "hewan_mediation", (Role.MEDIATOR,), "人民调解员", shown=True),
    Member("tiaoweihui", "昝德厚", "hewan_mediation", (Role.COMMITTEE_CHAIR, Role.MEDIATOR), "调委会主任", shown=True),
    Member("sifasuo", "芮思齐", "hewan_justice", (Role.JUDICIAL_OFFICE,), "司法所所长", shown=True),
    Member("shenji", "缑正平", "petition_office", (Role.AUDITOR,), "审计员", shown=True),
    Member("guanli", "郏知新", "petition_office", (Role.ADMINISTRATOR,), "系统管理员", shown=True),
    Member("anquan", "鄢守一", "petition_office", (Role.SECURITY_ADMINISTRATOR,), "安全管理员", shown=True),
    Member("kfq_dengji", "钭小禾", "zone_office", (Role.INTAKE_CLERK, Role.PETITION_OFFICER), "信访办科员", shown=True),
    Member("kfq_zhuren", "麴宏图", "zone_office", (Role.PETITION_HEAD,), "信访办主任", shown=True),
)

# One line per unit: who signs, who handles, who heads. The three are never one person, for who asks never approves.
_STAFF = (
    ("county_office", "扈清源", "璩文静", "濮承志"),
    ("housing", "邴玉洁", "蒯向东", "雍国梁"),
    ("human_resources", "隗春燕", "郦志强", "班世明"),
    ("education", "仰晓红", "仲书文", "伊启明"),
    ("health", "宫丽君", "宁康年", "仇仁安"),
    ("civil_affairs", "栾慧芳", "甄敬老", "封怀远"),
    ("environment", "储碧水", "汲清风", "糜青山"),
    ("transport", "松晓路", "井通达", "段致远"),
    ("agriculture", "富丰收", "巫耕田", "焦满仓"),
    ("market", "巴佳宁", "弓秉公", "牧守信"),
    ("police", "隋敬言", "谷安平", "车卫东"),
    ("justice", "侯若言", "宗明理", "乌守正"),
    ("discipline", "桑清如", "危明镜", "相持正"),
    ("water", "沙润泽", "滑长流", "鱼思远"),
    ("urban_management", "游世荣", "权顺阶", "管致和"),
    ("qingxi", "艾惠民", "鲁文昌", "柴东升"),
    ("hewan", "古湾生", "支河清", "詹福田"),
    ("shiqiao", "庞石秀", "边永固", "阎厚土"),
    ("liuxi", "丰茶香", "阮溪亭", "卓云岭"),
    ("hewan_land", "浦田青", "来之量", "时介明"),
    ("house_taking", "应安居", "经公允", "房宜民"),
    ("zone_construction", "都园新", "农兴邺", "越开岭"),
    ("city", "空知秋", "毋正言", "相里安"),
    ("county", "郁观澜", "薄听松", "钮怀政"),
)

_PARTS = (
    ("qianshou", Role.RECEIVING_CLERK, "签收员"),
    ("chengban", Role.HANDLER, "承办人"),
    ("fuzeren", Role.UNIT_HEAD, "主要负责人"),
)

MEMBERS = (
    *_SHOWN,
    *(
        Member(f"{unit}.{login}", name, unit, (role,), title)
        for unit, *names in _STAFF
        for name, (login, role, title) in zip(names, _PARTS, strict=True)
    ),
)
"""Everybody who can log in. Every unit that answers petitions has somebody to sign, to handle and to head."""


def member(unit: str, role: Role) -> Member:
    """Who holds `role` in the unit with key `unit`; raises LookupError when nobody does."""
    for one in MEMBERS:
        if one.unit == unit and role in one.roles:
            return one
    raise LookupError(f"nobody is {role} in {unit}")
