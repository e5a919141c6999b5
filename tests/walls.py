"""Random counties with accusations in them, and a crawler that looks for what must not be seen (docs/wall.md).

Every accusation carries canaries: words that stand nowhere else. Whoever belongs to the accused side asks for every
page there is, by every number that was ever in an address of it, and none of these words may be in any answer.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from random import Random
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from petitions import clock
from petitions.access.models import Unit, UnitKind, User
from petitions.access.roles import Role
from petitions.cases.files import Store
from petitions.cases.perform import perform
from petitions.matters.models import Matter
from petitions.matters.register import register
from petitions.web.responses import Application
from tests.factories import CLASSIFIED, make_unit, make_user, typed
from tests.pages import Browser, said_in

EVERY_ROLE = tuple(Role)
_RARE = "彧翀旻喆昉晔烜煊珩珮琬琰瑀瑄璟璠祎祺稷竑竫笙筠箴絜綦翊翙耆聿胤臻舸芃茞荃莙菡萁葳蒨蓁蕤薇藻"
"""Characters of names that no text of ours has."""

ACCUSATION = {**CLASSIFIED, "nature": "accusation"}


@dataclass(frozen=True)
class Secret:
    """An accusation with the words that stand in it alone, and the numbers it was ever known by."""

    matter_id: int
    words: tuple[str, ...]
    paths: tuple[str, ...]
    """Addresses that lead to it, its papers and its files."""
    searches: tuple[str, ...]
    """What somebody would type who knows a part of a word."""
    accused: int
    """The unit it accuses."""
    office_head: int
    late: bool
    """It was an ordinary matter first."""


@dataclass
class County:
    """A tree of units with an office, a discipline body and people everywhere."""

    root: Unit
    office: Unit
    discipline: Unit
    others: list[Unit]
    desk: list[User]
    clerk: User
    officer: User
    importer: User
    people: dict[int, User]
    """One person of every unit, who holds every role of a unit."""
    secrets: list[Secret] = field(default_factory=list)

    def present(self, session: Session) -> "County":
        """The same rows in another unit of work."""

        def unit(row: Unit) -> Unit:
            return session.get_one(Unit, row.id)

        def person(row: User) -> User:
            return session.get_one(User, row.id)

        return County(
            unit(self.root), unit(self.office), unit(self.discipline), [unit(one) for one in self.others],
            [person(one) for one in self.desk], person(self.clerk), person(self.officer), person(self.importer),
            {key: person(one) for key, one in self.people.items()}, self.secrets,
        )  # fmt: skip

    def under(self, unit: Unit) -> list[Unit]:
        """The unit and everything below it."""
        found = [unit]
        for one in found:
            found += [other for other in self.others if other.parent_id == one.id and other not in found]
        return found


def make_county(session: Session, draw: Random, levels: int) -> County:
    """A county of 3 to 6 levels, some units of each kind on every level."""
    mark = draw.randrange(10**9)
    root = make_unit(session, f"县{mark}", UnitKind.SECTION)
    office = make_unit(session, f"信访局{mark}", UnitKind.OFFICE, root, "信")
    discipline = make_unit(session, f"纪委{mark}", UnitKind.DISCIPLINE, root, "纪")
    others: list[Unit] = []
    above: list[Unit] = [root]
    for level in range(levels - 1):
        kinds = (UnitKind.BUREAU, UnitKind.TOWNSHIP) if level == 0 else (UnitKind.SECTION,)
        layer = [
            make_unit(session, f"单位{mark}-{level}-{n}", draw.choice(kinds), draw.choice(above), f"单{level}{n}")
            for n in range(draw.randrange(2, 4))
        ]
        others += layer
        above = layer
    desk = [make_user(session, office, Role.RESTRICTED_CLERK) for _ in range(2)]
    unit_roles = (Role.UNIT_HEAD, Role.RECEIVING_CLERK, Role.HANDLER, Role.RESTRICTED_CLERK, Role.INTAKE_CLERK,
                  Role.PETITION_OFFICER, Role.PETITION_HEAD, Role.INSPECTOR, Role.CASE_LEADER, Role.AUDITOR,
                  Role.ADMINISTRATOR, Role.JOINT_CONFERENCE)  # fmt: skip
    return County(
        root, office, discipline, others, desk, make_user(session, office, Role.INTAKE_CLERK),
        make_user(session, office, Role.PETITION_OFFICER), make_user(session, office, Role.PETITION_OFFICER),
        {unit.id: make_user(session, unit, *unit_roles) for unit in others},
    )  # fmt: skip


def accuse(session: Session, app: Application, county: County, unit: Unit, draw: Random, *, late: bool) -> Secret:
    """An accusation of `unit` with canaries in every field; `late`: it was transferred to that unit before."""
    # No name is a part of another's phrase, which a search would rightly repeat.
    name, rare = "".join(draw.sample(_RARE[:16], 3)), _RARE[16:]
    tail = f"{draw.randrange(10**8):08d}"
    phrase, title, place = ("".join(draw.sample(rare, 8)) for _ in range(3))
    original, file_name = f"原{tail[:5]}〔2026〕{tail[5:]}号", f"{''.join(draw.sample(rare, 5))}.pdf"
    data = typed(
        name=name, phone=f"199{tail}", title=title, text=f"反映{phrase}一事", address=f"{place}号", region=place,
        place=place, original_number=original, purpose="request" if late else "accusation",
        respondent_unit=str(unit.id),
    )  # fmt: skip
    matter = register(data, county.clerk).matter
    kept = Store(app.config["SETTINGS"].files_dir).keep(
        [FileStorage(BytesIO(b"%PDF-1.4 x"), file_name)], 10**6, "files"
    )
    perform(matter, "attach", {"files": kept}, county.officer if late else county.desk[0])
    receiver = county.people[unit.id]
    if late:
        perform(matter, "screen_as_first", {}, county.officer)
        perform(matter, "classify", {**CLASSIFIED, "place": place}, county.officer)
        perform(matter, "transfer", {"unit": unit.id, "opinion": "请办理"}, county.officer)
        perform(matter, "sign", {}, receiver)
        perform(matter, "appoint", {"handler": receiver.id}, receiver)
        perform(matter, "recall_sealed", {"reason": "是检举", "respondent_unit": unit.id}, county.desk[0])
    session.flush()
    session.refresh(matter)
    papers = [paper.number for paper in matter.documents]
    words = (
        name,
        f"199{tail}",
        phrase,
        title,
        place,
        original,
        file_name,
        matter.number,
        matter.first.query_code,
        *papers,
    )
    return Secret(
        matter.id, words, tuple(_paths(matter)),
        (name[:2], tail[4:], phrase[:5], title[:5], original[:6], matter.number[-6:], place[:4], file_name[:3],
         *(number[:-1] for number in papers)),
        unit.id, receiver.id, late,
    )  # fmt: skip


def _paths(matter: Matter) -> Iterator[str]:
    """Every address the matter was ever known by."""
    at = f"/cases/{matter.id}"
    yield from (
        at,
        f"{at}/summary",
        f"{at}/documents",
        f"{at}/place?list=all",
        f"{at}/note",
        f"{at}/sign",
        f"{at}/accept",
    )
    yield from (
        f"/triage/{matter.id}",
        f"/triage/{matter.id}/compare",
        f"/arrivals/{matter.id}",
        f"/approvals/{matter.id}",
        f"/archive/{matter.id}",
        f"/archive/{matter.id}/dossier.zip",
    )
    yield from (f"{at}/files/{file.id}" for file in matter.attachments)
    yield from (f"/documents/{paper.id}" for paper in matter.documents)
    for petition in matter.petitions:
        yield from (f"/petitions/{petition.id}", f"/petitions/{petition.id}/receipt")


LISTS = (
    "/", "/cases", "/cases?more=1", "/cases?sort=due", "/cases?sealed=1", "/cases?sort=changed&state=open", "/inbox", "/inbox?show=all",
    "/duties", "/duties?whose=mine", "/deadlines", "/followup", "/followup?stage=tasks", "/followup?stage=performance",
    "/archive", "/archive?tab=missing", "/archive?tab=archived", "/approvals", "/arrivals",
    "/objections", "/summaries", "/summaries?clock=overdue", "/triage", "/register", "/ledger", "/audit",
    "/audit?acts=seeing", "/audit?outcome=refused", "/admin/units", "/admin/users", "/admin/permissions", "/phrases",
    "/preferences", "/healthz", "/identity-requests", "/disposals", "/audit/who", "/reminders", "/admin/outbox", "/services",
    "/services?stage=tried",
)  # fmt: skip
"""Pages with counts, suggestions, choices and numbers."""


@dataclass
class Crawl:
    """What was asked, and what was found that must not be."""

    responses: int = 0
    hits: list[str] = field(default_factory=list)

    def look(self, browser: Browser, secrets: Sequence[Secret], url: str, form: dict[str, Any] | None = None) -> bytes:
        """One answer, held against every canary: body, headers, and what an error page says."""
        with browser.client.get(url) if form is None else browser.client.post(url, data=form) as answer:
            data, status = answer.data, answer.status_code
            said = said_in(answer) + "\n".join(f"{name}: {value}" for name, value in answer.headers)
        self.responses += 1
        for secret in secrets:
            found = [word for word in secret.words if word in said]
            if found:
                self.hits.append(f"{url} → {status}: {found}")
        return data

    def everything(self, browser: Browser, secrets: Sequence[Secret]) -> None:
        """All pages, all addresses, all searches and what is asked by a form."""
        for url in LISTS:
            self.look(browser, secrets, url)
        for secret in secrets:
            for path in secret.paths:
                self.look(browser, secrets, path)
            for typed_part in secret.searches:
                self.look(browser, secrets, f"/search?q={typed_part}")
            self.look(browser, secrets, f"/cases?q={secret.searches[2]}")
            self.look(browser, secrets, f"/audit?case={secret.searches[5]}")
            for url, form in self._forms(secret):
                self.look(browser, secrets, url, form)

    @staticmethod
    def _forms(secret: Secret) -> Iterator[tuple[str, dict[str, Any]]]:
        one = str(secret.matter_id)
        yield "/register/suspects", {"phone": secret.words[1], "text": "别的事"}
        yield "/register/suspects", {"purpose": "accusation", "unsigned": "1", "respondent_unit": str(secret.accused)}
        yield "/cases/batch", {"action": "note", "case": one}
        yield "/cases/batch", {"action": "archive", "all_matching": "1", "list": "all"}
        yield "/cases/print", {"case": one}
        yield f"/cases/{one}/note", {"note": "试"}
        yield f"/cases/{one}/note/draft", {"note": "试"}


_CHANGING = re.compile(
    r'data-(idle|total)="[^"]*"|nonce="[^"]*"|name="csrf_token" value="[^"]*"|[0-9a-f]{32}|csrf-token" content="[^"]*"'
    r"|[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?"
)


def counted(browser: Browser) -> dict[str, str]:
    """Every page of lists without what differs from one minute to the next: counts are compared by it.

    Not the audit, which tells of this very look, and not the sign of life, which tells of the tick.
    """
    return {
        url: _CHANGING.sub("", said_in(browser.client.get(url)))
        for url in LISTS
        if "audit" not in url and url != "/healthz"
    }


def today() -> str:
    """The day, as forms write it."""
    return clock.today().isoformat()
