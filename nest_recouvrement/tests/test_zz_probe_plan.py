from odoo.tests import tagged
from odoo.tools import SQL
from .test_query_count import TestQueryCount as Base
from .common import RecouvrementCommon
import freezegun.api as f
REAL = [f.real_perf_counter]


@tagged("post_install", "-at_install")
class TestProbe(RecouvrementCommon):
    _create_guarantors = classmethod(Base._create_guarantors.__func__)

    def test_probe(self):
        for n in (10, 20, 20, 30):
            self._create_guarantors(n)
            self.env.flush_all()
            self._refresh() if False else None
            self.env.cr.execute("UPDATE pg_class SET reltuples = 0 WHERE relname IN ('account_move_line','account_move','recouvrement_dossier','account_partial_reconcile','recouvrement_commitment','recouvrement_commitment_line','recouvrement_dispute_line') or relname like 'account_move%idx' or relname like 'account_move%index' or relname like 'recouvrement_%idx'")
            d = self.env["recouvrement.dossier"].sudo()
            d._create_missing(self.company)
            self.env.flush_all()
            t = REAL[0]()
            q = d._get_ledger_query(self.company)
            rows = self.env.execute_query(SQL("EXPLAIN (ANALYZE, TIMING OFF) WITH %s SELECT * FROM computed", q))
            print("N", len(d.search([])), "SECONDS", REAL[0]() - t)
            plan = rows
        print("\n".join(r[0] for r in plan))


del Base
