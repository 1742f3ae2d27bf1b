from . import (
    recouvrement_decision_mixin,
    recouvrement_freshness_mixin,
    recouvrement_item_mixin,
)
