"""The settings as the page of timeouts lays them out: the story's own as sliders, all others by component."""

from typing import Any

import msgspec
from django.forms import BoundField

from clustersim.flags import (
    COMPONENTS,
    FlagError,
    FlagInfo,
    Origin,
    catalogue,
    format_value,
    has,
    parse_value,
)
from clustersim.i18n import translate
from visualizer.profiles.fields import explanation, name_of
from visualizer.profiles.forms import ProfileForm
from visualizer.profiles.story import StorySetting, story_of


class Slider(msgspec.Struct, frozen=True):
    """A setting of the story. place: where the slider stands among its stops."""

    setting: StorySetting
    field: BoundField
    default: str
    help: str
    stops: tuple[str, ...]
    place: int

    @property
    def last(self) -> int:
        return len(self.stops) - 1


class Component(msgspec.Struct, frozen=True):
    """The other settings of a component: flags, and what is compiled in or of the model."""

    name: str
    flags: tuple[BoundField, ...]
    others: tuple[BoundField, ...]


def sliders(form: ProfileForm) -> list[Slider]:
    """The story's settings of the form's release, each where it stands."""
    found = []
    for setting, info in story_of(form.release, form.defaults):
        field = form[name_of(info.component, info.flag)]
        text = str(field.value() or info.default_text)
        stops = _stops(setting, info, text)
        place = stops.index(_normal(info, text)) if _normal(info, text) in stops else 0
        found.append(Slider(setting, field, info.default_text, explanation(info), stops, place))
    return found


def _stops(setting: StorySetting, info: FlagInfo, text: str) -> tuple[str, ...]:
    """The stops with the default and the present value among them, in order."""
    values: dict[Any, str] = {}
    for stop in (*setting.stops, info.default_text, text):
        try:
            value = parse_value(info, stop)
        except FlagError:  # it stands in its field, with the complaint
            continue
        values.setdefault(value, format_value(info, value))
    return tuple(values[value] for value in sorted(values))


def _normal(info: FlagInfo, text: str) -> str:
    try:
        return format_value(info, parse_value(info, text))
    except FlagError:
        return ""


class Gone(msgspec.Struct, frozen=True):
    """A flag that the release has no more, and what took its place."""

    name: str
    instead: str


def gone(release: str, language: str) -> list[Gone]:
    """The flags that older releases have and this one has not."""
    return [
        Gone(f"{info.component} --{info.flag}", translate(info.setting.gone, language))
        for info in catalogue()
        if info.setting.gone and info.setting.releases.begun_by(release) and not has(info, release)
    ]


def components(form: ProfileForm) -> list[Component]:
    """All other settings, component by component."""
    told = {(info.component, info.flag) for _setting, info in story_of(form.release, form.defaults)}
    found = []
    for component in COMPONENTS:
        rest = [
            info
            for info in catalogue(form.defaults, form.release)
            if info.component == component and (info.component, info.flag) not in told
        ]
        flags = tuple(form[name_of(component, info.flag)] for info in rest if info.origin == Origin.FLAG)
        others = tuple(form[name_of(component, info.flag)] for info in rest if info.origin != Origin.FLAG)
        if flags or others:
            found.append(Component(component, flags, others))
    return found
