"""Every example starts, and every command and every snippet of README and docs does what it says it does."""

import contextlib
import importlib.util
import io
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from clustersim.cli import main
from clustersim.lesson import check_file, shipped

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
COMMAND = re.compile(
    r"python -m clustersim [^#`\n]*|python -m benchmarks\.\w+(?: (?:--)?\w+)*|manage\.py \w+|make [a-z]+\b"
)
PROGRAM = re.compile(r"\.venv/bin/([a-z-]+)")
FOLDERS = "benchmarks|clustersim|docs|examples|scripts|static|templates|tests|visualizer"
NAMED = re.compile(rf"(?<![\w/.:-])(?:{FOLDERS})/[\w./*-]*[\w*/]")
"""A file or a folder of ours."""
SPELLED = re.compile(r"`([a-z]+(?:_[a-z0-9]+)+)`")
"""A function, a field or a module, as only code spells it."""


def code() -> Iterator[str]:
    """What stands in code: fenced, indented, or between backticks."""
    for path in DOCUMENTS:
        fenced = False
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("```"):
                fenced = not fenced
            elif fenced or line.startswith("    "):
                yield line
            else:
                yield from re.findall(r"`([^`]+)`", line)


def commands() -> list[str]:
    return sorted({match.strip() for piece in code() for match in COMMAND.findall(piece)})


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Where somebody sits who reads the docs: examples and recordings at hand, and a lesson to work on."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    shutil.copy(ROOT / "examples" / "kubelet-dies.yaml", tmp_path)
    return tmp_path


def run(arguments: list[str], cwd: Path) -> str:
    """What it prints there."""
    said, wrong = io.StringIO(), io.StringIO()
    with contextlib.chdir(cwd), contextlib.redirect_stdout(said), contextlib.redirect_stderr(wrong):
        assert main(arguments) == 0, wrong.getvalue()
    return said.getvalue()


LESSON = re.compile(r"(?<= )(?:FILE|my-lesson\.yaml)")
"""A lesson of whoever reads it."""
HERE = sorted(
    {
        LESSON.sub("kubelet-dies.yaml", c)
        for c in commands()
        if c.startswith("python -m clustersim") and "|" not in c and "://HOST" not in c
    }
)
"""What needs no other machine."""


@pytest.mark.parametrize("command", HERE)
def test_a_command_of_the_docs_works(command: str, desk: Path) -> None:
    arguments = shlex.split(re.sub("--seeds [0-9]+", "--seeds 2", command).partition(">")[0])[3:]
    if arguments[0] in ("check", "sweep"):
        lesson = next(path for path in shipped() if "kubelet-dies" in path.name)
        shutil.copy(lesson, desk / "kubelet-dies.yaml")
        shutil.copy(lesson.with_suffix(".timeline"), desk / "kubelet-dies.timeline")
    if arguments[0] == "conformance":
        arguments = ["conformance", next(iter(sorted(map(str, ROOT.glob("tests/golden/v1.7.5/*.json")))))]
    run(arguments, desk)


@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda path: path.stem)
def test_an_example_runs(example: Path, tmp_path: Path) -> None:
    assert run(["run", str(example)], tmp_path)


def test_every_other_command_of_the_docs_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    managed = {
        "axes_reset_username",
        "check",
        "collectstatic",
        "createsuperuser",
        "makemigrations",
        "migrate",
        "shell",
    }
    managed |= {path.stem for path in ROOT.glob("visualizer/management/commands/*.py")}
    for command in commands():
        match command.split():
            case ["make", target]:
                assert target in targets, command
            case ["manage.py", name]:
                assert name in managed, command
            case ["python", "-m", module, *options] if module.startswith("benchmarks"):
                spec = importlib.util.find_spec(module)
                assert spec is not None, command
                source = Path(str(spec.origin)).read_text("utf-8")
                assert [one for one in options if one.startswith("--") and f'"{one}"' not in source] == []


def test_every_program_of_the_docs_is_installed() -> None:
    programs = {name for piece in code() for name in PROGRAM.findall(piece)}
    assert {name for name in programs if not (Path(sys.executable).parent / name).exists()} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_names_of_ours_is_there(document: Path) -> None:
    if document.name != "CHANGELOG.md":
        names = NAMED.findall(document.read_text("utf-8").replace("COMPONENT", "*"))
        assert [name for name in names if not any(ROOT.glob(name.rstrip("/")))] == []


def test_what_the_docs_spell_as_code_does_is_in_the_code() -> None:
    sources = [
        *ROOT.glob("clustersim/**/*.py"),
        *ROOT.glob("visualizer/**/*.py"),
        *ROOT.glob("tests/**/*.py"),
    ]
    words = {path.stem for path in sources}.union(
        *(re.findall(r"\w+", one.read_text("utf-8")) for one in sources)
    )
    documents = [path for path in DOCUMENTS if path.name != "CHANGELOG.md"]
    told = {name for path in documents for name in SPELLED.findall(path.read_text("utf-8"))}
    tests = {name for name in told if f"test_{name}" in words}
    assert sorted(told - tests - words) == []


def test_the_lesson_of_the_docs_is_true(tmp_path: Path) -> None:
    """And so it passes the check that the page goes on to tell of."""
    page = (ROOT / "docs" / "lessons.md").read_text("utf-8")
    lesson = tmp_path / "kubelet-dies.yaml"
    lesson.write_text(re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0], "utf-8")
    assert check_file(lesson).failures == ()


def test_the_snippet_of_the_readme_runs() -> None:
    [snippet] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", snippet], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "stop-kubelet" in done.stdout


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8")):
        assert (document.parent / target).exists(), target


def test_the_changelog_knows_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\(([^)]+)\)", (folder / "README.md").read_text("utf-8"))
    assert sorted(listed) == sorted(path.name for path in folder.glob("[0-9]*.md"))


def test_make_help_names_every_target_that_is_run_by_hand() -> None:
    text = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("demo", "test", "lint", "types", "messages", "lock", "coverage", "clean"):
        assert f"make {target} " in text
