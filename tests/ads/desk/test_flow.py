"""The whole way of an ad, in real browsers: held, looked at, rejected, appealed, decided by somebody else, run."""

import base64
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.ads.desk.conftest import Site, Watched
from tests.ads.desk.worlds import drawing

Opens = Callable[..., Page]
pytestmark = pytest.mark.slow


def to_job(page: Page, site: Site, words: str) -> None:
    page.goto(f"{site.origin}/desk")
    page.locator("table.queue a", has_text=words).first.click()
    page.wait_for_load_state()


def take(page: Page) -> None:
    page.click("#take button")
    page.wait_for_selector("#decide")


def decide(page: Page, choice: str, words: str) -> None:
    page.check(f"input[name=choice][value={choice}]")
    page.fill("#words", words)
    page.get_by_role("button", name="Decide", exact=True).click()
    page.wait_for_load_state()


def test_from_submission_to_running_after_an_appeal(
    site: Site, person: Opens, advertiser: Opens, watched: Watched
) -> None:
    """An ad that was stopped wrongly runs once a second person said so; each sees what they must see to say it."""
    text = "Add us on LINE: guaranteed delivery of gar\u200bden tools (synthetic)"
    made = site.submit(
        "flow-1", text, headline="Tools for gardens", language="en", landing_url="https://tools.example/",
        picture=base64.b64encode(drawing()).decode(),
    )  # fmt: skip
    assert made["state"] == "held"
    ann = person("ann")
    to_job(ann, site, "Tools for gardens")
    marked = ann.locator("section:has(#of-ad) mark").all_inner_texts()
    assert marked == ["LINE", "guaranteed"]
    assert ann.inner_text("section:has(#of-ad) .unseen") == "U+200B"
    assert "Leads out of the ad into a closed chat" in ann.inner_text("ol.signals")
    box = ann.locator(".picture svg rect").bounding_box()
    picture = ann.locator(".picture img").bounding_box()
    assert box is not None
    assert picture is not None
    scale = picture["width"] / 640
    assert abs(box["x"] - picture["x"] - 40 * scale) < 4
    assert abs(box["width"] - 300 * scale) < 6
    assert "Not all visitors were shown the same" in ann.inner_text("section:has(#of-page)")
    assert ann.evaluate("getComputedStyle(document.querySelector('.picture')).filter") != "none"
    ann.check("#reveal")
    assert ann.evaluate("getComputedStyle(document.querySelector('.picture')).filter") == "none"
    assert ann.locator("#decide").count() == 0, "who did not take it decides nothing"
    take(ann)
    decide(ann, "reject", "the chat is hidden in it")
    assert "Decided." in ann.inner_text("[role=status]")
    assert not site.runs("flow-1")

    owner = advertiser("acme")
    owner.get_by_role("link", name="Tools for gardens").click()
    owner.wait_for_load_state()
    assert "rejected" in owner.inner_text("dl.facts")
    assert "Take hand-off out of it." in owner.inner_text("main")
    assert "the chat is hidden in it" not in owner.content(), "words for reviewers are not the advertiser's"
    assert "97" not in owner.inner_text("main"), "no score is told"
    owner.fill("#text", "LINE is the name of our tool.")
    owner.get_by_role("button", name="Appeal").click()
    owner.wait_for_load_state()
    assert "A person will decide" in owner.inner_text("main")

    to_job(ann, site, "Tools for gardens")
    assert "You decided on this ad before" in ann.inner_text("main")
    assert ann.locator("#take").count() == 0
    bob = person("bob")
    to_job(bob, site, "Tools for gardens")
    assert "LINE is the name of our tool." in bob.inner_text("main")
    take(bob)
    decide(bob, "overturn", "the tool has that name")
    assert site.runs("flow-1")
    owner.reload()
    assert "The decision was overturned" in owner.inner_text("main")
    assert "the tool has that name" in owner.inner_text("main")
    assert watched.seen == []


def test_two_reviewers_at_once(site: Site, person: Opens) -> None:
    """One has the job; the other is told who, and decides nothing, whatever page they kept open."""
    site.submit("two-1", "Our LINE for two (synthetic)", headline="For two")
    ann, bob = person("ann"), person("bob")
    to_job(ann, site, "For two")
    to_job(bob, site, "For two")
    take(ann)
    bob.click("#take button")
    bob.wait_for_load_state()
    assert "somebody else has the job" in bob.inner_text("main")
    bob.get_by_role("link", name="Look at it again").click()
    bob.wait_for_load_state()
    assert "ann has it until" in bob.inner_text("main")
    assert bob.locator("#decide").count() == 0
    ann.get_by_role("button", name="Give it back").click()
    ann.wait_for_load_state()
    bob.reload()
    take(bob)
    decide(bob, "approve", "")
    assert site.runs("two-1")


def test_an_ad_that_changes_under_review_is_not_decided(site: Site, person: Opens) -> None:
    """A verdict is on what was on the screen: for anything else the page says so, and leads to what is there now."""
    site.submit("swap-1", "Our LINE (synthetic)", headline="Before the swap")
    ann = person("ann")
    to_job(ann, site, "Before the swap")
    take(ann)
    status, told = site.call(
        "acme",
        "/v1/ads/swap-1",
        {"text": "Our LINE, other words (synthetic)", "headline": "After the swap"},
        "PUT",
    )
    assert (status, told["state"]) == (200, "held")
    decide(ann, "approve", "")
    assert "It changed while you looked at it" in ann.inner_text("h1")
    assert not site.runs("swap-1")
    ann.get_by_role("link", name="Look at it again").click()
    ann.wait_for_load_state()
    assert "After the swap" in ann.inner_text("main")
    decide(ann, "approve", "")
    assert site.runs("swap-1")


