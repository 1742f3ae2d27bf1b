-- Two items per document: what is receivable, and where it comes from. The second is
-- always the receivable one.
CREATE TEMP TABLE matched_document AS
SELECT document.id,
       CASE WHEN MAX(full_id) IS NULL THEN 'P' || MIN(matching.id)
            ELSE MAX(full_id)::text END AS matching_number,
       MAX(full_id) AS full_id
  FROM matching
 CROSS JOIN numbers
 CROSS JOIN LATERAL (VALUES
    (numbers.move + i),
    (numbers.move + numbers.invoices + r),
    (numbers.move + numbers.invoices + numbers.refunds + p)) AS document (id)
 WHERE document.id IS NOT NULL
 GROUP BY document.id;

INSERT INTO account_move_line
       (id, move_id, move_name, ref, name, parent_state, date, invoice_date,
        date_maturity, journal_id, company_id, company_currency_id, currency_id,
        account_id, partner_id, payment_id, display_type, sequence, quantity,
        price_unit, price_subtotal, price_total, discount,
        debit, credit, balance, amount_currency,
        amount_residual, amount_residual_currency, reconciled,
        full_reconcile_id, matching_number, no_followup, is_storno,
        deductible_amount, create_uid, write_uid, create_date, write_date)
SELECT numbers.line + 2 * (document.id - numbers.move) - 1 + side.receivable,
       document.id, move.name, move.ref,
       CASE WHEN is_entry THEN 'VIR ' || own
            WHEN is_term THEN CASE WHEN document.kind = 'out_invoice' THEN move.name END
            ELSE 'Soins' END,
       'posted', document.day, move.invoice_date,
       CASE WHEN is_term OR is_entry THEN document.due END,
       move.journal_id, %(company)s, %(currency)s, %(currency)s,
       CASE WHEN is_term THEN %(receivable_account)s
            WHEN is_entry THEN %(outstanding_account)s
            ELSE %(income_account)s END,
       move.partner_id, move.origin_payment_id,
       CASE WHEN is_term AND NOT is_entry THEN 'payment_term' ELSE 'product' END,
       CASE WHEN is_term AND NOT is_entry THEN 12000 ELSE 100 END,
       CASE WHEN is_term AND NOT is_entry THEN 0 ELSE 1 END,
       CASE WHEN is_entry OR is_term THEN 0 ELSE document.amount END,
       CASE WHEN is_entry THEN balance WHEN is_term THEN 0 ELSE document.amount END,
       CASE WHEN is_entry THEN balance WHEN is_term THEN 0 ELSE document.amount END,
       0, GREATEST(balance, 0), GREATEST(-balance, 0), balance, balance,
       residual_due, residual_due, is_term AND residual_due = 0,
       CASE WHEN is_term THEN matched_document.full_id END,
       CASE WHEN is_term THEN matched_document.matching_number END,
       FALSE, FALSE, 100,
       1, 1, move.create_date, move.write_date
  FROM document
  JOIN account_move move ON move.id = document.id
 CROSS JOIN numbers
 CROSS JOIN (VALUES (0), (1)) AS side (receivable)
  LEFT JOIN matched_document ON matched_document.id = document.id
 CROSS JOIN LATERAL (
    SELECT document.kind = 'entry' AS is_entry, receivable = 1 AS is_term,
           CASE WHEN (document.kind = 'out_invoice') = (receivable = 1)
                THEN document.amount ELSE -document.amount END AS balance,
           CASE WHEN receivable = 1
                THEN CASE WHEN document.kind = 'out_invoice' THEN document.residual
                          ELSE -document.residual END
                -- Outstanding receipts are matched by the bank's statement.
                WHEN document.kind = 'entry' THEN document.amount
                ELSE 0 END AS residual_due) said
 ORDER BY document.day, document.id, side.receivable;
