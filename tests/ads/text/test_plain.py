"""The plain form and the forms read through a disguise."""

import statistics
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.review.plain import plain
from haechi.review.undisguised import bare, undisguised
from tests.ads.text import scam_writer


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＬＩＮＥ", "line"),
        ("L\u200bI\u2060N\ufe0fE", "line"),
        ("Li\u00adne\u3164\u115f\u034f\U000e0041", "line"),
        ("a\u202eb\u202c", "ab"),
        ("ｶｶｵﾄｰｸ ﾃﾞｨｽ ﾊﾟ", "カカオトーク ディス パ"),
        ("カ\u3099 カ゛", "ガ ガ"),
        ("ㅋㅏㅋㅏㅇㅗㅌㅗㄱ", "카카오톡"),
        ("ㅌㅔㄹㄹㅔㄱㅡㄹㅐㅁ", "텔레그램"),
        ("ㅋㅋㅋㅠㅠ ㅎㅎ", "ㅋㅋㅋㅠㅠ ㅎㅎ"),
        (unicodedata.normalize("NFD", "텔레그램 가격"), "텔레그램 가격"),
        ("ʟɪɴᴇ 🅻🅸🅽🅴 𝐋𝐈𝐍𝐄 Ⓛⓘⓝⓔ", "line line line line"),
        ("L̶I̶N̶E̶", "line"),
        ("cafe\u0301 e\u0301", "café é"),
        ("①㈱", "1(株)"),
        ("a\u2028b\x0bc\td", "a\nb\nc\td"),
    ],
)
def test_plain_form_of_known_writings(text: str, expected: str) -> None:
    """If this fails, a word written in another width, style or in parts is not the same word any more."""
    assert plain(text).text == expected


@given(st.text(max_size=80))
def test_every_letter_of_the_plain_form_leads_back(text: str) -> None:
    """If this fails, evidence points at other letters than those that were found."""
    form = plain(text)
    assert len(form.text) == len(form.starts) == len(form.ends)
    assert form.starts == sorted(form.starts)
    assert all(0 <= start < end <= len(text) for start, end in zip(form.starts, form.ends, strict=True))


@given(st.text(max_size=60), st.sampled_from("\u200b\u200d\u2060\ufeff\u00ad\u202e\ufe0f\u3164\u034f"))
def test_nothing_invisible_changes_the_plain_form(text: str, hidden: str) -> None:
    """If this fails, one invisible character hides a word from every signal."""
    assert plain(hidden.join(text)).text == plain("\u200b".join(text)).text
    assert not any(unicodedata.category(letter) == "Cf" for letter in plain(text).text)


@given(st.text(max_size=60))
def test_forms_read_through_disguises_lead_back_too(text: str) -> None:
    """If this fails, evidence in a disguised text points at the wrong place."""
    read = undisguised(text)
    forms = [(read.text, read.starts, read.ends)] + [(one.text, one.starts, one.ends) for one in bare(text)]
    for letters, starts, ends in forms:
        assert len(letters) == len(starts) == len(ends)
        assert all(0 <= start < end <= len(text) for start, end in zip(starts, ends, strict=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L I N E 友 だ ち 追 加", "line 友だち追加"),
        ("텔 레 그 램", "텔레그램"),
        ("友.だ.ち 追.加", "友だち 追.加"),
        ("L|I|N|E", "line"),
        ("G❤u❤a❤r❤a❤n❤t❤e❤e", "guarantee"),
        ("L\nI\nN\nE", "line"),
        ("Τеlеgrаm grоuр", "telegram group"),
        ("gu4rant33d prof1ts", "guaranteed profits"),
        ("ㅋr톡", "카톡"),
        ("投资のプロが教える", "投資のプロが教える"),
    ],
)
def test_disguises_are_taken_off(text: str, expected: str) -> None:
    """If this fails, a disguise that scammers use hides words from every lexicon."""
    assert undisguised(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "iPhone15 Pro、mp3、covid19、4K、B2B、Web3の最新情報",
        "色・柄・サイズが豊富！東京・大阪・名古屋で開催",
        "カードローン比較：即日、最短30分。審査が不安な方も",
        "한국어 광고는 그대로 남아야 합니다 ㅋㅋ 3개월 무료",
        "Москва и Санкт-Петербург",
        "Straight talk: it's 10% off, from $9.99 to $19.99",
        "投资理财产品",
        "Café Ångström · α and β, 5 μm",
    ],
)
def test_ordinary_text_is_not_bent(text: str) -> None:
    """If this fails, words appear in ordinary ads that nobody wrote."""
    assert undisguised(text).text == plain(text).text


def test_ordinary_leads_are_not_bent() -> None:
    """If this fails, whole sentences in five languages are read as something else."""
    for leads in scam_writer.LEADS.values():
        for lead in leads:
            assert undisguised(lead).text == plain(lead).text


@pytest.mark.parametrize("text", ["無料でLINE友だち追加！今すぐ参加。", "ｶﾞ투자 ", "Earn 5% with T3legram "])
def test_a_long_text_costs_well_under_a_millisecond(text: str) -> None:
    """If this fails, review of text ads falls behind its pace. Generous: other work shares the machine."""
    long = (text * 50)[:500]
    times = []
    for _ in range(15):
        begun = time.perf_counter()
        plain(long)
        times.append(time.perf_counter() - begun)
    assert statistics.median(times) < 0.002
