"""Reads the tokens of an expression one after another, and says what was expected where another stands."""

from clustersim.i18n import Message, _
from clustersim.lesson.expressions.tokens import ExpressionError, Form, Token, tokens


class TokenReader:
    """Stands at a token of a text. Raises ExpressionError."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.next = 0

    @property
    def here(self) -> Token:
        return self.tokens[self.next]

    @property
    def after(self) -> Token:
        """The token behind the one where it stands."""
        return self.tokens[min(self.next + 1, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.here
        self.next = min(self.next + 1, len(self.tokens) - 1)
        return token

    def accept(self, *texts: str) -> Token | None:
        if self.here.form in (Form.NAME, Form.SIGN) and self.here.text in texts:
            return self.take()
        return None

    def expect(self, text: str) -> Token:
        if (token := self.accept(text)) is None:
            raise self.unexpected(text)
        return token

    def expect_end(self) -> None:
        if self.here.form is not Form.END:
            raise self.unexpected(_("the end"))

    def unexpected(self, what: str) -> ExpressionError:
        """What is wanted here: a sign, or in words that are translated."""
        found = Message("{text}", {"text": self.here.text}) if self.here.text else Message(_("the end"))
        wanted = Message(what) if len(what) > 1 else Message("{text}", {"text": what})
        return ExpressionError(self.here.at, _("expected {what}, found {found}"), what=wanted, found=found)

    def name(self) -> Token:
        if self.here.form is not Form.NAME:
            raise self.unexpected(_("a name"))
        return self.take()
