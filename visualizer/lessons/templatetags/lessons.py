"""What the templates of lessons share: texts in the reader's language, and the forms of a class's desk."""

from typing import Any

from django import template
from django.template import RequestContext
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from visualizer.texts import Texts, in_page_language

register = template.Library()


@register.filter
def said(text: Texts | None) -> str:
    """A text in the language of the page, "" for none."""
    return "" if text is None else in_page_language(text)


@register.simple_block_tag(takes_context=True)
def desk(
    context: RequestContext, content: str, do: str, *, on_change: bool = False, label: str = ""
) -> SafeString:
    """A form that sets something in a class. do: what; on_change: as soon as something else is chosen, where
    there is JavaScript; label: what its group of controls is called.
    """
    around: dict[str, Any] = context.flatten()  # type: ignore[assignment]
    values = {**around, "content": content, "do": do, "on_change": on_change, "label": label}
    rendered = render_to_string("lessons/_desk.html", values, context["request"])
    return format_html("{}", SafeString(rendered))
