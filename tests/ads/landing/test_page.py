"""What a person reads, where the page leads, and what it asks for."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.review.landing.charset import letters
from haechi.review.landing.page import Page, read, refreshed
from haechi.review.landing.scripts import moves

URL = "https://shop.example/ads/page?x=1"


def page(html: str) -> Page:
    return read(html, URL)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>L<b>I</b><span>N</span>E</p><p>two</p>", "LINE\ntwo"),
        ("a<br>b<div>c</div>d", "a\nb\nc\nd"),
        ("<td>one<td>two", "one\ntwo"),
        ("a &amp; b&#x4e00;&nbsp;c", "a & b一 c"),
        ("<script>no</script><style>no</style><template>no</template>yes", "yes"),
        ("<noscript>no <p>no</noscript>yes", "yes"),
        ("<noscript><!--</noscript>yes-->", "yes-->"),
        ("<!-- no --><!-->yes<!--no-->", "yes"),
        ("<p hidden>no<div>yes</div>", "yes"),
        ("<div style='DISPLAY : none'>no<p>no</div>yes", "yes"),
        ("<span style='visibility:hidden'>no</span><i style='opacity:0;x:y'>no</i>yes", "yes"),
        ("<div style='opacity:0.5'>yes</div>", "yes"),
        ("L<span style='font-size:0'>xx</span>INE", "LINE"),
        ("<div hidden><b></div>yes", "yes"),
        ("<ul><li hidden>no<li>yes</ul>", "yes"),
        ("<img alt='yes' src=x><input type=submit value='send'><input placeholder='tel'>", "yes send tel"),
        ("<textarea>yes</textarea>", "yes"),
        ("<svg><style></svg><p>yes</p></style>", "yes"),
        ("<svg><text><![CDATA[yes]]></text></svg>", "yes]]>"),
        ("<div><template shadowrootmode=open><p>yes</template></div>", "yes"),
        ("<iframe srcdoc='&lt;p&gt;yes&lt;/p&gt;'></iframe>", "yes"),
        ("<div hidden id=x>shown by a script</div>", "shown by a script"),
        ("<div class=x style='display:none'>shown by a style sheet</div>", "shown by a style sheet"),
        ("<table><p>yes<tr><td>too", "yes\ntoo"),
        ("yes<", "yes<"),
        ("<p>a\n   b\tc</p>", "a b c"),
    ],
)
def test_what_a_person_reads(html: str, text: str) -> None:
    """Words that are hidden from Haechi and shown to people pass every signal."""
    assert page(html).text == text


def test_tags_that_are_letters_stay_as_written() -> None:
    """They would be read as Haechi's own marks, which no two processes share: every hash would change."""
    told = page("<title>a <b>c</b></title><textarea><i>x</i></textarea><img alt='<p class=x>y</p>'>")
    assert (told.title, told.text) == ("a <b>c</b>", "<i>x</i> <p class=x>y</p>")


def test_titles() -> None:
    """The title is compared with the domain."""
    assert page("<title> A &lt;b&gt;\n title </title><svg><title>no</title></svg>").title == "A <b> title"
    assert page("none").title == ""


@pytest.mark.parametrize(
    ("html", "link"),
    [
        ("<a href='/a?b=1&amp;c=2'>", "https://shop.example/a?b=1&c=2"),
        ("<base href='https://other.example/x/'><a href=y>", "https://other.example/x/y"),
        ("<a href=' ht\ntps://lin.ee/x\t'>", "https://lin.ee/x"),
        ("<area href=//lin.ee/x>", "https://lin.ee/x"),
        ("<form action=/post>", "https://shop.example/post"),
        ("<button formaction=/post>", "https://shop.example/post"),
        ("<iframe src=/frame></iframe>", "https://shop.example/frame"),
        ("<div data-href='https://lin.ee/x'>", "https://lin.ee/x"),
        ('<div data-x=\'{"go":"https:\\/\\/lin.ee\\/x"}\'>', "https://lin.ee/x"),
        ("<div onclick=\"location.href='/go'\">", "https://shop.example/go"),
        ("<div onclick=\"open('lin.ee/x')\">", "https://lin.ee/x"),
        ("<a href=\"javascript:open('https://lin.ee/x')\">", "https://lin.ee/x"),
        ("<a href='line://ti/p/x'>", "line://ti/p/x"),
        ("<script>var a = 'https:\\/\\/lin.ee\\/x'</script>", "https://lin.ee/x"),
        ("<script>var a = '\\u0068ttps:\\x2f\\x2flin.ee/x'</script>", "https://lin.ee/x"),
        ("<script>go('https://lin' + \".x\"); go('https://li'+'n.ee/x')</script>", "https://lin.ee/x"),
        ("<script>go('kakaoplus://plusfriend/x')</script>", "kakaoplus://plusfriend/x"),
        ('<script type=application/json>{"u":"https://lin.ee/x"}</script>', "https://lin.ee/x"),
        ("<noscript><a href='https://lin.ee/x'></noscript>", "https://lin.ee/x"),
        ("<div hidden><a href='https://lin.ee/x'></div>", "https://lin.ee/x"),
        ("<template><a href='https://lin.ee/x'></template>", "https://lin.ee/x"),
        ("<svg><a xlink:href='https://lin.ee/x'></svg>", "https://lin.ee/x"),
        ("<iframe srcdoc=\"<a href='https://lin.ee/x'>\"></iframe>", "https://lin.ee/x"),
        ("<b title='</b>'><a href=https://lin.ee/x>", "https://lin.ee/x"),
        (
            "<meta http-equiv=refresh content='60;url=https://lin.ee/x'><script>x='lin.ee/x'</script>",
            "https://lin.ee/x",
        ),
    ],
)
def test_where_a_page_leads(html: str, link: str) -> None:
    """A chat that stands in a script is the commonest hand-off."""
    assert link in page(html).links


