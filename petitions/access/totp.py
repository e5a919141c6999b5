"""动态码: a second step of the login, a code that the telephone makes anew every half minute (RFC 6238).

A code is taken once. Whoever loses the telephone has ten recovery codes on paper, each good for one login; whoever
loses both asks another administrator.
"""

import hmac
import unicodedata
from collections.abc import Iterable
from datetime import datetime

import pyotp
import segno
from sqlalchemy import ForeignKey, UniqueConstraint, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from petitions import clock, db
from petitions.access import audit, delegation, vault
from petitions.access.models import User
from petitions.access.passwords import fits, generate_password, hash_password
from petitions.access.roles import Role
from petitions.db import Base, Database
from petitions.settings import Settings

_STEP = 30
"""Seconds a code lasts."""

_DRIFT = 1
"""Steps a telephone's clock may be off, and the time it takes to type: a code is good for a minute and a half."""

RECOVERY_CODES = 10


class SecondStep(vault.Keyed, Base):
    """What a person's telephone and we both know. A row that is not confirmed is being set up."""

    __tablename__ = "second_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    secret: Mapped[bytes]
    """Locked like who the petitioners are: a dump of the database makes no codes."""
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)
    """The newest code that was taken, as the number of its half minute; it and older ones are not taken again."""

    def keep(self, secret: str) -> None:
        """Lock the secret into the row of its owner."""
        self.key_id, self.secret = vault.lock({"secret": secret}, f"second_steps {self.user_id}")

    def shared(self) -> str:
        """The secret as the telephone knows it. Raises vault.Locked; a cell of another person's row does not open."""
        return vault.unlock(self.key_id, self.secret, f"second_steps {self.user_id}")["secret"]

    def relock(self) -> None:
        """Lock it with the key that writes now."""
        self.keep(self.shared())


