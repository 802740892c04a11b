"""Every test has a data folder of its own; models that several tests need are made once."""

from __future__ import annotations

import lzma
import os
from pathlib import Path

import hypothesis
import pytest

# Read by torch's threads here and in every process that a test starts. By default they wait for one another by spinning, and where two
# tests share two cores they spin on those that the others need: small models then train some fifteen times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

hypothesis.settings.register_profile("shared machine", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("shared machine")

QUICK = Path(__file__).parent / "recorded" / "quick.json.xz"
WORDS = ("splendid warm funny bright tender moving lively great", "dull bleak tedious clumsy hollow stale weary bad")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh DISTILL_ROI_HOME."""
    home = tmp_path / "home"
    monkeypatch.setenv("DISTILL_ROI_HOME", str(home))
    monkeypatch.delenv("DISTILL_ROI_DATABASE", raising=False)
    return home


@pytest.fixture(scope="session")
def quick_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A quick study of the film reviews that was recorded for the tests."""
    file = tmp_path_factory.mktemp("recorded") / "study.json"
    file.write_bytes(lzma.decompress(QUICK.read_bytes()))
    return file


@pytest.fixture(autouse=True)
def recorded_example(request: pytest.FixtureRequest, quick_study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What tests say of an example's figures rests on that study, so that the one that ships can be recorded anew; the mark `shipped`
    leaves the one that ships in its place."""
    from core.studies import read

    if not request.node.get_closest_marker("shipped"):
        monkeypatch.setattr(read, "EXAMPLE_FILE", quick_study)


def sentences(count: int, seed: int = 0) -> tuple[list[str], list[str]]:
    """Short texts that are easy to tell apart, and their labels: "good" and "poor"."""
    import numpy as np

    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, count)
    texts = [f"a {' '.join(rng.choice(WORDS[label].split(), 3))} film number {i}" for i, label in enumerate(labels)]
    return texts, [("good", "poor")[label] for label in labels]


@pytest.fixture
def small_task() -> str:
    """The id of an imported task with 240 easy texts in two classes."""
    import io

    import pandas as pd

    from core import tasks

    texts, labels = sentences(240)
    file = io.StringIO()
    pd.DataFrame({"text": texts, "label": labels}).to_csv(file, index=False)
    return tasks.import_file(file.getvalue().encode(), "small.csv", name="small").id


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a three-layer BERT of random weights and the bundled model's tokenizer: real, small and fast."""
    import torch
    from transformers import BertConfig, BertModel

    from core.models.sources import locate
    from core.models.tokens import Tokeniser

    folder = tmp_path_factory.mktemp("tiny-bert")
    torch.manual_seed(0)
    config = BertConfig(hidden_size=48, num_hidden_layers=3, num_attention_heads=4, intermediate_size=96,
                        initializer_range=0.1)
    BertModel(config).save_pretrained(folder, safe_serialization=True)
    Tokeniser(locate("minilm"), 64).save(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_artifact(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model as an artefact of two classes with 64 reference texts."""
    from core.models.artifact import Card, save
    from core.models.build import classifier
    from core.models.tokens import Tokeniser
    from core.runtimes.eager import logits

    texts = sentences(64)[0]
    model, tokeniser = classifier(tiny_model, ("good", "poor")), Tokeniser(tiny_model, 32)
    answers = logits(model, tokeniser(texts), tokeniser.pad_id).argmax(-1).tolist()
    card = Card(("good", "poor"), 32, tuple(texts), tuple(answers), {})
    return save(model, tokeniser, card, tmp_path_factory.mktemp("tiny-artefact") / "artefact")


@pytest.fixture(scope="session")
def tiny_onnx(tiny_artifact: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same artefact exported to ONNX."""
    from core.compress.export import write_beside, write_onnx
    from core.models.artifact import read_card
    from core.models.build import classifier
    from core.models.served import ServedTokeniser

    folder = tmp_path_factory.mktemp("tiny-onnx")
    card = read_card(tiny_artifact)
    write_beside(tiny_artifact, folder)
    ids = ServedTokeniser(tiny_artifact, card.max_length)(["a warm film", "a bleak and tedious film number 5"])
    write_onnx(classifier(tiny_artifact, card.labels), ids, 0, folder / "model.onnx")
    return folder
