"""A real SMTP server on loopback, which keeps what it took and can be told to refuse, to hang up, or to be gone."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class PostOffice:
    """`letters` are those it took, in order, `senders` where each came from by its envelope. `refusing`: address → the server's words."""

    port: int = field(default_factory=free_port)
    letters: list[EmailMessage] = field(default_factory=list)
    senders: list[str | None] = field(default_factory=list)
    refusing: dict[str, str] = field(default_factory=dict)
    answer: str = "250 taken"
    _controller: Controller | None = None

    def open(self) -> PostOffice:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=20)
        self._controller.start()
        return self

    def close(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(self, server, session, envelope: Envelope, address: str, options) -> str:
        if address in self.refusing:
            return self.refusing[address]
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, server, session, envelope: Envelope) -> str:
        if self.answer.startswith("250"):
            letter = message_from_bytes(envelope.content or b"", policy=policy.default)
            self.letters.append(letter)  # type: ignore[arg-type]
            self.senders.append(envelope.mail_from)
        return self.answer


def part(letter: EmailMessage, kind: str) -> str:
    """The text of one of a letter's two bodies: "plain" or "html"."""
    body = letter.get_body((kind,))
    assert body is not None, f"the letter has no {kind} part"
    return body.get_content()
