"""Hashtags that a member follows, and those that stand on the profile."""

from .errors import FeaturedTagNotVisible, HashtagInvalid
from .events import HashtagFollowed
from .feature import feature_tag
from .follow import follow_tag
from .model import FeaturedTag
from .queries import featured_names, featured_tag, featured_tags, followed_page, tags_to_feature
from .unfeature import unfeature_tag
from .unfollow import unfollow_tag

__all__ = [
    "FeaturedTag", "FeaturedTagNotVisible", "HashtagFollowed", "HashtagInvalid", "feature_tag", "featured_names", "featured_tag",
    "featured_tags", "follow_tag", "followed_page", "tags_to_feature", "unfeature_tag", "unfollow_tag",
]  # fmt: skip
