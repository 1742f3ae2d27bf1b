-- Guarantors, and the invoice contacts of some.
INSERT INTO res_partner
       (id, name, complete_name, commercial_company_name, commercial_partner_id,
        parent_id, type, is_company, is_guarantor, email, email_normalized, phone,
        street, city, country_id, lang, active, customer_rank, supplier_rank,
        partner_share, autopost_bills, color, message_bounce,
        create_uid, write_uid, create_date, write_date)
SELECT id, name, complete_name, guarantor_name, partner_id,
       parent_id, type, parent_id IS NULL, TRUE, email, email, '+221 33 800 00 00',
       k || ' avenue Bourguiba', (ARRAY['Dakar', 'Pikine', 'Thiès'])[1 + k %% 3],
       %(country)s, 'fr_FR', TRUE, CASE WHEN parent_id IS NULL THEN 1 ELSE 0 END, 0,
       TRUE, 'ask', 0, 0,
       1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
  FROM (
    SELECT k, partner_id, 'Garant ' || k AS guarantor_name,
           partner_id AS id, NULL::bigint AS parent_id, 'contact' AS type,
           'Garant ' || k AS name, 'Garant ' || k AS complete_name,
           'garant' || k || '@example.com' AS email
      FROM guarantor
     UNION ALL
    SELECT k, partner_id, 'Garant ' || k,
           contact_id, partner_id, 'invoice',
           'Comptabilité', 'Garant ' || k || ', Comptabilité',
           'comptabilite' || k || '@example.com'
      FROM guarantor WHERE contact_id IS NOT NULL
  ) contact;
