import re
import socket
from datetime import date, datetime, timedelta
from unittest.mock import patch

from aiosmtpd.controller import Controller

from odoo.modules import Manifest
from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools import SQL, mute_logger
from odoo.tools.convert import convert_file

from ..demo.field_work import DemoFieldWork
from . import month
from .common_mail import MAIL_LOGGER, Catcher
from .month_people import REACHED, MonthPeople

FIRST_DAY = date(2026, 11, 2)
FIRST_MOMENT = datetime(2026, 11, 2, 5)
# The plan as it is shipped needs five weeks from the first reminder to a suspension in
# force: two reminders and two calls, a week, the visit, seven days, the notice, eight
# days.
DAYS = 35
MONDAY, SATURDAY = 0, 5
# In the order of their hours.
CRONS = (
    "evaluate_commitments",
    "refresh_all",
    "name_payments",
    "visits",
    "suspensions",
    "request_contact_updates",
)
LATE_CRONS = ("after_checks", "occasion_dates")
STATES = {
    "recouvrement.check": "state",
    "recouvrement.commitment": "state",
    "recouvrement.pickup": "state",
    "recouvrement.suspension": "state",
    "recouvrement.visit": "state",
}


class MonthCatcher(Catcher):
    """Refuses the address of the demo network that its mail server does not take."""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address == month.REFUSED_ADDRESS:
            return "550 No such user here"
        return await super().handle_RCPT(server, session, envelope, address, options)


