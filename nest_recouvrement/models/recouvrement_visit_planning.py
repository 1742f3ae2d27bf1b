from urllib.parse import urlencode

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..tools.dates import day_in_timezone

# What the meeting of a visit says of it.
MEETING_FIELDS = frozenset(
    ("duration", "location", "objectives", "participant_ids", "start", "user_id")
)


class RecouvrementVisit(models.Model):
    """When, where and by whom a visit is made: in the calendar, by management."""

    _inherit = "recouvrement.visit"

    start = fields.Datetime(string="When", tracking=True, copy=False)
    duration = fields.Float(string="Duration (Hours)", default=1.0)
    day = fields.Date(compute="_compute_day", store=True, index="btree_not_null")
    participant_ids = fields.Many2many(
        string="Accompanied By",
        comodel_name="res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    contact_ids = fields.Many2many(
        string="To Meet",
        comodel_name="res.partner",
        relation="recouvrement_visit_contact_rel",
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    location = fields.Char(
        string="Place",
        compute="_compute_location",
        store=True,
        readonly=False,
    )
    city = fields.Char(related="partner_id.city", store=True)
    map_url = fields.Char(string="Map", compute="_compute_map_url")
    objectives = fields.Text(
        help="What the visit is to bring: a payment, a date, a signed agreement."
    )
    event_id = fields.Many2one(
        string="Meeting",
        comodel_name="calendar.event",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    reminded_on = fields.Date(readonly=True, copy=False)

    _check_duration = models.Constraint(
        "CHECK (duration > 0 AND duration <= 24)",
        "A visit lasts up to one day: enter its duration in hours.",
    )

    # === COMPUTE METHODS === #

    @api.depends("start", "company_id")
    def _compute_day(self):
        for visit in self:
            visit.day = visit.start and day_in_timezone(
                visit.start, visit.company_id._recouvrement_timezone()
            )

    @api.depends("partner_id")
    def _compute_location(self):
        for visit in self:
            partner = visit.partner_id
            visit.location = ", ".join(
                filter(None, (partner.street, partner.street2, partner.city))
            )

    @api.depends(
        "location", "partner_id.partner_latitude", "partner_id.partner_longitude"
    )
    def _compute_map_url(self):
        for visit in self:
            visit.map_url = visit._get_map_url()

    def _get_map_url(self):
        """Return the address of a map, by coordinates if they are known."""
        self.ensure_one()
        partner = self.partner_id
        latitude, longitude = partner.partner_latitude, partner.partner_longitude
        if latitude or longitude:
            place = f"mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}"
            return f"https://www.openstreetmap.org/?{place}"
        if not self.location:
            return False
        words = ", ".join(filter(None, (self.location, partner.country_id.name)))
        return f"https://www.openstreetmap.org/search?{urlencode({'query': words})}"

    # === CONSTRAINT METHODS === #

    @api.constrains("participant_ids", "user_id", "company_id")
    def _check_visitors(self):
        for visit in self:
            strangers = (visit.user_id | visit.participant_ids).filtered(
                lambda user, visit=visit: visit.company_id not in user.company_ids
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work for %(company)s.",
                        user=strangers[0].name,
                        company=visit.company_id.name,
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        """Bring the meetings in step with what is decided."""
        result = super().write(vals)
        if MEETING_FIELDS & vals.keys():
            self._update_events()
        return result

    # === ACTION METHODS === #

    def action_schedule(self):
        """Put approved visits into the calendar of those who make them.

        :raise AccessError: for others than management
        :raise ValidationError: without a day, or with one that is past
        """
        self._check_management()
        self._check_state("approved")
        for visit in self:
            if not visit.start:
                raise ValidationError(
                    self.env._("Say when %(visit)s takes place.", visit=visit.name)
                )
            if visit.start < fields.Datetime.now():
                raise ValidationError(
                    self.env._(
                        "%(date)s is past: a visit is scheduled for later.",
                        date=format_date(self.env, visit.day),
                    )
                )
            # Written by this button only; the meeting is made for its participants.
            visit.sudo().state = "scheduled"
        self.sudo()._create_events()
        return True

    def action_open_event(self):
        """Open the meeting of the visit in the calendar."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "calendar.event",
            "res_id": self.event_id.id,
            "view_mode": "form",
        }

    def action_open_map(self):
        """Open the place of the visit on a map."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.map_url, "target": "new"}

    # === BUSINESS METHODS === #

    def _create_events(self):
        """Create the meetings of visits, linked to them."""
        events = (
            self.env["calendar.event"]
            .with_context(skip_contact_description=True)
            .create([visit._prepare_event_values() for visit in self])
        )
        for visit, event in zip(self, events, strict=True):
            visit.event_id = event

    def _prepare_event_values(self):
        """Return the values of the meeting of one visit."""
        self.ensure_one()
        visitors = self.user_id | self.participant_ids
        return {
            "name": self.env._("Visit: %s", self.partner_id.display_name),
            "start": self.start,
            "stop": self._get_stop(),
            "location": self.location,
            "description": Markup("<p>%s</p>") % (self.objectives or self.reason or ""),
            "user_id": self.user_id.id,
            # What is claimed is nobody else's, nor is the day (design, section 6).
            "privacy": "private",
            "partner_ids": [fields.Command.set(visitors.partner_id.ids)],
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
        }

    def _get_stop(self):
        self.ensure_one()
        return fields.Datetime.add(self.start, hours=self.duration)

    def _update_events(self):
        """Bring the meetings in step with their visits."""
        if self.env.context.get("recouvrement_visit_sync"):
            return
        # A meeting belongs to its organiser; the visit decides when it is.
        for visit in self.sudo().filtered("event_id"):
            values = visit._prepare_event_values()
            for name in ("res_model_id", "res_id", "name"):
                del values[name]
            visit.event_id.with_context(recouvrement_visit_sync=True).write(values)
            visit.reminded_on = False

    def _on_event_removed(self):
        """Take visits out of the plan of the day: their meeting was removed."""
        scheduled = self.filtered(lambda visit: visit.state == "scheduled")
        scheduled.write({"event_id": False, "start": False, "state": "approved"})
        for visit in scheduled:
            localized = visit.with_context(lang=visit.user_id.lang or self.env.lang)
            localized._schedule_for(
                visit.user_id,
                "nest_recouvrement.mail_activity_type_visit_decision",
                localized.env._("Its meeting was removed from the calendar."),
                summary=localized.env._("Schedule the visit again"),
            )

    def _remind_unreported(self, company):
        """Ask for the report of visits that were to be held before today."""
        today = company._recouvrement_today()
        late = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "scheduled"),
                ("day", "<", today),
                ("reminded_on", "=", False),
            ]
        )
        for visit in late:
            localized = visit.with_context(lang=visit.user_id.lang or self.env.lang)
            localized._schedule_for(
                visit.user_id,
                "nest_recouvrement.mail_activity_type_visit_report",
                localized.env._(
                    "Planned for %(date)s, without a report: write it, or schedule the"
                    " visit again.",
                    date=format_date(localized.env, visit.day),
                ),
                date_deadline=today,
            )
        late.reminded_on = today
