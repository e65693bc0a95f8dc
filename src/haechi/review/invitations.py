"""Words that invite into a chat: names of applications, in disguise or not, and what stands around them."""

import re
from bisect import bisect_left
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from haechi.review.chat_accounts import account_form
from haechi.review.dictionary import is_word
from haechi.review.inviting import NAME_STANDS, passed_over
from haechi.review.mentions import Mention, mentions
from haechi.review.phrases import knowledge
from haechi.review.plain import Plain
from haechi.review.undisguised import undisguised
from haechi.sensitivity.normalise import is_cjk

How = Literal["identifier", "stray", "disguise", "phrase", "words", "name", "denied"]


class Invitation(NamedTuple):
    """An invitation in words.

    Attributes:
        application: which one; `chat` where it may be any.
        how: an account is named; what is beside the name is an account by being no word; the application is in
            disguise; a phrase invites; words beside the name ask to go there; an application is just named; or any of
            these without an account, where words beside it deny that one should go there.
        score: 0 to 1.
        account: which account, where one is named.
        start: where it stands in the original.
        end: where it ends there.
    """

    application: str
    how: How
    score: float
    account: str
    start: int
    end: int


class _Phrase(NamedTuple):
    """Words that invite without an application's name.

    Attributes:
        application: to which they lead; `chat` where it may be any.
        score: of the invitation.
        disguise: whether they call the application by another name.
        pattern: in plain form; its group `id`, where it has one, is the account.
    """

    application: str
    score: float
    disguise: bool
    pattern: re.Pattern[str]


IDENTIFIED: Final = 0.97
DISGUISED: Final = 0.93
ASKED: Final = 0.9
NAMED: Final = 0.8
_NEAR_CJK: Final = 32
_NEAR: Final = 64
_BEFORE: Final = 60
_FAR: Final = 400
"""Letters on either side in which those are looked for that a reader does not pass over."""
_BESIDE: Final = 12
_SHORT: Final = 4
_SENTENCE_END: Final = re.compile(r"[。!?\n]|\.\s")
_JOINT: Final = r"[\s:=\-\u2013—→➡>▶►👉🏻📲⇒は()「」『』\[\]【】|/・,.'\"“”➤☞✉✈️📩📱]*"
_WORD_FOR_ID: Final = (
    r"(?:[il1] ?d|i\.d\.?|アイディー?|あいでぃー?|検索|아이디|아뒤|검색|号码|号|號|帳號|账号|搜索?|"
    r"account|acc|username|user ?name|user|handle|"
    r"contact|no\.?(?=[\s:.#]*[+@\d])|number|nr\.?|nummer|kontakt|name|번호|番号|at)"
)
_BEHIND: Final = re.compile(
    rf"^(?:{_JOINT}(?:app|アプリ|公式|messenger|메신저|官方|の|me|us|support|admin|now|here|on|또는|{_WORD_FOR_ID})){{0,3}}{_JOINT}"
    r"(?P<id>@[a-z0-9_][\w.\-]{2,}|\+?\d[\d\s().\-]{7,}\d|[\w.]{2,32}#\d{4}\b)"
)
_BEHIND_WORD: Final = re.compile(
    rf"^{_JOINT}(?:の|의|app|アプリ|메신저|公式|官方|공식)?\s*{_WORD_FOR_ID}(?:は|が|:|=|→|>|\s|「|【|\[|\"|'|\(|를|을|은|는|에서|で|-|👉|➡)+"
    r"(?P<id>[a-z0-9@][\w.\-]{3,})"
)
_BEHIND_COLON: Final = re.compile(
    r"^[\s:=→>➡👉\-]{1,4}(?P<id>(?!v\d)(?=[a-z_.\-]*(?:[0-9_]|\.[a-z]))[a-z][a-z0-9_.\-]{3,})(?![a-z0-9_/:])"
)
_AHEAD: Final = re.compile(rf"(?<![a-z]){_WORD_FOR_ID}{_JOINT}(?P<id>@?[a-z0-9][\w.\-]{{3,}}){_JOINT}$")
_ID_AHEAD: Final = re.compile(
    rf"(?P<id>@[a-z0-9_][\w.\-]{{3,}}|[\w.]{{2,32}}#\d{{4}}|\+\d[\d\s().\-]{{7,}}\d){_JOINT}(?:on|in|via|auf|über|per|を|で|에서|으로|로)?\s*(?:our|my|the)?\s*$"
)
# An account beside the name, by its own looks: letters with figures, a low line or a dot between them.
_ACCOUNT: Final = (
    r"@?(?=[a-z0-9_.\-]*[a-z])(?=[a-z_\-]*[0-9_]|[a-z0-9_\-]*[a-z]\.[a-z])[a-z0-9][a-z0-9_.\-]{4,}"
)
_SIDE: Final = r"(?:[^a-z0-9。!?\n]|\b[a-z]{1,7}\b)"
_ACCOUNT_BEHIND: Final = re.compile(rf"^{_SIDE}{{1,8}}(?P<id>{_ACCOUNT})(?![a-z0-9_/:@])")
_ACCOUNT_AHEAD: Final = re.compile(rf"(?<![a-z0-9_./:@\-])(?P<id>{_ACCOUNT}){_SIDE}{{1,8}}$")
_WORD_BEHIND: Final = re.compile(
    r"^(?:\s{0,2}[:=→>➡▶(「『\[【]{1,2}|\s-{1,2})\s{0,2}(?P<id>[a-z]{5,})(?=\s*(?:$|[)」』\]】。、!,\n]|[^\x00-\x7f]))"
)
# A plain word as an account, where more around it asks to go there.
_PLAIN_BEHIND: Final = re.compile(r"^[^a-z0-9。!?\n]{1,8}(?P<id>[a-z]{6,})(?![a-z0-9_/:@.\-])")
_PLAIN_AHEAD: Final = re.compile(r"(?<![a-z0-9_./:@\-])(?P<id>[a-z]{6,})[^a-z0-9。!?\n]{1,6}$")
# What may be an account although it has no sign of one: written small, and no part of an address.
_LETTERS: Final = re.compile(r"(?<![\w@/:.\-'\u2019])[a-z][a-z0-9_]{4,24}(?![\w@/\-'\u2019]|[:.][a-z/])")
# The application's own address: whether it opens a chat, the address itself tells.
_HOST: Final = re.compile(r"^(?:://|\.(?:com|org|net|me|gg|us|io|app|jp|kr|biz|group|link)\b)")
_TELEPHONE: Final = re.compile(r"^\+?[\d\s().\-]+$")


