"""Faces: the real loading code with tiny models written by hand, and the rules for when faces are looked for."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from haechi.errors import KnowledgeError, MissingError
from haechi.review.case import Picture
from haechi.review.images.faces import LIMIT, Faces
from haechi.review.images.look import with_faces
from tests.ads.images.onnx_by_hand import detector, recogniser
from tests.ads.images.scenes import encoded

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


def face(colour: tuple[int, int, int], x: int = 0, y: int = 32) -> Pixels:
    """A picture in which the synthetic detector sees one face: a nearly white patch with a tint."""
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[y : y + 32, x : x + 32] = colour
    return picture


WARM, COLD = (255, 250, 238), (238, 250, 255)


@pytest.fixture
def faces(tmp_path: Path) -> Faces:
    return Faces(detector(tmp_path / "detector.onnx"), recogniser(tmp_path / "recogniser.onnx"))


def test_an_enrolled_face_is_found_where_it_is(faces: Faces) -> None:
    """If it fails, the models that an operator supplies are not used, or the evidence points elsewhere."""
    assert faces.enrol({"mei": [face(WARM)]}) == []
    ((party, score, box),) = faces.look_up(face(WARM, 32, 0))
    assert party == "mei"
    assert score > 0.9
    assert (box.x, box.y, box.width, box.height) == (32, 0, 32, 32)


def test_nobody_enrolled_or_no_face_finds_nobody(faces: Faces) -> None:
    """If it fails, people who never enrolled are recognised."""
    assert faces.look_up(face(WARM)) == ()
    assert faces.enrol({"mei": [np.zeros((64, 64, 3), np.uint8)]}) == ["mei"]
    assert faces.look_up(face(WARM)) == ()
    faces.enrol({"mei": [face(WARM)]})
    assert faces.look_up(np.zeros((50, 90, 3), np.uint8)) == ()


def test_nothing_is_kept_of_a_picture_that_was_asked_about(faces: Faces) -> None:
    """If it fails, biometric data of people who have nothing to do with it are stored."""
    faces.enrol({"mei": [face(WARM)]})
    before = {party: rows.copy() for party, rows in faces._known.items()}
    names = set(vars(faces))
    faces.look_up(face(COLD))
    assert set(vars(faces)) == names
    assert before.keys() == faces._known.keys()
    assert all(np.array_equal(rows, faces._known[party]) for party, rows in before.items())


@pytest.mark.parametrize("content", [b"", b"no model", b"\x08\x07", b"\xff" * 500])
def test_a_wrong_file_is_named(tmp_path: Path, content: bytes) -> None:
    """If it fails, an operator learns of a wrong file from a crash, or never."""
    good, bad = detector(tmp_path / "detector.onnx"), tmp_path / "bad.onnx"
    bad.write_bytes(content)
    with pytest.raises(KnowledgeError, match=r"bad\.onnx: cannot be used as YuNet"):
        Faces(bad, recogniser(tmp_path / "recogniser.onnx"))
    with pytest.raises(KnowledgeError, match=r"bad\.onnx: cannot be used as SFace"):
        Faces(good, bad)
    with pytest.raises(MissingError, match=r"none\.onnx"):
        Faces(tmp_path / "none.onnx", good)


def test_exchanged_files_are_named(tmp_path: Path) -> None:
    """If it fails, two paths in the wrong order give results that mean nothing."""
    first, second = detector(tmp_path / "detector.onnx"), recogniser(tmp_path / "recogniser.onnx")
    with pytest.raises(KnowledgeError, match="YuNet"):
        Faces(second, first)


def test_faces_are_looked_for_only_when_the_ad_is_suspected(faces: Faces) -> None:
    """If it fails, biometric data are processed for every ad, which the law does not allow."""
    faces.enrol({"mei": [face(WARM)]})
    data = encoded(Image.fromarray(face(WARM)), "PNG")
    picture = Picture(width=64, height=64)
    assert with_faces(picture, data, faces, suspected=False) == picture
    assert with_faces(picture, data, None, suspected=True) == picture
    refused = Picture(failure="unreadable")
    assert with_faces(refused, b"", faces, suspected=True) == refused
    ((party, score, _),) = with_faces(picture, data, faces, suspected=True).faces
    assert party == "mei"
    assert score >= LIMIT
