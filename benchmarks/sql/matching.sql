INSERT INTO account_full_reconcile (id, create_uid, write_uid, create_date, write_date)
SELECT DISTINCT full_id, 1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
  FROM matching WHERE full_id IS NOT NULL;

INSERT INTO account_partial_reconcile
       (id, debit_move_id, credit_move_id, full_reconcile_id, company_id,
        debit_currency_id, credit_currency_id, amount, debit_amount_currency,
        credit_amount_currency, max_date,
        create_uid, write_uid, create_date, write_date)
SELECT matching.id, numbers.line + 2 * i,
       numbers.line + 2 * (numbers.invoices
                           + COALESCE(r, numbers.refunds + p)),
       full_id, %(company)s, %(currency)s, %(currency)s, amount, amount, amount, day,
       1, 1, day + time '12:00', day + time '12:00'
  FROM matching, numbers
 ORDER BY day, matching.id;