def invitations(text: str) -> list[Invitation]:
    """Every invitation into a chat that `text` has in words, and every application that it just names."""
    form = undisguised(text)
    found = [
        one
        for mention in mentions(text)
        if not _just_a_word(text, mention) and (one := _judged(text, form, mention)) is not None
    ]
    found += [_worded(form, match, one) for one in _phrases() for match in one.pattern.finditer(form.text)]
    return found


def _just_a_word(text: str, mention: Mention) -> bool:
    """Whether it is the English word line: in small letters, nothing Eastern beside it, blanks apart."""
    word = text[mention.start : mention.end]
    if mention.application != "line" or mention.disguised or not (word.isascii() and word.islower()):
        return False
    before, after = (
        text[max(mention.start - _SHORT, 0) : mention.start].rstrip(),
        text[mention.end : mention.end + _SHORT].lstrip(),
    )
    return not any(map(is_cjk, before[-1:] + after[:1]))


def _judged(text: str, form: Plain, mention: Mention) -> Invitation | None:
    """What a mention of an application is: an invitation with its account, by words, a name alone, or none."""
    start = bisect_left(form.starts, mention.start)
    end = max(bisect_left(form.starts, mention.end), start + 1)
    before, after = _around(form, start, end)
    if _HOST.match(after) or _other_thing(mention.application, before, after):
        return None
    named = mention.certain or _is_named(text, mention)
    account = _identifier(mention, before, after)
    if account and (named or mention.disguised):
        return _to_account(text, mention, account, "identifier", IDENTIFIED)
    found = _without_account(text, form, mention, (start, end), (before, after))
    if found is not None and not found.account and _denies(before, after):
        return found._replace(how="denied")
    if found is None and (mention.certain or _in_capitals(text, mention)):
        return Invitation(mention.application, "name", NAMED, "", mention.start, mention.end)
    return found


def _without_account(
    text: str, form: Plain, mention: Mention, at: tuple[int, int], around: tuple[str, str]
) -> Invitation | None:
    """What a mention is beside which no account shows by its looks; `at` is where it stands in `form`."""
    before, after = around
    asked = mention.inviting or _asked(before, after)
    if mention.certain or _is_named(text, mention):
        reach = _NEAR if mention.certain or asked else _BESIDE
        if account := (_plain_account(before, after) if asked else "") or _no_word(text, mention, reach):
            return _to_account(text, mention, account, "stray", ASKED)
    if mention.disguised and (mention.certain or asked):
        return Invitation(mention.application, "disguise", DISGUISED, "", mention.start, mention.end)
    if asked if mention.certain else _needed(mention, before, after):
        near = form.origin(max(at[0] - _SHORT, 0), min(at[1] + _SHORT * 3, len(form.text)))
        return Invitation(
            mention.application, "words", ASKED, "", min(near[0], mention.start), max(near[1], mention.end)
        )
    return None


def _worded(form: Plain, match: re.Match[str], phrase: _Phrase) -> Invitation:
    account = match.groupdict().get("id") or ""
    how: How = "identifier" if account else "disguise" if phrase.disguise else "phrase"
    if not account and _denies(*_around(form, *match.span())):
        how = "denied"
    return Invitation(
        phrase.application, how, phrase.score, account_form(account), *form.origin(*match.span())
    )


def _around(form: Plain, start: int, end: int) -> tuple[str, str]:
    before, after = form.text[max(start - _FAR, 0) : start], form.text[end : end + _FAR]
    return passed_over(before)[-_BEFORE:], passed_over(after)[:_NEAR]


