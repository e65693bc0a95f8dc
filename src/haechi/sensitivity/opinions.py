"""Second opinions beside the engine's answer: shown, never decisive."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from haechi.errors import UsageError
from haechi.sensitivity import embeddings
from haechi.sensitivity.endpoint import Endpoint
from haechi.sensitivity.read_names import OPINION
from haechi.terms.row_files import Row
from haechi.terms.words import Category


class SecondOpinion(Protocol):
    """Whatever has an opinion on names."""

    def categories(self, names: Sequence[str]) -> list[frozenset[Category] | None]:
        """The categories that each name gives away; None for a name on which there is no opinion."""


def opinion_by(said: str, model: str | None) -> SecondOpinion:
    """The second opinion that a user asked for.

    Args:
        said: `embeddings`, or the URL of an OpenAI-compatible endpoint.
        model: which model the endpoint is to ask.

    Raises:
        UsageError: it is neither, or the model is not told.
        EmbeddingsMissingError: the extra is not installed.
    """
    if said == "embeddings":
        embeddings.similarities([""])
        return embeddings
    if "://" not in said:
        raise UsageError(f"--second-opinion {said!r}: expected embeddings, or the URL of an endpoint.")
    if model is None:
        raise UsageError("--second-opinion with an endpoint: expected --model too, which it is to ask.")
    return Endpoint(said, model)


def with_opinion(batches: Iterator[list[Row]], opinion: SecondOpinion) -> Iterator[list[Row]]:
    """Each batch with the second opinion added to its rows: a list of categories, or null for none."""
    for batch in batches:
        names = [name if isinstance(name, str) else "" for name in (row["name"] for row in batch)]
        told = opinion.categories(names)
        yield [
            row | {OPINION: None if one is None else sorted(one)}
            for row, one in zip(batch, told, strict=True)
        ]
