"""Values of settings as texts: read, checked against their range, and written back."""

from typing import Final

import msgspec

from clustersim.flags.duration import DurationError, format_duration, parse_duration
from clustersim.flags.setting import Origin, Setting, Value
from clustersim.i18n import Message, _

_TRUE: Final = ("1", "t", "T", "true", "TRUE", "True")
_FALSE: Final = ("0", "f", "F", "false", "FALSE", "False")


class FlagError(ValueError):
    """A flag that does not exist, or a value that is refused.

    message: why, in any language; nearest: the valid name that looks most like the one given, or "".
    """

    def __init__(self, message: Message, nearest: str = "") -> None:
        super().__init__(str(message))
        self.message = message
        self.nearest = nearest


class Unread(FlagError):
    """A text that is no value of the flag: no program starts with that. Its message is the sentence of the
    pflag package of the era."""

    def __init__(self, flag: str, text: str, reason: str) -> None:
        values = {"text": text, "argument": f"--{flag}={text}", "reason": reason}
        super().__init__(Message('invalid argument "{text}" for {argument}: {reason}', dict(values)))
        self.flag = flag
        self.text = text
        self.reason = reason


class FlagInfo(msgspec.Struct, frozen=True):
    """One setting of one component.

    flag: the name as on the command line, without dashes in front. default: the value in the release;
    durations in microseconds. kind: "duration", "bool", "int", "float", "text" or "list". help: msgid.
    """

    component: str
    flag: str
    kind: str
    default: Value
    setting: Setting

    @property
    def help(self) -> str:
        """One sentence, a msgid."""
        return self.setting.help

    @property
    def unit(self) -> str:
        """What the number counts; "s" for durations, "" for none."""
        return self.setting.unit

    @property
    def origin(self) -> Origin:
        """Flag of the binary, constant of its source, or parameter of the model."""
        return self.setting.origin

    @property
    def default_text(self) -> str:
        """The default as on a command line."""
        return format_value(self, self.default)

    def range_text(self) -> str:
        """The values allowed: "1 .. 65535", "10ms .. 1h0m0s", "cgroupfs | systemd", or "" for any."""
        setting = self.setting
        if setting.choices:
            return " | ".join(setting.choices)
        if setting.minimum is None or setting.maximum is None:
            return ""
        number = int if self.kind in ("duration", "int") else float
        low, high = (format_value(self, number(bound)) for bound in (setting.minimum, setting.maximum))
        return f"{low} .. {high}"


def parse_value(info: FlagInfo, text: str) -> Value:
    """The value of a command-line text. Raises FlagError where it cannot be read or is refused."""
    return check_value(info, _read(info, text.strip()))


def _read(info: FlagInfo, text: str) -> Value:
    try:
        match info.kind:
            case "duration":
                return parse_duration(text)
            case "bool":
                return _read_bool(text)
            case "int":
                return int(text)
            case "float":
                return _read_float(text)
            case "list":
                return tuple(item.strip() for item in text.split(",") if item.strip())
            case _:
                return text
    except DurationError as error:
        reason = str(error)
    except ValueError:
        reason = f'strconv.Parse{info.kind.capitalize()}: parsing "{text}": invalid syntax'
    raise Unread(info.flag, text, reason)


def _read_bool(text: str) -> bool:
    if text not in _TRUE + _FALSE:
        raise ValueError(text)
    return text in _TRUE


def _read_float(text: str) -> float:
    number = float(text)
    if number - number != 0:
        raise ValueError(text)
    return number


def check_value(info: FlagInfo, value: Value) -> Value:
    """The value, if it is allowed. Raises FlagError with the real binary's words where it has some."""
    setting = info.setting
    if setting.choices:
        for item in value if isinstance(value, tuple) else (value,):
            if item not in setting.choices:
                _refuse(
                    info, str(item), _("{component}: --{flag} may only be {range} in this model, not {value}")
                )
    elif isinstance(value, int | float) and not isinstance(value, bool):
        low, high = setting.minimum, setting.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            _refuse(
                info,
                format_value(info, value),
                _("{component}: --{flag} must be in {range} in this model, not {value}"),
            )
    return value


NEW_GATES: Final = ("PodPriority", "TaintNodesByCondition")
"""Feature gates that v1.8 has brought (pkg/features/kube_features.go)."""


def check_gates(info: FlagInfo, value: Value, release: str) -> None:
    """v1.7 does not know the feature gates of v1.8. Raises FlagError with its words."""
    if release != "v1.7" or info.flag != "feature-gates" or not isinstance(value, tuple):
        return
    for gate, _sign, _value in (one.partition("=") for one in value):
        if gate in NEW_GATES:
            raise FlagError(Message(_("unrecognized key: {gate}"), {"gate": gate}))


def _refuse(info: FlagInfo, value: str, otherwise: str) -> None:
    values = {"component": info.component, "flag": info.flag, "range": info.range_text(), "value": value}
    raise FlagError(Message(info.setting.refusal or otherwise, values))


def format_value(info: FlagInfo, value: Value) -> str:
    """The value as on a command line: parse_value(info, format_value(info, value)) == value."""
    if info.kind == "duration" and isinstance(value, int):
        return format_duration(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return str(value)
