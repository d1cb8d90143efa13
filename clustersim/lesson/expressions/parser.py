"""Expressions parsed and type-checked in one pass of recursive descent; nothing of them is ever run as code.

```
expression  and-term { "or" and-term }
and-term    not-term { "and" not-term }
not-term    "not" not-term | comparison
comparison  sum [ ("==" | "!=" | "<" | "<=" | ">" | ">=") sum | "in" "(" sum { "," sum } ")" ]
sum         product { ("+" | "-") product }
product     operand { ("*" | "/") operand }
operand     number | duration | 'text' | true | false | "(" expression ")" | call | path
call        count|all|any|min|max|distinct "(" expression ")" | count "(" moment ")"
            | elapsed "(" moment "," moment ")" | happened "(" moment ")"
            | did "(" verb [ "[" target "]" ] ")" | typed "(" 'text' [ "," node ] ")"
            | answered "(" question "[" option "]" ")" | right "(" question ")"
path        name { "." name [ "(" argument ")" ] }
moment      [ action | act | event ":" ] name [ "[" argument "]" ] [ 'text' ]
```
"""

from collections.abc import Callable
from typing import Final

from clustersim.faults import ACTIONS
from clustersim.flags import parse_duration
from clustersim.i18n import Message, _
from clustersim.lesson.expressions.combining import added, compared, joined, multiplied, must_be, reduced
from clustersim.lesson.expressions.expression import (
    Answered,
    Elapsed,
    Expression,
    Field,
    Happened,
    Literal,
    Logic,
    Moment,
    MomentKind,
    Negation,
    Occurrences,
    Right,
    Typed,
)
from clustersim.lesson.expressions.kinds import BOOLEAN, NUMBER, TEXT, TIME, Kind
from clustersim.lesson.expressions.names import POINTS, Names
from clustersim.lesson.expressions.paths import Segment, resolve, unknown
from clustersim.lesson.expressions.token_reader import TokenReader
from clustersim.lesson.expressions.tokens import ExpressionError, Form, Token
from clustersim.lesson.expressions.typed_lines import unknown_word

DEEPEST: Final = 20
COMPARISONS: Final = ("==", "!=", "<", "<=", ">", ">=")
REDUCTIONS: Final = ("count", "all", "any", "min", "max", "distinct")
PREFIXES: Final = ("action", "act", "event")


def parse_expression(text: str, names: Names, wanted: Kind | None = None) -> Expression:
    """The expression in a text, a single value and of the wanted kind. Raises ExpressionError."""
    parser = _Parser(text, names)
    found = parser.expression()
    parser.expect_end()
    if found.type.each:
        raise ExpressionError(0, _("this is {type}: say count, all or any of it"), type=found.type.said)
    if wanted is not None and found.type.kind is not wanted:
        raise ExpressionError(
            0, _("expected {what}, found {found}"), what=Message(wanted), found=found.type.said
        )
    return found


def parse_moment(text: str, names: Names) -> Moment:
    """The moment that a text names. Raises ExpressionError."""
    parser = _Parser(text, names)
    found = parser.moment()
    parser.expect_end()
    return found


