import pytest

from rag.naming import is_own_name, own_names


@pytest.mark.parametrize(
    ("name", "own"),
    [("MobileTL", True), ("TinyTL", True), ("CIFAR10", False), ("S2A", True)],
)
def test_a_papers_own_names_are_told_from_those_it_mentions(name: str, own: bool) -> None:
    """In the title, introduced by the text, or named again and again; not what it is merely tested on."""
    text = "We present TinyTL for phones. It is tested on CIFAR10. S2A is fast, S2A is small, and S2A is new."

    assert is_own_name(name, "MobileTL: learning on phones", text) is own


def test_a_titles_head_is_a_name() -> None:
    """What stands before a colon, when it is short; further names of the title follow."""
    assert own_names("Puzzle: Distillation-Based NAS", "")[0] == "Puzzle"


def test_what_a_tool_is_for_is_not_its_name() -> None:
    """A paper that presents a compiler for OpenCL does not present OpenCL."""
    assert own_names("A compiler", "We present a compiler for OpenCL programs.") == ()
