from odoo import api, fields, models
from odoo.tools.rendering_tools import parse_inline_template
from odoo.tools.safe_eval import safe_eval


class MailTemplate(models.Model):
    _inherit = "mail.template"

    recouvrement_statement = fields.Selection(
        string="Attach Statement",
        help="Document rendered for each dossier and attached to the message.",
        selection=[
            ("overdue", "Statement of overdue invoices"),
            ("all", "Statement of account"),
            ("courtesy", "Statement of invoices falling due"),
        ],
    )

    @api.model
    def _render_template_inline_template(
        self, template_txt, model, res_ids, add_context=None, options=None
    ):
        """Compile the subject and senders of a batch once, not once per dossier.

        See :meth:`ir.qweb._generate_code_uncached`.
        """
        if (
            "recouvrement_compiled" not in self.env.context
            or not self._has_unsafe_expression_template_inline_template(
                str(template_txt or ""), model
            )
        ):
            return super()._render_template_inline_template(
                template_txt, model, res_ids, add_context, options
            )
        records = self.env[model].browse(res_ids)
        values = {
            **self._render_eval_context(),
            **(add_context or {}),
            "recouvrement_objects": records,
        }
        columns = []
        for text, expression, default in parse_inline_template(str(template_txt)):
            columns.append([text] * len(records))
            if expression:
                results = safe_eval(
                    f"[({expression}) for object in recouvrement_objects]", values
                )
                columns.append([str(result or default or "") for result in results])
        rows = zip(*columns, strict=True)
        return {
            record.id: "".join(row) for record, row in zip(records, rows, strict=True)
        }
