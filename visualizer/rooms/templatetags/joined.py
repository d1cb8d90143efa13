"""Where a page finds its joined scripts and style sheets."""

from django import template
from django.utils.translation import get_language

from visualizer.joined import file_of

register = template.Library()


@register.simple_tag
def joined(name: str) -> str:
    """The address of a file that is joined of many; `name`: as in `visualizer.joined`."""
    return file_of(name).address


@register.simple_tag
def words() -> str:
    """The address of the scripts' words in the language of the page."""
    return file_of(f"words.{get_language()}.js").address