def test_no_page_can_bury_a_link_under_its_own() -> None:
    """Links are limited, or one page would take the reviewers' memory."""
    html = "".join(f"<a href=/{number}>" for number in range(5000)) + "<a href=https://lin.ee/x>"
    links = page(html).links
    assert len(links) == 2000
    assert "https://lin.ee/x" in links


def test_anchors_and_data_are_no_links() -> None:
    """They lead nowhere."""
    assert (
        page("<a href=#top><a href='javascript:void(0)'><a href=data:text/html,x><a href='http://['>").links
        == ()
    )


def test_links_of_a_plain_text_are_addresses() -> None:
    """Text has no base."""
    assert read("go lin.ee/x now", URL, "text/plain").links == ("https://lin.ee/x",)


@pytest.mark.parametrize(
    ("html", "kinds"),
    [
        ("<input type=tel><input type=TEL><input type=email>", ("tel", "email")),
        ("<input name=phone_number><input placeholder=電話番号>", ("tel",)),
        (
            "<input autocomplete=cc-number><input name=mail><input placeholder='주민등록번호'>",
            ("card", "email", "id-number"),
        ),
        ("<input placeholder=お名前><select></select><textarea></textarea>", ("name", "select", "textarea")),
        ("<input type=hidden><input type=submit><input type=checkbox>", ()),
        ("<input><input type='x y<'>", ("text",)),
        ("<input type=password><input type=file>", ("password", "file")),
    ],
)
def test_what_forms_ask_for(html: str, kinds: tuple[str, ...]) -> None:
    """A form for a phone number is where half of the swindles begin."""
    assert page(html).form_fields == kinds


@pytest.mark.parametrize(
    ("content", "address"),
    [
        ("0;url=/a", "/a"), ("0; URL='/a'", "/a"), ("5,url=/a", "/a"), ("0 /a", "/a"), ("; url=/a", "/a"),
        ('1.5;url="/a"', "/a"), ("300;url=/a", None), ("5", None), ("", None), ("x", None), ("0;url=", None),
        ("9999999999999999999999;url=/a", None),
    ],
)  # fmt: skip
def test_refreshes(content: str, address: str | None) -> None:
    """A page that leaves in a moment is a redirect, one that reloads in five minutes is none."""
    assert refreshed(content) == address


@pytest.mark.parametrize(
    ("script", "always", "maybe"),
    [
        ("location='/a'", 1, 0), ('window.location.href = "/a"', 1, 0), ("top.location.replace('/a')", 1, 0),
        ("self.location.assign(`/a`)", 1, 0), ("if(x)location='/a'", 0, 1), ("if(x){y()}location='/a'", 1, 0),
        ("function f(){location.replace('/a');location='/b'}", 0, 2), ("x&&(location='/a')", 0, 1),
        ("$(function(){location='/a'})", 0, 1), ("// location='/a'\nx", 0, 0), ("/* location='/a' */", 0, 0),
        ("var s = \"location='/a'\"", 0, 0), ("x.location='/a'", 0, 0), ("if(location=='/a'){}", 0, 0),
        ("mylocation='/a'", 0, 0), ("location=there", 0, 0), ("location=`/${x}`", 0, 0),
        ("location.hash='/a'", 0, 0), ("location='/a'+b", 1, 0), ("location.replace(/* x */'/a')", 1, 0),
    ],
)  # fmt: skip
def test_redirects_in_scripts(script: str, always: int, maybe: int) -> None:
    """What runs by itself is a redirect, what waits for something may be one."""
    told = moves(script)
    assert (len(told.always), len(told.maybe)) == (always, maybe)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 60_000,
        "".join(f"<b id={number}><p>" for number in range(20_000)),
        "<x>" * 40_000 + "</y>" * 40_000,
        "<p hidden>" * 40_000 + "</p>" * 40_000,
        "<table>" * 20_000 + "<b>" * 20_000,
        "<script>" + "/*x" * 300_000,
        "<script>" + "`x\\" * 300_000,
        "<script>" + "location=" * 100_000,
        "<script>'" + " " * 900_000,
        "<p style='" + "display " * 100_000 + "'>",
        "<style></svg></style>" * 10_000,
        "<" * 1_000_000,
        "<a href='" + "a" * 1_000_000 + "'>",
        "<meta http-equiv=refresh content='" + " " * 500_000 + "'>",
        "<script>" + "a.b-" * 300_000,
    ],
    ids=lambda html: html[:12],
)
def test_no_page_takes_long(html: str) -> None:
    """One page of a megabyte stops a parser that follows HTML's nesting for minutes."""
    started = time.process_time()
    page(html)
    assert time.process_time() - started < 8


