"""Pick, from retrieved documents, the few sentences that answer a question."""

from rag.evidence.asked import clauses_of
from rag.evidence.choosing import choose
from rag.evidence.finder import Candidate, EvidenceFinder, Found
from rag.evidence.papers import asks_several

__all__ = ["Candidate", "EvidenceFinder", "Found", "asks_several", "choose", "clauses_of"]
