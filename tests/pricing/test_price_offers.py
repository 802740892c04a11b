"""gpuhunt's names, zones and GPUs in the words of the price list."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from core.pricing import match, parse
from core.pricing.offers import PROVIDERS, Offer, catalogue_name, instances

SHIPPED = parse((Path(__file__).parents[2] / "assets" / "prices" / "instances.csv").read_text())
AWS = Offer("aws", "g6.2xlarge", "us-east-1", 0.98, 8, 32.0, 1, "L4", 24.0, False)
GCP = Offer("gcp", "n1-standard-4", "us-central1-a", 0.55, 4, 15.0, 1, "T4", 16.0, False)


def made(*offers, shapes=()):
    sources = {name: f"gpuhunt {name}" for name in PROVIDERS.values()}
    return instances(offers, shapes, sources, dict.fromkeys(sources, date(2026, 11, 20)))


def test_a_new_instance_takes_its_shape_from_the_catalogue():
    [row] = made(AWS)
    assert (row.key, row.region, row.vcpus, row.memory_gib, row.gpu, row.gpu_count) == ("aws/g6.2xlarge", "us-east-1", 8, 32, "L4", 1)
    assert (row.usd_per_hour, row.spot_usd_per_hour, row.source, row.as_of) == (0.98, None, "gpuhunt aws", date(2026, 11, 20))


def test_a_known_instance_keeps_the_shape_that_the_list_has():
    [row] = made(replace(AWS, instance_name="p4de.24xlarge", gpu_name="A100", gpu_memory=80.0, price=20.0), shapes=SHIPPED)
    assert (row.gpu, row.vcpus, row.usd_per_hour) == ("A100-80GB", 96, 20.0)


def test_zones_become_a_region_and_the_cheapest_of_each_kind_counts():
    zones = [GCP, replace(GCP, location="us-central1-b", price=0.5), replace(GCP, location="us-central1-c", spot=True, price=0.2),
             replace(GCP, location="us-central1-f", price=0.6), replace(GCP, spot=True, price=0.15),
             replace(GCP, location="europe-west4-a")]
    here, there = made(*zones, shapes=SHIPPED)
    assert (here.key, here.region) == ("gcp/n1-standard-4+1xT4", "us-central1")
    assert (here.usd_per_hour, here.spot_usd_per_hour) == (0.5, 0.15)
    assert (there.region, there.spot_usd_per_hour) == ("europe-west4", None)


def test_lambda_is_called_by_its_short_name_and_its_memory_is_gibibytes_again():
    [row] = made(replace(AWS, provider="lambdalabs", instance_name="gpu_1x_a10", memory=200 * 1.074, gpu_name="A10"))
    assert (row.key, row.memory_gib, row.gpu) == ("lambda/gpu_1x_a10", 200.0, "A10")


@pytest.mark.parametrize(("gpu", "memory", "name"), [("A100", 80.0, "A100, 80 GB"), ("H100", 80.0, "H100, 80 GB"),
                                                     ("A10", 4.0, "A10, 4 GB"), ("A10", 24.0, "A10"), ("L4", 24.0, "L4"),
                                                     ("V100", None, "V100, memory unknown")])
def test_a_gpu_whose_form_is_not_known_matches_no_machine_by_itself(gpu, memory, name):
    [row] = made(replace(AWS, gpu_name=gpu, gpu_memory=memory))
    assert row.gpu == name
    drivers = ("NVIDIA A100-SXM4-80GB", "NVIDIA H100 80GB HBM3", "Tesla V100-SXM2-16GB")
    for driver in drivers if "," in name else ():
        assert match({"gpus": [{"name": driver, "memory_bytes": 0}]}, [row]).how == "none"


@pytest.mark.parametrize("wrong", [{"price": 0.0}, {"price": float("nan")}, {"price": 1e6}, {"cpu": 0}, {"memory": float("nan")},
                                   {"provider": "vastai"}, {"instance_name": "a\x00b"}])
def test_what_the_list_would_refuse_is_left_out(wrong):
    assert made(replace(AWS, **wrong)) == ()


def test_names_to_ask_for():
    assert catalogue_name("gcp/n1-standard-4+1xT4") == ("gcp", "n1-standard-4")
    assert catalogue_name("lambda/gpu_1x_a10") == ("lambdalabs", "gpu_1x_a10")
    assert catalogue_name("runpod/NVIDIA L4") == ("runpod", "NVIDIA L4")
    assert catalogue_name("own/box") is None
