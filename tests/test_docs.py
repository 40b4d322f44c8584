import re
import shlex

import pytest
from conftest import ROOT

from rag.cli.parser import build_parser
from rag.config import Settings

_README = (ROOT / "README.md").read_text(encoding="utf-8")
_BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", _README, re.MULTILINE | re.DOTALL)
_PLACEHOLDERS = {
    "SOURCE…": "papers.jsonl",
    "QUESTION": "question",
    "NAME": "name",
    "ID": "id",
    "DIR": "dir",
    "FILE": "f",
}


def _in_blocks() -> list[str]:
    lines = [
        line.split("  #")[0].strip() for kind, block in _BLOCKS if kind in ("", "sh") for line in block.splitlines()
    ]
    commands = (re.sub(r"^\$ ?|^\.venv/bin/", "", line) for line in lines)
    return [command for command in commands if command.startswith("rag ")]


def _in_prose() -> list[str]:
    prose = re.sub(r"^```.*?^```", "", _README, flags=re.MULTILINE | re.DOTALL)
    return [command for command in re.findall(r"`(rag [^`]+)`", prose) if "…" not in command.replace("SOURCE…", "")]


def _commands() -> list[str]:
    return sorted({*_in_blocks(), *_in_prose()})


@pytest.mark.parametrize("command", _commands())
def test_every_command_of_the_readme_can_be_typed(command: str) -> None:
    """The command line takes each of them as it stands there."""
    words = [_PLACEHOLDERS.get(word, word) for word in shlex.split(command)]

    build_parser().parse_args(words[1:])


def test_the_readme_shows_the_commands_that_matter() -> None:
    """Ask, search and index are shown, or the test above would prove nothing."""
    shown = {command.split()[1] for command in _in_blocks()}

    assert {"ask", "search", "index"} <= shown


@pytest.mark.parametrize("code", [block for kind, block in _BLOCKS if kind == "python"])
def test_the_python_of_the_readme_is_python(code: str) -> None:
    """It compiles, and imports nothing but this package."""
    compile(code, "README.md", "exec")
    assert set(re.findall(r"^(?:import|from) (\w+)", code, re.MULTILINE)) <= {"rag", "pathlib", "llama_index"}


@pytest.mark.parametrize("field", list(Settings.__dataclass_fields__))
def test_every_setting_is_in_the_readme(field: str) -> None:
    """Each environment variable is documented."""
    assert f"`RAG_{field.upper()}`" in _README


def test_every_file_the_readme_links_to_is_there() -> None:
    """No link into this project is dead."""
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", _README)

    assert [target for target in targets if not (ROOT / target).exists()] == []
