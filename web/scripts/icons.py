"""Draws the icons of the app from icon.svg, with a Chromium: python web/scripts/icons.py [path of a chromium]."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ICONS = Path(__file__).parents[1] / "public" / "icons"


def main() -> None:
    picture = (ICONS / "icon.svg").read_text()
    # A mask may cut off everything but the middle, so the drawing shrinks and its ground fills the square.
    masked = picture.replace('rx="16"', 'rx="0"').replace(
        "<g ", '<g transform="translate(9.6 9.6) scale(.7)" '
    )
    with sync_playwright() as playwright:
        path = sys.argv[1] if len(sys.argv) > 1 else None
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name, side, drawing in (
            ("icon-192", 192, picture), ("icon-512", 512, picture), ("maskable-512", 512, masked)
        ):  # fmt: skip
            page = browser.new_page(viewport={"width": side, "height": side})
            page.set_content(f"<style>*{{margin:0}}svg{{display:block;width:{side}px}}</style>{drawing}")
            page.screenshot(path=str(ICONS / f"{name}.png"), omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
