from odoo import models
from odoo.tools import SQL, format_date


class RecouvrementVisit(models.Model):
    """What is paid after a visit, or else the suspension notice (`sources/1`, 8)."""

    _inherit = "recouvrement.visit"

    def _follow_up_payments(self, companies):
        """Look at the held visits whose days to pay are over, all at once.

        Settled: nothing more to do. Something paid since, but not all: management
        decides. Nothing paid: the suspension notice is drafted, once per visit. A
        promise that has not expired delays the look.

        :param res.company companies: companies whose visits are looked at
        """
        waiting = self.search(
            [
                ("company_id", "in", companies.ids),
                ("state", "=", "held"),
                ("aftermath", "=", "waiting"),
            ]
        )
        if not waiting:
            return
        waiting.dossier_id._refresh()
        today = {company: company._recouvrement_today() for company in companies}
        settled = waiting.filtered(lambda visit: not visit.dossier_id.overdue_amount)
        settled.aftermath = "paid"
        due = (waiting - settled).filtered(
            lambda visit: visit.payment_deadline < today[visit.company_id]
            and visit.dossier_id.claimable_amount > 0
        )
        due -= due._filter_promised()
        paid = due._get_paid_since()
        partly_paid = due.filtered(lambda visit: paid.get(visit.id))
        partly_paid.aftermath = "partly_paid"
        for visit in partly_paid:
            visit._ask_about_partial_payment(paid[visit.id])
        unpaid = due - partly_paid
        unpaid.aftermath = "suspension"
        self.env["recouvrement.suspension"]._draft_after_visits(unpaid)

    def _filter_promised(self):
        """Return the visits whose guarantor has a promise that has not expired."""
        promised = self.env["recouvrement.commitment"]._read_group(
            [("dossier_id", "in", self.dossier_id.ids), ("state", "=", "open")],
            ["dossier_id"],
        )
        dossiers = self.env["recouvrement.dossier"].concat(
            *(row[0] for row in promised)
        )
        return self.filtered(lambda visit: visit.dossier_id in dossiers)

    def _get_paid_since(self):
        """Return what was paid since each visit on what was overdue then.

        Also what is not matched yet: nobody who paid is said to have paid nothing. In
        one statement. A credit note is no payment.

        :rtype: dict[int, float]
        """
        if not self:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH paid AS (
                SELECT visit.id, partial.amount
                  FROM recouvrement_visit visit
                  JOIN res_partner partner
                    ON partner.commercial_partner_id = visit.partner_id
                  JOIN account_move_line item
                    ON item.partner_id = partner.id
                   AND item.company_id = visit.company_id
                   AND item.parent_state = 'posted'
                   AND item.balance > 0
                   AND COALESCE(item.date_maturity, item.date) < visit.held_on
                  JOIN account_account account
                    ON account.id = item.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN account_partial_reconcile partial
                    ON partial.debit_move_id = item.id
                   AND partial.max_date >= visit.held_on
                  JOIN account_move_line credit ON credit.id = partial.credit_move_id
                  JOIN account_move origin
                    ON origin.id = credit.move_id
                   AND origin.move_type != 'out_refund'
                 WHERE visit.id = ANY(%(ids)s)
             UNION ALL
                SELECT visit.id, -item.amount_residual
                  FROM recouvrement_visit visit
                  JOIN res_partner partner
                    ON partner.commercial_partner_id = visit.partner_id
                  JOIN account_move_line item
                    ON item.partner_id = partner.id
                   AND item.company_id = visit.company_id
                   AND item.parent_state = 'posted'
                   AND item.amount_residual < 0
                   AND item.date >= visit.held_on
                  JOIN account_account account
                    ON account.id = item.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN account_move origin
                    ON origin.id = item.move_id
                   AND origin.move_type != 'out_refund'
                 WHERE visit.id = ANY(%(ids)s)
                )
                SELECT id, SUM(amount) FROM paid GROUP BY id
                """,
                ids=self.ids,
            )
        )
        return dict(rows)

    def _ask_about_partial_payment(self, amount):
        """Tell management that part was paid: it decides on a suspension."""
        self.ensure_one()
        manager = self.company_id._recouvrement_responsible("manager")
        localized = self.with_context(lang=manager.lang or self.env.lang)
        localized._schedule_for(
            manager,
            "nest_recouvrement.mail_activity_type_visit_decision",
            localized.env._(
                "%(paid)s was paid since the visit of %(date)s, and %(claim)s is still"
                " to be claimed: prepare a suspension, or let the follow-up go on.",
                paid=self.currency_id.format(amount),
                date=format_date(localized.env, self.held_on),
                claim=self.currency_id.format(self.dossier_id.claimable_amount),
            ),
            summary=localized.env._("Partly paid after the visit"),
        )
