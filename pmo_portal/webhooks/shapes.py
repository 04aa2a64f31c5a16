"""What a chat takes: a message as Slack and those like it read it, or a card of Microsoft Teams. No Django."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

LONGEST, MOST_LINES = 1500, 20


@dataclass(frozen=True)
class Message:
    """One thing said: a sentence, lines below it, and where it leads ("" for nowhere), by a button that is called `verb`."""

    text: str
    lines: tuple[str, ...] = ()
    url: str = ""
    verb: str = ""


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def slack_text(text: str) -> str:
    """As Slack's mrkdwn wants it: nothing that somebody typed becomes a link or calls a channel."""
    return _cut(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def teams_text(text: str) -> str:
    """Without the marks by which a card's text would become a link or bold."""
    return re.sub(r"([\\`*_\[\]()#~>|])", r"\\\1", _cut(text))


def slack(message: Message) -> dict[str, Any]:
    text = slack_text(message.text)
    blocks: list[dict[str, Any]] = [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]
    for line in message.lines[:MOST_LINES]:
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": slack_text(line)}]})
    if message.url:
        button = {"type": "button", "text": {"type": "plain_text", "text": message.verb}, "url": message.url}
        blocks.append({"type": "actions", "elements": [button]})
    return {"text": f"{text} {message.url}".strip(), "blocks": blocks}


def teams(message: Message) -> dict[str, Any]:
    body: list[dict[str, Any]] = [
        {"type": "TextBlock", "text": teams_text(message.text), "wrap": True, "weight": "Bolder"},
        *({"type": "TextBlock", "text": teams_text(line), "wrap": True} for line in message.lines[:MOST_LINES]),
    ]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    if message.url:
        card["actions"] = [{"type": "Action.OpenUrl", "title": message.verb, "url": message.url}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}
