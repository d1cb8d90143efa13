"""Texts of the model in more than one language.

The English sentence is the msgid: `_` only marks it for extraction, `translate` looks it up. A number may
bring its word along: `{pods:pod|pods}` reads "1 pod" or "2 pods". Catalogues live in `clustersim/locale`;
without a compiled catalogue every language reads English, so the model needs none to run.
"""

import gettext
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Final

import msgspec

LANGUAGES: Final = ("en", "zh-hans")
"""Languages the texts exist in, named as Django names them; the first is the msgids' own."""

_DOMAIN: Final = "clustersim"
_LOCALE: Final = Path(__file__).parent / "locale"
_LOCALES: Final = {"zh": "zh_Hans", "zh-hans": "zh_Hans", "zh-cn": "zh_Hans", "zh_hans": "zh_Hans"}

Value = str | int | float | bool | None


def _(msgid: str) -> str:
    """Mark a sentence for extraction; returns it unchanged."""
    return msgid


@cache
def _catalogue(locale: str) -> gettext.NullTranslations:
    return gettext.translation(_DOMAIN, str(_LOCALE), languages=[locale], fallback=True)


class _Counting(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        one, several, many = format_spec.partition("|")
        if not several:
            return str(super().format_field(value, format_spec))
        return f"{value} {one if value == 1 else many}"


def translate(msgid: str, language: str = "en", /, **values: Value) -> str:
    """The sentence in that language (or else in English) with its {placeholders} filled in."""
    locale = _LOCALES.get(language.lower())
    text = _catalogue(locale).gettext(msgid) if locale and msgid else msgid
    if "|" in text:
        return _Counting().vformat(text, (), values)
    return text.format(**values) if values else text


class Message(msgspec.Struct, frozen=True):
    """A sentence and the values of its {placeholders}, some of them messages, to be read in any language."""

    msgid: str
    values: Mapping[str, "Value | Message"] = msgspec.field(default_factory=dict)

    def text(self, language: str = "en") -> str:
        """The sentence in that language."""
        values = {
            name: value.text(language) if isinstance(value, Message) else value
            for name, value in self.values.items()
        }
        return translate(self.msgid, language, **values)

    def __str__(self) -> str:
        return self.text()
