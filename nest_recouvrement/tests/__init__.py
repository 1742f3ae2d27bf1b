from . import test_dossier_ledger
