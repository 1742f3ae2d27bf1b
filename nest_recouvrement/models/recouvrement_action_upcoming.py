from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.dates import add_working_days
from .recouvrement_courtesy import ACTIONS

TEMPLATE = "nest_recouvrement.mail_template_courtesy"
# Working days that an officer has to decide on a suggested message.
DEADLINE_DAYS = 2


class RecouvrementAction(models.Model):
    """Courtesy messages: no step of a plan, but the same queue and the same evidence.

    They announce what falls due, once per item. As reminders, they are checked again
    as they leave: what was paid meanwhile is no longer announced.
    """

    _inherit = "recouvrement.action"

    is_courtesy = fields.Boolean(string="Courtesy", readonly=True)
    occasion_id = fields.Many2one(
        help="Whose greeting opened the message.",
        comodel_name="recouvrement.occasion",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )

    # === BUSINESS METHODS - MAKING === #

    @api.model
    def _prepare_courtesy(self, dossiers, run=None):
        """Create the courtesy messages of these dossiers, for items never announced.

        A fixed number of statements.

        :param recouvrement.run run: the run that does it
        :return: the actions, still to be performed or proposed
        """
        items = {}
        for item in dossiers._fetch_courtesy_items(dossiers.company_id):
            items.setdefault(item["dossier_id"], []).append(item)
        concerned = dossiers.filtered(lambda dossier: dossier.id in items)
        actions = self.create(
            [
                self._prepare_courtesy_values(dossier)
                | {"run_id": run.id if run else False}
                for dossier in concerned
            ]
        )
        self.env["recouvrement.courtesy"].create(
            [
                {"move_line_id": item["line_id"], "action_id": action.id}
                for action in actions
                for item in items[action.dossier_id.id]
            ]
        )
        actions._write_courtesy_evidence(items)
        return actions

    @api.model
    def _prepare_courtesy_values(self, dossier):
        """Return the values of a courtesy message to ``dossier``."""
        today = dossier.company_id._recouvrement_today()
        return {
            "dossier_id": dossier.id,
            "partner_id": dossier.partner_id.id,
            "company_id": dossier.company_id.id,
            "cycle": dossier.cycle,
            "name": dossier._in_officer_language().env._(
                "Courtesy message before the due date"
            ),
            "channel": "email",
            "is_courtesy": True,
            "state": "todo",
            "user_id": dossier.user_id.id,
            "attempted_on": today,
            "date_deadline": add_working_days(today, DEADLINE_DAYS),
        }

    def _write_courtesy_evidence(self, items):
        """Write what each message announces, item by item.

        :param dict items: rows of ``_fetch_courtesy_items`` by dossier id
        """
        lines_sudo = self.env["recouvrement.action.line"].sudo()
        lines_sudo.search([("action_id", "in", self.ids)]).unlink()
        lines_sudo.create(
            [
                {
                    "action_id": action.id,
                    "move_line_id": item["line_id"],
                    "name": item["name"],
                    "date_maturity": item["due_date"],
                    "residual_amount": item["residual"],
                    "amount": item["amount"],
                }
                for action in self
                for item in items.get(action.dossier_id.id, ())
                if item["amount"] > 0
            ]
        )
        for action in self:
            action.amount = sum(
                item["amount"] for item in items.get(action.dossier_id.id, ())
            )

    def _get_courtesy_items(self):
        """Return what these messages announce as it stands now, by action.

        :rtype: dict[recouvrement.action, list[dict]]
        """
        items = {action: [] for action in self}
        if self:
            # The figures are those of the ledger, whoever asks for them.
            companies_sudo = self.sudo().company_id
            for item in self.dossier_id._fetch_courtesy_items(companies_sudo, self):
                items[self.browse(item["action_id"])].append(item)
        return items

    def _write_evidence(self):
        courtesy = self.filtered("is_courtesy")
        result = super(RecouvrementAction, self - courtesy)._write_evidence()
        for action, items in courtesy._get_courtesy_items().items():
            action._write_courtesy_evidence({action.dossier_id.id: items})
        return result

    def _reopen(self):
        courtesy = self.filtered("is_courtesy")
        result = super(RecouvrementAction, self - courtesy)._reopen()
        courtesy._drop_activities()
        for action in courtesy:
            action.write(
                {
                    "attempted_on": action.company_id._recouvrement_today(),
                    "failure_reason": False,
                    "is_withdrawn": False,
                    "state": "todo",
                }
            )
        courtesy._write_evidence()
        return result

    # === BUSINESS METHODS - LIFE === #

    def _execute_now(self):
        """Send courtesy messages if there is still something to announce."""
        courtesy = self.filtered("is_courtesy")
        if self - courtesy:
            super(RecouvrementAction, self - courtesy)._execute_now()
        if not courtesy:
            return
        courtesy._check_working_rights()
        # Evidence is written for whoever may work on the dossier.
        courtesy_sudo = courtesy.sudo()
        courtesy_sudo.dossier_id._refresh()
        announced = courtesy_sudo - courtesy_sudo._withdraw_moot_courtesy()
        announced._reopen()
        announced._perform()
        announced._send_queued()

    def _withdraw_moot_courtesy(self):
        """Withdraw the messages that have nothing left to announce; return them."""
        moot = self.browse()
        for action, items in self._get_courtesy_items().items():
            if not items and action.state in ("failed", "proposed", "todo"):
                reason = action._localized().dossier_id._get_courtesy_stop_reason()
                action._withdraw(reason)
                moot += action
        return moot

    def _withdraw(self, reason):
        """Let the items be announced later if what stopped it ends in time."""
        result = super()._withdraw(reason)
        courtesy = self.filtered("is_courtesy")
        if courtesy:
            self.env["recouvrement.courtesy"].sudo().search(
                [("action_id", "in", courtesy.ids)]
            ).unlink()
        return result

    # === BUSINESS METHODS - E-MAIL === #

    def _perform_email(self):
        """Open courtesy messages with the greeting of the occasion, if one is on."""
        occasions = self.env["recouvrement.occasion"]
        for company, actions in (
            self.filtered("is_courtesy").grouped("company_id").items()
        ):
            actions.occasion_id = occasions._get_current(company)
        return super()._perform_email()

    def _get_mail_template(self):
        if not any(action.is_courtesy for action in self):
            return super()._get_mail_template()
        # Remembered, whereas a reference is looked up for each message.
        template_id = self.env["ir.model.data"]._xmlid_to_res_id(TEMPLATE)
        if not template_id:
            raise UserError(
                self.env._(
                    "The courtesy message was deleted: update the application to get"
                    " it back."
                )
            )
        template = self.env["mail.template"].browse(template_id)
        return template.with_context(**{ACTIONS: self.ids})

    def _get_stop_reason(self):
        if not self.is_courtesy:
            return super()._get_stop_reason()
        if self._get_courtesy_items()[self]:
            return ""
        return self.dossier_id._get_courtesy_stop_reason()

    def _get_claimable_amount(self):
        if not self.is_courtesy:
            return super()._get_claimable_amount()
        return sum(item["amount"] for item in self._get_courtesy_items()[self])

    def _get_task_note(self):
        """Tell what a suggested message announces."""
        if not self.is_courtesy:
            return super()._get_task_note()
        return self.env._(
            "%(amount)s falls due by %(date)s: send the courtesy message?",
            amount=self.currency_id.format(self.amount),
            date=format_date(
                self.env, max(self.line_ids.mapped("date_maturity"), default=False)
            ),
        )

    # === BUSINESS METHODS - WORDS === #

    def _get_courtesy_subject(self):
        """Return how the subject of the message begins when an occasion is on."""
        subject = self.occasion_id.subject
        return f"{subject} - " if subject else ""

    def _get_courtesy_due_dates(self):
        """Return the first and the last due date of what is announced.

        For the message template; equal when there is one date.
        """
        dates = self.line_ids.mapped("date_maturity")
        return min(dates, default=False), max(dates, default=False)
