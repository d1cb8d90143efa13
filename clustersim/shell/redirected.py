"""Where commands of a script read from, and where what they print goes."""

from collections.abc import Sequence

from clustersim.shell.budget import Printed
from clustersim.shell.expanding import Expander
from clustersim.shell.grammar import Redirection
from clustersim.shell.plain import absolute
from clustersim.shell.ran import Failed, Files, Ran


class Redirected:
    """Of one shell, its files, variables and expansions."""

    def __init__(self, files: Files, variables: dict[str, str], expand: Expander) -> None:
        self._files = files
        self._variables = variables
        self._expand = expand

    def read(self, redirection: Redirection) -> str:
        """What a command reads. Raises Failed."""
        path = self._path(redirection)
        text = self._files.text(path)
        if text is None:
            raise Failed(f"sh: can't open {path}: no such file")
        return text

    def put(self, ran: Ran, redirections: Sequence[Redirection], printed: Printed) -> None:
        """What it printed goes there. Raises Failed."""
        out, err = ran.out, ran.err
        for redirection in redirections:
            match redirection.operator:
                case "2>&1":
                    out, err = out + err, ""
                case "1>&2" | ">&2":
                    out, err = "", err + out
                case ">" | ">>" | "&>":
                    both = out + err if redirection.operator == "&>" else out
                    err = "" if redirection.operator == "&>" else err
                    self._write(redirection, both)
                    out = ""
                case "2>" | "2>>":
                    self._write(redirection, err)
                    err = ""
        printed.add(out, err)

    def _write(self, redirection: Redirection, text: str) -> None:
        path = self._path(redirection)
        if path == "/dev/null":
            return
        before = (self._files.text(path) or "") if redirection.operator.endswith(">>") else ""
        self._files.write(path, before + text)

    def _path(self, redirection: Redirection) -> str:
        return absolute(self._expand.text(redirection.target), self._variables.get("PWD", "/"))
