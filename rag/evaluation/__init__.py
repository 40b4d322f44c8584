"""Judge retrieval and answers on gold questions: scores, runs, comparison, gate, report.

Uses of the package only what `rag` exports.
"""

from rag.evaluation.answers import ANSWER_MEASURES, evaluate_answers, score_answer
from rag.evaluation.beir import BeirSet, JudgedQuery, check_judged, export_beir, judged_gold, read_beir
from rag.evaluation.citations import CitationScore, Judge, score_citations
from rag.evaluation.compare import Comparison, Pair, changed_pairs, compare_runs, pair_results
from rag.evaluation.feedback import draft_questions
from rag.evaluation.gate import Thresholds, check_gate, read_thresholds
from rag.evaluation.gold import GoldQuestion, read_questions
from rag.evaluation.gold_check import check_questions, spread
from rag.evaluation.html_report import html_report
from rag.evaluation.measures import RETRIEVAL_MEASURES, score_rankings
from rag.evaluation.retrieval import corpus_ids, evaluate_retrieval
from rag.evaluation.runs import (
    QueryResult,
    Run,
    baseline_of,
    check_comparable,
    installed_versions,
    read_run,
    write_run,
    write_text,
)
from rag.evaluation.selective import abstention, over_answers, risk_coverage
from rag.evaluation.significance import bootstrap_interval, randomisation_p
from rag.evaluation.summary import PRIMARY, estimate, question_values, summarize
from rag.evaluation.text_report import comparison_report, markdown_report, side_by_side, text_report

__all__ = [
    "ANSWER_MEASURES",
    "PRIMARY",
    "RETRIEVAL_MEASURES",
    "BeirSet",
    "CitationScore",
    "Comparison",
    "GoldQuestion",
    "Judge",
    "JudgedQuery",
    "Pair",
    "QueryResult",
    "Run",
    "Thresholds",
    "abstention",
    "baseline_of",
    "bootstrap_interval",
    "changed_pairs",
    "check_comparable",
    "check_gate",
    "check_judged",
    "check_questions",
    "compare_runs",
    "comparison_report",
    "corpus_ids",
    "draft_questions",
    "estimate",
    "evaluate_answers",
    "evaluate_retrieval",
    "export_beir",
    "html_report",
    "installed_versions",
    "judged_gold",
    "markdown_report",
    "over_answers",
    "pair_results",
    "question_values",
    "randomisation_p",
    "read_beir",
    "read_questions",
    "read_run",
    "read_thresholds",
    "risk_coverage",
    "score_answer",
    "score_citations",
    "score_rankings",
    "side_by_side",
    "spread",
    "summarize",
    "text_report",
    "write_run",
    "write_text",
]
