"""Measures of a ranking, computed by ir_measures; every judged query counts, a miss as 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ir_measures

# nDCG: Järvelin and Kekäläinen, ACM TOIS 2002, doi:10.1145/582415.582418; gains are the grades, as in trec_eval.
# RR, the reciprocal rank of the first relevant document: Kantor and Voorhees, Information Retrieval 2000,
# doi:10.1023/A:1009902609570. R, the share of the relevant documents found, and Success, 1 when any is found:
# both as in trec_eval. Names and cut-offs: MacAvaney, Macdonald and Ounis, ECIR 2022,
# doi:10.1007/978-3-030-99739-7_38.
RETRIEVAL_MEASURES = ("nDCG@10", "R@5", "R@10", "R@100", "RR@10", "Success@1", "Success@5")

Qrels = Mapping[str, Mapping[str, int]]


def score_rankings(rankings: Mapping[str, Sequence[str]], qrels: Qrels) -> dict[str, dict[str, float]]:
    """Return the RETRIEVAL_MEASURES of every query of the qrels, by query id.

    Args:
        rankings: Document ids by query id, best first; a query without a ranking scores 0.
        qrels: Grades by document id by query id; 1 and above is relevant.

    Raises:
        ValueError: A ranking holds an id twice, or the qrels are empty.
    """
    if not qrels:
        raise ValueError("no judged query")
    for query_id, ranking in rankings.items():
        if len(set(ranking)) != len(ranking):
            raise ValueError(f"the ranking of {query_id} holds an id twice")
    judgements = [
        ir_measures.Qrel(query_id, document_id, max(grade, 0))
        for query_id, grades in qrels.items()
        for document_id, grade in grades.items()
    ]
    # Scores that fall strictly with the rank: trec_eval breaks ties by document id.
    scored = [
        ir_measures.ScoredDoc(query_id, document_id, float(-rank))
        for query_id, ranking in rankings.items()
        for rank, document_id in enumerate(ranking, start=1)
    ]
    scores: dict[str, dict[str, float]] = {query_id: dict.fromkeys(RETRIEVAL_MEASURES, 0.0) for query_id in qrels}
    measures = [ir_measures.parse_measure(name) for name in RETRIEVAL_MEASURES]
    for metric in ir_measures.iter_calc(measures, judgements, scored):
        scores[metric.query_id][str(metric.measure)] = float(metric.value)
    return scores


def recall_by_depth(ranking: Sequence[str], grades: Mapping[str, int], depths: Sequence[int]) -> list[float]:
    """Return the share of the relevant documents found down to each depth; 0 when there is none."""
    relevant = {document_id for document_id, grade in grades.items() if grade > 0}
    if not relevant:
        return [0.0] * len(depths)
    return [len(relevant.intersection(ranking[:depth])) / len(relevant) for depth in depths]
