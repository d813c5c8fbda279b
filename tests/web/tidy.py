"""A browser before which the test's own session always steps aside: SQLite has one writer at a time."""

from typing import Any

from tests.support.doors import Page, PageClient


class TidyClient(PageClient):
    """Commits what the test prepared or read, then asks for the page."""

    def get(self, path: str, **options: Any) -> Page:
        self.session.commit()
        return super().get(path, **options)

    def post(self, path: str, data: Any = None, **options: Any) -> Page:
        self.session.commit()
        return super().post(path, data, **options)
