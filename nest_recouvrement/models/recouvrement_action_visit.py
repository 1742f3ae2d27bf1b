from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from .recouvrement_visit import OPEN_STATES


class RecouvrementAction(models.Model):
    """The step of a plan that asks for a visit: a proposal, for management to decide.

    The step is done once the visit is held, and its report handed in.
    """

    _inherit = "recouvrement.action"

    visit_ids = fields.One2many(
        string="Visits",
        comodel_name="recouvrement.visit",
        inverse_name="action_id",
    )

    def _perform_visit(self):
        """Propose a visit per action, and tell management."""
        self._propose_visits()
        self._perform_task()

    def _propose_visits(self):
        """Create the proposals that are missing, in one batch."""
        missing = self.filtered(lambda action: not action._get_open_visit())
        reasons = missing._get_visit_reasons()
        # The plan proposes on behalf of the procedure.
        self.env["recouvrement.visit"].sudo().create(
            [
                {
                    "action_id": action.id,
                    "date_proposed": action.company_id._recouvrement_today(),
                    "dossier_id": action.dossier_id.id,
                    "reason": reasons[action],
                }
                for action in missing
            ]
        )

    def _get_open_visit(self):
        """Return the visit of this action that is neither held nor refused."""
        self.ensure_one()
        return self.visit_ids.filtered(lambda visit: visit.state in OPEN_STATES)[:1]

    def _get_visit_reasons(self):
        """Return why each dossier is to be visited now, in a fixed number of queries.

        :rtype: dict[recouvrement.action, str]
        """
        counts = {
            (dossier, cycle, channel): count
            for dossier, cycle, channel, count in self._read_group(
                [
                    ("dossier_id", "in", self.dossier_id.ids),
                    ("channel", "in", ("email", "phone")),
                    ("state", "=", "done"),
                ],
                ["dossier_id", "cycle", "channel"],
                ["__count"],
            )
        }
        return {
            action: action._localized()._get_visit_reason(
                counts.get((action.dossier_id, action.cycle, "email"), 0),
                counts.get((action.dossier_id, action.cycle, "phone"), 0),
            )
            for action in self
        }

    def _get_visit_reason(self, email_count, call_count):
        """Return one sentence: what was tried, and what is still claimed."""
        self.ensure_one()
        dossier = self.dossier_id
        return self.env._(
            "%(emails)s reminder(s) and %(calls)s call(s) remained without a sufficient"
            " payment: %(amount)s is to be claimed, the oldest part of it %(days)s"
            " days late.",
            emails=email_count,
            calls=call_count,
            amount=self.currency_id.format(dossier.claimable_amount),
            days=dossier.days_overdue,
        )

    def _get_closing_document(self):
        """A visit closes its step by its report."""
        return self._get_open_visit() or super()._get_closing_document()

    def _get_task_note(self):
        """Lead from the activity to the document that is to be decided."""
        note = super()._get_task_note()
        if document := self._get_closing_document():
            note += Markup("<p>%s</p>") % document._get_html_link(title=document.name)
        return note

    def _check_done_elsewhere(self):
        """Refuse to tick a step whose visit is to be held.

        :raise UserError: naming the visit
        """
        result = super()._check_done_elsewhere()
        for action in self:
            if visit := action._get_open_visit():
                raise UserError(
                    self.env._(
                        "This step is done once %(visit)s is held and its report handed"
                        " in: open the visit to decide on it or to report it.",
                        visit=visit.display_name,
                    )
                )
        return result

    def _withdraw(self, reason):
        """Take proposals back with their steps; ask about the visits planned."""
        result = super()._withdraw(reason)
        visits_sudo = self.sudo().visit_ids
        proposed = visits_sudo.filtered(lambda visit: visit.state == "proposed")
        proposed.write({"state": "cancelled", "decision_reason": reason})
        proposed._close_activities()
        for visit in visits_sudo.filtered(
            lambda visit: visit.state in ("approved", "scheduled")
        ):
            visit._schedule_for(
                visit.user_id,
                "nest_recouvrement.mail_activity_type_visit_decision",
                reason,
                summary=visit.env._("Nothing is pressed for any more: keep the visit?"),
            )
        return result

    @api.model
    def _on_activities_done(self, activities, feedback=None):
        """Ticking the activity of a visit does not hold it."""
        open_visits = activities.sudo().recouvrement_action_id.filtered(
            lambda action: action._get_open_visit()
        )
        return super()._on_activities_done(
            activities.filtered(
                lambda activity: activity.sudo().recouvrement_action_id
                not in open_visits
            ),
            feedback=feedback,
        )
