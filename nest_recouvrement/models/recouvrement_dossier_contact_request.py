from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

from .recouvrement_dossier_contact import ESSENTIAL

# Requests because of age that one officer has at a time: the first day of the product
# must not bury her under her whole portfolio. The dossiers that owe most come first.
WAITING_PER_OFFICER = 10


class RecouvrementDossier(models.Model):
    """Requests to complete contact data: activities of the officers (`sources/1`)."""

    _inherit = "recouvrement.dossier"

    def _request_contact_update(self, reason):
        """Ask the officers to complete contact data, once per dossier at a time.

        What is pending already gets one more reason. A fixed number of statements.

        :param str reason: what is wrong, in the language of the reader
        """
        if not self:
            return
        # Asked of the officer, whoever found out.
        self.sudo().contact_requested_on = fields.Datetime.now()
        note = Markup("<p>%s</p>") % reason
        pending = self._get_contact_requests().grouped("res_id")
        for activity in (row[0] for row in pending.values()):
            if note not in (activity.note or ""):
                activity.note = Markup("%s%s") % (activity.note or "", note)
        activity_type = self.env.ref("nest_recouvrement.mail_activity_type_contact")
        model_id = self.env["ir.model"]._get_id(self._name)
        # What a person found out is asked of the officer, whoever the person is; the
        # list of her day tells her, not one e-mail each.
        activities_sudo = self.env["mail.activity"].sudo()
        activities_sudo.with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "automated": True,
                    "date_deadline": dossier._get_contact_deadline(activity_type),
                    "note": note,
                    "res_id": dossier.id,
                    "res_model_id": model_id,
                    "res_name": dossier.display_name,
                    "summary": activity_type.with_context(
                        lang=dossier.user_id.lang or self.env.lang
                    ).summary,
                    "user_id": (dossier.user_id or self.env.user).id,
                }
                for dossier in self.sudo()
                if dossier.id not in pending
            ]
        )

    def _get_contact_deadline(self, activity_type):
        """Return until when contact data are to be completed."""
        today = self.company_id._recouvrement_today()
        return today + timedelta(days=activity_type.delay_count)

    def _get_contact_requests(self):
        """Return the open requests of these dossiers, whoever they are for."""
        activity_type = self.env.ref("nest_recouvrement.mail_activity_type_contact")
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", activity_type.id),
                ]
            )
        )

    def _close_contact_requests(self):
        """Close the requests of dossiers that are complete and confirmed since.

        Coordinates and contacts by role count in the completeness; a guarantor that
        has none does not keep the request open for ever.
        """
        answered = self.filtered(
            lambda dossier: dossier.contact_verified_on
            and not dossier.contact_requested_on
            and not dossier._get_missing_codes() & ESSENTIAL
        )
        requests = answered._get_contact_requests()
        if requests:
            requests.action_feedback(feedback=self.env._("Contact data confirmed"))

    def _in_officer_language(self):
        """Return this dossier in the language of its officer."""
        self.ensure_one()
        lang = self.user_id.lang or self.env.lang
        return self if lang == self.env.lang else self.with_context(lang=lang)

    @api.model
    def _cron_request_contact_updates(self, waiting=WAITING_PER_OFFICER):
        """Ask the officers to verify contact data that are too old, little by little.

        Only of guarantors with a balance; each day an officer's list is filled up to
        so many requests, beginning with the largest debts.

        :param int waiting: highest number of requests that an officer has at a time
        """
        companies = self.env["res.company"].search([])
        if not (limits := self._get_contact_limits(companies)):
            return
        outdated = self.browse(self._find_outdated_contacts(limits, waiting))
        for (officer, company), dossiers in outdated.grouped(
            lambda dossier: (dossier.user_id, dossier.company_id)
        ).items():
            localized = dossiers.with_context(lang=officer.lang or self.env.lang)
            localized._request_contact_update(
                localized.env._(
                    "The contact data were not verified in the last %s months: confirm"
                    " them with the guarantor.",
                    company.recouvrement_contact_months,
                )
            )

    @api.model
    def _find_outdated_contacts(self, limits, waiting):
        """Return the ids of the dossiers to ask about, in one statement.

        :param dict limits: day since which contact data are verified, per company
        :param int waiting: highest number of requests per officer
        """
        self.env.flush_all()
        activity_type = self.env.ref("nest_recouvrement.mail_activity_type_contact")
        rows = self.env.execute_query(
            SQL(
                """
                WITH request AS (
                    SELECT res_id, user_id FROM mail_activity
                     WHERE active AND activity_type_id = %(type_id)s
                       AND res_model = 'recouvrement.dossier'
                ),
                outdated AS (
                    SELECT dossier.id, dossier.user_id,
                           ROW_NUMBER() OVER (
                               PARTITION BY dossier.user_id
                               ORDER BY dossier.balance DESC, dossier.id) AS rank
                      FROM recouvrement_dossier dossier
                      JOIN (VALUES %(limits)s) AS setting (company_id, day)
                        ON setting.company_id = dossier.company_id
                     WHERE dossier.active AND dossier.balance > 0
                       AND (dossier.contact_verified_on IS NULL
                            OR dossier.contact_verified_on < setting.day)
                       AND dossier.user_id IS NOT NULL
                       AND dossier.id NOT IN (SELECT res_id FROM request)
                )
                SELECT outdated.id FROM outdated
                 WHERE outdated.rank + (
                       SELECT COUNT(*) FROM request
                        WHERE request.user_id = outdated.user_id) <= %(waiting)s
              ORDER BY outdated.rank, outdated.id
                """,
                limits=SQL(", ").join(
                    SQL("(%s, %s::date)", company.id, day)
                    for company, day in limits.items()
                ),
                type_id=activity_type.id,
                waiting=waiting,
            )
        )
        return [dossier_id for (dossier_id,) in rows]
