-- What is wrong with a ledger: nothing, or rows of (rule, number of cases).
SELECT rule, cases FROM (
    SELECT 'entries that do not balance' AS rule, COUNT(*) AS cases
      FROM (SELECT move_id FROM account_move_line
             GROUP BY move_id HAVING SUM(balance) <> 0) entry
     UNION ALL
    SELECT 'residuals that differ from what is matched', COUNT(*)
      FROM account_move_line line
      JOIN account_account account ON account.id = line.account_id
      LEFT JOIN (SELECT debit_move_id, SUM(amount) AS amount
                   FROM account_partial_reconcile GROUP BY debit_move_id) debit
        ON debit.debit_move_id = line.id
      LEFT JOIN (SELECT credit_move_id, SUM(amount) AS amount
                   FROM account_partial_reconcile GROUP BY credit_move_id) credit
        ON credit.credit_move_id = line.id
     WHERE account.account_type = 'asset_receivable'
       AND line.amount_residual <> line.balance - COALESCE(debit.amount, 0)
                                   + COALESCE(credit.amount, 0)
     UNION ALL
    SELECT 'items marked as matched that are not, or the reverse', COUNT(*)
      FROM account_move_line line
      JOIN account_account account ON account.id = line.account_id
     WHERE account.account_type = 'asset_receivable'
       AND line.reconciled <> (line.amount_residual = 0)
     UNION ALL
    SELECT 'full matchings that leave something', COUNT(*)
      FROM (SELECT full_reconcile_id FROM account_move_line
             WHERE full_reconcile_id IS NOT NULL
             GROUP BY full_reconcile_id
            HAVING SUM(balance) <> 0 OR COUNT(*) < 2) matching
     UNION ALL
    SELECT 'invoices whose residual is not that of their items', COUNT(*)
      FROM account_move move
      JOIN (SELECT move_id, SUM(amount_residual) AS residual FROM account_move_line
             WHERE display_type = 'payment_term' GROUP BY move_id) term
        ON term.move_id = move.id
     WHERE term.residual <> move.amount_residual_signed
) checked
WHERE cases > 0
