"""Filters of the case list that somebody keeps, for themselves or for the people of their unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ForeignKey, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from petitions import db
from petitions.access.models import User
from petitions.cases import checks
from petitions.cases.facets import FACETS, Chosen
from petitions.db import Base
from petitions.words import FieldErrors, Refused, say

NAME_AT_MOST = 30
"""Characters of a name: it stands in a menu."""

VIEWS_AT_MOST = 50
"""Views of one person: beyond that nobody finds one again."""


class SavedView(Base):
    """A filter of the case list somebody keeps, for themselves or for their unit."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    name: Mapped[str]
    query: Mapped[str]
    """The query string of the list page."""
    shared: Mapped[bool] = mapped_column(default=False)


@dataclass(frozen=True)
class View:
    """A kept filter as the page offers it."""

    id: int
    name: str
    args: Mapping[str, str]
    shared: bool
    mine: bool


def known_to(user: User) -> list[View]:
    """The person's own views and those shared in their unit, by name."""
    wanted = select(SavedView).where(
        or_(SavedView.user_id == user.id, (SavedView.unit_id == user.unit_id) & SavedView.shared)
    )
    found = db.session().scalars(wanted.order_by(SavedView.name, SavedView.id))
    return [View(row.id, row.name, _today(row.query), row.shared, row.user_id == user.id) for row in found]


def _today(query: str) -> dict[str, str]:
    """What a kept query asks, with the units that have come after those it names."""
    kept = dict(parse_qsl(query))
    return {name: FACETS[name].read(value) if name in FACETS else value for name, value in kept.items()}


def keep(user: User, name: str, chosen: Chosen, *, shared: bool) -> SavedView:
    """Keep a filter under a name; the person's view of that name is replaced. Raises FieldErrors or Refused."""
    tidy = checks.tidy_line(name)
    if not tidy:
        raise FieldErrors({"name": say("填写视图名称")})
    if len(tidy) > NAME_AT_MOST:
        raise FieldErrors({"name": say("视图名称最多{most}个字，现在是{now}个字", most=NAME_AT_MOST, now=len(tidy))})
    own = list(db.session().scalars(select(SavedView).where(SavedView.user_id == user.id)))
    row = next((view for view in own if view.name == tidy), None)
    if row is None:
        if len(own) >= VIEWS_AT_MOST:
            raise Refused(say("已保存{most}个视图。删去不用的再保存", most=VIEWS_AT_MOST))
        row = SavedView(user_id=user.id, unit_id=user.unit_id, name=tidy, query="")
        db.session().add(row)
    # What somebody looks for among accusations is not the unit's to read (第30条).
    shared = shared and "sealed" not in chosen.values
    row.query, row.shared, row.unit_id = urlencode(chosen.args), shared, user.unit_id
    db.session().flush()
    return row


def drop(user: User, view_id: int) -> bool:
    """Forget one of the person's own views; whether there was one."""
    row = db.session().scalar(select(SavedView).where(SavedView.id == view_id, SavedView.user_id == user.id))
    if row is not None:
        db.session().delete(row)
    return row is not None


def active(views: Sequence[View], chosen: Chosen) -> View | None:
    """The view that is being looked at."""
    return next((view for view in views if dict(view.args) == chosen.args), None)
