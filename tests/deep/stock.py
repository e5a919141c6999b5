"""Rows that a route ends, sends or takes away: by parameter of its address, how another one is made."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.models import UnitKind
from petitions.deadlines import limit_admin, rule_admin
from petitions.documents import templates
from petitions.notices import robots
from petitions.privacy import requests
from petitions.settings import Settings
from tests.documents.sheets import GOOD, template
from tests.factories import World, make_unit

NOBODY_THERE = "127.0.0.1:9"
"""Where the robots of these tests are said to be: they are refused at once, and nothing leaves the machine."""

_numbers = count(1)


def _robot(session: Session, world: World, settings: Settings) -> None:
    address = f"http://{NOBODY_THERE}/send?key=k1"
    robots.add({"unit": str(world.bureau.id), "make": "wecom", "address": address}, settings)


def _rule(session: Session, world: World, settings: Settings) -> None:
    typed = {
        "code": "T6",
        "place": str(world.bureau.id),
        "before": "7 3 1 0",
        "every": "1",
        "head": "1",
        "office": "3",
        "look": "",
    }
    rule_admin.keep(rule_admin.read(typed), world.administrator)


def _limit(session: Session, world: World, settings: Settings) -> None:
    place = make_unit(session, f"另一县{next(_numbers)}", UnitKind.SECTION, sign=f"县{next(_numbers)}")
    typed = {
        "code": "T6", "place": str(place.id), "length": "30", "unit": "days", "extension": "30", "valid_to": "",
        "valid_from": (clock.today() - timedelta(days=400)).isoformat(), "source": "《办理规程》第8条",
    }  # fmt: skip
    limit_admin.add(typed, world.administrator)


def _template(session: Session, world: World, settings: Settings) -> None:
    templates.keep("acceptance_notice", world.bureau, "模板.docx", template(*GOOD), world.administrator)


def _request(session: Session, world: World, settings: Settings) -> None:
    requests.take(world.officer, {"kind": "copy", "asker": "田小禾", "checked": "card", "phone": "19900001234"})


STOCK: dict[str, Callable[[Session, World, Settings], None]] = {
    "robot_id": _robot, "rule_id": _rule, "version_id": _limit, "template_id": _template, "request_id": _request,
}  # fmt: skip
