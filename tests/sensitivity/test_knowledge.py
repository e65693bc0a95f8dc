"""The knowledge files: sound as shipped, and refused with the place named when damaged."""

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from haechi.errors import KnowledgeError
from haechi.sensitivity.facts import Concept, read, schema, shipped, split_terms
from haechi.sensitivity.lexicon import compile_lexicon
from haechi.sensitivity.normalise import views

FILES = sorted((Path(__file__).parents[2] / "src/haechi/knowledge/concepts").glob("*.yaml"))
SOUND = """source: test
concepts:
  - id: church
    categories: {religion: 2}
    en: church, chapel
"""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_shipped_files_follow_the_published_schema(file: Path) -> None:
    """Fails when someone who edits by the schema would be refused, or the reverse."""
    faults = list(Draft202012Validator(schema()).iter_errors(yaml.safe_load(file.read_bytes())))
    assert faults == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("religion: 2", "relijion: 2"), ["k.yaml", "relijion"]),
        (("religion: 2", "religion: 3"), ["k.yaml", "$.concepts[0].categories.religion", "3"]),
        (("en: church, chapel", "en: [church]"), ["k.yaml", "$.concepts[0].en"]),
        (("en: church, chapel", "xx: church"), ["k.yaml", "xx"]),
        (("id: church", "name: church"), ["k.yaml", "$.concepts[0]", "'name' was unexpected"]),
        (("source: test", "sauce: test"), ["k.yaml", "'sauce' was unexpected"]),
        (("concepts:", "concepts: ]"), ["k.yaml", "YAML"]),
        (("en: church, chapel", "en: church\n    needs: [nowhere]"), ["church", "nowhere"]),
    ],
)
def test_a_damaged_file_is_refused_with_its_place(
    tmp_path: Path, change: tuple[str, str], said: list[str]
) -> None:
    """Fails when damaged knowledge is used in silence, or its keeper is not told where to look."""
    file = tmp_path / "k.yaml"
    file.write_text(SOUND.replace(*change))
    with pytest.raises(KnowledgeError) as refusal:
        read([file])
    for part in said:
        assert part in str(refusal.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """Fails when a truncated or binary file ends in a traceback."""
    file = tmp_path / "k.yaml"
    file.write_bytes(b"\x00\xff\xfe" * 100)
    with pytest.raises(KnowledgeError, match=r"k\.yaml"):
        read([file])


def test_an_identifier_stands_once(tmp_path: Path) -> None:
    """Fails when two concepts could hide behind one name in a report."""
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(SOUND)
    with pytest.raises(KnowledgeError, match="twice"):
        read(sorted(tmp_path.iterdir()))


def test_the_version_changes_with_the_knowledge(tmp_path: Path) -> None:
    """Fails when two reports by different knowledge claim the same version."""
    file = tmp_path / "k.yaml"
    file.write_text(SOUND)
    before = read([file]).version
    file.write_text(SOUND.replace("chapel", "abbey"))
    assert read([file]).version != before


def test_every_look_alike_takes_something_away() -> None:
    """Fails when an exclusion covers no term: it would only seem to protect."""
    knowledge = shipped()
    lexicon = compile_lexicon(knowledge)
    idle = []
    for concept in knowledge.concepts:
        if concept.categories:
            continue
        for _, term in concept.terms():
            covered = any(
                isinstance(other.meaning, Concept) and other.meaning.categories
                for view in views(term.strip("-"))
                for pattern, _, _ in lexicon.automaton.find_matches_as_indexes(view.text, overlapping=True)
                for other in lexicon.terms[pattern]
            )
            if not covered:
                idle.append(term)
    assert idle == []


def test_every_concept_has_a_source_and_terms_are_not_repeated() -> None:
    """Fails when a decision could not be traced, or an editor would correct one of two equal lines."""
    for concept in shipped().concepts:
        assert concept.source
        for lang in ("en", "ko", "ja", "de", "fr", "es", "pt", "zh"):
            terms = split_terms(getattr(concept, lang))
            assert len(terms) == len(set(terms)), (concept.id, lang)
