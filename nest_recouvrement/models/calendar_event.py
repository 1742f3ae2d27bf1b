from odoo import api, fields, models


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    recouvrement_visit_ids = fields.One2many(
        string="Visits to Guarantors",
        comodel_name="recouvrement.visit",
        inverse_name="event_id",
        groups="nest_recouvrement.group_officer",
    )

    @api.model
    def _get_activity_excluded_models(self):
        """A visit has its own activities: its meeting makes none."""
        return [*super()._get_activity_excluded_models(), "recouvrement.visit"]

    def write(self, vals):
        """Move the visit with its meeting, when it is moved in the calendar."""
        result = super().write(vals)
        if vals.keys() & {
            "active",
            "duration",
            "location",
            "start",
            "start_date",
            "stop",
        } and not self.env.context.get("recouvrement_visit_sync"):
            self._update_recouvrement_visits()
        return result

    def unlink(self):
        """A visit whose meeting is removed is to be scheduled again."""
        # Whoever organises the meeting need not work in collection.
        visits_sudo = self.sudo().recouvrement_visit_ids
        result = super().unlink()
        visits_sudo._on_event_removed()
        return result

    def _update_recouvrement_visits(self):
        # Whoever organises the meeting need not work in collection.
        for event in self.sudo().filtered("recouvrement_visit_ids"):
            visits = event.recouvrement_visit_ids.with_context(
                recouvrement_visit_sync=True
            )
            if not event.active:
                visits._on_event_removed()
                continue
            visits.write(
                {
                    "duration": event.duration or 1.0,
                    "location": event.location,
                    "reminded_on": False,
                    "start": event.start,
                }
            )
