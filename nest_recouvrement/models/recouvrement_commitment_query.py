from odoo import api, models
from odoo.tools import SQL


class RecouvrementCommitment(models.Model):
    """The SQL of promises: what was paid on their items, and what is still owed."""

    _inherit = "recouvrement.commitment"

    @api.model
    def _get_payments_query(self, item):
        """Return the payments matched with a journal item: amount and date.

        Money, in a journal of bank, cash or card, or a payment registered in Odoo. A
        credit note and a miscellaneous entry, such as a transfer to doubtful debts,
        pay nothing: no promise is kept by them. The exchange difference of a payment
        belongs to it.

        :param odoo.tools.SQL item: the id of the journal item that is paid
        :rtype: odoo.tools.SQL
        """
        return SQL(
            """
            SELECT partial.amount, partial.max_date AS paid_on
              FROM account_partial_reconcile partial
              JOIN account_move_line credit ON credit.id = partial.credit_move_id
              JOIN account_journal journal ON journal.id = credit.journal_id
             WHERE partial.debit_move_id = %s
               AND (credit.payment_id IS NOT NULL
                    OR journal.type IN ('bank', 'cash', 'credit')
                    OR EXISTS (
                       SELECT FROM account_partial_reconcile cause
                         JOIN account_move_line paid ON paid.id = cause.credit_move_id
                         JOIN account_journal origin ON origin.id = paid.journal_id
                        WHERE cause.debit_move_id = partial.debit_move_id
                          AND cause.exchange_move_id = credit.move_id
                          AND (paid.payment_id IS NOT NULL
                               OR origin.type IN ('bank', 'cash', 'credit'))))
            """,
            item,
        )

    def _get_paid_update_query(self):
        """Return the statement that spreads what was matched over the promises.

        Per item, what was paid since the first of its promises pays them in the order
        of their dates.
        """
        return SQL(
            """
            WITH line AS (
                SELECT line.id, line.move_line_id, line.amount, line.matched_before,
                       commitment.state, commitment.date, commitment.id AS promise_id,
                       commitment.date + company.recouvrement_commitment_grace_days
                           AS deadline
                  FROM recouvrement_commitment_line line
                  JOIN recouvrement_commitment commitment
                    ON commitment.id = line.commitment_id
                  JOIN res_company company ON company.id = commitment.company_id
                 WHERE commitment.state != 'cancelled'
                   AND line.move_line_id IN (
                       SELECT move_line_id FROM recouvrement_commitment_line
                        WHERE commitment_id = ANY(%(ids)s))
            ),
            matched AS (
                SELECT line.id,
                       COALESCE(SUM(payment.amount), 0) - line.matched_before
                           AS amount
                  FROM line
             LEFT JOIN LATERAL (%(payments)s) payment
                    ON payment.paid_on <= line.deadline
              GROUP BY line.id, line.matched_before
            ),
            earlier AS (
                -- What the promises that come first still expected at that time.
                SELECT line.id,
                       COALESCE(SUM(GREATEST(other.amount - GREATEST(
                           line.matched_before - other.matched_before, 0), 0)), 0)
                           AS amount
                  FROM line
             LEFT JOIN line other
                    ON other.move_line_id = line.move_line_id
                   AND other.state IN ('open', 'kept')
                   AND (other.date, other.promise_id)
                       < (line.date, line.promise_id)
              GROUP BY line.id
            )
            UPDATE recouvrement_commitment_line
               SET paid_amount = LEAST(GREATEST(
                       matched.amount - earlier.amount, 0), line.amount)
              FROM line JOIN matched USING (id) JOIN earlier USING (id)
             WHERE recouvrement_commitment_line.id = line.id
               AND (line.state = 'open' OR line.promise_id = ANY(%(ids)s))
            """,
            ids=self.ids,
            payments=self._get_payments_query(SQL("line.move_line_id")),
        )

    def _get_lost_query(self, final=False):
        """Return the statement that finds what is promised, but no longer owed.

        On an item that left the ledger (cancelled, deleted) nothing is owed. One whose
        invoice is back to draft is expected until ``final``: it may be corrected and
        confirmed again, with the same item or another one. On the others: their amount
        without all that was matched, except payments that came too late, which leave a
        promise broken. The promises that come first are covered first.
        """
        return SQL(
            """
            WITH line AS (
                SELECT line.id, line.move_line_id, line.commitment_id,
                       line.amount - COALESCE(line.paid_amount, 0) AS expected,
                       item.balance,
                       COALESCE(item.parent_state, move.state) AS status,
                       COALESCE(item.parent_state = 'posted', FALSE) AS is_posted,
                       commitment.date, commitment.date
                           + company.recouvrement_commitment_grace_days AS deadline
                  FROM recouvrement_commitment_line line
                  JOIN recouvrement_commitment commitment
                    ON commitment.id = line.commitment_id
                  JOIN res_company company ON company.id = commitment.company_id
             LEFT JOIN account_move_line item
                    ON item.id = line.move_line_id
             LEFT JOIN account_move move ON move.id = line.move_id
                 WHERE commitment.state = 'open'
                   AND (line.commitment_id = ANY(%(ids)s)
                        OR line.move_line_id IN (
                            SELECT move_line_id FROM recouvrement_commitment_line
                             WHERE commitment_id = ANY(%(ids)s)))
            ),
            owed AS (
                SELECT line.*,
                       GREATEST(COALESCE(line.balance, 0)
                           - COALESCE(matched.amount, 0)
                           + COALESCE(late.amount, 0), 0) AS amount,
                       COALESCE(SUM(line.expected) OVER (
                           PARTITION BY line.move_line_id
                           ORDER BY line.date, line.commitment_id
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
                           AS expected_before
                  FROM line
             LEFT JOIN LATERAL (
                    SELECT SUM(partial.amount) AS amount
                      FROM account_partial_reconcile partial
                     WHERE partial.debit_move_id = line.move_line_id) matched ON TRUE
             LEFT JOIN LATERAL (
                    SELECT SUM(payment.amount) AS amount
                      FROM (%(payments)s) payment
                     WHERE payment.paid_on > line.deadline) late ON TRUE
            ),
            kept AS (
                SELECT id, commitment_id, expected,
                       CASE WHEN is_posted THEN 'posted'
                            WHEN status = 'draft' THEN 'draft'
                            ELSE 'gone' END AS status,
                       CASE WHEN is_posted THEN GREATEST(
                                LEAST(expected, amount - expected_before), 0)
                            WHEN status = 'draft' AND NOT %(final)s THEN expected
                            ELSE 0 END AS still_expected
                  FROM owed
            )
            SELECT id, still_expected, status FROM kept
             WHERE ROUND(still_expected, 2) < ROUND(expected, 2)
               AND commitment_id = ANY(%(ids)s)
          ORDER BY id
            """,
            final=final,
            ids=self.ids,
            payments=self._get_payments_query(SQL("line.move_line_id")),
        )
