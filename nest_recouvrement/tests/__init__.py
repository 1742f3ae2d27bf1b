from . import (
    test_commitment,
    test_dates,
    test_dispute,
    test_dossier_claims,
    test_dossier_history,
    test_dossier_ledger,
    test_email,
    test_escalation,
    test_freshness,
    test_run,
)
