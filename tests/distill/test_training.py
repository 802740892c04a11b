"""The training loop on a real, small model."""

import numpy as np
import pytest
import torch

from core.distill.losses import true_label_loss
from core.distill.soft_targets import cached_logits, key, key_of_texts
from core.distill.training import Examples, train
from core.models.build import classifier
from core.models.tokens import Tokeniser
from core.runtimes.eager import logits
from core.spec import TrainingSpec
from tests.conftest import sentences

EPOCHS = 12


def examples(folder, count=160):
    texts, labels = sentences(count)
    tokeniser = Tokeniser(folder, 32)
    return Examples(tokeniser(texts), np.array([label == "poor" for label in labels], dtype=np.int64), tokeniser.pad_id)


def fit(folder, **changes):
    model = classifier(folder, ("good", "poor"))
    spec = TrainingSpec(batch_tokens=256, **changes)
    seen = []
    done = train(model, examples(folder), lambda given, batch: true_label_loss(given.logits, batch.labels), spec, epochs=EPOCHS,
                 learning_rate=2e-3, report=lambda *values: seen.append(values))
    return model, done, seen


def test_it_learns_what_can_be_learnt_and_reports_each_step(tiny_model):
    data = examples(tiny_model)
    model, done, seen = fit(tiny_model)
    assert (logits(model, data.ids, data.pad_id).argmax(-1) == data.labels).mean() > 0.95
    assert done.tokens == EPOCHS * sum(len(row) for row in data.ids)
    assert len(seen) == done.steps and seen[-1][0] == 1.0 and done.loss < seen[0][2]


def test_the_same_seed_gives_the_same_model(tiny_model):
    first, second = (fit(tiny_model)[0].state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("frozen", [True, False])
def test_word_embeddings_stay_only_where_they_are_frozen(tiny_model, frozen):
    before = classifier(tiny_model, ("good", "poor")).get_input_embeddings().weight.clone()
    after = fit(tiny_model, freeze_embeddings=frozen)[0].get_input_embeddings().weight
    assert torch.equal(before, after) == frozen


def test_soft_targets_are_computed_once_for_each_text_and_keyed_by_content(tiny_model, tmp_path):
    texts, _ = sentences(20)
    tokeniser = Tokeniser(tiny_model, 32)
    path = tmp_path / "soft.safetensors"
    first = cached_logits(path, lambda: classifier(tiny_model, ("good", "poor")), tokeniser, texts)
    again = cached_logits(path, lambda: pytest.fail("computed again"), tokeniser, texts)
    assert not first.cached and again.cached and again.seconds == pytest.approx(first.seconds, abs=1e-3)
    assert np.array_equal(first.values, again.values)
    backwards = cached_logits(path, lambda: pytest.fail("computed again"), tokeniser, texts[5::-1])
    assert np.array_equal(backwards.values, first.values[5::-1]) and 0 < backwards.seconds < first.seconds
    more = cached_logits(path, lambda: classifier(tiny_model, ("good", "poor")), tokeniser, [*texts, "one more", "one more"])
    assert not more.cached and more.seconds > first.seconds and np.array_equal(more.values[:20], first.values)
    assert len({key("w", 32, "cpu"), key("v", 32, "cpu"), key("w", 16, "cpu"), key("w", 32, "gpu")}) == 4
    others = [("v", texts, 32, "cpu"), ("w", texts[:-1], 32, "cpu"), ("w", texts[::-1], 32, "cpu"), ("w", texts, 16, "cpu"),
              ("w", texts, 32, "gpu")]
    assert len({key_of_texts("w", texts, 32, "cpu"), *(key_of_texts(*other) for other in others)}) == 6
