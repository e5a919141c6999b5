"""密码里的常见习惯: whether a password is one of those that are tried first.

Two answers. `is_published`: it stands in a published list of the passwords most used in breaches. `is_weak`: habit makes
it. That is not a list of passwords but of the habits they are made by: a word, a name or place in pinyin, a walk over the keyboard,
a telephone number or birthday, with a year, 123 or 520 before or after it. That is some millions of passwords in a
page; every list of the thousand commonest ones consists of them.
"""

import re
import unicodedata
from functools import lru_cache

_WORDS = """
password passwd pass pwd secret login welcome hello admin administrator root guest user test tester testing demo temp
system server master manager super superuser default public private office work computer internet network windows linux
oracle mysql github google apple samsung huawei xiaomi tencent wechat weixin alipay taobao baidu mima
love lover iloveyou loveyou iloveu forever baby angel princess prince summer winter spring autumn sunshine rainbow flower
dragon tiger monkey lion eagle panda cat dog bird fish horse shadow ninja batman superman spiderman pokemon starwars
football basketball soccer baseball hockey michael jordan jessica jennifer charlie thomas robert daniel andrew joshua
george david james john peter paul mary anna lily lucy tom jack rose kobe happy lucky money freedom peace whatever trustno
letmein access changeme newpass please monday sunday january december china beijing shanghai chinese zhongguo american
cookie cheese chocolate banana orange pepper ginger purple silver golden diamond crystal killer matrix hunter ranger
mustang ferrari porsche mercedes toyota honda nokia sony canon
asd asdf asdfg asdfgh asdfghjkl qwe qwer qwert qwerty qwertyuiop zxc zxcv zxcvb zxcvbn zxcvbnm qaz qazwsx qazwsxedc wsx edc
poiuyt lkjhg mnbvcxz abc abcd abcde abcdef abcdefg abcdefgh xyz aaa aaaa qqq qqqq www wwww zzz zzzz xxx xxxx asdasd qweqwe
zxczxc qweasd qweasdzxc zaq xsw cde vfr
ilu ily lol omg vip sos csgo dnf
"""

_PATTERNS = """
1qaz2wsx 1qaz2wsx3edc 1q2w3e4r 1q2w3e4r5t 1q2w3e 1qazxsw2 q1w2e3r4 q1w2e3r4t5 qaz123wsx a1b2c3d4 a1b2c3 a1s2d3f4 z1x2c3v4
1a2b3c4d 1a2s3d4f zaq12wsx zaq1xsw2 123qweasd 123qwe456rty 1234qwerasdf qwe123asd abc123abc abc123def 123abc456 woaini1314woaini
"""
"""Letters and digits in turn, as the fingers walk."""

WORDS = frozenset(_WORDS.split())
_WALKS = frozenset(_PATTERNS.split())

_SYLLABLE = (
    "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    "(?:iang|iong|uang|ang|eng|ong|iao|ian|ing|uai|uan|ia|ie|iu|in|ua|uo|ui|un|ue|ve|ai|ei|ao|ou|an|en|a|o|e|i|u|v)"
)
_PINYIN = re.compile(f"(?:{_SYLLABLE}){{1,4}}")
"""A name, a place, a short phrase: 王小明, 青禾县, 我爱你. Five syllables are a sentence."""

_SIGNS = "!@#$%^&*.?~_-+= "
_LEET = str.maketrans("@0$53!", "aossei")
_SHAPE = re.compile(r"([\W\d_]*)([a-z].*?|)([\W\d_]*)")
_REST_AT_MOST = 11
"""Signs and digits around the word: a mobile number has eleven digits. What has more was not made by habit."""

_DISTINCT_AT_LEAST = 5
"""Fewer different characters than this are a pattern."""

_INITIALS_AT_MOST = 4
"""Letters of a name's initials: wxm, zhgw."""


def is_weak(password: str) -> bool:
    """Whether habit alone makes this password."""
    typed = unicodedata.normalize("NFKC", password).lower()
    if len(set(typed)) < _DISTINCT_AT_LEAST or _is_twice(typed):
        return True
    if not any(sign.isalpha() for sign in typed):
        return len(typed) <= _LONGEST_NUMBER
    return any(_is_word_with_rest(form) or form.strip(_SIGNS) in _WALKS for form in (typed, _plain(typed)))


def is_published(password: str) -> bool:
    """Whether it is one of the 30,000 passwords most used in breaches, as zxcvbn lists them; capitals count as small."""
    return unicodedata.normalize("NFKC", password).lower() in _published()


@lru_cache(maxsize=1)
def _published() -> frozenset[str]:
    # Read when the first password is chosen: the lists are 0.8 MB, and the start needs none of them.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415

    return frozenset(FREQUENCY_LISTS["passwords"])


_LONGEST_NUMBER = 18
"""Digits alone are a telephone number, a birthday or, with eighteen of them, an identity number."""


def _is_twice(typed: str) -> bool:
    half = len(typed) // 2
    return len(typed) % 2 == 0 and typed[:half] == typed[half:] and (typed[:half] in WORDS or half < 8)


def _plain(typed: str) -> str:
    """p@ssw0rd as it is meant; the digits after the word stay what they are."""
    word = typed.rstrip("0123456789" + _SIGNS)
    return word.translate(_LEET) + typed[len(word) :]


def _is_word_with_rest(typed: str) -> bool:
    found = _SHAPE.fullmatch(typed)
    if found is None:
        return False
    before, word, after = found.groups()
    if len(before) + len(after) > _REST_AT_MOST or not word.isascii() or not word.isalpha():
        return False
    return len(word) <= _INITIALS_AT_MOST or _is_made_of_words(word)


def _is_made_of_words(letters: str) -> bool:
    if _PINYIN.fullmatch(letters) or letters in WORDS:
        return True
    return any(letters[:cut] in WORDS and _rest_is_word(letters[cut:]) for cut in range(2, len(letters) - 1))


def _rest_is_word(letters: str) -> bool:
    return letters in WORDS or _PINYIN.fullmatch(letters) is not None
