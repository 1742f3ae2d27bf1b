from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date, html2plaintext, is_html_empty

# What the journal's own outcomes call the outcome of a visit.
JOURNAL_OUTCOMES = {
    "absent": "no_answer",
    "dispute": "dispute",
    "promise": "promise",
    "refusal": "refusal",
}


class RecouvrementVisit(models.Model):
    """What a visit brought: who was met, what was said, promised or handed over."""

    _inherit = "recouvrement.visit"

    held_on = fields.Date(copy=False)
    met = fields.Char(
        string="Who Was Met", help="Names and positions of those met.", copy=False
    )
    outcome = fields.Selection(
        selection=[
            ("paid", "Paid on the spot"),
            ("promise", "Promise to pay"),
            ("agreement", "Wants an instalment agreement"),
            ("dispute", "Dispute"),
            ("refusal", "Refusal"),
            ("absent", "Nobody to meet"),
        ],
        tracking=True,
        copy=False,
    )
    report = fields.Html(copy=False)
    document_ids = fields.Many2many(
        string="Photos and Documents",
        comodel_name="ir.attachment",
        relation="recouvrement_visit_document_rel",
        column1="visit_id",
        column2="attachment_id",
        copy=False,
    )
    signature = fields.Image(
        help="Of the person met.", max_width=1024, max_height=1024, copy=False
    )
    signed_by = fields.Char(copy=False)
    commitment_ids = fields.One2many(
        string="Promises",
        comodel_name="recouvrement.commitment",
        inverse_name="visit_id",
    )
    pickup_ids = fields.One2many(
        string="Cheques",
        comodel_name="recouvrement.pickup",
        inverse_name="visit_id",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("held_on")
    def _check_held_on(self):
        """A visit is held between its proposal and today: deadlines follow from it."""
        for visit in self.filtered("held_on"):
            if visit.held_on > visit.company_id._recouvrement_today():
                raise ValidationError(
                    self.env._("A visit is reported once it was held, not before.")
                )
            if visit.held_on < visit.date_proposed:
                raise ValidationError(
                    self.env._(
                        "%(visit)s was proposed on %(proposed)s: it cannot have been"
                        " held on %(held)s. Correct the day.",
                        visit=visit.name,
                        proposed=format_date(self.env, visit.date_proposed),
                        held=format_date(self.env, visit.held_on),
                    )
                )

    # === ACTION METHODS === #

    def action_new_commitment(self):
        """Note a promise made during the visit, with its invoices."""
        self.ensure_one()
        action = self.dossier_id.action_new_commitment()
        action["context"] = {**action["context"], "default_visit_id": self.id}
        return action

    def action_new_pickup(self):
        """Note a cheque that was handed over during the visit, with its invoices."""
        self.ensure_one()
        action = self.dossier_id._open_new(
            "recouvrement.pickup",
            default_kind="collect",
            default_user_id=self.env.uid,
            default_visit_id=self.id,
            default_line_ids=self.dossier_id._prepare_claimed_lines(),
        )
        return {**action, "name": self.env._("Cheque of %s", self.partner_id.name)}

    def action_print_file(self):
        """Print what management needs to know before it decides, on one page."""
        self.check_access("read")
        return self.env.ref("nest_recouvrement.action_report_visit_file").report_action(
            self, config=False
        )

    def _get_file_name(self):
        """Return the name of the printed file, without extension."""
        self.ensure_one()
        return self.env._("Visit - %s", self.display_name.replace("/", "-"))

    def action_hold(self):
        """Hand in the report: the visit was held, its step of the plan is done.

        :raise ValidationError: without a report or an outcome, or if the outcome
            is not recorded
        """
        self.check_access("write")
        self._check_state("approved", "scheduled")
        for visit in self:
            visit._check_report()
            visit._hold()
        return True

    # === BUSINESS METHODS === #

    def _check_report(self):
        """Refuse an incomplete report.

        :raise ValidationError: naming what is missing
        """
        self.ensure_one()
        if not self.outcome:
            raise ValidationError(
                self.env._("Choose the outcome of %(visit)s.", visit=self.name)
            )
        if is_html_empty(self.report):
            raise ValidationError(
                self.env._(
                    "Write the report of %(visit)s: who was met, and what was said.",
                    visit=self.name,
                )
            )
        if self.outcome == "promise" and not self.commitment_ids:
            raise ValidationError(
                self.env._(
                    "Note the promise made during the visit: its invoices, the amount"
                    " on each, the date and the means."
                )
            )

    def _hold(self):
        """Close the visit with its report, and the step that asked for it."""
        self.ensure_one()
        company = self.company_id
        held_on = self.held_on or company._recouvrement_today()
        days = company.recouvrement_visit_payment_days
        # What a report leads to is not for the officer to write by hand.
        visit_sudo = self.sudo()
        visit_sudo.write(
            {
                "aftermath": "waiting",
                "held_on": held_on,
                "payment_deadline": fields.Date.add(held_on, days=days),
                "state": "held",
            }
        )
        self._close_activities()
        self._log_held()

    def _log_held(self):
        """Write the visit into the journal, on the action of its step if it has one."""
        self.ensure_one()
        localized = self._localized().sudo()
        outcomes = dict(self._fields["outcome"]._description_selection(localized.env))
        note = localized.env._(
            "%(visit)s held on %(date)s by %(user)s. %(outcome)s. %(report)s",
            visit=self.name,
            date=format_date(localized.env, self.held_on),
            user=localized.user_id.name or "-",
            outcome=outcomes[self.outcome],
            report=html2plaintext(self.report, include_references=False),
        )
        outcome = JOURNAL_OUTCOMES.get(self.outcome, "reached")
        documents = [fields.Command.set(self.document_ids.ids)]
        action_sudo = self.sudo().action_id
        if action_sudo.state in ("proposed", "todo", "failed", "skipped"):
            action_sudo.document_ids = documents
            action_sudo.with_user(self.env.user)._mark_done(outcome=outcome, note=note)
        else:
            self.env["recouvrement.action"]._log_done(
                self.dossier_id,
                "visit",
                localized.env._("Visit to the guarantor"),
                amounts=self.dossier_id._get_claimed_amounts(),
                document_ids=documents,
                note=note,
                outcome=outcome,
            )
