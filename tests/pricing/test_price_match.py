"""Which instance a machine is: identical GPUs only, and a CPU is asked about."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.pricing import find, match, parse, price

CATALOGUE = parse((Path(__file__).parents[2] / "assets" / "prices" / "instances.csv").read_text())
GIB = 2**30


def machine(*gpus, cores=8, memory_gib=32):
    return {"gpus": [{"name": name, "memory_bytes": 16 * GIB} for name in gpus], "cores": cores, "memory_bytes": memory_gib * GIB}


@pytest.mark.parametrize(("gpu", "key"), [
    ("Tesla T4", "aws/g4dn.xlarge"), ("NVIDIA L4", "gcp/g2-standard-4"), ("NVIDIA A10G", "aws/g5.xlarge"),
    ("NVIDIA A100-SXM4-40GB", "lambda/gpu_1x_a100"), ("NVIDIA A100 80GB PCIe", "runpod/1x_A100-80GB_SECURE"),
    ("NVIDIA H100 PCIe", "lambda/gpu_1x_h100_pcie"), ("NVIDIA H100 80GB HBM3", "runpod/1x_H100-SXM_SECURE"),
    ("Tesla V100-SXM2-16GB", "aws/p3.2xlarge"), ("NVIDIA L40S", "aws/g6e.xlarge"), ("NVIDIA A10", "lambda/gpu_1x_a10"),
])
def test_one_gpu_matches_the_cheapest_identical(gpu, key):
    found = match(machine(gpu), CATALOGUE)
    assert found.how == "identical GPU"
    assert found.instance.key == key
    assert price(found).provenance.kind == "catalogue"


@pytest.mark.parametrize("gpu", ["NVIDIA GeForce RTX 4090", "NVIDIA A100-PCIE-40GB", "NVIDIA A100-SXM4-40GB MIG 1g.5gb",
                                 "Tesla V100-SXM2-32GB", "NVIDIA GH200 480GB"])
def test_a_similar_gpu_does_not_match(gpu):
    assert match(machine(gpu), CATALOGUE).how == "none"


def test_the_count_must_be_the_same():
    alone = match(machine("NVIDIA H200"), CATALOGUE)
    assert alone.instance is None
    assert "aws/p5en.48xlarge has 8" in alone.reason
    assert price(alone).value is None and price(alone).provenance.reason == alone.reason
    assert match(machine(*["NVIDIA H200"] * 8), CATALOGUE).instance.key == "aws/p5en.48xlarge"


def test_azures_single_gpus_are_cards_not_modules():
    assert find(CATALOGUE, "azure/Standard_NC24ads_A100_v4").gpu == "A100-80GB-PCIe"
    nvl = find(CATALOGUE, "azure/Standard_NC40ads_H100_v5")
    assert (nvl.gpu, nvl.gpu_memory_gib) == ("H100-NVL", 94)
    assert match(machine("NVIDIA A100-SXM4-80GB"), CATALOGUE).instance.key == "gcp/a2-ultragpu-1g"


def test_mixed_gpus_match_nothing():
    assert match(machine("Tesla T4", "NVIDIA L4"), CATALOGUE).how == "none"


def test_a_cpu_is_only_proposed_by_vcpus_then_memory():
    found = match(machine(cores=8, memory_gib=15), CATALOGUE)
    assert (found.how, found.instance.key) == ("nearest CPU, assumed", "aws/c6i.2xlarge")
    assert match(machine(cores=2, memory_gib=4), CATALOGUE).instance.key == "aws/t3.medium"
    assert match(machine(cores=2, memory_gib=8), CATALOGUE).instance.key == "aws/m6i.large"
    figure = price(found)
    assert (figure.value, figure.unit, figure.provenance.evidence) == (0.34, "USD/h", "default")
    assert "aws/c6i.2xlarge" in figure.provenance.source and found.instance.source in figure.provenance.source
    assert figure.provenance.as_of == "2026-07-20"


def test_without_cores_nothing_is_proposed():
    assert match({"gpus": [], "cores": None, "memory_bytes": None}, CATALOGUE).how == "none"


def test_who_says_the_price_decides_its_provenance():
    typed = price(0.75)
    assert (typed.value, typed.provenance.kind, typed.provenance.by) == (0.75, "assumed", "user")
    chosen = find(CATALOGUE, "aws/g4dn.2xlarge")
    listed = price(chosen)
    assert (listed.value, listed.provenance.kind, listed.provenance.as_of) == (0.752, "catalogue", "2026-07-20")
    assert price(replace(chosen, as_of=None)).provenance.as_of == ""
    assert listed.provenance.source == f"aws/g4dn.2xlarge in us-east-1; {chosen.source}"
    assert price(replace(chosen, source="a list")).provenance.source == "aws/g4dn.2xlarge in us-east-1, on demand; a list"
