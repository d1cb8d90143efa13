"""Failures inside the server: in the log with all that is known, on the page with the reference by which
to find them."""

import secrets
from typing import Any

import structlog
from django.utils.translation import gettext_lazy as _

from visualizer import metrics
from visualizer.texts import Texts, filled

logger = structlog.get_logger()

FAILED = _("That did not work. The server's log says why, under %(reference)s.")


def report(what: str, error: BaseException | None = None, /, **about: Any) -> str:
    """Log an exception, by default the one being handled; returns the reference under which it is found."""
    reference = secrets.token_hex(4)
    metrics.troubles.inc()
    logger.error(what, reference=reference, exc_info=error or True, **about)
    return reference


def note(what: str, /, **about: Any) -> str:
    """The same for something that went wrong in another process, with what that said of it."""
    reference = secrets.token_hex(4)
    metrics.troubles.inc()
    logger.error(what, reference=reference, **about)
    return reference


def failed(what: str, **about: Any) -> Texts:
    """Log the exception that is being handled; returns what the person is told."""
    return with_reference(FAILED, report(what, **about))


def with_reference(sentence: Any, reference: str) -> Texts:
    """A sentence with %(reference)s in it, in every language."""
    return filled(sentence, reference=reference)
