"""The chat in a browser: answers with their sources beside them, the library, settings."""

from rag.ui.serving import launch

__all__ = ["launch"]
