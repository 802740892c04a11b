"""Computing the last layer for the first token alone changes nothing that the head gives."""

import pytest
import torch

from core.models.build import classifier
from core.models.first_token import FirstToken, first_token_alone
from core.models.tokens import Tokeniser
from tests.conftest import sentences


def answered(model, folder):
    tokeniser = Tokeniser(folder, 32)
    ids = [torch.tensor(row[: 5 + i % 7]) for i, row in enumerate(tokeniser(sentences(24)[0]))]
    table = torch.nn.utils.rnn.pad_sequence(ids, batch_first=True, padding_value=tokeniser.pad_id)
    logits = model(input_ids=table, attention_mask=(table != tokeniser.pad_id).long()).logits
    model.zero_grad()
    logits.square().sum().backward()
    return logits.detach(), {name: weight.grad.clone() for name, weight in model.named_parameters() if weight.grad is not None}


def test_logits_and_gradients_are_those_of_the_whole_layer(tiny_model):
    model = classifier(tiny_model, ("good", "poor")).eval()
    logits, gradients = answered(model, tiny_model)
    with first_token_alone(model):
        assert isinstance(model.bert.encoder.layer[-1], FirstToken)
        fewer, their = answered(model, tiny_model)
    assert not isinstance(model.bert.encoder.layer[-1], FirstToken)
    assert torch.allclose(fewer, logits, atol=1e-5) and len(their) == len(gradients)
    for name, gradient in gradients.items():
        assert torch.allclose(their[name.replace("layer.2.", "layer.2.layer.")], gradient, atol=1e-4), name


def test_the_model_is_whole_again_after_an_error(tiny_model):
    model = classifier(tiny_model, ("good", "poor"))
    names = list(model.state_dict())
    with pytest.raises(KeyError), first_token_alone(model):
        raise KeyError
    assert list(model.state_dict()) == names


def test_dropout_is_that_of_the_layer(tiny_model):
    model = classifier(tiny_model, ("good", "poor")).train()
    with first_token_alone(model):
        first, second = (answered(model, tiny_model)[0] for _ in range(2))
    assert not torch.equal(first, second)
