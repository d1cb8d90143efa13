"""Draws the house: which parts of the model import which, from top to bottom, into docs/architecture.md; and
lists there which files ask for a release by its name.

    python scripts/house.py            draw
    python scripts/house.py --check    only say whether the drawing is current

The layers are those of the import contract in pyproject.toml; the arrows are the imports there are. An arrow
that a longer way down replaces is left out, so that the picture can be read.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = ROOT / "docs" / "architecture.md"
BEGIN: Final = "<!-- drawn by scripts/house.py -->"
END: Final = "<!-- end of the drawing -->"
MODEL: Final = "clustersim"
RELEASES_BEGIN: Final = "<!-- files that name a release, listed by scripts/house.py -->"
RELEASES_END: Final = "<!-- end of the files -->"
RELEASES: Final = ("v1.8", "v1.8.0", "v1.36", "v1.36.2")
"""The release of today, and the last before it: what differs between releases names one of them."""

Imports = dict[str, set[str]]


def layers() -> list[list[str]]:
    """The parts of the model as the contract stacks them, the topmost first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (contract,) = (one for one in contracts if one.get("containers") == [MODEL])
    return [[part.strip() for part in layer.split("|")] for layer in contract["layers"]]


def modules() -> dict[str, Path]:
    """Every module of the model, and its file."""
    found = {}
    for path in sorted((ROOT / MODEL).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def module_imports(*, types: bool = True) -> Imports:
    """Which modules of the model each imports; types: also where only types are needed."""
    known = modules()
    return {name: set(_imported(path, known, types=types)) - {name} for name, path in known.items()}


def _imported(path: Path, known: dict[str, Path], *, types: bool) -> Iterator[str]:
    for node in _statements(ast.parse(path.read_text()).body, types=types):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in known else node.module for name in inner)


def _statements(block: list[ast.stmt], *, types: bool) -> Iterator[ast.stmt]:
    """All statements, nested ones too. Expressions import nothing, and there are ten times as many."""
    for statement in block:
        if isinstance(statement, ast.If) and not types and "TYPE_CHECKING" in ast.dump(statement.test):
            continue
        yield statement
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            for inner in getattr(statement, name, ()):
                yield from _statements([inner], types=types)


def part_of(module: str) -> str:
    """The part of the house a module belongs to: "kubelet" for clustersim.kubelet.pleg."""
    return module.split(".")[1] if "." in module else ""


def part_imports() -> Imports:
    """Which parts each part imports. The face of the package, clustersim itself, is none."""
    found: Imports = {part: set() for layer in layers() for part in layer}
    for module, imported in module_imports().items():
        part = part_of(module)
        if part:
            found[part] |= {part_of(name) for name in imported} - {part, ""}
    return found


def circles(imports: Imports) -> list[list[str]]:
    """The cycles of imports, each as a sorted list of modules."""
    reach = {name: _reached(name, imports) for name in imports}
    found = {
        tuple(sorted(m for m in reach[name] if name in reach[m])) for name in imports if name in reach[name]
    }
    return [list(circle) for circle in sorted(found)]


def _reached(start: str, imports: Imports) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        for name in imports.get(todo.pop(), ()):
            if name not in seen:
                seen.add(name)
                todo.append(name)
    return seen


def reduced(imports: Imports) -> Imports:
    """Without the arrows that a longer way replaces."""
    return {
        name: {
            target
            for target in targets
            if not any(target in _reached(other, imports) for other in targets if other != target)
        }
        for name, targets in imports.items()
    }


def first_sentence(part: str) -> str:
    """What a part says of itself."""
    path = ROOT / MODEL / part
    text = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text()
    documentation = (ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0]
    return " ".join(documentation.split()).replace("|", r"\|")


def drawing() -> str:
    """The picture, and what each part is."""
    arrows = reduced(part_imports())
    lines = ["```mermaid", "flowchart TD"]
    for number, layer in enumerate(layers()):
        lines += [f"  subgraph L{number}[ ]", "    direction LR"]
        lines += [f"    {_node(part)}[{part}]" for part in layer] + ["  end"]
    for layer in layers():
        lines += [f"  {_node(part)} --> {_node(target)}" for part in layer for target in sorted(arrows[part])]
    lines += ["```", "", "| part | what it is |", "| --- | --- |"]
    lines += [f"| `{part}` | {first_sentence(part)} |" for layer in layers() for part in layer]
    return "\n".join([*lines, "", *_told_circles()])


def _told_circles() -> Iterator[str]:
    """The cycles of imports inside parts: those that matter when the model runs, then those of types."""
    for circle in circles(module_imports(types=False)):
        yield f"A cycle of imports: {', '.join(circle)}."
    told = [
        f"`{'`, `'.join(sorted({part_of(module) for module in circle}))}` ({len(circle)})"
        for circle in circles(module_imports())
    ]
    yield (
        "When the model runs, no modules import each other in a cycle. For types alone some do, mostly parts "
        f"that name the type of the whole they belong to, in {', '.join(told)} modules."
    )


def _node(part: str) -> str:
    return part.strip("_")


def names_a_release(path: Path) -> bool:
    """Whether something in a module depends on a release's name."""
    text = path.read_text()
    if not any(release in text for release in RELEASES):
        return False
    nodes = ast.walk(ast.parse(text))
    return any(isinstance(node, ast.Constant) and node.value in RELEASES for node in nodes)


def release_table() -> str:
    """The files that do, of the model and of the page, by their folders; migrations tell of the past."""
    found: dict[str, list[str]] = {}
    for package in (MODEL, "visualizer"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts and names_a_release(path):
                folder = "/".join(path.parent.relative_to(ROOT).parts[:2])
                found.setdefault(folder, []).append(str(path.relative_to(ROOT / folder)))
    rows = [
        f"| `{folder}/` | {', '.join(f'`{name}`' for name in names)} |" for folder, names in found.items()
    ]
    return "\n".join(["| where | files |", "| --- | --- |", *rows])


def drawn(page: str) -> str:
    """The page with the drawing, and the list, as they should be."""
    page = _between(page, BEGIN, drawing(), END)
    return _between(page, RELEASES_BEGIN, release_table(), RELEASES_END)


def _between(page: str, begin: str, text: str, end: str) -> str:
    before, _begin, rest = page.partition(begin)
    _old, _end, after = rest.partition(end)
    return f"{before}{begin}\n{text}\n{end}{after}"


def main(arguments: list[str]) -> int:
    """Draw, or check; 1 if what stands there is not current."""
    page = PAGE.read_text()
    current = drawn(page)
    if "--check" in arguments:
        return int(page != current)
    PAGE.write_text(current)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