def _to_account(text: str, mention: Mention, account: str, how: How, score: float) -> Invitation:
    place = (mention.start, min(mention.end + _NEAR, len(text)))
    return Invitation(mention.application, how, score, account_form(account), *place)


def _patterns(part: str, application: str) -> list[re.Pattern[str]]:
    """What the table says under `part` of this application and of any."""
    words = _words()[part]
    return [words[key] for key in (application, "any") if key in words]


def _other_thing(application: str, before: str, after: str) -> bool:
    return any(
        pattern.search(text)
        for part, text in (("not_before", before), ("not_behind", after))
        for pattern in _patterns(part, application)
    )


def _asked(before: str, after: str) -> bool:
    cjk = any(map(is_cjk, before[-_SHORT:] + after[:_SHORT]))
    near = _NEAR_CJK if cjk else _NEAR
    around = (before[-near:], after[:near])
    return any(pattern.search(part) for pattern in _words()["asks"].values() for part in around)


def _denies(before: str, after: str) -> bool:
    """Whether words beside a name deny that one should go there; anybody can write some there, so it is no proof."""
    words = _words()["denies"]
    sentence = before[[0, *(end.end() for end in _SENTENCE_END.finditer(before))][-1] :]
    return words["before"].search(sentence) is not None or words["after"].search(after) is not None


def _identifier(mention: Mention, before: str, after: str) -> str:
    """The account named beside the application, or nothing."""
    behind = _BEHIND.match(after)
    ahead = _ID_AHEAD.search(before) or _AHEAD.search(before)
    begins = mention.certain or not re.search(r"[a-z0-9]$", before.rstrip(" "))
    coloned = _BEHIND_COLON.match(after) if begins else None
    beside = _ACCOUNT_BEHIND.match(after) or _ACCOUNT_AHEAD.search(before) or _WORD_BEHIND.match(after)
    for match in (behind, _BEHIND_WORD.match(after), coloned, ahead, beside):
        if match is not None and not _sham(mention, match["id"]):
            return match["id"]
    return ""


def _plain_account(before: str, after: str) -> str:
    """A plain Latin word beside the name in a text of another script, or nothing."""
    if not any(map(is_cjk, before[-_SHORT:] + after[:_SHORT])):
        return ""
    for match in (_PLAIN_BEHIND.match(after), _PLAIN_AHEAD.search(before)):
        if match is not None and _no_accounts().match(match["id"]) is None:
            return match["id"]
    return ""


def _no_word(text: str, mention: Mention, reach: int) -> str:
    """What is nearest to the name of what is no word of any language and written as accounts are, or nothing."""
    reach = min(reach, _NEAR // 4) if is_cjk(text[mention.start]) else reach
    near = [
        (max(mention.start - match.end(), match.start() - mention.end), match.group())
        for match in _LETTERS.finditer(text, max(mention.start - _NEAR, 0), mention.end + reach + _NEAR)
        if match.end() <= mention.start or mention.end <= match.start() <= mention.end + reach
    ]
    words = (word for distance, word in sorted(near) if distance <= reach)
    return next((word for word in words if _no_accounts().match(word) is None and not is_word(word)), "")


_CAPITALS: Final = frozenset({"line", "discord"})
"""Of names that mean other things, those that nobody writes with capitals for another."""
_NO_NUMBER: Final = frozenset({"line", "band", "discord", "messenger"})


def _sham(mention: Mention, account: str) -> bool:
    """Whether it is no account there: a telephone number beside `line`, or a thing of another name."""
    number = mention.application in _NO_NUMBER and _TELEPHONE.match(account) is not None
    return number or _no_accounts().match(account) is not None


def _is_named(text: str, mention: Mention) -> bool:
    """Whether a word that means other things is written as a name."""
    word = text[mention.start : mention.end]
    return (
        not word.isascii() or not word.islower() or mention.application in ("discord", "whatsapp", "wechat")
    )


def _in_capitals(text: str, mention: Mention) -> bool:
    word = text[mention.start : mention.end]
    return mention.application in _CAPITALS and word.isascii() and not word.islower()


def _needed(mention: Mention, before: str, after: str) -> bool:
    """Whether what stands around an uncertain name makes it the application's."""
    marked = f"{before}{NAME_STANDS}{after}"
    return any(
        match.start() <= len(before) < match.end()
        for pattern in _patterns("needs", mention.application)
        for match in pattern.finditer(marked)
    )


@cache
def _words() -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    found = {
        part: {key: re.compile(pattern) for key, pattern in _table()[part].items()}
        for part in ("asks", "not_before", "not_behind", "denies")
    }
    found["needs"] = {
        key: re.compile(pattern.replace("name", NAME_STANDS)) for key, pattern in _table()["needs"].items()
    }
    return found


@cache
def _no_accounts() -> re.Pattern[str]:
    return re.compile(f"(?:{_table()['not_accounts']})$")


@cache
def _phrases() -> tuple[_Phrase, ...]:
    return tuple(
        _Phrase(one["application"], one["score"], one.get("disguise", False), re.compile(one["pattern"]))
        for one in _table()["invites"]
    )


def _table() -> Mapping[str, Any]:
    return knowledge("hand-off-words.toml")
