-- What the ledger holds, before it is written: one row per guarantor, invoice,
-- payment and credit note.

-- A number in [0, 1) that depends on nothing but the row and the purpose.
CREATE FUNCTION pg_temp.chance(key bigint, purpose int) RETURNS float8
    IMMUTABLE PARALLEL SAFE LANGUAGE sql
    RETURN (hashint8extended(key, purpose) & 2147483647) / 2147483648.0;

CREATE TEMP TABLE guarantor AS
SELECT k,
       (SELECT MAX(id) FROM res_partner) + k AS partner_id,
       -- The invoice contact follows the guarantors; two out of five have one.
       CASE WHEN pg_temp.chance(k, 1) < 0.4
            THEN (SELECT MAX(id) FROM res_partner) + %(guarantors)s + k
            END AS contact_id,
       -- Average invoice: 30 000 to 400 000, most of them small.
       30000 + 370000 * power(pg_temp.chance(k, 2), 3) AS scale,
       (ARRAY[30, 30, 45, 60])[1 + floor(4 * pg_temp.chance(k, 3))::int] AS term,
       -- Good, careless and slow payers.
       (ARRAY[1, 2, 2, 3])[1 + floor(4 * pg_temp.chance(k, 4))::int] AS profile
  FROM generate_series(1, %(guarantors)s) k;

CREATE TEMP TABLE invoice AS
SELECT drawn.*,
       CASE WHEN fate = 'part' THEN 100 * ceil(amount * (0.2 + 0.6 * chance) / 100)
            WHEN fate = 'paid' THEN amount
            ELSE 0 END::numeric AS paid
  FROM (
    SELECT planned.*, pg_temp.chance(i, 15) AS chance,
           CASE WHEN luck < 0.015 AND due < %(today)s THEN 'reversed'
                WHEN settled_on > %(today)s THEN 'open'
                -- Three profiles, the same share of unpaid invoices on the whole.
                WHEN luck > 1 - (ARRAY[0.11, 0.26, 0.51])[profile] THEN 'open'
                WHEN luck > 0.94 - (ARRAY[0.11, 0.26, 0.51])[profile] THEN 'part'
                ELSE 'paid' END AS fate
      FROM (
        SELECT dated.*, day + term AS due,
               -- Payers have their days: twice a month.
               CASE WHEN EXTRACT(day FROM wished) <= 15
                    THEN date_trunc('month', wished) + interval '14 days'
                    ELSE date_trunc('month', wished) + interval '1 month - 1 day'
                    END::date AS settled_on
          FROM (
            SELECT (k - 1) * %(invoices)s + n AS i, guarantor.*,
                   %(today)s - 1 - floor(%(days)s * pg_temp.chance(
                       (k - 1) * %(invoices)s + n, 11))::int AS day,
                   (100 * ceil(scale * (0.2 + 1.6 * pg_temp.chance(
                       (k - 1) * %(invoices)s + n, 12)) / 100))::numeric AS amount,
                   pg_temp.chance((k - 1) * %(invoices)s + n, 13) AS luck
              FROM guarantor, generate_series(1, %(invoices)s) n
          ) dated
     CROSS JOIN LATERAL (
            SELECT day + term + floor((ARRAY[-12, 0, 20])[profile]
                       + (ARRAY[16, 45, 80])[profile]
                         * pg_temp.chance(i, 14))::int AS wished
          ) delay
      ) planned
  ) drawn;

CREATE TEMP TABLE payment AS
SELECT row_number() OVER (ORDER BY day, k, i) AS p, paying.*
  FROM (
    -- One payment for what a guarantor settles on one day.
    SELECT k, settled_on AS day, NULL::bigint AS i, SUM(paid) AS amount, 'full' AS kind
      FROM invoice WHERE fate = 'paid' GROUP BY k, settled_on
     UNION ALL
    SELECT k, settled_on, i, paid, 'part' FROM invoice WHERE fate = 'part'
     UNION ALL
    -- Received, and not matched with anything.
    SELECT k, %(today)s - 1 - floor(90 * chance)::int, i, amount, 'loose'
      FROM invoice WHERE pg_temp.chance(i, 21) < 0.006
  ) paying;

