"""How sure a mean is, and whether a difference of means could be chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_EXACT_LIMIT = 16
_BLOCK = 2_000


class Interval(NamedTuple):
    """A confidence interval, both ends included."""

    low: float
    high: float


def bootstrap_interval(
    values: Sequence[float], *, confidence: float = 0.95, resamples: int = 2_000, seed: int = 0
) -> Interval:
    """Return the percentile bootstrap interval of the mean over queries.

    Args:
        values: One score per query.
        confidence: How often such an interval holds the true mean.
        resamples: Samples drawn with replacement.
        seed: Of the random numbers; the same seed gives the same interval.

    Raises:
        ValueError: There are no values.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13; for retrieval
    measures Sakai, SIGIR 2006, doi:10.1145/1148170.1148261.
    """
    if not values:
        raise ValueError("no values to estimate from")
    scores = np.asarray(values, dtype=np.float64)
    generator = np.random.default_rng(seed)
    means = scores[generator.integers(len(scores), size=(resamples, len(scores)))].mean(axis=1)
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Interval(float(low), float(high))


def randomisation_p(differences: Sequence[float], *, samples: int = 20_000, seed: int = 0) -> float:
    """Return the two-sided p-value of paired differences under random exchange of the two systems.

    The p-value is the share of sign assignments whose absolute mean difference is at least the
    observed one: of all of them when 16 pairs or fewer differ, else of a seeded sample, in which
    the observed assignment counts as one. No difference at all gives 1.

    Source: Fisher, The Design of Experiments, 1935; for retrieval Smucker, Allan and Carterette,
    CIKM 2007, doi:10.1145/1321440.1321528.

    >>> randomisation_p([0.5, 0.25, 0.25])
    0.25
    """
    changed = np.asarray([value for value in differences if value != 0.0], dtype=np.float64)
    if not len(changed):
        return 1.0
    # Sums that are equal on paper differ in the last bits.
    observed = abs(float(changed.sum())) - 1e-9
    if len(changed) <= _EXACT_LIMIT:
        return float(np.mean(np.abs(_all_signs(len(changed)) @ changed) >= observed))
    generator = np.random.default_rng(seed)
    extreme = 0
    for start in range(0, samples, _BLOCK):
        signs = generator.integers(0, 2, size=(min(_BLOCK, samples - start), len(changed))) * 2 - 1
        extreme += int(np.count_nonzero(np.abs(signs @ changed) >= observed))
    return (extreme + 1) / (samples + 1)


def _all_signs(count: int) -> NDArray[np.int64]:
    assignments = np.arange(2**count)[:, None] >> np.arange(count)[None, :]
    return (assignments & 1) * 2 - 1
