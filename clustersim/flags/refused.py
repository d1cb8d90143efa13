"""What programs say of flags that they refuse, as they stand in the journal.

Sources: v1.7, v1.8 spf13/pflag, which prints the error and ends with status 2; v1.36 component-base
cli/run.go, which prints "Error: ..." of what it cannot read, and logs "command failed" of what it checks
later.
"""

import re
from collections.abc import Mapping
from typing import Final

from clustersim.flags.catalogue import Flags, find
from clustersim.flags.checks import refusal
from clustersim.flags.values import FlagError, Unread

_SHOWN: Final = 100
"""Letters of a name that no program knows."""


def words_of_refusal(flags: Flags, component: str, texts: Mapping[str, str], release: str) -> str:
    """Of a component that is given these texts for some of its flags; "": it starts. texts: of flags that
    some release has, or that none has. Raises FlagError for values that only this model refuses."""
    today = release not in ("v1.7", "v1.8")
    error = "Error: " if today else ""
    if strange := next((name for name in texts if not _has(component, name, release)), ""):
        return f"{error}unknown flag: --{strange[:_SHOWN]}"
    try:
        changed = flags.with_texts({component: dict(texts)}, release)
    except Unread as unread:
        if today:
            why = _quoted(unread.reason, unread.text)
            return f'{error}invalid argument "{unread.text}" for "--{unread.flag}" flag: {why}'
        return unread.message.text()
    finding = refusal(changed)
    if finding is None:
        return ""
    told = finding.message.text()
    return f'"command failed" err="{told}"' if today else told


def _has(component: str, name: str, release: str) -> bool:
    """The release has that flag: it did not go before, or come later."""
    try:
        find(component, name, release)
    except FlagError:
        return False
    return True


def _quoted(reason: str, text: str) -> str:
    """Since Go 1.15 durations and units stand in quotes."""
    if not reason.startswith("time: "):
        return reason
    told = re.sub(r"unknown unit (\S+)", r'unknown unit "\1"', reason.removesuffix(text))
    return f'{told}"{text}"'
