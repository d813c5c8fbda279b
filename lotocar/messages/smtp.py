"""Letters over SMTP (RFC 5321), with the standard library: one connection a letter, nothing kept open."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime

from lotocar.errors import Unavailable
from lotocar.messages.letters import Letter

TIMEOUT_S = 20  # for each exchange: a claim's lease is three minutes


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Hands letters to one server. `security`: starttls, tls, or none (this machine only)."""

    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str
    team: Sequence[str]

    def send(self, letter: Letter) -> Collection[str]:
        """Hand the letter over to the whole team; the addresses refused, while others were taken.

        Raises:
            Unavailable: mail.unreachable, mail.sign_in, mail.refused, or mail.silent (it may have left).
        """
        try:
            with self._connected() as server:
                refused = server.send_message(self._message(letter), self.sender, list(self.team))
        except smtplib.SMTPAuthenticationError:
            raise Unavailable("mail.sign_in") from None
        except (smtplib.SMTPServerDisconnected, TimeoutError):
            raise Unavailable("mail.silent") from None
        except smtplib.SMTPConnectError:
            raise Unavailable("mail.unreachable") from None
        except smtplib.SMTPException:
            raise Unavailable("mail.refused") from None
        except OSError:
            raise Unavailable("mail.unreachable") from None
        return sorted(refused)

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)
        try:
            if self.security == "starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = " ".join(letter.subject.split())
        message["From"] = self.sender
        message["To"] = ", ".join(self.team)
        message["Date"] = format_datetime(letter.written_at)
        # the same for every try: a second copy of one letter is recognised as such
        message["Message-ID"] = f"<{letter.key.replace('/', '.')}@{self.sender.rpartition('@')[2]}>"
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        message.add_attachment(letter.html, subtype="html", filename=letter.file_name)
        return message
