from odoo import api, fields, models
from odoo.tools import SQL


class RecouvrementDispatch(models.Model):
    """Proof that a reminder was about to leave, committed before it does.

    A mail server that took a message cannot be asked to forget it. The row is written
    in a transaction of its own just before the message is handed over, so that after a
    crash, or in a second process, the same message never leaves twice.
    """

    _name = "recouvrement.dispatch"
    _description = "Reminder Handed to the Mail Server"
    _log_access = False

    message_id = fields.Char(string="Message-Id", required=True)
    recipient = fields.Char(required=True)
    handed_on = fields.Datetime(required=True)

    _message_recipient_uniq = models.UniqueIndex("(message_id, recipient)")

    @api.model
    def _claim(self, message_id, recipient):
        """Reserve the right to send a message to a recipient, for good.

        :param str message_id: Message-Id header of the message
        :param str recipient: To header of the message
        :return: whether it may be sent: False if it left, or may have left, before
        :rtype: bool
        """
        return self._execute_apart(
            SQL(
                """INSERT INTO recouvrement_dispatch (message_id, recipient, handed_on)
                   VALUES (%s, %s, %s) ON CONFLICT (message_id, recipient) DO NOTHING
                """,
                message_id,
                recipient,
                fields.Datetime.now(),
            )
        )

    @api.model
    def _release(self, message_id, recipient):
        """Give the right back: the mail server said that it did not take it."""
        self._execute_apart(
            SQL(
                """DELETE FROM recouvrement_dispatch
                    WHERE message_id = %s AND recipient = %s""",
                message_id,
                recipient,
            )
        )

    @api.model
    def _execute_apart(self, query):
        """Execute ``query`` in a transaction of its own; return if it did anything.

        It must stay even if the transaction that sends is lost.
        """
        with self.env.registry.cursor() as cr:
            cr.execute(query)
            return bool(cr.rowcount)

    @api.model
    def _is_claimed(self, message_id):
        """Return whether a message left, or may have left."""
        return bool(self.search_count([("message_id", "=", message_id)], limit=1))

    @api.autovacuum
    def _gc_dispatch(self):
        """Forget messages that left long ago: their mails are no longer queued."""
        limit_date = fields.Datetime.subtract(fields.Datetime.now(), days=90)
        self.search([("handed_on", "<", limit_date)], limit=10_000).unlink()