def test_a_campaign_is_decided_at_once_and_says_how_many(site: Site, person: Opens) -> None:
    """The number that the form tells is the number that is decided: copies of others only where it rejects."""
    site.submit("camp-1", "A campaign on LINE (synthetic)", headline="Campaign")
    site.submit("camp-2", "[copy of camp-1] on LINE (synthetic)", headline="Second copy")
    site.submit("camp-3", "[copy of camp-1] on LINE (synthetic)", headline="Third copy", by="club")
    ann = person("ann")
    to_job(ann, site, "Campaign")
    take(ann)
    told = ann.inner_text(".whole")
    assert "a rejection is of 3 ads, an approval of 1; 2 that differ in words, picture" in told
    assert "then wait on" in told
    ann.check("input[name=whole]")
    decide(ann, "reject", "one campaign")
    assert "Decided: 3 ads." in ann.inner_text("[role=status]")
    for ad_id in ("camp-1", "camp-2", "camp-3"):
        assert site.call("root", f"/v1/ads/{ad_id}")[1]["state"] == "rejected"


def test_an_advertiser_is_suspended_by_two_people(site: Site, person: Opens) -> None:
    """One proposes, another confirms; who proposed is told why they may not."""
    site.submit("susp-1", "Our LINE again (synthetic)", headline="Suspend me", by="club")
    ann = person("ann")
    to_job(ann, site, "Suspend me")
    ann.locator("summary", has_text="Propose to suspend").click()
    ann.get_by_label("The account belongs to people whose earlier account is suspended.", exact=False).check()
    ann.fill("#suspend-told", "同じ人物の三つ目のアカウントです。(合成)")
    ann.fill("#suspend-why", "a third account of the same people")
    ann.get_by_role("button", name="Propose").click()
    ann.wait_for_load_state()
    assert "Somebody else confirms it" in ann.inner_text("[role=status]")
    to_job(ann, site, "Club")
    assert "You proposed this suspension" in ann.inner_text("main")
    bob = person("bob")
    to_job(bob, site, "Club")
    assert "a third account of the same people" in bob.inner_text("main")
    take(bob)
    decide(bob, "confirm", "agreed")
    bob.goto(f"{site.origin}/desk/suspensions")
    assert "Club" in bob.inner_text("main ul")
    status, _ = site.call("club", "/v1/ads", {"ad_id": "susp-2", "text": "x"})
    assert status == 422
    bob.get_by_label("Why it is lifted").fill("it was another Club")
    bob.get_by_role("button", name="Lift it").click()
    bob.wait_for_load_state()
    assert "Nobody is suspended" in bob.inner_text("main")


def test_a_victims_report_is_live_at_once_and_its_sweep_is_seen(site: Site, person: Opens) -> None:
    """Who is impersonated waits for nobody: new ads are held from the next moment, old ones once they were judged."""
    site.submit("vic-1", "Shirabe Tsukuri advises you (synthetic)")
    assert site.runs("vic-1")
    ann = person("ann")
    ann.goto(f"{site.origin}/desk/notices")
    ann.locator("summary", has_text="Or somebody new").click()
    ann.fill("#new-party", "shirabe")
    ann.fill("#names", "Shirabe Tsukuri\n調 つくり")
    ann.fill("#of-country", "JP")
    ann.fill("#text", "That is not me.")
    ann.fill("#contact", "office@shirabe.example")
    ann.get_by_role("button", name="Take it in").click()
    ann.wait_for_load_state()
    assert "/desk/notices/" in ann.url
    assert "The party was not protected." in ann.inner_text("main")
    assert site.submit("vic-2", "By Shirabe Tsukuri (synthetic)")["state"] == "held"
    for _ in range(50):
        if "Done:" in ann.inner_text("main"):
            break
        ann.wait_for_timeout(100)
        ann.reload()
    assert "1 wait for a person now" in ann.inner_text("main")
    assert not site.runs("vic-1")
    ann.check("input[name=result][value=acted]")
    ann.fill("#words", "The ads wait for a person; none runs.")
    ann.get_by_role("button", name="Answer").click()
    ann.wait_for_load_state()
    assert "Answered." in ann.inner_text("[role=status]")
    ann.goto(f"{site.origin}/desk/parties/shirabe")
    assert "review is stricter since" in ann.inner_text("main")
    ann.fill("#advertiser", "mall")
    ann.fill("#scope", "one lecture")
    ann.fill("#signed", "2026-01-31")
    ann.fill("#signature", "safe, drawer 3")
    ann.get_by_role("button", name="Write it down").click()
    ann.wait_for_load_state()
    assert "one lecture" in ann.inner_text("main")
    expect(ann.get_by_role("button", name="Revoke the permission of Mall")).to_be_visible()


def test_a_check_before_submitting_keeps_nothing(site: Site, advertiser: Opens, watched: Watched) -> None:
    """What would be said is said, with what would mend it, beside what was written; and no ad is made."""
    page = advertiser("acme", locale="ja")
    page.goto(f"{site.origin}/advertiser/check")
    assert page.evaluate("document.documentElement.lang") == "ja"
    page.fill("#text", "元本保証 (合成)")
    page.set_input_files(
        "#picture", {"name": "<img src=x onerror=alert(9)>.png", "mimeType": "image/png", "buffer": drawing()}
    )
    page.locator("form[enctype] button").click()
    page.wait_for_selector("#found")
    assert "Take claim out of it." in page.inner_text("#found")
    assert page.input_value("#text") == "元本保証 (合成)"
    assert "onerror" not in page.content()
    assert site.call("root", "/v1/ads/check")[0] == 404
    page.goto(f"{site.origin}/advertiser")
    assert "元本保証 (合成)" not in page.inner_text("main")
    assert watched.seen == []
