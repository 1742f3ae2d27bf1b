from . import (
    test_commitment,
    test_dispute,
    test_dossier_ledger,
    test_email,
    test_escalation,
    test_run,
)
