from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.dates import add_working_days
from .recouvrement_action_rank import RANKS

ACTIVITY_TYPE = "nest_recouvrement.mail_activity_type_check"


class RecouvrementCheck(models.Model):
    """The making of checks: passed at once, or asked of the accountant."""

    _inherit = "recouvrement.check"

    @api.model
    def _open(self, dossiers, run=None):
        """Check the cycles of ``dossiers`` that begin, once per cycle.

        A fixed number of statements. Where nothing was received, the check is passed
        and the reminder may leave at once.

        :param recouvrement.dossier dossiers: their next step is due
        :param recouvrement.run run: the run that does it
        :return: the dossiers that wait for an answer, and what was written into the
            journal about them
        :rtype: tuple[recouvrement.dossier, recouvrement.action]
        """
        starting = dossiers._filter_unchecked()
        receipts = starting._find_receipts()
        found = starting.filtered(lambda dossier: receipts.get(dossier.id))
        self._pass(starting - found)
        checks = self._ask(found, receipts)
        actions = self.env["recouvrement.action"].create(
            [check._prepare_asked_values(run) for check in checks]
        )
        waiting = checks.filtered(lambda check: check.state == "pending").dossier_id
        if waiting:
            waiting._refresh_escalation(waiting.company_id)
        return waiting, actions

    @api.model
    def _pass(self, dossiers):
        """Note that nothing was received, and say so in the journal.

        One statement: this is done for every guarantor who is reminded.
        """
        if not dossiers:
            return
        self.env.flush_all()
        titles = [
            dossier._in_officer_language().env._("Accounting check: nothing received")
            for dossier in dossiers
        ]
        self.env.execute_query(
            SQL(
                """
                WITH titled AS (
                    SELECT * FROM unnest(%(ids)s, %(titles)s) AS row (id, title)
                ),
                passed AS (
                    INSERT INTO recouvrement_check
                           (dossier_id, partner_id, company_id, cycle, state, date,
                            create_uid, create_date, write_uid, write_date)
                    SELECT dossier.id, dossier.partner_id, dossier.company_id,
                           dossier.cycle, 'passed', %(today)s,
                           %(uid)s, %(now)s, %(uid)s, %(now)s
                      FROM recouvrement_dossier dossier
                     WHERE dossier.id = ANY(%(ids)s)
                  ORDER BY dossier.id
                        ON CONFLICT (dossier_id, cycle) DO NOTHING
                 RETURNING dossier_id
                )
                INSERT INTO recouvrement_action
                       (dossier_id, partner_id, company_id, cycle, occurrence, name,
                        channel, state, user_id, amount, date_done, rank, done_user_id,
                        create_uid, create_date, write_uid, write_date)
                SELECT dossier.id, dossier.partner_id, dossier.company_id,
                       dossier.cycle, 1, titled.title, 'check', 'done',
                       dossier.user_id, dossier.claimable_amount, %(moment)s, %(rank)s,
                       %(uid)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM passed
                  JOIN recouvrement_dossier dossier ON dossier.id = passed.dossier_id
                  JOIN titled ON titled.id = dossier.id
              ORDER BY dossier.id
             RETURNING id
                """,
                ids=dossiers.ids,
                moment=self.env["recouvrement.action"]._get_moment(),
                now=fields.Datetime.now(),
                rank=RANKS["check"],
                titles=titles,
                today=dossiers.company_id[:1]._recouvrement_today(),
                uid=self.env.uid,
            )
        )
        dossiers.invalidate_recordset(["action_ids", "check_ids"], flush=False)

    @api.model
    def _ask(self, dossiers, receipts):
        """Create the checks of these dossiers, with an activity for the accountant.

        :param dict receipts: receipts found, by dossier id
        """
        if not dossiers:
            return self.browse()
        vals_list = [
            self._prepare_check_values(dossier, receipts[dossier.id])
            for dossier in dossiers
        ]
        checks = self.with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True, tracking_disable=True
        ).create(vals_list)
        checks = checks.with_env(self.env)
        checks.filtered(lambda check: check.state == "pending")._schedule_activities()
        return checks

    @api.model
    def _prepare_check_values(self, dossier, receipts):
        company = dossier.company_id
        today = company._recouvrement_today()
        days = company.recouvrement_check_days
        return {
            "dossier_id": dossier.id,
            "partner_id": dossier.partner_id.id,
            "company_id": company.id,
            "cycle": dossier.cycle,
            # Without any day to wait, the reminder goes on; the journal says what it
            # did not wait for.
            "state": "pending" if days else "expired",
            "date": today,
            "date_deadline": add_working_days(today, days),
            "amount": sum(receipt["amount"] for receipt in receipts),
            "line_ids": [fields.Command.create(receipt) for receipt in receipts],
        }

    def _schedule_activities(self):
        """Ask the accountants, with the list of what was found."""
        users = {
            company: company._recouvrement_responsible("accountant")
            or company._recouvrement_responsible("manager")
            or self.env.user
            for company in self.company_id
        }
        activity_type = self.env.ref(ACTIVITY_TYPE)
        model_id = self.env["ir.model"]._get_id(self._name)
        vals_list = []
        for company, checks in self.grouped("company_id").items():
            checks.user_id = users[company]
            for check in checks._in_language_of(users[company]):
                vals_list.append(
                    {
                        "activity_type_id": activity_type.id,
                        "automated": True,
                        "date_deadline": check.date_deadline,
                        "note": check._get_receipt_list(),
                        "res_id": check.id,
                        "res_model_id": model_id,
                        # Odoo would look the names up one by one.
                        "res_name": check.display_name,
                        "summary": check._get_activity_summary(),
                        "user_id": users[company].id,
                    }
                )
        # Activities for others are created for them; the list of their day tells them,
        # not one e-mail each.
        activities_sudo = self.env["mail.activity"].sudo()
        activities_sudo.with_context(mail_activity_quick_update=True).create(vals_list)

    def _get_activity_summary(self):
        self.ensure_one()
        return self.env._(
            "%(guarantor)s: %(amount)s received, to be matched?",
            guarantor=self.partner_id.name,
            amount=self.currency_id.format(self.amount),
        )

    def _in_language_of(self, user):
        """Return these checks in the language of the person who reads them."""
        return self.with_context(lang=user.lang) if user.lang else self

    def _prepare_asked_values(self, run=None):
        """Return the line of the journal: the reminder waits, and for what."""
        self.ensure_one()
        dossier = self.dossier_id
        check = self._in_language_of(dossier.user_id)
        if self.state == "pending":
            name = check.env._("Accounting check asked: the reminder waits")
        else:
            name = check.env._("Accounting check: receipts found, nothing waited for")
        return {
            "dossier_id": dossier.id,
            "partner_id": dossier.partner_id.id,
            "company_id": dossier.company_id.id,
            "cycle": self.cycle,
            "channel": "check",
            "name": name,
            "state": "done",
            "date_done": self.env["recouvrement.action"]._get_moment(),
            "done_user_id": self.env.uid,
            "amount": dossier.claimable_amount,
            "note": "\n".join(line._get_summary() for line in check.line_ids),
            "run_id": run.id if run else False,
            "user_id": (self.user_id or dossier.user_id).id,
        }
