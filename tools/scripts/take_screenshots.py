"""Take the pictures that ``docs/screenshots.toml`` lists: ``DOCS_FOLDER``.

Run by ``make screenshots``. Each picture is a visit of its own: who logs in, the
address, what is clicked (CSS or Playwright selectors), and the size of the window.
"""

import os
import sys
from pathlib import Path

import tomllib
from playwright.sync_api import Error, sync_playwright

URL = os.environ["WORKBENCH_URL"]
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Longer than the animations of the web client.
SETTLED = 900


def open_page(browser, shot):
    """A page of its own, logged in as the person of the picture."""
    width, height = shot.get("size", (1400, 860))
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="fr-FR",
        has_touch=width < 500,
        is_mobile=width < 500,
    )
    page = context.new_page()
    page.goto(f"{URL}/web/login")
    page.fill("input[name=login]", shot["login"])
    page.fill("input[name=password]", shot["login"])
    page.click("button[type=submit]")
    page.wait_for_url("**/odoo**", timeout=60_000)
    return page


def take(browser, shot, folder):
    """One picture."""
    page = open_page(browser, shot)
    try:
        page.goto(f"{URL}{shot['url']}")
        page.wait_for_selector(shot.get("wait", ".o_action_manager *"))
        for selector in shot.get("click", ()):
            page.locator(selector).first.click()
            page.wait_for_timeout(SETTLED)
        page.wait_for_timeout(SETTLED)
        page.screenshot(path=str(folder / f"{shot['name']}.png"))
    finally:
        page.context.close()


def main(docs, only):
    """Take every picture, and say which ones failed."""
    shots = tomllib.loads((docs / "screenshots.toml").read_text(encoding="utf-8"))
    folder = docs / "images"
    folder.mkdir(exist_ok=True)
    failed = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["WORKBENCH_BROWSER"], args=OPTIONS
        )
        for shot in shots["shot"]:
            if only and only not in shot["name"]:
                continue
            try:
                take(browser, shot, folder)
            except Error as error:
                failed.append(shot["name"])
                sys.stderr.write(f"{shot['name']}: {error}\n")
        browser.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), os.environ.get("WORKBENCH_ONLY", "")))
