"""Clusters of copies: one decision for all, and no more than is safe."""

from haechi.review.ads import Ad
from haechi.review.cluster import Clusters
from haechi.review.history import MemoryHistory
from haechi.review.masking import masks
from tests.ads.earlier.made import ENGLISH, HONEST_ENGLISH, JAPANESE, KOREAN, case, made_ad, world

NAMES = ("星野谷健太郎", "クモノス証券", "구름하늘", "Tobias Wrenfield", "専門家")


def _put(clusters: Clusters, ad: Ad, *hashes: bytes) -> str:
    return clusters.add(ad, masks(case(ad, world(), MemoryHistory(8))), hashes)


def test_a_campaign_is_one_cluster_and_campaigns_are_not() -> None:
    """If it fails, people judge the same ad again and again, or one decision falls on unrelated ads."""
    clusters = Clusters(256)
    of_template = {
        template: {
            _put(
                clusters,
                made_ad(f"{at}-{number}", f"acc-{number}", template.format(name=name, number=number)),
            )
            for number, name in enumerate(NAMES)
        }
        for at, template in enumerate((JAPANESE, KOREAN, ENGLISH))
    }
    assert all(len(names) == 1 for names in of_template.values())
    honest = {_put(clusters, made_ad(f"honest-{at}", "x", text)) for at, text in enumerate(HONEST_ENGLISH)}
    assert len(set.union(*of_template.values(), honest)) == 3 + len(HONEST_ENGLISH)


def test_a_name_never_changes() -> None:
    """If it fails, what a person was shown under a name is something else when the decision is applied."""
    clusters, again = Clusters(256), Clusters(256)
    first = made_ad("first", "one", JAPANESE.format(name=NAMES[0], number=1))
    name = _put(clusters, first)
    assert _put(again, first) == name
    for number in range(40):
        ad = made_ad(f"more-{number}", "two", JAPANESE.format(name=NAMES[number % 5], number=number))
        assert _put(clusters, ad) == name
    assert _put(clusters, first) == name
    assert clusters.of("first") == name
    assert clusters.members(name)[0] == "first"
    assert len(clusters.members(name)) == 41
    assert clusters.of("unknown") is None
    assert clusters.members("unknown") == clusters.twins("unknown") == ()


def test_pictures_make_clusters_of_ads_without_words() -> None:
    """If it fails, copies whose whole text is in the picture are judged one by one."""
    clusters = Clusters(64)
    one = _put(clusters, made_ad("a", "x"), b"11", b"22")
    assert _put(clusters, made_ad("b", "y"), b"11", b"22") == one
    assert _put(clusters, made_ad("c", "y"), b"11", b"33") != one
    assert _put(clusters, made_ad("d", "z")) != _put(clusters, made_ad("e", "z"))


def test_a_picture_does_not_join_what_words_part() -> None:
    """If it fails, two campaigns with one stock photograph are one."""
    clusters = Clusters(64)
    one = _put(clusters, made_ad("a", "x", JAPANESE.format(name="", number=1)), b"photo")
    clusters.add(
        made_ad("b", "y", ENGLISH), masks(case(made_ad("b", "y", ENGLISH), world(), MemoryHistory(8)))
    )
    assert _put(clusters, made_ad("c", "z", ENGLISH), b"photo") == clusters.of("b") != one


def test_an_approval_reaches_twins_alone() -> None:
    """If it fails, one bad ad slips into a cluster of harmless ones and is approved with them."""
    clusters = Clusters(64)
    text = ENGLISH.format(name="", number=1)
    ads = (
        made_ad("good", "one", text, landing_url="https://shop.example/a"),
        made_ad("twin", "one", text, landing_url="https://shop.example/a"),
        made_ad("elsewhere", "one", text, landing_url="https://other.example/a"),
        made_ad("stranger", "two", text, landing_url="https://shop.example/a"),
        made_ad("reworded", "one", text + " Now!", landing_url="https://shop.example/a"),
        made_ad("renamed", "one", text, landing_url="https://shop.example/a", display_name="Other"),
    )
    names = {_put(clusters, ad, b"photo") for ad in ads}
    names.add(
        _put(clusters, made_ad("repainted", "one", text, landing_url="https://shop.example/a"), b"other")
    )
    assert len(names) == 1
    assert clusters.twins("good") == ("good", "twin")
    assert clusters.twins("stranger") == ("stranger",)
