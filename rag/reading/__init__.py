"""Read a question and a paper together: does the paper answer, and with which sentences?"""

from rag.reading.base import Paper, Reading, ReadingModel
from rag.reading.onnx_reader import OnnxReader

__all__ = ["OnnxReader", "Paper", "Reading", "ReadingModel"]