@given(st.text(alphabet="<>/!-=\"' ab\0&;pdivscrtyle", max_size=200))
def test_any_text_is_read(html: str) -> None:
    """A page that cannot be read must not end the review."""
    page(html)


WRITTEN = {
    "shift_jis": "これは合成の文章です。無料でお試しください。説明は次のページにあります。",
    "euc_jp": "これは合成の文章です。無料でお試しください。説明は次のページにあります。",
    "iso2022_jp": "これは合成の文章です。無料でお試しください。",
    "euc_kr": "이것은 합성된 문장입니다. 무료로 시험해 보세요. 설명은 다음 쪽에 있습니다.",
    "gb18030": "这是合成的文字。请免费试用我们的服务，详细说明在下一页，欢迎联系我们。",
    "big5": "這是合成的文字。請免費試用我們的服務，詳細說明在下一頁，歡迎聯絡我們。",
    "utf-8": "Synthetic ‘text’ — これは合成です 합성 合成",
    "utf-16": "これは合成の文章です。",
}


@pytest.mark.parametrize("codec", WRITTEN)
@pytest.mark.parametrize(
    "declared", ["right", "header", "meta", "none", "latin", "windows", "unknown", "ascii"]
)
def test_pages_are_read_in_their_letters(codec: str, declared: str) -> None:
    """A swindle in the wrong letters is a swindle that no word finds."""
    head = f"<meta charset={codec}>" if declared == "meta" and codec != "utf-16" else ""
    body = f"{head}<p>{WRITTEN[codec]} 1,234 ABC</p>".encode(codec)
    kind = {
        "right": f"text/html; charset={codec}",
        "header": f'text/html; Charset="{codec}"',
        "latin": "text/html; charset=ISO-8859-1",
        "windows": "text/html;charset=windows-1252",
        "unknown": "text/html; charset=x-unknown",
        "ascii": "text/html; charset=us-ascii",
    }.get(declared, "text/html")
    assert page(letters(body, kind)).text == f"{WRITTEN[codec]} 1,234 ABC"


@pytest.mark.parametrize("codec", ["shift_jis", "euc_kr", "gb18030", "big5", "euc_jp"])
def test_a_page_declared_as_utf8_is_read_in_its_letters(codec: str) -> None:
    """Servers add a default to every page."""
    body = WRITTEN[codec].encode(codec)
    assert letters(body, "text/html; charset=utf-8") == WRITTEN[codec]


def test_latin_pages_stay_latin() -> None:
    """Their few accents are no proof of another set."""
    text = "Ein Café für Sie – «très» bien"
    assert letters(text.encode("cp1252"), "text/html; charset=iso-8859-1") == text
    assert letters(text.encode("cp1252")) == text
    assert (
        letters("Привет, это текст".encode("cp1251"), "text/html; charset=windows-1251")
        == "Привет, это текст"
    )


@pytest.mark.parametrize(
    "name", ["rot13", "zip", "base64", "idna", "punycode", "unicode_escape", "utf-7", "undefined"]
)
def test_codecs_that_are_no_letters_are_not_used(name: str) -> None:
    """`utf-7` and `unicode_escape` would turn harmless letters into tags; `zip` unfolds bombs."""
    body = b"+ADw-b+AD4-\\u003cb\\u003e plain"
    assert letters(body, f"text/html; charset={name}") == body.decode()


@given(
    st.binary(max_size=300),
    st.sampled_from(["", "text/html; charset=shift_jis", "text/html; charset=utf-16", 'charset="\0']),
)
def test_any_bytes_are_read(body: bytes, kind: str) -> None:
    """Damaged pages must not end the review."""
    assert isinstance(letters(body, kind), str)
