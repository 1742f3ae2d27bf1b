from . import (
    recouvrement_action_decide,
    recouvrement_dossier_hold,
    recouvrement_run_preview,
    recouvrement_run_preview_line,
    recouvrement_suspension_allow,
    recouvrement_suspension_decide,
    recouvrement_suspension_notify,
    recouvrement_suspension_proof,
    recouvrement_visit_decline,
    validate_account_move,
)
