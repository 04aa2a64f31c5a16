"""Signing in and out; the pages of allauth under the portal's own addresses."""

from allauth.account import views as account
from django.urls import include, path, re_path

from pmo_portal.accounts import views

urlpatterns = [
    path("first/", views.FirstAdministrator.as_view(), name="first_administrator"),
    path("invitation/<str:key>/", views.InvitationPage.as_view(), name="invitation"),
    path("login/", views.sign_in, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", account.signup, name="account_signup"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/<int:pk>/end/", views.SessionEnd.as_view(), name="session_end"),
    path("sessions/", include("allauth.usersessions.urls")),
    path("profile/tokens/", views.TokensPage.as_view(), name="tokens"),
    path("profile/tokens/<int:pk>/end/", views.TokenEnd.as_view(), name="token_end"),
    path("profile/substitutes/", views.SubstitutesPage.as_view(), name="substitutes"),
    path("profile/substitutes/<int:pk>/end/", views.SubstituteEnd.as_view(), name="substitute_end"),
]
