"""What axe says of a page."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

FIND = """async ([part, rules]) => {
  const runOnly = rules.length ? { runOnly: rules } : {};
  const found = await axe.run(part ?? document, { resultTypes: ["violations"], ...runOnly });
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
}"""
"""What passes is neither written out nor sent here: that takes as long as the look itself."""
OF_COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that a dark page may break where the light one does not."""
IS_DARK = "matchMedia('(prefers-color-scheme: dark)').matches"
SETTLED = """Promise.allSettled(document.getAnimations()
  .filter(({ effect }) => effect.getComputedTiming().endTime < Infinity).map(({ finished }) => finished))"""
"""What appears or changes its colour slowly has done so."""


def serious(page: Page, part: str | None = None) -> list[list[object]]:
    """What axe finds serious on the page, or in that part of it, light and dark: rules, and where they are
    broken.
    """
    if page.evaluate("!window.axe"):
        page.evaluate(AXE_SCRIPT)
    page.evaluate(SETTLED)
    found: list[list[object]] = page.evaluate(FIND, [part, []])
    was, other = ("dark", "light") if page.evaluate(IS_DARK) else ("light", "dark")
    _coloured(page, other)
    found += page.evaluate(FIND, [part, OF_COLOURS])
    _coloured(page, was)
    return found


def _coloured(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.evaluate(SETTLED)
