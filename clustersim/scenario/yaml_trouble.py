"""What is wrong with a text that is no YAML, in the words of somebody who never read the YAML specification.

The parser says where it could not go on, which is often a little behind the cause; the cause is looked for on
that line and the one before.
"""

import re
from typing import Final

from ruamel.yaml.error import MarkedYAMLError

from clustersim.i18n import Message, _
from clustersim.scenario.errors import ScenarioError

_PUNCTUATION: Final = {
    "“": '"', "”": '"', "„": '"', "＂": '"', "‘": "'", "’": "'",
    "：": ":", "，": ",", "｛": "{", "｝": "}", "【": "[", "】": "]", "［": "[", "］": "]",
}  # fmt: skip
"""Marks that look like those of YAML, and these."""

_QUOTED: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")
_COMMENT: Final = re.compile(r"(?:^|\s)#.*$")
_NO_SPACE: Final = re.compile(r"^\s*(?:- )?[\w-]+:[^\s:/]")


def yaml_trouble(text: str, error: MarkedYAMLError, source: str) -> ScenarioError:
    """The complaint about a text on which the parser gave up."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.split("\n")
    here = lines[line] if line < len(lines) else ""
    problem = str(error.problem or error.context)

    def found(message: Message, at_line: int = line, at_column: int = column) -> ScenarioError:
        return ScenarioError(message, at_line + 1, at_column + 1, source)

    if "\\t" in problem or here[: len(here) - len(here.lstrip())].count("\t"):
        return found(Message(_("tabs are not allowed here: use spaces")), line, max(here.find("\t"), 0))
    for number in (line, line - 1):
        if 0 <= number < len(lines) and (place := _punctuation(lines[number])) is not None:
            mark_found = lines[number][place]
            values = {"mark": mark_found, "instead": _PUNCTUATION[mark_found]}
            message = Message(_("{mark} is no punctuation of YAML: write {instead}"), values)
            return found(message, number, place)
    if "end of stream" in problem and error.context_mark is not None:
        begins = error.context_mark
        return found(Message(_("this quote is not closed")), begins.line, begins.column)
    if "<stream end>" in problem and error.context_mark is not None:
        begins = error.context_mark
        bracket = text[begins.index : begins.index + 1]
        return found(
            Message(_("this {bracket} is not closed"), {"bracket": bracket}), begins.line, begins.column
        )
    if "expected ':'" in problem and line > 0:
        if _NO_SPACE.match(lines[line - 1]):
            return found(
                Message(_("a space is missing after the colon")), line - 1, lines[line - 1].index(":") + 1
            )
        return found(Message(_("this line has no colon after its key")), line - 1, _indent(lines[line - 1]))
    return found(_plain(problem, here))


def _plain(problem: str, here: str) -> Message:
    if "mapping values are not allowed" in problem or problem.endswith("but got ':'"):
        return Message(_("a text that has a colon in it must stand in quotes"))
    if problem.startswith(("expected ',' or '}'", "expected ',' or ']'")):
        bracket = problem[len("expected ',' or '")]
        if _QUOTED.sub("", here).count('"') % 2:
            return Message(_("a quote on this line is not closed"))
        return Message(_("a comma is missing before this, or a {bracket}"), {"bracket": bracket})
    if "<block end>" in problem:
        return Message(
            _("this line begins with {spaces} spaces, which is not where the lines it belongs to begin"),
            {"spaces": _indent(here)},
        )
    return Message(problem)


def _punctuation(line: str) -> int | None:
    """Where the first mark stands that is none of YAML's, outside quotes and comments."""
    bare = _QUOTED.sub(lambda match: " " * len(match[0]), line)
    bare = _COMMENT.sub("", bare)
    return next((place for place, mark in enumerate(bare) if mark in _PUNCTUATION), None)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
