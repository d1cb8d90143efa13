"""The command `flags`: the catalogue of settings."""

import argparse
import sys
from collections.abc import Iterator

import msgspec

from clustersim.flags import COMPONENTS, FlagInfo, catalogue, find
from clustersim.i18n import translate
from clustersim.releases import release_named


def list_flags(options: argparse.Namespace) -> None:
    """Print every setting of a release. Raises FlagError for an unknown component."""
    if options.component is not None and options.component not in COMPONENTS:
        find(options.component, "")
    infos = [
        info
        for info in catalogue(release_named(options.release).flags, release_named(options.release).name)
        if options.component in (None, info.component)
    ]
    lines = _json(infos) if options.json else _text(infos, options.language)
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _json(infos: list[FlagInfo]) -> Iterator[str]:
    for info in infos:
        row = {
            "component": info.component,
            "flag": info.flag,
            "origin": info.origin,
            "modelled": info.setting.modelled,
            "kind": info.kind,
            "unit": info.unit,
            "default": info.default_text,
            "range": info.range_text(),
            "help": {"en": info.help, "zh": translate(info.help, "zh")},
        }
        yield msgspec.json.encode(row).decode()


def _text(infos: list[FlagInfo], language: str) -> Iterator[str]:
    component = ""
    for info in infos:
        if info.component != component:
            yield f"\n{info.component}" if component else info.component
            component = info.component
        unit = f" {info.unit}" if info.unit and info.kind != "duration" else ""
        allowed = f"  [{info.range_text()}]" if info.range_text() else ""
        shown = "" if info.setting.modelled else ", only shown"
        yield f"  --{info.flag}={info.default_text}{unit}{allowed}  ({info.origin}{shown})"
        yield f"      {translate(info.help, language)}"
