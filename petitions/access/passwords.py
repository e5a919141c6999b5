"""Passwords: how they are kept, which ones are taken, how long they last.

Two rule books disagree (reliability.md §9): 等保 (CES1-01) asks for kinds of characters and a change every so often, ASVS
(6.2.5, 6.2.10) forbids both and asks for length. An installation chooses; what we make up ourselves satisfies both.
"""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ForeignKey, Index, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from petitions import clock, db
from petitions.access.local_words import folded, words_for
from petitions.access.models import User
from petitions.access.weak import is_published, is_weak
from petitions.db import Base
from petitions.settings import Settings
from petitions.words import Refused, Sentence, say

# 19 MiB and two passes: OWASP's smaller profile; 20 people logging in at once stay under 400 MB.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

_NOBODY = _HASHER.hash(secrets.token_hex(8))
"""Verified when the account does not exist, so that both answers take the same time."""

LONGEST = 128
"""Characters: room for any sentence (ASVS 6.2.9 asks for 64), and an end to what one request can have hashed."""

_LEGIBLE = "23456789abcdefghjkmnpqrstuvwxyz"
"""No 0/o and 1/i/l: a new password is read from paper."""


@dataclass(frozen=True)
class Rules:
    """What a password must be."""

    least: int
    """Characters."""
    kinds: int = 1
    """Of capital letters, small letters, digits and others at least so many."""
    remembers: int = 0
    """Not one of so many that the account has had, the present one included."""
    days: int = 0
    """After so many days it is changed; 0: it lasts."""
    words_of_place: tuple[str, ...] = ()
    """What this installation adds to the words no password may contain (local_words.py)."""

    @property
    def words(self) -> Sentence:
        """The rules as the form says them."""
        if self.kinds > 1:
            kept = say(
                "至少{least}个字符，大写字母、小写字母、数字、其他符号（含汉字）中要有{kinds}种；不能包含用户名、姓名和单位名，"
                "不能是常见的密码，不能与最近{remembers}次用过的相同。",
                least=self.least, kinds=self.kinds, remembers=self.remembers,
            )  # fmt: skip
            return say("{rules}{days}天换一次。", rules=kept, days=self.days) if self.days else kept
        return say(
            "至少{least}个字符，可以用一句话；不能包含用户名、姓名和单位名，不能是常见的密码。", least=self.least
        )


STRICTEST = Rules(least=12, kinds=3, remembers=5)
"""Both rule books at once: for what we generate, and wherever nobody says which one holds."""


def rules_of(settings: Settings) -> Rules:
    """The rules of this installation."""
    words = (settings.office_name, *settings.password_words)
    if settings.password_profile == "asvs":  # noqa: S105 - the name of a rule book
        return Rules(least=12, words_of_place=words)
    return Rules(least=8, kinds=3, remembers=5, days=settings.password_days, words_of_place=words)


class OldPassword(Base):
    """What an account's password once was, as long as it may not come back."""

    __tablename__ = "old_passwords"
    __table_args__ = (Index("ix_old_passwords_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    password_hash: Mapped[str]


def hash_password(password: str) -> str:
    """The stored form of a password."""
    return _HASHER.hash(password)


def given_is_over(person: User, days: int) -> bool:
    """Whether a password that somebody else gave was left unused for more than so many 日."""
    return person.password_given and clock.now() > person.password_set_at + timedelta(days=days)


def fits(password: str, stored: str) -> bool:
    """Whether this is the password; takes its time for an account without one too."""
    try:
        return _HASHER.verify(stored or _NOBODY, password[: LONGEST + 1]) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def generate_password(groups: int = 3) -> str:
    """A random secret that can be read aloud and copied by hand, in groups of four, about 20 bits each."""
    while True:
        made = "-".join("".join(secrets.choice(_LEGIBLE) for _ in range(4)) for _ in range(groups))
        if _kinds(made) >= STRICTEST.kinds:
            return made


def give(person: User, password: str, rules: Rules, *, own: bool) -> None:
    """Let `person` have a new password; `own`: they chose it themselves, otherwise they must choose one at the next login.

    Raises Refused with what is wrong with it.
    """
    insist(password, person, rules)
    _remember(person, rules)
    person.password_hash, person.password_set_at, person.password_given = hash_password(password), clock.now(), not own


def insist(password: str, person: User, rules: Rules) -> None:
    """Raise Refused when the rules do not let `person` have this password."""
    if len(password) < rules.least:
        raise Refused(say("密码至少{least}个字符", least=rules.least))
    if len(password) > LONGEST:
        raise Refused(say("密码最多{most}个字符", most=LONGEST))
    if _kinds(password) < rules.kinds:
        raise Refused(
            say("大写字母、小写字母、数字、其他符号（含汉字）中至少要有{kinds}种，现在是{now}种",
                kinds=rules.kinds, now=_kinds(password))
        )  # fmt: skip
    if person.username in unicodedata.normalize("NFKC", password).lower():
        raise Refused(say("密码里不能包含用户名"))
    if is_weak(password) or is_published(password):
        raise Refused(say("这个密码太常见，容易被猜到。不要用姓名、单位、电话、生日或键盘上连着的键，再加几个数字"))
    typed = folded(password)
    if any(word in typed for word in words_for(person, rules.words_of_place)):
        raise Refused(
            say("密码里不能包含你的姓名、单位或地区的名称（拼音也不行），也不能包含这个系统的名称和本单位不许用的词")
        )
    if rules.remembers and _was_had(person, password, rules):
        raise Refused(say("不能与最近{count}次用过的密码相同", count=rules.remembers))


def _kinds(password: str) -> int:
    tests = (str.isupper, str.islower, str.isdecimal)
    found = {next((n for n, test in enumerate(tests) if sign.isascii() and test(sign)), -1) for sign in password}
    return len(found)


def _was_had(person: User, password: str, rules: Rules) -> bool:
    return any(
        fits(password, stored) for stored in (person.password_hash, *_old(person, rules.remembers - 1)) if stored
    )


def _old(person: User, count: int) -> list[str]:
    """The newest of the passwords before the present one."""
    if person.id is None:
        return []
    had = select(OldPassword.password_hash).where(OldPassword.user_id == person.id)
    return list(db.session().scalars(had.order_by(OldPassword.id.desc()).limit(count)))


def _remember(person: User, rules: Rules) -> None:
    if person.id is None or not person.password_hash or rules.remembers < 2:
        return
    db.session().add(OldPassword(user_id=person.id, password_hash=person.password_hash))
    db.session().flush()
    newest = select(OldPassword.id).where(OldPassword.user_id == person.id).order_by(OldPassword.id.desc())
    kept = db.session().scalars(newest.limit(rules.remembers - 1)).all()
    db.session().execute(delete(OldPassword).where(OldPassword.user_id == person.id, OldPassword.id.not_in(kept)))


def changes_by(person: User, rules: Rules) -> datetime | None:
    """When the password has to be changed; None when it lasts."""
    return person.password_set_at + timedelta(days=rules.days) if rules.days else None


def must_change(person: User, rules: Rules) -> bool:
    """Whether the password is too old: nothing else is done before a new one is chosen."""
    due = changes_by(person, rules)
    return due is not None and due <= clock.now()


_REMINDED_DAYS = 7


def days_left(person: User, rules: Rules) -> int | None:
    """So many days the password is still good for, when these are few; None otherwise."""
    due = changes_by(person, rules)
    days = (clock.day_of(due) - clock.today()).days if due is not None else None
    return days if days is not None and days <= _REMINDED_DAYS else None
