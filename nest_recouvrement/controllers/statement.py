from werkzeug.exceptions import NotFound

from odoo.http import Controller, content_disposition, request, route

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class StatementController(Controller):
    """Statements of account as workbooks."""

    @route(
        "/recouvrement/statement/<any('all', 'overdue'):scope>.xlsx",
        type="http",
        auth="user",
        readonly=True,
    )
    def download_statements(self, scope, ids="", **_kwargs):
        """Return the statements of the dossiers that the user may read.

        :param str scope: ``all`` or ``overdue``
        :param str ids: ids of dossiers, separated by commas
        """
        if not ids.replace(",", "").isdigit():
            raise NotFound()
        dossiers = request.env["recouvrement.dossier"].browse(
            int(id_) for id_ in ids.split(",") if id_
        )
        dossiers = dossiers.exists()
        dossiers.check_access("read")
        if not dossiers:
            raise NotFound()
        content = dossiers._export_statements(scope)
        filename = dossiers._get_workbook_filename(scope)
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX_TYPE),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(f"{filename}.xlsx")),
            ],
        )