CREATE TEMP TABLE refund AS
SELECT row_number() OVER (ORDER BY day, i) AS r, crediting.*
  FROM (
    SELECT k, i, LEAST(due, %(today)s - 1) AS day, amount, 'full' AS kind
      FROM invoice WHERE fate = 'reversed'
     UNION ALL
    SELECT k, i, LEAST(day + 10, %(today)s - 1), 100 * ceil(amount / 500), 'loose'
      FROM invoice WHERE pg_temp.chance(i, 22) < 0.008
  ) crediting;

-- Ids of the rows to be written, and numbers as sequences give them, year by year.
CREATE TEMP TABLE numbers AS
SELECT (SELECT COALESCE(MAX(id), 0) FROM account_move) AS move,
       (SELECT COALESCE(MAX(id), 0) FROM account_move_line) AS line,
       (SELECT COALESCE(MAX(id), 0) FROM account_payment) AS payment,
       (SELECT COALESCE(MAX(id), 0) FROM account_partial_reconcile) AS partial,
       (SELECT COALESCE(MAX(id), 0) FROM account_full_reconcile) AS full_reconcile,
       (SELECT COUNT(*) FROM invoice) AS invoices,
       (SELECT COUNT(*) FROM refund) AS refunds;

CREATE TEMP TABLE document AS
SELECT numbered.*, prefix || lpad(number::text, GREATEST(5, length(number::text)), '0')
           AS name
  FROM (
    SELECT dated.*,
           row_number() OVER (PARTITION BY prefix ORDER BY day, position) AS number
      FROM (
        SELECT numbers.move + i AS id, i AS position, 'out_invoice' AS kind, k, i AS own,
               day, due, amount, fate,
               'INV/' || EXTRACT(year FROM day) || '/' AS prefix,
               amount - paid - CASE WHEN fate = 'reversed' THEN amount ELSE 0 END
                   AS residual
          FROM invoice, numbers
         UNION ALL
        SELECT numbers.move + numbers.invoices + r, r, 'out_refund', k, r,
               day, day, amount, kind,
               'RINV/' || EXTRACT(year FROM day) || '/',
               CASE WHEN kind = 'loose' THEN amount ELSE 0 END
          FROM refund, numbers
         UNION ALL
        SELECT numbers.move + numbers.invoices + numbers.refunds + p, p, 'entry', k, p,
               day, day, amount, kind,
               'PBNK1/' || EXTRACT(year FROM day) || '/',
               CASE WHEN kind = 'loose' THEN amount ELSE 0 END
          FROM payment, numbers
      ) dated
  ) numbered;

-- What is matched with what. Components of one payment share their number.
CREATE TEMP TABLE matching AS
SELECT numbers.partial + row_number() OVER (ORDER BY p, r, invoice.i) AS id,
       CASE WHEN matched.is_full THEN numbers.full_reconcile
            + dense_rank() OVER (ORDER BY matched.is_full DESC, p, r) END AS full_id,
       invoice.i, matched.p, matched.r,
       CASE WHEN r IS NULL THEN invoice.paid ELSE invoice.amount END AS amount,
       GREATEST(invoice.day, matched.day) AS day
  FROM (
    SELECT invoice.i, payment.p, NULL::bigint AS r, payment.day, TRUE AS is_full
      FROM payment JOIN invoice ON invoice.k = payment.k
                               AND invoice.settled_on = payment.day
     WHERE payment.kind = 'full' AND invoice.fate = 'paid'
     UNION ALL
    SELECT i, p, NULL, day, FALSE FROM payment WHERE kind = 'part'
     UNION ALL
    SELECT i, NULL, r, day, TRUE FROM refund WHERE kind = 'full'
  ) matched
  JOIN invoice USING (i), numbers;

ANALYZE guarantor; ANALYZE invoice; ANALYZE payment; ANALYZE refund;
ANALYZE document; ANALYZE matching;
