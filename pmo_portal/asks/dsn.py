"""Reading what a mail server sends back about a letter that did not arrive (RFC 3464). No Django, no database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.message import EmailMessage, Message

MOST = 10 * 1024 * 1024  # bytes; what is longer is no report of a mail server
ADDRESSED = ("To", "Delivered-To", "X-Original-To", "Envelope-To")


@dataclass(frozen=True)
class Failure:
    """One receiver to whom one letter does not come. `message_id` is that of the letter ("" where it was not sent back),
    `returned_to` the addresses that the report itself was sent to."""

    message_id: str
    recipient: str
    status: str  # 5.1.1
    words: str
    returned_to: tuple[str, ...]

    @property
    def is_permanent(self) -> bool:
        return self.status.startswith("5") and not is_policy(self.status)


def is_policy(said: str) -> bool:
    """Whether a refusal is about who sends or how (5.7.x of RFC 3463), and not about the address."""
    return bool(re.search(r"(?<![\d.])5\.7\.\d+", said))


def failures(raw: bytes) -> list[Failure]:
    """The receivers that a delivery status notification gives up; none for any other letter, also where it only says that
    something is late, has arrived or was passed on."""
    if len(raw) > MOST:
        return []
    letter = message_from_bytes(raw, policy=policy.default)
    if letter.get_content_type() != "multipart/report" or letter.get_param("report-type") != "delivery-status":
        return []
    message_id, found = _original(letter), []
    for group in _groups(letter):
        if _word(group, "Action").lower() != "failed":
            continue
        found.append(
            Failure(
                message_id=message_id,
                recipient=_address(group, "Original-Recipient") or _address(group, "Final-Recipient"),
                status=_word(group, "Status").split(" ")[0],
                words=" ".join(_word(group, "Diagnostic-Code").partition(";")[2].split())[:500],
                returned_to=tuple(_addressed(letter)),
            )
        )
    return found


def _groups(letter: Message) -> Iterator[Message]:
    """The groups of fields of the report's machine-readable part."""
    for part in letter.walk():
        if part.get_content_type() == "message/delivery-status":
            content = part.get_payload()
            yield from (group for group in content if isinstance(group, Message))


def _original(letter: Message) -> str:
    """The Message-ID of the letter that was sent back, whole or by its head alone."""
    for part in letter.walk():
        if part.get_content_type() == "text/rfc822-headers":
            body = part.get_payload(decode=True) or b""
            return _word(message_from_string(body.decode("latin-1"), policy=policy.compat32), "Message-ID")
        if part.get_content_type() == "message/rfc822":
            content = part.get_payload()
            if isinstance(content, list) and content and isinstance(content[0], Message):
                return _word(content[0], "Message-ID")
    return ""


def _word(group: Message, name: str) -> str:
    return str(group.get(name, "") or "").strip()


def _address(group: Message, name: str) -> str:
    """`rfc822;aoki@aoba.example` → the address."""
    return _word(group, name).rpartition(";")[2].strip().strip("<>").lower()


def _addressed(letter: EmailMessage | Message) -> Iterator[str]:
    for name in ADDRESSED:
        for value in letter.get_all(name, []):
            yield from (found.lower() for found in re.findall(r"[^\s<>,;]+@[^\s<>,;]+", str(value)))
