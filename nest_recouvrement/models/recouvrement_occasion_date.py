from datetime import timedelta

from odoo import api, fields, models


class RecouvrementOccasionDate(models.Model):
    """The day of an occasion in one year, and the days on which it is greeted for."""

    _name = "recouvrement.occasion.date"
    _description = "Date of an Occasion"
    _order = "date, id"
    _rec_name = "occasion_id"

    occasion_id = fields.Many2one(
        comodel_name="recouvrement.occasion",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="occasion_id.company_id", store=True)
    date = fields.Date(required=True, index=True)
    year = fields.Integer(compute="_compute_period", store=True, aggregator=None)
    date_from = fields.Date(
        string="Greeted From", compute="_compute_period", store=True
    )
    date_to = fields.Date(string="Greeted To", compute="_compute_period", store=True)
    confirmed = fields.Boolean(
        help="Only a confirmed date is greeted for. The date of a movable feast is an"
        " estimate until it is confirmed by hand.",
    )
    asked_on = fields.Date(
        help="Day on which the manager was asked to confirm it.",
        readonly=True,
        copy=False,
    )

    _date_uniq = models.UniqueIndex(
        "(occasion_id, date)", "This occasion already has this date."
    )

    @api.depends("date", "occasion_id.days_before", "occasion_id.days_after")
    def _compute_period(self):
        for day in self:
            occasion = day.occasion_id
            day.year = day.date.year if day.date else 0
            day.date_from = day.date and day.date - timedelta(days=occasion.days_before)
            day.date_to = day.date and day.date + timedelta(days=occasion.days_after)

    def write(self, vals):
        """Close the question to the manager once the date is confirmed."""
        result = super().write(vals)
        if vals.get("confirmed"):
            # Whoever confirms a date answers for every manager who was asked.
            asked_sudo = self.filtered("asked_on").occasion_id.sudo()
            asked_sudo.activity_feedback(
                ["nest_recouvrement.mail_activity_type_occasion"]
            )
        return result

    def action_confirm(self):
        """Confirm dates as they are."""
        self.check_access("write")
        self.confirmed = True
