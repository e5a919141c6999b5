"""筛重: what the search suspects, measured on generated pairs, and what it must never show."""

import random
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from petitions.matters.models import Petition
from petitions.matters.people import Someone
from petitions.matters.register import register
from petitions.matters.repeats import Asked, likeness, suspects
from petitions.matters.who import entered, marks
from tests.factories import World, new_petition, typed
from tests.intake.numbers import id_number, phone

SURNAMES = "田柳沈韩魏姜谢范彭鲁"
GIVEN = ("小禾", "秋生", "桂兰", "长河", "玉珍", "建平")
PLACES = ("河湾镇柳林村", "河湾镇石桥村", "东原乡杏树村", "东原乡南坡村", "北门街道水井社区", "西塘镇荷塘村")
STORIES = (
    ("承包地被占用", ("村里修路占了我家{n}亩承包地", "没有签协议也没有给补偿", "地里的庄稼被推平", "问村委会只说等通知"),
     "请求退还土地或者按标准补偿"),
    ("拖欠工资", ("在{who}的工地干了{n}个月", "工资一直没有结清", "欠条写了三次都没有兑现", "同去的还有几个老乡"),
     "请求尽快把拖欠的工资发到手里"),
    ("噪声扰民", ("楼下的{who}夜里{n}点还在开机器", "老人孩子睡不了觉", "打过电话说整改了", "过几天又响起来"),
     "请求查处夜间施工并限期整改"),
    ("自来水发黄", ("我们{n}户的自来水发黄有异味", "烧开以后有沉淀", "找过{who}来看了一次就没有下文", "家家都去外面拉水"),
     "请求检测水质并更换管道"),
    ("低保取消", ("低保从{n}月起停发", "没有人上门核实也没有书面通知", "家里有病人要吃药", "去{who}问了两回"),
     "请求重新核查家庭收入恢复低保"),
    ("房产证办不下来", ("{who}的房子交了{n}年还没有证", "孩子上学落不了户", "开发商推给税务税务又推回来", "业主凑钱补了契税"),
     "请求协调解决产权登记"),
    ("道路坍塌", ("通往{who}的路塌了{n}米", "雨天车辆过不去", "学生绕行要多走半个钟头", "护栏也被冲走了"),
     "请求尽快修复道路加装护栏"),
    ("养殖场臭气", ("离村口{n}百米的养殖场排污水", "沟里的水变黑", "夏天臭得不敢开窗", "{who}检查过一次没有结果"),
     "请求查处违法排污并清理水沟"),
)  # fmt: skip
WHO = ("盛达公司", "和顺建筑队", "县水务站", "镇民政办", "锦绣园小区", "南坡小学", "环保所", "兴旺合作社")
OPENINGS = ("我叫{name}，家住{place}。", "您好，我是{place}的{name}。", "尊敬的领导：", "反映一个问题：")
AGAIN = ("上次反映以后一直没有回音。", "这件事我之前写过信。", "到今天还是没有人来看。", "希望这次能有个答复。")


@dataclass
class Story:
    """One thing one person complains of, told as often as they like."""

    name: str
    place: str
    phone: str
    identity: str
    topic: str
    facts: tuple[str, ...]
    wish: str

    def told(self, draw: random.Random, again: bool) -> str:
        """The letter: in another order, with one fact left out and a remark added when it is told again."""
        facts = list(self.facts)
        if again:
            draw.shuffle(facts)
            facts = [*facts[:3], draw.choice(AGAIN).rstrip("。")]
        opening = draw.choice(OPENINGS).format(name=self.name, place=self.place)
        return f"{opening}{'，'.join(facts)}。{self.wish}。"


def _story(draw: random.Random, number: int) -> Story:
    topic, facts, wish = draw.choice(STORIES)
    filled = tuple(fact.format(n=draw.randint(2, 30), who=draw.choice(WHO)) for fact in facts)
    name = draw.choice(SURNAMES) + draw.choice(GIVEN)
    return Story(name, draw.choice(PLACES), phone(number), id_number(number), topic, filled, wish)


def _typed(story: Story, draw: random.Random, again: bool) -> dict[str, object]:
    """What is known each time: often no ID number, sometimes another phone, sometimes only the name."""
    known = draw.random()
    return typed(
        name=story.name, place=story.place, text=story.told(draw, again),
        phone=story.phone if known < 0.7 else "", id_number=story.identity if known < 0.3 or known > 0.9 else "",
    )  # fmt: skip


def by(world: World, name: str = "", phone: str = "", id_number: str = "", **more: Any) -> Asked:
    """The question after what is known of somebody."""
    return Asked(world.office.id, marks(name, phone, id_number), **more)


def _asked(data: dict[str, object], world: World) -> Asked:
    names = ("name", "phone", "id_number", "place", "text")
    return by(world, **{name: str(data.get(name) or "") for name in names})


