from . import (
    recouvrement_action_decide,
    recouvrement_dossier_hold,
    recouvrement_pickup_cancel,
    recouvrement_pickup_collect,
    recouvrement_pickup_deliver,
    recouvrement_pickup_fail,
    recouvrement_pickup_hand_over,
    recouvrement_pickup_receive,
    recouvrement_pickup_receive_line,
    recouvrement_run_preview,
    recouvrement_run_preview_line,
)
