"""Sentences that leave the server in both languages at once, since one frame goes to all viewers."""

from typing import Final

from django.utils import translation
from django.utils.functional import Promise

from clustersim.i18n import Message

Texts = dict[str, str]
"""A sentence by language of the page: {"en": ..., "zh": ...}."""

_DJANGO: Final = {"en": "en", "zh": "zh-hans"}


def texts(sentence: "Promise | Message") -> Texts:
    """A lazy Django translation, or a message of the model, in each language."""
    if isinstance(sentence, Message):
        return {language: sentence.text(language) for language in _DJANGO}
    found = {}
    for language, code in _DJANGO.items():
        with translation.override(code):
            found[language] = str(sentence)
    return found


def page_language() -> str:
    """The language of the page that is being made, as `Texts` call it."""
    return "zh" if (translation.get_language() or "").startswith("zh") else "en"


def in_page_language(told: Texts) -> str:
    """What a page says of it."""
    return told[page_language()]


def filled(sentence: "Promise | Message", **values: str | Texts) -> Texts:
    """A sentence with %(names)s in it, in every language; so may be what stands in their place."""
    return {
        language: text
        % {name: value if isinstance(value, str) else value[language] for name, value in values.items()}
        for language, text in texts(sentence).items()
    }
