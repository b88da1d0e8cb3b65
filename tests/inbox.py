"""A mailbox on a real socket: what arrives there is what clients receive."""

from email import message_from_bytes, policy

from aiosmtpd.controller import Controller

from dev.server import free_port

#: Odoo sends through this server and no other.
_SERVER = """
env["ir.mail_server"].search([]).active = False
env["ir.mail_server"].create({
    "name": "Inbox", "smtp_host": "127.0.0.1", "smtp_port": PORT,
    "smtp_encryption": "none", "smtp_authentication": "login"})
env.cr.commit()
"""


class Inbox:
    """An SMTP server that keeps what it receives."""

    def __init__(self):
        #: The messages, in the order of arrival.
        self.messages = []
        #: The addresses of the envelopes, message by message.
        self.recipients = []
        #: Whether it hangs up once it has a message, without a word.
        self.hangs_up = False
        self._controller = Controller(self, "127.0.0.1", free_port(), ready_timeout=60)

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *_error):
        self._controller.stop()

    async def handle_DATA(self, server, _session, envelope):
        """Take a message in, as aiosmtpd asks for it."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.messages.append(message)
        self.recipients.append(envelope.rcpt_tos)
        if self.hangs_up:
            server.transport.close()
        return "250 Message accepted for delivery"

    def connect(self, shell):
        """Have a database send all of its mail here."""
        shell(f"PORT = {self._controller.port}\n{_SERVER}")

    def find(self, recipient, subject):
        """Return the one message to an address whose subject has this text.

        :rtype: email.message.EmailMessage
        """
        (message,) = (
            message
            for message, recipients in zip(self.messages, self.recipients, strict=True)
            if recipient in recipients and subject in message["Subject"]
        )
        return message


def read_html(message):
    """Return the page that a mail program shows.

    :rtype: str
    """
    return message.get_body(("html",)).get_content()
