from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

ACTIVITY_TYPE = "nest_recouvrement.mail_activity_type_occasion"
# Twelve lunar months.
LUNAR_YEAR = timedelta(days=354)
# The manager is asked for a date that long before it.
NOTICE = relativedelta(months=1)


class RecouvrementOccasion(models.Model):
    """A feast, or a time of the year, whose greeting opens courtesy messages.

    Its dates are records, year by year. Those of a movable feast are estimated until
    the manager confirms them by hand; an unconfirmed one is not greeted for.
    """

    _name = "recouvrement.occasion"
    _description = "Occasion"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        help="Empty: for every company.", comodel_name="res.company", index=True
    )
    kind = fields.Selection(
        help="Fixed: the same day each year; its next dates are added by themselves."
        " Movable: each date is confirmed by hand.",
        selection=[("fixed", "Fixed"), ("movable", "Movable")],
        default="fixed",
        required=True,
    )
    days_before = fields.Integer(
        help="The greeting is used from that many days before the date on.", default=3
    )
    days_after = fields.Integer(
        help="The greeting is used until that many days after the date.", default=3
    )
    subject = fields.Char(
        help="How the subject of the courtesy message begins.", translate=True
    )
    greeting = fields.Html(
        help="How the courtesy message opens, after the salutation.",
        translate=True,
        required=True,
    )
    date_ids = fields.One2many(
        string="Dates",
        comodel_name="recouvrement.occasion.date",
        inverse_name="occasion_id",
        copy=True,
    )
    next_date = fields.Date(compute="_compute_next_date")
    asked_year = fields.Integer(
        help="Last year for which the manager was asked to enter a date.",
        readonly=True,
        copy=False,
    )

    _check_days = models.Constraint(
        "CHECK (days_before BETWEEN 0 AND 60 AND days_after BETWEEN 0 AND 60)",
        "A greeting is used from at most 60 days before to 60 days after the date.",
    )

    @api.depends("date_ids.date")
    def _compute_next_date(self):
        today = self.env.company._recouvrement_today()
        for occasion in self:
            coming = [day for day in occasion.date_ids.mapped("date") if day >= today]
            occasion.next_date = min(coming, default=False)

    # === BUSINESS METHODS - GREETING === #

    @api.model
    def _get_current(self, company):
        """Return the occasion that is on today in ``company``, the nearest date first.

        :rtype: recouvrement.occasion
        """
        today = company._recouvrement_today()
        dates = self.env["recouvrement.occasion.date"].search(
            [
                ("confirmed", "=", True),
                ("date_from", "<=", today),
                ("date_to", ">=", today),
                ("occasion_id.active", "=", True),
                ("occasion_id.company_id", "in", (False, company.id)),
            ]
        )
        nearest = dates.sorted(
            lambda day: (abs(day.date - today), day.occasion_id.sequence, day.id)
        )
        return nearest[:1].occasion_id

    # === BUSINESS METHODS - DATES === #

    @api.model
    def _cron_prepare_dates(self):
        """Add the next dates, and ask the managers about those to be confirmed."""
        occasions = self.search([])
        occasions._add_next_dates()
        for occasion in occasions:
            occasion._ask_dates()

    def _add_next_dates(self):
        """Give each occasion a date ahead: certain if fixed, estimated if movable."""
        today = self.env.company._recouvrement_today()
        vals_list = []
        for occasion in self.filtered("date_ids"):
            last = max(occasion.date_ids.mapped("date"))
            while last <= today + NOTICE:
                last = occasion._get_following(last)
                vals_list.append(
                    {
                        "occasion_id": occasion.id,
                        "date": last,
                        "confirmed": occasion.kind == "fixed",
                    }
                )
        self.env["recouvrement.occasion.date"].create(vals_list)

    def _get_following(self, day):
        """Return the date of this occasion after the one on ``day``."""
        self.ensure_one()
        if self.kind == "fixed":
            return day + relativedelta(years=1)
        return day + LUNAR_YEAR

    def _ask_dates(self):
        """Ask the managers, once, about dates near enough and not confirmed yet."""
        self.ensure_one()
        today = self.env.company._recouvrement_today()
        near = self.date_ids.filtered(
            lambda day: not day.confirmed
            and not day.asked_on
            and today <= day.date <= today + NOTICE
        )
        for day in near:
            self._schedule_question(day.date, day.date)
            day.asked_on = today
        if not self.date_ids and self.asked_year < today.year:
            self._schedule_question(False, today)
            self.asked_year = today.year

    def _schedule_question(self, day, deadline):
        """Ask the manager of each company concerned for a date.

        :param day: the estimated date, or False if there is none
        """
        companies = (
            self.company_id
            or self.env["recouvrement.dossier"].sudo().search([]).company_id
        )
        managers = self.env["res.users"].union(
            *(company._recouvrement_responsible("manager") for company in companies)
        )
        for manager in managers:
            occasion = self.with_context(lang=manager.lang or self.env.lang)
            occasion.activity_schedule(
                ACTIVITY_TYPE,
                date_deadline=deadline,
                user_id=manager.id,
                summary=occasion._get_question(day),
            )

    def _get_question(self, day):
        self.ensure_one()
        if day:
            return self.env._(
                "%(occasion)s: confirm the date, %(date)s is an estimate",
                occasion=self.name,
                date=fields.Date.to_string(day),
            )
        return self.env._("%s: enter the date of this year", self.name)
