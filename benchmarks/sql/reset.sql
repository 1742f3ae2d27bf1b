-- Forget everything that follow-up made of the ledger. Foreign keys are not watched:
-- what hangs on a row goes with it here.
DELETE FROM mail_followers_mail_message_subtype_rel WHERE mail_followers_id IN (
    SELECT id FROM mail_followers WHERE res_model LIKE 'recouvrement.%');
DELETE FROM mail_followers WHERE res_model LIKE 'recouvrement.%';
DELETE FROM mail_activity WHERE res_model LIKE 'recouvrement.%';
DELETE FROM mail_message WHERE model LIKE 'recouvrement.%';
DELETE FROM mail_mail mail WHERE NOT EXISTS (
    SELECT 1 FROM mail_message message WHERE message.id = mail.mail_message_id);
DELETE FROM mail_notification notified WHERE NOT EXISTS (
    SELECT 1 FROM mail_message message WHERE message.id = notified.mail_message_id);
DELETE FROM mail_message_res_partner_rel rel WHERE NOT EXISTS (
    SELECT 1 FROM mail_message message WHERE message.id = rel.mail_message_id);
DELETE FROM mail_mail_res_partner_rel rel WHERE NOT EXISTS (
    SELECT 1 FROM mail_mail mail WHERE mail.id = rel.mail_mail_id);
TRUNCATE recouvrement_ledger_change, recouvrement_commitment_line,
    recouvrement_dispute_line, recouvrement_action_line;
DELETE FROM recouvrement_commitment;
DELETE FROM recouvrement_dispute;
DELETE FROM recouvrement_action;
DELETE FROM recouvrement_run;
DELETE FROM recouvrement_dossier;
