"""Disputes of the demo: what the committee of 河湾镇 mediates, each taken through the door to where its stage wants it."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from petitions import clock, db
from petitions.access.models import Unit, User
from petitions.access.roles import Role
from petitions.cases.perform import perform
from petitions.demo.county import TOWNSHIP_BY_KEY
from petitions.demo.people import Person, person
from petitions.mediation.models import Committee, Mediation, Member
from petitions.mediation.opening import register

COMMITTEE = "hewan_mediation"


@dataclass(frozen=True)
class Dispute:
    """One dispute, and how far it has come."""

    kind: str
    """An entry of the code list `dispute_type`."""
    what: str
    """排水 of 田某与麦某排水纠纷."""
    facts: str
    requests: str
    amount: str
    stage: str
    days: int
    """So many 日 before today it began."""
    opened_by: str = "apply"


DISPUTES = (
    Dispute(
        "neighbour",
        "排水",
        "两家后院相邻，一方浇筑水泥坪后雨水倒灌进另一方厨房。",
        "恢复排水\n赔偿地面损失",
        "1200",
        "requested",
        1,
    ),
    Dispute(
        "land", "地界", "承包地田埂在耕地整理后被犁去，双方对界线各执一词。", "按承包证恢复界线", "", "accepted", 4
    ),
    Dispute(
        "wages", "工资", "装修班组完工后被拖欠两个月工资。", "支付拖欠的工资", "18600", "begun", 8, "receive_referral"
    ),
    Dispute("damages", "摔伤", "老人在集市摊位旁被杂物绊倒，左腕骨折。", "赔偿医疗费和护理费", "9400", "drafted", 12),
    Dispute(
        "marriage", "赡养", "兄弟三人对母亲轮流照料的次序和费用没有商定。", "商定赡养的方式和费用", "", "agreed", 25
    ),
    Dispute("traffic", "电动车剐蹭", "两辆电动车在村口转弯处剐蹭，一方车辆受损。", "赔偿修车费", "860", "overdue", 30),
    Dispute("housing", "宅基地通道", "新砌的院墙占去邻户出入的通道。", "拆除占道的院墙", "", "performed", 70),
    Dispute("contract", "青苗款", "收购青苗后货款只付了一半。", "付清余款", "5300", "archived", 110),
    Dispute("consumer", "家具退换", "新购衣柜开裂，商家同意换货后一直没有送来。", "换货或者退款", "2380", "failed", 40),
    Dispute("neighbour", "夜间噪声", "楼上住户夜间做工发出响声。", "停止夜间做工", "", "refused", 15, "take_up"),
)


def settle_committee(unit: Unit, people: list[User]) -> None:
    """The committee's own word and area, and who belongs to it: those with an account, and a woman, as 第8条 asks."""
    first = date(clock.today().year - 1, 3, 1)
    made = Committee(
        unit_id=unit.id, kind="township", word="河", area="河湾镇", court="青禾县人民法院",
        term_from=first, term_to=date(first.year + 3, 2, 28),
    )  # fmt: skip
    for one in people:
        post = "chair" if Role.COMMITTEE_CHAIR in one.roles else "member"
        made.members.append(Member(user_id=one.id, name=one.name, post=post, since=first, added_at=clock.now()))
    made.members.append(Member(name="厍桂香", post="member", woman=True, since=first, added_at=clock.now()))
    db.session().add(made)
    db.session().flush()


def mediate(people: list[User], draw: Random, today: date) -> None:
    """Every dispute, as far as it has come; `people` are those of the committee."""
    chair = next(one for one in people if Role.COMMITTEE_CHAIR in one.roles)
    mediator = next(one for one in people if one is not chair and Role.MEDIATOR in one.roles)
    for dispute in DISPUTES:
        _Course(dispute, chair, mediator, draw, today - timedelta(days=dispute.days)).run()


