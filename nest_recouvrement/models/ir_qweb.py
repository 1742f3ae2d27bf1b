from lxml import etree

from odoo import models


class IrQweb(models.AbstractModel):
    _inherit = "ir.qweb"

    def _generate_code_uncached(self, template):
        """Compile the letter of a batch once, instead of once per dossier.

        Odoo compiles the body of a mail template anew for each record, which takes far
        longer than to render it. The batch that asks for it lends a dict in the context
        key ``recouvrement_compiled``.
        """
        compiled = self.env.context.get("recouvrement_compiled")
        if compiled is None or not isinstance(template, etree._Element):
            return super()._generate_code_uncached(template)
        context = self.env.context
        key = (
            etree.tostring(template),
            *(context.get(name) for name in self._get_template_cache_keys()),
        )
        if key not in compiled:
            compiled[key] = super()._generate_code_uncached(template)
        return compiled[key]
