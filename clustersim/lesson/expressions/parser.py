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
from clustersim.lesson.expressions.expression import (
    Answered,
    Arithmetic,
    Comparison,
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
    Reduction,
    Right,
    Typed,
)
from clustersim.lesson.expressions.kinds import BOOLEAN, NUMBER, TEXT, TIME, Kind, Type
from clustersim.lesson.expressions.names import POINTS, Names
from clustersim.lesson.expressions.paths import Segment, resolve, unknown
from clustersim.lesson.expressions.tokens import ExpressionError, Form, Token, tokens
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


_PRODUCTS: Final[dict[tuple[Kind, str, Kind], Type]] = {
    (Kind.NUMBER, "*", Kind.NUMBER): NUMBER,
    (Kind.NUMBER, "*", Kind.TIME): TIME,
    (Kind.TIME, "*", Kind.NUMBER): TIME,
    (Kind.NUMBER, "/", Kind.NUMBER): NUMBER,
    (Kind.TIME, "/", Kind.NUMBER): TIME,
    (Kind.TIME, "/", Kind.TIME): NUMBER,
}
"""Of which kind a product or a quotient is; there are no others."""


class _Parser:
    def __init__(self, text: str, names: Names) -> None:
        self.names = names
        self.tokens = tokens(text)
        self.next = 0
        self.depth = 0

    # --- tokens ------------------------------------------------------------------------------------

    @property
    def here(self) -> Token:
        return self.tokens[self.next]

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

    # --- grammar -----------------------------------------------------------------------------------

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
            right = operand()
            for side in (left, right):
                _must_be(side, BOOLEAN, token)
            left = Logic(word, left, right, BOOLEAN.for_each(_shared(left, right, token)))
        return left

    def negation(self) -> Expression:
        if (token := self.accept("not")) is None:
            return self.comparison()
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionError(token.at, _("too deep"))
        operand = self.negation()
        self.depth -= 1
        _must_be(operand, BOOLEAN, token)
        return Negation(operand, operand.type)

    def comparison(self) -> Expression:
        at = self.here
        left = self.sum()
        if self.accept("in"):
            return self.one_of(left, at)
        if (token := self.accept(*COMPARISONS)) is None:
            return left
        other = self.here
        return self.compared(left, token, self.sum(), at, other)

    def one_of(self, left: Expression, at: Token) -> Expression:
        """x in (a, b): it is one of these."""
        opened = self.expect("(")
        found: Expression | None = None
        while found is None or self.accept(","):
            other = self.here
            equal = self.compared(left, Token(Form.SIGN, "==", other.at), self.sum(), at, other)
            found = equal if found is None else Logic("or", found, equal, equal.type)
        if self.accept(")") is None:
            raise ExpressionError(opened.at, _("this {bracket} is not closed"), bracket="(")
        return found

    def compared(
        self, left: Expression, token: Token, right: Expression, at: Token, other: Token
    ) -> Comparison:
        """Two values compared, if they can be."""
        if left.type.kind is not right.type.kind:
            raise ExpressionError(
                token.at,
                _("{left} cannot be compared with {right}"),
                left=left.type.said,
                right=right.type.said,
            )
        if token.text not in ("==", "!=") and left.type.kind in (Kind.TEXT, Kind.BOOLEAN):
            raise ExpressionError(token.at, _("only numbers and times are more or less than others"))
        _must_be_possible(left, right, at)
        _must_be_possible(right, left, other)
        return Comparison(token.text, left, right, BOOLEAN.for_each(_shared(left, right, token)))

    def sum(self) -> Expression:
        left = self.product()
        while (token := self.accept("+", "-")) is not None:
            right = self.product()
            if left.type.kind is not right.type.kind or left.type.kind not in (Kind.NUMBER, Kind.TIME):
                raise ExpressionError(token.at, _("only two numbers, or two times, can be added"))
            kind = NUMBER if left.type.kind is Kind.NUMBER else TIME
            left = Arithmetic(token.text, left, right, kind.for_each(_shared(left, right, token)))
        return left

    def product(self) -> Expression:
        left = self.operand()
        while (token := self.accept("*", "/")) is not None:
            right = self.operand()
            kind = _PRODUCTS.get((left.type.kind, token.text, right.type.kind))
            if kind is None:
                raise ExpressionError(
                    token.at,
                    _("{left} {sign} {right} means nothing"),
                    left=left.type.said,
                    sign=token.text,
                    right=right.type.said,
                )
            left = Arithmetic(token.text, left, right, kind.for_each(_shared(left, right, token)))
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
        calls = self.tokens[self.next + 1].text == "("
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

    def name(self) -> Token:
        if self.here.form is not Form.NAME:
            raise self.unexpected(_("a name"))
        return self.take()

    def reduction(self, token: Token) -> Expression:
        self.expect("(")
        if token.text == "count" and self.here.text in PREFIXES and self.tokens[self.next + 1].text == ":":
            moment = self.moment()
            self.expect(")")
            return Occurrences(moment)
        operand = self.expression()
        self.expect(")")
        if token.text in ("count", "all", "any"):
            _must_be(operand, BOOLEAN, token)
        elif token.text != "distinct" and operand.type.kind not in (Kind.NUMBER, Kind.TIME):
            _must_be(operand, NUMBER, token)
        if not operand.type.each:
            raise ExpressionError(
                token.at, _("{name} needs many values, such as nodes.ready"), name=token.text
            )
        same = Type(operand.type.kind)
        types = {"count": NUMBER, "distinct": NUMBER, "min": same, "max": same}
        return Reduction(token.text, operand, types.get(token.text, BOOLEAN))

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
        if self.here.text == "(" and self.tokens[self.next + 1].form is Form.ARGUMENT:
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


def _must_be(operand: Expression, wanted: Type, token: Token) -> None:
    if operand.type.kind is not wanted.kind:
        raise ExpressionError(
            token.at,
            _("{name} needs {what}, found {found}"),
            name=token.text,
            what=wanted.said,
            found=operand.type.said,
        )


def _must_be_possible(literal: Expression, other: Expression, at: Token) -> None:
    known = other.type.words
    if isinstance(literal, Literal) and known and literal.value not in known:
        raise unknown(at.at, str(literal.value), known, _("it is never {name}"))


def _shared(left: Expression, right: Expression, token: Token) -> str:
    one, other = left.type.each, right.type.each
    if one and other and one != other:
        raise ExpressionError(token.at, _("{one} and {other} are not the same things"), one=one, other=other)
    return one or other
