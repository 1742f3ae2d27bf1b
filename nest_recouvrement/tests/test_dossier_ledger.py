from odoo.tests import tagged

from .common import RecouvrementCommon


@tagged("post_install", "-at_install")
class TestDossierLedger(RecouvrementCommon):
    def test_smoke(self):
        """Smoke."""
        partner = self._create_guarantor()
        invoice = self._invoice(partner, 1000, due=-10)
        self._invoice(partner, 500, due=0)
        self._pay(invoice, 400)
        self._entry(partner, 70, due=-4)
        self._credit_note(partner, 30)
        dossier = self._dossier(partner)
        self._promise(invoice, 100)
        self._dispute(invoice, 100)
        print(dossier.read()[0], self.env.company.currency_id.name, dossier.user_id)
