"""The demo network of one company: its settings, its ledger, what was promised."""

import logging

from odoo.fields import Domain
from odoo.tools import is_html_empty

from .billing import plan_billing
from .field_work import DemoFieldWork
from .follow_up import DemoFollowUp
from .guarantors import GUARANTORS, TERMS
from .ledger import DemoLedger

_logger = logging.getLogger(__name__)

FRENCH_INSTRUCTIONS = """
<p>Par virement sur le compte ci-dessus, ou par chèque à l'ordre de Réseau de cliniques
Nest, que notre coursier retire sur simple appel au +221 33 869 41 20.<br/>
Merci de préciser les factures réglées, et d'envoyer l'ordre de virement à
comptabilite@nest.example.</p>
"""

# The history is loaded at once: nobody is to be told of it.
QUIET = {
    "mail_auto_subscribe_no_notify": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "skip_pdf_attachment_generation": True,
    "tracking_disable": True,
}


class DemoNetwork:
    """Loads everything that follows the static records of the demo network."""

    def __init__(self, company):
        self.company = company.with_company(company).with_context(**QUIET)
        self.env = self.company.env
        self.today = self.company._recouvrement_today()
        self.partners = {
            guarantor.key: self.env.ref(guarantor.xmlid) for guarantor in GUARANTORS
        }

    def load(self) -> None:
        """Fill the company, unless it has no accounts or was filled before."""
        if not self.company.chart_template:
            _logger.info(
                "The demo network has no ledger: %s has no chart of accounts.",
                self.company.name,
            )
            return
        if self._is_loaded():
            _logger.info("The demo network of %s is there.", self.company.name)
            return
        self._speak_french()
        self._set_payment_terms()
        self._link_bank_account()
        DemoLedger(self.company, self.partners).post(
            [plan_billing(guarantor, self.today) for guarantor in GUARANTORS]
        )
        self.env["recouvrement.dossier"]._refresh()
        # The journal is written in the language of the people who keep it.
        company = self.company.with_context(lang=self.company.partner_id.lang)
        follow_up = DemoFollowUp(company, self.partners)
        follow_up.record()
        DemoFieldWork(company, follow_up.dossiers).record()

    def _is_loaded(self) -> bool:
        partner_ids = [partner.id for partner in self.partners.values()]
        domain = Domain("commercial_partner_id", "in", partner_ids)
        domain &= Domain("company_id", "=", self.company.id)
        return bool(self.env["account.move"].search_count(domain, limit=1))

    def _speak_french(self) -> None:
        """Give everybody a language, as far as it is active."""
        installed = dict(self.env["res.lang"].get_installed())
        for guarantor in GUARANTORS:
            if guarantor.lang in installed:
                partner = self.partners[guarantor.key]
                (partner | partner.child_ids).lang = guarantor.lang
        if "fr_FR" not in installed:
            return
        users = self.company._recouvrement_users("base.group_user")
        (users.partner_id | self.company.partner_id).lang = "fr_FR"
        if not is_html_empty(self.company.recouvrement_payment_instructions):
            self.company.with_context(
                lang="fr_FR"
            ).recouvrement_payment_instructions = FRENCH_INSTRUCTIONS

    def _set_payment_terms(self) -> None:
        for guarantor in GUARANTORS:
            self.partners[guarantor.key].property_payment_term_id = self.env.ref(
                TERMS[guarantor.term][0]
            )

    def _link_bank_account(self) -> None:
        """Let statements of account name the bank account of the network."""
        account = self.env.ref("nest_recouvrement.partner_bank_nest")
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        if account.partner_id == self.company.partner_id and journal:
            journal.bank_account_id = journal.bank_account_id or account
