"""What axe says of a page."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

FIND = """async (part) => {
  const found = await axe.run(part ?? document, { resultTypes: ["violations"] });
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
}"""
"""What passes is neither written out nor sent here: that takes as long as the look itself."""


def serious(page: Page, part: str | None = None) -> list[list[object]]:
    """What axe finds serious on the page, or in that part of it: rules, and where they are broken."""
    if page.evaluate("!window.axe"):
        page.evaluate(AXE_SCRIPT)
    found: list[list[object]] = page.evaluate(FIND, part)
    return found