class RecoveryCode(Base):
    """A code on paper, good once."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("user_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    number: Mapped[int]
    """It stands before the code, so that one hash is compared and not ten."""
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


def required_roles(settings: Settings) -> frozenset[Role]:
    """Whoever works in one of these needs the second step. Raises ValueError for a word that is no role."""
    return frozenset(Role(name) for name in settings.totp_roles)


def is_required(person: User, settings: Settings) -> bool:
    """Whether this person needs it, for a role of their own or one they stand in for."""
    needed = required_roles(settings)
    return bool(needed) and not needed.isdisjoint(delegation.roles(person))


def of(person: User) -> SecondStep | None:
    """The second step of this account, once it is set up."""
    return _row(person, confirmed=True)


def start(person: User) -> None:
    """Make a new secret to be set up; one that is in force stays so until the new one is confirmed."""
    _forget_unconfirmed(person)
    row = SecondStep(user_id=person.id, made_at=clock.now())
    row.keep(pyotp.random_base32())
    db.session().add(row)


def being_set_up(person: User) -> str:
    """The secret that waits to be confirmed, as the telephone takes it; empty when there is none."""
    row = _row(person, confirmed=False)
    return row.shared() if row is not None else ""


def picture(secret: str, person: User, office: str) -> str:
    """The secret as a QR code, an SVG element for the page."""
    address = pyotp.TOTP(secret).provisioning_uri(name=person.username, issuer_name=office)
    made: str = segno.make_qr(address, error="m").svg_inline(scale=5, border=4, omitsize=True)
    return made


def confirm(person: User, typed: str) -> list[str] | None:
    """Put the new secret in force if the code is its code; the recovery codes, to be shown once. None for a wrong code."""
    row = _row(person, confirmed=False)
    step = _step_of(row, typed) if row is not None else None
    if row is None or step is None:
        return None
    old = delete(SecondStep).where(SecondStep.user_id == person.id, SecondStep.id != row.id)
    db.session().execute(old)
    row.confirmed_at, row.last_step = clock.now(), step
    audit.record("totp:set", person)
    return renew_recovery_codes(person)


def renew_recovery_codes(person: User) -> list[str]:
    """Ten new recovery codes in the place of the old ones, to be shown once."""
    made = [f"{number}-{generate_password()}" for number in range(1, RECOVERY_CODES + 1)]
    db.session().execute(delete(RecoveryCode).where(RecoveryCode.user_id == person.id))
    db.session().add_all(
        RecoveryCode(user_id=person.id, number=number, code_hash=hash_password(code))
        for number, code in enumerate(made, start=1)
    )
    audit.record("totp:recovery", person)
    return made


def recovery_codes_left(person: User) -> int:
    """How many recovery codes have not been used."""
    left = select(func.count()).where(RecoveryCode.user_id == person.id, RecoveryCode.used_at.is_(None))
    return db.session().scalar(left) or 0


def take_code(person: User, typed: str) -> bool:
    """Whether this is a code of the telephone that was not taken before; it is taken now."""
    row = of(person)
    step = _step_of(row, typed) if row is not None else None
    if row is None or step is None:
        return False
    # Of two that come with the same code at once the database lets one through.
    taken = update(SecondStep).where(SecondStep.id == row.id, SecondStep.last_step < step).values(last_step=step)
    return db.session().scalar(taken.returning(SecondStep.id)) is not None


def known_recovery_code(database: Database, user_id: int, typed: str) -> int | None:
    """The id of the unused recovery code that was typed, or None.

    Asked before the writing transaction begins: the hash takes its time.
    """
    code = _narrow(typed).lower()
    number = code.partition("-")[0]
    with database.work(write=False) as reading:
        wanted = int(number) if number.isdecimal() and len(number) < 3 else 0
        row = reading.execute(
            select(RecoveryCode.id, RecoveryCode.code_hash).where(
                RecoveryCode.user_id == user_id, RecoveryCode.number == wanted, RecoveryCode.used_at.is_(None)
            )
        ).first()
    return row.id if row is not None and fits(code, row.code_hash) else None


def take_recovery_code(person: User, code_id: int) -> bool:
    """Whether the recovery code was still unused; it is used now."""
    unused = RecoveryCode.id == code_id, RecoveryCode.user_id == person.id, RecoveryCode.used_at.is_(None)
    used = update(RecoveryCode).where(*unused).values(used_at=clock.now()).returning(RecoveryCode.id)
    taken = db.session().scalar(used) is not None
    if taken:
        audit.record("totp:recovery_used", person)
    return taken


def remove(person: User) -> None:
    """The account has no second step any more."""
    for table in (SecondStep, RecoveryCode):
        db.session().execute(delete(table).where(table.user_id == person.id))
    audit.record("totp:remove", person)


def with_second_step(people: Iterable[int]) -> set[int]:
    """Which of these accounts (user ids) have set it up."""
    confirmed = SecondStep.user_id.in_(list(people)), SecondStep.confirmed_at.is_not(None)
    return set(db.session().scalars(select(SecondStep.user_id).where(*confirmed)))


def _row(person: User, *, confirmed: bool) -> SecondStep | None:
    asked = SecondStep.confirmed_at.is_not(None) if confirmed else SecondStep.confirmed_at.is_(None)
    rows = select(SecondStep).where(SecondStep.user_id == person.id, asked).order_by(SecondStep.id.desc())
    return db.session().scalar(rows.limit(1))


def _forget_unconfirmed(person: User) -> None:
    waiting = delete(SecondStep).where(SecondStep.user_id == person.id, SecondStep.confirmed_at.is_(None))
    db.session().execute(waiting)


def _step_of(row: SecondStep, typed: str) -> int | None:
    """The half minute whose code was typed, among those that count now and were not taken."""
    code, now = _narrow(typed).replace("-", ""), int(clock.now().timestamp()) // _STEP
    made = pyotp.TOTP(row.shared(), interval=_STEP)
    for step in range(now - _DRIFT, now + _DRIFT + 1):
        if step > row.last_step and hmac.compare_digest(made.generate_otp(step).encode(), code.encode()):
            return step
    return None


def _narrow(typed: str) -> str:
    return "".join(unicodedata.normalize("NFKC", typed).split())
