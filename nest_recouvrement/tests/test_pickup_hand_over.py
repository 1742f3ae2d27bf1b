from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import NOW
from .common_courier import CourierCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPickupHandOver(CourierCommon):
    """From the courier's bag to the accountant's desk, and who had what when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_guarantor(name="Sahel Ciment")
        cls.errands = cls._errand(cls._invoice(cls.guarantor, 1000)) + cls._errand(
            cls._invoice(cls.other, 500)
        )
        for number, errand in enumerate(cls.errands, start=1):
            cls._collect(errand, number=str(number))

    def test_one_slip_for_several_cheques(self):
        """Ensure that several cheques make one slip; the accountant is told."""
        slip = self._hand_over(self.errands)
        self.assertRecordValues(
            slip,
            [
                {
                    "amount": 1500,
                    "cheque_count": 2,
                    "state": "sent",
                    "user_id": self.courier.id,
                    "received_amount": 0,
                }
            ],
        )
        self.assertRegex(slip.name, r"^BRC/2026/\d{4}$")
        self.assertEqual(set(self.errands.mapped("state")), {"handed_over"})
        self.assertEqual(slip.activity_ids.user_id, self.accountant)

    def test_one_slip_per_courier(self):
        """Ensure that the cheques of two couriers are never on one slip."""
        third = self._errand(self._invoice(self.other, 70), user_id=self.courier_2.id)
        self._collect(third, number="3")
        slips = (self.errands + third).with_user(self.officer)._hand_over()
        self.assertEqual(slips.user_id, self.courier + self.courier_2)

    def test_courier_chooses_cheques(self):
        """Ensure that the form proposes what the courier carries, and totals it."""
        action = (
            self.env["recouvrement.pickup"]
            .with_user(self.courier)
            .action_hand_over_mine()
        )
        model = self.env[action["res_model"]].with_user(self.courier)
        with Form(model.with_context(**action["context"])) as form:
            self.assertEqual(form.amount, 1500)
            form.pickup_ids.remove(id=self.errands[1].id)
            self.assertEqual(form.amount, 1000)
        form.record.action_confirm()
        self.assertEqual(self.errands.mapped("state"), ["handed_over", "collected"])
        choices = self.errands.with_context(recouvrement_show_cheque=True)
        self.assertIn("CBAO 1", choices[0].display_name)

    def test_nothing_to_hand_over(self):
        """Ensure that a courier without a cheque is told so."""
        mine = self.env["recouvrement.pickup"].with_user(self.courier_2)
        with self.assertRefused("You carry no cheque", UserError):
            mine.action_hand_over_mine()
        self._hand_over(self.errands)
        with self.assertRefused("nothing was done again", UserError):
            self.errands.with_user(self.courier)._hand_over()

    def test_receipt_confirmed(self):
        """Ensure that the accountant's count confirms the receipt."""
        slip = self._hand_over(self.errands)
        self._receive_slip(slip)
        self.assertRecordValues(
            slip,
            [
                {
                    "state": "received",
                    "received_amount": 1500,
                    "accountant_id": self.accountant.id,
                }
            ],
        )
        self.assertFalse(slip.activity_ids)
        self.assertTrue(all(self.errands.mapped("received_on")))
        self.assertEqual(self.errands.mapped("holder_name"), [self.accountant.name] * 2)
        with self.assertRefused("already confirmed", UserError):
            self._receive_slip(slip)

    def test_count_differs(self):
        """Ensure that nothing is confirmed when the accountant counts otherwise."""
        slip = self._hand_over(self.errands)
        with self.assertRefused("You count", UserError):
            slip.with_user(self.accountant)._confirm({}, 1499)
        self.assertEqual(slip.state, "sent")
        self.assertFalse(any(self.errands.mapped("received_on")))

    def test_missing_cheque_goes_back(self):
        """Ensure that a missing cheque is the courier's again, with the reason."""
        slip = self._hand_over(self.errands)
        missing = slip.line_ids[1]
        with self.assertRefused("Write why"):
            self._receive_slip(slip, {missing.id: " "})
        self._receive_slip(slip, {missing.id: "Not in the envelope"})
        self.assertRecordValues(
            slip, [{"state": "partial", "amount": 1500, "received_amount": 1000}]
        )
        self.assertRecordValues(
            self.errands,
            [
                {"state": "handed_over", "holder_name": self.accountant.name},
                {"state": "collected", "holder_name": self.courier.name},
            ],
        )
        self.assertEqual(self.errands[1].activity_ids.user_id, self.courier)
        self.assertEqual(self.errands[1].dossier_id.activity_ids.user_id, self.officer)
        # Found, and handed over again: the first slip stays as it was.
        again = self._hand_over(self.errands[1])
        self._receive_slip(again)
        self.assertEqual((slip.amount, slip.state), (1500, "partial"))
        self.assertEqual((again.amount, again.state), (500, "received"))

    def test_form_of_the_accountant(self):
        """Ensure that the form lists the cheques, and asks for the count."""
        slip = self._hand_over(self.errands).with_user(self.accountant)
        action = slip.action_confirm_receipt()
        model = self.env[action["res_model"]].with_user(self.accountant)
        with Form(model.with_context(**action["context"])) as form:
            self.assertEqual(form.marked_amount, 1500)
            with form.line_ids.edit(0) as line:
                line.is_received = False
                line.reason = "Missing"
            self.assertEqual(form.marked_amount, 500)
            form.counted_amount = 500
        form.record.action_confirm()
        self.assertEqual(self.errands.mapped("state"), ["collected", "handed_over"])

    def test_nobody_confirms_to_oneself(self):
        """Ensure that courier, officer and the giver never confirm the receipt."""
        slip = self._hand_over(self.errands)
        for user in (self.courier, self.officer):
            with (
                self.subTest(user=user.login),
                self.assertRefused("accountant confirms", AccessError),
            ):
                slip.with_user(user)._confirm({}, 1500)
        self.courier.group_ids += self.env.ref("account.group_account_invoice")
        with self.assertRefused("somebody else", UserError):
            slip.with_user(self.courier)._confirm({}, 1500)

    def test_payment_proves_receipt(self):
        """Ensure that a cheque that is paid was received, even if nobody said so."""
        slip = self._hand_over(self.errands)
        errand = self.errands[0].with_user(self.accountant).sudo()
        errand.state = "paid"
        self.assertTrue(errand.received_on)
        self.assertEqual(slip.line_ids[0].state, "received")
        self.assertEqual(errand.custody_ids[-1].user_id, self.accountant)

    # === CHAIN OF CUSTODY === #

    def test_chain_of_custody(self):
        """Ensure that each passage says who gave, who got, when and who noted it."""
        slip = self._hand_over(self.errands)
        self._receive_slip(slip)
        courier, accountant = self.courier, self.accountant
        self.assertRecordValues(
            self.errands[0].custody_ids,
            [
                {
                    "event": event,
                    "giver_name": giver,
                    "receiver_name": receiver,
                    "user_id": user.id,
                    "amount": 1000,
                }
                for event, giver, receiver, user in (
                    ("collected", "IPM Teranga", courier.name, courier),
                    ("handed_over", courier.name, accountant.name, courier),
                    ("received", courier.name, accountant.name, accountant),
                )
            ],
        )
        self.assertTrue(self.errands[0].custody_ids[0].attachment_id)

    def test_custody_is_never_edited(self):
        """Ensure that nobody changes or deletes a passage, an errand or a slip."""
        slip = self._hand_over(self.errands)
        passage = self.errands[0].custody_ids[0]
        with self.assertRefused("neither changed nor deleted", UserError):
            passage.sudo().write({"receiver_name": "Nobody"})
        with self.assertRefused("neither changed nor deleted", UserError):
            passage.sudo().unlink()
        with self.assertRefused("cannot be deleted", UserError):
            self.errands[0].sudo().unlink()
        with self.assertRefused("cannot be deleted", UserError):
            slip.sudo().unlink()

    def test_journal_reads_as_a_story(self):
        """Ensure that the journal of the dossier tells each passage."""
        self._receive_slip(self._hand_over(self.errands))
        journal = self.errands[0].dossier_id.action_ids.sorted("id")
        self.assertEqual(
            [(line.channel, line.amount, line.done_user_id) for line in journal],
            [
                ("courier", 1000, self.courier),
                ("courier", 1000, self.courier),
                ("courier", 1000, self.accountant),
            ],
        )
        self.assertRegex(journal[0].name, "Cheque collected: no. 1, CBAO")
        self.assertRegex(journal[1].name, "handed over to the accountant, slip BRC/")
        self.assertRegex(journal[2].name, "received by the accountant")

    # === STATES === #

    def test_illegal_jumps(self):
        """Ensure that a state follows from the one before it, whoever writes it."""
        jumps = (
            ("collected", "paid"),
            ("collected", "to_collect"),
            ("collected", "cancelled"),
            ("handed_over", "to_collect"),
            ("handed_over", "failed"),
            ("paid", "collected"),
            ("rejected", "collected"),
        )
        errand = self.errands[0].sudo()
        self._hand_over(self.errands[0])
        for state, jump in jumps:
            # Wherever it stands: only the rule decides what comes next.
            self.env.cr.execute(
                "UPDATE recouvrement_pickup SET state = %s WHERE id = %s",
                (state, errand.id),
            )
            errand.invalidate_recordset(["state"])
            with (
                self.subTest(state=state, jump=jump),
                self.assertRefused("cannot become", UserError),
            ):
                errand.state = jump

    def test_states_are_not_written_by_hand(self):
        """Ensure that officers and managers write no state, amount or cheque."""
        for values in (
            {"state": "handed_over"},
            {"cheque_amount": 1},
            {"cheque_number": "9"},
            {"received_on": NOW},
            {"holder_name": "Me"},
            {"name": "COU/0"},
            {"photo": False},
            {"user_id": self.courier_2.id},
            {"date": "2026-03-19"},
        ):
            for user in (self.officer, self.manager):
                with (
                    self.subTest(user=user.login, **values),
                    self.assertRefused("cannot be written by hand", UserError),
                ):
                    self.errands[0].with_user(user).write(values)
        with self.assertRefused("cannot be written by hand", UserError):
            self.env["recouvrement.pickup"].with_user(self.officer).create(
                {"dossier_id": self.errands[0].dossier_id.id, "state": "paid"}
            )

    # === PRINTED === #

    def test_slip_is_printed(self):
        """Ensure that the slip prints its cheques, its total, in words, and names."""
        slip = self._hand_over(self.errands)
        html, _type = (
            self.env["ir.actions.report"]
            .with_user(self.courier)
            ._render_qweb_html("nest_recouvrement.report_pickup_slip", slip.ids)
        )
        text = html.decode()
        for expected in (
            slip.name,
            "IPM Teranga",
            "Sahel Ciment",
            "One thousand, five hundred",
            self.courier.name,
        ):
            self.assertIn(expected, text)

    def test_custody_is_printed(self):
        """Ensure that the errand prints its invoices and its chain of custody."""
        self._hand_over(self.errands)
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "nest_recouvrement.report_pickup", self.errands[0].ids
        )
        text = html.decode()
        for expected in (self.errands[0].name, "INV/2026", self.accountant.name):
            self.assertIn(expected, text)
