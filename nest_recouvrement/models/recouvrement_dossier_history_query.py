from odoo import api, models
from odoo.tools import SQL

from .recouvrement_dossier_fields import LEDGER_FIGURES


class RecouvrementDossier(models.Model):
    """The SQL of the past, and of every figure put together."""

    _inherit = "recouvrement.dossier"

    @api.model
    def _get_history_query(self):
        """Return the expressions about the past: turnover, delays, promises."""
        return SQL(
            """
            invoicing AS (
                SELECT target.dossier_id, first.invoice_date AS first_date,
                       ROUND(period.amount / months.count, 2) AS monthly_turnover
                  FROM target
                  JOIN LATERAL (
                    SELECT move.invoice_date FROM account_move move
                     WHERE move.commercial_partner_id = target.partner_id
                       AND move.company_id = target.company_id
                       AND move.state = 'posted'
                       AND move.move_type IN ('out_invoice', 'out_refund')
                       AND move.move_type = 'out_invoice'
                  ORDER BY move.invoice_date
                     LIMIT 1) first ON TRUE
            CROSS JOIN LATERAL (
                    -- Complete calendar months since then: 1 to the setting.
                    SELECT LEAST(target.turnover_months, GREATEST(1,
                        12 * (date_part('year', target.today)
                              - date_part('year', first.invoice_date))
                        + date_part('month', target.today)
                        - date_part('month', first.invoice_date)
                        - (date_part('day', first.invoice_date) > 1)::int
                    ))::int AS count) months
            CROSS JOIN LATERAL (
                    SELECT SUM(move.amount_untaxed_signed) AS amount
                      FROM account_move move
                     WHERE move.commercial_partner_id = target.partner_id
                       AND move.company_id = target.company_id
                       AND move.state = 'posted'
                       AND move.move_type IN ('out_invoice', 'out_refund')
                       AND move.invoice_date < date_trunc('month', target.today)::date
                       AND move.invoice_date >= (date_trunc('month', target.today)
                           - make_interval(months => months.count))::date) period
            ),
            settled AS (
                SELECT debit_move_id AS line_id, MAX(max_date) AS settled_on
                  FROM account_partial_reconcile
                 WHERE company_id IN (SELECT company_id FROM setting)
                   AND max_date >= (SELECT MIN(today) FROM setting)
                                   - interval '12 months'
                   AND %(settled_scope)s
              GROUP BY debit_move_id
            ),
            credited AS (
                SELECT partial.debit_move_id AS line_id, SUM(partial.amount) AS amount
                  FROM account_move refund
                  JOIN account_move_line credit
                    ON credit.move_id = refund.id
                   AND credit.display_type = 'payment_term'
                  JOIN account_partial_reconcile partial
                    ON partial.credit_move_id = credit.id
                 WHERE refund.company_id IN (SELECT company_id FROM setting)
                   AND refund.state = 'posted'
                   AND refund.move_type IN ('out_invoice', 'out_refund')
                   AND refund.move_type = 'out_refund'
                   AND %(credited_scope)s
              GROUP BY partial.debit_move_id
            ),
            paid AS (
                -- By partner first: few rows are left to be joined. What credit notes
                -- settled was not paid.
                SELECT line.partner_id, line.company_id,
                       SUM((settled.settled_on - line.date_maturity)
                           * (line.balance - COALESCE(credited.amount, 0)))
                           AS weighted_days,
                       SUM(line.balance - COALESCE(credited.amount, 0)) AS amount
                  FROM settled
             LEFT JOIN credited USING (line_id)
                  JOIN account_move_line line ON line.id = settled.line_id
                  JOIN setting ON setting.company_id = line.company_id
                 WHERE line.reconciled
                   AND line.parent_state = 'posted'
                   AND line.display_type = 'payment_term'
                   AND line.balance > 0
                   AND line.balance > COALESCE(credited.amount, 0)
                   AND line.account_id IN (
                       SELECT id FROM account_account
                        WHERE account_type = 'asset_receivable')
                   AND settled.settled_on > setting.today - interval '12 months'
              GROUP BY line.partner_id, line.company_id
            ),
            delay AS (
                SELECT target.dossier_id,
                       SUM(paid.weighted_days) / SUM(paid.amount)
                           AS average_delay_days
                  FROM paid
                  JOIN res_partner partner ON partner.id = paid.partner_id
                  JOIN target ON target.partner_id = partner.commercial_partner_id
                             AND target.company_id = paid.company_id
              GROUP BY target.dossier_id
            ),
            promise AS (
                SELECT commitment.dossier_id,
                       COUNT(*) AS ended,
                       COUNT(*) FILTER (WHERE commitment.state = 'kept') AS kept,
                       COUNT(*) FILTER (WHERE commitment.state = 'broken')
                           AS broken
                  FROM recouvrement_commitment commitment
                  JOIN target USING (dossier_id)
                 WHERE commitment.state IN ('kept', 'partly_kept', 'broken')
                   AND commitment.date_ended > target.today - interval '12 months'
              GROUP BY commitment.dossier_id
            ),
            noticed AS (
                SELECT DISTINCT action.dossier_id
                  FROM recouvrement_action action
                  JOIN recouvrement_plan_step step ON step.id = action.step_id
                  JOIN target ON target.dossier_id = action.dossier_id
                 WHERE action.state = 'done' AND step.stage = 'litigation'
                   AND action.date_done > target.today - interval '12 months'
            )
            """,
            credited_scope=SQL(
                "refund.commercial_partner_id = ANY(%s)", self.partner_id.ids
            )
            if self
            else SQL("TRUE"),
            settled_scope=SQL(
                """debit_move_id IN (
                    SELECT line.id FROM account_move_line line
                      JOIN res_partner partner ON partner.id = line.partner_id
                     WHERE partner.commercial_partner_id = ANY(%s)
                       AND line.parent_state = 'posted' AND line.reconciled
                       AND line.display_type = 'payment_term'
                       AND line.balance > 0)""",
                self.partner_id.ids,
            )
            if self
            else SQL("TRUE"),
        )

    @api.model
    def _get_computed_query(self):
        """Return every figure of every target, from the expressions above."""
        return SQL(
            """
            SELECT target.dossier_id, target.old_category_id,
                   %(ledger_amounts)s,
                   GREATEST(COALESCE(overdue_amount, 0) - COALESCE(disputed_amount, 0)
                       - COALESCE(promised_amount, 0)
                       - COALESCE(unallocated_credit, 0), 0) AS claimable_amount,
                   ledger.oldest_due_date,
                   COALESCE(target.today - ledger.oldest_due_date, 0) AS days_overdue,
                   COALESCE(ledger.open_invoice_count, 0) AS open_invoice_count,
                   COALESCE(ledger.overdue_invoice_count, 0) AS overdue_invoice_count,
                   invoicing.first_date AS first_invoice_date,
                   COALESCE(invoicing.monthly_turnover, 0) AS monthly_turnover,
                   COALESCE(delay.average_delay_days, 0) AS average_delay_days,
                   COALESCE(promise.kept::numeric / promise.ended, 0)
                       AS promise_kept_rate,
                   CASE WHEN target.category_locked THEN target.old_category_id
                        ELSE category.id END AS category_id,
                   CASE WHEN target.payer_profile_locked THEN target.old_profile
                        ELSE %(profile)s END AS payer_profile,
                   CASE WHEN noticed.dossier_id IS NOT NULL OR promise.broken >= 2
                             THEN 'repeat'
                        WHEN invoicing.first_date
                             + make_interval(months => target.new_months)
                             > target.today THEN 'new'
                        ELSE 'regular' END AS seniority
              FROM target
         LEFT JOIN ledger USING (dossier_id)
         LEFT JOIN invoicing USING (dossier_id)
         LEFT JOIN delay USING (dossier_id)
         LEFT JOIN promise USING (dossier_id)
         LEFT JOIN noticed USING (dossier_id)
         LEFT JOIN LATERAL (
                SELECT id FROM recouvrement_guarantor_category category
                 WHERE category.active
                   AND category.turnover_min
                       <= GREATEST(COALESCE(invoicing.monthly_turnover, 0), 0)
                   AND COALESCE(category.company_id, 0) = CASE WHEN EXISTS (
                       SELECT 1 FROM recouvrement_guarantor_category own
                        WHERE own.active AND own.company_id = target.company_id)
                       THEN target.company_id ELSE 0 END
              ORDER BY category.turnover_min DESC LIMIT 1) category ON TRUE
            """,
            ledger_amounts=SQL(", ").join(
                SQL(
                    "COALESCE(%s, 0) AS %s",
                    SQL.identifier("ledger", name),
                    SQL.identifier(name),
                )
                for name in LEDGER_FIGURES[: LEDGER_FIGURES.index("claimable_amount")]
            ),
            profile=self._get_payer_profile_expression(),
        )

    @api.model
    def _get_payer_profile_expression(self):
        """Return the profile suggested by behaviour (`sources/5`).

        Good: pays on time. Careless: pays late, when reminded. A slow payer is bad if
        it broke promises or lets a quarter of its debt get older than 120 days, and
        administrative if it merely takes its time. Nothing paid yet: no suggestion,
        unless promises were broken.
        """
        return SQL(
            """
            CASE WHEN promise.broken >= 2 THEN 'bad'
                 WHEN delay.average_delay_days IS NULL THEN NULL
                 WHEN delay.average_delay_days <= target.good_days THEN 'good'
                 WHEN delay.average_delay_days <= target.slow_days THEN 'careless'
                 WHEN promise.broken >= 1
                      OR ledger.bucket_121_plus * 4 > ledger.overdue_amount THEN 'bad'
                 ELSE 'administrative' END
            """
        )
