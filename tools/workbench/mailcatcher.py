"""An SMTP server that keeps every message as a file. Runs in the venv (aiosmtpd).

``python -m workbench.mailcatcher FOLDER PORT_FILE`` listens on a free port of
127.0.0.1, which it writes into PORT_FILE once it answers. A message becomes one
``.eml`` file in FOLDER, named so that files sort in the order of arrival. An address
that starts with ``refuse`` is refused for good, like a mailbox that does not exist.
"""

import asyncio
import re
import signal
import sys
from datetime import datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
REFUSED_PREFIX = "refuse"
MAXIMUM_SIZE = 50 * 1024 * 1024


class Catcher:
    """What aiosmtpd calls for each recipient and each message."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = len(list(folder.glob("*.eml")))

    # The names of these two methods are aiosmtpd's.
    async def handle_RCPT(
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Accept a recipient, or refuse the ones meant to be refused."""
        if address.lower().startswith(REFUSED_PREFIX):
            return f"550 5.1.1 <{address}>: no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep a message, with its envelope in two header lines."""
        self.count += 1
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        first = re.sub(r"[^\w.@-]", "_", envelope.rcpt_tos[0])
        path = self.folder / f"{stamp}-{self.count:05}-{first}.eml"
        recipients = ", ".join(envelope.rcpt_tos)
        head = f"X-MailFrom: {envelope.mail_from}\r\nX-RcptTo: {recipients}\r\n"
        draft = path.with_suffix(".part")
        draft.write_bytes(head.encode() + envelope.content)
        draft.rename(path)
        return "250 kept"


async def serve(folder: Path, port_file: Path) -> None:
    """Catch mail until told to end."""
    folder.mkdir(parents=True, exist_ok=True)
    catcher = Catcher(folder)
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)

    def protocol() -> SMTP:
        return SMTP(catcher, data_size_limit=MAXIMUM_SIZE, loop=loop)

    server = await loop.create_server(protocol, HOST, 0)
    port = server.sockets[0].getsockname()[1]
    draft = port_file.with_suffix(".part")
    draft.write_text(str(port), encoding="utf-8")
    draft.rename(port_file)
    await ended.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), Path(sys.argv[2])))
