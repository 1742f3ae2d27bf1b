from . import (
    base_partner_merge,
    recouvrement_action_decide,
    recouvrement_dossier_hold,
    recouvrement_run_preview,
    recouvrement_run_preview_line,
)
