from . import recouvrement_freshness_mixin, recouvrement_item_mixin
