SELECT setval(pg_get_serial_sequence(owner, 'id'), top)
  FROM (
    SELECT 'res_partner' AS owner, MAX(id) AS top FROM res_partner
     UNION ALL SELECT 'account_move', MAX(id) FROM account_move
     UNION ALL SELECT 'account_move_line', MAX(id) FROM account_move_line
     UNION ALL SELECT 'account_payment', MAX(id) FROM account_payment
     UNION ALL SELECT 'account_partial_reconcile', MAX(id)
                 FROM account_partial_reconcile
     UNION ALL SELECT 'account_full_reconcile', MAX(id) FROM account_full_reconcile
  ) used;
