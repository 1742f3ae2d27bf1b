from odoo import Command, fields, models

from ..report.letter_dates import format_long_date
from ..tools.dates import day_in_timezone

REPORTS = {
    "lifting": "nest_recouvrement.action_report_suspension_lifting",
    "notice": "nest_recouvrement.action_report_suspension_notice",
    "postponement": "nest_recouvrement.action_report_suspension_postponement",
}
TEMPLATES = {
    "lifting": "nest_recouvrement.mail_template_suspension_lifting",
    "notice": "nest_recouvrement.mail_template_suspension_notice",
    "postponement": "nest_recouvrement.mail_template_suspension_postponement",
}


class RecouvrementSuspension(models.Model):
    """The letters of a suspension: notice, postponement, lifting."""

    _inherit = "recouvrement.suspension"

    # === ACTION METHODS === #

    def action_print_notice(self):
        """Print the notice, also before it is approved, to read it."""
        self.check_access("read")
        return self.env.ref(REPORTS["notice"]).report_action(self, config=False)

    # === BUSINESS METHODS - WORDS === #

    def _get_letter_values(self, kind):
        """Return what a letter says, in the guarantor's language.

        :param str kind: ``notice``, ``postponement`` or ``lifting``
        :rtype: dict
        """
        self.ensure_one()
        dossier = self.dossier_id
        lang = dossier._get_statement_lang()
        currency = self.currency_id.with_context(lang=lang)
        today = self.company_id._recouvrement_today()
        date = (self.date_notified or today) if kind == "notice" else today
        effective = self.date_effective or fields.Date.add(
            date, days=self.company_id.recouvrement_suspension_notice_days
        )
        amount = self.amount if kind == "notice" else self.remaining_amount
        rows = self._get_letter_rows(kind)
        return {
            "amount": amount,
            "amount_in_words": dossier._get_amount_in_words(currency, amount).strip(),
            "called": self._get_last_day("phone"),
            "currency": currency,
            "date": date,
            "deducted": currency.round(sum(row["amount"] for row in rows) - amount),
            "deadline": max(fields.Date.subtract(effective, days=1), date),
            "effective": effective,
            "is_settled": self._is_settled(),
            "kind": kind,
            "lang": lang,
            "notified": self.date_notified,
            "original_amount": sum(row["line"].original_amount for row in rows),
            "reminded": self._get_last_day("email"),
            "rows": rows,
            "rows_amount": sum(row["amount"] for row in rows),
            "visited": self.visit_id.held_on,
            "was_in_force": bool(self.in_force_since),
        }

    def _get_last_day(self, channel):
        """Return the day on which the guarantor was last reached by ``channel``.

        Before the notice: what was sent since is not what led to it.
        """
        self.ensure_one()
        timezone = self.company_id._recouvrement_timezone()
        days = [
            day_in_timezone(action.date_done, timezone)
            for action in self.dossier_id.action_ids
            if action.state == "done"
            and action.channel == channel
            and action.cycle == self.dossier_id.cycle
            and action.date_done
        ]
        limit = self.date_notified
        return max((day for day in days if not limit or day <= limit), default=False)

    def _get_letter_rows(self, kind):
        """Return the invoices of a letter: as claimed, or what is left of them.

        :rtype: list[dict]
        """
        self.ensure_one()
        if kind == "notice":
            return [{"amount": line.amount, "line": line} for line in self.line_ids]
        disputed = self._get_disputed_amounts()
        rows = [
            {
                "amount": line._get_remaining(disputed.get(line.move_line_id.id, 0.0)),
                "line": line,
            }
            for line in self.line_ids
        ]
        return [row for row in rows if row["amount"] > 0]

    def _format_long_date(self, day):
        """Return a date written out in the guarantor's language, for messages."""
        self.ensure_one()
        return format_long_date(self.env, day, self.dossier_id._get_statement_lang())

    def _get_deadline(self):
        """Return the last day on which a payment avoids the suspension."""
        self.ensure_one()
        return self._get_letter_values("notice")["deadline"]

    def _get_letter_filename(self, kind):
        """Return the name of a letter, without extension, for the guarantor."""
        self.ensure_one()
        env = self.with_context(lang=self.dossier_id._get_statement_lang()).env
        reference = self.name.replace("/", "-")
        return {
            "lifting": env._("Lifting - %s", reference)
            if self.in_force_since
            else env._("Notice withdrawn - %s", reference),
            "notice": env._("Suspension notice - %s", reference),
            "postponement": env._("Postponement - %s", reference),
        }[kind]

    # === BUSINESS METHODS - KEEPING === #

    def _make_letter(self, kind):
        """Render a letter and keep it with the suspension.

        :param str kind: ``notice``, ``postponement`` or ``lifting``
        :return: the letter; nothing if the context says that no PDF is wanted
        :rtype: ir.attachment
        """
        self.ensure_one()
        # A letter is kept for whoever may send it.
        attachments_sudo = self.env["ir.attachment"].sudo()
        if self.env.context.get("recouvrement_no_pdf"):
            return attachments_sudo
        content, _type = self.env["ir.actions.report"]._render_qweb_pdf(
            REPORTS[kind], self.ids
        )
        letter = attachments_sudo.create(
            {
                "mimetype": "application/pdf",
                "name": f"{self._get_letter_filename(kind)}.pdf",
                "raw": content,
                "res_id": self.id,
                "res_model": self._name,
            }
        )
        self.sudo().document_ids = [Command.link(letter.id)]
        return letter
