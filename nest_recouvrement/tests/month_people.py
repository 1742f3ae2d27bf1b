from datetime import timedelta

from odoo.fields import Datetime
from odoo.tests import Form

from . import month
from .common_courier import PHOTO

REACHED = ("call_back", "promise", "transfer", "cheque", "dispute", "refusal")


class MonthPeople:
    """What people do in one day of the month, each with their own rights and buttons.

    A mixin of ``test_month.py``, which has ``env``, ``company``, the ``day`` counted
    from the first Monday, ``dossiers`` by key, and the users.
    """

    # === GUARANTORS === #

    @classmethod
    def _reply(cls, key):
        """Return what a guarantor answers to this call."""
        replies = month.REPLIES.get(key, (month.DEFAULT_REPLY,))
        count = cls.reply_counts.get(key, 0)
        cls.reply_counts[key] = count + 1
        return replies[min(count, len(replies) - 1)]

    @classmethod
    def _pay_unasked(cls, moment):
        """Let guarantors pay what is overdue without being asked."""
        for key, due in month.UNASKED.items():
            if due == (cls.day, moment):
                amount = cls._ledger_overdue(cls.dossiers[key])
                cls._register_unasked(key, amount)
        for key, due in month.PARTLY_PAID.items():
            if due == (cls.day, moment):
                items = cls._overdue_items(cls.dossiers[key])
                cls._register_unasked(key, items[0].amount_residual)

    @classmethod
    def _register_unasked(cls, key, amount):
        """Register a transfer as the accountant does: it names the oldest invoices."""
        payments = cls.env["account.payment"].with_user(cls.accountant)
        payment = payments.create(
            {
                "amount": amount,
                "date": cls.today,
                "journal_id": cls.bank_journal.id,
                "partner_id": cls.dossiers[key].partner_id.id,
                "partner_type": "customer",
                "payment_type": "inbound",
            }
        )
        payment.action_propose_oldest()
        cls._post(payment)

    # === ACCOUNTANT === #

    @classmethod
    def _post(cls, payment):
        payment.action_post()
        cls.payments += payment.with_env(cls.env)

    @classmethod
    def _answer_checks(cls):
        """Answer what is asked about receipts, except what is left to expire."""
        checks = cls.env["recouvrement.check"].with_user(cls.accountant)
        for check in checks.search([("state", "=", "pending")]):
            answer = month.CHECKS.get(cls.keys[check.dossier_id.id], "nothing")
            if answer == "nothing":
                check.action_nothing()
            elif answer == "match":
                action = check.action_match()
                model = cls.env[action["res_model"]].with_user(cls.accountant)
                form = Form(model.with_context(**action["context"]))
                form.save().action_confirm()

    @classmethod
    def _receive_cheques(cls):
        """Count the cheques of each slip, and register their payments."""
        slips = cls.env["recouvrement.pickup.slip"].with_user(cls.accountant)
        for slip in slips.search([("state", "=", "sent")]):
            action = slip.action_confirm_receipt()
            model = cls.env[action["res_model"]].with_user(cls.accountant)
            with Form(model.with_context(**action["context"])) as form:
                form.counted_amount = slip.amount
            form.record.action_confirm()
        pickups = cls.env["recouvrement.pickup"].with_user(cls.accountant)
        for pickup in pickups.search([("state", "=", "handed_over")]):
            cls._post(cls._open_payment(pickup.action_register_payment()))

    @classmethod
    def _open_payment(cls, action, amount=None):
        """Save the prefilled form of a payment, for another amount if there is one."""
        payments = cls.env[action["res_model"]].with_user(cls.accountant)
        with Form(payments.with_context(**action["context"])) as form:
            if amount is not None:
                form.amount = amount
        return form.record

    @classmethod
    def _receive_transfers(cls):
        """Register what came of the promises of today, on their invoices."""
        promises = cls.env["recouvrement.commitment"].with_user(cls.accountant)
        for promise in promises.search(
            [("date", "<=", cls.today), ("id", "in", list(cls.expected))]
        ):
            share = cls.expected.pop(promise.id)
            if share and promise.state == "open":
                amount = round(promise.amount * share) if share < 1 else None
                cls._post(cls._open_payment(promise.action_register_payment(), amount))

    @classmethod
    def _report_rejections(cls):
        """Book the cheques that the bank returns unpaid."""
        for key, days in month.REJECTED_CHEQUES.items():
            pickup = cls.dossiers[key].pickup_ids.filtered(
                lambda errand: errand.state == "paid"
            )[:1]
            since = pickup.payment_id.date
            if since and cls.today == since + timedelta(days=days):
                action = pickup.with_user(cls.accountant).action_reject_cheque()
                model = cls.env[action["res_model"]].with_user(cls.accountant)
                with Form(model.with_context(**action["context"])) as form:
                    form.reason = "Provision insuffisante"
                form.record.action_confirm()
                cls.rejected += pickup.payment_id

    # === OFFICERS === #

    @classmethod
    def _decide_steps(cls, officer):
        """Decide on what is proposed, and on what failed."""
        actions = cls.env["recouvrement.action"].with_user(officer)
        for action in actions.search(
            [
                ("state", "=", "proposed"),
                ("channel", "!=", "phone"),
                ("dossier_id.user_id", "=", officer.id),
                "|",
                ("postponed_until", "=", False),
                ("postponed_until", "<=", cls.today),
            ],
            order="id",
        ):
            key = cls.keys[action.dossier_id.id]
            decided = action.dossier_id.action_ids.decision_ids
            decisions = month.DECISIONS.get(key, ())
            index = len(decided)
            decision = decisions[index] if index < len(decisions) else "execute"
            if decision == "execute":
                action.action_execute()
            else:
                cls._decide(action, decision)
        # Whoever cannot be written to is called.
        for action in actions.search(
            [("state", "=", "failed"), ("dossier_id.user_id", "=", officer.id)]
        ):
            cls._decide(action, "replace")

    @classmethod
    def _decide(cls, action, decision):
        wizard = action.action_decide()
        model = cls.env[wizard["res_model"]].with_user(action.env.user)
        with Form(model.with_context(**wizard["context"])) as form:
            form.decision = decision
            form.reason = "Leur comptable est en congé"
        form.record.action_confirm()

    @classmethod
    def _make_calls(cls, officer):
        """Make every call due today, from the button of the worklist to the last."""
        dossiers = cls.env["recouvrement.dossier"].with_user(officer)
        action = dossiers.action_next_call()
        count = 0
        while action.get("res_model") == "recouvrement.call":
            call = cls.env["recouvrement.call"].with_user(officer)
            call = call.browse(action["res_id"])
            cls._call(call)
            action = call.action_next()
            count += 1
            assert count < 100, "The same calls come again and again"

    @classmethod
    def _call(cls, call):
        """Log one call, as the guarantor answers it."""
        dossier = call.dossier_id
        key = cls.keys[dossier.id]
        reply = cls._reply(key)
        cls.calls.append(
            {
                "day": cls.today,
                "dossier": dossier.id,
                "due": cls._unanswered(dossier),
                "key": key,
                "open": cls._ledger_open(dossier),
                "outcome": reply.outcome,
            }
        )
        with Form(call) as form:
            form.outcome = reply.outcome
            if reply.outcome in REACHED:
                for index in range(len(form.answer_ids)):
                    with form.answer_ids.edit(index) as answer:
                        answer.reason_id = cls.promise_reason
            cls._fill_call(form, reply, call.env.user)
        promises = dossier.commitment_ids
        call.action_log()
        assert call.state == "logged", key
        for promise in dossier.commitment_ids - promises:
            if promise.means != "cheque":
                cls.expected[promise.id] = reply.pays
        for pickup in dossier.pickup_ids.filtered(lambda p: p.state == "to_collect"):
            cls.cheques.setdefault(pickup.id, reply.courier)
            if reply.courier == "cancelled":
                cls._cancel_promise(pickup.commitment_id.with_user(call.env.user))

    @classmethod
    def _fill_call(cls, form, reply, officer):
        """Complete what an outcome asks for."""
        day = cls.today + timedelta(days=reply.days)
        if reply.outcome == "call_back":
            form.call_back_date = day
            form.call_back_hour = 10.5
        elif reply.outcome in ("promise", "transfer", "cheque"):
            form.date = day
        if reply.outcome in ("dispute", "refusal"):
            form.reason = "Le dossier est chez notre directeur"
        if reply.order:
            form.document_ids.add(
                cls.env["ir.attachment"]
                .with_user(officer)
                .create({"name": "Ordre de virement.pdf", "raw": b"%PDF-1.4"})
            )
        if reply.items:
            for index in range(reply.items, len(form.line_ids)):
                with form.line_ids.edit(index) as line:
                    line.selected = False

    @classmethod
    def _cancel_promise(cls, promise):
        """Call a promise off, and the courier with it."""
        action = promise.action_ask_cancel()
        model = cls.env[action["res_model"]].with_user(promise.env.user)
        with Form(model.with_context(**action["context"])) as form:
            form.reason = "Ils rappellent : leur directeur ne signe pas"
        form.record.action_confirm()

    # === COURIER === #

    @classmethod
    def _make_round(cls):
        """Do the errands of the day, then hand the cheques over."""
        pickups = cls.env["recouvrement.pickup"].with_user(cls.courier)
        for pickup in pickups.search(
            [("date", "<=", cls.today), ("state", "in", ("to_collect", "to_deliver"))],
            order="id",
        ):
            if pickup.kind == "deliver":
                cls._fill_errand(
                    pickup.action_deliver(), received_by="Mme Sy", photo=PHOTO
                )
                continue
            kind = cls.cheques.get(pickup.id, "ready")
            if kind == "not_ready":
                cls.cheques[pickup.id] = "ready"
                cls._fill_errand(
                    pickup.action_report_problem(),
                    reason_id=cls.reason_not_ready,
                    date=cls.today + timedelta(days=1),
                )
            elif kind == "refused":
                cls._fill_errand(
                    pickup.action_report_problem(),
                    reason_id=cls.reason_refused,
                    decision="fail",
                )
            else:
                cls._collect(pickup, kind)
        cls._sample()
        if pickups.search_count([("state", "=", "collected")]):
            action = pickups.action_hand_over_mine()
            cls._fill_errand(action)
        cls._sample()

    @classmethod
    def _collect(cls, pickup, kind):
        values = {"cheque_number": f"88{pickup.id:06}", "bank": "CBAO", "photo": PHOTO}
        if kind == "other_amount":
            values |= {
                "cheque_amount": pickup.amount - 100_000,
                "difference_reason": "Une facture est en attente de signature",
            }
        cls._fill_errand(pickup.action_collect(), **values)

    @classmethod
    def _fill_errand(cls, action, **values):
        """Fill the courier's dialog in, and confirm it."""
        model = cls.env[action["res_model"]].with_user(cls.courier)
        with Form(model.with_context(**action["context"])) as form:
            for name, value in values.items():
                setattr(form, name, value)
        form.record.action_confirm()

    # === MANAGEMENT === #

    @classmethod
    def _decide_on_visits(cls):
        """Decide on the visits proposed: decline, or approve and plan for tomorrow."""
        visits = cls.env["recouvrement.visit"].with_user(cls.manager)
        for visit in visits.search([("state", "=", "proposed")], order="id"):
            key = cls.keys[visit.dossier_id.id]
            if follow_up := month.DECLINED_VISITS.get(key):
                cls._decline(visit, follow_up)
                continue
            visit.action_approve()
            cls._sample()
            visit.start = Datetime.to_datetime(cls.today) + timedelta(days=1, hours=10)
            visit.action_schedule()
            cls._sample()
            if key in month.CANCELLED_VISITS:
                cls._decline(visit, "postpone")

    @classmethod
    def _decline(cls, visit, follow_up):
        action = visit.action_decline()
        model = cls.env[action["res_model"]].with_user(cls.manager)
        with Form(model.with_context(**action["context"])) as form:
            form.reason = "Leur directeur m'appelle cette semaine"
            form.follow_up = follow_up
        form.record.action_confirm()

    @classmethod
    def _hold_visits(cls):
        """Hold the visits of the day, with their report."""
        visits = cls.env["recouvrement.visit"].with_user(cls.manager)
        for visit in visits.search(
            [("state", "=", "scheduled"), ("day", "<=", cls.today)], order="id"
        ):
            with Form(visit) as form:
                form.met = "Le directeur financier"
                form.outcome = "refusal"
                form.report = "<p>Trésorerie bloquée jusqu'à la fin du mois.</p>"
            visit.action_hold()

    @classmethod
    def _decide_on_suspensions(cls):
        """Approve and notify the drafts; lift what is paid, or what was agreed on."""
        suspensions = cls.env["recouvrement.suspension"].with_user(cls.manager)
        # The letters are evidence: they are printed, other than the statements.
        suspensions = suspensions.with_context(recouvrement_no_pdf=False)
        for suspension in suspensions.search([("state", "=", "draft")], order="id"):
            suspension.action_approve()
            cls._sample()
            key = cls.keys[suspension.dossier_id.id]
            cls._open_dialog(
                suspension.action_notify(),
                **(
                    {"by_courier": True, "courier_id": cls.courier}
                    if key in month.NOTICES_BY_COURIER
                    else {}
                ),
            )
            cls._sample()
        for suspension in suspensions.search(
            [("state", "in", ("notified", "in_force"))], order="id"
        ):
            key = cls.keys[suspension.dossier_id.id]
            if suspension.lift_proposed_on:
                suspension.action_lift()
            elif month.LIFTED_BY_DECISION.get(key) == cls.day:
                cls._open_dialog(
                    suspension.action_lift(), reason="Échéancier signé ce matin"
                )

    @classmethod
    def _open_dialog(cls, action, **values):
        """Fill a dialog of management in, and confirm it; its letter is printed."""
        model = cls.env[action["res_model"]].with_user(cls.manager)
        model = model.with_context(recouvrement_no_pdf=False)
        with Form(model.with_context(**action["context"])) as form:
            for name, value in values.items():
                setattr(form, name, value)
        form.record.action_confirm()
