"""A queue to send from, and people with an address."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.access.models import Unit, User
from petitions.notices import delivery, sending
from petitions.notices.delivery import DIGEST, Channel, Delivery
from petitions.notices.sending import Letter
from petitions.settings import Settings
from tests.conftest import Isolated
from tests.factories import World
from tests.smtp import Post, by_mail, post_office


class Plain:
    """Writes the same to everybody."""

    def person(self, person: User, settings: Settings) -> Letter | None:  # noqa: ARG002
        """See sending.Writers."""
        return Letter("提醒", f"给{person.id}")

    def unit(self, unit: Unit, settings: Settings) -> Letter | None:  # noqa: ARG002
        """See sending.Writers."""
        return Letter("提醒", f"给{unit.id}单位")


class Desk:
    """A queue with what is needed to work it off."""

    def __init__(self, database: Isolated, session: Session, settings: Settings) -> None:
        self.database, self.session, self.settings = database, session, settings
        self.writers: Any = Plain()

    def queue(self, *people: User) -> list[Delivery]:
        """A digest for each, and the rows."""
        for person in people:
            person.email = person.email or f"u{person.id}@example.cn"
        self.session.flush()
        delivery.queue(DIGEST, Channel.MAIL, [person.id for person in people], "2026-06-01", "xf.example")
        self.session.commit()
        return self.rows()

    def send(self) -> sending.Sent:
        """Work the queue off."""
        self.session.commit()
        return sending.drain(self.database, self.settings, self.writers)

    def rows(self) -> list[Delivery]:
        """Every row as it is now."""
        self.session.expire_all()
        return list(self.session.scalars(select(Delivery).order_by(Delivery.id)))


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server."""
    with post_office() as running:
        yield running


@pytest.fixture
def desk(database: Isolated, session: Session, settings: Settings, post: Post, world: World) -> Desk:
    """See Desk."""
    return Desk(database, session, by_mail(settings, post.port))
