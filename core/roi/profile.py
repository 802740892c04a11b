"""How a day's demand is spread over its hours."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from core.roi.months import Array, Number

HOURS = 24


@lru_cache(maxsize=1)
def concentrations() -> tuple[Array, Array]:
    """Concentrations k and the peak-to-mean ratio of exp(k cos(hour's angle)) for each."""
    ks = np.concatenate([[0.0], np.geomspace(1e-3, 2e3, 400)])
    return ks, 1.0 / _shape(ks).mean(axis=-1)


def _shape(k: Number) -> Array:
    """exp(k (cos - 1)) over 24 hours, 1 at the peak hour; shape (..., 24)."""
    angle = np.cos(2 * np.pi * (np.arange(HOURS) - 14) / HOURS) - 1.0
    return np.exp(np.asarray(k)[..., None] * angle)


def smooth_profile(peak_to_mean: Number) -> Array:
    """A day with one smooth peak (a von Mises curve) of that ratio, up to 24; mean 1. Shape S gives S + (24,)."""
    ks, ratios = concentrations()
    shape = _shape(np.asarray(np.interp(peak_to_mean, ratios, ks)))
    return shape / shape.mean(axis=-1, keepdims=True)


def hourly_rates(peak_to_mean: Number, profile: Sequence[float] | None = None) -> Array:
    """Each hour's rate over the day's mean: the given 24 weights, or a smooth day with that peak.

    Shape (24,), or S + (1, 24) for draws of shape S, so that months fit between.
    """
    if profile is not None:
        weights = np.asarray(profile, dtype=np.float64)
        return np.asarray(weights / weights.mean())
    made = smooth_profile(peak_to_mean)
    return made if made.ndim == 1 else made[..., None, :]


def peak_of(profile: Sequence[float]) -> float:
    """The busiest hour's rate over the day's mean."""
    weights = np.asarray(profile, dtype=np.float64)
    return float(weights.max() / weights.mean())
