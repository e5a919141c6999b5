"""What somebody searched for, covered: an address lies in logs of proxies and in the history of browsers, and the words
are somebody's name. Only the login that searched reads its covered words again; with it they end.
"""

import base64
import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from flask import current_app

from petitions.access import login

_MARK = "~"
"""Before covered words, to tell them from plain ones, which an address typed by hand may hold."""


def cover(words: str) -> str:
    """`words` for an address of the present login; the same words are covered alike, so pages of a list agree."""
    sealed = _lock().encrypt(words.encode(), None)
    return _MARK + base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def uncover(text: str) -> str:
    """The words of an address; plain ones as they stand, and none where another login covered them."""
    if not text.startswith(_MARK):
        return text
    given = text.removeprefix(_MARK)
    try:
        return _lock().decrypt(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)), None).decode()
    except (InvalidTag, ValueError):  # a damaged address, or a login that has ended
        return ""


def _lock() -> AESSIV:
    secret, here = str(current_app.config["SECRET_KEY"]), login.here()
    token = here.token_hash if here is not None else ""
    return AESSIV(hmac.digest(secret.encode(), b"petitions covered 1 " + token.encode(), hashlib.sha512))