@tagged("post_install", "-at_install")
class TestMonth(MonthPeople, TransactionCase):
    """Five weeks of the demo network, day by day, lived by its team.

    The crons, the weekly run and the mail queue do their part; people do theirs through
    the same methods as the buttons, with their own rights; the guarantors follow the
    script of ``month.py``. The tests then look at what came of it, by the ledger.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry_enter_test_mode_cls()
        cls._start_mail_server()
        cls.env = cls.env(
            context={**cls.env.context, "recouvrement_no_pdf": True, "lang": "en_US"}
        )
        with freeze_time(datetime.combine(FIRST_DAY, datetime.min.time())):
            cls._load_network()
        with mute_logger(MAIL_LOGGER, "odoo.addons.base.models.ir_mail_server"):
            for cls.day in range(DAYS):
                cls.today = FIRST_DAY + timedelta(days=cls.day)
                cls._live_day()
        cls.env.flush_all()

    @classmethod
    def _start_mail_server(cls):
        cls.catcher = MonthCatcher()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        controller = Controller(cls.catcher, hostname="127.0.0.1", port=port)
        controller.start()
        cls.addClassCleanup(controller.stop)
        servers = cls.env["ir.mail_server"]
        servers.search([]).active = False
        servers.create({"name": "Catcher", "smtp_host": "127.0.0.1", "smtp_port": port})
        cls.env["mail.alias.domain"].search([]).unlink()
        sending = patch.object(
            type(servers), "_disable_send", classmethod(lambda cls: False)
        )
        sending.start()
        cls.addClassCleanup(sending.stop)

    @classmethod
    def _load_network(cls):
        """Load the demo data into the main company, and meet its team."""
        cls.company = cls.env.ref("base.main_company")
        if not cls.company.chart_template:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company=cls.company, install_demo=False
            )
        # The errands, visits and suspensions of the month are the month's own.
        with patch.object(DemoFieldWork, "record"):
            for name in Manifest.for_addon("nest_recouvrement")["demo"]:
                convert_file(cls.env, "nest_recouvrement", name, {}, "init", True)

        def user(name):
            return cls.env.ref(f"nest_recouvrement.user_{name}")

        cls.officers = user("rac1") + user("rac2")
        cls.courier, cls.accountant = user("courier"), user("accountant")
        cls.manager = user("manager")
        # Their journal is compared word by word below; the guarantors read French.
        team = cls.officers + cls.courier + cls.accountant + cls.manager
        team.partner_id.lang = "en_US"
        cls.company.recouvrement_courier_id = cls.courier
        cls.bank_journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.promise_reason = cls.env["recouvrement.commitment.reason"].search([])[0]
        reason = "nest_recouvrement.recouvrement_pickup_failure_reason_%s"
        cls.reason_not_ready = cls.env.ref(reason % "not_ready")
        cls.reason_refused = cls.env.ref(reason % "not_signed")
        cls.dossiers = {}
        for dossier in cls.env["recouvrement.dossier"].search(
            [("company_id", "=", cls.company.id)]
        ):
            xmlid = dossier.partner_id.get_external_id()[dossier.partner_id.id]
            cls.dossiers[xmlid.removeprefix("nest_recouvrement.guarantor_")] = dossier
        cls.keys = {dossier.id: key for key, dossier in cls.dossiers.items()}
        cls.payments = cls.rejected = cls.env["account.payment"]
        cls.reply_counts, cls.expected, cls.cheques = {}, {}, {}
        cls.calls, cls.mails = [], []
        cls.seen = {model: set() for model in STATES}
        cls.first_credits = {
            key: cls._ledger_credit(dossier) for key, dossier in cls.dossiers.items()
        }

    # === ONE DAY === #

    @classmethod
    def _live_day(cls):
        """Let one day pass: the night's crons, the mail, then people."""
        weekday = cls.today.weekday()
        with freeze_time(f"{cls.today} 05:00:00"):
            cls._run_crons(CRONS)
            if weekday == MONDAY:
                runs = cls.env["recouvrement.run"].with_user(cls.manager)
                runs.create({"company_id": cls.company.id}).action_execute()
            cls._run_crons(LATE_CRONS)
            cls._sample()
        with freeze_time(f"{cls.today} 08:00:00"):
            cls._pay_unasked("queue")
            cls._send_mails()
        if weekday < SATURDAY:
            for hour, people in enumerate(
                (
                    cls._work_in_accounting,
                    cls._work_in_collection,
                    cls._work_outside,
                    cls._work_in_management,
                ),
                start=9,
            ):
                with freeze_time(f"{cls.today} {hour:02}:00:00"):
                    people()
                    cls._run_crons(("refresh_stale", "after_checks"))
                    cls._sample()
        with freeze_time(f"{cls.today} 18:00:00"):
            cls._send_mails()

    @classmethod
    def _run_crons(cls, names):
        for name in names:
            cls.env.ref(f"nest_recouvrement.ir_cron_{name}").method_direct_trigger()

    @classmethod
    def _work_in_accounting(cls):
        cls._pay_unasked("day")
        cls._answer_checks()
        cls._receive_transfers()
        cls._report_rejections()

    @classmethod
    def _work_in_collection(cls):
        for officer in cls.officers:
            cls._decide_steps(officer)
            cls._make_calls(officer)

    @classmethod
    def _work_outside(cls):
        cls._make_round()
        cls._receive_cheques()

    @classmethod
    def _work_in_management(cls):
        cls._hold_visits()
        cls._decide_on_visits()
        cls._decide_on_suspensions()

    @classmethod
    def _send_mails(cls):
        """Empty the mail queue; keep what left, with what the ledger said then."""
        mails = cls.env["mail.mail"].search([("state", "=", "outgoing")])
        messages = mails.mail_message_id
        count = len(cls.catcher.messages)
        mails.send()
        cls.env.flush_all()
        by_id = {message.message_id: message for message in messages}
        for recipients, sent in cls.catcher.messages[count:]:
            message = by_id.get(re.sub(r"\s+", "", sent["Message-Id"]))
            action = cls.env["recouvrement.action"].search(
                [
                    ("mail_message_id", "in", message.ids),
                    ("mail_message_id", "!=", False),
                ]
            )
            cls.mails.append(
                {
                    "action": action,
                    "day": cls.today,
                    "key": cls.keys.get(action.dossier_id.id),
                    "message": message,
                    "open": action and cls._ledger_open(action.dossier_id),
                    "recipients": recipients,
                }
            )

    @classmethod
    def _sample(cls):
        """Note in which states documents are."""
        for model, name in STATES.items():
            rows = cls.env[model]._read_group([], [name])
            cls.seen[model] |= {state for (state,) in rows}

    # === THE LEDGER, BY ITSELF === #

    @classmethod
    def _fetch_items(cls, dossier):
        """Return the receivable items of a guarantor as the matching tells them.

        Without a figure that the addon or Odoo computed: debits and credits, minus what
        ``account_partial_reconcile`` says is matched.
        """
        cls.env.flush_all()
        return cls.env.execute_query_dict(
            SQL(
                """
                SELECT item.id, item.balance, item.no_followup,
                       COALESCE(item.date_maturity, item.date) AS due,
                       item.balance
                       - COALESCE((SELECT SUM(amount) FROM account_partial_reconcile
                                    WHERE debit_move_id = item.id), 0)
                       + COALESCE((SELECT SUM(amount) FROM account_partial_reconcile
                                    WHERE credit_move_id = item.id), 0) AS residual
                  FROM account_move_line item
                  JOIN account_account account ON account.id = item.account_id
                  JOIN res_partner partner ON partner.id = item.partner_id
                 WHERE partner.commercial_partner_id = %s
                   AND item.company_id = %s
                   AND item.parent_state = 'posted'
                   AND account.account_type = 'asset_receivable'
              ORDER BY due, item.id
                """,
                dossier.partner_id.id,
                cls.company.id,
            )
        )

    @classmethod
    def _overdue_rows(cls, dossier):
        return [
            row
            for row in cls._fetch_items(dossier)
            if row["balance"] > 0
            and row["residual"] > 0
            and row["due"] < cls.today
            and not row["no_followup"]
        ]

    @classmethod
    def _ledger_overdue(cls, dossier):
        return sum(row["residual"] for row in cls._overdue_rows(dossier))

    @classmethod
    def _overdue_items(cls, dossier):
        ids = [row["id"] for row in cls._overdue_rows(dossier)]
        return cls.env["account.move.line"].browse(ids)

    @classmethod
    def _ledger_credit(cls, dossier):
        return -sum(
            row["residual"] for row in cls._fetch_items(dossier) if row["balance"] < 0
        )

    @classmethod
    def _ledger_open(cls, dossier):
        """Return what is overdue and not covered by money received."""
        return cls._ledger_overdue(dossier) - cls._ledger_credit(dossier)

    @classmethod
    def _unanswered(cls, dossier):
        """Return the promises not kept that nobody was asked about yet."""
        return {
            promise.id
            for promise in dossier.sudo().commitment_ids
            if promise.state in ("broken", "partly_kept")
            and not promise.answer_reason_id
            and not promise.answer
        }

    @classmethod
    def _journal(cls, key, cycle):
        """Return what the journal of a guarantor tells of one cycle, in order.

        Without the last payments of the demo history, which the first night records.
        """
        actions = cls.dossiers[key].action_ids.filtered(
            lambda action: action.cycle == cycle
            and action.date_done >= FIRST_MOMENT
            and not (action.channel == "payment" and action.date_done == FIRST_MOMENT)
        )
        return [
            (
                str(action.date_done.date()),
                action.channel,
                action.title.replace("\xa0", " "),
                action.outcome,
            )
            for action in actions.sorted(lambda action: (action.date_done, action.id))
        ]

    # === WHAT CAME OF IT === #

    def test_every_franc_is_on_its_named_invoices(self):
        """Ensure that each payment settles exactly what it names, and no more."""
        self.assertGreater(len(self.payments), 60)
        partials = self.env["account.partial.reconcile"]
        for payment in self.payments - self.rejected:
            matched = {}
            for partial in partials.search(
                [("credit_move_id.move_id", "=", payment.move_id.id)]
            ):
                item = partial.debit_move_id
                matched[item] = matched.get(item, 0) + partial.amount
            named = {
                line.move_line_id: line.amount for line in payment.recouvrement_line_ids
            }
            self.assertEqual(matched, named, payment.display_name)
            self.assertEqual(sum(named.values()), payment.amount, payment.display_name)
        self.assertTrue(self.rejected)
        for payment in self.rejected:
            self.assertEqual(payment.state, "rejected")
            receivables = payment.move_id.line_ids.filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            )
            items = receivables.matched_debit_ids.debit_move_id
            self.assertEqual(items.move_id.reversed_entry_id, payment.move_id)

    def test_no_credit_is_left_but_on_purpose(self):
        """Ensure that what was not matched at the end was so at the beginning."""
        settled = {"ocre_sel", "ipm_dimb"}
        for key, dossier in self.dossiers.items():
            credit = 0 if key in settled else self.first_credits[key]
            self.assertEqual(self._ledger_credit(dossier), credit, key)
        self.assertEqual(self.first_credits["ocre_sel"], 4_958_000)

    def test_every_broken_promise_was_asked_about(self):
        """Ensure that the first call that reached somebody asked why."""
        promises = self.env["recouvrement.commitment"].search(
            [("state", "in", ("broken", "partly_kept"))]
        )
        self.assertGreater(len(promises), 8)
        asked = 0
        for promise in promises:
            calls = [
                call
                for call in self.calls
                if promise.id in call["due"] and call["outcome"] in REACHED
            ]
            if not calls:
                self.assertFalse(promise.answered_on, promise.display_name)
                later = [
                    call
                    for call in self.calls
                    if call["dossier"] == promise.dossier_id.id
                    and call["day"] > promise.date_ended
                    and call["outcome"] in REACHED
                ]
                self.assertFalse(later, promise.display_name)
                continue
            asked += 1
            self.assertEqual(len(calls), 1, promise.display_name)
            self.assertEqual(promise.answered_on.date(), calls[0]["day"])
            self.assertEqual(promise.answer_reason_id, self.promise_reason)
        self.assertGreater(asked, 8)

    def test_nobody_who_paid_was_reminded(self):
        """Ensure that whoever was written to, or called, owed money at that moment."""
        reminders = [mail for mail in self.mails if mail["action"].step_id]
        self.assertGreater(len(reminders), 40)
        for mail in reminders:
            self.assertGreater(mail["open"], 0, (mail["day"], mail["key"]))
        for call in self.calls:
            self.assertGreater(call["open"], 0, call)
        # Paid in the morning, while the reminder was in the queue.
        (action,) = self.dossiers["ipm_minotiers"].action_ids.filtered(
            lambda action: action.delivery_state == "cancelled"
        )
        self.assertEqual((action.state, action.is_withdrawn), ("skipped", True))
        first = [mail["day"] for mail in self.mails if mail["key"] == "ipm_minotiers"]
        self.assertGreater(min(first, default=date.max), FIRST_DAY)

    def test_nothing_is_sent_twice(self):
        """Ensure that a message reaches an address once, and a step is done once."""
        sent = [
            (mail["message"].id, tuple(mail["recipients"]))
            for mail in self.mails
            if mail["message"]
        ]
        self.assertEqual(len(sent), len(set(sent)))
        steps = self.env["recouvrement.action"].search([("step_id", "!=", False)])
        keys = [
            (step.dossier_id, step.cycle, step.step_id, step.occurrence)
            for step in steps
        ]
        self.assertEqual(len(keys), len(set(keys)))

    def test_each_suspension_has_its_file(self):
        """Ensure that visit, approval, notice and lifting are there, and in order."""
        suspensions = self.env["recouvrement.suspension"].search([])
        by_key = {self.keys[item.dossier_id.id]: item for item in suspensions}
        states = {key: suspension.state for key, suspension in by_key.items()}
        self.assertEqual(states["mutuelle_ker_yaye"], "lifted")
        self.assertEqual(states["huilerie_arachidest"], "lifted")
        # Paid between the notice and its effect: withdrawn.
        self.assertEqual(states["textiles_indigo"], "cancelled")
        for key, suspension in by_key.items():
            visit = suspension.visit_id
            self.assertEqual(visit.state, "held", key)
            self.assertLess(visit.payment_deadline, suspension.date_draft, key)
            self.assertEqual(suspension.approved_user_id, self.manager, key)
            self.assertEqual(suspension.document_ids[-1:].mimetype, "application/pdf")
            self.assertTrue(suspension.emailed_on or suspension.delivered_on, key)
            notices = [
                mail
                for mail in self.mails
                if mail["message"].model == suspension._name
                and mail["message"].res_id == suspension.id
            ]
            self.assertTrue(notices, key)
            self.assertEqual(notices[0]["day"], suspension.date_notified, key)
            if suspension.in_force_since:
                self.assertGreaterEqual(
                    suspension.in_force_since,
                    suspension.date_notified + timedelta(days=8),
                    key,
                )
        self.assertEqual(
            by_key["huilerie_arachidest"].lift_reason, "Échéancier signé ce matin"
        )
        self.assertTrue(by_key["textiles_indigo"].received_by)
        paid = by_key["mutuelle_ker_yaye"]
        self.assertEqual(paid.date_lifted, date(2026, 12, 3))
        self.assertEqual(self._ledger_open(paid.dossier_id), 0)
        for suspension in suspensions:
            status = suspension.partner_id._get_service_status()
            self.assertEqual(status["granted"], suspension.state != "in_force")

    def test_figures_equal_the_general_ledger(self):
        """Ensure that dossiers and trial balance agree to the franc."""
        self._run_at_end()
        total = 0
        for key, dossier in self.dossiers.items():
            rows = self._fetch_items(dossier)
            balance = sum(row["residual"] for row in rows)
            self.assertEqual(dossier.balance, balance, key)
            self.assertEqual(sum(row["balance"] for row in rows), balance, key)
            overdue = self._ledger_overdue(dossier)
            self.assertEqual(dossier.overdue_amount, overdue, key)
            self.assertEqual(
                sum(
                    dossier[f"bucket_{bucket}"]
                    for bucket in ("1_30", "31_60", "61_90", "91_120", "121_plus")
                ),
                overdue,
                key,
            )
            self.assertEqual(
                dossier.not_due_amount
                + dossier.overdue_amount
                + dossier.excluded_amount
                - dossier.unallocated_credit,
                balance,
                key,
            )
            total += balance
        [(trial_balance,)] = self.env["account.move.line"]._read_group(
            [
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
            ],
            aggregates=["balance:sum"],
        )
        self.assertEqual(total, trial_balance)

    def _run_at_end(self):
        with freeze_time(f"{self.today} 19:00:00"):
            self.env["recouvrement.dossier"]._cron_refresh_all()

    def test_journal_of_a_cheque_reads_as_a_story(self):
        """Ensure that the journal tells of a cheque from the reminder to the money."""
        self.assertEqual(
            [line[1:] for line in self._journal("imprimerie_encrier", 1)],
            [
                ("check", "Accounting check: nothing received", False),
                ("email", "First reminder by e-mail", False),
                ("phone", "Call after the first reminder", "cheque"),
                ("promise", "Promise of 210,500 CFA for 11/03/2026 (Cheque)", False),
                ("courier", "Courier asked to collect a cheque on 11/03/2026", False),
                ("courier", self._cheque_line("collected"), False),
                ("courier", self._cheque_line("handed"), False),
                ("courier", self._cheque_line("received"), False),
                ("promise", "Promise kept: 210,500 CFA for 11/03/2026", False),
                ("payment", "Payment received: 210,500 CFA", False),
            ],
        )

    def _cheque_line(self, event):
        pickup = self.dossiers["imprimerie_encrier"].pickup_ids
        number, slip = pickup.cheque_number, pickup.slip_line_ids.slip_id.name
        return {
            "collected": f"Cheque collected: no. {number}, CBAO, 210,500 CFA",
            "handed": f"Cheque {number} handed over to the accountant, slip {slip}",
            "received": f"Cheque {number} received by the accountant",
        }[event]

    def test_journal_of_a_suspension_reads_as_a_story(self):
        """Ensure that the journal tells how a guarantor came to be suspended."""
        self.assertEqual(
            self._journal("mutuelle_ker_yaye", 1),
            [
                ("2026-11-02", "check", "Accounting check: nothing received", False),
                ("2026-11-02", "email", "First reminder by e-mail", False),
                ("2026-11-02", "phone", "Call after the first reminder", "promise"),
                (
                    "2026-11-02",
                    "promise",
                    "Promise of 1,008,000 CFA for 11/04/2026 (Transfer)",
                    False,
                ),
                (
                    "2026-11-07",
                    "promise",
                    "Promise broken: 1,008,000 CFA for 11/04/2026",
                    False,
                ),
                ("2026-11-09", "email", "Second reminder by e-mail", False),
                ("2026-11-09", "phone", "Call after the second reminder", "refusal"),
                (
                    "2026-11-09",
                    "promise",
                    "Asked about the promise of 1,008,000 CFA for 11/04/2026",
                    False,
                ),
                ("2026-11-17", "visit", "Visit to programme", "refusal"),
                ("2026-11-25", "suspension", "Suspension notice drafted", False),
                ("2026-11-25", "suspension", "Suspension approved", False),
                ("2026-11-25", "suspension", "Suspension notice sent", False),
                ("2026-12-03", "suspension", "Suspension in force", False),
                ("2026-12-03", "payment", "Payment received: 1,193,500 CFA", False),
                ("2026-12-03", "suspension", "Suspension lifted", False),
            ],
        )

    def test_everything_occurred(self):
        """Ensure that every state and every outcome was lived through."""
        for model, name in STATES.items():
            states = set(dict(self.env[model]._fields[name].selection))
            self.assertEqual(self.seen[model], states, model)
        outcomes = set(dict(self.env["recouvrement.call"]._fields["outcome"].selection))
        self.assertEqual({call["outcome"] for call in self.calls}, outcomes)
        decisions = self.env["recouvrement.action.decision"].search([])
        self.assertEqual(
            set(decisions.mapped("decision")),
            {"execute", "replace", "postpone", "skip"},
        )
        aftermaths = set(self.env["recouvrement.visit"].search([]).mapped("aftermath"))
        self.assertLessEqual({"paid", "partly_paid", "suspension"}, aftermaths)
