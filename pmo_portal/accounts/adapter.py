"""How sign-in behaves: no self-registration, people as the portal names them."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from pmo_portal.periods.queries import office_settings


class PortalAdapter(DefaultAccountAdapter):
    """People are invited; nobody signs up by themselves."""

    def is_open_for_signup(self, request) -> bool:
        return False

    def populate_username(self, request, user) -> None:
        """A person has no user name."""

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At the portal's own address, whatever host the request named."""
        return settings.SITE_URL + reverse("account_reset_password_from_key", args=key.split("-", 1))

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Through the portal's own outbox, so that a mail server that is down costs nobody a letter."""
        from pmo_portal.asks.outbox import queue_letter

        person = context.get("user")
        context = {**context, "person": person, "office": office_settings(), "site": settings.SITE_URL}
        with translation.override(getattr(person, "language", None) or translation.get_language()):
            message = self.render_mail(template_prefix, email, context)
        html = next((body for body, kind in getattr(message, "alternatives", ()) if kind == "text/html"), "")
        queue_letter(address=email, subject=message.subject, text=message.body, html=html)

    def format_email_subject(self, subject: str) -> str:
        return subject.strip()


class PortalMFAAdapter(DefaultMFAAdapter):
    """The library says "incorrect code" of security keys too."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code or security key does not belong to the account, or has been used or removed.")
    }
