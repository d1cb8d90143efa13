"""What is wrong with a scenario file, and where."""

from clustersim.i18n import Message, _, translate


class ScenarioError(ValueError):
    """A scenario that cannot be read; nothing of it was applied.

    source: the file's name; line, column: counted from 1; message: what is wrong, in any language; nearest:
    the valid name that looks most like the one in the file, or "".
    """

    def __init__(self, message: Message, line: int, column: int, source: str = "", nearest: str = "") -> None:
        self.message = message
        self.line = line
        self.column = column
        self.source = source
        self.nearest = nearest
        super().__init__(self.text())

    def text(self, language: str = "en") -> str:
        """The whole complaint on one line: file:line:column: what is wrong; did you mean ...?"""
        return f"{self.source or '-'}:{self.line}:{self.column}: {self.said(language)}"

    def said(self, language: str = "en") -> str:
        """What is wrong, without where."""
        said = self.message.text(language)
        if not self.nearest:
            return said
        return translate(_("{said}; did you mean {nearest}?"), language, said=said, nearest=self.nearest)