def test_of_200_repeats_at_least_95_per_cent_are_among_the_first_five(world: World, session: Session) -> None:
    """60 names for 250 people: most candidates are namesakes, and everybody tells one of eight stories."""
    draw = random.Random(20260305)  # noqa: S311 - the same world every time
    stories = [_story(draw, number) for number in range(250)]
    first: dict[int, Petition] = {}
    for number, story in enumerate(stories):
        first[number] = register(_typed(story, draw, again=False), world.clerk)
    session.flush()
    found = 0
    for number, story in enumerate(stories[:200]):
        answer = suspects(_asked(_typed(story, draw, again=True), world))
        found += first[number].matter_id in [suspect.matter.id for suspect in answer]
    assert found >= 190, f"{found} of 200 repeats found"


def test_the_right_candidate_stands_first_when_the_number_of_the_identity_card_is_known(world: World) -> None:
    number = id_number(7)
    right = new_petition(world, id_number=number, phone="", text="院墙被邻居推倒，请求调解赔偿。", place="东原乡")
    for _ in range(8):
        new_petition(world)
    answer = suspects(by(world, name="田小禾", phone="19900001234", id_number=number))
    assert answer[0].matter.id == right.matter_id
    assert "证件号相同" in answer[0].reasons


def test_more_namesakes_than_are_compared_do_not_hide_the_person(world: World, session: Session) -> None:
    right = new_petition(world, phone="19900007777", text="水渠堵了，请求清理。")
    crowd = new_petition(world, text="另一件事。")
    for number in range(300):
        row = entered(Someone("petitioner", "田小禾", phone(number)), sealed=False)
        row.petition = crowd
        crowd.matter.petitioners.append(row)
    session.flush()
    answer = suspects(by(world, name="田小禾", phone="19900007777"))
    assert answer[0].matter.id == right.matter_id


def test_a_namesake_with_another_identity_card_is_no_suspicion(world: World) -> None:
    new_petition(world, id_number=id_number(1), phone="")
    assert suspects(by(world, name="田小禾", id_number=id_number(2), place="河湾镇")) == []


def test_a_name_alone_is_no_suspicion(world: World) -> None:
    new_petition(world, place="东原乡")
    assert suspects(by(world, name="田小禾", place="河湾镇")) == []


def test_a_representative_is_found_and_named_as_one(world: World) -> None:
    new_petition(world, headcount="6", representatives="韩长河 19900002222")
    answer = suspects(by(world, name="韩长河", phone="19900002222"))
    assert answer[0].reasons[0] == "是该件的代表"


def test_representatives_of_the_new_petition_are_looked_for_too(world: World) -> None:
    first = new_petition(world)
    question = by(world, name="沈玉珍", beside=(marks(phone="19900001234"),))
    assert [suspect.matter.id for suspect in suspects(question)] == [first.matter_id]


def test_an_agent_of_many_ranks_behind_the_principal(world: World) -> None:
    client = new_petition(world, agents="魏建平 19900003333 律师", name="沈玉珍", phone="19900004444")
    own = new_petition(world, name="魏建平", phone="19900003333")
    answer = suspects(by(world, name="魏建平", phone="19900003333"))
    assert [suspect.matter.id for suspect in answer] == [own.matter_id, client.matter_id]
    assert answer[1].reasons[0] == "是该件的代理人"


def test_nobody_is_shown_an_accusation_without_the_right_to_see_it(world: World) -> None:
    sealed = new_petition(world, purpose="accusation", respondent="某站站长")
    person = {"name": "田小禾", "phone": "19900001234"}
    assert suspects(by(world, **person)) == []
    assert suspects(by(world, viewer=world.clerk, **person)) == []
    assert [s.matter.id for s in suspects(by(world, viewer=world.restricted, **person))] == [sealed.matter_id]


def test_an_anonymous_accusation_is_compared_by_the_accused(world: World) -> None:
    facts = {"purpose": "accusation", "name": "", "unsigned": "1", "phone": "", "respondent": "河湾镇某站站长"}
    first = new_petition(world, **facts)
    question = by(world, respondent="河湾镇某站站长", viewer=world.restricted)
    answer = suspects(question)
    assert [suspect.matter.id for suspect in answer] == [first.matter_id]
    assert answer[0].reasons[0] == "被检举对象相同"
    assert suspects(by(world, respondent="河湾镇某站站长", viewer=world.clerk)) == []


def test_another_office_is_never_looked_into(world: World) -> None:
    register(typed(), world.other_clerk)
    assert suspects(by(world, name="田小禾", phone="19900001234", place="河湾镇")) == []
    assert suspects(by(world, name="田小禾", phone="19900001234", viewer=world.clerk)) == []


def test_a_letter_told_again_is_close_and_a_line_inside_a_long_one_is_not() -> None:
    letter = "村里修路占了我家三亩承包地，没有签协议也没有给补偿，地里的庄稼被推平。"
    assert likeness(letter, "地里的庄稼被推平。没有签协议也没有给补偿，村里修路占了我家三亩承包地！") > 85
    assert likeness("庄稼被推平", letter * 3 + "".join(chr(0x4E00 + i) for i in range(300))) < 10
    assert likeness("", letter) == 0
    assert likeness("楼下夜里开机器，老人孩子睡不了觉。", letter) < 15
