"""What the commands of a script read: one after the other takes lines of the same text (`while read`)."""

from collections.abc import Sequence

from clustersim.shell.ran import Ran


class Input:
    """A text of which lines may be taken."""

    def __init__(self, text: str = "") -> None:
        self.text = text

    def read(self, words: Sequence[str], variables: dict[str, str]) -> Ran:
        """`read [-r] NAME...`: the next line, divided between the names, the last of which gets the rest."""
        if not self.text:
            variables.update(dict.fromkeys(_names(words), ""))
            return Ran(code=1)
        line, newline, self.text = self.text.partition("\n")
        *names, last = _names(words)
        rest = line.strip()
        for name in names:
            first, *others = rest.split(maxsplit=1) or [""]
            variables[name], rest = first, "".join(others)
        variables[last] = rest
        return Ran(code=0 if newline else 1)


def _names(words: Sequence[str]) -> list[str]:
    return [word for word in words[1:] if not word.startswith("-")] or ["REPLY"]
