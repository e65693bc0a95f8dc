"""The folder that is written: the tables of a platform, the truth beside, the same by seed."""

import csv
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from haechi.errors import UsageError
from haechi.example.campaigns import EVASIONS, Plan, honest, pictures, write_ads
from haechi.example.campaigns.landing import Phase, Visitor, answer, read_pages
from haechi.review.ads import Ad, Advertiser
from haechi.review.reading import locate, read_ads, read_world

PLAN = Plan(campaigns=24, honest=160, seed=5, evasions=("none", "paraphrase", "qr-only"))
VISITORS: tuple[Visitor, ...] = ("reviewer", "phone", "abroad")
PHASES: tuple[Phase, ...] = ("before", "after")
CALL = (sys.executable, "-c", "from haechi.cli.example import app; app()", "ads")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("ads") / "made"
    write_ads(PLAN, out)
    return out


def truth_of(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as rows:
        return {row["ad_id"]: row for row in csv.DictReader(rows)}


def ads_of(folder: Path) -> list[Ad]:
    return list(read_ads(locate(str(folder))))


def test_ad_review_reads_every_table(folder: Path) -> None:
    """If this fails, the example is no example of what the platform takes in."""
    told: list[str] = []
    world = read_world(locate(str(folder)), told.append)
    ads = ads_of(folder)
    assert told == []
    assert {one.advertiser_id for one in ads} <= world.advertisers.keys()
    assert {one.party_id for one in world.authorisations} <= world.parties.keys()
    assert {one.advertiser_id for one in world.licences if one.advertiser_id} <= world.advertisers.keys()
    assert sum(one.advertiser_id is None for one in world.licences) >= 100
    assert [one.submitted_at for one in ads] == sorted(one.submitted_at for one in ads)
    columns = set(msgspec.json.decode((folder / "ads.jsonl").read_bytes().splitlines()[0]))
    assert columns == set(Ad.__struct_fields__)


def test_the_truth_is_of_exactly_these_ads(folder: Path) -> None:
    """If this fails, ads are counted that nobody judged, or judged ads are not counted."""
    truth = truth_of(folder)
    assert [one.ad_id for one in ads_of(folder)] == list(truth)
    assert {row["scam"] for row in truth.values()} == {"yes", "no"}
    assert all((row["kind"] == "") == (row["scam"] == "yes") for row in truth.values())
    for name, row in truth.items():
        if row["evasion"] != "none":
            base = truth[name.removesuffix(f".{row['evasion']}")]
            assert (base["campaign"], base["family"], base["scam"]) == (row["campaign"], row["family"], "yes")


def test_every_language_has_honest_ads_of_both_kinds() -> None:
    """If this fails, false holds of a language's finance ads are measured on none."""
    told: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for one in honest.ads(800, "held-out", 1, 60):
        told[one.draft.wording.language][one.draft.wording.finance] += 1
    assert all(of[True] > 0 and 0.3 < of[True] / of.total() < 0.5 for of in told.values())
    assert len(told) == 5


def test_every_picture_is_there_and_opens(folder: Path) -> None:
    """If this fails, an ad is refused for a missing picture, and its words are not measured."""
    world = read_world(locate(str(folder)), lambda _: None)
    named = {one.image for one in ads_of(folder) if one.image}
    named |= {image for one in world.parties.values() for image in one.images}
    assert named
    for name in sorted(named)[::7]:
        with Image.open(folder / name) as picture:
            picture.verify()
    assert {str(file.relative_to(folder)) for file in (folder / "pictures").rglob("*.jpg")} == named


def test_campaigns_run_as_campaigns_do(folder: Path) -> None:
    """If this fails, signals of speed and of many accounts have nothing to find, or find everything."""
    ads = {one.ad_id: one for one in ads_of(folder)}
    groups: defaultdict[str, list[Ad]] = defaultdict(list)
    for name, row in truth_of(folder).items():
        if row["scam"] == "yes" and row["evasion"] == "none":
            groups[row["campaign"]].append(ads[name])
    assert len(groups) == PLAN.campaigns
    assert sum(len({one.advertiser_id for one in of}) > 1 for of in groups.values()) > len(groups) / 2
    for of in groups.values():
        assert max(one.submitted_at for one in of) - min(one.submitted_at for one in of) <= timedelta(
            hours=10
        )


def test_what_stands_behind_an_ad_is_found_again(tmp_path: Path) -> None:
    """If this fails, cloaked and swapped pages cannot be served, and those evasions are measured by nobody."""
    write_ads(Plan(campaigns=3, honest=6, seed=2, evasions=("cloaking", "swap", "redirect")), tmp_path / "x")
    pages = read_pages(tmp_path / "x" / "landing.jsonl")
    for one in ads_of(tmp_path / "x"):
        if one.landing_url is None or one.ad_id.endswith("-before"):
            continue
        shown = [answer(pages, one.landing_url, visitor, phase) for visitor in VISITORS for phase in PHASES]
        different = {(page.html, page.location) for page in shown if page is not None}
        assert None not in shown
        assert len(different) == (2 if one.ad_id.endswith((".cloaking", ".swap")) else 1), one.ad_id
    assert answer(pages, "https://nowhere.example/", "phone", "after") is None


def test_accounts_do_not_tell_all(folder: Path) -> None:
    """If this fails, verification alone separates scams from honest ads, and the measure says nothing of the rest."""
    world = read_world(locate(str(folder)), lambda _: None)
    truth = truth_of(folder)
    scam = {one.advertiser_id for one in ads_of(folder) if truth[one.ad_id]["scam"] == "yes"}
    fair = {one.advertiser_id for one in ads_of(folder)} - scam

    def share(of: set[str], verified: bool) -> float:
        rows: list[Advertiser] = [world.advertisers[one] for one in of]
        return sum((row.verified_at is not None) == verified for row in rows) / len(rows)

    assert 0.1 < share(scam, verified=True) < 0.5
    assert 0.02 < share(fair, verified=False) < 0.3
    licensed = {one.advertiser_id for one in world.licences}
    finance = {one.advertiser_id for one in ads_of(folder) if truth[one.ad_id]["kind"].startswith("finance:")}
    assert 0.5 < len(finance & licensed) / len(finance) < 1


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """If this fails, two people measure two different sets of ads."""
    write_ads(PLAN, tmp_path / "again")
    for file in sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file()):
        assert (folder / file).read_bytes() == (tmp_path / "again" / file).read_bytes(), file


