"""A form field for every setting in the catalogue of the model."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from clustersim.flags import FlagError, FlagInfo, Flags, Origin, catalogue, parse_value
from clustersim.i18n import translate

Differences = Mapping[str, Mapping[str, str]]
"""{component: {flag: text}} of what is not the release's default."""


def name_of(component: str, flag: str) -> str:
    """The name of a setting in the form."""
    return f"{component}/{flag}"


def language() -> str:
    """The language of the page, for sentences of the model."""
    return get_language() or "en"


class SettingField(forms.CharField):
    """One setting, as on a command line and refused as the binary refuses it; empty is the default."""

    def __init__(self, info: FlagInfo, text: str) -> None:
        super().__init__(
            label=f"--{info.flag}" if info.origin == Origin.FLAG else info.flag,
            help_text=explanation(info),
            initial=text,
            required=False,
            max_length=500,
            widget=_widget(info),
        )
        self.info = info

    def clean(self, value: Any) -> Any:
        """The setting's value."""
        text = super().clean(value)
        try:
            return parse_value(self.info, text) if text else self.info.default
        except FlagError as error:
            raise forms.ValidationError(error.message.text(language())) from None


def _widget(info: FlagInfo) -> forms.Widget:
    choices = ("true", "false") if info.kind == "bool" else info.setting.choices
    if not choices or info.kind == "list":
        return forms.TextInput(attrs={"placeholder": info.default_text})
    return forms.Select(choices=[("", f"({info.default_text})"), *((choice, choice) for choice in choices)])


_UNITS: Final = {
    "1/s": gettext_lazy("a second"),
    "bits": gettext_lazy("bits"),
    "containers": gettext_lazy("containers"),
    "events": gettext_lazy("events"),
    "nodes": gettext_lazy("nodes"),
    "nodes/s": gettext_lazy("nodes a second"),
    "pods": gettext_lazy("pods"),
    "requests": gettext_lazy("requests"),
    "seconds": gettext_lazy("seconds"),
    "syncs": gettext_lazy("syncs"),
    "tries": gettext_lazy("tries"),
    "workers": gettext_lazy("workers"),
}
"""What a number counts, as one would say it after the number."""


def explanation(info: FlagInfo) -> str:
    """The sentence under a field: what it is, its default, what is allowed."""
    unit = f" {_UNITS.get(info.unit, info.unit)}" if info.unit not in ("", "s") else ""
    parts = [
        translate(info.help, language()),
        _("Default: %(value)s.") % {"value": (info.default_text or "-") + unit},
    ]
    if allowed := info.range_text():
        parts.append(_("Allowed: %(range)s.") % {"range": allowed + unit})
    return " ".join(parts)


def setting_fields(
    defaults: Flags, release: str, differences: Differences
) -> Iterator[tuple[str, SettingField]]:
    """Every setting of a release, filled in where it differs from the defaults of the release."""
    for info in catalogue(defaults, release):
        text = differences.get(info.component, {}).get(info.flag, "")
        yield name_of(info.component, info.flag), SettingField(info, text)
