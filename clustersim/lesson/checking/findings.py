"""What a check finds wrong with a lesson that can be read: each at its step or question, in any language."""

import msgspec

from clustersim.engine.time import Micros, in_seconds
from clustersim.i18n import Message, _, translate
from clustersim.lesson.expressions.terms import Term


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong.

    where: the id of the step or question, "" for the lesson as a whole; at: when in the run; release, seed:
    in which run; why: the values that decided it; nearest: the valid name that looks most like a wrong one;
    excused: a draft may be so. lines: what to show below it.
    """

    message: Message
    where: str = ""
    at: Micros | None = None
    release: str = ""
    seed: int | None = None
    why: tuple[Term, ...] = ()
    lines: tuple[str, ...] = ()
    nearest: str = ""
    excused: bool = False

    def text(self, language: str = "en") -> str:
        """All of it on one line: v1.7: kill at 60.0 s: not reached before the limit: ..."""
        place = self.where
        if self.at is not None:
            at = f"{in_seconds(self.at):.1f}"
            place = translate(_("{step} at {at} s"), language, step=self.where, at=at)
        seed = translate(_("seed {seed}"), language, seed=self.seed) if self.seed is not None else ""
        return ": ".join(part for part in (self.release, seed, place, self.said(language)) if part)

    def said(self, language: str = "en") -> str:
        """What is wrong, without where."""
        text = self.message.text(language)
        if self.nearest:
            text = translate(_("{said}; did you mean {nearest}?"), language, said=text, nearest=self.nearest)
        if not self.why:
            return text
        return f"{text} ({'; '.join(term.written(language) for term in self.why)})"
