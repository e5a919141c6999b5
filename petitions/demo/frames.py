"""What stands around a story: names of the county's invented enterprises and places, dates, the first and last lines."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from petitions.demo import people
from petitions.demo.county import COUNTY, Township
from petitions.demo.people import Person

_ANYWHERE: Mapping[str, str] = {
    "builder": "禾城建筑工程有限公司 青垒建设第三分公司 恒圩劳务有限公司 垄上建筑安装公司 泽远市政工程公司",
    "company": "禾瑞服饰有限公司 青蔓食品有限公司 圩田五金厂 望禾电子有限公司 溪谷木业有限公司 金穗饲料厂",
    "developer": "望禾置业有限公司 青澜房地产开发有限公司 禾城投资开发公司 长堤地产有限公司",
    "property": "和邻物业服务公司 安禾物业公司 青管家物业公司 桂香物业服务中心",
    "shop": "聚味楼 老灶台饭庄 禾香土菜馆 夜半烧烤店 三江鱼馆 一品羊汤馆",
    "crop": "玉米 水稻 大豆 花生 红薯",
    "trade": "钢筋工 木工 泥瓦工 水电安装 外墙粉刷 架子工",
}
_LOCAL: Mapping[str, Mapping[str, str]] = {
    "qingxi": {
        "school": "青禾县第二小学 城南小学 文昌小学 青禾县第三中学",
        "hospital": "青禾县第二医院 青禾县中医院",
        "river": "青溪河 东门渠",
    },
    "hewan": {"school": "河湾中心学校 渡口小学", "hospital": "河湾中心卫生院", "river": "塘坊渠 下湾沟 新垦河"},
    "shiqiao": {"school": "石桥中心小学 石桥中学", "hospital": "石桥卫生院", "river": "石桥河 青石渠"},
    "liuxi": {"school": "柳溪中心小学 源头小学", "hospital": "柳溪卫生院", "river": "柳溪 茶坪溪"},
    "zone_construction": {"school": "园区实验学校", "hospital": "园区社区医院", "river": "园北排水渠"},
}
"""Words any story may use; those of the second table by the township. No real enterprise, school or river is meant."""

PSEUDONYMS = ("知情群众", "一名村民", "关心此事的人", "几名住户", "老党员")
"""What people write under a letter in place of their name."""

_OPENINGS: Mapping[str, tuple[str, ...]] = {
    "LX": ("县信访局的领导：\n", "尊敬的领导：\n您好。", "信访局负责同志：\n", "领导您好，占用您一点时间。\n", ""),
    "WS": ("您好，", "领导好：", "有件事想请你们帮忙看看。", "", ""),
    "XX": ("县长：您好。\n", "县领导：\n", "书记、县长：\n", ""),
    "LD": ("来电人反映：", "来电记录：", "电话中说："),
    "LF": ("来访人当面陈述：", "来访反映：", "接谈记录："),
    "SP": ("视频接访时陈述：", "视频中反映："),
    "XF": ("入户走访时反映：", "约访时说："),
    "SZ": ("上级转来的来信写道：\n", "转来件内容：\n"),
    "LP": ("领导阅后批转的来信写道：\n", "批转件内容：\n"),
}
_SIGNED = ("LX", "XX", "SZ", "LP")
"""Channels on which the writer's own name stands under the text."""
_CLOSINGS: Mapping[str, tuple[str, ...]] = {
    "appeal": ("请依法依规给个说法。", "以上情况属实，愿意配合核实。", "请给书面答复。", ""),
    "request": (
        "希望有人管一管。",
        "请领导派人来实地看一看。",
        "盼望早日得到答复。",
        "以上情况属实，愿意配合核实。",
        "如需材料，随时可以送来。",
        "",
        "",
    ),
    "accusation": ("请上级机关核查。", "请为写信人保密。", "以上内容可以逐条核对。", ""),
    "suggestion": ("个人浅见，谨供参考。", "请有关部门研究。", "盼采纳。", "", ""),
    "enquiry": ("请解答，谢谢。", "麻烦了。", ""),
}


def values(draw: Random, on: date, who: Person, township: Township, village: str) -> dict[str, str]:
    """Everything a story may name that is not its own: the person, places, enterprises, and dates before `on`.

    `since` is a month some time ago and `so_far` the number of months since; `lately` is a day of the last weeks.
    """
    since = on - timedelta(days=draw.randrange(60, 300))
    pools = {**_ANYWHERE, **_LOCAL[township.key]}
    return {name: draw.choice(words.split()) for name, words in pools.items()} | {
        "county": COUNTY,
        "name": who.name,
        "age": str(who.age(on)),
        "born_year": str(who.born.year),
        "township": township.name,
        "village": village,
        "place": township.name + village,
        "road": people.road(draw),
        "estate": people.estate(draw),
        "since": f"{since.year}年{since.month}月",
        "so_far": str((on.year - since.year) * 12 + on.month - since.month),
        "lately": day_and_month(on - timedelta(days=draw.randrange(4, 36))),
        "year": f"{on.year - draw.randrange(2, 9)}年",
    }


def day_and_month(day: date) -> str:
    """10月28日."""
    return f"{day.month}月{day.day}日"


def framed(draw: Random, body: str, *, channel: str, purpose: str, signed: str) -> str:
    """`body` with a first and a last line as people and clerks write them on this channel, signed where one signs."""
    text = draw.choice(_OPENINGS[channel]) + body + draw.choice(_CLOSINGS.get(purpose, ("",)))
    return f"{text}\n反映人：{signed}" if channel in _SIGNED and signed else text
