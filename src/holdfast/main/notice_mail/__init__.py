"""Mail for the notice desk: the process that takes it (`python -m holdfast.main.notice_mail.process`), and the errands that
read what was taken and send receipts.

Nothing here may log what a mail says, or who wrote it.
"""
