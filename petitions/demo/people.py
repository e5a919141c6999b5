"""People who do not exist. The same generator in the same state gives the same people.

Nothing here can be anybody's: surnames are rare and combined with given names at random; telephone numbers are
199000xxxxx; identity numbers carry a right check character over an area code that was never given out.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from petitions.cases.checks import check_character
from petitions.demo.county import COUNTY, TOWNSHIPS, Township

AREA = "999021"
"""Area code of the invented identity numbers. No province has the code 99, so no citizen can hold such a number; a
leading 9 is otherwise found on residence cards of foreigners, whose next two digits are a real province. The checks
of the intake screen therefore take it, and nobody real can be hit by it."""

_PHONES = "199000"
GROWN_UP = (19, 84)
"""Youngest and oldest who petition on their own, years."""

_SURNAMES = (
    "宓佴佟冼卞呙戢揭敖桑昝缑芮苌蔺虞逄郏鄢靳麴缪隗璩濮扈邴蒯郦仲宫宁栾甄封储汲糜井段巫牧谷隋滑阚屠苗"
    "尚岑祁禹闵强路娄童梅盛林刁钮惠翁荀羊於家邹柏水窦章奚范彭郎韦昌凤花方俞任袁柳酆鲍史唐费廉薛雷贺"
)
_COMPOUND = ("欧阳", "上官", "司徒", "皇甫", "尉迟", "令狐", "慕容", "端木", "澹台", "钟离", "呼延", "太史")
_MEN = [
    "守田",
    "长庚",
    "金锁",
    "满囤",
    "春生",
    "有根",
    "德茂",
    "水清",
    "石头",
    "树林",
    "望山",
    "土生",
    "保林",
    "冬至",
    "秋收",
    "文礼",
    "化雨",
    "家骥",
    "志远",
    "海潮",
    "立夏",
    "天佑",
    "子墨",
    "承泽",
    "晏清",
    "翊",
    "堃",
    "喆",
    "彧",
    "昶",
    "翀",
    "淏然",
    "祺瑞",
    "广厚",
    "永年",
    "福来",
    "得水",
    "继业",
    "岳峰",
    "庆余",
]
_WOMEN = [
    "桂芝",
    "秀禾",
    "月娥",
    "金凤",
    "小满",
    "麦香",
    "腊梅",
    "巧云",
    "银环",
    "玉兰",
    "春桃",
    "菊英",
    "冬梅",
    "杏花",
    "素琴",
    "采薇",
    "若溪",
    "静姝",
    "思齐",
    "晓禾",
    "雨桐",
    "知夏",
    "念慈",
    "清荷",
    "霙",
    "婧",
    "翯",
    "嫄",
    "莲香",
    "翠苹",
    "凤英",
    "惠莲",
    "兰芝",
    "秋菊",
    "映雪",
    "书瑶",
    "一诺",
    "可心",
    "荷香",
    "彩云",
]
_MINORITY = {
    "维吾尔族": (
        ("库尔班", "吐尔洪", "艾山江"),
        ("阿依努尔", "古丽米热", "热孜万"),
        ("·买合木提", "·阿不力孜", "·卡迪尔"),
    ),
    "藏族": (("扎西顿珠", "丹增平措", "次仁多吉"), ("卓玛拉措", "央金曲珍", "德吉白玛"), ("",)),
    "蒙古族": (("巴图孟克", "苏日图", "那日松"), ("其木格", "乌云塔娜", "萨仁图雅"), ("",)),
    "彝族": (("吉克木呷", "阿库拉铁"), ("吉克阿依", "阿库伍呷"), ("",)),
    "傣族": (("岩温香", "岩罕龙"), ("玉罕娜", "玉香旺"), ("",)),
}
_ROADS = ("和顺路", "文昌街", "青溪大道", "东门街", "学府路", "望禾路", "桥南路", "惠民巷", "北苑路", "长堤路")
_ESTATES = ("锦绣禾苑", "青溪花园", "望湖家园", "和美小区", "东门新村", "桂园", "书香里", "福临小区")
_NUMERALS = "一二三四五六七八九"


@dataclass(frozen=True)
class Person:
    """Somebody who may petition."""

    name: str
    sex: str
    """男 or 女."""
    born: date
    nation: str
    """民族."""
    id_number: str
    phone: str
    township: Township
    village: str
    """Village or community."""
    address: str
    """In full, from the county down to the door."""

    def age(self, on: date) -> int:
        """Full years on the day `on`."""
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))

    @property
    def region(self) -> str:
        """The address down to the township: what may be shown."""
        return COUNTY + self.township.name

    @property
    def place(self) -> str:
        """Township and village, as people say it in the county."""
        return self.township.name + self.village


def seeded(seed: int | str) -> Random:
    """The generator all invented people and petitions are drawn from; never for secrets."""
    return Random(seed)  # noqa: S311


def person(
    draw: Random, on: date, *, township: Township | None = None, sex: str = "", age: tuple[int, int] = GROWN_UP
) -> Person:
    """Somebody of the county: of `sex` (男, 女 or either), aged `age` (least and most, years) on the day `on`."""
    sex = sex or draw.choice("男女")
    name, nation = _name(draw, sex)
    born = on - timedelta(days=draw.randrange(age[0] * 366, age[1] * 365))
    home = township or draw.choice(TOWNSHIPS)
    village = draw.choice(home.villages)
    return Person(
        name=name,
        sex=sex,
        born=born,
        nation=nation,
        id_number=id_number(draw, born, sex),
        phone=phone(draw),
        township=home,
        village=village,
        address=COUNTY + home.name + village + _door(draw, home),
    )


def id_number(draw: Random, born: date, sex: str) -> str:
    """An 18-character identity number that nobody holds, right in form for `born` and `sex`."""
    order = draw.randrange(1, 500) * 2 - (sex == "男")
    number = f"{AREA}{born:%Y%m%d}{order:03d}"
    return number + check_character(number)


def phone(draw: Random) -> str:
    """A mobile number of the invented range."""
    return f"{_PHONES}{draw.randrange(100_000):05d}"


def road(draw: Random) -> str:
    """A street of the county seat."""
    return draw.choice(_ROADS)


def estate(draw: Random) -> str:
    """A residential estate of the county seat."""
    return draw.choice(_ESTATES)


def _name(draw: Random, sex: str) -> tuple[str, str]:
    """Mostly rare surnames; some compound ones and names of other peoples, for the screens must hold them too."""
    kind = draw.random()
    if kind < 0.05:
        nation = draw.choice(list(_MINORITY))
        men, women, ends = _MINORITY[nation]
        return draw.choice(men if sex == "男" else women) + draw.choice(ends), nation
    surname = draw.choice(_COMPOUND) if kind < 0.11 else draw.choice(_SURNAMES)
    return surname + draw.choice(_MEN if sex == "男" else _WOMEN), "汉族"


def _door(draw: Random, home: Township) -> str:
    if home.urban:
        floor, flat = draw.randrange(1, 19), draw.randrange(1, 5)
        return (
            f"{road(draw)}{draw.randrange(1, 260)}号{estate(draw)}{draw.randrange(1, 28)}栋"
            f"{draw.randrange(1, 4)}单元{floor}{flat:02d}室"
        )
    return f"{draw.choice(_NUMERALS)}组{draw.randrange(1, 120)}号"
