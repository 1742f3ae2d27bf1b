"""Reading what the mail catcher kept."""

import email
import email.policy
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mails:
    """The mails of a database.

    :param folder: where the ``.eml`` files are
    """

    folder: Path

    @property
    def documents(self) -> Path:
        """Where their PDF attachments are copied, to be opened with a click."""
        return self.folder / "pdf"

    def count(self) -> int:
        """How many mails were caught."""
        return len(list(self.folder.glob("*.eml")))

    def extract_documents(self) -> int:
        """Copy the PDF attachments beside the mails, and return how many."""
        self.documents.mkdir(parents=True, exist_ok=True)
        count = 0
        for path in sorted(self.folder.glob("*.eml")):
            message = email.message_from_bytes(
                path.read_bytes(), policy=email.policy.default
            )
            for part in message.iter_attachments():
                if part.get_content_type() != "application/pdf":
                    continue
                count += 1
                target = self.documents / f"{path.stem}-{count}.pdf"
                target.write_bytes(part.get_payload(decode=True))
        return count
