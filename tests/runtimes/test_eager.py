"""The eager runtime answers each text as if it were alone, whatever stands beside it in a batch."""

import numpy as np
import pytest
import torch

from core.models.build import classifier, placed
from core.models.tokens import Tokeniser
from core.runtimes.eager import logits
from tests.conftest import sentences


def test_batching_and_padding_do_not_change_an_answer(tiny_model):
    texts = [*sentences(40)[0], "short", "a text that is a good deal longer than all of the others " * 3]
    model, tokeniser = classifier(tiny_model, ("good", "poor")), Tokeniser(tiny_model, 64)
    together = logits(model, tokeniser(texts), tokeniser.pad_id)
    alone = np.vstack([logits(model, tokeniser([text]), tokeniser.pad_id) for text in texts])
    assert np.allclose(together, alone, atol=1e-5)
    assert not np.allclose(together[0], together[-1], atol=1e-3)


def test_progress_reaches_the_end(tiny_model):
    seen = []
    tokeniser = Tokeniser(tiny_model, 64)
    logits(classifier(tiny_model, ("good", "poor")), tokeniser(sentences(400)[0]), 0, seen.append)
    assert seen == sorted(seen) and seen[-1] == 1.0 and len(seen) > 1


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_the_gpu_answers_as_the_cpu(tiny_model):
    texts, _ = sentences(100)
    ids = Tokeniser(tiny_model, 64)(texts)
    model = classifier(tiny_model, ("good", "poor"))
    here = logits(model, ids, 0)
    there = logits(placed(model, "cuda:0"), ids, 0)
    assert np.allclose(here, there, atol=1e-2) and (here.argmax(-1) == there.argmax(-1)).mean() > 0.99
