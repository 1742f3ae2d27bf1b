from . import (
    recouvrement_action_decide,
    recouvrement_check_match,
    recouvrement_dossier_hold,
    recouvrement_run_preview,
    recouvrement_run_preview_line,
)
