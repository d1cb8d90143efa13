"""What axe says of a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

VIOLATIONS = {"resultTypes": ["violations"]}
"""What passes need not be written out: that takes as long as the look itself."""


def serious(page: Page, part: str | None = None) -> list[tuple[str, list[str]]]:
    """What axe finds serious on the page, or in that part of it: rules, and where they are broken."""
    found = Axe().run(page, context=part, options=VIOLATIONS).response["violations"]
    return [
        (one["id"], [place["html"] for place in one["nodes"]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
