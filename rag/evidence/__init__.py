"""Pick, from retrieved documents, the few sentences that answer a question."""

from rag.evidence.choosing import choose
from rag.evidence.finder import Candidate, EvidenceFinder

__all__ = ["Candidate", "EvidenceFinder", "choose"]
