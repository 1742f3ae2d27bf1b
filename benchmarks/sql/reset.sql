-- Forget everything that follow-up made of the ledger.
DELETE FROM mail_message WHERE model IN (
    'recouvrement.dossier', 'recouvrement.commitment', 'recouvrement.dispute');
DELETE FROM mail_activity WHERE recouvrement_action_id IS NOT NULL;
DELETE FROM mail_followers WHERE res_model LIKE 'recouvrement.%%';
DELETE FROM recouvrement_ledger_change;
UPDATE recouvrement_dossier SET pending_action_id = NULL
 WHERE pending_action_id IS NOT NULL;
DELETE FROM recouvrement_commitment;
DELETE FROM recouvrement_dispute;
DELETE FROM recouvrement_action;
DELETE FROM recouvrement_run;
DELETE FROM recouvrement_dossier;
