from . import (
    recouvrement_action_decide,
    recouvrement_call,
    recouvrement_call_answer,
    recouvrement_call_line,
    recouvrement_call_outcome,
    recouvrement_call_settlement,
    recouvrement_commitment_cancel,
    recouvrement_dossier_hold,
    recouvrement_run_preview,
    recouvrement_run_preview_line,
)
