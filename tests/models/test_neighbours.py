"""Neighbours by the bundled model's own token embeddings."""

import numpy as np
import torch

from core.models.build import classifier
from core.models.neighbours import NEAR, mask_word, neighbours
from core.models.sources import locate
from core.models.tokens import Tokeniser


def test_neighbours_are_the_nearest_whole_words():
    folder = locate("minilm")
    model = classifier(folder, ("a", "b"))
    found = neighbours(model, folder, ["good", "Film", "unforgettable!", "film", "good"])
    assert "unforgettable!" not in found and found["Film"] == found["film"], "the tokenizer knows no capitals"
    assert {"great", "bad", "excellent"} <= set(found["good"]) and {"movie", "films"} <= set(found["film"])
    assert all(len(near) == NEAR and word not in near and all(each.isalpha() for each in near) for word, near in found.items()
               if word != "Film")
    tokenizer = Tokeniser(folder, 8).tokenizer
    table = torch.nn.functional.normalize(model.get_input_embeddings().weight.detach(), dim=1).numpy()
    own = tokenizer.convert_tokens_to_ids("good")
    alike = table @ table[own]
    worst = min(alike[tokenizer.convert_tokens_to_ids(list(found["good"]))])
    nearer = {tokenizer.convert_ids_to_tokens(int(i)) for i in np.flatnonzero(alike > worst + 1e-5)} - {"good", *found["good"]}
    assert not any(word.isalpha() for word in nearer), nearer
    assert mask_word(folder) == "[MASK]" and neighbours(model, folder, []) == {}
