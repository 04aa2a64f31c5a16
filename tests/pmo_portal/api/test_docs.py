"""The examples of docs/api.md are sent as they stand there, and answer with the status that is written behind them."""

import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from pmo_portal.accounts.tokens import create_api_token
from pmo_portal.api.errors import KINDS

PAGE = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text()
EXAMPLE = re.compile(r"^(curl .+?)\s+# (\d{3})$", re.MULTILINE)


def send(command: str, token: str):
    words = shlex.split(command.replace("$TOKEN", token).replace("$SITE", "http://portal.example"))[1:]
    method, headers, body, address = "GET", {}, "", ""
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, value = words.pop(0).split(": ", 1)
            headers[name] = value
        elif word == "-d":
            body = words.pop(0)
        else:
            address = word
    kind = headers.pop("Content-Type", "application/octet-stream")
    parts = urlsplit(address)
    return Client().generic(
        method, parts.path, body.encode(), content_type=kind, headers=headers, query_params=_query(parts.query)
    )


def _query(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split("&")) if text else {}


@pytest.mark.django_db
def test_each_example_answers_what_is_written_behind_it(office):
    token = create_api_token(office.cast.pmo)
    examples = EXAMPLE.findall(PAGE)
    assert len(examples) == PAGE.count("curl "), "each example has its status behind it"
    assert len(examples) >= 9
    for command, status in examples:
        answer = send(command, token)
        assert answer.status_code == int(status), (command, answer.text)


def test_each_kind_of_problem_is_told():
    told = re.findall(r"^\| `#([a-z-]+)` \| (\d+) \|", PAGE, re.MULTILINE)
    assert {kind: int(status) for kind, status in told} == {kind: status for kind, (status, _title) in KINDS.items()}
