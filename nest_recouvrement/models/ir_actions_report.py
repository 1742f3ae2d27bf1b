import base64
import mimetypes
import os
import re
from pathlib import Path

import lxml.html

from odoo import api, models
from odoo.tools.misc import file_path

from ..report import stylesheet

STYLE_LINK = re.compile(r'<link\b[^>]*\bhref="(/web/assets/[^"]+\.css)"[^>]*>')
STATIC_URL = re.compile(
    r"(?<=[\"'(])/(\w+/static/[^\"')?#]+)(?:[?#][^\"')]*)?(?=[\"')])"
)
FONTS = "data-recouvrement-fonts"
# A letter head of six lines stays above the text of the second page, a footer of three
# lines on the paper, whichever layout the company chose.
MARGIN_STYLE = (
    ".header, .footer {font-size: 12px; line-height: 1.3;}"
    " .header h2 {font-size: 20px;}"
    " .footer {padding-top: 6px;}"
    " .footer .o_footer_content {padding-top: 5px !important;}"
)


class IrActionsReport(models.Model):
    """Documents of this addon: rendered fast, and without asking a web server.

    Odoo has wkhtmltopdf fetch 400 kB of styles over HTTP for each document, and again
    for the header and the footer of each page, then wait for scripts. A cron, a shell
    or a server with a single worker gets a document without styles, late. These
    documents run no script and carry the few styles that they use.
    """

    _inherit = "ir.actions.report"

    def _is_standalone(self):
        """Return whether the report needs no script and nothing from the web server.

        For an extension that prints letters of its own.

        :rtype: bool
        """
        return (self.report_name or "").startswith("nest_recouvrement.")

    def _prepare_html(self, html, report_model=False):
        prepared = super()._prepare_html(html, report_model=report_model)
        if not prepared or not self._is_standalone():
            return prepared
        bodies, res_ids, header, footer, arguments = prepared
        documents = [
            *map(str, bodies),
            self._share_margins(str(header), "header"),
            self._share_margins(str(footer), "footer"),
        ]
        (*bodies, header, footer), fonts = self._embed_styles(documents)
        return bodies, res_ids, header, footer, {**arguments, FONTS: fonts}

    @api.model
    def _build_wkhtmltopdf_args(
        self,
        paperformat_id,
        landscape,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        """Do not wait for scripts where there are none; let the fonts be read."""
        command_args = super()._build_wkhtmltopdf_args(
            paperformat_id,
            landscape,
            specific_paperformat_args=specific_paperformat_args,
            set_viewport_size=set_viewport_size,
        )
        fonts = (specific_paperformat_args or {}).get(FONTS)
        if fonts is not None:
            command_args[command_args.index("--javascript-delay") + 1] = "0"
            for path in fonts:
                command_args += ["--allow", path]
        return command_args

    @api.model
    def _share_margins(self, html, kind):
        """Keep one copy of the headers, or footers, that documents have in common.

        Each page reads them all, logos included, and shows the one of its document.

        :param str html: the headers or footers of every document
        :param str kind: ``header`` or ``footer``
        :rtype: str
        """
        choice = f"{kind}.children[index]"
        tree = lxml.html.document_fromstring(html)
        parents = tree.xpath(f"//div[@id='minimal_layout_report_{kind}s']")
        if choice not in html or not parents:
            return html
        copies, indexes = {}, []
        for node in list(parents[0]):
            content = lxml.html.tostring(node)
            if content in copies:
                parents[0].remove(node)
            indexes.append(copies.setdefault(content, len(copies)))
        shared = lxml.html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>")
        return shared.replace(choice, f"{kind}.children[{indexes}[index]]")

    @api.model
    def _embed_styles(self, documents):
        """Replace links to the web server by what they lead to.

        :param list[str] documents: whole HTML documents
        :return: the documents, and the paths of the font files that they read
        :rtype: tuple[list[str], list[str]]
        """
        names = set().union(*map(stylesheet.get_names, documents))
        urls = {url for html in documents for url in STYLE_LINK.findall(html)}
        sheets = {url: css for url in urls if (css := self._get_stylesheet(url))}
        styles = {url: stylesheet.prune(css, names) for url, css in sheets.items()}
        families = set().union(*map(stylesheet.get_families, styles.values()))
        fonts = {
            path: style
            for css in sheets.values()
            for style, url in stylesheet.get_fonts(css, families)
            if (path := self._get_font_file(url))
        }
        # With the first of the sheets: each document has it.
        head = MARGIN_STYLE + "".join(
            f"@font-face {{{style} src: url({path.as_uri()});}}"
            for path, style in fonts.items()
        )

        def embed(match):
            if (css := styles.get(match[1])) is None:
                return match[0]
            return f"<style>{self._embed_static_files(css)}</style>"

        return [
            self._embed_static_files(STYLE_LINK.sub(embed, html)).replace(
                "<style>", f"<style>{head}", 1
            )
            for html in documents
        ], list(map(str, fonts))

    @api.model
    def _get_stylesheet(self, url):
        """Return the content of a bundle of styles, generated if it was not yet.

        :param str url: as in the links of a page
        :return: nothing if it cannot be read: the link is left to the web server
        :rtype: str
        """
        bundle_name, rtl, _type, autoprefix = self.env["ir.asset"]._parse_bundle_name(
            url.rsplit("/", 1)[1], debug_assets=False
        )
        bundle = self.env["ir.qweb"]._get_asset_bundle(
            bundle_name, js=False, rtl=rtl, autoprefix=autoprefix
        )
        return (bundle.css().raw or b"").decode()

    @api.model
    def _get_font_file(self, url):
        """Return the file of a font, as wkhtmltopdf is to be allowed to read it.

        :return: nothing if it is not installed: another font is used
        :rtype: pathlib.Path
        """
        try:
            return Path(file_path(os.path.normpath(url.lstrip("/")))).resolve()
        except OSError:
            return None

    @api.model
    def _embed_static_files(self, text):
        """Replace the addresses of the addons' static files by their content."""

        def embed(match):
            try:
                content = Path(file_path(match[1])).read_bytes()
            except OSError:
                return match[0]
            mimetype = mimetypes.guess_type(match[1])[0] or "application/octet-stream"
            return f"data:{mimetype};base64,{base64.b64encode(content).decode()}"

        return STATIC_URL.sub(embed, text)
