"""torchdistill's side of `frameworks`, in its own environment: python frameworks_theirs.py FOLDER NAME ... [--frozen]

It runs as torchdistill's example of text classification does. The students' architectures are this project's, and nothing else of it.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import torch

VISION = torch.library.Library("torchvision", "DEF")  # torchvision's Python names these operators; its library is for another torch
for schema in ("nms(Tensor a, Tensor b, float c) -> Tensor", "qnms(Tensor a, Tensor b, float c) -> Tensor",
               "roi_align(Tensor a, Tensor b, float c, SymInt d, SymInt e, int f, bool g) -> Tensor",
               "roi_pool(Tensor a, Tensor b, float c, SymInt d, SymInt e) -> (Tensor, Tensor)",
               "ps_roi_align(Tensor a, Tensor b, float c, SymInt d, SymInt e, int f) -> (Tensor, Tensor)",
               "ps_roi_pool(Tensor a, Tensor b, float c, SymInt d, SymInt e) -> (Tensor, Tensor)",
               "deform_conv2d(Tensor a, Tensor b, Tensor c, Tensor d, Tensor e, int f, int g, int h, int i, int j, int k, int l, "
               "int m, bool n) -> Tensor"):
    VISION.define(schema)

from torchdistill.core.distillation import get_distillation_box  # noqa: E402
from torchdistill.core.interfaces.registry import register_forward_proc_func  # noqa: E402
from torchdistill.datasets.registry import register_collate_func  # noqa: E402
from torchdistill.misc.log import MetricLogger, SmoothedValue  # noqa: E402
from torchdistill.optim.registry import register_optimizer, register_scheduler  # noqa: E402
from transformers import (  # noqa: E402
    AutoModelForSequenceClassification,
    AutoTokenizer,
    DataCollatorWithPadding,
    get_linear_schedule_with_warmup,
)

from core.models.families import register  # noqa: E402


@register_forward_proc_func
def forward_texts(model: Any, sample_batch: Any, targets: Any = None, supp_dict: Any = None, **_: Any) -> Any:
    """The batch's tensors as the model's arguments."""
    return model(**sample_batch)


@register_optimizer(key="no decay")
def without_decay(module: torch.nn.Module, weight_decay: float, **more: Any) -> torch.optim.Optimizer:
    """AdamW that spares biases and norms, as the example's own."""
    weights = [weight for weight in module.parameters() if weight.requires_grad]
    return torch.optim.AdamW([{"params": [weight for weight in weights if weight.ndim > 1], "weight_decay": weight_decay},
                              {"params": [weight for weight in weights if weight.ndim <= 1], "weight_decay": 0.0}], **more)


def configuration(how: dict[str, Any], steps: int, frozen: bool) -> dict[str, Any]:
    """As the example's configuration of knowledge distillation: a linear schedule, no clipping of gradients."""
    loader = {"dataset_id": "train", "sampler": {"class_or_func": torch.utils.data.RandomSampler}, "collate_fn": "collate",
              "kwargs": {"batch_size": how["batch_texts"], "num_workers": 0}, "requires_supp": False}
    loss = {"key": "KDLoss", "kwargs": {
        "student_module_path": "classifier", "student_module_io": "output", "teacher_module_path": "classifier",
        "teacher_module_io": "output", "temperature": how["temperature"], "alpha": 1 - how["soft_weight"], "reduction": "batchmean"}}
    return {
        "num_epochs": how["epochs"], "train_data_loader": loader,
        "teacher": {"forward_proc": "forward_texts", "requires_grad": False, "forward_hook": {"input": [], "output": ["classifier"]}},
        "student": {"forward_proc": "forward_texts", "requires_grad": True, "forward_hook": {"input": [], "output": ["classifier"]},
                    "frozen_modules": ["bert.embeddings.word_embeddings"] if frozen else []},
        "optimizer": {"key": "no decay", "filters_params": False,
                      "kwargs": {"lr": how["learning_rate"], "weight_decay": how["weight_decay"]}},
        "scheduler": {"key": "linear", "kwargs": {"num_warmup_steps": round(steps * how["warmup_share"]), "num_training_steps": steps},
                      "scheduling_step": 1},
        "criterion": {"key": "WeightedSumLoss", "kwargs": {"sub_terms": {"kd": {"criterion": loss, "weight": 1.0}}}}}


def distilled(teacher: Any, student: Any, rows: list[dict[str, Any]], how: dict[str, Any], frozen: bool) -> None:
    """Trains one student, with the example's loop."""
    steps = how["epochs"] * -(-len(rows) // how["batch_texts"])
    box = get_distillation_box(teacher, student, {"train": rows}, configuration(how, steps, frozen), torch.device("cpu"), None, False, 1.0)
    for epoch in range(box.num_epochs):
        box.pre_epoch_process(epoch=epoch)
        metrics = MetricLogger(delimiter="  ")
        metrics.add_meter("lr", SmoothedValue(window_size=1, fmt="{value}"))
        for batch in metrics.log_every(box.train_data_loader, 500, f"Epoch: [{epoch}]"):
            labels = batch.pop("labels")
            loss = box.forward_process(dict(batch), labels)
            box.post_forward_process(loss=loss)
            metrics.update(loss=loss.item(), lr=box.optimizer.param_groups[0]["lr"])
        box.post_epoch_process()
    box.clean_modules()


@torch.inference_mode()
def accuracy(model: Any, tokenizer: Any, texts: list[str], labels: list[int], max_length: int) -> float:
    """Share of texts answered as labelled."""
    model.eval()
    right = 0
    for i in range(0, len(texts), 64):
        given = tokenizer(texts[i: i + 64], truncation=True, max_length=max_length, padding=True, return_tensors="pt")
        right += int((model(**given).logits.argmax(-1) == torch.tensor(labels[i: i + 64])).sum())
    return right / len(texts)


def main(folder: Path, names: list[str], frozen: bool) -> None:
    """Prints {"seconds", "accuracies"}."""
    logging.disable(logging.INFO)
    register()
    data = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    how, texts, labels = data["settings"], data["train"]["texts"], data["train"]["labels"]
    torch.set_num_threads(how["threads"])
    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(folder / "teacher")
    register_collate_func(DataCollatorWithPadding(tokenizer), key="collate")
    register_scheduler(get_linear_schedule_with_warmup, key="linear")
    teacher, *students = (AutoModelForSequenceClassification.from_pretrained(folder / name) for name in ("teacher", *names))
    teacher.eval()
    started = perf_counter()
    ids = tokenizer(texts, truncation=True, max_length=how["max_length"])["input_ids"]
    rows = [{"input_ids": row, "attention_mask": [1] * len(row), "labels": label} for row, label in zip(ids, labels, strict=True)]
    for student in students:
        distilled(teacher, student, rows, how, frozen)
    seconds = perf_counter() - started
    held = data["validation"]
    right = [accuracy(student, tokenizer, held["texts"], held["labels"], how["max_length"]) for student in students]
    sys.stdout.write(json.dumps({"seconds": seconds, "accuracies": right}) + "\n")


if __name__ == "__main__":
    wanted = [each for each in sys.argv[2:] if each != "--frozen"]
    main(Path(sys.argv[1]), wanted, "--frozen" in sys.argv)
