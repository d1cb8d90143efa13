"""A YAML (or JSON) document as a tree that knows where every value stands.

A `Value` is read by asking it for what it should be; it answers, or complains with line and column. Size,
depth and number of values are bounded, and aliases are refused: a file of a few lines could otherwise stand
for billions.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, NoReturn, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from clustersim.bounds import DEEPEST, HORIZON, LARGEST_FILE, LONGEST_TEXT, MOST_VALUES
from clustersim.engine.time import Micros, seconds
from clustersim.flags import DurationError, parse_duration
from clustersim.i18n import Message, _
from clustersim.i18n import Value as Placeholder
from clustersim.scenario.errors import Complaints, ScenarioError
from clustersim.scenario.yaml_size import check_size
from clustersim.scenario.yaml_trouble import yaml_trouble

T = TypeVar("T")
Fields = Mapping[str, Callable[["Value"], Any]]

SHORT_LIST: Final = 8

_TAGS: Final = ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")


class Value:
    """One value of the document."""

    __slots__ = ("_node", "_source")

    def __init__(self, node: Node, source: str) -> None:
        self._node = node
        self._source = source

    @property
    def line(self) -> int:
        """The line at which it begins, from 1 on."""
        return int(self._node.start_mark.line) + 1

    # --- complaining ------------------------------------------------------------------------------

    def complaint(self, message: Message, nearest: str = "", at: int | None = None) -> ScenarioError:
        """A complaint about this value, or about the character `at` of its text."""
        mark = self._node.start_mark
        column = mark.column + 1
        if at is not None:
            column += at + (getattr(self._node, "style", None) in ("'", '"'))
        return ScenarioError(message, mark.line + 1, column, self._source, nearest)

    def error(self, msgid: str, /, **values: Placeholder) -> ScenarioError:
        """A complaint about this value: a sentence and its placeholders."""
        return self.complaint(Message(msgid, values))

    def unknown(self, msgid: str, known: Iterable[str], **values: Placeholder) -> ScenarioError:
        """A complaint about this value, {name} in the sentence, which is none of the known names."""
        return self.complaint(Message(msgid, {"name": self.text(), **values}), nearest_of(self.text(), known))

    def _expected(self, msgid: str) -> NoReturn:
        raise self.error(msgid, found=self.shown())

    def shown(self) -> str:
        """The value as it stands there, cut to a few words."""
        if isinstance(self._node, ScalarNode):
            return str(self._node.value)[:60] or '""'
        return "{...}" if isinstance(self._node, MappingNode) else "[...]"

    # --- collections ------------------------------------------------------------------------------

    @property
    def is_null(self) -> bool:
        """Nothing, or null."""
        return bool(self._node.tag == "tag:yaml.org,2002:null")

    @property
    def is_mapping(self) -> bool:
        """Keys with values."""
        return isinstance(self._node, MappingNode)

    @property
    def is_number(self) -> bool:
        """A plain number."""
        return str(self._node.tag) in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")

    @property
    def is_list(self) -> bool:
        """A list of values."""
        return isinstance(self._node, SequenceNode)

    @property
    def is_boolean(self) -> bool:
        """true or false."""
        return bool(self._node.tag == "tag:yaml.org,2002:bool")

    def items(
        self, most: int = MOST_VALUES, repeated: Callable[[ScenarioError], None] | None = None
    ) -> Iterator[tuple["Value", "Value"]]:
        """The keys of a mapping, each with its value. A key that stands there twice is an error, or told to
        `repeated` and left out."""
        if not isinstance(self._node, MappingNode):
            self._expected(_("expected keys with values, found {found}"))
        if len(self._node.value) > most:
            raise self.error(_("more than {most} entries"), most=most)
        seen: dict[str, bool] = {}
        for key_node, value_node in self._node.value:
            key, value = Value(key_node, self._source), Value(value_node, self._source)
            if key.text() in seen:
                twice = key.error(_("{name} is given twice"), name=key.text())
                if repeated is None:
                    raise twice
                repeated(twice)
                continue
            seen[key.text()] = True
            yield key, value

    def each(self, read: Callable[["Value"], T], most: int = MOST_VALUES) -> tuple[T, ...]:
        """A list, each item read by `read`; what is wrong is told of all items at once."""
        if not isinstance(self._node, SequenceNode):
            self._expected(_("expected a list, found {found}"))
        if len(self._node.value) > most:
            raise self.error(_("more than {most} entries"), most=most)
        complaints = Complaints()
        items = []
        for node in self._node.value:
            with complaints:
                items.append(read(Value(node, self._source)))
        complaints.raise_if_any()
        return tuple(items)

    def fields(self, known: Fields) -> dict[str, Any]:
        """A mapping with fixed keys, each value read by the function of its key; hyphens count as
        underscores. What is wrong is told of all keys at once."""
        complaints = Complaints()
        found = self.readable(known, complaints)
        complaints.raise_if_any()
        return found

    def readable(
        self, known: Fields, complaints: Complaints, names: Iterable[str] | None = None
    ) -> dict[str, Any]:
        """As `fields`, but what is wrong is left out and complained of; names: how people write the keys."""
        found: dict[str, Any] = {}
        for key, value in self.items(repeated=complaints.add):
            name = key.text().replace("-", "_")
            if name not in known:
                complaints.add(key.unknown(_("unknown key {name}"), known if names is None else names))
                continue
            with complaints:
                found[name] = known[name](value)
        return found

    def table(self, read: Callable[["Value"], T], most: int = 1000) -> dict[str, T]:
        """A mapping with free keys, each value read by `read`; what is wrong is told of all keys at once."""
        complaints = Complaints()
        found = {}
        for key, value in self.items(most, repeated=complaints.add):
            with complaints:
                found[key.text()] = read(value)
        complaints.raise_if_any()
        return found

    def key(self, name: str) -> "Value":
        """The key of that name where it stands, or the mapping itself where it has none."""
        return next((key for key, _value in self._named(name)), self)

    def at(self, name: str) -> "Value | None":
        """The value of the key of that name."""
        return next((value for _key, value in self._named(name)), None)

    def _named(self, name: str) -> Iterator[tuple["Value", "Value"]]:
        if isinstance(self._node, MappingNode):
            for key, value in self._node.value:
                if str(key.value).replace("-", "_") == name:
                    yield Value(key, self._source), Value(value, self._source)

    # --- single values ----------------------------------------------------------------------------

    def text(self) -> str:
        """Any single value as the text that stands there."""
        if not isinstance(self._node, ScalarNode) or self.is_null:
            self._expected(_("expected a text, found {found}"))
        text = str(self._node.value)
        if len(text) > LONGEST_TEXT:
            raise self.error(_("longer than {most} characters"), most=LONGEST_TEXT)
        return text

    def long_text(self, most: int) -> str:
        """A text of several lines."""
        if not isinstance(self._node, ScalarNode) or self.is_null:
            self._expected(_("expected a text, found {found}"))
        text = str(self._node.value)
        if len(text) > most:
            raise self.error(_("longer than {most} characters"), most=most)
        return text

    def plain(self) -> Any:
        """The value as JSON has it."""
        if self.is_mapping:
            return {key.text(): inner.plain() for key, inner in self.items()}
        if self.is_list:
            return list(self.each(Value.plain))
        if self.is_null:
            return None
        if self.is_boolean:
            return self.boolean()
        if self.is_number:
            number = self.number()
            return int(number) if number.is_integer() else number
        return self.long_text(LARGEST_FILE)

    def one_of(self, known: Iterable[str], msgid: str = "") -> str:
        """One of these texts; the complaint about another one says {name}."""
        names = list(known)
        if self.text() not in names:
            short = len(names) <= SHORT_LIST
            msgid = msgid or (_("{name} is none of {names}") if short else _("unknown name {name}"))
            raise self.unknown(msgid, names, names=", ".join(names[:SHORT_LIST]))
        return self.text()

    def boolean(self) -> bool:
        """true or false."""
        if self._node.tag != "tag:yaml.org,2002:bool":
            self._expected(_("expected true or false, found {found}"))
        return str(self._node.value).lower() == "true"

    def integer(self, low: int = 0, high: int = 1_000_000) -> int:
        """A whole number between these."""
        try:
            number = int(self.text())
        except ValueError:
            self._expected(_("expected a whole number, found {found}"))
        if not low <= number <= high:
            raise self.error(_("{number} is not between {low} and {high}"), number=number, low=low, high=high)
        return number

    def number(self) -> float:
        """A number."""
        if not self.is_number:
            self._expected(_("expected a number, found {found}"))
        return float(self.text())

    def moment(self) -> Micros:
        """A simulated time: a Go duration ("1m30s", "-29.5s"), or a number of seconds."""
        text = self.text()
        try:
            time = seconds(float(text)) if self.is_number else parse_duration(text)
        except (DurationError, ValueError, OverflowError):
            self._expected(_("expected a time such as 40s, 1m30s or 2.5 (seconds), found {found}"))
        if abs(time) > HORIZON:
            raise self.error(_("{time} is too far away"), time=text)
        return time

    def duration(self) -> Micros:
        """A simulated time that is not negative."""
        time = self.moment()
        if time < 0:
            raise self.error(_("{time} is negative"), time=self.text())
        return time


def nearest_of(name: str, known: Iterable[str]) -> str:
    """The known name that looks most like this one, "" if none does."""
    names = list(known)
    same = [each for each in names if each.lower() == name.lower()]
    return next(iter(same or get_close_matches(name, names, 1, 0.5)), "")


def parse(text: str, source: str = "", most: int = MOST_VALUES) -> Value:
    """The document in that text, with so many values at most. Raises ScenarioError where it is none, or out
    of bounds."""
    check_size(text, most, source)
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise yaml_trouble(text, error, source) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise ScenarioError(Message(" ".join(str(error).split())[:200]), 1, 1, source) from None
    if node is None:
        raise ScenarioError(Message(_("the file is empty")), 1, 1, source)
    _check_bounds(node, source)
    return Value(node, source)


def _check_bounds(root: Node, source: str) -> None:
    seen: dict[int, bool] = {}
    stack = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        value = Value(node, source)
        if id(node) in seen:
            raise value.error(_("aliases are not allowed"))
        seen[id(node)] = True
        if str(node.tag).removeprefix("tag:yaml.org,2002:") not in _TAGS:
            raise value.error(_("tags are not allowed"))
        if depth > DEEPEST or len(seen) > MOST_VALUES:
            raise value.error(_("the file is too large or too deep"))
        if isinstance(node, MappingNode):
            stack.extend((child, depth + 1) for pair in node.value for child in pair)
        elif isinstance(node, SequenceNode):
            stack.extend((child, depth + 1) for child in node.value)
