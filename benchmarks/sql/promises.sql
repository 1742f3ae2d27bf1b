-- Promises, disputes and errands on overdue invoices: 200 dossiers of 1 000 have an open
-- promise, 50 an errand (half of the cheques collected), one in fifteen contests
-- something, one in five has promises behind it.
CREATE FUNCTION pg_temp.chance(key bigint, purpose int) RETURNS float8
    IMMUTABLE PARALLEL SAFE LANGUAGE sql
    RETURN (hashint8extended(key, purpose) & 2147483647) / 2147483648.0;

CREATE TEMP TABLE contestable AS
SELECT dossier.id AS dossier_id, dossier.partner_id, dossier.company_id, item.*
  FROM recouvrement_dossier dossier
  JOIN LATERAL (
    SELECT line.id AS line_id, line.move_name, line.date_maturity,
           line.amount_residual, line.balance - line.amount_residual AS matched,
           row_number() OVER (ORDER BY line.date_maturity, line.id) AS rank
      FROM account_move_line line
      JOIN res_partner partner ON partner.id = line.partner_id
     WHERE partner.commercial_partner_id = dossier.partner_id
       AND line.parent_state = 'posted' AND line.display_type = 'payment_term'
       AND line.amount_residual > 0 AND line.date_maturity < current_date
     ORDER BY line.date_maturity, line.id LIMIT 5
  ) item ON TRUE;

-- The dossiers that owe something overdue, in an order that is always the same.
CREATE TEMP TABLE drawn AS
SELECT dossier.id, dossier.partner_id, dossier.company_id,
       row_number() OVER (ORDER BY pg_temp.chance(dossier.id, 41), dossier.id) AS rank,
       (SELECT COUNT(*) FROM recouvrement_dossier) AS dossiers
  FROM recouvrement_dossier dossier
 WHERE dossier.id IN (SELECT dossier_id FROM contestable);

WITH promised AS (
    INSERT INTO recouvrement_commitment
           (dossier_id, partner_id, company_id, date, amount, paid_amount, means, state,
            date_ended, create_uid, write_uid, create_date, write_date)
    SELECT id, partner_id, company_id,
           CASE WHEN kind = 'open' THEN current_date + 5
                ELSE current_date - 20 - (500 * pg_temp.chance(id, 42))::int END,
           0, 0, 'transfer', kind,
           CASE WHEN kind != 'open'
                THEN current_date - 18 - (500 * pg_temp.chance(id, 42))::int END,
           1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM (
        SELECT id, partner_id, company_id, 'open' AS kind FROM drawn
         WHERE rank <= dossiers * 200 / 1000
         UNION ALL
        SELECT id, partner_id, company_id, kind FROM recouvrement_dossier dossier
          JOIN (VALUES ('kept', 43, 0.15), ('broken', 44, 0.08),
                       ('partly_kept', 45, 0.03)) AS sort (kind, purpose, share)
            ON pg_temp.chance(dossier.id, purpose) < share
      ) made
 RETURNING id, dossier_id, state
)
INSERT INTO recouvrement_commitment_line
       (commitment_id, move_line_id, name, date_maturity, amount, matched_before,
        paid_amount, create_uid, write_uid, create_date, write_date)
SELECT promised.id, line_id, move_name, date_maturity,
       CASE WHEN rank = 1 THEN amount_residual / 2 ELSE amount_residual END, matched, 0,
       1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
  FROM promised JOIN contestable USING (dossier_id)
 WHERE state = 'open' AND rank <= 2;

UPDATE recouvrement_commitment promise SET amount = total
  FROM (SELECT commitment_id, SUM(amount) AS total
          FROM recouvrement_commitment_line GROUP BY commitment_id) line
 WHERE line.commitment_id = promise.id;

-- A cheque was promised for every fourth open promise: its courier's errand names the
-- same invoices, and every second cheque is in the courier's hands.
WITH errand AS (
    INSERT INTO recouvrement_pickup
           (name, sequence, kind, state, dossier_id, partner_id, company_id,
            commitment_id, date, amount, create_uid, write_uid, create_date, write_date)
    SELECT 'C' || promise.id, 10, 'collect',
           CASE WHEN drawn.rank % 2 = 0 THEN 'collected' ELSE 'to_collect' END,
           promise.dossier_id, promise.partner_id, promise.company_id, promise.id,
           promise.date, promise.amount,
           1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM recouvrement_commitment promise
      JOIN drawn ON drawn.id = promise.dossier_id
     WHERE promise.state = 'open' AND drawn.rank <= drawn.dossiers * 50 / 1000
 RETURNING id, commitment_id
)
INSERT INTO recouvrement_pickup_line
       (pickup_id, move_line_id, name, date_maturity, amount,
        create_uid, write_uid, create_date, write_date)
SELECT errand.id, line.move_line_id, line.name, line.date_maturity, line.amount,
       1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
  FROM errand JOIN recouvrement_commitment_line line USING (commitment_id);

UPDATE recouvrement_commitment SET means = 'cheque'
 WHERE id IN (SELECT commitment_id FROM recouvrement_pickup);

WITH contested AS (
    INSERT INTO recouvrement_dispute
           (name, dossier_id, partner_id, company_id, date, state, amount,
            create_uid, write_uid, create_date, write_date)
    SELECT 'Acte non couvert', id, partner_id, company_id, current_date - 10, 'open', 0,
           1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM recouvrement_dossier WHERE pg_temp.chance(id, 46) < 0.07
 RETURNING id, dossier_id
)
INSERT INTO recouvrement_dispute_line
       (dispute_id, move_line_id, name, date_maturity, amount,
        create_uid, write_uid, create_date, write_date)
SELECT contested.id, line_id, move_name, date_maturity, amount_residual * 0.7,
       1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
  FROM contested JOIN contestable USING (dossier_id)
 WHERE rank IN (1, 4);

UPDATE recouvrement_dispute dispute SET amount = total
  FROM (SELECT dispute_id, SUM(amount) AS total
          FROM recouvrement_dispute_line GROUP BY dispute_id) line
 WHERE line.dispute_id = dispute.id;

ANALYZE recouvrement_dossier; ANALYZE recouvrement_commitment;
ANALYZE recouvrement_commitment_line; ANALYZE recouvrement_dispute;
ANALYZE recouvrement_dispute_line;
ANALYZE recouvrement_pickup; ANALYZE recouvrement_pickup_line;