class _Parser(TokenReader):
    def __init__(self, text: str, names: Names) -> None:
        super().__init__(text)
        self.names = names
        self.depth = 0

    def expression(self) -> Expression:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionError(self.here.at, _("too deep"))
        found = self.logic("or", lambda: self.logic("and", self.negation))
        self.depth -= 1
        return found

    def logic(self, word: str, operand: Callable[[], Expression]) -> Expression:
        left = operand()
        while (token := self.accept(word)) is not None:
            left = joined(left, token, operand())
        return left

    def negation(self) -> Expression:
        if (token := self.accept("not")) is None:
            return self.comparison()
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionError(token.at, _("too deep"))
        operand = self.negation()
        self.depth -= 1
        must_be(operand, BOOLEAN, token)
        return Negation(operand, operand.type)

    def comparison(self) -> Expression:
        at = self.here
        left = self.sum()
        if self.accept("in"):
            return self.one_of(left, at)
        if (token := self.accept(*COMPARISONS)) is None:
            return left
        other = self.here
        return compared(left, token, self.sum(), at, other)

    def one_of(self, left: Expression, at: Token) -> Expression:
        """x in (a, b): it is one of these."""
        opened = self.expect("(")
        found: Expression | None = None
        while found is None or self.accept(","):
            other = self.here
            equal = compared(left, Token(Form.SIGN, "==", other.at), self.sum(), at, other)
            found = equal if found is None else Logic("or", found, equal, equal.type)
        if self.accept(")") is None:
            raise ExpressionError(opened.at, _("this {bracket} is not closed"), bracket="(")
        return found

    def sum(self) -> Expression:
        left = self.product()
        while (token := self.accept("+", "-")) is not None:
            left = added(left, token, self.product())
        return left

    def product(self) -> Expression:
        left = self.operand()
        while (token := self.accept("*", "/")) is not None:
            left = multiplied(left, token, self.operand())
        return left

    def operand(self) -> Expression:
        token = self.here
        match token.form:
            case Form.NUMBER:
                text = self.take().text
                return Literal(float(text) if "." in text else int(text), NUMBER)
            case Form.DURATION:
                return Literal(parse_duration(self.take().text), TIME)
            case Form.TEXT:
                return Literal(self.take().text, TEXT)
            case Form.NAME:
                return self.named()
        if self.accept("("):
            inner = self.expression()
            self.expect(")")
            return inner
        raise self.unexpected(_("a value"))

    def named(self) -> Expression:
        if (word := self.accept("true", "false")) is not None:
            return Literal(word.text == "true", BOOLEAN)
        calls = self.after.text == "("
        if calls and (token := self.accept(*REDUCTIONS)) is not None:
            return self.reduction(token)
        if calls and self.here.text in self._calls:
            call = self._calls[self.take().text]
            self.expect("(")
            found = call()
            self.expect(")")
            return found
        return self.path()

    @property
    def _calls(self) -> dict[str, Callable[[], Expression]]:
        """What stands before parentheses, and reads what stands in them."""
        return {
            "elapsed": self.elapsed,
            "happened": lambda: Happened(self.moment()),
            "did": lambda: Happened(self._checked(MomentKind.ACT, self.name()), in_step=True),
            "typed": self.typed,
            "answered": self.answered,
            "right": lambda: Right(self.question()),
        }

    def elapsed(self) -> Elapsed:
        since = self.moment()
        self.expect(",")
        return Elapsed(since, self.moment())

    def typed(self) -> Typed:
        command = self.here
        if command.form is not Form.TEXT:
            raise self.unexpected(_("a command in 'quotes'"))
        self.take()
        if (word := unknown_word(command.text)) is not None:
            raise ExpressionError(command.at + 1, _("there is no command {name}"), word[1], name=word[0])
        if not self.accept(","):
            return Typed(command.text)
        node = self.name()
        if node.text not in self.names.nodes:
            raise unknown(node.at, node.text, self.names.nodes, _("no node {name}"))
        return Typed(command.text, node.text)

    def answered(self) -> Answered:
        ask = self.question()
        self.expect("[")
        option = self.take()
        self.expect("]")
        if option.text not in self.names.asks[ask]:
            raise unknown(option.at, option.text, self.names.asks[ask], _("no answer is called {name}"))
        return Answered(ask, option.text)

    def question(self) -> str:
        """A question that was asked before."""
        ask = self.name()
        if ask.text not in self.names.asks:
            raise unknown(ask.at, ask.text, self.names.asks, _("no question before this is called {name}"))
        return ask.text

    def reduction(self, token: Token) -> Expression:
        self.expect("(")
        if token.text == "count" and self.here.text in PREFIXES and self.after.text == ":":
            moment = self.moment()
            self.expect(")")
            return Occurrences(moment)
        operand = self.expression()
        self.expect(")")
        return reduced(token, operand)

    def path(self) -> Field:
        segments = [self.segment()]
        while self.accept("."):
            segments.append(self.segment())
        return resolve(tuple(segments), self.names)

    def segment(self) -> Segment:
        token = self.take()
        if token.form is not Form.NAME:
            self.next -= 1 if token.form is not Form.END else 0
            raise self.unexpected(_("a name"))
        argument = ""
        if self.here.text == "(" and self.after.form is Form.ARGUMENT:
            self.take()
            argument = self.take().text
            self.expect(")")
        return Segment(token.text, token.at, argument)

    # --- moments -----------------------------------------------------------------------------------

    def moment(self) -> Moment:
        token = self.here
        if token.form is not Form.NAME:
            raise self.unexpected(_("a moment"))
        self.take()
        if self.accept(":"):
            if token.text not in PREFIXES:
                raise unknown(token.at, token.text, PREFIXES, _("there are no moments called {name}:"))
            return self._checked(MomentKind(token.text), self.name())
        kind = MomentKind.POINT if token.text in POINTS else MomentKind.MILESTONE
        return self._checked(kind, token)

    def _checked(self, kind: MomentKind, name: Token) -> Moment:
        known = {
            MomentKind.ACTION: self.names.labels,
            MomentKind.ACT: tuple(ACTIONS),
            MomentKind.MILESTONE: (*self.names.milestones, *POINTS),
        }.get(kind)
        if known is not None and name.text not in known:
            raise unknown(name.at, name.text, known, _("there is no moment {name}"))
        about = ""
        if self.here.text == "[":
            self.take()
            of = self.take()
            self.expect("]")
            if kind in (MomentKind.MILESTONE, MomentKind.EVENT):
                self._check_subject(of)
            about = of.text
        saying = self.take().text if kind is MomentKind.EVENT and self.here.form is Form.TEXT else ""
        return Moment(kind, name.text, about, saying)

    def _check_subject(self, of: Token) -> None:
        owner, at, node = of.text.partition("@")
        if at and owner in self.names.owners and node in self.names.nodes:
            return
        if of.text not in self.names.subjects():
            raise unknown(of.at, of.text, self.names.subjects(), _("there is no {name}"))
