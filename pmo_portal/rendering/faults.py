"""Why a document could not be made."""

from __future__ import annotations

from django.utils.translation import gettext as _


class Unmade(Exception):
    """Nothing was made. `code`: fonts (the faces are not there), too_long (it took too much time or memory), broken (the
    typesetter or its template failed; `detail` is for the log)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail

    def said(self) -> str:
        """For people."""
        return {
            "fonts": _(
                "The faces for documents are missing on the server. The system administrator lays them there with “make assets”."
            ),
            "too_long": _("This document is too large to be made at once. Narrow what it is about."),
        }.get(self.code, _("The document could not be made. The system administrator finds the reason in the log."))
