"""Texts are tokenised once for a run."""

from core.models.tokens import Tokeniser
from core.stages.token_ids import token_ids
from tests.conftest import sentences


def test_the_same_texts_are_tokenised_once_wherever_the_tokenizer_lies(tiny_model, tiny_artifact):
    texts = sentences(30)[0]
    first, copy, shorter = Tokeniser(tiny_model, 32), Tokeniser(tiny_artifact, 32), Tokeniser(tiny_model, 6)
    made = token_ids(first, texts)
    assert made == first(texts) and token_ids(first, list(texts)) is made and token_ids(copy, texts) is made
    assert token_ids(shorter, texts) == shorter(texts) != made
    assert token_ids(first, texts[:-1]) == made[:-1]
