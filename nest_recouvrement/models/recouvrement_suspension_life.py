from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from .recouvrement_suspension import OPEN_STATES

DECISION = "nest_recouvrement.mail_activity_type_suspension"


class RecouvrementSuspension(models.Model):
    """The life of a suspension: drafted, approved, notified, in force, lifted."""

    _inherit = "recouvrement.suspension"

    # === BUSINESS METHODS - DRAFTING === #

    @api.model
    def _draft_after_visits(self, visits):
        """Draft the notices after held visits without payment, in one batch.

        :param recouvrement.visit visits: at most one notice is drafted for each
        """
        done = self.search([("visit_id", "in", visits.ids)]).visit_id
        return self._draft((visits - done).dossier_id, visits - done)

    @api.model
    def _draft(self, dossiers, visits=None, actions=None):
        """Draft the notices of dossiers that have none, and tell management.

        :param recouvrement.dossier dossiers: something is to be claimed from them
        :param recouvrement.visit visits: what the notices follow, if anything
        :param recouvrement.action actions: the steps that ask for them, if any
        """
        suspended = self.search(
            [("dossier_id", "in", dossiers.ids), ("state", "in", OPEN_STATES)]
        ).dossier_id
        claims = dossiers._get_claims()
        targets = (dossiers - suspended).filtered(lambda dossier: claims[dossier])
        visit_by_dossier = {visit.dossier_id: visit for visit in visits or ()}
        action_by_dossier = {action.dossier_id: action for action in actions or ()}
        suspensions = self.create(
            [
                {
                    "action_id": action_by_dossier[dossier].id
                    if dossier in action_by_dossier
                    else False,
                    "date_draft": dossier.company_id._recouvrement_today(),
                    "dossier_id": dossier.id,
                    "visit_id": visit_by_dossier[dossier].id
                    if dossier in visit_by_dossier
                    else False,
                }
                for dossier in targets
            ]
        )
        # A step of the plan asks for its decision by itself.
        by_hand = suspensions.filtered(lambda suspension: not suspension.action_id)
        by_hand._tell_management(
            DECISION,
            lambda suspension: suspension.env._("Suspension to approve"),
            lambda suspension: suspension._describe_draft(),
        )
        suspensions._log_milestone(
            lambda suspension: suspension.env._("Suspension notice drafted"),
            lambda suspension: suspension._describe_draft(),
        )
        return suspensions

    def _describe_draft(self):
        """Return why the notice was drafted, in the language of the reader."""
        self.ensure_one()
        values = {
            "amount": self.currency_id.format(self.amount),
            "count": len(self.line_ids),
        }
        if self.visit_id:
            return self.env._(
                "Nothing was paid since the visit of %(date)s: %(amount)s on %(count)s"
                " invoice(s).",
                date=format_date(self.env, self.visit_id.held_on),
                **values,
            )
        return self.env._("%(amount)s on %(count)s invoice(s).", **values)

    # === ACTION METHODS === #

    def action_approve(self):
        """Approve drafts; their notices are to be sent.

        :raise AccessError: for others than management
        :raise UserError: if one is no draft any more, or was paid meanwhile
        """
        self._check_management()
        self._check_state("draft")
        # The ledger decides whether there is still something to claim.
        self.sudo().dossier_id._refresh()
        for suspension in self:
            suspension._check_still_owed()
            suspension._update_claim()
            suspension.sudo().write(
                {
                    "approved_on": fields.Datetime.now(),
                    "approved_user_id": self.env.uid,
                    "state": "approved",
                }
            )
            suspension._close_activities()
        self._log_milestone(
            lambda suspension: suspension.env._("Suspension approved"),
            lambda suspension: suspension.name,
        )
        return True

    def _check_still_owed(self):
        """Refuse to press for what is paid.

        :raise UserError: if nothing is claimed any more
        """
        self.ensure_one()
        if self._is_settled() or not self.dossier_id.claimable_amount:
            raise UserError(
                self.env._(
                    "Nothing is to be claimed from %(guarantor)s any more: cancel the"
                    " suspension. %(reason)s",
                    guarantor=self.partner_id.display_name,
                    reason=self.dossier_id._get_pause_reason(),
                )
            )

    def _update_claim(self):
        """Claim what is open now: nothing was sent yet."""
        self.ensure_one()
        values = self.dossier_id._get_suspension_values()[self.dossier_id.id]
        # The claim comes from the ledger, whoever approves it.
        self.sudo().write(
            {**values, "line_ids": [Command.clear(), *values["line_ids"]]}
        )

    def action_notify(self):
        """Ask how the notice is sent, and from when the services are suspended."""
        self.ensure_one()
        self._check_management()
        self._check_state("approved")
        return self._open_wizard(
            "recouvrement.suspension.notify", self.env._("Send the notice")
        )

    def action_lift(self):
        """Lift a suspension, at once if all is paid, else with a reason.

        A notice that has not taken effect is withdrawn.
        """
        self.ensure_one()
        self._check_management()
        self._check_state("notified", "in_force")
        self.sudo().dossier_id._refresh()
        if self._is_settled():
            self._lift(self._localized().env._("Everything claimed is settled."))
            return True
        return self._open_decision("lift", self.env._("Lift without full payment"))

    def action_postpone(self):
        """Ask for another date, and why."""
        self.ensure_one()
        self._check_management()
        self._check_state("notified", "in_force")
        return self._open_decision("postpone", self.env._("Postpone the suspension"))

    def action_cancel(self):
        """Ask why a suspension that was not notified is given up."""
        self.ensure_one()
        self._check_management()
        self._check_state("draft", "approved")
        return self._open_decision("cancel", self.env._("Give up the suspension"))

    def action_record_proof(self):
        """Ask when, and by whom, the notice was received."""
        self.ensure_one()
        self._check_state("notified", "in_force")
        return self._open_wizard(
            "recouvrement.suspension.proof", self.env._("Proof of delivery")
        )

    def action_view_dossier(self):
        """Open the dossier of the guarantor."""
        self.ensure_one()
        return self.dossier_id._get_records_action()

    def _open_decision(self, kind, name):
        action = self._open_wizard("recouvrement.suspension.decide", name)
        action["context"]["default_kind"] = kind
        return action

    def _open_wizard(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_suspension_id": self.id},
        }

    # === BUSINESS METHODS - LIFE === #

    def _enforce(self):
        """Put notified suspensions into force, and tell management."""
        for suspension in self:
            suspension.write(
                {
                    "in_force_since": suspension.company_id._recouvrement_today(),
                    "state": "in_force",
                }
            )
        self._tell_management(
            DECISION,
            lambda suspension: suspension.env._("Suspension in force"),
            lambda suspension: suspension.env._(
                "Services to %(guarantor)s are suspended from now on: %(amount)s is"
                " still owed. Tell the admission desks.",
                guarantor=suspension.partner_id.display_name,
                amount=suspension.currency_id.format(suspension.remaining_amount),
            ),
        )
        self._log_milestone(
            lambda suspension: suspension.env._("Suspension in force"),
            lambda suspension: suspension.name,
        )

    def _lift(self, reason, by_email=True):
        """End a suspension, or withdraw its notice, with a letter.

        :param str reason: why, for the record
        :param bool by_email: whether the letter leaves by e-mail
        """
        self.ensure_one()
        self._check_management()
        self._check_state("notified", "in_force")
        was_in_force = self.state == "in_force"
        # Only the buttons end a suspension; the reason is on record.
        suspension_sudo = self.sudo()
        suspension_sudo.write(
            {
                "date_lifted": self.company_id._recouvrement_today(),
                "lift_reason": reason,
                "state": "lifted" if was_in_force else "cancelled",
            }
        )
        self._close_activities()
        letter = suspension_sudo._make_letter("lifting")
        if by_email:
            suspension_sudo._email_letter("lifting", letter)
        self._log_milestone(
            lambda suspension: suspension.env._("Suspension lifted")
            if was_in_force
            else suspension.env._("Suspension notice withdrawn"),
            lambda suspension: f"{suspension.name}: {reason}",
            letter,
        )

    def _postpone(self, date, reason, by_email=True):
        """Give another date, with a letter; services are granted until then.

        :param date date: new date of effect, after today
        :param str reason: why, for the record
        :param bool by_email: whether the letter leaves by e-mail
        """
        self.ensure_one()
        self._check_management()
        self._check_state("notified", "in_force")
        if date <= self.company_id._recouvrement_today():
            raise ValidationError(
                self.env._("A suspension is postponed to a day after today.")
            )
        # Only the buttons move the date; the reason is on record.
        suspension_sudo = self.sudo()
        suspension_sudo.write(
            {
                "date_effective": date,
                "in_force_since": False,
                "postponed_count": self.postponed_count + 1,
                "state": "notified",
                "unserved_on": False,
            }
        )
        self._close_activities()
        letter = suspension_sudo._make_letter("postponement")
        if by_email:
            suspension_sudo._email_letter("postponement", letter)
        self._log_milestone(
            lambda suspension: suspension.env._(
                "Suspension postponed to %s", format_date(suspension.env, date)
            ),
            lambda suspension: f"{suspension.name}: {reason}",
            letter,
        )

    def _cancel(self, reason):
        """Give up a suspension that was not notified.

        :param str reason: why, for the record
        """
        self.ensure_one()
        self._check_state("draft", "approved")
        # Only the buttons end a suspension; the reason is on record.
        self.sudo().write(
            {
                "date_lifted": self.company_id._recouvrement_today(),
                "lift_reason": reason,
                "state": "cancelled",
            }
        )
        self._close_activities()
        action_sudo = self.sudo().action_id
        if action_sudo.state == "todo":
            action_sudo.with_user(self.env.user)._skip(reason)
        self._log_milestone(
            lambda suspension: suspension.env._("Suspension given up"),
            lambda suspension: f"{suspension.name}: {reason}",
        )

    # === BUSINESS METHODS - TELLING === #

    def _localized(self):
        """Return this suspension in the language of the officer who reads of it."""
        self.ensure_one()
        # The language of a colleague is no secret.
        lang = self.officer_id.sudo().lang or self.env.lang
        return self.with_context(lang=lang)

    def _log_milestone(self, name, note, documents=None):
        """Write a milestone into the journal of each dossier.

        :param name: returns what happened, from the localized suspension
        :param note: returns the details, from the localized suspension
        :param ir.attachment documents: letters that prove it
        """
        for suspension in self:
            localized = suspension._localized()
            self.env["recouvrement.action"]._log_done(
                suspension.dossier_id,
                "suspension",
                name(localized),
                amounts=suspension._get_evidence(),
                document_ids=[Command.set(documents.ids)] if documents else [],
                note=note(localized),
            )

    def _get_evidence(self):
        """Return the amounts claimed, by journal item that still exists."""
        self.ensure_one()
        return {
            line.move_line_id: line.amount
            for line in self.sudo().line_ids
            if line.move_line_id
        }

    def _tell_management(self, activity_type, summary, note):
        """Create one activity per suspension for its manager, in one batch.

        :param summary: returns the summary, from the localized suspension
        :param note: returns the note, from the localized suspension
        """
        model_id = self.env["ir.model"]._get_id(self._name)
        type_id = self.env.ref(activity_type).id
        vals_list = []
        for suspension in self:
            user = suspension.user_id or self.env.user
            localized = suspension.with_context(lang=user.lang or self.env.lang)
            vals_list.append(
                {
                    "activity_type_id": type_id,
                    "automated": True,
                    "date_deadline": suspension.company_id._recouvrement_today(),
                    "note": Markup("<p>%s</p>") % note(localized),
                    "res_id": suspension.id,
                    "res_model_id": model_id,
                    "summary": summary(localized),
                    "user_id": user.id,
                }
            )
        # Whoever's click leads here, management is asked.
        activities_sudo = self.env["mail.activity"].sudo()
        activities_sudo.with_context(mail_activity_quick_update=True).create(vals_list)

    def _close_activities(self):
        """Remove what was asked about these suspensions: it is decided."""
        self.sudo().activity_ids.unlink()
