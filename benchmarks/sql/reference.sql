-- The figures of design section 3, as one plain aggregate over the general ledger:
-- what the refresh is measured against, and checked against. Written on its own, from
-- the definitions, and not from the addon's code.
WITH entity AS (
    SELECT id, commercial_partner_id AS guarantor FROM res_partner
     WHERE commercial_partner_id IN (
           SELECT id FROM res_partner WHERE is_guarantor AND parent_id IS NULL)
),
receivable AS (
    SELECT id FROM account_account WHERE account_type = 'asset_receivable'
),
contest AS (
    SELECT line.move_line_id, SUM(line.amount) AS amount
      FROM recouvrement_dispute_line line
      JOIN recouvrement_dispute dispute ON dispute.id = line.dispute_id
     WHERE dispute.state = 'open'
     GROUP BY line.move_line_id
),
engagement AS (
    SELECT line.move_line_id, SUM(line.amount - line.paid_amount) AS amount
      FROM recouvrement_commitment_line line
      JOIN recouvrement_commitment promise ON promise.id = line.commitment_id
      JOIN res_company company ON company.id = promise.company_id
     WHERE promise.state = 'open'
       AND promise.date + company.recouvrement_commitment_grace_days >= %(today)s
     GROUP BY line.move_line_id
),
open_item AS (
    SELECT entity.guarantor, line.move_id, line.amount_residual AS residual,
           line.date_maturity, %(today)s - line.date_maturity AS late,
           line.display_type = 'payment_term' AS is_invoice,
           LEAST(COALESCE(contest.amount, 0), line.amount_residual) AS disputed,
           LEAST(COALESCE(engagement.amount, 0), line.amount_residual
                 - LEAST(COALESCE(contest.amount, 0), line.amount_residual))
               AS promised,
           line.amount_residual > 0 AND line.date_maturity < %(today)s
               AND line.no_followup IS NOT TRUE AS is_overdue
      FROM account_move_line line
      JOIN entity ON entity.id = line.partner_id
      LEFT JOIN contest ON contest.move_line_id = line.id
      LEFT JOIN engagement ON engagement.move_line_id = line.id
     WHERE line.parent_state = 'posted'
       AND line.account_id IN (SELECT id FROM receivable)
       AND line.company_id = %(company)s
       AND line.amount_residual <> 0
),
owed AS (
    SELECT guarantor, SUM(residual) AS balance,
           SUM(residual) FILTER (WHERE residual > 0 AND late <= 0) AS not_due,
           SUM(residual) FILTER (WHERE is_overdue) AS overdue,
           SUM(residual) FILTER (WHERE residual > 0 AND late > 0 AND NOT is_overdue)
               AS excluded,
           -SUM(residual) FILTER (WHERE residual < 0) AS credit,
           SUM(residual) FILTER (WHERE is_overdue AND late <= 30) AS d30,
           SUM(residual) FILTER (WHERE is_overdue AND late BETWEEN 31 AND 60) AS d60,
           SUM(residual) FILTER (WHERE is_overdue AND late BETWEEN 61 AND 90) AS d90,
           SUM(residual) FILTER (WHERE is_overdue AND late BETWEEN 91 AND 120) AS d120,
           SUM(residual) FILTER (WHERE is_overdue AND late > 120) AS older,
           SUM(disputed) FILTER (WHERE is_overdue) AS disputed,
           SUM(promised) FILTER (WHERE is_overdue) AS promised,
           MIN(date_maturity) FILTER (
               WHERE is_overdue AND residual > disputed + promised) AS oldest,
           COUNT(DISTINCT move_id) FILTER (WHERE residual > 0 AND is_invoice) AS invoices,
           COUNT(DISTINCT move_id) FILTER (WHERE is_overdue AND is_invoice) AS late_invoices
      FROM open_item
     GROUP BY guarantor
),
activity AS (
    SELECT commercial_partner_id AS guarantor,
           MIN(invoice_date) FILTER (WHERE move_type = 'out_invoice') AS first_date
      FROM account_move
     WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_refund')
       AND company_id = %(company)s
     GROUP BY commercial_partner_id
),
months AS (
    SELECT guarantor, first_date, GREATEST(COUNT(month), 1) AS count
      FROM activity
      JOIN res_company company ON company.id = %(company)s
      LEFT JOIN generate_series(
           date_trunc('month', %(today)s::date)
               - make_interval(months => company.recouvrement_turnover_months),
           date_trunc('month', %(today)s::date) - interval '1 day',
           interval '1 month') AS month ON month >= first_date
     GROUP BY guarantor, first_date
),
turnover AS (
    SELECT months.guarantor, SUM(move.amount_untaxed_signed) / months.count AS amount
      FROM months
      JOIN account_move move ON move.commercial_partner_id = months.guarantor
     WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
       AND move.company_id = %(company)s
       AND move.invoice_date < date_trunc('month', %(today)s::date)
       AND move.invoice_date >= date_trunc('month', %(today)s::date)
                                - make_interval(months => months.count::int)
     GROUP BY months.guarantor, months.count
),
credited AS (
    SELECT debit_move_id AS line_id, SUM(partial.amount) AS amount
      FROM account_partial_reconcile partial
      JOIN account_move_line credit ON credit.id = partial.credit_move_id
      JOIN account_move refund ON refund.id = credit.move_id
     WHERE refund.move_type = 'out_refund' AND refund.state = 'posted'
     GROUP BY debit_move_id
),
settled AS (
    SELECT debit_move_id AS line_id, MAX(max_date) AS day
      FROM account_partial_reconcile
     GROUP BY debit_move_id
),
delay AS (
    SELECT entity.guarantor,
           SUM((settled.day - line.date_maturity)
               * (line.balance - COALESCE(credited.amount, 0)))
               / SUM(line.balance - COALESCE(credited.amount, 0))
               AS days
      FROM account_move_line line
      JOIN settled ON settled.line_id = line.id
 LEFT JOIN credited ON credited.line_id = line.id
      JOIN entity ON entity.id = line.partner_id
     WHERE line.parent_state = 'posted' AND line.reconciled
       AND line.display_type = 'payment_term' AND line.balance > COALESCE(credited.amount, 0)
       AND line.account_id IN (SELECT id FROM receivable)
       AND line.company_id = %(company)s
       AND settled.day > %(today)s - interval '12 months'
     GROUP BY entity.guarantor
),
promises AS (
    SELECT partner_id AS guarantor,
           AVG((state = 'kept')::int) AS kept_rate
      FROM recouvrement_commitment
     WHERE company_id = %(company)s AND state IN ('kept', 'partly_kept', 'broken')
       AND date_ended > %(today)s - interval '12 months'
     GROUP BY partner_id
)
SELECT guarantor,
       COALESCE(not_due, 0), COALESCE(overdue, 0), COALESCE(excluded, 0),
       COALESCE(credit, 0), COALESCE(balance, 0), COALESCE(d30, 0), COALESCE(d60, 0),
       COALESCE(d90, 0), COALESCE(d120, 0), COALESCE(older, 0), COALESCE(disputed, 0),
       COALESCE(promised, 0),
       GREATEST(COALESCE(overdue, 0) - COALESCE(disputed, 0) - COALESCE(promised, 0)
                - COALESCE(credit, 0), 0),
       oldest, COALESCE(%(today)s - oldest, 0),
       COALESCE(invoices, 0), COALESCE(late_invoices, 0), months.first_date,
       ROUND(COALESCE(turnover.amount, 0), 2), ROUND(COALESCE(days, 0), 6),
       ROUND(COALESCE(kept_rate, 0), 6)
  FROM months
  LEFT JOIN owed USING (guarantor)
  LEFT JOIN turnover USING (guarantor)
  LEFT JOIN delay USING (guarantor)
  LEFT JOIN promises USING (guarantor)
 ORDER BY guarantor
