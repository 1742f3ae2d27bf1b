from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RecouvrementVisitDecline(models.TransientModel):
    """Why management declines or cancels a visit, and how the follow-up goes on."""

    _name = "recouvrement.visit.decline"
    _description = "Decline a Visit"

    visit_id = fields.Many2one(
        comodel_name="recouvrement.visit", required=True, ondelete="cascade"
    )
    has_step = fields.Boolean(compute="_compute_has_step")
    reason = fields.Char(required=True)
    follow_up = fields.Selection(
        string="The Follow-up",
        help="What becomes of the step of the plan that asked for the visit.",
        selection=[
            ("skip", "Goes on without the visit"),
            ("postpone", "Waits: the officer proposes again"),
        ],
        default="skip",
        required=True,
    )
    date = fields.Date(
        string="Until",
        default=lambda self: self.env.company._recouvrement_today() + timedelta(days=7),
    )

    @api.depends("visit_id")
    def _compute_has_step(self):
        for wizard in self:
            wizard.has_step = wizard.visit_id.action_id.state in (
                "failed",
                "proposed",
                "todo",
            )

    @api.constrains("reason")
    def _check_reason(self):
        for wizard in self:
            if not wizard.reason.strip():
                raise ValidationError(self.env._("Write why the visit is declined."))

    @api.constrains("follow_up", "date")
    def _check_date(self):
        for wizard in self.filtered(lambda wizard: wizard.follow_up == "postpone"):
            if not wizard.date or (
                wizard.date <= wizard.visit_id.company_id._recouvrement_today()
            ):
                raise ValidationError(
                    self.env._("The follow-up waits until a day after today.")
                )

    def action_confirm(self):
        """Decline the visit; the dossier goes back to its officer with the reason."""
        self.ensure_one()
        visit = self.visit_id
        has_step = self.has_step
        visit._decline(self.reason)
        officer = visit.officer_id.sudo()
        localized = self.with_context(lang=officer.lang or self.env.lang)
        if has_step:
            # The step is management's; what becomes of it is decided here.
            action_sudo = visit.sudo().action_id
            getattr(localized, f"_follow_up_{self.follow_up}")(action_sudo)
        if not has_step or self.follow_up == "skip":
            visit.dossier_id.sudo().activity_schedule(
                "nest_recouvrement.mail_activity_type_task",
                summary=localized.env._("Visit declined"),
                note=Markup("<p>%s</p>") % self.reason,
                user_id=(officer or self.env.user).id,
            )

    def _follow_up_skip(self, action_sudo):
        """Go on with the next step of the plan."""
        action_sudo.with_user(self.env.user)._skip(
            self.env._("Visit declined: %s", self.reason)
        )

    def _follow_up_postpone(self, action_sudo):
        """Give the step back to the officer, to be proposed again on a day."""
        action_sudo._drop_activities()
        action_sudo.write(
            {
                "date_deadline": self.date,
                "state": "todo",
                "user_id": (action_sudo.dossier_id.user_id or self.env.user).id,
            }
        )
        action_sudo._append_note(self.env._("Visit declined: %s", self.reason))
        action_sudo._schedule_activities(
            {
                action_sudo: {
                    "activity_type": "nest_recouvrement.mail_activity_type_task",
                    "note": Markup("<p>%s</p>") % self.reason,
                    "summary": self.env._("Visit declined: propose it again"),
                }
            }
        )
        action_sudo.dossier_id._refresh()
