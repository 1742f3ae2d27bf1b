from markupsafe import Markup

from odoo import api, fields, models

# Activity types by channel; what is not listed is a task.
ACTIVITY_TYPES = {
    "phone": "nest_recouvrement.mail_activity_type_call",
    "visit": "nest_recouvrement.mail_activity_type_visit",
}


class RecouvrementAction(models.Model):
    """What needs a person: an activity for whoever the step names (design, section 4).

    Every channel without a performer of its own ends here, as does what is proposed.
    """

    _inherit = "recouvrement.action"

    activity_ids = fields.One2many(
        comodel_name="mail.activity", inverse_name="recouvrement_action_id"
    )

    def _perform_phone(self):
        """Ask the officer to call: an activity with a deadline."""
        self._perform_task()

    def _perform_task(self):
        """Ask the person in charge to do it: an activity with a deadline."""
        responsible = self._get_responsible_users()
        for user, actions in self.grouped(responsible.get).items():
            actions.write({"state": "todo", "user_id": user.id})
        self._schedule_activities(
            {
                action: {
                    "activity_type": ACTIVITY_TYPES.get(
                        action.channel, "nest_recouvrement.mail_activity_type_task"
                    ),
                    "note": action._localized()._get_task_note(),
                    "summary": action._localized().title,
                }
                for action in self
            }
        )

    def _propose(self):
        """Ask the officer to decide on steps that do not run by themselves."""
        self.state = "proposed"
        self._schedule_activities(
            {
                action: {
                    "activity_type": "nest_recouvrement.mail_activity_type_decide",
                    "note": action._localized()._get_task_note(),
                    "summary": action._localized()._get_decision_summary(),
                }
                for action in self
            }
        )

    def _get_decision_summary(self):
        return self.env._("Decide: %s", self.title)

    def _ask_to_repair(self, reason):
        """Tell the officers that an action failed and why, once per action."""
        self._drop_activities()
        today = {company: company._recouvrement_today() for company in self.company_id}
        self._schedule_activities(
            {
                action: {
                    "activity_type": "nest_recouvrement.mail_activity_type_repair",
                    "note": Markup("<p>%s</p>") % reason,
                    "summary": action._localized()._get_failure_summary(),
                    "date_deadline": today[action.company_id],
                }
                for action in self
            }
        )

    def _get_failure_summary(self):
        return self.env._("Failed: %s", self.title)

    def _get_responsible_users(self):
        """Return who does each action, by the role that its step names.

        :rtype: dict[recouvrement.action, res.users]
        """
        by_role = {}

        def responsible(action):
            dossier = action.dossier_id
            role = action.step_id.responsible or "officer"
            if role == "officer":
                return dossier.user_id
            if role == "salesperson":
                return dossier.partner_id.user_id or dossier.user_id
            key = (dossier.company_id, role)
            if key not in by_role:
                by_role[key] = dossier.company_id._recouvrement_responsible(role)
            return by_role[key] or dossier.user_id

        return {action: responsible(action) for action in self}

    def _get_task_note(self):
        """Return what the person in charge reads in the activity."""
        self.ensure_one()
        dossier = self.dossier_id
        claim = self.env._(
            "%(amount)s claimable on %(count)s overdue invoice(s), the oldest"
            " %(days)s days late.",
            amount=self.currency_id.format(self.amount),
            count=dossier.overdue_invoice_count,
            days=dossier.days_overdue,
        )
        return Markup("<p>%s</p>%s") % (claim, self.step_id.instructions or "")

    def _schedule_activities(self, values_by_action):
        """Create one activity per action, in one batch.

        :param dict values_by_action: ``activity_type`` (xmlid), ``summary``, ``note``
            and, if it is not that of the action, ``date_deadline`` by action
        """
        model_id = self.env["ir.model"]._get_id("recouvrement.dossier")
        types = {}
        vals_list = []
        for action, values in values_by_action.items():
            xmlid = values["activity_type"]
            if xmlid not in types:
                types[xmlid] = self.env.ref(xmlid).id
            user = (
                action.user_id
                or action.dossier_id.user_id
                or action.company_id._recouvrement_responsible("manager")
                or self.env.user
            )
            vals_list.append(
                {
                    "activity_type_id": types[xmlid],
                    "automated": True,
                    "date_deadline": values.get("date_deadline")
                    or action.date_deadline
                    or action.company_id._recouvrement_today(),
                    "note": values["note"],
                    "recouvrement_action_id": action.id,
                    "res_id": action.dossier_id.id,
                    "res_model_id": model_id,
                    # Odoo would look the names up one by one.
                    "res_name": action.dossier_id.display_name,
                    "summary": values["summary"],
                    "user_id": user.id,
                }
            )
        # Activities for others are created for them; the list of their day tells them,
        # not one e-mail each.
        activities_sudo = self.env["mail.activity"].sudo()
        activities_sudo.with_context(mail_activity_quick_update=True).create(vals_list)

    def _close_activities(self, feedback=""):
        """Mark the open activities of these actions as done."""
        activities_sudo = self.sudo().activity_ids
        if activities_sudo:
            activities_sudo.with_context(
                recouvrement_action_closed=True
            ).action_feedback(feedback=feedback)

    def _drop_activities(self):
        """Remove the open activities of these actions: there is nothing to do."""
        self.sudo().activity_ids.with_context(recouvrement_action_closed=True).unlink()

    @api.model
    def _on_activities_done(self, activities, feedback=None):
        """Close the actions whose activity a person marked as done.

        A proposed step whose activity is merely ticked stays proposed: a decision is
        needed. A failed one that was repaired is tried again by the next run.
        """
        # The person did the activity: closing its action is no more than that.
        actions_sudo = activities.sudo().recouvrement_action_id
        todo = actions_sudo.filtered(lambda action: action.state == "todo")
        if todo:
            todo._mark_done(note=feedback)
            todo.done_user_id = self.env.user
