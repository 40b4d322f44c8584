"""The gate: fail when a run is significantly worse than the committed baseline."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from rag import EvaluationError
from rag.evaluation.compare import Comparison, changed_pairs, compare_runs, pair_results, spoken_p
from rag.evaluation.gold import read_text
from rag.evaluation.runs import Run, check_comparable

_LISTED = 20


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What counts as a loss: a p-value below `p` and a mean lower by more than the measure's drop."""

    p: float
    drops: dict[str, float]


def read_thresholds(path: Path, kind: str) -> Thresholds:
    """Return the thresholds of a kind of run.

    Raises:
        EvaluationError: The file cannot be read or is malformed.
    """
    try:
        values = json.loads(read_text(path))[kind]
        return Thresholds(float(values["p"]), {name: float(drop) for name, drop in values["drop"].items()})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise EvaluationError(
            f'{path}: expected {{"{kind}": {{"p": 0.05, "drop": {{"measure": least drop that counts}}}}}}'
        ) from error


def find_losses(run: Run, baseline: Run, thresholds: Thresholds) -> list[Comparison]:
    """Return the measures on which the run is significantly worse than the baseline.

    Raises:
        EvaluationError: No question has a measure in both.
    """
    return [
        comparison
        for comparison in compare_runs(baseline, run, thresholds.drops)
        if comparison.p < thresholds.p and comparison.difference < -thresholds.drops[comparison.measure]
    ]


def check_gate(run: Run, baseline: Run, thresholds: Thresholds, baseline_name: str) -> None:
    """Check that the run is not significantly worse than the baseline.

    Raises:
        EvaluationError: It is, with the questions that fell; or the two do not belong together.
    """
    check_comparable(run, baseline, baseline_name)
    losses = find_losses(run, baseline, thresholds)
    if losses:
        told = "; ".join(_told(loss, run, baseline) for loss in losses)
        raise EvaluationError(f"{run.kind} fell below {baseline_name}: {told}")


def _told(loss: Comparison, run: Run, baseline: Run) -> str:
    changed = changed_pairs(pair_results(baseline, run, loss.measure))
    fallen = [pair.second.id for pair in changed if pair.difference < 0]
    listed = ", ".join(fallen[:_LISTED])
    more = f" and {len(fallen) - _LISTED} more" if len(fallen) > _LISTED else ""
    return f"{loss.measure} {loss.first:.3f} → {loss.second:.3f} (p {spoken_p(loss.p)}), lower on {listed}{more}"
