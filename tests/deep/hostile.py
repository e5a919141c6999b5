"""Hostile words: what people paste, what spreadsheets mangle, what attackers try (reliability.md §7), made by code.

`CORPUS` holds them by kind, `WORDS` all of them, each once. Every piece of markup carries the mark `trap9`, so that a
page in which one has come alive is known by an element, an attribute or an address with the mark in it.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import product

MARK = "trap9"


def sql() -> Iterator[str]:
    """Statements that escape from a string, and the wildcards of LIKE, GLOB and full-text queries."""
    quotes = ("'", '"', "`", "')", "'))", "\\'", "’", "＇", "%27", "1")
    bodies = (
        " OR 1=1", " OR 'a'='a", "; DROP TABLE petitions", " UNION SELECT NULL,NULL,NULL", "; SELECT pg_sleep(9)", "||version()",
        " AND 1=CAST((SELECT number FROM cases) AS int)", ";ATTACH DATABASE 'x' AS y", "; COPY petitions TO '/tmp/x'", " ORDER BY 99",
    )  # fmt: skip
    yield from (f"田小禾{quote}{body}{tail}" for quote, body, tail in product(quotes, bodies, ("--", "/*", "#", "")))
    yield from (
        "%", "_", "%%", "__", "\\", "\\%", "\\_", "100%", "a_b", "%'%", "[a-z]*", "*", "?", "田%", "_小_", "%%%%%%%%",
    )  # fmt: skip
    yield from (
        '"', '""', "NEAR(a b)", "a AND b", "a OR", "NOT", "col:x", "^a", "a*", "(", ")", "a & b", "a | !b", "'a':*", "<->",
    )  # fmt: skip
    yield from ("$1", ":name", "?", "%s", "%(name)s", "{}", "?1", "@p1", "E'\\x41'", "$$x$$", "U&'\\0041'")


def markup() -> Iterator[str]:
    """Elements, attributes and addresses that would run, on their own and breaking out of what they stand in."""
    breakouts = ("", '">', "'>", "</textarea>", "</title>", "</script>", "-->", "</select>", "&quot;>")
    alive = (
        f"<script>{MARK}()</script>", f"<img src={MARK} onerror={MARK}()>", f"<svg/onload={MARK}()>", f"<{MARK}>",
        f"<iframe src=javascript:{MARK}()></iframe>", f"<a href='javascript:{MARK}()'>x</a>", f"<details open ontoggle={MARK}()>",
        f"<body onpageshow={MARK}()>", f"<form action=javascript:{MARK}()><button>x</button></form>", f"<base href=//{MARK}.example/>",
        f"<meta http-equiv=refresh content='0;url=//{MARK}.example'>", f"<link rel=stylesheet href=//{MARK}.example>",
        f"<style>@import '//{MARK}.example'</style>", f"<object data=//{MARK}.example>", f"<input onfocus={MARK}() autofocus>",
        f"<math><mi//xlink:href='data:x,{MARK}'>", f"<button formaction=javascript:{MARK}()>x</button>", f"<x style='color:{MARK}'>",
        f"<template><{MARK}></template>", f"<video><source onerror={MARK}()>", f"<script src=//{MARK}.example></script>",
    )  # fmt: skip
    yield from (outer + inner for outer, inner in product(breakouts, alive))
    inside = (
        f'" onmouseover="{MARK}()',
        f"' onfocus='{MARK}()' x='",
        f'" autofocus onfocus={MARK}() x="',
        f"` onclick={MARK}()",
    )
    yield from (text + end for text, end in product(inside, ("", ">", "//", "\t", "&#10;")))
    addresses = ("javascript:{0}()", "JaVaScRiPt:{0}()", "java\tscript:{0}()", " javascript:{0}()", "data:text/html,<script>{0}()</script>",
                 "vbscript:{0}", "//{0}.example", "https:{0}.example", "\\\\{0}.example", "/\\{0}.example", "javascript&colon;{0}()")  # fmt: skip
    yield from (address.format(MARK) for address in addresses)
    yield from (f"&lt;{MARK}&gt;", f"&#60;{MARK}&#62;", f"\\u003c{MARK}\\u003e", f"%3C{MARK}%3E", f"＜script＞{MARK}()＜/script＞",
                f"<\x00script>{MARK}()</script>", f"<scr\u200bipt>{MARK}()</script>", f"<!--{MARK}", f"<![CDATA[{MARK}", f"<?{MARK}",
                "<", ">", "&", "<<", "&amp", "&#", "&#x110000;", "</", "<a", "<!", "]]>", "<textarea>", "<plaintext>", "<xmp>")  # fmt: skip


def templates() -> Iterator[str]:
    """What a template engine, a format string or a shell would carry out."""
    inner = (
        "7*7", "config", "self", "request.environ", "''.__class__.__mro__[1].__subclasses__()", "cycler.__init__.__globals__.os",
        "lipsum.__globals__", "url_for.__globals__", "namespace()", "x|attr('__class__')", "range(10**9)|list", "1/0",
    )  # fmt: skip
    frames = ("{{{{{}}}}}", "{{%{}%}}", "{{%- if {} -%}}", "${{{}}}", "#{{{}}}", "<%={}%>", "{{#{}#}}", "$({})", "`{}`")
    yield from (frame.format(text) for frame, text in product(frames, inner))
    yield from ("{", "}", "{{", "}}", "{0}", "{0.__class__}", "{number}", "{number.x}", "{day.year}", "{!r}", "{:>999999}", "{:", "%s", "%n",
                "%d%d%d", "%(x)s", "%(name)", "100%(", "%", "%%s", "$x", "\\g<0>", "\\1", "{{raw}}", "{% raw %}")  # fmt: skip


def formulas() -> Iterator[str]:
    """What a spreadsheet would calculate."""
    signs = ("=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "＝", "＋", "'=", '"=', "%=")
    bodies = (
        "1+1", "cmd|' /C calc'!A0", f'HYPERLINK("http://{MARK}.example","点")', "SUM(A1:A9)", "IMPORTXML(A1)", "WEBSERVICE(A1)",
        "诉求",
    )  # fmt: skip
    yield from (sign + body for sign, body in product(signs, bodies))


def paths() -> Iterator[str]:
    """Names of files and folders that lead elsewhere."""
    ups = ("../", "..\\", "%2e%2e/", "..%2f", "..%5c", "....//", "..;/", "/..", "\u2025/")
    yield from (
        up * count + goal for up, count, goal in product(ups, (1, 8), ("etc/passwd", "windows\\win.ini", "secret", ""))
    )
    yield from ("/etc/passwd", "C:\\boot.ini", "\\\\server\\share", "file:///etc/passwd", "~/.ssh/id_rsa", "/dev/null", "/proc/self/environ",
                "CON", "NUL.txt", "aux", "COM1.pdf", ".", "..", "...", ".htaccess", "a/b", "a\\b", "a:b", "a|b", 'a"b', "a?b", "a*b",
                "x.php\x00.jpg", "x.pdf.exe", "\u202egpj.exe", "x" * 300 + ".pdf", "；rm -rf /", "; rm -rf /", "$(reboot)", "`reboot`",
                "| cat", "&& true", "http://127.0.0.1/", "http://[::1]/", "gopher://x", "http://169.254.169.254/latest/")  # fmt: skip


def headers() -> Iterator[str]:
    """Lines that would become headers, log entries or colours of a terminal."""
    ends = ("\r\n", "\n", "\r", "%0d%0a", "\u2028", "\u0085", "\x0b", "\x0c", "\\r\\n", "嘊嘍")
    lines = (f"Set-Cookie: {MARK}=1", f"Location: //{MARK}.example", f"\r\n<script>{MARK}()</script>", "2026-01-01 ERROR 系统管理员 登录成功",
             '{"event": "login", "user": "admin"}', "Content-Length: 0")  # fmt: skip
    yield from (f"正常{end}{line}" for end, line in product(ends, lines))
    yield from (
        "\x1b[31m红", "\x1b]0;title\x07", "\x1b[2J", "\x08\x08\x08覆盖", "\x07", "a\rb", "a\r\n\r\nb", "\r\n", "\n\n\n\n\n",
        "\x9b31m",
    )  # fmt: skip


def invisible() -> Iterator[str]:
    """Every control, bidirectional, zero-width and unassigned character that a keyboard, Word or an attacker produces."""
    ranges = (
        (0x00, 0x20), (0x7F, 0xA1), (0x200B, 0x2010), (0x2028, 0x202F), (0x2060, 0x2070), (0xFFF9, 0x10000), (0xFE00, 0xFE10),
    )  # fmt: skip
    points = [
        *(point for first, last in ranges for point in range(first, last)), 0xAD, 0x34F, 0x61C, 0x115F, 0x180E, 0x3000, 0x3164, 0xFEFF,
        0xE0001, 0xE0041, 0xE007F, 0xE0100, 0xE01EF, 0x1D173, 0xFDD0, 0x1FFFE, 0x10FFFF, 0xE000, 0xF8FF,
    ]  # fmt: skip
    yield from (f"田{chr(point)}禾" for point in points)
    yield from (chr(point) for point in points[::3])
    yield from (
        "\u202e禾小田", "田\u2066小\u2069禾", "\u200f田", "\u202e" * 50 + "禾", "a\u0300" * 30, "Z̸͓͘ä̸l̶g̷o̵" * 8, "\ufeff田小禾",
        "\x00" * 40,
    )  # fmt: skip


SURROGATES = ("\ud800", "\udfff", "田\ud83d禾", "\udc00\ud800", "\ud83d\udc4d"[::-1], "x\udcffy", "\ud800" * 30)
"""Halves of characters: no UTF-8 carries them, a careless client and JSON do."""


def chinese() -> Iterator[str]:
    """Names and words that are honest and still break things."""
    rare = "𠮷㐂䶮𬭎𪚥䲜𡃁𫖯㛃𰻝𱁬〇卐龘靐齉爩"
    yield from rare
    yield from (f"{char}小禾" for char in rare)
    yield from (
        "买买提·艾力", "买买提•艾力", "阿卜杜热合曼·阿布都克里木·买买提明", "尼玛・扎西", "田" * 30, "欧阳·A·小禾", "O’Neill", "D'Arc",
    )  # fmt: skip
    yield from (
        "１９９０００１２３４５", "ＸＦ２０２６－０００００１", "ｓｃｒｉｐｔ", "（河湾镇）", "２０２６年３月５日", "㈠㈡㈢",
        "①②③", "㎡", "℃", "Ⅷ", "㍻",
    )  # fmt: skip
    yield from (
        "《" * 15 + "信访工作条例" + "》" * 15, "“‘“‘”’”’", "。。。。。。", "、、、、", "——……——", "！？！？", "——", "·", "、。", "〔2026〕第号",
    )  # fmt: skip
    yield from (
        "葛\U000e0100城", "辻\U000e0101", "邉\U000e0110", "㊙\ufe0f", "👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "1️⃣", "❤️", "🀄︎", "𝕏𝔽", "𝟙𝟚𝟛",
    )  # fmt: skip
    yield from (
        "café", "cafe\u0301", "Å", "A\u030a", "ﬁ", "ß", "İi", "ı", "ﷺ", "ﷺ" * 50, "שלום", "مرحبا", "Ελλάδα", "தமிழ்", "ᠮᠣᠩᠭᠣᠯ",
        "བོད་སྐད", "ئۇيغۇر",
    )  # fmt: skip
    yield from (
        "無", "无", "臺", "台灣", "體", "縣", "麵", "後", "乾", "發", "龜", "鬱", "嘊嘍", "锟斤拷" * 9, "烫烫烫屯屯屯", "ï»¿田", "ç”°å°ç¦¾", "���",
    )  # fmt: skip
    yield from (
        f"{word}{end}"
        for word, end in product(
            ("请求修路", "拖欠工资", "承包地被占"), ("\u3000", "\xa0", "\t", "  ", "\u2003", "\u3000\n\u3000")
        )
    )
    bases = (
        0x3400, 0x4DB0, 0x9FF0, 0xF900, 0x20000, 0x2A6D0, 0x2A700, 0x2B740, 0x2B820, 0x2CEB0, 0x2F800, 0x30000, 0x31350,
    )  # fmt: skip
    yield from (f"{chr(base + n)}某" for base, n in product(bases, range(4)))


def numbers() -> Iterator[str]:
    """What stands where a number is expected."""
    yield from (
        "1.10101E+17", "1.10101e+17", "1.99E+10", "1E400", "-1E400", "NaN", "Infinity", "-Infinity", "0x10", "0b1", "1_000", "1e3",
    )  # fmt: skip
    yield from (
        "0", "-0", "-1", "00", "+1", "1.0", "1.5", "1,000", "1，000", "1 000", "１２３", "٣", "१२", "²", "½", "Ⅷ", "⑤", "〇", "一百",
        "壹佰", "1.", ".5",
    )  # fmt: skip
    yield from (str(2**power + n) for power, n in product((7, 15, 31, 32, 53, 63, 64, 128), (-1, 0)))
    yield from (f"-{2**power + 1}" for power in (31, 63, 64))
    yield from ("9" * count for count in (10, 19, 20, 40, 400, 5000))
    yield from (
        "1" * 11, "1" * 18, "11010119900307123X", "11010119900307123x", "110101199003071230", "110101990307123", "99" * 9,
        "1101011990030７123X",
    )  # fmt: skip
    yield from (
        "true", "True", "on", "null", "None", "undefined", "[]", "{}", "[object Object]", "function(){}", "#REF!", "#N/A",
        "#VALUE!", "(空)",
    )  # fmt: skip


def dates() -> Iterator[str]:
    """What stands where a day is expected."""
    days = (
        "2026-02-30", "2026-13-01", "2026-00-00", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "-1-01-01",
        "1899-12-31", "2101-01-01",
    )  # fmt: skip
    yield from days
    yield from (
        "46086", "60", "0", "2958465", "2026.3.5", "2026/3/5", "2026年3月5日", "26-3-5", "3/5/2026", "5.3.26", "20260305", "2026-3",
        "3-5", "二〇二六年三月五日",
    )  # fmt: skip
    yield from (
        "2026-02-29", "2024-02-29", "2026-03-05T25:61:61", "2026-03-05 24:00", "2026-03-05T00:00:00+99:99", "2026-03-05Z",
        "2026-W10", "2026-064",
    )  # fmt: skip
    yield from (
        "今天", "昨天", "明天", "农历正月初一", "now()", "CURRENT_DATE", "2026-03-05'",
        "2026‑03‑05", "２０２６－０３－０５", "2026-03-05\x00", "年月日",
        "--", "2026--05",
    )  # fmt: skip


def long_ones() -> Iterator[str]:
    """Words at and past every limit of a field, and shapes that cost a parser dearly."""
    yield from ("长" * count for count in (99, 100, 101, 199, 200, 201, 2_000, 2_001, 5_000))
    yield from ("长" * 100_001, "a" * 65_536, "\n" * 5_000, "一行\n" * 60, "\u200b" * 3_000, "&" * 5_000, "'" * 3_000)
    yield from (
        "(" * 2_000 + ")" * 2_000, "[" * 3_000, "<" * 3_000, "{{" * 1_500, "a" * 3_000 + "!", "0" * 3_000 + "x", " " * 4_000 + "x",
        "1-" * 2_000,
    )  # fmt: skip
    yield from ("1" * 3_000 + "-" + "1" * 3_000, "2026-3-5" * 400, "转" * 500, "第1行，" * 800)


KINDS: tuple[Callable[[], Iterator[str]], ...] = (
    sql, markup, templates, formulas, paths, headers, invisible, chinese, numbers, dates, long_ones,
)  # fmt: skip

CORPUS: dict[str, list[str]] = {kind.__name__: list(dict.fromkeys(kind())) for kind in KINDS}
"""The words by kind."""

WORDS: list[str] = list(dict.fromkeys(word for kind in CORPUS.values() for word in kind))
"""All words that text of any sort can carry: at least fifteen hundred."""


def dealt(names: Iterable[str], turn: int, words: list[str]) -> dict[str, str]:
    """A word for each name; over as many turns as there are words, each name is dealt every word once."""
    return {name: words[(turn + 37 * place) % len(words)] for place, name in enumerate(names)}


def is_clean(text: str) -> bool:
    """Whether nothing invisible, nothing that turns the direction and no half of a character is in `text`."""
    return not any(
        unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t" for char in text
    ) and not _TURNS & set(text)


_TURNS = set("\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\xad")
