"""Takes the pictures: each page once per language, then in every theme and width."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pmo_portal.operation.shots.visitor import Sight

HEIGHTS = {360: 740, 1024: 768}  # else 900
LOCALES = {"ja": "ja-JP", "en": "en-GB"}


@dataclass(frozen=True)
class Picture:
    """One file of the folder, or why there is none."""

    sight: Sight
    language: str
    theme: str
    width: int
    file: str
    problem: str = ""


class SignInFailed(Exception):
    """The demo person's address or password was refused."""


class Camera:
    """A signed-in browser per person. Pages are opened and never sent."""

    def __init__(self, chromium, base: str, password: str, folder: Path) -> None:
        self.chromium, self.base, self.password, self.folder = chromium, base, password, folder
        self._states: dict[str, dict] = {}

    def window(self, person: str, language: str = "ja", width: int = 1440):
        """A browser context of this person ("": of nobody) that speaks `language`."""
        context = self.chromium.new_context(
            storage_state=self._state(person) if person else None,
            viewport=_size(width),
            locale=LOCALES[language],
            timezone_id="Asia/Tokyo",
            reduced_motion="reduce",
        )
        context.add_cookies([{"name": "django_language", "value": language, "url": self.base}])
        return context

    def _state(self, person: str) -> dict:
        if person not in self._states:
            context = self.chromium.new_context(locale="ja-JP")
            page = context.new_page()
            page.goto(f"{self.base}/login/")
            page.fill("input[name=login]", f"{person}@demo.example")
            page.fill("input[name=password]", self.password)
            with page.expect_navigation():
                page.press("input[name=password]", "Enter")
            if page.locator("input[name=password]").count():
                raise SignInFailed(f"{person}@demo.example cannot sign in at {self.base} with this password")
            self._states[person] = context.storage_state()
            context.close()
        return self._states[person]

    def take(
        self, sight: Sight, languages: Sequence[str], themes: Sequence[str], widths: Sequence[int]
    ) -> Iterator[Picture]:
        """Every picture of one page; a page that does not answer gives one with its problem and no file."""
        for language in languages:
            context = self.window(sight.person, language)
            page = context.new_page()
            answer = page.goto(self.base + sight.path)
            if (answer.status if answer else 0) != sight.status:
                yield Picture(sight, language, "", 0, "", f"answered {answer.status if answer else 'nothing'}")
            else:
                for key in sight.keys:
                    page.keyboard.press(key)
                    page.wait_for_timeout(300)
                for theme in themes:
                    page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme; }", theme)
                    yield from (self._snap(page, sight, language, theme, width) for width in widths)
            context.close()

    def _snap(self, page, sight: Sight, language: str, theme: str, width: int) -> Picture:
        page.set_viewport_size(_size(width))
        page.wait_for_timeout(100)
        name = file_name(sight, language, theme, width)
        whole = not sight.keys  # what floats over a page belongs to the window
        page.screenshot(path=self.folder / name, full_page=whole, animations="disabled", caret="hide")
        wide = page.evaluate("document.documentElement.scrollWidth")
        problem = f"{wide} px wide in a window of {width} px" if wide > width + 1 else ""
        return Picture(sight, language, theme, width, name, problem)

    def one(self, sight: Sight, language: str, path: Path, width: int, height: int) -> str:
        """One picture of the window's size into `path`; why not, where the page does not open."""
        context = self.window(sight.person, language)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        answer = page.goto(self.base + sight.path)
        if answer is None or answer.status != 200:
            return f"answered {answer.status if answer else 'nothing'}"
        page.evaluate("document.documentElement.dataset.bsTheme = 'light'")
        page.screenshot(path=path, animations="disabled", caret="hide")
        context.close()
        return ""


def _size(width: int) -> dict[str, int]:
    return {"width": width, "height": HEIGHTS.get(width, 900)}


def file_name(sight: Sight, language: str, theme: str, width: int) -> str:
    words = re.sub(r"[^\w]+", "-", sight.name.replace("_", "-")).strip("-")
    return f"{words}.{sight.person or 'nobody'}.{language}.{theme}.{width}.png"
