"""回执: what the petitioner takes home, and who at the counter may see it again.

A receipt says nothing of the content, so whoever registered an accusation may print it although they no longer see
the case. It is a paper: Chinese whatever the language of the screen.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from petitions import clock, db
from petitions.access.models import User
from petitions.cases import codes
from petitions.cases.models import Deadline, Document
from petitions.cases.queries import visible_to, walled_off
from petitions.documents.render import long_date
from petitions.matters.masks import masked_name
from petitions.matters.models import Matter, Petition, Petitioner

_NOTICE = {True: "T1", False: "T3"}
"""The clock of 15日 that runs from receipt: of the petition office (第22条), of any other unit (第23条)."""


@dataclass(frozen=True)
class Receipt:
    """What stands on it, and what the page around it needs."""

    petition: Petition
    matter: Matter
    visible: bool
    """Whether the reader may also open the case."""
    joined: bool
    """It was counted on an earlier matter."""
    petitioner: str
    """Masked; empty when nobody signed or the matter is sealed."""
    channel: str
    due: date | None
    """Until when the next notice is due; none for a repeat."""
    form: Document | None
    """The registration form, where the reader may open the case."""

    title = "信访事项登记回执"

    @property
    def day(self) -> str:
        """The day of registration, as papers write it."""
        return long_date(clock.day_of(self.petition.registered_at))

    @property
    def codes(self) -> list[tuple[str, str]]:
        """What has to be named to ask where it stands."""
        return [("编号", self.petition.number), ("查询码", self.petition.query_code)]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What was brought, when and how; nothing of what it says."""
        rows = [
            ("信访人", self.petitioner),
            ("信访形式", self.channel),
            ("来件日期", long_date(self.petition.received_on)),
        ]
        return [(label, value) for label, value in rows if value]

    @property
    def help(self) -> str:
        """Whom to ask."""
        phone = self.petition.office.phone
        asked = f"，咨询电话：{phone}" if phone else ""
        return f"凭编号和查询码，可向{self.petition.office.name}查询办理情况{asked}。请保存好本回执，不要把查询码告诉他人。"

    @property
    def paragraphs(self) -> list[str]:
        """What happens next and when, in the words of 第19条, 第22条 and 第23条."""
        if self.joined:
            return [
                f"一、经核对，您反映的与信访事项{self.matter.number}为同一事项，此件并入该事项一并办理，不再单独立项。",
                "二、办理进展和结果，按该事项告知。",
            ]
        due = f"{long_date(self.due)}前（自收到之日起15日内）" if self.due else "自收到之日起15日内"
        if not self.petition.office.is_office:
            told = [f"一、本单位在{due}书面告知您是否受理以及办理途径。"]
        else:
            told = [
                f"一、本单位在{due}按照职责范围，转送、交办有权处理的机关、单位，或者告知您应当向哪里提出。",
                "二、有权处理的机关、单位收到后，15日内书面告知您是否受理以及办理途径。",
            ]
        if self.petition.signed == "anonymous":
            told.append(f"{'三' if len(told) > 1 else '二'}、来件没有署名，无法书面告知，可凭编号和查询码查询。")
        return told


def find(petition_id: int, user: User) -> Receipt | None:
    """The receipt of a petition, for whoever registered it and whoever may see its case; None for everybody else."""
    petition = db.session().get(
        Petition, petition_id, options=[joinedload(Petition.office), joinedload(Petition.matter)]
    )
    if petition is None:
        return None
    visible = (
        db.session().scalar(visible_to(user, select(Matter.id).where(Matter.id == petition.matter_id))) is not None
    )
    registered = (
        petition.registered_by_id == user.id and petition.office_id == user.unit_id and not _accuses(petition, user)
    )
    return _receipt(petition, visible) if visible or registered else None


def _accuses(petition: Petition, user: User) -> bool:
    """第30条第三款: whom it turned out to accuse learns nothing of it any more, also not that it was registered."""
    behind = select(Matter.id).where(Matter.id == petition.matter_id, Matter.sealed, walled_off(user))
    return db.session().scalar(behind) is not None


def _receipt(petition: Petition, visible: bool) -> Receipt:
    matter = petition.matter
    first = petition.opened_matter_id is None and matter.number == petition.number
    return Receipt(
        petition=petition,
        matter=matter,
        visible=visible,
        joined=not first,
        petitioner="" if matter.sealed else masked_name(_name(petition.id)),
        channel=codes.label("channel", petition.channel),
        due=_due(petition) if first else None,
        form=_form(matter.id) if first and visible else None,
    )


def _name(petition_id: int) -> str:
    named = select(Petitioner.name).where(Petitioner.petition_id == petition_id, Petitioner.part == "petitioner")
    return db.session().scalar(named.order_by(Petitioner.id).limit(1)) or ""


def _due(petition: Petition) -> date | None:
    code = _NOTICE[petition.office.is_office]
    first = select(Deadline.due_on).where(Deadline.case_id == petition.matter_id, Deadline.code == code)
    return db.session().scalar(first.order_by(Deadline.id).limit(1))


def _form(matter_id: int) -> Document | None:
    papers = select(Document).where(Document.case_id == matter_id, Document.kind == "registration_form")
    # One that was taken back only where no other stands.
    order = (Document.void_event_id.is_not(None), Document.id)
    return db.session().scalar(papers.order_by(*order).limit(1))
