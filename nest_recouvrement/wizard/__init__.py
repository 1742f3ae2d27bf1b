from . import (
    account_payment_register,
    recouvrement_action_decide,
    recouvrement_dossier_hold,
    recouvrement_payment_reject,
    recouvrement_run_preview,
    recouvrement_run_preview_line,
)
