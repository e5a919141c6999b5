"""What somebody does before anything else: choose a password of their own, set up the second step of the login."""

from petitions.access import login, passwords, totp
from petitions.access.models import User
from petitions.settings import Settings
from petitions.words import Sentence, say

FIRST = "page:first"
"""The permission of the pages that are open meanwhile."""


def owed(person: User, settings: Settings) -> tuple[str, Sentence] | None:
    """The page (an endpoint) this person is led to, and why; None when they may go where they like."""
    here = login.here()
    if here is not None and here.by_provider:
        return _second_step(here.second, person, settings)
    if person.password_given:
        return "account.index", say("先把别人给你的密码改成自己的，再办其他事")
    if passwords.must_change(person, passwords.rules_of(settings)):
        return "account.index", say("密码已用满{days}天，先换一个新的，再办其他事", days=settings.password_days)
    return _second_step(here is None or here.second, person, settings)


def _second_step(shown: bool, person: User, settings: Settings) -> tuple[str, Sentence] | None:
    if shown or not totp.is_required(person, settings):
        return None
    return "second_step.index", say("你的岗位登录时要用动态码，先设置动态码，再办其他事")
