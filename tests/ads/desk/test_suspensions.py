"""A suspension and the appeal against it, at the desk and on the advertiser's own page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import update

from haechi.service.advertiser.render import texts
from haechi.stores import review_schema as tables
from haechi.stores.clock import micros, utc_now
from haechi.stores.review import queue
from haechi.stores.review.clocks import appeal_until
from haechi.stores.review.grounds import grounds_in
from haechi.stores.review.publishing import may_run
from haechi.stores.review.suspensions import decide_suspension, propose_suspension
from haechi.terms.words import LANGUAGES
from tests.ads.desk.conftest import Site, Watched
from tests.ads.desk.test_flow import decide, take, to_job
from tests.ads.desk.test_pages import PHONE, examined
from tests.ads.desk.test_routes import WHY, House, house, mark
from tests.ads.desk.worlds import ATTACK
from tests.ads.store.worlds import waiting_jobs

__all__ = ["house"]
Opens = Callable[..., Page]
PAGE = "/advertiser/suspensions"


def suspended(house: House, advertiser_id: str = "acme") -> None:
    """By ann, confirmed by bob."""
    engine = house.platform.engine
    job = propose_suspension(engine, advertiser_id, by="ann", reason="for a colleague", now=utc_now(), **WHY)
    queue.claim(engine, job, by="bob", now=utc_now())
    decide_suspension(engine, job, confirm=True, by="bob", words="for the record", now=utc_now())


def suspension_id(house: House, name: str = "acme") -> str:
    text = house.owner(name).get(PAGE).text
    return str(text.split('name="suspension_id" value="')[1].split('"')[0])


def appeal(house: House, about: str, name: str = "acme", **more: Any) -> Any:
    client = house.owner(name)
    data = {"csrf": mark(client, "/advertiser"), "suspension_id": about, "text": "It was hijacked.", **more}
    return client.post(f"{PAGE}/appeals", data=data, follow_redirects=False)


def job_of(house: House) -> str:
    jobs = waiting_jobs(house.platform.engine, by="cat", now=utc_now())
    return next(one.job_id for one in jobs if one.kind == "suspension-appeal")


def test_an_advertiser_reads_why_in_its_language_and_until_when_it_appeals(house: House) -> None:
    """DSA, Art. 17(3), 20(1): a page that says only that one is suspended leaves nothing to answer."""
    client = house.owner("acme")
    assert PAGE not in client.get("/advertiser").text
    assert texts("en")["never_suspended"] in client.get(PAGE).text
    suspended(house)
    assert f'href="{PAGE}"' in client.get("/advertiser").text, "every page leads there"
    s = tables.suspensions
    with house.platform.engine.begin() as connection:
        connection.execute(update(s).values(decided_at=micros(utc_now() - timedelta(days=100))))
    until = appeal_until(utc_now() - timedelta(days=100))
    for language in LANGUAGES:
        text = client.get(f"{PAGE}?lang={language}").text
        (ground,) = grounds_in(language, WHY["grounds"])
        assert ground.text in text
        assert f"{until:%Y-%m-%d}" in text
        assert f"{utc_now() - timedelta(days=100):%Y-%m-%d}" in text
        assert texts(language)["suspension_hint"] in text
        assert f'lang="ja">{WHY["told"]}' in text, "a person's words are in the language of the account"
        for secret in ("for a colleague", "for the record", "ann", "bob"):
            assert f">{secret}<" not in text
            assert f" {secret} " not in text
    client.get(f"{PAGE}?lang=en")
    with house.platform.engine.begin() as connection:
        connection.execute(update(s).values(decided_at=micros(utc_now() - timedelta(days=200))))
    about = suspension_id_of(house)
    assert 'name="suspension_id"' not in client.get(PAGE).text, "the form is gone once it comes too late"
    answer = appeal(house, about)
    assert (answer.status_code, "within six months" in answer.text) == (422, True)


def suspension_id_of(house: House) -> str:
    s = tables.suspensions
    with house.platform.engine.connect() as connection:
        return str(connection.execute(s.select()).one().suspension_id)


def test_an_appeal_from_the_page_to_the_answer(house: House) -> None:
    """If it fails, an appeal is refused without saying why, given twice, or answered without a reason."""
    house.submit("a1", "A blog (synthetic)")
    house.submit("a2", "Our LINE (synthetic)")
    suspended(house)
    about = suspension_id(house)
    for text in (" ", "\u2060", "x" * 4_001):
        answer = appeal(house, about, text=text)
        assert (answer.status_code, "1 to 4,000 characters" in answer.text) == (422, True)
    assert appeal(house, about, csrf="x").status_code == 403
    assert appeal(house, "0" * 24).status_code == 404
    assert appeal(house, about).headers["location"] == PAGE
    again = appeal(house, about)
    assert (again.status_code, texts("en")["refused_appealed"] in again.text) == (409, True)
    client = house.owner("acme")
    text = client.get(PAGE).text
    assert texts("en")["suspension_open"] in text
    assert 'name="suspension_id"' not in text
    job = job_of(house)
    for by in ("ann", "bob"):
        assert "Somebody who did neither" in house.of(by).get(f"/desk/jobs/{job}").text
        answer = house.post(by, f"/desk/jobs/{job}/claim")
        assert (answer.status_code, "did not decide on it before" in answer.text) == (422, True)
        assert house.post(by, f"/desk/jobs/{job}/decide", choice="uphold", words="w").status_code == 409
        answer = house.post(by, "/desk/suspensions/lift", advertiser_id="acme", words="enough")
        assert (answer.status_code, "at the appeal&#39;s job" in answer.text) == (422, True)
    listed = house.of("cat").get("/desk/suspensions").text
    assert f'href="/desk/jobs/{job}"' in listed
    assert "2 days left" in listed or "71 h" in listed
    assert "/desk/suspensions/lift" not in listed
    assert house.post("cat", f"/desk/jobs/{job}/claim").status_code == 303
    for more, told in (
        ({"choice": "", "words": "w"}, "choose what becomes of the suspension"),
        ({"choice": "overturn", "words": "w"}, "choose what becomes of the suspension"),
        ({"choice": "lift", "words": " "}, "a reason of 0 characters"),
    ):
        answer = house.post("cat", f"/desk/jobs/{job}/decide", **more)
        assert (answer.status_code, told in answer.text) == (422, True), more
    answer = house.post("cat", f"/desk/jobs/{job}/decide", choice="lift", words="You were hijacked.")
    assert answer.headers["location"] == "/desk?done=lifted"
    assert "waits on" in house.of("cat").get("/desk?done=lifted").text
    again = house.post("cat", f"/desk/jobs/{job}/decide", choice="uphold", words="w")
    assert again.status_code == 409, "decided is decided"
    text = client.get(PAGE).text
    assert all(
        one in text for one in (texts("en")["suspension_lift"], "You were hijacked.", "It was hijacked.")
    )
    assert texts("en")["suspended"] not in client.get("/advertiser").text
    assert may_run(house.platform.engine, "a1").may_run
    assert not may_run(house.platform.engine, "a2").may_run


def test_an_upheld_suspension_says_so(house: House) -> None:
    """The advertiser reads the answer, and the desk that it was upheld, and still can let it in."""
    suspended(house)
    appeal(house, suspension_id(house))
    job = job_of(house)
    house.post("cat", f"/desk/jobs/{job}/claim")
    assert house.post(
        "cat", f"/desk/jobs/{job}/decide", choice="uphold", words="The face is not yours."
    ).headers["location"] == "/desk?done=upheld"  # fmt: skip
    text = house.owner("acme").get(PAGE).text
    said = (texts("en")["suspension_uphold"], "The face is not yours.", texts("en")["redress"])
    assert all(one in text for one in said), (
        "DSA, Art. 20(5): what is decided, why, and where else one may turn"
    )
    assert texts("en")["suspended"] in text
    text = house.of("ann").get("/desk/suspensions").text
    assert all(one in text for one in ("was upheld", "The face is not yours.", "/desk/suspensions/lift"))
    assert "This job is done" in house.of("ann").get(f"/desk/jobs/{job}").text


def test_another_advertiser_sees_and_spends_nothing(house: House) -> None:
    """If it fails, a competitor reads that somebody is suspended, or uses up its appeal with an empty one."""
    suspended(house)
    about = suspension_id(house)
    text = house.owner("club").get(PAGE).text
    assert texts("en")["never_suspended"] in text
    assert appeal(house, about, "club").status_code == 404
    assert appeal(house, about, "club").text == appeal(house, "0" * 24, "club").text
    assert appeal(house, about).status_code == 303


def test_a_proposal_says_what_the_advertiser_will_be_told(house: House) -> None:
    """Without a ground nobody is suspended; what was typed is shown again; what was refused another proposes."""
    house.submit("a1", "Our LINE (synthetic)")
    at = f"/desk/jobs/{house.job('a1')}/suspend"
    for more, told in (
        ({"grounds": []}, "without a ground that is known"),
        ({"grounds": ["x"]}, "without a ground that is known"),
        ({"told": ""}, "a reason of 0 characters"),
        ({"reason": ""}, "a reason of 0 characters"),
    ):
        answer = house.post("ann", at, **{"reason": "kept words", **WHY, **more})
        assert (answer.status_code, told in answer.text) == (422, True), more
        assert answer.text.count("kept words") == ("reason" not in more)
        assert ('value="impersonation" checked' in answer.text) == ("grounds" not in more)
        assert '<span lang="ja">日本語</span>' in answer.text
    assert house.post("ann", at, reason="kept words", **WHY).status_code == 200
    engine = house.platform.engine
    job = next(
        one.job_id for one in waiting_jobs(engine, by="bob", now=utc_now()) if one.kind == "suspension"
    )
    text = house.of("bob").get(f"/desk/jobs/{job}").text
    assert all(one in text for one in ("kept words", WHY["told"], grounds_in("en", WHY["grounds"])[0].text))
    assert texts("en")["never_suspended"] in house.owner("acme").get(PAGE).text
    house.post("bob", f"/desk/jobs/{job}/claim")
    assert house.post("bob", f"/desk/jobs/{job}/decide", choice="refuse", words="no").status_code == 303
    answer = house.post("ann", at, reason="again", **WHY)
    assert (answer.status_code, "somebody else to propose it" in answer.text) == (422, True)
    assert house.post("bob", at, reason="now I see it", **WHY).status_code == 200


def test_a_refused_proposal_told_the_advertiser_nothing_and_the_page_says_so(house: House) -> None:
    """If it fails, a reviewer answers an advertiser for what it was never told, or finds no form and no word why."""
    engine = house.platform.engine
    house.submit("a1", "Our LINE (synthetic)")
    at = f"/desk/jobs/{house.job('a1')}"
    job = propose_suspension(engine, "acme", by="ann", reason="for a colleague", now=utc_now(), **WHY)
    assert "will be told, if it is confirmed" in house.of("bob").get(f"/desk/jobs/{job}").text
    queue.claim(engine, job, by="bob", now=utc_now())
    decide_suspension(engine, job, confirm=False, by="bob", words="no", now=utc_now())
    text = house.of("bob").get(f"/desk/jobs/{job}").text
    assert "would have been told; it was told nothing" in text
    assert "What the advertiser was told" not in text
    for by, barred in (("ann", True), ("bob", False)):
        text = house.of(by).get(at).text
        assert (f'action="{at}/suspend"' in text, "was refused. Somebody else may" in text) == (
            not barred,
            barred,
        )
    suspended(house, "club")
    appeal(house, suspension_id(house, "club"), "club")
    appealed = job_of(house)
    house.post("cat", f"/desk/jobs/{appealed}/claim")
    house.post("cat", f"/desk/jobs/{appealed}/decide", choice="lift", words="It was.")
    house.submit("b1", "Our LINE (synthetic)", by="club")
    at = f"/desk/jobs/{house.job('b1')}"
    for by, barred in (("ann", True), ("bob", True), ("cat", False)):
        text = house.of(by).get(at).text
        said = "An appeal lifted a suspension of this advertiser that you proposed or confirmed." in text
        assert (f'action="{at}/suspend"' in text, said) == (not barred, barred)


@pytest.mark.slow
def test_from_suspension_to_answer_in_a_browser(
    site: Site, person: Opens, advertiser: Opens, watched: Watched
) -> None:
    """Two suspend, the advertiser appeals in Japanese, a third lifts: by hand, with nothing of strangers acting."""
    site.submit("sus-1", "A blog of the club (synthetic)", headline="Of the club", by="club")
    site.submit("sus-2", f"LINE {ATTACK}", headline="Shut them out", by="club")
    assert site.runs("sus-1")
    ann, bob, cat = person("ann"), person("bob"), person("cat")
    to_job(ann, site, "Shut them out")
    ann.locator("summary", has_text="Propose to suspend").click()
    ann.get_by_label("Others seem to have taken your account over", exact=False).check()
    ann.fill("#suspend-told", f"見知らぬ者が使っていました。(合成) {ATTACK}")
    ann.fill("#suspend-why", f"hijacked {ATTACK}")
    examined(ann)
    ann.get_by_role("button", name="Propose").click()
    ann.wait_for_load_state()
    to_job(bob, site, "Club")
    take(bob)
    decide(bob, "confirm", "agreed")
    assert not site.runs("sus-1")
    for how in ({"locale": "ja"}, {"locale": "ja", "color_scheme": "dark"}, {"locale": "ko", **PHONE}):
        owner = advertiser("club", **how)
        owner.locator("p.message a").click()
        owner.wait_for_url(f"**{PAGE}")
        examined(owner)
        assert owner.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    owner = advertiser("club", locale="ja")
    owner.goto(f"{site.origin}{PAGE}")
    assert ATTACK in owner.inner_text("main")
    assert texts("ja")["suspended"] in owner.inner_text("h2")
    # By keyboard alone.
    owner.focus("#text")
    owner.keyboard.type(f"アカウントが乗っ取られました。(合成) {ATTACK}")
    owner.keyboard.press("Tab")
    owner.keyboard.press("Enter")
    owner.get_by_text(texts("ja")["suspension_open"]).wait_for()
    examined(owner)
    ann.goto(f"{site.origin}/desk/suspensions")
    examined(ann)
    ann.get_by_role("link", name="It appealed").click()
    ann.wait_for_url("**/desk/jobs/*")
    assert "Somebody who did neither" in ann.inner_text("main")
    assert ann.locator("#take").count() == 0
    cat.goto(ann.url)
    assert ATTACK in cat.inner_text("main")
    take(cat)
    examined(cat)
    cat.keyboard.press("1")
    assert cat.evaluate("document.activeElement.id") == "words"
    assert cat.input_value("input[name=choice]:checked") == "lift"
    cat.keyboard.type("乗っ取りを確認しました。(合成)")
    cat.keyboard.press("Tab")
    cat.keyboard.press("Enter")
    cat.wait_for_url("**/desk?done=lifted*")
    assert "Lifted: what was approved runs again" in cat.inner_text("[role=status]")
    assert site.runs("sus-1")
    assert not site.runs("sus-2")
    owner.reload()
    assert texts("ja")["suspension_lift"] in owner.inner_text("main")
    assert "乗っ取りを確認しました。(合成)" in owner.inner_text("main")
    examined(owner)
    for page in (ann, bob, cat, owner):
        assert page.evaluate("window.owned") is None
    assert watched.seen == []
