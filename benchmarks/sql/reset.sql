-- Forget everything that follow-up made of the ledger, and nothing else. Not by
-- TRUNCATE ... CASCADE: payments and invoices name what they settle, so it would take
-- the ledger, the companies and the users along.
DO $$
DECLARE
    made record;
BEGIN
    -- The tables are emptied all together: no need to look for what refers to what.
    SET LOCAL session_replication_role = replica;
    CREATE TEMPORARY TABLE follow_up ON COMMIT DROP AS
    WITH RECURSIVE follow_up AS (
        SELECT oid
          FROM pg_class
         WHERE relname IN ('recouvrement_dossier', 'recouvrement_run',
                           'recouvrement_ledger_change')
         UNION
        SELECT reference.conrelid
          FROM pg_constraint reference
          JOIN follow_up ON follow_up.oid = reference.confrelid
          JOIN pg_class referring ON referring.oid = reference.conrelid
         WHERE reference.contype = 'f'
           AND referring.relname LIKE 'recouvrement%'
    )
    SELECT oid FROM follow_up;
    FOR made IN SELECT oid::regclass AS name FROM follow_up LOOP
        EXECUTE format('DELETE FROM %s', made.name);
    END LOOP;
    FOR made IN
        SELECT reference.conrelid::regclass AS name, attribute.attname AS field
          FROM pg_constraint reference
          JOIN follow_up ON follow_up.oid = reference.confrelid
          JOIN pg_attribute attribute
            ON attribute.attrelid = reference.conrelid
           AND attribute.attnum = reference.conkey[1]
         WHERE reference.contype = 'f'
           AND NOT attribute.attnotnull
           AND reference.conrelid NOT IN (SELECT oid FROM follow_up)
    LOOP
        EXECUTE format('UPDATE %1$s SET %2$I = NULL WHERE %2$I IS NOT NULL',
                       made.name, made.field);
    END LOOP;
    DELETE FROM mail_activity;
    DELETE FROM mail_notification;
    DELETE FROM mail_mail;
    DELETE FROM mail_followers WHERE res_model LIKE 'recouvrement.%';
    DELETE FROM mail_message WHERE model LIKE 'recouvrement.%';
END
$$;