class _Course:
    """One dispute on its way."""

    def __init__(self, dispute: Dispute, chair: User, mediator: User, draw: Random, start: date) -> None:
        self.dispute, self.chair, self.mediator, self.start = dispute, chair, mediator, start
        home = TOWNSHIP_BY_KEY["hewan"]
        self.people = (person(draw, start, township=home), person(draw, start, township=home))
        self.mediation = self._open()

    def _open(self) -> Mediation:
        one, other = self.people
        data = {
            "dispute_type": self.dispute.kind, "dispute_title": f"{one.name}与{other.name}{self.dispute.what}纠纷",
            "dispute_facts": self.dispute.facts, "dispute_requests": self.dispute.requests, "dispute_place": one.place,
            "dispute_amount": self.dispute.amount, "application_form": "oral", "referral_source": "police", "sent_by": "河湾派出所",
        }  # fmt: skip
        typed = [_typed("applicant", one, self.start), _typed("respondent", other, self.start)]
        return register(self.dispute.opened_by, data, typed, self.mediator, self.start, at=clock.noon_of(self.start))

    def do(self, action: str, days: int, who: User | None = None, dated: str = "", **data: Any) -> None:
        """One act, so many 日 after the beginning."""
        day = self.start + timedelta(days=days)
        if dated:
            data[dated] = day.isoformat()
        perform(self.mediation, action, data, who or self.mediator, min(clock.noon_of(day), clock.now()))
        db.session().flush()

    @property
    def everybody(self) -> list[str]:
        """The parties, as a field takes them."""
        return [str(one.id) for one in self.mediation.principals]

    def run(self) -> None:
        """As far as the stage says."""
        stage = self.dispute.stage
        if stage == "requested":
            return
        if stage == "refused":
            self.do("refuse_consent", 1, dated="said_on", party=self.everybody[1], note="对方表示不愿意调解")
            return
        self._accept()
        if stage == "accepted":
            return
        self._begin()
        if stage == "begun":
            return
        if stage == "failed":
            self.do("fail", 5, failure_ground="no_prospect", ways_told=["court"], note="两次上门，双方分歧过大")
            return
        self._agree(stage)

    def _accept(self) -> None:
        for one in self.everybody:
            self.do("record_consent", 1, dated="agreed_on", party=one, consent_way="spoken")
        self.do("accept", 1, elsewhere="none")

    def _begin(self) -> None:
        one = str(self.mediator.id)
        self.do("appoint", 2, self.chair, mediators=[one], presider=one, chosen_by="parties", kinship="none")
        self.do("notify_rights", 2, dated="told_on", told_way="spoken", told_to=self.everybody)
        self.do(
            "hold_session", 4, dated="held_on", began_at="09:30", ended_at="11:00", place="河湾镇人民调解室", open_session="open",
            present=self.everybody, record="核对了双方提交的材料，讲解了有关规定，双方表示愿意协商。", session_outcome="again",
            statements=dict(zip(self.everybody, ("希望对方尽快解决。", "愿意承担一部分。"), strict=True)), signed=self.everybody,
        )  # fmt: skip

    def _agree(self, stage: str) -> None:
        self.do(
            "hold_session", 6, dated="held_on", began_at="14:30", ended_at="15:40", place="河湾镇人民调解室", open_session="open",
            present=self.everybody, record="调解员提出方案，双方商定了履行的办法和期限。", proposal="分期履行，互不再追究。",
            session_outcome="agreed", signed=self.everybody,
        )  # fmt: skip
        self.do(
            "draft_agreement", 6, agreed_facts=self.dispute.facts, disputed_points="责任大小和履行的办法。",
            responsibility="被申请人负主要责任，申请人予以谅解。", agreed_content=f"被申请人负责：{self.dispute.requests}",
            performance_plan=self._plan(), performance_way="在村委会当面履行",
        )  # fmt: skip
        if stage == "drafted":
            return
        self.do(
            "sign_agreement",
            7,
            dated="signed_on",
            signed=self.everybody,
            mediator_signed=True,
            sealed_by_committee=True,
        )
        if stage in ("agreed", "overdue"):
            return
        self._perform()
        if stage == "archived":
            self.do(
                "visit", 60, dated="visited_on", visited_party=self.everybody[0], visit_record="已经履行，双方没有新的争议。",
                satisfaction="satisfied",
            )  # fmt: skip

    def _plan(self) -> list[dict[str, str]]:
        debtor, amount = self.everybody[1], int(self.dispute.amount or 0)
        due = [(self.start + timedelta(days=days)).isoformat() for days in (17, 47)]
        if not amount:
            return [{"debtor": debtor, "item": self.dispute.requests.splitlines()[0], "due_on": due[1]}]
        first = str(amount // 2)
        return [
            {"debtor": debtor, "item": "第一期款", "amount": first, "due_on": due[0]},
            {"debtor": debtor, "item": "第二期款", "amount": str(amount - amount // 2), "due_on": due[1]},
        ]

    def _perform(self) -> None:
        agreement = self.mediation.agreement
        assert agreement is not None
        for days in (15, 45):
            if agreement.owed:
                row = agreement.owed[0]
                paid = str(row.amount // 100) if row.amount else ""
                self.do(
                    "record_performance",
                    days,
                    dated="performed_on",
                    performance_row=str(row.id),
                    proof="收条一张",
                    paid=paid,
                )
        self.do("conclude_performance", 46)


def _typed(side: str, one: Person, on: date) -> dict[str, str]:
    return {
        "side": side, "kind": "natural", "part": "party", "name": one.name, "phone": one.phone, "id_number": one.id_number,
        "address": one.address, "sex": one.sex, "ethnicity": one.nation, "age": str(one.age(on)),
    }  # fmt: skip