def test_an_evasion_alone_is_made_of_the_same_ads(folder: Path, tmp_path: Path) -> None:
    """If this fails, a folder for one evasion cannot be compared with the one without."""
    write_ads(Plan(campaigns=24, honest=10, seed=5, evasions=("paraphrase",)), tmp_path / "one")
    both = {one.ad_id: one for one in ads_of(folder)}
    alone = [one for one in ads_of(tmp_path / "one") if one.ad_id.endswith(".paraphrase")]
    assert len(alone) > 100
    for one in alone:
        assert (one.text, one.headline, one.landing_url) == (
            both[one.ad_id].text,
            both[one.ad_id].headline,
            both[one.ad_id].landing_url,
        )


def test_the_parts_are_strangers(folder: Path, tmp_path: Path) -> None:
    """If this fails, held-out holds ads of dev."""
    write_ads(Plan(campaigns=24, honest=160, seed=5, split="held-out"), tmp_path / "other")
    families = [
        {row["family"] for row in truth_of(one).values() if row["scam"] == "yes"}
        for one in (folder, tmp_path / "other")
    ]
    texts = [{one.text for one in ads_of(place) if one.text} for place in (folder, tmp_path / "other")]
    assert families[0].isdisjoint(families[1])
    assert texts[0].isdisjoint(texts[1])


def test_what_cannot_be_made_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    """If this fails, a misspelt evasion is measured as none."""
    with pytest.raises(UsageError, match="homoglyphs"):
        Plan(evasions=("homoglyphs",))
    with pytest.raises(UsageError, match="at least 1 campaign"):
        Plan(campaigns=0)
    with pytest.raises(UsageError, match="once"):
        Plan(evasions=("crop", "crop"))
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        write_ads(Plan(campaigns=1, honest=0), tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_a_missing_font_is_said_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, pictures are made of empty boxes, and reading them fails for a reason nobody sees."""
    empty = tmp_path / "bin"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
    pictures.font.cache_clear()
    pictures._font_file.cache_clear()
    with pytest.raises(UsageError, match="fontconfig"):
        write_ads(Plan(campaigns=3, honest=0), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_command_says_what_it_made(tmp_path: Path) -> None:
    """If this fails, somebody may take invented scams for real ones."""
    asked = (
        "--campaigns",
        "2",
        "--honest",
        "8",
        "--split",
        "held-out",
        "--evasion",
        "none",
        "--evasion",
        "leet",
    )
    done = subprocess.run(
        [*CALL, *asked, "--out", str(tmp_path / "x")], capture_output=True, text=True, check=True, timeout=60
    )
    assert "Synthetic: no person" in done.stdout
    assert "truth.csv" in done.stdout
    assert done.stderr == ""
    assert "Synthetic" in (tmp_path / "x" / "README.txt").read_text(encoding="utf-8")
    assert Counter(row["evasion"] for row in truth_of(tmp_path / "x").values()).keys() <= {"none", "leet"}


def test_there_are_the_evasions_of_the_protocol() -> None:
    """If this fails, an attack that scammers use is measured by nobody."""
    assert set(EVASIONS) == {
        *("homoglyph", "cjk-variant", "zero-width", "spacing", "leet", "paraphrase", "translation"),
        *("text-in-image", "qr-only", "crop", "band", "border", "mirror", "collage", "jpeg"),
        *("redirect", "cloaking", "swap"),
    }


def test_without_pictures_the_ads_are_the_same(tmp_path: Path) -> None:
    """If this fails, figures measured without pictures are of other ads."""
    write_ads(Plan(campaigns=4, honest=12, seed=9), tmp_path / "with")
    write_ads(Plan(campaigns=4, honest=12, seed=9, pictures=False), tmp_path / "without")
    seen, bare = ads_of(tmp_path / "with"), ads_of(tmp_path / "without")
    assert any(one.image for one in seen)
    assert [msgspec.structs.replace(one, image=None) for one in seen] == bare
    with pytest.raises(UsageError, match="no evasion by pictures; found crop"):
        Plan(evasions=("none", "crop"), pictures=False)
