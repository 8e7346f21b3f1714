"""Lists: timelines of some of the accounts that a member follows."""

from .add_members import add_list_members
from .create import create_list
from .delete import delete_list
from .edit import edit_list
from .errors import ListInvalid, ListNotVisible
from .jobs import leave_lists, leave_lists_of_rejected
from .model import ListChange, ListLimits, ListView, RepliesPolicy, answers_shown
from .queries import ListReader, list_members_page, lists_holding, lists_of, lists_with, one_list
from .remove_members import remove_list_members

__all__ = [
    "ListChange", "ListInvalid", "ListLimits", "ListNotVisible", "ListReader", "ListView", "RepliesPolicy",
    "add_list_members", "answers_shown", "create_list", "delete_list", "edit_list", "leave_lists",
    "leave_lists_of_rejected", "list_members_page", "lists_holding", "lists_of", "lists_with", "one_list", "remove_list_members",
]  # fmt: skip
