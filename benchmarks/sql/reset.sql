-- Forget everything that follow-up made of the ledger. Tables that end up empty are
-- truncated: PostgreSQL takes them for new, and not for always empty.
TRUNCATE recouvrement_pickup_line, recouvrement_pickup,
    recouvrement_action_line, recouvrement_action, recouvrement_commitment_line,
    recouvrement_commitment, recouvrement_dispute_line, recouvrement_dispute,
    recouvrement_ledger_change, recouvrement_run, recouvrement_dossier,
    mail_activity, mail_mail, mail_notification CASCADE;
DELETE FROM mail_followers WHERE res_model LIKE 'recouvrement.%';
DELETE FROM mail_message WHERE model LIKE 'recouvrement.%';
