"""Dropout by a model's own generator: torch's rule, the same draws for the same seed, and nothing left behind."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from core.models.dropout import own_dropout


@pytest.mark.parametrize("p", [0.1, 0.5])
def test_values_are_dropped_with_their_probability_and_the_mean_stays(p: float) -> None:
    layer, ones = nn.Dropout(p), torch.ones(400, 1_001, requires_grad=True)
    with own_dropout(layer, 3):
        given = layer(ones)
    given.sum().backward()
    kept = given != 0
    assert float((~kept).float().mean()) == pytest.approx(p, abs=0.003)
    assert torch.allclose(given[kept], torch.tensor(1 / (1 - p))) and float(given.detach().mean()) == pytest.approx(1, abs=0.01)
    assert torch.equal(ones.grad, given), "the gradient goes where the value went"
    rows = kept.float() - kept.float().mean()
    assert abs(float((rows[:, 1:] * rows[:, :-1]).mean())) < 0.002, "neighbours are drawn apart, though four come from one number"


def test_the_seed_alone_decides_whatever_torch_drew_before() -> None:
    model = nn.Sequential(nn.Dropout(0.1), nn.Dropout(0.3))

    def drawn(seed: int) -> torch.Tensor:
        torch.rand(5)
        with own_dropout(model, seed):
            return model(torch.ones(50, 50))

    assert torch.equal(drawn(1), drawn(1)) and not torch.equal(drawn(1), drawn(2))


def test_a_model_that_does_not_learn_drops_nothing_and_afterwards_torch_drops_again() -> None:
    layer, ones = nn.Dropout(0.5), torch.ones(64)
    with own_dropout(layer, 0):
        assert torch.equal(layer.eval()(ones), ones)
        layer.p = 0.0
        assert torch.equal(layer.train()(ones), ones)
        layer.p = 0.5
    torch.manual_seed(0)
    expected = nn.functional.dropout(ones, 0.5)
    torch.manual_seed(0)
    assert torch.equal(layer(ones), expected)
