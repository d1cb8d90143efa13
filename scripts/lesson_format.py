"""The page of the lesson format: written from the schema, the grammar and the words that the code has.

python scripts/lesson_format.py            writes docs/lesson-format.md
python scripts/lesson_format.py --check    fails where it is not current
"""

import ast
import re
import sys
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path
from typing import Any, Final

from msgspec import NODEFAULT, structs

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from clustersim.engine.time import MINUTE  # noqa: E402
from clustersim.lesson.checking.command_line import words  # noqa: E402
from clustersim.lesson.checking.writing import LONGEST_CHINESE, LONGEST_ENGLISH  # noqa: E402
from clustersim.lesson.expressions import parser  # noqa: E402
from clustersim.lesson.file import schema  # noqa: E402
from clustersim.lesson.file.asks import MOST_OPTIONS, MOST_TO_SELECT  # noqa: E402
from clustersim.lesson.file.loader import LESSON_KEYS, LEVELS  # noqa: E402
from clustersim.lesson.file.schema import FORMAT, FORMS, INVENTORY, LESSON, AskKind  # noqa: E402
from clustersim.lesson.file.steps import LONGEST_RUN, MOST_CHECKS, MOST_STEPS  # noqa: E402

PAGE: Final = ROOT / "docs" / "lesson-format.md"
SHOWN: Final = (
    *("Lesson", "Step", "Ask", "Option", "Trap", "Run", "Check", "Draw", "Task", "TypeSpec", "Hint"),
    *("Diagnosis", "Cause", "Evidence", "Text"),
)
KEYS: Final = {
    "Lesson.scenario": "cluster",
    "Step.checks": "check",
    "Step.diagnosis": "diagnose",
    "Run.duration": "for",
    "Diagnosis.span": "for",
    "Ask.options": "options, items",
    "Ask.answer": "answer: {from, tolerance}",
    "Check.that": "that",
    "Option.text": "en, zh",
    "Hint.text": "en, zh",
    "Cause.text": "en, zh",
}
"""What a field is called in a file, where that is not its name."""
NO_KEYS: Final = ("source", "Text.values", "Ask.tolerance")
"""Fields that are found, not written."""
OF_THE_FILE: Final = {
    "format": f"`{FORMAT}`",
    "seed": "number; the same seed gives the same run",
    "allow": "list of names: powers in every step",
}
"""Keys of a lesson that become part of something else."""
TYPES: Final = {
    "Expression": "expression",
    "Moment": "moment",
    "Micros": "time",
    "Scenario": "[scenario](scenarios.md)",
    "ActionSpec": "action, as in [scenarios](scenarios.md)",
    "ActionSpec | TypeSpec": "action, or [line to type](#typespec)",
    "str": "name",
    "int": "number",
    "float": "number",
    "bool": "`true` or `false`",
    "AskKind": ", ".join(f"`{kind}`" for kind in AskKind),
}
CHOICES: Final = {
    "Lesson.kind": (LESSON, INVENTORY),
    "Lesson.form": FORMS,
    "Lesson.level": LEVELS,
}
TEXTS: Final = ("TypeSpec.type", "Evidence.command", "Evidence.shows", "Evidence.lacks", "Text.en", "Text.zh")
ALWAYS: Final = ("Lesson.releases", "Text.zh")
"""What must be there although the code has a value for it; Chinese may be missing in a draft."""
LIMITS: Final = (
    f"At most {MOST_STEPS} steps, {MOST_CHECKS} checks in a step, {MOST_OPTIONS} options of a question "
    f"({MOST_TO_SELECT} of `select`), {LONGEST_RUN // (60 * MINUTE)} hours of a run. A sentence has at most "
    f"{LONGEST_ENGLISH} English words, or {LONGEST_CHINESE} Chinese characters."
)


def page() -> str:
    """The whole page."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# The lesson format, key by key\n"
    yield "Written by `python scripts/lesson_format.py` from the code that reads lessons. To read, with an"
    yield "example: [Lesson files](lessons.md). A key whose last column is empty must be there.\n"
    yield f"{LIMITS}\n"
    classes = {
        node.name: node
        for node in ast.parse(Path(schema.__file__).read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
    }
    for name in SHOWN:
        yield from _struct(classes[name])
    yield "## Expressions\n"
    yield cleandoc(parser.__doc__ or "").replace("```", "```text", 1)
    yield "\n## Words\n"
    yield "The same list is printed by `python -m clustersim words`.\n\n```text"
    yield from list(words())[:-1]
    yield "```\n"


def _struct(node: ast.ClassDef) -> Iterator[str]:
    yield f"## {node.name}\n"
    yield f"{_as_in_files(node.name, ast.get_docstring(node) or '')}\n"
    yield "| key | value | if it is left out |"
    yield "| --- | --- | --- |"
    rows = [row for field in node.body if isinstance(field, ast.AnnAssign) for row in _row(node.name, field)]
    if node.name == "Lesson":
        rows += [f"| `{key}` | {said} | |" for key, said in OF_THE_FILE.items()]
    yield from (*rows, "")


def _as_in_files(owner: str, said: str) -> str:
    """What the code says of a struct, with the names that its fields have in files."""
    for path, key in KEYS.items():
        name, _dot, field = path.partition(".")
        if name == owner:
            said = said.replace(f"`{field}`", f"`{key}`")
    return re.sub(r"\s*source:\s+the file's name\.", "", said.replace("judge_after", "judge-after"))


def _row(owner: str, field: ast.AnnAssign) -> Iterator[str]:
    name, annotation = ast.unparse(field.target), ast.unparse(field.annotation)
    path = f"{owner}.{name}"
    if name in NO_KEYS or path in NO_KEYS:
        return
    key = KEYS.get(path, name.replace("_", "-"))
    choices = CHOICES.get(path, ())
    said = ", ".join(f"`{choice}`" for choice in choices) or _said(annotation)
    if path in TEXTS or key == "en, zh":
        said = "text"
    known = next(one for one in structs.fields(getattr(schema, owner)) if one.name == name)
    default = None if known.default_factory is not NODEFAULT else known.default
    yield f"| `{key}` | {said} | {'' if path in ALWAYS else _default(default, annotation)} |"


def _said(annotation: str) -> str:
    """A type in words."""
    plain = annotation.removesuffix(" | None")
    if found := re.fullmatch(r"tuple\[([\w |]+), \.\.\.\]", plain):
        return f"list: {_said(found[1])}"
    if found := re.fullmatch(r"Mapping\[str, (\w+)\]", plain):
        return f"names, each with: {_said(found[1])}"
    return TYPES.get(plain) or f"[{plain}](#{plain.lower()})"


def _default(default: Any, annotation: str) -> str:
    if default is NODEFAULT:
        return ""
    if default in ("", (), {}, None) or (default == 0 and annotation in ("int", "Micros")):
        return "nothing"
    if annotation == "Micros":
        return f"`{default // MINUTE}m`"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def unknown_keys() -> list[str]:
    """Keys of a lesson that the page does not have."""
    text = page()
    return [key for key in LESSON_KEYS if f"| `{key.replace('_', '-')}`" not in text]


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(bool(unknown_keys()) or PAGE.read_text("utf-8") != page())
    PAGE.write_text(page(), "utf-8")
