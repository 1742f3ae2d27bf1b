from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, html2plaintext, is_html_empty

from .recouvrement_visit import OPEN_STATES

# What the journal's own outcomes call the outcome of a visit.
JOURNAL_OUTCOMES = {
    "absent": "no_answer",
    "dispute": "dispute",
    "promise": "promise",
    "refusal": "refusal",
}


class RecouvrementVisit(models.Model):
    """The life of a visit: decided, put into the calendar, held, reported."""

    _inherit = "recouvrement.visit"

    # === ACTION METHODS - DECISION === #

    def action_approve(self):
        """Agree to proposed visits; they are to be scheduled.

        :raise AccessError: for others than management
        :raise UserError: if one is already decided on
        """
        self._check_management()
        self._check_state("proposed")
        for visit in self:
            # The decision is written by this button only.
            visit.sudo().write({"state": "approved", **self._prepare_decision()})
            visit._close_activities()
        return True

    def action_decline(self):
        """Ask why the visit is declined or cancelled, and how the follow-up goes on.

        :raise AccessError: for others than management
        """
        self.ensure_one()
        self._check_management()
        self._check_state(*OPEN_STATES)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decline the visit")
            if self.state == "proposed"
            else self.env._("Cancel the visit"),
            "res_model": "recouvrement.visit.decline",
            "view_mode": "form",
            "target": "new",
            "context": {"default_visit_id": self.id},
        }

    def _decline(self, reason):
        """Decline a proposal, or cancel a visit; the officer gets to know why.

        :param str reason: why, in the words of whoever decides
        """
        self._check_management()
        self._check_state(*OPEN_STATES)
        for visit in self:
            visit_sudo = visit.sudo()
            event_sudo = visit_sudo.event_id
            visit_sudo.write(
                {
                    "state": "declined" if visit.state == "proposed" else "cancelled",
                    "decision_reason": reason,
                    "event_id": False,
                    **self._prepare_decision(),
                }
            )
            event_sudo.unlink()
            visit._close_activities()

    def action_propose_again(self):
        """Propose a declined visit once more, with the figures of today."""
        self._check_state("declined")
        self.check_access("write")
        for visit in self:
            visit_sudo = visit.sudo()
            visit_sudo.write(
                {
                    "state": "proposed",
                    "decided_on": False,
                    "decided_user_id": False,
                    "decision_reason": False,
                    "date_proposed": visit.company_id._recouvrement_today(),
                }
            )
            visit_sudo._compute_claim()
            action_sudo = visit_sudo.action_id
            if action_sudo.state == "todo":
                # The step goes back to whoever decides on it.
                action_sudo._drop_activities()
                action_sudo._perform_task()
            else:
                visit_sudo._ask_management()
        return True

    def _prepare_decision(self):
        return {
            "decided_on": fields.Datetime.now(),
            "decided_user_id": self.env.uid,
        }

    def _check_state(self, *states):
        """Refuse visits that are not in one of these states.

        :raise UserError: naming the first one
        """
        labels = dict(self._fields["state"]._description_selection(self.env))
        for visit in self:
            if visit.state not in states:
                raise UserError(
                    self.env._(
                        "%(visit)s is %(state)s: this is no longer to be done.",
                        visit=visit.name,
                        state=labels[visit.state].lower(),
                    )
                )

    # === ACTION METHODS - PLANNING === #

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

    # === ACTION METHODS - REPORT === #

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
        localized = self.with_context(
            lang=self.officer_id.sudo().lang or self.env.lang
        ).sudo()
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

    # === BUSINESS METHODS - PEOPLE === #

    def _ask_management(self):
        """Ask management to decide on visits that nobody was asked about yet."""
        for visit in self:
            visit._schedule_for(
                visit.user_id or visit.company_id._recouvrement_responsible("manager"),
                "nest_recouvrement.mail_activity_type_visit_decision",
                visit.reason,
            )

    def _schedule_for(self, user, activity_type, text, **values):
        """Create an activity on one visit for a person."""
        self.ensure_one()
        # Whoever proposes or reports a visit need not be its manager.
        self.sudo().with_context(mail_activity_quick_update=True).activity_schedule(
            activity_type,
            user_id=(user or self.env.user).id,
            note=Markup("<p>%s</p>") % (text or ""),
            **values,
        )

    def _close_activities(self):
        """Remove what was asked about these visits: it is decided or done."""
        self.sudo().activity_ids.unlink()

    # === BUSINESS METHODS - SCHEDULER === #

    @api.model
    def _cron_follow_up(self):
        """Daily: ask for the reports of visits whose day is over, once a day planned.

        Then look at what was paid after those that were held.
        """
        companies_sudo = self.env["res.company"].sudo().search([])
        visits = self.sudo().with_context(allowed_company_ids=companies_sudo.ids)
        for company in companies_sudo:
            visits._remind_unreported(company)
        visits._follow_up_payments(companies_sudo)

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
