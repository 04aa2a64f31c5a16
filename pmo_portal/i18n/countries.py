"""The countries whose public holidays a person can work by."""

from django.utils.translation import gettext_lazy as _

CALENDARS = [
    ("", _("As the office")),
    ("JP", _("Japan")),
    ("AU", _("Australia")),
    ("CN", _("China")),
    ("DE", _("Germany")),
    ("FR", _("France")),
    ("GB", _("United Kingdom")),
    ("ID", _("Indonesia")),
    ("IN", _("India")),
    ("KR", _("South Korea")),
    ("SG", _("Singapore")),
    ("TH", _("Thailand")),
    ("TW", _("Taiwan")),
    ("US", _("United States")),
    ("VN", _("Vietnam")),
]
