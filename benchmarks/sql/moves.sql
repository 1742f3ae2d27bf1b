-- Invoices, credit notes and the entries of payments.
INSERT INTO account_move
       (id, name, sequence_prefix, sequence_number, ref, state, move_type, date,
        invoice_date, invoice_date_due, journal_id, company_id, currency_id,
        partner_id, commercial_partner_id, partner_shipping_id,
        invoice_partner_display_name, invoice_user_id, payment_reference,
        payment_state, origin_payment_id, auto_post, checked, posted_before,
        always_tax_exigible, made_sequence_gap, is_manually_modified,
        invoice_currency_rate, amount_tax, amount_tax_signed,
        amount_untaxed, amount_untaxed_signed, amount_untaxed_in_currency_signed,
        amount_total, amount_total_signed, amount_total_in_currency_signed,
        amount_residual, amount_residual_signed,
        create_uid, write_uid, create_date, write_date)
SELECT document.id, name, prefix, number,
       CASE WHEN is_invoice THEN 'BON-' || document.id END, 'posted', kind, day,
       CASE WHEN is_invoice THEN day END, due,
       CASE WHEN is_invoice THEN %(sale_journal)s ELSE %(bank_journal)s END,
       %(company)s, %(currency)s, written_to, partner_id,
       CASE WHEN is_invoice THEN written_to END,
       'Garant ' || k, CASE WHEN is_invoice THEN 1 END,
       CASE WHEN kind = 'out_invoice' THEN name END,
       CASE WHEN kind = 'entry' OR fate IN ('open', 'loose') THEN 'not_paid'
            WHEN fate = 'part' THEN 'partial'
            WHEN fate = 'reversed' THEN 'reversed'
            ELSE 'paid' END,
       CASE WHEN kind = 'entry' THEN numbers.payment + own END,
       'no', TRUE, TRUE, NOT is_invoice, FALSE, FALSE,
       is_invoice::int, 0, 0,
       untaxed, sign * untaxed, sign * untaxed,
       amount, sign * amount, sign * amount,
       CASE WHEN is_invoice THEN residual ELSE 0 END,
       CASE WHEN is_invoice THEN sign * residual ELSE 0 END,
       1, 1, day + time '10:00', day + time '10:00'
  FROM document
  JOIN guarantor USING (k)
 CROSS JOIN numbers
 CROSS JOIN LATERAL (
    SELECT kind != 'entry' AS is_invoice,
           CASE WHEN kind = 'out_refund' THEN -1 ELSE 1 END AS sign,
           CASE WHEN kind = 'entry' THEN 0 ELSE amount END AS untaxed,
           -- Some invoices are made out to the contact, and owed by the guarantor.
           CASE WHEN kind = 'out_invoice' AND contact_id IS NOT NULL
                     AND pg_temp.chance(document.id, 31) < 0.3
                THEN contact_id ELSE partner_id END AS written_to) said;

INSERT INTO account_payment
       (id, name, memo, move_id, date, state, amount, amount_company_currency_signed,
        journal_id, company_id, currency_id, partner_id, partner_type, payment_type,
        payment_method_id, payment_method_line_id, outstanding_account_id,
        destination_account_id, is_reconciled, is_matched, is_sent,
        create_uid, write_uid, create_date, write_date)
SELECT numbers.payment + own, name, 'VIR ' || own, document.id, day,
       CASE WHEN fate = 'full' THEN 'paid' ELSE 'in_process' END, amount, amount,
       %(bank_journal)s, %(company)s, %(currency)s, partner_id, 'customer', 'inbound',
       %(payment_method)s, %(payment_method_line)s, %(outstanding_account)s,
       %(receivable_account)s, residual = 0, FALSE, FALSE,
       1, 1, day + time '10:00', day + time '10:00'
  FROM document JOIN guarantor USING (k) CROSS JOIN numbers
 WHERE kind = 'entry';

INSERT INTO account_move__account_payment (invoice_id, payment_id)
SELECT DISTINCT numbers.move + i, numbers.payment + p
  FROM matching, numbers WHERE p IS NOT NULL;
