"""Protected people's faces, by models that the operator supplies: YuNet finds faces, SFace tells whose they are.

Faces are biometric data. Therefore: no model is shipped and without files nothing is looked for; only parties that
enrolled a reference picture are known; the caller asks only about ads that are suspected already; and of a face that
is nobody's here nothing is kept. Meta's programme against celebrity bait works in the
same order, by its announcement of October 2024: suspected first, compared, then deleted, match or not.

The limit of 0.363 for the cosine is the one that OpenCV publishes for its SFace model, with 0.9940 right on LFW.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from haechi.errors import KnowledgeError, MissingError
from haechi.review.ads import Box

LIMIT: Final = 0.363
_FOUND: Final = 0.8
_ALIGNED: Final = 112
Pixels = NDArray[np.uint8]


class Faces:
    """Enrolled faces and the two models.

    Args:
        detector: ONNX file of YuNet.
        recogniser: ONNX file of SFace.

    Raises:
        MissingError: a file is not there.
        KnowledgeError: a file is no such model.
    """

    def __init__(self, detector: Path, recogniser: Path) -> None:
        self._detector = _loaded(
            detector, "YuNet", lambda name: cv2.FaceDetectorYN.create(name, "", (64, 64), _FOUND)
        )
        self._recogniser = _loaded(recogniser, "SFace", lambda name: cv2.FaceRecognizerSF.create(name, ""))
        self._known: dict[str, NDArray[np.float32]] = {}
        _tried(detector, "YuNet", lambda: self._found(np.zeros((64, 64, 3), np.uint8)))
        _tried(
            recogniser, "SFace", lambda: self._recogniser.feature(np.zeros((_ALIGNED, _ALIGNED, 3), np.uint8))
        )

    def enrol(self, pictures: Mapping[str, Sequence[Pixels]]) -> list[str]:
        """Learns protected parties' faces; of each reference picture the largest face.

        Args:
            pictures: by party_id, red, green and blue.

        Returns:
            party_ids in none of whose pictures a face was found.
        """
        without = []
        for party, several in pictures.items():
            rows = [
                self._feature(picture, faces[0]) for picture in several if len(faces := self._found(picture))
            ]
            if rows:
                self._known[party] = np.stack(rows)
            else:
                without.append(party)
        return without

    def look_up(self, picture: Pixels) -> tuple[tuple[str, float, Box], ...]:
        """Enrolled parties whose face is in a picture: party_id, cosine, and where; the surest first."""
        found: dict[str, tuple[str, float, Box]] = {}
        if not self._known:
            return ()
        for face in self._found(picture):
            feature = self._feature(picture, face)
            x, y, width, height = (max(0, round(float(one))) for one in face[:4])
            box = Box(x, y, width, height)
            for party, known in self._known.items():
                cosine = float((known @ feature).max())
                if cosine >= LIMIT and (party not in found or found[party][1] < cosine):
                    found[party] = (party, cosine, box)
        return tuple(sorted(found.values(), key=lambda one: (-one[1], one[0])))

    def _found(self, picture: Pixels) -> NDArray[np.float32]:
        """Faces as the detector tells them, the largest first."""
        height, width = picture.shape[:2]
        self._detector.setInputSize((width, height))
        _, faces = self._detector.detect(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        if faces is None:
            return np.zeros((0, 15), np.float32)
        rows = np.asarray(faces, np.float32)
        return rows[np.argsort(-rows[:, 2] * rows[:, 3], kind="stable")]

    def _feature(self, picture: Pixels, face: NDArray[np.float32]) -> NDArray[np.float32]:
        """One face as a direction of length one."""
        aligned = self._recogniser.alignCrop(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), face)
        feature = np.asarray(self._recogniser.feature(aligned), np.float32).ravel()
        return feature / max(float(np.linalg.norm(feature)), 1e-9)


def _loaded(path: Path, model: str, make: Any) -> Any:  # noqa: ANN401 - cv2's classes tell no protocol
    if not path.is_file():
        raise MissingError(f"Model of faces {path}: found no file; expected {model} as ONNX.")
    return _tried(path, model, lambda: make(str(path)))


def _tried(path: Path, model: str, attempt: Any) -> Any:  # noqa: ANN401 - the same
    try:
        return attempt()
    except (cv2.error, SystemError, ValueError):
        raise KnowledgeError(
            f"Model of faces {path}: cannot be used as {model}; expected OpenCV's {model} model as ONNX."
        ) from None
