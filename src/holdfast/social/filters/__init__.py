"""Filters: phrases and posts that a member wants warned of, blurred or hidden; clients do it, the server tells what matched."""

from .add_post import add_filter_post
from .create import create_filter
from .delete import delete_filter
from .edit import edit_filter
from .errors import FilterInvalid, FilterNotVisible
from .events import FiltersChanged
from .model import (
    NO_FILTERS,
    ActiveFilter,
    FilterAction,
    FilterChange,
    FilterContext,
    FilteredPost,
    FilterLimits,
    FilterMatch,
    FilterSet,
    FilterView,
    Keyword,
    KeywordChange,
)
from .queries import filter_of_keyword, filter_of_post, filter_set, filters_of, one_filter
from .remove_post import remove_filter_post

__all__ = [
    "NO_FILTERS", "ActiveFilter", "FilterAction", "FilterChange", "FilterContext", "FilterInvalid", "FilterLimits",
    "FilterMatch", "FilterNotVisible", "FilterSet", "FilterView", "FilteredPost", "FiltersChanged", "Keyword",
    "KeywordChange", "add_filter_post", "create_filter", "delete_filter", "edit_filter", "filter_of_keyword",
    "filter_of_post", "filter_set", "filters_of", "one_filter", "remove_filter_post",
]  # fmt: skip
