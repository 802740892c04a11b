"""What a stage needs to run by itself: a context, and models that are worth judging without having been trained."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import torch

from core.models.build import classifier
from core.models.tokens import Tokeniser
from core.runtimes.eager import logits


class Context(SimpleNamespace):
    """What a run gives the stage."""

    def progress(self, share, detail=""):
        self.seen.append((share, detail))

    def point(self, *point):
        raise AssertionError("no curve here")

    def log(self, text):
        pass


def undecided(folder, seed, texts):
    """A classifier over two labels with random weights that gives each label to half of the texts."""
    model = classifier(folder, ("good", "poor"), seed)
    tokeniser = Tokeniser(folder, 32)
    found = logits(model, tokeniser(texts), tokeniser.pad_id)
    with torch.no_grad():
        model.classifier.weight.mul_(40)
        model.classifier.bias.copy_(torch.tensor([0.0, -40 * float(np.median(found[:, 1] - found[:, 0]))]))
    return model, tokeniser
